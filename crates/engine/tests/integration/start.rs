//! Where an execution starts, with what, and how far it goes.

use itemflow_engine::{Execution, StartError};
use itemflow_model::Node;
use serde_json::json;

use crate::graph::Graph;
use crate::script::{append, numbered};

fn refused(graph: &Graph) -> StartError {
    match Execution::new(
        graph.plan(),
        graph.host(),
        graph.config.clone(),
        &graph.start,
    ) {
        Ok(_) => panic!("it has started"),
        Err(error) => error,
    }
}

fn typed(graph: Graph, name: &str, node_type: &str) -> Graph {
    graph.with(name, |node| {
        *node = Node {
            node_type: node_type.into(),
            ..node.clone()
        }
    })
}

#[tokio::test]
async fn it_starts_with_one_empty_item_without_a_source() {
    let run = Graph::v1("T -> A").run().await;
    assert_eq!(run.first("T"), json!([{}]));
    assert_eq!(run.sources("T", 0), "-");
    assert_eq!(run.sources("A", 0), "T.0#0");
}

#[tokio::test]
async fn it_starts_with_the_items_it_is_given() {
    let mut graph = Graph::v1("T -> A");
    graph.start.items = numbered(2);
    assert_eq!(
        graph.run().await.first("A"),
        json!([{ "i": 0 }, { "i": 1 }])
    );
}

#[tokio::test]
async fn it_starts_at_the_node_it_is_told() {
    let graph = Graph::v1("T -> A -> B").starting_at("A");
    assert_eq!(graph.executed().await, "A B");
}

#[tokio::test]
async fn a_lone_enabled_node_is_the_start() {
    let graph = typed(Graph::v1("T"), "T", "noOp");
    assert_eq!(graph.executed().await, "T");
    let graph = Graph::v1("T -> A").disabled("T");
    assert_eq!(graph.executed().await, "A");
}

#[tokio::test]
async fn a_disabled_trigger_is_no_start() {
    let graph = typed(Graph::v1("T -> A; X -> B"), "X", "manualTrigger").disabled("T");
    assert_eq!(graph.executed().await, "X B");
}

#[tokio::test]
async fn without_a_trigger_among_several_nodes_there_is_no_start() {
    let graph = typed(Graph::v1("T -> A"), "T", "noOp");
    assert_eq!(refused(&graph), StartError::NoTrigger);
}

#[tokio::test]
async fn an_empty_workflow_has_no_start() {
    let mut graph = Graph::v1("T");
    graph.workflow.nodes.clear();
    assert_eq!(refused(&graph), StartError::NoTrigger);
}

#[tokio::test]
async fn sticky_notes_are_not_nodes() {
    let graph = typed(Graph::v1("T; Note"), "Note", "n8n-nodes-base.stickyNote");
    assert_eq!(graph.executed().await, "T");
}

#[tokio::test]
async fn a_node_that_does_not_exist_is_named() {
    let missing = StartError::NoSuchNode {
        name: "Nope".into(),
        help: "its nodes: T, A".into(),
    };
    assert_eq!(refused(&Graph::v1("T -> A").starting_at("Nope")), missing);
    assert_eq!(refused(&Graph::v1("T -> A").until("Nope")), missing);
    let both = Graph::v1("T -> A").starting_at("T").until("Nope");
    assert_eq!(refused(&both), missing);
}

#[tokio::test]
async fn a_start_that_does_not_lead_to_the_end_is_refused() {
    let graph = Graph::v1("T -> A; T -> B").starting_at("B").until("A");
    let expected = StartError::NotReached {
        start: "B".into(),
        until: "A".into(),
    };
    assert_eq!(refused(&graph), expected);
}

#[tokio::test]
async fn a_partial_run_ends_after_its_last_node() {
    let graph = Graph::v1("T -> A -> B -> C; T -> X -> C").until("B");
    assert_eq!(graph.executed().await, "T A B");
}

#[tokio::test]
async fn a_partial_run_runs_everything_that_leads_to_its_last_node() {
    let graph = Graph::v1("T -> A -> M; T -> B -> 1:M; A -> X; M -> Z")
        .at("A", 0.0, 0.0)
        .at("B", 0.0, 10.0)
        .does("M", append())
        .until("M");
    assert_eq!(graph.executed().await, "T A B M");
}

#[tokio::test]
async fn a_partial_run_may_start_in_the_middle() {
    let graph = Graph::v1("T -> A -> B -> C").starting_at("A").until("B");
    assert_eq!(graph.executed().await, "A B");
}

#[tokio::test]
async fn a_partial_run_chooses_among_the_triggers_above_its_last_node() {
    let graph = typed(Graph::v1("T -> A; X -> B"), "X", "manualTrigger").until("B");
    assert_eq!(graph.executed().await, "X B");
}

#[tokio::test]
async fn a_partial_run_does_not_leave_a_loop_it_ends_in() {
    let graph = Graph::v1("T -> S; S:1 -> P -> S; S:0 -> D")
        .does("S", crate::script::rounds(3))
        .until("P");
    assert_eq!(graph.executed().await, "T S P");
}
