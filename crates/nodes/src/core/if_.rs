//! If: sends each item to the `true` or the `false` output.

use std::sync::LazyLock;

use itemflow_model::ErrorInfo;
use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use serde_json::json;

use super::conditions::filter_value::Filter;
use super::conditions::legacy;
use super::route;
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::Parameters;
use crate::run::NodeRun;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    NodeDefinition::new(
        "n8n-nodes-base.if",
        "If",
        "Sends each item to its first output when conditions hold, else to its second.",
    )
    .versions(&[1.0, 2.0, 2.1, 2.2, 2.3])
    .outputs(&["true", "false"])
    .property("conditions", conditions())
    .property(
        "combineOperation",
        Property::choice(
            "Version 1 only: whether all conditions must hold or any one is enough.",
            &["all", "any"],
        )
        .default_value("all"),
    )
    .property("looseTypeValidation", loose_type_validation())
    .property(
        "options",
        Property::of(PropertyType::Collection, "Further settings.")
            .field("ignoreCase", ignore_case())
            .field("looseTypeValidation", loose_type_validation()),
    )
    .example(
        "orders above a hundred",
        json!({ "conditions": {
            "combinator": "and",
            "conditions": [{
                "leftValue": "={{ $json.total }}", "rightValue": 100,
                "operator": { "type": "number", "operation": "gt" }
            }]
        } }),
        json!([[{ "total": 120 }, { "total": 80 }]]),
        json!([[{ "total": 120 }], [{ "total": 80 }]]),
    )
});

/// Describes `conditions`, which Filter has too.
pub(crate) fn conditions() -> Property {
    Property::of(
        PropertyType::Filter,
        "The conditions and how they are joined (`combinator`: `and` or `or`). Version 1: lists of conditions under \
         `boolean`, `dateTime`, `number` and `string`.",
    )
}

/// Describes `ignoreCase`, which only tells an editor what to store in the conditions.
pub(crate) fn ignore_case() -> Property {
    Property::of(
        PropertyType::Boolean,
        "Whether upper and lower case are the same. An editor stores it as `caseSensitive` in the options of the \
         conditions, which is what counts.",
    )
    .default_value(true)
}

/// Describes `looseTypeValidation`, which only tells an editor what to store in the conditions.
pub(crate) fn loose_type_validation() -> Property {
    Property::flag(
        "Whether values are converted to the type of their condition. An editor stores it as `typeValidation` in the \
         options of the conditions, which is what counts.",
    )
}

pub(crate) struct If;

impl NodeType for If {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        if parameters.version < 2.0 {
            let any = parameters
                .choice("combineOperation", "all")
                .map_err(|problem| vec![problem])?
                == "any";
            let conditions = legacy::Conditions::compile(parameters, any)?;
            return Ok(Box::new(Branch(Test::Legacy(conditions))));
        }
        let filter = Filter::compile(parameters.find("conditions"), "conditions")?;
        Ok(Box::new(Branch(Test::Filter(filter))))
    }

    fn strict_versions(&self) -> bool {
        true
    }
}

struct Branch(Test);

/// The conditions of either generation.
pub(crate) enum Test {
    Legacy(legacy::Conditions),
    Filter(Filter),
}

impl Test {
    /// Whether an item passes. From version 2 on an item that cannot be tested does not pass when the node continues
    /// on errors; version 1 always stops.
    ///
    /// # Errors
    /// As its conditions.
    pub(crate) fn passes(&self, run: &NodeRun, item: usize) -> Result<bool, ErrorInfo> {
        match self {
            Self::Legacy(conditions) => conditions.passes(run, item),
            Self::Filter(filter) => match filter.passes(run, item) {
                Err(_) if run.node.continue_on_fail => Ok(false),
                result => result,
            },
        }
    }
}

impl Node for Branch {
    fn execute(&self, run: &NodeRun) -> Step {
        let items = run.input(0);
        let route: Result<Vec<Option<usize>>, ErrorInfo> = (0..items.len())
            .map(|item| Ok(Some(if self.0.passes(run, item)? { 0 } else { 1 })))
            .collect();
        Step::Done(route.map(|route| Outcome::of_outputs(route::split(&items, 2, &route))))
    }

    fn outputs(&self) -> usize {
        2
    }
}
