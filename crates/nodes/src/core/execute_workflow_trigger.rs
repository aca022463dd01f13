//! Execute Workflow Trigger: where a workflow begins that another one runs (n8n: E10).

use std::sync::{Arc, LazyLock};

use itemflow_model::definition::{NodeDefinition, Property, PropertyType, TypeOptions};
use itemflow_model::{ErrorInfo, Item, Items, Map, TriggerSpec, Value};
use serde_json::json;

use crate::core::lenient_json;
use crate::core::manual_trigger::start_items;
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::Parameters;
use crate::run::NodeRun;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let several = TypeOptions {
        multiple_values: true,
        ..TypeOptions::default()
    };
    NodeDefinition::new(
        "n8n-nodes-base.executeWorkflowTrigger",
        "When Executed by Another Workflow",
        "Starts when another workflow runs this one, with the items it gives.",
    )
    .versions(&[1.0, 1.1, 1.2])
    .inputs(&[])
    .property(
        "inputSource",
        Property::choice(
            "What the items have: the declared fields, those of an example, or whatever they come with. Version 1 takes \
             the items as they come.",
            &["workflowInputs", "jsonExample", "passthrough"],
        )
        .default_value("workflowInputs"),
    )
    .property(
        "workflowInputs",
        Property::of(
            PropertyType::FixedCollection,
            "The declared fields. Others are dropped, missing ones become null.",
        )
        .field(
            "values",
            Property {
                type_options: Some(several),
                ..Property::of(PropertyType::Collection, "A field.")
            }
            .field("name", Property::of(PropertyType::String, "Its name."))
            .field(
                "type",
                Property::choice(
                    "Its type, for whoever fills it.",
                    &["any", "string", "number", "boolean", "array", "object"],
                )
                .default_value("string"),
            ),
        ),
    )
    .property(
        "jsonExample",
        Property::of(PropertyType::Json, "An object whose fields are the declared ones."),
    )
    .example(
        "only declared fields",
        json!({ "workflowInputs": { "values": [{ "name": "id" }, { "name": "note" }] } }),
        json!([[{ "id": 7, "other": true }]]),
        json!([[{ "id": 7, "note": null }]]),
    )
    .example(
        "the items as they come",
        json!({ "inputSource": "passthrough" }),
        json!([[{ "id": 7, "other": true }]]),
        json!([[{ "id": 7, "other": true }]]),
    )
});

pub(crate) struct ExecuteWorkflowTrigger;

impl NodeType for ExecuteWorkflowTrigger {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        if parameters.version < 1.1 {
            return Ok(Box::new(Called { fields: None }));
        }
        let source = parameters
            .choice("inputSource", "workflowInputs")
            .map_err(|problem| vec![problem])?;
        let fields = match source.as_str() {
            "passthrough" => None,
            "jsonExample" => Some(example_fields(parameters)?),
            _ => {
                let declared = parameters.list("workflowInputs.values");
                let name = |entry: &itemflow_expression::Template| {
                    let name = entry.get("name")?;
                    let name = name.as_literal()?.as_str().map(Arc::<str>::from);
                    name.filter(|name| !name.is_empty())
                };
                Some(declared.iter().filter_map(name).collect())
            }
        };
        Ok(Box::new(Called { fields }))
    }
}

fn example_fields(parameters: &Parameters) -> Result<Vec<Arc<str>>, Vec<NodeProblem>> {
    let example = parameters
        .find("jsonExample")
        .and_then(|template| template.as_literal().cloned());
    let object = match &example {
        Some(Value::String(text)) => lenient_json::parse(text),
        Some(value) => Some(value.clone()),
        None => None,
    };
    match object.as_ref().and_then(Value::as_object) {
        Some(object) => Ok(object.keys().cloned().collect()),
        None => Err(vec![NodeProblem::error(
            "invalid-json",
            "/jsonExample",
            "`jsonExample` must be a JSON object whose fields are the declared ones",
        )]),
    }
}

struct Called {
    /// The declared fields; `None` lets everything pass.
    fields: Option<Vec<Arc<str>>>,
}

impl Node for Called {
    fn execute(&self, run: &NodeRun) -> Step {
        let items = start_items(run);
        Step::Done(Ok(Outcome::of(match &self.fields {
            None => items,
            Some(fields) => items
                .iter()
                .map(|item| declared(item, fields))
                .collect::<Items>(),
        })))
    }

    fn trigger(&self, _: &NodeRun) -> Option<Result<TriggerSpec, ErrorInfo>> {
        Some(Ok(TriggerSpec::Workflow))
    }

    fn works_by_item(&self) -> bool {
        true
    }
}

fn declared(item: &Item, fields: &[Arc<str>]) -> Item {
    let value = |name: &str| item.json.get(name).cloned().unwrap_or_default();
    let json: Map = fields
        .iter()
        .map(|name| (name.clone(), value(name)))
        .collect();
    Item {
        json: Value::from(json),
        ..item.clone()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::core::tests::{list, run};

    #[test]
    fn what_an_item_keeps_depends_on_version_and_source() {
        for (version, parameters, expected) in [
            (1.0, json!({}), json!({ "a": 1, "b": 2 })),
            (1.1, json!({}), json!({})),
            (
                1.1,
                json!({ "inputSource": "passthrough" }),
                json!({ "a": 1, "b": 2 }),
            ),
            (
                1.1,
                json!({ "inputSource": "jsonExample", "jsonExample": "{ \"b\": 0, \"c\": \"\" }" }),
                json!({ "b": 2, "c": null }),
            ),
        ] {
            let inputs = [list(json!([{ "a": 1, "b": 2 }]))];
            let outputs = run(
                "executeWorkflowTrigger",
                Some(version),
                &parameters.clone().into(),
                &inputs,
            );
            assert_eq!(
                serde_json::Value::from(&outputs.unwrap()[0][0]),
                expected,
                "{parameters}"
            );
        }
    }

    #[test]
    fn an_example_must_be_an_object() {
        let parameters = json!({ "inputSource": "jsonExample", "jsonExample": "[1" }).into();
        let error = run("executeWorkflowTrigger", None, &parameters, &[]).unwrap_err();
        assert_eq!(
            error,
            "`jsonExample` must be a JSON object whose fields are the declared ones"
        );
    }
}
