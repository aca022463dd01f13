//! YAML with sentences in it: texts without quotes where every reader takes them for that text, long ones folded.

use super::{NO_TEXT, WIDTH, push_line, quoted};
use crate::value::Value;

/// A folded text is never narrower than this, however far it is indented.
const MIN_WIDTH: usize = 40;

/// Where a text stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    /// On a line of its own or after a key.
    Block,
    /// Between brackets or braces, or as a key.
    Flow,
}

pub(super) fn write_member(out: &mut String, key: &str, value: &Value, indent: usize) {
    let key = scalar(key, Within::Flow);
    let column = indent + key.chars().count() + 2;
    if let Some(text) = one_line(value, column) {
        return push_line(out, indent, &format!("{key}: {text}"));
    }
    match value {
        Value::String(text) => match block_text(text, indent + 2) {
            Some((mark, lines)) => {
                push_line(out, indent, &format!("{key}: {mark}"));
                out.push_str(&lines);
            }
            None => push_line(out, indent, &format!("{key}: {}", quoted(text))),
        },
        _ => {
            push_line(out, indent, &format!("{key}:"));
            write_block(out, value, indent + 2);
        }
    }
}

fn write_block(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Array(list) => {
            for element in list.iter() {
                write_element(out, element, indent);
            }
        }
        Value::Object(map) => {
            for (key, value) in map.iter() {
                write_member(out, key, value, indent);
            }
        }
        other => push_line(out, indent, &super::flow(other)),
    }
}

fn write_element(out: &mut String, element: &Value, indent: usize) {
    if let Some(text) = one_line(element, indent + 2) {
        return push_line(out, indent, &format!("- {text}"));
    }
    match element {
        Value::String(text) => match block_text(text, indent + 2) {
            Some((mark, lines)) => {
                push_line(out, indent, &format!("- {mark}"));
                out.push_str(&lines);
            }
            None => push_line(out, indent, &format!("- {}", quoted(text))),
        },
        _ => {
            let mut inner = String::new();
            write_block(&mut inner, element, indent + 2);
            out.push_str(&" ".repeat(indent));
            out.push_str("- ");
            out.push_str(inner.trim_start_matches(' '));
        }
    }
}

/// The value on one line, where it fits.
fn one_line(value: &Value, column: usize) -> Option<String> {
    let mut text = String::new();
    let is_short = match value {
        Value::String(written) if written.contains('\n') => return None,
        Value::String(written) if is_long(written) => return None,
        Value::String(written) => {
            text = scalar(written, Within::Block);
            false
        }
        Value::Array(list) if !list.is_empty() => false,
        Value::Object(map) if !map.is_empty() => false,
        _ => true,
    };
    if text.is_empty() && !flow(&mut text, value) {
        return None;
    }
    let fits = column + text.chars().count() <= WIDTH;
    (fits || is_short).then_some(text)
}

/// Writes the value in the flow form. False as soon as it is too long for a line: no value is looked at in vain at each
/// of its levels.
fn flow(out: &mut String, value: &Value) -> bool {
    match value {
        Value::String(text) if is_long(text) => return false,
        Value::String(text) => out.push_str(&scalar(text, Within::Flow)),
        Value::Array(list) => {
            out.push('[');
            for (i, element) in list.iter().enumerate() {
                out.push_str(if i == 0 { "" } else { ", " });
                if !flow(out, element) {
                    return false;
                }
            }
            out.push(']');
        }
        Value::Object(map) if map.is_empty() => out.push_str("{}"),
        Value::Object(map) => {
            for (i, (key, value)) in map.iter().enumerate() {
                out.push_str(if i == 0 { "{ " } else { ", " });
                out.push_str(&scalar(key, Within::Flow));
                out.push_str(": ");
                if !flow(out, value) {
                    return false;
                }
            }
            out.push_str(" }");
        }
        other => out.push_str(&other.to_string()),
    }
    !is_long(out)
}

