//! Every example of every core node is run and must hold.

mod binaries;
mod linear;
mod stopwatch;

use std::sync::Arc;

use itemflow_declarative::NoObserver;
use itemflow_model::definition::NodeExample;
use itemflow_model::{Effect, EffectAnswer, ErrorInfo, Item, Items, Node as WorkflowNode, Value};
use itemflow_script::{Config, Program, Scripts};
use jiff::Timestamp;
use jiff::tz::TimeZone;

pub(crate) use self::binaries::MemoryBinaries;
use self::binaries::{files_shown, with_files};
use crate::{
    Catalog, Clock, ExecutionFacts, FolderLimits, FolderOnDisk, Host, NoHistory, Node, NodeRun,
    Outcome, Random, Step,
};

struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_700_000_000).unwrap()
    }
}

struct FixedRandom;

impl Random for FixedRandom {
    fn next(&self) -> f64 {
        0.5
    }
}

/// Runs a node once with inputs given as json.
pub(crate) fn run(
    type_name: &str,
    version: Option<f64>,
    parameters: &Value,
    inputs: &[Vec<Value>],
) -> Result<Vec<Vec<Value>>, String> {
    let outcome = outcome(type_name, version, parameters, inputs)?;
    Ok(outcome
        .outputs
        .into_iter()
        .map(|items| {
            items
                .unwrap_or_default()
                .iter()
                .map(|item| item.json.clone())
                .collect()
        })
        .collect())
}

/// Runs a node once and gives all that it yields, links included.
pub(crate) fn outcome(
    type_name: &str,
    version: Option<f64>,
    parameters: &Value,
    inputs: &[Vec<Value>],
) -> Result<Outcome, String> {
    let node = WorkflowNode {
        node_type: type_name.into(),
        type_version: version,
        parameters: parameters.as_object().cloned().unwrap_or_default(),
        ..WorkflowNode::default()
    };
    let inputs: Vec<Items> = inputs
        .iter()
        .map(|list| list.iter().cloned().map(Item::new).collect())
        .collect();
    outcome_of(node, &inputs)
}

/// Runs a node of a workflow once with these items.
pub(crate) fn outcome_of(node: WorkflowNode, inputs: &[Items]) -> Result<Outcome, String> {
    outcome_on(host(), node, inputs)
}

/// As [`outcome_of`], on a host of the test's own.
pub(crate) fn outcome_on(
    host: Host,
    node: WorkflowNode,
    inputs: &[Items],
) -> Result<Outcome, String> {
    let (node, run) = prepared(host, node, inputs)?;
    let mut step = node.execute(&run);
    loop {
        step = match step {
            Step::Done(result) => return told(result),
            Step::Pending(work) => return told(runtime().block_on(work)),
            Step::Ask(effect) => node.resume(&run, &answer(&effect)),
        };
    }
}

/// The outcome, or the words of the failure.
fn told(result: Result<Outcome, ErrorInfo>) -> Result<Outcome, String> {
    let outcome = result.map_err(|error| error.message)?;
    match outcome.failure {
        Some(error) => Err(error.message),
        None => Ok(outcome),
    }
}

/// Time comes at once, and other workflows give what they get.
fn answer(effect: &Effect) -> EffectAnswer {
    match effect {
        Effect::Wait(_) => EffectAnswer::TimeCame,
        Effect::RunWorkflows(calls) => {
            let given = calls.calls.iter();
            let given = given.map(|call| Ok(vec![Some(call.items.paired_by_index(0))]));
            EffectAnswer::Workflows(given.collect())
        }
    }
}

/// A node, ready to run, and what it gets for one run.
pub(crate) fn node_and_run(
    type_name: &str,
    version: Option<f64>,
    parameters: &Value,
    inputs: &[Vec<Value>],
) -> (Box<dyn Node>, NodeRun) {
    try_node_and_run(type_name, version, parameters, inputs).unwrap()
}

/// What a node answers to one run with one empty item.
pub(crate) fn step(type_name: &str, version: Option<f64>, parameters: &Value) -> Step {
    step_on(
        type_name,
        version,
        parameters,
        &[vec![Value::empty_object()]],
    )
}

/// What a node answers to one run.
pub(crate) fn step_on(
    type_name: &str,
    version: Option<f64>,
    parameters: &Value,
    inputs: &[Vec<Value>],
) -> Step {
    match try_node_and_run(type_name, version, parameters, inputs) {
        Ok((node, run)) => node.execute(&run),
        Err(message) => Step::Done(Err(ErrorInfo::operation(message))),
    }
}

