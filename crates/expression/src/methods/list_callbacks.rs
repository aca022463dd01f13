//! Methods of lists that take a function.

use std::rc::Rc;

use crate::evaluate::{Interpreter, Run, type_error};
use crate::js::{Js, Members};
use crate::list::ListView;
use crate::methods::argument;
use crate::operators::text_order;
use crate::special::{Bound, Special};

pub(super) fn call(
    interpreter: &mut Interpreter,
    receiver: &Js,
    list: &ListView,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    if !matches!(
        name,
        "map"
            | "filter"
            | "forEach"
            | "find"
            | "findIndex"
            | "findLast"
            | "findLastIndex"
            | "some"
            | "every"
            | "flatMap"
            | "reduce"
            | "reduceRight"
    ) {
        return Ok(None);
    }
    let function = argument(arguments, 0);
    if !function.is_function() {
        return type_error(format!("{name} needs a function"));
    }
    let bound = match (function, arguments.get(1)) {
        (Js::Function(_), Some(this)) if !name.starts_with("reduce") => {
            Some(Js::Special(Rc::new(Special::Bound(Bound {
                function: function.clone(),
                this: this.clone(),
                arguments: Vec::new(),
            }))))
        }
        _ => None,
    };
    let function = bound.as_ref().unwrap_or(function);
    Ok(Some(match name {
        "map" => {
            let mut elements = Vec::with_capacity(list.len());
            for i in 0..list.len() {
                elements.push(interpreter.call_with_element(function, list.get(i), i, receiver)?);
            }
            interpreter.charge_elements(elements.len())?;
            Js::array(elements)
        }
        "filter" => {
            let mut elements = Vec::new();
            for i in 0..list.len() {
                let element = list.get(i);
                if interpreter.test_element(function, element.clone(), i, receiver)? {
                    elements.push(element);
                }
            }
            interpreter.charge_elements(elements.len())?;
            Js::array(elements)
        }
        "forEach" => {
            for i in 0..list.len() {
                interpreter.call_with_element(function, list.get(i), i, receiver)?;
            }
            Js::Undefined
        }
        "find" | "findIndex" => {
            let found = find(interpreter, list, function, receiver, 0..list.len())?;
            found_result(list, found, name == "find")
        }
        "findLast" | "findLastIndex" => {
            let found = find(interpreter, list, function, receiver, (0..list.len()).rev())?;
            found_result(list, found, name == "findLast")
        }
        "some" => Js::bool(find(interpreter, list, function, receiver, 0..list.len())?.is_some()),
        "every" => {
            for i in 0..list.len() {
                if !interpreter.test_element(function, list.get(i), i, receiver)? {
                    return Ok(Some(Js::bool(false)));
                }
            }
            Js::bool(true)
        }
        "flatMap" => {
            let mut elements = Vec::new();
            for i in 0..list.len() {
                let mapped = interpreter.call_with_element(function, list.get(i), i, receiver)?;
                // Counted list by list: each is short, and together they may be endless.
                match ListView::of(&mapped) {
                    Some(inner) => {
                        interpreter.charge_elements(inner.len())?;
                        elements.extend(inner.to_vec());
                    }
                    None => {
                        interpreter.charge_elements(1)?;
                        elements.push(mapped);
                    }
                }
            }
            Js::array(elements)
        }
        "reduce" => reduce(
            interpreter,
            receiver,
            list,
            arguments,
            (0..list.len()).collect(),
        )?,
        "reduceRight" => reduce(
            interpreter,
            receiver,
            list,
            arguments,
            (0..list.len()).rev().collect(),
        )?,
        _ => return Ok(None),
    }))
}

fn find(
    interpreter: &mut Interpreter,
    list: &ListView,
    function: &Js,
    receiver: &Js,
    indexes: impl Iterator<Item = usize>,
) -> Run<Option<usize>> {
    for i in indexes {
        if interpreter.test_element(function, list.get(i), i, receiver)? {
            return Ok(Some(i));
        }
    }
    Ok(None)
}

