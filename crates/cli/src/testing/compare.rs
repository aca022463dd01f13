//! Finds the differences between expected and actual items. Numbers are compared by value, members in any order, lists in
//! theirs.

use itemflow_model::{Map, Value};

use super::Difference;
use super::actual::Actual;

/// Differences of one expectation beyond these are not looked for.
const MAX_DIFFERENCES: usize = 1_000;

/// How strictly items are compared.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rules {
    /// Members beside the expected ones are no difference.
    pub(super) subset: bool,
    /// `{ json: … }` is an item also with members beside `json` that an item does not have, as n8n reads pinned data,
    /// and files are not compared.
    pub(super) pinned: bool,
}

/// What is expected of one item.
struct Wanted<'a> {
    json: &'a Value,
    error: Option<&'a str>,
    binary: Option<&'a Value>,
}

/// Compares lists of items.
pub(super) fn items(expected: &[Value], actual: &[Actual], rules: Rules) -> Vec<Difference> {
    let mut found = Vec::new();
    for index in 0..expected.len().max(actual.len()) {
        let from = found.len();
        match (expected.get(index), actual.get(index)) {
            (Some(expected), Some(actual)) => item(expected, actual, rules, &mut found),
            (expected, actual) => found.push(Difference {
                expected: expected.map(|item| wanted(item, rules).json.clone()),
                actual: actual.map(|item| item.json.clone()),
                ..Difference::default()
            }),
        }
        for difference in &mut found[from..] {
            difference.item = Some(index);
        }
        if found.len() >= MAX_DIFFERENCES {
            break;
        }
    }
    found
}

/// The message of an error as a recorded item holds it: a text, or an object with `message`.
pub(super) fn message(error: Option<&Value>) -> Option<&str> {
    let error = error?;
    error.as_str().or_else(|| error.get("message")?.as_str())
}

fn item(expected: &Value, actual: &Actual, rules: Rules, found: &mut Vec<Difference>) {
    let wanted = wanted(expected, rules);
    match wanted.error {
        // An item that stands for a failure is known by its message.
        Some(message) if actual.error.as_deref() == Some(message) => {}
        _ => values("", wanted.json, &actual.json, rules.subset, found),
    }
    if let Some(binary) = wanted.binary {
        let none = Value::empty_object();
        let files = actual.binary.as_ref().unwrap_or(&none);
        values("binary", binary, files, true, found);
    }
}

/// `{ json, binary, error }`, or the json itself.
fn wanted(item: &Value, rules: Rules) -> Wanted<'_> {
    let is_item_member =
        |key: &str| matches!(key, "json" | "binary" | "error" | "pairedItem" | "index");
    let wrapped = item.as_object().is_some_and(|map| {
        map.contains_key("json") && (rules.pinned || map.keys().all(|key| is_item_member(key)))
    });
    let json = item.get("json").filter(|_| wrapped).unwrap_or(item);
    Wanted {
        json,
        error: message(item.get("error")).filter(|_| wrapped || rules.pinned),
        binary: item.get("binary").filter(|_| wrapped && !rules.pinned),
    }
}

fn values(path: &str, expected: &Value, actual: &Value, subset: bool, found: &mut Vec<Difference>) {
    if found.len() >= MAX_DIFFERENCES || expected == actual {
        return;
    }
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            members(path, expected, actual, subset, found);
        }
        (Value::Array(expected), Value::Array(actual)) => {
            for index in 0..expected.len().max(actual.len()) {
                let at = format!("{path}[{index}]");
                pair(&at, expected.get(index), actual.get(index), subset, found);
            }
        }
        _ => found.push(Difference {
            path: path.to_owned(),
            expected: Some(expected.clone()),
            actual: Some(actual.clone()),
            ..Difference::default()
        }),
    }
}

fn members(path: &str, expected: &Map, actual: &Map, subset: bool, found: &mut Vec<Difference>) {
    for (key, value) in expected {
        pair(
            &member(path, key),
            Some(value),
            actual.get(key),
            subset,
            found,
        );
    }
    if subset {
        return;
    }
    for (key, value) in actual
        .iter()
        .filter(|(key, _)| !expected.contains_key(*key))
    {
        pair(&member(path, key), None, Some(value), subset, found);
    }
}

fn pair(
    path: &str,
    expected: Option<&Value>,
    actual: Option<&Value>,
    subset: bool,
    found: &mut Vec<Difference>,
) {
    match (expected, actual) {
        (Some(expected), Some(actual)) => values(path, expected, actual, subset, found),
        (expected, actual) => found.push(Difference {
            path: path.to_owned(),
            expected: expected.cloned(),
            actual: actual.cloned(),
            ..Difference::default()
        }),
    }
}

