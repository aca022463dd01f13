//! A disabled node that could not run: its type or version is unknown, or its parameters are wrong. It passes its items on as
//! every disabled node does, so a workflow that holds one can run.

use std::sync::Arc;

use itemflow_expression::Template;
use itemflow_model::{Node as WorkflowNode, Severity, Value};

use crate::catalog::CompiledNode;
use crate::node::{Node, NodeProblem, Step};
use crate::run::{NodeFacts, NodeRun};

/// Stands for a node that cannot be compiled; what is wrong with it are warnings.
pub(crate) fn compile(node: &WorkflowNode, mut problems: Vec<NodeProblem>) -> CompiledNode {
    for problem in &mut problems {
        problem.severity = Severity::Warning;
    }
    CompiledNode {
        facts: Arc::new(NodeFacts {
            name: node.name.clone(),
            id: node.id.clone(),
            type_name: node.node_type.clone(),
            version: node.type_version.unwrap_or_default(),
            continue_on_fail: node.continues_on_fail(),
            retry: None,
            parameters: Template::Literal(Value::from(node.parameters.clone())),
        }),
        node: Box::new(Disabled),
        is_trigger: false,
        warnings: problems,
    }
}

struct Disabled;

impl Node for Disabled {
    fn execute(&self, run: &NodeRun) -> Step {
        // The engine passes the items of a disabled node on without running it.
        Step::Done(Err(run.error("a disabled node cannot run", None, None)))
    }
}
