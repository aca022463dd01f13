//! What Debug Helper does beyond its examples.

use std::collections::HashSet;

use itemflow_model::{Item, Link, Node as WorkflowNode, OnError, Value};
use serde_json::{Value as Json, json};

use crate::core::tests::{list, outcome, outcome_of, run};
use crate::node::Outcome;

fn made_up(parameters: &Json) -> Result<Vec<Json>, String> {
    let mut parameters = parameters.clone();
    parameters["category"] = "randomData".into();
    let outputs = run(
        "debugHelper",
        None,
        &parameters.into(),
        &[list(json!([{}]))],
    )?;
    Ok(outputs[0]
        .iter()
        .map(|value| serde_json::to_value(value).unwrap())
        .collect())
}

fn continuing(parameters: Json, items: Json) -> Outcome {
    let node = WorkflowNode {
        node_type: "debugHelper".into(),
        parameters: Value::from(parameters).as_object().unwrap().clone(),
        on_error: Some(OnError::ContinueRegularOutput),
        ..WorkflowNode::default()
    };
    outcome_of(node, &[list(items).into_iter().map(Item::new).collect()]).unwrap()
}

#[test]
fn it_fails_with_the_message_or_makes_an_error_of_each_item() {
    let inputs = [list(json!([{}]))];
    let failure = |parameters: Json| run("debugHelper", None, &parameters.into(), &inputs);
    assert_eq!(failure(json!({})), Err("Node has thrown an error".into()));
    assert_eq!(
        failure(json!({ "throwErrorMessage": "no" })),
        Err("no".into())
    );
    for kind in ["NodeApiError", "NodeOperationError", "Error"] {
        let parameters = json!({ "throwErrorType": kind, "throwErrorMessage": "={{ $json.m }}" });
        let items = continuing(parameters, json!([{ "m": "a" }, { "m": "b" }])).outputs[0]
            .clone()
            .unwrap();
        let error = items.get(1).unwrap().error.clone().unwrap();
        assert_eq!((&*error.name, &*error.message), (kind, "b"));
        assert_eq!(items.link(1), Link::to(1));
    }
}

#[test]
fn memory_is_left_alone() {
    for category in ["oom", "garbageCollect"] {
        let parameters = json!({ "category": category, "memorySizeValue": 1e12 }).into();
        let outcome = outcome("debugHelper", None, &parameters, &[list(json!([{}]))]).unwrap();
        assert!(outcome.outputs[0].as_ref().unwrap().is_empty());
        assert_eq!(outcome.hints.len(), 1);
    }
}

#[test]
fn each_kind_of_data_has_its_fields() {
    for (kind, fields) in [
        (
            "address",
            vec![
                "firstname",
                "lastname",
                "street",
                "city",
                "zip",
                "state",
                "country",
            ],
        ),
        ("latLong", vec!["location"]),
        (
            "creditCard",
            vec!["type", "number", "ccv", "exp", "holder_name"],
        ),
        ("email", vec!["email", "confirmed"]),
        ("ipv4", vec!["ip"]),
        ("ipv6", vec!["ipv6"]),
        ("macAddress", vec!["mac"]),
        ("nanoid", vec!["nanoId", "length"]),
        ("url", vec!["url"]),
        (
            "user",
            vec!["uid", "email", "firstname", "lastname", "password"],
        ),
        ("uuid", vec!["uuid"]),
        ("semver", vec!["version"]),
    ] {
        let items = made_up(&json!({ "randomDataType": kind, "randomDataSeed": "s" })).unwrap();
        assert_eq!(items.len(), 10, "{kind}");
        let different: HashSet<String> = items.iter().map(Json::to_string).collect();
        assert!(different.len() > 5, "{kind}: {different:?}");
        for item in items {
            let keys: Vec<&String> = item.as_object().unwrap().keys().collect();
            assert_eq!(keys, fields, "{kind}");
        }
    }
}

#[test]
fn what_is_made_up_has_the_right_form() {
    let first = |kind: &str, field: &str| {
        let item = &made_up(&json!({ "randomDataType": kind, "randomDataSeed": 5 })).unwrap()[0];
        item[field].as_str().unwrap().to_owned()
    };
    let card = first("creditCard", "number");
    let digits = card.chars().rev().map(|digit| digit.to_digit(10).unwrap());
    let luhn: u32 = digits
        .enumerate()
        .map(|(i, digit)| match (i % 2, digit * 2) {
            (1, doubled) => doubled / 10 + doubled % 10,
            _ => digit,
        })
        .sum();
    assert_eq!((card.len(), luhn % 10), (16, 0), "{card}");
    assert!(first("uuid", "uuid").parse::<uuid::Uuid>().is_ok());
    assert!(first("ipv4", "ip").parse::<std::net::Ipv4Addr>().is_ok());
    assert!(first("ipv6", "ipv6").parse::<std::net::Ipv6Addr>().is_ok());
    assert!(first("url", "url").parse::<url::Url>().is_ok());
    let id = made_up(&json!({ "randomDataType": "nanoid" })).unwrap()[0]["nanoId"].clone();
    assert_eq!(id.as_str().map(str::len), Some(16));
}

#[test]
fn a_seed_gives_the_same_series_for_every_item_and_every_run() {
    let one =
        |seed: &str| made_up(&json!({ "randomDataSeed": seed, "randomDataCount": 3 })).unwrap();
    assert_eq!(one("a"), one("a"));
    assert_ne!(one("a"), one("b"));
}

#[test]
fn all_can_be_put_into_one_item() {
    let items = made_up(&json!({ "randomDataSingleArray": true, "randomDataCount": 3 })).unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["generatedItems"].as_array().unwrap().len(), 3);
}

#[test]
fn too_much_is_refused() {
    for (parameters, message) in [
        (
            json!({ "randomDataCount": 1e15 }),
            "a run makes up at most 1000000 values: lower `randomDataCount`",
        ),
        (
            json!({ "randomDataType": "nanoid", "nanoidLength": 1e9 }),
            "`nanoidLength` must be from 0 to 1000",
        ),
        (
            json!({ "randomDataType": "nanoid", "nanoidAlphabet": "" }),
            "`nanoidAlphabet` has no characters",
        ),
        (
            json!({ "randomDataType": "dog" }),
            "there is no random data of type `dog`",
        ),
    ] {
        assert_eq!(made_up(&parameters), Err(message.into()));
    }
    assert_eq!(
        made_up(&json!({ "randomDataCount": -1 })).unwrap(),
        [json!(null); 0]
    );
}
