//! The key of an element that is about to be created.

use itemflow_model::definition::Location;
use itemflow_model::{Map, Value};

use crate::behaviour::{Collection, Effect};
use crate::route::Route;
use crate::state::State;
use crate::wire_values::text_of;

/// Digits at the end of an identifier that are counted up.
const COUNTED_DIGITS: usize = 12;

/// A key, as text and as the member has it.
#[derive(Debug, PartialEq)]
pub(crate) struct NewKey {
    pub(crate) text: String,
    pub(crate) value: Value,
}

/// The key that the request names; else that of the example, as long as the example's own element stands in its place
/// unchanged; else the next.
pub(crate) fn new_key(
    state: &State,
    effect: &Effect,
    collection: &Collection,
    route: &Route,
    scope: &[String],
    example: &Value,
    values: &Map,
) -> NewKey {
    if let Some(value) = named(collection, route, values) {
        return NewKey {
            text: text_of(value),
            value: value.clone(),
        };
    }
    let shown = collection.key.get(example);
    let shown_text = shown.map(text_of).unwrap_or_default();
    let stands = state.get(effect.collection, scope, &shown_text);
    if let (Some(value), true) = (shown, stands.is_some_and(|element| element.is_pristine)) {
        return NewKey {
            text: shown_text,
            value: value.clone(),
        };
    }
    let number = state.next_number(effect.collection, collection.counts_within.then_some(scope));
    match shown {
        Some(Value::String(text)) if text.parse::<u64>().is_err() => {
            let text = varied(text, |key| state.uses(effect.collection, key));
            NewKey {
                value: Value::from(text.as_str()),
                text,
            }
        }
        Some(Value::String(_)) => NewKey {
            text: number.to_string(),
            value: Value::from(number.to_string()),
        },
        _ => NewKey {
            text: number.to_string(),
            value: serde_json::from_str(&number.to_string()).unwrap_or_default(),
        },
    }
}

/// The value of a parameter that is named like the key and is not part of the path.
fn named<'v>(collection: &Collection, route: &Route, values: &'v Map) -> Option<&'v Value> {
    let mut parameters = route.action.parameters.iter();
    let parameter = parameters
        .find(|parameter| parameter.place != Location::Path && parameter.key == collection.key)?;
    values
        .get(parameter.name.as_str())
        .filter(|value| matches!(value, Value::Number(_) | Value::String(_)))
}

/// The first of the keys like this one that is free. Of an identifier that ends in digits, these are counted up.
fn varied(example: &str, is_used: impl Fn(&str) -> bool) -> String {
    let digits_from = example.len().saturating_sub(COUNTED_DIGITS);
    let is_identifier = example.len() == 36
        && example.is_char_boundary(digits_from)
        && example.matches('-').count() == 4;
    let like = |n: u64| {
        if is_identifier {
            format!("{}{n:012x}", &example[..digits_from])
        } else {
            format!("{example}-{n}")
        }
    };
    let mut n = 2;
    while is_used(&like(n)) {
        n += 1;
    }
    like(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_keys_are_varied_until_one_is_free() {
        assert_eq!(varied("visitor", |key| key == "visitor-2"), "visitor-3");
        assert_eq!(
            varied("0f2f7c7e-5a3c-4d0b-9a53-1f4b6f0e2c11", |_| false),
            "0f2f7c7e-5a3c-4d0b-9a53-000000000002"
        );
    }
}
