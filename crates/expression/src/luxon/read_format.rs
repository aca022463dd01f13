//! Reads dates by luxon's format tokens.

use jiff::ToSpan;
use jiff::civil::{Date, ISOWeekDate, Time, Weekday};
use jiff::tz::TimeZone;

use super::format::{MONTHS, Token, WEEKDAYS, tokens};
use super::{DateTime, zone};
use crate::intl::Locale;

/// What was read so far.
#[derive(Default)]
struct Fields {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    ordinal: Option<i64>,
    quarter: Option<i64>,
    week: Option<i64>,
    week_year: Option<i64>,
    weekday: Option<i64>,
    hour: Option<i64>,
    hour12: Option<i64>,
    minute: i64,
    second: i64,
    millisecond: i64,
    afternoon: Option<bool>,
    zone: Option<TimeZone>,
    /// The language of names, where it is not English.
    locale: Option<Locale>,
}

/// The moment that a text means in a format, in the local zone unless the text names another; `None` when it does not
/// match. `today` fills in the date of a time alone.
pub(crate) fn parse(
    text: &str,
    pattern: &str,
    local: &TimeZone,
    today: Date,
    keep_zone: bool,
    locale: Option<&Locale>,
) -> Option<DateTime> {
    let mut fields = Fields {
        locale: locale.cloned(),
        ..Fields::default()
    };
    let mut rest = text;
    for token in tokens(pattern) {
        match token {
            Token::Literal(literal) => rest = strip_literal(rest, &literal)?,
            Token::Field(field) => rest = read(&field, rest, &mut fields, local)?,
        }
    }
    if !rest.is_empty() {
        return None;
    }
    let date = build(&fields, local, today)?;
    Some(if keep_zone { date } else { date.in_zone(local) })
}

fn strip_literal<'a>(text: &'a str, literal: &str) -> Option<&'a str> {
    let length = literal.len();
    let start = text.get(..length)?;
    start.eq_ignore_ascii_case(literal).then(|| &text[length..])
}

fn read<'a>(field: &str, text: &'a str, fields: &mut Fields, local: &TimeZone) -> Option<&'a str> {
    let (least, most, target): (usize, usize, &mut Option<i64>) = match field {
        "yyyy" => (4, 4, &mut fields.year),
        "y" | "yyyyy" => (1, 6, &mut fields.year),
        "yyyyyy" => (6, 6, &mut fields.year),
        "yy" => {
            let (number, rest) = digits(text, 2, 4)?;
            fields.year = Some(match number {
                0..=60 => number + 2000,
                61..=99 => number + 1900,
                other => other,
            });
            return Some(rest);
        }
        "M" | "L" => (1, 2, &mut fields.month),
        "MM" | "LL" => (2, 2, &mut fields.month),
        "d" => (1, 2, &mut fields.day),
        "dd" => (2, 2, &mut fields.day),
        "o" => (1, 3, &mut fields.ordinal),
        "ooo" => (3, 3, &mut fields.ordinal),
        "H" => (1, 2, &mut fields.hour),
        "HH" => (2, 2, &mut fields.hour),
        "h" => (1, 2, &mut fields.hour12),
        "hh" => (2, 2, &mut fields.hour12),
        "q" => (1, 1, &mut fields.quarter),
        "qq" => (2, 2, &mut fields.quarter),
        "kkkk" => (4, 4, &mut fields.week_year),
        "W" => (1, 2, &mut fields.week),
        "WW" => (2, 2, &mut fields.week),
        "E" | "c" => (1, 1, &mut fields.weekday),
        "MMM" | "LLL" | "MMMM" | "LLLL" => {
            let (index, rest) = match &fields.locale {
                Some(locale) => localized(text, locale, "month", field)?,
                None => name(text, &MONTHS, field.len() == 3)?,
            };
            fields.month = Some(index);
            return Some(rest);
        }
        "EEE" | "ccc" | "EEEE" | "cccc" => {
            let (index, rest) = match &fields.locale {
                Some(locale) => localized(text, locale, "day", field)?,
                None => name(text, &WEEKDAYS, field.len() == 3)?,
            };
            fields.weekday = Some(index);
            return Some(rest);
        }
        _ => return read_other(field, text, fields, local),
    };
    let (number, rest) = digits(text, least, most)?;
    *target = Some(number);
    Some(rest)
}

