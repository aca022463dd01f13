//! The requests a run would send, found without sending any: nodes without effects really run, the others say what they
//! would send, and what lies behind their answers is left open.

use std::sync::Arc;

use itemflow_declarative::{NoObserver, RequestSpec};
use itemflow_model::{ErrorInfo, ExecutionEvent, NodeRunId};
use itemflow_nodes::{Host, Step};

use crate::attempt;
use crate::history::node_run;
use crate::outcome::{settle, stand_in};
use crate::plan::Plan;
use crate::start::{Start, StartError};
use crate::state::State;

/// What is known of one node that sends requests.
#[derive(Debug)]
pub struct Explained {
    /// The node.
    pub node: Arc<str>,
    /// Its requests in item order, or why they cannot be known.
    pub requests: Result<Vec<RequestSpec>, Unknown>,
}

/// Why requests cannot be known before the run.
#[derive(Debug)]
pub enum Unknown {
    /// They depend on what these nodes answer.
    DependsOn(Vec<Arc<str>>),
    /// They cannot be built.
    Fails(Box<ErrorInfo>),
}

/// Finds the requests of a run, at most `max_node_runs` nodes deep.
///
/// # Errors
/// When there is no node to start at.
pub async fn explain(
    plan: &Arc<Plan>,
    host: &Arc<Host>,
    start: &Start,
    max_node_runs: u32,
) -> Result<Vec<Explained>, StartError> {
    let mut state = State::new(plan, start)?;
    let mut explained: Vec<Explained> = Vec::new();
    let mut senders: Vec<u32> = Vec::new();
    let mut runs = 0;
    while let Some(mut entry) = state.ready(plan, &[]) {
        runs += 1;
        if runs > max_node_runs {
            break;
        }
        let node = plan.node(entry.node);
        entry.renumber(node.execute_once && !node.disabled);
        let run_index = state.runs.0[entry.node as usize].len() as u32;
        let run = node_run(plan, host, &state, &entry, run_index, Arc::new(NoObserver));
        let settled = match stand_in(node, &entry.inputs, host.execution.manual) {
            Some(settled) => settled,
            None => {
                if let Some(requests) = node.compiled.node.requests(&run) {
                    let requests = requests
                        .await
                        .map_err(|error| Unknown::Fails(Box::new(error)));
                    explained.push(Explained {
                        node: node.name.clone(),
                        requests,
                    });
                    senders.push(entry.node);
                    continue;
                }
                match attempt::begin(plan, entry.node, &run) {
                    Step::Done(answer) => settle(node, &entry.inputs, answer),
                    Step::Pending(_) | Step::Ask(_) => {
                        senders.push(entry.node);
                        continue;
                    }
                }
            }
        };
        let id = NodeRunId {
            node: node.name.clone(),
            run_index: run.run_index,
        };
        let result = settled.result(id, runs - 1, entry.sources.clone(), 0);
        drop(run);
        state.apply(plan, &ExecutionEvent::NodeFinished(Arc::new(result)));
    }
    explained.extend(behind(plan, &senders, &state));
    Ok(explained)
}

/// The nodes that send requests and lie behind an answer.
fn behind(plan: &Plan, senders: &[u32], state: &State) -> Vec<Explained> {
    let mut found = Vec::new();
    for node in 0..plan.nodes.len() as u32 {
        let takes_part = state
            .wanted
            .as_ref()
            .is_none_or(|wanted| wanted[node as usize]);
        if !takes_part
            || senders.contains(&node)
            || !plan.node(node).compiled.node.sends_requests()
            || plan.node(node).disabled
        {
            continue;
        }
        let ancestors = plan.ancestors(node);
        let waits_for: Vec<Arc<str>> = senders
            .iter()
            .filter(|sender| ancestors[**sender as usize])
            .map(|sender| plan.node(*sender).name.clone())
            .collect();
        if !waits_for.is_empty() {
            found.push(Explained {
                node: plan.node(node).name.clone(),
                requests: Err(Unknown::DependsOn(waits_for)),
            });
        }
    }
    found
}
