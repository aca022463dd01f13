//! What Remove Duplicates does beyond its examples.

use std::sync::Arc;

use itemflow_model::{Item, Items, Link, Node as WorkflowNode, Value};
use serde_json::{Value as Json, json};

use crate::core::tests::{host, list, outcome, outcome_on, run};
use crate::{Host, SeenInMemory};

fn distinct(version: f64, parameters: Json, items: &Json) -> Result<Json, String> {
    let outputs = run(
        "removeDuplicates",
        Some(version),
        &parameters.into(),
        &[list(items.clone())],
    )?;
    Ok(serde_json::to_value(&outputs[0]).unwrap())
}

#[test]
fn which_fields_make_items_equal() {
    let items = json!([
        { "a": 1, "b": { "c": [1, 2], "d": "x" } },
        { "a": 1, "b": { "c": [1, 3], "d": "x" } },
        { "a": 2, "b": { "c": [1, 2], "d": "x" } },
        { "a": 1, "b": { "c": [1, 2], "d": "x" } },
    ]);
    let rows =
        |rows: &[usize]| Json::from(rows.iter().map(|&i| items[i].clone()).collect::<Vec<_>>());
    for (parameters, expected) in [
        (json!({}), rows(&[0, 1, 2])),
        (
            json!({ "compare": "selectedFields", "fieldsToCompare": "a" }),
            rows(&[0, 2]),
        ),
        (
            json!({ "compare": "selectedFields", "fieldsToCompare": "a, b.c[1]" }),
            rows(&[0, 1, 2]),
        ),
        (
            json!({ "compare": "selectedFields", "fieldsToCompare": ["b.d"] }),
            rows(&[0]),
        ),
        (
            json!({ "compare": "selectedFields", "fieldsToCompare": "b" }),
            rows(&[0, 1]),
        ),
        (
            json!({ "compare": "allFieldsExcept", "fieldsToExclude": "b.c" }),
            rows(&[0, 2]),
        ),
        (
            json!({ "compare": "allFieldsExcept", "fieldsToExclude": "b.c[1]" }),
            rows(&[0, 2]),
        ),
        (
            json!({ "compare": "allFieldsExcept", "fieldsToExclude": "a,b.c" }),
            rows(&[0]),
        ),
        (
            json!({ "compare": "allFieldsExcept", "fieldsToExclude": "b", "options": { "disableDotNotation": true } }),
            rows(&[0, 2]),
        ),
    ] {
        for version in [1.0, 1.1, 2.0] {
            let actual = distinct(version, parameters.clone(), &items).unwrap();
            assert_eq!(actual, expected, "{version} {parameters}");
        }
    }
}

#[test]
fn a_dot_is_part_of_the_name_where_dots_do_not_lead_into_objects() {
    let parameters = json!({
        "compare": "selectedFields",
        "fieldsToCompare": "a.b",
        "options": { "disableDotNotation": true, "removeOtherFields": true },
    });
    let items = json!([{ "a.b": 1, "c": 1 }, { "a.b": 1, "c": 2 }, { "a.b": 2, "a": { "b": 1 } }]);
    assert_eq!(
        distinct(2.0, parameters, &items).unwrap(),
        json!([{ "a.b": 1 }, { "a.b": 2 }])
    );
}

#[test]
fn values_of_different_types_are_no_duplicates_and_an_error_where_they_meet() {
    let items = json!([{ "v": "1" }, { "v": 1 }]);
    for version in [1.0, 1.1, 2.0] {
        let error = distinct(version, json!({}), &items).unwrap_err();
        assert_eq!(
            error,
            "the field `v` is of type number here and of type string before: convert it to one type"
        );
    }
}

#[test]
fn null_is_an_object_in_version_1_and_goes_with_all_types_later() {
    let items = json!([{ "v": "a" }, { "v": null }, { "v": "a" }, { "v": null }]);
    assert_eq!(
        distinct(1.0, json!({}), &items).unwrap_err(),
        "the field `v` is of type object here and of type string before: convert it to one type"
    );
    for version in [1.1, 2.0] {
        let result = distinct(version, json!({}), &items).unwrap();
        assert_eq!(result, json!([{ "v": "a" }, { "v": null }]));
    }
}

