//! `RequestSpec`: one request exactly as it will be sent, with its secret parts marked so that it can be shown.

use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;
use itemflow_model::definition::QueryStyle;
use itemflow_model::{Binary, Map, Value};
use reqwest::Method;
use url::{Origin, Url};

use crate::digest::DigestLogin;
use crate::error::BuildError;
use crate::redact::{MASK, Redactor};

/// One request. Its Debug, [`RequestSpec::curl`], [`RequestSpec::summary`] and [`RequestSpec::to_json`] never show a
/// secret.
#[derive(Clone)]
pub struct RequestSpec {
    /// Method.
    pub method: Method,
    /// URL with its query, percent-encoded as it is sent.
    pub url: Url,
    /// Headers in the order in which they are sent. Those that belong to the connection (`Host`, `Content-Length`,
    /// `Accept-Encoding`, …) and a multipart body's `Content-Type` are added when it is sent.
    pub headers: Vec<Header>,
    /// Body.
    pub body: Body,
    /// Whether sending it again is harmless.
    pub repeatable: bool,
    /// What the credential added, and where that may go.
    pub(crate) credential: CredentialParts,
    /// Masks the secrets of the credential in every text about this request.
    pub(crate) redactor: Redactor,
}

/// A header of a request.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// Name as it was written; compared without regard to case.
    pub name: String,
    /// Value; never holds a line break.
    pub value: String,
    /// Whether the value must never be shown.
    pub secret: bool,
}

/// A body.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Body {
    /// None at all.
    #[default]
    Empty,
    /// JSON.
    Json(Value),
    /// `application/x-www-form-urlencoded` pairs, not yet encoded.
    Form(Vec<(String, String)>),
    /// Text as it is.
    Text(String),
    /// `multipart/form-data`.
    Multipart(Vec<Part>),
    /// The bytes of a file.
    Binary(Binary),
}

/// A part of a multipart body.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Name of the field.
    pub name: String,
    /// What it holds.
    pub content: PartContent,
}

/// The content of a part.
#[derive(Clone, Debug, PartialEq)]
pub enum PartContent {
    /// Text.
    Text(String),
    /// A file, sent with its name and media type.
    Binary(Binary),
}

/// The parts of a request that a credential added, and the origins they may be sent to.
#[derive(Clone, Debug, Default)]
pub(crate) struct CredentialParts {
    pub(crate) headers: Vec<String>,
    pub(crate) query: Vec<String>,
    pub(crate) body: Vec<String>,
    pub(crate) origins: Vec<Origin>,
    /// A login that answers the service's challenge.
    pub(crate) digest: Option<DigestLogin>,
}

