//! `Plan`: a workflow made ready to run: nodes compiled, names replaced by indexes, connections by adjacency lists.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use itemflow_expression::Template;
use itemflow_model::{ExecutionOrder, Item, Items, OnError, Value, Workflow};
use itemflow_nodes::{Catalog, CompiledNode, NodeProblem, Parameters};

/// A compiled workflow. It is immutable and may be shared by any number of executions.
pub struct Plan {
    pub(crate) name: Arc<str>,
    pub(crate) order: ExecutionOrder,
    pub(crate) timeout_s: Option<f64>,
    pub(crate) nodes: Vec<PlanNode>,
    by_name: HashMap<Arc<str>, u32>,
    /// Which output of one node leads to another, found once and remembered.
    routes: Mutex<HashMap<(u32, u32), u32>>,
}

/// One node of a plan.
pub(crate) struct PlanNode {
    pub(crate) name: Arc<str>,
    pub(crate) compiled: CompiledNode,
    pub(crate) disabled: bool,
    pub(crate) execute_once: bool,
    pub(crate) always_output_data: bool,
    pub(crate) on_error: OnError,
    pub(crate) pinned: Option<Items>,
    /// `(y, x)`: the order in which branches run.
    pub(crate) position: (f64, f64),
    /// The inputs that each output leads to.
    pub(crate) outgoing: Vec<Vec<Target>>,
    /// The outputs that lead to each input.
    pub(crate) incoming: Vec<Vec<Origin>>,
}

/// An input of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) node: u32,
    pub(crate) input: usize,
}

/// An output of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) node: u32,
    pub(crate) output: usize,
}

/// Something that is wrong with one node.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanProblem {
    /// Index of the node in the workflow's `nodes`.
    pub node: usize,
    /// What is wrong.
    pub problem: NodeProblem,
}

/// The nodes of a workflow, compiled as far as each can be, by their index in the workflow.
pub(crate) struct CompiledNodes {
    /// `None` for comments and for nodes that cannot be compiled.
    pub(crate) nodes: Vec<Option<CompiledNode>>,
    /// The parameters with their expressions; `None` where one of them cannot be read.
    pub(crate) templates: Vec<Option<Template>>,
    /// What is wrong, warnings included.
    problems: Vec<PlanProblem>,
    failed: bool,
}

impl CompiledNodes {
    /// Reads every expression once and compiles every node. Sticky notes are left out: they are comments.
    pub(crate) fn compile(workflow: &Workflow, catalog: &Catalog) -> Self {
        let count = workflow.nodes.len();
        let mut compiled = Self {
            nodes: Vec::with_capacity(count),
            templates: Vec::with_capacity(count),
            problems: Vec::new(),
            failed: false,
        };
        for (index, node) in workflow.nodes.iter().enumerate() {
            if is_note(&node.node_type) {
                compiled.nodes.push(None);
                compiled.templates.push(None);
                continue;
            }
            let template = Parameters::read(node);
            compiled.templates.push(template.as_ref().ok().cloned());
            let (node, problems) = match catalog.compile_read(node, template) {
                Ok(mut node) => {
                    let warnings = std::mem::take(&mut node.warnings);
                    (Some(node), warnings)
                }
                Err(errors) => {
                    compiled.failed = true;
                    (None, errors)
                }
            };
            compiled.nodes.push(node);
            let problems = problems.into_iter();
            compiled
                .problems
                .extend(problems.map(|problem| PlanProblem {
                    node: index,
                    problem,
                }));
        }
        compiled
    }
}

impl Plan {
    /// Compiles every node of a workflow. Sticky notes are left out: they are comments.
    ///
    /// # Errors
    /// Everything that is wrong with any node. Warnings alone are returned beside the plan.
    pub fn compile(
        workflow: &Workflow,
        catalog: &Catalog,
    ) -> Result<(Self, Vec<PlanProblem>), Vec<PlanProblem>> {
        Self::build(workflow, CompiledNodes::compile(workflow, catalog))
    }

    /// Connects compiled nodes.
    ///
    /// # Errors
    /// As [`Plan::compile`].
    pub(crate) fn build(
        workflow: &Workflow,
        compiled: CompiledNodes,
    ) -> Result<(Self, Vec<PlanProblem>), Vec<PlanProblem>> {
        let problems = compiled.problems;
        if compiled.failed {
            return Err(problems);
        }
        let nodes: Vec<PlanNode> = workflow
            .nodes
            .iter()
            .zip(compiled.nodes)
            .filter_map(|(node, compiled)| Some(plan_node(workflow, node, compiled?)))
            .collect();
        let by_name = nodes
            .iter()
            .enumerate()
            .map(|(i, node)| (node.name.clone(), i as u32))
            .collect();
        let mut plan = Self {
            name: workflow.name.as_str().into(),
            order: workflow.settings.execution_order.unwrap_or_default(),
            timeout_s: workflow
                .settings
                .execution_timeout
                .filter(|seconds| *seconds > 0.0),
            nodes,
            by_name,
            routes: Mutex::default(),
        };
        plan.connect(workflow);
        Ok((plan, problems))
    }

