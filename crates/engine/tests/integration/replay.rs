//! Resuming: an execution that stops after any event and goes on from the recorded ones comes to the same results.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use itemflow_engine::{Execution, Plan};
use itemflow_model::{ExecutionEvent, ExecutionOrder, ExecutionStatus, OnError};
use serde_json::json;

use crate::graph::{Graph, Run, answer_open_questions, drive, echo};
use crate::script::{
    append, calls_twice, emit, emit_outputs, fail, later, nothing, numbered, pass, rounds, split,
    waits,
};

/// Everything that must not depend on interruptions: how it ended, and the sources and outputs of every run of every node.
pub(crate) fn essence(graph: &Graph, run: &Run) -> String {
    let mut text = format!("{:?} {:?}", run.status(), run.error());
    for node in &graph.workflow.nodes {
        for index in 0..run.runs(&node.name) {
            let result = run.result(&node.name, index);
            let outputs: Vec<_> = (0..result.outputs.len())
                .map(|output| run.output(&node.name, index, output).to_string())
                .collect();
            let links: Vec<_> = result
                .outputs
                .iter()
                .flatten()
                .map(|items| (0..items.len()).map(|i| items.link(i)).collect::<Vec<_>>())
                .collect();
            text.push_str(&format!(
                "\n{}#{index} <- {}: {outputs:?} {links:?} {:?}",
                node.name,
                run.sources(&node.name, index),
                result.error.as_ref().map(|error| &error.message),
            ));
        }
    }
    text
}

/// Pulls up to `count` events.
pub(crate) async fn some_events(mut execution: Execution, count: usize) -> Vec<ExecutionEvent> {
    let mut events = Vec::new();
    let answers = execution.answer_handle();
    while events.len() < count
        && let Some(event) = execution.next().await
    {
        if let ExecutionEvent::EffectRequested { run, effect } = &event {
            answers.answer(run.clone(), echo(effect)).await;
        }
        events.push(event);
    }
    events
}

/// Stops after every number of events, goes on from them, and compares.
async fn holds(graph: Graph) {
    let whole = graph.run().await;
    let expected = essence(&graph, &whole);
    let plan = graph.plan();
    for count in 0..=whole.events.len() {
        let events = some_events(graph.execution(), count).await;
        let run = finish(&graph, &plan, events).await;
        assert_eq!(essence(&graph, &run), expected, "after {count} events");
        let starts = |event: &&ExecutionEvent| matches!(event, ExecutionEvent::Started { .. });
        let ends = |event: &&ExecutionEvent| matches!(event, ExecutionEvent::Finished { .. });
        assert_eq!(run.events.iter().filter(starts).count(), 1);
        assert_eq!(run.events.iter().filter(ends).count(), 1);
    }
}

/// Goes on from recorded events to the end; the run has them all.
pub(crate) async fn finish(
    graph: &Graph,
    plan: &Arc<Plan>,
    mut events: Vec<ExecutionEvent>,
) -> Run {
    let mut run = drive(graph.resume(plan, &events)).await;
    events.append(&mut run.events);
    run.events = events;
    run
}

/// Stops and goes on after each single event.
async fn holds_step_by_step(graph: Graph) {
    let expected = essence(&graph, &graph.run().await);
    let plan = graph.plan();
    let mut events = Vec::new();
    loop {
        let mut execution = graph.resume(&plan, &events);
        answer_open_questions(&execution).await;
        match execution.next().await {
            // A node that has merely started would start again forever: see it through.
            Some(ExecutionEvent::NodeStarted(_)) => {
                events.extend(execution.next().await);
            }
            Some(event) => events.push(event),
            None => break,
        }
        assert!(events.len() < 1_000);
    }
    let run = Run {
        state: graph.resume(&plan, &events).state().clone(),
        events,
        plan,
    };
    assert_eq!(essence(&graph, &run), expected);
}

const ORDERS: [ExecutionOrder; 3] = [
    ExecutionOrder::V0,
    ExecutionOrder::V1,
    ExecutionOrder::Parallel,
];

async fn holds_in_all_orders(arrows: &str, script: impl Fn(Graph) -> Graph) {
    for order in ORDERS {
        let graph = script(Graph::new(order, arrows));
        holds(graph.clone()).await;
        holds_step_by_step(graph).await;
    }
}

