//! The stream of events: what is reported, in which order, and what waits for an event to be recorded.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use itemflow_engine::Execution;
use itemflow_model::{ExecutionEvent, RequestEvent, RequestStep};
use itemflow_nodes::{Outcome, Step};

use crate::graph::{Graph, drive};
use crate::script::{Script, later, numbered, pass, rounds};

fn word(event: &ExecutionEvent) -> String {
    match event {
        ExecutionEvent::Started { workflow, start } => format!("started {workflow} at {start}"),
        ExecutionEvent::NodeStarted(run) => format!("{} starts", run.node),
        ExecutionEvent::Requests { run, events } => {
            let steps: Vec<String> = events
                .iter()
                .map(|event| match event.step {
                    RequestStep::Started { .. } => format!("+{}", event.item),
                    RequestStep::Finished { .. } => format!("-{}", event.item),
                })
                .collect();
            format!("{} requests {}", run.node, steps.join(" "))
        }
        ExecutionEvent::Retry { run, attempt, .. } => format!("{} retries {attempt}", run.node),
        ExecutionEvent::Warning { run, .. } => format!("{} warns", run.node),
        ExecutionEvent::EffectRequested { run, .. } => format!("{} asks", run.node),
        ExecutionEvent::EffectAnswered { run, .. } => format!("{} is answered", run.node),
        ExecutionEvent::NodeFinished(result) => {
            format!("{}#{} ends", result.run.node, result.run.run_index)
        }
        ExecutionEvent::Finished { status, .. } => status.as_str().into(),
    }
}

async fn words(graph: Graph) -> Vec<String> {
    graph.run().await.events.iter().map(word).collect()
}

/// Sends one request for each item, one after the other; `sent` counts those that went out.
fn requesting(repeatable: bool, sent: &Arc<AtomicUsize>) -> Script {
    let sent = sent.clone();
    Script::new(move |run| {
        let (run, sent) = (run.clone(), sent.clone());
        Step::Pending(Box::pin(async move {
            for item in 0..run.items().len() as u32 {
                let event = |step| RequestEvent {
                    item,
                    page: 0,
                    attempt: 1,
                    step,
                };
                let request = "POST http://localhost/".into();
                run.observer
                    .started(event(RequestStep::Started {
                        request,
                        repeatable,
                    }))
                    .await?;
                sent.fetch_add(1, Ordering::SeqCst);
                run.observer
                    .finished(event(RequestStep::Finished {
                        status: Some(200),
                        elapsed_ms: 1,
                        error: None,
                    }))
                    .await;
            }
            Ok(Outcome::of(run.items()))
        }))
    })
}

async fn next(execution: &mut Execution) -> String {
    let event = tokio::time::timeout(Duration::from_secs(5), execution.next()).await;
    word(&event.expect("an event in time").expect("an event"))
}

#[tokio::test]
async fn pure_nodes_report_only_their_end() {
    let graph = Graph::v1("T -> S; S:1 -> S; S:0 -> D").does("S", rounds(1));
    assert_eq!(
        words(graph).await,
        [
            "started Test at T",
            "T#0 ends",
            "S#0 ends",
            "S#1 ends",
            "D#0 ends",
            "success"
        ]
    );
}

#[tokio::test]
async fn nodes_with_effects_report_their_start_too() {
    let graph = Graph::v1("T -> A -> B").does("A", later(&pass(), 1));
    assert_eq!(
        words(graph).await,
        [
            "started Test at T",
            "T#0 ends",
            "A starts",
            "A#0 ends",
            "B#0 ends",
            "success"
        ]
    );
}

#[tokio::test]
async fn a_retry_is_reported_between_start_and_end() {
    let graph = Graph::v1("T -> A")
        .does("A", later(&crate::script::fail("broken"), 1))
        .with("A", |node| {
            node.retry_on_fail = true;
            node.max_tries = Some(2.0);
            node.wait_between_tries = Some(1.0);
        });
    assert_eq!(
        words(graph).await,
        [
            "started Test at T",
            "T#0 ends",
            "A starts",
            "A retries 1",
            "A#0 ends",
            "error"
        ]
    );
}

