//! Checks a definition file against its JSON Schema and says what is wrong in our own words, at the place where it is.

use std::sync::OnceLock;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::paths::Location;
use jsonschema::{JsonType, ValidationError, Validator};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::problem::{Problem, did_you_mean};
use crate::schema::FileKind;
use crate::source::{Format, Part, SourceText};
use crate::value::Value;
use crate::wording::{describe, either, join, one_of};

/// Problems beyond these are not shown.
const MAX_PROBLEMS: usize = 100;

/// Reads a definition file of a kind.
///
/// # Errors
/// Everything that keeps the file from being of this kind.
pub fn read_file<T: DeserializeOwned>(
    kind: FileKind,
    source: &SourceText,
) -> Result<T, Vec<Problem>> {
    let value = source.value()?;
    let mut json = Json::from(&value);
    let problems = check(kind, source, &json);
    if !problems.is_empty() {
        return Err(problems);
    }
    if let Some(members) = json.as_object_mut() {
        members.shift_remove("$schema");
    }
    serde_json::from_value(json).map_err(|error| {
        let message = format!("this is not {}: {error}", file_of(kind));
        vec![source.error("wrong-shape", "", Part::Value, message)]
    })
}

fn check(kind: FileKind, source: &SourceText, json: &Json) -> Vec<Problem> {
    let validator = validator(kind);
    if validator.is_valid(json) {
        return Vec::new();
    }
    let context = Context {
        kind,
        source,
        root: json,
    };
    let mut found = Vec::new();
    for error in validator.iter_errors(json) {
        context.explain(&error, &mut found);
        if found.len() >= MAX_PROBLEMS {
            break;
        }
    }
    drop_the_misspelled(&mut found);
    let mut problems: Vec<Problem> = found.into_iter().map(|found| found.problem).collect();
    problems.sort_by_key(|problem| problem.span.map_or(0, |span| span.start));
    problems.dedup();
    problems
}

/// A key that is missing because it is misspelled needs to be said only once.
fn drop_the_misspelled(found: &mut Vec<Found>) {
    let meant: Vec<(String, String)> = found
        .iter()
        .filter(|found| found.problem.code == "unknown-key")
        .filter_map(|found| Some((found.pointer.clone(), found.problem.help.clone()?)))
        .collect();
    found.retain(|found| {
        let missing = found.problem.message.rsplit_once(" needs ");
        !meant.iter().any(|(pointer, help)| {
            *pointer == found.pointer
                && missing.is_some_and(|(_, key)| *help == format!("did you mean {key}?"))
        })
    });
}

fn validator(kind: FileKind) -> &'static Validator {
    static VALIDATORS: [OnceLock<Validator>; 6] = [const { OnceLock::new() }; 6];
    VALIDATORS[kind as usize].get_or_init(|| {
        jsonschema::validator_for(kind.schema()).expect("our own schemas are schemas")
    })
}

/// A problem and the JSON pointer of the value that it is about.
struct Found {
    pointer: String,
    problem: Problem,
}

struct Context<'a> {
    kind: FileKind,
    source: &'a SourceText,
    root: &'a Json,
}

