//! What a double keeps: elements by collection, by what they are kept within, and by key.

use indexmap::IndexMap;
use itemflow_model::Value;

/// What a double keeps.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    collections: Vec<Kept>,
    bytes: usize,
    limits: Limits,
}

/// How much may be kept.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Limits {
    /// Elements of one collection.
    pub(crate) elements: usize,
    /// Bytes of all elements, as JSON.
    pub(crate) bytes: usize,
}

/// One collection.
#[derive(Clone, Debug, Default)]
struct Kept {
    /// By the keys of what they are kept within.
    shelves: IndexMap<Vec<String>, Shelf>,
    elements: usize,
    /// Highest number that a key has ever had.
    highest: u64,
    /// Whether a request has changed anything.
    is_touched: bool,
}

/// The elements that are kept within the same.
#[derive(Clone, Debug, Default)]
struct Shelf {
    elements: IndexMap<String, Element>,
    highest: u64,
}

/// One element.
#[derive(Clone, Debug)]
pub(crate) struct Element {
    /// Its members, also those that are never shown.
    pub(crate) value: Value,
    /// Whether it is as the examples show it.
    pub(crate) is_pristine: bool,
}

/// Why an element cannot be kept.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full {
    /// In plain words.
    pub(crate) reason: String,
}

impl State {
    /// A state of this many collections.
    pub(crate) fn new(collections: usize, limits: Limits) -> Self {
        Self {
            collections: vec![Kept::default(); collections],
            bytes: 0,
            limits,
        }
    }

    /// One element.
    pub(crate) fn get(&self, collection: usize, scope: &[String], key: &str) -> Option<&Element> {
        let shelf = self.collections[collection].shelves.get(scope)?;
        shelf.elements.get(key)
    }

    /// The elements of one place, the oldest first.
    pub(crate) fn list(
        &self,
        collection: usize,
        scope: &[String],
    ) -> impl DoubleEndedIterator<Item = (&str, &Element)> {
        let shelf = self.collections[collection].shelves.get(scope);
        shelf
            .into_iter()
            .flat_map(|shelf| &shelf.elements)
            .map(|(key, element)| (key.as_str(), element))
    }

    /// Whether a key is in use anywhere in a collection.
    pub(crate) fn uses(&self, collection: usize, key: &str) -> bool {
        let mut shelves = self.collections[collection].shelves.values();
        shelves.any(|shelf| shelf.elements.contains_key(key))
    }

    /// Whether a request has changed a collection.
    pub(crate) fn is_touched(&self, collection: usize) -> bool {
        self.collections[collection].is_touched
    }

    /// The number after the highest that a key has had, in one place or anywhere.
    pub(crate) fn next_number(&self, collection: usize, scope: Option<&[String]>) -> u64 {
        let kept = &self.collections[collection];
        let highest = match scope {
            Some(scope) => kept.shelves.get(scope).map_or(0, |shelf| shelf.highest),
            None => kept.highest,
        };
        highest.saturating_add(1)
    }

    /// Keeps an element that exists from the start. Of one that is there already, only missing members are added.
    pub(crate) fn seed(&mut self, collection: usize, scope: Vec<String>, key: &str, value: &Value) {
        let present = self.get(collection, &scope, key);
        let value = match present {
            Some(present) => completed(&present.value, value),
            None => value.clone(),
        };
        let element = Element {
            value,
            is_pristine: true,
        };
        self.insert(collection, scope, key, element);
    }

    /// Keeps an element that a request made or changed.
    ///
    /// # Errors
    /// There are too many elements, or they are too large.
    pub(crate) fn put(
        &mut self,
        collection: usize,
        scope: &[String],
        key: &str,
        value: Value,
    ) -> Result<(), Full> {
        let before = self.get(collection, scope, key);
        let freed = before.map_or(0, |element| size(&element.value));
        if before.is_none() && self.collections[collection].elements >= self.limits.elements {
            let reason = format!(
                "the double keeps {} elements of a kind at most",
                self.limits.elements
            );
            return Err(Full { reason });
        }
        if self.bytes - freed + size(&value) > self.limits.bytes {
            let reason = format!(
                "the double keeps {} bytes of elements at most",
                self.limits.bytes
            );
            return Err(Full { reason });
        }
        self.collections[collection].is_touched = true;
        let element = Element {
            value,
            is_pristine: false,
        };
        self.insert(collection, scope.to_vec(), key, element);
        Ok(())
    }

