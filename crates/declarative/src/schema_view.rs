//! `SchemaView`: a JSON Schema to read from, with its references followed: what pages say of a value and its members.

use indexmap::IndexMap;
use itemflow_model::Value;

use crate::action::Schema;
use crate::references::escape;

/// Most schemas that are put together to one.
const MAX_PARTS: usize = 32;
/// The keywords whose schemas all have a say in one value.
const TOGETHER: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// A schema together with those that it refers to and is composed of. Words that stand beside a reference come first.
#[derive(Clone, Debug)]
pub struct SchemaView<'a> {
    root: &'a Value,
    parts: Vec<Part<'a>>,
}

/// One schema and its JSON pointer within the root.
#[derive(Clone, Debug)]
struct Part<'a> {
    schema: &'a Value,
    pointer: String,
}

impl Schema {
    /// The schema to read from.
    pub fn view(&self) -> SchemaView<'_> {
        SchemaView::of(self.source())
    }
}

impl<'a> SchemaView<'a> {
    /// A schema in which references are local: `#/$defs/name`.
    pub fn of(root: &'a Value) -> Self {
        Self::at(
            root,
            vec![Part {
                schema: root,
                pointer: String::new(),
            }],
        )
    }

    fn at(root: &'a Value, found: Vec<Part<'a>>) -> Self {
        let mut view = Self {
            root,
            parts: Vec::new(),
        };
        for part in found {
            view.add(part);
        }
        view
    }

    fn add(&mut self, part: Part<'a>) {
        let is_known = |known: &Part<'_>| known.pointer == part.pointer;
        if self.parts.len() >= MAX_PARTS || self.parts.iter().any(is_known) {
            return;
        }
        let Part { schema, pointer } = part.clone();
        self.parts.push(part);
        if let Some(pointer) = schema.get("$ref").and_then(Value::as_str)
            && let Some(pointer) = pointer.strip_prefix('#')
            && let Some(schema) = find(self.root, pointer)
        {
            let pointer = pointer.to_owned();
            self.add(Part { schema, pointer });
        }
        for word in TOGETHER {
            let schemas = schema.get(word).and_then(Value::as_array);
            for (i, schema) in schemas.unwrap_or_default().iter().enumerate() {
                let pointer = format!("{pointer}/{word}/{i}");
                self.add(Part { schema, pointer });
            }
        }
    }

    /// JSON pointer of the schema within the root, before its reference is followed.
    pub fn pointer(&self) -> &str {
        self.parts.first().map_or("", |part| &part.pointer)
    }

    /// The value of a keyword, from the first schema that has it.
    pub fn get(&self, word: &str) -> Option<&'a Value> {
        self.parts.iter().find_map(|part| part.schema.get(word))
    }

    /// What the value means; empty when no schema says so.
    pub fn description(&self) -> &'a str {
        let texts = self.parts.iter().filter_map(|part| {
            let text = part.schema.get("description")?.as_str()?;
            (!text.trim().is_empty()).then_some(text)
        });
        texts.into_iter().next().unwrap_or_default()
    }

    /// The JSON types that the value may have; empty when none is named.
    pub fn types(&self) -> Vec<&'a str> {
        let mut types = Vec::new();
        for named in self.parts.iter().filter_map(|part| part.schema.get("type")) {
            let list = named.as_array().unwrap_or(std::slice::from_ref(named));
            for name in list.iter().filter_map(Value::as_str) {
                if !types.contains(&name) {
                    types.push(name);
                }
            }
        }
        types
    }

    /// The members of an object by name.
    pub fn members(&self) -> IndexMap<&'a str, SchemaView<'a>> {
        let mut found: IndexMap<&str, Vec<Part<'a>>> = IndexMap::new();
        for part in &self.parts {
            let members = part.schema.get("properties").and_then(Value::as_object);
            for (name, schema) in members.into_iter().flatten() {
                let pointer = format!("{}/properties/{}", part.pointer, escape(name));
                let parts = found.entry(name).or_default();
                parts.push(Part { schema, pointer });
            }
        }
        let view = |(name, parts)| (name, Self::at(self.root, parts));
        found.into_iter().map(view).collect()
    }

    /// Whether an object must have the member.
    pub fn requires(&self, member: &str) -> bool {
        self.parts.iter().any(|part| {
            let named = part.schema.get("required").and_then(Value::as_array);
            let is_named = |names: &[Value]| names.iter().any(|name| name.as_str() == Some(member));
            // One of several alternatives says nothing of the others.
            let is_certain = !part.pointer.contains("/anyOf/") && !part.pointer.contains("/oneOf/");
            is_certain && named.is_some_and(is_named)
        })
    }

    /// The elements of a list.
    pub fn elements(&self) -> Option<SchemaView<'a>> {
        let parts: Vec<Part<'a>> = self
            .parts
            .iter()
            .filter_map(|part| {
                let schema = part.schema.get("items")?;
                schema.as_object()?;
                let pointer = format!("{}/items", part.pointer);
                Some(Part { schema, pointer })
            })
            .collect();
        (!parts.is_empty()).then(|| Self::at(self.root, parts))
    }
}

/// The part of a value at a JSON pointer.
fn find<'a>(root: &'a Value, pointer: &str) -> Option<&'a Value> {
    pointer.split('/').skip(1).try_fold(root, |at, key| {
        let key = key.replace("~1", "/").replace("~0", "~");
        match at.as_array() {
            Some(list) => list.get(key.parse::<usize>().ok()?),
            None => at.get(&key),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(json: &str) -> Value {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn references_and_compositions_are_read_as_one_schema() {
        let root = value(
            r##"{"$ref":"#/$defs/thing","description":"own","$defs":{
            "thing":{"type":"object","description":"shared","properties":{
                "id":{"type":"integer","description":"Number."},
                "list":{"type":"array","items":{"$ref":"#/$defs/part"}}}},
            "part":{"allOf":[{"properties":{"a":{"type":["string","null"]}}},{"properties":{"a":{"description":"A."},"b":{}}}]}}}"##,
        );
        let view = SchemaView::of(&root);
        assert_eq!(view.description(), "own");
        assert_eq!(view.types(), ["object"]);
        let members = view.members();
        assert_eq!(members.keys().collect::<Vec<_>>(), [&"id", &"list"]);
        assert_eq!(members["id"].description(), "Number.");
        assert_eq!(members["id"].pointer(), "/$defs/thing/properties/id");
        let part = members["list"].elements().unwrap();
        let members = part.members();
        assert_eq!(members["a"].types(), ["string", "null"]);
        assert_eq!(members["a"].description(), "A.");
        assert!(members.contains_key("b"));
        let root = value(r#"{"required":["a"],"anyOf":[{"required":["b"]}]}"#);
        let view = SchemaView::of(&root);
        assert!(view.requires("a") && !view.requires("b"));
    }

    #[test]
    fn circles_and_bombs_come_to_an_end() {
        let root = value(r##"{"$ref":"#","allOf":[{"$ref":"#"},{"$ref":"#/allOf/1"}]}"##);
        assert!(SchemaView::of(&root).members().is_empty());
        let parts = vec![value(r#"{"properties":{"a":{}}}"#); 1000];
        let root = Value::from([("anyOf", Value::from(parts))]);
        assert_eq!(SchemaView::of(&root).members().len(), 1);
    }
}
