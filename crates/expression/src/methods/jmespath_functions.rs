//! The functions of JMESPath.

use jmespath::ast::Ast;

use super::jmespath::{Argument, evaluate, is_map, order};
use crate::convert::text_number;
use crate::evaluate::{Interpreter, Run, type_error};
use crate::extensions::compare;
use crate::js::{Js, Members};
use crate::list::ListView;
use crate::methods::json;

pub(super) fn call(interpreter: &mut Interpreter, name: &str, arguments: &[Argument]) -> Run {
    let value = |at: usize| match arguments.get(at) {
        Some(Argument::Value(value)) => Ok(value),
        _ => type_error(format!("{name}() needs more values")),
    };
    let query = |at: usize| match arguments.get(at) {
        Some(Argument::Query(query)) => Ok(*query),
        _ => type_error(format!("{name}() needs a query such as &name")),
    };
    let number = |at: usize| match value(at)?.as_number() {
        Some(number) => Ok(number),
        None => type_error(format!("{name}() needs a number")),
    };
    let text = |at: usize| match value(at)?.as_text() {
        Some(text) => Ok(text.clone()),
        None => type_error(format!("{name}() needs a text")),
    };
    let list = |at: usize| match ListView::of(value(at)?) {
        Some(list) => Ok(list),
        None => type_error(format!("{name}() needs a list")),
    };
    Ok(match name {
        "abs" => Js::number(number(0)?.abs()),
        "ceil" => Js::number(number(0)?.ceil()),
        "floor" => Js::number(number(0)?.floor()),
        "avg" => {
            let numbers = numbers(interpreter, &list(0)?)?;
            Js::number(numbers.iter().sum::<f64>() / numbers.len() as f64)
        }
        "sum" => Js::number(numbers(interpreter, &list(0)?)?.iter().sum()),
        "length" => length(interpreter, value(0)?)?,
        "starts_with" => Js::bool(text(0)?.starts_with(&*text(1)?)),
        "ends_with" => Js::bool(text(0)?.ends_with(&*text(1)?)),
        "contains" => contains(interpreter, value(0)?, value(1)?)?,
        "join" => {
            let parts = list(1)?.to_vec();
            if parts.iter().any(|part| part.as_text().is_none()) {
                return type_error("join() needs a list of texts");
            }
            let joined = interpreter.join(&Js::array(parts), &text(0)?)?;
            interpreter.new_text(joined)?
        }
        "reverse" => match value(0)?.as_text() {
            Some(text) => Js::text(text.chars().rev().collect::<String>()),
            None => {
                let mut elements = list(0)?.to_vec();
                interpreter.charge_elements(elements.len())?;
                elements.reverse();
                Js::array(elements)
            }
        },
        "keys" | "values" => {
            if !is_map(value(0)?) {
                return type_error(format!("{name}() needs an object"));
            }
            let entries = interpreter.entries(value(0)?)?.into_iter();
            Js::array(if name == "keys" {
                entries.map(|(key, _)| Js::text(key)).collect()
            } else {
                entries.map(|(_, value)| value).collect()
            })
        }
        "merge" => {
            let mut members = Members::default();
            for at in 0..arguments.len() {
                let entries = interpreter.entries(value(at)?)?;
                interpreter.charge_elements(entries.len() * 3)?;
                members.extend(entries);
            }
            Js::object(members)
        }
        "max" | "min" => extreme(interpreter, list(0)?.to_vec(), None, name == "max")?,
        "max_by" | "min_by" => {
            let elements = list(0)?.to_vec();
            extreme(interpreter, elements, Some(query(1)?), name == "max_by")?
        }
        "sort" => sort(interpreter, list(0)?.to_vec(), None)?,
        "sort_by" => sort(interpreter, list(0)?.to_vec(), Some(query(1)?))?,
        "map" => {
            let elements = list(1)?.to_vec();
            let mut mapped = Vec::with_capacity(elements.len());
            for element in elements {
                mapped.push(evaluate(interpreter, &element, query(0)?)?);
            }
            interpreter.charge_elements(mapped.len())?;
            Js::array(mapped)
        }
        "not_null" => {
            for at in 0..arguments.len() {
                if !value(at)?.is_nullish() {
                    return Ok(value(at)?.clone());
                }
            }
            Js::NULL
        }
        "to_array" => match ListView::of(value(0)?) {
            Some(_) => value(0)?.clone(),
            None => Js::array(vec![value(0)?.clone()]),
        },
        "to_string" => match value(0)?.as_text() {
            Some(text) => Js::text(text.clone()),
            None => Js::text(json::to_text(interpreter, value(0)?)?),
        },
        "to_number" => match (value(0)?.as_number(), value(0)?.as_text()) {
            (Some(number), _) => Js::number(number),
            (None, Some(text)) => match text_number(text) {
                number if number.is_nan() => Js::NULL,
                number => Js::number(number),
            },
            (None, None) => Js::NULL,
        },
        "type" => Js::text(match value(0)? {
            value if value.is_nullish() => "null",
            value if value.is_array() => "array",
            value if value.as_text().is_some() => "string",
            value if value.as_number().is_some() => "number",
            Js::Data(itemflow_model::Value::Bool(_)) => "boolean",
            _ => "object",
        }),
        _ => return type_error(format!("JMESPath has no function {name}()")),
    })
}

