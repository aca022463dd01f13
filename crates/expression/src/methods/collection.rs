//! `Map` and `Set`.

use std::rc::Rc;

use itemflow_model::Value;

use crate::evaluate::{Interpreter, Run};
use crate::js::{Collection, Js};
use crate::methods::argument;
use crate::special::Special;

pub(super) fn call(
    interpreter: &mut Interpreter,
    collection: &Rc<Collection>,
    is_map: bool,
    receiver: &Js,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    let first = argument(arguments, 0);
    Ok(Some(match name {
        "has" => Js::bool(collection.0.borrow().contains_key(&key(first))),
        "get" if is_map => {
            let found = collection
                .0
                .borrow()
                .get(&key(first))
                .map(|(_, value)| value.clone());
            Js::option(found)
        }
        "set" | "add" => {
            let value = if is_map {
                argument(arguments, 1)
            } else {
                first
            };
            insert(interpreter, collection, first, value)?;
            if first.is_object() || value.is_object() {
                interpreter.note_cyclic(receiver);
            }
            receiver.clone()
        }
        "delete" => {
            let size = collection.0.borrow().len();
            interpreter.charge_fuel(1 + size as u64 / 16)?;
            let removed = collection.0.borrow_mut().shift_remove(&key(first));
            Js::bool(removed.is_some())
        }
        "clear" => {
            let old = std::mem::take(&mut *collection.0.borrow_mut());
            drop(old);
            Js::Undefined
        }
        "keys" | "values" | "entries" | "@@iterator" => {
            let name = match (name, is_map) {
                ("@@iterator", true) => "entries",
                ("@@iterator", false) => "keys",
                (name, _) => name,
            };
            let entries: Vec<(Js, Js)> = collection.0.borrow().values().cloned().collect();
            interpreter.charge_elements(entries.len() * 4)?;
            let elements = entries
                .into_iter()
                .map(|(key, value)| match name {
                    "keys" => key,
                    "values" => value,
                    _ => Js::array(vec![key, value]),
                })
                .collect();
            let kind = if is_map {
                "Map Iterator"
            } else {
                "Set Iterator"
            };
            Js::iterator(kind, elements)
        }
        "forEach" => {
            interpreter.charge_elements(collection.0.borrow().len() * 2)?;
            let entries: Vec<(Js, Js)> = collection.0.borrow().values().cloned().collect();
            for (key, value) in entries {
                interpreter.call(first, &Js::Undefined, &[value, key, receiver.clone()])?;
            }
            Js::Undefined
        }
        _ => return Ok(None),
    }))
}

/// A new Map or Set with the elements of an iterable.
pub(super) fn construct(interpreter: &mut Interpreter, is_map: bool, source: &Js) -> Run {
    let collection = Rc::new(Collection::default());
    if !source.is_nullish() {
        for element in interpreter.iterate(source)? {
            if is_map {
                let key = interpreter.get_index(&element, &Js::index(0))?;
                let value = interpreter.get_index(&element, &Js::index(1))?;
                insert(interpreter, &collection, &key, &value)?;
            } else {
                insert(interpreter, &collection, &element, &element)?;
            }
        }
    }
    Ok(if is_map {
        Js::Map(collection)
    } else {
        Js::Set(collection)
    })
}

fn insert(
    interpreter: &mut Interpreter,
    collection: &Collection,
    key_value: &Js,
    value: &Js,
) -> Run<()> {
    interpreter.charge_elements(4)?;
    let text = key(key_value);
    interpreter.charge_text(text.len())?;
    let mut entries = collection.0.borrow_mut();
    let old = match entries.get_mut(&text) {
        Some(entry) => std::mem::replace(&mut entry.1, value.clone()),
        None => {
            entries.insert(text, (key_value.clone(), value.clone()));
            Js::Undefined
        }
    };
    drop(entries);
    drop(old);
    Ok(())
}

/// A text that differs exactly where the values differ: texts and numbers by content, the rest by identity.
fn key(value: &Js) -> String {
    match value {
        Js::Undefined => "u".into(),
        Js::Data(Value::Null) => "n".into(),
        Js::Data(Value::Bool(flag)) => format!("b{flag}"),
        Js::Data(Value::Number(number)) => format!("#{number}"),
        Js::Data(Value::String(text)) => format!("\"{text}"),
        Js::Data(Value::Array(list)) => format!("{:p}", std::sync::Arc::as_ptr(list)),
        Js::Data(Value::Object(map)) => format!("{:p}", std::sync::Arc::as_ptr(map)),
        Js::Array(list) => format!("{:p}", Rc::as_ptr(list)),
        Js::Object(object) => format!("{:p}", Rc::as_ptr(object)),
        Js::Map(inner) | Js::Set(inner) => format!("{:p}", Rc::as_ptr(inner)),
        Js::Function(function) => format!("{:p}", Rc::as_ptr(function)),
        Js::Native(native) => format!("{:p}", Rc::as_ptr(native)),
        Js::Regex(regex) => format!("{:p}", Rc::as_ptr(regex)),
        Js::Date(date) => format!("{:p}", Rc::as_ptr(date)),
        Js::DateTime(date) => format!("{:p}", Rc::as_ptr(date)),
        Js::Duration(duration) => format!("{:p}", Rc::as_ptr(duration)),
        Js::Interval(interval) => format!("{:p}", Rc::as_ptr(interval)),
        Js::Item(item) => format!("{:p}", Rc::as_ptr(item)),
        Js::Items(items) => format!("i{:?}", items.get(0).map(std::ptr::from_ref)),
        Js::Host(host) => format!("h{}:{}", host.kind, host.index),
        Js::Global(global) => format!("g{global:?}"),
        Js::Special(special) => match &**special {
            Special::BigInt(number) => format!("{number}n"),
            _ => format!("{:p}", Rc::as_ptr(special)),
        },
    }
}
