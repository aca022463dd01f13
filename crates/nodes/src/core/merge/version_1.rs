//! The modes of Merge version 1, which later versions replaced.

use std::collections::HashMap;
use std::sync::Arc;

use itemflow_model::{ErrorInfo, Item, Items, ItemsBuilder, Link, Value};

use super::clash::files;
use super::{concatenated, linked, one_empty_item};
use crate::core::field::FieldName;
use crate::core::key_fields::check_size;
use crate::node::NodeProblem;
use crate::parameters::{Parameter, Parameters, pointer};
use crate::run::NodeRun;

/// A mode with its parameters.
pub(super) enum Mode {
    /// All items, input by input.
    Append,
    /// The items of one input.
    PassThrough(Parameter),
    /// One empty item.
    Wait,
    /// Items of equal position become one.
    ByIndex(Parameter),
    /// Every item with every other.
    Multiplex,
    /// Items of equal keys become one.
    ByKey(Keys, Parameter),
    /// Items of the first input whose key the second has.
    KeepMatches(Keys),
    /// Items of the first input whose key the second lacks.
    RemoveMatches(Keys),
}

/// Key field of each input.
pub(super) struct Keys {
    first: FieldName,
    second: FieldName,
}

impl Mode {
    /// The mode of this name; `None` when there is no such mode.
    pub(super) fn new(
        name: &str,
        parameters: &Parameters,
    ) -> Result<Option<Self>, Vec<NodeProblem>> {
        Ok(Some(match name {
            "append" => Self::Append,
            "passThrough" => Self::PassThrough(parameters.parameter("output", "input1")),
            "wait" => Self::Wait,
            "mergeByIndex" => Self::ByIndex(parameters.parameter("join", "left")),
            "multiplex" => Self::Multiplex,
            "mergeByKey" => Self::ByKey(
                Keys::new(parameters)?,
                parameters.parameter("overwrite", "always"),
            ),
            "keepKeyMatches" => Self::KeepMatches(Keys::new(parameters)?),
            "removeKeyMatches" => Self::RemoveMatches(Keys::new(parameters)?),
            _ => return Ok(None),
        }))
    }

    pub(super) fn run(&self, run: &NodeRun) -> Result<Items, ErrorInfo> {
        let (first, second) = (run.input(0), run.input(1));
        match self {
            Self::Append => Ok(concatenated(&[first, second])),
            Self::PassThrough(output) => Ok(match &*run.text(output, 0)? {
                "input2" => second,
                _ => first,
            }),
            Self::Wait => Ok(one_empty_item(&[first])),
            Self::ByIndex(join) => Ok(by_index(&run.text(join, 0)?, &first, &second)),
            Self::Multiplex => multiplex(run, &first, &second),
            Self::ByKey(keys, overwrite) => {
                let overwrite = run.text(overwrite, 0)?;
                let skipped = keys.second.at(run, 0)?.name().clone();
                keys.run(run, [&first, &second], &mut |output, entry, partner| {
                    let Some((item, link)) = entry.usable() else {
                        return;
                    };
                    match partner {
                        Some((partner, other)) => output.push(
                            overwritten(item, partner, &overwrite, &skipped),
                            link.join(other),
                        ),
                        None => output.push(item.clone(), link.clone()),
                    }
                })
            }
            Self::KeepMatches(keys) => {
                if second.is_empty() {
                    return Ok(Items::default());
                }
                keys.run(run, [&first, &second], &mut |output, entry, partner| {
                    if let (Some((item, link)), Some(_)) = (entry.usable(), partner) {
                        output.push(item.clone(), link.clone());
                    }
                })
            }
            Self::RemoveMatches(keys) => {
                keys.run(run, [&first, &second], &mut |output, entry, partner| {
                    if partner.is_none() {
                        output.push(entry.item.clone(), entry.link.clone());
                    }
                })
            }
        }
    }
}

/// An item of the first input.
struct Entry<'a> {
    item: &'a Item,
    link: Link,
    has_key: bool,
}

impl Entry<'_> {
    fn usable(&self) -> Option<(&Item, &Link)> {
        self.has_key.then_some((self.item, &self.link))
    }
}

type Partner<'a> = Option<(&'a Item, &'a Link)>;

