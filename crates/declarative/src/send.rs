//! Sends one request: its redirects, its limits of time and size, its body in and out.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use itemflow_model::{Binary, ErrorInfo};
use reqwest::header::{
    CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, WWW_AUTHENTICATE,
};
use reqwest::multipart;
use reqwest::{Client, Method, StatusCode};
use tokio::time::timeout;
use url::Url;

use crate::client::HttpClients;
use crate::failure::{Failure, network_failure, option_failure, request_failure, unknown};
use crate::observer::BinaryReader;
use crate::options::{RequestOptions, Retry};
use crate::request::{Body, PartContent, RequestSpec};
use crate::response::Response;

/// Sends a request and reads its answer, whatever its status.
pub(crate) async fn send(
    clients: &HttpClients,
    spec: &RequestSpec,
    options: &RequestOptions,
    binaries: &dyn BinaryReader,
) -> Result<Response, Failure> {
    let client = clients.client(options).map_err(|info| Failure {
        info,
        network: false,
    })?;
    let exchange = Exchange {
        clients,
        client,
        options,
        binaries,
    };
    match timeout(options.total_timeout, exchange.follow(spec.clone())).await {
        Ok(result) => result,
        Err(_) => Err(Failure {
            info: option_failure(
                spec,
                "totalTimeout",
                "ETIMEDOUT",
                format!(
                    "the answer was not complete after {} ms in all",
                    options.total_timeout.as_millis()
                ),
                unknown(spec),
            ),
            network: true,
        }),
    }
}

struct Exchange<'a> {
    clients: &'a HttpClients,
    client: Client,
    options: &'a RequestOptions,
    binaries: &'a dyn BinaryReader,
}

