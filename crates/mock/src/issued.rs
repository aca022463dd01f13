//! `Issued`: the credential that a double hands out for each credential type, and whether a request carries it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use itemflow_model::definition::{CredentialDefinition, NamedProperty};
use itemflow_model::{Map, Value};

use crate::received::{Received, folded};

/// A credential that the double accepts. Debug does not show its values.
#[derive(Clone)]
pub(crate) struct Issued {
    definition: CredentialDefinition,
    data: Map,
}

impl Issued {
    /// Makes up a credential for a double at `url`: fields that say where the service is hold the double's URL,
    /// `secret` fields a fresh token, all others their default, first option or placeholder.
    pub(crate) fn new(definition: &CredentialDefinition, base_url: &str, url: &str) -> Self {
        let places: Vec<&str> = std::iter::once(base_url)
            .chain(definition.origins.iter().map(String::as_str))
            .collect();
        let data = definition
            .properties
            .iter()
            .map(|field| {
                let says_where = places.iter().any(|place| mentions(place, &field.name));
                let value = if says_where {
                    Value::from(url)
                } else {
                    made_up(field)
                };
                (field.name.as_str().into(), value)
            })
            .collect();
        Self {
            definition: definition.clone(),
            data,
        }
    }

    /// Its type, for example `konverteDigitalApi`.
    pub(crate) fn name(&self) -> &str {
        &self.definition.name
    }

    /// Its fields, as a workflow's credential holds them.
    pub(crate) fn data(&self) -> &Map {
        &self.data
    }

    /// Definition of its type.
    pub(crate) fn definition(&self) -> &CredentialDefinition {
        &self.definition
    }

    /// Whether a request is signed with it, in every place that its type signs.
    pub(crate) fn signs(&self, request: &Received, body: Option<&Value>) -> bool {
        let authenticate = &self.definition.authenticate;
        let headers = authenticate.headers.iter().all(|(name, template)| {
            request
                .header(name)
                .is_some_and(|value| self.matches(template, value))
        });
        let pairs = request.query_pairs();
        let query = authenticate.query.iter().all(|(name, template)| {
            pairs
                .iter()
                .any(|(key, value)| key == name && self.matches(template, value))
        });
        let members = authenticate.body.iter().all(|(name, template)| {
            body.and_then(|body| body.get(name)?.as_str())
                .is_some_and(|value| self.matches(template, value))
        });
        let basic = authenticate
            .basic
            .as_ref()
            .is_none_or(|basic| self.is_basic(request, &basic.username, &basic.password));
        headers && query && members && basic
    }

    /// Whether it signs in a header of this name.
    pub(crate) fn uses_header(&self, name: &str) -> bool {
        let authenticate = &self.definition.authenticate;
        authenticate
            .headers
            .keys()
            .any(|header| folded(header) == folded(name))
    }

    fn is_basic(&self, request: &Received, username: &str, password: &str) -> bool {
        let decoded = request
            .header("authorization")
            .and_then(|header| header.strip_prefix("Basic "))
            .and_then(|encoded| BASE64_STANDARD.decode(encoded.trim()).ok())
            .and_then(|bytes| String::from_utf8(bytes).ok());
        let Some((user, secret)) = decoded.as_deref().and_then(|text| text.split_once(':')) else {
            return false;
        };
        self.matches(username, user) && self.matches(password, secret)
    }

    /// Whether a text is what a template gives. Fields of the credential are filled in; of any other expression only
    /// the text around it can be checked.
    fn matches(&self, template: &str, text: &str) -> bool {
        let Some(template) = template.strip_prefix('=') else {
            return template == text;
        };
        let mut rest = text;
        let mut anything = false;
        for piece in pieces(template) {
            let expected = match piece {
                Piece::Text(text) => text.to_owned(),
                Piece::Expression(expression) => match field_of(expression) {
                    Some(field) => self.field(field),
                    None => {
                        anything = true;
                        continue;
                    }
                },
            };
            let found = if anything {
                rest.find(&expected).filter(|&at| at > 0)
            } else {
                rest.starts_with(&expected).then_some(0)
            };
            let Some(at) = found else {
                return false;
            };
            rest = &rest[at + expected.len()..];
            anything = false;
        }
        if anything {
            return !rest.is_empty();
        }
        rest.is_empty()
    }

