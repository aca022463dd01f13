//! Which earlier item an item comes from, as nodes learn it from their history, and what is filled in for nodes that
//! do not say it themselves.

use std::sync::{Arc, Mutex};

use itemflow_expression::EvaluateError;
use itemflow_model::{Item, Link};
use itemflow_nodes::NodeRun;
use serde_json::json;

use crate::graph::Graph;
use crate::script::{Script, append, done, emit, items, numbered, rounds, split, zip};

type Answers = Arc<Mutex<Vec<Vec<String>>>>;

/// A node that asks, in every run and for every item, which item of `node` it comes from. It passes its items on.
fn asking(node: &'static str) -> (Script, Answers) {
    let answers = Answers::default();
    let told = answers.clone();
    let script = Script::new(move |run| {
        let items = run.items();
        let asked = (0..items.len()).map(|item| ask(run, node, item)).collect();
        told.lock().unwrap().push(asked);
        done(items)
    });
    (script, answers)
}

fn ask(run: &NodeRun, node: &str, item: usize) -> String {
    let node = run.history.node(node).unwrap();
    match run.history.paired_item(node, item) {
        Ok(item) => item.json.to_string(),
        Err(EvaluateError::Scope { kind, .. }) => kind.into(),
        Err(other) => panic!("{other:?}"),
    }
}

async fn answers(graph: Graph, asking_node: &str, about: &'static str) -> Vec<Vec<String>> {
    let (script, answers) = asking(about);
    let run = graph.does(asking_node, script).run().await;
    assert_eq!(run.error(), "");
    answers.lock().unwrap().clone()
}

