//! JavaScript's `Date`, on milliseconds since 1970. Local time is the workflow's time zone.

use std::cell::Cell;
use std::rc::Rc;

use jiff::civil::DateTime as Civil;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

use crate::evaluate::{Interpreter, Run, range_error};
use crate::intl::date::{DateFormat, Default};
use crate::js::Js;
use crate::luxon::DateTime;
use crate::methods::argument;

const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// The farthest from 1970 that a Date can be.
const MAX_MS: f64 = 8.64e15;

/// Whole milliseconds within the range of dates; NaN beyond it.
fn clip(ms: f64) -> f64 {
    if ms.abs() <= MAX_MS {
        ms.trunc()
    } else {
        f64::NAN
    }
}

/// The moment in a time zone; `None` when it is invalid or beyond the year 9999.
pub(crate) fn zoned(ms: f64, zone: &TimeZone) -> Option<Zoned> {
    if !ms.is_finite() {
        return None;
    }
    let timestamp = Timestamp::from_millisecond(ms as i64).ok()?;
    Some(timestamp.to_zoned(zone.clone()))
}

/// `toISOString`; `None` for an invalid date.
pub(crate) fn to_iso(ms: f64) -> Option<String> {
    if ms.is_nan() || ms.abs() > MAX_MS {
        return None;
    }
    if let Some(zoned) = zoned(ms, &TimeZone::UTC)
        && (0..=9999).contains(&zoned.year())
    {
        return Some(zoned.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string());
    }
    let (days, rest) = (
        (ms / 86_400_000.0).floor() as i64,
        ms.rem_euclid(86_400_000.0) as i64,
    );
    let (year, month, day) = civil_of_days(days);
    let sign = if year < 0 { '-' } else { '+' };
    Some(format!(
        "{sign}{:06}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}Z",
        year.abs(),
        rest / 3_600_000,
        rest / 60_000 % 60,
        rest / 1000 % 60,
        rest % 1000
    ))
}

/// Year, month and day of a number of days since 1970, also beyond the year 9999.
fn civil_of_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// `toString`: `Tue Jan 02 2024 04:04:05 GMT+0100 (CET)`.
pub(crate) fn to_string(ms: f64, zone: &TimeZone) -> String {
    match zoned(ms, zone) {
        Some(zoned) => format!("{} {}", date_text(&zoned), time_text(&zoned)),
        None => "Invalid Date".into(),
    }
}

fn date_text(zoned: &Zoned) -> String {
    format!(
        "{} {} {:02} {:04}",
        DAYS[zoned.weekday().to_sunday_zero_offset() as usize],
        MONTHS[zoned.month() as usize - 1],
        zoned.day(),
        zoned.year()
    )
}

fn time_text(zoned: &Zoned) -> String {
    let name = crate::intl::zone_names::long_english(zoned);
    format!("{} ({name})", zoned.strftime("%H:%M:%S GMT%z"))
}

/// `Date.now()`, `Date.UTC(…)`, `Date.parse(…)`
pub(super) fn call_static(
    interpreter: &mut Interpreter,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    Ok(Some(match name {
        "now" => Js::number(interpreter.scope.now().as_millisecond() as f64),
        "parse" => {
            let text = interpreter.text_argument(arguments, 0)?;
            Js::number(parse(&text, &interpreter.scope.time_zone()))
        }
        "UTC" => {
            let parts = parts_argument(interpreter, arguments)?;
            Js::number(from_parts(&parts, &TimeZone::UTC))
        }
        _ => return Ok(None),
    }))
}

/// `new Date(…)`
pub(super) fn construct(interpreter: &mut Interpreter, arguments: &[Js]) -> Run {
    let zone = interpreter.scope.time_zone();
    let ms = match arguments {
        [] => interpreter.scope.now().as_millisecond() as f64,
        [only] => from_value(interpreter, only)?,
        parts => {
            let parts = parts_argument(interpreter, parts)?;
            from_parts(&parts, &zone)
        }
    };
    Ok(Js::date(ms))
}

