//! Whether two paired items are the same, and what differs between them.

use std::sync::Arc;

use itemflow_model::{Map, Path, Value};

use crate::core::field::Field;
use crate::core::javascript::truthy;
use crate::core::key_fields::KeyFields;
use crate::core::matching::Equality;

/// How two items are compared.
pub(super) struct Comparison {
    pub(super) equality: Equality,
    /// Fields that make no difference.
    pub(super) skipped: Arc<[Field]>,
    /// Whether dots lead into objects.
    pub(super) dotted: bool,
    pub(super) style: Style,
}

/// How the version shows differences.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    /// The sides are called `input1` and `input2`, and whatever JavaScript counts as false is null.
    pub(super) old_labels: bool,
    /// Fuzzily, a field that one item lacks can be the same as an empty one of the other.
    pub(super) union_of_keys: bool,
    /// A skipped field within an object is shown apart from the rest of it.
    pub(super) nested_skips: bool,
}

impl Comparison {
    /// Whether two items are the same but for the skipped fields. Fuzzily, only the fields of the first count.
    pub(super) fn are_same(&self, first: &Value, second: &Value) -> bool {
        let first = self.without_skipped(first);
        let second = self.without_skipped(second);
        if self.equality == Equality::Exact {
            return self.equality.holds(Some(&first), Some(&second));
        }
        first
            .as_object()
            .into_iter()
            .flatten()
            .all(|(key, value)| self.equality.holds(Some(value), second.get(key)))
    }

    fn without_skipped(&self, json: &Value) -> Value {
        let mut json = json.clone();
        for field in self.skipped.iter() {
            field.remove(&mut json, self.dotted);
        }
        json
    }

    /// `{ keys, same, different, skipped? }` of two items that differ.
    pub(super) fn difference(&self, keys: &KeyFields, first: &Value, second: &Value) -> Value {
        let (mut same, mut different, mut skipped) =
            (Map::default(), Map::default(), Map::default());
        let members = |json: &Value| json.as_object().cloned().unwrap_or_default();
        let (ours, theirs) = (members(first), members(second));
        let all = ours
            .keys()
            .chain(theirs.keys().filter(|key| !ours.contains_key(*key)));
        for key in all {
            let (a, b) = (ours.get(key), theirs.get(key));
            if self.skipped.iter().any(|field| field.name() == key) {
                skipped.insert(key.clone(), self.sides(a, b));
            } else if self.shows_as_same(a, b) {
                same.insert(key.clone(), a.or(b).cloned().unwrap_or_default());
            } else {
                different.insert(key.clone(), self.sides(a, b));
            }
        }
        if self.dotted && self.style.nested_skips {
            self.move_skipped(&mut different, &mut skipped);
        }
        let named = keys.first.iter().filter_map(|field| {
            let value = field.value(first, keys.dotted)?;
            Some((field.name().clone(), value.clone()))
        });
        let mut json = Map::default();
        json.insert("keys".into(), named.collect::<Map>().into());
        json.insert("same".into(), same.into());
        json.insert("different".into(), different.into());
        if !skipped.is_empty() {
            json.insert("skipped".into(), skipped.into());
        }
        json.into()
    }

    fn shows_as_same(&self, a: Option<&Value>, b: Option<&Value>) -> bool {
        let both = a.is_some() && b.is_some();
        let fuzzy_union = self.equality != Equality::Exact && self.style.union_of_keys;
        (both || fuzzy_union) && self.equality.holds(a, b)
    }

    fn labels(&self) -> [&'static str; 2] {
        if self.style.old_labels {
            ["input1", "input2"]
        } else {
            ["inputA", "inputB"]
        }
    }

    /// Both values of a field.
    fn sides(&self, a: Option<&Value>, b: Option<&Value>) -> Value {
        let shown = |value: Option<&Value>| {
            let value = value.filter(|value| !self.style.old_labels || truthy(Some(value)));
            value.cloned().unwrap_or_default()
        };
        let [first, second] = self.labels();
        Value::from([(first, shown(a)), (second, shown(b))])
    }

    /// Moves what is skipped within an object from `different` to `skipped`.
    fn move_skipped(&self, different: &mut Map, skipped: &mut Map) {
        for field in self.skipped.iter() {
            let [top, inner @ ..] = field.segments() else {
                continue;
            };
            let Some(sides) = different.get_mut(top).filter(|_| !inner.is_empty()) else {
                continue;
            };
            let place = Path::through(inner.to_vec());
            for label in self.labels() {
                let side = sides.make_object().entry(label.into()).or_default();
                let Some(value) = place.remove(side) else {
                    continue;
                };
                let shown = skipped
                    .entry(top.clone())
                    .or_insert_with(Value::empty_object);
                let side = shown
                    .make_object()
                    .entry(label.into())
                    .or_insert_with(Value::empty_object);
                place.set(side, value);
            }
        }
    }
}
