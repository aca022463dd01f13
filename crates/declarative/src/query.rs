//! Query strings: how values, lists and objects become `name=value` pairs.

use itemflow_model::Value;
use itemflow_model::definition::QueryStyle;

use crate::encode::{push_encoded, scalar_text};

/// Nesting of a query value beyond which it is cut off.
const MAX_DEPTH: usize = 32;

/// Appends one encoded pair.
pub(crate) fn push_pair(query: &mut String, name: &str, value: &str) {
    push_name(query, name);
    push_encoded(query, value);
}

/// Appends a value under `name`: scalars as one pair, `null` as `name=`, lists in the given style, objects as
/// `name[member]`. Nothing is written for an empty list or object.
pub(crate) fn push_value(query: &mut String, name: &str, value: &Value, style: QueryStyle) {
    match value {
        Value::Array(list) if style == QueryStyle::Comma && !list.is_empty() => {
            push_name(query, name);
            for (i, element) in list.iter().enumerate() {
                if i > 0 {
                    query.push(',');
                }
                push_encoded(query, &text(element));
            }
        }
        _ => pairs(name, value, style, 0, &mut |name, text| {
            push_pair(query, name, text);
        }),
    }
}

/// Adds the pairs of a form field to `pairs_`: one for a scalar, several for a list in the given style or an object.
pub fn form_pairs(
    pairs_: &mut Vec<(String, String)>,
    name: &str,
    value: &Value,
    style: QueryStyle,
) {
    match value {
        Value::Array(list) if style == QueryStyle::Comma => {
            let texts: Vec<String> = list.iter().map(text).collect();
            pairs_.push((name.to_owned(), texts.join(",")));
        }
        _ => pairs(name, value, style, 0, &mut |name, text| {
            pairs_.push((name.to_owned(), text.to_owned()));
        }),
    }
}

fn pairs(
    name: &str,
    value: &Value,
    style: QueryStyle,
    depth: usize,
    emit: &mut dyn FnMut(&str, &str),
) {
    if depth > MAX_DEPTH {
        return emit(name, &value.to_string());
    }
    match value {
        Value::Array(list) => {
            for (i, element) in list.iter().enumerate() {
                let name = match style {
                    QueryStyle::Repeat | QueryStyle::Comma => name.to_owned(),
                    QueryStyle::Brackets => format!("{name}[]"),
                    QueryStyle::Indices => format!("{name}[{i}]"),
                };
                pairs(&name, element, style, depth + 1, emit);
            }
        }
        Value::Object(map) => {
            for (key, member) in map.iter() {
                pairs(&format!("{name}[{key}]"), member, style, depth + 1, emit);
            }
        }
        scalar => emit(name, &text(scalar)),
    }
}

/// Scalars as text, `null` as nothing, anything else as JSON.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        _ => scalar_text(value).unwrap_or_else(|| value.to_string()),
    }
}

fn push_name(query: &mut String, name: &str) {
    if !query.is_empty() && !query.ends_with('&') {
        query.push('&');
    }
    push_encoded(query, name);
    query.push('=');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(json: &str, style: QueryStyle) -> String {
        let mut query = String::new();
        let value = serde_json::from_str(json).unwrap();
        push_value(&mut query, "a", &value, style);
        query
    }

    #[test]
    fn writes_every_style() {
        let list = r#"["x y",2]"#;
        assert_eq!(query(list, QueryStyle::Repeat), "a=x%20y&a=2");
        assert_eq!(query(list, QueryStyle::Brackets), "a%5B%5D=x%20y&a%5B%5D=2");
        assert_eq!(
            query(list, QueryStyle::Indices),
            "a%5B0%5D=x%20y&a%5B1%5D=2"
        );
        assert_eq!(query(list, QueryStyle::Comma), "a=x%20y,2");
    }

    #[test]
    fn nests_objects_and_keeps_null_and_booleans() {
        assert_eq!(
            query(r#"{"b":1,"c":{"d":true}}"#, QueryStyle::Brackets),
            "a%5Bb%5D=1&a%5Bc%5D%5Bd%5D=true"
        );
        assert_eq!(query("null", QueryStyle::Brackets), "a=");
        assert_eq!(query("[]", QueryStyle::Brackets), "");
        assert_eq!(query("[]", QueryStyle::Comma), "");
    }
}
