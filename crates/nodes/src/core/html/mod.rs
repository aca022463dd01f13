//! HTML: fills templates, takes values out of HTML by CSS selectors, and writes items as a table.

mod definition;
mod extract;
mod plain_text;
mod table;
mod template;
mod text_block;

use itemflow_model::definition::NodeDefinition;

pub(super) use definition::{extraction_values, property_name, source};
pub(super) use extract::{Dialect, Extract};

use crate::node::{Node, NodeProblem, NodeType};
use crate::parameters::{Parameters, pointer};

pub(crate) struct Html;

impl NodeType for Html {
    fn definition(&self) -> &NodeDefinition {
        &definition::DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let operation = parameters
            .choice("operation", "generateHtmlTemplate")
            .map_err(|problem| vec![problem])?;
        match operation.as_str() {
            "generateHtmlTemplate" => Ok(Box::new(template::Fill::compile(parameters)?)),
            "extractHtmlContent" => {
                let dialect = if parameters.version < 1.1 {
                    Dialect::Html1
                } else if parameters.version < 1.2 {
                    Dialect::Html1_1
                } else {
                    Dialect::Html1_2
                };
                Ok(Box::new(Extract::compile(parameters, dialect)?))
            }
            "convertToHtmlTable" => Ok(Box::new(table::Table::compile(parameters))),
            other => Err(vec![
                NodeProblem::error(
                    "unknown-option",
                    pointer("operation"),
                    format!("there is no operation `{other}`"),
                )
                .help("choose generateHtmlTemplate, extractHtmlContent or convertToHtmlTable"),
            ]),
        }
    }
}

#[cfg(test)]
mod tests;
