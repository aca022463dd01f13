//! What Split Out does beyond its examples.

use itemflow_model::{Binary, Items, Link, Node as WorkflowNode, OnError};
use serde_json::Value as Json;

use super::*;
use crate::core::tests::{list, outcome, outcome_of, run};

fn split(parameters: Json, item: Json) -> Result<Json, String> {
    let outputs = run("splitOut", None, &parameters.into(), &[vec![item.into()]])?;
    Ok(serde_json::to_value(&outputs[0]).unwrap())
}

#[test]
fn every_kind_of_value_is_split() {
    for (value, expected) in [
        (json!({ "a": 1, "b": 2 }), json!([{ "v": 1 }, { "v": 2 }])),
        (json!(5), json!([{ "v": 5 }])),
        (json!(null), json!([{ "v": null }])),
        (json!([]), json!([])),
        (json!([["x", "y"]]), json!([{ "0": "x", "1": "y" }])),
        (json!([{}, null]), json!([{}, { "v": null }])),
    ] {
        let actual = split(json!({ "fieldToSplitOut": "v" }), json!({ "v": value }));
        assert_eq!(actual.unwrap(), expected);
    }
}

#[test]
fn selected_fields_keep_their_full_name() {
    let parameters = json!({
        "fieldToSplitOut": "data",
        "include": "selectedOtherFields",
        "fieldsToInclude": ["tag", "deep.er", "absent"],
    });
    assert_eq!(
        split(
            parameters,
            json!({ "data": { "x": { "id": 1 } }, "tag": "t", "deep": { "er": 2 }, "other": 3 })
        )
        .unwrap(),
        json!([{ "tag": "t", "deep.er": 2, "data": { "id": 1 } }])
    );
}

#[test]
fn a_missing_field_gives_no_items_and_a_hint() {
    let parameters = json!({ "fieldToSplitOut": "nope" }).into();
    let outcome = outcome("splitOut", None, &parameters, &[list(json!([{}, {}]))]).unwrap();
    assert!(outcome.outputs[0].as_ref().unwrap().is_empty());
    assert_eq!(outcome.hints, ["no input item has the field `nope`"]);
}

#[test]
fn items_link_to_the_item_they_were_in() {
    let parameters = json!({ "fieldToSplitOut": "v" }).into();
    let inputs = [list(json!([{ "v": [1, 2] }, { "v": [3] }]))];
    let outcome = outcome("splitOut", None, &parameters, &inputs).unwrap();
    let items = outcome.outputs[0].clone().unwrap();
    let links: Vec<Link> = (0..3).map(|i| items.link(i)).collect();
    assert_eq!(links, [Link::to(0), Link::to(0), Link::to(1)]);
}

#[test]
fn files_are_split_or_kept() {
    let files = Binaries::from_iter(["a", "b"].map(|name| (name.into(), Binary::default())));
    let item = Item {
        binary: Some(Arc::new(files)),
        ..Item::new(Value::from([("v", Value::from(vec![Value::from(1)]))]))
    };
    let names = |parameters: Json| -> Vec<Vec<String>> {
        let node = WorkflowNode {
            node_type: "splitOut".into(),
            parameters: Value::from(parameters).as_object().unwrap().clone(),
            ..WorkflowNode::default()
        };
        let outcome = outcome_of(node, &[Items::from(vec![item.clone()])]).unwrap();
        let items = outcome.outputs[0].clone().unwrap();
        items
            .iter()
            .map(|item| {
                let files = item.binary.iter().flat_map(|files| files.keys());
                files.map(ToString::to_string).collect()
            })
            .collect()
    };
    assert_eq!(
        names(json!({ "fieldToSplitOut": "$binary" })),
        [["a"], ["b"]]
    );
    assert_eq!(names(json!({ "fieldToSplitOut": "v" })), [[""; 0]]);
    assert_eq!(
        names(json!({ "fieldToSplitOut": "v", "options": { "includeBinary": true } })),
        [["a", "b"]]
    );
}

#[test]
fn a_failed_item_becomes_an_error_item_when_the_node_continues() {
    let parameters = json!({
        "fieldToSplitOut": "v",
        "options": { "destinationFieldName": "a, b" },
    });
    let message =
        "`destinationFieldName` names 2 fields and `fieldToSplitOut` 1: give one for each";
    assert_eq!(
        split(parameters.clone(), json!({ "v": [1] })),
        Err(message.into())
    );
    let node = WorkflowNode {
        node_type: "splitOut".into(),
        parameters: Value::from(parameters).as_object().unwrap().clone(),
        on_error: Some(OnError::ContinueRegularOutput),
        ..WorkflowNode::default()
    };
    let items = Items::from(vec![Item::new(Value::empty_object())]);
    let output = outcome_of(node, &[items]).unwrap().outputs[0]
        .clone()
        .unwrap();
    assert_eq!(
        output.get(0).unwrap().json,
        Value::from([("error", message)])
    );
    assert!(output.get(0).unwrap().error.is_some());
}
