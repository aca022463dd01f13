//! `State`: where an execution stands. It is a fold over [`ExecutionEvent`]s: [`State::apply`] is the fold's step, and
//! [`State::ready`] is the pure function that says what may run next.

use std::collections::VecDeque;
use std::sync::Arc;

use indexmap::IndexMap;
use itemflow_model::{
    Effect, EffectAnswer, ExecutionEvent, ExecutionOrder, ExecutionStatus, Items, NodeResult,
    NodeRunId, Source,
};

use crate::plan::Plan;
use crate::start::{Start, StartError};

/// Where an execution stands: what has run, what may run, what waits for more input.
#[derive(Clone)]
pub struct State {
    /// Results by node and run; shared with the nodes that are running.
    pub(crate) runs: Arc<Runs>,
    /// What may run, the next one in front.
    pub(crate) stack: VecDeque<Entry>,
    /// Nodes with several inputs that still wait for some, the oldest arrival first (spec C4).
    pub(crate) waiting: IndexMap<u32, Vec<Entry>>,
    /// Nodes that take part in this run; all where nothing is said.
    pub(crate) wanted: Option<Vec<bool>>,
    /// The last node to run, in a partial run.
    pub(crate) until: Option<u32>,
    pub(crate) last_node: Option<u32>,
    /// Whether the execution has begun.
    pub(crate) started: bool,
    /// The run whose failure ends the execution.
    pub(crate) failed: Option<Arc<NodeResult>>,
    /// How many node runs have begun, as far as is known from those that have ended.
    pub(crate) executed: u32,
    pub(crate) finished: Option<ExecutionStatus>,
    /// The node at which the execution starts, and its items.
    pub(crate) start: (u32, Items),
    /// Runs that have asked for something and have not ended. Only a replay fills this; an execution takes them over.
    pub(crate) asking: Vec<Asking>,
}

/// A run that has asked for something, as a replay finds it.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    pub(crate) id: NodeRunId,
    pub(crate) entry: Entry,
    pub(crate) effect: Arc<Effect>,
    /// The answer, where it has come.
    pub(crate) answer: Option<Arc<EffectAnswer>>,
}

/// The results of every node's runs.
#[derive(Clone, Default)]
pub(crate) struct Runs(pub(crate) Vec<Vec<Arc<NodeResult>>>);

/// A node with the input of one run of it.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) node: u32,
    pub(crate) inputs: Vec<Option<Items>>,
    pub(crate) sources: Vec<Option<Source>>,
}

impl Entry {
    /// Pairs every input item to itself, so that what the node says of its items' origin is relative to this run.
    pub(crate) fn renumber(&mut self, first_item_only: bool) {
        for (input, items) in self.inputs.iter_mut().enumerate() {
            if let Some(items) = items {
                let kept = if first_item_only {
                    items.take(1)
                } else {
                    std::mem::take(items)
                };
                *items = kept.paired_by_index(input);
            }
        }
    }
}

impl State {
    /// The state before the first event.
    ///
    /// # Errors
    /// When there is no node to start at.
    pub fn new(plan: &Plan, start: &Start) -> Result<Self, StartError> {
        let first = plan.start_node(start)?;
        let until = start.until.as_ref().and_then(|name| plan.index(name));
        let wanted = until.map(|until| {
            let mut wanted = plan.ancestors(until);
            wanted[until as usize] = true;
            wanted
        });
        let entry = Entry {
            node: first,
            inputs: vec![Some(start.items())],
            sources: vec![None],
        };
        Ok(Self {
            runs: Arc::new(Runs(vec![Vec::new(); plan.nodes.len()])),
            stack: VecDeque::from([entry]),
            waiting: IndexMap::new(),
            wanted,
            until,
            last_node: None,
            started: false,
            failed: None,
            executed: 0,
            finished: None,
            start: (first, start.items()),
            asking: Vec::new(),
        })
    }

