//! What the expressions of a run may ask of earlier nodes, answered from the state of the execution.

use std::sync::Arc;

use itemflow_declarative::RequestObserver;
use itemflow_expression::EvaluateError;
use itemflow_model::{Item, Items, Map, Source, Value};
use itemflow_nodes::{History, Host, NodeFacts, NodeRun, current_input};

use crate::pairing;
use crate::plan::Plan;
use crate::state::{Entry, Runs, State};

/// The past as one run of one node sees it.
pub(crate) struct RunHistory {
    pub(crate) plan: Arc<Plan>,
    pub(crate) runs: Arc<Runs>,
    /// The node that is running.
    pub(crate) node: u32,
    /// Whether a person started the execution, so that pinned items count.
    pub(crate) manual: bool,
    /// Where its inputs came from.
    pub(crate) sources: Vec<Option<Source>>,
    /// The input whose items its expressions see.
    pub(crate) current_input: usize,
    /// The node at which the execution started, and its items.
    pub(crate) start: (u32, Items),
}

/// What a node gets for one run of it.
pub(crate) fn node_run(
    plan: &Arc<Plan>,
    host: &Arc<Host>,
    state: &State,
    entry: &Entry,
    run_index: u32,
    observer: Arc<dyn RequestObserver>,
) -> NodeRun {
    NodeRun {
        node: plan.node(entry.node).compiled.facts.clone(),
        inputs: entry.inputs.clone(),
        run_index,
        history: Arc::new(RunHistory {
            plan: plan.clone(),
            runs: state.runs.clone(),
            node: entry.node,
            manual: host.execution.manual,
            sources: entry.sources.clone(),
            current_input: current_input(&entry.inputs),
            start: state.start.clone(),
        }),
        host: host.clone(),
        observer,
    }
}

impl History for RunHistory {
    fn node(&self, name: &str) -> Option<u32> {
        self.plan.index(name)
    }

    fn node_name(&self, node: u32) -> &str {
        &self.plan.node(node).name
    }

    fn runs(&self, node: u32) -> u32 {
        self.runs.0[node as usize].len() as u32
    }

    fn items(
        &self,
        node: u32,
        output: Option<u32>,
        run: Option<u32>,
    ) -> Result<Items, EvaluateError> {
        let runs = &self.runs.0[node as usize];
        let name = &self.plan.node(node).name;
        let refuse = |message: String| EvaluateError::Scope {
            kind: "no_execution_data",
            message,
        };
        let Some(last) = runs.last() else {
            return match &self.plan.node(node).pinned {
                Some(pinned) if self.manual => Ok(pinned.clone()),
                _ => Err(refuse(format!("node \"{name}\" has not run yet"))),
            };
        };
        let result = match run {
            None => last,
            Some(run) => runs
                .get(run as usize)
                .ok_or_else(|| refuse(format!("node \"{name}\" has no run {run}")))?,
        };
        let output = output.unwrap_or_else(|| self.plan.route(node, self.node));
        Ok(result.output(output as usize).cloned().unwrap_or_default())
    }

    fn paired_item(&self, node: u32, item: usize) -> Result<Item, EvaluateError> {
        let source = self
            .sources
            .get(self.current_input)
            .and_then(Option::as_ref);
        pairing::paired_item(&self.plan, &self.runs, (self.node, node), source, item)
    }

    fn parameters(&self, node: u32) -> Option<Arc<NodeFacts>> {
        self.plan
            .nodes
            .get(node as usize)
            .map(|node| node.compiled.facts.clone())
    }

    fn own_input(&self, run: u32) -> Items {
        let Some(result) = self.runs.0[self.node as usize].get(run as usize) else {
            return Items::default();
        };
        match result.sources.first() {
            Some(Some(source)) => self
                .plan
                .index(&source.node)
                .and_then(|node| {
                    let result = self.runs.0[node as usize].get(source.run_index as usize)?;
                    result.output(source.output as usize).cloned()
                })
                .unwrap_or_default(),
            _ if self.start.0 == self.node => self.start.1.clone(),
            _ => Items::default(),
        }
    }

    fn own_context(&self, run: u32) -> Option<Value> {
        self.runs.0[self.node as usize]
            .get(run as usize)?
            .context
            .clone()
    }

    fn context(&self, node: u32) -> Option<Value> {
        self.runs.0[node as usize].last()?.context.clone()
    }

    fn custom_data(&self) -> Map {
        let results = self.runs.0.iter().flatten();
        let mut told: Vec<_> = results
            .filter_map(|result| Some((result.execution_index, result.custom_data.as_ref()?)))
            .collect();
        told.sort_by_key(|(index, _)| *index);
        let mut data = Map::default();
        for (_, added) in told {
            data.extend(
                added
                    .iter()
                    .map(|(key, value)| (key.clone(), value.clone())),
            );
        }
        data
    }

    fn source(&self, input: usize) -> Option<Source> {
        self.sources.get(input).cloned().flatten()
    }
}
