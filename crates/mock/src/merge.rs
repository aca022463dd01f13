//! Values of a request put into an element, in the kind that the element has them in.

use itemflow_model::definition::{Example, Location};
use itemflow_model::{Map, Value};

use crate::behaviour::Collection;
use crate::content::{as_kind_of, example_values};
use crate::route::Route;
use crate::wire_values::{number, text_of};

/// Puts the values of a request into members of the same name, those in the path too where `with_path` says so.
pub(crate) fn merge(
    element: &mut Value,
    collection: &Collection,
    route: &Route,
    values: &Map,
    with_path: bool,
) {
    for parameter in &route.action.parameters {
        let name = parameter.name.as_str();
        let is_path = parameter.place == Location::Path;
        let is_taken = (with_path || !is_path) && !parameter.is_file();
        let Some(value) = values.get(name).filter(|_| is_taken) else {
            continue;
        };
        let member = element.get(name);
        let schema = collection.members.get(name);
        let fitted = match (schema, member) {
            (Some(schema), _) => as_declared(schema, value),
            (None, Some(member)) => as_kind_of(member, value),
            (None, None) => None,
        };
        if let Some(value) = fitted {
            element.make_object().insert(name.into(), value);
        }
    }
}

/// Empties texts that an example sent and this request did not, where they may be null.
pub(crate) fn empty_unsent(
    element: &mut Value,
    collection: &Collection,
    route: &Route,
    example: &Example,
    values: &Map,
) {
    for name in example_values(route, example).keys() {
        if values.contains_key(name) || element.get(name).and_then(Value::as_str).is_none() {
            continue;
        }
        let schema = collection.members.get(name);
        if schema.is_some_and(|schema| kinds(schema).contains(&"null")) {
            element.make_object().insert(name.clone(), Value::Null);
        }
    }
}

/// The value as a schema wants it; `None` where it cannot be so.
fn as_declared(schema: &Value, value: &Value) -> Option<Value> {
    let kinds = kinds(schema);
    let takes = |kind: &str| kinds.contains(&kind);
    let fitted = match value {
        _ if kinds.is_empty() => value.clone(),
        Value::Null if takes("null") => Value::Null,
        Value::Bool(_) if takes("boolean") => value.clone(),
        Value::Number(_) if takes("number") || takes("integer") => value.clone(),
        Value::String(_) if takes("string") => value.clone(),
        Value::Array(_) if takes("array") => value.clone(),
        Value::Object(_) if takes("object") => value.clone(),
        Value::String(text) if takes("integer") || takes("number") => number(text)?,
        Value::String(text) if takes("boolean") => Value::from(text.parse::<bool>().ok()?),
        Value::Number(_) | Value::Bool(_) if takes("string") => Value::from(text_of(value)),
        _ => return None,
    };
    match schema.get("enum").and_then(Value::as_array) {
        Some(words) if !words.contains(&fitted) => None,
        _ => Some(fitted),
    }
}

fn kinds(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_take_the_kind_that_the_schema_names() {
        let cases = [
            (r#"{"type":"integer"}"#, r#""3""#, Some("3")),
            (r#"{"type":["integer","null"]}"#, r#""x""#, None),
            (r#"{"type":"string"}"#, "3", Some(r#""3""#)),
            (r#"{"type":"boolean"}"#, r#""true""#, Some("true")),
            (r#"{"type":"object"}"#, "[1]", None),
            (r#"{"enum":["open"]}"#, r#""open""#, Some(r#""open""#)),
            (r#"{"enum":["open"]}"#, r#""shut""#, None),
            ("{}", "[1]", Some("[1]")),
        ];
        for (schema, value, expected) in cases {
            let schema = serde_json::from_str(schema).unwrap();
            let value = serde_json::from_str(value).unwrap();
            let fitted = as_declared(&schema, &value).map(|value| value.to_string());
            assert_eq!(fitted.as_deref(), expected, "{schema} {value}");
        }
    }
}