#[test]
fn a_field_that_an_item_does_not_have_is_an_error() {
    for items in [
        json!([{ "v": 1, "w": 1 }, { "v": 1 }]),
        json!([{ "v": 1 }, { "v": 1, "w": 1 }]),
    ] {
        let error = distinct(2.0, json!({}), &items).unwrap_err();
        assert!(error.starts_with("this item has no field `w`"), "{error}");
    }
}

#[test]
fn items_without_fields_are_all_equal() {
    assert_eq!(
        distinct(2.0, json!({}), &json!([{}, {}])).unwrap(),
        json!([{}])
    );
}

/// n8n links them to the items that happen to have the same number.
#[test]
fn items_cut_to_the_compared_fields_stay_linked_to_their_own() {
    let parameters = json!({
        "compare": "selectedFields",
        "fieldsToCompare": "v",
        "options": { "removeOtherFields": true },
    });
    let inputs = [list(json!([{ "v": 1 }, { "v": 1 }, { "v": 2 }]))];
    let outcome = outcome("removeDuplicates", None, &parameters.into(), &inputs).unwrap();
    let items = outcome.outputs[0].clone().unwrap();
    assert_eq!(items.link(1), Link::to(2));
}

#[test]
fn what_cannot_be_compared_is_said_before_a_run() {
    for (parameters, message) in [
        (
            json!({ "compare": "selectedFields" }),
            "`fieldsToCompare` names no field",
        ),
        (
            json!({ "compare": "allFieldsExcept", "fieldsToExclude": " , " }),
            "`fieldsToExclude` names no field",
        ),
        (
            json!({ "operation": "removeItemsSeenInPreviousExecutions" }),
            "`dedupeValue` is missing",
        ),
        (
            json!({ "operation": "removeItemsSeenInPreviousExecutions", "logic": "removeItemsUpToStoredDate" }),
            "`dateDedupeValue` is missing",
        ),
    ] {
        assert_eq!(distinct(2.0, parameters, &json!([{}])), Err(message.into()));
    }
}

/// Executions of one workflow that share a memory.
struct Executions(Arc<SeenInMemory>);

impl Executions {
    fn new() -> Self {
        Self(Arc::default())
    }

    fn run(&self, node: &str, parameters: &Json, values: Json) -> Result<Json, String> {
        let items: Items = list(values)
            .into_iter()
            .map(|value| Item::new(Value::from([("v", value)])))
            .collect();
        let node = WorkflowNode {
            id: Some(node.into()),
            node_type: "removeDuplicates".into(),
            parameters: Value::from(parameters.clone()).as_object().unwrap().clone(),
            ..WorkflowNode::default()
        };
        let host = Host {
            seen: self.0.clone(),
            ..host()
        };
        let outcome = outcome_on(host, node, &[items])?;
        let items = outcome.outputs[0].clone().unwrap();
        let values = items.iter().map(|item| item.json.get("v").cloned());
        Ok(serde_json::to_value(values.collect::<Vec<_>>()).unwrap())
    }
}

fn by_value(options: &Json) -> Json {
    json!({
        "operation": "removeItemsSeenInPreviousExecutions",
        "dedupeValue": "={{ $json.v }}",
        "options": options,
    })
}

#[test]
fn a_value_is_new_in_one_execution_only() {
    let executions = Executions::new();
    let run = |values: Json| executions.run("a", &by_value(&json!({})), values).unwrap();
    assert_eq!(run(json!(["x", 1, "x"])), json!(["x", 1, "x"]));
    assert_eq!(run(json!(["1", "x", { "k": 1 }])), json!([{ "k": 1 }]));
    assert_eq!(run(json!([{ "k": 2 }, { "k": 1 }])), json!([{ "k": 2 }]));
}

