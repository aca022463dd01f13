//! From an iCalendar file to json: the calendar's own facts, and its events with their times, people and alarms.

use itemflow_model::{Map, Value};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::lines::{Line, unfold};

/// Components of a file.
const MAX_COMPONENTS: usize = 200_000;

/// Names of properties whose value is text, and what they are called in json.
const TEXTS: &[(&str, &str)] = &[
    ("ACTION", "action"),
    ("CLASS", "class"),
    ("COMMENT", "comment"),
    ("DESCRIPTION", "description"),
    ("DURATION", "duration"),
    ("GEO", "geo"),
    ("LOCATION", "location"),
    ("METHOD", "method"),
    ("NAME", "name"),
    ("PRIORITY", "priority"),
    ("PRODID", "prodId"),
    ("REPEAT", "repeat"),
    ("SEQUENCE", "sequence"),
    ("STATUS", "status"),
    ("SUMMARY", "summary"),
    ("TRANSP", "timeTransparent"),
    ("TZID", "id"),
    ("UID", "uid"),
    ("URL", "url"),
    ("VERSION", "version"),
    ("X-WR-CALNAME", "name"),
];

/// Names of properties whose value is a date or a moment.
const TIMES: &[(&str, &str)] = &[
    ("CREATED", "created"),
    ("DTEND", "end"),
    ("DTSTAMP", "stamp"),
    ("DTSTART", "start"),
    ("DUE", "due"),
    ("LAST-MODIFIED", "lastModified"),
    ("RECURRENCE-ID", "recurrenceId"),
];

/// Reads a file. A moment is `{ date, type }`, with `local` where it is one of a time zone.
///
/// # Errors
/// When it is no calendar.
pub(crate) fn read(text: &str, zone: &TimeZone) -> Result<Value, String> {
    let mut open: Vec<(String, Map)> = Vec::new();
    let mut components = 0;
    for line in unfold(text.trim_start_matches('\u{feff}')) {
        let Some(line) = Line::parse(&line) else {
            continue;
        };
        match line.name.as_str() {
            "BEGIN" => {
                components += 1;
                if components > MAX_COMPONENTS || open.len() > 10 {
                    return Err("the calendar has too many parts".into());
                }
                open.push((line.value.trim().to_ascii_uppercase(), Map::default()));
            }
            "END" => {
                let Some((name, members)) = open.pop() else {
                    break;
                };
                match open.last_mut() {
                    Some((_, outer)) => adopt(outer, &name, members),
                    None if name == "VCALENDAR" => return Ok(Value::from(members)),
                    None => break,
                }
            }
            _ => {
                if let Some((_, members)) = open.last_mut() {
                    property(members, &line, zone);
                }
            }
        }
    }
    Err("the file is no calendar: it has no VCALENDAR that begins and ends".into())
}

/// Puts a component into the one around it.
fn adopt(outer: &mut Map, name: &str, members: Map) {
    let list = match name {
        "VEVENT" => "events",
        "VALARM" => "alarms",
        "VTODO" => "todos",
        "VJOURNAL" => "journals",
        "VFREEBUSY" => "freeBusy",
        "VTIMEZONE" => "timezones",
        "STANDARD" | "DAYLIGHT" => "props",
        _ => return,
    };
    push(outer, list, Value::from(members));
}

fn push(members: &mut Map, name: &str, value: Value) {
    let list = members
        .entry(name.into())
        .or_insert_with(|| Value::from(Vec::new()));
    if let Value::Array(list) = list {
        std::sync::Arc::make_mut(list).push(value);
    }
}

