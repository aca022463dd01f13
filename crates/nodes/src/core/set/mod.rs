//! Edit Fields (`set`): gives items new fields. Three generations of parameters: `values` (versions 1 and 2), `fields`
//! (3 to 3.2) and `assignments` (from 3.3), and a whole object as JSON (`mode: raw`, from 3).

mod assignments;
mod compose;
mod definition;
mod entry;
mod fields;
mod include;
mod raw;
mod values;

use itemflow_model::definition::NodeDefinition;

use crate::node::{Node, NodeProblem, NodeType};
use crate::parameters::{Parameters, pointer};

pub(crate) struct Set;

impl NodeType for Set {
    fn definition(&self) -> &NodeDefinition {
        &definition::DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        if parameters.version < 3.0 {
            return Ok(Box::new(values::Values::compile(parameters)));
        }
        let mode = parameters
            .choice("mode", "manual")
            .map_err(|problem| vec![problem])?;
        let fields: Box<dyn compose::Fields> = match mode.as_str() {
            "raw" => Box::new(raw::Raw::compile(parameters)?),
            "manual" if parameters.version < 3.3 => {
                Box::new(fields::TypedFields::compile(parameters)?)
            }
            "manual" => Box::new(assignments::Assignments::compile(parameters)),
            other => {
                return Err(vec![NodeProblem::error(
                    "unknown-mode",
                    pointer("mode"),
                    format!("there is no mode `{other}`: choose `manual` or `raw`"),
                )]);
            }
        };
        Ok(Box::new(compose::Compose::compile(parameters, fields)?))
    }

    fn strict_versions(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests;
