//! How tests went: for people, and as JSON for machines.

use itemflow_model::{Map, Value};

use super::{Check, Difference, Tested, Verdict};
use crate::report::{excerpt, printable};
use itemflow_model::yaml;

/// Differences of one expectation that are shown to people.
const MAX_SHOWN: usize = 10;
/// Characters of a value that are shown to people.
const MAX_VALUE: usize = 200;
/// Of two long texts, how much that is equal is shown before the first difference.
const CONTEXT: usize = 30;

/// The lines about one file.
pub(crate) fn text(tested: &Tested) -> String {
    let file = tested.path.display();
    let mut lines = vec![printable(&match tested.verdict() {
        Verdict::Passed => format!("✓ {file}: {}", tested.name),
        Verdict::WithoutExpectations => format!("- {file}: no expectations"),
        Verdict::Failed if tested.name.is_empty() => format!("✗ {file}"),
        Verdict::Failed => format!("✗ {file}: {}", tested.name),
    })];
    for check in &tested.checks {
        check_lines(check, &mut lines);
    }
    if let Some(failure) = &tested.failure {
        lines.push(format!(
            "  the run failed: {}",
            printable(&failure.summary())
        ));
        if let Some(help) = &failure.description {
            lines.push(format!("    help: {}", printable(help)));
        }
    }
    lines.join("\n")
}

/// The results of all files as an array.
pub(crate) fn json(all: &[Tested]) -> Value {
    Value::from(all.iter().map(file_json).collect::<Vec<Value>>())
}

/// The lines about one expectation that is not met.
pub(super) fn check_text(check: &Check) -> String {
    let mut lines = Vec::new();
    check_lines(check, &mut lines);
    lines.join("\n")
}

fn check_lines(check: &Check, lines: &mut Vec<String>) {
    if check.differences.is_empty() {
        return;
    }
    lines.push(format!("  {}", printable(&check.title)));
    for difference in check.differences.iter().take(MAX_SHOWN) {
        lines.push(format!("    {}", printable(&place(difference))));
        if difference.expected.is_none() && difference.actual.is_none() {
            continue;
        }
        let (expected, actual) = sides(difference);
        lines.push(format!("      expected {expected}"));
        lines.push(format!("      got      {actual}"));
    }
    let more = check.differences.len().saturating_sub(MAX_SHOWN);
    if more > 0 {
        lines.push(format!("    … and {more} more"));
    }
}

/// Where the difference is: `run 1, item 0, a.b`.
fn place(difference: &Difference) -> String {
    let run = difference.run.map(|run| format!("run {run}"));
    let item = difference.item.map(|item| format!("item {item}"));
    let path = Some(difference.path.clone()).filter(|path| !path.is_empty());
    let parts = [run, item, path, difference.note.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Both values for people. Of two long texts the part around the first difference is shown.
fn sides(difference: &Difference) -> (String, String) {
    if let (Some(Value::String(expected)), Some(Value::String(actual))) =
        (&difference.expected, &difference.actual)
    {
        let equal = expected
            .chars()
            .zip(actual.chars())
            .take_while(|(a, b)| a == b)
            .count();
        if equal > 2 * CONTEXT {
            let from = |text: &str| {
                let rest: String = text.chars().skip(equal - CONTEXT).collect();
                format!("…{}", shown(&Value::from(rest)))
            };
            return (from(expected), from(actual));
        }
    }
    let side = |value: &Option<Value>| value.as_ref().map_or_else(|| "nothing".into(), shown);
    (side(&difference.expected), side(&difference.actual))
}

fn shown(value: &Value) -> String {
    let text = match value {
        Value::Object(_) | Value::Array(_) => yaml::flow(value),
        other => Value::from(vec![other.clone()])
            .to_string()
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned(),
    };
    excerpt(&printable(&text), MAX_VALUE)
}

fn file_json(tested: &Tested) -> Value {
    let result = match tested.verdict() {
        Verdict::Passed => "passed",
        Verdict::Failed => "failed",
        Verdict::WithoutExpectations => "withoutExpectations",
    };
    let mut map = object([
        ("file", tested.path.display().to_string().into()),
        ("name", tested.name.as_str().into()),
        ("result", result.into()),
        (
            "checks",
            Value::from(tested.checks.iter().map(check_json).collect::<Vec<_>>()),
        ),
        (
            "elapsedMs",
            Value::from(u64::try_from(tested.elapsed.as_millis()).unwrap_or(u64::MAX)),
        ),
    ]);
    let mut add = |key: &str, value: Value| map.insert(key.into(), value);
    if let Some(status) = tested.status {
        add("status", status.as_str().into());
        let order = tested.order.iter().map(|name| Value::from(&**name));
        add("order", Value::from(order.collect::<Vec<_>>()));
    }
    if !tested.stand_ins.is_empty() {
        let types = tested.stand_ins.iter().map(|name| Value::from(&**name));
        add("standIns", Value::from(types.collect::<Vec<_>>()));
    }
    if let Some(failure) = &tested.failure {
        add("error", as_json(failure));
    }
    if !tested.problems.is_empty() {
        add("problems", as_json(&tested.problems));
    }
    Value::from(map)
}

fn check_json(check: &Check) -> Value {
    let differences: Vec<Value> = check.differences.iter().map(difference_json).collect();
    Value::from(object([
        ("node", check.title.as_str().into()),
        ("differences", Value::from(differences)),
    ]))
}

fn difference_json(difference: &Difference) -> Value {
    let mut map = Map::default();
    let index = |number: Option<usize>| number.map(|number| Value::from(number as u64));
    let path = Some(&difference.path).filter(|path| !path.is_empty());
    for (key, value) in [
        ("run", index(difference.run)),
        ("item", index(difference.item)),
        ("path", path.map(|path| path.as_str().into())),
        ("expected", difference.expected.clone()),
        ("actual", difference.actual.clone()),
        ("note", difference.note.as_deref().map(Value::from)),
    ] {
        if let Some(value) = value {
            map.insert(key.into(), value);
        }
    }
    Value::from(map)
}

fn object<const N: usize>(members: [(&str, Value); N]) -> Map {
    members
        .into_iter()
        .map(|(key, value)| (key.into(), value))
        .collect()
}

fn as_json(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_shown_where_they_differ() {
        let equal = "x".repeat(100);
        let difference = Difference {
            expected: Some(format!("{equal}a\nb").into()),
            actual: Some(format!("{equal}c").into()),
            ..Difference::default()
        };
        let kept = "x".repeat(CONTEXT);
        let (expected, actual) = sides(&difference);
        assert_eq!(expected, format!("…\"{kept}a\\nb\""));
        assert_eq!(actual, format!("…\"{kept}c\""));
    }

    #[test]
    fn values_are_shown_as_what_they_are() {
        for (value, text) in [
            (Value::from("1"), "\"1\""),
            (Value::from(1), "1"),
            (Value::Null, "null"),
            (Value::from([("a", "x y")]), "{ a: x y }"),
            (Value::from("\u{1b}[2J"), "\"\\u001b[2J\""),
        ] {
            assert_eq!(shown(&value), text);
        }
    }

    #[test]
    fn a_place_names_only_what_there_is_to_name() {
        let difference = Difference {
            run: Some(1),
            item: Some(0),
            path: "a.b".into(),
            ..Difference::default()
        };
        assert_eq!(place(&difference), "run 1, item 0, a.b");
        let note = Difference {
            note: Some("the node did not run".into()),
            ..Difference::default()
        };
        assert_eq!(place(&note), "the node did not run");
    }
}
