//! What Date & Time takes in both of its versions.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use serde_json::json;

const VERSION: &str = "@version";
const UNITS: [&str; 9] = [
    "quarters",
    "years",
    "months",
    "weeks",
    "days",
    "hours",
    "minutes",
    "seconds",
    "milliseconds",
];

pub(super) static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    examples(first_version(second_version(
        NodeDefinition::new(
            "n8n-nodes-base.dateTime",
            "Date & Time",
            "Computes with dates, formats them and takes them apart.",
        )
        .versions(&[1.0, 2.0]),
    )))
});

fn second_version(definition: NodeDefinition) -> NodeDefinition {
    let text = |description| Property::of(PropertyType::String, description);
    let unit = |description, units: &[&str]| Property::choice(description, units);
    let rounding = ["year", "month", "week", "day", "hour", "minute", "second"];
    definition
        .property(
            "operation",
            Property::choice(
                "What to do. Version 1 knows `add` and `subtract` only, for the action `calculate`.",
                &[
                    "getCurrentDate",
                    "addToDate",
                    "subtractFromDate",
                    "formatDate",
                    "roundDate",
                    "getTimeBetweenDates",
                    "extractDate",
                    "add",
                    "subtract",
                ],
            )
            .default_value("getCurrentDate"),
        )
        .property(
            "includeTime",
            Property::of(PropertyType::Boolean, "Give the time too, not midnight.")
                .default_value(true)
                .shown_when("operation", ["getCurrentDate"]),
        )
        .property(
            "magnitude",
            text("The date to add to or to subtract from: ISO 8601 or another common form, or seconds or milliseconds since 1970.")
                .required()
                .shown_when("operation", ["addToDate", "subtractFromDate"]),
        )
        .property(
            "date",
            text("The date: ISO 8601 or another common form, or seconds or milliseconds since 1970.")
                .required()
                .shown_when("operation", ["formatDate", "roundDate", "extractDate"]),
        )
        .property(
            "timeUnit",
            unit("The unit of `duration`.", &UNITS).default_value("days"),
        )
        .property(
            "duration",
            Property::of(PropertyType::Number, "How many units to add or to subtract.")
                .default_value(0),
        )
        .property(
            "format",
            Property::choice(
                "The form of the result: `custom`, or any format of luxon's tokens.",
                &[
                    "custom",
                    "MM/dd/yyyy",
                    "yyyy/MM/dd",
                    "MMMM dd yyyy",
                    "MM-dd-yyyy",
                    "yyyy-MM-dd",
                    "X",
                    "x",
                ],
            )
            .default_value("MM/dd/yyyy")
            .shown_when("operation", ["formatDate"]),
        )
        .property(
            "customFormat",
            text("A format of luxon's tokens.").shown_when("format", ["custom"]),
        )
        .property(
            "mode",
            Property::choice("Which way to round.", &["roundDown", "roundUp"])
                .default_value("roundDown")
                .shown_when("operation", ["roundDate"]),
        )
        .property(
            "toNearest",
            unit("The unit whose beginning is looked for backwards.", &rounding)
                .default_value("month")
                .shown_when("mode", ["roundDown"]),
        )
        .property(
            "to",
            unit("The unit whose beginning is looked for forwards.", &rounding)
                .default_value("month")
                .shown_when("mode", ["roundUp"]),
        )
        .property(
            "startDate",
            text("The earlier date.")
                .required()
                .shown_when("operation", ["getTimeBetweenDates"]),
        )
        .property(
            "endDate",
            text("The later date.")
                .required()
                .shown_when("operation", ["getTimeBetweenDates"]),
        )
        .property(
            "units",
            Property {
                options: Property::choice(
                    "",
                    &[
                        "year",
                        "month",
                        "week",
                        "day",
                        "hour",
                        "minute",
                        "second",
                        "millisecond",
                    ],
                )
                .options,
                ..Property::of(
                    PropertyType::MultiOptions,
                    "The units the difference is counted in; the shortest takes the fraction.",
                )
            }
            .default_value(json!(["day"]))
            .shown_when("operation", ["getTimeBetweenDates"]),
        )
        .property(
            "part",
            unit("The part to take; `week` is the number of the week.", &rounding)
                .default_value("month")
                .shown_when("operation", ["extractDate"]),
        )
        .property(
            "outputFieldName",
            text("Where the result goes. By default currentDate, newDate, formattedDate, roundedDate, timeDifference or datePart, as the operation is.")
                .shown_when(VERSION, [2]),
        )
}

