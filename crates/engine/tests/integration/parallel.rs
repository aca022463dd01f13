//! Order `parallel`: independent branches overlap, within a bound, and never two runs of one node.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use itemflow_model::ExecutionStatus;
use itemflow_nodes::{Outcome, Step};
use serde_json::json;
use tokio::sync::Barrier;

use crate::graph::Graph;
use crate::script::{Script, append, emit, fail, later, pass};

/// Ends only when `barrier` has as many nodes as it needs.
fn meeting(barrier: &Arc<Barrier>) -> Script {
    let barrier = barrier.clone();
    Script::new(move |run| {
        let (barrier, items) = (barrier.clone(), run.items());
        Step::Pending(Box::pin(async move {
            barrier.wait().await;
            Ok(Outcome::of(items))
        }))
    })
}

/// Tells how many such nodes were at work at once.
fn crowd(now: &Arc<AtomicUsize>, most: &Arc<AtomicUsize>) -> Script {
    let (now, most) = (now.clone(), most.clone());
    Script::new(move |run| {
        let (now, most, items) = (now.clone(), most.clone(), run.items());
        Step::Pending(Box::pin(async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(10)).await;
            now.fetch_sub(1, Ordering::SeqCst);
            Ok(Outcome::of(items))
        }))
    })
}

#[tokio::test(start_paused = true)]
async fn independent_branches_overlap() {
    let barrier = Arc::new(Barrier::new(2));
    let mut graph = Graph::parallel("T -> A -> M; T -> B -> 1:M")
        .does("A", meeting(&barrier))
        .does("B", meeting(&barrier))
        .does("M", append());
    graph.config.timeout = Some(Duration::from_secs(60));
    let run = graph.run().await;
    assert_eq!(run.status(), ExecutionStatus::Success, "{}", run.error());
    assert_eq!(run.runs("M"), 1);
}

#[tokio::test(start_paused = true)]
async fn in_the_other_orders_they_do_not() {
    for graph in [Graph::v1("T -> A; T -> B"), Graph::v0("T -> A; T -> B")] {
        let (now, most) = (Arc::default(), Arc::default());
        graph
            .does("A", crowd(&now, &most))
            .does("B", crowd(&now, &most))
            .run()
            .await;
        assert_eq!(most.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn no_more_nodes_than_allowed_are_at_work() {
    for (allowed, expected) in [(0, 1), (1, 1), (2, 2), (3, 3), (8, 5)] {
        let (now, most) = (Arc::default(), Arc::default());
        let mut graph = Graph::parallel("T -> A; T -> B; T -> C; T -> D; T -> E");
        for name in ["A", "B", "C", "D", "E"] {
            graph = graph.does(name, crowd(&now, &most));
        }
        graph.config.max_parallel_nodes = allowed;
        let run = graph.run().await;
        assert_eq!(most.load(Ordering::SeqCst), expected);
        assert_eq!(run.recorded().len(), 6);
    }
}

#[tokio::test(start_paused = true)]
async fn a_node_is_never_at_work_twice() {
    let (now, most) = (Arc::default(), Arc::default());
    let run = Graph::parallel("T -> A -> S; T -> B -> S; T -> C -> S")
        .does("S", crowd(&now, &most))
        .run()
        .await;
    assert_eq!(run.runs("S"), 3);
    assert_eq!(most.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn branches_begin_from_top_to_bottom() {
    let run = Graph::parallel("T -> A; T -> B; T -> C")
        .at("A", 0.0, 20.0)
        .at("B", 0.0, 0.0)
        .at("C", 0.0, 10.0)
        .run()
        .await;
    assert_eq!(run.order(), "T B C A");
}

#[tokio::test(start_paused = true)]
async fn the_faster_branch_goes_on_without_the_slower_one() {
    let run = Graph::parallel("T -> A -> A2; T -> B -> B2")
        .at("B", 0.0, 10.0)
        .does("A", later(&pass(), 50))
        .does("B", later(&pass(), 10))
        .run()
        .await;
    assert_eq!(run.order(), "T B B2 A A2");
}

#[tokio::test(start_paused = true)]
async fn a_merge_waits_for_the_slower_branch() {
    let run = Graph::parallel("T -> A -> M; T -> B -> 1:M")
        .does("A", later(&emit(json!([{ "a": 1 }])), 50))
        .does("M", append())
        .run()
        .await;
    assert_eq!(run.order(), "T B A M");
    assert_eq!(run.first("M"), json!([{ "a": 1 }, {}]));
}

#[tokio::test(start_paused = true)]
async fn a_failure_drops_what_is_in_flight() {
    let slow = later(&pass(), 60_000);
    let began = tokio::time::Instant::now();
    let run = Graph::parallel("T -> A -> A2; T -> B")
        .at("B", 0.0, 10.0)
        .does("A", slow)
        .does("B", later(&fail("broken"), 10))
        .run()
        .await;
    assert_eq!(run.order(), "T B");
    assert_eq!(run.status(), ExecutionStatus::Error);
    assert_eq!(run.last_node(), "B");
    assert!(began.elapsed() < Duration::from_secs(1));
}