fn numbers(interpreter: &mut Interpreter, list: &ListView) -> Run<Vec<f64>> {
    interpreter.charge_fuel(list.len() as u64)?;
    let mut numbers = Vec::with_capacity(list.len());
    for i in 0..list.len() {
        match list.get(i).as_number() {
            Some(number) => numbers.push(number),
            None => return type_error("a list of numbers is needed"),
        }
    }
    Ok(numbers)
}

fn length(interpreter: &mut Interpreter, value: &Js) -> Run {
    if let Some(list) = ListView::of(value) {
        return Ok(Js::index(list.len()));
    }
    if let Some(text) = value.as_text() {
        return Ok(Js::index(crate::utf16::length(text)));
    }
    if is_map(value) {
        return Ok(Js::index(interpreter.entries(value)?.len()));
    }
    type_error("length() needs a text, a list or an object")
}

fn contains(interpreter: &mut Interpreter, subject: &Js, wanted: &Js) -> Run {
    if let Some(list) = ListView::of(subject) {
        for element in list.to_vec() {
            if compare::equal(interpreter, &element, wanted)? {
                return Ok(Js::bool(true));
            }
        }
        return Ok(Js::bool(false));
    }
    match (subject.as_text(), wanted.as_text()) {
        (Some(text), Some(part)) => Ok(Js::bool(text.contains(&**part))),
        (Some(_), None) => Ok(Js::bool(false)),
        _ => type_error("contains() needs a text or a list"),
    }
}

/// The elements with the keys that they are compared by; all keys are numbers, or all are texts.
fn keyed(interpreter: &mut Interpreter, elements: Vec<Js>, by: Option<&Ast>) -> Run<Vec<(Js, Js)>> {
    interpreter.charge_elements(elements.len() * 2)?;
    let mut keyed = Vec::with_capacity(elements.len());
    for element in elements {
        let key = match by {
            Some(query) => evaluate(interpreter, &element, query)?,
            None => element.clone(),
        };
        keyed.push((key, element));
    }
    let numbers = keyed.iter().all(|(key, _)| key.as_number().is_some());
    let texts = keyed.iter().all(|(key, _)| key.as_text().is_some());
    if !numbers && !texts {
        return type_error("the values must all be numbers or all be texts");
    }
    Ok(keyed)
}

fn sort(interpreter: &mut Interpreter, elements: Vec<Js>, by: Option<&Ast>) -> Run {
    let mut keyed = keyed(interpreter, elements, by)?;
    interpreter.charge_fuel(keyed.len() as u64 * 8)?;
    keyed.sort_by(|(a, _), (b, _)| order(a, b).unwrap_or(std::cmp::Ordering::Equal));
    Ok(Js::array(
        keyed.into_iter().map(|(_, element)| element).collect(),
    ))
}

fn extreme(
    interpreter: &mut Interpreter,
    elements: Vec<Js>,
    by: Option<&Ast>,
    largest: bool,
) -> Run {
    let mut best: Option<(Js, Js)> = None;
    for (key, element) in keyed(interpreter, elements, by)? {
        let better = match &best {
            None => true,
            Some((known, _)) => order(&key, known).is_some_and(|order| {
                if largest {
                    order.is_gt()
                } else {
                    order.is_lt()
                }
            }),
        };
        if better {
            best = Some((key, element));
        }
    }
    Ok(best.map_or(Js::NULL, |(_, element)| element))
}