impl Exchange<'_> {
    /// Sends the request and the redirects that follow from it.
    async fn follow(&self, mut spec: RequestSpec) -> Result<Response, Failure> {
        let first = spec.summary();
        let follows = self.options.follow_redirects.follows(&spec.method);
        let mut redirects = 0;
        loop {
            let answer = self.authenticated(&spec).await?;
            let Some(location) = redirect(&answer).filter(|_| follows) else {
                return self.read(answer, &spec, first).await;
            };
            redirects += 1;
            if redirects > self.options.max_redirects {
                return Err(permanent(option_failure(
                    &spec,
                    "maxRedirects",
                    "ERR_FR_TOO_MANY_REDIRECTS",
                    format!("more than {} redirects", self.options.max_redirects),
                    "check the URL, or raise requestOptions.maxRedirects",
                )));
            }
            let status = answer.status();
            drop(answer);
            redirect_to(&mut spec, status, &location).map_err(permanent)?;
        }
    }

    /// One exchange, and a second one when the service asks for a login that only its challenge makes possible.
    async fn authenticated(&self, spec: &RequestSpec) -> Result<reqwest::Response, Failure> {
        let answer = self.once(spec).await?;
        let Some(login) = &spec.credential.digest else {
            return Ok(answer);
        };
        if answer.status() != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let challenges = answer.headers().get_all(WWW_AUTHENTICATE);
        let challenges = challenges.iter().filter_map(|value| value.to_str().ok());
        let nonce = format!("{:032x}", rand::random::<u128>());
        let authorization = login
            .answer(challenges, &spec.method, &spec.url, &nonce)
            .map_err(|reason| {
                let help = "use another kind of credential for this service";
                permanent(request_failure(spec, "401", reason.to_owned(), help))
            })?;
        let Some(authorization) = authorization else {
            return Ok(answer);
        };
        drop(answer);
        let mut signed = spec.clone();
        let set = signed.set_header("Authorization", authorization, true);
        set.map_err(|error| permanent(request_failure(spec, "", error.message, "")))?;
        self.once(&signed).await
    }

    /// One exchange up to the headers of the answer.
    async fn once(&self, spec: &RequestSpec) -> Result<reqwest::Response, Failure> {
        self.clients.permit(&spec.url).map_err(|info| {
            permanent(ErrorInfo {
                request: Some(spec.summary().to_string()),
                ..info
            })
        })?;
        let request = self.request(spec).await.map_err(permanent)?;
        let limit = self.options.timeout;
        match timeout(limit, self.client.execute(request)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(Failure {
                info: network_failure(&error, spec, self.options),
                network: true,
            }),
            Err(_) => Err(too_slow(
                spec,
                format!("no answer came within {} ms", limit.as_millis()),
            )),
        }
    }

    async fn request(&self, spec: &RequestSpec) -> Result<reqwest::Request, ErrorInfo> {
        let mut headers = HeaderMap::new();
        for header in &spec.headers {
            let name = HeaderName::from_bytes(header.name.as_bytes());
            let value = HeaderValue::from_bytes(header.value.as_bytes());
            if let (Ok(name), Ok(mut value)) = (name, value) {
                value.set_sensitive(header.secret);
                headers.append(name, value);
            }
        }
        let mut builder = self.client.request(spec.method.clone(), spec.url.clone());
        match &spec.body {
            Body::Empty => {
                if matches!(spec.method.as_str(), "POST" | "PUT" | "PATCH") {
                    headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
                }
            }
            Body::Multipart(parts) => {
                // The boundary is the form's own, so the content type must be too.
                headers.remove(CONTENT_TYPE);
                let mut form = multipart::Form::new();
                for part in parts {
                    form = match &part.content {
                        PartContent::Text(text) => form.text(part.name.clone(), text.clone()),
                        PartContent::Binary(binary) => {
                            form.part(part.name.clone(), self.file_part(spec, binary).await?)
                        }
                    };
                }
                builder = builder.multipart(form);
            }
            Body::Binary(binary) => {
                if binary.bytes > 0 {
                    headers.insert(CONTENT_LENGTH, HeaderValue::from(binary.bytes));
                }
                builder = builder.body(self.file(spec, binary).await?);
            }
            body @ (Body::Json(_) | Body::Form(_) | Body::Text(_)) => {
                builder = builder.body(body.to_bytes().unwrap_or_default());
            }
        }
        builder.headers(headers).build().map_err(|error| {
            request_failure(
                spec,
                "",
                format!("the request cannot be made: {}", error.without_url()),
                "",
            )
        })
    }

    async fn file(&self, spec: &RequestSpec, binary: &Binary) -> Result<reqwest::Body, ErrorInfo> {
        let stream = self.binaries.open(binary).await.map_err(|error| {
            let name = binary.file_name.as_deref().unwrap_or("without a name");
            request_failure(
                spec,
                "",
                format!("the file {name} cannot be read: {error}"),
                "",
            )
        })?;
        Ok(reqwest::Body::wrap_stream(stream))
    }

    async fn file_part(
        &self,
        spec: &RequestSpec,
        binary: &Binary,
    ) -> Result<multipart::Part, ErrorInfo> {
        let body = self.file(spec, binary).await?;
        let mut part = if binary.bytes > 0 {
            multipart::Part::stream_with_length(body, binary.bytes)
        } else {
            multipart::Part::stream(body)
        };
        part = part.file_name(binary.file_name.clone().unwrap_or_else(|| "file".into()));
        let mime = match binary.mime_type.as_str() {
            "" => "application/octet-stream",
            known => known,
        };
        part.mime_str(mime)
            .map_err(|_| request_failure(spec, "", format!("{mime:?} is not a media type"), ""))
    }

    /// Reads the body within the idle and size limits.
    async fn read(
        &self,
        mut answer: reqwest::Response,
        spec: &RequestSpec,
        first: std::sync::Arc<str>,
    ) -> Result<Response, Failure> {
        let max = self.options.max_response_bytes;
        if answer.content_length().is_some_and(|length| length > max) && spec.method != Method::HEAD
        {
            return Err(too_large(spec, max));
        }
        let mut body = BytesMut::new();
        loop {
            let limit = self.options.timeout;
            let chunk = match timeout(limit, answer.chunk()).await {
                Ok(Ok(chunk)) => chunk,
                Ok(Err(error)) => {
                    return Err(Failure {
                        info: network_failure(&error, spec, self.options),
                        network: true,
                    });
                }
                Err(_) => {
                    let message = format!(
                        "the answer stalled: nothing came for {} ms after {} bytes",
                        limit.as_millis(),
                        body.len()
                    );
                    return Err(too_slow(spec, message));
                }
            };
            let Some(chunk) = chunk else { break };
            if (body.len() + chunk.len()) as u64 > max {
                return Err(too_large(spec, max));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(response(&answer, body.freeze(), spec, first))
    }
}

fn response(
    answer: &reqwest::Response,
    body: Bytes,
    spec: &RequestSpec,
    first: std::sync::Arc<str>,
) -> Response {
    let headers = answer
        .headers()
        .iter()
        .map(|(name, value)| {
            let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), text)
        })
        .collect();
    Response {
        status: answer.status().as_u16(),
        headers,
        body,
        url: spec.url.clone(),
        request: first,
        redactor: spec.redactor.clone(),
    }
}

