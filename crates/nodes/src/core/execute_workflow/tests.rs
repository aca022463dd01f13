//! What is asked for, and what becomes of the answers.

use itemflow_model::{
    Effect, EffectAnswer, ErrorInfo, Item, Items, Link, RunWorkflows, WorkflowSource,
};
use serde_json::{Value, json};

use crate::core::tests::{list, node_and_run, step_on};
use crate::node::{Node, Outcome, Step};
use crate::run::NodeRun;

fn inputs() -> Vec<Vec<itemflow_model::Value>> {
    vec![list(json!([{ "n": 1 }, { "n": 2 }]))]
}

fn asked(version: f64, parameters: Value) -> Result<RunWorkflows, String> {
    match step_on(
        "executeWorkflow",
        Some(version),
        &parameters.into(),
        &inputs(),
    ) {
        Step::Ask(Effect::RunWorkflows(calls)) => Ok(calls),
        Step::Done(Err(error)) => Err(error.message),
        _ => panic!("Execute Workflow asks or fails"),
    }
}

fn jsons(items: &Items) -> Vec<Value> {
    items.iter().map(|item| Value::from(&item.json)).collect()
}

#[test]
fn the_workflow_is_named_in_the_way_of_its_source() {
    let locator = json!({ "__rl": true, "mode": "list", "value": "abc" });
    for (version, parameters, expected) in [
        (
            1.0,
            json!({ "workflowId": "7" }),
            WorkflowSource::Id("7".into()),
        ),
        (
            1.1,
            json!({ "workflowId": locator }),
            WorkflowSource::Id("abc".into()),
        ),
        (
            1.0,
            json!({ "workflowId": 7 }),
            WorkflowSource::Id("7".into()),
        ),
        (
            1.2,
            json!({ "source": "parameter", "workflowJson": "{}" }),
            WorkflowSource::Text("{}".into()),
        ),
        (
            1.0,
            json!({ "source": "localFile", "workflowPath": "a.json" }),
            WorkflowSource::File("a.json".into()),
        ),
        (
            1.1,
            json!({ "source": "url", "workflowUrl": "=http://x/{{ 1 }}" }),
            WorkflowSource::Url("http://x/1".into()),
        ),
    ] {
        let calls = asked(version, parameters).unwrap();
        assert_eq!(calls.calls[0].workflow, expected);
        assert!(calls.wait && calls.stop_at_failure);
    }
    let empty = json!({ "workflowId": { "__rl": true, "mode": "id", "value": "" } });
    assert_eq!(
        asked(1.2, empty).unwrap_err(),
        "`workflowId` is empty: it says which workflow runs"
    );
}

#[test]
fn all_items_go_into_one_call_or_each_into_its_own() {
    let calls = asked(1.0, json!({ "workflowId": "7" })).unwrap().calls;
    assert_eq!(calls.len(), 1);
    assert_eq!(
        jsons(&calls[0].items),
        [json!({ "n": 1 }), json!({ "n": 2 })]
    );
    let calls = asked(
        1.0,
        json!({ "workflowId": "=w{{ $json.n }}", "mode": "each" }),
    )
    .unwrap()
    .calls;
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[1].workflow, WorkflowSource::Id("w2".into()));
    assert_eq!(jsons(&calls[1].items), [json!({ "n": 2 })]);
}

#[test]
fn inputs_are_mapped_from_version_1_2_on() {
    let parameters = json!({
        "workflowId": { "__rl": true, "value": "7" },
        "workflowInputs": {
            "mappingMode": "defineBelow",
            "value": { "double": "={{ $json.n * 2 }}", "text": "={{ $json.n }}" },
            "schema": [{ "id": "double", "type": "number" }, { "id": "text", "type": "string" }],
            "attemptToConvertTypes": true,
        },
    });
    let calls = asked(1.2, parameters.clone()).unwrap().calls;
    assert_eq!(
        jsons(&calls[0].items)[1],
        json!({ "double": 4, "text": "2" })
    );
    let calls = asked(1.1, parameters.clone()).unwrap().calls;
    assert_eq!(jsons(&calls[0].items)[1], json!({ "n": 2 }));
    let mut strict = parameters;
    strict["workflowInputs"]["attemptToConvertTypes"] = json!(false);
    assert_eq!(
        asked(1.2, strict).unwrap_err(),
        "`text` must be a string, not 1"
    );
}

