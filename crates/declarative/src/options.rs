//! `RequestOptions`: how requests are sent, read from the `requestOptions` parameter with n8n's names and our own.

use std::time::Duration;

use itemflow_model::{Map, Value, did_you_mean};
use reqwest::Method;

use crate::coerce::whole_number;
use crate::error::ParameterError;
use crate::proxy::ProxyUrl;

/// The parameter they are read from.
pub(crate) const PARAMETER: &str = "requestOptions";

const MAX_MS: u64 = u32::MAX as u64;
const MAX_RESPONSE_BYTES: u64 = 4 << 30;
pub(crate) const NAMES: [&str; 13] = [
    "batching",
    "allowUnauthorizedCerts",
    "proxy",
    "timeout",
    "totalTimeout",
    "maxConcurrency",
    "caCertificate",
    "clientCertificate",
    "followRedirects",
    "maxRedirects",
    "maxResponseBytes",
    "retry",
    "rateLimit",
];

/// How the requests of a node are sent. Every limit is finite.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestOptions {
    /// Batches; `None`: requests start as soon as `max_concurrency` allows.
    pub batching: Option<Batching>,
    /// Accept any certificate of the target, never of an https proxy (nor of a target on the proxy's own host). Read per
    /// item.
    pub allow_unauthorized_certs: bool,
    /// Proxy of every request; `None`: the environment's. Read per item.
    pub proxy: Option<ProxyUrl>,
    /// Limit until the response headers, and of each pause while the body is read. Read per item.
    pub timeout: Duration,
    /// Limit of one request with its redirects and its body.
    pub total_timeout: Duration,
    /// Most requests in flight when there is no batching.
    pub max_concurrency: usize,
    /// PEM text of certificates to trust beside the system's.
    pub ca_certificate: Option<String>,
    /// PEM text of a client certificate and its private key.
    pub client_certificate: Option<ClientCertificate>,
    /// Which requests follow redirects.
    pub follow_redirects: Redirects,
    /// Most redirects of one request.
    pub max_redirects: usize,
    /// Most bytes of a response body after decompression.
    pub max_response_bytes: u64,
    /// Repetition of requests that may be repeated; `None`: never.
    pub retry: Option<Retry>,
}

/// Requests in batches: a batch starts when the one before has finished and `interval` has passed since it started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batching {
    /// Requests in a batch, at least 1.
    pub size: usize,
    /// Time between the starts of two batches.
    pub interval: Duration,
}

/// Which requests follow redirects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redirects {
    /// None.
    None,
    /// Those that only read: GET and HEAD.
    Reads,
    /// Every one.
    All,
}

/// PEM text that holds a certificate and its private key. Never shown.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ClientCertificate(String);

/// When and how often a request that may be repeated is sent again.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// Tries in all, the first one included.
    pub max_tries: u32,
    /// Wait before the second try.
    pub backoff: Duration,
    /// Whether the wait doubles before each further try.
    pub doubles: bool,
    /// Whether each wait is shortened by a random part of up to half of it.
    pub jitter: bool,
    /// HTTP statuses that are tried again.
    pub statuses: Vec<u16>,
    /// Whether failures of the network are tried again.
    pub network: bool,
}

impl Redirects {
    /// Whether a request of this method follows them.
    pub fn follows(self, method: &Method) -> bool {
        match self {
            Self::None => false,
            Self::Reads => matches!(*method, Method::GET | Method::HEAD),
            Self::All => true,
        }
    }
}

impl ClientCertificate {
    /// A certificate chain and its private key as PEM text.
    pub fn new(pem: impl Into<String>) -> Self {
        Self(pem.into())
    }

    pub(crate) fn pem(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(crate::redact::MASK)
    }
}

impl Default for RequestOptions {
    fn default() -> Self {
        Self {
            batching: None,
            allow_unauthorized_certs: false,
            proxy: None,
            timeout: Duration::from_millis(300_000),
            total_timeout: Duration::from_millis(3_600_000),
            max_concurrency: 16,
            ca_certificate: None,
            client_certificate: None,
            follow_redirects: Redirects::All,
            max_redirects: 21,
            max_response_bytes: 64 << 20,
            retry: None,
        }
    }
}

