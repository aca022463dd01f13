//! `DateTime.fromISO` and the other functions of the classes.

use std::rc::Rc;

use jiff::tz::TimeZone;

use super::units::Unit;
use super::{DateTime, Duration, Interval, english, iso, methods, read_format, zone};
use crate::convert::truthy;
use crate::evaluate::{Interpreter, Run, type_error};
use crate::js::{Js, Members};
use crate::methods::{argument, date};
use crate::names::Global;

/// Options of `toLocaleString` that luxon names.
pub(crate) fn constant(name: &str) -> Option<Js> {
    let parts: &[(&str, &str)] = match name {
        "DATE_SHORT" => &[
            ("year", "numeric"),
            ("month", "numeric"),
            ("day", "numeric"),
        ],
        "DATE_MED" => &[("year", "numeric"), ("month", "short"), ("day", "numeric")],
        "DATE_FULL" => &[("year", "numeric"), ("month", "long"), ("day", "numeric")],
        "DATE_HUGE" => &[
            ("year", "numeric"),
            ("month", "long"),
            ("day", "numeric"),
            ("weekday", "long"),
        ],
        "DATE_MED_WITH_WEEKDAY" => &[
            ("year", "numeric"),
            ("month", "short"),
            ("day", "numeric"),
            ("weekday", "short"),
        ],
        "TIME_SIMPLE" => &[("hour", "numeric"), ("minute", "2-digit")],
        "TIME_WITH_SECONDS" => &[
            ("hour", "numeric"),
            ("minute", "2-digit"),
            ("second", "2-digit"),
        ],
        "TIME_24_SIMPLE" => &[
            ("hour", "2-digit"),
            ("minute", "2-digit"),
            ("hourCycle", "h23"),
        ],
        "TIME_24_WITH_SECONDS" => &[
            ("hour", "2-digit"),
            ("minute", "2-digit"),
            ("second", "2-digit"),
            ("hourCycle", "h23"),
        ],
        "DATETIME_SHORT" => &[
            ("year", "numeric"),
            ("month", "numeric"),
            ("day", "numeric"),
            ("hour", "numeric"),
            ("minute", "2-digit"),
        ],
        "DATETIME_MED" => &[
            ("year", "numeric"),
            ("month", "short"),
            ("day", "numeric"),
            ("hour", "numeric"),
            ("minute", "2-digit"),
        ],
        "DATETIME_FULL" => &[
            ("dateStyle", "long"),
            ("hour", "numeric"),
            ("minute", "2-digit"),
            ("timeZoneName", "short"),
        ],
        _ => return None,
    };
    let members: Members = parts
        .iter()
        .map(|(key, value)| ((*key).into(), Js::text(*value)))
        .collect();
    Some(Js::object(members))
}

pub(crate) fn call(
    interpreter: &mut Interpreter,
    class: Global,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    match class {
        Global::DateTime => date_time(interpreter, name, arguments),
        Global::Duration => duration(interpreter, name, arguments),
        _ => interval(interpreter, name, arguments),
    }
}

