//! Every generation of parameters, by what comes out.

use itemflow_model::{Item, Items, Link, Node as WorkflowNode, OnError, Value};
use serde_json::json;

use crate::core::tests::{outcome_of, run};

/// The items that Set makes of one input item, or the error.
#[track_caller]
fn check(
    version: f64,
    parameters: serde_json::Value,
    input: serde_json::Value,
    expected: Result<serde_json::Value, &str>,
) {
    let actual = run(
        "n8n-nodes-base.set",
        Some(version),
        &parameters.into(),
        &[vec![input.into()]],
    );
    match expected {
        Ok(json) => assert_eq!(actual, Ok(vec![vec![json.into()]])),
        Err(message) => assert_eq!(actual, Err(message.to_owned())),
    }
}

#[test]
fn versions_1_and_2_keep_the_input_and_set_by_group() {
    let parameters = json!({ "values": {
        "string": [{ "name": "a.b", "value": "x" }, { "name": "text" }],
        "number": [{ "name": "n", "value": "12" }],
        "boolean": [{ "name": "flag", "value": "false" }]
    } });
    let input = json!({ "id": 1 });
    check(
        1.0,
        parameters.clone(),
        input.clone(),
        Ok(json!({ "id": 1, "flag": true, "n": "12", "a": { "b": "x" }, "text": "" })),
    );
    check(
        2.0,
        parameters,
        input,
        Ok(json!({ "id": 1, "flag": true, "n": 12, "a": { "b": "x" }, "text": "" })),
    );
}

#[test]
fn version_1_can_drop_the_input_and_take_names_as_they_are() {
    check(
        1.0,
        json!({
            "keepOnlySet": true,
            "values": { "string": [{ "name": "a.b", "value": "x" }] },
            "options": { "dotNotation": false }
        }),
        json!({ "id": 1 }),
        Ok(json!({ "a.b": "x" })),
    );
}

#[test]
fn version_1_without_items_makes_one() {
    let parameters = json!({ "values": { "number": [{ "name": "n", "value": 1 }] } });
    let actual = run("set", Some(1.0), &parameters.into(), &[vec![]]);
    assert_eq!(actual, Ok(vec![vec![json!({ "n": 1 }).into()]]));
}

#[test]
fn versions_3_to_3_2_keep_all_other_fields_by_default() {
    let parameters = json!({ "fields": { "values": [
        { "name": "s", "stringValue": "x" },
        { "name": "n", "type": "numberValue", "numberValue": "1.5" },
        { "name": "b", "type": "booleanValue" },
        { "name": "l", "type": "arrayValue", "arrayValue": "[1]" },
        { "name": "o", "type": "objectValue", "objectValue": "{ \"k\": 1 }" }
    ] } });
    check(
        3.2,
        parameters,
        json!({ "id": 1 }),
        Ok(json!({ "id": 1, "s": "x", "n": 1.5, "b": true, "l": [1], "o": { "k": 1 } })),
    );
    check(
        3.0,
        json!({ "include": "none", "fields": { "values": [{ "name": "s", "stringValue": 1 }] } }),
        json!({ "id": 1 }),
        Ok(json!({ "s": "1" })),
    );
}

#[test]
fn a_missing_string_differs_by_version() {
    let parameters = json!({
        "include": "none",
        "fields": { "values": [{ "name": "s", "stringValue": null }] }
    });
    check(
        3.0,
        parameters.clone(),
        json!({}),
        Ok(json!({ "s": "null" })),
    );
    check(
        3.1,
        parameters.clone(),
        json!({}),
        Err("there is no value, where a string is expected"),
    );
    check(3.2, parameters, json!({}), Ok(json!({ "s": null })));
}

#[test]
fn the_fields_of_another_generation_are_ignored() {
    check(
        3.4,
        json!({ "fields": { "values": [{ "name": "a", "stringValue": "x" }] } }),
        json!({ "id": 1 }),
        Ok(json!({})),
    );
}

#[test]
fn assignments_convert_or_fail() {
    let parameters = |ignore: bool| {
        json!({
            "assignments": { "assignments": [{ "name": "n", "type": "number", "value": "many" }] },
            "options": { "ignoreConversionErrors": ignore }
        })
    };
    check(3.4, parameters(true), json!({}), Ok(json!({ "n": "many" })));
    check(
        3.4,
        parameters(false),
        json!({}),
        Err("\"many\" cannot become a value of type number"),
    );
}

#[test]
fn other_fields_are_selected_or_left_out_by_path() {
    let parameters = |include: &str, dots: bool| {
        json!({
            "includeOtherFields": true, "include": include,
            "includeFields": "a.b, id, none", "excludeFields": "a.b",
            "options": { "dotNotation": dots }
        })
    };
    let input = json!({ "id": 1, "a": { "b": 2, "c": 3 }, "a.b": 4 });
    check(
        3.4,
        parameters("selected", true),
        input.clone(),
        Ok(json!({ "b": 2, "id": 1 })),
    );
    check(
        3.4,
        parameters("selected", false),
        input.clone(),
        Ok(json!({ "a.b": 4, "id": 1 })),
    );
    check(
        3.4,
        parameters("except", true),
        input.clone(),
        Ok(json!({ "id": 1, "a": { "c": 3 }, "a.b": 4 })),
    );
    check(
        3.4,
        parameters("except", false),
        input,
        Ok(json!({ "id": 1, "a": { "b": 2, "c": 3 } })),
    );
}

