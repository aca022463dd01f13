//! In which order nodes run (n8n: v1 depth first by position, v0 breadth first by listing), and loops.

use itemflow_model::ExecutionStatus;
use serde_json::json;

use crate::graph::Graph;
use crate::script::{done, nothing};
use crate::script::{emit, emit_outputs, items, numbered, rounds};

const FORK: &str = "T -> A; T -> B; A -> A2; B -> B2";

#[tokio::test]
async fn v1_runs_the_top_branch_to_its_end_first() {
    let graph = Graph::v1(FORK).at("A", 200.0, 100.0).at("B", 200.0, 0.0);
    assert_eq!(graph.executed().await, "T B B2 A A2");
}

#[tokio::test]
async fn v0_runs_breadth_first_in_listing_order() {
    let graph = Graph::v0(FORK).at("A", 200.0, 100.0).at("B", 200.0, 0.0);
    assert_eq!(graph.executed().await, "T A B A2 B2");
}

#[tokio::test]
async fn without_an_execution_order_it_is_v0() {
    let mut graph = Graph::v1(FORK).at("A", 200.0, 100.0).at("B", 200.0, 0.0);
    graph.workflow.settings.execution_order = None;
    assert_eq!(graph.executed().await, "T A B A2 B2");
}

#[tokio::test]
async fn v1_runs_branches_of_one_height_from_left_to_right() {
    let graph = Graph::v1("T -> A; T -> B; T -> C")
        .at("A", 300.0, 0.0)
        .at("B", 100.0, 0.0)
        .at("C", 200.0, 0.0);
    assert_eq!(graph.executed().await, "T B C A");
}

#[tokio::test]
async fn v1_runs_branches_at_one_place_in_reverse_listing_order() {
    let graph = Graph::v1("T -> A; T -> B; T -> C");
    assert_eq!(graph.executed().await, "T C B A");
}

#[tokio::test]
async fn v1_feeds_a_node_from_the_last_of_two_outputs_first() {
    let run = Graph::v1("T -> If; If:0 -> E; If:1 -> E")
        .does("If", emit_outputs(json!([[{ "o": 0 }], [{ "o": 1 }]])))
        .run()
        .await;
    assert_eq!(run.order(), "T If E E");
    assert_eq!(run.output("E", 0, 0), json!([{ "o": 1 }]));
    assert_eq!(run.output("E", 1, 0), json!([{ "o": 0 }]));
    assert_eq!(run.sources("E", 0), "If.1#0");
    assert_eq!(run.sources("E", 1), "If.0#0");
}

#[tokio::test]
async fn a_loop_runs_its_nodes_again_with_the_next_run_index() {
    for graph in [
        Graph::v1("T -> S; S:1 -> P -> S; S:0 -> D"),
        Graph::v0("T -> S; S:1 -> P -> S; S:0 -> D"),
        Graph::parallel("T -> S; S:1 -> P -> S; S:0 -> D"),
    ] {
        let run = graph.does("S", rounds(2)).run().await;
        assert_eq!(run.order(), "T S P S P S D");
        assert_eq!(run.status(), ExecutionStatus::Success);
        assert_eq!(run.result("S", 2).run.run_index, 2);
        assert_eq!(run.sources("S", 1), "P.0#0");
        assert_eq!(run.sources("P", 1), "S.1#1");
        assert_eq!(run.sources("D", 0), "S.0#2");
    }
}

#[tokio::test]
async fn runs_are_numbered_over_the_whole_execution() {
    let run = Graph::v1("T -> S; S:1 -> S; S:0 -> D")
        .does("S", rounds(2))
        .run()
        .await;
    let indexes: Vec<u32> = run.recorded().iter().map(|r| r.execution_index).collect();
    assert_eq!(indexes, [0, 1, 2, 3, 4]);
}

#[tokio::test]
async fn a_node_sees_its_run_index() {
    let run = Graph::v1("T -> S; S:1 -> P -> S; S:0 -> D")
        .does("S", rounds(3))
        .does(
            "P",
            crate::script::Script::new(|run| done(items(json!([{ "run": run.run_index }])))),
        )
        .run()
        .await;
    assert_eq!(run.output("P", 2, 0), json!([{ "run": 2 }]));
}

#[tokio::test]
async fn a_node_that_yields_nothing_is_not_recorded_and_ends_its_branch() {
    let run = Graph::v1("T -> A -> B; T -> C")
        .at("C", 0.0, 10.0)
        .does("A", nothing())
        .run()
        .await;
    assert_eq!(run.order(), "T C");
    assert_eq!(run.runs("A"), 0);
    assert_eq!(run.status(), ExecutionStatus::Success);
    assert_eq!(run.last_node(), "C");
}

#[tokio::test]
async fn outputs_without_data_are_nothing_too() {
    let run = Graph::v1("T -> A -> B")
        .does("A", emit_outputs(json!([null, null])))
        .run()
        .await;
    assert_eq!(run.order(), "T");
    assert_eq!(run.runs("A"), 0);
}

#[tokio::test]
async fn a_node_that_yields_an_empty_list_is_recorded_and_ends_its_branch() {
    for graph in [Graph::v1("T -> A -> B"), Graph::v0("T -> A -> B")] {
        let run = graph.does("A", emit(json!([]))).run().await;
        assert_eq!(run.order(), "T A");
        assert_eq!(run.first("A"), json!([]));
        assert_eq!(run.last_node(), "A");
    }
}

#[tokio::test]
async fn only_outputs_with_items_are_followed() {
    let run = Graph::v1("T -> If; If:0 -> A; If:1 -> B; If:2 -> C")
        .does("If", emit_outputs(json!([[], [{ "b": 1 }], null])))
        .run()
        .await;
    assert_eq!(run.order(), "T If B");
    assert_eq!(run.output("If", 0, 2), json!(null));
}

#[tokio::test]
async fn items_are_shared_between_branches() {
    let mut graph = Graph::v1("T -> A; T -> B");
    graph.start.items = numbered(3);
    let run = graph.run().await;
    let (a, b) = (run.result("A", 0), run.result("B", 0));
    assert!(a.output(0).unwrap().shares_list_with(b.output(0).unwrap()));
}