/// The milliseconds that one argument of `new Date` means.
pub(crate) fn from_value(interpreter: &mut Interpreter, value: &Js) -> Run<f64> {
    Ok(match value {
        Js::Date(ms) => ms.get(),
        Js::DateTime(date) => date.millis(),
        value => match value.as_text() {
            Some(text) => parse(text, &interpreter.scope.time_zone()),
            None => clip(interpreter.number_of(value)?),
        },
    })
}

fn parts_argument(interpreter: &mut Interpreter, arguments: &[Js]) -> Run<Vec<f64>> {
    let mut parts = Vec::new();
    for argument in arguments {
        parts.push(interpreter.number_of(argument)?.trunc());
    }
    Ok(parts)
}

/// Year, month from 0, day, hour, minute, second, millisecond; parts beyond their range carry over.
fn from_parts(parts: &[f64], zone: &TimeZone) -> f64 {
    if parts
        .iter()
        .any(|part| !part.is_finite() || part.abs() > 1e15)
    {
        return f64::NAN;
    }
    let part = |index: usize, default: f64| parts.get(index).copied().unwrap_or(default);
    let mut year = part(0, f64::NAN);
    if (0.0..=99.0).contains(&year) {
        year += 1900.0;
    }
    let months = year * 12.0 + part(1, 0.0);
    let (year, month) = ((months / 12.0).floor(), months.rem_euclid(12.0));
    if !(-9998.0..=9998.0).contains(&year) {
        return f64::NAN;
    }
    let start = Civil::constant(year as i16, month as i8 + 1, 1, 0, 0, 0, 0);
    let ms = (part(2, 1.0) - 1.0) * 86_400_000.0
        + part(3, 0.0) * 3_600_000.0
        + part(4, 0.0) * 60_000.0
        + part(5, 0.0) * 1_000.0
        + part(6, 0.0);
    if ms.abs() > 1e15 {
        return f64::NAN;
    }
    start
        .checked_add((ms as i64).milliseconds())
        .ok()
        .and_then(|civil| zone.to_ambiguous_zoned(civil).compatible().ok())
        .map_or(f64::NAN, |zoned| zoned.timestamp().as_millisecond() as f64)
}

/// `Date.parse`: ISO forms, and the usual English ones. A date alone is UTC, other forms without a zone are local.
pub(crate) fn parse(text: &str, zone: &TimeZone) -> f64 {
    let text = text.trim();
    let date = text.split(['T', ' ']).next().unwrap_or_default();
    let dashes = date.bytes().enumerate().all(|(i, b)| match i {
        4 | 7 => b == b'-',
        _ => b.is_ascii_digit(),
    });
    if dashes && matches!(date.len(), 4 | 7 | 10) {
        let local = if date == text { &TimeZone::UTC } else { zone };
        if let Some(date) = DateTime::from_iso(text, local) {
            return date.millis();
        }
        // A day beyond the end of its month carries over.
        if let Some(over) = ["29", "30", "31"]
            .iter()
            .position(|day| date.get(8..) == Some(*day))
        {
            let last = format!("{}28{}", &date[..8], &text[10..]);
            if let Some(date) = DateTime::from_iso(&last, local) {
                return date.millis() + (over + 1) as f64 * 86_400_000.0;
            }
        }
    }
    crate::luxon::english::parse(text, zone).unwrap_or(f64::NAN)
}

