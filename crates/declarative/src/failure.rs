//! What went wrong with a request, in plain words: which option or part is at fault, and what to do.

use std::error::Error;
use std::io;

use itemflow_model::{ErrorInfo, Value};

use crate::options::{PARAMETER, RequestOptions};
use crate::receive::{body_json, body_text};
use crate::request::RequestSpec;
use crate::response::Response;
use crate::tls::CertificateRefused;

/// Longest text of an answer that an error repeats.
const SHOWN_TEXT: usize = 500;
/// Largest body that an error carries along.
const KEPT_BODY: usize = 64 << 10;

/// The failure that an answer outside 2xx stands for.
pub fn status_failure(response: &Response) -> ErrorInfo {
    let json = body_json(response)
        .ok()
        .filter(|_| !response.body.is_empty());
    let own_words = match &json {
        Some(body) => own_message(body),
        None => plain_text(response),
    };
    let mut message = format!(
        "the service answered {} {}",
        response.status,
        response.status_text()
    );
    message.truncate(message.trim_end().len());
    if let Some(words) = own_words {
        message.push_str(": ");
        // Masked before it is cut: half a secret would not be found any more.
        message.push_str(&shortened(&response.redactor.text(&words)));
    }
    let body = if response.body.len() > KEPT_BODY {
        Some(Value::from(shortened(
            &response.redactor.text(&body_text(response)),
        )))
    } else {
        json.or_else(|| {
            Some(body_text(response))
                .filter(|text| !text.is_empty())
                .map(Value::from)
        })
    };
    response.redactor.error(ErrorInfo {
        name: "NodeApiError".into(),
        message,
        description: Some(advice(response)),
        http_code: Some(response.status.to_string()),
        request: Some(response.request.to_string()),
        response: body,
        ..ErrorInfo::default()
    })
}

/// The service's own message, where services are used to put it.
fn own_message(body: &Value) -> Option<String> {
    let text = |value: &Value| {
        value
            .as_str()
            .map(str::to_owned)
            .filter(|text| !text.is_empty())
    };
    let from_object = |value: &Value| {
        [
            "message",
            "detail",
            "title",
            "description",
            "error_description",
            "reason",
        ]
        .iter()
        .find_map(|name| value.get(name).and_then(text))
    };
    let first = |name: &str| body.get(name).and_then(|list| list.index(0));
    text(body)
        .or_else(|| body.get("message").and_then(text))
        .or_else(|| body.get("error").and_then(from_object))
        .or_else(|| body.get("error_description").and_then(text))
        .or_else(|| body.get("error").and_then(text))
        .or_else(|| first("errors").and_then(|error| text(error).or_else(|| from_object(error))))
        .or_else(|| first("message").and_then(text))
        .or_else(|| from_object(body))
}

/// The text of an answer that is neither JSON nor a page.
fn plain_text(response: &Response) -> Option<String> {
    let content_type = response.header("content-type").unwrap_or("text/plain");
    if !content_type.starts_with("text/plain") {
        return None;
    }
    let text = body_text(response);
    let is_readable = !text.chars().any(|c| c.is_control() && !c.is_whitespace());
    Some(text.trim().to_owned()).filter(|text| is_readable && !text.is_empty())
}

fn advice(response: &Response) -> String {
    let wait = response.header("retry-after").map(shortened);
    match response.status {
        300..=399 => "redirects were not followed; see requestOptions.followRedirects".into(),
        401 => "check the credential: it is missing, wrong, expired or of another kind".into(),
        403 => "the credential is known but may not do this; check its rights".into(),
        404 => "check the ids in the parameters and the base URL".into(),
        405 => "the service does not know this method here; check the base URL".into(),
        408 | 504 => "the service took too long; try again later".into(),
        409 => "what is to be changed has changed meanwhile, or exists already".into(),
        413 => "send less at once".into(),
        400 | 422 => "check the parameters against the service's own words".into(),
        429 => match wait {
            Some(wait) => format!(
                "the service asks for fewer requests (Retry-After: {wait}); slow down with requestOptions.batching"
            ),
            None => {
                "the service asks for fewer requests; slow down with requestOptions.batching".into()
            }
        },
        500..=599 => "the fault is the service's; try again later".into(),
        _ => "see the answer for the reason".into(),
    }
}

/// Why no answer came.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The failure without secrets.
    pub(crate) info: ErrorInfo,
    /// Whether the network is to blame, so that another try may succeed.
    pub(crate) network: bool,
}

