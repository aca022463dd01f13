//! Any graph in any order: never a panic, always an end, and resuming changes nothing.

use std::collections::HashSet;

use itemflow_model::{ExecutionOrder, Item, Link, OnError, Value};
use itemflow_nodes::{Outcome, Step};
use proptest::prelude::*;
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

use crate::graph::Graph;
use crate::replay::{essence, finish, some_events};
use crate::script::{Script, failed, later};

const MOST_NODES: usize = 12;

/// From a node's output to an input of a node; nodes are counted modulo their number.
type Edge = (usize, usize, usize, usize);

/// What a random node does; derived from a number, and from nothing else but its run index, so that it is repeatable.
fn script(seed: u32) -> Script {
    let outputs = 1 + (seed >> 8) as usize % 3;
    let pure = Script::new(move |run| {
        let mut state = seed ^ run.run_index.wrapping_mul(0x9E37_79B9);
        let mut next = |bound: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % bound
        };
        if next(16) == 0 {
            return failed("random");
        }
        let fed = run.items();
        let lists = (0..outputs).map(|output| {
            let count = next(4);
            (next(6) > 0).then(|| {
                (0..count)
                    .map(|i| {
                        let json = match next(12) {
                            0 => json!({ "error": "random" }),
                            _ => json!({ "output": output, "i": i, "fed": fed.len() }),
                        };
                        let link = match next(3) {
                            0 => Link::None,
                            _ => Link::to(next(5) as usize),
                        };
                        (Item::new(Value::from(json)), link)
                    })
                    .collect()
            })
        });
        Step::Done(Ok(Outcome {
            outputs: lists.collect(),
            ..Outcome::default()
        }))
    })
    .with_outputs(outputs);
    let script = match seed % 4 {
        0 => later(&pure, u64::from(seed % 5)),
        _ => pure,
    };
    match seed % 7 {
        0 => script.requires(&[0, 1]),
        1 => script.requires(&[0]),
        _ => script,
    }
}

fn graph(order: ExecutionOrder, nodes: &[(u32, u8)], edges: &[Edge]) -> Graph {
    let names: Vec<String> = (0..nodes.len()).map(|i| format!("N{i}")).collect();
    let mut arrows = names.clone();
    for (from, output, input, to) in edges {
        let (from, to) = (&names[from % nodes.len()], &names[to % nodes.len()]);
        arrows.push(format!("{from}:{output} -> {input}:{to}"));
    }
    let mut graph = Graph::new(order, &arrows.join(";"));
    for (name, (seed, settings)) in names.iter().zip(nodes) {
        graph = graph.does(name, script(*seed)).with(name, |node| {
            node.position = Some([f64::from(settings & 3), f64::from(settings >> 6)]);
            node.disabled = settings & 31 == 0;
            node.execute_once = settings & 4 > 0;
            node.always_output_data = settings & 24 == 24;
            node.on_error = match settings >> 5 {
                0..3 => None,
                3..6 => Some(OnError::ContinueRegularOutput),
                _ => Some(OnError::ContinueErrorOutput),
            };
        });
    }
    graph.config.max_node_runs = 60;
    graph.starting_at("N0")
}

/// Runs a graph, and runs it again with an interruption after `stop` events.
async fn check(graph: &Graph, stop: usize, same: bool) -> Result<(), TestCaseError> {
    let whole = graph.run().await;
    prop_assert!(whole.recorded().len() <= 60);
    let stop = stop % (whole.events.len() + 1);
    let events = some_events(graph.execution(), stop).await;
    let rest = finish(graph, &graph.plan(), events).await;
    if same {
        prop_assert_eq!(essence(graph, &rest), essence(graph, &whole));
    }
    Ok(())
}

/// Leaves edges of which every node runs at most once: downwards only, one for each input.
fn once(edges: &[Edge], nodes: usize) -> Vec<Edge> {
    let mut fed = HashSet::new();
    edges
        .iter()
        .map(|(from, output, input, to)| (from % nodes, *output, *input, to % nodes))
        .filter(|(from, _, input, to)| from < to && fed.insert((*input, *to)))
        .collect()
}

fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
}

fn any_nodes() -> impl Strategy<Value = Vec<(u32, u8)>> {
    prop::collection::vec(any::<(u32, u8)>(), 1..=MOST_NODES)
}

fn any_edges() -> impl Strategy<Value = Vec<Edge>> {
    prop::collection::vec(
        (0..MOST_NODES, 0..3_usize, 0..3_usize, 0..MOST_NODES),
        0..32,
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_node_at_a_time(nodes in any_nodes(), edges in any_edges(), stop in any::<u16>()) {
        for order in [ExecutionOrder::V0, ExecutionOrder::V1] {
            let graph = graph(order, &nodes, &edges);
            runtime().block_on(check(&graph, usize::from(stop), true))?;
        }
    }

    /// Which arrival comes first, and what a failure cuts off, depends on timing here: only that it ends is sure.
    #[test]
    fn overlapping_branches(nodes in any_nodes(), edges in any_edges(), stop in any::<u16>()) {
        let graph = graph(ExecutionOrder::Parallel, &nodes, &edges);
        runtime().block_on(check(&graph, usize::from(stop), false))?;
    }

    /// Where every node runs at most once and no failure ends the run, timing has no say.
    #[test]
    fn overlapping_branches_without_loops(nodes in any_nodes(), edges in any_edges(), stop in any::<u16>()) {
        let mut graph = graph(ExecutionOrder::Parallel, &nodes, &once(&edges, nodes.len()));
        for node in &mut graph.workflow.nodes {
            node.on_error.get_or_insert(OnError::ContinueRegularOutput);
        }
        runtime().block_on(check(&graph, usize::from(stop), true))?;
    }
}
