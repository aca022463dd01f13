//! Runs workflows exported from n8n and compares every node's items with what n8n gave.
//!
//! The folder is named by `ITEMFLOW_N8N_FIXTURES`; beside it may lie `engine_*.json`, cases that also fix the order in
//! which nodes run. Without the variable nothing is run, and the test says so.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use itemflow_engine::{Config, Execution, Plan, Start, check};
use itemflow_model::definition::NodeDefinition;
use itemflow_model::{
    ErrorInfo, ExecutionEvent, ExecutionStatus, Item, Items, Problem, SourceText, Value, Workflow,
};
use itemflow_nodes::{
    Catalog, ExecutionFacts, Host, Node, NodeProblem, NodeRun, NodeType, Outcome, Parameters, Step,
};
use jiff::tz::TimeZone;

/// How one case went.
enum Verdict {
    Passed,
    /// It uses something that is not there yet.
    Skipped(String),
    Failed(String),
}

#[test]
fn n8n_fixtures() {
    let Some(folder) = std::env::var_os("ITEMFLOW_N8N_FIXTURES").map(PathBuf::from) else {
        println!("ITEMFLOW_N8N_FIXTURES is not set: no recorded n8n workflows were run");
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut report = String::new();
    let (mut passed, mut skipped, mut failed) = (0, 0, 0);
    let mut tell = |name: &str, verdict: Verdict| match verdict {
        Verdict::Passed => passed += 1,
        Verdict::Skipped(why) => {
            skipped += 1;
            writeln!(report, "skipped {name}: {why}").unwrap();
        }
        Verdict::Failed(why) => {
            failed += 1;
            writeln!(report, "FAILED {name}: {why}").unwrap();
        }
    };
    for file in json_files(&folder) {
        let value = read(&file);
        tell(
            &name_of(&file),
            runtime.block_on(exported_workflow(&file, &value)),
        );
    }
    for file in folder.parent().map(json_files).unwrap_or_default() {
        if !name_of(&file).starts_with("engine_") {
            continue;
        }
        for case in read(&file).as_array().unwrap_or_default() {
            let name = format!(
                "{}: {}",
                name_of(&file),
                case.get("description")
                    .and_then(Value::as_str)
                    .unwrap_or("")
            );
            tell(&name, runtime.block_on(engine_case(&file, case)));
        }
    }
    println!(
        "{report}n8n fixtures: {} run, {passed} passed, {failed} failed, {skipped} skipped",
        passed + failed
    );
    assert_eq!(failed, 0, "{report}");
    assert!(
        passed > 0,
        "a folder is named, but no case in it could be run"
    );
}

/// A workflow whose `pinData` is what each node gave.
async fn exported_workflow(file: &Path, value: &Value) -> Verdict {
    let mut workflow = value.clone();
    let expected = workflow
        .make_object()
        .shift_remove("pinData")
        .unwrap_or_default();
    let input = value
        .get("trigger")
        .and_then(|trigger| trigger.get("input"));
    let ran = match run(file, &workflow, input).await {
        Ok(ran) => ran,
        Err(verdict) => return verdict,
    };
    let expects_error = expected
        .as_object()
        .is_some_and(|nodes| nodes.values().any(says_error));
    let ended_well = matches!(
        ran.status,
        ExecutionStatus::Success | ExecutionStatus::Waiting
    );
    if !ended_well && !expects_error {
        return Verdict::Failed(format!(
            "ended as {}: {}",
            ran.status.as_str(),
            ran.error.map_or_else(String::new, |e| e.summary())
        ));
    }
    for (node, items) in expected.as_object().into_iter().flatten() {
        for (run, actual) in ran.outputs(node).iter().enumerate() {
            let actual: Vec<&Item> = actual
                .first()
                .and_then(Option::as_ref)
                .map(|items| items.iter().collect())
                .unwrap_or_default();
            if let Err(difference) = compare(&actual, items) {
                return Verdict::Failed(format!("node \"{node}\", run {run}: {difference}"));
            }
        }
        if ran.outputs(node).is_empty() && !items.as_array().unwrap_or_default().is_empty() {
            return Verdict::Failed(format!("node \"{node}\" did not run"));
        }
    }
    Verdict::Passed
}

/// A case that fixes the order of nodes and the items of each run.
async fn engine_case(file: &Path, case: &Value) -> Verdict {
    let workflow = case
        .get("input")
        .and_then(|input| input.get("workflowData"))
        .cloned()
        .unwrap_or_default();
    let mut workflow = workflow;
    // The two files hold one kind of case each; the workflows themselves do not say which order they mean.
    let order = if name_of(file).contains("legacy") {
        "v0"
    } else {
        "v1"
    };
    workflow
        .make_object()
        .insert("settings".into(), Value::from([("executionOrder", order)]));
    let ran = match run(file, &workflow, None).await {
        Ok(ran) => ran,
        Err(verdict) => return verdict,
    };
    if ran.status != ExecutionStatus::Success {
        return Verdict::Failed(format!(
            "ended as {}: {}",
            ran.status.as_str(),
            ran.error.map_or_else(String::new, |e| e.summary())
        ));
    }
    let output = case.get("output").cloned().unwrap_or_default();
    let expected: Vec<&str> = output
        .get("nodeExecutionOrder")
        .and_then(Value::as_array)
        .unwrap_or_default()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let actual: Vec<&str> = ran.order.iter().map(|name| &**name).collect();
    if expected != actual {
        return Verdict::Failed(format!("order: expected {expected:?}, got {actual:?}"));
    }
    for (node, runs) in output
        .get("nodeData")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        for (run, expected) in runs.as_array().unwrap_or_default().iter().enumerate() {
            let outputs = ran.outputs(node).get(run).cloned().unwrap_or_default();
            // Some cases list the items of each output, some those of the first output alone.
            let by_output = expected
                .index(0)
                .is_some_and(|first| first.as_array().is_some() || first.is_null());
            let expected: Vec<Value> = if by_output {
                expected.as_array().unwrap_or_default().to_vec()
            } else {
                vec![expected.clone()]
            };
            for (index, expected) in expected.iter().enumerate() {
                let items: Vec<&Item> = outputs
                    .get(index)
                    .and_then(Option::as_ref)
                    .map(|items| items.iter().collect())
                    .unwrap_or_default();
                if let Err(difference) = compare(&items, expected) {
                    return Verdict::Failed(format!(
                        "node \"{node}\", run {run}, output {index}: {difference}"
                    ));
                }
            }
        }
    }
    Verdict::Passed
}

