//! What iteration and `Object.entries` see of a value.

use std::sync::Arc;

use itemflow_model::Value;

use crate::convert;
use crate::evaluate::{Interpreter, Run, type_error};
use crate::js::Js;
use crate::list::ListView;
use crate::special::Special;

impl Interpreter<'_> {
    /// The elements that `…value` and `for (x of value)` yield.
    pub(crate) fn iterate(&mut self, value: &Js) -> Run<Vec<Js>> {
        if let Some(list) = ListView::of(value) {
            self.charge_elements(list.len())?;
            return Ok(list.to_vec());
        }
        match value {
            Js::Data(Value::String(text)) => {
                self.charge_elements(text.len())?;
                Ok(text.chars().map(|c| Js::text(c.to_string())).collect())
            }
            Js::Set(set) => {
                let entries = set.0.borrow();
                self.charge_elements(entries.len())?;
                Ok(entries.values().map(|(key, _)| key.clone()).collect())
            }
            Js::Map(map) => {
                let entries = map.0.borrow();
                self.charge_elements(entries.len() * 4)?;
                Ok(entries
                    .values()
                    .map(|(key, value)| Js::array(vec![key.clone(), value.clone()]))
                    .collect())
            }
            Js::Special(special) => match &**special {
                Special::Iterator(iterator) => Ok(iterator.take_rest()),
                _ => type_error("the value is not iterable"),
            },
            _ => type_error("the value is not iterable"),
        }
    }

    /// The members of an object in order, as `Object.entries` and `{...value}` see them.
    pub(crate) fn entries(&mut self, value: &Js) -> Run<Vec<(Arc<str>, Js)>> {
        if let Some(list) = ListView::of(value) {
            self.charge_elements(list.len())?;
            return Ok(list
                .to_vec()
                .into_iter()
                .enumerate()
                .map(|(i, element)| (i.to_string().into(), element))
                .collect());
        }
        let entries: Vec<(Arc<str>, Js)> = match value {
            Js::Data(Value::Object(map)) => map
                .iter()
                .map(|(key, value)| (key.clone(), Js::Data(value.clone())))
                .collect(),
            Js::Object(object) if object.is_error => Vec::new(),
            Js::Object(object) => object
                .members
                .borrow()
                .iter()
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
            Js::Data(Value::String(text)) => text
                .chars()
                .enumerate()
                .map(|(i, c)| (i.to_string().into(), Js::text(c.to_string())))
                .collect(),
            Js::Item(item) => match convert::item_value(item) {
                Value::Object(map) => map
                    .iter()
                    .map(|(key, value)| (key.clone(), Js::Data(value.clone())))
                    .collect(),
                _ => Vec::new(),
            },
            Js::Host(_) => match self.value_of(value)? {
                Some(Value::Object(map)) => map
                    .iter()
                    .map(|(key, value)| (key.clone(), Js::Data(value.clone())))
                    .collect(),
                _ => Vec::new(),
            },
            Js::Duration(duration) => duration.entries(),
            _ => Vec::new(),
        };
        self.charge_elements(entries.len())?;
        Ok(order_keys(entries))
    }
}

/// JavaScript lists members whose names are indexes first, in ascending order.
fn order_keys(mut entries: Vec<(Arc<str>, Js)>) -> Vec<(Arc<str>, Js)> {
    if entries
        .iter()
        .any(|(key, _)| convert::list_index(key).is_some())
    {
        entries.sort_by_key(|(key, _)| convert::list_index(key).unwrap_or(usize::MAX));
    }
    entries
}
