//! Limit: keeps the first or the last items.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use itemflow_model::{ErrorInfo, Items};
use serde_json::json;

use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    NodeDefinition::new(
        "n8n-nodes-base.limit",
        "Limit",
        "Passes on no more than a number of items.",
    )
    .property(
        "maxItems",
        Property::of(
            PropertyType::Number,
            "How many items to keep. When there are fewer, all of them pass.",
        )
        .default_value(1),
    )
    .property(
        "keep",
        Property::choice(
            "Which end of the list to keep.",
            &["firstItems", "lastItems"],
        )
        .default_value("firstItems"),
    )
    .example(
        "the first two of three",
        json!({ "maxItems": 2 }),
        json!([[{ "n": 1 }, { "n": 2 }, { "n": 3 }]]),
        json!([[{ "n": 1 }, { "n": 2 }]]),
    )
    .example(
        "the last one",
        json!({ "keep": "lastItems" }),
        json!([[{ "n": 1 }, { "n": 2 }, { "n": 3 }]]),
        json!([[{ "n": 3 }]]),
    )
    .example(
        "fewer than the limit",
        json!({ "maxItems": 5, "keep": "lastItems" }),
        json!([[{ "n": 1 }, { "n": 2 }]]),
        json!([[{ "n": 1 }, { "n": 2 }]]),
    )
});

pub(crate) struct Limit;

impl NodeType for Limit {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        Ok(Box::new(Keep {
            max_items: parameters.parameter("maxItems", 1),
            keep: parameters.parameter("keep", "firstItems"),
        }))
    }
}

struct Keep {
    max_items: Parameter,
    keep: Parameter,
}

impl Node for Keep {
    fn execute(&self, run: &NodeRun) -> Step {
        self.limited(run).map(Outcome::of).into()
    }
}

impl Keep {
    fn limited(&self, run: &NodeRun) -> Result<Items, ErrorInfo> {
        let items = run.input(0);
        let max_items = run.number(&self.max_items, 0)?.max(0.0) as usize;
        if &*run.text(&self.keep, 0)? == "firstItems" {
            return Ok(items.take(max_items));
        }
        let start = items.len().saturating_sub(max_items);
        if start == 0 {
            return Ok(items);
        }
        Ok(items
            .iter()
            .enumerate()
            .skip(start)
            .map(|(i, item)| (item.clone(), items.link(i)))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use itemflow_model::Link;
    use serde_json::json;

    use crate::core::tests::{list, outcome};

    #[test]
    fn the_items_kept_stay_linked_to_themselves() {
        let parameters = json!({ "maxItems": 2, "keep": "lastItems" }).into();
        let outcome = outcome(
            "limit",
            None,
            &parameters,
            &[list(json!([{ "n": 1 }, { "n": 2 }, { "n": 3 }]))],
        )
        .unwrap();
        let items = outcome.outputs[0].clone().unwrap();
        assert_eq!(items.link(0), Link::to(1));
        assert_eq!(items.link(1), Link::to(2));
    }
}
