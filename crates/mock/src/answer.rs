//! What comes back for a request: a function of the definitions, the credentials handed out, the state and the request.

use axum::http::{Method, StatusCode};
use itemflow_model::Value;
use itemflow_model::definition::{BodyType, ResponseType};

use crate::check::{Checked, Decoded, check, decode};
use crate::infer::name_in_file;
use crate::issued::Issued;
use crate::mock::Mock;
use crate::perform::{Refused, perform};
use crate::received::Received;
use crate::refusals::Reason;
use crate::route::Route;
use crate::state::State;

/// An answer, ready to be sent.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) body: Vec<u8>,
    /// Methods of the path, where the request's is none of them.
    pub(crate) allow: Option<String>,
    /// Further headers.
    pub(crate) headers: Vec<(String, String)>,
    /// The action that the request was taken for.
    pub(crate) action: Option<String>,
}

impl Answer {
    /// An answer with a JSON body.
    pub(crate) fn json(status: StatusCode, body: &Value) -> Self {
        Self {
            status,
            content_type: Some("application/json"),
            body: body.to_string().into_bytes(),
            ..Self::default()
        }
    }

    /// A refusal with `{ "error": … }`.
    pub(crate) fn error(status: StatusCode, message: impl Into<String>) -> Self {
        Self::json(status, &Value::from([("error", message.into())]))
    }
}

type Captures = Vec<(String, String)>;

/// Answers a request.
pub(crate) fn answer(
    mock: &Mock,
    issued: &[Issued],
    state: &mut State,
    request: &Received,
) -> Answer {
    let found = matching(mock, &request.path);
    let candidates = found
        .iter()
        .filter(|(at, _)| mock.routes[*at].action.method == request.method.as_str());
    let mut refusal = None;
    for (at, captures) in candidates {
        let route = &mock.routes[*at];
        let result = attempt(mock, *at, captures, issued, state, request);
        let name = Some(route.action.name.clone());
        match result {
            Ok(answer) => {
                return Answer {
                    action: name,
                    ..answer
                };
            }
            Err(answer) if refusal.is_none() => {
                refusal = Some(Answer {
                    action: name,
                    ..answer
                });
            }
            Err(_) => {}
        }
    }
    refusal
        .or_else(|| credential_test(mock, issued, request))
        .unwrap_or_else(|| unknown(mock, &found, request))
}

/// The action that a request is for, by method and path: its name as faults write it, and the credential type it needs.
pub(crate) fn meant<'m>(mock: &'m Mock, request: &Received) -> Option<(String, Option<&'m str>)> {
    let found = matching(mock, &request.path);
    let mut routes = found.iter().map(|(at, _)| &mock.routes[*at]);
    let route = routes.find(|route| route.action.method == request.method.as_str())?;
    Some((name_in_file(route), needed(route)))
}

/// The positions of the routes of a path, those with the most literal segments only.
fn matching(mock: &Mock, path: &str) -> Vec<(usize, Captures)> {
    let mut found: Vec<(usize, Captures)> = mock
        .routes
        .iter()
        .enumerate()
        .filter_map(|(at, route)| Some((at, route.template.captures(path)?)))
        .collect();
    let literal = |at: usize| mock.routes[at].template.literal_segments();
    let most = found.iter().map(|(at, _)| literal(*at)).max();
    found.retain(|(at, _)| Some(literal(*at)) == most);
    found
}

/// Takes the request for one of this action; `Err` is the refusal.
fn attempt(
    mock: &Mock,
    at: usize,
    captures: &Captures,
    issued: &[Issued],
    state: &mut State,
    request: &Received,
) -> Result<Answer, Answer> {
    let route = &mock.routes[at];
    let credential = route
        .action
        .credential
        .as_ref()
        .and_then(|name| issued.iter().find(|issued| issued.name() == name));
    if let Some(credential) = credential
        && !credential.signs(request, request.json().as_ref())
    {
        return Err(unauthorized(mock, credential));
    }
    let body = decoded_body(mock, route, request)?;
    let checked = check(route, captures, request, &body, credential);
    if !checked.faults.is_empty() {
        return Err(unprocessable(mock, route, &checked));
    }
    let content = perform(mock, at, state, &checked.values).map_err(|refused| match refused {
        Refused::NotFound(message) => mock.refusals.of(Reason::NotFound, needed(route), &message),
        Refused::Full(message) => Answer::error(StatusCode::INSUFFICIENT_STORAGE, message),
    })?;
    let status = StatusCode::from_u16(content.status).unwrap_or(StatusCode::OK);
    let Some(body) = content.body else {
        return Ok(Answer {
            status,
            ..Answer::default()
        });
    };
    let (content_type, text) = match route.action.response_type {
        ResponseType::Json => return Ok(Answer::json(status, &body)),
        ResponseType::Text => ("text/plain; charset=utf-8", text(&body)),
        ResponseType::Html => ("text/html; charset=utf-8", text(&body)),
        ResponseType::Binary => ("application/octet-stream", text(&body)),
    };
    Ok(Answer {
        status,
        content_type: Some(content_type),
        body: text.into_bytes(),
        ..Answer::default()
    })
}