fn date_time(interpreter: &mut Interpreter, name: &str, arguments: &[Js]) -> Run<Option<Js>> {
    let first = argument(arguments, 0);
    let local = interpreter.scope.time_zone();
    let made =
        |date: Option<DateTime>| Js::DateTime(Rc::new(date.unwrap_or_else(DateTime::invalid)));
    Ok(Some(match name {
        "now" => Js::DateTime(Rc::new(interpreter.now())),
        "local" | "utc" => {
            let zone = if name == "utc" { TimeZone::UTC } else { local };
            made(from_parts(interpreter, arguments, zone)?)
        }
        "fromISO" | "fromSQL" => {
            let text = interpreter.text_argument(arguments, 0)?;
            let options = options(interpreter, argument(arguments, 1))?;
            let zone = options.zone.clone().unwrap_or(local);
            let read = iso::parse_with_zone(&text, &zone);
            made(read.map(|(date, named)| match named {
                Some(_) if options.set_zone => date,
                _ => date.in_zone(&zone),
            }))
        }
        "fromFormat" | "fromString" => {
            let text = interpreter.text_argument(arguments, 0)?;
            let pattern = interpreter.text_argument(arguments, 1)?;
            let options = options(interpreter, argument(arguments, 2))?;
            let zone = options.zone.clone().unwrap_or(local);
            let today = interpreter.now().in_zone(&zone);
            let Some(today) = today.zoned() else {
                return Ok(Some(made(None)));
            };
            made(read_format::parse(
                &text,
                &pattern,
                &zone,
                today.date(),
                options.set_zone,
            ))
        }
        "fromHTTP" | "fromRFC2822" => {
            let text = interpreter.text_argument(arguments, 0)?;
            made(english::parse_date(&text, &local))
        }
        "fromMillis" | "fromSeconds" => {
            let Some(number) = first.as_number() else {
                return type_error(format!("DateTime.{name} needs a number"));
            };
            let options = options(interpreter, argument(arguments, 1))?;
            let zone = options.zone.unwrap_or(local);
            let ms = if name == "fromSeconds" {
                number * 1000.0
            } else {
                number
            };
            made(Some(DateTime::from_millis(ms, &zone)))
        }
        "fromJSDate" => {
            let options = options(interpreter, argument(arguments, 1))?;
            let zone = options.zone.unwrap_or(local);
            match first {
                Js::Date(ms) => made(Some(DateTime::from_millis(ms.get(), &zone))),
                _ => made(None),
            }
        }
        "fromObject" => {
            let options = options(interpreter, argument(arguments, 1))?;
            made(from_object(
                interpreter,
                first,
                &options.zone.unwrap_or(local),
            )?)
        }
        "invalid" => made(None),
        "isDateTime" => Js::bool(matches!(first, Js::DateTime(_))),
        "max" | "min" => {
            let mut best: Option<Rc<DateTime>> = None;
            for argument in arguments {
                let Js::DateTime(date) = argument else {
                    return type_error(format!("DateTime.{name} needs dates"));
                };
                let better = best
                    .as_ref()
                    .is_none_or(|best| (date.millis() > best.millis()) == (name == "max"));
                if better {
                    best = Some(date.clone());
                }
            }
            best.map_or(Js::Undefined, Js::DateTime)
        }
        _ => return Ok(None),
    }))
}

#[derive(Default)]
struct Options {
    zone: Option<TimeZone>,
    set_zone: bool,
}

fn options(interpreter: &mut Interpreter, value: &Js) -> Run<Options> {
    let mut found = Options::default();
    if !value.is_object() {
        return Ok(found);
    }
    let zone_name = interpreter.get_member(value, "zone")?;
    if !zone_name.is_nullish() {
        let name = interpreter.text_of(&zone_name)?;
        found.zone = zone::parse(&name, &interpreter.scope.time_zone());
    }
    let set_zone = interpreter.get_member(value, "setZone")?;
    found.set_zone = truthy(&set_zone);
    Ok(found)
}

fn from_parts(
    interpreter: &mut Interpreter,
    arguments: &[Js],
    zone: TimeZone,
) -> Run<Option<DateTime>> {
    let mut parts = Vec::new();
    let mut zone = zone;
    for argument in arguments {
        if argument.is_object() {
            if let Some(named) = options(interpreter, argument)?.zone {
                zone = named;
            }
            continue;
        }
        parts.push(interpreter.number_of(argument)?);
    }
    if parts.is_empty() {
        return Ok(Some(interpreter.now().in_zone(&zone)));
    }
    let part = |index: usize, default: f64| parts.get(index).copied().unwrap_or(default);
    Ok(civil([
        part(0, 0.0),
        part(1, 1.0),
        part(2, 1.0),
        part(3, 0.0),
        part(4, 0.0),
        part(5, 0.0),
        part(6, 0.0),
    ])
    .map(|civil| DateTime::from_civil(civil, &zone)))
}

fn civil(parts: [f64; 7]) -> Option<jiff::civil::DateTime> {
    if parts
        .iter()
        .any(|part| part.fract() != 0.0 || part.abs() > 1e6)
    {
        return None;
    }
    let [year, month, day, hour, minute, second, ms] = parts.map(|part| part as i32);
    jiff::civil::DateTime::new(
        year.try_into().ok()?,
        month.try_into().ok()?,
        day.try_into().ok()?,
        hour.try_into().ok()?,
        minute.try_into().ok()?,
        second.try_into().ok()?,
        ms.checked_mul(1_000_000)?,
    )
    .ok()
}

