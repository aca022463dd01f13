//! Which values are equal, and which rows have equal keys: rows are grouped by their keys, and groups are found by hash,
//! so that no list is ever compared pair by pair.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;

use itemflow_model::Value;

/// The key fields of one item; `None` where it has no such field.
pub(crate) type Keys<'a> = Vec<Option<&'a Value>>;

/// What counts as equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Equality {
    /// Values of one kind that are the same all the way down.
    Exact,
    /// Also values that people take for the same: `1` and `"1"`, `true` and `"True"`, absent and null and empty.
    Fuzzy {
        /// Whether zero counts as empty.
        zero_is_empty: bool,
    },
}

impl Equality {
    /// Whether two values are equal; `None` is an absent one.
    pub(crate) fn holds(self, a: Option<&Value>, b: Option<&Value>) -> bool {
        match self {
            Self::Exact => same_or_absent(a, b),
            Self::Fuzzy { zero_is_empty } => alike(a, b, zero_is_empty),
        }
    }
}

/// The rows of a list by key.
pub(crate) struct Index<'a> {
    equality: Equality,
    groups: Vec<Group<'a>>,
    buckets: HashMap<u64, Vec<usize>>,
    hasher: RandomState,
}

/// All rows with exactly these keys, in order.
pub(crate) struct Group<'a> {
    keys: Keys<'a>,
    pub(crate) rows: Vec<usize>,
}

impl<'a> Index<'a> {
    /// Groups rows by exactly equal keys; `equality` is how they will be found.
    pub(crate) fn new(rows: impl Iterator<Item = Keys<'a>>, equality: Equality) -> Self {
        let mut index = Self {
            equality,
            groups: Vec::new(),
            buckets: HashMap::new(),
            hasher: RandomState::new(),
        };
        for (row, keys) in rows.enumerate() {
            let hash = index.hash(&keys);
            let bucket = index.buckets.entry(hash).or_default();
            let known = bucket
                .iter()
                .find(|&&group| all(&index.groups[group].keys, &keys, Equality::Exact));
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

    /// The groups in the order of their first rows.
    pub(crate) fn groups(&self) -> &[Group<'a>] {
        &self.groups
    }

    /// The groups whose keys match. Keys of which one is absent match nothing.
    pub(crate) fn find(&self, keys: &Keys<'_>) -> Vec<usize> {
        if keys.iter().any(Option::is_none) {
            return Vec::new();
        }
        let bucket = self.buckets.get(&self.hash(keys));
        bucket
            .into_iter()
            .flatten()
            .copied()
            .filter(|&group| all(&self.groups[group].keys, keys, self.equality))
            .collect()
    }

    /// Equal for all keys that match each other, and seldom for others.
    fn hash(&self, keys: &Keys<'_>) -> u64 {
        let mut state = self.hasher.build_hasher();
        for key in keys {
            if self.equality == Equality::Exact {
                key.is_some().hash(&mut state);
                self.hash_value(key.unwrap_or(&Value::Null), &mut state);
            } else {
                self.hash_alike(*key, &mut state);
            }
        }
        state.finish()
    }

    fn hash_alike(&self, key: Option<&Value>, state: &mut impl Hasher) {
        match key {
            _ if key.is_none_or(|value| {
                is_empty(value) || is_zero(value) || is_boolean(value, false)
            }) =>
            {
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

fn all(left: &Keys<'_>, right: &Keys<'_>, equality: Equality) -> bool {
    left.iter().zip(right).all(|(a, b)| equality.holds(*a, *b))
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
fn alike(a: Option<&Value>, b: Option<&Value>, zero_is_empty: bool) -> bool {
    let is_blank = |value: &Value| is_empty(value) || (zero_is_empty && is_zero(value));
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

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("")
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::String(text) => &**text == "0",
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

    const FUZZY: Equality = Equality::Fuzzy {
        zero_is_empty: true,
    };

    fn rows(equality: Equality, list: &[Value], wanted: &Value) -> Vec<usize> {
        let index = Index::new(list.iter().map(|value| vec![Some(value)]), equality);
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
        assert_eq!(rows(Equality::Exact, &list, &json!(1).into()), [0, 5]);
        assert_eq!(
            rows(Equality::Exact, &list, &json!({ "b": [2], "a": 1 }).into()),
            [3]
        );
        assert_eq!(rows(Equality::Exact, &list, &Value::Null), [2]);
        assert_eq!(rows(Equality::Exact, &list, &"x".into()), [0; 0]);
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
        assert_eq!(rows(FUZZY, &list, &json!(1).into()), [0, 1, 2]);
        assert_eq!(rows(FUZZY, &list, &true.into()), [0, 1, 2, 3]);
        assert_eq!(rows(FUZZY, &list, &"".into()), [4, 6, 7]);
        assert_eq!(rows(FUZZY, &list, &false.into()), [4, 5, 8, 9]);
        assert_eq!(rows(FUZZY, &list, &"[1]".into()), [10, 11]);
        assert_eq!(rows(FUZZY, &list, &"2".into()), [13]);
    }

    #[test]
    fn zero_is_no_empty_value_where_it_should_not_be() {
        let strict = Equality::Fuzzy {
            zero_is_empty: false,
        };
        let list = values(json!([0, "0", "", null]));
        assert_eq!(rows(strict, &list, &Value::Null), [2, 3]);
        assert_eq!(rows(strict, &list, &json!(0).into()), [0, 1]);
        assert!(strict.holds(None, Some(&Value::Null)));
        assert!(!strict.holds(None, Some(&json!(0).into())));
    }

    /// The hash must never separate what the comparison joins.
    #[test]
    fn whatever_is_alike_has_one_hash() {
        let list = values(json!([
            0, 1, 2, -1.5, 1e300, "", "0", "1", "2", "-1.5", "1e+300", "true", "False", true, false, null, [], {},
            "[]", "{}", [1, "a"], "[1,\"a\"]", { "b": 1, "a": null }, "{\"b\":1,\"a\":null}", "x"
        ]));
        let index = Index::new(std::iter::empty(), FUZZY);
        for a in &list {
            for b in &list {
                if FUZZY.holds(Some(a), Some(b)) {
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