#[tokio::test]
async fn along_a_straight_chain() {
    let graph = Graph::v1("T -> G -> A -> B -> Q").does("G", script_of(numbered(3)));
    let expected = [r#"{"i":0}"#, r#"{"i":1}"#, r#"{"i":2}"#];
    assert_eq!(answers(graph.clone(), "Q", "G").await, [expected]);
    assert_eq!(answers(graph.clone(), "Q", "B").await, [expected]);
    assert_eq!(answers(graph, "Q", "T").await, [["{}", "{}", "{}"]]);
}

#[tokio::test]
async fn through_a_filter_in_between() {
    let graph = Graph::v1("T -> G -> F; F:1 -> A -> Q")
        .does("G", script_of(numbered(4)))
        .does("F", split());
    assert_eq!(
        answers(graph, "Q", "G").await,
        [[r#"{"i":1}"#, r#"{"i":3}"#]]
    );
}

#[tokio::test]
async fn through_both_branches_into_a_merge() {
    let graph = Graph::v1("T -> G -> F; F:0 -> A -> M; F:1 -> B -> 1:M; M -> Q")
        .does("G", script_of(numbered(4)))
        .does("F", split())
        .does("M", append());
    let expected = [r#"{"i":0}"#, r#"{"i":2}"#, r#"{"i":1}"#, r#"{"i":3}"#];
    assert_eq!(answers(graph.clone(), "Q", "G").await, [expected]);
    let half = [
        r#"{"i":0}"#,
        r#"{"i":2}"#,
        "paired_item_no_connection",
        "paired_item_no_connection",
    ];
    assert_eq!(answers(graph, "Q", "A").await, [half]);
}

#[tokio::test]
async fn ways_that_lead_to_the_same_item_agree() {
    let graph = Graph::v1("T -> G -> A -> M; G -> B -> 1:M; M -> Q")
        .does("G", script_of(numbered(2)))
        .does("M", zip());
    assert_eq!(
        answers(graph.clone(), "Q", "G").await,
        [[r#"{"i":0}"#, r#"{"i":1}"#]]
    );
    // Only one of the two ways leads to A; the other does not count.
    assert_eq!(
        answers(graph, "Q", "A").await,
        [[r#"{"i":0}"#, r#"{"i":1}"#]]
    );
}

#[tokio::test]
async fn ways_that_lead_to_different_items_are_multiple_matches() {
    for contents in [
        json!([{ "i": 0 }, { "i": 1 }]),
        json!([{ "same": 1 }, { "same": 1 }]),
    ] {
        let graph = Graph::v1("T -> G -> One -> Q")
            .does("G", emit(contents))
            .does("One", joined_from_all());
        assert_eq!(
            answers(graph, "Q", "G").await,
            [["paired_item_multiple_matches"]]
        );
    }
}

#[tokio::test]
async fn no_information_is_an_error() {
    let graph = Graph::v1("T -> G -> A -> Q")
        .does("G", script_of(numbered(3)))
        .does("A", emit(json!([{ "a": 1 }, { "a": 2 }])));
    assert_eq!(
        answers(graph, "Q", "G").await,
        [["paired_item_no_info", "paired_item_no_info"]]
    );
}

#[tokio::test]
async fn a_link_to_an_item_that_does_not_exist_is_an_error() {
    let wrong = Script::new(|_| done([(Item::new(json!({})), Link::to(7))].into_iter().collect()));
    let graph = Graph::v1("T -> G -> A -> Q")
        .does("G", script_of(numbered(3)))
        .does("A", wrong);
    assert_eq!(
        answers(graph, "Q", "G").await,
        [["paired_item_invalid_info"]]
    );
}

#[tokio::test]
async fn a_node_that_has_not_run_yet_has_no_data() {
    let graph = Graph::v1("T -> Q -> Later");
    assert_eq!(answers(graph, "Q", "Later").await, [["no_execution_data"]]);
}

#[tokio::test]
async fn a_node_on_another_branch_is_not_connected() {
    let graph = Graph::v1("T -> Other; T -> Q")
        .at("Other", 0.0, 0.0)
        .at("Q", 0.0, 10.0);
    assert_eq!(
        answers(graph, "Q", "Other").await,
        [["paired_item_no_connection"]]
    );
}

#[tokio::test]
async fn in_a_loop_the_run_that_the_item_came_through_counts() {
    let count = Script::new(|run| done(items(json!([{ "round": run.run_index }]))));
    let graph = Graph::v1("T -> S; S:1 -> P -> Q -> S; S:0 -> D")
        .does("S", rounds(3))
        .does("P", count);
    assert_eq!(
        answers(graph.clone(), "Q", "P").await,
        [[r#"{"round":0}"#], [r#"{"round":1}"#], [r#"{"round":2}"#]]
    );
    assert_eq!(answers(graph, "D", "P").await, [[r#"{"round":2}"#]]);
}

#[tokio::test]
async fn an_item_that_there_is_not_has_no_pair() {
    let asked = Arc::new(Mutex::new(String::new()));
    let told = asked.clone();
    let script = Script::new(move |run| {
        *told.lock().unwrap() = ask(run, "T", 99);
        done(run.items())
    });
    Graph::v1("T -> Q").does("Q", script).run().await;
    assert_eq!(*asked.lock().unwrap(), "paired_item_invalid_info");
}

/// The links of the first run of a node that yields `yielded` when fed `fed` items.
async fn links(fed: usize, yielded: Script) -> Vec<Link> {
    let mut graph = Graph::v1("T -> A").does("A", yielded);
    graph.start.items = numbered(fed);
    let run = graph.run().await;
    let items = run.result("A", 0).output(0).unwrap().clone();
    (0..items.len()).map(|i| items.link(i)).collect()
}

#[tokio::test]
async fn links_are_filled_in_where_the_counts_allow_it() {
    let two = || emit(json!([{}, {}]));
    assert_eq!(links(1, two()).await, [Link::to(0), Link::to(0)]);
    assert_eq!(links(2, two()).await, [Link::to(0), Link::to(1)]);
    assert_eq!(links(3, two()).await, [Link::None, Link::None]);
    assert_eq!(links(3, emit(json!([{}]))).await, [Link::to(0)]);
}

#[tokio::test]
async fn links_that_a_node_gives_are_kept() {
    let partly = || {
        Script::new(|_| {
            let items = [
                (Item::new(json!({})), Link::to(1)),
                (Item::new(json!({})), Link::None),
            ];
            done(items.into_iter().collect())
        })
    };
    assert_eq!(links(2, partly()).await, [Link::to(1), Link::to(1)]);
    assert_eq!(links(1, partly()).await, [Link::to(1), Link::to(0)]);
    assert_eq!(links(3, partly()).await, [Link::to(1), Link::None]);
}

#[tokio::test]
async fn several_outputs_are_filled_in_only_for_a_single_item() {
    let two = || crate::script::emit_outputs(json!([[{}, {}], [{}]]));
    assert_eq!(links(2, two()).await, [Link::None, Link::None]);
    assert_eq!(links(1, two()).await, [Link::to(0), Link::to(0)]);
}

fn script_of(items: itemflow_model::Items) -> Script {
    Script::new(move |_| done(items.clone()))
}

/// One item that comes from all input items.
fn joined_from_all() -> Script {
    Script::new(|run| {
        let link = (0..run.items().len()).fold(Link::None, |link, i| link.join(&Link::to(i)));
        done(
            [(Item::new(json!({ "one": 1 })), link)]
                .into_iter()
                .collect(),
        )
    })
}
