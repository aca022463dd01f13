//! Conditions by what If decides: the current filter value and the comparisons of version 1.

use itemflow_model::{Item, Items, Node as WorkflowNode, OnError, Value};
use serde_json::json;

use crate::core::tests::{outcome_of, run};

/// Whether an item goes to the `true` output of If, or the error.
fn passes(version: f64, parameters: serde_json::Value) -> Result<bool, String> {
    let items = vec![json!({}).into()];
    let outputs = run("if", Some(version), &parameters.into(), &[items])?;
    Ok(!outputs[0].is_empty())
}

fn current(
    options: &serde_json::Value,
    left: &serde_json::Value,
    operator: &str,
    right: &serde_json::Value,
) -> Result<bool, String> {
    let (kind, operation) = operator.split_once(' ').unwrap();
    let right_type = match operation {
        "contains" | "notContains" if kind == "array" => json!("any"),
        _ if operation.starts_with("length") => json!("number"),
        _ => serde_json::Value::Null,
    };
    let mut condition = json!({
        "leftValue": left, "rightValue": right,
        "operator": { "type": kind, "operation": operation }
    });
    if !right_type.is_null() {
        condition["operator"]["rightType"] = right_type;
    }
    let filter = json!({ "options": options, "combinator": "and", "conditions": [condition] });
    passes(2.2, json!({ "conditions": filter }))
}

#[test]
fn every_operation_decides_as_it_should() {
    for (left, operator, right, expected) in [
        (json!("a"), "string exists", json!(""), true),
        (json!(null), "string exists", json!(""), false),
        (json!(null), "string notExists", json!(""), true),
        (json!(""), "string empty", json!(""), true),
        (json!(null), "string empty", json!(""), true),
        (json!("a"), "string notEmpty", json!(""), true),
        (json!("a"), "string equals", json!("a"), true),
        (json!("a"), "string equals", json!("A"), false),
        (json!("a"), "string notEquals", json!("A"), true),
        (json!("abc"), "string contains", json!("b"), true),
        (json!("abc"), "string notContains", json!("b"), false),
        (json!("abc"), "string startsWith", json!("a"), true),
        (json!("abc"), "string notStartsWith", json!("a"), false),
        (json!("abc"), "string endsWith", json!("c"), true),
        (json!("abc"), "string notEndsWith", json!("c"), false),
        (json!("abc"), "string regex", json!("/B/i"), true),
        (json!("abc"), "string notRegex", json!("^b"), true),
        (json!(1), "number equals", json!(1.0), true),
        (json!(1), "number notEquals", json!(2), true),
        (json!(2), "number gt", json!(1), true),
        (json!(2), "number lt", json!(1), false),
        (json!(2), "number gte", json!(2), true),
        (json!(2), "number lte", json!(1), false),
        (json!(null), "number gt", json!(-1), true),
        (json!(null), "number empty", json!(""), true),
        (json!(0), "number notEmpty", json!(""), true),
        (
            json!("2024-01-02"),
            "dateTime after",
            json!("2024-01-01"),
            true,
        ),
        (
            json!("2024-01-02"),
            "dateTime before",
            json!("2024-01-01"),
            false,
        ),
        (
            json!("2024-01-02"),
            "dateTime equals",
            json!("2024-01-02T00:00:00Z"),
            true,
        ),
        (
            json!("2024-01-02"),
            "dateTime notEquals",
            json!(null),
            false,
        ),
        (
            json!("2024-01-02"),
            "dateTime afterOrEquals",
            json!("2024-01-02"),
            true,
        ),
        (
            json!("2024-01-02"),
            "dateTime beforeOrEquals",
            json!("2024-01-01"),
            false,
        ),
        (json!(null), "dateTime empty", json!(""), true),
        (json!(true), "boolean true", json!(""), true),
        (json!(null), "boolean false", json!(""), true),
        (json!(true), "boolean equals", json!(false), false),
        (json!(true), "boolean notEquals", json!(false), true),
        (json!(false), "boolean notEmpty", json!(""), true),
        (json!([1, "a"]), "array contains", json!("a"), true),
        (json!([1, "a"]), "array notContains", json!(2), true),
        (json!([1, 2]), "array lengthEquals", json!(2), true),
        (json!([1, 2]), "array lengthNotEquals", json!(2), false),
        (json!([1, 2]), "array lengthGt", json!(1), true),
        (json!([1, 2]), "array lengthLt", json!(2), false),
        (json!([1, 2]), "array lengthGte", json!(3), false),
        (json!(null), "array lengthLte", json!(0), true),
        (json!([]), "array empty", json!(""), true),
        (json!({}), "object empty", json!(""), true),
        (json!({ "a": 1 }), "object notEmpty", json!(""), true),
        (json!(5), "any exists", json!(""), true),
        (json!("a"), "string sounds like", json!("a"), false),
    ] {
        let actual = current(&json!({ "version": 2 }), &left, operator, &right);
        assert_eq!(actual, Ok(expected), "{left} {operator} {right}");
    }
}

