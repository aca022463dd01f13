//! Runs every case of `tests/cases/*.yaml`.
//!
//! A file has the item's `json` and a list of `cases`: `e` is the parameter text; `is` the expected value, `text` its
//! text where JSON has no word for it (NaN, Infinity), `undefined: true`, or `error` with the kind of error.

use std::path::Path;

use itemflow_expression::{EvaluateError, Expression, Limits};
use itemflow_model::{Number, Value};

use crate::scope::TestScope;

#[test]
fn every_case_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut count = 0;
    let mut failures = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let document: Value = serde_saphyr::from_str(&text).unwrap();
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let scope = TestScope::new(
            document
                .get("json")
                .cloned()
                .unwrap_or(Value::empty_object()),
        );
        for case in document.get("cases").unwrap().as_array().unwrap() {
            count += 1;
            if let Err(problem) = check(case, &scope) {
                failures.push(format!("{name}: {problem}"));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {count} fail:\n{}",
        failures.len(),
        failures.join("\n")
    );
    assert!(count > 300, "only {count} cases were found");
}

fn check(case: &Value, scope: &TestScope) -> Result<(), String> {
    let text = case
        .get("e")
        .and_then(Value::as_str)
        .expect("a case has `e`");
    let (kind, value) = run(text, scope);
    let got = format!("{text} gave {kind} {value:?}");
    if let Some(error) = case.get("error").and_then(Value::as_str) {
        return if kind == error { Ok(()) } else { Err(got) };
    }
    if case.get("undefined").is_some() {
        return if kind == "value" && value.is_none() {
            Ok(())
        } else {
            Err(got)
        };
    }
    if let Some(expected) = case.get("text").and_then(Value::as_str) {
        let number = match &value {
            Some(Value::Number(number)) => Number::to_string(number),
            _ => String::new(),
        };
        return if number == expected { Ok(()) } else { Err(got) };
    }
    let expected = case
        .get("is")
        .unwrap_or_else(|| panic!("{text} expects nothing"));
    if kind == "value" && value.as_ref() == Some(expected) {
        Ok(())
    } else {
        Err(format!("{got}, not {expected:?}"))
    }
}

/// The kind of result, and the value or the error's text.
pub(crate) fn run(text: &str, scope: &TestScope) -> (&'static str, Option<Value>) {
    let expression = match Expression::parse(text) {
        Ok(expression) => expression,
        Err(error) => return ("syntax", Some(Value::from(error.message))),
    };
    match expression.evaluate(scope, &Limits::default()) {
        Ok(value) => ("value", value),
        Err(error) => {
            let kind = match &error {
                EvaluateError::Limit(_) => "limit",
                EvaluateError::Forbidden(_) => "forbidden",
                EvaluateError::Result(_) => "result",
                EvaluateError::Extension(_) => "extension",
                EvaluateError::Scope { .. } => "scope",
            };
            (kind, Some(Value::from(error.to_string())))
        }
    }
}
