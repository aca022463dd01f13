//! Nodes with several inputs: what they wait for, what they run with, and what order v0 forces to run.

use itemflow_model::{ExecutionOrder, ExecutionStatus};
use serde_json::json;

use crate::graph::Graph;
use crate::script::{append, emit, emit_outputs, split};

const BOTH_ORDERS: [ExecutionOrder; 2] = [ExecutionOrder::V1, ExecutionOrder::Parallel];

#[tokio::test]
async fn a_merge_waits_for_all_its_inputs() {
    for order in [
        ExecutionOrder::V0,
        ExecutionOrder::V1,
        ExecutionOrder::Parallel,
    ] {
        let run = Graph::new(order, "T -> A -> M; T -> B -> 1:M; M -> Z")
            .at("A", 0.0, 0.0)
            .at("B", 0.0, 10.0)
            .does("A", emit(json!([{ "a": 1 }])))
            .does("B", emit(json!([{ "b": 1 }])))
            .does("M", append())
            .run()
            .await;
        assert_eq!(run.order(), "T A B M Z", "{order:?}");
        assert_eq!(run.first("M"), json!([{ "a": 1 }, { "b": 1 }]));
        assert_eq!(run.sources("M", 0), "A.0#0 B.0#0");
    }
}

#[tokio::test]
async fn a_merge_runs_with_the_branch_that_brought_data_when_nothing_else_is_left() {
    for order in BOTH_ORDERS {
        let run = Graph::new(order, "T -> G -> M; T -> X -> 1:M")
            .does("G", emit(json!([{ "g": 1 }])))
            .does("X", emit(json!([])))
            .does("M", append())
            .run()
            .await;
        assert_eq!(run.runs("M"), 1, "{order:?}");
        assert_eq!(run.first("M"), json!([{ "g": 1 }]));
        assert_eq!(run.sources("M", 0), "G.0#0 -");
        assert_eq!(run.status(), ExecutionStatus::Success);
    }
}

#[tokio::test]
async fn an_input_that_got_nothing_is_an_empty_list() {
    let run = Graph::v1("T -> G -> M; T -> X -> 1:M")
        .does("X", emit(json!([])))
        .does(
            "M",
            crate::script::Script::new(|run| {
                assert_eq!(run.inputs.len(), 2);
                assert!(run.inputs[1].as_ref().is_some_and(|items| items.is_empty()));
                crate::script::done(run.input(0))
            }),
        )
        .run()
        .await;
    assert_eq!(run.status(), ExecutionStatus::Success);
    assert_eq!(run.runs("M"), 1);
}

#[tokio::test]
async fn a_node_that_requires_all_inputs_never_runs_without_one() {
    for order in BOTH_ORDERS {
        let run = Graph::new(order, "T -> X -> 1:M; T -> G -> M")
            .at("X", 0.0, 0.0)
            .at("G", 0.0, 10.0)
            .does("X", emit(json!([])))
            .does("M", append().requires(&[0, 1]))
            .run()
            .await;
        assert_eq!(run.runs("M"), 0);
        assert_eq!(run.status(), ExecutionStatus::Success);
        assert_eq!(run.last_node(), "G");
    }
}

#[tokio::test]
async fn a_node_that_requires_one_input_runs_only_with_that_one() {
    let graph = |fed: &str| {
        Graph::v1("T -> A -> M; T -> B -> 1:M")
            .does("A", emit(json!([])))
            .does("B", emit(json!([])))
            .does(fed, emit(json!([{ "x": 1 }])))
            .does("M", append().requires(&[0]))
    };
    assert_eq!(graph("A").run().await.runs("M"), 1);
    assert_eq!(graph("B").run().await.runs("M"), 0);
}

#[tokio::test]
async fn a_second_arrival_at_an_occupied_input_makes_a_second_run() {
    let run = Graph::v1("T -> A -> M; T -> B -> M; T -> C -> 1:M")
        .at("A", 0.0, 0.0)
        .at("B", 0.0, 10.0)
        .at("C", 0.0, 20.0)
        .does("A", emit(json!([{ "a": 1 }])))
        .does("B", emit(json!([{ "b": 1 }])))
        .does("C", emit(json!([{ "c": 1 }])))
        .does("M", append())
        .run()
        .await;
    assert_eq!(run.order(), "T A B C M M");
    assert_eq!(run.output("M", 0, 0), json!([{ "a": 1 }, { "c": 1 }]));
    assert_eq!(run.output("M", 1, 0), json!([{ "b": 1 }]));
    assert_eq!(run.sources("M", 0), "A.0#0 C.0#0");
    assert_eq!(run.sources("M", 1), "B.0#0 -");
}

const IF_INTO_MERGE: &str = "T -> I; I:0 -> A -> M; I:1 -> B -> 1:M";

