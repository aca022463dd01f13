//! What a file expects of its nodes: its section `expect`, or else its pinned data.
//!
//! In a file with `expect`, pinned data is what it is in a run by hand: it stands for what the node would give. Without
//! `expect` it is read as n8n's own tests read it: the node runs, and its first output must be the pinned items. Three kinds
//! of nodes give their pinned items even so: triggers, nodes of unknown types, and nodes that send requests unless the
//! test may.

use std::collections::HashSet;
use std::sync::Arc;

use itemflow_engine::{expected_output, first_trigger};
use itemflow_model::{Expectation, Expected, Node, Value, Workflow};
use itemflow_nodes::Catalog;

use super::compare::{Rules, message};
use super::stand_in::StandInType;

/// What is expected of one output of a node.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) node: Arc<str>,
    /// The node, and its output where it is not the first.
    pub(super) title: String,
    pub(super) output: usize,
    pub(super) want: Want,
    /// Text that the message of the node's failure must hold.
    pub(super) error: Option<String>,
    pub(super) rules: Rules,
    /// JSON pointer of the items in the file, where `--update` may write others.
    pub(super) pointer: Option<String>,
}

/// The items that are expected.
#[derive(Debug)]
pub(super) enum Want {
    /// Whatever they are.
    Anything,
    /// These in every run.
    EveryRun(Vec<Value>),
    /// These runs.
    Runs(Vec<Vec<Value>>),
}

impl Wanted {
    /// Whether the run may end with a failure.
    pub(super) fn may_fail(&self) -> bool {
        let says_error = |item: &Value| message(item.get("error")).is_some();
        let pinned_error = match &self.want {
            Want::EveryRun(items) if self.rules.pinned => items.iter().any(says_error),
            _ => false,
        };
        self.error.is_some() || pinned_error
    }
}

/// Takes the expectations out of a workflow's pinned data, unless it has a section `expect`.
pub(super) fn from_pinned(
    workflow: &mut Workflow,
    catalog: &Catalog,
    allow_network: bool,
) -> Vec<Wanted> {
    if !workflow.expect.is_empty() {
        return Vec::new();
    }
    let kept: HashSet<Arc<str>> = workflow
        .nodes
        .iter()
        .filter(|node| gives_pinned(workflow, node, catalog, allow_network))
        .map(|node| node.name.clone())
        .collect();
    let mut wanted = Vec::new();
    workflow.pin_data.retain(|name, items| {
        if kept.contains(name) {
            return true;
        }
        wanted.push(Wanted {
            node: name.clone(),
            title: name.to_string(),
            output: 0,
            want: Want::EveryRun(std::mem::take(items)),
            error: None,
            rules: Rules {
                pinned: true,
                ..Rules::default()
            },
            pointer: None,
        });
        false
    });
    // Pinned data of nodes that have been renamed or removed stays in a file and means nothing.
    wanted.retain(|wanted| workflow.node(&wanted.node).is_some());
    wanted
}

/// The expectations of the section `expect`. `check` has made sure that they name outputs that exist.
pub(super) fn from_section(workflow: &Workflow, catalog: &Catalog) -> Vec<Wanted> {
    workflow
        .expected()
        .map(|expected| {
            let output = expected_output(workflow, catalog, &expected).unwrap_or_default();
            wanted(&expected, output)
        })
        .collect()
}

fn wanted(expected: &Expected<'_>, output: usize) -> Wanted {
    let (want, error, subset, member) = match expected.expectation {
        Expectation::Items(items) => (Want::EveryRun(items.clone()), None, false, ""),
        Expectation::Detailed(details) => {
            let (want, member) = match (&details.items, &details.runs) {
                (Some(items), _) => (Want::EveryRun(items.clone()), "/items"),
                (None, Some(runs)) => (Want::Runs(runs.clone()), "/runs"),
                (None, None) => (Want::Anything, ""),
            };
            (want, details.error.clone(), details.subset, member)
        }
    };
    let is_whole = !subset && !matches!(want, Want::Anything);
    Wanted {
        node: expected.node.clone(),
        title: expected.key.to_string(),
        output,
        want,
        error,
        rules: Rules {
            subset,
            pinned: false,
        },
        pointer: is_whole.then(|| format!("{}{member}", expected.pointer)),
    }
}

fn gives_pinned(workflow: &Workflow, node: &Node, catalog: &Catalog, allow_network: bool) -> bool {
    if node.disabled {
        return false;
    }
    let Some(node_type) = catalog.find(&node.node_type) else {
        return true;
    };
    if node_type.is_trigger() {
        // The first items of the run are given otherwise; what is pinned is what the trigger must make of them.
        let is_fed = workflow.test.input.is_some() && is_start(workflow, node, catalog);
        return !is_fed;
    }
    !allow_network && sends_requests(node, catalog)
}

/// Whether the run starts at this trigger.
fn is_start(workflow: &Workflow, node: &Node, catalog: &Catalog) -> bool {
    if let Some(start) = &workflow.test.start {
        return **start == *node.name;
    }
    let triggers: Vec<(&Arc<str>, &str)> = workflow
        .nodes
        .iter()
        .filter(|node| !node.disabled)
        .filter_map(|node| Some((&node.name, catalog.find(&node.node_type)?)))
        .filter(|(_, node_type)| node_type.is_trigger())
        .map(|(name, node_type)| (name, node_type.definition().name.as_str()))
        .collect();
    first_trigger(&triggers) == Some(&node.name)
}

fn sends_requests(node: &Node, catalog: &Catalog) -> bool {
    catalog
        .compile(node)
        .is_ok_and(|compiled| compiled.node.sends_requests())
}

/// Adds a type for each pinned node of an unknown one, and returns the names of the types. Such a type starts executions
/// where nothing leads to the node.
pub(super) fn add_stand_ins(workflow: &Workflow, catalog: &mut Catalog) -> Vec<Arc<str>> {
    let is_pinned = |node: &&Node| workflow.pin_data.contains_key(&node.name);
    let mut unknown: Vec<Arc<str>> = Vec::new();
    for node in workflow.nodes.iter().filter(is_pinned) {
        if catalog.find(&node.node_type).is_none() {
            let starts = !is_led_to(workflow, &node.name);
            catalog.add(Arc::new(StandInType::new(&node.node_type, starts)));
            unknown.push(node.node_type.clone());
        }
    }
    unknown
}

fn is_led_to(workflow: &Workflow, name: &str) -> bool {
    let by_arrow = workflow.arrows.iter().any(|arrow| *arrow.to == *name);
    let slots = workflow
        .connections
        .values()
        .flat_map(|kinds| kinds.values());
    by_arrow
        || slots
            .flatten()
            .flatten()
            .any(|connection| *connection.node == *name)
}
