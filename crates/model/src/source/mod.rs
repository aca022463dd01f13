//! `SourceText`: a YAML or JSON file as text, its value, and where in the text each part of the value stands.

mod indentation;
mod json_positions;
mod positions;
mod tolerant;
mod within;
mod yaml_positions;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::problem::{Problem, Span};
use crate::value::Value;

use positions::Positions;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// YAML 1.2; `yes`, `no`, `on`, `off` and numbers with leading zeros are text.
    Yaml,
    /// JSON.
    Json,
}

/// Which half of a member is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The member's name.
    Key,
    /// Its value.
    Value,
}

/// A file: its name, its text, and (worked out when first asked for) the places of its parts.
#[derive(Debug)]
pub struct SourceText {
    /// The file as the user named it.
    pub file: Arc<str>,
    /// Its text without a byte order mark.
    pub text: Arc<str>,
    /// How it is written.
    pub format: Format,
    positions: OnceLock<Positions>,
    line_starts: OnceLock<Vec<usize>>,
    character_counts: OnceLock<Vec<usize>>,
}

impl SourceText {
    /// A file whose format its extension says, or else its first character: `{` and `[` begin JSON.
    pub fn new(file: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        let file = file.into();
        let text = text.into();
        let text = match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.into(),
            None => text,
        };
        let format = format_of(&file, &text);
        Self {
            file,
            text,
            format,
            positions: OnceLock::new(),
            line_starts: OnceLock::new(),
            character_counts: OnceLock::new(),
        }
    }

    /// Reads the whole text.
    ///
    /// # Errors
    /// One problem, at the place where the text stops being YAML or JSON.
    pub fn value(&self) -> Result<Value, Vec<Problem>> {
        match self.format {
            Format::Json => serde_json::from_str(&self.text).map_err(|e| vec![self.json_error(&e)]),
            Format::Yaml => serde_saphyr::from_str_with_options(&self.text, yaml_options())
                .map_err(|e| vec![self.yaml_error(&e)]),
        }
    }

    /// Where the part at a JSON pointer (RFC 6901) stands. A pointer to something that is not there gives the place of
    /// the nearest part that holds it; `None` only when the text cannot be read at all.
    pub fn locate(&self, pointer: &str, part: Part) -> Option<Span> {
        let place = self.positions().find(pointer)?;
        let range = match (&place.key, part) {
            (Some(key), Part::Key) => key.clone(),
            _ => place.value.clone(),
        };
        Some(self.span(range))
    }

    /// Where a byte range of the text value at `pointer` stands. Exact where the text is written plainly or in quotes;
    /// else the place of the whole value.
    pub fn locate_within(&self, pointer: &str, range: Range<usize>) -> Option<Span> {
        let place = self.positions().find(pointer)?;
        let raw = self.text.get(place.value.clone())?;
        let before = &self.text[..place.value.start];
        let indent = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
        let exact = within::range_in_source(raw, indent, place.style, range)
            .map(|r| place.value.start + r.start..place.value.start + r.end);
        Some(self.span(exact.unwrap_or_else(|| place.value.clone())))
    }

    /// The stretch of text from one byte offset to another, with its line and column.
    pub fn span(&self, range: Range<usize>) -> Span {
        let start = floor_char_boundary(&self.text, range.start);
        let end = floor_char_boundary(&self.text, range.end).max(start);
        let line = self.line_starts().partition_point(|at| *at <= start);
        let line_start = self.line_starts()[line - 1];
        Span {
            start,
            end,
            line,
            column: self.characters(line_start..start) + 1,
        }
    }

    /// Byte offsets of the starts of all lines.
    fn line_starts(&self) -> &[usize] {
        self.line_starts.get_or_init(|| {
            let after_breaks = self.text.match_indices('\n').map(|(at, _)| at + 1);
            std::iter::once(0).chain(after_breaks).collect()
        })
    }

    /// How many characters a range of bytes has. Long ranges, such as those of a JSON text without line breaks, are not
    /// counted anew each time.
    fn characters(&self, range: Range<usize>) -> usize {
        if range.len() <= COUNTED_TOGETHER {
            return count_characters(&self.text.as_bytes()[range]);
        }
        self.characters_before(range.end) - self.characters_before(range.start)
    }

    fn characters_before(&self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        let counts = self.character_counts.get_or_init(|| {
            let mut total = 0;
            let counts = bytes.chunks(COUNTED_TOGETHER).map(|chunk| {
                let before = total;
                total += count_characters(chunk);
                before
            });
            counts.collect()
        });
        let chunk = at / COUNTED_TOGETHER;
        let before = counts.get(chunk).copied().unwrap_or_default();
        before + count_characters(&bytes[chunk * COUNTED_TOGETHER..at])
    }

    /// An error in this file at the part `pointer` names.
    pub fn error(
        &self,
        code: &'static str,
        pointer: &str,
        part: Part,
        message: impl Into<String>,
    ) -> Problem {
        Problem::error(code, &self.file, message).at(self.locate(pointer, part))
    }

    /// A warning in this file at the part `pointer` names.
    pub fn warning(
        &self,
        code: &'static str,
        pointer: &str,
        part: Part,
        message: impl Into<String>,
    ) -> Problem {
        Problem::warning(code, &self.file, message).at(self.locate(pointer, part))
    }

    fn positions(&self) -> &Positions {
        self.positions.get_or_init(|| match self.format {
            Format::Json => json_positions::scan(&self.text),
            Format::Yaml => yaml_positions::scan(&self.text),
        })
    }

    fn json_error(&self, error: &serde_json::Error) -> Problem {
        let full = error.to_string();
        let mut message = full.split(" at line ").next().unwrap_or(&full);
        if message.starts_with("control character") {
            message = "a text runs past the end of its line, or holds a control character";
        }
        let line_start = line_start(&self.text, error.line());
        // Column 0 is the line's end before it.
        let at = (line_start + error.column()).saturating_sub(1);
        let help = match message {
            "trailing comma" => Some("remove the comma before the closing bracket"),
            "key must be a string" => Some("write member names in double quotes"),
            _ if message.starts_with("EOF") => {
                Some("the file ends too early: a bracket or quote is still open")
            }
            "recursion limit exceeded" => Some("at most 127 levels of nesting are read"),
            _ => None,
        };
        let problem = Problem::error(
            "json-syntax",
            &self.file,
            format!("this is not valid JSON: {message}"),
        )
        .at(Some(self.span(at..at + 1)));
        match help {
            Some(help) => problem.help(help),
            None => problem,
        }
    }

    fn yaml_error(&self, error: &serde_saphyr::Error) -> Problem {
        let error = error.without_snippet();
        let location = error.location();
        let full = error.to_string();
        let message = full.split(" at line ").next().unwrap_or(&full);
        let message = message.split(" (defined at ").next().unwrap_or(message);
        let (code, message) = match error {
            serde_saphyr::Error::DuplicateMappingKey { key, .. } => (
                "duplicate-key",
                match key {
                    Some(key) => format!("`{key}` is given twice"),
                    None => "a member is given twice".to_owned(),
                },
            ),
            serde_saphyr::Error::Budget { .. } => (
                "too-large",
                format!("the file is too large or too deep: {message}"),
            ),
            _ => ("yaml-syntax", format!("this is not valid YAML: {message}")),
        };
        let problem = Problem::error(code, &self.file, message);
        let Some(location) = location else {
            return problem;
        };
        let line = usize::try_from(location.line()).unwrap_or(usize::MAX);
        let column = usize::try_from(location.column()).unwrap_or(usize::MAX);
        if code == "yaml-syntax"
            && let Some((line, help)) = indentation::hint(&self.text, line)
        {
            let start = line_start(&self.text, line);
            let text = self.text[start..].lines().next().unwrap_or_default();
            let indent = text.len() - text.trim_start().len();
            return problem.help(help).at(Some(
                self.span(start + indent..start + text.trim_end().len()),
            ));
        }
        let start = line_start(&self.text, line);
        let rest = self.text[start..].lines().next().unwrap_or_default();
        let at = rest
            .char_indices()
            .nth(column.saturating_sub(1))
            .map_or(rest.len(), |(at, _)| at);
        let word = rest[at..]
            .find([' ', ':', ','])
            .unwrap_or(rest.len() - at)
            .max(1);
        let problem = problem.at(Some(self.span(start + at..start + at + word)));
        if full.contains("expected '-' indicator") {
            return problem.help("the lines above are a list: indent this line less if it is not part of it, or begin it with `- `");
        }
        problem
    }
}

