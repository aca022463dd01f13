//! The methods of Duration.

use std::rc::Rc;
use std::sync::Arc;

use super::units::{ALL, Unit};
use super::{DateTime, Duration, format, iso_text, statics};
use crate::convert::truthy;
use crate::evaluate::{Interpreter, Run, type_error};
use crate::intl::Locale;
use crate::intl::number::NumberFormat;
use crate::intl::words::ListFormat;
use crate::js::Js;
use crate::methods::argument;

pub(crate) fn duration(
    interpreter: &mut Interpreter,
    duration: &Rc<Duration>,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    let first = argument(arguments, 0);
    let made = |duration: Duration| Js::Duration(Rc::new(duration));
    let valid = duration.is_valid();
    Ok(Some(match name {
        "as" | "get" => {
            let unit = unit_argument(interpreter, first)?;
            Js::number(match (valid, name) {
                (false, _) => f64::NAN,
                (true, "as") => duration.as_unit(unit),
                (true, _) => duration.get(unit),
            })
        }
        "toObject" => duration.to_object(),
        "toISO" | "toJSON" | "toString" if !valid => Js::NULL,
        "toISO" | "toJSON" | "toString" => Js::text(duration.to_iso()),
        "toISOTime" => {
            let ms = duration.millis();
            if !(0.0..86_400_000.0).contains(&ms) {
                return Ok(Some(Js::NULL));
            }
            let moment = DateTime::from_millis(ms, &jiff::tz::TimeZone::UTC);
            let text = iso_text::iso_time(interpreter, &moment, first)?;
            Js::text(text.strip_suffix('Z').unwrap_or(&text))
        }
        "toMillis" | "valueOf" => Js::number(duration.millis()),
        "toFormat" | "toHuman" if !valid => Js::text("Invalid Duration"),
        "toFormat" => {
            let pattern = interpreter.text_argument(arguments, 0)?;
            interpreter.charge_text(pattern.len() * 4)?;
            let mut floor = true;
            let options = argument(arguments, 1);
            if options.is_object() {
                for name in ["floor", "round"] {
                    let value = interpreter.get_member(options, name)?;
                    floor &= value.is_undefined() || truthy(&value);
                }
            }
            Js::text(format_duration(duration, &pattern, floor))
        }
        "toHuman" => Js::text(to_human(interpreter, duration, first)?),
        "shiftTo" if arguments.is_empty() => Js::Duration(duration.clone()),
        "shiftTo" => {
            let list = Js::array(arguments.to_vec());
            let units = statics::units(interpreter, &list, Unit::Millisecond)?;
            made(duration.shift_to(&units))
        }
        "normalize" => made(duration.normalized()),
        "rescale" | "shiftToAll" | "removeZeros" => {
            let shifted = if name == "removeZeros" {
                (**duration).clone()
            } else {
                let all = ALL.into_iter().filter(|unit| *unit != Unit::Quarter);
                duration.shift_to(&all.collect::<Vec<_>>())
            };
            if name == "shiftToAll" {
                return Ok(Some(made(shifted)));
            }
            let mut kept = Duration::default();
            for unit in ALL.into_iter().filter(|unit| shifted.get(*unit) != 0.0) {
                kept.set(unit, shifted.get(unit));
            }
            made(kept)
        }
        "negate" => made(duration.negated()),
        "plus" | "minus" => {
            let other = statics::to_duration(interpreter, first)?;
            made(duration.plus(&other, if name == "plus" { 1.0 } else { -1.0 }))
        }
        "mapUnits" => {
            let mut result = (**duration).clone();
            for unit in duration.units() {
                let arguments = [Js::number(duration.get(unit)), Js::text(unit.plural())];
                let mapped = interpreter.call(first, &Js::Undefined, &arguments)?;
                result.set(unit, interpreter.number_of(&mapped)?);
            }
            made(result)
        }
        "set" => {
            let other = statics::to_duration(interpreter, first)?;
            let mut result = (**duration).clone();
            for unit in other.units() {
                result.set(unit, other.get(unit));
            }
            made(result)
        }
        "equals" => match first {
            Js::Duration(other) => Js::bool(
                valid
                    && other.is_valid()
                    && ALL
                        .iter()
                        .all(|unit| duration.get(*unit) == other.get(*unit)),
            ),
            _ => Js::bool(false),
        },
        "reconfigure" => Js::Duration(duration.clone()),
        _ => return Ok(None),
    }))
}

