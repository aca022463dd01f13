//! Looks a field up in a JSON Schema.

use itemflow_expression::FieldStep;
use itemflow_model::Value;

/// How many references and alternatives of a schema are followed.
const MAX_PARTS: usize = 200;

/// A field that a schema does not list.
#[derive(Debug, PartialEq)]
pub(super) struct Missing<'s> {
    /// Which step of the path is not listed.
    pub(super) step: usize,
    /// What is listed there.
    pub(super) names: Vec<&'s str>,
    /// Whether the schema says that there is nothing else.
    pub(super) is_closed: bool,
}

/// The first step of a path that the schema does not list; `None` when all are listed, and where the schema does not say.
pub(super) fn missing<'s>(root: &'s Value, steps: &[FieldStep]) -> Option<Missing<'s>> {
    let mut schemas = alternatives(root, vec![root])?;
    for (at, step) in steps.iter().enumerate() {
        let mut next = Vec::new();
        let mut names = Vec::new();
        let mut is_closed = true;
        let mut is_listed = false;
        for schema in schemas {
            let Some(name) = &step.name else {
                if may_be(schema, "array") {
                    next.push(schema.get("items")?);
                }
                continue;
            };
            if !may_be(schema, "object") {
                continue;
            }
            let properties = schema.get("properties").and_then(Value::as_object)?;
            if let Some(property) = properties.get(name.as_str()) {
                is_listed = true;
                next.push(property);
                continue;
            }
            match schema.get("additionalProperties") {
                Some(Value::Bool(false)) => {}
                None => is_closed = false,
                Some(_) => return None,
            }
            if schema.get("patternProperties").is_some() {
                return None;
            }
            names.extend(properties.keys().map(|name| &**name));
        }
        if next.is_empty() {
            return (!is_listed && !names.is_empty()).then_some(Missing {
                step: at,
                names,
                is_closed,
            });
        }
        schemas = alternatives(root, next)?;
    }
    None
}

/// The schemas that any of these stands for, references and choices resolved; `None` where anything goes.
fn alternatives<'s>(root: &'s Value, mut pending: Vec<&'s Value>) -> Option<Vec<&'s Value>> {
    let mut found = Vec::new();
    let mut looked_at = 0;
    while let Some(schema) = pending.pop() {
        looked_at += 1;
        if looked_at > MAX_PARTS {
            return None;
        }
        if let Some(reference) = schema.get("$ref") {
            pending.push(resolve(root, reference.as_str()?)?);
            continue;
        }
        let choices = ["anyOf", "oneOf"]
            .iter()
            .find_map(|word| schema.get(word).and_then(Value::as_array));
        if let Some(choices) = choices {
            pending.extend(choices);
            continue;
        }
        // What several schemas together list is not put together here.
        if schema.get("allOf").is_some() || schema.as_object().is_none_or(|map| map.is_empty()) {
            return None;
        }
        found.push(schema);
    }
    Some(found)
}

fn resolve<'s>(root: &'s Value, reference: &str) -> Option<&'s Value> {
    let pointer = reference.strip_prefix('#')?;
    pointer.split('/').skip(1).try_fold(root, |at, key| {
        at.get(&key.replace("~1", "/").replace("~0", "~"))
    })
}

fn may_be(schema: &Value, kind: &str) -> bool {
    match schema.get("type") {
        None => true,
        Some(Value::Array(kinds)) => kinds.iter().any(|known| known.as_str() == Some(kind)),
        Some(known) => known.as_str() == Some(kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(schema: &str, path: &str) -> Option<(usize, bool)> {
        let schema = serde_json::from_str(schema).unwrap();
        let steps: Vec<FieldStep> = path
            .split('.')
            .map(|name| FieldStep {
                name: (name != "0").then(|| name.to_owned()),
                range: 0..0,
            })
            .collect();
        missing(&schema, &steps).map(|missing| (missing.step, missing.is_closed))
    }

    const CONTACT: &str = r##"{
        "type": "object",
        "properties": {
            "id": { "type": "integer" },
            "tags": { "type": "array", "items": { "$ref": "#/$defs/tag" } },
            "extra": { "type": "object" },
            "open": { "type": "object", "properties": { "a": {} }, "additionalProperties": true },
            "owner": { "anyOf": [{ "type": "null" }, { "$ref": "#/$defs/tag" }] }
        },
        "$defs": { "tag": { "type": "object", "properties": { "name": {} }, "additionalProperties": false } }
    }"##;

    #[test]
    fn a_field_is_looked_up_through_lists_choices_and_references() {
        for (path, expected) in [
            ("id", None),
            ("idd", Some((0, false))),
            ("tags.0.name", None),
            ("tags.0.nmae", Some((2, true))),
            ("owner.name", None),
            ("owner.x", Some((1, true))),
        ] {
            assert_eq!(look(CONTACT, path), expected, "{path}");
        }
    }

    #[test]
    fn where_the_schema_says_nothing_nothing_is_missing() {
        for path in ["extra.a", "open.b", "id.x", "tags.x", "0", "open.a.b"] {
            assert_eq!(look(CONTACT, path), None, "{path}");
        }
        for schema in [
            "{}",
            "true",
            r#"{ "type": "object" }"#,
            r##"{ "$ref": "#/nowhere" }"##,
            r##"{ "$ref": "#" }"##,
        ] {
            assert_eq!(look(schema, "a"), None, "{schema}");
        }
        let all = r#"{ "allOf": [{ "properties": { "a": {} } }] }"#;
        assert_eq!(look(all, "b"), None);
    }
}
