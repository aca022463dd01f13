//! Filter: keeps the items for which conditions hold.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use itemflow_model::{ErrorInfo, Items};
use serde_json::json;

use super::conditions::filter_value::Filter as FilterValue;
use super::conditions::legacy;
use super::if_::{Test, conditions, ignore_case, loose_type_validation};
use super::route;
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::Parameters;
use crate::run::NodeRun;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    NodeDefinition::new(
        "n8n-nodes-base.filter",
        "Filter",
        "Passes on the items for which conditions hold and drops the others.",
    )
    .versions(&[1.0, 2.0, 2.1, 2.2, 2.3])
    .property("conditions", conditions())
    .property(
        "combineConditions",
        Property::choice(
            "Version 1 only: whether all conditions must hold or any one is enough.",
            &["AND", "OR"],
        )
        .default_value("AND"),
    )
    .property("looseTypeValidation", loose_type_validation())
    .property(
        "options",
        Property::of(PropertyType::Collection, "Further settings.")
            .field("ignoreCase", ignore_case())
            .field("looseTypeValidation", loose_type_validation()),
    )
    .example(
        "names that begin with a vowel",
        json!({ "conditions": {
            "combinator": "and",
            "conditions": [{
                "leftValue": "={{ $json.name }}", "rightValue": "/^[aeiou]/i",
                "operator": { "type": "string", "operation": "regex" }
            }]
        } }),
        json!([[{ "name": "Ada" }, { "name": "Grace" }, { "name": "edsger" }]]),
        json!([[{ "name": "Ada" }, { "name": "edsger" }]]),
    )
});

pub(crate) struct Filter;

impl NodeType for Filter {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        if parameters.version < 2.0 {
            let any = parameters
                .choice("combineConditions", "AND")
                .map_err(|problem| vec![problem])?
                == "OR";
            let conditions = legacy::Conditions::compile(parameters, any)?;
            return Ok(Box::new(Keep(Test::Legacy(conditions))));
        }
        let filter = FilterValue::compile(parameters.find("conditions"), "conditions")?;
        Ok(Box::new(Keep(Test::Filter(filter))))
    }

    fn strict_versions(&self) -> bool {
        true
    }
}

struct Keep(Test);

impl Node for Keep {
    fn execute(&self, run: &NodeRun) -> Step {
        let items = run.input(0);
        let route: Result<Vec<Option<usize>>, ErrorInfo> = (0..items.len())
            .map(|item| Ok(self.0.passes(run, item)?.then_some(0)))
            .collect();
        let kept = route.map(|route| route::split(&items, 1, &route));
        Step::Done(kept.map(|lists: Vec<Items>| Outcome::of_outputs(lists)))
    }
}