    /// The state after recorded events: what a resumed execution goes on from.
    ///
    /// # Errors
    /// When there is no node to start at.
    pub fn replay<'a>(
        plan: &Plan,
        start: &Start,
        events: impl IntoIterator<Item = &'a ExecutionEvent>,
    ) -> Result<Self, StartError> {
        let mut state = Self::new(plan, start)?;
        for event in events {
            match event {
                ExecutionEvent::EffectRequested { run, effect } => state.ask(plan, run, effect),
                ExecutionEvent::EffectAnswered { run, answer } => {
                    if let Some(asking) = state.asking.iter_mut().find(|asking| asking.id == *run) {
                        asking.answer = Some(answer.clone());
                    }
                }
                ExecutionEvent::NodeFinished(result) => {
                    let asked = state.asking.len();
                    state.asking.retain(|asking| asking.id != result.run);
                    if asked == state.asking.len()
                        && let Some(node) = plan.index(&result.run.node)
                    {
                        state.take(plan, node);
                    }
                }
                _ => {}
            }
            state.apply(plan, event);
        }
        Ok(state)
    }

    /// Removes and returns the entry that runs next. `running` says which nodes are at work: none of them is started
    /// again, and nodes that wait for more input go on waiting while any is.
    pub(crate) fn ready(&mut self, plan: &Plan, running: &[u32]) -> Option<Entry> {
        if self.finished.is_some() {
            return None;
        }
        let mut at = 0;
        loop {
            if self.stack.is_empty() && !(running.is_empty() && self.release_waiting(plan)) {
                return None;
            }
            let entry = self.stack.get(at)?;
            if !self.runs_at_all(plan, entry) {
                self.stack.remove(at);
            } else if running.contains(&entry.node) {
                at += 1;
            } else {
                return self.stack.remove(at);
            }
        }
    }

    /// A recorded run has asked for something; it may have asked before.
    fn ask(&mut self, plan: &Plan, run: &NodeRunId, effect: &Arc<Effect>) {
        if let Some(asking) = self.asking.iter_mut().find(|asking| asking.id == *run) {
            asking.effect = effect.clone();
            asking.answer = None;
            return;
        }
        let entry = plan
            .index(&run.node)
            .and_then(|node| self.take(plan, node).map(|entry| (node, entry)));
        let Some((node, mut entry)) = entry else {
            return;
        };
        let node = plan.node(node);
        entry.renumber(node.execute_once && !node.disabled);
        self.asking.push(Asking {
            id: run.clone(),
            entry,
            effect: effect.clone(),
            answer: None,
        });
    }

    /// What has been asked for and not been answered, as a replay finds it. Whoever resumes the execution has to see to
    /// it.
    pub fn unanswered(&self) -> impl Iterator<Item = (&NodeRunId, &Arc<Effect>)> {
        self.asking
            .iter()
            .filter(|asking| asking.answer.is_none())
            .map(|asking| (&asking.id, &asking.effect))
    }

    /// Removes and returns the entry of a node whose run has been recorded.
    fn take(&mut self, plan: &Plan, node: u32) -> Option<Entry> {
        if plan.order != ExecutionOrder::Parallel {
            // One node at a time: it was the next one.
            match self.ready(plan, &[]) {
                Some(entry) if entry.node != node => self.stack.push_front(entry),
                taken => return taken,
            }
        }
        while self.stack.iter().all(|entry| entry.node != node) {
            if !self.release_waiting(plan) {
                return None;
            }
        }
        while let Some(at) = self.stack.iter().position(|entry| entry.node == node) {
            let entry = self.stack.remove(at)?;
            if self.runs_at_all(plan, &entry) {
                return Some(entry);
            }
        }
        None
    }

    /// Whether an entry leads to a run: its node takes part and has items (spec C4: input 0, in order v1 any input).
    fn runs_at_all(&self, plan: &Plan, entry: &Entry) -> bool {
        if self
            .wanted
            .as_ref()
            .is_some_and(|wanted| !wanted[entry.node as usize])
        {
            return false;
        }
        let has_items =
            |input: &Option<Items>| input.as_ref().is_some_and(|items| !items.is_empty());
        match plan.order {
            ExecutionOrder::V0 => entry.inputs.first().is_some_and(has_items),
            _ => entry.inputs.iter().any(has_items),
        }
    }

    /// The fold's step: an event that has been recorded changes the state.
    pub fn apply(&mut self, plan: &Plan, event: &ExecutionEvent) {
        self.started = true;
        match event {
            ExecutionEvent::NodeFinished(result) => {
                let Some(node) = plan.index(&result.run.node) else {
                    return;
                };
                self.executed = self.executed.max(result.execution_index + 1);
                if !result.is_recorded() {
                    return;
                }
                Arc::make_mut(&mut self.runs).0[node as usize].push(result.clone());
                self.last_node = Some(node);
                if result.error.is_some() && !plan.node(node).compiled.facts.continue_on_fail {
                    self.failed = Some(result.clone());
                } else if self.until != Some(node) {
                    self.enqueue_successors(plan, node, result);
                }
            }
            ExecutionEvent::Finished { status, .. } => self.finished = Some(*status),
            _ => {}
        }
    }

    /// How the execution ended; `None` while it has not.
    pub fn status(&self) -> Option<ExecutionStatus> {
        self.finished
    }

    /// The results of a node's runs, the first run first; empty when it has not run.
    pub fn results(&self, plan: &Plan, node: &str) -> &[Arc<NodeResult>] {
        plan.index(node)
            .map_or(&[], |index| &self.runs.0[index as usize])
    }
}
