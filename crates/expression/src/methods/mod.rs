//! The native methods of values, by kind of receiver.

pub(crate) mod big_int;
pub(crate) mod collection;
pub(crate) mod date;
pub(crate) mod functions;
pub(crate) mod globals;
mod iterator;
mod jmespath;
mod jmespath_functions;
pub(crate) mod json;
mod list;
mod list_callbacks;
mod list_changes;
mod math;
pub(crate) mod number;
mod object;
pub(crate) mod regex;
mod text;

use std::rc::Rc;

use itemflow_model::Value;

pub(crate) use math::round;

use crate::evaluate::{Interpreter, Run};
use crate::js::Js;
use crate::list::ListView;
use crate::special::{Bound, Special, symbol_text};

/// Calls a native method; `None` when the value has none of this name.
pub(crate) fn call(
    interpreter: &mut Interpreter,
    receiver: &Js,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    if let Some(list) = ListView::of(receiver) {
        if let Some(result) = list::call(interpreter, receiver, &list, name, arguments)? {
            return Ok(Some(result));
        }
        return Ok(None);
    }
    let result = match receiver {
        Js::Undefined | Js::Data(Value::Null) if crate::method_names::is_extension(name) => {
            return Ok(None);
        }
        Js::Undefined | Js::Data(Value::Null) => {
            return crate::evaluate::type_error(format!(
                "cannot read `{name}` of undefined or null"
            ));
        }
        Js::Data(Value::String(text)) => text::call(interpreter, text, name, arguments)?,
        Js::Data(Value::Number(number)) => {
            number::call(interpreter, number.as_f64(), name, arguments)?
        }
        Js::Date(ms) => date::call(interpreter, ms, name, arguments)?,
        Js::Regex(regex) => regex::call(interpreter, regex, name, arguments)?,
        Js::Map(map) => collection::call(interpreter, map, true, receiver, name, arguments)?,
        Js::Set(set) => collection::call(interpreter, set, false, receiver, name, arguments)?,
        Js::DateTime(date) => crate::luxon::methods::date_time(interpreter, date, name, arguments)?,
        Js::Duration(duration) => {
            crate::luxon::duration_methods::duration(interpreter, duration, name, arguments)?
        }
        Js::Interval(inner) => {
            crate::luxon::interval_methods::interval(interpreter, inner, name, arguments)?
        }
        Js::Function(_) | Js::Native(_) => function_method(interpreter, receiver, name, arguments)?,
        Js::Special(special) => match &**special {
            Special::Symbol(description) if name == "toString" => {
                Some(Js::text(symbol_text(description.as_deref())))
            }
            Special::Symbol(_) => None,
            Special::BigInt(number) => big_int::call(interpreter, *number, name, arguments)?,
            Special::Iterator(inner) => {
                iterator::call(interpreter, inner, receiver, name, arguments)?
            }
            Special::Formatter(formatter) => {
                crate::intl::call(interpreter, formatter, name, arguments)?
            }
            Special::Bound(_) => function_method(interpreter, receiver, name, arguments)?,
        },
        _ => None,
    };
    match result {
        Some(result) => Ok(Some(result)),
        None => object::call(interpreter, receiver, name, arguments),
    }
}

/// `call`, `apply` and `bind`.
pub(crate) fn function_method(
    interpreter: &mut Interpreter,
    function: &Js,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    let this = Js::option(arguments.first().cloned());
    Ok(Some(match name {
        "call" => {
            let rest = arguments.get(1..).unwrap_or_default();
            call_with_this(interpreter, function, &this, rest)?
        }
        "apply" => {
            let list = match arguments.get(1) {
                Some(list) if !list.is_nullish() => interpreter.iterate(list)?,
                _ => Vec::new(),
            };
            call_with_this(interpreter, function, &this, &list)?
        }
        "bind" => Js::Special(Rc::new(Special::Bound(Bound {
            function: function.clone(),
            this,
            arguments: arguments.get(1..).unwrap_or_default().to_vec(),
        }))),
        _ => return Ok(None),
    }))
}

/// A method that was taken from one value may be called on another.
fn call_with_this(
    interpreter: &mut Interpreter,
    function: &Js,
    this: &Js,
    arguments: &[Js],
) -> Run {
    let Js::Native(native) = function else {
        return interpreter.call(function, this, arguments);
    };
    if this.is_nullish() {
        return interpreter.call(function, this, arguments);
    }
    // The methods of lists also work on what is like a list.
    let like_list = match &native.receiver {
        receiver if !receiver.is_array() || this.is_array() => None,
        _ => Some(Js::array(globals::array_like(interpreter, this)?)),
    };
    let receiver = like_list.as_ref().unwrap_or(this);
    match interpreter.call_method(receiver, &native.name, arguments)? {
        Some(result) => Ok(result),
        None => crate::evaluate::type_error(format!("{} is not a function", native.name)),
    }
}

/// The argument at `index`, undefined when it is missing.
pub(crate) fn argument(arguments: &[Js], index: usize) -> &Js {
    arguments.get(index).unwrap_or(&Js::Undefined)
}

impl Interpreter<'_> {
    /// The argument at `index` as an integer, or `default` when it is undefined.
    pub(crate) fn integer_argument(
        &mut self,
        arguments: &[Js],
        index: usize,
        default: f64,
    ) -> Run<f64> {
        match argument(arguments, index) {
            Js::Undefined => Ok(default),
            value => Ok(crate::convert::to_integer(self.number_of(value)?)),
        }
    }

    /// The argument at `index` as text.
    pub(crate) fn text_argument(
        &mut self,
        arguments: &[Js],
        index: usize,
    ) -> Run<std::sync::Arc<str>> {
        self.text_of(argument(arguments, index))
    }
}
