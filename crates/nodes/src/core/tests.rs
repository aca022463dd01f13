//! Every example of every core node is run and must hold.

use std::sync::Arc;

use itemflow_declarative::NoObserver;
use itemflow_expression::EvaluateError;
use itemflow_model::definition::NodeExample;
use itemflow_model::{Item, Items, Node as WorkflowNode, Source, Value};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::{
    Catalog, Clock, ExecutionFacts, History, Host, NodeFacts, NodeRun, Outcome, Random, Step,
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

struct NoHistory;

impl History for NoHistory {
    fn node(&self, _: &str) -> Option<u32> {
        None
    }

    fn node_name(&self, _: u32) -> &str {
        ""
    }

    fn runs(&self, _: u32) -> u32 {
        0
    }

    fn items(&self, _: u32, _: Option<u32>, _: Option<u32>) -> Result<Items, EvaluateError> {
        Ok(Items::default())
    }

    fn paired_item(&self, _: u32, _: usize) -> Result<Item, EvaluateError> {
        Ok(Item::default())
    }

    fn parameters(&self, _: u32) -> Option<Arc<NodeFacts>> {
        None
    }

    fn source(&self, _: usize) -> Option<Source> {
        None
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
        host: Arc::new(host()),
        observer: Arc::new(NoObserver),
    };
    match compiled.node.execute(&run) {
        Step::Pending(_) => Err("the node works asynchronously".into()),
        Step::Done(result) => result.map_err(|error| error.message),
    }
}

/// The elements of a json list.
pub(crate) fn list(elements: serde_json::Value) -> Vec<Value> {
    Value::from(elements).as_array().unwrap().to_vec()
}

fn host() -> Host {
    Host {
        clock: Arc::new(FixedClock),
        random: Arc::new(FixedRandom),
        ..Host::new(ExecutionFacts {
            id: "1".into(),
            manual: true,
            workflow: Value::from([("id", "1"), ("name", "Test")]),
            time_zone: TimeZone::UTC,
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
            let actual = run(&definition.name, None, parameters, inputs).unwrap();
            assert_eq!(&actual, outputs, "{}: {name}", definition.name);
        }
    }
}

#[test]
fn every_core_node_has_an_example_and_says_what_its_parameters_mean() {
    for node_type in Catalog::default().all() {
        let definition = node_type.definition();
        assert!(!definition.description.is_empty(), "{}", definition.name);
        for (name, property) in &definition.properties {
            assert!(
                !property.description.is_empty(),
                "{}: `{name}` has no description",
                definition.name
            );
        }
    }
}
