//! Security schemes as credential types, and which of them an operation uses.

use indexmap::IndexMap;
use itemflow_model::Value;
use itemflow_model::definition::{
    Authenticate, BasicAuthenticate, CredentialDefinition, NamedProperty, Property, PropertyType,
};

use super::context::Context;
use super::part::Part;
use super::servers::Server;
use super::swagger2;
use crate::names::{self, Taken};
use crate::text;

/// What an operation asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Security {
    /// Nothing at all.
    None,
    /// The scheme of this name.
    Scheme(String),
}

/// The schemes that credentials can be made of.
pub(crate) struct Schemes {
    known: IndexMap<String, (Part, CredentialDefinition)>,
    /// What the document says of all operations that say nothing.
    general: Option<Part>,
    /// Nothing in the document says which operations need which scheme.
    is_silent: bool,
}

impl Schemes {
    /// The credential types of the schemes that are used, the most used first.
    pub(crate) fn used(&self, uses: &[Security]) -> Vec<CredentialDefinition> {
        let count = |name: &String| {
            let is_it = |used: &&Security| **used == Security::Scheme(name.clone());
            uses.iter().filter(is_it).count()
        };
        let mut counted: Vec<(usize, &CredentialDefinition)> = self
            .known
            .iter()
            .map(|(name, (_, credential))| (count(name), credential))
            .filter(|(count, _)| *count > 0)
            .collect();
        counted.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        counted
            .into_iter()
            .map(|(_, credential)| credential.clone())
            .collect()
    }

    /// The name of the credential type of a scheme.
    pub(crate) fn credential(&self, scheme: &str) -> Option<&str> {
        self.known
            .get(scheme)
            .map(|(_, credential)| &*credential.name)
    }
}

impl Context<'_> {
    /// Reads the schemes. `service` is the name of the service, `server` its address.
    pub(crate) fn schemes(
        &mut self,
        service: &str,
        server: &Server,
        asks_somewhere: bool,
    ) -> Schemes {
        let root = Part::root(self.root);
        let mut listed = root
            .member("components")
            .map(|components| components.members_of("securitySchemes"))
            .unwrap_or_default();
        listed.extend(root.members_of("securityDefinitions"));
        let mut known = IndexMap::new();
        let mut taken = Taken::default();
        for (name, listed) in listed {
            let Some(part) = self.resolve(&listed) else {
                continue;
            };
            let part = Part {
                value: swagger2::security_scheme(&part.value),
                pointer: listed.pointer.clone(),
            };
            let Some((authenticate, fields, about)) = self.scheme(&part) else {
                continue;
            };
            let credential = CredentialDefinition {
                name: taken.claim(&credential_name(service, &name), '_'),
                display_name: Some(label(service, &name)),
                description: describe(&part, &about),
                properties: std::iter::once(server.url_property())
                    .chain(fields)
                    .collect(),
                authenticate,
                origins: vec!["={{ $credentials.url }}".into()],
                test: None,
            };
            known.insert(name.to_string(), (part, credential));
        }
        let general = root.member("security");
        let is_silent = general.is_none() && !asks_somewhere;
        if is_silent && let Some((name, (part, _))) = known.first() {
            let why = format!("no operation says that it needs it; all are taken to need `{name}`");
            self.losses.weakened(&part.pointer, "security", why);
        }
        Schemes {
            known,
            general,
            is_silent,
        }
    }

    /// What a request needs, the fields of the credential, and a sentence on them.
    fn scheme(&mut self, part: &Part) -> Option<(Authenticate, Vec<NamedProperty>, String)> {
        let kind = part.text("type").unwrap_or_default();
        let http = part.text("scheme").unwrap_or_default().to_lowercase();
        let bearer = || header("Authorization", "=Bearer {{ $credentials.accessToken }}");
        match (kind.as_str(), http.as_str()) {
            ("apiKey", _) => {
                let authenticate = self.api_key(part)?;
                let fields = vec![secret("apiKey", "API key.")];
                let (name, place) = (part.text("name"), part.text("in"));
                let about = format!(
                    "Sent as `{}` in the {}.",
                    name.unwrap_or_default(),
                    place.unwrap_or_default()
                );
                Some((authenticate, fields, about))
            }
            ("http", "basic") => {
                let basic = BasicAuthenticate {
                    username: "={{ $credentials.username }}".into(),
                    password: "={{ $credentials.password }}".into(),
                };
                let authenticate = Authenticate {
                    basic: Some(basic),
                    ..Authenticate::default()
                };
                let user = Property::of(PropertyType::String, "User name.").required();
                let fields = vec![named("username", user), secret("password", "Password.")];
                Some((authenticate, fields, "User name and password.".into()))
            }
            ("http", "bearer") => {
                let fields = vec![secret("accessToken", "Token, without `Bearer`.")];
                let about = "Sent as `Authorization: Bearer`.";
                Some((bearer(), fields, about.into()))
            }
            ("oauth2" | "openIdConnect", _) => {
                let why =
                    "no token is fetched; the credential holds an access token that you obtained";
                self.losses
                    .weakened(&part.pointer, &format!("{kind} scheme"), why);
                let fields = vec![secret("accessToken", "Access token, without `Bearer`.")];
                Some((bearer(), fields, flows(part)))
            }
            _ => {
                let named = if kind == "http" {
                    format!("http {http}")
                } else {
                    kind
                };
                let why = "no credential can do it";
                self.losses
                    .skipped(&part.pointer, &format!("{named} scheme"), why);
                None
            }
        }
    }

    fn api_key(&mut self, part: &Part) -> Option<Authenticate> {
        let name = part.text("name").unwrap_or_default();
        let is_token = !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_graphic() && !"()<>@,;:\\\"/[]?={}".contains(c));
        let value = "={{ $credentials.apiKey }}";
        match part.text("in").unwrap_or_default().as_str() {
            "header" if is_token => Some(header(&name, value)),
            "cookie" if is_token => Some(header(
                "Cookie",
                &format!("={name}={{{{ $credentials.apiKey }}}}"),
            )),
            "query" if !name.is_empty() => Some(Authenticate {
                query: [(name, value.to_owned())].into_iter().collect(),
                ..Authenticate::default()
            }),
            place => {
                let why = format!("a key named {name:?} cannot be sent in {place:?}");
                self.losses.skipped(&part.pointer, "apiKey scheme", why);
                None
            }
        }
    }

    /// What an operation asks for.
    pub(crate) fn security(&mut self, schemes: &Schemes, operation: &Part) -> Security {
        let Some(required) = operation
            .member("security")
            .or_else(|| schemes.general.clone())
        else {
            let first = schemes.known.keys().next().filter(|_| schemes.is_silent);
            return first.map_or(Security::None, |name| Security::Scheme(name.clone()));
        };
        let alternatives: Vec<Vec<String>> = required
            .value
            .as_array()
            .into_iter()
            .flatten()
            .map(|one| {
                one.as_object()
                    .into_iter()
                    .flatten()
                    .map(|(name, _)| name.to_string())
                    .collect()
            })
            .collect();
        if alternatives.iter().all(Vec::is_empty) {
            return Security::None;
        }
        let can = |name: &&String| schemes.known.contains_key(&**name);
        let single = alternatives.iter().find_map(|all| match all.as_slice() {
            [only] => Some(only).filter(|name| can(name)),
            _ => None,
        });
        let chosen = single.or_else(|| alternatives.iter().flatten().find(can));
        let Some(chosen) = chosen else {
            let why = "no credential can do what it asks for; it is sent without";
            self.losses.weakened(&required.pointer, "security", why);
            return Security::None;
        };
        if single.is_none() {
            let why = format!("it asks for several schemes together; only `{chosen}` is sent");
            self.losses.weakened(&required.pointer, "security", why);
        } else if alternatives.len() > 1 {
            let others: Vec<&String> = alternatives
                .iter()
                .flatten()
                .filter(|name| *name != chosen)
                .collect();
            let others: Vec<String> = others
                .iter()
                .map(|name| format!("`{}`", text::line(name)))
                .collect();
            let why = match others.as_slice() {
                [] => format!("it may be left out; `{chosen}` is sent all the same"),
                _ => format!(
                    "`{chosen}` is taken, not {}",
                    text::excerpt(&others.join(", "), 200)
                ),
            };
            self.losses.weakened(&required.pointer, "security", why);
        }
        Security::Scheme(chosen.clone())
    }
}

