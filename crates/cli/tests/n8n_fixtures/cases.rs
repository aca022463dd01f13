//! Makes of recorded workflows and of cases of the engine what `itemflow test` reads.

use serde_json::{Map, Value, json};

/// The node type by which recorded workflows are given items; only tests have it.
const TEST_DATA: &str = "n8n-nodes-testing.testData";

/// Failures that say that something outside of the workflow is missing, and what it is.
const NEEDS: &[(&str, &str)] = &[
    ("nodes may not use files here", "it needs files on disk"),
    ("there is no credential named", "it needs a credential"),
    ("missing-credential", "it needs a credential"),
];

/// A recorded workflow, ready to be tested or not.
pub(crate) enum Case {
    Run(Value),
    Skip(&'static str),
}

/// A recorded workflow: pinned data is what its nodes gave.
pub(crate) fn recorded(file: &Value) -> Case {
    if !file["nodes"].is_array() {
        return Case::Skip("it is no workflow");
    }
    if file["pinData"].as_object().is_none_or(Map::is_empty) {
        return Case::Skip("it has no pinned data to compare with");
    }
    let mut workflow = file.clone();
    pin_test_data(&mut workflow);
    if let Some(input) = file["trigger"].get("input") {
        let list = match input {
            Value::Array(list) => list.clone(),
            one => vec![one.clone()],
        };
        workflow["test"] = json!({ "input": list });
    }
    Case::Run(workflow)
}

/// A case of the engine: the items of each run of some nodes.
pub(crate) fn engine(case: &Value, legacy: bool) -> Value {
    let mut workflow = case["input"]["workflowData"].clone();
    // The two files hold one kind of case each; the workflows themselves do not say which order they mean.
    workflow["settings"] = json!({ "executionOrder": if legacy { "v0" } else { "v1" } });
    workflow["pinData"] = json!({});
    pin_test_data(&mut workflow);
    let mut expect = Map::new();
    let nodes = case["output"]["nodeData"].as_object();
    for (node, runs) in nodes.into_iter().flatten() {
        let runs: Vec<Vec<Value>> = runs.as_array().into_iter().flatten().map(outputs).collect();
        let known = runs.iter().map(Vec::len).min().unwrap_or(0);
        for output in 0..known {
            let lists: Vec<&Value> = runs.iter().map(|run| &run[output]).collect();
            expect.insert(format!("{node} [{output}]"), json!({ "runs": lists }));
        }
    }
    workflow["expect"] = expect.into();
    workflow
}

/// Why a case could not be run: something that it uses is not there, or a test must not reach it.
pub(crate) fn not_there(entry: &Value) -> Option<String> {
    let stand_ins = entry["standIns"].as_array().into_iter().flatten();
    let missing = stand_ins
        .filter_map(Value::as_str)
        .find(|name| *name != TEST_DATA);
    if let Some(name) = missing {
        return Some(format!("node type {name} is not supported yet"));
    }
    let problems = entry["problems"].as_array().into_iter().flatten();
    for problem in problems {
        let message = problem["message"].as_str().unwrap_or_default();
        if matches!(
            problem["code"].as_str(),
            Some("unknown-node-type" | "unknown-version")
        ) {
            return Some(message.to_owned());
        }
    }
    if entry["result"] == "passed" {
        return None;
    }
    if entry["error"]["name"] == "RequestRefused" {
        return Some("it sends requests to a service".into());
    }
    // These come as failures of nodes, of items or of the run, so they are looked for in all that is told.
    let told = entry.to_string();
    NEEDS
        .iter()
        .find(|(words, _)| told.contains(words))
        .map(|(_, why)| (*why).to_owned())
}

/// The items of each output of a run. Some cases list those of the first output alone; `null` is an output without data.
fn outputs(run: &Value) -> Vec<Value> {
    let list = run.as_array().cloned().unwrap_or_default();
    let by_output = list
        .first()
        .is_some_and(|first| first.is_array() || first.is_null());
    if !by_output {
        return vec![list.into()];
    }
    list.into_iter()
        .map(|items| if items.is_null() { json!([]) } else { items })
        .collect()
}

/// Nodes of the type that only tests have give their items as pinned data.
fn pin_test_data(workflow: &mut Value) {
    let nodes = workflow["nodes"].as_array().cloned().unwrap_or_default();
    for node in nodes.iter().filter(|node| node["type"] == TEST_DATA) {
        let Some(name) = node["name"].as_str() else {
            continue;
        };
        let items: Vec<Value> = match &node["parameters"]["data"] {
            Value::Array(list) => list.iter().map(|json| json!({ "json": json })).collect(),
            Value::Null => Vec::new(),
            one => vec![json!({ "json": one })],
        };
        workflow["pinData"][name] = items.into();
    }
}
