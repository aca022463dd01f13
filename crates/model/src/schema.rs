//! The JSON Schemas of the files people write, generated from the types that read them.

use std::sync::OnceLock;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use crate::definition::{ActionFile, CredentialDefinition, MockFile, ResourceFile, ServiceFile};
use crate::workflow::Workflow;

/// A kind of file that has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// `service.yaml`
    Service,
    /// `_resource.yaml`
    Resource,
    /// `<action>.yaml`
    Action,
    /// `credentials/<type>.yaml`
    Credential,
    /// A workflow.
    Workflow,
    /// `mock.yaml`
    Mock,
}

impl FileKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Service,
        Self::Resource,
        Self::Action,
        Self::Credential,
        Self::Workflow,
        Self::Mock,
    ];

    /// The kind's name in file names and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Resource => "resource",
            Self::Action => "action",
            Self::Credential => "credential",
            Self::Workflow => "workflow",
            Self::Mock => "mock",
        }
    }

    /// The kind's JSON Schema, draft 2020-12.
    pub fn schema(self) -> &'static Value {
        static SCHEMAS: [OnceLock<Value>; 6] = [const { OnceLock::new() }; 6];
        SCHEMAS[self as usize].get_or_init(|| generate(self))
    }
}

/// The schemas of all kinds of files: their file names under `node-definitions/schema/` and what is in them.
pub fn all() -> Vec<(&'static str, Value)> {
    let names = [
        "service.schema.json",
        "resource.schema.json",
        "action.schema.json",
        "credential.schema.json",
        "workflow.schema.json",
        "mock.schema.json",
    ];
    names
        .into_iter()
        .zip(FileKind::ALL)
        .map(|(name, kind)| (name, kind.schema().clone()))
        .collect()
}

/// Why a JSON Schema cannot be used; `None` when it can.
pub fn fault(schema: &Value) -> Option<String> {
    let error = jsonschema::validator_for(schema).err()?;
    Some(error.to_string())
}

fn generate(kind: FileKind) -> Value {
    let mut schema = match kind {
        FileKind::Service => root::<ServiceFile>(),
        FileKind::Resource => root::<ResourceFile>(),
        FileKind::Action => root::<ActionFile>(),
        FileKind::Credential => root::<CredentialDefinition>(),
        FileKind::Workflow => root::<Workflow>(),
        FileKind::Mock => root::<MockFile>(),
    };
    schema["title"] = format!("Itemflow {}", kind.name()).into();
    // Lets a JSON file name its schema; YAML files do it in a comment.
    schema["properties"]["$schema"] =
        json!({ "type": "string", "description": "Address of this schema, for editors." });
    if kind == FileKind::Workflow {
        workflow(&mut schema);
    } else {
        properties(&mut schema["$defs"]);
    }
    clean(&mut schema);
    schema
}

fn root<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12();
    let schema: Schema = settings.into_generator().into_root_schema_for::<T>();
    schema.to_value()
}

/// What the types cannot say: a reference to a property takes every member of a property, a named property is one with
/// a name, and a choice that is not written long is a single value.
///
/// A property and a reference are one schema rather than alternatives: alternatives within alternatives would take a
/// validator twice the time with every level of nesting.
fn properties(defs: &mut Value) {
    let Some(property) = defs.get("Property").cloned() else {
        return;
    };
    for (name, key, member_of, required) in [
        ("PropertyOrRef", "$ref", "PropertyRef", json!([])),
        ("NamedProperty", "name", "NamedProperty", json!(["name"])),
    ] {
        let (Some(own), Some(owner)) = (defs.get(name), defs.get(member_of)) else {
            continue;
        };
        let mut members = Map::new();
        members.insert(key.into(), owner["properties"][key].clone());
        if let Some(others) = property["properties"].as_object() {
            members.extend(others.clone());
        }
        defs[name] = json!({
            "description": own["description"],
            "type": "object",
            "properties": members,
            "required": required,
            "additionalProperties": false,
        });
    }
    defs["ChoiceForm"]["anyOf"][1] = json!({
        "description": "The value alone.",
        "type": ["string", "number", "boolean", "null"],
    });
    if let Some(defs) = defs.as_object_mut() {
        defs.shift_remove("Property");
        defs.shift_remove("PropertyRef");
    }
}

/// A workflow needs nodes, a node a name and a type; connections may be arrows.
fn workflow(schema: &mut Value) {
    schema["required"] = json!(["nodes"]);
    schema["$defs"]["Node"]["required"] = json!(["name", "type"]);
    let mut slots = schema["properties"]["connections"].clone();
    let outputs = &mut slots["additionalProperties"]["additionalProperties"];
    outputs["type"] = json!(["array", "null"]);
    outputs["items"]["type"] = json!(["array", "null"]);
    schema["properties"]["connections"] = json!({
        "description": slots["description"],
        "anyOf": [
            {
                "description": "Arrows such as `A -> B`, `A [false] -> [1] B`.",
                "type": "array",
                "items": { "type": "string" },
            },
            {
                "description": "By source node, connection type and output, as n8n writes them.",
                "type": ["object", "null"],
                "additionalProperties": slots["additionalProperties"],
            },
        ],
    });
}

/// Drops what helps nobody in an editor: defaults that are empty, Rust's number formats, notes for readers of the code.
fn clean(value: &mut Value) {
    match value {
        Value::Object(map) => {
            let is_empty = |value: &Value| match value {
                Value::Null => true,
                Value::String(text) => text.is_empty(),
                Value::Array(list) => list.is_empty(),
                Value::Object(map) => map.is_empty(),
                Value::Bool(flag) => !flag,
                Value::Number(_) => false,
            };
            if map.get("default").is_some_and(is_empty) {
                map.shift_remove("default");
            }
            if map.get("format").is_some_and(Value::is_string) {
                map.shift_remove("format");
            }
            if let Some(Value::String(text)) = map.get_mut("description") {
                *text = without_note(text).replace('\n', " ");
            }
            map.values_mut().for_each(clean);
        }
        Value::Array(list) => list.iter_mut().for_each(clean),
        _ => {}
    }
}

/// The text without references such as ` (spec B2)`.
fn without_note(text: &str) -> String {
    match text.split_once(" (spec ") {
        Some((before, after)) => match after.split_once(')') {
            Some((_, rest)) => format!("{before}{rest}"),
            None => text.to_owned(),
        },
        None => text.to_owned(),
    }
}
