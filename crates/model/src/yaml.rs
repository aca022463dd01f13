//! Writes values as YAML for people: short lists and objects on one line, longer ones over several.

mod prose;

use crate::value::Value;

/// Lines are kept within this many characters where a value allows it.
const WIDTH: usize = 100;

/// Words that YAML readers take for something other than text.
const NO_TEXT: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

/// The lines of a value that stands on lines of its own, indented by `indent` blanks and ended by a line break.
pub fn block(value: &Value, indent: usize) -> String {
    let mut out = String::new();
    write_block(&mut out, value, indent);
    out
}

/// A whole file for people to read and edit, its members separated as little as need be: sentences stand without quotes,
/// long ones are folded over several lines. The value must be an object.
pub fn document(value: &Value) -> String {
    let mut out = String::new();
    for (key, value) in value.as_object().into_iter().flatten() {
        prose::write_member(&mut out, key, value, 0);
    }
    out
}

/// A member `key: value`, indented by `indent` blanks and ended by a line break.
pub fn member(key: &str, value: &Value, indent: usize) -> String {
    let mut out = String::new();
    write_member(&mut out, key, value, indent);
    out
}

/// The value on one line.
pub fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(list) => {
            let parts: Vec<String> = list.iter().map(flow).collect();
            format!("[{}]", parts.join(", "))
        }
        Value::Object(map) if map.is_empty() => "{}".into(),
        Value::Object(map) => {
            let parts: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{}: {}", scalar(key), flow(value)))
                .collect();
            format!("{{ {} }}", parts.join(", "))
        }
        other => other.to_string(),
    }
}

/// The text as a key or a value: plain where every reader takes it for that text, else in double quotes.
pub fn scalar(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ' ' | '.' | '/' | '-'))
        && !text.ends_with(' ')
        && !NO_TEXT.contains(&text.to_ascii_lowercase().as_str());
    if plain { text.to_owned() } else { quoted(text) }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            // Control characters, and the separators that end a line for YAML.
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                out.push_str(&format!("\\u{:04x}", c as u32));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn write_block(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Array(list) if !list.is_empty() => {
            for element in list.iter() {
                write_element(out, element, indent);
            }
        }
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map.iter() {
                write_member(out, key, value, indent);
            }
        }
        other => push_line(out, indent, &flow(other)),
    }
}

fn write_member(out: &mut String, key: &str, value: &Value, indent: usize) {
    let key = scalar(key);
    match one_line(value, indent + key.chars().count() + 2) {
        Some(text) => push_line(out, indent, &format!("{key}: {text}")),
        None => {
            push_line(out, indent, &format!("{key}:"));
            write_block(out, value, indent + 2);
        }
    }
}

fn write_element(out: &mut String, element: &Value, indent: usize) {
    match one_line(element, indent + 2) {
        Some(text) => push_line(out, indent, &format!("- {text}")),
        None => {
            let mut inner = String::new();
            write_block(&mut inner, element, indent + 2);
            out.push_str(&" ".repeat(indent));
            out.push_str("- ");
            out.push_str(inner.trim_start_matches(' '));
        }
    }
}

/// The value on one line, if it is a single value or fits.
fn one_line(value: &Value, column: usize) -> Option<String> {
    let is_long = match value {
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
        _ => false,
    };
    let text = flow(value);
    (!is_long || column + text.chars().count() <= WIDTH).then_some(text)
}

fn push_line(out: &mut String, indent: usize, text: &str) {
    out.push_str(&" ".repeat(indent));
    out.push_str(text);
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use crate::SourceText;
    use serde_json::json;

    use super::*;

    #[test]
    fn short_values_share_a_line_and_long_ones_do_not() {
        let long = "x".repeat(60);
        let value = Value::from(json!({
            "mode": "raw",
            "fields": [{ "name": "a", "value": "={{ $json.a }}" }],
            "texts": [long.clone(), long.clone()],
            "list": [{ "a": long.clone(), "b": long.clone(), "c": [] }],
        }));
        let expected = format!(
            "  mode: raw\n  fields: [{{ name: a, value: \"={{{{ $json.a }}}}\" }}]\n  texts:\n    - {long}\n    - {long}\n  list:\n    - a: {long}\n      b: {long}\n      c: []\n"
        );
        assert_eq!(block(&value, 2), expected);
    }

    #[test]
    fn what_is_written_is_read_as_the_same_value() {
        for value in [
            json!({ "yes": "no", "": "", "a: b": "# c", "0": "012", "x y": " z ", "~": "~" }),
            json!([[], {}, [[1, 2.5, -3, 1e21]], [{ "a": [{ "b": null }] }], true, "true", "null"]),
            json!({ "lines": "a\nb\r\n\tc\u{1}\u{7f}\u{85}\u{2028}", "quote": "\"'\\", "emoji": "é😀" }),
            json!("- x"),
            json!({ "long": ["y".repeat(70), "- ".repeat(50), "{".repeat(60)], "more": [["z".repeat(120)]] }),
        ] {
            let value = Value::from(value);
            let text = block(&value, 0);
            let read = SourceText::new("a.yaml", text.as_str()).value();
            assert_eq!(read.as_ref(), Ok(&value), "{text}");
        }
    }
}