impl RequestSpec {
    /// A request without headers and body; whether it is repeatable follows from the method.
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            repeatable: is_repeatable(&method),
            method,
            url,
            headers: Vec::new(),
            body: Body::Empty,
            credential: CredentialParts::default(),
            redactor: Redactor::default(),
        }
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value.as_str())
    }

    /// Sets a header in place of those of the same name.
    ///
    /// # Errors
    /// `bad-header` when the name or the value cannot be sent, for example because it holds a line break. The message
    /// names the header and never its value.
    pub fn set_header(
        &mut self,
        name: &str,
        value: impl Into<String>,
        secret: bool,
    ) -> Result<(), BuildError> {
        let value = value.into();
        check_header(name, &value)?;
        let header = Header {
            name: name.to_owned(),
            value,
            secret: secret || is_secret_header(name),
        };
        let is_named = |header: &Header| header.name.eq_ignore_ascii_case(name);
        match self.headers.iter().position(is_named) {
            Some(at) => {
                self.headers[at] = header;
                let mut index = 0;
                self.headers.retain(|header| {
                    index += 1;
                    index <= at + 1 || !is_named(header)
                });
            }
            None => self.headers.push(header),
        }
        Ok(())
    }

    /// Adds a header beside those of the same name.
    ///
    /// # Errors
    /// As [`RequestSpec::set_header`].
    pub fn append_header(
        &mut self,
        name: &str,
        value: impl Into<String>,
    ) -> Result<(), BuildError> {
        let value = value.into();
        check_header(name, &value)?;
        self.headers.push(Header {
            name: name.to_owned(),
            value,
            secret: is_secret_header(name),
        });
        Ok(())
    }

    /// Appends a pair to the query, percent-encoded.
    pub fn push_query(&mut self, name: &str, value: &str) {
        let mut query = self.url.query().unwrap_or_default().to_owned();
        crate::query::push_pair(&mut query, name, value);
        self.url.set_query(Some(&query));
    }

    /// Appends a value to the query: `null` as `name=`, a list in the given style, an object as `name[member]`.
    pub fn push_query_value(&mut self, name: &str, value: &Value, style: QueryStyle) {
        let mut query = self.url.query().unwrap_or_default().to_owned();
        crate::query::push_value(&mut query, name, value, style);
        self.url
            .set_query(Some(query.as_str()).filter(|query| !query.is_empty()));
    }

    /// Method and URL without secrets, for events and errors.
    pub fn summary(&self) -> Arc<str> {
        format!("{} {}", self.method, self.shown_url()).into()
    }

    /// The URL without a password and without the values of secret query parameters.
    pub fn shown_url(&self) -> String {
        self.redactor
            .text(&shown_url(&self.url, &self.credential.query))
    }

    /// The whole request as a value: method, url, headers, body. Secrets are masked; repeated headers are joined by a
    /// comma.
    pub fn to_json(&self) -> Value {
        let mut headers = Map::default();
        for header in &self.headers {
            let shown = self.shown_header(header);
            let slot = headers.entry(header.name.as_str().into());
            let slot = slot.or_insert(Value::Null);
            *slot = match slot.as_str() {
                Some(before) => Value::from(format!("{before}, {shown}")),
                None => Value::from(shown),
            };
        }
        let mut shown = Map::default();
        shown.insert("method".into(), Value::from(self.method.as_str()));
        shown.insert("url".into(), Value::from(self.shown_url()));
        shown.insert("headers".into(), Value::from(headers));
        if let Some(body) = self.shown_body().to_json() {
            shown.insert("body".into(), body);
        }
        Value::from(shown)
    }

    pub(crate) fn shown_header(&self, header: &Header) -> String {
        if header.secret {
            MASK.to_owned()
        } else {
            self.redactor.text(&header.value)
        }
    }

    /// The body with masked secrets.
    pub(crate) fn shown_body(&self) -> Body {
        let is_secret = |name: &str| self.credential.body.iter().any(|secret| secret == name);
        let text = |name: &str, text: &str| {
            if is_secret(name) {
                MASK.to_owned()
            } else {
                self.redactor.text(text)
            }
        };
        match &self.body {
            Body::Empty => Body::Empty,
            Body::Json(value) => {
                let mut shown = self.redactor.value(value);
                for name in &self.credential.body {
                    itemflow_model::Path::parse(name).set(&mut shown, Value::from(MASK));
                }
                Body::Json(shown)
            }
            Body::Form(pairs) => Body::Form(
                pairs
                    .iter()
                    .map(|(name, value)| (name.clone(), text(name, value)))
                    .collect(),
            ),
            Body::Text(value) => Body::Text(self.redactor.text(value)),
            Body::Multipart(parts) => Body::Multipart(
                parts
                    .iter()
                    .map(|part| Part {
                        name: part.name.clone(),
                        content: match &part.content {
                            PartContent::Text(value) => PartContent::Text(text(&part.name, value)),
                            PartContent::Binary(binary) => PartContent::Binary(binary.clone()),
                        },
                    })
                    .collect(),
            ),
            Body::Binary(binary) => Body::Binary(binary.clone()),
        }
    }
}

impl fmt::Debug for RequestSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestSpec({})", self.to_json())
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = if self.secret { MASK } else { &self.value };
        write!(f, "{}: {value}", self.name)
    }
}

impl Body {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// The media type that goes with it; `None` for no body, and for multipart, whose boundary is chosen when it is sent.
    pub fn content_type(&self) -> Option<&str> {
        match self {
            Self::Empty | Self::Multipart(_) => None,
            Self::Json(_) => Some("application/json"),
            Self::Form(_) => Some("application/x-www-form-urlencoded"),
            Self::Text(_) => Some("text/plain; charset=utf-8"),
            Self::Binary(binary) if binary.mime_type.is_empty() => Some("application/octet-stream"),
            Self::Binary(binary) => Some(&binary.mime_type),
        }
    }

    /// The body as a value: form and multipart as an object, files by their reference. `None` for no body.
    pub fn to_json(&self) -> Option<Value> {
        match self {
            Self::Empty => None,
            Self::Json(value) => Some(value.clone()),
            Self::Text(text) => Some(Value::from(text.as_str())),
            Self::Form(pairs) => {
                Some(members(pairs.iter().map(|(name, value)| {
                    (name.as_str(), Value::from(value.as_str()))
                })))
            }
            Self::Multipart(parts) => Some(members(parts.iter().map(|part| {
                let content = match &part.content {
                    PartContent::Text(text) => Value::from(text.as_str()),
                    PartContent::Binary(binary) => binary_json(binary),
                };
                (part.name.as_str(), content)
            }))),
            Self::Binary(binary) => Some(binary_json(binary)),
        }
    }

    /// The bytes of a body that needs no file: JSON, form or text. `None` for the others.
    pub(crate) fn to_bytes(&self) -> Option<Vec<u8>> {
        match self {
            Self::Empty | Self::Multipart(_) | Self::Binary(_) => None,
            Self::Json(value) => Some(value.to_string().into_bytes()),
            Self::Form(pairs) => {
                let mut text = String::new();
                for (name, value) in pairs {
                    crate::query::push_pair(&mut text, name, value);
                }
                Some(text.into_bytes())
            }
            Self::Text(text) => Some(text.clone().into_bytes()),
        }
    }
}

