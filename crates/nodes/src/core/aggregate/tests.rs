//! What Aggregate does beyond its examples.

use itemflow_model::{Binary, Node as WorkflowNode};
use serde_json::Value as Json;

use super::*;
use crate::core::tests::{list, outcome, outcome_of, run};

fn gathered(options: &Json, items: &Json) -> Json {
    let parameters = json!({
        "fieldsToAggregate": { "fieldToAggregate": [{ "fieldToAggregate": "v" }] },
        "options": options,
    });
    let outputs = run(
        "aggregate",
        None,
        &parameters.into(),
        &[list(items.clone())],
    )
    .unwrap();
    assert_eq!(outputs[0].len(), 1);
    serde_json::to_value(&outputs[0][0]).unwrap()
}

#[test]
fn nulls_are_dropped_unless_they_are_kept() {
    let items = json!([{ "v": 1 }, { "v": null }, {}, { "v": [2, null] }]);
    assert_eq!(gathered(&json!({}), &items), json!({ "v": [1, [2]] }));
    assert_eq!(
        gathered(&json!({ "mergeLists": true }), &items),
        json!({ "v": [1, 2] })
    );
    assert_eq!(
        gathered(&json!({ "keepMissing": true }), &items),
        json!({ "v": [1, null, null, [2, null]] })
    );
    assert_eq!(
        gathered(&json!({ "keepMissing": true, "mergeLists": true }), &items),
        json!({ "v": [1, null, null, 2, null] })
    );
}

#[test]
fn a_field_that_no_item_has_gives_an_empty_list_and_a_hint() {
    let parameters = json!({
        "fieldsToAggregate": { "fieldToAggregate": [{ "fieldToAggregate": "x" }] },
    });
    let outcome = outcome(
        "aggregate",
        None,
        &parameters.into(),
        &[list(json!([{}, {}]))],
    )
    .unwrap();
    let items = outcome.outputs[0].clone().unwrap();
    assert_eq!(items.get(0).unwrap().json.to_string(), r#"{"x":[]}"#);
    assert_eq!(items.link(0), Link::to(0).join(&Link::to(1)));
    assert_eq!(outcome.hints, ["no input item has the field `x`"]);
}

#[test]
fn two_fields_never_share_a_list() {
    let parameters = json!({ "fieldsToAggregate": { "fieldToAggregate": [
        { "fieldToAggregate": "a.x" }, { "fieldToAggregate": "b.x" },
    ] } });
    assert_eq!(
        run("aggregate", None, &parameters.into(), &[list(json!([{}]))]),
        Err("two fields go to `x`: rename one of them".into())
    );
}

#[test]
fn files_get_names_of_their_own() {
    let item = |bytes| Item {
        binary: Some(Arc::new(Binaries::from_iter([(
            "data".into(),
            Binary {
                bytes,
                ..Binary::default()
            },
        )]))),
        ..Item::new(Value::empty_object())
    };
    let names = |unique: bool| -> Vec<String> {
        let parameters: Value = json!({
            "aggregate": "aggregateAllItemData",
            "options": { "includeBinaries": true, "keepOnlyUnique": unique },
        })
        .into();
        let node = WorkflowNode {
            node_type: "aggregate".into(),
            parameters: parameters.as_object().unwrap().clone(),
            ..WorkflowNode::default()
        };
        let items = Items::from(vec![item(1), item(1), item(2)]);
        let output = outcome_of(node, &[items]).unwrap().outputs[0]
            .clone()
            .unwrap();
        let files = output.get(0).unwrap().binary.clone().unwrap();
        files.keys().map(ToString::to_string).collect()
    };
    assert_eq!(names(false), ["data", "data_1", "data_2"]);
    assert_eq!(names(true), ["data", "data_1"]);
}
