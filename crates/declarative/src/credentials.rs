//! Applies a credential to a finished request: last of all, and only to an origin that the credential names.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use itemflow_expression::{Limits, Template};
use itemflow_model::Value;
use itemflow_model::definition::CredentialDefinition;
use url::{Origin, Url};

use crate::digest::DigestLogin;
use crate::encode::scalar_text;
use crate::error::CredentialError;
use crate::overlay::{EmptyScope, Overlay};
use crate::redact::{Redactor, Secrets};
use crate::request::{Body, Part, PartContent, RequestSpec};

/// A credential with its expressions evaluated: made once for a node, applied to each of its requests.
#[derive(Clone, Debug)]
pub struct Authenticator {
    credential: String,
    origins: Vec<Origin>,
    headers: Vec<(String, Masked)>,
    query: Vec<(String, Masked)>,
    body: Vec<(String, Masked)>,
    digest: Option<DigestLogin>,
    redactor: Redactor,
}

/// What a credential adds to a request, as plain texts by name.
#[derive(Clone, Default)]
pub struct Additions {
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Query parameters.
    pub query: Vec<(String, String)>,
    /// Members of the body.
    pub body: Vec<(String, String)>,
    /// User and password of HTTP Basic authentication.
    pub basic: Option<(String, String)>,
    /// User and password of HTTP Digest authentication: sent as the answer to the service's challenge.
    pub digest: Option<(String, String)>,
    /// Texts that must never be shown.
    pub secrets: Vec<String>,
}

/// A text whose Debug shows nothing of it.
#[derive(Clone)]
struct Masked(String);

impl std::fmt::Debug for Masked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(crate::redact::MASK)
    }
}

/// Applies a credential to one request. To apply it to many, make an [`Authenticator`].
///
/// # Errors
/// See [`Authenticator::new`] and [`Authenticator::apply`].
pub fn apply(
    credential: &CredentialDefinition,
    data: &Secrets,
    spec: RequestSpec,
) -> Result<RequestSpec, CredentialError> {
    Authenticator::new(credential, data)?.apply(spec)
}

impl Authenticator {
    /// Evaluates what the credential adds to requests, and the origins it may be sent to.
    ///
    /// # Errors
    /// When a required field is empty, an expression fails, or no origin can be made of it.
    pub fn new(credential: &CredentialDefinition, data: &Secrets) -> Result<Self, CredentialError> {
        let fields = data.with_defaults(credential);
        for property in credential.properties.iter().filter(|p| p.property.required) {
            let value = fields.get(&property.name);
            if value.is_none_or(|value| value.is_null() || value.as_str() == Some("")) {
                return Err(CredentialError::MissingField {
                    credential: credential.name.clone(),
                    field: property.name.clone(),
                });
            }
        }
        let evaluator = Evaluator {
            credential: &credential.name,
            fields: &fields,
        };
        let declared = &credential.authenticate;
        let mut origins = Vec::new();
        for text in &credential.origins {
            let text = evaluator.text(text, "origins")?;
            let origin = Url::parse(text.trim()).map(|url| url.origin());
            match origin {
                Ok(origin) if origin.is_tuple() => origins.push(origin),
                _ => {
                    return Err(evaluator
                        .unusable("its origin is not a URL such as https://api.example.com"));
                }
            }
        }
        let mut redactor = data.redactor(credential);
        let mut headers = evaluator.texts(&declared.headers)?;
        if let Some(basic) = &declared.basic {
            let user = evaluator.text(&basic.username, "basic.username")?;
            let password = evaluator.text(&basic.password, "basic.password")?;
            headers.push(basic_header(
                &credential.name,
                &user,
                &password,
                &mut redactor,
            )?);
        }
        Ok(Self {
            credential: credential.name.clone(),
            origins,
            headers,
            query: evaluator.texts(&declared.query)?,
            body: evaluator.texts(&declared.body)?,
            digest: None,
            redactor,
        })
    }

    /// A credential that declares no origins, see [`Authenticator::apply_to_own_origin`].
    ///
    /// # Errors
    /// When its user name holds a colon.
    pub fn without_origins(
        credential: &str,
        additions: Additions,
    ) -> Result<Self, CredentialError> {
        let masked = |texts: Vec<(String, String)>| {
            let masked = texts.into_iter().map(|(name, text)| (name, Masked(text)));
            masked.collect::<Vec<_>>()
        };
        let mut redactor = Redactor::default();
        for secret in &additions.secrets {
            redactor.add(secret);
        }
        let mut headers = masked(additions.headers);
        if let Some((user, password)) = &additions.basic {
            headers.push(basic_header(credential, user, password, &mut redactor)?);
        }
        Ok(Self {
            credential: credential.to_owned(),
            origins: Vec::new(),
            headers,
            query: masked(additions.query),
            body: masked(additions.body),
            digest: additions
                .digest
                .map(|(user, password)| DigestLogin::new(user, password)),
            redactor,
        })
    }