fn property(members: &mut Map, line: &Line, zone: &TimeZone) {
    let find = |list: &[(&str, &'static str)]| {
        let found = list.iter().find(|(name, _)| *name == line.name);
        found.map(|(_, key)| *key)
    };
    if let Some(key) = find(TEXTS) {
        let is_number = matches!(key, "priority" | "repeat" | "sequence");
        let value = match line.value.trim().parse::<i64>() {
            Ok(number) if is_number => Value::from(number),
            _ => Value::from(line.text()),
        };
        members.insert(key.into(), value);
        return;
    }
    if let Some(key) = find(TIMES) {
        members.insert(key.into(), time(line, &line.value, zone));
        return;
    }
    match line.name.as_str() {
        "ATTENDEE" => push(members, "attendees", person(line)),
        "ORGANIZER" => {
            members.insert("organizer".into(), person(line));
        }
        "CATEGORIES" => {
            for category in line.text().split(',') {
                push(members, "categories", Value::from(category.trim()));
            }
        }
        "EXDATE" | "RDATE" => {
            let key = if line.name == "EXDATE" {
                "exceptionDates"
            } else {
                "recurrenceDates"
            };
            for date in line.value.split(',') {
                push(members, key, time(line, date, zone));
            }
        }
        "RRULE" => {
            members.insert("recurrenceRule".into(), rule(&line.value));
        }
        "TRIGGER" => {
            let kind = match line.parameter("VALUE") {
                Some("DATE-TIME") => "absolute",
                _ => "relative",
            };
            let value = match kind {
                "absolute" => time(line, &line.value, zone),
                _ => Value::from(line.value.as_str()),
            };
            let trigger = Value::from([("type", Value::from(kind)), ("value", value)]);
            members.insert("trigger".into(), trigger);
        }
        "ATTACH" => push(members, "attachments", Value::from(line.value.as_str())),
        _ => {}
    }
}

fn person(line: &Line) -> Value {
    let value = line.value.trim();
    let email = match value.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => &value[7..],
        _ => value,
    };
    let mut person = Map::default();
    for (parameter, key) in [
        ("CN", "name"),
        ("PARTSTAT", "partstat"),
        ("ROLE", "role"),
        ("RSVP", "rsvp"),
    ] {
        if let Some(text) = line.parameter(parameter) {
            let value = match key {
                "rsvp" => Value::from(text.eq_ignore_ascii_case("true")),
                _ => Value::from(text),
            };
            person.insert(key.into(), value);
        }
    }
    person.insert("email".into(), Value::from(email));
    Value::from(person)
}

/// `FREQ=WEEKLY;BYDAY=MO,2TU` by its parts.
fn rule(text: &str) -> Value {
    let mut rule = Map::default();
    for part in text.split(';') {
        let Some((name, value)) = part.split_once('=') else {
            continue;
        };
        let (key, value) = match name.trim().to_ascii_uppercase().as_str() {
            "FREQ" => ("frequency", Value::from(value)),
            "UNTIL" => ("until", date(value, None, &TimeZone::UTC).0),
            "COUNT" => ("count", number(value)),
            "INTERVAL" => ("interval", number(value)),
            "WKST" => ("workweekStart", Value::from(value)),
            "BYDAY" => (
                "byDay",
                list(value, |day| {
                    let split = day.len().saturating_sub(2);
                    let Some((occurrence, day)) = day.split_at_checked(split) else {
                        return Value::from(day);
                    };
                    let mut entry = Map::default();
                    entry.insert("day".into(), Value::from(day));
                    if let Ok(occurrence) = occurrence.parse::<i64>() {
                        entry.insert("occurence".into(), Value::from(occurrence));
                    }
                    Value::from(entry)
                }),
            ),
            "BYMONTH" => ("byMonth", list(value, number)),
            "BYMONTHDAY" => ("byMonthday", list(value, number)),
            "BYYEARDAY" => ("byYearday", list(value, number)),
            "BYWEEKNO" => ("byWeekNo", list(value, number)),
            "BYHOUR" => ("byHour", list(value, number)),
            "BYMINUTE" => ("byMinute", list(value, number)),
            "BYSECOND" => ("bySecond", list(value, number)),
            "BYSETPOS" => ("bySetPos", list(value, number)),
            _ => continue,
        };
        rule.insert(key.into(), value);
    }
    Value::from(rule)
}

fn list(text: &str, entry: impl Fn(&str) -> Value) -> Value {
    Value::from(
        text.split(',')
            .map(|part| entry(part.trim()))
            .collect::<Vec<_>>(),
    )
}

fn number(text: &str) -> Value {
    match text.trim().parse::<i64>() {
        Ok(number) => Value::from(number),
        Err(_) => Value::from(text),
    }
}

fn time(line: &Line, text: &str, zone: &TimeZone) -> Value {
    let name = line.parameter("TZID");
    let (value, kind) = date(text, name, zone);
    let is_local = name.is_some() && !text.trim().ends_with('Z');
    let mut time = Map::default();
    time.insert("date".into(), value.clone());
    time.insert("type".into(), Value::from(kind));
    if let (Some(name), true) = (name, is_local) {
        let local = civil(text.trim()).map_or(value, |local| Value::from(local.to_string()));
        let local = Value::from([("date", local), ("timezone", Value::from(name))]);
        time.insert("local".into(), local);
    }
    Value::from(time)
}

