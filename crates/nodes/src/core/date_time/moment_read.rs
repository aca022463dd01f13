//! Reads dates by moment's tokens, in English: strictly, or skipping whatever does not fit.

use jiff::ToSpan;
use jiff::civil::{Date, ISOWeekDate, Time, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

use super::moment_tokens::{Token, tokens};
use super::moment_write::{MONTHS, WEEKDAYS};

/// No text this long is a date.
const MAX_LENGTH: usize = 1000;

#[derive(Default)]
struct Fields {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    iso_year: Option<i64>,
    iso_week: Option<i64>,
    /// From Monday, 1.
    weekday: Option<i64>,
    weekday_name: Option<usize>,
    hour: Option<i64>,
    minute: Option<i64>,
    second: Option<i64>,
    millisecond: i64,
    half: Option<Half>,
    twelve_hours: bool,
    offset: Option<i32>,
    moment_ms: Option<f64>,
    any: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Half {
    Morning,
    Afternoon,
}

/// The moment that a text means in a format; local to `zone` where it names no offset. `None` when it does not fit.
pub(super) fn parse(
    text: &str,
    format: &str,
    zone: &TimeZone,
    strict: bool,
    now: Timestamp,
) -> Option<Zoned> {
    if text.len() > MAX_LENGTH || format.len() > MAX_LENGTH {
        return None;
    }
    let mut fields = Fields::default();
    let mut rest = text;
    for token in tokens(format) {
        match token {
            Token::Literal(literal) if strict => rest = rest.strip_prefix(&*literal)?,
            Token::Literal(literal) => rest = skip_each(rest, &literal),
            Token::Field(field) => {
                let found = (0..=rest.len())
                    .take(if strict { 1 } else { usize::MAX })
                    .filter(|start| rest.is_char_boundary(*start))
                    .find_map(|start| {
                        let length = match_field(field, &rest[start..], strict)?;
                        Some((start, length))
                    });
                match found {
                    Some((start, length)) => {
                        let matched = &rest[start..start + length];
                        fields.any = true;
                        take(field, matched, &mut fields)?;
                        rest = &rest[start + length..];
                    }
                    None if strict => return None,
                    None => {}
                }
            }
        }
    }
    if (strict && !rest.is_empty()) || !fields.any {
        return None;
    }
    build(&fields, zone, strict, now)
}

/// Each character of the literal is looked for and skipped where it is found.
fn skip_each<'a>(text: &'a str, literal: &str) -> &'a str {
    literal.chars().fold(text, |rest, c| {
        rest.split_once(c).map_or(rest, |(_, after)| after)
    })
}

