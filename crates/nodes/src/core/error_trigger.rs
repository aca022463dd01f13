//! Error Trigger: an execution starts because another one has failed (n8n: E1, C10).

use std::sync::LazyLock;

use itemflow_model::definition::NodeDefinition;
use itemflow_model::{ErrorInfo, Item, Items, TriggerSpec, Value};
use serde_json::json;

use crate::core::manual_trigger::has_no_data;
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::Parameters;
use crate::run::NodeRun;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    NodeDefinition::new(
        "n8n-nodes-base.errorTrigger",
        "Error Trigger",
        "Starts when an execution has failed. Its item says which one, and why.",
    )
    .inputs(&[])
    .example(
        "what has failed goes on as an item",
        json!({}),
        json!([[{ "workflow": { "id": "7", "name": "Orders" }, "execution": { "id": "1", "mode": "webhook" } }]]),
        json!([[{ "workflow": { "id": "7", "name": "Orders" }, "execution": { "id": "1", "mode": "webhook" } }]]),
    )
});

pub(crate) struct ErrorTrigger;

impl NodeType for ErrorTrigger {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, _: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        Ok(Box::new(Failed))
    }
}

struct Failed;

impl Node for Failed {
    /// Started by hand, there is no failure to tell of: an example takes its place.
    fn execute(&self, run: &NodeRun) -> Step {
        let items = run.input(0);
        Step::Done(Ok(Outcome::of(if has_no_data(&items) {
            Items::from(vec![Item::new(example(run))])
        } else {
            items
        })))
    }

    fn trigger(&self, _: &NodeRun) -> Option<Result<TriggerSpec, ErrorInfo>> {
        Some(Ok(TriggerSpec::Error))
    }
}

fn example(run: &NodeRun) -> Value {
    let workflow = &run.host.execution.workflow;
    let fact = |key: &str| {
        workflow
            .get(key)
            .map_or(json!(null), serde_json::Value::from)
    };
    Value::from(json!({
        "execution": {
            "id": "231",
            "url": "http://localhost:5678/executions/231",
            "error": {
                "message": "an example of an error message",
                "stack": "",
            },
            "lastNodeExecuted": "Node that failed",
            "mode": "manual",
        },
        "workflow": { "id": fact("id"), "name": fact("name") },
    }))
}
