//! Start: where workflows of n8n's first years begin. It does what Manual Trigger does.

use std::sync::LazyLock;

use itemflow_model::definition::NodeDefinition;
use serde_json::json;

use crate::core::manual_trigger::ManualTrigger;
use crate::node::{Node, NodeProblem, NodeType};
use crate::parameters::Parameters;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    NodeDefinition::new(
        "n8n-nodes-base.start",
        "Start",
        "Starts a run by hand, in workflows of n8n's first years. Manual Trigger is its successor.",
    )
    .inputs(&[])
    .example(
        "the items of the run",
        json!({}),
        json!([[{ "visitor": "v-1" }]]),
        json!([[{ "visitor": "v-1" }]]),
    )
});

pub(crate) struct Start;

impl NodeType for Start {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        ManualTrigger.compile(parameters)
    }
}
