//! `RequestTemplate`: method, URL, query, headers and body of the node; what does not depend on the item is made once.

use itemflow_declarative::{Body, BuildError, Method, ParameterError, RequestSpec, Url};
use itemflow_model::{ErrorInfo, Map, Value, did_you_mean};

use super::body::BodyTemplate;
use super::pairs::Pairs;
use super::settings::{Format, Settings};
use crate::core::javascript;
use crate::parameters::Parameter;
use crate::run::NodeRun;
use crate::sending::at;

/// Methods that can be sent, those of WebDAV included.
const METHODS: [&str; 17] = [
    "GET",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "HEAD",
    "OPTIONS",
    "TRACE",
    "COPY",
    "LOCK",
    "MKCOL",
    "MOVE",
    "PROPFIND",
    "PROPPATCH",
    "REPORT",
    "SEARCH",
    "UNLOCK",
];
/// Longest URL that an error repeats.
const SHOWN_URL: usize = 120;

/// The request of an item in the making.
pub(crate) struct RequestTemplate {
    pub(crate) method: Parameter,
    pub(crate) url: Parameter,
    pub(crate) query: Option<Pairs>,
    pub(crate) headers: Option<Pairs>,
    /// The parameter that errors about headers name.
    pub(crate) headers_parameter: &'static str,
    pub(crate) body: BodyTemplate,
    /// The media type of the body, whatever the headers and the body itself say.
    pub(crate) content_type: Option<Parameter>,
    /// Method, URL, query and headers, when they are the same for every item.
    pub(crate) head: Option<RequestSpec>,
}

impl RequestTemplate {
    /// A request without query, headers and body.
    pub(crate) fn new(method: Parameter, url: Parameter) -> Self {
        Self {
            method,
            url,
            query: None,
            headers: None,
            headers_parameter: "headerParameters",
            body: BodyTemplate::Fixed(Body::Empty),
            content_type: None,
            head: None,
        }
    }

    /// Checks the fixed parts, and makes the head of the request if all of it is fixed.
    ///
    /// # Errors
    /// Everything that is wrong with the fixed parts.
    pub(crate) fn prepare(
        &mut self,
        settings: Option<&Settings>,
    ) -> Result<(), Vec<ParameterError>> {
        let mut errors = Vec::new();
        let mut keep = |error: ParameterError| errors.push(error);
        let method = self.method.template.as_literal();
        let method =
            method.and_then(|value| method_of(value, &self.method.name).map_err(&mut keep).ok());
        let url = self.url.template.as_literal();
        let url = url.and_then(|value| url_of(value, &self.url.name).map_err(&mut keep).ok());
        if !errors.is_empty() {
            return Err(errors);
        }
        let query = self.query.as_ref().map(Pairs::fixed);
        let headers = self.headers.as_ref().map(Pairs::fixed);
        if let (Some(method), Some(url), Some(settings)) = (method, url, settings)
            && query != Some(None)
            && headers != Some(None)
        {
            let (query, headers) = (query.flatten(), headers.flatten());
            let head = self.head_of(method, url, query, headers, settings);
            self.head = Some(head.map_err(|error| vec![error])?);
        }
        Ok(())
    }

    /// The request of an item, without its credential.
    ///
    /// # Errors
    /// An error that names the item and the parameter at fault.
    pub(crate) fn request(
        &self,
        run: &NodeRun,
        item: usize,
        settings: &Settings,
    ) -> Result<RequestSpec, ErrorInfo> {
        let mut spec = match &self.head {
            Some(head) => head.clone(),
            None => self.head(run, item, settings)?,
        };
        let template = self.body.of(&spec.method);
        let body = template.at(run, item)?;
        let content_type = template.content_type(&body, run, item)?;
        spec.body = body;
        let defaults = [
            ("accept", Some(accept(settings.response.format))),
            ("content-type", content_type.as_deref()),
        ];
        for (name, value) in defaults {
            if let Some(value) = value
                && spec.header(name).is_none()
            {
                spec.set_header(name, value, false)
                    .map_err(|error| at(run, item, self.header_fault(error).into()))?;
            }
        }
        if let Some(parameter) = &self.content_type {
            let own = run.text(parameter, item)?;
            if !own.trim().is_empty() && !spec.body.is_empty() {
                spec.set_header("content-type", own.trim(), false)
                    .map_err(|error| at(run, item, self.header_fault(error).into()))?;
            }
        }
        Ok(spec)
    }

    fn head(
        &self,
        run: &NodeRun,
        item: usize,
        settings: &Settings,
    ) -> Result<RequestSpec, ErrorInfo> {
        let fault = |error: ParameterError| at(run, item, error.into());
        let method = run.value(&self.method, item)?.unwrap_or_default();
        let method = method_of(&method, &self.method.name).map_err(fault)?;
        let url = run.value(&self.url, item)?.unwrap_or_default();
        let url = url_of(&url, &self.url.name).map_err(fault)?;
        let query = self.query.as_ref().map(|pairs| pairs.at(run, item));
        let query = query.transpose()?;
        let headers = self.headers.as_ref().map(|pairs| pairs.at(run, item));
        let headers = headers.transpose()?;
        self.head_of(method, url, query.as_deref(), headers.as_deref(), settings)
            .map_err(fault)
    }

