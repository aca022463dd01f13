//! Extension methods of lists.

use super::array_objects;
use super::compare::DeepSet;
use crate::evaluate::{Interpreter, Run, extension_error};
use crate::js::Js;
use crate::list::ListView;
use crate::methods::{argument, json};

pub(super) fn call(
    interpreter: &mut Interpreter,
    list: &ListView,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    let first = argument(arguments, 0);
    let length = list.len();
    Ok(Some(match name {
        "first" => list.get(0),
        "last" => {
            if length == 0 {
                Js::Undefined
            } else {
                list.get(length - 1)
            }
        }
        "reverse" => {
            interpreter.charge_elements(length)?;
            Js::array((0..length).rev().map(|i| list.get(i)).collect())
        }
        "randomItem" => {
            let index = (interpreter.scope.random() * length as f64) as usize;
            if length == 0 {
                Js::Undefined
            } else {
                list.get(index.min(length - 1))
            }
        }
        "isEmpty" => Js::bool(length == 0),
        "isNotEmpty" => Js::bool(length > 0),
        "sum" => Js::number(numbers(interpreter, list, name)?.iter().sum()),
        "min" => {
            let numbers = numbers(interpreter, list, name)?;
            Js::number(numbers.into_iter().fold(f64::INFINITY, f64::min))
        }
        "max" => {
            let numbers = numbers(interpreter, list, name)?;
            Js::number(numbers.into_iter().fold(f64::NEG_INFINITY, f64::max))
        }
        "average" => Js::number(average(interpreter, list)?),
        "unique" | "removeDuplicates" => unique(interpreter, list, arguments)?,
        "chunk" => {
            let size = interpreter.integer_argument(arguments, 0, f64::NAN)?;
            if !(1.0..=4e9).contains(&size) {
                return extension_error(
                    "chunk() needs a size of 1 or more, for example .chunk(10)",
                );
            }
            interpreter.charge_elements(length * 2)?;
            let elements = list.to_vec();
            Js::array(
                elements
                    .chunks(size as usize)
                    .map(|chunk| Js::array(chunk.to_vec()))
                    .collect(),
            )
        }
        "append" => {
            let mut elements = list.to_vec();
            elements.extend_from_slice(arguments);
            interpreter.charge_elements(elements.len())?;
            Js::array(elements)
        }
        "union" | "difference" | "intersection" => {
            let Some(other) = ListView::of(first) else {
                return extension_error(format!("{name}() needs a list"));
            };
            combine(interpreter, list, &other, name)?
        }
        "toJsonString" => {
            let text = json::stringify(interpreter, &[Js::array(list.to_vec())])?;
            return Ok(Some(text));
        }
        "toInt" | "toFloat" | "toBoolean" | "toDateTime" => Js::Undefined,
        _ => return array_objects::call(interpreter, list, name, arguments),
    }))
}

/// The elements as numbers; anything else is an error.
fn numbers(interpreter: &mut Interpreter, list: &ListView, name: &str) -> Run<Vec<f64>> {
    interpreter.charge_fuel(list.len() as u64)?;
    let mut numbers = Vec::with_capacity(list.len());
    for i in 0..list.len() {
        match list.get(i).as_number() {
            Some(number) => numbers.push(number),
            None => {
                return extension_error(format!(
                    "{name}() is only callable on a list of numbers; element {i} is none"
                ));
            }
        }
    }
    Ok(numbers)
}

/// The mean, 0 of an empty list.
pub(crate) fn average(interpreter: &mut Interpreter, list: &ListView) -> Run<f64> {
    let numbers = numbers(interpreter, list, "average")?;
    if numbers.is_empty() {
        return Ok(0.0);
    }
    Ok(numbers.iter().sum::<f64>() / numbers.len() as f64)
}

fn unique(interpreter: &mut Interpreter, list: &ListView, keys: &[Js]) -> Run {
    let mut names = Vec::new();
    for key in keys {
        names.push(interpreter.member_key(key)?);
    }
    let mut seen = DeepSet::default();
    let mut elements = Vec::new();
    for i in 0..list.len() {
        let element = list.get(i);
        let key = if names.is_empty() || !element.is_object() {
            element.clone()
        } else {
            let mut members = Vec::new();
            for name in &names {
                members.push(interpreter.get_member(&element, name)?);
            }
            Js::array(members)
        };
        if seen.insert(interpreter, &key)? {
            elements.push(element);
        }
    }
    Ok(Js::array(elements))
}

fn combine(interpreter: &mut Interpreter, list: &ListView, other: &ListView, name: &str) -> Run {
    let mut elements = Vec::new();
    let mut seen = DeepSet::default();
    let others = DeepSet::of(interpreter, other)?;
    for i in 0..list.len() {
        let element = list.get(i);
        let keep = match name {
            "union" => true,
            "difference" => !others.contains(interpreter, &element)?,
            _ => others.contains(interpreter, &element)?,
        };
        if keep && seen.insert(interpreter, &element)? {
            elements.push(element);
        }
    }
    if name == "union" {
        for i in 0..other.len() {
            let element = other.get(i);
            if seen.insert(interpreter, &element)? {
                elements.push(element);
            }
        }
    }
    Ok(Js::array(elements))
}
