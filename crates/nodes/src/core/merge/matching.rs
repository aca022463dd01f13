//! Finds the items of one list whose key fields equal those of an item of another, without comparing every pair: items
//! are grouped by their keys, groups are found by hash.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;

use itemflow_model::Value;

/// The key fields of one item; `None` where it has no such field.
pub(super) type Keys<'a> = Vec<Option<&'a Value>>;

/// The rows of a list by key.
pub(super) struct Index<'a> {
    fuzzy: bool,
    groups: Vec<Group<'a>>,
    buckets: HashMap<u64, Vec<usize>>,
    hasher: RandomState,
}

/// All rows with exactly these keys, in order.
pub(super) struct Group<'a> {
    keys: Keys<'a>,
    pub(super) rows: Vec<usize>,
}

impl<'a> Index<'a> {
    /// Groups rows. With `fuzzy`, values that people take for the same match too: `1` and `"1"`, absent and null.
    pub(super) fn new(rows: impl Iterator<Item = Keys<'a>>, fuzzy: bool) -> Self {
        let mut index = Self {
            fuzzy,
            groups: Vec::new(),
            buckets: HashMap::new(),
            hasher: RandomState::new(),
        };
        for (row, keys) in rows.enumerate() {
            let hash = index.hash(&keys);
            let bucket = index.buckets.entry(hash).or_default();
            let known = bucket
                .iter()
                .find(|&&group| all(&index.groups[group].keys, &keys, same_or_absent));
            match known {
                Some(&group) => index.groups[group].rows.push(row),
                None => {
                    bucket.push(index.groups.len());
                    index.groups.push(Group {
                        keys,
                        rows: vec![row],
                    });
                }
            }
        }
        index
    }

    pub(super) fn groups(&self) -> &[Group<'a>] {
        &self.groups
    }

    /// The groups whose keys match. Keys of which one is absent match nothing.
    pub(super) fn find(&self, keys: &Keys<'_>) -> Vec<usize> {
        if keys.iter().any(Option::is_none) {
            return Vec::new();
        }
        let equal = if self.fuzzy { alike } else { same_or_absent };
        let bucket = self.buckets.get(&self.hash(keys));
        bucket
            .into_iter()
            .flatten()
            .copied()
            .filter(|&group| all(&self.groups[group].keys, keys, equal))
            .collect()
    }

    /// Equal for all keys that match each other, and seldom for others.
    fn hash(&self, keys: &Keys<'_>) -> u64 {
        let mut state = self.hasher.build_hasher();
        for key in keys {
            if self.fuzzy {
                self.hash_alike(*key, &mut state);
            } else {
                key.is_some().hash(&mut state);
                self.hash_value(key.unwrap_or(&Value::Null), &mut state);
            }
        }
        state.finish()
    }

    fn hash_alike(&self, key: Option<&Value>, state: &mut impl Hasher) {
        match key {
            _ if key.is_none_or(|value| is_blank(value) || is_boolean(value, false)) => {
                state.write_u8(0);
            }
            Some(value) if is_boolean(value, true) => state.write_u8(1),
            Some(Value::Number(number)) => number.to_string().hash(state),
            Some(Value::String(text)) if text.starts_with(['{', '[']) => {
                match serde_json::from_str::<Value>(text) {
                    Ok(value) => self.hash_value(&value, state),
                    Err(_) => text.hash(state),
                }
            }
            Some(Value::String(text)) => text.hash(state),
            Some(value) => self.hash_value(value, state),
            None => {}
        }
    }

    fn hash_value(&self, value: &Value, state: &mut impl Hasher) {
        match value {
            Value::Null => state.write_u8(2),
            Value::Bool(flag) => flag.hash(state),
            Value::Number(number) if number.as_f64().is_nan() => state.write_u8(3),
            Value::Number(number) => (number.as_f64() + 0.0).to_bits().hash(state),
            Value::String(text) => text.hash(state),
            Value::Array(list) => {
                list.len().hash(state);
                for element in list.iter() {
                    self.hash_value(element, state);
                }
            }
            Value::Object(members) => {
                let mut sum = members.len() as u64;
                for (key, member) in members.iter() {
                    let mut inner = self.hasher.build_hasher();
                    key.hash(&mut inner);
                    self.hash_value(member, &mut inner);
                    sum = sum.wrapping_add(inner.finish());
                }
                sum.hash(state);
            }
        }
    }
}

fn all(
    left: &Keys<'_>,
    right: &Keys<'_>,
    equal: fn(Option<&Value>, Option<&Value>) -> bool,
) -> bool {
    left.iter().zip(right).all(|(a, b)| equal(*a, *b))
}

fn same_or_absent(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => same(a, b),
        (None, None) => true,
        _ => false,
    }
}

