//! Schedule Trigger: executions start at times of the clock (n8n: E2). The node says which; a server keeps the timers.

mod definition;
mod rules;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use itemflow_expression::Template;
use itemflow_model::definition::NodeDefinition;
use itemflow_model::{ErrorInfo, Item, Items, Map, Misfire, ScheduleSpec, TriggerSpec, Value};
use jiff::Zoned;

use self::rules::Rule;
pub(super) use self::rules::{Stable, in_range, six_fields};
use crate::core::manual_trigger::has_no_data;
use crate::core::webhook::choice;
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

pub(crate) struct ScheduleTrigger;

impl NodeType for ScheduleTrigger {
    fn definition(&self) -> &NodeDefinition {
        &self::definition::DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let mut entries = parameters.list("rule.interval");
        if entries.is_empty() {
            entries.push(Template::Literal(Value::empty_object()));
        }
        let rules = entries.iter().enumerate();
        Ok(Box::new(Schedule {
            rules: rules
                .map(|(index, entry)| Rule::read(index, entry, parameters.version))
                .collect(),
            misfire: parameters.parameter("misfirePolicy", "skip"),
        }))
    }
}

struct Schedule {
    rules: Vec<Rule>,
    misfire: Parameter,
}

impl Node for Schedule {
    /// Started by a timer, the item says when; started with items, they go on.
    fn execute(&self, run: &NodeRun) -> Step {
        let items = run.input(0);
        Step::Done(Ok(Outcome::of(if has_no_data(&items) {
            let now = run
                .host
                .clock
                .now()
                .to_zoned(run.host.execution.time_zone.clone());
            Items::from(vec![Item::new(Value::from(told(&now)))])
        } else {
            items
        })))
    }

    fn trigger(&self, run: &NodeRun) -> Option<Result<TriggerSpec, ErrorInfo>> {
        Some(
            self.spec(run)
                .map(|spec| TriggerSpec::Schedule(Arc::new(spec))),
        )
    }
}

impl Schedule {
    fn spec(&self, run: &NodeRun) -> Result<ScheduleSpec, ErrorInfo> {
        let policies = [
            ("skip", Misfire::Skip),
            ("coalesce", Misfire::Once),
            ("coalesce_owner", Misfire::Once),
        ];
        Ok(ScheduleSpec {
            rules: self
                .rules
                .iter()
                .map(|rule| rule.times(run))
                .collect::<Result<_, _>>()?,
            misfire: choice(run, &self.misfire, &policies)?,
        })
    }
}

/// The json of an execution that starts at this time; all values are texts.
fn told(now: &Zoned) -> Map {
    let day = now.day();
    let ordinal = match (day % 10, day) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    let zone = now.time_zone().iana_name().unwrap_or("UTC");
    let offset = now.strftime("%:z");
    [
        (
            "timestamp",
            now.strftime("%Y-%m-%dT%H:%M:%S.%3f%:z").to_string(),
        ),
        (
            "Readable date",
            now.strftime(&format!("%B {day}{ordinal} %Y, %-I:%M:%S %P"))
                .to_string(),
        ),
        ("Readable time", now.strftime("%-I:%M:%S %P").to_string()),
        ("Day of week", now.strftime("%A").to_string()),
        ("Year", now.strftime("%Y").to_string()),
        ("Month", now.strftime("%B").to_string()),
        ("Day of month", now.strftime("%d").to_string()),
        ("Hour", now.strftime("%H").to_string()),
        ("Minute", now.strftime("%M").to_string()),
        ("Second", now.strftime("%S").to_string()),
        ("Timezone", format!("{zone} (UTC{offset})")),
    ]
    .into_iter()
    .map(|(key, text)| (key.into(), Value::from(text)))
    .collect()
}