fn header(name: &str, value: &str) -> Authenticate {
    Authenticate {
        headers: [(name.to_owned(), value.to_owned())].into_iter().collect(),
        ..Authenticate::default()
    }
}

fn secret(name: &str, description: &str) -> NamedProperty {
    let property = Property {
        secret: true,
        ..Property::of(PropertyType::String, description).required()
    };
    named(name, property)
}

pub(crate) fn named(name: &str, property: Property) -> NamedProperty {
    NamedProperty {
        name: name.to_owned(),
        property,
    }
}

/// `chatwootUserApiKey` for `userApiKey` of `chatwoot`; a scheme that begins with the service's name keeps its own.
fn credential_name(service: &str, scheme: &str) -> String {
    let pascal = names::pascal_case(scheme);
    let pascal = if pascal.is_empty() {
        "Api".to_owned()
    } else {
        pascal
    };
    match pascal.to_lowercase().strip_prefix(&service.to_lowercase()) {
        Some(rest) if !rest.is_empty() => {
            format!("{service}{}", &pascal[pascal.len() - rest.len()..])
        }
        _ => format!("{service}{pascal}"),
    }
}

fn label(service: &str, scheme: &str) -> String {
    let service = names::title(service);
    let scheme = names::title(scheme);
    match scheme.strip_prefix(&service) {
        Some(rest) if !rest.trim().is_empty() => format!("{service} {}", rest.trim()),
        _ => format!("{service} {scheme}").trim().to_owned(),
    }
}

fn describe(part: &Part, about: &str) -> String {
    let own = text::description(&part.text("description").unwrap_or_default());
    [text::sentence(&own), about.to_owned()]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Where tokens come from, in a sentence.
fn flows(part: &Part) -> String {
    let mut found = Vec::new();
    if let Some(url) = part.text("openIdConnectUrl") {
        found.push(format!("provider {url}"));
    }
    for (name, flow) in part.members_of("flows") {
        let mut facts = Vec::new();
        for (key, label) in [("authorizationUrl", "authorisation"), ("tokenUrl", "token")] {
            facts.extend(flow.text(key).map(|url| format!("{label} {url}")));
        }
        let scopes: Vec<String> = flow
            .member("scopes")
            .and_then(|scopes| {
                Some(
                    scopes
                        .value
                        .as_object()?
                        .keys()
                        .map(ToString::to_string)
                        .collect(),
                )
            })
            .unwrap_or_default();
        if !scopes.is_empty() {
            facts.push(format!("scopes {}", scopes.join(", ")));
        }
        found.push(format!("flow {name} ({})", facts.join("; ")));
    }
    if found.is_empty() {
        return String::new();
    }
    text::excerpt(
        &text::line(&format!("OAuth 2: {}.", found.join(", "))),
        1_000,
    )
}

/// Whether any operation says what it needs.
pub(crate) fn asks(operation: &Value) -> bool {
    operation.get("security").is_some()
}
