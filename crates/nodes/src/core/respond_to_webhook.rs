//! Respond to Webhook: says what the call that started the execution is answered (n8n: E8). The execution goes on.

use std::sync::{Arc, LazyLock};

use itemflow_model::definition::{NodeDefinition, Property, PropertyType, TypeOptions};
use itemflow_model::{
    Binary, CredentialRef, ErrorInfo, Item, Items, Link, Map, Path, Response, ResponseBody, Value,
};
use serde_json::json;

use crate::action_node::no_such_credential;
use crate::core::crypto::token;
use crate::core::webhook::{ResponseHeaders, status};
use crate::declarative::missing_credential;
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

/// Type of the credential that signs tokens.
const CREDENTIAL: &str = "jwtAuth";

const KINDS: [&str; 8] = [
    "firstIncomingItem",
    "allIncomingItems",
    "json",
    "text",
    "jwt",
    "binary",
    "redirect",
    "noData",
];

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let text = |meaning: &str| Property::of(PropertyType::String, meaning);
    let header = Property {
        type_options: Some(TypeOptions {
            multiple_values: true,
            ..TypeOptions::default()
        }),
        ..Property::of(PropertyType::Collection, "A header field.")
    }
    .field("name", text("Its name."))
    .field("value", text("Its value."));
    NodeDefinition::new(
        "n8n-nodes-base.respondToWebhook",
        "Respond to Webhook",
        "Answers the call that started the execution, and lets the items go on.",
    )
    .versions(&[1.0, 1.1, 1.2, 1.3, 1.4, 1.5])
    .credentials(&["jwtAuth"])
    .property(
        "respondWith",
        Property::choice(
            "What is answered: the json of the first item, a list of all, a JSON or plain text, a file, another address, a \
             signed token, nothing.",
            &KINDS,
        )
        .default_value("firstIncomingItem"),
    )
    .property("responseBody", text("The content, with `json` and `text`."))
    .property("payload", Property::of(PropertyType::Json, "The claims, with `jwt`."))
    .property(
        "responseDataSource",
        Property::choice(
            "Which file, with `binary`: the first one of the item, or the one that `inputFieldName` names.",
            &["automatically", "set"],
        )
        .default_value("automatically"),
    )
    .property("inputFieldName", text("Name of the binary property.").default_value("data"))
    .property("redirectURL", text("The other address, with `redirect`."))
    .property(
        "enableResponseOutput",
        Property::of(
            PropertyType::Boolean,
            "Whether a second output tells what was answered, from version 1.4 on; version 1.3 always does.",
        )
        .default_value(false),
    )
    .property(
        "options",
        Property::of(PropertyType::Collection, "Further settings.")
            .field(
                "responseCode",
                Property::of(PropertyType::Number, "Status; 200, and 307 with `redirect`."),
            )
            .field(
                "responseHeaders",
                Property::of(PropertyType::FixedCollection, "Header fields.").field("entries", header),
            )
            .field("responseKey", text("A path under which the content is put."))
            .field(
                "enableStreaming",
                Property::of(PropertyType::Boolean, "Whether the answer is sent while it comes about."),
            ),
    )
    .example(
        "the items go on",
        json!({ "respondWith": "text", "responseBody": "thank you" }),
        json!([[{ "id": 7 }]]),
        json!([[{ "id": 7 }]]),
    )
});

pub(crate) struct RespondToWebhook;

