//! Compiles the properties of an action: where each one goes, under which name, and through which expression.

use itemflow_model::definition::{
    BodyType, Key, Location, Property, PropertyOrRef, PropertyType, QueryStyle,
};
use itemflow_model::{Path, Value};
use reqwest::Method;

use crate::action::{ActionProperty, Schema};
use crate::compile::{allows_body, parse_template};
use crate::error::{DefinitionError, DefinitionFile};
use crate::references::{Shared, escape};

/// What the properties of an action have in common.
pub(crate) struct Properties<'a> {
    pub(crate) shared: Shared<'a>,
    pub(crate) method: &'a Method,
    pub(crate) placeholders: &'a [&'a str],
    pub(crate) body_type: BodyType,
    pub(crate) query_style: QueryStyle,
    pub(crate) has_body: bool,
    pub(crate) errors: &'a mut Vec<DefinitionError>,
}

impl Properties<'_> {
    /// Compiles one property. `top` is false for the fields of a collection, which are never part of the path.
    pub(crate) fn compile(
        &mut self,
        name: &str,
        declared: &PropertyOrRef,
        pointer: &str,
        top: bool,
    ) -> ActionProperty {
        let property = match self.shared.resolve(declared, pointer) {
            Ok(property) => property,
            Err(error) => {
                self.errors.push(error);
                Property::default()
            }
        };
        let places = self.places(name, &property, pointer, top);
        let (key, wire_name) = self.key(name, &property, &places, pointer);
        let value = property.value.as_ref().map(|text| {
            let at = format!("{pointer}/value");
            parse_template(
                &Value::from(text.as_str()),
                &at,
                DefinitionFile::Action,
                self.errors,
            )
        });
        self.check_options(name, &property, pointer);
        let children = property
            .properties
            .iter()
            .map(|(child, declared)| {
                let at = format!("{pointer}/properties/{}", escape(child));
                self.compile(child, declared, &at, false)
            })
            .collect();
        ActionProperty {
            name: name.to_owned(),
            style: property.style.unwrap_or(self.query_style),
            schema: property.schema.clone().map(Schema::new),
            property,
            places,
            key,
            wire_name,
            value,
            children,
        }
    }

    fn places(
        &mut self,
        name: &str,
        property: &Property,
        pointer: &str,
        top: bool,
    ) -> Vec<Location> {
        let in_path = top && self.placeholders.contains(&name);
        let Some(places) = &property.location else {
            let has_children = !property.properties.is_empty();
            return match property.kind {
                PropertyType::Notice => Vec::new(),
                // The fields of a collection find their own places.
                PropertyType::Collection | PropertyType::FixedCollection if has_children => {
                    Vec::new()
                }
                _ if in_path => vec![Location::Path],
                _ if self.has_body => vec![Location::Body],
                _ => vec![Location::Query],
            };
        };
        let places = places.as_slice().to_vec();
        let at = format!("{pointer}/in");
        if places.contains(&Location::Path) && !in_path {
            let message = format!("`{name}` is in the path, but the path has no {{{name}}}");
            let error = DefinitionError::action(&at, "no-placeholder", message);
            self.errors.push(error.help(format!(
                "write {{{name}}} into the path, or choose another place"
            )));
        }
        if in_path && !places.contains(&Location::Path) {
            let message =
                format!("the path names {{{name}}}, but `{name}` is declared in another place");
            let error = DefinitionError::action(&at, "placeholder-elsewhere", message);
            self.errors.push(error.help("add `path` to `in`"));
        }
        if places.contains(&Location::Body) && !allows_body(self.method) {
            let message = format!(
                "`{name}` is in the body, but a {} request has none",
                self.method
            );
            let error = DefinitionError::action(&at, "body-on-get", message);
            self.errors.push(error.help("use `in: query`"));
        } else if places.contains(&Location::Body) && self.body_type == BodyType::None {
            let message = format!("`{name}` is in the body, but bodyType is none");
            self.errors
                .push(DefinitionError::action(&at, "body-on-none", message));
        }
        if places.is_empty() {
            let error = DefinitionError::action(&at, "no-place", format!("`{name}` has no place"));
            self.errors
                .push(error.help("write `in: none` for a value that is not sent by itself"));
        }
        places
    }

    /// The place in a body, and the name in query, header or cookie.
    fn key(
        &mut self,
        name: &str,
        property: &Property,
        places: &[Location],
        pointer: &str,
    ) -> (Path, String) {
        let at = format!("{pointer}/key");
        let (path, wire_name) = match &property.key {
            None => (Path::literal(name), name.to_owned()),
            Some(Key::Literal { literal }) => (Path::literal(literal), literal.clone()),
            Some(Key::Path(text)) => {
                let path = Path::parse(text);
                let (first, rest) = path.segments().split_first().expect("a path has a segment");
                let mut nested = first.to_string();
                for segment in rest {
                    nested.push_str(&format!("[{segment}]"));
                }
                (path, nested)
            }
        };
        if path.segments().first().is_none_or(|first| first.is_empty()) {
            let message = format!("the key of `{name}` is empty");
            self.errors
                .push(DefinitionError::action(&at, "bad-key", message));
        }
        let is_header = places.contains(&Location::Header);
        if is_header && reqwest::header::HeaderName::from_bytes(wire_name.as_bytes()).is_err() {
            let message = format!("{wire_name:?} is not a header name");
            let error = DefinitionError::action(&at, "bad-key", message);
            self.errors
                .push(error.help("set `key` to the header's name"));
        }
        let token = |c: char| c.is_ascii_graphic() && !"()<>@,;:\\\"/[]?={}".contains(c);
        if places.contains(&Location::Cookie) && !wire_name.chars().all(token) {
            let message = format!("{wire_name:?} is not a cookie name");
            self.errors
                .push(DefinitionError::action(&at, "bad-key", message));
        }
        (path, wire_name)
    }

    fn check_options(&mut self, name: &str, property: &Property, pointer: &str) {
        let takes_options = matches!(
            property.kind,
            PropertyType::Options | PropertyType::MultiOptions
        );
        if !takes_options && !property.options.is_empty() {
            let message = format!("`{name}` lists options, but its type is not options");
            let error =
                DefinitionError::action(format!("{pointer}/options"), "unused-options", message);
            self.errors
                .push(error.help("set `type: options` or `type: multiOptions`"));
        }
        for (member, default) in [
            ("default", &property.default),
            ("n8nDefault", &property.n8n_default),
        ] {
            let Some(value) = default else { continue };
            let is_expression = value.as_str().is_some_and(|text| text.starts_with('='));
            // n8n's own defaults may be anything; ours must be values that the property takes.
            if member == "n8nDefault" || is_expression {
                continue;
            }
            if let Err(fault) = crate::coerce::coerce(name, property, value) {
                let error = DefinitionError::action(
                    format!("{pointer}/{member}"),
                    "bad-default",
                    fault.message,
                );
                self.errors.push(match fault.help {
                    Some(help) => error.help(help),
                    None => error,
                });
            }
        }
    }
}
