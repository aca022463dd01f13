//! How a parameter text falls into plain text and `{{ code }}`.

use std::ops::Range;

/// A part of a parameter text.
#[derive(Debug, PartialEq)]
pub(crate) enum Part {
    /// Plain text, its escapes undone.
    Text(String),
    /// Code between brackets: what to parse, and where it is in the parameter text.
    Code {
        /// The code, its first `\}}` turned into `}}`.
        code: String,
        /// Its bytes in the parameter text.
        range: Range<usize>,
        /// Whether a closing `}}` follows.
        closed: bool,
    },
}

/// Splits a text (without its leading `=`, which is at `offset - 1`) into its parts.
///
/// n8n: the first `}}` after a `{{` closes it, whatever stands between; a bracket after an odd number of backslashes is
/// plain text; in text before an opening bracket two backslashes are one.
pub(crate) fn split(text: &str, offset: usize) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut position = 0;
    let mut plain = String::new();
    while position <= text.len() {
        let Some(open) = find(text, position, "{{") else {
            plain.push_str(&text[position..]);
            break;
        };
        let before = &text[position..open];
        if is_escaped(&text[..open]) {
            plain.push_str(before);
            plain.push_str("{{");
            position = open + 2;
            continue;
        }
        plain.push_str(&before.replace("\\\\", "\\"));
        if !plain.is_empty() {
            parts.push(Part::Text(std::mem::take(&mut plain)));
        }
        let start = open + 2;
        let close = find_close(text, start);
        let end = close.unwrap_or(text.len());
        parts.push(Part::Code {
            code: text[start..end].replacen("\\}}", "}}", 1),
            range: offset + start..offset + end,
            closed: close.is_some(),
        });
        if close.is_none() {
            return parts;
        }
        position = end + 2;
    }
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    parts
}

fn find(text: &str, from: usize, bracket: &str) -> Option<usize> {
    text.get(from..)?.find(bracket).map(|at| at + from)
}

fn find_close(text: &str, from: usize) -> Option<usize> {
    let mut position = from;
    loop {
        let close = find(text, position, "}}")?;
        if !is_escaped(&text[from..close]) {
            return Some(close);
        }
        position = close + 2;
    }
}

/// Whether what follows this text is escaped by an odd number of backslashes at its end.
fn is_escaped(before: &str) -> bool {
    before.bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(code: &str, start: usize, end: usize, closed: bool) -> Part {
        Part::Code {
            code: code.into(),
            range: start..end,
            closed,
        }
    }

    #[test]
    fn the_first_closing_brackets_close() {
        assert_eq!(
            split("a{{ x }}b", 1),
            [
                Part::Text("a".into()),
                code(" x ", 4, 7, true),
                Part::Text("b".into())
            ]
        );
        assert_eq!(
            split("{{ \"}}\" }}", 1),
            [code(" \"", 3, 5, true), Part::Text("\" }}".into())]
        );
    }

    #[test]
    fn backslashes_escape_brackets() {
        assert_eq!(split("\\{{ x }}", 1), [Part::Text("\\{{ x }}".into())]);
        assert_eq!(
            split("a\\\\{{ 1 }}", 1),
            [Part::Text("a\\".into()), code(" 1 ", 6, 9, true)]
        );
        assert_eq!(split("{{ \"\\}}\" }}", 1), [code(" \"}}\" ", 3, 10, true)]);
    }

    #[test]
    fn an_unclosed_bracket_runs_to_the_end() {
        assert_eq!(split("{{ 1", 1), [code(" 1", 3, 5, false)]);
        assert_eq!(split("", 1), []);
    }
}