/// How much of the start of the text a field takes.
fn match_field(field: &str, text: &str, strict: bool) -> Option<usize> {
    let digits = |least: usize, most: usize| {
        let found = text
            .bytes()
            .take(most)
            .take_while(u8::is_ascii_digit)
            .count();
        (found >= least).then_some(found)
    };
    let exact = |count: usize, least: usize, most: usize| {
        if strict {
            digits(count, count)
        } else {
            digits(least, most)
        }
    };
    match field {
        "YYYY" | "GGGG" | "gggg" => exact(4, 1, 4),
        "YYYYY" | "YYYYYY" | "GGGGG" | "ggggg" => signed(text, 6),
        "Y" | "y" | "yy" | "yyy" | "yyyy" => signed(text, 9),
        "YY" | "GG" | "gg" | "MM" | "DD" | "HH" | "hh" | "kk" | "mm" | "ss" | "WW" | "ww" => {
            exact(2, 1, 2)
        }
        "M" | "D" | "H" | "h" | "k" | "m" | "s" | "W" | "w" => digits(1, 2),
        "Q" | "d" | "e" | "E" => digits(1, 1),
        "DDD" => digits(1, 3),
        "DDDD" => digits(3, 3),
        "S" => exact(1, 1, 3),
        "SS" => exact(2, 1, 3),
        "SSS" => exact(3, 1, 3),
        "hmm" | "Hmm" => digits(3, 4),
        "hmmss" | "Hmmss" => digits(5, 6),
        "Do" => {
            let number = digits(1, 2)?;
            let suffix = text.get(number..number + 2).unwrap_or_default();
            if ["st", "nd", "rd", "th"].contains(&suffix.to_lowercase().as_str()) {
                Some(number + 2)
            } else {
                (!strict).then_some(number)
            }
        }
        "MMM" | "MMMM" => name(text, &MONTHS, field.len() == 3, strict).map(|(_, length)| length),
        "ddd" | "dddd" => name(text, &WEEKDAYS, field.len() == 3, strict).map(|(_, length)| length),
        "a" | "A" => {
            let mut length = usize::from(text.starts_with(['a', 'A', 'p', 'P']));
            if length == 0 {
                return None;
            }
            length += usize::from(text[length..].starts_with('.'));
            length += usize::from(text[length..].starts_with(['m', 'M']));
            length += usize::from(text[length..].starts_with('.'));
            Some(length)
        }
        "X" => {
            let whole = signed(text, 15)?;
            let fraction = text[whole..].strip_prefix('.').map_or(0, |after| {
                after.bytes().take(3).take_while(u8::is_ascii_digit).count()
            });
            Some(if fraction > 0 {
                whole + 1 + fraction
            } else {
                whole
            })
        }
        "x" => signed(text, 17),
        "Z" | "ZZ" => offset(text).map(|(_, length)| length),
        fraction if fraction.starts_with("SSSS") => digits(1, 9),
        _ => None,
    }
}

fn signed(text: &str, most: usize) -> Option<usize> {
    let sign = usize::from(text.starts_with(['+', '-']));
    let digits = text[sign..]
        .bytes()
        .take(most)
        .take_while(u8::is_ascii_digit)
        .count();
    (digits > 0).then_some(sign + digits)
}

/// The index of the name at the start, and its length. Where it need not be strict a long name also stands for the
/// short one and the other way round.
fn name(text: &str, names: &[&str], short: bool, strict: bool) -> Option<(usize, usize)> {
    let starts = |with: &str| {
        text.get(..with.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(with))
    };
    let lengths: &[bool] = match (strict, short) {
        (true, true) => &[true],
        (true, false) => &[false],
        (false, _) => &[false, true],
    };
    lengths.iter().find_map(|short| {
        names.iter().enumerate().find_map(|(i, name)| {
            let name = if *short { &name[..3] } else { name };
            starts(name).then_some((i, name.len()))
        })
    })
}

/// Seconds of an offset at the start, and its length.
fn offset(text: &str) -> Option<(i32, usize)> {
    if text.starts_with(['Z', 'z']) {
        return Some((0, 1));
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let two = |at: usize| -> Option<i32> {
        let digits = text.get(at..at + 2)?;
        digits
            .bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| digits.parse().ok())?
    };
    let hours = two(1)?;
    let colon = usize::from(text[3..].starts_with(':'));
    match two(3 + colon) {
        Some(minutes) => Some((sign * (hours * 3600 + minutes * 60), 5 + colon)),
        None => Some((sign * hours * 3600, 3)),
    }
}

