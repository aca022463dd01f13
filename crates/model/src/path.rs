//! `Path`: a place inside a value, written as n8n writes it: `a.b[0]["c.d"]` (lodash's path grammar).

use std::sync::Arc;

use crate::value::Value;

/// Arrays are never grown beyond this many elements by a path such as `a[999999999]`.
const MAX_INDEX: usize = 100_000;
/// A path of more parts would nest values deeper than they can safely be; such a text is one key.
const MAX_SEGMENTS: usize = 100;

/// A parsed path. Parse it once, use it for every item.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Path(Vec<Arc<str>>);

impl Path {
    /// Reads a path. Any text is one: what does not fit the grammar is taken literally.
    pub fn parse(text: &str) -> Self {
        let mut segments: Vec<Arc<str>> = Vec::new();
        let mut current = String::new();
        let mut pending = true;
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if let Some((segment, after)) = (c == '[').then(|| bracket(rest)).flatten() {
                if !current.is_empty() || (pending && !segments.is_empty()) {
                    segments.push(std::mem::take(&mut current).into());
                }
                segments.push(segment.into());
                pending = false;
                rest = after;
                continue;
            }
            if c == '.' {
                if pending || !current.is_empty() {
                    segments.push(std::mem::take(&mut current).into());
                }
                pending = true;
            } else {
                current.push(c);
                pending = true;
            }
            rest = &rest[c.len_utf8()..];
        }
        if pending {
            segments.push(current.into());
        }
        if segments.len() > MAX_SEGMENTS {
            return Self::literal(text);
        }
        Self(segments)
    }

    /// The path of exactly one key, dots and all.
    pub fn literal(key: &str) -> Self {
        Self(vec![key.into()])
    }

    /// The path through these keys, of which there must be one at least.
    pub fn through(segments: Vec<Arc<str>>) -> Self {
        assert!(!segments.is_empty(), "a path has at least one segment");
        Self(segments)
    }

    /// Its segments in order.
    pub fn segments(&self) -> &[Arc<str>] {
        &self.0
    }

    /// The last segment.
    pub fn last(&self) -> &Arc<str> {
        self.0.last().expect("a path has at least one segment")
    }

    /// The value there, if there is one. Array elements are named by their index.
    pub fn get<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        self.0.iter().try_fold(value, |at, segment| match at {
            Value::Object(map) => map.get(segment),
            Value::Array(list) => list.get(index(segment)?),
            _ => None,
        })
    }

    /// Puts a value there. Objects, and arrays for numeric segments, come into being on the way.
    pub fn set(&self, target: &mut Value, value: Value) {
        let mut at = target;
        for (i, segment) in self.0.iter().enumerate() {
            let slot = slot(at, segment);
            if i + 1 == self.0.len() {
                *slot = value;
                return;
            }
            if !matches!(slot, Value::Object(_) | Value::Array(_)) {
                *slot = if index(&self.0[i + 1]).is_some() {
                    Value::from(Vec::new())
                } else {
                    Value::empty_object()
                };
            }
            at = slot;
        }
    }

    /// Removes the value there and returns it.
    pub fn remove(&self, target: &mut Value) -> Option<Value> {
        self.get(target)?;
        let mut at = target;
        let (last, parents) = self.0.split_last()?;
        for segment in parents {
            at = slot(at, segment);
        }
        match at {
            Value::Object(map) => Arc::make_mut(map).shift_remove(last),
            Value::Array(list) => Some(std::mem::take(&mut Arc::make_mut(list)[index(last)?])),
            _ => None,
        }
    }
}

fn index(segment: &str) -> Option<usize> {
    let canonical = segment == "0" || !segment.starts_with('0');
    segment
        .parse()
        .ok()
        .filter(|index| canonical && *index <= MAX_INDEX)
}

fn slot<'a>(value: &'a mut Value, segment: &Arc<str>) -> &'a mut Value {
    let position = index(segment).filter(|_| matches!(value, Value::Array(_)));
    match (value, position) {
        (Value::Array(list), Some(position)) => {
            let list = Arc::make_mut(list);
            if position >= list.len() {
                list.resize(position + 1, Value::Null);
            }
            &mut list[position]
        }
        (value, _) => value.make_object().entry(segment.clone()).or_default(),
    }
}

/// The segment of a `[…]` at the start of `text` and what follows it.
fn bracket(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('[')?;
    let quote = inner.chars().next().filter(|c| matches!(c, '"' | '\''));
    if let Some(quote) = quote {
        let body = &inner[1..];
        let end = body.find([quote])?;
        let after = body[end + 1..].strip_prefix(']')?;
        return Some((body[..end].to_owned(), after));
    }
    let (segment, after) = inner.split_once(']')?;
    Some((segment.to_owned(), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(text: &str) -> Vec<String> {
        Path::parse(text)
            .0
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn reads_dots_brackets_and_quotes() {
        assert_eq!(segments("a.b[0].c"), ["a", "b", "0", "c"]);
        assert_eq!(segments("a[\"b.c\"]['d']"), ["a", "b.c", "d"]);
        assert_eq!(segments("[0].a"), ["0", "a"]);
        assert_eq!(segments("plain"), ["plain"]);
        assert_eq!(segments(""), [""]);
        assert_eq!(segments("a[b"), ["a[b"]);
    }

    #[test]
    fn sets_what_it_gets() {
        let mut value = Value::empty_object();
        Path::parse("a.b[1].c").set(&mut value, Value::from(5));
        assert_eq!(value.to_string(), r#"{"a":{"b":[null,{"c":5}]}}"#);
        assert_eq!(Path::parse("a.b[1].c").get(&value), Some(&Value::from(5)));
        assert_eq!(
            Path::parse("a.b").remove(&mut value).map(|v| v.kind()),
            Some("array")
        );
        assert_eq!(value.to_string(), r#"{"a":{}}"#);
    }

    #[test]
    fn a_path_of_very_many_parts_is_one_key() {
        let text = "a.".repeat(100_000);
        assert_eq!(segments(&text), [text.as_str()]);
    }

    #[test]
    fn a_huge_index_is_a_key_and_never_a_huge_array() {
        let mut value = Value::empty_object();
        Path::parse("a[4000000000]").set(&mut value, Value::from(1));
        assert_eq!(value.to_string(), r#"{"a":{"4000000000":1}}"#);
    }
}