/// Deep equality; not-a-number equals itself.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            a == b || (a.as_f64().is_nan() && b.as_f64().is_nan())
        }
        (Value::Array(a), Value::Array(b)) => {
            Arc::ptr_eq(a, b) || (a.len() == b.len() && a.iter().zip(&**b).all(|(a, b)| same(a, b)))
        }
        (Value::Object(a), Value::Object(b)) => {
            Arc::ptr_eq(a, b)
                || (a.len() == b.len()
                    && a.iter()
                        .all(|(key, a)| b.get(key).is_some_and(|b| same(a, b))))
        }
        _ => a == b,
    }
}

/// n8n's fuzzy comparison: values of one kind must be the same; values of two kinds match where one is the other's
/// text, or where both are blank.
fn alike(a: Option<&Value>, b: Option<&Value>) -> bool {
    let (Some(x), Some(y)) = (a, b) else {
        return a.is_none_or(is_blank) && b.is_none_or(is_blank);
    };
    match (x, y) {
        (Value::Null, Value::Null) => true,
        _ if x.kind() == y.kind() => same(x, y),
        _ if is_blank(x) && is_blank(y) => true,
        (Value::Bool(flag), other) | (other, Value::Bool(flag)) => is_boolean(other, *flag),
        (Value::String(text), Value::Number(number))
        | (Value::Number(number), Value::String(text)) => *number.to_string() == **text,
        (Value::String(text), list @ (Value::Array(_) | Value::Object(_)))
        | (list @ (Value::Array(_) | Value::Object(_)), Value::String(text)) => {
            *list.to_string() == **text
        }
        _ => false,
    }
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => matches!(&**text, "" | "0"),
        Value::Number(number) => number.as_f64() == 0.0,
        _ => false,
    }
}

/// Whether the value is this flag, or its name or digit.
fn is_boolean(value: &Value, flag: bool) -> bool {
    let (name, digit, number) = if flag {
        ("true", "1", 1.0)
    } else {
        ("false", "0", 0.0)
    };
    match value {
        Value::Bool(other) => *other == flag,
        Value::String(text) => text.eq_ignore_ascii_case(name) || &**text == digit,
        Value::Number(other) => other.as_f64() == number,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows(fuzzy: bool, list: &[Value], wanted: &Value) -> Vec<usize> {
        let index = Index::new(list.iter().map(|value| vec![Some(value)]), fuzzy);
        let mut rows: Vec<usize> = index
            .find(&vec![Some(wanted)])
            .into_iter()
            .flat_map(|group| index.groups()[group].rows.clone())
            .collect();
        rows.sort_unstable();
        rows
    }

    fn values(list: serde_json::Value) -> Vec<Value> {
        Value::from(list).as_array().unwrap().to_vec()
    }

    #[test]
    fn equal_values_are_found_whatever_their_kind() {
        let list = values(json!([1, "1", null, { "a": 1, "b": [2] }, [1], 1.0, true]));
        assert_eq!(rows(false, &list, &json!(1).into()), [0, 5]);
        assert_eq!(rows(false, &list, &json!({ "b": [2], "a": 1 }).into()), [3]);
        assert_eq!(rows(false, &list, &Value::Null), [2]);
        assert_eq!(rows(false, &list, &"x".into()), [0; 0]);
    }

    #[test]
    fn fuzzy_finds_what_looks_the_same() {
        let list = values(json!([
            1,
            "1",
            true,
            "TRUE",
            0,
            "0",
            "",
            null,
            false,
            "false",
            [1],
            "[1]",
            "[1 ]",
            2
        ]));
        assert_eq!(rows(true, &list, &json!(1).into()), [0, 1, 2]);
        assert_eq!(rows(true, &list, &true.into()), [0, 1, 2, 3]);
        assert_eq!(rows(true, &list, &"".into()), [4, 6, 7]);
        assert_eq!(rows(true, &list, &false.into()), [4, 5, 8, 9]);
        assert_eq!(rows(true, &list, &"[1]".into()), [10, 11]);
        assert_eq!(rows(true, &list, &"2".into()), [13]);
    }

    /// The hash must never separate what the comparison joins.
    #[test]
    fn whatever_is_alike_has_one_hash() {
        let list = values(json!([
            0, 1, 2, -1.5, 1e300, "", "0", "1", "2", "-1.5", "1e+300", "true", "False", true, false, null, [], {},
            "[]", "{}", [1, "a"], "[1,\"a\"]", { "b": 1, "a": null }, "{\"b\":1,\"a\":null}", "x"
        ]));
        let index = Index::new(std::iter::empty(), true);
        for a in &list {
            for b in &list {
                if alike(Some(a), Some(b)) {
                    assert_eq!(
                        index.hash(&vec![Some(a)]),
                        index.hash(&vec![Some(b)]),
                        "{a} and {b}"
                    );
                }
            }
        }
    }
}