fn read_other<'a>(
    field: &str,
    text: &'a str,
    fields: &mut Fields,
    local: &TimeZone,
) -> Option<&'a str> {
    match field {
        "m" | "mm" | "s" | "ss" | "S" | "SSS" | "uu" | "uuu" => {
            let least = if field.len() == 1 { 1 } else { field.len() };
            let most = match field {
                "S" | "SSS" => 3,
                _ => 2,
            };
            let (least, most) = if field == "uuu" {
                (1, 1)
            } else {
                (least, most)
            };
            let (number, rest) = digits(text, least, most)?;
            match field.as_bytes()[0] {
                b'm' => fields.minute = number,
                b's' => fields.second = number,
                b'S' => fields.millisecond = number,
                _ if field == "uu" => fields.millisecond = number * 10,
                _ => fields.millisecond = number * 100,
            }
            Some(rest)
        }
        "u" => {
            let end = text.bytes().take_while(u8::is_ascii_digit).count().min(9);
            let three: String = text[..end].chars().chain("00".chars()).take(3).collect();
            fields.millisecond = if end == 0 {
                return None;
            } else {
                three.parse().ok()?
            };
            Some(&text[end..])
        }
        "a" => {
            let start = text.get(..2)?.to_lowercase();
            fields.afternoon = Some(match start.as_str() {
                "am" => false,
                "pm" => true,
                _ => return None,
            });
            Some(&text[2..])
        }
        "Z" | "ZZ" | "ZZZ" => {
            let end = text
                .bytes()
                .take_while(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b':'))
                .count();
            fields.zone = Some(zone::from_seconds(zone::parse_offset(&text[..end])?));
            Some(&text[end..])
        }
        "z" => {
            let end = text
                .bytes()
                .take_while(|b| {
                    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'/' | b'+' | b'-' | b':')
                })
                .count();
            fields.zone = Some(zone::parse(&text[..end], local)?);
            Some(&text[end..])
        }
        "D" => compose(text, fields, local, "M/d/yyyy"),
        "DD" => compose(text, fields, local, "MMM d, yyyy"),
        "DDD" => compose(text, fields, local, "MMMM d, yyyy"),
        "t" => compose(text, fields, local, "h:mm a"),
        "T" => compose(text, fields, local, "HH:mm"),
        "TT" => compose(text, fields, local, "HH:mm:ss"),
        "f" => compose(text, fields, local, "M/d/yyyy, h:mm a"),
        _ => None,
    }
}

/// Reads a field that stands for several.
fn compose<'a>(
    text: &'a str,
    fields: &mut Fields,
    local: &TimeZone,
    pattern: &str,
) -> Option<&'a str> {
    let mut rest = text;
    for token in tokens(pattern) {
        rest = match token {
            Token::Literal(literal) => strip_literal(rest, &literal)?,
            Token::Field(field) => read(&field, rest, fields, local)?,
        };
    }
    Some(rest)
}

fn digits(text: &str, least: usize, most: usize) -> Option<(i64, &str)> {
    let end = text
        .bytes()
        .take(most)
        .take_while(u8::is_ascii_digit)
        .count();
    if end < least {
        return None;
    }
    Some((text[..end].parse().ok()?, &text[end..]))
}

/// The number from 1 of the name at the start.
fn name<'a>(text: &'a str, names: &[&str], short: bool) -> Option<(i64, &'a str)> {
    for (i, name) in names.iter().enumerate() {
        let name = if short { &name[..3] } else { name };
        if let Some(start) = text.get(..name.len())
            && start.eq_ignore_ascii_case(name)
        {
            return Some((i as i64 + 1, &text[name.len()..]));
        }
    }
    None
}

/// As [`name`], in another language.
fn localized<'a>(
    text: &'a str,
    locale: &Locale,
    kind: &str,
    field: &str,
) -> Option<(i64, &'a str)> {
    let width = if field.len() == 3 { "short" } else { "long" };
    let keys = [format!("{kind}.{width}"), format!("{kind}.alone.{width}")];
    for key in keys {
        for (i, name) in locale.get(&key).split('|').enumerate() {
            let name = name.trim_end_matches('.');
            let Some(start) = text.get(..name.len()) else {
                continue;
            };
            if !name.is_empty() && start.to_lowercase() == name.to_lowercase() {
                let rest = &text[name.len()..];
                return Some((i as i64 + 1, rest.strip_prefix('.').unwrap_or(rest)));
            }
        }
    }
    None
}