    /// Removes an element; whether it was there.
    pub(crate) fn remove(&mut self, collection: usize, scope: &[String], key: &str) -> bool {
        let kept = &mut self.collections[collection];
        let removed = kept
            .shelves
            .get_mut(scope)
            .and_then(|shelf| shelf.elements.shift_remove(key));
        let Some(element) = removed else {
            return false;
        };
        kept.elements -= 1;
        kept.is_touched = true;
        self.bytes -= size(&element.value);
        true
    }

    /// Removes everything of a collection that is kept within these keys, or deeper.
    pub(crate) fn remove_within(&mut self, collection: usize, scope: &[String]) {
        let kept = &mut self.collections[collection];
        let mut freed = 0;
        for (at, shelf) in &mut kept.shelves {
            if !at.starts_with(scope) || shelf.elements.is_empty() {
                continue;
            }
            kept.elements -= shelf.elements.len();
            kept.is_touched = true;
            let sizes = shelf.elements.values().map(|element| size(&element.value));
            freed += sizes.sum::<usize>();
            shelf.elements.clear();
        }
        self.bytes -= freed;
    }

    /// Puts the elements of one place in the order of these keys; others follow, by number.
    pub(crate) fn arrange(&mut self, collection: usize, order: &[(Vec<String>, String)]) {
        for (scope, shelf) in &mut self.collections[collection].shelves {
            let rank = |key: &String| {
                let found = order.iter().position(|(at, k)| at == scope && k == key);
                (
                    found.unwrap_or(usize::MAX),
                    key.parse::<u64>().unwrap_or(u64::MAX),
                )
            };
            shelf.elements.sort_by_cached_key(|key, _| rank(key));
        }
    }

    fn insert(&mut self, collection: usize, scope: Vec<String>, key: &str, element: Element) {
        let kept = &mut self.collections[collection];
        let shelf = kept.shelves.entry(scope).or_default();
        if let Ok(number) = key.parse::<u64>() {
            shelf.highest = shelf.highest.max(number);
            kept.highest = kept.highest.max(number);
        }
        self.bytes += size(&element.value);
        match shelf.elements.insert(key.to_owned(), element) {
            Some(before) => self.bytes -= size(&before.value),
            None => kept.elements += 1,
        }
    }
}

/// The value with the members that only the other has.
pub(crate) fn completed(value: &Value, other: &Value) -> Value {
    let (Some(_), Some(others)) = (value.as_object(), other.as_object()) else {
        return value.clone();
    };
    let mut value = value.clone();
    let members = value.make_object();
    for (name, other) in others {
        members.entry(name.clone()).or_insert_with(|| other.clone());
    }
    value
}

fn size(value: &Value) -> usize {
    value.to_string().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn state(elements: usize, bytes: usize) -> State {
        State::new(1, Limits { elements, bytes })
    }

    fn scope(key: &str) -> Vec<String> {
        vec![key.to_owned()]
    }

    #[test]
    fn numbers_go_on_after_the_highest_also_when_it_is_gone() {
        let mut state = state(9, 999);
        state.put(0, &scope("a"), "7", value("{}")).unwrap();
        state.put(0, &scope("b"), "3", value("{}")).unwrap();
        assert!(state.remove(0, &scope("a"), "7"));
        assert!(!state.remove(0, &scope("a"), "7"));
        assert_eq!(state.next_number(0, None), 8);
        assert_eq!(state.next_number(0, Some(&scope("b"))), 4);
        assert_eq!(state.next_number(0, Some(&scope("c"))), 1);
    }

    #[test]
    fn both_limits_hold_and_what_is_removed_frees_them() {
        let mut state = state(2, 30);
        let ten = value(r#"{"a":1234}"#);
        state.put(0, &[], "1", ten.clone()).unwrap();
        state.put(0, &[], "2", ten.clone()).unwrap();
        let full = state.put(0, &[], "3", ten.clone()).unwrap_err();
        assert_eq!(full.reason, "the double keeps 2 elements of a kind at most");
        let longer = value(r#"{"a":"12345678901234567890"}"#);
        let full = state.put(0, &[], "2", longer.clone()).unwrap_err();
        assert_eq!(full.reason, "the double keeps 30 bytes of elements at most");
        state.remove_within(0, &[]);
        assert_eq!(state.list(0, &[]).count(), 0);
        state.put(0, &[], "3", longer).unwrap();
    }

    #[test]
    fn seeds_complete_each_other() {
        let mut state = state(0, 0);
        state.seed(0, vec![], "1", &value(r#"{"a":1,"b":null}"#));
        state.seed(0, vec![], "1", &value(r#"{"a":2,"b":3,"c":4}"#));
        let element = state.get(0, &[], "1").unwrap();
        assert_eq!(element.value.to_string(), r#"{"a":1,"b":null,"c":4}"#);
        assert!(element.is_pristine && !state.is_touched(0));
    }
}
