//! Extension methods of Date and DateTime. The result has the type of the receiver.

use std::rc::Rc;

use crate::evaluate::{Interpreter, Run, extension_error};
use crate::js::{Js, Members};
use crate::luxon::units::Unit;
use crate::luxon::{DateTime, Duration, members, methods, statics, write_format};
use crate::methods::argument;

pub(super) fn call(
    interpreter: &mut Interpreter,
    receiver: &Js,
    date: &DateTime,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    let first = argument(arguments, 0);
    Ok(Some(match name {
        "beginningOf" => {
            let unit = unit_argument(interpreter, first, "week")?;
            like(receiver, date.start_of(&unit))
        }
        "endOfMonth" => like(receiver, date.end_of("month")),
        "extract" => extract(interpreter, date, first)?,
        "isBetween" => {
            if arguments.len() != 2 {
                return extension_error("isBetween() needs exactly two dates");
            }
            let a = statics::to_date(interpreter, first)?.millis();
            let b = statics::to_date(interpreter, argument(arguments, 1))?.millis();
            if a.is_nan() || b.is_nan() {
                return extension_error("isBetween() needs two dates");
            }
            Js::bool(date.millis() > a.min(b) && date.millis() < a.max(b))
        }
        "isDst" => Js::bool(members::is_dst(date)),
        "isInLast" => {
            let amount = interpreter.number_of(first)?;
            let unit = unit_argument(interpreter, argument(arguments, 1), "minutes")?;
            let now = interpreter.now();
            let Some(unit) = Unit::parse(&unit) else {
                return extension_error(format!("isInLast() does not know the unit `{unit}`"));
            };
            let start = now.plus(&Duration::of(unit, amount), -1.0);
            // An invalid date is neither before nor after.
            Js::bool(!(date.millis() < start.millis() || date.millis() > now.millis()))
        }
        "isWeekend" => members::date_time(date, "isWeekend").unwrap_or(Js::bool(false)),
        "plus" | "minus" => {
            let duration = match first.as_number() {
                Some(amount) if !first.is_object() => {
                    let unit = unit_argument(interpreter, argument(arguments, 1), "minutes")?;
                    let Some(unit) = Unit::parse(&unit) else {
                        return extension_error(format!(
                            "{name}() does not know the unit `{unit}`"
                        ));
                    };
                    Duration::of(unit, amount)
                }
                _ => statics::to_duration(interpreter, first)?,
            };
            like(
                receiver,
                date.plus(&duration, if name == "plus" { 1.0 } else { -1.0 }),
            )
        }
        "format" => {
            let pattern = interpreter.text_argument(arguments, 0)?;
            Js::text(write_format(date, &pattern))
        }
        "diffTo" => {
            let other = statics::to_date(interpreter, first)?;
            diff(interpreter, date, &other, argument(arguments, 1))?
        }
        "diffToNow" => {
            let now = interpreter.now();
            diff(interpreter, date, &now, first)?
        }
        "toDateTime" => Js::DateTime(Rc::new(date.clone())),
        "toInt" | "toFloat" | "toNumber" => Js::number(date.millis()),
        "toBoolean" => Js::Undefined,
        "isEmpty" => Js::bool(false),
        "isNotEmpty" => Js::bool(true),
        _ => return Ok(None),
    }))
}

/// n8n: on a full ISO text the date methods get the text and can do nothing with it.
pub(super) fn on_iso_text(name: &str) -> Option<Js> {
    Some(match name {
        "format" => Js::text("Invalid DateTime"),
        "extract" | "diffTo" | "diffToNow" => Js::number(f64::NAN),
        "plus" | "minus" | "beginningOf" | "endOfMonth" => Js::date(f64::NAN),
        "isBetween" | "isDst" | "isInLast" | "isWeekend" => Js::bool(false),
        "isEmpty" => Js::bool(false),
        "isNotEmpty" => Js::bool(true),
        _ => return None,
    })
}

/// A Date for a Date, a DateTime for a DateTime.
fn like(receiver: &Js, date: DateTime) -> Js {
    match receiver {
        Js::Date(_) => Js::date(date.millis()),
        Js::DateTime(from) => Js::DateTime(Rc::new(date.with_locale(from.locale().cloned()))),
        _ => Js::DateTime(Rc::new(date)),
    }
}

fn unit_argument(
    interpreter: &mut Interpreter,
    value: &Js,
    default: &str,
) -> Run<std::sync::Arc<str>> {
    match value {
        Js::Undefined => Ok(default.into()),
        value => interpreter.text_of(value),
    }
}

fn extract(interpreter: &mut Interpreter, date: &DateTime, part: &Js) -> Run {
    let part = unit_argument(interpreter, part, "week")?;
    let name = match &*part {
        "week" | "weeks" | "weekNumber" => "weekNumber",
        // n8n counts the days that have passed.
        "yearDayNumber" => {
            let ordinal = members::date_time(date, "ordinal").and_then(|value| value.as_number());
            return Ok(Js::number(ordinal.unwrap_or(f64::NAN) - 1.0));
        }
        other => match Unit::parse(other) {
            Some(unit) => &unit.plural()[..unit.plural().len() - 1],
            None => other,
        },
    };
    Ok(match name {
        "weekday" | "ordinal" | "weekYear" => {
            members::date_time(date, name).unwrap_or(Js::Undefined)
        }
        name => members::date_time(date, name)
            .filter(|value| value.as_number().is_some())
            .unwrap_or(Js::Undefined),
    })
}

fn diff(interpreter: &mut Interpreter, date: &DateTime, other: &DateTime, unit: &Js) -> Run {
    let names = match unit {
        Js::Undefined => vec![Js::text("days")],
        value => methods::one_or_many(value),
    };
    let units = statics::units(interpreter, &Js::array(names), Unit::Day)?;
    let duration = date.diff(other, &units);
    if let [only] = units.as_slice() {
        return Ok(Js::number(duration.get(*only)));
    }
    Ok(Js::object(
        duration.entries().into_iter().collect::<Members>(),
    ))
}
