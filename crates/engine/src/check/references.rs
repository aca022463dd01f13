//! Names in expressions that mean nothing, and nodes that have not run when they are asked for their items.
//!
//! What n8n would refuse is an error; what reads as undefined there is a warning, since its files run as they are.

use itemflow_expression::Expression;
use itemflow_model::{Workflow, did_you_mean};
use itemflow_nodes::NodeProblem;

use super::fields;
use super::graph::Graph;
use crate::plan::CompiledNodes;

/// Everything that is checked of the expressions of one node.
pub(super) struct Reader<'a> {
    pub(super) workflow: &'a Workflow,
    pub(super) nodes: &'a CompiledNodes,
    pub(super) graph: &'a Graph<'a>,
    /// The node that the expressions belong to.
    pub(super) node: usize,
    /// Which nodes run before it, found when the first expression asks.
    upstream: Option<Vec<bool>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        workflow: &'a Workflow,
        nodes: &'a CompiledNodes,
        graph: &'a Graph<'a>,
        node: usize,
    ) -> Self {
        Self {
            workflow,
            nodes,
            graph,
            node,
            upstream: None,
        }
    }

    /// What is wrong with the expression at `pointer`.
    pub(super) fn problems(&mut self, expression: &Expression, pointer: &str) -> Vec<NodeProblem> {
        let mut problems = self.unknown_nodes(expression, pointer);
        unknown_names(expression, pointer, &mut problems);
        fields::missing(self, expression, pointer, &mut problems);
        problems
    }

    fn unknown_nodes(&mut self, expression: &Expression, pointer: &str) -> Vec<NodeProblem> {
        let mut problems = Vec::new();
        for reference in &expression.references().nodes {
            let name = &reference.name;
            let Some(named) = self.graph.index(name) else {
                let names = self.workflow.nodes.iter().map(|node| &*node.name);
                let help =
                    did_you_mean(name, names).map(|near| format!("did you mean \"{near}\"?"));
                let message = format!("the workflow has no node named \"{name}\"");
                let problem = if self.runs() {
                    NodeProblem::error("unknown-node", pointer, message)
                } else {
                    NodeProblem::warning("unknown-node", pointer, message)
                };
                problems.push(placed(problem, &reference.range, help));
                continue;
            };
            if reference.reads_items && named != self.node && !self.is_upstream(named) {
                let message = format!("no connection leads from \"{name}\" to this node");
                let help = "its items are there only if it happens to run before: connect the two, directly or through others";
                problems.push(placed(
                    NodeProblem::warning("not-upstream", pointer, message),
                    &reference.range,
                    Some(help.into()),
                ));
            }
        }
        problems
    }

    /// Whether the node may run at all.
    fn runs(&self) -> bool {
        let node = &self.workflow.nodes[self.node];
        let is_trigger = self.nodes.nodes[self.node]
            .as_ref()
            .is_none_or(|compiled| compiled.is_trigger);
        !node.disabled && (is_trigger || self.graph.has_incoming(self.node))
    }

    fn is_upstream(&mut self, node: usize) -> bool {
        self.upstream
            .get_or_insert_with(|| self.graph.upstream(self.node))[node]
    }
}

/// Variables, functions, methods and members that there are none of: they read as undefined.
fn unknown_names(expression: &Expression, pointer: &str, problems: &mut Vec<NodeProblem>) {
    let references = expression.references();
    for (name, range, near) in &references.unknown_variables {
        let rest = expression.source().get(range.end..).unwrap_or_default();
        let (code, what, effect) = if rest.trim_start().starts_with('(') {
            ("unknown-function", "function", "calling it gives undefined")
        } else {
            ("unknown-variable", "variable", "this reads as undefined")
        };
        let message = format!("there is no {what} `{name}`: {effect}");
        let help = near.map(|near| format!("did you mean `{near}`?"));
        problems.push(placed(
            NodeProblem::warning(code, pointer, message),
            range,
            help,
        ));
    }
    for (name, range, near) in &references.unknown_methods {
        let message = format!("there is no method `{name}`: this reads as undefined");
        let help = near.map(|near| format!("did you mean `{near}`?"));
        problems.push(placed(
            NodeProblem::warning("unknown-method", pointer, message),
            range,
            help,
        ));
    }
    for member in &references.unknown_members {
        let message = format!(
            "`{}` has no member `{}`: this reads as undefined",
            member.object, member.name
        );
        let help = member.near.map(|near| format!("did you mean `{near}`?"));
        problems.push(placed(
            NodeProblem::warning("unknown-member", pointer, message),
            &member.range,
            help,
        ));
    }
}

/// A problem at its place in the text of a parameter.
pub(super) fn placed(
    problem: NodeProblem,
    range: &std::ops::Range<usize>,
    help: Option<String>,
) -> NodeProblem {
    NodeProblem {
        range: Some(range.clone()),
        help,
        ..problem
    }
}