fn resumed(
    parameters: Value,
    continue_on_fail: bool,
    results: Vec<Result<Vec<Option<Items>>, ErrorInfo>>,
) -> Result<Outcome, ErrorInfo> {
    let (node, mut run): (Box<dyn Node>, NodeRun) =
        node_and_run("executeWorkflow", Some(1.2), &parameters.into(), &inputs());
    if continue_on_fail {
        let mut facts = (*run.node).clone();
        facts.continue_on_fail = true;
        run.node = facts.into();
    }
    match node.resume(&run, &EffectAnswer::Workflows(results)) {
        Step::Done(result) => result,
        _ => panic!("the node ends with the answer"),
    }
}

fn result(list: &Value) -> Result<Vec<Option<Items>>, ErrorInfo> {
    let items = list.as_array().unwrap().iter().cloned().map(Item::new);
    Ok(vec![Some(items.collect::<Items>())])
}

#[test]
fn results_are_linked_to_the_items_they_come_from() {
    let once = json!({ "workflowId": "7" });
    let by_count = resumed(
        once.clone(),
        false,
        vec![result(&json!([{ "a": 1 }, { "a": 2 }]))],
    )
    .unwrap();
    assert_eq!(by_count.outputs[0].as_ref().unwrap().link(1), Link::to(1));
    let to_all = resumed(once.clone(), false, vec![result(&json!([{ "a": 1 }]))]).unwrap();
    assert_eq!(to_all.outputs[0].as_ref().unwrap().link(0).refs().len(), 2);
    let told = vec![Some(
        [(Item::new(json!({ "a": 1 })), Link::to(1))]
            .into_iter()
            .collect::<Items>(),
    )];
    let kept = resumed(once, false, vec![Ok(told)]).unwrap();
    assert_eq!(kept.outputs[0].as_ref().unwrap().link(0), Link::to(1));
    let each = json!({ "workflowId": "7", "mode": "each" });
    let results = vec![
        result(&json!([{ "a": 1 }, { "a": 2 }])),
        result(&json!([{ "a": 3 }])),
    ];
    let gathered = resumed(each, false, results).unwrap();
    let items = gathered.outputs[0].clone().unwrap();
    assert_eq!(items.len(), 3);
    assert_eq!((items.link(1), items.link(2)), (Link::to(0), Link::to(1)));
}

#[test]
fn a_failure_of_the_other_workflow_is_one_of_this_node() {
    let failure = || {
        let inner = ErrorInfo {
            node: Some("Deep".into()),
            ..ErrorInfo::operation("no luck")
        };
        Err(inner)
    };
    let each = json!({ "workflowId": "7", "mode": "each" });
    let error = resumed(each.clone(), false, vec![result(&json!([])), failure()]).unwrap_err();
    assert_eq!((&*error.message, error.item_index), ("no luck", Some(1)));
    assert_eq!(error.node.as_deref(), Some("Test"));
    assert!(
        error
            .description
            .unwrap()
            .contains("node \"Deep\" of the other workflow")
    );
    let outcome = resumed(each, true, vec![failure(), result(&json!([{ "a": 2 }]))]).unwrap();
    assert_eq!(
        jsons(outcome.outputs[0].as_ref().unwrap())[0],
        json!({ "error": "no luck" })
    );
}

#[test]
fn who_does_not_wait_passes_its_items_on() {
    let parameters = json!({ "workflowId": "7", "options": { "waitForSubWorkflow": false } });
    let outcome = resumed(parameters, false, Vec::new()).unwrap();
    assert_eq!(
        jsons(outcome.outputs[0].as_ref().unwrap()),
        [json!({ "n": 1 }), json!({ "n": 2 })]
    );
}
