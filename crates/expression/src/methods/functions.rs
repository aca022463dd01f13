//! n8n's own functions: `$ifEmpty`, `$min`, `numberList`, `zip` and the others.

use std::sync::Arc;

use itemflow_model::Value;

use crate::convert::truthy;
use crate::evaluate::{Interpreter, Run, Stop, extension_error, type_error};
use crate::extensions::{array, is_empty};
use crate::js::{Js, Members};
use crate::list::ListView;
use crate::methods::argument;
use crate::names::{self, Global};

/// Text that `encodeURIComponent` leaves as it is.
const COMPONENT: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// Text that `encodeURI` leaves as it is.
const WHOLE: &percent_encoding::AsciiSet = &COMPONENT
    .remove(b';')
    .remove(b'/')
    .remove(b'?')
    .remove(b':')
    .remove(b'@')
    .remove(b'&')
    .remove(b'=')
    .remove(b'+')
    .remove(b'$')
    .remove(b',')
    .remove(b'#');

pub(super) fn call(interpreter: &mut Interpreter, function: Global, arguments: &[Js]) -> Run {
    let first = argument(arguments, 0);
    Ok(match function {
        Global::If => {
            if arguments.len() < 2 {
                return interpreter.wrong_arguments("$if needs a condition and a value");
            }
            argument(arguments, if truthy(first) { 1 } else { 2 }).clone()
        }
        Global::IfEmpty => {
            if arguments.len() != 2 {
                return interpreter.wrong_arguments(
                    "$ifEmpty needs exactly two arguments: a value and what to use instead",
                );
            }
            argument(arguments, usize::from(is_empty(interpreter, first)?)).clone()
        }
        Global::Not => Js::bool(!truthy(first)),
        Global::Min | Global::Max => {
            let name = if function == Global::Min {
                "min"
            } else {
                "max"
            };
            return match super::math::call(interpreter, name, arguments)? {
                Some(result) => Ok(result),
                None => type_error("the function needs numbers"),
            };
        }
        Global::Average => {
            let list = ListView::of(&Js::array(arguments.to_vec()));
            match list {
                Some(list) => Js::number(array::average(interpreter, &list)?),
                None => Js::Undefined,
            }
        }
        Global::numberList => number_list(interpreter, arguments)?,
        Global::zip => zip(interpreter, arguments)?,
        Global::encodeURIComponent => encode(interpreter, arguments, COMPONENT)?,
        Global::encodeURI => encode(interpreter, arguments, WHOLE)?,
        Global::toPathSegment => encode(interpreter, arguments, COMPONENT)?,
        Global::decodeURIComponent => {
            let text = interpreter.text_argument(arguments, 0)?;
            Js::text(decode(&text, true)?)
        }
        Global::decodeURI => {
            let text = interpreter.text_argument(arguments, 0)?;
            Js::text(decode(&text, false)?)
        }
        Global::FromAi => from_ai(interpreter, arguments)?,
        Global::EvaluateExpression => evaluate(interpreter, arguments)?,
        Global::Jmespath => super::jmespath::search(interpreter, arguments)?,
        _ => return type_error("the value is not a function"),
    })
}

fn number_list(interpreter: &mut Interpreter, arguments: &[Js]) -> Run {
    let start = interpreter.number_of(argument(arguments, 0))?;
    let end = interpreter.number_of(argument(arguments, 1))?;
    if !start.is_finite() || !end.is_finite() {
        return extension_error("numberList needs a first and a last number");
    }
    let count = ((end - start).abs().floor() + 1.0).min(1e12) as usize;
    interpreter.charge_elements(count)?;
    let step = if end >= start { 1.0 } else { -1.0 };
    Ok(Js::array(
        (0..count)
            .map(|i| Js::number(start + step * i as f64))
            .collect(),
    ))
}

