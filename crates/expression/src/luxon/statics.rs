//! `DateTime.fromISO` and the other functions of the classes.

use std::rc::Rc;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::units::Unit;
use super::{
    DateTime, Duration, Interval, english, interval_methods, iso, methods, read_format, set, zone,
};
use crate::convert::truthy;
use crate::evaluate::{Interpreter, Run, type_error};
use crate::intl::Locale;
use crate::js::{Js, Members};
use crate::methods::{argument, date};
use crate::names::Global;

/// Options of `toLocaleString` that luxon names.
pub(crate) fn constant(name: &str) -> Option<Js> {
    let parts = crate::intl::date::preset_options(name)?;
    let members: Members = parts
        .into_iter()
        .map(|(key, value)| (key.into(), Js::text(value)))
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
    let at = match name {
        "fromFormat" | "fromString" => 2,
        "fromISO" | "fromSQL" | "fromHTTP" | "fromRFC2822" | "fromMillis" | "fromSeconds"
        | "fromJSDate" | "fromObject" => 1,
        _ => usize::MAX,
    };
    let options = match arguments.get(at) {
        Some(options) => read_options(interpreter, options)?,
        None => Options::default(),
    };
    let language = options.locale.clone();
    let made = |date: DateTime| Some(Js::DateTime(Rc::new(date.with_locale(language.clone()))));
    if options.bad_zone {
        return Ok(made(DateTime::invalid_because("unsupported zone")));
    }
    let zone = options.zone.clone().unwrap_or_else(|| local.clone());
    let date = match name {
        "now" => interpreter.now(),
        "local" | "utc" => {
            let zone = if name == "utc" { TimeZone::UTC } else { local };
            from_parts(interpreter, arguments, zone)?
        }
        "fromISO" | "fromSQL" => {
            let text = interpreter.text_argument(arguments, 0)?;
            let now = interpreter.now().in_zone(&zone);
            let read = match (name, now.zoned()) {
                ("fromSQL", Some(now)) => iso::parse_sql(&text, &zone, now.date()),
                (_, Some(now)) => iso::parse_strict(&text, &zone, now.date()),
                (_, None) => None,
            };
            match read {
                Some((date, Some(_))) if options.set_zone => date,
                Some((date, _)) => date.in_zone(&zone),
                None if iso::has_shape(&text) => DateTime::invalid_because("unit out of range"),
                None => DateTime::invalid(),
            }
        }
        "fromFormat" | "fromString" => {
            let text = interpreter.text_argument(arguments, 0)?;
            let pattern = interpreter.text_argument(arguments, 1)?;
            interpreter.charge_fuel((text.len() + pattern.len()) as u64)?;
            let today = interpreter.now().in_zone(&zone);
            let read = today.zoned().and_then(|today| {
                let locale = language.as_deref();
                read_format::parse(
                    &text,
                    &pattern,
                    &zone,
                    today.date(),
                    options.set_zone,
                    locale,
                )
            });
            read.unwrap_or_else(DateTime::invalid)
        }
        "fromHTTP" | "fromRFC2822" => {
            let text = interpreter.text_argument(arguments, 0)?;
            english::parse_date(&text, &zone).unwrap_or_else(DateTime::invalid)
        }
        "fromMillis" | "fromSeconds" => {
            let Some(number) = first.as_number() else {
                return type_error(format!("DateTime.{name} needs a number"));
            };
            let factor = if name == "fromSeconds" { 1000.0 } else { 1.0 };
            DateTime::from_millis(number * factor, &zone)
        }
        "fromJSDate" => match first {
            Js::Date(ms) if ms.get().is_nan() => DateTime::invalid_because("invalid input"),
            Js::Date(ms) => DateTime::from_millis(ms.get(), &zone),
            _ => DateTime::invalid_because("invalid input"),
        },
        "fromObject" => set::from_object(interpreter, first, &zone)?,
        "invalid" => DateTime::invalid_because("invalid"),
        "isDateTime" => return Ok(Some(Js::bool(matches!(first, Js::DateTime(_))))),
        "max" | "min" => return extreme(arguments, name).map(Some),
        _ => return Ok(None),
    };
    Ok(made(date))
}

fn extreme(arguments: &[Js], name: &str) -> Run {
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
    Ok(best.map_or(Js::Undefined, Js::DateTime))
}

#[derive(Default)]
struct Options {
    zone: Option<TimeZone>,
    /// Whether it names a zone that there is not.
    bad_zone: bool,
    set_zone: bool,
    locale: Option<Arc<Locale>>,
}

fn read_options(interpreter: &mut Interpreter, value: &Js) -> Run<Options> {
    let mut found = Options::default();
    if !value.is_object() {
        return Ok(found);
    }
    let zone_name = interpreter.get_member(value, "zone")?;
    if !zone_name.is_nullish() {
        found.zone = zone_of(interpreter, &zone_name)?;
        found.bad_zone = found.zone.is_none();
    }
    let locale = interpreter.get_member(value, "locale")?;
    if !locale.is_nullish() {
        found.locale = Some(Arc::new(Locale::argument(interpreter, &locale)?));
    }
    let set_zone = interpreter.get_member(value, "setZone")?;
    found.set_zone = truthy(&set_zone);
    Ok(found)
}

