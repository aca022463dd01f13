//! `Value`: JSON whose clone is O(1), the data that flows between nodes.
//!
//! Strings, arrays and objects are shared by `Arc` and copied on write, key order is kept and integers are exact.
//! It serialises and deserialises like `serde_json::Value`; see `value_serde.rs` for the conversions.

use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::number::Number;

/// The members of an object in the order in which they were written.
pub type Map = IndexMap<Arc<str>, Value, foldhash::fast::RandomState>;

/// One JSON value. Cloning never copies text, elements or members.
#[derive(Clone, Default, PartialEq)]
pub enum Value {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An exact integer or a double.
    Number(Number),
    /// Text.
    String(Arc<str>),
    /// A list. Change it through [`Arc::make_mut`].
    Array(Arc<Vec<Value>>),
    /// An object. Change it through [`Arc::make_mut`].
    Object(Arc<Map>),
}

impl Value {
    /// An object without members.
    pub fn empty_object() -> Self {
        Self::Object(Arc::new(Map::default()))
    }

    /// The member `key` of an object; `None` for other values and missing members.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Self::Object(map) => map.get(key),
            _ => None,
        }
    }

    /// The element `index` of an array; `None` for other values and beyond the end.
    pub fn index(&self, index: usize) -> Option<&Value> {
        match self {
            Self::Array(list) => list.get(index),
            _ => None,
        }
    }

    /// The text of a string value.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The flag of a boolean value.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The number of a numeric value as a double.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number.as_f64()),
            _ => None,
        }
    }

    /// The number of a numeric value, when it is a whole number that fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// The number of a numeric value, when it is a whole number that fits.
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Number(number) => number.as_u64(),
            _ => None,
        }
    }

    /// The elements of an array.
    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Self::Array(list) => Some(list),
            _ => None,
        }
    }

    /// The members of an object.
    pub fn as_object(&self) -> Option<&Map> {
        match self {
            Self::Object(map) => Some(map),
            _ => None,
        }
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The members to change: a copy is made only if they are shared. Anything but an object is first replaced by `{}`.
    pub fn make_object(&mut self) -> &mut Map {
        if !matches!(self, Self::Object(_)) {
            *self = Self::empty_object();
        }
        match self {
            Self::Object(map) => Arc::make_mut(map),
            _ => unreachable!("replaced by an object above"),
        }
    }

    /// JSON's name of the kind of value: `null`, `boolean`, `number`, `string`, `array` or `object`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }
}

impl fmt::Display for Value {
    /// Compact JSON text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

macro_rules! from_number {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Value {
            fn from(number: $kind) -> Self { Self::Number(Number::from(number)) }
        }
    )*};
}
from_number!(i32, i64, u32, u64, usize, f64);

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text.into())
    }
}

impl From<Arc<str>> for Value {
    fn from(text: Arc<str>) -> Self {
        Self::String(text)
    }
}

impl From<Vec<Value>> for Value {
    fn from(list: Vec<Value>) -> Self {
        Self::Array(Arc::new(list))
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Self::Object(Arc::new(map))
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<K: Into<Arc<str>>, V: Into<Value>, const N: usize> From<[(K, V); N]> for Value {
    fn from(members: [(K, V); N]) -> Self {
        Self::from(
            members
                .into_iter()
                .map(|(key, value)| (key.into(), value.into()))
                .collect::<Map>(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_shares_its_members() {
        let value = Value::from([("a", Value::from(vec![Value::from(1)]))]);
        let (Value::Object(first), Value::Object(second)) = (&value, &value.clone()) else {
            panic!()
        };
        assert!(Arc::ptr_eq(first, second));
    }

    #[test]
    fn a_change_never_reaches_a_clone() {
        let before = Value::from([("a", 1)]);
        let mut after = before.clone();
        after.make_object().insert("a".into(), Value::from(2));
        assert_eq!(before.get("a"), Some(&Value::from(1)));
        assert_eq!(after.get("a"), Some(&Value::from(2)));
    }
}