/// Where an answer redirects to.
fn redirect(answer: &reqwest::Response) -> Option<String> {
    let status = answer.status().as_u16();
    if !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = answer.headers().get(LOCATION)?;
    Some(String::from_utf8_lossy(location.as_bytes()).into_owned())
}

/// Turns a request into the one that a redirect asks for (RFC 9110 §15.4).
fn redirect_to(
    spec: &mut RequestSpec,
    status: StatusCode,
    location: &str,
) -> Result<(), ErrorInfo> {
    let target = spec
        .url
        .join(location)
        .ok()
        .filter(|url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let Some(target) = target else {
        let message = "the service redirects to something that is no http address".to_owned();
        return Err(request_failure(spec, "", message, ""));
    };
    let becomes_get = match status.as_u16() {
        303 => spec.method != Method::HEAD,
        301 | 302 => spec.method == Method::POST,
        _ => false,
    };
    spec.strip_for(&target.origin());
    if becomes_get {
        spec.method = Method::GET;
        spec.body = Body::Empty;
        spec.headers
            .retain(|header| !header.name.to_ascii_lowercase().starts_with("content-"));
    }
    spec.url = target;
    Ok(())
}

fn too_slow(spec: &RequestSpec, message: String) -> Failure {
    let help = format!(
        "raise requestOptions.timeout if the service needs longer; {}",
        unknown(spec)
    );
    Failure {
        info: option_failure(spec, "timeout", "ECONNABORTED", message, &help),
        network: true,
    }
}

fn too_large(spec: &RequestSpec, max: u64) -> Failure {
    permanent(option_failure(
        spec,
        "maxResponseBytes",
        "",
        format!("the answer is larger than {max} bytes"),
        "ask for less, or raise requestOptions.maxResponseBytes",
    ))
}

fn permanent(info: ErrorInfo) -> Failure {
    Failure {
        info,
        network: false,
    }
}

/// The wait before another try: what the service asks for, else what the options say.
pub(crate) fn wait_before(
    attempt: u32,
    retry: &Retry,
    jitter: Option<f64>,
    retry_after: Option<&str>,
) -> Duration {
    const LONGEST: Duration = Duration::from_secs(300);
    if let Some(seconds) = retry_after.and_then(|text| text.trim().parse::<u64>().ok()) {
        return Duration::from_secs(seconds).min(LONGEST);
    }
    let doublings = if retry.doubles {
        attempt.saturating_sub(1).min(16)
    } else {
        0
    };
    let wait = retry.backoff.saturating_mul(1 << doublings).min(LONGEST);
    wait.mul_f64(1.0 - jitter.unwrap_or(0.0).clamp(0.0, 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_only_where_they_should() {
        let mut retry = Retry {
            max_tries: 5,
            backoff: Duration::from_millis(100),
            doubles: true,
            jitter: false,
            statuses: Vec::new(),
            network: true,
        };
        let waits = |retry: &Retry| {
            [1, 2, 3].map(|attempt| wait_before(attempt, retry, None, None).as_millis())
        };
        assert_eq!(waits(&retry), [100, 200, 400]);
        retry.doubles = false;
        assert_eq!(waits(&retry), [100, 100, 100]);
        assert_eq!(wait_before(1, &retry, Some(1.0), None).as_millis(), 50);
        assert_eq!(wait_before(1, &retry, None, Some("2")).as_secs(), 2);
        assert_eq!(wait_before(1, &retry, None, Some("99999")).as_secs(), 300);
    }
}
