//! Send Email (`emailSend`): sends an e-mail for each item through an SMTP server.

mod account;
mod addresses;
mod compile;
mod connection;
mod definition;
mod delivery;
mod message;
mod run;

use itemflow_model::definition::NodeDefinition;

use crate::node::{Node, NodeProblem, NodeType, NodeWithWarnings};
use crate::parameters::Parameters;

pub(crate) struct EmailSend;

impl NodeType for EmailSend {
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
