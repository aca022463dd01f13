//! Settings of a node: disabled, executeOnce, alwaysOutputData, pinned items.

use itemflow_model::{ExecutionStatus, ItemRef};
use serde_json::json;

use crate::graph::Graph;
use crate::script::{Script, append, done, emit, emit_outputs, fail, nothing, numbered, pass};

#[tokio::test]
async fn a_disabled_node_passes_its_first_input_on() {
    let script = fail("must not run");
    let count = script.counted();
    let mut graph = Graph::v1("T -> A -> B; A:1 -> C")
        .disabled("A")
        .with("A", |node| node.retry_on_fail = true)
        .does("A", script);
    graph.start.items = numbered(2);
    let run = graph.run().await;
    assert_eq!(run.order(), "T A B");
    assert_eq!(run.first("B"), json!([{ "i": 0 }, { "i": 1 }]));
    assert!(run.result("A", 0).error.is_none());
    assert_eq!(count.load(std::sync::atomic::Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_disabled_merge_passes_its_first_input_only() {
    let run = Graph::v1("T -> A -> M; T -> B -> 1:M; M -> Z")
        .does("A", emit(json!([{ "a": 1 }])))
        .does("B", emit(json!([{ "b": 1 }])))
        .does("M", append())
        .disabled("M")
        .run()
        .await;
    assert_eq!(run.first("Z"), json!([{ "a": 1 }]));
}

#[tokio::test]
async fn a_disabled_node_ignores_its_other_settings() {
    let mut graph = Graph::v1("T -> A -> B")
        .disabled("A")
        .with("A", |node| {
            node.execute_once = true;
            node.always_output_data = true;
        })
        .pinned("A", json!([{ "json": { "pinned": true } }]));
    graph.start.items = numbered(3);
    let run = graph.run().await;
    assert_eq!(run.first("A"), json!([{ "i": 0 }, { "i": 1 }, { "i": 2 }]));
}

#[tokio::test]
async fn execute_once_cuts_every_input_to_its_first_item() {
    let mut graph = Graph::v1("T -> M; T -> 1:M; M -> Z")
        .does("M", append())
        .with("M", |node| node.execute_once = true);
    graph.start.items = numbered(3);
    let run = graph.run().await;
    assert_eq!(run.first("Z"), json!([{ "i": 0 }, { "i": 0 }]));
}

#[tokio::test]
async fn always_output_data_fills_an_empty_output_with_one_item() {
    for script in [emit(json!([])), nothing(), emit_outputs(json!([null]))] {
        let mut graph = Graph::v1("T -> A -> B")
            .does("A", script)
            .with("A", |node| node.always_output_data = true);
        graph.start.items = numbered(3);
        let run = graph.run().await;
        assert_eq!(run.order(), "T A B");
        assert_eq!(run.first("A"), json!([{}]));
        let link = run.result("A", 0).output(0).unwrap().link(0);
        let expected: Vec<ItemRef> = (0..3)
            .map(|item| ItemRef {
                item,
                input: 0,
                run: None,
            })
            .collect();
        assert_eq!(link.refs(), expected);
    }
}

#[tokio::test]
async fn always_output_data_leaves_items_alone() {
    let run = Graph::v1("T -> A -> B")
        .does("A", emit(json!([{ "a": 1 }])))
        .with("A", |node| node.always_output_data = true)
        .run()
        .await;
    assert_eq!(run.first("B"), json!([{ "a": 1 }]));
}

#[tokio::test]
async fn always_output_data_looks_at_the_first_output_only() {
    let run = Graph::v1("T -> A; A:0 -> B; A:1 -> C")
        .at("B", 0.0, 0.0)
        .at("C", 0.0, 10.0)
        .does("A", emit_outputs(json!([[], [{ "c": 1 }]])))
        .with("A", |node| node.always_output_data = true)
        .run()
        .await;
    assert_eq!(run.order(), "T A B C");
    assert_eq!(run.first("B"), json!([{}]));
}

#[tokio::test]
async fn a_pinned_node_does_not_run_in_a_run_by_hand() {
    let script = pass();
    let count = script.counted();
    let run = Graph::v1("T -> A -> B")
        .does("A", script)
        .pinned("A", json!([{ "json": { "p": 1 } }, { "p": 2 }]))
        .run()
        .await;
    assert_eq!(run.first("B"), json!([{ "p": 1 }, { "p": 2 }]));
    assert_eq!(count.load(std::sync::atomic::Ordering::SeqCst), 0);
}

#[tokio::test]
async fn pinned_items_do_not_count_when_nobody_started_the_run_by_hand() {
    let mut graph = Graph::v1("T -> A -> B")
        .does("A", emit(json!([{ "real": 1 }])))
        .pinned("A", json!([{ "json": { "p": 1 } }]));
    graph.manual = false;
    assert_eq!(graph.run().await.first("B"), json!([{ "real": 1 }]));
}

#[tokio::test]
async fn every_input_item_is_numbered_anew() {
    let mut graph = Graph::v1("T -> M; T -> 1:M").does(
        "M",
        Script::new(|run| {
            for (input, items) in run.inputs.iter().enumerate() {
                let items = items.as_ref().unwrap();
                for item in 0..items.len() {
                    assert_eq!(items.link(item), itemflow_model::Link::input(input, item));
                }
            }
            done(run.input(0))
        }),
    );
    graph.start.items = numbered(3);
    let run = graph.run().await;
    assert_eq!(run.status(), ExecutionStatus::Success, "{}", run.error());
}