fn found_result(list: &ListView, found: Option<usize>, element: bool) -> Js {
    match found {
        Some(i) if element => list.get(i),
        None if element => Js::Undefined,
        Some(i) => Js::index(i),
        None => Js::number(-1.0),
    }
}

fn reduce(
    interpreter: &mut Interpreter,
    receiver: &Js,
    list: &ListView,
    arguments: &[Js],
    indexes: Vec<usize>,
) -> Run {
    let function = argument(arguments, 0);
    let mut indexes = indexes.into_iter();
    let mut result = match arguments.get(1) {
        Some(start) => start.clone(),
        None => match indexes.next() {
            Some(i) => list.get(i),
            None => return type_error("reduce of an empty list needs a start value"),
        },
    };
    for i in indexes {
        // The start value moves into the call: a list that is only here can grow in place.
        let start = std::mem::take(&mut result);
        result = interpreter.call(
            function,
            &Js::Undefined,
            &[start, list.get(i), Js::index(i), receiver.clone()],
        )?;
    }
    Ok(result)
}

/// `Object.groupBy(list, function)`
pub(super) fn group_by(interpreter: &mut Interpreter, value: &Js, function: &Js) -> Run {
    let elements = interpreter.iterate(value)?;
    let mut groups: indexmap::IndexMap<std::sync::Arc<str>, Vec<Js>> = indexmap::IndexMap::new();
    for (i, element) in elements.into_iter().enumerate() {
        let key = interpreter.call_with_element(function, element.clone(), i, value)?;
        let key = interpreter.member_key(&key)?;
        interpreter.charge_elements(1)?;
        groups.entry(key).or_default().push(element);
    }
    let members: Members = groups
        .into_iter()
        .map(|(key, elements)| (key, Js::array(elements)))
        .collect();
    Ok(Js::object(members))
}

/// Sorts as JavaScript does: stable, undefined last, by text unless a function compares.
pub(super) fn sort(interpreter: &mut Interpreter, elements: Vec<Js>, compare: &Js) -> Run<Vec<Js>> {
    let (mut undefined, mut elements): (Vec<Js>, Vec<Js>) =
        elements.into_iter().partition(Js::is_undefined);
    interpreter.charge_elements(elements.len())?;
    if compare.is_undefined() {
        let mut keyed = Vec::with_capacity(elements.len());
        for element in elements {
            keyed.push((interpreter.text_of(&element)?, element));
        }
        interpreter.charge_fuel(keyed.len() as u64 * 8)?;
        keyed.sort_by(|(a, _), (b, _)| text_order(a, b));
        elements = keyed.into_iter().map(|(_, element)| element).collect();
    } else {
        elements = merge_sort(interpreter, elements, compare)?;
    }
    elements.append(&mut undefined);
    Ok(elements)
}

/// A merge sort of our own, because the comparison may fail and may contradict itself.
fn merge_sort(interpreter: &mut Interpreter, elements: Vec<Js>, compare: &Js) -> Run<Vec<Js>> {
    let mut runs: Vec<Vec<Js>> = elements.into_iter().map(|element| vec![element]).collect();
    while runs.len() > 1 {
        let mut merged = Vec::with_capacity(runs.len().div_ceil(2));
        let mut pairs = runs.into_iter();
        while let Some(left) = pairs.next() {
            merged.push(match pairs.next() {
                Some(right) => merge(interpreter, left, right, compare)?,
                None => left,
            });
        }
        runs = merged;
    }
    Ok(runs.pop().unwrap_or_default())
}

fn merge(
    interpreter: &mut Interpreter,
    left: Vec<Js>,
    right: Vec<Js>,
    compare: &Js,
) -> Run<Vec<Js>> {
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let order = interpreter.call(compare, &Js::Undefined, &[a.clone(), b.clone()])?;
        let order = interpreter.number_of(&order)?;
        let next = if order > 0.0 {
            right.next()
        } else {
            left.next()
        };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}