/// What an execution gave.
struct Ran {
    status: ExecutionStatus,
    error: Option<ErrorInfo>,
    order: Vec<Arc<str>>,
    results: Vec<Arc<itemflow_model::NodeResult>>,
}

impl Ran {
    /// The outputs of each run of a node.
    fn outputs(&self, node: &str) -> Vec<Vec<Option<Items>>> {
        self.results
            .iter()
            .filter(|result| *result.run.node == *node)
            .map(|result| result.outputs.clone())
            .collect()
    }
}

async fn run(file: &Path, workflow: &Value, input: Option<&Value>) -> Result<Ran, Verdict> {
    let source = SourceText::new(name_of(file), workflow.to_string());
    let mut catalog = Catalog::default();
    catalog.add(Arc::new(TestData::new()));
    let (mut workflow, _) =
        Workflow::read(&source).map_err(|problems| Verdict::Failed(told(&problems)))?;
    let missing = workflow
        .nodes
        .iter()
        .find_map(|node| unsupported(&catalog, node));
    if let Some(missing) = missing {
        return Err(Verdict::Skipped(missing));
    }
    let items = input.map_or_else(Items::default, items_of);
    let start = Start {
        items,
        ..Start::default()
    };
    let checked = check(&mut workflow, &source, &catalog, &start);
    let plan = checked
        .plan
        .ok_or_else(|| Verdict::Failed(told(&checked.problems)))?;
    execute(plan, &workflow, &start).await
}

