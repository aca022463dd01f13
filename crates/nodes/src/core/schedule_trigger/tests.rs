//! The times that rules stand for, and the item of an execution.

use itemflow_model::{Every, TriggerSpec};
use serde_json::json;

use crate::core::tests::{list, node_and_run, run};

fn rules(version: f64, parameters: serde_json::Value) -> Result<Vec<(String, Every)>, String> {
    let (node, run) = node_and_run("scheduleTrigger", Some(version), &parameters.into(), &[]);
    match node.trigger(&run).unwrap() {
        Ok(TriggerSpec::Schedule(spec)) => {
            let rules = spec.rules.iter();
            Ok(rules
                .map(|rule| (rule.cron.to_string(), rule.every))
                .collect())
        }
        Ok(other) => panic!("a schedule, not {other:?}"),
        Err(error) => Err(error.message),
    }
}

fn rule(entry: &serde_json::Value) -> (String, Every) {
    let found = rules(1.2, json!({ "rule": { "interval": [entry] } })).unwrap();
    found.into_iter().next().unwrap()
}

/// The expression without its second, which is arbitrary.
fn after_second(entry: &serde_json::Value) -> String {
    let (cron, _) = rule(entry);
    cron.split_once(' ').unwrap().1.to_owned()
}

#[test]
fn each_unit_has_its_times() {
    assert_eq!(
        rule(&json!({ "field": "seconds", "secondsInterval": 10 })).0,
        "*/10 * * * * *"
    );
    for (entry, expected) in [
        (json!({ "field": "minutes" }), "*/5 * * * *"),
        (
            json!({ "field": "minutes", "minutesInterval": 7 }),
            "* * * * *",
        ),
        (
            json!({ "field": "hours", "triggerAtMinute": 15 }),
            "15 */1 * * *",
        ),
        (
            json!({ "field": "hours", "hoursInterval": 5, "triggerAtMinute": 0 }),
            "0 * * * *",
        ),
        (
            json!({ "triggerAtHour": 9, "triggerAtMinute": 30 }),
            "30 9 * * *",
        ),
        (
            json!({ "field": "weeks", "triggerAtDay": [1, 5], "triggerAtHour": 8, "triggerAtMinute": 0 }),
            "0 8 * * 1,5",
        ),
        (
            json!({ "field": "weeks", "triggerAtMinute": 0 }),
            "0 0 * * 0",
        ),
        (
            json!({ "field": "months", "triggerAtDayOfMonth": 15, "triggerAtHour": 6, "triggerAtMinute": 5 }),
            "5 6 15 */1 *",
        ),
        (
            json!({ "field": "months", "monthsInterval": 5, "triggerAtMinute": 5 }),
            "5 0 1 * *",
        ),
        (
            json!({ "field": "cronExpression", "expression": "0 9 * * 1-5" }),
            "0 9 * * 1-5",
        ),
    ] {
        assert_eq!(after_second(&entry), expected, "{entry}");
    }
    let (cron, _) = rule(&json!({ "field": "cronExpression", "expression": "5 0 9 * * MON" }));
    assert_eq!(cron, "5 0 9 * * MON");
}

#[test]
fn what_a_unit_does_not_divide_evenly_is_counted() {
    for (entry, expected) in [
        (
            json!({ "field": "minutes", "minutesInterval": 7 }),
            Every::Minutes(7),
        ),
        (
            json!({ "field": "minutes", "minutesInterval": 15 }),
            Every::Time,
        ),
        (
            json!({ "field": "hours", "hoursInterval": 5 }),
            Every::Hours(5),
        ),
        (json!({ "daysInterval": 3 }), Every::Days(3)),
        (
            json!({ "field": "weeks", "weeksInterval": 2 }),
            Every::Weeks(2),
        ),
        (
            json!({ "field": "months", "monthsInterval": 5 }),
            Every::Months(5),
        ),
        (
            json!({ "field": "months", "monthsInterval": 3 }),
            Every::Time,
        ),
    ] {
        assert_eq!(rule(&entry).1, expected, "{entry}");
    }
}

#[test]
fn nothing_stored_is_once_a_day_at_a_minute_that_never_changes() {
    for parameters in [json!({}), json!({ "rule": { "interval": [{}] } })] {
        let first = rules(1.2, parameters.clone()).unwrap();
        assert_eq!(first, rules(1.2, parameters).unwrap());
        let fields: Vec<&str> = first[0].0.split(' ').collect();
        assert_eq!(fields[2..], ["0", "*", "*", "*"]);
        assert!(fields[1].parse::<u32>().unwrap() < 60);
    }
}

#[test]
fn later_versions_refuse_numbers_outside_their_range() {
    let entry = json!({ "rule": { "interval": [{ "field": "hours", "hoursInterval": 24 }] } });
    assert!(rules(1.2, entry.clone()).is_ok());
    assert_eq!(
        rules(1.3, entry).unwrap_err(),
        "`rule.interval[0].hoursInterval` must be from 1 to 23, not 24"
    );
    for (entry, expected) in [
        (
            json!({ "field": "weeks", "weeksInterval": 0 }),
            "`rule.interval[0].weeksInterval` must be at least 1, not 0",
        ),
        (
            json!({ "field": "fortnights" }),
            "`rule.interval[0].field` is one of `seconds`, `minutes`, `hours`, `days`, `weeks`, `months` or \
             `cronExpression`, not `fortnights`",
        ),
        (
            json!({ "field": "cronExpression", "expression": "every day" }),
            "`rule.interval[0].expression` must be a cron expression of five or six fields, not `every day`",
        ),
        (
            json!({ "field": "weeks", "triggerAtDay": ["Monday"] }),
            "`rule.interval[0].triggerAtDay` must be a list of days from 0 (Sunday) to 6, not [\"Monday\"]",
        ),
    ] {
        let error = rules(1.3, json!({ "rule": { "interval": [entry] } })).unwrap_err();
        assert_eq!(error, expected);
    }
}

#[test]
fn the_item_says_when() {
    let outputs = run(
        "scheduleTrigger",
        None,
        &json!({}).into(),
        &[list(json!([{}]))],
    )
    .unwrap();
    assert_eq!(
        serde_json::Value::from(&outputs[0][0]),
        json!({
            "timestamp": "2023-11-14T22:13:20.000+00:00",
            "Readable date": "November 14th 2023, 10:13:20 pm",
            "Readable time": "10:13:20 pm",
            "Day of week": "Tuesday",
            "Year": "2023",
            "Month": "November",
            "Day of month": "14",
            "Hour": "22",
            "Minute": "13",
            "Second": "20",
            "Timezone": "UTC (UTC+00:00)",
        })
    );
}
