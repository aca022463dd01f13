//! Manual Trigger: where a run by hand begins.

use std::sync::LazyLock;

use itemflow_model::definition::NodeDefinition;
use itemflow_model::{ErrorInfo, Item, Items, Map, TriggerSpec, Value};
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
    fn execute(&self, run: &NodeRun) -> Step {
        Step::Done(Ok(Outcome::of(start_items(run))))
    }

    fn trigger(&self, _: &NodeRun) -> Option<Result<TriggerSpec, ErrorInfo>> {
        Some(Ok(TriggerSpec::Manual))
    }
}

/// The items an execution was started with, or one empty item.
pub(super) fn start_items(run: &NodeRun) -> Items {
    let items = run.input(0);
    if items.is_empty() {
        Items::from(vec![Item::new(Value::empty_object())])
    } else {
        items
    }
}

/// Whether a run has been started by hand with nothing to work on: what else would an empty item be?
pub(super) fn has_no_data(items: &Items) -> bool {
    let empty =
        |item: &Item| item.binary.is_none() && item.json.as_object().is_none_or(Map::is_empty);
    items.iter().all(empty)
}