fn first_version(definition: NodeDefinition) -> NodeDefinition {
    let text = |description| Property::of(PropertyType::String, description);
    let options = Property::of(PropertyType::Collection, "Further settings.")
        .field(
            "includeInputFields",
            Property::of(
                PropertyType::Boolean,
                "Keep the fields of the input item beside the result (version 2).",
            )
            .default_value(false),
        )
        .field(
            "fromFormat",
            text("The format that the date is read in: luxon's tokens in version 2, moment's in version 1."),
        )
        .field(
            "timezone",
            text("For `getCurrentDate` the time zone of the result; for `formatDate` whether to take the workflow's instead of UTC (version 2)."),
        )
        .field(
            "isoString",
            Property::of(
                PropertyType::Boolean,
                "Give the difference as an ISO 8601 duration (version 2).",
            )
            .default_value(false),
        )
        .field(
            "fromTimezone",
            text("Time zone of a date that names none (version 1).").default_value("UTC"),
        )
        .field(
            "toTimezone",
            text("Time zone of the result (version 1).").default_value("UTC"),
        );
    let format = |property: Property| property.shown_when("action", ["format"]);
    definition
        .property(
            "action",
            Property::choice("What to do, in version 1.", &["format", "calculate"])
                .default_value("format")
                .shown_when(VERSION, [1]),
        )
        .property(
            "value",
            text("The date, in version 1.")
                .required()
                .shown_when(VERSION, [1]),
        )
        .property(
            "custom",
            format(Property::of(
                PropertyType::Boolean,
                "Whether `toFormat` is of your own, in version 1.",
            ))
            .default_value(false),
        )
        .property(
            "toFormat",
            format(Property::choice(
                "The form of the result in version 1, in moment's tokens.",
                &[
                    "MM/DD/YYYY",
                    "YYYY/MM/DD",
                    "MMMM DD YYYY",
                    "MM-DD-YYYY",
                    "YYYY-MM-DD",
                    "X",
                    "x",
                ],
            ))
            .default_value("MM/DD/YYYY"),
        )
        .property(
            "dataPropertyName",
            text("Where the result goes in version 1; dots lead into objects.")
                .default_value("data")
                .shown_when(VERSION, [1]),
        )
        .property("options", options)
}

fn examples(definition: NodeDefinition) -> NodeDefinition {
    definition
        .example(
            "now",
            json!({ "operation": "getCurrentDate", "options": { "timezone": "Europe/Berlin" } }),
            json!([[{}]]),
            json!([[{ "currentDate": "2023-11-14T23:13:20.000+01:00" }]]),
        )
        .example(
            "three days later, the other fields kept",
            json!({
                "operation": "addToDate",
                "magnitude": "={{ $json.start }}",
                "duration": 3,
                "options": { "includeInputFields": true },
            }),
            json!([[{ "start": "2024-02-28T10:00:00Z" }]]),
            json!([[{ "start": "2024-02-28T10:00:00Z", "newDate": "2024-03-02T10:00:00.000Z" }]]),
        )
        .example(
            "a quarter of an hour before",
            json!({
                "operation": "subtractFromDate",
                "magnitude": 1_700_000_000,
                "duration": 15,
                "timeUnit": "minutes",
                "outputFieldName": "before",
            }),
            json!([[{}]]),
            json!([[{ "before": "2023-11-14T21:58:20.000Z" }]]),
        )
        .example(
            "a format of your own",
            json!({
                "operation": "formatDate",
                "date": "={{ $json.date }}",
                "format": "custom",
                "customFormat": "d LLL yyyy 'at' HH:mm",
            }),
            json!([[{ "date": "2024-01-02T03:04:05+02:00" }]]),
            json!([[{ "formattedDate": "2 Jan 2024 at 03:04" }]]),
        )
        .example(
            "up to the next week",
            json!({ "operation": "roundDate", "date": "2024-01-02", "mode": "roundUp", "to": "week" }),
            json!([[{}]]),
            json!([[{ "roundedDate": "2024-01-08T00:00:00.000Z" }]]),
        )
        .example(
            "the time between two dates",
            json!({
                "operation": "getTimeBetweenDates",
                "startDate": "2024-01-01",
                "endDate": "2024-02-03T12:00:00Z",
                "units": ["month", "day"],
            }),
            json!([[{}]]),
            json!([[{ "timeDifference": { "months": 1, "days": 2.5 } }]]),
        )
        .example(
            "the number of the week",
            json!({ "operation": "extractDate", "date": "2024-02-03", "part": "week" }),
            json!([[{}]]),
            json!([[{ "datePart": 5 }]]),
        )
}