impl Context<'_> {
    /// Adds what one error means. Where a value may be one of several things, the thing that it most looks like counts.
    fn explain(&self, error: &ValidationError<'_>, problems: &mut Vec<Found>) {
        let pointer = error.instance_path().as_str();
        let mut add = |problem| {
            problems.push(Found {
                pointer: pointer.to_owned(),
                problem,
            });
        };
        match error.kind() {
            ValidationErrorKind::AnyOf { context }
            | ValidationErrorKind::OneOfNotValid { context } => {
                self.explain_alternatives(error, context, problems);
            }
            ValidationErrorKind::AdditionalProperties { unexpected }
            | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
                for key in unexpected {
                    add(self.unknown_key(error, pointer, key));
                }
            }
            ValidationErrorKind::Required { property } => {
                add(self.missing_key(pointer, property.as_str().unwrap_or_default()));
            }
            ValidationErrorKind::Type { kind } => {
                add(self.wrong_type(error, &types(kind)));
            }
            ValidationErrorKind::Enum { options } => {
                let options: Vec<Json> = options.as_array().cloned().unwrap_or_default();
                add(self.unknown_value(error, &options));
            }
            ValidationErrorKind::Constant { expected_value } => {
                add(self.unknown_value(error, &[(**expected_value).clone()]));
            }
            _ => {
                let message = format!("{}", error.masked_with(self.subject(pointer)));
                add(self.at("invalid-value", pointer, Part::Value, message));
            }
        }
    }

    fn explain_alternatives(
        &self,
        error: &ValidationError<'_>,
        branches: &[Vec<ValidationError<'static>>],
        problems: &mut Vec<Found>,
    ) {
        let pointer = error.instance_path();
        let mut leaves = Vec::new();
        flatten(pointer, branches, &mut leaves);
        let is_here = |e: &&ValidationError<'_>| e.instance_path() == pointer;
        let fits = |leaf: &&&[ValidationError<'static>]| {
            !leaf
                .iter()
                .filter(is_here)
                .any(|e| is_about_type(e) || is_about_words(e))
        };
        if let Some(leaf) = leaves.iter().filter(fits).min_by_key(|leaf| leaf.len()) {
            for error in *leaf {
                self.explain(error, problems);
            }
            return;
        }
        let mut words = Vec::new();
        let mut expected = Vec::new();
        for error in leaves.iter().copied().flatten().filter(is_here) {
            match error.kind() {
                ValidationErrorKind::Enum { options } => {
                    words.extend(options.as_array().cloned().unwrap_or_default());
                }
                ValidationErrorKind::Constant { expected_value } => {
                    words.push((**expected_value).clone());
                }
                ValidationErrorKind::Type { kind } => expected.extend(types(kind)),
                _ => {}
            }
        }
        let problem = if !words.is_empty() && error.instance().is_string() {
            self.unknown_value(error, &words)
        } else {
            self.wrong_type(error, &expected)
        };
        problems.push(Found {
            pointer: pointer.as_str().to_owned(),
            problem,
        });
    }

    fn unknown_key(&self, error: &ValidationError<'_>, pointer: &str, key: &str) -> Problem {
        let known = self.known_keys(error);
        let at = join(pointer, key);
        let message = match pointer {
            "" => format!("`{key}` is no member of {}", file_of(self.kind)),
            _ => format!("`{key}` is no member of {}", self.subject(pointer)),
        };
        let problem = self.at("unknown-key", &at, Part::Key, message);
        if let Some(word) = did_you_mean(key, known.iter().map(String::as_str)) {
            return problem.help(format!("did you mean `{word}`?"));
        }
        if let Some(parent) = self.empty_key_before(pointer, key) {
            return problem.help(format!("indent it further if it belongs to `{parent}`"));
        }
        if known.is_empty() {
            return problem;
        }
        let names: Vec<&str> = known.iter().map(String::as_str).collect();
        problem.help(format!("known are {}", names.join(", ")))
    }

    /// The names that the schema allows where an unknown one was found.
    fn known_keys(&self, error: &ValidationError<'_>) -> Vec<String> {
        let keyword = error.schema_path().as_str();
        let Some((parent, _)) = keyword.rsplit_once('/') else {
            return Vec::new();
        };
        self.kind
            .schema()
            .pointer(&format!("{parent}/properties"))
            .and_then(Json::as_object)
            .map(|members| {
                members
                    .keys()
                    .filter(|key| *key != "$schema")
                    .cloned()
                    .collect()
            })
            .unwrap_or_default()
    }

    /// The member before `key`, if it has no value: the usual trace of a lost indentation.
    fn empty_key_before(&self, pointer: &str, key: &str) -> Option<String> {
        let members = self.root.pointer(pointer)?.as_object()?;
        let at = members.keys().position(|k| k == key)?;
        let (before, value) = members.iter().nth(at.checked_sub(1)?)?;
        (value.is_null() && self.source.format == Format::Yaml).then(|| before.clone())
    }

    fn missing_key(&self, pointer: &str, key: &str) -> Problem {
        let message = match pointer {
            "" => format!("{} needs `{key}`", file_of(self.kind)),
            _ => format!("{} needs `{key}`", self.subject(pointer)),
        };
        self.at("missing-key", pointer, Part::Key, message)
    }

    fn wrong_type(&self, error: &ValidationError<'_>, expected: &[JsonType]) -> Problem {
        let pointer = error.instance_path().as_str();
        let found = describe(&Value::from(error.instance().as_ref().clone()));
        let mut names: Vec<&str> = Vec::new();
        for kind in expected {
            let name = type_name(*kind);
            // Absent is written by leaving a member out, so null is not offered.
            if *kind != JsonType::Null && !names.contains(&name) {
                names.push(name);
            }
        }
        let expected = if names.is_empty() {
            "left out".to_owned()
        } else {
            either(&names)
        };
        let subject = self.subject(pointer);
        self.at(
            "wrong-type",
            pointer,
            Part::Value,
            format!("{subject} must be {expected}, not {found}"),
        )
    }

    fn unknown_value(&self, error: &ValidationError<'_>, words: &[Json]) -> Problem {
        let pointer = error.instance_path().as_str();
        let names: Vec<&str> = words.iter().filter_map(Json::as_str).collect();
        let found = error.instance().as_str().map(str::to_owned);
        let shown = match &found {
            Some(text) => format!("`{text}`"),
            None => describe(&Value::from(error.instance().as_ref().clone())),
        };
        let message = format!("{} cannot be {shown}", self.subject(pointer));
        let near = found.and_then(|found| did_you_mean(&found, names.iter().copied()));
        let help = match near {
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("use {}", one_of(&names)),
        };
        self.at("unknown-value", pointer, Part::Value, message)
            .help(help)
    }

    /// How a message names the value at a pointer: its key, or the key of the list that it is in.
    fn subject(&self, pointer: &str) -> String {
        let mut segments = pointer.rsplit('/');
        let last = segments.next().unwrap_or_default();
        let name = last.replace("~1", "/").replace("~0", "~");
        if last.is_empty() {
            return file_of(self.kind);
        }
        match last.parse::<usize>() {
            Ok(_) => match segments.next() {
                Some(list) if !list.is_empty() => format!("an element of `{list}`"),
                _ => "this".into(),
            },
            Err(_) => format!("`{name}`"),
        }
    }

    fn at(&self, code: &'static str, pointer: &str, part: Part, message: String) -> Problem {
        self.source.error(code, pointer, part, message)
    }
}

