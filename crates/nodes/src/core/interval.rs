//! Interval: the older node for executions that start again and again after the same time.

use std::sync::{Arc, LazyLock};

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use itemflow_model::{ErrorInfo, IntervalSpec, TriggerSpec};
use serde_json::json;

use crate::core::manual_trigger::start_items;
use crate::core::webhook::choice;
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

/// Units in milliseconds.
const UNITS: [(&str, f64); 3] = [("seconds", 1e3), ("minutes", 60e3), ("hours", 3600e3)];

/// n8n's longest interval in milliseconds, about 24 days.
const MAX_MS: f64 = 2_147_483_647.0;

static DEFINITION: LazyLock<NodeDefinition> =
    LazyLock::new(|| {
        NodeDefinition::new(
        "n8n-nodes-base.interval",
        "Interval",
        "Starts executions again and again after the same time. Schedule Trigger is its successor.",
    )
    .inputs(&[])
    .property(
        "interval",
        Property::of(PropertyType::Number, "How many of `unit` lie between two executions.")
            .default_value(1),
    )
    .property(
        "unit",
        Property::choice("Unit of `interval`.", &["seconds", "minutes", "hours"])
            .default_value("seconds"),
    )
    .example(
        "one empty item for each execution",
        json!({ "interval": 10, "unit": "minutes" }),
        json!([[{}]]),
        json!([[{}]]),
    )
    });

pub(crate) struct Interval;

impl NodeType for Interval {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        Ok(Box::new(Again {
            interval: parameters.parameter("interval", 1),
            unit: parameters.parameter("unit", "seconds"),
        }))
    }
}

struct Again {
    interval: Parameter,
    unit: Parameter,
}

impl Node for Again {
    fn execute(&self, run: &NodeRun) -> Step {
        Step::Done(Ok(Outcome::of(start_items(run))))
    }

    fn trigger(&self, run: &NodeRun) -> Option<Result<TriggerSpec, ErrorInfo>> {
        Some(
            self.spec(run)
                .map(|spec| TriggerSpec::Interval(Arc::new(spec))),
        )
    }
}

impl Again {
    fn spec(&self, run: &NodeRun) -> Result<IntervalSpec, ErrorInfo> {
        let every_ms = run.number(&self.interval, 0)? * choice(run, &self.unit, &UNITS)?;
        if every_ms <= 0.0 || every_ms > MAX_MS {
            return Err(run.error(
                format!(
                    "`interval` must be more than 0 and at most {MAX_MS} ms, not {every_ms} ms"
                ),
                None,
                Some("interval"),
            ));
        }
        Ok(IntervalSpec {
            every_ms: every_ms as u64,
        })
    }
}

#[cfg(test)]
mod tests {
    use itemflow_model::TriggerSpec;
    use serde_json::json;

    use crate::core::tests::node_and_run;

    fn every_ms(parameters: serde_json::Value) -> Result<u64, String> {
        let (node, run) = node_and_run("interval", None, &parameters.into(), &[]);
        match node.trigger(&run).unwrap() {
            Ok(TriggerSpec::Interval(spec)) => Ok(spec.every_ms),
            Ok(other) => panic!("an interval, not {other:?}"),
            Err(error) => Err(error.message),
        }
    }

    #[test]
    fn the_interval_has_a_unit_and_bounds() {
        assert_eq!(every_ms(json!({})), Ok(1000));
        assert_eq!(
            every_ms(json!({ "interval": 2, "unit": "hours" })),
            Ok(7_200_000)
        );
        assert_eq!(
            every_ms(json!({ "interval": 0 })).unwrap_err(),
            "`interval` must be more than 0 and at most 2147483647 ms, not 0 ms"
        );
        assert!(every_ms(json!({ "interval": 600, "unit": "hours" })).is_err());
        assert!(every_ms(json!({ "unit": "days" })).is_err());
    }
}