    fn field(&self, name: &str) -> String {
        self.data
            .get(name)
            .map(crate::wire_values::text_of)
            .unwrap_or_default()
    }
}

impl std::fmt::Debug for Issued {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issued")
            .field("name", &self.definition.name)
            .finish_non_exhaustive()
    }
}

/// The path that a base URL puts before every action's path: `/v2` for `={{ $credentials.url }}/v2`.
pub(crate) fn path_of_base_url(base_url: &str) -> String {
    let template = base_url.strip_prefix('=').unwrap_or(base_url);
    let text: String = pieces(template)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text,
            Piece::Expression(_) => "",
        })
        .collect();
    path_of_url(&text).trim_end_matches('/').to_owned()
}

/// The path of a URL, which may also be a path already.
pub(crate) fn path_of_url(url: &str) -> &str {
    let Some((_, after_scheme)) = url.split_once("://") else {
        return url;
    };
    after_scheme
        .find('/')
        .map_or("", |slash| &after_scheme[slash..])
}

enum Piece<'a> {
    Text(&'a str),
    Expression(&'a str),
}

/// Splits a template (without its leading `=`) at `{{ … }}`.
fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start..].find("}}") else {
            break;
        };
        if start > 0 {
            pieces.push(Piece::Text(&rest[..start]));
        }
        pieces.push(Piece::Expression(rest[start + 2..start + length].trim()));
        rest = &rest[start + length + 2..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// `url` of `$credentials.url`; `None` for anything more.
fn field_of(expression: &str) -> Option<&str> {
    let field = expression.strip_prefix("$credentials.")?;
    let is_name = field.chars().all(|c| c.is_alphanumeric() || c == '_');
    (is_name && !field.is_empty()).then_some(field)
}

fn mentions(template: &str, field: &str) -> bool {
    pieces(template)
        .iter()
        .any(|piece| matches!(piece, Piece::Expression(e) if field_of(e) == Some(field)))
}

fn made_up(field: &NamedProperty) -> Value {
    let property = &field.property;
    if property.secret {
        return Value::from(format!("mock-{:032x}", rand::random::<u128>()));
    }
    if let Some(default) = &property.default {
        return default.clone();
    }
    if let Some(choice) = property.options.first() {
        return choice.value().clone();
    }
    let text = property.placeholder.as_deref().unwrap_or("mock");
    Value::from(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issued(template: &str) -> Issued {
        let definition = serde_json::json!({
            "name": "api",
            "properties": [
                { "name": "url", "type": "string" },
                { "name": "token", "type": "string", "secret": true },
            ],
            "authenticate": { "headers": { "Authorization": template } },
            "origins": ["={{ $credentials.url }}"],
        });
        let definition: CredentialDefinition = serde_json::from_value(definition).unwrap();
        Issued::new(&definition, "={{ $credentials.url }}", "http://127.0.0.1:1")
    }

    #[test]
    fn a_field_that_says_where_holds_the_url_and_a_secret_a_token() {
        let issued = issued("x");
        assert_eq!(issued.field("url"), "http://127.0.0.1:1");
        assert!(issued.field("token").starts_with("mock-"));
        assert!(!format!("{issued:?}").contains(&issued.field("token")));
    }

    #[test]
    fn templates_are_compared_exactly_where_they_are_known() {
        let template = "=Bearer {{ $credentials.token }}";
        let issued = issued(template);
        let token = issued.field("token");
        assert!(issued.matches(template, &format!("Bearer {token}")));
        assert!(!issued.matches(template, &format!("Bearer {token}x")));
        assert!(!issued.matches(template, &token));
        assert!(issued.matches("=v1 {{ hash() }} end", "v1 abc end"));
        assert!(!issued.matches("=v1 {{ hash() }} end", "v1  end"));
    }

    #[test]
    fn the_path_of_a_base_url_is_kept() {
        assert_eq!(path_of_base_url("={{ $credentials.url }}"), "");
        assert_eq!(
            path_of_base_url("={{ $credentials.url }}/api/v2/"),
            "/api/v2"
        );
        assert_eq!(path_of_base_url("https://api.example.com/v1"), "/v1");
        assert_eq!(
            path_of_base_url("https://{{ $credentials.host }}/v1"),
            "/v1"
        );
    }
}
