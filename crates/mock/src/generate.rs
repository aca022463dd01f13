//! A made-up value that a JSON Schema allows, for answers of actions without an example.

use itemflow_model::{Map, Value};

/// Nesting beyond which members are left out.
const MAX_DEPTH: usize = 8;

/// A value for a schema: its `const`, `default`, first `examples` or `enum` member, else one made up of its type.
/// Patterns and formats other than the common ones are not followed.
pub(crate) fn instance(schema: &Value) -> Value {
    generate(schema, 0)
}

fn generate(schema: &Value, depth: usize) -> Value {
    if let Some(value) = schema.get("const").or_else(|| schema.get("default")) {
        return value.clone();
    }
    for listed in ["examples", "enum"] {
        if let Some(value) = schema.get(listed).and_then(|list| list.index(0)) {
            return value.clone();
        }
    }
    if depth > MAX_DEPTH {
        return Value::Null;
    }
    if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
        return merged(schema, parts, depth);
    }
    for alternatives in ["anyOf", "oneOf"] {
        if let Some(first) = schema.get(alternatives).and_then(|list| list.index(0)) {
            return generate(first, depth + 1);
        }
    }
    match kind(schema) {
        "object" => object(schema, depth),
        "array" => match schema.get("items") {
            Some(items) => Value::from(vec![generate(items, depth + 1)]),
            None => Value::from(Vec::new()),
        },
        "integer" => bound(schema).unwrap_or_else(|| Value::from(1)),
        "number" => bound(schema).unwrap_or_else(|| Value::from(1.5)),
        "boolean" => Value::from(true),
        "string" => Value::from(text(schema)),
        _ => Value::Null,
    }
}

fn kind(schema: &Value) -> &str {
    let named = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.first(),
        other => other,
    };
    match named.and_then(Value::as_str) {
        Some(kind) => kind,
        None if schema.get("properties").is_some() => "object",
        None if schema.get("items").is_some() => "array",
        None => "null",
    }
}

fn object(schema: &Value, depth: usize) -> Value {
    let properties = schema.get("properties").and_then(Value::as_object);
    let members: Map = properties
        .into_iter()
        .flatten()
        .map(|(name, member)| (name.clone(), generate(member, depth + 1)))
        .collect();
    Value::from(members)
}

fn merged(schema: &Value, parts: &[Value], depth: usize) -> Value {
    let mut members = Map::default();
    let own = object(schema, depth);
    let generated = parts.iter().map(|part| generate(part, depth + 1));
    for value in generated.chain([own]) {
        match value.as_object() {
            Some(object) => members.extend(object.clone()),
            None => return value,
        }
    }
    Value::from(members)
}

fn bound(schema: &Value) -> Option<Value> {
    schema
        .get("minimum")
        .or_else(|| schema.get("maximum"))
        .cloned()
}

fn text(schema: &Value) -> &'static str {
    match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => "2026-01-02T03:04:05Z",
        Some("date") => "2026-01-02",
        Some("time") => "03:04:05Z",
        Some("email") => "someone@example.com",
        Some("uri") => "https://example.com/",
        Some("uuid") => "00000000-0000-4000-8000-000000000000",
        Some("ipv4") => "192.0.2.1",
        _ => "text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generated(schema: &str) -> String {
        instance(&serde_json::from_str(schema).unwrap()).to_string()
    }

    #[test]
    fn a_value_is_made_for_every_type() {
        let schema = r#"{"type":"object","properties":{
            "id":{"type":"integer"},"status":{"enum":["open"]},"mail":{"type":"string","format":"email"},
            "tags":{"type":"array","items":{"type":["string","null"]}}}}"#;
        assert_eq!(
            generated(schema),
            r#"{"id":1,"status":"open","mail":"someone@example.com","tags":["text"]}"#
        );
    }

    #[test]
    fn parts_are_merged_and_depth_is_bounded() {
        let schema =
            r#"{"allOf":[{"properties":{"a":{"const":1}}}],"properties":{"b":{"type":"boolean"}}}"#;
        assert_eq!(generated(schema), r#"{"a":1,"b":true}"#);
        let deep = format!("{}{{}}{}", r#"{"items":"#.repeat(100), "}".repeat(100));
        assert!(generated(&deep).len() < 50);
    }
}
