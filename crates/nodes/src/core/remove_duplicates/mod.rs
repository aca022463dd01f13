//! Remove Duplicates: drops items that are equal to another of the input, or that earlier executions have worked on.

mod across_executions;
mod definition;
pub(crate) mod within_input;

use itemflow_model::definition::NodeDefinition;

use crate::node::{Node, NodeProblem, NodeType};
use crate::parameters::Parameters;

use definition::{ACROSS_EXECUTIONS, CLEAR, DEFINITION, WITHIN_INPUT};
use within_input::Types;

pub(crate) struct RemoveDuplicates;

impl NodeType for RemoveDuplicates {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        if parameters.version < 2.0 {
            let types = if parameters.version < 1.1 {
                Types::One
            } else {
                Types::OneBesideNull
            };
            return within_input::compile(parameters, types);
        }
        let operation = parameters
            .one_of(
                "operation",
                WITHIN_INPUT,
                &[WITHIN_INPUT, ACROSS_EXECUTIONS, CLEAR],
            )
            .map_err(|problem| vec![problem])?;
        match &*operation {
            WITHIN_INPUT => within_input::compile(parameters, Types::OneBesideNull),
            ACROSS_EXECUTIONS => across_executions::remove(parameters),
            _ => Ok(across_executions::clear(parameters)),
        }
    }

    fn strict_versions(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests;