/// The zone that a value names: undefined for the local one, minutes, a name, or luxon's own object of a zone.
pub(crate) fn zone_of(interpreter: &mut Interpreter, value: &Js) -> Run<Option<TimeZone>> {
    let local = interpreter.scope.time_zone();
    Ok(match value {
        value if value.is_nullish() => Some(local),
        value if value.is_object() => {
            let name = interpreter.get_member(value, "name")?;
            let name = interpreter.text_of(&name)?;
            zone::parse(&name, &local)
        }
        value => match value.as_number() {
            Some(minutes) => Some(zone::from_seconds((minutes * 60.0) as i32)),
            None => {
                let name = interpreter.text_of(value)?;
                zone::parse(&name, &local)
            }
        },
    })
}

fn from_parts(interpreter: &mut Interpreter, arguments: &[Js], zone: TimeZone) -> Run<DateTime> {
    let mut language = None;
    let mut parts = Vec::new();
    let mut zone = zone;
    for argument in arguments {
        if argument.is_object() {
            let options = read_options(interpreter, argument)?;
            if options.bad_zone {
                return Ok(DateTime::invalid_because("unsupported zone"));
            }
            language = options.locale;
            zone = options.zone.unwrap_or(zone);
            continue;
        }
        parts.push(interpreter.number_of(argument)?);
    }
    if parts.is_empty() {
        return Ok(interpreter.now().in_zone(&zone).with_locale(language));
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
    .map_or_else(
        || DateTime::invalid_because("unit out of range"),
        |civil| DateTime::from_civil(civil, &zone),
    )
    .with_locale(language))
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
            let read = Duration::from_iso(&text).unwrap_or_else(Duration::invalid);
            Js::Duration(Rc::new(read))
        }
        "fromISOTime" => {
            let text = interpreter.text_argument(arguments, 0)?;
            let text = text.strip_prefix(['T', 't']).unwrap_or(&text);
            let read = iso::parse_time(text).map_or_else(Duration::invalid, |(time, _)| {
                let mut duration = Duration::default();
                duration.set(Unit::Hour, time.hour().into());
                duration.set(Unit::Minute, time.minute().into());
                duration.set(Unit::Second, time.second().into());
                duration.set(Unit::Millisecond, time.millisecond().into());
                duration
            });
            Js::Duration(Rc::new(read))
        }
        "invalid" => Js::Duration(Rc::new(Duration::invalid())),
        "isDuration" => Js::bool(matches!(first, Js::Duration(_))),
        _ => return Ok(None),
    }))
}

fn interval(interpreter: &mut Interpreter, name: &str, arguments: &[Js]) -> Run<Option<Js>> {
    let first = argument(arguments, 0);
    let second = argument(arguments, 1);
    let interval = match name {
        "fromDateTimes" => {
            let start = to_date(interpreter, first)?;
            Interval::new(start, to_date(interpreter, second)?)
        }
        "after" => {
            let start = to_date(interpreter, first)?;
            let duration = to_duration(interpreter, second)?;
            Interval::new(start.clone(), start.plus(&duration, 1.0))
        }
        "before" => {
            let end = to_date(interpreter, first)?;
            let duration = to_duration(interpreter, second)?;
            Interval::new(end.plus(&duration, -1.0), end)
        }
        "fromISO" => {
            let text = interpreter.text_argument(arguments, 0)?;
            let options = read_options(interpreter, second)?;
            let zone = options
                .zone
                .unwrap_or_else(|| interpreter.scope.time_zone());
            from_iso(&text, &zone).unwrap_or_else(Interval::invalid)
        }
        "invalid" => Interval::invalid(),
        "isInterval" => return Ok(Some(Js::bool(matches!(first, Js::Interval(_))))),
        "merge" | "xor" => return interval_methods::combine(interpreter, name, first).map(Some),
        _ => return Ok(None),
    };
    Ok(Some(Js::Interval(Rc::new(interval))))
}

/// `start/end`, `start/duration` or `duration/end`.
fn from_iso(text: &str, zone: &TimeZone) -> Option<Interval> {
    let (start, end) = text.split_once('/')?;
    match (
        DateTime::from_iso(start, zone),
        DateTime::from_iso(end, zone),
    ) {
        (Some(start), Some(end)) => Some(Interval::new(start, end)),
        (Some(start), None) => {
            let duration = Duration::from_iso(end)?;
            Some(Interval::new(start.clone(), start.plus(&duration, 1.0)))
        }
        (None, Some(end)) => {
            let duration = Duration::from_iso(start)?;
            Some(Interval::new(end.plus(&duration, -1.0), end))
        }
        (None, None) => None,
    }
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
