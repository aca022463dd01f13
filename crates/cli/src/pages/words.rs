//! What a JSON Schema demands, in words: `list of integer`, `at least 1`, ``matching `^[a-z]+$` ``.

use itemflow_declarative::SchemaView;
use itemflow_model::Value;

use super::text::{code, joined, literal};

/// Lists in lists are told this deep.
const MAX_LISTS: usize = 4;

/// The types of the value: `integer or null`, `list of string`; empty where the schema does not say.
pub(super) fn types(view: &SchemaView<'_>) -> String {
    types_within(view, MAX_LISTS)
}

fn types_within(view: &SchemaView<'_>, lists: usize) -> String {
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        let name = match (name, view.elements()) {
            ("array", Some(elements)) if lists > 0 => match types_within(&elements, lists - 1) {
                inner if inner.is_empty() => "list".to_owned(),
                inner => format!("list of {inner}"),
            },
            ("array", _) => "list".to_owned(),
            (name, _) => name.to_owned(),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    };
    for name in view.types() {
        add(name);
    }
    if view.types().is_empty() {
        for value in choices(view) {
            add(json_type(value));
        }
        if choices(view).is_empty() && view.elements().is_some() {
            add("array");
        } else if choices(view).is_empty() && !view.members().is_empty() {
            add("object");
        }
    }
    joined(&names, "or")
}

/// The values that alone are allowed; empty where there is no such list.
pub(super) fn choices<'a>(view: &SchemaView<'a>) -> &'a [Value] {
    let listed = view.get("enum").and_then(Value::as_array);
    listed
        .or_else(|| view.get("const").map(std::slice::from_ref))
        .unwrap_or_default()
}

/// A sentence about the allowed values, of the value or of its elements; empty where there is no such list.
pub(super) fn choice_sentence(view: &SchemaView<'_>) -> String {
    let list = |values: &[Value]| {
        let values: Vec<String> = values.iter().map(literal).collect();
        joined(&values, "or")
    };
    match choices(view) {
        [] => match view.elements().as_ref().map(choices) {
            None | Some([]) => String::new(),
            Some(values) => format!("Each is {}.", list(values)),
        },
        [one] => format!("Always {}.", literal(one)),
        values => format!("One of {}.", list(values)),
    }
}

/// What else is demanded of the value.
pub(super) fn limits(view: &SchemaView<'_>) -> Vec<String> {
    let mut words = own_limits(view);
    if let Some(elements) = view.elements() {
        let inner = own_limits(&elements);
        if !inner.is_empty() {
            words.push(format!("each {}", joined(&inner, "and")));
        }
    }
    words
}

fn own_limits(view: &SchemaView<'_>) -> Vec<String> {
    let number = |word: &str| view.get(word).filter(|value| value.as_f64().is_some());
    let mut words = Vec::new();
    match (number("minimum"), number("maximum")) {
        (Some(least), Some(most)) => words.push(format!("{least} to {most}")),
        (Some(least), None) => words.push(format!("at least {least}")),
        (None, Some(most)) => words.push(format!("at most {most}")),
        (None, None) => {}
    }
    for (word, told) in [
        ("exclusiveMinimum", "more than"),
        ("exclusiveMaximum", "less than"),
        ("multipleOf", "a multiple of"),
    ] {
        words.extend(number(word).map(|value| format!("{told} {value}")));
    }
    words.extend(amount(view, "minLength", "maxLength", "character"));
    if let Some(pattern) = view.get("pattern").and_then(Value::as_str) {
        words.push(format!("matching {}", code(pattern)));
    }
    words.extend(view.get("format").and_then(Value::as_str).map(format));
    words.extend(amount(view, "minItems", "maxItems", "element"));
    if view.get("uniqueItems").and_then(Value::as_bool) == Some(true) {
        words.push("no element twice".into());
    }
    words.extend(amount(view, "minProperties", "maxProperties", "member"));
    words
}

/// How many there may be.
fn amount(view: &SchemaView<'_>, least: &str, most: &str, noun: &str) -> Option<String> {
    let number = |word: &str| view.get(word).and_then(Value::as_u64);
    let least = number(least).filter(|least| *least > 0);
    Some(match (least, number(most)) {
        (None, None) => return None,
        (_, Some(0)) => "empty".to_owned(),
        (Some(1), None) => "not empty".to_owned(),
        (Some(least), None) => format!("at least {least} {noun}s"),
        (None, Some(1)) => format!("at most 1 {noun}"),
        (None, Some(most)) => format!("at most {most} {noun}s"),
        (Some(least), Some(most)) if least == most && most == 1 => format!("1 {noun}"),
        (Some(least), Some(most)) if least == most => format!("{most} {noun}s"),
        (Some(least), Some(most)) => format!("{least} to {most} {noun}s"),
    })
}

fn format(name: &str) -> String {
    match name {
        "email" => "an e-mail address".into(),
        "uri" | "url" => "a URL".into(),
        "date" => "a date such as `2026-01-31`".into(),
        "date-time" => "a time such as `2026-01-31T09:00:00Z`".into(),
        "uuid" => "a UUID".into(),
        "int32" | "int64" | "float" | "double" => format!("as {}", code(name)),
        other => format!("in the format {}", code(other)),
    }
}

fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) if value.as_i64().is_some() || value.as_u64().is_some() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(json: &str) -> (String, String, String) {
        let schema: Value = serde_json::from_str(json).unwrap();
        let view = SchemaView::of(&schema);
        (
            types(&view),
            limits(&view).join(", "),
            choice_sentence(&view),
        )
    }

    #[test]
    fn schemas_are_told_in_words() {
        for (json, types, limits, choices) in [
            (
                r#"{"type":"integer","minimum":1}"#,
                "integer",
                "at least 1",
                "",
            ),
            (
                r#"{"type":["string","null"],"maxLength":9}"#,
                "string or null",
                "at most 9 characters",
                "",
            ),
            (
                r#"{"type":"array","items":{"type":"integer","minimum":0},"minItems":1}"#,
                "list of integer",
                "not empty, each at least 0",
                "",
            ),
            (
                r#"{"type":"string","pattern":"^a`b$","format":"email"}"#,
                "string",
                "matching ``^a`b$``, an e-mail address",
                "",
            ),
            (
                r#"{"enum":["a",null]}"#,
                "string or null",
                "",
                "One of `a` or `null`.",
            ),
            (
                r#"{"type":"array","items":{"enum":[1,2]}}"#,
                "list of integer",
                "",
                "Each is `1` or `2`.",
            ),
            (r#"{"const":"x"}"#, "string", "", "Always `x`."),
            (
                r#"{"type":"object","maxProperties":0}"#,
                "object",
                "empty",
                "",
            ),
            (r#"{"properties":{"a":{}}}"#, "object", "", ""),
            (
                r#"{"minimum":1,"maximum":2.5,"multipleOf":0.5}"#,
                "",
                "1 to 2.5, a multiple of 0.5",
                "",
            ),
            (
                r#"{"minLength":2,"maxLength":2,"minItems":1,"maxItems":1}"#,
                "",
                "2 characters, 1 element",
                "",
            ),
            (
                r##"{"type":"array","items":{"$ref":"#"}}"##,
                "list of list of list of list of list",
                "",
                "",
            ),
        ] {
            let expected = (types.to_owned(), limits.to_owned(), choices.to_owned());
            assert_eq!(told(json), expected, "{json}");
        }
    }
}