fn zip(interpreter: &mut Interpreter, arguments: &[Js]) -> Run {
    let (Some(keys), Some(values)) = (
        ListView::of(argument(arguments, 0)),
        ListView::of(argument(arguments, 1)),
    ) else {
        return extension_error("zip needs a list of names and a list of values");
    };
    if keys.len() != values.len() {
        return extension_error("zip needs as many names as values");
    }
    interpreter.charge_elements(keys.len() * 3)?;
    let mut members = Members::default();
    for i in 0..keys.len() {
        let key = interpreter.member_key(&keys.get(i))?;
        members.insert(key, values.get(i));
    }
    Ok(Js::object(members))
}

fn encode(
    interpreter: &mut Interpreter,
    arguments: &[Js],
    set: &'static percent_encoding::AsciiSet,
) -> Run {
    let text = interpreter.text_argument(arguments, 0)?;
    interpreter.charge_text(text.len() * 3)?;
    Ok(Js::text(
        percent_encoding::utf8_percent_encode(&text, set).to_string(),
    ))
}

/// The text with its percent escapes undone; those of reserved characters stay unless `all`.
pub(crate) fn decode(text: &str, all: bool) -> Run<String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i] != b'%' {
            out.push(bytes[i]);
            i += 1;
            continue;
        }
        let Some(byte) = text
            .get(i + 1..i + 3)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
        else {
            return uri_error("the text has a `%` that is no escape");
        };
        if !all && b";/?:@&=+$,#".contains(&byte) {
            out.extend_from_slice(&bytes[i..i + 3]);
        } else {
            out.push(byte);
        }
        i += 3;
    }
    String::from_utf8(out).or_else(|_| uri_error("the escapes are no UTF-8 text"))
}

fn uri_error<T>(message: &'static str) -> Run<T> {
    Err(Stop::Type("URIError", message.into()))
}

/// Percent-encodes as `encodeURIComponent` or, for a whole address, as `encodeURI` does.
pub(crate) fn encode_uri(text: &str, whole: bool) -> String {
    percent_encoding::utf8_percent_encode(text, if whole { WHOLE } else { COMPONENT }).to_string()
}

/// `$fromAI(key, description, type, default)`: the item's `query[key]`, else its own field, else the default.
fn from_ai(interpreter: &mut Interpreter, arguments: &[Js]) -> Run {
    let key: Arc<str> = match argument(arguments, 0) {
        Js::Undefined => return extension_error("$fromAI needs a key"),
        key => interpreter.text_of(key)?,
    };
    let valid = (1..=64).contains(&key.len())
        && key
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if !valid || names::is_forbidden(&key) {
        return extension_error("the key of $fromAI must have 1 to 64 letters, digits, `_` or `-`");
    }
    let json = interpreter.scope.json();
    let found = json
        .and_then(|json| json.get("query").and_then(|query| query.get(&key)))
        .or_else(|| json.and_then(|json| json.get(&key)));
    Ok(match found {
        Some(Value::Null) | None => argument(arguments, 3).clone(),
        Some(value) => Js::Data(value.clone()),
    })
}

/// `$evaluateExpression(text, index)`: the text as the template of a parameter, at another item where one is given.
fn evaluate(interpreter: &mut Interpreter, arguments: &[Js]) -> Run {
    let text = interpreter.text_argument(arguments, 0)?;
    interpreter.charge_fuel(1_000 + text.len() as u64 * 20)?;
    let Ok(expression) = crate::Expression::parse(&format!("={text}")) else {
        return extension_error("$evaluateExpression got a text that is no expression");
    };
    interpreter.enter(40)?;
    let limits = interpreter.remaining();
    let elsewhere = match argument(arguments, 1).as_number() {
        Some(index) if index >= 0.0 => interpreter.scope.at_item(index as usize),
        _ => None,
    };
    let scope = elsewhere.as_deref().unwrap_or(interpreter.scope);
    let value = expression.evaluate(scope, &limits)?;
    drop(elsewhere);
    interpreter.leave(40);
    interpreter.charge_fuel(limits.fuel / 4)?;
    Ok(value.map_or(Js::Undefined, Js::Data))
}
