//! Schemas of Swagger 2.0 and OpenAPI 3.0 in the words of 3.1, which are those of JSON Schema 2020-12. What is in these
//! words already stays as it is, so that documents which mix them are read as well.

use itemflow_model::{Map, Value};

/// What a schema says about types and limits, in the words of 3.1.
#[derive(Debug, Default)]
pub(crate) struct Keywords {
    /// Names of JSON types, without `null`.
    pub(crate) types: Vec<&'static str>,
    pub(crate) nullable: bool,
    pub(crate) format: String,
    /// Names of types that are none.
    pub(crate) unknown_types: Vec<String>,
    /// Limits such as `minimum`, those that are sound.
    pub(crate) limits: Map,
    /// Names of limits that are not sound.
    pub(crate) unsound: Vec<String>,
}

const NUMBERS: [&str; 5] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
];
const COUNTS: [&str; 4] = ["minLength", "maxLength", "minItems", "maxItems"];

/// Reads the keywords of a schema. `is_pattern` says whether a text is a regular expression.
pub(crate) fn keywords(schema: &Value, is_pattern: &mut dyn FnMut(&str) -> bool) -> Keywords {
    let mut read = Keywords {
        format: schema
            .get("format")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        ..Keywords::default()
    };
    let flag = |key| schema.get(key).and_then(Value::as_bool) == Some(true);
    read.nullable = flag("nullable") || flag("x-nullable");
    match schema.get("type") {
        Some(Value::String(name)) => read.add_type(name),
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(Value::as_str)
            .for_each(|name| read.add_type(name)),
        _ => {}
    }
    for key in NUMBERS {
        let bound = match (key, schema.get(key)) {
            (_, None | Some(Value::Null | Value::Bool(false))) => continue,
            // Until 3.0 a flag beside `minimum`.
            ("exclusiveMinimum", Some(Value::Bool(true))) => read
                .limits
                .shift_remove("minimum")
                .map(|at| ("exclusiveMinimum", at)),
            ("exclusiveMaximum", Some(Value::Bool(true))) => read
                .limits
                .shift_remove("maximum")
                .map(|at| ("exclusiveMaximum", at)),
            ("multipleOf", Some(value)) if value.as_f64().is_some_and(|number| number <= 0.0) => {
                None
            }
            (_, Some(value @ Value::Number(_))) => Some((key, value.clone())),
            _ => None,
        };
        match bound {
            Some((key, value)) => read.set(key, value),
            None => read.unsound.push(key.to_owned()),
        }
    }
    for key in COUNTS {
        match schema.get(key) {
            None | Some(Value::Null) => {}
            Some(value) if value.as_u64().is_some() => read.set(key, value.clone()),
            Some(_) => read.unsound.push(key.to_owned()),
        }
    }
    if flag("uniqueItems") {
        read.set("uniqueItems", Value::Bool(true));
    }
    if let Some(Value::String(pattern)) = schema.get("pattern") {
        if is_pattern(pattern) {
            read.set("pattern", Value::from(pattern.clone()));
        } else {
            read.unsound.push("pattern".into());
        }
    }
    read
}

impl Keywords {
    fn set(&mut self, key: &str, value: Value) {
        self.limits.insert(key.into(), value);
    }

    /// Adds a type by its name, or by the name that people give it by mistake.
    fn add_type(&mut self, name: &str) {
        let known = match name {
            "null" => {
                self.nullable = true;
                return;
            }
            "string" | "number" | "integer" | "boolean" | "array" | "object" => known(name),
            // Until 2.0 a type of its own.
            "file" => {
                self.format = "binary".into();
                "string"
            }
            _ => {
                self.unknown_types.push(name.to_owned());
                match name.to_lowercase().as_str() {
                    "any" | "mixed" => return,
                    "int" | "int32" | "int64" | "long" => "integer",
                    "float" | "double" | "decimal" => "number",
                    "bool" => "boolean",
                    "list" => "array",
                    "dict" | "map" | "hash" | "json" => "object",
                    "datetime" | "timestamp" | "date-time" => {
                        self.format = "date-time".into();
                        "string"
                    }
                    _ => "string",
                }
            }
        };
        if !self.types.contains(&known) {
            self.types.push(known);
        }
    }
}

fn known(name: &str) -> &'static str {
    match name {
        "number" => "number",
        "integer" => "integer",
        "boolean" => "boolean",
        "array" => "array",
        "object" => "object",
        _ => "string",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(schema: serde_json::Value) -> Keywords {
        keywords(&Value::from(schema), &mut |pattern| pattern != "(")
    }

    #[test]
    fn old_words_become_new_ones() {
        let old = read(
            json!({ "type": "integer", "nullable": true, "minimum": 1, "exclusiveMinimum": true, "maximum": 9 }),
        );
        assert_eq!(
            (old.types.as_slice(), old.nullable),
            (&["integer"][..], true)
        );
        let limits = Value::from(old.limits);
        assert_eq!(
            limits,
            Value::from(json!({ "maximum": 9, "exclusiveMinimum": 1 }))
        );
        assert_eq!(read(json!({ "type": "file" })).format, "binary");
        let new = read(json!({ "type": ["string", "null"], "exclusiveMaximum": 3 }));
        assert_eq!(
            (new.types.as_slice(), new.nullable),
            (&["string"][..], true)
        );
        assert_eq!(new.limits.get("exclusiveMaximum"), Some(&Value::from(3)));
    }

    #[test]
    fn what_is_not_sound_is_named() {
        let bad = read(
            json!({ "type": "int", "minimum": "1", "minLength": -1, "pattern": "(", "multipleOf": 0 }),
        );
        assert_eq!(bad.types, ["integer"]);
        assert_eq!(bad.unknown_types, ["int"]);
        assert_eq!(
            bad.unsound,
            ["minimum", "multipleOf", "minLength", "pattern"]
        );
        assert!(bad.limits.is_empty());
    }
}
