//! Options of both versions, item linking and failures.

use itemflow_model::{Link, Value};
use serde_json::{Value as Json, json};

use crate::core::tests::{list, outcome, run};

#[allow(
    clippy::needless_pass_by_value,
    reason = "cases read better with the values themselves"
)]
fn one(version: f64, parameters: Json, item: Json) -> Result<Json, String> {
    let outputs = run(
        "dateTime",
        Some(version),
        &parameters.into(),
        &[list(json!([item]))],
    )?;
    Ok(outputs[0]
        .first()
        .map_or(Json::Null, |item| serde_json::to_value(item).unwrap()))
}

#[test]
fn dates_are_read_in_every_form() {
    for (date, options, expected) in [
        (
            json!("2024-01-02T03:04:05Z"),
            json!({}),
            "2024-01-02 03:04 Z",
        ),
        (
            json!("2024-01-02T03:04:05+02:00"),
            json!({}),
            "2024-01-02 03:04 +02",
        ),
        (
            json!("2024-01-02T03:04:05+05:30"),
            json!({}),
            "2024-01-02 03:04 +05:30",
        ),
        (
            json!("2024-01-02T03:04:05-05:00"),
            json!({}),
            "2024-01-02 08:04 Z",
        ),
        (json!(1_700_000_000), json!({}), "2023-11-14 22:13 Z"),
        (json!("1700000000"), json!({}), "2023-11-14 22:13 Z"),
        (
            json!(1_700_000_000_123_i64),
            json!({}),
            "2023-11-14 22:13 Z",
        ),
        (json!(1_700_000_000.5), json!({}), "2023-11-14 22:13 Z"),
        (json!("2 Jan 2024 10:00"), json!({}), "2024-01-02 10:00 Z"),
        (
            json!("02.01.24"),
            json!({ "fromFormat": "dd.MM.yy" }),
            "2024-01-02 00:00 Z",
        ),
        (
            json!("20240102"),
            json!({ "fromFormat": "yyyyMMdd" }),
            "2024-01-02 00:00 Z",
        ),
        (
            json!("={{ $now.setZone('America/New_York') }}"),
            json!({}),
            "2023-11-14 17:13 -05",
        ),
        (
            json!("={{ $now.setZone('America/New_York').toISO() }}"),
            json!({}),
            "2023-11-14 22:13 Z",
        ),
    ] {
        let parameters = json!({
            "operation": "formatDate",
            "date": date,
            "format": "yyyy-MM-dd HH:mm ZZ",
            "options": options,
        });
        let actual = one(2.0, parameters, json!({})).unwrap();
        let text = actual["formattedDate"].as_str().unwrap();
        let text = text.replace(" +00:00", " Z");
        let text = text
            .strip_suffix(":00")
            .filter(|t| t.len() > 19)
            .unwrap_or(&text);
        assert_eq!(text, expected, "{date}");
    }
}

#[test]
fn a_null_date_stays_null_and_other_values_are_errors() {
    let format = |date: Json| {
        one(
            2.0,
            json!({ "operation": "formatDate", "date": date }),
            json!({}),
        )
    };
    assert_eq!(format(json!(null)), Ok(json!({ "formattedDate": null })));
    assert_eq!(
        format(json!("={{ $json.missing }}")),
        Ok(json!({ "formattedDate": null }))
    );
    for date in [json!("soon"), json!(""), json!({}), json!("12:30")] {
        let error = format(date.clone()).unwrap_err();
        assert!(error.contains("`date` is no date"), "{date}: {error}");
    }
    assert_eq!(
        one(
            2.0,
            json!({ "operation": "formatDate", "date": "2024", "options": { "fromFormat": "dd" } }),
            json!({})
        )
        .unwrap_err(),
        "`date` is no date: \"2024\"; it must have the form `dd`, which `fromFormat` says"
    );
}

#[test]
fn every_unit_is_added_rounded_and_extracted() {
    let date = "2024-05-15T13:14:15.678Z";
    for (unit, added, down, up, part) in [
        (
            "year",
            "2026-05-15T13:14:15.678Z",
            "2024-01-01T00:00:00.000Z",
            "2025-01-01T00:00:00.000Z",
            2024,
        ),
        (
            "month",
            "2024-07-15T13:14:15.678Z",
            "2024-05-01T00:00:00.000Z",
            "2024-06-01T00:00:00.000Z",
            5,
        ),
        (
            "week",
            "2024-05-29T13:14:15.678Z",
            "2024-05-13T00:00:00.000Z",
            "2024-05-20T00:00:00.000Z",
            20,
        ),
        (
            "day",
            "2024-05-17T13:14:15.678Z",
            "2024-05-15T00:00:00.000Z",
            "2024-05-16T00:00:00.000Z",
            15,
        ),
        (
            "hour",
            "2024-05-15T15:14:15.678Z",
            "2024-05-15T13:00:00.000Z",
            "2024-05-15T14:00:00.000Z",
            13,
        ),
        (
            "minute",
            "2024-05-15T13:16:15.678Z",
            "2024-05-15T13:14:00.000Z",
            "2024-05-15T13:15:00.000Z",
            14,
        ),
        (
            "second",
            "2024-05-15T13:14:17.678Z",
            "2024-05-15T13:14:15.000Z",
            "2024-05-15T13:14:16.000Z",
            15,
        ),
    ] {
        let cases = [
            (
                json!({ "operation": "addToDate", "magnitude": date, "duration": 2, "timeUnit": format!("{unit}s") }),
                json!({ "newDate": added }),
            ),
            (
                json!({ "operation": "roundDate", "date": date, "toNearest": unit }),
                json!({ "roundedDate": down }),
            ),
            (
                json!({ "operation": "roundDate", "date": date, "mode": "roundUp", "to": unit }),
                json!({ "roundedDate": up }),
            ),
            (
                json!({ "operation": "extractDate", "date": date, "part": unit }),
                json!({ "datePart": part }),
            ),
        ];
        for (parameters, expected) in cases {
            assert_eq!(one(2.0, parameters, json!({})), Ok(expected), "{unit}");
        }
    }
}