async fn execute(plan: Plan, workflow: &Workflow, start: &Start) -> Result<Ran, Verdict> {
    let zone = workflow
        .settings
        .timezone
        .as_deref()
        .unwrap_or("America/New_York");
    let host = Host::new(ExecutionFacts {
        id: "1".into(),
        manual: true,
        workflow: Value::from([("id", "1"), ("name", workflow.name.as_str())]),
        time_zone: TimeZone::get(zone).unwrap_or(TimeZone::UTC),
    });
    let mut execution = Execution::new(Arc::new(plan), Arc::new(host), Config::default(), start)
        .map_err(|error| Verdict::Failed(error.to_string()))?;
    let mut ran = Ran {
        status: ExecutionStatus::Unknown,
        error: None,
        order: Vec::new(),
        results: Vec::new(),
    };
    while let Some(event) = execution.next().await {
        match event {
            ExecutionEvent::NodeFinished(result) if result.is_recorded() => {
                ran.order.push(result.run.node.clone());
                ran.results.push(result);
            }
            ExecutionEvent::Finished { status, error, .. } => {
                (ran.status, ran.error) = (status, error)
            }
            _ => {}
        }
    }
    Ok(ran)
}

/// Why a node cannot be run yet, if it cannot.
fn unsupported(catalog: &Catalog, node: &itemflow_model::Node) -> Option<String> {
    let Some(found) = catalog.find(&node.node_type) else {
        return Some(format!("node type {} is not supported yet", node.node_type));
    };
    let version = node.type_version.unwrap_or_default();
    let known = version == 0.0
        || !found.strict_versions()
        || found.definition().versions.contains(&version);
    (!known).then(|| format!("{} has no version {version} yet", node.node_type))
}

fn items_of(value: &Value) -> Items {
    let list = value
        .as_array()
        .map_or_else(|| vec![value.clone()], <[Value]>::to_vec);
    list.iter()
        .map(|item| Item::new(item.get("json").unwrap_or(item).clone()))
        .collect()
}

/// Items are equal when their json is, members that are undefined left out; failed items when their messages are.
fn compare(actual: &[&Item], expected: &Value) -> Result<(), String> {
    let expected = expected.as_array().unwrap_or_default();
    if actual.len() != expected.len() {
        let shown: Vec<&Value> = actual.iter().map(|item| &item.json).collect();
        return Err(format!(
            "expected {} items, got {}: {shown:?}",
            expected.len(),
            actual.len()
        ));
    }
    for (i, (actual, expected)) in actual.iter().zip(expected).enumerate() {
        let json = expected.get("json").unwrap_or(expected);
        if message(expected.get("error")).is_some()
            && message(expected.get("error"))
                == actual.error.as_ref().map(|error| error.message.clone())
        {
            continue;
        }
        if *json != actual.json {
            return Err(format!("item {i}: expected {json}, got {}", actual.json));
        }
    }
    Ok(())
}

fn message(error: Option<&Value>) -> Option<String> {
    let error = error?;
    error
        .as_str()
        .or_else(|| error.get("message")?.as_str())
        .map(str::to_owned)
}

fn says_error(items: &Value) -> bool {
    items
        .as_array()
        .unwrap_or_default()
        .iter()
        .any(|item| message(item.get("error")).is_some())
}

fn told(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}

fn json_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .collect();
    files.sort();
    files
}

fn read(file: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

fn name_of(file: &Path) -> String {
    file.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// Gives one item for each entry of its parameter `data`, or the one item that it is: the input of many recorded workflows.
struct TestData {
    definition: NodeDefinition,
}

impl TestData {
    fn new() -> Self {
        Self {
            definition: NodeDefinition::new(
                "n8n-nodes-testing.testData",
                "Test Data",
                "Gives fixed items.",
            ),
        }
    }
}

impl NodeType for TestData {
    fn definition(&self) -> &NodeDefinition {
        &self.definition
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let items = match parameters.stored.get("data") {
            Some(Value::Array(list)) => list.iter().cloned().map(Item::new).collect(),
            Some(one) => vec![Item::new(one.clone())].into(),
            None => Items::default(),
        };
        Ok(Box::new(Emit(items)))
    }
}

struct Emit(Items);

impl Node for Emit {
    fn execute(&self, _: &NodeRun) -> Step {
        Step::Done(Ok(Outcome::of(self.0.clone())))
    }
}