/// Whether a request may be sent again unless its definition says otherwise (RFC 9110 §9.2.2).
pub fn is_repeatable(method: &Method) -> bool {
    matches!(
        method.as_str(),
        "GET" | "HEAD" | "PUT" | "DELETE" | "OPTIONS" | "TRACE" | "PROPFIND"
    )
}

/// Headers whose value is a secret whoever sets them.
fn is_secret_header(name: &str) -> bool {
    ["authorization", "proxy-authorization", "cookie"]
        .iter()
        .any(|secret| name.eq_ignore_ascii_case(secret))
}

/// A URL without password and without the values of the named query parameters.
pub(crate) fn shown_url(url: &Url, secret_query: &[String]) -> String {
    let mut shown = url.clone();
    if shown.password().is_some() {
        // Fails only for URLs that cannot have a password, and this one has.
        let _ = shown.set_password(Some(MASK));
    }
    if let Some(query) = url.query().filter(|_| !secret_query.is_empty()) {
        let pairs: Vec<String> = query
            .split('&')
            .map(|pair| {
                let name = pair.split('=').next().unwrap_or_default();
                let decoded = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
                if secret_query.iter().any(|secret| *secret == decoded) {
                    format!("{name}={MASK}")
                } else {
                    pair.to_owned()
                }
            })
            .collect();
        shown.set_query(Some(&pairs.join("&")));
    }
    shown.into()
}

/// Pairs as an object; a name that comes more than once has the list of its values.
fn members<'a>(pairs: impl Iterator<Item = (&'a str, Value)>) -> Value {
    let mut grouped: IndexMap<&str, Vec<Value>> = IndexMap::new();
    for (name, value) in pairs {
        grouped.entry(name).or_default().push(value);
    }
    let members = grouped.into_iter().map(|(name, mut values)| {
        let value = match values.len() {
            1 => values.remove(0),
            _ => Value::from(values),
        };
        (name.into(), value)
    });
    Value::from(members.collect::<Map>())
}

fn binary_json(binary: &Binary) -> Value {
    let name = binary.file_name.as_deref().unwrap_or("file");
    Value::from([("file", name), ("mimeType", binary.mime_type.as_str())])
}

fn check_header(name: &str, value: &str) -> Result<(), BuildError> {
    if reqwest::header::HeaderName::from_bytes(name.as_bytes()).is_err() {
        let name: String = name.chars().take(80).collect();
        return Err(BuildError::new(
            "bad-header",
            format!("{name:?} is not a header name"),
        ));
    }
    if reqwest::header::HeaderValue::from_bytes(value.as_bytes()).is_err() {
        return Err(BuildError::new(
            "bad-header",
            format!(
                "the value of the header {name} holds a line break or another control character"
            ),
        )
        .help("remove line breaks from the value"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_never_gets_into_a_header() {
        let mut spec = RequestSpec::new(Method::GET, Url::parse("http://a.example").unwrap());
        let error = spec
            .set_header("X-A", "secret\r\nX-B: 1", false)
            .unwrap_err();
        assert!(!error.message.contains("secret"));
        assert!(spec.set_header("X\r\nA", "1", false).is_err());
        assert!(spec.headers.is_empty());
    }

    #[test]
    fn headers_may_repeat_until_one_is_set() {
        let mut spec = RequestSpec::new(Method::GET, Url::parse("http://a.example").unwrap());
        for value in ["1", "2"] {
            spec.append_header("X-A", value).unwrap();
            spec.append_header("X-B", value).unwrap();
        }
        assert_eq!(
            spec.to_json().get("headers").unwrap().to_string(),
            r#"{"X-A":"1, 2","X-B":"1, 2"}"#
        );
        spec.set_header("x-a", "3", false).unwrap();
        let shown: Vec<String> = spec.headers.iter().map(|h| format!("{h:?}")).collect();
        assert_eq!(shown, ["x-a: 3", "X-B: 1", "X-B: 2"]);
        assert!(spec.append_header("X-A", "1\r\n").is_err());
    }

    #[test]
    fn what_is_shown_holds_no_secret() {
        let url = Url::parse("https://user:hunter2@a.example/x?a=1&key=hunter3").unwrap();
        let mut spec = RequestSpec::new(Method::POST, url);
        spec.credential.query.push("key".into());
        spec.set_header("authorization", "Bearer hunter4", false)
            .unwrap();
        spec.body = Body::Json(Value::from([("pass", "hunter5"), ("a", "b")]));
        spec.credential.body.push("pass".into());
        let shown = format!("{spec:?} {} {}", spec.curl(), spec.summary());
        assert!(!shown.contains("hunter"), "{shown}");
        assert!(shown.contains("key=***"));
        assert!(shown.contains(r#""a":"b""#));
    }
}
