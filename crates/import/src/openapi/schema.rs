//! `Schema`: what a schema of the document says, with references and `allOf` followed and alternatives made one.

use std::sync::Arc;

use indexmap::IndexMap;
use itemflow_model::{Map, Value};

use super::context::Context;
use super::openapi30::keywords;
use super::part::Part;
use super::references::{follow, reference};
use crate::limits;

/// A schema read as far as definitions can say it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schema {
    pub(crate) pointer: String,
    /// Name of the shared schema that a reference named.
    pub(crate) name: Option<String>,
    /// It is that shared schema and nothing besides.
    pub(crate) is_shared: bool,
    /// Pointers of the shared schemas that were followed.
    pub(crate) followed: Vec<String>,
    /// Names of JSON types, without `null`; none: any value.
    pub(crate) types: Vec<&'static str>,
    pub(crate) nullable: bool,
    pub(crate) format: String,
    pub(crate) media_type: String,
    pub(crate) description: String,
    pub(crate) options: Option<Vec<Value>>,
    pub(crate) default: Option<Value>,
    pub(crate) example: Option<Value>,
    pub(crate) properties: IndexMap<Arc<str>, Part>,
    pub(crate) required: Vec<String>,
    pub(crate) items: Option<Part>,
    pub(crate) limits: Map,
    pub(crate) read_only: bool,
    pub(crate) write_only: bool,
    pub(crate) deprecated: bool,
    pub(crate) alternatives: Vec<Part>,
}

impl Schema {
    /// Whether it has just this type.
    pub(crate) fn is(&self, kind: &str) -> bool {
        self.types == [kind]
    }

    /// Whether it is a file: bytes, not text.
    pub(crate) fn is_file(&self) -> bool {
        let takes_text = self.types.is_empty() || self.is("string");
        let is_media = !self.media_type.is_empty() && !self.media_type.starts_with("text/");
        takes_text && (self.format == "binary" || (is_media && self.format != "byte"))
    }
}

impl Context<'_> {
    /// Reads a schema.
    pub(crate) fn schema(&mut self, part: &Part) -> Schema {
        self.schema_within(part, 0)
    }

    fn schema_within(&mut self, part: &Part, depth: usize) -> Schema {
        let mut schema = Schema {
            pointer: part.pointer.clone(),
            is_shared: reference(&part.value).is_some()
                && part.value.as_object().is_some_and(|map| map.len() == 1),
            ..Schema::default()
        };
        let mut following = Vec::new();
        self.read_schema(&mut schema, part, &mut following, depth);
        self.settle(&mut schema, depth);
        schema
    }

    /// Adds what `part` says; what it says overrides what was there.
    fn read_schema(
        &mut self,
        schema: &mut Schema,
        part: &Part,
        following: &mut Vec<String>,
        depth: usize,
    ) {
        if !self.spend() {
            return;
        }
        if depth > limits::SCHEMA_DEPTH {
            let why = "it is nested too deeply in other schemas; any value is taken";
            return self.losses.weakened(&part.pointer, "schema", why);
        }
        if let Some(reference) = reference(&part.value)
            && let Some(target) = follow(self.root, reference)
        {
            if following.contains(&target.pointer) {
                let why = "it refers back to itself; any value is taken";
                return self.losses.weakened(&part.pointer, "recursive schema", why);
            }
            if following.is_empty() && schema.name.is_none() {
                schema.name = target.pointer.rsplit('/').next().map(str::to_owned);
            }
            following.push(target.pointer.clone());
            schema.followed.push(target.pointer.clone());
            self.read_schema(schema, &target, following, depth + 1);
            following.pop();
            if part.value.as_object().is_some_and(|map| map.len() == 1) {
                return;
            }
        }
        for member in part.elements_of("allOf") {
            self.read_schema(schema, &member, following, depth + 1);
        }
        self.read_own(schema, part);
    }

    fn read_own(&mut self, schema: &mut Schema, part: &Part) {
        let patterns = &mut self.patterns;
        let read = keywords(&part.value, &mut |pattern| patterns.is_sound(pattern));
        for name in &read.unknown_types {
            let why = format!("`{name}` is no type of JSON Schema; the nearest one is taken");
            self.losses.weakened(&part.pointer, "type", why);
        }
        if !read.unsound.is_empty() {
            let why = format!("{} cannot be used and is left out", read.unsound.join(", "));
            self.losses.weakened(&part.pointer, "limit", why);
        }
        if !read.types.is_empty() {
            schema.types = read.types;
        }
        schema.nullable |= read.nullable;
        schema.limits.extend(read.limits);
        if !read.format.is_empty() {
            schema.format = read.format;
        }
        // What is written in letters (base64) is text.
        if let Some(media_type) = part.text("contentMediaType")
            && part.text("contentEncoding").is_none()
        {
            schema.media_type = media_type;
        }
        if let Some(text) = part.text("description").or_else(|| part.text("title")) {
            schema.description = text;
        }
        let constant = part.value.get("const").map(|value| vec![value.clone()]);
        let list = part.value.get("enum").and_then(Value::as_array);
        if let Some(mut options) = constant.or_else(|| list.map(<[Value]>::to_vec)) {
            schema.nullable |= options.iter().any(Value::is_null);
            options.retain(|option| !option.is_null());
            schema.options = Some(options);
        }
        for (slot, key) in [
            (&mut schema.default, "default"),
            (&mut schema.example, "example"),
        ] {
            if let Some(value) = part.value.get(key) {
                *slot = Some(value.clone());
            }
        }
        if let Some(Value::Array(examples)) = part.value.get("examples") {
            schema.example = examples.first().cloned();
        }
        schema.properties.extend(part.members_of("properties"));
        if let Some(Value::Array(_)) = part.value.get("required") {
            for name in part.texts("required") {
                if !schema.required.contains(&name) {
                    schema.required.push(name);
                }
            }
        }
        if let Some(items) = part.member("items").filter(Part::is_object) {
            schema.items = Some(items);
        }
        for (slot, key) in [
            (&mut schema.read_only, "readOnly"),
            (&mut schema.write_only, "writeOnly"),
            (&mut schema.deprecated, "deprecated"),
        ] {
            *slot = part.flag(key).unwrap_or(*slot);
        }
        for key in ["oneOf", "anyOf"] {
            schema.alternatives.extend(part.elements_of(key));
        }
    }

    /// Makes alternatives one, and works out the type where none is given.
    fn settle(&mut self, schema: &mut Schema, depth: usize) {
        let alternatives = std::mem::take(&mut schema.alternatives);
        if !alternatives.is_empty() {
            let read: Vec<Schema> = alternatives
                .iter()
                .take(limits::FIELDS)
                .map(|part| self.schema_within(part, depth + 1))
                .collect();
            self.unite(schema, read);
        }
        if schema.types.is_empty() {
            schema.types = inferred(schema);
        }
    }

    fn unite(&mut self, schema: &mut Schema, mut alternatives: Vec<Schema>) {
        let says_nothing = |a: &Schema| a.types.is_empty() && a.options.is_none();
        schema.nullable |= alternatives.iter().any(|a| a.nullable);
        // `null` as an alternative, and lists of what is required together.
        let before = alternatives.len();
        let is_rule = |a: &Schema| says_nothing(a) && a.followed.is_empty();
        alternatives.retain(|a| !is_rule(a));
        let had_rules = before - alternatives.len() > usize::from(schema.nullable);
        if had_rules {
            let why = "which members are required together is not checked";
            self.losses.weakened(&schema.pointer, "alternatives", why);
        }
        if let [only] = alternatives.as_slice() {
            return adopt(schema, only.clone());
        }
        if alternatives.is_empty() {
            return;
        }
        if alternatives.iter().all(|a| a.options.is_some()) {
            let all = alternatives.iter().flat_map(|a| a.options.iter().flatten());
            schema.options = Some(all.cloned().collect());
            schema.types = union_of_types(&alternatives);
            return;
        }
        let count = alternatives.len();
        if alternatives.iter().all(|a| a.is("object")) {
            let why = format!(
                "the members of all {count} alternatives are taken; only what all of them require is required"
            );
            self.losses.weakened(&schema.pointer, "alternatives", why);
            let required_by_all =
                |name: &String| alternatives.iter().all(|a| a.required.contains(name));
            let required: Vec<String> = alternatives[0]
                .required
                .iter()
                .filter(|name| required_by_all(name))
                .cloned()
                .collect();
            schema.required.extend(required);
            for alternative in alternatives {
                schema.followed.extend(alternative.followed);
                for (name, part) in alternative.properties {
                    schema.properties.entry(name).or_insert(part);
                }
            }
            schema.types = vec!["object"];
            return;
        }
        schema.types = union_of_types(&alternatives);
        let why = format!("one of {count} alternatives; any of their types is taken");
        self.losses.weakened(&schema.pointer, "alternatives", why);
    }
}