#[test]
fn case_is_ignored_where_that_is_asked_for() {
    let options = json!({ "caseSensitive": false });
    for (left, operator, right, expected) in [
        (json!("ABC"), "string equals", json!("abc"), true),
        (json!("ABC"), "string regex", json!("B"), false),
        (json!(["ABC"]), "array contains", json!("abc"), true),
    ] {
        let actual = current(&options, &left, operator, &right);
        assert_eq!(actual, Ok(expected), "{left} {operator} {right}");
    }
}

#[test]
fn strict_conditions_refuse_other_types_and_loose_ones_convert() {
    let strict = current(&json!({}), &json!("5"), "number equals", &json!(5));
    assert_eq!(
        strict,
        Err("the condition compares values of type number, but \"5\" is a string".into())
    );
    for (version, left, operator, right, expected) in [
        (1, json!("5"), "number equals", json!(5), true),
        (1, json!(5), "string equals", json!("5"), true),
        (1, json!("false"), "boolean true", json!(""), true),
        (2, json!("false"), "boolean true", json!(""), false),
        (2, json!("something"), "boolean true", json!(""), true),
        (3, json!(" "), "number empty", json!(""), true),
        (1, json!("[1]"), "array lengthEquals", json!("1"), true),
    ] {
        let options = json!({ "typeValidation": "loose", "version": version });
        let actual = current(&options, &left, operator, &right);
        assert_eq!(
            actual,
            Ok(expected),
            "version {version}: {left} {operator} {right}"
        );
    }
    let options = json!({ "typeValidation": "loose" });
    assert!(current(&options, &json!("five"), "number equals", &json!(5)).is_err());
}

#[test]
fn a_decided_filter_looks_no_further() {
    let filter = |combinator: &str| {
        json!({ "conditions": { "combinator": combinator, "conditions": [
            { "leftValue": "a", "rightValue": "a", "operator": { "type": "string", "operation": "equals" } },
            { "leftValue": "b", "rightValue": 1, "operator": { "type": "number", "operation": "equals" } }
        ] } })
    };
    assert_eq!(passes(2.2, filter("or")), Ok(true));
    assert!(passes(2.2, filter("and")).is_err());
    assert_eq!(passes(2.2, filter("xor")), Ok(false));
    assert_eq!(passes(2.2, json!({})), Ok(true));
}

#[test]
fn a_fixed_regular_expression_is_read_before_the_run() {
    let actual = current(&json!({}), &json!("a"), "string regex", &json!("(a"));
    assert_eq!(actual, Err("`(a` is not a regular expression".into()));
}

#[test]
fn version_1_compares_as_javascript_does() {
    for (group, left, operation, right, expected) in [
        ("boolean", json!(true), "equal", json!(true), true),
        ("boolean", json!("true"), "equal", json!(true), false),
        ("boolean", json!(true), "notEqual", json!(false), true),
        (
            "dateTime",
            json!("2024-01-02"),
            "after",
            json!("2024-01-01"),
            true,
        ),
        (
            "dateTime",
            json!("2024-01-02"),
            "before",
            json!(1_000),
            false,
        ),
        ("number", json!(1), "equal", json!("1"), false),
        ("number", json!(1), "smaller", json!(2), true),
        ("number", json!("10"), "smaller", json!("9"), true),
        ("number", json!("10"), "smaller", json!(9), false),
        ("number", json!(null), "smallerEqual", json!(0), true),
        ("number", json!(3), "larger", json!(2), true),
        ("number", json!(2), "largerEqual", json!(3), false),
        ("number", json!(0), "isEmpty", json!(0), false),
        ("string", json!(""), "isEmpty", json!(""), true),
        ("string", json!({}), "isEmpty", json!(""), true),
        ("string", json!("a"), "isNotEmpty", json!(""), true),
        ("string", json!("abc"), "contains", json!("b"), true),
        ("string", json!(123), "contains", json!(2), true),
        ("string", json!("abc"), "notContains", json!("b"), false),
        ("string", json!("abc"), "startsWith", json!("a"), true),
        ("string", json!("abc"), "notStartsWith", json!("a"), false),
        ("string", json!("abc"), "endsWith", json!("c"), true),
        ("string", json!("abc"), "notEndsWith", json!("c"), false),
        ("string", json!("abc"), "regex", json!("/B/i"), true),
        ("string", json!("abc"), "notRegex", json!("b"), false),
        ("string", json!("a"), "equal", json!("a"), true),
    ] {
        let condition = json!({ "value1": left, "operation": operation, "value2": right });
        let actual = passes(1.0, json!({ "conditions": { group: [condition] } }));
        assert_eq!(actual, Ok(expected), "{group}: {left} {operation} {right}");
    }
}

