//! What every action does with what the double keeps, as `mock.yaml` and the paths say it.

use std::sync::Arc;

use indexmap::IndexMap;
use itemflow_model::definition::{MockAction, MockFilter, MockPage, MockWhich};
use itemflow_model::{Map, Path, Value};

use crate::pattern::Pattern;
use crate::wire_values::text_of;

/// Things of one kind that are kept.
#[derive(Debug)]
pub(crate) struct Collection {
    /// How it is called in messages.
    pub(crate) name: String,
    /// Path of its list.
    pub(crate) pattern: Pattern,
    /// Further paths that lead to its elements.
    pub(crate) also_at: Vec<Pattern>,
    /// Member that tells elements apart.
    pub(crate) key: Path,
    /// The collection whose elements these are, when only keys are kept.
    pub(crate) of: Option<usize>,
    pub(crate) counts_within: bool,
    pub(crate) newest_first: bool,
    pub(crate) page: Option<MockPage>,
    pub(crate) start: Vec<IndexMap<String, Value>>,
    /// What an element looks like, from the examples.
    pub(crate) template: Value,
    /// JSON Schemas of the members that an element may have.
    pub(crate) members: IndexMap<Arc<str>, Value>,
}

impl Collection {
    /// The key of an element.
    pub(crate) fn key_of(&self, element: &Value) -> Option<String> {
        let key = self.key.get(element)?;
        let is_key = matches!(key, Value::Number(_) | Value::String(_));
        is_key.then(|| text_of(key))
    }
}

/// What an action does with the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// It adds an element.
    Create,
    /// It lists elements.
    List,
    /// It shows one.
    Show,
    /// It changes one.
    Change,
    /// It removes one or several.
    Remove,
    /// It replaces all keys.
    Replace,
}

/// Where a key comes from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Origin {
    /// A parameter.
    Parameter(String),
    /// It is always the same.
    Constant(String),
}

impl Origin {
    /// The key, when the request has it.
    pub(crate) fn key(&self, values: &Map) -> Option<String> {
        match self {
            Self::Parameter(name) => values.get(name.as_str()).map(text_of),
            Self::Constant(key) => Some(key.clone()),
        }
    }
}

/// An element that must exist for the action to be possible.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Parent {
    pub(crate) collection: usize,
    /// What it is kept within, and its own key at the end.
    pub(crate) keys: Vec<Origin>,
}

/// What an action does with one collection.
#[derive(Clone, Debug)]
pub(crate) struct Effect {
    pub(crate) deed: Deed,
    pub(crate) collection: usize,
    /// What the collection is kept within.
    pub(crate) scope: Vec<Origin>,
    /// Parameter with the key, or with a list of them.
    pub(crate) key: Option<String>,
    /// Place of the element or the list in the answer; none for the whole body.
    pub(crate) place: Option<Path>,
}

/// What one action does.
#[derive(Debug, Default)]
pub(crate) struct Behaviour {
    pub(crate) effect: Option<Effect>,
    pub(crate) parents: Vec<Parent>,
    /// What `mock.yaml` says of it.
    pub(crate) declared: MockAction,
}

impl Behaviour {
    /// What a parameter asks of listed elements: as declared, else the member of its own name.
    pub(crate) fn filter(&self, parameter: &str, collection: &Collection) -> Option<MockFilter> {
        match self.declared.filter.get(parameter) {
            Some(declared) => declared.clone(),
            None if collection.members.contains_key(parameter)
                || collection.template.get(parameter).is_some() =>
            {
                Some(MockFilter::Member(parameter.to_owned()))
            }
            None => None,
        }
    }

    /// Which elements it lists at all.
    pub(crate) fn only(&self) -> Option<&MockWhich> {
        self.declared.only.as_ref()
    }
}
