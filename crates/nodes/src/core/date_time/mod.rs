//! Date & Time: computes with dates, formats them and takes them apart. Version 2 works with luxon's tokens
//! (`operations`), version 1 with moment's (`first`).

mod definition;
mod first;
mod moment_read;
mod moment_tokens;
mod moment_write;
mod operations;

use itemflow_model::definition::NodeDefinition;

use crate::node::{Node, NodeProblem, NodeType};
use crate::parameters::Parameters;

pub(crate) struct DateTime;

impl NodeType for DateTime {
    fn definition(&self) -> &NodeDefinition {
        &definition::DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        if parameters.version < 2.0 {
            return Ok(Box::new(first::First::compile(parameters)));
        }
        Ok(Box::new(operations::Operations::compile(parameters)?))
    }

    fn strict_versions(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests;