impl RequestOptions {
    /// Reads the resolved value of the `requestOptions` parameter; `null` means none.
    ///
    /// # Errors
    /// All faults: unknown options with the nearest known one, values of the wrong kind or out of range, and
    /// `rateLimit`, which is not supported yet.
    pub fn parse(value: &Value) -> Result<Self, Vec<ParameterError>> {
        let mut options = Self::default();
        let mut reader = Reader::new(value, PARAMETER, &NAMES);
        let defaults = Self::default();
        options.batching = reader
            .member("batching")
            .and_then(|value| batching(&value, &mut reader.errors));
        options.allow_unauthorized_certs = reader.flag("allowUnauthorizedCerts", false);
        if let Some(text) = reader.text("proxy") {
            match ProxyUrl::parse(&text) {
                Ok(proxy) => options.proxy = Some(proxy),
                Err(reason) => reader.fault("proxy", "bad-option", reason),
            }
        }
        options.timeout = reader.duration("timeout", defaults.timeout);
        options.total_timeout = reader.duration("totalTimeout", defaults.total_timeout);
        options.max_concurrency = reader.number("maxConcurrency", 1, 1024, 16) as usize;
        options.ca_certificate = reader.text("caCertificate");
        if let Some(pem) = &options.ca_certificate
            && let Err(reason) = crate::tls::certificates(pem)
        {
            reader.fault("caCertificate", "bad-option", reason);
        }
        options.client_certificate = reader.text("clientCertificate").map(ClientCertificate);
        if let Some(pem) = &options.client_certificate
            && let Err(reason) = crate::tls::identity(pem)
        {
            reader.fault("clientCertificate", "bad-option", reason);
        }
        if !reader.flag("followRedirects", true) {
            options.follow_redirects = Redirects::None;
        }
        options.max_redirects = reader.number("maxRedirects", 0, 100, 21) as usize;
        options.max_response_bytes = reader.number(
            "maxResponseBytes",
            1,
            MAX_RESPONSE_BYTES,
            defaults.max_response_bytes,
        );
        options.retry = reader
            .member("retry")
            .and_then(|value| retry(&value, &mut reader.errors));
        if reader.member("rateLimit").is_some() {
            reader.fault(
                "rateLimit",
                "unsupported-option",
                "the option rateLimit is not supported yet; use batching to slow requests down"
                    .into(),
            );
        }
        if reader.errors.is_empty() {
            Ok(options)
        } else {
            Err(reader.errors)
        }
    }

    /// These options with `proxy`, `timeout` and `allowUnauthorizedCerts` of another item, the only ones that may differ
    /// between the items of a node.
    pub fn with_item_options(&self, item: &RequestOptions) -> Self {
        Self {
            proxy: item.proxy.clone(),
            timeout: item.timeout,
            allow_unauthorized_certs: item.allow_unauthorized_certs,
            ..self.clone()
        }
    }
}

fn batching(value: &Value, errors: &mut Vec<ParameterError>) -> Option<Batching> {
    let mut outer = Reader::new(value, "requestOptions.batching", &["batch"]);
    let batch = outer.member("batch").unwrap_or_else(Value::empty_object);
    errors.append(&mut outer.errors);
    let names = ["batchSize", "batchInterval"];
    let mut reader = Reader::new(&batch, "requestOptions.batching.batch", &names);
    let size = match reader.member("batchSize") {
        None => Some(50),
        Some(value) => match whole_number(&value) {
            Some(-1) => None,
            Some(size @ 0..=1_000_000) => Some((size as usize).max(1)),
            _ => {
                let message =
                    format!("batchSize must be a whole number from -1 to 1000000, not {value}");
                reader.fault("batchSize", "bad-option", message);
                None
            }
        },
    };
    let interval = Duration::from_millis(reader.number("batchInterval", 0, MAX_MS, 1000));
    errors.append(&mut reader.errors);
    size.map(|size| Batching { size, interval })
}

fn retry(value: &Value, errors: &mut Vec<ParameterError>) -> Option<Retry> {
    let names = ["maxTries", "backoff", "jitter", "on"];
    let mut reader = Reader::new(value, "requestOptions.retry", &names);
    let mut retry = Retry {
        max_tries: reader.number("maxTries", 1, 100, 3) as u32,
        backoff: Duration::from_millis(reader.number("backoff", 0, MAX_MS, 1000)),
        doubles: true,
        jitter: reader.flag("jitter", true),
        statuses: vec![408, 429, 500, 502, 503, 504],
        network: true,
    };
    if let Some(on) = reader.member("on") {
        retry.statuses.clear();
        retry.network = false;
        for entry in on.as_array().unwrap_or(std::slice::from_ref(&on)) {
            match (entry.as_str(), whole_number(entry)) {
                (Some("network"), _) => retry.network = true,
                (_, Some(status @ 400..=599)) => retry.statuses.push(status as u16),
                _ => {
                    let message = format!(
                        "on must list HTTP statuses from 400 to 599 or \"network\", not {entry}"
                    );
                    reader.fault("on", "bad-option", message);
                }
            }
        }
    }
    errors.append(&mut reader.errors);
    Some(retry)
}

/// Reads the members of one options object and collects what is wrong with them.
struct Reader<'a> {
    members: Option<&'a Map>,
    path: &'a str,
    errors: Vec<ParameterError>,
}