/// Bytes whose characters are counted in one go.
const COUNTED_TOGETHER: usize = 4_096;

/// Characters that begin in these bytes.
fn count_characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

/// Levels of nesting that YAML may have; in a debug build each costs the reader some 25 kB of stack.
const MAX_YAML_DEPTH: usize = 48;

/// YAML as people mean it: only `true` and `false` are booleans, `012` and `1_000` stay text, a member given twice is
/// an error, and aliases cannot blow a small file up.
fn yaml_options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MAX_YAML_DEPTH,
            max_documents: 1,
            max_aliases: 1_000,
            max_anchors: 1_000,
            max_merge_keys: 1_000,
            max_recorded_anchor_events: 20_000,
            max_recorded_anchor_bytes: 1_048_576,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 20_000,
            max_replay_stack_depth: 16,
        },
        emit_comments: false,
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
    }
}

fn format_of(file: &str, text: &str) -> Format {
    let extension = file.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase());
    match extension.as_deref() {
        Some("json") => Format::Json,
        Some("yaml" | "yml") => Format::Yaml,
        _ if text.trim_start().starts_with(['{', '[']) => Format::Json,
        _ => Format::Yaml,
    }
}

/// Byte offset of the start of a line (from 1); of the last line when there are not so many.
fn line_start(text: &str, line: usize) -> usize {
    let mut start = 0;
    for _ in 1..line {
        match text[start..].find('\n') {
            Some(at) => start += at + 1,
            None => break,
        }
    }
    start
}

fn floor_char_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests;