/// Takes over what the only alternative says, except where the schema itself says it.
fn adopt(schema: &mut Schema, only: Schema) {
    let own = std::mem::replace(schema, only);
    schema.is_shared = false;
    schema.pointer = own.pointer;
    schema.name = own.name.or(schema.name.take());
    schema.followed.extend(own.followed);
    schema.nullable |= own.nullable;
    schema.default = own.default.or(schema.default.take());
    schema.example = own.example.or(schema.example.take());
    if !own.description.is_empty() {
        schema.description = own.description;
    }
    for (name, part) in own.properties {
        schema.properties.entry(name).or_insert(part);
    }
    schema.required.extend(own.required);
}

fn union_of_types(alternatives: &[Schema]) -> Vec<&'static str> {
    let mut types = Vec::new();
    for alternative in alternatives {
        if alternative.types.is_empty() {
            return Vec::new();
        }
        for kind in &alternative.types {
            if !types.contains(kind) {
                types.push(*kind);
            }
        }
    }
    if types.contains(&"number") {
        types.retain(|kind| *kind != "integer");
    }
    types
}

fn inferred(schema: &Schema) -> Vec<&'static str> {
    let has = |keys: &[&str]| keys.iter().any(|key| schema.limits.contains_key(*key));
    if let Some(options) = &schema.options {
        let kinds = |kind: &str| options.iter().all(|option| option.kind() == kind);
        return match options.first() {
            Some(_) if kinds("string") => vec!["string"],
            Some(_) if kinds("number") => vec!["number"],
            Some(_) if kinds("boolean") => vec!["boolean"],
            _ => Vec::new(),
        };
    }
    if !schema.properties.is_empty() {
        vec!["object"]
    } else if schema.items.is_some() || has(&["minItems", "maxItems", "uniqueItems"]) {
        vec!["array"]
    } else if has(&["minLength", "maxLength", "pattern"]) || !schema.format.is_empty() {
        vec!["string"]
    } else if has(&["minimum", "maximum", "multipleOf"]) {
        vec!["number"]
    } else {
        Vec::new()
    }
}
