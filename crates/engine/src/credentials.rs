//! Whether the credentials of a run can be used, known before anything is sent.

use itemflow_model::ErrorInfo;
use itemflow_nodes::Credentials;

use crate::plan::Plan;
use crate::start::{Start, StartError};
use crate::state::State;

/// Everything that is wrong with the credentials of the nodes that this run may reach, in file order.
///
/// # Errors
/// When there is no node to start at.
pub async fn try_credentials(
    plan: &Plan,
    credentials: &dyn Credentials,
    start: &Start,
) -> Result<Vec<ErrorInfo>, StartError> {
    let reached = reached(plan, &State::new(plan, start)?);
    let mut errors = Vec::new();
    for (node, reached) in plan.nodes.iter().zip(reached) {
        // A node that is disabled or pinned sends nothing.
        if !reached || node.disabled || node.pinned.is_some() {
            continue;
        }
        if let Err(error) = node.compiled.node.try_credentials(credentials).await {
            errors.push(ErrorInfo {
                node: Some(node.name.to_string()),
                ..error
            });
        }
    }
    Ok(errors)
}

/// The nodes to which a way leads from the first one.
fn reached(plan: &Plan, state: &State) -> Vec<bool> {
    let mut reached = vec![false; plan.nodes.len()];
    let mut pending: Vec<u32> = state.stack.iter().map(|entry| entry.node).collect();
    while let Some(at) = pending.pop() {
        let takes_part = state
            .wanted
            .as_ref()
            .is_none_or(|wanted| wanted[at as usize]);
        if takes_part && !std::mem::replace(&mut reached[at as usize], true) {
            let targets = plan.node(at).outgoing.iter().flatten();
            pending.extend(targets.map(|target| target.node));
        }
    }
    reached
}