fn from_object(
    interpreter: &mut Interpreter,
    value: &Js,
    zone: &TimeZone,
) -> Run<Option<DateTime>> {
    const NAMES: [&str; 7] = [
        "year",
        "month",
        "day",
        "hour",
        "minute",
        "second",
        "millisecond",
    ];
    let now = interpreter.now().in_zone(zone);
    let mut parts: [Option<f64>; 7] = [None; 7];
    for (key, value) in interpreter.entries(value)? {
        let singular = key.strip_suffix('s').unwrap_or(&key);
        match NAMES.iter().position(|name| *name == singular) {
            Some(index) => parts[index] = Some(interpreter.number_of(&value)?),
            None if &*key == "zone" => {}
            None => return Ok(None),
        }
    }
    let Some(now) = now.zoned() else {
        return Ok(None);
    };
    // Parts before the first that is given are today's, parts after it start at their least.
    let today = [
        f64::from(now.year()),
        f64::from(now.month()),
        f64::from(now.day()),
    ];
    let first = parts.iter().position(Option::is_some).unwrap_or(7);
    let mut values = [0.0; 7];
    for (i, value) in values.iter_mut().enumerate() {
        let default = match i {
            0..3 if i < first => today[i],
            1 | 2 => 1.0,
            _ => 0.0,
        };
        *value = parts[i].unwrap_or(default);
    }
    Ok(civil(values).map(|civil| DateTime::from_civil(civil, zone)))
}

fn duration(interpreter: &mut Interpreter, name: &str, arguments: &[Js]) -> Run<Option<Js>> {
    let first = argument(arguments, 0);
    Ok(Some(match name {
        "fromObject" | "fromDurationLike" => {
            Js::Duration(Rc::new(to_duration(interpreter, first)?))
        }
        "fromMillis" => {
            let ms = interpreter.number_of(first)?;
            Js::Duration(Rc::new(Duration::of(Unit::Millisecond, ms)))
        }
        "fromISO" => {
            let text = interpreter.text_argument(arguments, 0)?;
            match Duration::from_iso(&text) {
                Some(duration) => Js::Duration(Rc::new(duration)),
                None => return type_error("the text is no ISO duration"),
            }
        }
        "isDuration" => Js::bool(matches!(first, Js::Duration(_))),
        _ => return Ok(None),
    }))
}

fn interval(interpreter: &mut Interpreter, name: &str, arguments: &[Js]) -> Run<Option<Js>> {
    let first = argument(arguments, 0);
    let second = argument(arguments, 1);
    let interval = match name {
        "fromDateTimes" => Interval {
            start: to_date(interpreter, first)?,
            end: to_date(interpreter, second)?,
        },
        "after" => {
            let start = to_date(interpreter, first)?;
            let duration = to_duration(interpreter, second)?;
            Interval {
                end: start.plus(&duration, 1.0),
                start,
            }
        }
        "before" => {
            let end = to_date(interpreter, first)?;
            let duration = to_duration(interpreter, second)?;
            Interval {
                start: end.plus(&duration, -1.0),
                end,
            }
        }
        _ => return Ok(None),
    };
    Ok(Some(Js::Interval(Rc::new(interval))))
}

/// The moment that a value means: a DateTime, a Date, ISO text or milliseconds.
pub(crate) fn to_date(interpreter: &mut Interpreter, value: &Js) -> Run<DateTime> {
    let zone = interpreter.scope.time_zone();
    Ok(match value {
        Js::DateTime(date) => (**date).clone(),
        Js::Date(ms) => DateTime::from_millis(ms.get(), &zone),
        value => match (value.as_text(), value.as_number()) {
            (Some(text), _) => match DateTime::from_iso(text, &zone) {
                Some(date) => date,
                None => DateTime::from_millis(date::parse(text, &zone), &zone),
            },
            (None, Some(ms)) => DateTime::from_millis(ms, &zone),
            (None, None) => DateTime::invalid(),
        },
    })
}

/// The duration that a value means: a Duration, an object of amounts, or milliseconds.
pub(crate) fn to_duration(interpreter: &mut Interpreter, value: &Js) -> Run<Duration> {
    if let Js::Duration(duration) = value {
        return Ok((**duration).clone());
    }
    if let Some(ms) = value.as_number() {
        return Ok(Duration::of(Unit::Millisecond, ms));
    }
    if !value.is_object() {
        return type_error("this is no duration: write for example { days: 1 }");
    }
    let mut duration = Duration::default();
    for (key, amount) in interpreter.entries(value)? {
        let Some(unit) = Unit::parse(&key) else {
            return type_error(format!("`{key}` is no unit of time"));
        };
        let amount = interpreter.number_of(&amount)?;
        duration.set(unit, amount);
    }
    Ok(duration)
}

/// The units that a value names, or the default.
pub(crate) fn units(interpreter: &mut Interpreter, value: &Js, default: Unit) -> Run<Vec<Unit>> {
    if value.is_nullish() {
        return Ok(vec![default]);
    }
    let mut units = Vec::new();
    for name in methods::one_or_many(value) {
        let name = interpreter.text_of(&name)?;
        match Unit::parse(&name) {
            Some(unit) => units.push(unit),
            None => return type_error(format!("`{name}` is no unit of time")),
        }
    }
    Ok(units)
}
