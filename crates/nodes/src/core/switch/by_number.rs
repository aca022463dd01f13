//! Switch in mode `expression`: a number says which output an item goes to.

use itemflow_model::Value;

use super::{Destination, MAX_OUTPUTS, distribute, output_index};
use crate::node::{Node, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

/// Outputs where nothing else is said, and always in version 1.
const DEFAULT_OUTPUTS: usize = 4;

/// Sends items to the output of a number.
pub(super) struct ByNumber {
    /// How many outputs there are; `None` for version 1, which always has four.
    count: Option<Parameter>,
    output: Parameter,
}

impl ByNumber {
    pub(super) fn compile(parameters: &Parameters) -> Self {
        let count = match parameters.version {
            version if version < 2.0 => None,
            version if version < 3.0 => Some("outputsAmount"),
            _ => Some("numberOutputs"),
        };
        let default = if parameters.version < 2.0 {
            Value::from(0)
        } else {
            Value::from("")
        };
        Self {
            count: count.map(|name| parameters.parameter(name, DEFAULT_OUTPUTS)),
            output: parameters.parameter("output", default),
        }
    }
}

impl Node for ByNumber {
    fn execute(&self, run: &NodeRun) -> Step {
        let outputs = match &self.count {
            None => DEFAULT_OUTPUTS,
            Some(count) => match run.number(count, 0) {
                Ok(count) => (count.max(0.0) as usize).min(MAX_OUTPUTS),
                Err(error) => return Step::Done(Err(error)),
            },
        };
        distribute(run, outputs, |item| {
            let number = run.number(&self.output, item)?;
            let output = output_index(number, outputs, run, item, &self.output.name)?;
            Ok(Destination::One(Some(output)))
        })
    }

    fn outputs(&self) -> usize {
        let fixed = self.count.as_ref().and_then(|count| {
            let number = count.template.as_literal()?.as_u64()?;
            usize::try_from(number).ok()
        });
        fixed.unwrap_or(DEFAULT_OUTPUTS).min(MAX_OUTPUTS)
    }
}
