//! The methods of Interval.

use std::rc::Rc;

use super::units::Unit;
use super::{DateTime, Duration, Interval, format, iso_text, methods, statics};
use crate::evaluate::{Interpreter, Run, type_error};
use crate::js::Js;
use crate::list::ListView;
use crate::methods::argument;

pub(crate) fn interval(
    interpreter: &mut Interpreter,
    interval: &Rc<Interval>,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    let first = argument(arguments, 0);
    let made = |interval: Interval| Js::Interval(Rc::new(interval));
    let valid = interval.is_valid();
    if let Some(result) = compare(interpreter, interval, name, first)? {
        return Ok(Some(result));
    }
    Ok(Some(match name {
        "length" => Js::number(interval.length(unit_argument(interpreter, first)?)),
        "count" => Js::number(interval.count(unit_argument(interpreter, first)?)),
        "toDuration" => {
            let units = statics::units(interpreter, first, Unit::Millisecond)?;
            Js::Duration(Rc::new(interval.to_duration(&units)))
        }
        "isEmpty" => Js::bool(interval.is_empty()),
        "intersection" | "union" if !valid => Js::Interval(interval.clone()),
        "intersection" => match interval.intersection(&*other(first)?) {
            Some(common) => made(common),
            None => Js::NULL,
        },
        "union" => made(interval.union(&*other(first)?)),
        "difference" => {
            let mut all = vec![(**interval).clone()];
            for argument in arguments {
                all.push((*other(argument)?).clone());
            }
            let parts = Interval::xor(&all).into_iter();
            let parts = parts.filter_map(|part| interval.intersection(&part));
            Js::array(parts.filter(|part| !part.is_empty()).map(made).collect())
        }
        "set" => {
            let mut changed = (**interval).clone();
            if first.is_object() {
                let start = interpreter.get_member(first, "start")?;
                if !start.is_nullish() {
                    changed.start = statics::to_date(interpreter, &start)?;
                }
                let end = interpreter.get_member(first, "end")?;
                if !end.is_nullish() {
                    changed.end = statics::to_date(interpreter, &end)?;
                }
            }
            made(changed)
        }
        "mapEndpoints" => {
            let mut ends = Vec::new();
            for end in [&interval.start, &interval.end] {
                let end = Js::DateTime(Rc::new(end.clone()));
                let mapped = interpreter.call(first, &Js::Undefined, &[end])?;
                ends.push(statics::to_date(interpreter, &mapped)?);
            }
            let end = ends.pop().unwrap_or_else(DateTime::invalid);
            made(Interval::new(
                ends.pop().unwrap_or_else(DateTime::invalid),
                end,
            ))
        }
        "splitAt" => {
            let mut dates = Vec::new();
            for argument in arguments {
                let date = statics::to_date(interpreter, argument)?;
                if interval.contains(&date) {
                    dates.push(date);
                }
            }
            dates.sort_by(|a, b| a.millis().total_cmp(&b.millis()));
            Js::array(split(interpreter, interval, dates)?)
        }
        "splitBy" => {
            let duration = statics::to_duration(interpreter, first)?;
            Js::array(split_by(interpreter, interval, &duration)?)
        }
        "divideEqually" => {
            let count = interpreter.number_of(first)?;
            let length = interval.length(Unit::Millisecond) / count;
            let duration = Duration::of(Unit::Millisecond, length);
            let mut parts = split_by(interpreter, interval, &duration)?;
            parts.truncate(count.max(0.0) as usize);
            Js::array(parts)
        }
        "toISO" => Js::text(interval.to_iso()),
        "toString" => Js::text(interval.display()),
        "toISODate" => Js::text(interval.text("/", |date| format::format(date, "yyyy-MM-dd"))),
        "toISOTime" => {
            let start = iso_text::iso_time(interpreter, &interval.start, first)?;
            let end = iso_text::iso_time(interpreter, &interval.end, first)?;
            Js::text(interval.text("/", |date| {
                if date.millis() == interval.start.millis() {
                    start.clone()
                } else {
                    end.clone()
                }
            }))
        }
        "toFormat" => {
            let pattern = interpreter.text_of(first)?;
            interpreter.charge_text(pattern.len() * 8)?;
            let mut separator = " – ".into();
            let options = argument(arguments, 1);
            if options.is_object() {
                let value = interpreter.get_member(options, "separator")?;
                if !value.is_undefined() {
                    separator = interpreter.text_of(&value)?;
                }
            }
            Js::text(interval.text(&separator, |date| format::format(date, &pattern)))
        }
        "toLocaleString" => {
            let mut texts = Vec::new();
            for end in [&interval.start, &interval.end] {
                let end = Rc::new(end.clone());
                let text = methods::date_time(interpreter, &end, name, arguments)?;
                texts.push(interpreter.text_of(&Js::option(text))?);
            }
            Js::text(texts.join(" – "))
        }
        _ => return Ok(None),
    }))
}

