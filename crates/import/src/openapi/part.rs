//! `Part`: a piece of the document and the pointer by which losses name it. Nothing here fails: what has the wrong kind is
//! as good as absent.

use std::sync::Arc;

use itemflow_model::Value;

use crate::text;

/// A piece of the document. Cloning copies no values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Part {
    pub(crate) value: Value,
    pub(crate) pointer: String,
}

impl Part {
    /// The whole document.
    pub(crate) fn root(value: &Value) -> Self {
        Self {
            value: value.clone(),
            pointer: String::new(),
        }
    }

    /// The member of an object.
    pub(crate) fn member(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key)?;
        Some(self.below(key, value))
    }

    /// The members of an object.
    pub(crate) fn members(&self) -> impl Iterator<Item = (Arc<str>, Self)> + '_ {
        let map = self.value.as_object().into_iter().flatten();
        map.map(|(key, value)| (key.clone(), self.below(key, value)))
    }

    /// The members of the object that is the member `key`.
    pub(crate) fn members_of(&self, key: &str) -> Vec<(Arc<str>, Self)> {
        self.member(key)
            .map(|member| member.members().collect())
            .unwrap_or_default()
    }

    /// The elements of the list that is the member `key`.
    pub(crate) fn elements_of(&self, key: &str) -> Vec<Self> {
        let Some(list) = self.member(key) else {
            return Vec::new();
        };
        let elements = list.value.as_array().into_iter().flatten().enumerate();
        elements
            .map(|(i, value)| Self {
                value: value.clone(),
                pointer: format!("{}/{i}", list.pointer),
            })
            .collect()
    }

    /// The text of a member; numbers and flags are written out.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        text::scalar(self.value.get(key)?).filter(|text| !text.trim().is_empty())
    }

    /// The texts of a list, or of the single text that stands in its place.
    pub(crate) fn texts(&self, key: &str) -> Vec<String> {
        match self.value.get(key) {
            Some(Value::Array(list)) => list.iter().filter_map(text::scalar).collect(),
            Some(value) => text::scalar(value).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// The flag of a member; the words `true` and `false` count.
    pub(crate) fn flag(&self, key: &str) -> Option<bool> {
        match self.value.get(key)? {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// Whether there is an object here.
    pub(crate) fn is_object(&self) -> bool {
        matches!(self.value, Value::Object(_))
    }

    fn below(&self, key: &str, value: &Value) -> Self {
        Self {
            value: value.clone(),
            pointer: format!("{}/{}", self.pointer, escape(key)),
        }
    }
}

/// A key as one token of a JSON pointer.
pub(crate) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
