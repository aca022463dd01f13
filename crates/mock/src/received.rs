//! `Received`: one request as it arrived, for tests to look at.

use std::fmt;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, Method};
use itemflow_model::Value;

/// One request as it arrived. Debug shows neither query and body nor headers that hold credentials.
#[derive(Clone)]
pub struct Received {
    /// Method.
    pub method: Method,
    /// Path as it was sent, still percent-encoded.
    pub path: String,
    /// Query string as it was sent, without `?`; empty when there is none.
    pub query: String,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
    /// When it arrived, counted from the start of the server.
    pub arrived: Duration,
    /// Requests that were being handled when it arrived, itself included.
    pub in_flight: usize,
    /// Status it was answered with, also where a fault kept the answer back; 0 where nothing was carried out.
    pub status: u16,
    /// Resource and operation of the action that it was taken for, for example `Inboxes: Get Inbox`.
    pub action: Option<String>,
}

impl Received {
    /// The body as JSON; `None` when it is empty or something else.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// A header as text. `-` and `_` in names are the same.
    pub fn header(&self, name: &str) -> Option<&str> {
        let wanted = folded(name);
        self.headers
            .iter()
            .find(|(name, _)| folded(name.as_str()) == wanted)
            .and_then(|(_, value)| value.to_str().ok())
    }

    /// Path and query as they stood in the request line.
    pub fn target(&self) -> String {
        if self.query.is_empty() {
            return self.path.clone();
        }
        format!("{}?{}", self.path, self.query)
    }

    /// The pairs of the query, decoded.
    pub fn query_pairs(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.query.as_bytes())
            .into_owned()
            .collect()
    }

    /// The media type of the body in lower case, without its parameters.
    pub(crate) fn media_type(&self) -> Option<String> {
        let header = self.header("content-type")?;
        let media_type = header.split(';').next().unwrap_or_default().trim();
        Some(media_type.to_ascii_lowercase())
    }

    /// Memory it takes in the log, roughly.
    pub(crate) fn size(&self) -> usize {
        let headers: usize = self
            .headers
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len() + 32)
            .sum();
        256 + self.path.len() + self.query.len() + self.body.len() + headers
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .field("arrived", &self.arrived)
            .field("in_flight", &self.in_flight)
            .field("status", &self.status)
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}

/// A header name as servers in the CGI tradition compare it: without case, `_` as `-`.
pub(crate) fn folded(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}