/// A date or a moment in ISO 8601, and which of both it is. What is neither stays as it is.
fn date(text: &str, zone_name: Option<&str>, zone: &TimeZone) -> (Value, &'static str) {
    let text = text.trim();
    if let Ok(day) = Date::strptime("%Y%m%d", text) {
        return (
            Value::from(iso(
                day.to_datetime(jiff::civil::Time::midnight()),
                &TimeZone::UTC,
            )),
            "DATE",
        );
    }
    let Some(local) = civil(text) else {
        return (Value::from(text), "DATE-TIME");
    };
    let named = zone_name.and_then(|name| TimeZone::get(name.trim_start_matches('/')).ok());
    let zone = match text.ends_with('Z') {
        true => &TimeZone::UTC,
        false => named.as_ref().unwrap_or(zone),
    };
    (Value::from(iso(local, zone)), "DATE-TIME")
}

fn civil(text: &str) -> Option<DateTime> {
    let text = text.strip_suffix('Z').unwrap_or(text);
    DateTime::strptime("%Y%m%dT%H%M%S", text).ok()
}

fn iso(local: DateTime, zone: &TimeZone) -> String {
    let moment = local
        .to_zoned(zone.clone())
        .map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp());
    format!("{moment:.3}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn events_become_json() {
        let text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nEND:VTIMEZONE\r\n\
            BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:a\\, b\r\n c\r\nDTSTART;TZID=Europe/Berlin:20240701T120000\r\nDTEND:20240701T110000Z\r\n\
            DTSTAMP:20240101T000000Z\r\nRRULE:FREQ=MONTHLY;BYDAY=2MO,TU;COUNT=3\r\nCATEGORIES:x,y\r\nSEQUENCE:2\r\n\
            ATTENDEE;CN=Ann;RSVP=TRUE:mailto:ann@example.com\r\nORGANIZER:MAILTO:bob@example.com\r\n\
            BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VEVENT\r\n\
            BEGIN:VEVENT\r\nUID:2\r\nDTSTART;VALUE=DATE:20240702\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let value = read(text, &TimeZone::UTC).unwrap();
        let expected = json!({
            "version": "2.0",
            "prodId": "-//x//y",
            "timezones": [{ "id": "Europe/Berlin" }],
            "events": [
                {
                    "uid": "1",
                    "summary": "a, bc",
                    "start": {
                        "date": "2024-07-01T10:00:00.000Z",
                        "type": "DATE-TIME",
                        "local": { "date": "2024-07-01T12:00:00", "timezone": "Europe/Berlin" },
                    },
                    "end": { "date": "2024-07-01T11:00:00.000Z", "type": "DATE-TIME" },
                    "stamp": { "date": "2024-01-01T00:00:00.000Z", "type": "DATE-TIME" },
                    "recurrenceRule": {
                        "frequency": "MONTHLY",
                        "byDay": [{ "day": "MO", "occurence": 2 }, { "day": "TU" }],
                        "count": 3,
                    },
                    "categories": ["x", "y"],
                    "sequence": 2,
                    "attendees": [{ "name": "Ann", "rsvp": true, "email": "ann@example.com" }],
                    "organizer": { "email": "bob@example.com" },
                    "alarms": [{ "action": "DISPLAY", "trigger": { "type": "relative", "value": "-PT15M" } }],
                },
                { "uid": "2", "start": { "date": "2024-07-02T00:00:00.000Z", "type": "DATE" } },
            ],
        });
        assert_eq!(serde_json::to_value(value).unwrap(), expected);
    }

    #[test]
    fn what_is_no_calendar_is_an_error() {
        for text in [
            "",
            "hello",
            "BEGIN:VCALENDAR",
            "END:VCALENDAR",
            "BEGIN:VEVENT\nEND:VEVENT",
            "BEGIN:ж\nRRULE:BYDAY=ж\nDTSTART:ж",
        ] {
            assert!(read(text, &TimeZone::UTC).is_err(), "{text}");
        }
        let deep = "BEGIN:VEVENT\n".repeat(100_000);
        assert!(read(&deep, &TimeZone::UTC).is_err());
    }
}
