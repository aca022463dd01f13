//! A node type that is not there: its nodes give their pinned items in a test, so that the rest of the workflow can run.

use itemflow_model::definition::NodeDefinition;
use itemflow_nodes::{Node, NodeProblem, NodeRun, NodeType, Parameters, Step};

/// A type known by its name alone.
pub(super) struct StandInType(NodeDefinition);

impl StandInType {
    /// The type `name`; one that `starts` has no input.
    pub(super) fn new(name: &str, starts: bool) -> Self {
        let definition = NodeDefinition::new(name, name, "A node type that is not there.");
        Self(if starts {
            definition.inputs(&[])
        } else {
            definition
        })
    }
}

impl NodeType for StandInType {
    fn definition(&self) -> &NodeDefinition {
        &self.0
    }

    fn compile(&self, _: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        Ok(Box::new(StandIn))
    }
}

struct StandIn;

impl Node for StandIn {
    fn execute(&self, run: &NodeRun) -> Step {
        let message = format!("there is no node type `{}`", run.node.type_name);
        Step::Done(Err(run.error(message, None, None)))
    }
}
