//! Form: a later page of a form, or its ending (n8n: E16). A page is an effect, as a wait is; the ending is the answer.

use std::sync::{Arc, LazyLock};

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use itemflow_model::{
    AwaitedCall, Effect, EffectAnswer, ErrorInfo, Response, ResponseBody, Value, Wait,
};
use serde_json::json;

use crate::core::form_trigger::{FormParameters, fields};
use crate::core::wait::waited;
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let text = |meaning: &str| Property::of(PropertyType::String, meaning);
    NodeDefinition::new(
        "n8n-nodes-base.form",
        "Form",
        "Shows another page of a form that a Form Trigger has begun, or its ending.",
    )
    .versions(&[1.0, 2.3, 2.4, 2.5])
    .property(
        "operation",
        Property::choice(
            "Whether it is another page or the ending.",
            &["page", "completion"],
        )
        .default_value("page"),
    )
    .property(
        "defineForm",
        Property::choice(
            "Whether the fields are in `formFields` or in `jsonOutput`.",
            &["fields", "json"],
        )
        .default_value("fields"),
    )
    .property("formFields", fields())
    .property(
        "jsonOutput",
        Property::of(
            PropertyType::Json,
            "A list of fields, with `defineForm: json`.",
        ),
    )
    .property(
        "respondWith",
        Property::choice(
            "What the ending is: a heading with a text, another address, an own text, or a file.",
            &["text", "redirect", "showText", "returnBinary"],
        )
        .default_value("text"),
    )
    .property("completionTitle", text("Heading of the ending."))
    .property("completionMessage", text("Text of the ending."))
    .property("redirectUrl", text("The other address."))
    .property("responseText", text("The own text, which may be HTML."))
    .property(
        "inputDataFieldName",
        text("Name of the binary property of the file.").default_value("data"),
    )
    .property(
        "options",
        Property::of(PropertyType::Collection, "Further settings.")
            .field("formTitle", text("Heading of the page."))
            .field("formDescription", text("Text below the heading."))
            .field(
                "buttonLabel",
                text("Label of the button.").default_value("Submit"),
            )
            .field("customCss", text("Own style rules of the page.")),
    )
    .example(
        "the ending of a form lets the items go on",
        json!({ "operation": "completion", "completionTitle": "Thank you" }),
        json!([[{ "Name": "Ada" }]]),
        json!([[{ "Name": "Ada" }]]),
    )
});

pub(crate) struct Form;

impl NodeType for Form {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let operation = parameters
            .choice("operation", "page")
            .map_err(|problem| vec![problem])?;
        Ok(if operation == "completion" {
            Box::new(Ending {
                kind: parameters.parameter("respondWith", "text"),
                title: parameters.parameter("completionTitle", ""),
                message: parameters.parameter("completionMessage", ""),
                address: parameters.parameter("redirectUrl", ""),
                own_text: parameters.parameter("responseText", ""),
                file: parameters.parameter("inputDataFieldName", "data"),
            })
        } else {
            Box::new(Page(FormParameters::read(parameters)))
        })
    }
}

struct Page(FormParameters);

impl Node for Page {
    fn execute(&self, run: &NodeRun) -> Step {
        match self.0.spec(run) {
            Ok(spec) => Step::Ask(Effect::Wait(Wait {
                until_ms: None,
                call: Some(AwaitedCall::Form(Arc::new(spec))),
            })),
            Err(error) => Step::Done(Err(error)),
        }
    }

    fn resume(&self, run: &NodeRun, answer: &EffectAnswer) -> Step {
        waited(run, answer)
    }
}

struct Ending {
    kind: Parameter,
    title: Parameter,
    message: Parameter,
    address: Parameter,
    own_text: Parameter,
    file: Parameter,
}

impl Node for Ending {
    fn execute(&self, run: &NodeRun) -> Step {
        let response = self.response(run);
        response
            .map(|response| Outcome {
                response: Some(response),
                ..Outcome::of(run.input(0))
            })
            .into()
    }
}

impl Ending {
    fn response(&self, run: &NodeRun) -> Result<Response, ErrorInfo> {
        let text = |parameter: &Parameter| run.text(parameter, 0);
        let answer = |status, headers, body| Response {
            status,
            headers,
            body,
        };
        Ok(match &*text(&self.kind)? {
            "redirect" => answer(
                303,
                vec![("location".into(), text(&self.address)?)],
                ResponseBody::Empty,
            ),
            "showText" => answer(
                200,
                vec![("content-type".into(), "text/html; charset=utf-8".into())],
                ResponseBody::Text(text(&self.own_text)?),
            ),
            "returnBinary" => {
                let name = text(&self.file)?;
                let items = run.input(0);
                let file = items
                    .get(0)
                    .and_then(|item| item.binary.as_ref()?.get(&name).cloned())
                    .ok_or_else(|| {
                        run.error(
                            format!("the first item has no file `{name}`"),
                            Some(0),
                            Some("inputDataFieldName"),
                        )
                    })?;
                answer(200, Vec::new(), ResponseBody::Binary(Arc::new(file)))
            }
            _ => answer(
                200,
                Vec::new(),
                ResponseBody::Json(Value::from([
                    ("title", Value::String(text(&self.title)?)),
                    ("message", Value::String(text(&self.message)?)),
                ])),
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use itemflow_model::{AwaitedCall, Effect, ResponseBody};
    use serde_json::json;

    use crate::core::tests::{list, outcome, step};
    use crate::node::Step;

    #[test]
    fn a_page_is_awaited() {
        for parameters in [
            json!({ "formFields": { "values": [{ "fieldLabel": "City" }] }, "options": { "formTitle": "Next" } }),
            json!({ "defineForm": "json", "jsonOutput": "[{ \"fieldLabel\": \"City\" }]", "options": { "formTitle": "Next" } }),
        ] {
            let Step::Ask(Effect::Wait(wait)) = step("form", None, &parameters.into()) else {
                panic!("a page is awaited");
            };
            let Some(AwaitedCall::Form(form)) = wait.call else {
                panic!("a form is awaited");
            };
            assert_eq!((&*form.title, &*form.fields[0].name), ("Next", "City"));
        }
    }

    #[test]
    fn an_ending_is_the_answer() {
        for (parameters, status, body) in [
            (
                json!({ "completionTitle": "Thanks", "completionMessage": "=for {{ $json.n }}" }),
                200,
                ResponseBody::Json(json!({ "title": "Thanks", "message": "for 1" }).into()),
            ),
            (
                json!({ "respondWith": "redirect", "redirectUrl": "/x" }),
                303,
                ResponseBody::Empty,
            ),
            (
                json!({ "respondWith": "showText", "responseText": "<p>ok</p>" }),
                200,
                ResponseBody::Text("<p>ok</p>".into()),
            ),
        ] {
            let mut parameters = parameters;
            parameters["operation"] = json!("completion");
            let outcome = outcome(
                "form",
                None,
                &parameters.into(),
                &[list(json!([{ "n": 1 }]))],
            )
            .unwrap();
            let response = outcome.response.unwrap();
            assert_eq!((response.status, response.body), (status, body));
            assert_eq!(outcome.outputs[0].as_ref().unwrap().len(), 1);
        }
        let parameters = json!({ "operation": "completion", "respondWith": "returnBinary" }).into();
        let error = outcome("form", None, &parameters, &[list(json!([{}]))]).unwrap_err();
        assert_eq!(error, "the first item has no file `data`");
    }
}
