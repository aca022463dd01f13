//! Manual Trigger: where a run by hand begins.

use std::sync::LazyLock;

use itemflow_model::definition::NodeDefinition;
use itemflow_model::{Item, Items, Value};
use serde_json::json;

use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::Parameters;
use crate::run::NodeRun;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    NodeDefinition::new(
        "n8n-nodes-base.manualTrigger",
        "Manual Trigger",
        "Starts a run by hand, from a command or an editor.",
    )
    .inputs(&[])
    .example(
        "the items of the run",
        json!({}),
        json!([[{ "visitor": "v-1" }]]),
        json!([[{ "visitor": "v-1" }]]),
    )
});

pub(crate) struct ManualTrigger;

impl NodeType for ManualTrigger {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, _: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        Ok(Box::new(Start))
    }
}

struct Start;

impl Node for Start {
    /// The items the execution was started with, or one empty item.
    fn execute(&self, run: &NodeRun) -> Step {
        let items = run.input(0);
        let items = if items.is_empty() {
            Items::from(vec![Item::new(Value::empty_object())])
        } else {
            items
        };
        Step::Done(Ok(Outcome::of(items)))
    }
}
