//! The requests that n8n was recorded to send.

use serde_json::Value;

use crate::recorded;

/// One recorded request.
pub(super) struct Case {
    pub(super) resource: String,
    pub(super) operation: String,
    /// `required_only` or `all_set`.
    pub(super) name: String,
    /// What a person set in n8n's editor.
    pub(super) parameters: Value,
    pub(super) request: Request,
}

/// A request in the parts that are compared.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Request {
    pub(super) method: String,
    /// Path and query as sent.
    pub(super) target: String,
    pub(super) accept: String,
    pub(super) token: String,
    pub(super) content_type: String,
    pub(super) body: Body,
}

/// A body as it was sent.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Body {
    Empty,
    /// The bytes of JSON.
    Json(String),
    /// Name and content of each part; a file has its name.
    Parts(Vec<(String, String)>),
}

impl Request {
    /// Path without the query.
    pub(super) fn path(&self) -> &str {
        self.target
            .split_once('?')
            .map_or(&*self.target, |(path, _)| path)
    }
}

/// All recorded requests, signed with a token.
pub(super) fn cases(token: &str) -> Option<Vec<Case>> {
    let actions = recorded::konverte("n8n-wire.json")?;
    let mut cases = Vec::new();
    for action in actions.as_array().unwrap() {
        for case in action["cases"].as_array().unwrap() {
            cases.push(Case {
                resource: text(&action["group"]),
                operation: text(&action["action"]),
                name: text(&case["case"]),
                parameters: case["parameters"].clone(),
                request: Request {
                    method: text(&case["method"]),
                    target: text(&case["url"]),
                    accept: "application/json".into(),
                    token: token.into(),
                    content_type: text(&case["content_type"]),
                    body: match &case["body"] {
                        Value::Null => Body::Empty,
                        body => Body::Json(body.to_string()),
                    },
                },
            });
        }
    }
    Some(cases)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