fn take(field: &str, matched: &str, fields: &mut Fields) -> Option<()> {
    let number = || matched.parse::<i64>().ok();
    let two_digit_year = |year: i64| year + if year > 68 { 1900 } else { 2000 };
    match field {
        "YYYY" if matched.len() == 2 => fields.year = number().map(two_digit_year),
        "YY" => fields.year = number().map(two_digit_year),
        "GG" => fields.iso_year = number().map(two_digit_year),
        "GGGG" | "GGGGG" => fields.iso_year = number(),
        "Y" | "y" | "yy" | "yyy" | "yyyy" | "YYYY" | "YYYYY" | "YYYYYY" => {
            fields.year = Some(matched.trim_start_matches('+').parse().ok()?);
        }
        "M" | "MM" => fields.month = number(),
        "MMM" | "MMMM" => {
            fields.month = name(matched, &MONTHS, false, false).map(|(i, _)| i as i64 + 1);
        }
        "Q" => fields.month = number().map(|quarter| (quarter - 1) * 3 + 1),
        "D" | "DD" => fields.day = number(),
        "Do" => {
            let digits = matched.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            fields.day = digits.parse().ok();
        }
        "DDD" | "DDDD" => fields.day_of_year = number(),
        "W" | "WW" | "w" | "ww" => fields.iso_week = number(),
        "E" => fields.weekday = number(),
        "d" | "e" => fields.weekday = number().map(|day| if day == 0 { 7 } else { day }),
        "ddd" | "dddd" => {
            fields.weekday_name = name(matched, &WEEKDAYS, false, false).map(|(i, _)| i);
        }
        "H" | "HH" => fields.hour = number(),
        "h" | "hh" => {
            fields.hour = number();
            fields.twelve_hours = true;
        }
        "k" | "kk" => fields.hour = number().map(|hour| if hour == 24 { 0 } else { hour }),
        "m" | "mm" => fields.minute = number(),
        "s" | "ss" => fields.second = number(),
        "hmm" | "Hmm" | "hmmss" | "Hmmss" => {
            let seconds = usize::from(field.len() == 5) * 2;
            let (before, second) = matched.split_at(matched.len() - seconds);
            let (hour, minute) = before.split_at(before.len() - 2);
            fields.hour = hour.parse().ok();
            fields.minute = minute.parse().ok();
            fields.second = second.parse().ok().or(fields.second);
            fields.twelve_hours = field.starts_with('h');
        }
        "a" | "A" => {
            fields.half = Some(if matched.starts_with(['p', 'P']) {
                Half::Afternoon
            } else {
                Half::Morning
            });
        }
        "X" => fields.moment_ms = matched.parse::<f64>().ok().map(|seconds| seconds * 1000.0),
        "x" => fields.moment_ms = matched.parse::<f64>().ok(),
        "Z" | "ZZ" => fields.offset = offset(matched).map(|(seconds, _)| seconds),
        fraction if fraction.starts_with('S') => {
            let three: String = matched.chars().chain("00".chars()).take(3).collect();
            fields.millisecond = three.parse().ok()?;
        }
        _ => {}
    }
    Some(())
}

fn build(fields: &Fields, zone: &TimeZone, strict: bool, now: Timestamp) -> Option<Zoned> {
    if let Some(ms) = fields.moment_ms {
        let moment = Timestamp::from_millisecond(ms.trunc() as i64).ok()?;
        return Some(moment.to_zoned(zone.clone()));
    }
    let date = date(fields, now.to_zoned(zone.clone()).date())?;
    let mut hour = fields.hour.unwrap_or(0);
    if fields.twelve_hours && hour > 12 && strict {
        return None;
    }
    match fields.half {
        Some(Half::Afternoon) if hour < 12 => hour += 12,
        Some(Half::Morning) if hour == 12 => hour = 0,
        _ => {}
    }
    let (minute, second) = (fields.minute.unwrap_or(0), fields.second.unwrap_or(0));
    let (date, hour) = if (hour, minute, second, fields.millisecond) == (24, 0, 0, 0) {
        (date.checked_add(1.days()).ok()?, 0)
    } else {
        (date, hour)
    };
    let time = Time::new(
        hour.try_into().ok()?,
        minute.try_into().ok()?,
        second.try_into().ok()?,
        i32::try_from(fields.millisecond).ok()? * 1_000_000,
    )
    .ok()?;
    let civil = date.to_datetime(time);
    let own = match fields.offset {
        Some(seconds) => TimeZone::fixed(Offset::from_seconds(seconds).ok()?),
        None => zone.clone(),
    };
    let zoned = own.to_ambiguous_zoned(civil).compatible().ok()?;
    Some(zoned.with_time_zone(zone.clone()))
}