/// A failure that blames an option.
pub(crate) fn option_failure(
    spec: &RequestSpec,
    option: &str,
    code: &str,
    message: String,
    help: &str,
) -> ErrorInfo {
    spec.redactor.error(ErrorInfo {
        name: "NodeApiError".into(),
        message,
        description: Some(help.to_owned()).filter(|help| !help.is_empty()),
        http_code: Some(code.to_owned()).filter(|code| !code.is_empty()),
        parameter: Some(format!("{PARAMETER}.{option}")),
        request: Some(spec.summary().to_string()),
        ..ErrorInfo::default()
    })
}

/// A failure of a request itself.
pub(crate) fn request_failure(
    spec: &RequestSpec,
    code: &str,
    message: String,
    help: &str,
) -> ErrorInfo {
    ErrorInfo {
        parameter: None,
        ..option_failure(spec, "", code, message, help)
    }
}

/// What a failed exchange means.
pub(crate) fn network_failure(
    error: &reqwest::Error,
    spec: &RequestSpec,
    options: &RequestOptions,
) -> ErrorInfo {
    let causes = causes(error);
    let host = spec.url.host_str().unwrap_or_default();
    let port = spec.url.port_or_known_default().unwrap_or_default();
    let proxy = options.proxy.as_ref();
    let via = |code: &str, about_proxy: String, about_target: String, help: &str| match proxy {
        Some(_) => option_failure(
            spec,
            "proxy",
            code,
            about_proxy,
            "check requestOptions.proxy",
        ),
        None => request_failure(spec, code, about_target, help),
    };
    if let Some(refused) = causes.iter().find_map(|cause| certificate(*cause)) {
        return certificate_failure(&refused, spec, options);
    }
    if let Some(tls) = causes
        .iter()
        .find_map(|cause| cause.downcast_ref::<rustls::Error>())
    {
        let message = format!("no secure connection to {host} came about: {tls}");
        return request_failure(
            spec,
            "EPROTO",
            message,
            "check that the URL's scheme and port are those of the service",
        );
    }
    let texts: Vec<String> = causes.iter().map(ToString::to_string).collect();
    if let (Some(proxy), Some(text)) = (proxy, texts.iter().find(|t| is_tunnel(t))) {
        let reason = text.trim_start_matches("tunnel error: ");
        let message = format!("the proxy {proxy} did not connect to {host}:{port}: {reason}");
        let help = "check the address, user and password in requestOptions.proxy";
        return option_failure(spec, "proxy", "ECONNREFUSED", message, help);
    }
    let shown_proxy = proxy.map(ToString::to_string).unwrap_or_default();
    if error.is_dns() {
        let proxy_host = proxy.map_or("", |proxy| proxy.host());
        return via(
            "ENOTFOUND",
            format!("the host of the proxy, {proxy_host}, was not found"),
            format!("the host {host} was not found"),
            "check the spelling of the base URL, and the network",
        );
    }
    let kind = causes
        .iter()
        .find_map(|cause| cause.downcast_ref::<io::Error>().map(io::Error::kind));
    match kind {
        Some(io::ErrorKind::ConnectionRefused) => via(
            "ECONNREFUSED",
            format!("the proxy {shown_proxy} refused the connection"),
            format!("nothing listens at {host}:{port} (connection refused)"),
            "check the host and port of the URL, and that the service runs",
        ),
        Some(io::ErrorKind::TimedOut) => via(
            "ETIMEDOUT",
            format!("the proxy {shown_proxy} cannot be reached in time"),
            format!("{host}:{port} cannot be reached in time"),
            "check the host and port of the URL, and the network",
        ),
        Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => via(
            "EHOSTUNREACH",
            format!("there is no way to the proxy {shown_proxy}"),
            format!("there is no way to {host}:{port}"),
            "check the network",
        ),
        _ if error.is_connect() => via(
            "ECONNREFUSED",
            format!(
                "no connection to the proxy {shown_proxy}: {}",
                innermost(&texts)
            ),
            format!("no connection to {host}:{port}: {}", innermost(&texts)),
            "check the host and port of the URL",
        ),
        Some(
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof,
        ) => cut_off(spec, host),
        _ if texts
            .iter()
            .any(|text| text.contains("connection closed before message completed")) =>
        {
            cut_off(spec, host)
        }
        _ if error.is_decode() || error.is_body() => request_failure(
            spec,
            "",
            format!("the answer cannot be read: {}", innermost(&texts)),
            "the connection broke, or the answer is not encoded as its headers say",
        ),
        _ => request_failure(
            spec,
            "",
            format!("the request failed: {}", innermost(&texts)),
            unknown(spec),
        ),
    }
}

