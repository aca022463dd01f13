//! Webhook: an execution starts with a call over HTTP (n8n: E7, F). The node says what is taken and how it is answered;
//! a server mounts the route and gives the execution its item.

mod definition;
mod spec;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use itemflow_model::definition::NodeDefinition;
use itemflow_model::{ErrorInfo, Items, TriggerSpec, Value};

pub(super) use self::definition::{
    authentication, options, response_binary, response_data, response_mode,
};
pub(super) use self::spec::{ResponseHeaders, WebhookParameters, choice, comma_list, status};
use crate::core::manual_trigger::{has_no_data, start_items};
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

pub(crate) struct Webhook;

impl NodeType for Webhook {
    fn definition(&self) -> &NodeDefinition {
        &self::definition::DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let several = parameters
            .find("multipleMethods")
            .is_some_and(|template| template.as_literal() == Some(&Value::Bool(true)));
        Ok(Box::new(Call {
            spec: WebhookParameters::read(parameters, "authentication", parameters.version < 2.0),
            outputs: if several {
                parameters.list("httpMethod").len().max(1)
            } else {
                1
            },
            methods: parameters.parameter("httpMethod", "GET"),
        }))
    }
}

struct Call {
    spec: WebhookParameters,
    outputs: usize,
    methods: Parameter,
}

impl Node for Call {
    /// The item of the call goes on as it is; with several methods, through the output of its own.
    fn execute(&self, run: &NodeRun) -> Step {
        self.called(run).into()
    }

    fn trigger(&self, run: &NodeRun) -> Option<Result<TriggerSpec, ErrorInfo>> {
        Some(
            self.spec
                .spec(run)
                .map(|spec| TriggerSpec::Webhook(Arc::new(spec))),
        )
    }

    fn outputs(&self) -> usize {
        self.outputs
    }
}

impl Call {
    fn called(&self, run: &NodeRun) -> Result<Outcome, ErrorInfo> {
        let items = start_items(run);
        let by_hand = has_no_data(&items);
        let outcome = if self.outputs == 1 {
            Outcome::of(items)
        } else {
            let mut outputs = vec![Items::default(); self.outputs];
            outputs[self.output_of(run)?] = items;
            Outcome::of_outputs(outputs)
        };
        Ok(if by_hand {
            outcome.hint(
                "the call is empty: give one with `--input`, as `{ \"headers\": {}, \"params\": {}, \"query\": {}, \"body\": {} }`",
            )
        } else {
            outcome
        })
    }

    /// The output of the method by which the call came; the first where that is not known.
    fn output_of(&self, run: &NodeRun) -> Result<usize, ErrorInfo> {
        let Some(method) = &run.host.execution.method else {
            return Ok(0);
        };
        let methods = run.value(&self.methods, 0)?.unwrap_or_default();
        let is_it = |known: &Value| {
            known
                .as_str()
                .is_some_and(|known| known.eq_ignore_ascii_case(method))
        };
        let at = methods
            .as_array()
            .unwrap_or_default()
            .iter()
            .position(is_it);
        Ok(at.unwrap_or(0).min(self.outputs - 1))
    }
}
