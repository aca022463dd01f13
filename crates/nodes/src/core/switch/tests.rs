//! Every version and mode, by the outputs that items reach.

use itemflow_model::{Item, Items, Link, Node as WorkflowNode, OnError, Value};
use serde_json::json;

use crate::core::tests::{outcome_of, run};

/// How many items reach each output when two go in, or the error.
fn counts(version: f64, parameters: serde_json::Value) -> Result<Vec<usize>, String> {
    let items = vec![json!({ "id": 1 }).into(), json!({ "id": 2 }).into()];
    let outputs = run("switch", Some(version), &parameters.into(), &[items])?;
    Ok(outputs.iter().map(Vec::len).collect())
}

fn rule(left: &str, right: &str) -> serde_json::Value {
    json!({ "conditions": { "combinator": "and", "conditions": [{
        "leftValue": left, "rightValue": right,
        "operator": { "type": "string", "operation": "equals" }
    }] } })
}

#[test]
fn the_first_rule_that_holds_wins_or_all_of_them() {
    let rules = json!({ "values": [rule("a", "b"), rule("a", "a"), rule("c", "c")] });
    assert_eq!(counts(3.2, json!({ "rules": rules })), Ok(vec![0, 2, 0]));
    assert_eq!(
        counts(
            3.2,
            json!({ "rules": rules, "options": { "allMatchingOutputs": true } })
        ),
        Ok(vec![0, 2, 2])
    );
}

#[test]
fn what_no_rule_wants_goes_to_the_fallback() {
    let with = |fallback: serde_json::Value| {
        counts(
            3.2,
            json!({
                "rules": { "values": [rule("a", "b"), rule("a", "c")] },
                "options": { "fallbackOutput": fallback }
            }),
        )
    };
    assert_eq!(with(json!("none")), Ok(vec![0, 0]));
    assert_eq!(with(json!("extra")), Ok(vec![0, 0, 2]));
    assert_eq!(with(json!(1)), Ok(vec![0, 2]));
    assert_eq!(
        with(json!(2)),
        Err("there is no output 2: the outputs are 0 to 1".into())
    );
}

#[test]
fn a_file_without_rules_has_one_that_always_holds() {
    assert_eq!(counts(3.0, json!({})), Ok(vec![2]));
    assert_eq!(counts(3.0, json!({ "rules": {} })), Ok(vec![0]));
}

#[test]
fn a_number_names_the_output() {
    let parameters = |output: i32| json!({ "mode": "expression", "output": output });
    assert_eq!(counts(1.0, parameters(3)), Ok(vec![0, 0, 0, 2]));
    assert_eq!(counts(3.4, parameters(1)), Ok(vec![0, 2, 0, 0]));
    assert!(counts(3.4, parameters(4)).is_err());
    assert!(counts(1.0, parameters(-1)).is_err());
    assert_eq!(
        counts(
            2.0,
            json!({ "mode": "expression", "output": "1", "outputsAmount": 2 })
        ),
        Ok(vec![0, 2])
    );
}

#[test]
fn version_1_rules_name_their_output() {
    let with = |value: i32, fallback: i32| {
        counts(
            1.0,
            json!({
                "value1": value, "fallbackOutput": fallback,
                "rules": { "rules": [
                    { "value2": 10 },
                    { "operation": "equal", "value2": 20, "output": 3 }
                ] }
            }),
        )
    };
    assert_eq!(with(5, -1), Ok(vec![2, 0, 0, 0]));
    assert_eq!(with(20, -1), Ok(vec![0, 0, 0, 2]));
    assert_eq!(with(30, -1), Ok(vec![0, 0, 0, 0]));
    assert_eq!(with(30, 2), Ok(vec![0, 0, 2, 0]));
}

#[test]
fn version_2_rules_lead_to_their_own_output() {
    let with = |value: &str| {
        counts(
            2.0,
            json!({
                "dataType": "string", "value1": value,
                "rules": { "rules": [{ "value2": "a" }, { "operation": "contains", "value2": "b" }] }
            }),
        )
    };
    assert_eq!(with("abc"), Ok(vec![0, 2]));
    assert_eq!(with("a"), Ok(vec![2, 0]));
    assert_eq!(with("c"), Ok(vec![0, 0]));
}

#[test]
fn a_failed_item_becomes_an_error_item_when_the_node_continues() {
    let parameters = Value::from(json!({ "mode": "expression", "output": 7 }));
    let node = WorkflowNode {
        node_type: "switch".into(),
        on_error: Some(OnError::ContinueRegularOutput),
        parameters: parameters.as_object().cloned().unwrap(),
        ..WorkflowNode::default()
    };
    let input: Items = vec![Item::new(Value::empty_object()); 2].into();
    let outcome = outcome_of(node, &[input]).unwrap();
    let items = outcome.outputs[0].as_ref().unwrap();
    assert_eq!(items.len(), 2);
    assert!(items.get(0).unwrap().error.is_some());
    assert_eq!(items.link(1), Link::to(1));
}