fn cut_off(spec: &RequestSpec, host: &str) -> ErrorInfo {
    let message = format!("{host} closed the connection before its answer was complete");
    request_failure(spec, "ECONNRESET", message, unknown(spec))
}

/// What to add when a request may have been acted on although no answer came.
pub(crate) fn unknown(spec: &RequestSpec) -> &'static str {
    if spec.repeatable {
        "the request may be sent again"
    } else {
        "whether the service acted on the request is unknown; look before sending it again"
    }
}

fn certificate_failure(
    refused: &CertificateRefused,
    spec: &RequestSpec,
    options: &RequestOptions,
) -> ErrorInfo {
    let code = if refused.reason.contains("self-signed") {
        "DEPTH_ZERO_SELF_SIGNED_CERT"
    } else {
        "CERT_REFUSED"
    };
    let is_proxy = options.allow_unauthorized_certs
        || (options.proxy.as_ref()).is_some_and(|proxy| {
            proxy.scheme() == "https"
                && spec.url.host_str() != Some(proxy.host())
                && proxy.host() == refused.server
        });
    if is_proxy {
        let message = format!(
            "the certificate of the proxy was refused: {}",
            refused.reason
        );
        let help = "trust it with requestOptions.caCertificate; allowUnauthorizedCerts is for the target alone";
        return option_failure(spec, "proxy", code, message, help);
    }
    let help = "trust its issuer with requestOptions.caCertificate, or accept any certificate with \
                requestOptions.allowUnauthorizedCerts";
    option_failure(
        spec,
        "allowUnauthorizedCerts",
        code,
        refused.to_string(),
        help,
    )
}

/// The error and all that caused it. An I/O error hides the error inside it from `source`.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> Vec<&'a (dyn Error + 'static)> {
    let mut list: Vec<&'a (dyn Error + 'static)> = Vec::new();
    let mut next = Some(error);
    while let Some(cause) = next.filter(|_| list.len() < 32) {
        list.push(cause);
        let inner = cause
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner),
            None => cause.source(),
        };
    }
    list
}

fn certificate(cause: &(dyn Error + 'static)) -> Option<CertificateRefused> {
    let rustls::Error::InvalidCertificate(rustls::CertificateError::Other(other)) =
        cause.downcast_ref::<rustls::Error>()?
    else {
        return None;
    };
    other.0.downcast_ref::<CertificateRefused>().cloned()
}

/// Whether a text is that of a proxy that answered but made no tunnel. A proxy that could not be reached at all has a
/// cause of its own.
fn is_tunnel(text: &str) -> bool {
    text.starts_with("tunnel error") && !text.ends_with("failed to create underlying connection")
}

fn innermost(texts: &[String]) -> String {
    texts.last().map(|text| shortened(text)).unwrap_or_default()
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= SHOWN_TEXT {
        return text.to_owned();
    }
    let start: String = text.chars().take(SHOWN_TEXT).collect();
    format!("{start}…")
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn failure(status: u16, body: &str) -> ErrorInfo {
        let mut redactor = crate::Redactor::default();
        redactor.add("hunter2");
        status_failure(&Response {
            status,
            headers: Vec::new(),
            body: Bytes::copy_from_slice(body.as_bytes()),
            url: url::Url::parse("https://a.example/").unwrap(),
            request: "GET https://a.example/".into(),
            redactor,
        })
    }

    #[test]
    fn finds_the_services_own_words() {
        for body in [
            r#"{"message":"no such thing"}"#,
            r#"{"error":{"message":"no such thing"}}"#,
            r#"{"error":"no such thing"}"#,
            r#"{"errors":["no such thing"]}"#,
            r#"{"errors":[{"detail":"no such thing"}]}"#,
            r#"{"description":"no such thing"}"#,
            "no such thing",
        ] {
            let error = failure(404, body);
            assert_eq!(
                error.message, "the service answered 404 Not Found: no such thing",
                "{body}"
            );
            assert_eq!(error.http_code.as_deref(), Some("404"));
        }
        assert_eq!(
            failure(500, "").message,
            "the service answered 500 Internal Server Error"
        );
    }

    #[test]
    fn an_echoed_secret_is_masked() {
        let error = failure(401, r#"{"error":"bad token hunter2","token":"hunter2"}"#);
        assert!(!format!("{error:?}").contains("hunter2"));
        assert!(error.message.ends_with("bad token ***"));
    }
}