/// The path of a member, as an expression would write it.
fn member(path: &str, key: &str) -> String {
    let is_name = key.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '$')
        && key
            .chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '$');
    match (is_name, path.is_empty()) {
        (true, true) => key.to_owned(),
        (true, false) => format!("{path}.{key}"),
        (false, _) => format!("{path}[{}]", Value::from(key)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn actual(json: serde_json::Value) -> Actual {
        Actual {
            json: json.into(),
            error: None,
            binary: None,
        }
    }

    fn found(expected: serde_json::Value, with: &Actual, rules: Rules) -> Vec<String> {
        let expected = [Value::from(expected)];
        let show = |value: &Option<Value>| value.as_ref().map_or("-".into(), Value::to_string);
        items(&expected, std::slice::from_ref(with), rules)
            .iter()
            .map(|d| format!("{} {} {}", d.path, show(&d.expected), show(&d.actual)))
            .collect()
    }

    #[test]
    fn numbers_are_equal_by_value_and_members_in_any_order() {
        let got = actual(json!({ "b": 2.0, "a": 1, "l": [1, 2] }));
        let expected = json!({ "a": 1.0, "l": [1, 2.0], "b": 2 });
        assert!(found(expected, &got, Rules::default()).is_empty());
        let other = json!({ "a": 1, "l": [2, 1], "b": 2 });
        assert_eq!(
            found(other, &got, Rules::default()),
            ["l[0] 2 1", "l[1] 1 2"]
        );
    }

    #[test]
    fn what_is_missing_and_what_is_too_much_are_differences() {
        let got = actual(json!({ "a": { "x y": 1 }, "more": null }));
        let expected = json!({ "a": { "z": null }, "l": [] });
        assert_eq!(
            found(expected, &got, Rules::default()),
            ["a.z null -", "a[\"x y\"] - 1", "l [] -", "more - null"]
        );
    }

    #[test]
    fn a_subset_leaves_other_members_alone_at_any_depth() {
        let rules = Rules {
            subset: true,
            ..Rules::default()
        };
        let got = actual(json!({ "a": [{ "b": 1, "c": 2 }], "d": 3 }));
        assert!(found(json!({ "a": [{ "b": 1 }] }), &got, rules).is_empty());
        assert_eq!(
            found(json!({ "a": [{ "b": 2 }] }), &got, rules),
            ["a[0].b 2 1"]
        );
        assert_eq!(
            found(json!({ "a": [] }), &got, rules),
            ["a[0] - {\"b\":1,\"c\":2}"]
        );
    }

    #[test]
    fn a_failed_item_is_known_by_its_message() {
        let failed = Actual {
            error: Some("boom".into()),
            ..actual(json!({ "error": "boom" }))
        };
        let pinned = Rules {
            pinned: true,
            ..Rules::default()
        };
        for expected in [
            json!({ "json": {}, "error": { "message": "boom", "level": "warning" } }),
            json!({ "json": {}, "error": "boom" }),
        ] {
            assert!(found(expected, &failed, pinned).is_empty());
        }
        let other = json!({ "json": { "error": "bang" }, "error": "bang" });
        assert_eq!(found(other, &failed, pinned), ["error \"bang\" \"boom\""]);
    }

    #[test]
    fn files_are_compared_by_what_is_said_of_them() {
        let got = Actual {
            binary: Some(json!({ "data": { "mimeType": "text/plain", "bytes": 5 } }).into()),
            ..actual(json!({}))
        };
        let expected = json!({ "json": {}, "binary": { "data": { "mimeType": "text/csv" } } });
        assert_eq!(
            found(expected.clone(), &got, Rules::default()),
            ["binary.data.mimeType \"text/csv\" \"text/plain\""]
        );
        let pinned = Rules {
            pinned: true,
            ..Rules::default()
        };
        assert!(
            found(expected, &got, pinned).is_empty(),
            "n8n pins no files"
        );
    }

    #[test]
    fn lists_of_items_are_compared_one_by_one() {
        let expected: Vec<Value> = vec![json!({ "n": 1 }).into(), json!({ "n": 2 }).into()];
        let differences = items(&expected, &[actual(json!({ "n": 1 }))], Rules::default());
        assert_eq!(differences.len(), 1);
        assert_eq!(
            (differences[0].item, &differences[0].actual),
            (Some(1), &None)
        );
    }
}
