//! Any graph in any order: never a panic, always an end, and resuming changes nothing.

use itemflow_model::{ExecutionOrder, Item, Link, Value};
use itemflow_nodes::{Outcome, Step};
use proptest::prelude::*;
use serde_json::json;

use crate::graph::Graph;
use crate::replay::{essence, finish, some_events};
use crate::script::{Script, failed, later};

const MOST_NODES: usize = 12;

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
            hints: Vec::new(),
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

fn graph(
    order: ExecutionOrder,
    nodes: &[(u32, u8)],
    edges: &[(usize, usize, usize, usize)],
) -> Graph {
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
                3..6 => Some(itemflow_model::OnError::ContinueRegularOutput),
                _ => Some(itemflow_model::OnError::ContinueErrorOutput),
            };
        });
    }
    graph.config.max_node_runs = 60;
    graph.starting_at("N0")
}

/// Runs a graph, and runs it again with an interruption after `stop` events.
async fn check(graph: &Graph, stop: usize) -> Result<(), TestCaseError> {
    let whole = graph.run().await;
    prop_assert!(whole.recorded().len() <= 60);
    let stop = stop % (whole.events.len() + 1);
    let events = some_events(graph.execution(), stop).await;
    let rest = finish(graph, &graph.plan(), events).await;
    // What a limit or a failure cuts off depends on timing where branches overlap.
    let overlaps = graph.workflow.settings.execution_order == Some(ExecutionOrder::Parallel);
    if !overlaps {
        prop_assert_eq!(essence(graph, &rest), essence(graph, &whole));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_graph_ends_and_may_be_interrupted(
        nodes in prop::collection::vec(any::<(u32, u8)>(), 1..=MOST_NODES),
        edges in prop::collection::vec((0..MOST_NODES, 0..3_usize, 0..3_usize, 0..MOST_NODES), 0..24),
        stop in any::<u16>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        for order in [ExecutionOrder::V0, ExecutionOrder::V1, ExecutionOrder::Parallel] {
            let graph = graph(order, &nodes, &edges);
            runtime.block_on(check(&graph, usize::from(stop)))?;
        }
    }
}
