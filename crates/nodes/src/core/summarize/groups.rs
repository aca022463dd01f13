//! The groups of items that have equal fields, in the order in which their values come up.

use std::sync::Arc;

use itemflow_model::{Items, Value};

use crate::core::field::Field;
use crate::core::javascript::text_or_json;
use crate::core::matching::{Equality, Index};

/// What items are grouped by.
pub(super) struct By<'a> {
    pub(super) fields: &'a [Field],
    pub(super) dotted: bool,
    /// Leave out items in which a field is missing or empty.
    pub(super) skip_empty: bool,
    /// Values become text.
    pub(super) as_text: bool,
    /// Whole numbers come first.
    pub(super) integers_first: bool,
}

/// Items whose fields have the same values.
pub(super) struct Group {
    /// The value of each field; `None` for a field that the items do not have.
    pub(super) keys: Vec<Option<Value>>,
    /// Which items they are.
    pub(super) rows: Vec<usize>,
}

/// Groups by the first field, each group by the second, and so on.
pub(super) fn grouped(items: &Items, by: &By<'_>) -> Vec<Group> {
    let mut groups = vec![Group {
        keys: Vec::new(),
        rows: (0..items.len()).collect(),
    }];
    for field in by.fields {
        let column: Vec<Option<Value>> = items
            .iter()
            .map(|item| by.key(field.value(&item.json, by.dotted)))
            .collect();
        groups = groups
            .iter()
            .flat_map(|group| divided(group, &column, by))
            .collect();
    }
    groups
}

/// The parts of a group by one more field.
fn divided(group: &Group, column: &[Option<Value>], by: &By<'_>) -> Vec<Group> {
    let kept: Vec<usize> = group
        .rows
        .iter()
        .copied()
        .filter(|&row| !by.skip_empty || !is_empty(column[row].as_ref()))
        .collect();
    let index = Index::new(
        kept.iter().map(|&row| vec![column[row].as_ref()]),
        Equality::Exact,
    );
    let mut parts: Vec<Group> = index
        .groups()
        .iter()
        .map(|part| {
            let rows: Vec<usize> = part.rows.iter().map(|&at| kept[at]).collect();
            let mut keys = group.keys.clone();
            keys.push(column[rows[0]].clone());
            Group { keys, rows }
        })
        .collect();
    if by.integers_first {
        parts.sort_by_key(|part| {
            let key = part.keys.last().and_then(Option::as_ref);
            let integer = key.and_then(Value::as_str).and_then(array_index);
            (integer.is_none(), integer)
        });
    }
    parts
}

impl By<'_> {
    fn key(&self, value: Option<&Value>) -> Option<Value> {
        let text = |text: Arc<str>| Some(Value::String(text));
        match value {
            // kept, so that it can be left out
            value if self.skip_empty && is_empty(value) => value.cloned(),
            None if self.as_text => text("undefined".into()),
            None => None,
            Some(value @ (Value::Array(_) | Value::Object(_))) => text(text_or_json(value)),
            Some(value) if self.as_text => text(text_or_json(value)),
            Some(value) => Some(value.clone()),
        }
    }
}

fn is_empty(value: Option<&Value>) -> bool {
    value.is_none_or(|value| value.is_null() || value.as_str() == Some(""))
}

/// A text that JavaScript takes for the index of an element, which puts it before an object's other keys.
fn array_index(text: &str) -> Option<u32> {
    let canonical = text == "0" || !text.starts_with(['0', '+']);
    text.parse().ok().filter(|n| canonical && *n != u32::MAX)
}
