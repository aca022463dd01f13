//! Reads ISO 8601 dates and times.

use jiff::ToSpan;
use jiff::civil::{Date, ISOWeekDate, Time, Weekday};
use jiff::tz::TimeZone;

use super::{DateTime, zone};

/// Reads a date with or without time and offset; without an offset the time is local.
/// A moment with an offset is given in the local zone.
pub(crate) fn parse(text: &str, local: &TimeZone) -> Option<DateTime> {
    let (moment, _) = parse_with_zone(text, local)?;
    Some(moment.in_zone(local))
}

/// As [`parse`], but with the zone that the text names, if it names one.
pub(crate) fn parse_with_zone(
    text: &str,
    local: &TimeZone,
) -> Option<(DateTime, Option<TimeZone>)> {
    let text = text.trim();
    let (date, time) = match text.split_once(['T', 't', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let date = parse_date(date)?;
    let Some(time) = time else {
        return Some((DateTime::from_civil(date.at(0, 0, 0, 0), local), None));
    };
    let (time, bracketed) = match time.split_once('[') {
        Some((time, name)) => (time, Some(name.strip_suffix(']')?)),
        None => (time, None),
    };
    let (time, offset) = split_offset(time)?;
    let (time, next_day) = parse_time(time)?;
    let date = if next_day {
        date.checked_add(1.days()).ok()?
    } else {
        date
    };
    let named = match bracketed {
        Some(name) => Some(zone::parse(name, local)?),
        None => offset.map(zone::from_seconds),
    };
    let zone = named.as_ref().unwrap_or(local);
    Some((DateTime::from_civil(date.to_datetime(time), zone), named))
}

/// As [`parse_with_zone`], with nothing but `T` before the time; a time alone is one of today.
pub(crate) fn parse_strict(
    text: &str,
    local: &TimeZone,
    today: Date,
) -> Option<(DateTime, Option<TimeZone>)> {
    if text.contains(char::is_whitespace) {
        return None;
    }
    let clock = text.strip_prefix('T').unwrap_or(text);
    if clock.get(2..3) == Some(":") {
        return parse_with_zone(&format!("{today}T{clock}"), local);
    }
    parse_with_zone(text, local)
}

/// A date and time as databases write them: `2024-01-02 03:04:05.123 +02:00`.
pub(crate) fn parse_sql(
    text: &str,
    local: &TimeZone,
    today: Date,
) -> Option<(DateTime, Option<TimeZone>)> {
    let parts: Vec<&str> = text.split(' ').collect();
    let (date, rest) = match parts.split_first()? {
        (date, rest) if date.contains('-') => ((*date).to_owned(), rest),
        _ => (today.to_string(), parts.as_slice()),
    };
    match rest {
        [] => parse_with_zone(&date, local),
        [time] => parse_with_zone(&format!("{date}T{time}"), local),
        [time, zone] if zone.starts_with(['+', '-']) || *zone == "Z" => {
            parse_with_zone(&format!("{date}T{time}{zone}"), local)
        }
        [time, zone] => parse_with_zone(&format!("{date}T{time}[{zone}]"), local),
        _ => None,
    }
}

/// Whether the text looks like a date, so that only its numbers can be wrong.
pub(crate) fn has_shape(text: &str) -> bool {
    let date = text.trim().split(['T', ' ']).next().unwrap_or_default();
    matches!(date.len(), 8 | 10)
        && date.bytes().all(|b| b.is_ascii_digit() || b == b'-')
        && (date.len() == 8 || date.bytes().filter(|b| *b == b'-').count() == 2)
}

fn parse_date(text: &str) -> Option<Date> {
    if !text.is_ascii() {
        return None;
    }
    let (sign, digits) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => (0, text),
    };
    // A sign goes with a year of six digits.
    let year_length = if sign == 0 { 4 } else { 6 };
    let year: i16 = number(digits.get(..year_length)?)?.try_into().ok()?;
    let year = if sign < 0 { -year } else { year };
    let rest = &digits[year_length..];
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    if let Some(week) = rest.strip_prefix('W') {
        let number_of_week = number(week.get(..2)?)? as i8;
        let day = week[2..].strip_prefix('-').unwrap_or(&week[2..]);
        let day = if day.is_empty() {
            1
        } else {
            number(day)? as i8
        };
        let weekday = Weekday::from_monday_one_offset(day).ok()?;
        return Some(ISOWeekDate::new(year, number_of_week, weekday).ok()?.date());
    }
    match rest.len() {
        0 => Date::new(year, 1, 1).ok(),
        2 => Date::new(year, number(rest)? as i8, 1).ok(),
        3 => {
            let days = i64::from(number(rest)?) - 1;
            let date = Date::new(year, 1, 1).ok()?.checked_add(days.days()).ok()?;
            (days >= 0 && date.year() == year).then_some(date)
        }
        4 => Date::new(year, number(&rest[..2])? as i8, number(&rest[2..])? as i8).ok(),
        5 if rest.as_bytes()[2] == b'-' => {
            Date::new(year, number(&rest[..2])? as i8, number(&rest[3..])? as i8).ok()
        }
        _ => None,
    }
}

/// Splits `12:30+02:00` into time and offset in seconds.
fn split_offset(text: &str) -> Option<(&str, Option<i32>)> {
    if let Some(time) = text.strip_suffix(['Z', 'z']) {
        return Some((time, Some(0)));
    }
    match text.rfind(['+', '-']) {
        Some(at) => Some((&text[..at], Some(zone::parse_offset(&text[at..])?))),
        None => Some((text, None)),
    }
}

/// Reads a time; the flag says that it is 24:00, the end of the day.
pub(crate) fn parse_time(text: &str) -> Option<(Time, bool)> {
    let (clock, fraction) = match text.split_once(['.', ',']) {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (text, None),
    };
    let digits: String = clock.chars().filter(|c| *c != ':').collect();
    let colons = clock.len() - digits.len();
    let expected = digits.len() / 2;
    if !digits.len().is_multiple_of(2)
        || expected == 0
        || expected > 3
        || (colons > 0 && colons != expected - 1)
    {
        return None;
    }
    let part = |index: usize| -> Option<i8> {
        match digits.get(index * 2..index * 2 + 2) {
            Some(two) => Some(number(two)? as i8),
            None => Some(0),
        }
    };
    let (hour, minute, second) = (part(0)?, part(1)?, part(2)?);
    let nanoseconds = match fraction {
        Some(fraction)
            if expected == 3
                && fraction.bytes().all(|b| b.is_ascii_digit())
                && !fraction.is_empty() =>
        {
            let three: String = fraction.chars().chain("00".chars()).take(3).collect();
            number(&three)? as i32 * 1_000_000
        }
        Some(_) => return None,
        None => 0,
    };
    if (hour, minute, second, nanoseconds) == (24, 0, 0, 0) {
        return Some((Time::midnight(), true));
    }
    Some((Time::new(hour, minute, second, nanoseconds).ok()?, false))
}

fn number(text: &str) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form() {
        for (text, expected) in [
            ("2024-03-30", "2024-03-30T00:00:00.000Z"),
            ("20240330T1849", "2024-03-30T18:49:00.000Z"),
            ("2024-03", "2024-03-01T00:00:00.000Z"),
            ("2024", "2024-01-01T00:00:00.000Z"),
            ("2024-W13-6", "2024-03-30T00:00:00.000Z"),
            ("2024-090", "2024-03-30T00:00:00.000Z"),
            (
                "2024-03-30T18:49:05.1234567+02:00",
                "2024-03-30T16:49:05.123Z",
            ),
            ("2024-03-30 24:00", "2024-03-31T00:00:00.000Z"),
        ] {
            let date = parse(text, &TimeZone::UTC).unwrap();
            assert_eq!(date.to_iso(), expected, "{text}");
        }
        for text in [
            "bad",
            "2024-13-01",
            "2024-02-30",
            "2024-03-30T25:00",
            "2024-1-1",
            "",
        ] {
            assert!(
                parse(text, &TimeZone::UTC).is_none_or(|date| !date.is_valid()),
                "{text}"
            );
        }
    }
}
