//! `Problem`: one thing that is wrong with a file: where, what, and how to mend it.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing is wrong, but it is good to know.
    Note,
    /// The run goes on, but something differs from what the file says.
    Warning,
    /// Nothing is sent until it is mended.
    Error,
}

impl Severity {
    /// How it is called before a message.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A stretch of a source text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Span {
    /// Byte offset of its first byte.
    pub start: usize,
    /// Byte offset after its last byte.
    pub end: usize,
    /// Line of its start, from 1.
    pub line: usize,
    /// Column of its start in characters, from 1.
    pub column: usize,
}

/// One thing that is wrong with a file.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// What kind of problem it is, a stable kebab-case word such as `unknown-parameter`.
    pub code: &'static str,
    /// What is wrong, lower case, without a final stop.
    pub message: String,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The file as the user named it.
    pub file: Arc<str>,
    /// Where in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
    /// The node it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// The parameter it concerns, as a dotted path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
}

impl Problem {
    /// An error in `file`, as yet without a place.
    pub fn error(code: &'static str, file: &Arc<str>, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            help: None,
            file: file.clone(),
            span: None,
            node: None,
            parameter: None,
        }
    }

    /// A warning in `file`, as yet without a place.
    pub fn warning(code: &'static str, file: &Arc<str>, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, file, message)
        }
    }

    /// A note about `file`, as yet without a place.
    pub fn note(code: &'static str, file: &Arc<str>, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Note,
            ..Self::error(code, file, message)
        }
    }

    /// Adds how to mend it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds where it is.
    pub fn at(mut self, span: Option<Span>) -> Self {
        self.span = span;
        self
    }

    /// Adds the node it concerns.
    pub fn node(mut self, node: &str) -> Self {
        self.node = Some(node.to_owned());
        self
    }

    /// Adds the parameter it concerns.
    pub fn parameter(mut self, parameter: impl Into<String>) -> Self {
        self.parameter = Some(parameter.into());
        self
    }

    /// Whether it keeps a run from starting.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Problem {
    /// One line: `file:line:column: error: message (help)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(span) = self.span {
            write!(f, ":{}:{}", span.line, span.column)?;
        }
        write!(f, ": {}: {}", self.severity.word(), self.message)?;
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

/// The candidate most like `word`, if one is like enough to be meant.
pub fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let folded = fold(word);
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&folded, &fold(candidate)), candidate))
        .filter(|(score, _)| *score >= 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// Whether `word` is likely a slip in writing `meant`: other capitals or separators, or a letter or two that are wrong.
pub fn is_slip(word: &str, meant: &str) -> bool {
    let (word, meant) = (fold(word), fold(meant));
    let (shorter, longer) = if word.len() < meant.len() {
        (&word, &meant)
    } else {
        (&meant, &word)
    };
    match strsim::osa_distance(&word, &meant) {
        0 => true,
        1 => longer.chars().count() > 2,
        2 => shorter.chars().count() > 7 && !longer.starts_with(shorter.as_str()),
        _ => false,
    }
}

fn fold(word: &str) -> String {
    word.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_a_letter_or_two() {
        for (word, meant, expected) in [
            ("idd", "id", true),
            ("inboxId", "inbox_id", true),
            ("contct", "contact", true),
            ("last_activty_at", "last_activity_at", true),
            ("recieved_at", "received_at", true),
            ("x", "y", false),
            ("inbox", "inbox_id", false),
            ("created_at", "updated_at", false),
            ("email", "phone", false),
            ("", "a", false),
        ] {
            assert_eq!(is_slip(word, meant), expected, "{word} for {meant}");
        }
    }
}
