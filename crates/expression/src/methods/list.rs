//! Methods of lists that leave them as they are.

use crate::convert::{relative_index, to_integer};
use crate::evaluate::{Interpreter, Run};
use crate::js::Js;
use crate::list::ListView;
use crate::methods::{argument, list_callbacks, list_changes};
use crate::operators::{same, same_value};

pub(super) fn call(
    interpreter: &mut Interpreter,
    receiver: &Js,
    list: &ListView,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    let length = list.len();
    let first = argument(arguments, 0);
    Ok(Some(match name {
        "at" => {
            let index = interpreter.integer_argument(arguments, 0, 0.0)?;
            let index = if index < 0.0 {
                index + length as f64
            } else {
                index
            };
            if index < 0.0 {
                Js::Undefined
            } else {
                list.get(index as usize)
            }
        }
        "concat" => {
            interpreter.charge_elements(length + arguments.len())?;
            let mut elements = list.to_vec();
            for argument in arguments {
                match ListView::of(argument) {
                    Some(more) => {
                        interpreter.charge_elements(more.len())?;
                        elements.extend(more.to_vec());
                    }
                    None => elements.push(argument.clone()),
                }
            }
            Js::array(elements)
        }
        "join" => {
            let separator = match first {
                Js::Undefined => ",".into(),
                value => interpreter.text_of(value)?,
            };
            Js::text(interpreter.join(receiver, &separator)?)
        }
        "toString" => Js::text(interpreter.join(receiver, ",")?),
        "toLocaleString" => {
            let mut elements = Vec::with_capacity(length);
            for element in list.to_vec() {
                elements.push(if element.is_nullish() {
                    Js::Undefined
                } else {
                    let text = interpreter.call_method(&element, name, arguments)?;
                    Js::option(text)
                });
            }
            Js::text(interpreter.join(&Js::array(elements), ",")?)
        }
        "slice" => {
            let start = interpreter.integer_argument(arguments, 0, 0.0)?;
            let end = interpreter.integer_argument(arguments, 1, length as f64)?;
            let (start, end) = (relative_index(start, length), relative_index(end, length));
            interpreter.charge_elements(end.saturating_sub(start))?;
            Js::array((start..end).map(|i| list.get(i)).collect())
        }
        "includes" => {
            interpreter.charge_fuel(length as u64)?;
            let start = interpreter.integer_argument(arguments, 1, 0.0)?;
            let start = relative_index(start, length);
            Js::bool((start..length).any(|i| same_value(&list.get(i), first)))
        }
        "indexOf" => {
            interpreter.charge_fuel(length as u64)?;
            let start = interpreter.integer_argument(arguments, 1, 0.0)?;
            let found =
                (relative_index(start, length)..length).find(|i| same(&list.get(*i), first));
            Js::number(found.map_or(-1.0, |i| i as f64))
        }
        "lastIndexOf" => {
            interpreter.charge_fuel(length as u64)?;
            let end = match argument(arguments, 1) {
                Js::Undefined if arguments.len() < 2 => length as f64,
                value => {
                    let last = to_integer(interpreter.number_of(value)?);
                    if last < 0.0 {
                        length as f64 + last + 1.0
                    } else {
                        (last + 1.0).min(length as f64)
                    }
                }
            };
            let end = end.max(0.0) as usize;
            let found = (0..end).rev().find(|i| same(&list.get(*i), first));
            Js::number(found.map_or(-1.0, |i| i as f64))
        }
        "flat" => {
            let depth = match first {
                Js::Undefined => 1.0,
                value => to_integer(interpreter.number_of(value)?),
            };
            let mut elements = Vec::new();
            flatten(interpreter, list, depth, &mut elements)?;
            Js::array(elements)
        }
        "keys" => {
            interpreter.charge_elements(length)?;
            Js::iterator("Array Iterator", (0..length).map(Js::index).collect())
        }
        "values" | "@@iterator" => {
            interpreter.charge_elements(length)?;
            Js::iterator("Array Iterator", list.to_vec())
        }
        "entries" => {
            interpreter.charge_elements(length * 4)?;
            let entries = (0..length).map(|i| Js::array(vec![Js::index(i), list.get(i)]));
            Js::iterator("Array Iterator", entries.collect())
        }
        "toReversed" => {
            interpreter.charge_elements(length)?;
            Js::array((0..length).rev().map(|i| list.get(i)).collect())
        }
        "with" => {
            let index = interpreter.integer_argument(arguments, 0, 0.0)?;
            let mut elements = list.to_vec();
            interpreter.charge_elements(length)?;
            let index = if index < 0.0 {
                index + length as f64
            } else {
                index
            };
            match elements.get_mut(index.max(0.0) as usize) {
                Some(element) if index >= 0.0 => *element = argument(arguments, 1).clone(),
                _ => return crate::evaluate::range_error("the index is beyond the list"),
            }
            Js::array(elements)
        }
        "hasOwnProperty" | "valueOf" => {
            return crate::methods::object::call(interpreter, receiver, name, arguments);
        }
        _ => {
            if let Some(result) =
                list_callbacks::call(interpreter, receiver, list, name, arguments)?
            {
                return Ok(Some(result));
            }
            return list_changes::call(interpreter, receiver, list, name, arguments);
        }
    }))
}

fn flatten(
    interpreter: &mut Interpreter,
    list: &ListView,
    depth: f64,
    into: &mut Vec<Js>,
) -> Run<()> {
    interpreter.enter(1)?;
    interpreter.charge_elements(list.len())?;
    for element in list.to_vec() {
        match ListView::of(&element) {
            Some(inner) if depth >= 1.0 => flatten(interpreter, &inner, depth - 1.0, into)?,
            _ => into.push(element),
        }
    }
    interpreter.leave(1);
    Ok(())
}