#[tokio::test]
async fn requests_are_reported_before_the_end_of_their_run() {
    let sent = Arc::new(AtomicUsize::new(0));
    let mut graph = Graph::v1("T -> A").does("A", requesting(true, &sent));
    graph.start.items = numbered(3);
    let words = words(graph).await;
    // How they are batched is a matter of timing; their order is not.
    let batches: Vec<&str> = words
        .iter()
        .filter_map(|word| word.strip_prefix("A requests "))
        .collect();
    assert_eq!(batches.join(" "), "+0 -0 +1 -1 +2 -2");
    assert_eq!(words[words.len() - 2], "A#0 ends");
}

#[tokio::test]
async fn an_unrepeatable_request_waits_until_its_start_is_recorded() {
    let sent = Arc::new(AtomicUsize::new(0));
    let mut graph = Graph::v1("T -> A").does("A", requesting(false, &sent));
    graph.start.items = numbered(2);
    let mut execution = graph.execution();
    while next(&mut execution).await != "A starts" {}
    assert_eq!(next(&mut execution).await, "A requests +0");
    // The caller is recording: nothing may be sent meanwhile.
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(sent.load(Ordering::SeqCst), 0);
    // Asking for more says that it is recorded.
    let more = next(&mut execution).await;
    assert!(more.starts_with("A requests -0"), "{more}");
    assert_eq!(sent.load(Ordering::SeqCst), 1);
    drive(execution).await;
    assert_eq!(sent.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_request_waits_for_its_own_event_and_not_for_an_earlier_one() {
    let (sent_a, sent_b) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let graph = Graph::parallel("T -> A; T -> B")
        .at("B", 0.0, 10.0)
        .does("A", requesting(false, &sent_a))
        .does("B", requesting(false, &sent_b));
    let mut execution = graph.execution();
    while next(&mut execution).await != "B starts" {}
    // Both ask before the caller goes on.
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(next(&mut execution).await, "A requests +0");
    assert_eq!(next(&mut execution).await, "B requests +0");
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(sent_a.load(Ordering::SeqCst), 1);
    assert_eq!(sent_b.load(Ordering::SeqCst), 0);
    drive(execution).await;
    assert_eq!(sent_b.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_repeatable_request_does_not_wait() {
    let sent = Arc::new(AtomicUsize::new(0));
    let graph = Graph::v1("T -> A").does("A", requesting(true, &sent));
    let mut execution = graph.execution();
    while next(&mut execution).await != "A starts" {}
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(sent.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_caller_that_records_slowly_stalls_no_repeatable_request() {
    let sent = Arc::new(AtomicUsize::new(0));
    let mut graph = Graph::v1("T -> A").does("A", requesting(true, &sent));
    graph.start.items = numbered(100);
    let mut execution = graph.execution();
    while next(&mut execution).await != "A starts" {}
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(sent.load(Ordering::SeqCst), 100);
    drive(execution).await;
}

#[tokio::test]
async fn what_was_sent_before_a_cancel_is_reported() {
    let sent = Arc::new(AtomicUsize::new(0));
    let graph = Graph::v1("T -> A").does("A", requesting(true, &sent));
    let mut execution = graph.execution();
    while next(&mut execution).await != "A starts" {}
    tokio::time::sleep(Duration::from_millis(20)).await;
    execution.cancel_handle().cancel();
    assert_eq!(next(&mut execution).await, "A requests +0 -0");
    assert_eq!(next(&mut execution).await, "canceled");
    assert!(execution.next().await.is_none());
}

#[tokio::test]
async fn after_the_end_of_the_execution_no_request_is_let_through() {
    let sent = Arc::new(AtomicUsize::new(0));
    let graph = Graph::v1("T -> A").does("A", requesting(false, &sent));
    let mut execution = graph.execution();
    while next(&mut execution).await != "A requests +0" {}
    execution.cancel_handle().cancel();
    drop(execution);
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(sent.load(Ordering::SeqCst), 0);
}
