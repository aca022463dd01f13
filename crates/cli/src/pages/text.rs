//! `Text`: running text of a page. Backticks in it mark code, as in Markdown; nothing else is markup, so that words of a
//! stranger's definition stay words.

use itemflow_model::Value;

/// Text with links in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Text(pub(super) Vec<Span>);

/// A stretch of text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Span {
    /// Words, with backticks around code.
    Words(String),
    /// Words that lead to another page.
    Link { words: String, to: String },
}

/// A part of a text between backticks or outside them.
#[derive(Debug, PartialEq)]
pub(super) enum Piece<'a> {
    /// Words.
    Plain(&'a str),
    /// Code without its backticks.
    Code(&'a str),
}

impl Text {
    /// A link.
    pub(super) fn link(words: impl Into<String>, to: impl Into<String>) -> Self {
        let (words, to) = (words.into(), to.into());
        Self(vec![Span::Link { words, to }])
    }

    /// The text and more of it.
    pub(super) fn and(mut self, more: impl Into<Text>) -> Self {
        self.0.extend(more.into().0);
        self
    }

    /// Whether there is nothing to read.
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|span| match span {
            Span::Words(words) | Span::Link { words, .. } => words.is_empty(),
        })
    }

    /// The words alone.
    pub(super) fn words(&self) -> String {
        let words = self.0.iter().map(|span| match span {
            Span::Words(words) | Span::Link { words, .. } => words.as_str(),
        });
        words.collect()
    }
}

impl From<String> for Text {
    fn from(words: String) -> Self {
        Self(vec![Span::Words(words)])
    }
}

impl From<&str> for Text {
    fn from(words: &str) -> Self {
        words.to_owned().into()
    }
}

/// The words and the code of a text. A run of backticks that nothing closes is words.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut plain_from = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find('`') {
        let open = at + found;
        let ticks = run(&text[open..]);
        let inside = open + ticks;
        let Some(length) = closing(&text[inside..], ticks) else {
            at = inside;
            continue;
        };
        if plain_from < open {
            pieces.push(Piece::Plain(&text[plain_from..open]));
        }
        pieces.push(Piece::Code(unpadded(&text[inside..inside + length])));
        at = inside + length + ticks;
        plain_from = at;
    }
    if plain_from < text.len() {
        pieces.push(Piece::Plain(&text[plain_from..]));
    }
    pieces
}

/// The number of backticks that a text begins with.
fn run(text: &str) -> usize {
    text.bytes().take_while(|byte| *byte == b'`').count()
}

/// The bytes before a run of exactly so many backticks.
fn closing(text: &str, ticks: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text[at..].find('`') {
        let here = at + found;
        match run(&text[here..]) {
            length if length == ticks => return Some(here),
            length => at = here + length,
        }
    }
    None
}

/// Code that begins or ends with a backtick stands between blanks.
fn unpadded(code: &str) -> &str {
    let inner = code
        .strip_prefix(' ')
        .and_then(|rest| rest.strip_suffix(' '));
    inner
        .filter(|inner| !inner.trim().is_empty())
        .unwrap_or(code)
}

/// The text as code, on one line: what holds line breaks is shown as JSON writes it.
pub(super) fn code(text: &str) -> String {
    let text = if text.chars().any(char::is_control) {
        Value::from(text).to_string()
    } else {
        text.to_owned()
    };
    let runs: Vec<usize> = text.split(|c| c != '`').map(str::len).collect();
    let ticks = (1..).find(|ticks| !runs.contains(ticks)).unwrap_or(1);
    let fence = "`".repeat(ticks);
    let pads = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let pad = if pads && !text.trim().is_empty() {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A value as it is written in a parameter.
pub(super) fn literal(value: &Value) -> String {
    match value.as_str() {
        Some("") => "empty".into(),
        Some(text) => code(text),
        None => code(&value.to_string()),
    }
}

/// The text with one blank for every stretch of blanks and line breaks.
pub(super) fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first sentence, without its stop.
pub(crate) fn first_sentence(text: &str) -> String {
    let text = on_one_line(text);
    let first = text.split_once(". ").map_or(&*text, |(first, _)| first);
    first.trim_end_matches('.').to_owned()
}

/// `a, b and c`
pub(super) fn joined(words: &[String], last: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backticks_mark_code_where_they_are_closed() {
        use Piece::{Code, Plain};
        assert_eq!(pieces("a `b` c"), [Plain("a "), Code("b"), Plain(" c")]);
        assert_eq!(pieces("`` a`b ``"), [Code("a`b")]);
        assert_eq!(pieces("it` is"), [Plain("it` is")]);
        assert_eq!(pieces("``a` `b`"), [Plain("``a"), Code(" "), Plain("b`")]);
        assert_eq!(pieces(""), []);
    }

    #[test]
    fn code_comes_back_as_it_was() {
        for text in ["a", "a`b", "`a", "``", "` `", " a ", "a | b", "a```", " "] {
            assert_eq!(pieces(&code(text)), [Piece::Code(text)], "{text:?}");
        }
        assert_eq!(code("a\nb"), "`\"a\\nb\"`");
    }

    #[test]
    fn a_sentence_ends_at_its_stop() {
        assert_eq!(
            first_sentence("Reads a file, v1.2 too.\nThen\nmore."),
            "Reads a file, v1.2 too"
        );
        assert_eq!(first_sentence("One."), "One");
    }
}