fn date(fields: &Fields, today: Date) -> Option<Date> {
    let year = |year: Option<i64>| i16::try_from(year.unwrap_or(today.year().into())).ok();
    if (fields.iso_week.is_some() || fields.iso_year.is_some() || fields.weekday.is_some())
        && fields.month.is_none()
        && fields.day.is_none()
    {
        let week = match fields.iso_week {
            Some(week) => week,
            None if fields.iso_year.is_some() || fields.year.is_some() => 1,
            None => today.iso_week_date().week().into(),
        };
        let weekday = Weekday::from_monday_one_offset(fields.weekday.unwrap_or(1).try_into().ok()?);
        let year = year(fields.iso_year.or(fields.year))?;
        let date = ISOWeekDate::new(year, week.try_into().ok()?, weekday.ok()?).ok()?;
        return Some(date.date());
    }
    if let Some(day) = fields.day_of_year {
        let first = Date::new(year(fields.year)?, 1, 1).ok()?;
        let date = first.checked_add((day - 1).days()).ok()?;
        return (day > 0 && date.year() == first.year()).then_some(date);
    }
    // what stands before the first unit that is given is today's, what comes after it is the beginning
    let month = match fields.month {
        Some(month) => month,
        None if fields.year.is_some() => 1,
        None => today.month().into(),
    };
    let day = match fields.day {
        Some(day) => day,
        None if fields.year.is_some() || fields.month.is_some() => 1,
        None => today.day().into(),
    };
    let date = Date::new(
        year(fields.year)?,
        month.try_into().ok()?,
        day.try_into().ok()?,
    )
    .ok()?;
    let agrees = fields
        .weekday_name
        .is_none_or(|weekday| date.weekday().to_sunday_zero_offset() as usize == weekday);
    agrees.then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_moment_reads_them() {
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        for (text, format, loose, strict) in [
            ("05/03/2024", "DD/MM/YYYY", "2024-03-05T00:00:00Z", true),
            (
                "5 March 2024 3pm",
                "D MMMM YYYY ha",
                "2024-03-05T15:00:00Z",
                true,
            ),
            ("2024-064", "YYYY-DDDD", "2024-03-04T00:00:00Z", true),
            ("x05/03/2024", "DD/MM/YYYY", "2024-03-05T00:00:00Z", false),
            ("12:30", "HH:mm", "2023-11-14T12:30:00Z", true),
            ("1700000000", "X", "2023-11-14T22:13:20Z", true),
            ("1700000000123", "x", "2023-11-14T22:13:20.123Z", true),
            (
                "2024-03-05T10:00:00+02:00",
                "YYYY-MM-DDTHH:mm:ssZ",
                "2024-03-05T08:00:00Z",
                true,
            ),
            ("24-3-5", "YY-M-D", "2024-03-05T00:00:00Z", true),
            (
                "March 5th 2024",
                "MMMM Do YYYY",
                "2024-03-05T00:00:00Z",
                true,
            ),
            ("2024-W10-2", "GGGG-[W]WW-E", "2024-03-05T00:00:00Z", true),
            (
                "05/03/2024 extra",
                "DD/MM/YYYY",
                "2024-03-05T00:00:00Z",
                false,
            ),
            ("05.03.2024", "DD/MM/YYYY", "2024-03-05T00:00:00Z", false),
            ("5.3.2024", "DD.MM.YYYY", "2024-03-05T00:00:00Z", false),
            ("930", "Hmm", "2023-11-14T09:30:00Z", true),
        ] {
            let read = |strict| parse(text, format, &TimeZone::UTC, strict, now);
            let moment = read(false).map(|zoned| zoned.timestamp().to_string());
            assert_eq!(moment.as_deref(), Some(loose), "{text}");
            assert_eq!(read(true).is_some(), strict, "{text}");
        }
        for (text, format) in [("32/01/2024", "DD/MM/YYYY"), ("soon", "YYYY"), ("", "YYYY")] {
            assert!(parse(text, format, &TimeZone::UTC, false, now).is_none());
        }
    }
}
