//! Cron: the older node for executions that start at times of the clock.

use std::sync::{Arc, LazyLock};

use itemflow_expression::Template;
use itemflow_model::definition::{NodeDefinition, Property, PropertyType, TypeOptions};
use itemflow_model::{ErrorInfo, Every, Misfire, ScheduleRule, ScheduleSpec, TriggerSpec, Value};
use serde_json::json;

use crate::core::manual_trigger::start_items;
use crate::core::schedule_trigger::{Stable, in_range, six_fields};
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let number = |meaning: &str, default: i64| {
        Property::of(PropertyType::Number, meaning).default_value(default)
    };
    let item = Property {
        type_options: Some(TypeOptions {
            multiple_values: true,
            ..TypeOptions::default()
        }),
        ..Property::of(
            PropertyType::Collection,
            "A rule; each starts executions of its own.",
        )
    }
    .field(
        "mode",
        Property::choice(
            "How often.",
            &[
                "everyMinute",
                "everyHour",
                "everyDay",
                "everyWeek",
                "everyMonth",
                "everyX",
                "custom",
            ],
        )
        .default_value("everyDay"),
    )
    .field("hour", number("Hour of the day.", 14))
    .field("minute", number("Minute of the hour.", 0))
    .field("dayOfMonth", number("Day of the month.", 1))
    .field(
        "weekday",
        Property::of(PropertyType::String, "Day of the week; 0 is Sunday.").default_value("1"),
    )
    .field("value", number("How many of `unit`, with `everyX`.", 2))
    .field(
        "unit",
        Property::choice("Unit of `value`.", &["minutes", "hours"]).default_value("hours"),
    )
    .field(
        "cronExpression",
        Property::of(PropertyType::String, "A cron expression, with `custom`.")
            .default_value("* * * * * *"),
    );
    NodeDefinition::new(
        "n8n-nodes-base.cron",
        "Cron",
        "Starts executions at times of the clock. Schedule Trigger is its successor.",
    )
    .inputs(&[])
    .property(
        "triggerTimes",
        Property::of(
            PropertyType::FixedCollection,
            "When executions start; without rules, never.",
        )
        .field("item", item),
    )
    .example(
        "one empty item for each execution",
        json!({ "triggerTimes": { "item": [{ "mode": "everyHour" }] } }),
        json!([[{}]]),
        json!([[{}]]),
    )
});

pub(crate) struct Cron;

impl NodeType for Cron {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let entries = parameters.list("triggerTimes.item");
        let rules = entries.iter().enumerate();
        Ok(Box::new(Times(
            rules
                .map(|(index, entry)| Rule::read(index, entry))
                .collect(),
        )))
    }
}

struct Times(Vec<Rule>);

struct Rule {
    mode: Parameter,
    hour: Parameter,
    minute: Parameter,
    day_of_month: Parameter,
    weekday: Parameter,
    value: Parameter,
    unit: Parameter,
    expression: Parameter,
}

impl Node for Times {
    fn execute(&self, run: &NodeRun) -> Step {
        Step::Done(Ok(Outcome::of(start_items(run))))
    }

    fn trigger(&self, run: &NodeRun) -> Option<Result<TriggerSpec, ErrorInfo>> {
        let rules: Result<Vec<ScheduleRule>, ErrorInfo> =
            self.0.iter().map(|rule| rule.times(run)).collect();
        Some(rules.map(|rules| {
            TriggerSpec::Schedule(Arc::new(ScheduleSpec {
                rules,
                misfire: Misfire::Skip,
            }))
        }))
    }
}

impl Rule {
    fn read(index: usize, entry: &Template) -> Self {
        let part = |key: &str, default: Value| {
            Parameter::inner(
                format!("triggerTimes.item[{index}].{key}"),
                entry.get(key),
                default,
            )
        };
        Self {
            mode: part("mode", "everyDay".into()),
            hour: part("hour", 14.into()),
            minute: part("minute", 0.into()),
            day_of_month: part("dayOfMonth", 1.into()),
            weekday: part("weekday", "1".into()),
            value: part("value", 2.into()),
            unit: part("unit", "hours".into()),
            expression: part("cronExpression", "* * * * * *".into()),
        }
    }