/// The ways in which a value could be read, alternatives within alternatives taken apart.
fn flatten<'e>(
    pointer: &Location,
    branches: &'e [Vec<ValidationError<'static>>],
    leaves: &mut Vec<&'e [ValidationError<'static>]>,
) {
    for branch in branches {
        match branch.as_slice() {
            [] => {}
            [only] if only.instance_path() == pointer => match only.kind() {
                ValidationErrorKind::AnyOf { context }
                | ValidationErrorKind::OneOfNotValid { context } => {
                    flatten(pointer, context, leaves)
                }
                _ => leaves.push(branch),
            },
            errors => leaves.push(errors),
        }
    }
}

fn is_about_type(error: &ValidationError<'_>) -> bool {
    matches!(error.kind(), ValidationErrorKind::Type { .. })
}

fn is_about_words(error: &ValidationError<'_>) -> bool {
    matches!(
        error.kind(),
        ValidationErrorKind::Enum { .. } | ValidationErrorKind::Constant { .. }
    )
}

fn file_of(kind: FileKind) -> String {
    let article = if kind == FileKind::Action { "an" } else { "a" };
    format!("{article} {} file", kind.name())
}

fn types(kind: &TypeKind) -> Vec<JsonType> {
    match kind {
        TypeKind::Single(kind) => vec![*kind],
        TypeKind::Multiple(kinds) => kinds.iter().collect(),
    }
}

fn type_name(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Array => "a list",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Null => "nothing",
        JsonType::Number => "a number",
        JsonType::Object => "an object",
        JsonType::String => "text",
    }
}
