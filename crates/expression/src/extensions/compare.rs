//! Deep equality of values, as the set methods of lists use it.

use std::collections::HashMap;

use crate::evaluate::{Interpreter, Run};
use crate::js::Js;
use crate::list::ListView;
use crate::methods::json;
use crate::operators::same_value;

/// Whether two values have the same content. The order of members does not matter.
pub(crate) fn equal(interpreter: &mut Interpreter, a: &Js, b: &Js) -> Run<bool> {
    interpreter.charge_fuel(1)?;
    if same_value(a, b) {
        return Ok(true);
    }
    if !a.is_object() || !b.is_object() || a.is_function() || b.is_function() {
        return Ok(false);
    }
    interpreter.enter(1)?;
    let result = equal_objects(interpreter, a, b);
    interpreter.leave(1);
    result
}

fn equal_objects(interpreter: &mut Interpreter, a: &Js, b: &Js) -> Run<bool> {
    match (ListView::of(a), ListView::of(b)) {
        (Some(a), Some(b)) => {
            if a.len() != b.len() {
                return Ok(false);
            }
            for i in 0..a.len() {
                if !equal(interpreter, &a.get(i), &b.get(i))? {
                    return Ok(false);
                }
            }
            return Ok(true);
        }
        (None, None) => {}
        _ => return Ok(false),
    }
    match (a, b) {
        (Js::Date(a), Js::Date(b)) => return Ok(a.get() == b.get()),
        (Js::DateTime(a), Js::DateTime(b)) => return Ok(a.millis() == b.millis()),
        _ => {}
    }
    let (a, b) = (interpreter.entries(a)?, interpreter.entries(b)?);
    if a.len() != b.len() {
        return Ok(false);
    }
    for (key, value) in &a {
        let Some((_, other)) = b.iter().find(|(other, _)| other == key) else {
            return Ok(false);
        };
        if !equal(interpreter, value, other)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A set of values by content: candidates share a fingerprint, equality decides.
#[derive(Default)]
pub(super) struct DeepSet {
    buckets: HashMap<String, Vec<Js>>,
}

impl DeepSet {
    pub(super) fn of(interpreter: &mut Interpreter, list: &ListView) -> Run<Self> {
        let mut set = Self::default();
        for i in 0..list.len() {
            set.insert(interpreter, &list.get(i))?;
        }
        Ok(set)
    }

    pub(super) fn contains(&self, interpreter: &mut Interpreter, value: &Js) -> Run<bool> {
        let fingerprint = fingerprint(interpreter, value)?;
        for known in self
            .buckets
            .get(&fingerprint)
            .map_or(&[][..], Vec::as_slice)
        {
            if equal(interpreter, known, value)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Adds a value; false when it is already there.
    pub(super) fn insert(&mut self, interpreter: &mut Interpreter, value: &Js) -> Run<bool> {
        if self.contains(interpreter, value)? {
            return Ok(false);
        }
        let fingerprint = fingerprint(interpreter, value)?;
        interpreter.charge_elements(2)?;
        self.buckets
            .entry(fingerprint)
            .or_default()
            .push(value.clone());
        Ok(true)
    }
}

/// A text that equal values share: primitives in full, lists and objects by size and member names.
fn fingerprint(interpreter: &mut Interpreter, value: &Js) -> Run<String> {
    if let Some(list) = ListView::of(value) {
        let first = list.get(0);
        return Ok(if first.is_object() {
            format!("[{}", list.len())
        } else {
            format!("[{}{}", list.len(), json::to_text(interpreter, &first)?)
        });
    }
    if !value.is_object() {
        return json::to_text(interpreter, value);
    }
    let mut entries = interpreter.entries(value)?;
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut text = String::from("{");
    for (key, value) in entries.iter().take(20) {
        text.push_str(key);
        if !value.is_object() {
            text.push_str(&json::to_text(interpreter, value)?);
        }
    }
    interpreter.charge_text(text.len())?;
    Ok(text)
}
