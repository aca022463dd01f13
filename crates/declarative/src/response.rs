//! `Response`: one answer of a service, whatever its status, with its body read.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use itemflow_model::{Map, Value};
use url::Url;

use crate::redact::Redactor;

/// An answer. Statuses outside 2xx are answers too; `receive` makes them failures.
#[derive(Clone)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers in the order in which they came, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body after decompression.
    pub body: Bytes,
    /// URL that answered, after redirects.
    pub url: Url,
    /// Method and URL of the request, without secrets.
    pub request: Arc<str>,
    /// Masks the secrets of the request's credential.
    pub redactor: Redactor,
}

impl Response {
    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The standard words for the status, for example `Not Found`.
    pub fn status_text(&self) -> &'static str {
        reqwest::StatusCode::from_u16(self.status)
            .ok()
            .and_then(|status| status.canonical_reason())
            .unwrap_or_default()
    }

    /// The first header of that name, which is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(header, _)| header == name)
            .map(|(_, value)| value.as_str())
    }

    /// The headers as an object; repeated ones are joined by a comma, `set-cookie` is a list.
    pub fn headers_json(&self) -> Value {
        let mut map = Map::default();
        for (name, value) in &self.headers {
            let slot = map.entry(name.as_str().into()).or_insert(Value::Null);
            *slot = match (name.as_str(), std::mem::take(slot)) {
                ("set-cookie", Value::Array(mut list)) => {
                    Arc::make_mut(&mut list).push(Value::from(value.as_str()));
                    Value::Array(list)
                }
                ("set-cookie", _) => Value::from(vec![Value::from(value.as_str())]),
                (_, Value::String(before)) => Value::from(format!("{before}, {value}")),
                _ => Value::from(value.as_str()),
            };
        }
        Value::from(map)
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Response({} to {}, {} bytes)",
            self.status,
            self.request,
            self.body.len()
        )
    }
}
