//! Extension methods of numbers.

use std::rc::Rc;

use crate::evaluate::{Interpreter, Run, extension_error};
use crate::js::Js;
use crate::luxon::DateTime;
use crate::methods::argument;
use crate::methods::number::{fixed, format_locale};

pub(super) fn call(
    interpreter: &mut Interpreter,
    number: f64,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    let first = argument(arguments, 0);
    Ok(Some(match name {
        "ceil" => Js::number(number.ceil()),
        "floor" => Js::number(number.floor()),
        "abs" => Js::number(number.abs()),
        "round" => {
            let places = interpreter
                .integer_argument(arguments, 0, 0.0)?
                .clamp(0.0, 100.0);
            Js::number(round(number, places as usize))
        }
        "format" => Js::text(format_locale(interpreter, number, arguments)?),
        "isInteger" => Js::bool(number.fract() == 0.0),
        "isEven" | "isOdd" => {
            if number.fract() != 0.0 || !number.is_finite() {
                return extension_error(format!("{name}() is only callable on a whole number"));
            }
            Js::bool((number % 2.0 == 0.0) == (name == "isEven"))
        }
        "toBoolean" => Js::bool(number != 0.0),
        "toInt" => Js::number(round(number, 0)),
        "toFloat" | "toNumber" => Js::number(number),
        "toDateTime" => {
            let format = match first {
                Js::Undefined => None,
                value => Some(interpreter.text_of(value)?),
            };
            to_date_time(interpreter, number, format.as_deref())?
        }
        _ => return Ok(None),
    }))
}

/// n8n rounds by `toFixed`: halves go away from zero, judged by the exact value.
fn round(number: f64, places: usize) -> f64 {
    if !number.is_finite() {
        return number;
    }
    fixed(number, places).parse().unwrap_or(f64::NAN)
}

/// The moment that a number means: milliseconds unless the format says otherwise.
pub(super) fn to_date_time(
    interpreter: &mut Interpreter,
    number: f64,
    format: Option<&str>,
) -> Run {
    let ms = match format {
        None | Some("ms") => number,
        Some("s") => number * 1000.0,
        Some("us") => (number / 1000.0).floor(),
        // Days since the last day of 1899, with Excel's leap day of 1900.
        Some("excel") => (number - 25_569.0) * 86_400_000.0,
        Some(other) => {
            return extension_error(format!(
                "toDateTime() does not know the format `{other}`: use ms, s, us or excel"
            ));
        }
    };
    let zone = interpreter.scope.time_zone();
    Ok(Js::DateTime(Rc::new(DateTime::from_millis(ms, &zone))))
}