impl NodeType for RespondToWebhook {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let kind = parameters
            .choice("respondWith", "firstIncomingItem")
            .map_err(|problem| vec![problem])?;
        if !KINDS.contains(&kind.as_str()) {
            return Err(vec![NodeProblem::error(
                "unknown-choice",
                "/respondWith",
                format!("`respondWith` is one of {}, not `{kind}`", KINDS.join(", ")),
            )]);
        }
        let credential = parameters.credentials.get(CREDENTIAL).cloned();
        if kind == "jwt" && credential.is_none() {
            return Err(vec![missing_credential(CREDENTIAL, parameters)]);
        }
        let two_outputs = match parameters.version {
            v if v < 1.3 => false,
            v if v < 1.4 => true,
            _ => parameters
                .find("enableResponseOutput")
                .is_some_and(|flag| flag.as_literal() == Some(&Value::Bool(true))),
        };
        Ok(Box::new(Respond(Arc::new(Answer {
            two_outputs,
            payload: parameters.parameter("payload", Value::empty_object()),
            credential,
            body: parameters.parameter("responseBody", ""),
            source: parameters.parameter("responseDataSource", "automatically"),
            field: parameters.parameter("inputFieldName", "data"),
            address: parameters.parameter("redirectURL", ""),
            code: parameters.parameter(
                "options.responseCode",
                if kind == "redirect" { 307 } else { 200 },
            ),
            headers: ResponseHeaders::read(parameters),
            key: parameters.parameter("options.responseKey", ""),
            kind,
        }))))
    }
}

struct Respond(Arc<Answer>);

/// What is answered.
struct Answer {
    kind: String,
    two_outputs: bool,
    payload: Parameter,
    credential: Option<CredentialRef>,
    body: Parameter,
    source: Parameter,
    field: Parameter,
    address: Parameter,
    code: Parameter,
    headers: ResponseHeaders,
    key: Parameter,
}

impl Node for Respond {
    fn execute(&self, run: &NodeRun) -> Step {
        if self.0.kind != "jwt" {
            let response = self.0.response(run, &run.input(0));
            return self.0.outcome(run, response).into();
        }
        let (answer, run) = (self.0.clone(), run.clone());
        Step::Pending(Box::pin(async move {
            let response = answer.token(&run).await;
            answer.outcome(&run, response)
        }))
    }

    fn outputs(&self) -> usize {
        if self.0.two_outputs { 2 } else { 1 }
    }
}

impl Answer {
    fn outcome(
        &self,
        run: &NodeRun,
        response: Result<Response, ErrorInfo>,
    ) -> Result<Outcome, ErrorInfo> {
        let response = match response {
            Ok(response) => response,
            Err(error) if run.node.continue_on_fail => {
                let failed = [(Item::from_error(error), Link::to(0))];
                return Ok(Outcome::of(failed.into_iter().collect()));
            }
            Err(error) => return Err(error),
        };
        let mut outputs = vec![Some(run.input(0))];
        if self.two_outputs {
            let told = Item::new(Value::from([("response", told(&response))]));
            outputs.push(Some([(told, Link::to(0))].into_iter().collect()));
        }
        Ok(Outcome {
            outputs,
            response: Some(response),
            ..Outcome::default()
        })
    }

    /// A signed token with the claims of `payload`.
    async fn token(&self, run: &NodeRun) -> Result<Response, ErrorInfo> {
        let name = self
            .credential
            .as_ref()
            .map(CredentialRef::name)
            .unwrap_or_default();
        let credentials = &*run.host.credentials;
        let credential = credentials
            .load(CREDENTIAL, name)
            .await?
            .ok_or_else(|| no_such_credential(credentials, CREDENTIAL, name))?;
        let payload = match run.value(&self.payload, 0)?.unwrap_or_default() {
            Value::String(text) => serde_json::from_str(&text).unwrap_or_default(),
            value => value,
        };
        let refuse = |message: String, parameter| run.error(message, Some(0), parameter);
        let claims = payload
            .as_object()
            .ok_or_else(|| refuse("`payload` must be a JSON object".into(), Some("payload")))?;
        let now_s = run.host.clock.now().as_second();
        let token =
            token::signed(claims, &credential, now_s).map_err(|message| refuse(message, None))?;
        let body = Value::from([("token", Value::from(token))]);
        Ok(Response {
            status: status(run, &self.code)?,
            headers: self.headers.at(run)?,
            body: ResponseBody::Json(body),
        })
    }

