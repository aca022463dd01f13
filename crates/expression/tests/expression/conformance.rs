//! Runs n8n's own expression cases, where they are at hand.
//!
//! They are not part of this repository. `ITEMFLOW_N8N_FIXTURES` names the folder of `expression_fixtures.json` and
//! `expression_extensions.json`, or one in it.

use std::path::Path;

use itemflow_expression::{Expression, Limits};
use itemflow_model::Value;
use jiff::tz::TimeZone;

use crate::scope::TestScope;

fn folder() -> Option<std::path::PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the cases lie outside the repository"
    )]
    let fixtures = std::env::var("ITEMFLOW_N8N_FIXTURES").ok()?;
    let named = Path::new(&fixtures);
    let has_cases = |folder: &&Path| folder.join("expression_fixtures.json").is_file();
    let folder = [Some(named), named.parent()]
        .into_iter()
        .flatten()
        .find(has_cases)?;
    Some(folder.to_owned())
}

fn read(name: &str) -> Option<Vec<Value>> {
    let Some(folder) = folder() else {
        println!("skipped: ITEMFLOW_N8N_FIXTURES leads to no cases of expressions");
        return None;
    };
    let Ok(text) = std::fs::read_to_string(folder.join(name)) else {
        println!("skipped: there is no {name} in {}", folder.display());
        return None;
    };
    let cases: Value = serde_json::from_str(&text).unwrap();
    Some(cases.as_array().unwrap().to_vec())
}

fn evaluate(expression: &str, json: Value, zone: &str) -> Result<Option<Value>, String> {
    let mut scope = TestScope::new(json);
    scope.zone = TimeZone::get(zone).unwrap();
    Expression::parse(expression)
        .map_err(|error| error.message)?
        .evaluate(&scope, &Limits::default())
        .map_err(|error| error.to_string())
}

#[test]
fn conformance_of_plain_expressions() {
    let Some(cases) = read("expression_fixtures.json") else {
        return;
    };
    let (mut passed, mut failed) = (0, Vec::new());
    for case in cases {
        let text = case.get("expression").and_then(Value::as_str).unwrap();
        for test in case.get("tests").and_then(Value::as_array).unwrap() {
            if test.get("type").and_then(Value::as_str) != Some("evaluation") {
                continue;
            }
            let json = test
                .get("input")
                .and_then(|input| input.index(0))
                .cloned()
                .unwrap_or_default();
            let result = evaluate(text, json, "Europe/Paris");
            let expected = test.get("output").cloned().unwrap_or_default();
            match result {
                Ok(value) if value.clone().unwrap_or_default() == expected => passed += 1,
                other => failed.push(format!("{text}: {other:?}, not {expected:?}")),
            }
        }
    }
    println!(
        "plain expressions: {passed} passed, {} failed",
        failed.len()
    );
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn conformance_of_extension_methods() {
    let Some(cases) = read("expression_extensions.json") else {
        return;
    };
    let (mut passed, mut unsupported, mut failed) = (0, 0, Vec::new());
    for case in &cases {
        let text = case.get("expression").and_then(Value::as_str).unwrap();
        let json = case.get("input").cloned().unwrap_or_default();
        // n8n's tests of these files run in this zone.
        let result = evaluate(text, json, "America/New_York");
        match judge(case, &result) {
            Some(true) => passed += 1,
            Some(false) => failed.push(format!(
                "{text}: {result:?}, not {:?}",
                case.get("expected")
            )),
            None => unsupported += 1,
        }
    }
    println!(
        "extension methods: {passed} passed, {} failed, {unsupported} unsupported",
        failed.len()
    );
    for failure in &failed {
        println!("  {failure}");
    }
    assert!(
        failed.is_empty(),
        "{} fail:\n{}",
        failed.len(),
        failed.join("\n")
    );
}

/// Whether the result is as the matcher says; `None` for a matcher that is not understood.
fn judge(case: &Value, result: &Result<Option<Value>, String>) -> Option<bool> {
    if case.get("thrown").and_then(Value::as_bool) == Some(true) {
        return Some(result.is_err());
    }
    let Ok(value) = result else {
        return Some(false);
    };
    let matcher = case.get("matcher").and_then(Value::as_str)?;
    let is_nan = |value: &Option<Value>| matches!(value, Some(Value::Number(number)) if number.as_f64().is_nan());
    Some(match (matcher, case.get("expected")) {
        ("toBeUndefined", _) => value.is_none(),
        ("toBeDefined", _) => value.is_some(),
        ("toBeNull", _) => value.as_ref().is_none_or(Value::is_null),
        ("toBeTruthy", _) => value.as_ref().is_some_and(truthy),
        ("toBeFalsy", _) => !value.as_ref().is_some_and(truthy),
        ("toBeCloseTo", Some(expected)) => match (value, expected) {
            (Some(Value::Number(a)), Value::Number(b)) => (a.as_f64() - b.as_f64()).abs() < 0.005,
            _ => false,
        },
        ("toContain" | "toContainEqual", Some(expected)) => match value {
            Some(Value::Array(list)) => list.iter().any(|element| matches(element, expected)),
            Some(Value::String(text)) => expected.as_str().is_some_and(|part| text.contains(part)),
            _ => false,
        },
        ("toHaveLength", Some(expected)) => match value {
            Some(Value::Array(list)) => expected.as_u64() == Some(list.len() as u64),
            Some(Value::String(text)) => expected.as_u64() == Some(text.chars().count() as u64),
            _ => false,
        },
        ("toMatchObject", Some(expected)) => {
            let (Some(Value::Object(map)), Value::Object(expected)) = (value, expected) else {
                return Some(false);
            };
            expected
                .iter()
                .all(|(key, wanted)| map.get(&**key).is_some_and(|value| matches(value, wanted)))
        }
        ("not.toEqual" | "not.toBe" | "not.toStrictEqual", Some(expected)) => {
            !value.as_ref().is_some_and(|value| matches(value, expected))
        }
        ("not.toThrow" | "not.toThrowError", _) => true,
        ("not.toBeUndefined", _) => value.is_some(),
        ("toBeNaN", _) => is_nan(value),
        ("toBeInstanceOf", _) => value.as_ref().is_some_and(|value| value.as_str().is_some()),
        ("toEqual" | "toBe" | "toStrictEqual", None) => value.is_none(),
        ("toEqual" | "toBe" | "toStrictEqual", Some(expected)) => match value {
            None => expected.is_null(),
            Some(value) => matches(value, expected),
        },
        _ => return None,
    })
}

fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != 0.0 && !number.as_f64().is_nan(),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

fn matches(value: &Value, expected: &Value) -> bool {
    if let Some(list) = expected.get("$arrayContaining").and_then(Value::as_array) {
        let elements = value.as_array().unwrap_or_default();
        return list
            .iter()
            .all(|wanted| elements.iter().any(|element| matches(element, wanted)));
    }
    if let Some(date) = expected.get("$date") {
        return value == date;
    }
    match (value, expected) {
        // JSON has no word for NaN.
        (Value::Number(number), Value::Null) => number.as_f64().is_nan(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| matches(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, value)| b.get(key).is_some_and(|other| matches(value, other)))
        }
        _ => value == expected,
    }
}
