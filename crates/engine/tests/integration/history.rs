//! What a node may ask of earlier nodes: their items by output and run, and where its own input came from.

use std::sync::{Arc, Mutex};

use itemflow_expression::EvaluateError;
use itemflow_nodes::NodeRun;
use serde_json::json;

use crate::graph::Graph;
use crate::script::{Script, append, done, emit, emit_outputs, items, rounds};

/// Runs a graph whose node `asking_node` asks something of its history, and returns the answer of its last run.
async fn answer<T: Clone + Default + Send + 'static>(
    graph: Graph,
    asking_node: &str,
    ask: impl Fn(&NodeRun) -> T + Send + Sync + 'static,
) -> T {
    let told = Arc::new(Mutex::new(T::default()));
    let answer = told.clone();
    let script = Script::new(move |run| {
        *answer.lock().unwrap() = ask(run);
        done(run.items())
    });
    let run = graph.does(asking_node, script).run().await;
    assert_eq!(run.error(), "");
    assert!(run.runs(asking_node) > 0);
    told.lock().unwrap().clone()
}

/// The first item of `$('node')` at an output and a run; the kind of error where there is none.
fn first(run: &NodeRun, node: &str, output: Option<u32>, of: Option<u32>) -> String {
    let node = run.history.node(node).unwrap();
    match run.history.items(node, output, of) {
        Ok(items) => items
            .get(0)
            .map_or("empty".into(), |item| item.json.to_string()),
        Err(EvaluateError::Scope { kind, .. }) => kind.into(),
        Err(other) => panic!("{other:?}"),
    }
}

fn looping() -> Graph {
    Graph::v1("T -> S; S:1 -> P -> S; S:0 -> Q")
        .does("S", rounds(3))
        .does(
            "P",
            Script::new(|run| done(items(json!([{ "round": run.run_index }])))),
        )
}

#[tokio::test]
async fn without_a_run_the_last_one_counts() {
    assert_eq!(
        answer(looping(), "Q", |run| first(run, "P", None, None)).await,
        r#"{"round":2}"#
    );
}

#[tokio::test]
async fn a_run_is_named_by_its_index() {
    assert_eq!(
        answer(looping(), "Q", |run| first(run, "P", Some(0), Some(1))).await,
        r#"{"round":1}"#
    );
    assert_eq!(
        answer(looping(), "Q", |run| first(run, "P", None, Some(3))).await,
        "no_execution_data"
    );
}

#[tokio::test]
async fn runs_are_counted() {
    let count = |run: &NodeRun| run.history.runs(run.history.node("S").unwrap());
    assert_eq!(answer(looping(), "Q", count).await, 4);
}

#[tokio::test]
async fn without_an_output_the_one_that_leads_here_counts() {
    let graph = Graph::v1("T -> If; If:0 -> A; If:1 -> B -> Q")
        .does("If", emit_outputs(json!([[{ "o": 0 }], [{ "o": 1 }]])));
    assert_eq!(
        answer(graph.clone(), "Q", |run| first(run, "If", None, None)).await,
        r#"{"o":1}"#
    );
    assert_eq!(
        answer(graph.clone(), "Q", |run| first(run, "If", Some(0), None)).await,
        r#"{"o":0}"#
    );
    assert_eq!(
        answer(graph, "Q", |run| first(run, "If", Some(5), None)).await,
        "empty"
    );
}

#[tokio::test]
async fn a_node_that_does_not_lead_here_shows_its_first_output() {
    let graph = Graph::v1("T -> If; T -> Q; If:1 -> B")
        .at("If", 0.0, 0.0)
        .at("Q", 0.0, 10.0)
        .does("If", emit_outputs(json!([[{ "o": 0 }], [{ "o": 1 }]])));
    assert_eq!(
        answer(graph, "Q", |run| first(run, "If", None, None)).await,
        r#"{"o":0}"#
    );
}

#[tokio::test]
async fn a_node_that_has_not_run_has_no_data_unless_it_is_pinned() {
    let graph = Graph::v1("T -> Q -> Later");
    let ask = |run: &NodeRun| first(run, "Later", None, None);
    assert_eq!(answer(graph.clone(), "Q", ask).await, "no_execution_data");
    let mut pinned = graph.pinned("Later", json!([{ "json": { "p": 1 } }]));
    assert_eq!(answer(pinned.clone(), "Q", ask).await, r#"{"p":1}"#);
    pinned.manual = false;
    assert_eq!(answer(pinned, "Q", ask).await, "no_execution_data");
}

#[tokio::test]
async fn unknown_nodes_are_not_found() {
    let graph = Graph::v1("T -> Q");
    assert!(answer(graph, "Q", |run| run.history.node("Nope").is_none()).await);
}

#[tokio::test]
async fn the_source_of_every_input_is_known() {
    let graph = Graph::v1("T -> A -> Q; T -> If; If:1 -> 1:Q")
        .does("A", emit(json!([{ "a": 1 }])))
        .does("If", emit_outputs(json!([[], [{ "o": 1 }]])));
    let sources = answer(graph, "Q", |run| {
        [
            run.history.source(0),
            run.history.source(1),
            run.history.source(2),
        ]
        .map(|source| {
            source.map(|source| (source.node.to_string(), source.output, source.run_index))
        })
    })
    .await;
    assert_eq!(
        sources,
        [Some(("A".into(), 0, 0)), Some(("If".into(), 1, 0)), None]
    );
}

#[tokio::test]
async fn parameters_of_other_nodes_are_known() {
    let graph = Graph::v1("T -> A -> Q").with("A", |node| {
        node.parameters.insert("color".into(), "red".into());
    });
    let color = answer(graph, "Q", |run| {
        let node = run.history.node("A").unwrap();
        let facts = run.history.parameters(node).unwrap();
        format!("{} {:?}", facts.name, facts.parameters.get("color"))
    })
    .await;
    assert!(color.starts_with("A ") && color.contains("red"), "{color}");
}

#[tokio::test]
async fn the_history_of_a_node_in_flight_does_not_change() {
    let graph = Graph::parallel("T -> Q; T -> B -> C; T -> M; C -> 1:M").does("M", append());
    let slow = Script::new(|run| {
        let run = run.clone();
        itemflow_nodes::Step::Pending(Box::pin(async move {
            let b = run.history.node("B").unwrap();
            assert_eq!(run.history.runs(b), 0);
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            assert_eq!(run.history.runs(b), 0);
            Ok(itemflow_nodes::Outcome::of(run.items()))
        }))
    });
    let run = graph.at("Q", 0.0, -10.0).does("Q", slow).run().await;
    assert_eq!(run.error(), "");
    assert_eq!(run.order().split(' ').next_back(), Some("Q"));
}
