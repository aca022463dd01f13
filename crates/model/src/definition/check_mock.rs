//! What `mock.yaml` says of others: the actions, collections and credential types that it names must exist.

use std::collections::BTreeSet;

use super::folder::Service;
use super::mock::{MockAction, MockFile, MockValue};
use crate::problem::{Problem, did_you_mean};
use crate::source::{Part, SourceText};
use crate::value::Map;
use crate::wording::join;

/// Everything that is wrong with the service's `mock.yaml`.
pub(super) fn check_mock(service: &Service) -> Vec<Problem> {
    let Some(entry) = &service.mock else {
        return Vec::new();
    };
    let file = match entry.mock() {
        Ok(file) => file,
        Err(problems) => return problems.to_vec(),
    };
    let mut check = Check {
        source: entry.source(),
        file,
        problems: Vec::new(),
    };
    check.credentials(service);
    check.collections();
    check.actions(&operations(service));
    check.problems
}

/// `Resource/Operation` of every action that can be read.
fn operations(service: &Service) -> BTreeSet<String> {
    let mut operations = BTreeSet::new();
    for resource in &service.resources {
        for action in resource.actions.iter().filter_map(|e| e.action().ok()) {
            operations.insert(format!("{}/{}", resource.value(), action.operation));
        }
    }
    operations
}

struct Check<'a> {
    source: &'a SourceText,
    file: &'a MockFile,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn credentials(&mut self, service: &Service) {
        let known = || service.file.credentials.iter().map(String::as_str);
        for name in self.file.refusals_for.keys() {
            if !known().any(|known| known == name) {
                let pointer = join("/refusalsFor", name);
                self.unknown(&pointer, Part::Key, "credential", name, known());
            }
        }
    }

    fn collections(&mut self) {
        for (name, collection) in &self.file.collections {
            if let Some(of) = &collection.of {
                let pointer = join(&join("/collections", name), "of");
                self.collection(&pointer, of);
            }
        }
    }

    fn actions(&mut self, operations: &BTreeSet<String>) {
        for (name, action) in &self.file.actions {
            let pointer = join("/actions", name);
            if !operations.contains(name) {
                let known = operations.iter().map(String::as_str);
                self.unknown(&pointer, Part::Key, "action", name, known);
            }
            self.action(&pointer, action);
        }
    }

    fn action(&mut self, pointer: &str, action: &MockAction) {
        let effects = action.effects();
        let says_more = effects.len() + usize::from(action.stateless) > 1;
        if says_more {
            let words: Vec<&str> = effects.iter().map(|(word, _)| *word).collect();
            let message = format!("an action does one thing, not {}", words.join(" and "));
            self.error("two-effects", pointer, Part::Key, message);
        }
        for (word, collection) in effects {
            self.collection(&join(pointer, word), collection);
        }
        for (place, values) in [("set", &action.set), ("answer", &action.answer)] {
            for (path, value) in values {
                let pointer = join(&join(pointer, place), path);
                self.value(&pointer, value);
            }
        }
    }

    fn value(&mut self, pointer: &str, value: &MockValue) {
        match value {
            MockValue::Element(element) => {
                self.collection(&join(pointer, "$element"), &element.collection);
            }
            MockValue::Choice(_) => {}
            MockValue::First(first) => {
                for (i, value) in first.first.iter().enumerate() {
                    let pointer = join(&join(pointer, "$first"), &i.to_string());
                    self.value(&pointer, value);
                }
            }
            MockValue::Plain(value) => {
                let special = value.as_object().and_then(special_key);
                if let Some(key) = special {
                    let message = format!("`{key}` has other members beside it, or none of these");
                    let problem =
                        self.source
                            .error("unknown-key", &join(pointer, key), Part::Key, message);
                    self.problems.push(problem.help(
                        "write `{ $element: collection, key: … }`, `{ $choose: …, values: … }` or `{ $first: […] }`",
                    ));
                }
            }
        }
    }

    fn collection(&mut self, pointer: &str, name: &str) {
        if !self.file.collections.contains_key(name) {
            let known = self.file.collections.keys().map(String::as_str);
            self.unknown(pointer, Part::Value, "collection", name, known);
        }
    }

    fn unknown<'n>(
        &mut self,
        pointer: &str,
        part: Part,
        kind: &str,
        name: &str,
        known: impl Iterator<Item = &'n str>,
    ) {
        let message = format!("there is no {kind} `{name}`");
        let problem = self.source.error("unknown-name", pointer, part, message);
        self.problems.push(match (did_you_mean(name, known), kind) {
            (Some(near), _) => problem.help(format!("did you mean `{near}`?")),
            (None, "action") => problem.help("an action is written `Resource/Operation`"),
            (None, "collection") => problem.help("describe it under `collections`"),
            (None, _) => problem,
        });
    }

    fn error(&mut self, code: &'static str, pointer: &str, part: Part, message: String) {
        self.problems
            .push(self.source.error(code, pointer, part, message));
    }
}

/// A member that only a special form has.
fn special_key(members: &Map) -> Option<&str> {
    members
        .keys()
        .map(|key| &**key)
        .find(|key| key.starts_with('$'))
}