#[test]
fn raw_json_is_read_leniently_and_must_be_an_object() {
    check(
        3.4,
        json!({ "mode": "raw", "jsonOutput": "{ a: 1, 'b.c': 2, }" }),
        json!({ "id": 1 }),
        Ok(json!({ "a": 1, "b": { "c": 2 } })),
    );
    check(
        3.2,
        json!({ "mode": "raw", "jsonOutput": "{ \"a\": 1 }" }),
        json!({ "id": 1 }),
        Ok(json!({ "id": 1, "a": 1 })),
    );
    check(
        3.4,
        json!({ "mode": "raw", "jsonOutput": "[1]" }),
        json!({}),
        Err("`jsonOutput` must be a JSON object, but it is array"),
    );
}

#[test]
fn a_run_by_hand_can_duplicate_items() {
    let parameters = json!({
        "assignments": { "assignments": [{ "name": "n", "type": "number", "value": 1 }] },
        "duplicateItem": true, "duplicateCount": 2
    });
    let actual = run(
        "set",
        Some(3.4),
        &parameters.into(),
        &[vec![json!({}).into()]],
    );
    assert_eq!(actual.unwrap()[0].len(), 3);
}

#[test]
fn an_unknown_version_is_refused() {
    check(
        4.0,
        json!({}),
        json!({}),
        Err("`n8n-nodes-base.set` has no version 4"),
    );
}

#[test]
fn a_failed_item_becomes_an_error_item_when_the_node_continues() {
    let parameters = Value::from(
        json!({ "assignments": { "assignments": [{ "name": "n", "type": "number", "value": "many" }] } }),
    );
    let node = WorkflowNode {
        node_type: "set".into(),
        on_error: Some(OnError::ContinueRegularOutput),
        parameters: parameters.as_object().cloned().unwrap(),
        ..WorkflowNode::default()
    };
    let input: Items = vec![Item::new(Value::empty_object()); 2].into();
    let outcome = outcome_of(node, &[input]).unwrap();
    let items = outcome.outputs[0].as_ref().unwrap();
    let expected = json!({ "error": "\"many\" cannot become a value of type number" });
    assert_eq!(items.get(0).unwrap().json, expected.into());
    assert!(items.get(0).unwrap().error.is_some());
    assert_eq!(items.link(1), Link::to(1));
}

#[test]
fn values_and_names_may_be_expressions() {
    let assignments = |value: &str, kind: &str| {
        json!({ "assignments": { "assignments": [
            { "name": "={{ $json.name }}", "type": kind, "value": value }
        ] } })
    };
    let input = json!({ "name": "a.b", "list": [1], "five": "5" });
    for (value, kind, expected) in [
        ("={{ $json.list }}", "string", json!("[1]")),
        ("={{ $json.list }}", "array", json!([1])),
        ("={{ $json.five }}", "number", json!(5)),
        ("={{ $json.missing }}", "string", json!(null)),
        ("={{ $json }}", "object", input.clone()),
    ] {
        check(
            3.4,
            assignments(value, kind),
            input.clone(),
            Ok(json!({ "a": { "b": expected } })),
        );
    }
}

#[test]
fn a_missing_value_is_the_text_undefined_in_version_3() {
    let parameters = json!({
        "include": "none",
        "fields": { "values": [{ "name": "s", "stringValue": "={{ $json.missing }}" }] }
    });
    check(
        3.0,
        parameters.clone(),
        json!({}),
        Ok(json!({ "s": "undefined" })),
    );
    check(3.2, parameters, json!({}), Ok(json!({ "s": null })));
}

#[test]
fn versions_1_and_2_do_not_convert_what_an_expression_gives() {
    let parameters = json!({ "keepOnlySet": true, "values": {
        "string": [{ "name": "s", "value": "={{ $json.list }}" }],
        "number": [{ "name": "n", "value": "={{ $json.five }}" }]
    } });
    let input = json!({ "list": [1], "five": "5" });
    check(
        1.0,
        parameters.clone(),
        input.clone(),
        Ok(json!({ "n": "5", "s": [1] })),
    );
    check(2.0, parameters, input, Ok(json!({ "n": 5, "s": [1] })));
}

#[test]
fn expressions_in_raw_json_are_filled_in_as_text_or_json() {
    let raw = |text: &str| json!({ "mode": "raw", "jsonOutput": text });
    let input = json!({ "name": "he said \"hi\"\nand left", "list": [1, { "a": 2 }], "n": 1 });
    for (text, expected) in [
        ("={{ $json }}", input.clone()),
        ("= {{ { a: 1 } }} ", json!({ "a": 1 })),
        ("={{ '{a: 1}' }}", json!({ "a": 1 })),
        (
            "={ \"list\": {{ $json.list }}, \"n\": {{ $json.n }}, \"none\": {{ $json.missing }} }",
            json!({ "list": [1, { "a": 2 }], "n": 1, "none": null }),
        ),
        (
            "={ \"name\": \"{{ $json.name }}\" }",
            json!({ "name": "he said \"hi\"\nand left" }),
        ),
    ] {
        check(3.4, raw(text), input.clone(), Ok(expected));
    }
    check(
        3.4,
        raw("={{ $json.missing }}"),
        input,
        Err("`jsonOutput` must be a JSON object, but it is no valid JSON"),
    );
}

#[test]
fn an_object_field_of_version_3_is_text_with_expressions() {
    check(
        3.2,
        json!({ "include": "none", "fields": { "values": [{
            "name": "o", "type": "objectValue", "objectValue": "={ \"a\": {{ $json.list }} }"
        }] } }),
        json!({ "list": [1] }),
        Ok(json!({ "o": { "a": [1] } })),
    );
}
