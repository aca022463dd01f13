//! What Schedule Trigger takes.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType, TypeOptions};
use serde_json::json;

pub(super) static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let number = |meaning: &str, default: i64| {
        Property::of(PropertyType::Number, meaning).default_value(default)
    };
    let several = TypeOptions {
        multiple_values: true,
        ..TypeOptions::default()
    };
    let interval = Property {
        type_options: Some(several),
        ..Property::of(PropertyType::Collection, "A rule; each starts executions of its own.")
    }
    .field(
        "field",
        Property::choice(
            "The unit of the rule.",
            &["seconds", "minutes", "hours", "days", "weeks", "months", "cronExpression"],
        )
        .default_value("days"),
    )
    .field("secondsInterval", number("Seconds between two executions, 1 to 59.", 30))
    .field("minutesInterval", number("Minutes between two executions, 1 to 59.", 5))
    .field("hoursInterval", number("Hours between two executions, 1 to 23.", 1))
    .field("daysInterval", number("Days between two executions, 1 to 31.", 1))
    .field("weeksInterval", number("Weeks between two executions.", 1))
    .field("monthsInterval", number("Months between two executions.", 1))
    .field(
        "triggerAtDay",
        Property::of(
            PropertyType::MultiOptions,
            "Days of the week of a rule in weeks; 0 is Sunday, which is also what holds where none is given.",
        ),
    )
    .field("triggerAtDayOfMonth", number("Day of the month of a rule in months.", 1))
    .field(
        "triggerAtHour",
        number("Hour of the day of a rule in days, weeks or months.", 0),
    )
    .field(
        "triggerAtMinute",
        Property::of(
            PropertyType::Number,
            "Minute of the hour; absent, one that is always the same for the node.",
        ),
    )
    .field(
        "expression",
        Property::of(
            PropertyType::String,
            "A cron expression of five or six fields; with six, the first is the second.",
        ),
    );
    NodeDefinition::new(
        "n8n-nodes-base.scheduleTrigger",
        "Schedule Trigger",
        "Starts executions at times of the clock, in the workflow's time zone.",
    )
    .versions(&[1.0, 1.1, 1.2, 1.3, 1.4])
    .inputs(&[])
    .property(
        "rule",
        Property::of(PropertyType::FixedCollection, "When executions start; absent, once a day.")
            .field("interval", interval),
    )
    .property(
        "misfirePolicy",
        Property::choice(
            "What becomes of times that passed while nothing could start: nothing, or one execution for all of them.",
            &["skip", "coalesce", "coalesce_owner"],
        )
        .default_value("skip"),
    )
    .example(
        "the item says when",
        json!({ "rule": { "interval": [{ "field": "weeks", "triggerAtDay": [1, 4], "triggerAtHour": 9 }] } }),
        json!([[{}]]),
        json!([[{
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
        }]]),
    )
});
