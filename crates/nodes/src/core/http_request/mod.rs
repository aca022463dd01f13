//! HTTP Request (`httpRequest`): sends one request for each item, to any address, and makes items of the answers.

pub(super) mod auth;
pub(super) mod body;
pub(super) mod build;
pub(super) mod compile;
mod definition;
pub(super) mod legacy;
pub(super) mod pairs;
mod places;
pub(super) mod reader;
pub(super) mod receive;
pub(super) mod run;
pub(super) mod settings;

use itemflow_model::definition::NodeDefinition;

use crate::node::{Node, NodeProblem, NodeType, NodeWithWarnings};
use crate::parameters::Parameters;

pub(crate) struct HttpRequest;

impl NodeType for HttpRequest {
    fn definition(&self) -> &NodeDefinition {
        &definition::DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        self.compile_with_warnings(parameters).map(|(node, _)| node)
    }

    fn compile_with_warnings(
        &self,
        parameters: &Parameters,
    ) -> Result<NodeWithWarnings, Vec<NodeProblem>> {
        let (node, warnings) = compile::compile(parameters)?;
        Ok((Box::new(node), warnings))
    }

    fn strict_versions(&self) -> bool {
        true
    }
}
