//! How the json and the files of two items become one, and which of two values stays where both have one.

use std::sync::Arc;

use indexmap::map::Entry;
use itemflow_model::{Binaries, ErrorInfo, Item, Map, Value};

use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

const GROUP: &str = "options.clashHandling.values";

/// The `clashHandling` option as stored.
pub(super) struct ClashParameters {
    resolve: Parameter,
    mode: Parameter,
    override_empty: Parameter,
}

impl ClashParameters {
    /// `group_default` is the answer to clashes when the option is there but does not say.
    pub(super) fn new(parameters: &Parameters, group_default: &str) -> Self {
        let default = if parameters.find(GROUP).is_some() {
            group_default
        } else {
            ""
        };
        Self {
            resolve: parameters.parameter(&format!("{GROUP}.resolveClash"), default),
            mode: parameters.parameter(&format!("{GROUP}.mergeMode"), "deepMerge"),
            override_empty: parameters.parameter(&format!("{GROUP}.overrideEmpty"), false),
        }
    }

    pub(super) fn at(&self, run: &NodeRun) -> Result<Clash, ErrorInfo> {
        let resolve = run.text(&self.resolve, 0)?;
        let input = resolve.strip_prefix("preferInput");
        Ok(Clash {
            resolve: match (&*resolve, input.and_then(|n| n.parse::<usize>().ok())) {
                ("addSuffix", _) => Resolve::Suffix,
                (_, Some(number)) => Resolve::Input(number.saturating_sub(1)),
                ("preferLast", _) => Resolve::Last,
                _ => Resolve::Unset,
            },
            deep: &*run.text(&self.mode, 0)? != "shallowMerge",
            keep_over_empty: run.flag(&self.override_empty, 0)?,
        })
    }
}

/// What happens where both items have a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resolve {
    /// Nothing is said.
    Unset,
    /// The last input's value stays.
    Last,
    /// The value of this input stays.
    Input(usize),
    /// Both stay: every field gets the number of its input.
    Suffix,
}

/// The `clashHandling` option of one run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clash {
    pub(super) resolve: Resolve,
    /// Merge objects and lists within, rather than replace them.
    deep: bool,
    /// Null and empty text never replace a value.
    keep_over_empty: bool,
}

impl Clash {
    /// One item of two; the values of `top` stay.
    pub(super) fn lay_over(&self, base: &Item, top: &Item) -> Item {
        let mut json = base.json.clone();
        self.lay_json(&mut json, &top.json);
        Item {
            binary: files(base, top),
            ..Item::new(json)
        }
    }

    /// Lays the members of `top` over those of `base`.
    pub(super) fn lay_json(&self, base: &mut Value, top: &Value) {
        let Some(members) = top.as_object() else {
            return;
        };
        if base.as_object().is_none_or(Map::is_empty) {
            *base = top.clone();
            return;
        }
        let target = base.make_object();
        for (key, value) in members {
            match target.entry(key.clone()) {
                Entry::Vacant(slot) => {
                    slot.insert(value.clone());
                }
                Entry::Occupied(slot) => self.lay_value(slot.into_mut(), value),
            }
        }
    }

    fn lay_value(&self, base: &mut Value, top: &Value) {
        if self.keep_over_empty && is_empty(top) {
            return;
        }
        match (&mut *base, top) {
            (Value::Object(_), Value::Object(_)) if self.deep => self.lay_json(base, top),
            (Value::Array(list), Value::Array(elements)) if self.deep => {
                let list = Arc::make_mut(list);
                for (i, element) in elements.iter().enumerate() {
                    match list.get_mut(i) {
                        Some(slot) => self.lay_value(slot, element),
                        None => list.push(element.clone()),
                    }
                }
            }
            _ => *base = top.clone(),
        }
    }
}

/// An item whose fields carry the number of its input: `name_1`.
pub(super) fn suffixed(item: &Item, number: usize) -> Item {
    let members = item.json.as_object().into_iter().flatten();
    let json: Map = members
        .map(|(key, value)| (format!("{key}_{number}").into(), value.clone()))
        .collect();
    Item {
        json: json.into(),
        ..item.clone()
    }
}

/// The files of both items; those of `top` stay.
pub(super) fn files(base: &Item, top: &Item) -> Option<Arc<Binaries>> {
    match (&base.binary, &top.binary) {
        (files, None) | (None, files) => files.clone(),
        (Some(base), Some(top)) => {
            let mut files = Binaries::clone(base);
            files.extend(top.iter().map(|(name, file)| (name.clone(), file.clone())));
            Some(Arc::new(files))
        }
    }
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn laid(deep: bool, keep_over_empty: bool, base: Json, top: Json) -> Json {
        let clash = Clash {
            resolve: Resolve::Unset,
            deep,
            keep_over_empty,
        };
        let merged = clash.lay_over(&Item::new(base), &Item::new(top));
        serde_json::to_value(&merged.json).unwrap()
    }

    #[test]
    fn deep_merges_objects_by_key_and_lists_by_index() {
        let base = json!({ "a": { "x": 1, "y": 2 }, "l": [1, { "p": 1 }, 3] });
        let top = json!({ "a": { "y": 3 }, "l": [9, { "q": 2 }] });
        assert_eq!(
            laid(true, false, base.clone(), top.clone()),
            json!({ "a": { "x": 1, "y": 3 }, "l": [9, { "p": 1, "q": 2 }, 3] })
        );
        assert_eq!(laid(false, false, base, top.clone()), top);
    }

    #[test]
    fn empty_values_replace_others_unless_they_are_told_not_to() {
        let base = json!({ "a": 1, "b": { "c": 2 } });
        let top = json!({ "a": null, "b": { "c": "" }, "d": null });
        assert_eq!(laid(true, false, base.clone(), top.clone()), top);
        assert_eq!(
            laid(true, true, base, top),
            json!({ "a": 1, "b": { "c": 2 }, "d": null })
        );
    }
}
