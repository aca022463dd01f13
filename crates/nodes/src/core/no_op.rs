//! No Operation: passes its items on.

use std::sync::LazyLock;

use itemflow_model::definition::NodeDefinition;
use serde_json::json;

use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::Parameters;
use crate::run::NodeRun;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    NodeDefinition::new(
        "n8n-nodes-base.noOp",
        "No Operation",
        "Passes its items on unchanged.",
    )
    .example(
        "items pass",
        json!({}),
        json!([[{ "a": 1 }, { "a": 2 }]]),
        json!([[{ "a": 1 }, { "a": 2 }]]),
    )
});

pub(crate) struct NoOp;

impl NodeType for NoOp {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, _: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        Ok(Box::new(PassThrough))
    }
}

struct PassThrough;

impl Node for PassThrough {
    fn execute(&self, run: &NodeRun) -> Step {
        Step::Done(Ok(Outcome::of(run.input(0))))
    }

    fn works_by_item(&self) -> bool {
        true
    }
}