    /// A request without its body.
    fn head_of(
        &self,
        method: Method,
        url: Url,
        query: Option<&Map>,
        headers: Option<&Map>,
        settings: &Settings,
    ) -> Result<RequestSpec, ParameterError> {
        let mut spec = RequestSpec::new(method, url);
        for (name, value) in query.into_iter().flatten() {
            spec.push_query_value(name, value, settings.query_style);
        }
        for (name, value) in headers.into_iter().flatten() {
            if name.trim().is_empty() {
                continue;
            }
            let name = match settings.lowercase_headers {
                true => name.trim().to_ascii_lowercase(),
                false => name.trim().to_owned(),
            };
            add_header(&mut spec, &name, value).map_err(|error| self.header_fault(error))?;
        }
        Ok(spec)
    }

    fn header_fault(&self, error: BuildError) -> ParameterError {
        ParameterError {
            parameter: self.headers_parameter.into(),
            code: error.code,
            message: error.message,
            help: error.help,
        }
    }
}

/// A list gives one header for each element; nothing is sent for `null`.
fn add_header(spec: &mut RequestSpec, name: &str, value: &Value) -> Result<(), BuildError> {
    match value {
        Value::Null => Ok(()),
        Value::Array(list) => list
            .iter()
            .filter(|element| !element.is_null())
            .try_for_each(|element| spec.append_header(name, header_text(element))),
        value => spec.set_header(name, header_text(value), false),
    }
}

fn header_text(value: &Value) -> String {
    match value {
        Value::Array(_) | Value::Object(_) => value.to_string(),
        scalar => javascript::text(scalar).to_string(),
    }
}

fn method_of(value: &Value, name: &str) -> Result<Method, ParameterError> {
    let text = value.as_str().unwrap_or_default().trim().to_uppercase();
    let method = METHODS
        .contains(&&*text)
        .then(|| Method::from_bytes(text.as_bytes()).ok())
        .flatten();
    method.ok_or_else(|| {
        let shown: String = text.chars().take(20).collect();
        let error = ParameterError::new(
            name,
            "unknown-method",
            format!("`{name}` must be an HTTP method, not \"{shown}\""),
        );
        match did_you_mean(&shown, METHODS) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help(format!("methods: {}", METHODS.join(", "))),
        }
    })
}

/// The address in a URL parameter.
fn url_of(value: &Value, name: &str) -> Result<Url, ParameterError> {
    let text = match value {
        Value::Null => "",
        Value::String(text) => text.trim(),
        other => {
            let message = format!("`{name}` must be text, not {}", other.kind());
            return Err(ParameterError::new(name, "bad-url", message));
        }
    };
    if text.is_empty() {
        let message = format!("`{name}` is missing: it is the address that requests are sent to");
        return Err(ParameterError::new(name, "missing-parameter", message));
    }
    let parsed = Url::parse(text);
    let reason = match &parsed {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => None,
        _ if !text.starts_with("http://") && !text.starts_with("https://") => {
            Some("it must start with `http://` or `https://`".to_owned())
        }
        Ok(_) => Some("it names no host".to_owned()),
        Err(error) => Some(error.to_string()),
    };
    match (parsed, reason) {
        (Ok(url), None) => Ok(url),
        (_, reason) => Err(ParameterError::new(
            name,
            "bad-url",
            format!(
                "{} is no address to send a request to: {}",
                shown(text, name),
                reason.unwrap_or_default()
            ),
        )),
    }
}

/// A text that was to be a URL, unless it may hold a password.
fn shown(text: &str, name: &str) -> String {
    if text.contains('@') {
        return format!("`{name}`");
    }
    let shown: String = text.chars().take(SHOWN_URL).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    format!("\"{shown}{more}\"")
}

/// What n8n asks for.
fn accept(format: Format) -> &'static str {
    match format {
        Format::Json => "application/json,text/*;q=0.99",
        Format::Text => {
            "application/json,text/html,application/xhtml+xml,application/xml,text/*;q=0.9, */*;q=0.1"
        }
        Format::Autodetect | Format::File => {
            "application/json,text/html,application/xhtml+xml,application/xml,text/*;q=0.9, image/*;q=0.8, */*;q=0.7"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_must_be_http() {
        for (text, says) in [
            ("", "missing"),
            ("example.com/x", "http://"),
            ("ftp://example.com", "http://"),
            ("file:///etc/passwd", "http://"),
            ("javascript:alert(1)", "http://"),
            ("http://", "empty host"),
            ("https://exa mple.com/", "domain name"),
        ] {
            let error = url_of(&Value::from(text), "url").unwrap_err();
            assert!(error.message.contains(says), "{text}: {}", error.message);
        }
        let url = url_of(&Value::from("  https://a.example/a b?q=ü \n"), "url").unwrap();
        assert_eq!(url.as_str(), "https://a.example/a%20b?q=%C3%BC");
        let error = url_of(&Value::from("htp://me:hunter2@a.example"), "url").unwrap_err();
        assert!(!error.message.contains("hunter2"));
    }

    #[test]
    fn a_misspelt_method_is_corrected() {
        assert_eq!(
            method_of(&Value::from("post"), "method").unwrap(),
            Method::POST
        );
        let error = method_of(&Value::from("PSOT"), "method").unwrap_err();
        assert_eq!(error.help.as_deref(), Some("did you mean `POST`?"));
    }
}
