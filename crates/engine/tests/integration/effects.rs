//! What nodes ask of the caller: it is reported, the run waits, the answer lets it go on, also after a restart.

use itemflow_model::{EffectAnswer, ExecutionEvent, ExecutionStatus, Link, NodeRunId};
use serde_json::json;

use crate::graph::{Graph, drive, echo};
use crate::script::{Script, calls_twice, done, emit, failed, items, numbered, pass, waits};

fn run_of(node: &str) -> NodeRunId {
    NodeRunId {
        node: node.into(),
        run_index: 0,
    }
}

/// Pulls events up to the first question.
async fn until_asked(execution: &mut itemflow_engine::Execution) -> Vec<ExecutionEvent> {
    let mut events = Vec::new();
    loop {
        let event = execution.next().await.unwrap();
        let asks = matches!(event, ExecutionEvent::EffectRequested { .. });
        events.push(event);
        if asks {
            return events;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_question_is_reported_and_its_answer_lets_the_run_go_on() {
    let graph = Graph::v1("T -> W -> Z").does("W", waits());
    let mut execution = graph.execution();
    until_asked(&mut execution).await;
    assert!(execution.only_waits());
    execution
        .answer_handle()
        .answer(run_of("W"), EffectAnswer::TimeCame)
        .await;
    let run = drive(execution).await;
    assert_eq!(run.status(), ExecutionStatus::Success);
    assert_eq!(run.state.results(&run.plan, "Z").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_nobody_waits_for_changes_nothing() {
    let graph = Graph::v1("T -> W -> Z").does("W", waits());
    let mut execution = graph.execution();
    let answers = execution.answer_handle();
    answers.answer(run_of("W"), EffectAnswer::TimeCame).await;
    until_asked(&mut execution).await;
    answers.answer(run_of("T"), EffectAnswer::TimeCame).await;
    answers.answer(run_of("W"), EffectAnswer::TimeCame).await;
    answers.answer(run_of("W"), EffectAnswer::TimeCame).await;
    let run = drive(execution).await;
    assert_eq!(run.runs("Z"), 1);
}

#[tokio::test(start_paused = true)]
async fn one_node_at_a_time_means_that_a_question_holds_up_the_others() {
    let graph = Graph::v1("T -> W; T -> B")
        .does("W", waits())
        .at("B", 0.0, 9.0);
    let mut execution = graph.execution();
    let events = until_asked(&mut execution).await;
    let ended = |name: &str| {
        events.iter().any(|event| {
            matches!(event, ExecutionEvent::NodeFinished(result) if &*result.run.node == name)
        })
    };
    assert!(!ended("B"));
    assert!(execution.only_waits());
}

#[tokio::test(start_paused = true)]
async fn in_parallel_the_others_go_on_meanwhile() {
    let graph = Graph::parallel("T -> W; T -> B -> C").does("W", waits());
    let mut execution = graph.execution();
    let mut ended = Vec::new();
    while !execution.only_waits() {
        if let ExecutionEvent::NodeFinished(result) = execution.next().await.unwrap() {
            ended.push(result.run.node.to_string());
        }
    }
    assert_eq!(ended, ["T", "B", "C"]);
}

#[tokio::test(start_paused = true)]
async fn who_resumes_an_execution_finds_what_is_unanswered() {
    let graph = Graph::v1("T -> W -> Z").does("W", waits());
    let mut execution = graph.execution();
    let mut events = until_asked(&mut execution).await;
    let plan = execution.plan().clone();
    drop(execution);
    let resumed = graph.resume(&plan, &events);
    let unanswered: Vec<_> = resumed
        .state()
        .unanswered()
        .map(|(run, _)| run.clone())
        .collect();
    assert_eq!(unanswered, [run_of("W")]);
    // Once the answer is recorded there is nothing left to do but to go on.
    events.push(ExecutionEvent::EffectAnswered {
        run: run_of("W"),
        answer: EffectAnswer::TimeCame.into(),
    });
    let resumed = graph.resume(&plan, &events);
    assert_eq!(resumed.state().unanswered().count(), 0);
    let run = drive(resumed).await;
    assert_eq!(run.status(), ExecutionStatus::Success);
    assert_eq!(run.runs("Z"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_waiting_execution_can_be_cancelled() {
    let graph = Graph::v1("T -> W -> Z").does("W", waits());
    let mut execution = graph.execution();
    until_asked(&mut execution).await;
    execution.cancel_handle().cancel();
    let last = execution.next().await.unwrap();
    assert!(matches!(
        last,
        ExecutionEvent::Finished {
            status: ExecutionStatus::Canceled,
            ..
        }
    ));
}

#[tokio::test(start_paused = true)]
async fn a_failed_answer_is_tried_again_where_the_node_says_so() {
    let tries = Script::new(|_| {
        itemflow_nodes::Step::Ask(itemflow_model::Effect::Wait(itemflow_model::Wait::default()))
    });
    let count = tries.counted();
    let tries = tries.then(move |run, _| {
        if count.load(std::sync::atomic::Ordering::SeqCst) < 3 {
            failed("not yet")
        } else {
            done(run.items())
        }
    });
    let graph = Graph::v1("T -> W").does("W", tries).with("W", |node| {
        node.retry_on_fail = true;
        node.max_tries = Some(5.0);
    });
    let run = graph.run().await;
    assert_eq!(run.status(), ExecutionStatus::Success);
    let retries = run
        .events
        .iter()
        .filter(|event| matches!(event, ExecutionEvent::Retry { .. }));
    assert_eq!(retries.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_an_execution_gives_is_linked_to_what_it_got() {
    let graph = Graph::v1("T -> F -> C")
        .does("F", {
            let chosen = items(json!([{ "b": 1 }, { "a": 1 }]));
            Script::new(move |_| done(chosen.with_links(vec![Link::to(2), Link::to(0)])))
        })
        .does("C", pass());
    let mut start = graph.clone();
    start.start.items = numbered(3);
    let mut execution = start.execution();
    let answers = execution.answer_handle();
    while let Some(event) = execution.next().await {
        if let ExecutionEvent::EffectRequested { run, effect } = &event {
            answers.answer(run.clone(), echo(effect)).await;
        }
    }
    let outputs = execution.result();
    let given = outputs[0].as_ref().unwrap();
    assert_eq!((given.link(0), given.link(1)), (Link::to(2), Link::to(0)));
}

#[tokio::test(start_paused = true)]
async fn a_node_may_ask_more_than_once() {
    let graph = Graph::v1("T -> B -> Z")
        .does("T", emit(json!([{ "t": 1 }])))
        .does("B", calls_twice());
    let run = graph.run().await;
    assert_eq!(run.first("Z"), json!([{ "t": 1 }, { "t": 1 }]));
    let asked = run
        .events
        .iter()
        .filter(|event| matches!(event, ExecutionEvent::EffectRequested { .. }));
    assert_eq!(asked.count(), 2);
}