    /// Masks the secrets of this credential in texts that do not come from a request.
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// The request with the credential added: headers, query parameters, members of the body.
    ///
    /// # Errors
    /// [`CredentialError::ForeignOrigin`] when the request goes elsewhere than the credential may, and
    /// [`CredentialError::Unusable`] when the request cannot carry it.
    pub fn apply(&self, spec: RequestSpec) -> Result<RequestSpec, CredentialError> {
        let origin = spec.url.origin();
        if !self.origins.contains(&origin) {
            return Err(CredentialError::ForeignOrigin {
                credential: self.credential.clone(),
                allowed: self.allowed(),
                origin: origin.ascii_serialization(),
            });
        }
        self.add(spec, self.origins.clone())
    }

    /// As [`Authenticator::apply`], for a credential that declares no origins: it goes to the origin of this request, and
    /// to no other when the service redirects.
    ///
    /// # Errors
    /// [`CredentialError::Unusable`] when the request cannot carry it.
    pub fn apply_to_own_origin(&self, spec: RequestSpec) -> Result<RequestSpec, CredentialError> {
        let origin = spec.url.origin();
        self.add(spec, vec![origin])
    }

    fn add(
        &self,
        mut spec: RequestSpec,
        origins: Vec<Origin>,
    ) -> Result<RequestSpec, CredentialError> {
        spec.redactor.extend(&self.redactor);
        for (name, value) in &self.headers {
            let set = spec.set_header(name, value.0.as_str(), true);
            set.map_err(|error| self.unusable(&error.message))?;
            spec.credential.headers.push(name.clone());
        }
        for (name, value) in &self.query {
            spec.push_query(name, &value.0);
            spec.credential.query.push(name.clone());
        }
        for (name, value) in &self.body {
            self.put_into_body(&mut spec, name, &value.0)?;
            spec.credential.body.push(name.clone());
        }
        spec.credential.digest = self.digest.clone();
        spec.credential.origins = origins;
        Ok(spec)
    }

    fn put_into_body(
        &self,
        spec: &mut RequestSpec,
        name: &str,
        value: &str,
    ) -> Result<(), CredentialError> {
        match &mut spec.body {
            Body::Json(body) if body.as_object().is_some() => {
                body.make_object().insert(name.into(), Value::from(value));
            }
            Body::Form(pairs) => {
                pairs.retain(|(other, _)| other != name);
                pairs.push((name.to_owned(), value.to_owned()));
            }
            Body::Multipart(parts) => {
                parts.retain(|part| part.name != name);
                parts.push(Part {
                    name: name.to_owned(),
                    content: PartContent::Text(value.to_owned()),
                });
            }
            Body::Empty => {
                spec.body = Body::Json(Value::from([(name, value)]));
                if spec.header("content-type").is_none() {
                    let set = spec.set_header("Content-Type", "application/json", false);
                    set.map_err(|error| self.unusable(&error.message))?;
                }
            }
            Body::Json(_) | Body::Text(_) | Body::Binary(_) => {
                return Err(self.unusable("the request's body cannot carry it"));
            }
        }
        Ok(())
    }

    fn allowed(&self) -> String {
        if self.origins.is_empty() {
            return "no origin at all".into();
        }
        let texts: Vec<String> = self
            .origins
            .iter()
            .map(Origin::ascii_serialization)
            .collect();
        texts.join(" or ")
    }

    fn unusable(&self, reason: &str) -> CredentialError {
        CredentialError::Unusable {
            credential: self.credential.clone(),
            reason: reason.to_owned(),
        }
    }
}

/// The header of HTTP Basic authentication (RFC 7617).
fn basic_header(
    credential: &str,
    user: &str,
    password: &str,
    redactor: &mut Redactor,
) -> Result<(String, Masked), CredentialError> {
    if user.contains(':') {
        return Err(CredentialError::Unusable {
            credential: credential.to_owned(),
            reason: "its user name holds a colon".into(),
        });
    }
    let encoded = STANDARD.encode(format!("{user}:{password}"));
    redactor.add(&encoded);
    Ok(("Authorization".into(), Masked(format!("Basic {encoded}"))))
}

/// Evaluates texts of a credential definition over its data.
struct Evaluator<'a> {
    credential: &'a str,
    fields: &'a Value,
}

impl Evaluator<'_> {
    fn texts<'t>(
        &self,
        members: impl IntoIterator<Item = (&'t String, &'t String)>,
    ) -> Result<Vec<(String, Masked)>, CredentialError> {
        members
            .into_iter()
            .map(|(name, text)| Ok((name.clone(), Masked(self.text(text, name)?))))
            .collect()
    }

    /// The text; `null`, `false` and undefined become empty, as in n8n. `what` names it in errors, which never repeat
    /// its value.
    fn text(&self, text: &str, what: &str) -> Result<String, CredentialError> {
        let template = Template::parse(&Value::from(text))
            .map_err(|_| self.unusable(&format!("the expression of {what} cannot be read")))?;
        let mut overlay = Overlay::new(&EmptyScope);
        overlay.credentials = Some(self.fields);
        let value = template
            .evaluate(&overlay, &Limits::default())
            .map_err(|_| self.unusable(&format!("the expression of {what} failed")))?;
        match value {
            None | Some(Value::Null | Value::Bool(false)) => Ok(String::new()),
            Some(value) => scalar_text(&value)
                .ok_or_else(|| self.unusable(&format!("the value of {what} is not text"))),
        }
    }

    fn unusable(&self, reason: &str) -> CredentialError {
        CredentialError::Unusable {
            credential: self.credential.to_owned(),
            reason: reason.to_owned(),
        }
    }
}