    fn response(&self, run: &NodeRun, items: &Items) -> Result<Response, ErrorInfo> {
        let mut headers = self.headers.at(run)?;
        let first = items.get(0);
        let body = match self.kind.as_str() {
            "firstIncomingItem" => {
                let json = first.map(|item| item.json.clone()).unwrap_or_default();
                ResponseBody::Json(self.wrapped(run, json)?)
            }
            "allIncomingItems" => {
                let all: Vec<Value> = items.iter().map(|item| item.json.clone()).collect();
                ResponseBody::Json(self.wrapped(run, Value::from(all))?)
            }
            "json" => self.json(run)?,
            "text" => ResponseBody::Text(run.text(&self.body, 0)?),
            "binary" => ResponseBody::Binary(Arc::new(self.file(run, first)?)),
            "redirect" => {
                headers.push(("location".into(), run.text(&self.address, 0)?));
                ResponseBody::Empty
            }
            _ => ResponseBody::Empty,
        };
        Ok(Response {
            status: status(run, &self.code)?,
            headers,
            body,
        })
    }

    fn json(&self, run: &NodeRun) -> Result<ResponseBody, ErrorInfo> {
        let value = match run.value(&self.body, 0)?.unwrap_or_default() {
            Value::String(text) if text.trim().is_empty() => return Ok(ResponseBody::Empty),
            Value::String(text) => serde_json::from_str(&text).map_err(|_| {
                run.error(
                    "`responseBody` must be valid JSON",
                    Some(0),
                    Some("responseBody"),
                )
            })?,
            value => value,
        };
        Ok(ResponseBody::Json(self.wrapped(run, value)?))
    }

    /// The value under the path that `responseKey` says.
    fn wrapped(&self, run: &NodeRun, value: Value) -> Result<Value, ErrorInfo> {
        let key = run.text(&self.key, 0)?;
        if key.is_empty() {
            return Ok(value);
        }
        let mut outer = Value::empty_object();
        Path::parse(&key).set(&mut outer, value);
        Ok(outer)
    }

    fn file(&self, run: &NodeRun, item: Option<&Item>) -> Result<Binary, ErrorInfo> {
        let files = item.and_then(|item| item.binary.as_deref());
        if &*run.text(&self.source, 0)? != "set" {
            let first = files.and_then(|files| files.values().next());
            return first.cloned().ok_or_else(|| {
                run.error("the first item has no file to answer with", Some(0), None)
            });
        }
        let name = run.text(&self.field, 0)?;
        files
            .and_then(|files| files.get(&name))
            .cloned()
            .ok_or_else(|| {
                run.error(
                    format!("the first item has no file `{name}`"),
                    Some(0),
                    Some("inputFieldName"),
                )
            })
    }
}

/// The answer as the second output tells it.
fn told(response: &Response) -> Value {
    let headers: Map = response
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), Value::String(value.clone())))
        .collect();
    let mut told = Map::default();
    match &response.body {
        ResponseBody::Empty => {}
        ResponseBody::Json(value) => {
            told.insert("body".into(), value.clone());
        }
        ResponseBody::Text(text) => {
            told.insert("body".into(), Value::String(text.clone()));
        }
        ResponseBody::Binary(file) => {
            let name = file.file_name.clone().unwrap_or_default();
            told.insert("body".into(), Value::from(name));
        }
    }
    told.insert("headers".into(), Value::from(headers));
    told.insert("statusCode".into(), Value::from(i64::from(response.status)));
    Value::from(told)
}

#[cfg(test)]
mod tests {
    use itemflow_model::ResponseBody;
    use serde_json::{Value, json};

    use crate::core::tests::{list, outcome};
    use crate::node::Outcome;

