//! n8n's extension methods, by the kind of the receiver as n8n tells it at run time.

pub(crate) mod array;
mod array_objects;
pub(crate) mod compare;
mod date;
mod hash;
mod number;
mod object;
mod text;
mod text_tests;
mod wording;

use itemflow_model::Value;

use crate::evaluate::{Interpreter, Run};
use crate::js::Js;
use crate::list::ListView;
use crate::luxon::DateTime;

/// Calls an extension method; `None` when there is none of this name for this kind of value.
pub(crate) fn call(
    interpreter: &mut Interpreter,
    receiver: &Js,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    let result = if let Some(list) = ListView::of(receiver) {
        array::call(interpreter, &list, name, arguments)?
    } else {
        match receiver {
            Js::Data(Value::String(text)) => {
                if is_iso(text)
                    && let Some(result) = date::on_iso_text(name)
                {
                    return Ok(Some(result));
                }
                text::call(interpreter, text, name, arguments)?
            }
            Js::Data(Value::Number(number)) => {
                number::call(interpreter, number.as_f64(), name, arguments)?
            }
            Js::Data(Value::Bool(flag)) => boolean(*flag, name),
            Js::Date(ms) => {
                let moment = DateTime::from_millis(ms.get(), &interpreter.scope.time_zone());
                date::call(interpreter, receiver, &moment, name, arguments)?
            }
            Js::DateTime(moment) => {
                let moment = moment.clone();
                date::call(interpreter, receiver, &moment, name, arguments)?
            }
            Js::Data(Value::Object(_)) | Js::Object(_) | Js::Item(_) => {
                object::call(interpreter, receiver, name, arguments)?
            }
            _ => None,
        }
    };
    if result.is_some() {
        return Ok(result);
    }
    Ok(match name {
        "isEmpty" if !has_native(receiver, name) => {
            Some(Js::bool(is_empty(interpreter, receiver)?))
        }
        "isNotEmpty" => Some(Js::bool(!is_empty(interpreter, receiver)?)),
        _ => None,
    })
}

fn has_native(receiver: &Js, name: &str) -> bool {
    matches!(receiver, Js::Interval(_)) && name == "isEmpty"
}

/// What the value is, for the errors of extension methods.
pub(crate) fn kind(value: &Js) -> &'static str {
    match value {
        Js::Undefined => "undefined",
        Js::Data(Value::Null) => "null",
        Js::Data(Value::Bool(_)) => "a boolean",
        Js::Data(Value::Number(_)) => "a number",
        Js::Data(Value::String(_)) => "a text",
        Js::Date(_) | Js::DateTime(_) => "a date",
        value if value.is_array() => "a list",
        value if value.is_function() => "a function",
        _ => "an object",
    }
}

/// n8n: empty are undefined, null, `''`, `[]` and objects without members, a Date among them.
pub(crate) fn is_empty(interpreter: &mut Interpreter, value: &Js) -> Run<bool> {
    if let Some(list) = ListView::of(value) {
        return Ok(list.len() == 0);
    }
    Ok(match value {
        Js::Undefined | Js::Data(Value::Null) | Js::Date(_) => true,
        Js::Data(Value::String(text)) => text.is_empty(),
        Js::Data(Value::Object(map)) => map.is_empty(),
        Js::Object(object) => object.members.borrow().is_empty(),
        Js::Item(_) | Js::DateTime(_) | Js::Duration(_) => false,
        Js::Map(_) | Js::Set(_) => true,
        Js::Host(_) => interpreter.entries(value)?.is_empty(),
        _ => false,
    })
}

fn boolean(flag: bool, name: &str) -> Option<Js> {
    Some(match name {
        "toBoolean" => Js::bool(flag),
        "toInt" | "toFloat" | "toNumber" => Js::number(f64::from(u8::from(flag))),
        "toDateTime" => Js::Undefined,
        _ => return None,
    })
}

/// Whether n8n takes the text for a date: ISO with milliseconds and `Z`.
fn is_iso(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 24
        && bytes.iter().enumerate().all(|(i, b)| match i {
            4 | 7 => *b == b'-',
            10 => *b == b'T',
            13 | 16 => *b == b':',
            19 => *b == b'.',
            23 => *b == b'Z',
            _ => b.is_ascii_digit(),
        })
}
