//! The schema of an answer, trimmed to what a workflow's author needs: types, members, allowed values, descriptions.

use itemflow_model::{Map, Value};

use super::context::Context;
use super::part::Part;
use super::schema::Schema;
use crate::{limits, text};

/// The schema of one item of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Output {
    /// Name of the shared schema that it is.
    pub(crate) name: Option<String>,
    pub(crate) schema: Value,
}

impl Context<'_> {
    /// The schema of one item: of the elements where the answer is a list, else of the answer itself. `None` where
    /// nothing is known of it.
    pub(crate) fn output(&mut self, part: &Part) -> Option<Output> {
        let whole = self.schema(part);
        let (item, part) = match (&whole.items, whole.is("array")) {
            (Some(items), true) => (self.schema(items), items.clone()),
            (None, true) => return None,
            _ => (whole, part.clone()),
        };
        if !item.is("object") || item.properties.is_empty() {
            return None;
        }
        let is_shared_alone = part.value.as_object().is_some_and(|map| map.len() == 1);
        let key = match (&item.name, item.followed.first()) {
            (Some(_), Some(pointer)) if is_shared_alone => Some(pointer.clone()),
            _ => None,
        };
        let known = key.as_ref().and_then(|key| self.outputs.get(key));
        let schema = match known {
            Some(known) => known.clone(),
            None => {
                let mut left = limits::OUTPUT_SCHEMAS;
                let schema = self.trimmed(&item, &mut Vec::new(), &mut left, 0);
                if let Some(key) = &key {
                    self.outputs.insert(key.clone(), schema.clone());
                }
                schema
            }
        };
        Some(Output {
            name: key.and(item.name),
            schema,
        })
    }

    fn trimmed(
        &mut self,
        schema: &Schema,
        within: &mut Vec<String>,
        left: &mut usize,
        depth: usize,
    ) -> Value {
        if schema
            .followed
            .iter()
            .any(|pointer| within.contains(pointer))
        {
            let why = "it refers back to itself; any value is taken";
            self.losses
                .weakened(&schema.pointer, "recursive schema", why);
            return Value::empty_object();
        }
        let mut out = Map::default();
        let mut set = |key: &str, value: Value| {
            out.insert(key.into(), value);
        };
        let options = schema.options.as_ref().filter(|options| {
            !options.is_empty()
                && options.len() <= limits::OPTIONS
                && options.iter().all(|o| text::scalar(o).is_some())
        });
        match options {
            Some(options) => {
                let mut list = options.clone();
                list.extend(schema.nullable.then_some(Value::Null));
                let mut seen = std::collections::HashSet::new();
                list.retain(|option| seen.insert(option.to_string()));
                set("enum", Value::from(list));
            }
            None => {
                if let Some(types) = types(schema) {
                    set("type", types);
                }
            }
        }
        if depth > 0 {
            let description = text::line(&schema.description);
            if !description.is_empty() {
                set("description", Value::from(description));
            }
        }
        if !schema.format.is_empty() && options.is_none() {
            set("format", Value::from(text::line(&schema.format)));
        }
        let is_deep = depth >= limits::OUTPUT_DEPTH;
        if is_deep && (!schema.properties.is_empty() || schema.items.is_some()) {
            let why = format!(
                "its members are more than {} levels deep and not described",
                limits::OUTPUT_DEPTH
            );
            self.losses.weakened(&schema.pointer, "deep schema", why);
            return Value::from(out);
        }
        let within_before = within.len();
        within.extend(schema.followed.iter().cloned());
        if schema.types.contains(&"object") && !schema.properties.is_empty() {
            let (properties, required) = self.members(schema, within, left, depth);
            if !required.is_empty() {
                out.insert("required".into(), Value::from(required));
            }
            out.insert("properties".into(), Value::from(properties));
        }
        if schema.types.contains(&"array")
            && let Some(items) = &schema.items
            && *left > 0
        {
            *left -= 1;
            let element = self.schema(items);
            let element = self.trimmed(&element, within, left, depth + 1);
            if element.as_object().is_some_and(|map| !map.is_empty()) {
                out.insert("items".into(), element);
            }
        }
        within.truncate(within_before);
        Value::from(out)
    }

    fn members(
        &mut self,
        schema: &Schema,
        within: &mut Vec<String>,
        left: &mut usize,
        depth: usize,
    ) -> (Map, Vec<Value>) {
        let mut properties = Map::default();
        let mut required = Vec::new();
        for (name, part) in &schema.properties {
            if *left == 0 {
                let why = format!(
                    "the answer has more than {} members",
                    limits::OUTPUT_SCHEMAS
                );
                self.losses.weakened(&schema.pointer, "large schema", why);
                break;
            }
            *left -= 1;
            let read = self.schema(part);
            if read.write_only {
                continue;
            }
            let member = self.trimmed(&read, within, left, depth + 1);
            properties.insert(name.clone(), member);
            if schema.required.iter().any(|required| **required == **name) {
                required.push(Value::from(name.clone()));
            }
        }
        (properties, required)
    }
}

/// The type or types of a value; `None` where any will do.
fn types(schema: &Schema) -> Option<Value> {
    let mut types: Vec<Value> = schema.types.iter().map(|kind| Value::from(*kind)).collect();
    if schema.nullable && !types.is_empty() {
        types.push(Value::from("null"));
    }
    match types.len() {
        0 => None,
        1 => types.pop(),
        _ => Some(Value::from(types)),
    }
}