impl<'a> Reader<'a> {
    fn new(value: &'a Value, path: &'a str, names: &[&str]) -> Self {
        let mut reader = Self {
            members: value.as_object(),
            path,
            errors: Vec::new(),
        };
        let Some(members) = reader.members else {
            if !value.is_null() {
                let message = format!("{path} must be an object, not {}", value.kind());
                reader
                    .errors
                    .push(ParameterError::new(path, "bad-option", message));
            }
            return reader;
        };
        for name in members.keys().filter(|name| !names.contains(&&***name)) {
            let message = format!("unknown option `{name}`");
            let mut error =
                ParameterError::new(format!("{path}.{name}"), "unknown-request-option", message);
            error.help = Some(match did_you_mean(name, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known options: {}", names.join(", ")),
            });
            reader.errors.push(error);
        }
        reader
    }

    /// A member; `null` counts as absent.
    fn member(&self, name: &str) -> Option<Value> {
        self.members?
            .get(name)
            .filter(|value| !value.is_null())
            .cloned()
    }

    fn fault(&mut self, name: &str, code: &'static str, message: String) {
        self.errors.push(ParameterError::new(
            format!("{}.{name}", self.path),
            code,
            message,
        ));
    }

    fn flag(&mut self, name: &str, default: bool) -> bool {
        match self.member(name) {
            None => default,
            Some(Value::Bool(flag)) => flag,
            Some(Value::String(text)) if &*text == "true" => true,
            Some(Value::String(text)) if &*text == "false" => false,
            Some(other) => {
                self.fault(
                    name,
                    "bad-option",
                    format!("{name} must be true or false, not {other}"),
                );
                default
            }
        }
    }

    /// A text; an empty one counts as absent. The fault never repeats the value: it may hold a password.
    fn text(&mut self, name: &str) -> Option<String> {
        match self.member(name)? {
            Value::String(text) if text.trim().is_empty() => None,
            Value::String(text) => Some(text.trim().to_owned()),
            other => {
                self.fault(
                    name,
                    "bad-option",
                    format!("{name} must be text, not {}", other.kind()),
                );
                None
            }
        }
    }

    fn number(&mut self, name: &str, min: u64, max: u64, default: u64) -> u64 {
        let Some(value) = self.member(name) else {
            return default;
        };
        match whole_number(&value).and_then(|number| u64::try_from(number).ok()) {
            Some(number) if (min..=max).contains(&number) => number,
            _ => {
                let message =
                    format!("{name} must be a whole number from {min} to {max}, not {value}");
                self.fault(name, "bad-option", message);
                default
            }
        }
    }

    /// Milliseconds; 0 stands for the default, as in n8n.
    fn duration(&mut self, name: &str, default: Duration) -> Duration {
        match self.number(name, 0, MAX_MS, 0) {
            0 => default,
            ms => Duration::from_millis(ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Result<RequestOptions, Vec<ParameterError>> {
        RequestOptions::parse(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn nothing_given_means_finite_defaults() {
        let options = parse("{}").unwrap();
        assert_eq!(options, RequestOptions::default());
        assert_eq!(options.timeout, Duration::from_secs(300));
        assert!(options.max_response_bytes < 100_000_000);
    }

    #[test]
    fn batching_keeps_the_words_of_the_editor() {
        let batching = |json: &str| {
            parse(json)
                .unwrap()
                .batching
                .map(|b| (b.size, b.interval.as_millis()))
        };
        assert_eq!(
            batching(r#"{"batching":{"batch":{"batchSize":5,"batchInterval":200}}}"#),
            Some((5, 200))
        );
        assert_eq!(
            batching(r#"{"batching":{"batch":{"batchSize":0}}}"#),
            Some((1, 1000))
        );
        assert_eq!(batching(r#"{"batching":{"batch":{"batchSize":-1}}}"#), None);
        assert_eq!(batching(r#"{"batching":{}}"#), Some((50, 1000)));
    }

    #[test]
    fn every_fault_is_reported_with_its_place() {
        let errors = parse(
            r#"{"timeOut":1,"timeout":-1,"proxy":"http://","batching":{"batch":{"batchSize":1.5}},"rateLimit":{},
            "retry":{"on":[200]},"allowUnauthorizedCerts":"yes"}"#,
        )
        .unwrap_err();
        let places: Vec<&str> = errors
            .iter()
            .map(|error| error.parameter.as_str())
            .collect();
        for place in [
            "requestOptions.timeOut",
            "requestOptions.timeout",
            "requestOptions.proxy",
            "requestOptions.batching.batch.batchSize",
            "requestOptions.rateLimit",
            "requestOptions.retry.on",
            "requestOptions.allowUnauthorizedCerts",
        ] {
            assert!(places.contains(&place), "{place} in {places:?}");
        }
        assert_eq!(errors[0].help.as_deref(), Some("did you mean `timeout`?"));
    }
}