#[test]
fn version_1_joins_by_all_or_any_and_fills_in_what_a_file_omits() {
    let conditions = json!({
        "string": [{ "value1": "a", "value2": "b" }],
        "number": [{ "value1": -1 }]
    });
    assert_eq!(passes(1.0, json!({ "conditions": conditions })), Ok(false));
    assert_eq!(
        passes(
            1.0,
            json!({ "conditions": conditions, "combineOperation": "any" })
        ),
        Ok(true)
    );
    assert_eq!(passes(1.0, json!({})), Ok(true));
    assert_eq!(passes(1.0, json!({ "combineOperation": "any" })), Ok(false));
}

#[test]
fn version_1_fails_on_what_is_no_date_or_no_text() {
    let date =
        json!({ "conditions": { "dateTime": [{ "value1": "soon", "value2": "2024-01-01" }] } });
    assert_eq!(
        passes(1.0, date),
        Err("this string is not a valid date".into())
    );
    let number = json!({ "conditions": { "string": [{
        "value1": 1, "operation": "startsWith", "value2": "1"
    }] } });
    assert!(passes(1.0, number).is_err());
}

#[test]
fn an_item_that_cannot_be_tested_does_not_pass_when_the_node_continues() {
    let node = |version| {
        WorkflowNode {
        node_type: "if".into(),
        type_version: Some(version),
        on_error: Some(OnError::ContinueRegularOutput),
        parameters: Value::from(json!({ "conditions": {
            "string": [{ "value1": 1, "operation": "startsWith", "value2": "1" }],
            "conditions": [{
                "leftValue": "a", "rightValue": 1, "operator": { "type": "number", "operation": "equals" }
            }]
        } }))
        .as_object()
        .cloned()
        .unwrap(),
        ..WorkflowNode::default()
    }
    };
    let input: Items = vec![Item::new(Value::empty_object())].into();
    let outcome = outcome_of(node(2.2), std::slice::from_ref(&input)).unwrap();
    let outputs: Vec<usize> = outcome.outputs.iter().flatten().map(Items::len).collect();
    assert_eq!(outputs, [0, 1]);
    assert!(outcome_of(node(1.0), &[input]).is_err());
}

#[test]
fn conditions_are_asked_per_item() {
    let parameters = json!({ "conditions": {
        "options": { "caseSensitive": "={{ !$json.any_case }}" },
        "combinator": "or",
        "conditions": [
            {
                "leftValue": "={{ $json.name }}", "rightValue": "={{ $json.pattern }}",
                "operator": { "type": "string", "operation": "regex" }
            },
            {
                "leftValue": "={{ $json.name }}", "rightValue": "ada",
                "operator": { "type": "string", "operation": "equals" }
            }
        ]
    } });
    let items: Vec<Value> = [
        json!({ "id": 1, "name": "Ada", "pattern": "^A" }),
        json!({ "id": 2, "name": "Ada", "pattern": "^B" }),
        json!({ "id": 3, "name": "Ada", "pattern": "^B", "any_case": true }),
        json!({ "id": 4, "pattern": "^$" }),
    ]
    .map(Value::from)
    .to_vec();
    let outputs = run("if", Some(2.2), &parameters.into(), &[items]).unwrap();
    let ids = |items: &[Value]| -> Vec<Option<i64>> {
        items.iter().map(|item| item.get("id")?.as_i64()).collect()
    };
    assert_eq!(ids(&outputs[0]), [Some(1), Some(3), Some(4)]);
    assert_eq!(ids(&outputs[1]), [Some(2)]);
}

#[test]
fn a_regular_expression_of_an_item_may_be_bad() {
    let parameters = json!({ "conditions": { "combinator": "and", "conditions": [{
        "leftValue": "a", "rightValue": "={{ $json.pattern }}",
        "operator": { "type": "string", "operation": "regex" }
    }] } });
    let items = vec![json!({ "pattern": "(a" }).into()];
    let actual = run("if", Some(2.2), &parameters.into(), &[items]);
    assert_eq!(actual, Err("`(a` is not a regular expression".into()));
}