#[tokio::test]
async fn v1_does_not_run_the_branch_that_got_no_items() {
    let run = Graph::v1(IF_INTO_MERGE)
        .does("I", emit_outputs(json!([[{ "i": 1 }], []])))
        .does("M", append())
        .run()
        .await;
    assert_eq!(run.order(), "T I A M");
    assert_eq!(run.sources("M", 0), "A.0#0 -");
}

#[tokio::test]
async fn v0_forces_the_branch_that_got_no_items_to_run_with_one_empty_item() {
    let run = Graph::v0(IF_INTO_MERGE)
        .does("I", emit_outputs(json!([[{ "i": 1 }], []])))
        .does("M", append())
        .run()
        .await;
    assert_eq!(run.order(), "T I A B M");
    assert_eq!(run.first("B"), json!([{}]));
    assert_eq!(run.sources("B", 0), "-");
    assert_eq!(run.first("M"), json!([{ "i": 1 }, {}]));
    assert_eq!(run.sources("M", 0), "A.0#0 B.0#0");
}

#[tokio::test]
async fn v0_forces_the_first_node_of_a_longer_branch() {
    let run = Graph::v0("T -> M; X -> Y -> 1:M")
        .does("M", append())
        .starting_at("T")
        .run()
        .await;
    assert_eq!(run.order(), "T X Y M");
}

#[tokio::test]
async fn v0_does_not_force_a_branch_that_comes_anyway() {
    let run = Graph::v0("T -> M; T -> X -> Y -> 1:M")
        .does("M", append())
        .run()
        .await;
    assert_eq!(run.order(), "T X Y M");
    assert_eq!(run.sources("X", 0), "T.0#0");
}

#[tokio::test]
async fn v1_never_runs_a_second_trigger() {
    let run = Graph::v1("T -> M; X -> 1:M")
        .does("M", append())
        .starting_at("T")
        .run()
        .await;
    assert_eq!(run.order(), "T M");
}

#[tokio::test]
async fn v0_brings_an_empty_list_to_an_input_other_than_the_first() {
    let run = Graph::v0("T -> G -> M; T -> X -> 1:M")
        .does("X", emit(json!([])))
        .does("M", append())
        .run()
        .await;
    assert_eq!(run.order(), "T G X M");
    assert_eq!(run.sources("M", 0), "G.0#0 X.0#0");
}

#[tokio::test]
async fn v0_does_not_run_a_node_whose_first_input_is_empty_and_v1_does() {
    let graph = |order| {
        Graph::new(order, "T -> X -> M; T -> G -> 1:M")
            .does("X", emit(json!([])))
            .does("M", append())
    };
    assert_eq!(graph(ExecutionOrder::V0).run().await.runs("M"), 0);
    assert_eq!(graph(ExecutionOrder::V1).run().await.runs("M"), 1);
}

#[tokio::test]
async fn a_node_with_only_its_second_input_connected_runs() {
    let run = Graph::v1("T -> 1:M -> Z").does("M", append()).run().await;
    assert_eq!(run.order(), "T M Z");
    assert_eq!(run.sources("M", 0), "- T.0#0");
}

#[tokio::test]
async fn the_merge_below_waits_for_the_merge_above() {
    // Both lack one input; the upper one must run first, for its result feeds the lower one.
    let run = Graph::v1("T -> L; T -> U; X -> 1:U; U -> 1:L")
        .at("L", 0.0, 0.0)
        .at("U", 0.0, 10.0)
        .does("U", append())
        .does("L", append())
        .starting_at("T")
        .run()
        .await;
    assert_eq!(run.order(), "T U L");
    assert_eq!(run.sources("L", 0), "T.0#0 U.0#0");
}

#[tokio::test]
async fn a_loop_feeds_a_merge_once_for_each_round() {
    let run = Graph::v1("T -> S; S:1 -> P; P -> M; P -> 1:M; P -> S; S:0 -> D")
        .at("M", 0.0, 0.0)
        .at("S", 0.0, 10.0)
        .does("S", crate::script::rounds(2))
        .does("M", append())
        .run()
        .await;
    assert_eq!(run.order(), "T S P M S P M S D");
    assert_eq!(run.sources("M", 1), "P.0#1 P.0#1");
}

#[tokio::test]
async fn two_branches_of_a_split_meet_again() {
    let mut graph = Graph::v1("T -> I; I:0 -> A -> M; I:1 -> B -> 1:M");
    graph.start.items = crate::script::numbered(5);
    let run = graph.does("I", split()).does("M", append()).run().await;
    assert_eq!(
        run.first("M"),
        json!([{ "i": 0 }, { "i": 2 }, { "i": 4 }, { "i": 1 }, { "i": 3 }])
    );
}