    fn times(&self, run: &NodeRun) -> Result<ScheduleRule, ErrorInfo> {
        let stable = Stable::of(run);
        let second = stable.below("second", 60);
        let minute = || in_range(run, &self.minute, 0, 59);
        let hour = || in_range(run, &self.hour, 0, 23);
        let mode = run.text(&self.mode, 0)?;
        let text = match &*mode {
            "everyMinute" => "* * * * *".to_owned(),
            "everyHour" => format!("{} * * * *", minute()?),
            "everyDay" => format!("{} {} * * *", minute()?, hour()?),
            "everyWeek" => {
                format!(
                    "{} {} * * {}",
                    minute()?,
                    hour()?,
                    in_range(run, &self.weekday, 0, 7)? % 7
                )
            }
            "everyMonth" => {
                let day = in_range(run, &self.day_of_month, 1, 31)?;
                format!("{} {} {day} * *", minute()?, hour()?)
            }
            "everyX" if &*run.text(&self.unit, 0)? == "minutes" => {
                format!("*/{} * * * *", in_range(run, &self.value, 1, 59)?)
            }
            "everyX" => format!(
                "{} */{} * * *",
                stable.below("minute", 60),
                in_range(run, &self.value, 1, 23)?
            ),
            "custom" => run.text(&self.expression, 0)?.trim().to_owned(),
            other => {
                return Err(run.error(
                    format!("`{}` is no known mode: `{other}`", self.mode.name),
                    None,
                    Some(&self.mode.name),
                ));
            }
        };
        let cron = six_fields(&text, second).ok_or_else(|| {
            run.error(
                format!(
                    "`{}` must be a cron expression of five or six fields, not `{text}`",
                    self.expression.name
                ),
                None,
                Some(&self.expression.name),
            )
        })?;
        Ok(ScheduleRule {
            cron,
            every: Every::Time,
        })
    }
}

#[cfg(test)]
mod tests {
    use itemflow_model::TriggerSpec;
    use serde_json::json;

    use crate::core::tests::node_and_run;

    fn times(parameters: serde_json::Value) -> Result<Vec<String>, String> {
        let (node, run) = node_and_run("cron", None, &parameters.into(), &[]);
        match node.trigger(&run).unwrap() {
            Ok(TriggerSpec::Schedule(spec)) => Ok(spec
                .rules
                .iter()
                .map(|rule| rule.cron.to_string())
                .collect()),
            Ok(other) => panic!("a schedule, not {other:?}"),
            Err(error) => Err(error.message),
        }
    }

    #[test]
    fn each_mode_has_its_times() {
        for (entry, expected) in [
            (json!({ "mode": "everyMinute" }), "* * * * *"),
            (json!({ "mode": "everyHour", "minute": 5 }), "5 * * * *"),
            (json!({}), "0 14 * * *"),
            (
                json!({ "mode": "everyWeek", "hour": 8, "weekday": "0" }),
                "0 8 * * 0",
            ),
            (
                json!({ "mode": "everyMonth", "dayOfMonth": 3 }),
                "0 14 3 * *",
            ),
            (
                json!({ "mode": "everyX", "unit": "minutes", "value": 10 }),
                "*/10 * * * *",
            ),
            (
                json!({ "mode": "custom", "cronExpression": " 1 2 * * * " }),
                "1 2 * * *",
            ),
        ] {
            let all = times(json!({ "triggerTimes": { "item": [entry.clone()] } })).unwrap();
            let after_second = all[0].split_once(' ').unwrap().1;
            assert_eq!(after_second, expected, "{entry}");
        }
        let hours = json!({ "triggerTimes": { "item": [{ "mode": "everyX", "value": 6 }] } });
        assert!(times(hours).unwrap()[0].ends_with(" */6 * * *"));
        assert!(times(json!({ "rule": {} })).unwrap().is_empty());
    }

    #[test]
    fn bad_rules_are_named() {
        for (entry, expected) in [
            (
                json!({ "hour": 24 }),
                "`triggerTimes.item[0].hour` must be from 0 to 23, not 24",
            ),
            (
                json!({ "mode": "often" }),
                "`triggerTimes.item[0].mode` is no known mode: `often`",
            ),
        ] {
            let error = times(json!({ "triggerTimes": { "item": [entry] } })).unwrap_err();
            assert_eq!(error, expected);
        }
    }
}
