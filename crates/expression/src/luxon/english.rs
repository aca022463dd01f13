//! Reads dates as people write them: RFC 2822, HTTP, and the English forms that JavaScript engines accept.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::format::{MONTHS, WEEKDAYS};
use super::{DateTime, iso, zone};

/// The milliseconds that a text means; forms without a zone are local.
pub(crate) fn parse(text: &str, local: &TimeZone) -> Option<f64> {
    parse_date(text, local).map(|date| date.millis())
}

/// The moment that a text means.
pub(crate) fn parse_date(text: &str, local: &TimeZone) -> Option<DateTime> {
    if text.len() > 100 {
        return None;
    }
    let mut numbers: Vec<i64> = Vec::new();
    let mut month_at: Option<(usize, i64)> = None;
    let mut clock = None;
    let mut afternoon = None;
    let mut named: Option<TimeZone> = None;
    let mut year_first = false;
    let without_comment = text.split('(').next().unwrap_or_default();
    for word in without_comment
        .split([' ', ','])
        .filter(|word| !word.is_empty())
    {
        let lower = word.to_lowercase();
        let lower = lower.trim_end_matches('.');
        if lower.contains(':') && lower.starts_with(|c: char| c.is_ascii_digit()) {
            let digits = lower.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            afternoon = meridiem(&lower[digits.len()..]).or(afternoon);
            let padded: Vec<String> = digits
                .split(':')
                .map(|part| format!("{part:0>2}"))
                .collect();
            clock = Some(iso::parse_time(&padded.join(":"))?.0);
        } else if let Some(is_afternoon) = meridiem(lower) {
            afternoon = Some(is_afternoon);
        } else if let Some(index) = name_index(lower, &MONTHS) {
            month_at = Some((numbers.len(), index));
        } else if name_index(lower, &WEEKDAYS).is_some() {
        } else if let Some(seconds) = abbreviation(lower) {
            named = Some(zone::from_seconds(seconds));
        } else if clock.is_some() && lower.starts_with(['+', '-']) {
            named = Some(zone::from_seconds(zone::parse_offset(lower)?));
        } else {
            let start = numbers.len();
            for part in lower.split(['-', '/', '.']) {
                if let Some(index) = name_index(part, &MONTHS) {
                    month_at = Some((numbers.len(), index));
                    continue;
                }
                let part = part.trim_end_matches(|c: char| "stndrh".contains(c));
                if part.len() > 6 {
                    return None;
                }
                numbers.push(part.parse().ok()?);
            }
            year_first |= start == 0
                && lower.split(['-', '/', '.']).next().is_some_and(|part| {
                    part.len() == 4 && part.bytes().all(|b| b.is_ascii_digit())
                });
        }
    }
    let (year, month, day) = match (month_at, numbers.as_slice()) {
        (Some((0, month)), [day, year]) => (*year, month, *day),
        (Some((0, month)), [year]) if *year > 31 => (*year, month, 1),
        // Engines take 2001 for a year that is not written.
        (Some((0, month)), [day]) => (2001, month, *day),
        (Some((1, month)), [day]) => (2001, month, *day),
        (Some((1, month)), [year, day]) if year_first => (*year, month, *day),
        (Some((1, month)), [day, year]) => (*year, month, *day),
        (None, [year, month, day]) if year_first => (*year, *month, *day),
        (None, [month, day, year]) => (*year, *month, *day),
        _ => return None,
    };
    let year = match year {
        0..=49 => year + 2000,
        50..=99 => year + 1900,
        other => other,
    };
    let date = Date::new(
        year.try_into().ok()?,
        month.try_into().ok()?,
        day.try_into().ok()?,
    )
    .ok()?;
    let mut time = clock.unwrap_or(jiff::civil::Time::midnight());
    if let Some(afternoon) = afternoon {
        let hour = time.hour() % 12 + if afternoon { 12 } else { 0 };
        time = time.with().hour(hour).build().ok()?;
    }
    let zone = named.as_ref().unwrap_or(local);
    Some(DateTime::from_civil(date.to_datetime(time), zone).in_zone(local))
}

fn meridiem(word: &str) -> Option<bool> {
    match word {
        "am" | "a.m" => Some(false),
        "pm" | "p.m" => Some(true),
        _ => None,
    }
}

/// The number from 1 of a name, written out or by at least its first three letters.
fn name_index(word: &str, names: &[&str]) -> Option<i64> {
    if word.len() < 3 || !word.bytes().all(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    names
        .iter()
        .position(|name| name.to_lowercase().starts_with(word))
        .map(|i| i as i64 + 1)
}

/// The offset of a zone's short name, or of `GMT+0200`.
fn abbreviation(word: &str) -> Option<i32> {
    const HOUR: i32 = 3600;
    Some(match word {
        "z" | "utc" | "gmt" | "ut" => 0,
        "est" => -5 * HOUR,
        "edt" | "cdt" => -4 * HOUR - if word == "cdt" { HOUR } else { 0 },
        "cst" | "mdt" => -6 * HOUR,
        "mst" | "pdt" => -7 * HOUR,
        "pst" => -8 * HOUR,
        _ => {
            let offset = word
                .strip_prefix("gmt")
                .or_else(|| word.strip_prefix("utc"))?;
            return zone::parse_offset(offset);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, expected) in [
            ("Wed, 21 Oct 2015 07:28:00 GMT", "2015-10-21T07:28:00.000Z"),
            ("1-Feb-2024", "2024-02-01T00:00:00.000Z"),
            ("January 5, 2024 3:04 PM", "2024-01-05T15:04:00.000Z"),
            ("1/5/2024", "2024-01-05T00:00:00.000Z"),
            ("2024/01/05 10:00", "2024-01-05T10:00:00.000Z"),
            (
                "Tue Jan 02 2024 04:04:05 GMT+0100 (CET)",
                "2024-01-02T03:04:05.000Z",
            ),
        ] {
            let date = parse_date(text, &TimeZone::UTC).unwrap();
            assert_eq!(date.to_iso(), expected, "{text}");
        }
        for text in ["hello", "12", "99/99/2024", "2024-01-02-03", ""] {
            assert!(parse(text, &TimeZone::UTC).is_none(), "{text}");
        }
    }
}