/// The methods that answer yes or no.
fn compare(
    interpreter: &mut Interpreter,
    interval: &Interval,
    name: &str,
    first: &Js,
) -> Run<Option<Js>> {
    let valid = interval.is_valid();
    Ok(Some(Js::bool(match name {
        "contains" => interval.contains(&statics::to_date(interpreter, first)?),
        "isBefore" => {
            valid && interval.end.millis() <= statics::to_date(interpreter, first)?.millis()
        }
        "isAfter" => {
            valid && interval.start.millis() > statics::to_date(interpreter, first)?.millis()
        }
        "hasSame" => {
            let unit = unit_argument(interpreter, first)?.plural();
            let last = interval
                .end
                .plus(&Duration::of(Unit::Millisecond, 1.0), -1.0);
            valid
                && (interval.is_empty()
                    || last.start_of(unit).millis() == interval.start.start_of(unit).millis())
        }
        "overlaps" => interval.overlaps(&*other(first)?),
        "abutsStart" => valid && interval.end.millis() == other(first)?.start.millis(),
        "abutsEnd" => valid && interval.start.millis() == other(first)?.end.millis(),
        "engulfs" => {
            let other = other(first)?;
            valid
                && interval.start.millis() <= other.start.millis()
                && interval.end.millis() >= other.end.millis()
        }
        "equals" => {
            let other = other(first)?;
            valid
                && other.is_valid()
                && interval.start.millis() == other.start.millis()
                && interval.end.millis() == other.end.millis()
        }
        _ => return Ok(None),
    })))
}

/// The static methods of Interval that take intervals.
pub(super) fn combine(interpreter: &mut Interpreter, name: &str, list: &Js) -> Run {
    let Some(list) = ListView::of(list) else {
        return type_error("a list of intervals is needed");
    };
    interpreter.charge_elements(list.len() * 4)?;
    let mut intervals = Vec::with_capacity(list.len());
    for element in list.to_vec() {
        intervals.push((*other(&element)?).clone());
    }
    let combined = if name == "merge" {
        Interval::merge(intervals)
    } else {
        Interval::xor(&intervals)
    };
    let combined = combined.into_iter();
    Ok(Js::array(
        combined.map(|part| Js::Interval(Rc::new(part))).collect(),
    ))
}

fn other(value: &Js) -> Run<Rc<Interval>> {
    match value {
        Js::Interval(interval) => Ok(interval.clone()),
        _ => type_error("an Interval is needed"),
    }
}

fn unit_argument(interpreter: &mut Interpreter, value: &Js) -> Run<Unit> {
    let units = statics::units(interpreter, value, Unit::Millisecond)?;
    Ok(units.first().copied().unwrap_or(Unit::Millisecond))
}

fn split(interpreter: &mut Interpreter, whole: &Interval, at: Vec<DateTime>) -> Run<Vec<Js>> {
    let mut parts = Vec::new();
    if !whole.is_valid() {
        return Ok(parts);
    }
    let mut start = whole.start.clone();
    for end in at.into_iter().chain([whole.end.clone()]) {
        if start.millis() >= whole.end.millis() {
            break;
        }
        interpreter.charge_elements(8)?;
        parts.push(Js::Interval(Rc::new(Interval::new(start, end.clone()))));
        start = end;
    }
    Ok(parts)
}

fn split_by(interpreter: &mut Interpreter, whole: &Interval, by: &Duration) -> Run<Vec<Js>> {
    let mut parts = Vec::new();
    if !whole.is_valid() || !by.is_valid() || by.millis() == 0.0 {
        return Ok(parts);
    }
    let mut start = whole.start.clone();
    let mut count = 1.0;
    while start.millis() < whole.end.millis() {
        // Each step is made from the beginning, so that months keep their day.
        interpreter.charge_elements(16)?;
        let next = whole.start.plus(by, count);
        let end = if next.millis() > whole.end.millis() {
            whole.end.clone()
        } else {
            next
        };
        if !end.is_valid() {
            break;
        }
        parts.push(Js::Interval(Rc::new(Interval::new(start, end.clone()))));
        start = end;
        count += 1.0;
    }
    Ok(parts)
}
