//! Texts with `{name}` in them, as `mock.yaml` writes them, filled in.

use itemflow_model::{Map, Path, Value};

use crate::wire_values::text_of;

/// What names in a text stand for.
pub(crate) trait Names {
    /// The value of a name; `None` where it has none.
    fn value(&self, name: &str) -> Option<Value>;
}

impl Names for Map {
    fn value(&self, name: &str) -> Option<Value> {
        self.get(name).cloned()
    }
}

/// A value with every `{name}` in its texts filled in. A text that is nothing else keeps the type of the value.
/// `None` when a name has no value.
pub(crate) fn fill(value: &Value, names: &dyn Names) -> Option<Value> {
    match value {
        Value::String(text) => fill_text(text, names),
        Value::Array(list) => {
            let filled: Option<Vec<Value>> = list.iter().map(|v| fill(v, names)).collect();
            filled.map(Value::from)
        }
        Value::Object(members) => {
            let filled: Option<Map> = members
                .iter()
                .map(|(name, value)| Some((name.clone(), fill(value, names)?)))
                .collect();
            filled.map(Value::from)
        }
        other => Some(other.clone()),
    }
}

fn fill_text(text: &str, names: &dyn Names) -> Option<Value> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, name, after)) = next_name(rest) {
        let value = look_up(name, names)?;
        if before.is_empty() && after.is_empty() && filled.is_empty() {
            return Some(value);
        }
        filled.push_str(before);
        filled.push_str(&text_of(&value));
        rest = after;
    }
    filled.push_str(rest);
    Some(Value::from(filled))
}

/// The text before the next `{name}`, the name, and the text after it. Other braces are text.
fn next_name(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(start) = text[from..].find('{').map(|at| from + at) {
        let end = start + text[start..].find('}')?;
        let name = &text[start + 1..end];
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | '-');
        if !name.is_empty() && name.chars().all(is_name) {
            return Some((&text[..start], name, &text[end + 1..]));
        }
        from = start + 1;
    }
    None
}

/// The value of `name`, or of `name.path`.
fn look_up(name: &str, names: &dyn Names) -> Option<Value> {
    if let Some(value) = names.value(name) {
        return Some(value);
    }
    let (first, path) = name.split_once('.')?;
    Path::parse(path).get(&names.value(first)?).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_filled_in_and_alone_keep_their_type() {
        let names: Value =
            serde_json::from_str(r#"{"id":7,"who":{"name":"Ana"},"list":[1]}"#).unwrap();
        let names = names.as_object().unwrap();
        for (template, expected) in [
            (r#""{id}""#, "7"),
            (r#""no {id}, {who.name}""#, r#""no 7, Ana""#),
            (r#"{"a":["{list}"],"b":true}"#, r#"{"a":[[1]],"b":true}"#),
            (r#""{} { id } {""#, r#""{} { id } {""#),
        ] {
            let template: Value = serde_json::from_str(template).unwrap();
            assert_eq!(fill(&template, names).unwrap().to_string(), expected);
        }
        assert!(fill(&Value::from("{nobody}"), names).is_none());
        assert!(fill(&Value::from("{who.age}"), names).is_none());
    }
}
