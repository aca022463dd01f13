//! What a finished run sets in motion (spec C3), and how nodes with several inputs are fed (spec C4).

use std::cmp::Ordering;

use itemflow_model::{ExecutionOrder, Item, Items, NodeResult, Source, Value};
use itemflow_nodes::RequiredInputs;

use crate::plan::{Plan, Target};
use crate::state::{Entry, State};

impl State {
    /// Puts what follows a result onto the stack.
    pub(crate) fn enqueue_successors(&mut self, plan: &Plan, node: u32, result: &NodeResult) {
        let mut arrivals = Vec::new();
        for (output, targets) in plan.node(node).outgoing.iter().enumerate() {
            let Some(items) = result.output(output) else {
                continue;
            };
            for target in targets {
                let carries_nothing = plan.order == ExecutionOrder::V0 && target.input > 0;
                if !items.is_empty() || carries_nothing {
                    arrivals.push((*target, output, items.clone()));
                }
            }
        }
        match plan.order {
            ExecutionOrder::V0 => {}
            // Each goes to the front, so the one that is to run first comes last.
            ExecutionOrder::V1 => arrivals.sort_by(|(a, ..), (b, ..)| by_position(plan, *b, *a)),
            ExecutionOrder::Parallel => {
                arrivals.sort_by(|(a, ..), (b, ..)| by_position(plan, *a, *b))
            }
        }
        for (target, output, items) in arrivals {
            let source = Source {
                node: plan.node(node).name.clone(),
                output: output as u32,
                run_index: result.run.run_index,
            };
            self.arrive(plan, node, target, items, source);
        }
    }

    fn arrive(&mut self, plan: &Plan, from: u32, target: Target, items: Items, source: Source) {
        let slots = plan.node(target.node).slots();
        if slots <= 1 {
            let mut entry = Entry::empty(target.node, target.input + 1);
            entry.fill(target.input, items, source);
            self.push(plan, entry);
            return;
        }
        let entries = self.waiting.entry(target.node).or_default();
        let at = match entries
            .iter()
            .position(|entry| entry.inputs[target.input].is_none())
        {
            Some(at) => at,
            None => {
                entries.push(Entry::empty(target.node, slots));
                entries.len() - 1
            }
        };
        entries[at].fill(target.input, items, source);
        if entries[at].inputs.iter().all(Option::is_some) {
            let entry = entries.remove(at);
            self.drop_if_empty(target.node);
            self.push(plan, entry);
        } else if plan.order == ExecutionOrder::V0 {
            let unfed: Vec<usize> = (0..slots)
                .filter(|slot| entries[at].inputs[*slot].is_none())
                .collect();
            for slot in unfed {
                self.force_branch(plan, from, target.node, slot);
            }
        }
    }

    /// Order v0 only: the root of a branch that has brought nothing to an input is run with one empty item (spec C4).
    fn force_branch(&mut self, plan: &Plan, from: u32, node: u32, slot: usize) {
        let origins: Vec<u32> = plan.node(node).incoming[slot]
            .iter()
            .map(|origin| origin.node)
            .collect();
        for origin in origins {
            let ancestors = plan.ancestors(origin);
            let comes_anyway = origin == from
                || ancestors[from as usize]
                || self.has_run(origin)
                || self
                    .stack
                    .iter()
                    .any(|entry| entry.node == origin || ancestors[entry.node as usize]);
            if comes_anyway {
                continue;
            }
            let root = self.root_of(plan, origin);
            let empty = Items::from(vec![Item::new(Value::empty_object())]);
            self.stack.push_back(Entry {
                node: root,
                inputs: vec![Some(empty)],
                sources: vec![None],
            });
        }
    }

    /// The farthest node above `node`, itself included, that has not run and above which everything has.
    fn root_of(&self, plan: &Plan, node: u32) -> u32 {
        let mut seen = vec![false; plan.nodes.len()];
        seen[node as usize] = true;
        let mut level = vec![node];
        let mut root = node;
        while !level.is_empty() {
            let mut above = Vec::new();
            let mut first_here = None;
            for at in level {
                let mut is_root = true;
                for origin in plan.node(at).incoming.iter().flatten() {
                    if self.has_run(origin.node) {
                        continue;
                    }
                    is_root = false;
                    if !std::mem::replace(&mut seen[origin.node as usize], true) {
                        above.push(origin.node);
                    }
                }
                if is_root && first_here.is_none() {
                    first_here = Some(at);
                }
            }
            root = first_here.unwrap_or(root);
            level = above;
        }
        root
    }

    fn has_run(&self, node: u32) -> bool {
        !self.runs.0[node as usize].is_empty()
    }

    fn push(&mut self, plan: &Plan, entry: Entry) {
        match plan.order {
            ExecutionOrder::V1 => self.stack.push_front(entry),
            ExecutionOrder::V0 | ExecutionOrder::Parallel => self.stack.push_back(entry),
        }
    }

    /// With nothing else to run, lets the oldest waiting node run with what it has. Returns whether one may.
    pub(crate) fn release_waiting(&mut self, plan: &Plan) -> bool {
        'scan: loop {
            for node in self.waiting.keys().copied().collect::<Vec<_>>() {
                if !self.may_run_with_less(plan, node) {
                    continue;
                }
                let mut entry = self.waiting[&node][0].clone();
                if plan.order != ExecutionOrder::V0 && !has_required(plan, &entry) {
                    continue;
                }
                self.waiting[&node].remove(0);
                self.drop_if_empty(node);
                if entry.inputs.iter().flatten().all(Items::is_empty) {
                    continue 'scan;
                }
                for input in &mut entry.inputs {
                    input.get_or_insert_default();
                }
                self.stack.push_back(entry);
                return true;
            }
            return false;
        }
    }

    fn may_run_with_less(&self, plan: &Plan, node: u32) -> bool {
        let ancestors = plan.ancestors(node);
        let ancestor_waits = self
            .waiting
            .keys()
            .any(|other| *other != node && ancestors[*other as usize]);
        if ancestor_waits {
            return false;
        }
        match plan.node(node).compiled.node.required_inputs() {
            RequiredInputs::Listed(inputs) if plan.order != ExecutionOrder::V0 => {
                inputs.len() < plan.node(node).slots()
            }
            _ => true,
        }
    }

    fn drop_if_empty(&mut self, node: u32) {
        if self.waiting.get(&node).is_some_and(Vec::is_empty) {
            self.waiting.shift_remove(&node);
        }
    }
}

impl Entry {
    fn empty(node: u32, inputs: usize) -> Self {
        Self {
            node,
            inputs: vec![None; inputs],
            sources: vec![None; inputs],
        }
    }

    fn fill(&mut self, input: usize, items: Items, source: Source) {
        self.inputs[input] = Some(items);
        self.sources[input] = Some(source);
    }
}

fn has_required(plan: &Plan, entry: &Entry) -> bool {
    match plan.node(entry.node).compiled.node.required_inputs() {
        RequiredInputs::Any => true,
        RequiredInputs::Listed(inputs) => inputs
            .iter()
            .all(|input| entry.inputs.get(*input).is_some_and(Option::is_some)),
    }
}

/// Top to bottom, then left to right.
fn by_position(plan: &Plan, a: Target, b: Target) -> Ordering {
    let (a, b) = (plan.node(a.node).position, plan.node(b.node).position);
    a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
}
