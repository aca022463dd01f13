//! What an execution gives to the workflow that has run it (spec C12).

use itemflow_model::{Items, ItemsBuilder, WorkflowResult};

use crate::execution::Execution;
use crate::pairing::{self, Place};
use crate::plan::Plan;
use crate::state::State;

impl Execution {
    /// The items of each output of the last node, all its runs one after the other, linked to the items the execution was
    /// started with. A trigger older than version 1.2 gives only its last run, unless it says otherwise.
    pub fn result(&self) -> WorkflowResult {
        let state = self.state();
        let plan = self.plan();
        let Some(last) = state.last_node else {
            return Vec::new();
        };
        let runs = &state.runs.0[last as usize];
        let first = if gives_all_runs(plan, state) {
            0
        } else {
            runs.len().saturating_sub(1)
        };
        let outputs = runs.iter().map(|run| run.outputs.len()).max().unwrap_or(0);
        (0..outputs)
            .map(|output| {
                let mut gathered: Option<ItemsBuilder> = None;
                for (run, result) in runs.iter().enumerate().skip(first) {
                    if let Some(items) = result.output(output) {
                        let all = gathered.get_or_insert_default();
                        gather(plan, state, (last, run, output), items, all);
                    }
                }
                gathered.map(ItemsBuilder::build)
            })
            .collect()
    }
}

fn gather(
    plan: &Plan,
    state: &State,
    (node, run, output): (u32, usize, usize),
    items: &Items,
    all: &mut ItemsBuilder,
) {
    for (index, item) in items.iter().enumerate() {
        let place = Place {
            node,
            output: output as u32,
            run: run as u32,
            item: index as u32,
        };
        all.push(
            item.clone(),
            pairing::start_item(plan, &state.runs, state.start.0, place),
        );
    }
}

fn gives_all_runs(plan: &Plan, state: &State) -> bool {
    let facts = &plan.node(state.start.0).compiled.facts;
    let is_old =
        &*facts.type_name == "n8n-nodes-base.executeWorkflowTrigger" && facts.version < 1.2;
    let says_all = || {
        let told = facts.parameters.get("returnOutput");
        told.and_then(|told| told.as_literal()?.as_str().map(|told| told == "allRuns"))
            .unwrap_or(false)
    };
    !is_old || says_all()
}