fn build(fields: &Fields, local: &TimeZone, today: Date) -> Option<DateTime> {
    let zone = fields.zone.as_ref().unwrap_or(local);
    let hour = match (fields.hour, fields.hour12, fields.afternoon) {
        (Some(hour), _, _) => hour,
        (None, Some(hour), Some(afternoon)) => hour % 12 + if afternoon { 12 } else { 0 },
        (None, Some(hour), None) => hour,
        (None, None, _) => 0,
    };
    let time = Time::new(
        hour.try_into().ok()?,
        fields.minute.try_into().ok()?,
        fields.second.try_into().ok()?,
        i32::try_from(fields.millisecond).ok()? * 1_000_000,
    )
    .ok()?;
    let date = build_date(fields, today)?;
    Some(DateTime::from_civil(date.to_datetime(time), zone))
}

fn build_date(fields: &Fields, today: Date) -> Option<Date> {
    let year = i16::try_from(fields.year.unwrap_or(i64::from(today.year()))).ok()?;
    if let Some(ordinal) = fields.ordinal {
        return Date::new(year, 1, 1)
            .ok()?
            .checked_add((ordinal - 1).days())
            .ok();
    }
    let alone = fields.year.is_none() && fields.month.is_none() && fields.day.is_none();
    if fields.week.is_some()
        || fields.week_year.is_some()
        || (fields.weekday.is_some() && alone && fields.quarter.is_none())
    {
        let present = today.iso_week_date();
        let week_year = fields.week_year.unwrap_or(i64::from(present.year()));
        let week_year = i16::try_from(week_year).ok()?;
        let week = match (fields.week, fields.week_year) {
            (Some(week), _) => week.try_into().ok()?,
            (None, Some(_)) => 1,
            (None, None) => present.week(),
        };
        let weekday = fields.weekday.unwrap_or(1).try_into().ok()?;
        let weekday = Weekday::from_monday_one_offset(weekday).ok()?;
        return Some(ISOWeekDate::new(week_year, week, weekday).ok()?.date());
    }
    // The largest unit that is given fixes those below it at their start; those above it are today's.
    let month = match (fields.month, fields.quarter) {
        (Some(month), _) => month,
        (None, Some(quarter)) => (quarter - 1) * 3 + 1,
        (None, None) if fields.year.is_some() => 1,
        (None, None) => i64::from(today.month()),
    };
    let day = match fields.day {
        Some(day) => day,
        None if fields.year.is_some() || fields.month.is_some() || fields.quarter.is_some() => 1,
        None => i64::from(today.day()),
    };
    let date = Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()?;
    let agrees = fields
        .weekday
        .is_none_or(|weekday| i64::from(date.weekday().to_monday_one_offset()) == weekday);
    agrees.then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_by_format() {
        let today = Date::constant(2024, 5, 6);
        for (text, pattern, expected) in [
            ("01-02-2024", "dd-MM-yyyy", "2024-02-01T00:00:00.000Z"),
            (
                "Feb 1, 2024 3:04 pm",
                "MMM d, yyyy h:mm a",
                "2024-02-01T15:04:00.000Z",
            ),
            ("12:30", "HH:mm", "2024-05-06T12:30:00.000Z"),
            ("20240102", "yyyyMMdd", "2024-01-02T00:00:00.000Z"),
            (
                "2024-01-02 +02:00",
                "yyyy-MM-dd ZZ",
                "2024-01-01T22:00:00.000Z",
            ),
        ] {
            let date = parse(text, pattern, &TimeZone::UTC, today, false, None).unwrap();
            assert_eq!(date.to_iso(), expected, "{text}");
        }
        assert!(
            parse(
                "2024-13-01",
                "yyyy-MM-dd",
                &TimeZone::UTC,
                today,
                false,
                None
            )
            .is_none()
        );
        assert!(parse("x", "yyyy", &TimeZone::UTC, today, false, None).is_none());
    }
}