fn unit_argument(interpreter: &mut Interpreter, value: &Js) -> Run<Unit> {
    let name = interpreter.text_of(value)?;
    match Unit::parse(&name) {
        Some(unit) => Ok(unit),
        None => type_error(format!("`{name}` is no unit of time")),
    }
}

/// `1 hour, 30 minutes`
fn to_human(interpreter: &mut Interpreter, duration: &Duration, options: &Js) -> Run<String> {
    let mut zeros = true;
    let mut display: Arc<str> = "long".into();
    let mut list_style: Arc<str> = "narrow".into();
    if options.is_object() {
        for (key, value) in interpreter.entries(options)? {
            match &*key {
                "showZeros" => zeros = truthy(&value),
                "unitDisplay" => display = interpreter.text_of(&value)?,
                "listStyle" => list_style = interpreter.text_of(&value)?,
                _ => {}
            }
        }
    }
    let locale = Locale::default();
    let texts: Vec<String> = duration
        .units()
        .into_iter()
        .filter(|unit| zeros || duration.get(*unit) != 0.0)
        .map(|unit| {
            let plural = unit.plural();
            let unit_name = &plural[..plural.len() - 1];
            NumberFormat::with_unit(&locale, unit_name, &display).format(duration.get(unit))
        })
        .collect();
    if &*list_style == "narrow" {
        return Ok(texts.join(", "));
    }
    let list = ListFormat {
        locale,
        kind: "conjunction".into(),
        style: list_style.to_string(),
    };
    Ok(list.format(&texts))
}

fn format_duration(duration: &Duration, pattern: &str, floor: bool) -> String {
    let tokens = format::tokens(pattern);
    let unit_of = |field: &str| match field.as_bytes().first() {
        Some(b'y') => Some(Unit::Year),
        Some(b'M') => Some(Unit::Month),
        Some(b'w') => Some(Unit::Week),
        Some(b'd') => Some(Unit::Day),
        Some(b'h') => Some(Unit::Hour),
        Some(b'm') => Some(Unit::Minute),
        Some(b's') => Some(Unit::Second),
        Some(b'S') => Some(Unit::Millisecond),
        _ => None,
    };
    let units: Vec<Unit> = tokens
        .iter()
        .filter_map(|token| match token {
            format::Token::Field(field) => unit_of(field),
            format::Token::Literal(_) => None,
        })
        .collect();
    let shifted = duration.shift_to(&units);
    let mut text = String::new();
    for token in tokens {
        match token {
            format::Token::Literal(literal) => text.push_str(&literal),
            format::Token::Field(field) => match unit_of(&field) {
                Some(unit) => text += &padded(shifted.get(unit), field.len(), floor),
                None => text.push_str(&field),
            },
        }
    }
    text
}

/// The number with at least so many digits before the point.
fn padded(number: f64, width: usize, floor: bool) -> String {
    // luxon rounds down to whole numbers, or to three digits after the point.
    let shown = if floor {
        number.floor()
    } else {
        crate::methods::round(number * 1000.0) / 1000.0
    };
    let text = itemflow_model::Number::from(shown.abs()).to_string();
    let whole = text.split('.').next().unwrap_or_default().len();
    let zeros = "0".repeat(width.saturating_sub(whole));
    let sign = if shown < 0.0 { "-" } else { "" };
    format!("{sign}{zeros}{text}")
}