#[test]
fn differences_have_the_units_asked_for() {
    let between = |units: Json, options: Json| {
        let parameters = json!({
            "operation": "getTimeBetweenDates",
            "startDate": "2023-11-15T10:00:00Z",
            "endDate": "2024-01-31T00:00:00Z",
            "units": units,
            "options": options,
        });
        one(2.0, parameters, json!({})).map(|json| json["timeDifference"].clone())
    };
    assert_eq!(
        between(json!(["month", "day", "hour"]), json!({})),
        Ok(json!({ "months": 2, "days": 15, "hours": 14 }))
    );
    assert_eq!(
        between(json!(["month", "day"]), json!({ "isoString": true })),
        Ok(json!("P2M15.583333333333334D"))
    );
    assert!(between(json!([]), json!({})).is_err());
    assert!(between(json!(["moon"]), json!({})).is_err());
}

#[test]
fn what_cannot_run_says_why() {
    for (parameters, message) in [
        (
            json!({ "operation": "shift" }),
            "there is no operation `shift`",
        ),
        (
            json!({ "options": { "timezone": "Mars/Olympus" } }),
            "there is no time zone `Mars/Olympus`; names look like Europe/Berlin",
        ),
        (
            json!({ "operation": "addToDate", "magnitude": 0, "duration": 1e300 }),
            "the result is beyond the calendar: take a smaller `duration`",
        ),
        (
            json!({ "operation": "addToDate", "magnitude": 0, "timeUnit": "moons" }),
            "`timeUnit` is no unit of time: `moons`; choose for example days or hours",
        ),
    ] {
        assert_eq!(one(2.0, parameters, json!({})).unwrap_err(), message);
    }
}

#[test]
fn version_1_formats_with_moments_tokens() {
    let options = |from: &str, to: &str| json!({ "fromTimezone": from, "toTimezone": to });
    for (parameters, expected) in [
        (
            json!({ "value": "2024-01-02T03:04:05Z" }),
            json!("01/02/2024"),
        ),
        (json!({ "value": 1_700_000_000 }), json!("11/14/2023")),
        (json!({ "value": null }), json!("01/01/1970")),
        (
            json!({ "value": 1_700_000_000_123_i64, "toFormat": "x" }),
            json!("1700000000123"),
        ),
        (
            json!({ "value": "2024-01-02T03:04:05Z", "custom": true }),
            json!("2024-01-02T03:04:05Z"),
        ),
        (
            json!({ "value": "2024-01-02T03:04:05Z", "custom": true, "toFormat": "Do [of] MMMM" }),
            json!("2nd of January"),
        ),
        (
            json!({ "value": "02.01.2024", "toFormat": "YYYY-MM-DD", "options": { "fromFormat": "DD.MM.YYYY" } }),
            json!("2024-01-02"),
        ),
        (
            json!({ "value": "2024-01-02T10:00:00", "custom": true, "toFormat": "YYYY-MM-DD HH:mm Z", "options": options("America/New_York", "Europe/Berlin") }),
            json!("2024-01-02 16:00 +01:00"),
        ),
    ] {
        let actual = one(1.0, parameters.clone(), json!({ "a": 1 })).unwrap();
        assert_eq!(actual, json!({ "a": 1, "data": expected }), "{parameters}");
    }
    assert_eq!(
        one(1.0, json!({ "value": "={{ $json.missing }}" }), json!({})),
        Ok(Json::Null)
    );
    assert_eq!(
        one(1.0, json!({ "value": "soon" }), json!({})).unwrap_err(),
        "`value` is no date: \"soon\"; say its form in `options.fromFormat`"
    );
}

#[test]
fn version_1_calculates_in_utc() {
    let calculate = |mut parameters: Json| {
        parameters["action"] = json!("calculate");
        parameters["dataPropertyName"] = json!("out.date");
        one(1.0, parameters, json!({ "out": { "b": 1 } })).map(|json| json["out"]["date"].clone())
    };
    assert_eq!(
        calculate(
            json!({ "value": "2024-01-31T10:00:00+02:00", "duration": 1, "timeUnit": "months" })
        ),
        Ok(json!("2024-02-29T08:00:00.000Z"))
    );
    assert_eq!(
        calculate(
            json!({ "value": "05/03/2024", "operation": "subtract", "duration": 1, "timeUnit": "quarters", "options": { "fromFormat": "DD/MM/YYYY" } })
        ),
        Ok(json!("2023-12-05T00:00:00.000Z"))
    );
    assert!(
        calculate(json!({ "value": "x05/03/2024", "options": { "fromFormat": "DD/MM/YYYY" } }))
            .is_err()
    );
    assert!(calculate(json!({ "value": "soon" })).is_err());
    assert!(calculate(json!({ "value": "2024", "operation": "times" })).is_err());
}

#[test]
fn dropped_items_leave_the_links_of_the_others_right() {
    let parameters: Value = json!({ "value": "={{ $json.d }}" }).into();
    let inputs = [list(json!([{}, { "d": 0 }, { "d": 1 }]))];
    let outcome = outcome("dateTime", Some(1.0), &parameters, &inputs).unwrap();
    let items = outcome.outputs[0].clone().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!((items.link(0), items.link(1)), (Link::to(1), Link::to(2)));
}
