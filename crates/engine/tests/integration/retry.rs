//! `retryOnFail`: how often, how long between attempts, and what counts as a failure.

use std::sync::atomic::Ordering;
use std::time::Duration;

use itemflow_model::{ExecutionEvent, ExecutionStatus, OnError};
use serde_json::json;
use tokio::time::Instant;

use crate::graph::{Graph, Run};
use crate::script::{Script, done, emit, fail, failed, items, later};

fn retrying(script: Script, max_tries: Option<f64>, wait_ms: Option<f64>) -> Graph {
    Graph::v1("T -> A -> B")
        .does("A", script)
        .with("A", |node| {
            node.retry_on_fail = true;
            node.max_tries = max_tries;
            node.wait_between_tries = wait_ms;
        })
}

/// Fails in its first `count` calls with `failure`, then passes.
fn recovers(count: usize, failure: fn() -> itemflow_nodes::Step) -> Script {
    let calls = std::sync::atomic::AtomicUsize::new(0);
    Script::new(move |run| {
        if calls.fetch_add(1, Ordering::SeqCst) < count {
            failure()
        } else {
            done(run.items())
        }
    })
}

fn waits(run: &Run) -> Vec<(u32, u64)> {
    run.events
        .iter()
        .filter_map(|event| match event {
            ExecutionEvent::Retry {
                attempt, wait_ms, ..
            } => Some((*attempt, *wait_ms)),
            _ => None,
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn it_tries_at_most_five_times() {
    let script = fail("broken");
    let count = script.counted();
    let began = Instant::now();
    let run = retrying(script, Some(10.0), None).run().await;
    assert_eq!(count.load(Ordering::SeqCst), 5);
    assert_eq!(run.status(), ExecutionStatus::Error);
    assert_eq!(run.error(), "broken");
    assert_eq!(waits(&run), [(1, 1000), (2, 1000), (3, 1000), (4, 1000)]);
    let seconds = began.elapsed().as_secs_f64();
    assert!((4.0..4.1).contains(&seconds), "{seconds}");
    assert_eq!(run.runs("A"), 1);
}

#[tokio::test(start_paused = true)]
async fn it_tries_three_times_by_default_and_at_least_twice() {
    for (stored, tries) in [(None, 3), (Some(0.0), 3), (Some(1.0), 2), (Some(-7.0), 2)] {
        let script = fail("broken");
        let count = script.counted();
        retrying(script, stored, None).run().await;
        assert_eq!(count.load(Ordering::SeqCst), tries, "{stored:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn it_waits_at_most_five_seconds() {
    for (stored, wait) in [(Some(0.0), 1000), (Some(60_000.0), 5000), (Some(-1.0), 0)] {
        let run = retrying(fail("broken"), Some(2.0), stored).run().await;
        assert_eq!(waits(&run), [(1, wait)], "{stored:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_succeeds_leaves_no_trace_of_the_failures() {
    for script in [
        recovers(2, || failed("broken")),
        later(&recovers(2, || failed("broken")), 10),
    ] {
        let run = retrying(script, None, None).run().await;
        assert_eq!(run.order(), "T A B");
        assert!(run.result("A", 0).error.is_none());
        assert_eq!(run.first("B"), json!([{}]));
        assert_eq!(waits(&run).len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_first_item_that_tells_of_an_error_is_tried_again() {
    let soft = recovers(2, || done(items(json!([{ "error": "soft" }]))));
    let run = retrying(soft, None, None).run().await;
    assert_eq!(run.status(), ExecutionStatus::Success);
    assert_eq!(run.first("A"), json!([{}]));
    assert_eq!(waits(&run).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_error_told_by_the_last_attempt_counts_as_success() {
    let run = retrying(emit(json!([{ "error": "soft" }])), Some(2.0), None)
        .run()
        .await;
    assert_eq!(run.status(), ExecutionStatus::Success);
    assert_eq!(run.first("B"), json!([{ "error": "soft" }]));
    assert!(run.result("A", 0).error.is_none());
    assert_eq!(waits(&run).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn only_the_first_item_of_the_first_output_tells() {
    for harmless in [
        json!([{ "ok": 1 }, { "error": "late" }]),
        json!([{ "error": null }]),
        json!([{ "error": false }]),
        json!([]),
    ] {
        let run = retrying(emit(harmless), None, None).run().await;
        assert_eq!(waits(&run), []);
    }
}

#[tokio::test(start_paused = true)]
async fn it_is_tried_again_before_the_failure_is_passed_over() {
    let script = fail("broken");
    let count = script.counted();
    let run = retrying(script, None, None)
        .on_error("A", OnError::ContinueRegularOutput)
        .run()
        .await;
    assert_eq!(count.load(Ordering::SeqCst), 3);
    assert_eq!(run.order(), "T A B");
}

#[tokio::test(start_paused = true)]
async fn pinned_and_disabled_nodes_are_not_tried_again() {
    let pinned = retrying(fail("broken"), None, None)
        .pinned("A", json!([{ "json": { "error": "pinned" } }]))
        .run()
        .await;
    assert_eq!(waits(&pinned), []);
    let disabled = retrying(fail("broken"), None, None)
        .disabled("A")
        .run()
        .await;
    assert_eq!(waits(&disabled), []);
}

#[tokio::test(start_paused = true)]
async fn other_branches_go_on_during_the_wait_in_order_parallel() {
    let run = Graph::parallel("T -> A; T -> B -> C")
        .at("B", 0.0, 10.0)
        .does("A", recovers(1, || failed("broken")))
        .with("A", |node| node.retry_on_fail = true)
        .run()
        .await;
    assert_eq!(run.order(), "T B C A");
}

#[tokio::test(start_paused = true)]
async fn without_the_setting_nothing_is_tried_again() {
    let began = Instant::now();
    let run = Graph::v1("T -> A")
        .does("A", fail("broken"))
        .with("A", |node| node.max_tries = Some(4.0))
        .run()
        .await;
    assert_eq!(waits(&run), []);
    assert_eq!(began.elapsed(), Duration::ZERO);
}
