//! The moment that a value names: ISO 8601, RFC 2822, HTTP and SQL texts, what browsers write, milliseconds.

use itemflow_model::Value;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::rfc2822;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::TimeZone;

use super::javascript;

/// No text this long is a date.
const MAX_LENGTH: usize = 100;

/// Forms without an offset that are UTC by definition: HTTP's two old ones.
const HTTP: &[&str] = &["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];

/// Forms beyond ISO 8601 and RFC 2822. Where one has no offset the time zone of the workflow holds.
const OTHERS: &[&str] = &[
    "%Y-%m-%d %H:%M:%S%.f %:z",
    "%Y-%m-%d %H:%M:%S%.f %Q",
    "%a %b %d %Y %H:%M:%S GMT%z",
    "%a %b %d %Y",
    "%b %d, %Y %H:%M:%S",
    "%b %d, %Y %H:%M",
    "%b %d, %Y",
    "%B %d, %Y %H:%M:%S",
    "%B %d, %Y %H:%M",
    "%B %d, %Y",
    "%d %b %Y %H:%M:%S",
    "%d %b %Y %H:%M",
    "%d %b %Y",
    "%d %B %Y %H:%M:%S",
    "%d %B %Y %H:%M",
    "%d %B %Y",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%m/%d/%Y, %I:%M:%S %p",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y",
];

/// The moment a value names in the current nodes: texts in the workflow's time zone unless they say otherwise. A number
/// of four digits is a year, any other is milliseconds since 1970.
pub(crate) fn moment(value: &Value, zone: &TimeZone) -> Option<Timestamp> {
    match value {
        Value::String(text) => parse(text, zone, zone),
        Value::Number(number) => parse(&javascript::text(value), zone, zone)
            .or_else(|| from_milliseconds(number.as_f64())),
        _ => None,
    }
}

/// The moment a value names for JavaScript's `new Date(value)`, as the oldest nodes use it: a date without a time is UTC.
pub(crate) fn javascript_date(value: &Value, zone: &TimeZone) -> Option<Timestamp> {
    match value {
        Value::String(text) => parse(text, &TimeZone::UTC, zone),
        Value::Number(number) => from_milliseconds(number.as_f64()),
        _ => None,
    }
}

fn from_milliseconds(milliseconds: f64) -> Option<Timestamp> {
    let whole = milliseconds.is_finite().then(|| milliseconds.trunc())?;
    Timestamp::from_millisecond(whole as i64).ok()
}

/// Reads a text; `date_zone` holds for a date alone in ISO form, `zone` for everything else without an offset.
fn parse(text: &str, date_zone: &TimeZone, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_LENGTH {
        return None;
    }
    iso(text, date_zone, zone)
        .or_else(|| {
            let parser = rfc2822::DateTimeParser::new().relaxed_weekday(true);
            parser.parse_timestamp(text).ok()
        })
        .or_else(|| {
            HTTP.iter()
                .find_map(|form| strptime(form, text, &TimeZone::UTC))
        })
        .or_else(|| {
            // browsers add the zone's name: `… GMT+0100 (CET)`
            let text = text.split_once(" (").map_or(text, |(before, _)| before);
            OTHERS.iter().find_map(|form| strptime(form, text, zone))
        })
}

fn iso(text: &str, date_zone: &TimeZone, zone: &TimeZone) -> Option<Timestamp> {
    if !text.starts_with(|c: char| c.is_ascii_digit() || c == '+' || c == '-') {
        return None;
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    let local = match text.len() {
        4 if text.bytes().all(|byte| byte.is_ascii_digit()) => format!("{text}-01-01"),
        7 if text.as_bytes()[4] == b'-' => format!("{text}-01"),
        _ => text.to_owned(),
    };
    let has_time = local.contains([':', 'T', 't', ' ']);
    let (local, zone) = if has_time {
        (local.parse::<DateTime>().ok()?, zone)
    } else {
        (
            local.parse::<Date>().ok()?.to_datetime(Default::default()),
            date_zone,
        )
    };
    timestamp(local, zone)
}

fn strptime(form: &str, text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let parsed = BrokenDownTime::parse(form, text).ok()?;
    if parsed.offset().is_some() {
        return parsed.to_timestamp().ok();
    }
    if parsed.iana_time_zone().is_some() {
        return parsed.to_zoned().ok().map(|zoned| zoned.timestamp());
    }
    timestamp(parsed.to_datetime().ok()?, zone)
}

fn timestamp(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(local).compatible().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        let zone = TimeZone::get("America/New_York").unwrap();
        moment(&Value::from(text), &zone).map(|moment| moment.to_string())
    }

    #[test]
    fn reads_the_forms_that_services_write() {
        for (text, expected) in [
            ("2024-01-02T03:04:05.678Z", "2024-01-02T03:04:05.678Z"),
            ("2024-01-02T03:04:05+02:00", "2024-01-02T01:04:05Z"),
            ("2024-01-02T03:04", "2024-01-02T08:04:00Z"),
            ("2024-01-02", "2024-01-02T05:00:00Z"),
            ("2024-01", "2024-01-01T05:00:00Z"),
            ("2024", "2024-01-01T05:00:00Z"),
            ("20240102", "2024-01-02T05:00:00Z"),
            ("Tue, 02 Jan 2024 03:04:05 +0200", "2024-01-02T01:04:05Z"),
            ("Tue, 02 Jan 2024 03:04:05 GMT", "2024-01-02T03:04:05Z"),
            ("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z"),
            ("Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z"),
            ("2024-01-02 03:04:05", "2024-01-02T08:04:05Z"),
            ("2024-01-02 03:04:05.5 +02:00", "2024-01-02T01:04:05.5Z"),
            ("2024-01-02 03:04:05 Europe/Paris", "2024-01-02T02:04:05Z"),
            (
                "Tue Jan 02 2024 03:04:05 GMT+0100 (Central European Standard Time)",
                "2024-01-02T02:04:05Z",
            ),
            ("January 2, 2024", "2024-01-02T05:00:00Z"),
            ("Jan 2, 2024 10:00", "2024-01-02T15:00:00Z"),
            ("1/2/2024, 3:04:05 PM", "2024-01-02T20:04:05Z"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_texts_name_no_moment() {
        for text in [
            "",
            "soon",
            "12:30",
            "2024-13-01",
            "17",
            "2024-1-",
            &"9".repeat(500),
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_alone_is_utc_for_javascript_and_numbers_are_milliseconds() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let date = javascript_date(&Value::from("2024-01-02"), &zone).unwrap();
        assert_eq!(date.to_string(), "2024-01-02T00:00:00Z");
        let number = Value::from(1_700_000_000_000_i64);
        let expected = Timestamp::from_second(1_700_000_000).unwrap();
        assert_eq!(javascript_date(&number, &zone), Some(expected));
        assert_eq!(moment(&number, &zone), Some(expected));
        assert_eq!(moment(&Value::from(f64::INFINITY), &zone), None);
    }
}