impl RequestSpec {
    /// Takes out everything that only the credential's origins may see, when `origin` is none of them; also headers that
    /// carry a login by their nature, whoever set them, when the origin changes.
    pub(crate) fn strip_for(&mut self, origin: &Origin) {
        if *origin == self.url.origin() || self.credential.origins.contains(origin) {
            return;
        }
        let parts = std::mem::take(&mut self.credential);
        let is_login = |name: &str| {
            ["authorization", "cookie", "proxy-authorization"]
                .iter()
                .chain(&parts.headers.iter().map(String::as_str).collect::<Vec<_>>())
                .any(|secret| name.eq_ignore_ascii_case(secret))
        };
        self.headers
            .retain(|header| !header.secret && !is_login(&header.name));
        for name in &parts.body {
            match &mut self.body {
                Body::Json(body) => {
                    body.make_object().shift_remove(name.as_str());
                }
                Body::Form(pairs) => pairs.retain(|(other, _)| other != name),
                Body::Multipart(parts) => parts.retain(|part| part.name != *name),
                Body::Empty | Body::Text(_) | Body::Binary(_) => {}
            }
        }
        // The query of a redirect is the one the server wrote; nothing was added to it.
    }
}

#[cfg(test)]
mod tests {
    use reqwest::Method;

    use super::*;
    use crate::testing::{credential, map};

    fn spec(url: &str) -> RequestSpec {
        RequestSpec::new(Method::POST, Url::parse(url).unwrap())
    }

    fn secrets() -> Secrets {
        Secrets::new(map(r#"{"url":"https://a.example","token":"hunter2"}"#))
    }

    #[test]
    fn a_credential_never_goes_to_a_foreign_origin() {
        let credential = credential(r#"{"headers":{"X-Key":"hunter2"}}"#);
        for url in [
            "https://b.example/",
            "http://a.example/",
            "https://a.example:8443/",
            "https://a.example.evil.example/",
        ] {
            let error = apply(&credential, &secrets(), spec(url))
                .unwrap_err()
                .to_string();
            assert!(error.contains("https://a.example"), "{error}");
            assert!(
                error.contains(&spec(url).url.origin().ascii_serialization()),
                "{error}"
            );
            assert!(!error.contains("hunter2"));
        }
    }

    #[test]
    fn it_adds_headers_query_body_and_basic_and_shows_none_of_them() {
        let credential = credential(
            r#"{"headers":{"X-Key":"hunter2"},"query":{"key":"hunter2"},"body":{"pass":"hunter2"},
            "basic":{"username":"me","password":"hunter2"}}"#,
        );
        let mut request = spec("https://a.example/x?a=1");
        request.body = Body::Json(Value::from([("echo", "hunter2")]));
        let applied = apply(&credential, &secrets(), request).unwrap();
        assert_eq!(applied.header("x-key"), Some("hunter2"));
        assert_eq!(
            applied.header("authorization"),
            Some("Basic bWU6aHVudGVyMg==")
        );
        assert_eq!(applied.url.query(), Some("a=1&key=hunter2"));
        assert_eq!(
            applied.body,
            Body::Json(Value::from([("echo", "hunter2"), ("pass", "hunter2")]))
        );
        let shown = format!(
            "{applied:?} {} {} {}",
            applied.curl(),
            applied.summary(),
            applied.to_json()
        );
        assert!(
            !shown.contains("hunter2") && !shown.contains("bWU6"),
            "{shown}"
        );
    }

    #[test]
    fn another_origin_sees_nothing_of_it() {
        let credential = credential(r#"{"headers":{"X-Key":"k"},"body":{"pass":"p"}}"#);
        let mut request = spec("https://a.example/x");
        request.set_header("X-Plain", "1", false).unwrap();
        request.set_header("Authorization", "mine", false).unwrap();
        let mut applied = apply(&credential, &secrets(), request).unwrap();
        applied.strip_for(&Url::parse("https://a.example/y").unwrap().origin());
        assert_eq!(applied.headers.len(), 4);
        applied.strip_for(&Url::parse("https://b.example/").unwrap().origin());
        let names: Vec<&str> = applied.headers.iter().map(|h| h.name.as_str()).collect();
        assert_eq!(names, ["X-Plain", "Content-Type"]);
        assert_eq!(applied.body, Body::Json(Value::empty_object()));
    }

    #[test]
    fn an_empty_required_field_is_named() {
        let data = Secrets::new(map(r#"{"url":"https://a.example"}"#));
        let error = Authenticator::new(&credential("{}"), &data).unwrap_err();
        assert_eq!(error.to_string(), "the credential testApi has no token");
    }
}
