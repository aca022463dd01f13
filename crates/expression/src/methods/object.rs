//! Methods that every value has.

use crate::evaluate::{Interpreter, Run};
use crate::js::Js;
use crate::methods::argument;

/// The text of a value that asks for it by its own method.
pub(super) fn to_text(interpreter: &mut Interpreter, value: &Js) -> Run {
    match super::call(interpreter, value, "toString", &[])? {
        Some(text) => Ok(text),
        None => Ok(Js::text(interpreter.text_of(value)?)),
    }
}

pub(super) fn call(
    interpreter: &mut Interpreter,
    receiver: &Js,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    Ok(Some(match name {
        "toString" | "toLocaleString" => Js::text(interpreter.text_of(receiver)?),
        "valueOf" => receiver.clone(),
        "hasOwnProperty" | "propertyIsEnumerable" => {
            let key = interpreter.text_of(argument(arguments, 0))?;
            Js::bool(interpreter.has_own(receiver, &key)?)
        }
        "isPrototypeOf" => Js::bool(false),
        _ => return Ok(None),
    }))
}
