//! Reads documents that others have written: large ones too, and members given twice are told instead of refused.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{Format, MAX_YAML_DEPTH, SourceText};
use crate::number::Number;
use crate::problem::Problem;
use crate::value::{Map, Value};
use crate::wording::join;

/// Repeated members beyond these are read but not told.
const MAX_REPEATS: usize = 1_000;

impl SourceText {
    /// Reads the whole text, and the JSON pointers of members that are given more than once; the last one of each counts.
    /// For documents that are not ours to mend: they may be far larger than a workflow or a definition.
    ///
    /// # Errors
    /// One problem, at the place where the text stops being YAML or JSON.
    pub fn tolerant_value(&self) -> Result<(Value, Vec<String>), Vec<Problem>> {
        let trace = Trace::default();
        let seed = Element { trace: &trace };
        let value = match self.format {
            Format::Json => {
                let mut reader = serde_json::Deserializer::from_str(&self.text);
                let value = seed.deserialize(&mut reader);
                value
                    .and_then(|value| reader.end().map(|()| value))
                    .map_err(|e| vec![self.json_error(&e)])?
            }
            Format::Yaml => serde_saphyr::with_deserializer_from_str_with_options(
                &self.text,
                yaml_options(),
                |reader| seed.deserialize(reader),
            )
            .map_err(|e| vec![self.yaml_error(&e)])?,
        };
        Ok((value, trace.repeats.into_inner()))
    }
}

/// As for our own files, but with room for what machines have written.
fn yaml_options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MAX_YAML_DEPTH,
            max_documents: 1,
            max_events: 20_000_000,
            max_nodes: 8_000_000,
            max_total_scalar_bytes: 256 << 20,
            max_total_comment_bytes: 64 << 20,
            max_aliases: 10_000,
            max_anchors: 10_000,
            max_merge_keys: 10_000,
            max_recorded_anchor_events: 200_000,
            max_recorded_anchor_bytes: 16 << 20,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 200_000,
            max_replay_stack_depth: 16,
        },
        duplicate_keys: serde_saphyr::DuplicateKeyPolicy::PassThrough,
        emit_comments: false,
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
    }
}

/// Where the reader stands, and what it has found twice.
#[derive(Default)]
struct Trace {
    path: RefCell<Vec<Step>>,
    repeats: RefCell<Vec<String>>,
}

enum Step {
    Key(Arc<str>),
    Index(usize),
}

impl Trace {
    fn enter(&self, step: Step) {
        self.path.borrow_mut().push(step);
    }

    fn leave(&self) {
        self.path.borrow_mut().pop();
    }

    fn repeat(&self, key: &str) {
        let mut repeats = self.repeats.borrow_mut();
        if repeats.len() >= MAX_REPEATS {
            return;
        }
        let path = self.path.borrow();
        let at = path.iter().fold(String::new(), |at, step| match step {
            Step::Key(key) => join(&at, key),
            Step::Index(index) => format!("{at}/{index}"),
        });
        repeats.push(join(&at, key));
    }
}

#[derive(Clone, Copy)]
struct Element<'t> {
    trace: &'t Trace,
}

impl<'de> DeserializeSeed<'de> for Element<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Element<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(Number::from(number)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        loop {
            self.trace.enter(Step::Index(list.len()));
            let element = seq.next_element_seed(self)?;
            self.trace.leave();
            match element {
                Some(element) => list.push(element),
                None => return Ok(Value::from(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::default();
        while let Some(key) = members.next_key_seed(Key)? {
            if map.contains_key(&key) {
                self.trace.repeat(&key);
            }
            self.trace.enter(Step::Key(key.clone()));
            let value = members.next_value_seed(self)?;
            self.trace.leave();
            map.insert(key, value);
        }
        Ok(Value::from(map))
    }
}

/// Reads a key straight into shared text.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Arc<str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Arc<str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Arc<str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_str<E>(self, key: &str) -> Result<Arc<str>, E> {
        Ok(key.into())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_given_twice_are_read_and_told() {
        let json = SourceText::new("a.json", r#"{"a":{"b/c":1,"b/c":2},"l":[{"x":1,"x":3}]}"#);
        let yaml = SourceText::new("a.yaml", "a: { b/c: 1, b/c: 2 }\nl:\n  - x: 1\n    x: 3\n");
        for source in [json, yaml] {
            let (value, repeats) = source.tolerant_value().unwrap();
            let expected = json!({ "a": { "b/c": 2 }, "l": [{ "x": 3 }] });
            assert_eq!(value, Value::from(expected));
            assert_eq!(repeats, ["/a/b~1c", "/l/0/x"]);
        }
    }

    #[test]
    fn what_our_own_files_may_hold_is_read_the_same() {
        let text = "a: yes\nb: [012, 1_000, 1.5, null, ~, true, 2026-01-31]\n200: { x: \"y\" }\nc: &c { d: 1 }\ne: *c\n";
        let source = SourceText::new("a.yaml", text);
        let (value, repeats) = source.tolerant_value().unwrap();
        assert_eq!(source.value(), Ok(value.clone()));
        assert!(repeats.is_empty());
        assert_eq!(
            value.get("200").and_then(|v| v.get("x")),
            Some(&Value::from("y"))
        );
    }

    #[test]
    fn hostile_depth_is_a_problem_here_too() {
        for (file, text) in [("a.json", "["), ("a.yaml", "- "), ("b.yaml", "{a: ")] {
            let source = SourceText::new(file, text.repeat(100_000));
            assert!(source.tolerant_value().is_err(), "{file}");
        }
        let tenfold = |from: char| vec![format!("*{from}"); 10].join(",");
        let mut bomb = String::from("a: &a [x]\n");
        for (from, to) in ('a'..='h').zip('b'..='i') {
            bomb.push_str(&format!("{to}: &{to} [{}]\n", tenfold(from)));
        }
        assert!(SourceText::new("a.yaml", bomb).tolerant_value().is_err());
    }
}
