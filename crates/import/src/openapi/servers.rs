//! The address of the service: the first server, its variables filled in.

use itemflow_model::definition::{NamedProperty, Property, PropertyType};
use url::Url;

use super::context::Context;
use super::part::Part;
use super::security::named;
use super::swagger2;
use crate::text;

/// Where requests go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Server {
    /// Scheme, host and port; none: the document leaves it open.
    pub(crate) origin: Option<String>,
    /// Path before all others, without a final slash.
    pub(crate) path: String,
    /// Other servers, for the description.
    others: Vec<String>,
}

impl Server {
    /// The base URL of requests that have a credential.
    pub(crate) fn over_credential(&self) -> String {
        format!("={{{{ $credentials.url }}}}{}", self.path)
    }

    /// The base URL of requests without one.
    pub(crate) fn constant(&self) -> Option<String> {
        Some(format!("{}{}", self.origin.as_ref()?, self.path))
    }

    /// The field of a credential that holds the address.
    pub(crate) fn url_property(&self) -> NamedProperty {
        let mut property = Property {
            display_name: Some("Base URL".into()),
            ..Property::of(
                PropertyType::String,
                "Address of the service, without a path.",
            )
            .required()
        };
        if !self.others.is_empty() {
            let others = self.others.join(", ");
            property
                .description
                .push_str(&format!(" Others: {others}."));
        }
        match &self.origin {
            Some(origin) => property.default = Some(origin.as_str().into()),
            None => property.placeholder = Some("https://api.example.com".into()),
        }
        named("url", property)
    }
}

impl Context<'_> {
    /// The server of the whole service.
    pub(crate) fn server(&mut self) -> Server {
        let root = Part::root(self.root);
        let servers = root.elements_of("servers");
        let mut found = None;
        let mut others = Vec::new();
        if servers.is_empty() {
            let key = ["host", "basePath"]
                .into_iter()
                .find(|key| root.value.get(key).is_some());
            let pointer = key.map(|key| format!("/{key}")).unwrap_or_default();
            // Without a word about servers, it is the one that the document came from.
            let address = swagger2::server(&root).unwrap_or_else(|| "/".into());
            found = self.address(&address, &pointer);
        }
        for part in &servers {
            match (&found, self.filled(part)) {
                (None, Some(address)) => found = self.address(&address, &part.pointer),
                (Some(_), Some(address)) if others.len() < 10 => {
                    let what = part.text("description").map(|text| text::line(&text));
                    let what = what
                        .filter(|text| !text.is_empty())
                        .map(|text| format!(" ({text})"));
                    others.push(format!(
                        "{}{}",
                        text::line(&address),
                        what.unwrap_or_default()
                    ));
                }
                _ => {}
            }
        }
        let mut server = found.unwrap_or_default();
        server.others = others;
        if server.origin.is_none() {
            let pointer = servers.first().map_or("", |part| &part.pointer);
            let why = "the document gives no whole address; the credential asks for it";
            self.losses.weakened(pointer, "server", why);
        }
        server
    }

    /// The server that a path or operation has to itself, where it differs from the service's.
    pub(crate) fn own_server(&mut self, general: &Server, owners: &[&Part]) -> Option<Server> {
        let part = owners
            .iter()
            .find_map(|owner| owner.elements_of("servers").into_iter().next())?;
        let address = self.filled(&part)?;
        let own = self.address(&address, &part.pointer)?;
        let is_same =
            own.path == general.path && (own.origin.is_none() || own.origin == general.origin);
        (!is_same).then_some(own)
    }

    /// The URL of a server with the defaults of its variables.
    fn filled(&mut self, part: &Part) -> Option<String> {
        let mut address = part.text("url")?;
        for (name, variable) in part.members_of("variables") {
            let options = variable.texts("enum");
            let value = variable
                .text("default")
                .or_else(|| options.first().cloned());
            if let Some(value) = value {
                address = address.replace(&format!("{{{name}}}"), &value);
            }
        }
        Some(address)
    }

    fn address(&mut self, address: &str, pointer: &str) -> Option<Server> {
        // Addresses may be relative to where the document came from, if anybody knows.
        let nowhere = Url::parse("http://nowhere.invalid/").ok()?;
        let from = self
            .address
            .as_deref()
            .and_then(|address| Url::parse(address).ok());
        let mut unusable = |why: &str| {
            self.losses.weakened(
                pointer,
                "server",
                format!("{why}; the credential asks for the address"),
            );
            None
        };
        let address = address.trim();
        if address.contains(['{', '}']) {
            return unusable("a variable of it has no value");
        }
        let address = match address.strip_prefix("//") {
            Some(rest) => format!("https://{rest}"),
            None => address.to_owned(),
        };
        let Ok(url) = from.as_ref().unwrap_or(&nowhere).join(&address) else {
            return unusable("it is no URL");
        };
        if !matches!(url.scheme(), "http" | "https") {
            return unusable("it is no HTTP address");
        }
        let is_relative = url.origin() == nowhere.origin();
        let path = url.path().trim_end_matches('/');
        Some(Server {
            origin: (!is_relative).then(|| url.origin().ascii_serialization()),
            path: path.to_owned(),
            others: Vec::new(),
        })
    }
}