    fn connect(&mut self, workflow: &Workflow) {
        for (source, kinds) in &workflow.connections {
            let Some(from) = self.index(source) else {
                continue;
            };
            let outputs = kinds.get("main").into_iter().flatten();
            for (output, connections) in outputs.enumerate() {
                for connection in connections
                    .iter()
                    .filter(|connection| connection.kind == "main")
                {
                    let Some(to) = self.index(&connection.node) else {
                        continue;
                    };
                    slot(&mut self.nodes[from as usize].outgoing, output).push(Target {
                        node: to,
                        input: connection.index,
                    });
                    slot(&mut self.nodes[to as usize].incoming, connection.index)
                        .push(Origin { node: from, output });
                }
            }
        }
    }

    /// The workflow's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The names of its nodes in file order.
    pub fn node_names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.nodes.iter().map(|node| &node.name)
    }

    pub(crate) fn index(&self, name: &str) -> Option<u32> {
        self.by_name.get(name).copied()
    }

    pub(crate) fn node(&self, index: u32) -> &PlanNode {
        &self.nodes[index as usize]
    }

    /// All nodes from which `node` can be reached, itself not included unless it is in a loop.
    pub(crate) fn ancestors(&self, node: u32) -> Vec<bool> {
        let mut seen = vec![false; self.nodes.len()];
        let mut pending = vec![node];
        while let Some(at) = pending.pop() {
            for origin in self.node(at).incoming.iter().flatten() {
                if !std::mem::replace(&mut seen[origin.node as usize], true) {
                    pending.push(origin.node);
                }
            }
        }
        seen
    }

    /// The output of `from` by which the nearest way leads to `to`; the first where there is none.
    pub(crate) fn route(&self, from: u32, to: u32) -> u32 {
        let mut routes = self
            .routes
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *routes
            .entry((from, to))
            .or_insert_with(|| self.find_route(from, to))
    }

    fn find_route(&self, from: u32, to: u32) -> u32 {
        let mut seen = vec![false; self.nodes.len()];
        let mut pending = std::collections::VecDeque::from([to]);
        while let Some(at) = pending.pop_front() {
            for origin in self.node(at).incoming.iter().flatten() {
                if origin.node == from {
                    return origin.output as u32;
                }
                if !std::mem::replace(&mut seen[origin.node as usize], true) {
                    pending.push_back(origin.node);
                }
            }
        }
        0
    }
}

impl PlanNode {
    /// How many inputs matter to it: the connected slots (spec C4).
    pub(crate) fn slots(&self) -> usize {
        self.incoming.len()
    }

    /// The output that failed items leave through, where the node has one.
    pub(crate) fn error_output(&self) -> Option<usize> {
        (self.on_error == OnError::ContinueErrorOutput).then(|| self.compiled.node.outputs())
    }
}

fn is_note(node_type: &str) -> bool {
    matches!(node_type, "stickyNote" | "n8n-nodes-base.stickyNote")
}

fn slot<T>(slots: &mut Vec<Vec<T>>, index: usize) -> &mut Vec<T> {
    if slots.len() <= index {
        slots.resize_with(index + 1, Vec::new);
    }
    &mut slots[index]
}

fn plan_node(workflow: &Workflow, node: &itemflow_model::Node, compiled: CompiledNode) -> PlanNode {
    let [x, y] = node.position.unwrap_or_default();
    PlanNode {
        name: node.name.clone(),
        compiled,
        disabled: node.disabled,
        execute_once: node.execute_once,
        always_output_data: node.always_output_data,
        on_error: node.error_mode(),
        pinned: workflow
            .pin_data
            .get(&node.name)
            .map(|items| items.iter().map(pinned_item).collect()),
        position: (y, x),
        outgoing: Vec::new(),
        incoming: Vec::new(),
    }
}

/// Pinned items are stored as items; bare json is accepted too.
fn pinned_item(value: &Value) -> Item {
    match value.get("json") {
        Some(json) => Item::new(json.clone()),
        None => Item::new(value.clone()),
    }
}