fn text(body: &Value) -> String {
    crate::wire_values::text_of(body)
}

fn decoded_body(mock: &Mock, route: &Route, request: &Received) -> Result<Decoded, Answer> {
    if request.body.is_empty() {
        return Ok(Decoded::Empty);
    }
    let bad = |message: String| mock.refusals.of(Reason::Malformed, needed(route), &message);
    if !route.action.has_body() {
        let harmless = [Method::POST, Method::PUT, Method::PATCH].contains(&request.method)
            && request.json() == Some(Value::empty_object());
        if harmless {
            return Ok(Decoded::Empty);
        }
        return Err(bad(format!(
            "this action is a {} request without a body",
            request.method
        )));
    }
    let sent = request.media_type().unwrap_or_default();
    let body_type = match route.action.body_type {
        // With a file, the same members travel as parts.
        BodyType::Json | BodyType::Form
            if sent == "multipart/form-data" && route.action.takes_files() =>
        {
            BodyType::Multipart
        }
        declared => declared,
    };
    let (is_right, wanted) = match body_type {
        BodyType::Json => (
            sent == "application/json" || sent.ends_with("+json"),
            "application/json",
        ),
        BodyType::Form => (
            sent == "application/x-www-form-urlencoded",
            "application/x-www-form-urlencoded",
        ),
        BodyType::Multipart => (sent == "multipart/form-data", "multipart/form-data"),
        BodyType::Text => (
            sent.starts_with("text/") || sent.contains("xml"),
            "text/plain",
        ),
        BodyType::Binary | BodyType::None => (!sent.is_empty(), "application/octet-stream"),
    };
    if !is_right {
        return Err(Answer::error(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("the Content-Type of the body must be {wanted}"),
        ));
    }
    decode(body_type, request).map_err(bad)
}

/// All faults in one message, and each with the parameter's name.
fn unprocessable(mock: &Mock, route: &Route, checked: &Checked) -> Answer {
    let faults = checked.faults.iter();
    let pairs = faults.map(|fault| (fault.parameter.as_str(), fault.reason.as_str()));
    let pairs: Vec<_> = pairs.collect();
    mock.refusals.invalid(needed(route), &pairs)
}

/// The credential type that an action needs.
fn needed(route: &Route) -> Option<&str> {
    route.action.credential.as_deref()
}

fn unauthorized(mock: &Mock, credential: &Issued) -> Answer {
    let message = "the credential is missing or wrong";
    mock.refusals
        .of(Reason::Unauthorized, Some(credential.name()), message)
}

/// The request that a credential type declares as its test.
fn credential_test(mock: &Mock, issued: &[Issued], request: &Received) -> Option<Answer> {
    let credential = issued.iter().find(|issued| {
        issued.definition().test.as_ref().is_some_and(|test| {
            test.method.eq_ignore_ascii_case(request.method.as_str())
                && format!("{}{}", mock.prefix, test.path) == request.path
        })
    })?;
    if !credential.signs(request, request.json().as_ref()) {
        return Some(unauthorized(mock, credential));
    }
    Some(Answer::json(StatusCode::OK, &Value::empty_object()))
}

/// What comes back where no action has the path and the method.
fn unknown(mock: &Mock, found: &[(usize, Captures)], request: &Received) -> Answer {
    let other = match request.path.strip_suffix('/') {
        Some(without) => without.to_owned(),
        None => format!("{}/", request.path),
    };
    if !found.is_empty() {
        let mut methods: Vec<&str> = found
            .iter()
            .map(|(at, _)| mock.routes[*at].action.method.as_str())
            .collect();
        methods.sort_unstable();
        methods.dedup();
        let allow = methods.join(", ");
        let mut message = format!(
            "{} is not a method of this path; use {allow}",
            request.method
        );
        let has_method =
            |(at, _): &(usize, Captures)| mock.routes[*at].action.method == request.method.as_str();
        if matching(mock, &other).iter().any(has_method) {
            message.push_str(", or the path that differs in its trailing slash");
        }
        return Answer {
            allow: Some(allow),
            ..Answer::error(StatusCode::METHOD_NOT_ALLOWED, message)
        };
    }
    let mut message = "no action has this path".to_owned();
    if !matching(mock, &other).is_empty() {
        message.push_str(", only one that differs in its trailing slash");
    }
    Answer::error(StatusCode::NOT_FOUND, message)
}
