//! Reads the members of an object one by one, leniently about how a value is written and strictly about its type, and
//! collects every problem on the way.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::problem::{Problem, did_you_mean};
use crate::source::{Format, Part, SourceText};
use crate::value::{Map, Value};
use crate::wording::{describe, join, one_of};

/// Problems of one severity beyond these are counted, not kept.
const MAX_PROBLEMS: usize = 100;

/// What is read and what was found wrong with it.
pub(super) struct Reader<'a> {
    pub(super) source: &'a SourceText,
    errors: Vec<Problem>,
    warnings: Vec<Problem>,
    more: usize,
}

/// An object and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Members<'a> {
    pub(super) map: &'a Map,
    pub(super) pointer: &'a str,
    /// Name of the node it belongs to, if it belongs to one.
    pub(super) node: Option<&'a str>,
}

impl Members<'_> {
    /// JSON pointer of a member.
    pub(super) fn pointer_to(&self, key: &str) -> String {
        join(self.pointer, key)
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(source: &'a SourceText) -> Self {
        Self {
            source,
            errors: Vec::new(),
            warnings: Vec::new(),
            more: 0,
        }
    }

    /// All problems in the order of the file.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        self.errors.append(&mut self.warnings);
        self.errors
            .sort_by_key(|problem| problem.span.map_or(0, |span| span.start));
        if self.more > 0 {
            let message = format!("{} more problems are not shown", self.more);
            self.errors.push(Problem::warning(
                "more-problems",
                &self.source.file,
                message,
            ));
        }
        self.errors
    }

    /// Adds a problem. It is made only while there is room, since finding its place takes time.
    pub(super) fn error(&mut self, problem: impl FnOnce(&SourceText) -> Problem) {
        if self.errors.len() < MAX_PROBLEMS {
            self.errors.push(problem(self.source));
        } else {
            self.more += 1;
        }
    }

    /// Adds a warning; see [`Reader::error`].
    pub(super) fn warning(&mut self, problem: impl FnOnce(&SourceText) -> Problem) {
        if self.warnings.len() < MAX_PROBLEMS {
            self.warnings.push(problem(self.source));
        } else {
            self.more += 1;
        }
    }

    /// Adds that a value has the wrong type.
    pub(super) fn wrong_type(
        &mut self,
        pointer: &str,
        node: Option<&str>,
        expected: &str,
        found: &Value,
    ) {
        self.error(|source| {
            let name = pointer.rsplit('/').next().unwrap_or_default();
            let subject = match name.parse::<usize>() {
                Err(_) if !name.is_empty() => {
                    format!("`{}`", name.replace("~1", "/").replace("~0", "~"))
                }
                _ => "this".to_owned(),
            };
            let message = format!("{subject} must be {expected}, not {}", describe(found));
            let problem = source.error("wrong-type", pointer, Part::Value, message);
            let problem = match (expected, found.as_str()) {
                ("true or false", Some(text)) => match text.to_ascii_lowercase().as_str() {
                    "yes" | "on" | "true" | "y" => problem.help("write `true`, without quotes"),
                    "no" | "off" | "false" | "n" => problem.help("write `false`, without quotes"),
                    _ => problem,
                },
                _ => problem,
            };
            match node {
                Some(node) => problem.node(node),
                None => problem,
            }
        });
    }

    /// A text; a number is taken as its text.
    pub(super) fn text(&mut self, members: Members<'_>, key: &str) -> Option<Arc<str>> {
        match members.map.get(key)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string().into()),
            other => {
                self.wrong_type(&members.pointer_to(key), members.node, "text", other);
                None
            }
        }
    }

    /// A flag; absent and `null` are false.
    pub(super) fn flag(&mut self, members: Members<'_>, key: &str) -> bool {
        match members.map.get(key) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(flag)) => *flag,
            Some(other) => {
                let pointer = members.pointer_to(key);
                self.wrong_type(&pointer, members.node, "true or false", other);
                false
            }
        }
    }

    /// A number, also written as text.
    pub(super) fn number(&mut self, members: Members<'_>, key: &str) -> Option<f64> {
        let value = members.map.get(key)?;
        let number = match value {
            Value::Null => return None,
            Value::Number(number) => Some(number.as_f64()),
            Value::String(text) if text.trim().is_empty() => return None,
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let number = number.filter(|number| number.is_finite());
        if number.is_none() {
            self.wrong_type(&members.pointer_to(key), members.node, "a number", value);
        }
        number
    }

    /// An object; absent and `null` are none.
    pub(super) fn object<'m>(&mut self, members: Members<'m>, key: &str) -> Option<&'m Map> {
        match members.map.get(key)? {
            Value::Null => None,
            Value::Object(map) => Some(map),
            other => {
                self.wrong_type(&members.pointer_to(key), members.node, "an object", other);
                None
            }
        }
    }

    /// One of a few words; anything else is an error with the nearest of them.
    pub(super) fn word<T: Copy>(
        &mut self,
        members: Members<'_>,
        key: &str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let found = self.text(members, key)?;
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == &*found) {
            return Some(*meaning);
        }
        self.error(|source| {
            let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let help = match did_you_mean(&found, names.iter().copied()) {
                Some(word) => format!("did you mean `{word}`?"),
                None => format!("use {}", one_of(&names)),
            };
            let message = format!("`{key}` cannot be `{found}`");
            let problem = source
                .error(
                    "unknown-value",
                    &members.pointer_to(key),
                    Part::Value,
                    message,
                )
                .help(help);
            match members.node {
                Some(node) => problem.node(node),
                None => problem,
            }
        });
        None
    }

    /// The members that are not in `known`. With `expected` (our own short form), each of them that is not expected
    /// either is warned about.
    pub(super) fn extra(
        &mut self,
        members: Members<'_>,
        known: &[&str],
        expected: Option<&[&str]>,
    ) -> IndexMap<String, Value> {
        let mut extra = IndexMap::new();
        let mut before: Option<(&str, &Value)> = None;
        for (key, value) in members.map {
            if !known.contains(&&**key) {
                extra.insert(key.to_string(), value.clone());
                if expected.is_some_and(|expected| !expected.contains(&&**key)) {
                    self.unknown_member(members, key, known, before);
                }
            }
            before = Some((key, value));
        }
        extra
    }

    fn unknown_member(
        &mut self,
        members: Members<'_>,
        key: &str,
        known: &[&str],
        before: Option<(&str, &Value)>,
    ) {
        self.warning(|source| {
            let problem = source.warning(
                "unknown-member",
                &members.pointer_to(key),
                Part::Key,
                format!("`{key}` means nothing here and is ignored"),
            );
            let problem = match (did_you_mean(key, known.iter().copied()), before) {
                (Some(word), _) => problem.help(format!("did you mean `{word}`?")),
                (None, Some((parent, Value::Null))) if source.format == Format::Yaml => {
                    problem.help(format!("indent it further if it belongs to `{parent}`"))
                }
                _ => problem,
            };
            match members.node {
                Some(node) => problem.node(node),
                None => problem,
            }
        });
    }
}
