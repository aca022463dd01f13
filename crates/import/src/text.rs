//! Texts of a document made fit for definition files: trimmed, bounded, without control characters.

use itemflow_model::Value;

use crate::limits;

/// A description: lines without trailing blanks, no control characters, at most one empty line in a row.
pub(crate) fn description(text: &str) -> String {
    // What will be cut off need not be cleaned.
    let text = match text.char_indices().nth(2 * limits::DESCRIPTION) {
        Some((at, _)) => &text[..at],
        None => text,
    };
    let mut out = String::new();
    let mut empty = 0;
    for line in text.trim().lines() {
        let line = clean(line);
        let line = line.trim_end();
        // A single blank before a line means nothing; more may.
        let line = match line.strip_prefix(' ') {
            Some(rest) if !rest.starts_with(' ') => rest,
            _ => line,
        };
        if line.is_empty() {
            empty += 1;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if empty > 0 { "\n\n" } else { "\n" });
        }
        empty = 0;
        out.push_str(line);
    }
    match out.char_indices().nth(limits::DESCRIPTION) {
        Some((at, _)) => {
            out.truncate(at);
            format!("{}…", out.trim_end())
        }
        None => out,
    }
}

/// A description on one line.
pub(crate) fn line(text: &str) -> String {
    let text = description(text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The start of a description on one line.
pub(crate) fn short_line(text: &str, most: usize) -> String {
    match text.char_indices().nth(2 * most) {
        Some((at, _)) => excerpt(&line(&text[..at]), most),
        None => excerpt(&line(text), most),
    }
}

/// The text with a full stop, so that a sentence can follow.
pub(crate) fn sentence(text: &str) -> String {
    match text.chars().last() {
        None => String::new(),
        Some(last) if last.is_alphanumeric() || matches!(last, ')' | '`' | '"' | '\'') => {
            format!("{text}.")
        }
        Some(_) => text.to_owned(),
    }
}

/// A scalar as text; `None` for lists, objects and `null`.
pub(crate) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.to_string()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The first `most` characters.
pub(crate) fn excerpt(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

fn clean(line: &str) -> String {
    line.chars()
        .map(|c| match c {
            '\t' | '\u{a0}' => ' ',
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => ' ',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_are_trimmed_and_bounded() {
        assert_eq!(
            description("  a \r\n\r\n\n\n b\t\u{1b}[2J\nc  \n"),
            "a\n\nb  [2J\nc"
        );
        assert_eq!(line(" a\n\n b  c "), "a b c");
        let long = description(&"é".repeat(3_000));
        assert_eq!(long.chars().count(), limits::DESCRIPTION + 1);
        assert_eq!(sentence("a"), "a.");
        assert_eq!(sentence("a!"), "a!");
        assert_eq!(sentence(""), "");
    }
}
