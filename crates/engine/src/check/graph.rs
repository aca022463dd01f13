//! The connections of a workflow by node index, also of nodes that cannot be compiled.

use std::collections::HashMap;

use itemflow_model::Workflow;

/// The connections, backwards.
pub(super) struct Graph<'a> {
    by_name: HashMap<&'a str, usize>,
    incoming: Vec<Vec<Incoming>>,
}

/// An output that leads to a node.
#[derive(Clone, Copy)]
pub(super) struct Incoming {
    pub(super) node: usize,
    pub(super) output: usize,
    /// Whether items come this way; tools, models and their like are connected otherwise.
    pub(super) is_main: bool,
}

impl<'a> Graph<'a> {
    pub(super) fn new(workflow: &'a Workflow) -> Self {
        let mut by_name = HashMap::with_capacity(workflow.nodes.len());
        for (index, node) in workflow.nodes.iter().enumerate() {
            by_name.entry(&*node.name).or_insert(index);
        }
        let mut incoming = vec![Vec::new(); workflow.nodes.len()];
        for (source, kinds) in &workflow.connections {
            let Some(&from) = by_name.get(&**source) else {
                continue;
            };
            for (kind, outputs) in kinds {
                for (output, connections) in outputs.iter().enumerate() {
                    for connection in connections {
                        let Some(&to) = by_name.get(&*connection.node) else {
                            continue;
                        };
                        let is_main = kind == "main";
                        // A tool runs while the node that uses it does: what runs before that one runs before it.
                        let (from, to) = if is_main { (from, to) } else { (to, from) };
                        incoming[to].push(Incoming {
                            node: from,
                            output,
                            is_main,
                        });
                    }
                }
            }
        }
        Self { by_name, incoming }
    }

    pub(super) fn index(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    pub(super) fn incoming(&self, node: usize) -> &[Incoming] {
        &self.incoming[node]
    }

    pub(super) fn has_incoming(&self, node: usize) -> bool {
        !self.incoming[node].is_empty()
    }

    /// All nodes from which a way leads to `node`.
    pub(super) fn upstream(&self, node: usize) -> Vec<bool> {
        let mut seen = vec![false; self.incoming.len()];
        let mut pending = vec![node];
        while let Some(at) = pending.pop() {
            for incoming in &self.incoming[at] {
                if !std::mem::replace(&mut seen[incoming.node], true) {
                    pending.push(incoming.node);
                }
            }
        }
        seen
    }
}
