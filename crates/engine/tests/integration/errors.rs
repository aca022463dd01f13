//! Nodes that fail: as a whole or item by item, with every `onError`, and nodes that panic.

use std::sync::Arc;

use itemflow_model::{ErrorInfo, ExecutionStatus, Item, Link, OnError};
use itemflow_nodes::{Outcome, Step};
use serde_json::json;

use crate::graph::Graph;
use crate::script::{Script, done, fail, later, numbered};

const CONTINUING: [OnError; 2] = [OnError::ContinueRegularOutput, OnError::ContinueErrorOutput];

#[tokio::test]
async fn a_failure_ends_the_run() {
    let run = Graph::v1("T -> A -> B; T -> C")
        .at("C", 0.0, 10.0)
        .does("A", fail("broken"))
        .run()
        .await;
    assert_eq!(run.order(), "T A");
    assert_eq!(run.status(), ExecutionStatus::Error);
    assert_eq!(run.error(), "broken");
    assert_eq!(run.last_node(), "A");
    let result = run.result("A", 0);
    assert_eq!(result.error.as_ref().unwrap().message, "broken");
    assert!(result.outputs.is_empty());
}

#[tokio::test]
async fn a_failure_of_the_whole_node_passes_its_input_through_the_regular_output() {
    for mode in CONTINUING {
        let mut graph = Graph::v1("T -> A; A:0 -> B; A:1 -> E")
            .on_error("A", mode)
            .does("A", fail("broken"));
        graph.start.items = numbered(2);
        let run = graph.run().await;
        assert_eq!(run.order(), "T A B", "{mode:?}");
        assert_eq!(run.first("B"), json!([{ "i": 0 }, { "i": 1 }]));
        assert_eq!(run.result("A", 0).error.as_ref().unwrap().message, "broken");
        assert_eq!(run.status(), ExecutionStatus::Success);
    }
}

#[tokio::test]
async fn the_older_continue_on_fail_counts_too() {
    let run = Graph::v1("T -> A -> B")
        .with("A", |node| node.continue_on_fail = true)
        .does("A", fail("broken"))
        .run()
        .await;
    assert_eq!(run.order(), "T A B");
}

/// Yields item 0 as it is and, for item 1, the given json linked to it.
fn second_fails(error: serde_json::Value) -> Script {
    Script::new(move |run| {
        let input = run.items();
        let items = [
            (input.get(0).unwrap().clone(), Link::to(0)),
            (Item::new(error.clone()), Link::to(1)),
        ];
        done(items.into_iter().collect())
    })
}

fn two_outputs(script: Script, mode: OnError) -> Graph {
    let mut graph = Graph::v1("T -> A; A:0 -> B; A:1 -> E")
        .on_error("A", mode)
        .does("A", script);
    graph.start.items = numbered(2);
    graph
}

#[tokio::test]
async fn a_returned_error_item_leaves_through_the_error_output_with_its_input() {
    let run = two_outputs(
        second_fails(json!({ "error": "bad" })),
        OnError::ContinueErrorOutput,
    )
    .run()
    .await;
    assert_eq!(run.output("A", 0, 0), json!([{ "i": 0 }]));
    assert_eq!(run.output("A", 0, 1), json!([{ "i": 1, "error": "bad" }]));
    assert!(run.result("A", 0).error.is_none());
    assert_eq!(run.first("E"), json!([{ "i": 1, "error": "bad" }]));
    assert_eq!(run.status(), ExecutionStatus::Success);
}

#[tokio::test]
async fn details_of_an_error_do_not_keep_it_from_the_error_output() {
    let error = json!({ "error": "bad", "message": "m", "details": { "d": 1 } });
    let run = two_outputs(second_fails(error), OnError::ContinueErrorOutput)
        .run()
        .await;
    assert_eq!(
        run.output("A", 0, 1),
        json!([{ "i": 1, "error": "bad", "message": "m", "details": { "d": 1 } }])
    );
}

#[tokio::test]
async fn an_item_with_more_than_an_error_stays() {
    let run = two_outputs(
        second_fails(json!({ "error": "x", "other": 1 })),
        OnError::ContinueErrorOutput,
    )
    .run()
    .await;
    assert_eq!(
        run.output("A", 0, 0),
        json!([{ "i": 0 }, { "error": "x", "other": 1 }])
    );
    assert_eq!(run.output("A", 0, 1), json!([]));
    assert_eq!(run.runs("E"), 0);
}

