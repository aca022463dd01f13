//! What ends an execution early: cancelling, the time limit, the limit of node runs.

use std::sync::atomic::Ordering;
use std::time::Duration;

use itemflow_engine::Execution;
use itemflow_model::{ExecutionEvent, ExecutionStatus};
use itemflow_nodes::Step;
use tokio::time::Instant;

use crate::graph::{Graph, drive};
use crate::script::{Script, done, later, pass};

/// Work that never ends and tells when it is dropped.
fn stuck(dropped: std::sync::mpsc::Sender<()>) -> Script {
    struct Bell(std::sync::mpsc::Sender<()>);
    impl Drop for Bell {
        fn drop(&mut self) {
            let _ = self.0.send(());
        }
    }
    Script::new(move |_| {
        let bell = Bell(dropped.clone());
        Step::Pending(Box::pin(async move {
            let _bell = bell;
            std::future::pending().await
        }))
    })
}

async fn until_started(execution: &mut Execution, node: &str) {
    while let Some(event) = execution.next().await {
        if matches!(&event, ExecutionEvent::NodeStarted(run) if *run.node == *node) {
            return;
        }
    }
    panic!("{node} has not started");
}

#[tokio::test]
async fn a_deadline_that_has_passed_runs_no_node() {
    let mut graph = Graph::v1("T -> A");
    graph.config.timeout = Some(Duration::ZERO);
    let run = graph.run().await;
    assert_eq!(run.order(), "");
    assert_eq!(run.status(), ExecutionStatus::Canceled);
    assert_eq!(run.error(), "the execution took longer than its time limit");
}

