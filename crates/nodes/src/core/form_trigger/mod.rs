//! Form Trigger: an execution starts when somebody sends a form (n8n: E16). The node says what is asked; a server shows
//! the page.

mod answers;
mod definition;
mod parameters;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use itemflow_model::definition::NodeDefinition;
use itemflow_model::{ErrorInfo, TriggerSpec};

pub use self::answers::{Submission, form_item};
pub(super) use self::definition::fields;
pub(super) use self::parameters::FormParameters;
use crate::core::manual_trigger::{has_no_data, start_items};
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::Parameters;
use crate::run::NodeRun;

pub(crate) struct FormTrigger;

impl NodeType for FormTrigger {
    fn definition(&self) -> &NodeDefinition {
        &self::definition::DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        Ok(Box::new(Sent(FormParameters::read(parameters))))
    }

    fn strict_versions(&self) -> bool {
        true
    }
}

struct Sent(FormParameters);

impl Node for Sent {
    fn execute(&self, run: &NodeRun) -> Step {
        let items = start_items(run);
        let is_empty = has_no_data(&items);
        let outcome = Outcome::of(items);
        Step::Done(Ok(if is_empty {
            outcome.hint("the form is empty: give its answers with `--input`, as `{ \"Label\": \"answer\" }`")
        } else {
            outcome
        }))
    }

    fn trigger(&self, run: &NodeRun) -> Option<Result<TriggerSpec, ErrorInfo>> {
        Some(
            self.0
                .spec(run)
                .map(|spec| TriggerSpec::Form(Arc::new(spec))),
        )
    }
}