#[tokio::test]
async fn an_error_that_javascript_takes_for_false_stays() {
    for falsy in [json!(""), json!(0), json!(false), json!(null)] {
        let run = two_outputs(
            second_fails(json!({ "error": falsy })),
            OnError::ContinueErrorOutput,
        )
        .run()
        .await;
        assert_eq!(run.output("A", 0, 1), json!([]), "{falsy}");
    }
}

#[tokio::test]
async fn a_returned_error_item_stays_with_continue_regular_output() {
    let run = two_outputs(
        second_fails(json!({ "error": "bad" })),
        OnError::ContinueRegularOutput,
    )
    .run()
    .await;
    assert_eq!(run.first("B"), json!([{ "i": 0 }, { "error": "bad" }]));
    assert_eq!(run.runs("E"), 0);
}

#[tokio::test]
async fn an_item_marked_as_failed_says_nothing_but_its_error() {
    let marked = Script::new(|_| {
        let item = Item {
            error: Some(Arc::new(ErrorInfo::operation("marked"))),
            ..Item::new(json!({ "secret": 1 }))
        };
        done(vec![item].into())
    });
    let run = Graph::v1("T -> A -> B")
        .on_error("A", OnError::ContinueRegularOutput)
        .does("A", marked)
        .run()
        .await;
    assert_eq!(run.first("B"), json!([{ "error": "marked" }]));
}

#[tokio::test]
async fn an_error_wrapped_with_its_json_is_unwrapped() {
    let wrapped = json!({ "$error": { "message": "inner" }, "$json": { "i": 1 } });
    let run = two_outputs(second_fails(wrapped), OnError::ContinueErrorOutput)
        .run()
        .await;
    assert_eq!(run.output("A", 0, 1), json!([{ "i": 1, "error": "inner" }]));
}

#[tokio::test]
async fn the_error_output_comes_after_all_others() {
    let script = Script::new(|run| {
        let input = run.items();
        let good = (input.get(0).unwrap().clone(), Link::to(0));
        let bad = (Item::new(json!({ "error": "bad" })), Link::to(1));
        Step::Done(Ok(Outcome::of_outputs([
            [good].into_iter().collect(),
            [bad].into_iter().collect(),
        ])))
    })
    .with_outputs(2);
    let mut graph = Graph::v1("T -> A; A:1 -> B; A:2 -> E")
        .on_error("A", OnError::ContinueErrorOutput)
        .does("A", script);
    graph.start.items = numbered(2);
    let run = graph.run().await;
    assert_eq!(run.order(), "T A E");
    assert_eq!(run.output("A", 0, 1), json!([]));
    assert_eq!(run.first("E"), json!([{ "i": 1, "error": "bad" }]));
}

#[tokio::test]
async fn an_error_output_that_is_not_connected_swallows_failed_items() {
    let mut graph = Graph::v1("T -> A -> B")
        .on_error("A", OnError::ContinueErrorOutput)
        .does("A", second_fails(json!({ "error": "bad" })));
    graph.start.items = numbered(2);
    let run = graph.run().await;
    assert_eq!(run.first("B"), json!([{ "i": 0 }]));
}

#[tokio::test]
async fn a_node_that_yields_nothing_is_not_recorded_with_an_error_output_either() {
    let run = Graph::v1("T -> A; A:1 -> E")
        .on_error("A", OnError::ContinueErrorOutput)
        .does("A", crate::script::nothing())
        .run()
        .await;
    assert_eq!(run.order(), "T");
}

fn panics() -> Script {
    Script::new(|_| panic!("on purpose"))
}

#[tokio::test]
async fn a_node_that_panics_ends_the_run_as_an_error() {
    for script in [panics(), later(&panics(), 1)] {
        for graph in [
            Graph::v1("T -> A -> B"),
            Graph::v0("T -> A -> B"),
            Graph::parallel("T -> A -> B"),
        ] {
            let run = graph.does("A", script.clone()).run().await;
            assert_eq!(run.status(), ExecutionStatus::Error);
            assert_eq!(run.last_node(), "A");
            let error = run.result("A", 0).error.as_ref().unwrap();
            assert_eq!(error.node.as_deref(), Some("A"));
            assert!(error.message.starts_with("the node crashed"));
            assert!(!error.message.contains("on purpose"));
        }
    }
}

#[tokio::test]
async fn a_node_that_panics_may_be_passed_over_like_any_failure() {
    for script in [panics(), later(&panics(), 1)] {
        let run = Graph::v1("T -> A -> B")
            .on_error("A", OnError::ContinueRegularOutput)
            .does("A", script)
            .run()
            .await;
        assert_eq!(run.order(), "T A B");
        assert_eq!(run.status(), ExecutionStatus::Success);
    }
}