#[tokio::test(start_paused = true)]
async fn the_deadline_cuts_off_a_node_in_flight() {
    let (sender, dropped) = std::sync::mpsc::channel();
    let mut graph = Graph::v1("T -> A -> B").does("A", stuck(sender));
    graph.workflow.settings.execution_timeout = Some(2.5);
    graph.config.timeout = Some(Duration::from_secs(60));
    let began = Instant::now();
    let run = graph.run().await;
    assert_eq!(run.order(), "T");
    assert_eq!(run.status(), ExecutionStatus::Canceled);
    let seconds = began.elapsed().as_secs_f64();
    assert!((2.5..2.6).contains(&seconds), "{seconds}");
    tokio::task::yield_now().await;
    assert_eq!(dropped.try_recv(), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn the_callers_limit_holds_when_it_is_the_shorter_one() {
    let mut graph = Graph::v1("T -> A").does("A", later(&pass(), 10_000));
    graph.workflow.settings.execution_timeout = Some(3600.0);
    graph.config.timeout = Some(Duration::from_secs(1));
    assert_eq!(graph.run().await.status(), ExecutionStatus::Canceled);
}

#[tokio::test(start_paused = true)]
async fn no_or_a_senseless_time_limit_is_none() {
    for stored in [-1.0, 0.0, f64::NAN, f64::INFINITY, 1e300] {
        let mut graph = Graph::v1("T -> A").does("A", later(&pass(), 5_000));
        graph.workflow.settings.execution_timeout = Some(stored);
        let run = graph.run().await;
        assert_eq!(run.status(), ExecutionStatus::Success, "{stored}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_resumed_execution_has_a_time_limit_too() {
    let mut graph = Graph::v1("T -> A").does("A", later(&pass(), 10_000));
    graph.config.timeout = Some(Duration::from_secs(1));
    let plan = graph.plan();
    let mut execution = graph.execution();
    let mut events = Vec::new();
    for _ in 0..2 {
        events.push(execution.next().await.unwrap());
    }
    let run = drive(graph.resume(&plan, &events)).await;
    assert_eq!(run.status(), ExecutionStatus::Canceled);
}

#[tokio::test]
async fn cancelling_drops_the_node_in_flight() {
    let (sender, dropped) = std::sync::mpsc::channel();
    let after = pass();
    let count = after.counted();
    let graph = Graph::v1("T -> A -> B")
        .does("A", stuck(sender))
        .does("B", after);
    let mut execution = graph.execution();
    until_started(&mut execution, "A").await;
    let handle = execution.cancel_handle();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(1)).await;
        handle.cancel();
    });
    let run = drive(execution).await;
    assert_eq!(run.status(), ExecutionStatus::Canceled);
    assert_eq!(run.error(), "the execution was cancelled");
    assert_eq!(run.last_node(), "T");
    tokio::task::yield_now().await;
    assert_eq!(dropped.try_recv(), Ok(()));
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn cancelling_before_the_start_runs_nothing() {
    let execution = Graph::v1("T -> A").execution();
    execution.cancel_handle().cancel();
    let run = drive(execution).await;
    assert_eq!(run.order(), "");
    assert_eq!(run.status(), ExecutionStatus::Canceled);
}

#[tokio::test]
async fn cancelling_ends_an_endless_loop_of_pure_nodes_at_once() {
    let script = pass();
    let count = script.counted();
    let mut graph = Graph::v1("T -> A -> B -> A").does("A", script);
    graph.config.max_node_runs = u32::MAX;
    let mut execution = graph.execution();
    for _ in 0..1000 {
        execution.next().await.unwrap();
    }
    let before = count.load(Ordering::SeqCst);
    execution.cancel_handle().cancel();
    let run = drive(execution).await;
    assert_eq!(run.events.len(), 1);
    assert_eq!(run.status(), ExecutionStatus::Canceled);
    assert_eq!(count.load(Ordering::SeqCst), before);
}

#[tokio::test]
async fn an_endless_loop_lets_other_tasks_run() {
    let mut graph = Graph::v1("T -> A -> B -> A");
    graph.config.max_node_runs = u32::MAX;
    let execution = graph.execution();
    let handle = execution.cancel_handle();
    // On one thread this task runs only when the execution lets it.
    tokio::spawn(async move { handle.cancel() });
    assert_eq!(drive(execution).await.status(), ExecutionStatus::Canceled);
}

#[tokio::test]
async fn too_many_node_runs_are_taken_for_an_endless_loop() {
    let mut graph = Graph::v1("T -> A -> B -> A");
    graph.config.max_node_runs = 10;
    let run = graph.run().await;
    assert_eq!(run.recorded().len(), 10);
    assert_eq!(run.status(), ExecutionStatus::Error);
    assert!(run.error().contains("10 node runs"), "{}", run.error());
}

#[tokio::test]
async fn as_many_node_runs_as_allowed_are_no_error() {
    let mut graph = Graph::v1("T -> A -> B");
    graph.config.max_node_runs = 3;
    let run = graph.run().await;
    assert_eq!(run.order(), "T A B");
    assert_eq!(run.status(), ExecutionStatus::Success);
    graph.config.max_node_runs = 2;
    assert_eq!(graph.run().await.status(), ExecutionStatus::Error);
}

#[tokio::test]
async fn a_call_that_is_dropped_loses_nothing() {
    let count = 2_000;
    let graph = Graph::v1("T -> S; S:1 -> S; S:0 -> D").does("S", crate::script::rounds(count));
    let mut execution = graph.execution();
    let mut runs = 0;
    loop {
        // Polled once and dropped, whether it is ready or not.
        match futures::FutureExt::now_or_never(execution.next()) {
            Some(Some(ExecutionEvent::NodeFinished(_))) => runs += 1,
            Some(Some(ExecutionEvent::Finished { status, .. })) => {
                assert_eq!(status, ExecutionStatus::Success);
                break;
            }
            Some(_) => {}
            None => tokio::task::yield_now().await,
        }
    }
    assert_eq!(runs, count + 3);
}

#[tokio::test]
async fn a_node_may_end_while_nobody_asks() {
    let graph = Graph::v1("T -> A -> B").does("A", later(&Script::new(|run| done(run.items())), 1));
    let mut execution = graph.execution();
    until_started(&mut execution, "A").await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(drive(execution).await.status(), ExecutionStatus::Success);
}
