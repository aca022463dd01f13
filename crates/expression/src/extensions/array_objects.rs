//! Extension methods of lists that look into the objects in them.

use std::sync::Arc;

use super::object;
use crate::evaluate::{Interpreter, Run, extension_error};
use crate::js::{Js, Members};
use crate::list::ListView;
use crate::methods::argument;

pub(super) fn call(
    interpreter: &mut Interpreter,
    list: &ListView,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    Ok(Some(match name {
        "pluck" => pluck(interpreter, list, arguments)?,
        "compact" => compact(interpreter, list)?,
        "smartJoin" => smart_join(interpreter, list, arguments)?,
        "renameKeys" => rename_keys(interpreter, list, arguments)?,
        "merge" => {
            let mut objects = list.to_vec();
            if let Some(other) = ListView::of(argument(arguments, 0)) {
                objects.extend(other.to_vec());
            }
            merge(interpreter, &objects)?
        }
        "mergeIntoObject" => {
            let mut objects = list.to_vec();
            let other = argument(arguments, 0);
            match ListView::of(other) {
                Some(more) => objects.extend(more.to_vec()),
                None if other.is_object() => objects.push(other.clone()),
                None => {}
            }
            merge(interpreter, &objects)?
        }
        _ => return Ok(None),
    }))
}

fn keys_argument(
    interpreter: &mut Interpreter,
    arguments: &[Js],
    name: &str,
) -> Run<Vec<Arc<str>>> {
    let mut keys = Vec::new();
    for argument in arguments {
        if argument.as_text().is_none() {
            return extension_error(format!("{name}() needs field names as text"));
        }
        keys.push(interpreter.member_key(argument)?);
    }
    Ok(keys)
}

fn pluck(interpreter: &mut Interpreter, list: &ListView, arguments: &[Js]) -> Run {
    let keys = keys_argument(interpreter, arguments, "pluck")?;
    if keys.is_empty() {
        return Ok(Js::array(list.to_vec()));
    }
    let mut plucked = Vec::new();
    for element in list.to_vec() {
        if !element.is_object() || element.is_array() {
            continue;
        }
        let mut values = Vec::new();
        for key in &keys {
            if interpreter.has_own(&element, key)? {
                values.push(interpreter.get_member(&element, key)?);
            }
        }
        interpreter.charge_elements(values.len() + 1)?;
        match (keys.len(), values.len()) {
            (_, 0) => {}
            (1, _) => plucked.append(&mut values),
            _ => plucked.push(Js::array(values)),
        }
    }
    Ok(Js::array(plucked))
}

/// n8n: drops what is null, undefined, `''`, `'nil'` or an empty object, and compacts the objects that stay.
fn compact(interpreter: &mut Interpreter, list: &ListView) -> Run {
    interpreter.enter(1)?;
    let mut elements = Vec::new();
    for element in list.to_vec() {
        if let Some(kept) = object::compact_value(interpreter, &element, false)? {
            elements.push(kept);
        }
    }
    interpreter.leave(1);
    interpreter.charge_elements(elements.len())?;
    Ok(Js::array(elements))
}

fn smart_join(interpreter: &mut Interpreter, list: &ListView, arguments: &[Js]) -> Run {
    let keys = keys_argument(interpreter, arguments, "smartJoin")?;
    let [key_field, value_field] = keys.as_slice() else {
        return extension_error("smartJoin() needs the fields of the names and of the values");
    };
    let mut members = Members::default();
    for element in list.to_vec() {
        if !element.is_object() || element.is_array() {
            continue;
        }
        let key = interpreter.get_member(&element, key_field)?;
        let value = interpreter.get_member(&element, value_field)?;
        if key.is_nullish() || value.is_undefined() {
            continue;
        }
        let key = interpreter.member_key(&key)?;
        interpreter.charge_elements(3)?;
        members.insert(key, value);
    }
    Ok(Js::object(members))
}

fn rename_keys(interpreter: &mut Interpreter, list: &ListView, arguments: &[Js]) -> Run {
    let keys = keys_argument(interpreter, arguments, "renameKeys")?;
    if keys.is_empty() || keys.len() % 2 == 1 {
        return extension_error("renameKeys() needs pairs of names: from, to, from, to, …");
    }
    let mut renamed = Vec::new();
    for element in list.to_vec() {
        if !element.is_object() || element.is_array() {
            renamed.push(element);
            continue;
        }
        let mut members: Members = interpreter.entries(&element)?.into_iter().collect();
        for pair in keys.chunks(2) {
            if let Some(value) = members.shift_remove(&pair[0]) {
                members.insert(pair[1].clone(), value);
            }
        }
        renamed.push(Js::object(members));
    }
    interpreter.charge_elements(renamed.len())?;
    Ok(Js::array(renamed))
}

/// All members in one object; of equal names the first wins.
fn merge(interpreter: &mut Interpreter, objects: &[Js]) -> Run {
    let mut members = Members::default();
    for object in objects {
        if !object.is_object() || object.is_array() {
            continue;
        }
        for (key, value) in interpreter.entries(object)? {
            interpreter.charge_elements(3)?;
            members.entry(key).or_insert(value);
        }
    }
    Ok(Js::object(members))
}
