//! One attempt at a run of a node. A node that panics has failed; the panic never leaves its run.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use itemflow_model::{Effect, EffectAnswer, ErrorInfo};
use itemflow_nodes::{NodeFacts, NodeRun, Outcome, Step};

use crate::plan::Plan;

/// What an attempt came to.
pub(crate) type Answer = Result<Outcome, ErrorInfo>;

/// What the work of a run in flight has led to.
pub(crate) enum Led {
    /// To its end.
    ToAnswer(Answer),
    /// To something that the execution's caller has to do.
    ToEffect(Effect),
}

/// Begins a run of a node.
pub(crate) fn begin(plan: &Plan, node: u32, run: &NodeRun) -> Step {
    let node = &plan.node(node).compiled.node;
    std::panic::catch_unwind(AssertUnwindSafe(|| node.execute(run)))
        .unwrap_or_else(|_| Step::Done(Err(crash(&run.node, run.run_index))))
}

/// Goes on with a run of a node that has asked for something.
pub(crate) fn resume(plan: &Plan, node: u32, run: &NodeRun, answer: &EffectAnswer) -> Step {
    let node = &plan.node(node).compiled.node;
    std::panic::catch_unwind(AssertUnwindSafe(|| node.resume(run, answer)))
        .unwrap_or_else(|_| Step::Done(Err(crash(&run.node, run.run_index))))
}

/// Does the work that a node has begun.
pub(crate) async fn finish(
    work: BoxFuture<'static, Answer>,
    facts: Arc<NodeFacts>,
    run_index: u32,
) -> Led {
    let answer = AssertUnwindSafe(work)
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Err(crash(&facts, run_index)));
    Led::ToAnswer(answer)
}

/// Tries a run of a node once more, after a wait.
pub(crate) async fn again(plan: Arc<Plan>, node: u32, run: NodeRun, wait_ms: u64) -> Led {
    tokio::time::sleep(Duration::from_millis(wait_ms)).await;
    match begin(&plan, node, &run) {
        Step::Done(answer) => Led::ToAnswer(answer),
        Step::Ask(effect) => Led::ToEffect(effect),
        Step::Pending(work) => finish(work, run.node.clone(), run.run_index).await,
    }
}

/// The error that asks for another attempt: the node failed, or the first item of its first output says so (n8n: C8).
pub(crate) fn failure(answer: &Answer) -> Option<ErrorInfo> {
    let outcome = match answer {
        Err(error) => return Some(error.clone()),
        Ok(outcome) => outcome,
    };
    if let Some(error) = &outcome.failure {
        return Some((**error).clone());
    }
    let first = outcome.outputs.first()?.as_ref()?.get(0)?;
    let told = first
        .json
        .get("error")
        .filter(|error| !error.is_null() && error.as_bool() != Some(false))?;
    Some(match &first.error {
        Some(error) => (**error).clone(),
        None => ErrorInfo::operation(
            told.as_str()
                .map_or_else(|| told.to_string(), str::to_owned),
        ),
    })
}

/// The panic's own words stay out of it: they may hold data.
fn crash(facts: &NodeFacts, run_index: u32) -> ErrorInfo {
    ErrorInfo {
        node: Some(facts.name.to_string()),
        run_index: Some(run_index as usize),
        ..ErrorInfo::operation("the node crashed: this is a defect, please report it")
    }
}