    fn respond(version: f64, parameters: Value) -> Result<Outcome, String> {
        let items = [list(json!([{ "id": 7 }, { "id": 8 }]))];
        outcome(
            "respondToWebhook",
            Some(version),
            &parameters.into(),
            &items,
        )
    }

    fn body(parameters: Value) -> (u16, Value) {
        let response = respond(1.1, parameters).unwrap().response.unwrap();
        let body = match response.body {
            ResponseBody::Empty => json!(null),
            ResponseBody::Json(value) => Value::from(&value),
            ResponseBody::Text(text) => json!({ "text": &*text }),
            ResponseBody::Binary(_) => json!("a file"),
        };
        (response.status, body)
    }

    #[test]
    fn each_way_to_answer() {
        for (parameters, expected) in [
            (json!({}), (200, json!({ "id": 7 }))),
            (
                json!({ "respondWith": "allIncomingItems" }),
                (200, json!([{ "id": 7 }, { "id": 8 }])),
            ),
            (
                json!({ "respondWith": "json", "responseBody": "={{ { a: $json.id } }}", "options": { "responseCode": 201 } }),
                (201, json!({ "a": 7 })),
            ),
            (
                json!({ "respondWith": "json", "responseBody": "{ \"a\": [1] }" }),
                (200, json!({ "a": [1] })),
            ),
            (
                json!({ "respondWith": "text", "responseBody": "=n {{ $json.id }}" }),
                (200, json!({ "text": "n 7" })),
            ),
            (json!({ "respondWith": "noData" }), (200, json!(null))),
            (
                json!({ "respondWith": "redirect", "redirectURL": "https://example.com/" }),
                (307, json!(null)),
            ),
            (
                json!({ "options": { "responseKey": "data.first" } }),
                (200, json!({ "data": { "first": { "id": 7 } } })),
            ),
        ] {
            assert_eq!(body(parameters.clone()), expected, "{parameters}");
        }
    }

    #[test]
    fn headers_are_lower_case_and_need_a_name() {
        let parameters = json!({ "respondWith": "noData", "options": { "responseHeaders": { "entries": [
            { "name": "X-Id", "value": "={{ $json.id }}" }, { "name": "", "value": "lost" }
        ] } } });
        let response = respond(1.1, parameters).unwrap().response.unwrap();
        assert_eq!(response.headers, [("x-id".into(), "7".into())]);
    }

    #[test]
    fn the_second_output_tells_the_answer() {
        assert_eq!(respond(1.1, json!({})).unwrap().outputs.len(), 1);
        assert_eq!(respond(1.4, json!({})).unwrap().outputs.len(), 1);
        for (version, parameters) in [
            (1.3, json!({})),
            (1.4, json!({ "enableResponseOutput": true })),
        ] {
            let outputs = respond(version, parameters).unwrap().outputs;
            let told = &outputs[1].as_ref().unwrap().get(0).unwrap().json;
            assert_eq!(
                Value::from(told),
                json!({ "response": { "body": { "id": 7 }, "headers": {}, "statusCode": 200 } })
            );
        }
    }

    #[test]
    fn a_token_needs_a_credential() {
        let error = respond(1.1, json!({ "respondWith": "jwt" })).unwrap_err();
        assert!(error.contains("jwtAuth"), "{error}");
    }

    #[test]
    fn what_cannot_be_answered_is_said() {
        for (parameters, expected) in [
            (
                json!({ "respondWith": "json", "responseBody": "{" }),
                "`responseBody` must be valid JSON",
            ),
            (
                json!({ "respondWith": "binary" }),
                "the first item has no file to answer with",
            ),
            (
                json!({ "respondWith": "binary", "responseDataSource": "set", "inputFieldName": "x" }),
                "the first item has no file `x`",
            ),
            (
                json!({ "options": { "responseCode": 99 } }),
                "`options.responseCode` must be a status from 100 to 599, not 99",
            ),
        ] {
            assert_eq!(respond(1.1, parameters).unwrap_err(), expected);
        }
    }
}