#[tokio::test(start_paused = true)]
async fn branches_and_a_merge() {
    holds_in_all_orders("T -> A -> M; T -> B -> 1:M; M -> Z; T -> C", |graph| {
        graph
            .does("A", emit(json!([{ "a": 1 }, { "a": 2 }])))
            .does("B", later(&pass(), 5))
            .does("M", append())
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn nodes_that_ask_for_something() {
    holds_in_all_orders("T -> A -> M; T -> B -> 1:M; M -> Z", |graph| {
        graph
            .does("T", emit(json!([{ "t": 1 }, { "t": 2 }])))
            .does("A", waits())
            .does("B", calls_twice())
            .does("M", append())
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_merge_that_lacks_a_branch() {
    holds_in_all_orders("T -> I; I:0 -> A -> M; I:1 -> B -> 1:M; M -> Z", |graph| {
        graph
            .does("I", emit_outputs(json!([[{ "i": 1 }], []])))
            .does("M", append())
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_merge_that_is_fed_twice() {
    holds_in_all_orders("T -> A -> M; T -> B -> M; T -> C -> 1:M; M -> Z", |graph| {
        graph.does("A", later(&pass(), 3)).does("M", append())
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_loop() {
    holds_in_all_orders("T -> S; S:1 -> P -> Q -> S; S:0 -> D", |graph| {
        graph.does("S", rounds(3)).does("Q", later(&pass(), 5))
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn nodes_that_yield_nothing() {
    holds_in_all_orders("T -> A -> A2; T -> B -> B2; T -> C -> C2", |graph| {
        graph
            .does("A", nothing())
            .does("B", later(&nothing(), 5))
            .does("C", emit(json!([])))
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn failed_items_and_failed_nodes() {
    holds_in_all_orders("T -> A; A:0 -> B; A:1 -> E; E -> F; T -> C", |graph| {
        graph
            .does("A", emit(json!([{ "error": "x" }])))
            .on_error("A", OnError::ContinueErrorOutput)
            .does("F", fail("broken"))
            .on_error("F", OnError::ContinueRegularOutput)
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_split_into_longer_branches() {
    holds_in_all_orders(
        "T -> I; I:0 -> A -> B -> M; I:1 -> C -> 1:M; M -> Z",
        |graph| {
            let mut graph = graph
                .does("I", split())
                .does("C", later(&pass(), 5))
                .does("M", append());
            graph.start.items = numbered(4);
            graph
        },
    )
    .await;
}

#[tokio::test]
async fn a_failure_ends_a_resumed_execution_too() {
    for order in ORDERS {
        let after = pass();
        let count = after.counted();
        let graph = Graph::new(order, "T -> A; T -> B")
            .at("A", 0.0, 0.0)
            .at("B", 0.0, 10.0)
            .does("A", fail("broken"))
            .does("B", after);
        holds(graph.clone()).await;
        let events = some_events(graph.execution(), 3).await;
        assert!(matches!(events[2], ExecutionEvent::NodeFinished(_)));
        let run = drive(graph.resume(&graph.plan(), &events)).await;
        assert_eq!(run.status(), ExecutionStatus::Error);
        assert_eq!(run.error(), "broken");
        assert_eq!(run.last_node(), "A");
        assert_eq!(run.events.len(), 1);
        assert_eq!(count.load(Ordering::SeqCst), 0);
    }
}

#[tokio::test]
async fn a_node_that_has_yielded_nothing_does_not_run_again() {
    for order in ORDERS {
        let script = nothing();
        let count = script.counted();
        let graph = Graph::new(order, "T -> A; T -> B")
            .at("B", 0.0, 10.0)
            .does("A", script);
        let events = some_events(graph.execution(), 3).await;
        let before = count.load(Ordering::SeqCst);
        assert_eq!(before, 1);
        drive(graph.resume(&graph.plan(), &events)).await;
        assert_eq!(count.load(Ordering::SeqCst), before, "{order:?}");
    }
}

#[tokio::test]
async fn a_node_that_was_cut_off_runs_again() {
    let script = later(&pass(), 1);
    let count = script.counted();
    let graph = Graph::v1("T -> A -> B").does("A", script);
    let events = some_events(graph.execution(), 3).await;
    assert!(matches!(events[2], ExecutionEvent::NodeStarted(_)));
    let run = drive(graph.resume(&graph.plan(), &events)).await;
    assert_eq!(run.status(), ExecutionStatus::Success);
    assert_eq!(count.load(Ordering::SeqCst), 2);
    assert_eq!(run.runs("A"), 1);
}

#[tokio::test]
async fn numbers_of_runs_go_on() {
    let graph = Graph::v1("T -> A -> B -> C").does("A", nothing());
    let whole = graph.run().await;
    assert_eq!(whole.recorded().len(), 1);
    let graph = Graph::v1("T -> A -> B -> C");
    let events = some_events(graph.execution(), 3).await;
    let run = drive(graph.resume(&graph.plan(), &events)).await;
    let indexes: Vec<u32> = run.recorded().iter().map(|r| r.execution_index).collect();
    assert_eq!(indexes, [2, 3]);
}

#[tokio::test]
async fn the_limit_of_node_runs_counts_all_of_them() {
    let mut graph = Graph::v1("T -> A -> B -> A");
    graph.config.max_node_runs = 10;
    let events = some_events(graph.execution(), 7).await;
    let run = drive(graph.resume(&graph.plan(), &events)).await;
    assert_eq!(run.recorded().len(), 4);
    assert_eq!(run.status(), ExecutionStatus::Error);
}

#[tokio::test]
async fn a_finished_execution_has_nothing_left() {
    let graph = Graph::v1("T -> A");
    let events = graph.run().await.events;
    let mut execution = graph.resume(&graph.plan(), &events);
    assert!(execution.next().await.is_none());
}

#[tokio::test]
async fn a_partial_run_stays_partial() {
    holds_in_all_orders("T -> A -> B -> C; T -> X", |graph| graph.until("B")).await;
}
