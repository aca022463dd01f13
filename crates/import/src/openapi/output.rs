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

/// The way from the whole answer to the schema at hand.
struct Walk {
    /// Pointers of the shared schemas on the way.
    within: Vec<String>,
    /// Schemas that the answer may still have.
    left: usize,
    /// The outermost of those on the way that something referred back to.
    outermost: usize,
}

impl Default for Walk {
    fn default() -> Self {
        Self {
            within: Vec::new(),
            left: limits::OUTPUT_SCHEMAS,
            outermost: usize::MAX,
        }
    }
}

impl Walk {
    fn position(&self, followed: &[String]) -> Option<usize> {
        self.within
            .iter()
            .position(|pointer| followed.contains(pointer))
    }
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
        let mut walk = Walk::default();
        let schema = self.trimmed(&item, &mut walk, 0);
        if walk.left == 0 {
            let why = format!(
                "the answer has more than {} members",
                limits::OUTPUT_SCHEMAS
            );
            self.losses.weakened(&item.pointer, "large schema", why);
        }
        Some(Output {
            name: item.name.filter(|_| is_shared_alone),
            schema,
        })
    }

    /// The schema at a depth. A shared one is made once for each depth, unless what came before it changed it.
    fn trimmed(&mut self, schema: &Schema, walk: &mut Walk, depth: usize) -> Value {
        if let Some(at) = walk.position(&schema.followed) {
            let why = "it refers back to itself; any value is taken";
            self.losses
                .weakened(&schema.pointer, "recursive schema", why);
            walk.outermost = walk.outermost.min(at);
            return Value::empty_object();
        }
        let shared = schema.followed.first().filter(|_| schema.is_shared);
        let key = shared.map(|pointer| (pointer.clone(), depth));
        if let Some((made, size)) = key.as_ref().and_then(|key| self.outputs.get(key))
            && *size <= walk.left
        {
            walk.left -= size;
            return made.clone();
        }
        let outside = std::mem::replace(&mut walk.outermost, usize::MAX);
        let (left, level) = (walk.left, walk.within.len());
        let made = self.describe(schema, walk, depth);
        let is_own = walk.outermost >= level;
        if let Some(key) = key.filter(|_| is_own && walk.left > 0) {
            self.outputs.insert(key, (made.clone(), left - walk.left));
        }
        walk.outermost = walk.outermost.min(outside);
        made
    }

    fn describe(&mut self, schema: &Schema, walk: &mut Walk, depth: usize) -> Value {
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
            let description = text::short_line(&schema.description, limits::OUTPUT_DESCRIPTION);
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
        let level = walk.within.len();
        walk.within.extend(schema.followed.iter().cloned());
        if schema.types.contains(&"object") && !schema.properties.is_empty() {
            let (properties, required) = self.members(schema, walk, depth);
            if !required.is_empty() {
                out.insert("required".into(), Value::from(required));
            }
            out.insert("properties".into(), Value::from(properties));
        }
        if schema.types.contains(&"array")
            && let Some(items) = &schema.items
            && walk.left > 0
        {
            walk.left -= 1;
            let element = self.schema(items);
            let element = self.trimmed(&element, walk, depth + 1);
            if element.as_object().is_some_and(|map| !map.is_empty()) {
                out.insert("items".into(), element);
            }
        }
        walk.within.truncate(level);
        Value::from(out)
    }

    fn members(&mut self, schema: &Schema, walk: &mut Walk, depth: usize) -> (Map, Vec<Value>) {
        let mut properties = Map::default();
        let mut required = Vec::new();
        for (name, part) in &schema.properties {
            if walk.left == 0 {
                break;
            }
            walk.left -= 1;
            let read = self.schema(part);
            if read.write_only {
                continue;
            }
            let member = self.trimmed(&read, walk, depth + 1);
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