pub(super) fn call(
    interpreter: &mut Interpreter,
    ms: &Rc<Cell<f64>>,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    let zone = interpreter.scope.time_zone();
    match name {
        "getTime" | "valueOf" => return Ok(Some(Js::number(ms.get()))),
        "toISOString" => {
            return match to_iso(ms.get()) {
                Some(text) => Ok(Some(Js::text(text))),
                None => range_error("the date is invalid"),
            };
        }
        "toJSON" => return Ok(Some(to_iso(ms.get()).map_or(Js::NULL, Js::text))),
        "toString" => return Ok(Some(Js::text(to_string(ms.get(), &zone)))),
        "setTime" => {
            ms.set(clip(interpreter.number_of(argument(arguments, 0))?));
            return Ok(Some(Js::number(ms.get())));
        }
        _ => {}
    }
    if let Some(part) = name.strip_prefix("getUTC") {
        return Ok(get(ms.get(), &TimeZone::UTC, part));
    }
    if let Some(part) = name.strip_prefix("get") {
        return Ok(get(ms.get(), &zone, part));
    }
    if let Some(part) = name.strip_prefix("setUTC") {
        return set(interpreter, ms, &TimeZone::UTC, part, arguments);
    }
    if let Some(part) = name.strip_prefix("set") {
        return set(interpreter, ms, &zone, part, arguments);
    }
    let Some(local) = zoned(ms.get(), &zone) else {
        return Ok(name.starts_with("to").then(|| Js::text("Invalid Date")));
    };
    Ok(Some(match name {
        "toDateString" => Js::text(date_text(&local)),
        "toTimeString" => Js::text(time_text(&local)),
        "toUTCString" | "toGMTString" => Js::text(
            local
                .with_time_zone(TimeZone::UTC)
                .strftime("%a, %d %b %Y %H:%M:%S GMT")
                .to_string(),
        ),
        "toLocaleDateString" | "toLocaleTimeString" | "toLocaleString" => {
            let default = match name {
                "toLocaleDateString" => Default::Date,
                "toLocaleTimeString" => Default::Time,
                _ => Default::All,
            };
            interpreter.charge_fuel(200)?;
            let (locale, options) = (argument(arguments, 0), argument(arguments, 1));
            let format = DateFormat::of(interpreter, locale, options, default)?;
            Js::text(format.format(&local))
        }
        _ => return Ok(None),
    }))
}

fn get(ms: f64, zone: &TimeZone, part: &str) -> Option<Js> {
    let known = matches!(
        part,
        "Date"
            | "Day"
            | "FullYear"
            | "Hours"
            | "Milliseconds"
            | "Minutes"
            | "Month"
            | "Seconds"
            | "Year"
            | "TimezoneOffset"
    );
    if !known {
        return None;
    }
    let Some(local) = zoned(ms, zone) else {
        return Some(Js::number(f64::NAN));
    };
    Some(Js::number(match part {
        "Date" => f64::from(local.day()),
        "Day" => f64::from(local.weekday().to_sunday_zero_offset()),
        "FullYear" => f64::from(local.year()),
        "Year" => f64::from(local.year()) - 1900.0,
        "Hours" => f64::from(local.hour()),
        "Minutes" => f64::from(local.minute()),
        "Month" => f64::from(local.month()) - 1.0,
        "Seconds" => f64::from(local.second()),
        "Milliseconds" => f64::from(local.millisecond()),
        _ => -f64::from(local.offset().seconds()) / 60.0,
    }))
}

fn set(
    interpreter: &mut Interpreter,
    ms: &Rc<Cell<f64>>,
    zone: &TimeZone,
    part: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    let first = match part {
        "FullYear" => 0,
        "Month" => 1,
        "Date" => 2,
        "Hours" => 3,
        "Minutes" => 4,
        "Seconds" => 5,
        "Milliseconds" => 6,
        _ => return Ok(None),
    };
    let new = parts_argument(interpreter, arguments)?;
    let Some(local) = zoned(ms.get(), zone) else {
        return Ok(Some(Js::number(f64::NAN)));
    };
    let mut parts = [
        f64::from(local.year()),
        f64::from(local.month()) - 1.0,
        f64::from(local.day()),
        f64::from(local.hour()),
        f64::from(local.minute()),
        f64::from(local.second()),
        f64::from(local.millisecond()),
    ];
    for (part, value) in parts.iter_mut().skip(first).zip(&new) {
        *part = *value;
    }
    ms.set(from_parts(&parts, zone));
    Ok(Some(Js::number(ms.get())))
}