/// Whether a text alone is longer than a line.
fn is_long(text: &str) -> bool {
    text.len() > WIDTH && text.chars().nth(WIDTH).is_some()
}

/// The text without quotes where it cannot be taken for anything else.
fn scalar(text: &str, within: Within) -> String {
    let starts_well =
        text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '$' | '/' | '('));
    let is_inner = |c: char| {
        c.is_alphanumeric()
            || " _-./$()+;<>=!?'*@%~^|&\\\"`".contains(c)
            || (within == Within::Block && ",[]{}".contains(c))
    };
    let mut chars = text.chars().peekable();
    let mut is_plain = starts_well
        && !text.ends_with(' ')
        && !NO_TEXT.contains(&text.to_ascii_lowercase().as_str());
    while let Some(c) = chars.next() {
        // A colon that another character follows is part of the word.
        let is_word_colon = c == ':'
            && within == Within::Block
            && chars
                .peek()
                .is_some_and(|next| is_inner(*next) && *next != ' ');
        is_plain &= is_inner(c) || is_word_colon;
    }
    if is_plain {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// A long text as a block: folded where it is one line, else line by line. `None` where a block would change it.
fn block_text(text: &str, indent: usize) -> Option<(&'static str, String)> {
    let is_line = |line: &str| !line.starts_with(' ') && !line.ends_with(' ');
    let is_writable = text.chars().all(|c| {
        c == '\n'
            || !(c.is_control() || matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}'))
    });
    if !is_writable
        || text.is_empty()
        || text.ends_with('\n')
        || text.starts_with('\n')
        || !text.split('\n').all(is_line)
    {
        return None;
    }
    let mut out = String::new();
    if text.contains('\n') {
        for line in text.split('\n') {
            push_line(&mut out, if line.is_empty() { 0 } else { indent }, line);
        }
        return Some(("|-", out));
    }
    if text.contains("  ") {
        return None;
    }
    let width = WIDTH.saturating_sub(indent).max(MIN_WIDTH);
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            push_line(&mut out, indent, &line);
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    push_line(&mut out, indent, &line);
    Some((">-", out))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::document;
    use crate::{SourceText, Value};

    fn round_trip(value: &Value) {
        let text = document(value);
        let read = SourceText::new("a.yaml", text.as_str()).value();
        assert_eq!(read.as_ref(), Ok(value), "{text}");
    }

    #[test]
    fn sentences_need_no_quotes_and_long_ones_are_folded() {
        let long = "A rather long sentence, such as documents have: ".repeat(4);
        let value = Value::from(json!({
            "request": "POST /a/{id}",
            "description": long.trim(),
            "list": ["One, two.", long.trim()],
            "more": { "$ref": "name", "text": "a, b", "url": "https://a.example" },
            "lines": "a\n\n  b\nc",
            "plain": "first\n\nsecond",
        }));
        let text = document(&value);
        round_trip(&value);
        let folded = "description: >-\n  A rather long sentence, such as documents have: A rather long sentence, such as documents have: A\n  rather";
        assert!(text.contains(folded), "{text}");
        for part in [
            "request: POST /a/{id}\n",
            "  - One, two.\n  - >-\n    A rather",
            "more: { $ref: name, text: \"a, b\", url: \"https://a.example\" }",
            "lines: \"a\\n",
            "plain: |-\n  first\n\n  second\n",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_as_the_same(
            texts in prop::collection::vec("[a-zA-Z /:#,'\"\\[\\]{}&*!|>%@`?~\\-\\n\\t\\\\é0-9.]{0,160}", 1..6),
            key in "[a-zA-Z$_:# -]{0,12}",
        ) {
            let list: Vec<Value> = texts.iter().map(|text| Value::from(text.as_str())).collect();
            let first = list[0].clone();
            let value = Value::from([
                ("list", Value::from(list.clone())),
                ("nested", Value::from([(key.as_str(), Value::from(list)), ("more", first.clone())])),
                (if key == "list" || key == "nested" { "other" } else { &key }, first),
            ]);
            round_trip(&value);
        }
    }
}
