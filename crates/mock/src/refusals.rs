//! How a double refuses a request: in the shapes that `mock.yaml` gives the service, else in its own.

use axum::http::StatusCode;
use itemflow_model::definition::{MockFile, MockRefusal, MockRefusals};
use itemflow_model::{Map, Value};

use crate::answer::Answer;
use crate::template::fill;

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The credential is missing or wrong.
    Unauthorized,
    /// There is no such element.
    NotFound,
    /// The body cannot be read.
    Malformed,
}

/// The shapes of a service's refusals.
#[derive(Debug, Default)]
pub(crate) struct Refusals(MockFile);

impl Refusals {
    /// The shapes that a file declares.
    pub(crate) fn new(file: MockFile) -> Self {
        Self(file)
    }

    /// The refusal for a reason, of an action that needs this credential type.
    pub(crate) fn of(&self, reason: Reason, credential: Option<&str>, message: &str) -> Answer {
        let status = match reason {
            Reason::Unauthorized => StatusCode::UNAUTHORIZED,
            Reason::NotFound => StatusCode::NOT_FOUND,
            Reason::Malformed => StatusCode::BAD_REQUEST,
        };
        let shape = self.shape(credential, |shapes| match reason {
            Reason::Unauthorized => shapes.unauthorized.as_ref(),
            Reason::NotFound => shapes.not_found.as_ref(),
            Reason::Malformed => shapes.malformed.as_ref(),
        });
        shaped(shape, status, message, Map::default())
    }

    /// A refusal with a status that is asked for, and how many seconds to wait.
    pub(crate) fn with_status(
        &self,
        credential: Option<&str>,
        status: StatusCode,
        retry_after: Option<u64>,
    ) -> Answer {
        let shape = self.shape(credential, |shapes| match status {
            StatusCode::UNAUTHORIZED => shapes.unauthorized.as_ref(),
            StatusCode::NOT_FOUND => shapes.not_found.as_ref(),
            StatusCode::TOO_MANY_REQUESTS => shapes.too_many_requests.as_ref(),
            _ => shapes.failed.as_ref(),
        });
        let mut names = Map::default();
        if let Some(seconds) = retry_after {
            names.insert("seconds".into(), Value::from(seconds.to_string()));
        }
        let message = status
            .canonical_reason()
            .unwrap_or("refused")
            .to_lowercase();
        let mut answer = shaped(shape, status, &message, names);
        answer.status = status;
        let says_when = |(name, _): &(String, String)| name.eq_ignore_ascii_case("retry-after");
        if let Some(seconds) = retry_after.filter(|_| !answer.headers.iter().any(says_when)) {
            answer
                .headers
                .push(("retry-after".into(), seconds.to_string()));
        }
        answer
    }

    /// The shape for a credential type, else the service's.
    fn shape<'s>(
        &'s self,
        credential: Option<&str>,
        of: impl Fn(&'s MockRefusals) -> Option<&'s MockRefusal>,
    ) -> Option<&'s MockRefusal> {
        let own = credential.and_then(|name| self.0.refusals_for.get(name));
        own.and_then(&of).or_else(|| of(&self.0.refusals))
    }

    /// The refusal of parameters, each with what is wrong with it.
    pub(crate) fn invalid(&self, credential: Option<&str>, faults: &[(&str, &str)]) -> Answer {
        let texts: Vec<String> = faults
            .iter()
            .map(|(name, reason)| format!("{name} {reason}"))
            .collect();
        let names: Vec<Value> = faults.iter().map(|(name, _)| Value::from(*name)).collect();
        let listed: Vec<Value> = faults
            .iter()
            .map(|(name, reason)| Value::from([("field", *name), ("message", *reason)]))
            .collect();
        let message = texts.join("; ");
        let mut known = Map::default();
        known.insert("names".into(), Value::from(names));
        known.insert("faults".into(), Value::from(listed));
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let shape = self.shape(credential, |shapes| shapes.invalid.as_ref());
        if shape.is_some() {
            return shaped(shape, status, &message, known);
        }
        let mut body = Map::default();
        body.insert("message".into(), Value::from(message));
        body.insert("attributes".into(), known["names"].clone());
        Answer::json(status, &Value::from(body))
    }
}

/// A refusal in a declared shape; where there is none, `{ "error": … }`.
fn shaped(
    shape: Option<&MockRefusal>,
    status: StatusCode,
    message: &str,
    mut names: Map,
) -> Answer {
    let Some(shape) = shape else {
        return Answer::error(status, message);
    };
    names.insert("message".into(), Value::from(message));
    let status = shape
        .status
        .and_then(|status| StatusCode::from_u16(status).ok())
        .unwrap_or(status);
    let body = shape.body.as_ref().and_then(|body| fill(body, &names));
    let mut answer = match body {
        Some(Value::String(text)) => Answer {
            status,
            content_type: Some("text/plain; charset=utf-8"),
            body: text.as_bytes().to_vec(),
            ..Answer::default()
        },
        Some(body) => Answer::json(status, &body),
        None => Answer {
            status,
            ..Answer::default()
        },
    };
    answer.headers = shape
        .headers
        .iter()
        .filter_map(|(name, text)| {
            let value = fill(&Value::from(text.as_str()), &names)?;
            Some((name.clone(), crate::wire_values::text_of(&value)))
        })
        .collect();
    answer
}
