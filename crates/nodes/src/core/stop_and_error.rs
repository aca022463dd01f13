//! Stop and Error: fails on purpose, with words of the workflow's own.

use std::sync::LazyLock;

use itemflow_expression::Template;
use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use itemflow_model::{ErrorInfo, Value};

use crate::node::{Node, NodeProblem, NodeType, Step};
use crate::parameters::{Parameter, Parameters, pointer};
use crate::run::NodeRun;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    NodeDefinition::new(
        "n8n-nodes-base.stopAndError",
        "Stop and Error",
        "Fails with an error of the workflow's own, for example to reject bad input or to start an error workflow.",
    )
    .outputs(&[])
    .property(
        "errorType",
        Property::choice(
            "Whether the error is a plain message or an object.",
            &["errorMessage", "errorObject"],
        )
        .default_value("errorMessage"),
    )
    .property(
        "errorMessage",
        Property::of(PropertyType::String, "The message of the error.").required(),
    )
    .property(
        "errorObject",
        Property::of(
            PropertyType::Json,
            "An object, or its JSON text. The message is its `message`, else its `description`, else its `error`, \
             else the object as text.",
        )
        .required(),
    )
});

pub(crate) struct StopAndError;

impl NodeType for StopAndError {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let kind = parameters
            .choice("errorType", "errorMessage")
            .map_err(|problem| vec![problem])?;
        let is_object = kind == "errorObject";
        let name = if is_object {
            "errorObject"
        } else {
            "errorMessage"
        };
        let content = parameters.parameter(name, "");
        if matches!(&content.template, Template::Literal(Value::String(text)) if text.is_empty()) {
            return Err(vec![NodeProblem::error(
                "missing-parameter",
                pointer(name),
                format!("`{name}` is missing"),
            )]);
        }
        Ok(Box::new(Stop { is_object, content }))
    }
}

struct Stop {
    is_object: bool,
    content: Parameter,
}

impl Node for Stop {
    fn execute(&self, run: &NodeRun) -> Step {
        Step::Done(Err(self.error(run).unwrap_or_else(|error| error)))
    }

    fn outputs(&self) -> usize {
        0
    }
}

impl Stop {
    fn error(&self, run: &NodeRun) -> Result<ErrorInfo, ErrorInfo> {
        if !self.is_object {
            return Ok(run.error(&*run.text(&self.content, 0)?, None, None));
        }
        let object = match run.value(&self.content, 0)?.unwrap_or_default() {
            Value::String(text) => serde_json::from_str(&text).map_err(|error| {
                run.error(
                    format!("`errorObject` is not valid JSON: {error}"),
                    None,
                    Some("errorObject"),
                )
            })?,
            value => value,
        };
        let (message, description) = message(&object);
        Ok(ErrorInfo {
            description,
            ..run.error(message, None, None)
        })
    }
}

/// The message of an error object, and its description where that is another text.
fn message(object: &Value) -> (String, Option<String>) {
    let text = |key: &str| match object.get(key)? {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.to_string()),
        other => Some(other.to_string()),
    };
    let description = text("description");
    match text("message") {
        Some(message) => (message, description),
        None => (
            description
                .or_else(|| text("error"))
                .unwrap_or_else(|| object.to_string()),
            None,
        ),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::core::tests::{list, run};

    fn failure(parameters: serde_json::Value) -> String {
        run(
            "stopAndError",
            None,
            &parameters.into(),
            &[list(json!([{}]))],
        )
        .unwrap_err()
    }

    #[test]
    fn fails_with_the_message() {
        assert_eq!(
            failure(json!({ "errorMessage": "no address" })),
            "no address"
        );
    }

    #[test]
    fn the_message_of_an_object_is_the_first_that_it_has() {
        for (object, message) in [
            (r#"{ "message": "m", "description": "d" }"#, "m"),
            (r#"{ "description": "d", "error": "e" }"#, "d"),
            (r#"{ "error": "e" }"#, "e"),
            (r#"{ "code": 7 }"#, r#"{"code":7}"#),
        ] {
            let parameters = json!({ "errorType": "errorObject", "errorObject": object });
            assert_eq!(failure(parameters), message);
        }
    }

    #[test]
    fn text_that_is_no_json_is_said_so() {
        let message = failure(json!({ "errorType": "errorObject", "errorObject": "{" }));
        assert!(message.starts_with("`errorObject` is not valid JSON"));
    }

    #[test]
    fn an_empty_message_is_found_before_a_run() {
        assert_eq!(failure(json!({})), "`errorMessage` is missing");
    }
}
