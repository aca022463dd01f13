//! `toISO`, `toISODate` and `toISOTime` with their options.

use super::DateTime;
use crate::convert::truthy;
use crate::evaluate::{Interpreter, Run, type_error};
use crate::js::Js;

/// Smaller parts than this one are left out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Precision {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
}

struct Settings {
    basic: bool,
    no_seconds: bool,
    no_milliseconds: bool,
    offset: bool,
    zone: bool,
    prefix: bool,
    precision: Precision,
}

fn settings(interpreter: &mut Interpreter, options: &Js) -> Run<Settings> {
    let mut settings = Settings {
        basic: false,
        no_seconds: false,
        no_milliseconds: false,
        offset: true,
        zone: false,
        prefix: false,
        precision: Precision::Millisecond,
    };
    if !options.is_object() {
        return Ok(settings);
    }
    for (key, value) in interpreter.entries(options)? {
        if value.is_undefined() {
            continue;
        }
        match &*key {
            "format" => settings.basic = value.as_text().is_some_and(|text| &**text == "basic"),
            "suppressSeconds" => settings.no_seconds = truthy(&value),
            "suppressMilliseconds" => settings.no_milliseconds = truthy(&value),
            "includeOffset" => settings.offset = truthy(&value),
            "extendedZone" => settings.zone = truthy(&value),
            "includePrefix" => settings.prefix = truthy(&value),
            "precision" => {
                let unit = interpreter.text_of(&value)?;
                settings.precision = match unit.strip_suffix('s').unwrap_or(&unit) {
                    "year" => Precision::Year,
                    "month" => Precision::Month,
                    "day" => Precision::Day,
                    "hour" => Precision::Hour,
                    "minute" => Precision::Minute,
                    "second" => Precision::Second,
                    "millisecond" => Precision::Millisecond,
                    other => return type_error(format!("`{other}` is no precision")),
                };
            }
            _ => {}
        }
    }
    Ok(settings)
}

pub(super) fn iso(interpreter: &mut Interpreter, date: &DateTime, options: &Js) -> Run<String> {
    if !options.is_object() {
        return Ok(date.to_iso());
    }
    let settings = settings(interpreter, options)?;
    let mut text = date_text(date, &settings);
    if settings.precision >= Precision::Hour {
        text.push('T');
    }
    text.push_str(&time_text(date, &settings));
    Ok(text)
}

pub(super) fn iso_date(
    interpreter: &mut Interpreter,
    date: &DateTime,
    options: &Js,
) -> Run<String> {
    let settings = settings(interpreter, options)?;
    Ok(date_text(date, &settings))
}

pub(super) fn iso_time(
    interpreter: &mut Interpreter,
    date: &DateTime,
    options: &Js,
) -> Run<String> {
    let settings = settings(interpreter, options)?;
    let prefix = settings.prefix && settings.precision >= Precision::Hour;
    let prefix = if prefix { "T" } else { "" };
    Ok(format!("{prefix}{}", time_text(date, &settings)))
}

fn date_text(date: &DateTime, settings: &Settings) -> String {
    let Some(zoned) = date.zoned() else {
        return String::new();
    };
    let dash = if settings.basic { "" } else { "-" };
    let year = zoned.year();
    let mut text = if year < 0 {
        format!("-{:06}", year.unsigned_abs())
    } else {
        format!("{year:04}")
    };
    if settings.precision > Precision::Year {
        text += &format!("{dash}{:02}", zoned.month());
    }
    if settings.precision > Precision::Month {
        text += &format!("{dash}{:02}", zoned.day());
    }
    text
}

fn time_text(date: &DateTime, settings: &Settings) -> String {
    let Some(zoned) = date.zoned() else {
        return String::new();
    };
    let colon = if settings.basic { "" } else { ":" };
    let mut text = String::new();
    let milliseconds = zoned.millisecond();
    let seconds = !settings.no_seconds || milliseconds != 0 || zoned.second() != 0;
    let precision = settings.precision;
    if precision >= Precision::Hour {
        text += &format!("{:02}", zoned.hour());
    }
    if precision >= Precision::Minute {
        text += &format!("{colon}{:02}", zoned.minute());
    }
    if precision >= Precision::Second && seconds {
        text += &format!("{colon}{:02}", zoned.second());
    }
    if precision == Precision::Millisecond
        && seconds
        && (!settings.no_milliseconds || milliseconds != 0)
    {
        text += &format!(".{milliseconds:03}");
    }
    if settings.offset {
        let offset = date.iso_offset();
        // With the name of the zone, UTC is written out as well.
        text += if settings.zone && offset == "Z" {
            "+00:00"
        } else {
            &offset
        };
    }
    if settings.zone {
        text += &format!("[{}]", super::zone::name(zoned));
    }
    text
}