impl Keys {
    fn new(parameters: &Parameters) -> Result<Self, Vec<NodeProblem>> {
        let name = |path: &str| {
            let name = FieldName::new(parameters.parameter(path, ""));
            if name.is_empty() {
                return Err(vec![NodeProblem::error(
                    "missing-parameter",
                    pointer(path),
                    format!("`{path}` is missing"),
                )]);
            }
            Ok(name)
        };
        Ok(Self {
            first: name("propertyName1")?,
            second: name("propertyName2")?,
        })
    }

    /// Calls `each` for every item of the first input with its partner. Without a second input all items pass.
    fn run(
        &self,
        run: &NodeRun,
        [first, second]: [&Items; 2],
        each: &mut dyn FnMut(&mut ItemsBuilder, &Entry<'_>, Partner<'_>),
    ) -> Result<Items, ErrorInfo> {
        if second.is_empty() {
            return Ok(first.clone());
        }
        let first_field = self.first.at(run, 0)?;
        let second_field = self.second.at(run, 0)?;
        let partners: HashMap<Arc<str>, (&Item, Link)> = linked(second)
            .filter_map(|(item, link)| {
                let key = partner_key(second_field.value(&item.json, true)?)?;
                Some((key, (item, link)))
            })
            .collect();
        let mut output = ItemsBuilder::default();
        for (item, link) in linked(first) {
            let key = first_field.value(&item.json, true).and_then(key);
            let partner = key.as_ref().and_then(|key| partners.get(key));
            let entry = Entry {
                item,
                link,
                has_key: key.is_some(),
            };
            let partner = partner.map(|(item, link)| (*item, link));
            each(&mut output, &entry, partner);
        }
        Ok(output.build())
    }
}

/// What a value of the first input is found by: text and numbers alone.
fn key(value: &Value) -> Option<Arc<str>> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}

/// What an item of the second input is found under; JavaScript's false values are not found at all.
fn partner_key(value: &Value) -> Option<Arc<str>> {
    match value {
        Value::Bool(true) => Some("true".into()),
        Value::Number(number) if number.as_f64() == 0.0 || number.as_f64().is_nan() => None,
        Value::String(text) if text.is_empty() => None,
        value => key(value),
    }
}

/// The item with the partner's members, as far as `overwrite` lets them replace its own; `skipped` is left out.
fn overwritten(item: &Item, partner: &Item, overwrite: &str, skipped: &str) -> Item {
    let mut merged = item.clone();
    let json = merged.json.make_object();
    for (key, value) in partner.json.as_object().into_iter().flatten() {
        let replaceable = match (overwrite, json.get(key)) {
            (_, None) | ("always", _) => true,
            ("blank", Some(old)) => old.is_null() || old.as_str() == Some(""),
            _ => false,
        };
        if replaceable && **key != *skipped {
            json.insert(key.clone(), value.clone());
        }
    }
    merged
}

fn by_index(join: &str, first: &Items, second: &Items) -> Items {
    let count = match join {
        "inner" => first.len().min(second.len()),
        "outer" => first.len().max(second.len()),
        _ => first.len(),
    };
    let mut output = ItemsBuilder::with_capacity(count);
    for at in 0..count {
        match (first.get(at), second.get(at)) {
            (Some(a), Some(b)) => output.push(shallow(a, b), first.link(at).join(&second.link(at))),
            (Some(a), None) => output.push(a.clone(), first.link(at)),
            (None, Some(b)) => output.push(b.clone(), second.link(at)),
            (None, None) => {}
        }
    }
    output.build()
}

fn multiplex(run: &NodeRun, first: &Items, second: &Items) -> Result<Items, ErrorInfo> {
    check_size(run, first.len().saturating_mul(second.len()))?;
    let mut output = ItemsBuilder::default();
    for (a, a_link) in linked(first) {
        for (b, b_link) in linked(second) {
            let merged = Item {
                binary: None,
                ..shallow(a, b)
            };
            output.push(merged, a_link.join(&b_link));
        }
    }
    Ok(output.build())
}

/// One item of two; top-level members and files of the second stay.
fn shallow(first: &Item, second: &Item) -> Item {
    let mut json = first.json.clone();
    let target = json.make_object();
    for (key, value) in second.json.as_object().into_iter().flatten() {
        target.insert(key.clone(), value.clone());
    }
    Item {
        binary: files(first, second),
        ..Item::new(json)
    }
}