#[test]
fn nodes_remember_for_themselves_or_together() {
    let executions = Executions::new();
    for (node, scope, expected) in [
        ("a", "node", json!(["x"])),
        ("b", "node", json!(["x"])),
        ("a", "node", json!([])),
        ("a", "workflow", json!(["x"])),
        ("b", "workflow", json!([])),
    ] {
        let parameters = by_value(&json!({ "scope": scope }));
        let actual = executions.run(node, &parameters, json!(["x"])).unwrap();
        assert_eq!(actual, expected, "{node} {scope}");
    }
    assert_eq!(
        executions.run("a", &by_value(&json!({ "scope": "all" })), json!([1])),
        Err("`scope` must be `node` or `workflow`, not `all`".into())
    );
}

#[test]
fn what_is_cleared_is_new_again() {
    let executions = Executions::new();
    let clear = |scope: &str| {
        let parameters = json!({
            "operation": "clearDeduplicationHistory",
            "options": { "scope": scope },
        });
        executions.run("a", &parameters, json!(["passes"])).unwrap()
    };
    let run = || {
        executions
            .run("a", &by_value(&json!({})), json!(["x"]))
            .unwrap()
    };
    assert_eq!(run(), json!(["x"]));
    clear("workflow");
    assert_eq!(run(), json!([]));
    assert_eq!(clear("node"), json!(["passes"]));
    assert_eq!(run(), json!(["x"]));
}

#[test]
fn a_full_history_is_an_error_and_remembers_nothing_more() {
    let executions = Executions::new();
    let run = |size: i64, values: Json| {
        executions.run("a", &by_value(&json!({ "historySize": size })), values)
    };
    assert_eq!(run(2, json!([1, 2])).unwrap(), json!([1, 2]));
    assert_eq!(
        run(2, json!([2, 3])),
        Err(
            "2 values are remembered, and with the new ones there would be more than the 2 that `historySize` allows: \
             raise it, or forget them with the operation `clearDeduplicationHistory`"
                .into()
        )
    );
    assert_eq!(run(2, json!([1])).unwrap(), json!([]));
    assert_eq!(run(3, json!([2, 3])).unwrap(), json!([3]));
}

#[test]
fn numbers_and_dates_are_new_above_the_largest_of_earlier_executions() {
    let parameters = |logic: &str, name: &str| {
        json!({
            "operation": "removeItemsSeenInPreviousExecutions",
            "logic": logic,
            name: "={{ $json.v }}",
        })
    };
    let executions = Executions::new();
    let keys = parameters(
        "removeItemsUpToStoredIncrementalKey",
        "incrementalDedupeValue",
    );
    let run = |values: Json| executions.run("a", &keys, values);
    assert_eq!(run(json!([7, "3", 7])).unwrap(), json!([7, "3", 7]));
    assert_eq!(run(json!([8, 7, "9", -1])).unwrap(), json!([8, "9"]));
    assert_eq!(run(json!([9])).unwrap(), json!([]));
    for (value, message) in [
        (
            json!("soon"),
            "`incrementalDedupeValue` must be a number, not \"soon\"",
        ),
        (
            json!(null),
            "`incrementalDedupeValue` must be a number, not null",
        ),
        (
            json!(""),
            "`incrementalDedupeValue` must be a number, not \"\"",
        ),
    ] {
        assert_eq!(run(json!([value])), Err(message.into()));
    }
    let dates = parameters("removeItemsUpToStoredDate", "dateDedupeValue");
    let run = |values: Json| executions.run("a", &dates, values);
    let first = json!(["2024-01-02", "2024-01-01T23:00:00Z"]);
    assert_eq!(run(first.clone()).unwrap(), first);
    assert_eq!(
        run(json!(["2024-01-02T00:00:00Z", "2024-01-02T01:00:00+00:30"])).unwrap(),
        json!(["2024-01-02T01:00:00+00:30"])
    );
    assert_eq!(
        run(json!(["soon"])),
        Err("`dateDedupeValue` must be a date, not \"soon\"".into())
    );
}