fn try_node_and_run(
    type_name: &str,
    version: Option<f64>,
    parameters: &Value,
    inputs: &[Vec<Value>],
) -> Result<(Box<dyn Node>, NodeRun), String> {
    let node = WorkflowNode {
        node_type: type_name.into(),
        type_version: version,
        parameters: parameters.as_object().cloned().unwrap_or_default(),
        ..WorkflowNode::default()
    };
    let inputs: Vec<Items> = inputs
        .iter()
        .map(|list| list.iter().cloned().map(Item::new).collect())
        .collect();
    prepared(host(), node, &inputs)
}

fn prepared(
    host: Host,
    node: WorkflowNode,
    inputs: &[Items],
) -> Result<(Box<dyn Node>, NodeRun), String> {
    let node = WorkflowNode {
        name: "Test".into(),
        ..node
    };
    let compiled = Catalog::default().compile(&node).map_err(|problems| {
        problems
            .iter()
            .map(|p| p.message.clone())
            .collect::<Vec<_>>()
            .join("; ")
    })?;
    let run = NodeRun {
        node: compiled.facts.clone(),
        inputs: inputs
            .iter()
            .enumerate()
            .map(|(i, items)| Some(items.paired_by_index(i)))
            .collect(),
        run_index: 0,
        history: Arc::new(NoHistory),
        host: Arc::new(host),
        observer: Arc::new(NoObserver),
    };
    Ok((compiled.node, run))
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// The elements of a json list.
pub(crate) fn list(elements: serde_json::Value) -> Vec<Value> {
    Value::from(elements).as_array().unwrap().to_vec()
}

/// A host with a fixed clock and chance, whose files are in memory.
pub(crate) fn host() -> Host {
    Host {
        binaries: Arc::new(MemoryBinaries::default()),
        clock: Arc::new(FixedClock),
        random: Arc::new(FixedRandom),
        scripts: Some(Arc::new(Scripts::new(Config::new(Program::Thread)))),
        ..Host::new(ExecutionFacts {
            id: "1".into(),
            manual: true,
            workflow: Value::from([("id", "1"), ("name", "Test")]),
            time_zone: TimeZone::UTC,
            method: None,
        })
    }
}

#[test]
fn every_example_holds() {
    for node_type in Catalog::default().all() {
        let definition = node_type.definition();
        for NodeExample {
            name,
            parameters,
            inputs,
            outputs,
        } in &definition.examples
        {
            let folder = example_folder();
            let host = Host {
                files: Arc::new(FolderOnDisk::new(
                    folder.path().to_owned(),
                    FolderLimits::default(),
                )),
                ..host()
            };
            let binaries = host.binaries.clone();
            let inputs: Vec<Items> = inputs
                .iter()
                .map(|list| {
                    list.iter()
                        .map(|json| with_files(&*binaries, json))
                        .collect()
                })
                .collect();
            let node = WorkflowNode {
                node_type: definition.name.as_str().into(),
                parameters: parameters.as_object().cloned().unwrap_or_default(),
                ..WorkflowNode::default()
            };
            let outcome = outcome_on(host, node, &inputs)
                .unwrap_or_else(|error| panic!("{}: {name}: {error}", definition.name));
            let actual: Vec<Vec<Value>> = outcome
                .outputs
                .into_iter()
                .map(|items| {
                    items
                        .unwrap_or_default()
                        .iter()
                        .map(|item| files_shown(&*binaries, item))
                        .collect()
                })
                .collect();
            assert_eq!(&actual, outputs, "{}: {name}", definition.name);
        }
    }
}

/// The folder that nodes of examples may use: it holds `notes.txt`.
fn example_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("notes.txt"), "remember the milk\n").unwrap();
    folder
}

/// What an example cannot show: there is no network, and no item comes of a failure.
const WITHOUT_EXAMPLES: [(&str, &str); 5] = [
    ("n8n-nodes-base.emailSend", "sends"),
    ("n8n-nodes-base.graphql", "sends"),
    ("n8n-nodes-base.httpRequest", "sends"),
    ("n8n-nodes-base.rssFeedRead", "sends"),
    ("n8n-nodes-base.stopAndError", "always fails"),
];

#[test]
fn every_core_node_has_an_example_and_says_what_its_parameters_mean() {
    for node_type in Catalog::default().all() {
        let definition = node_type.definition();
        assert!(!definition.description.is_empty(), "{}", definition.name);
        let excused = WITHOUT_EXAMPLES
            .iter()
            .any(|(name, _)| **name == definition.name);
        assert_ne!(
            definition.examples.is_empty(),
            !excused,
            "{}",
            definition.name
        );
        for (name, property) in &definition.properties {
            assert!(
                !property.description.is_empty(),
                "{}: `{name}` has no description",
                definition.name
            );
        }
    }
}
