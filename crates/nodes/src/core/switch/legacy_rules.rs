//! Switch 1 and 2 in mode `rules`: one value compared with the value of each rule.

use itemflow_model::{ErrorInfo, Value};

use super::{Destination, MAX_OUTPUTS, distribute, output_index};
use crate::core::conditions::legacy::{Comparison, DataType};
use crate::node::{Node, NodeProblem, Step};
use crate::parameters::{Parameter, Parameters, pointer};
use crate::run::NodeRun;

/// Outputs of version 1, whatever its rules.
const OUTPUTS_OF_VERSION_1: usize = 4;

/// Sends items to the output of the first rule that holds.
pub(super) struct LegacyRules {
    value: Parameter,
    rules: Vec<Rule>,
    fallback: Parameter,
    outputs: usize,
}

struct Rule {
    right: Parameter,
    comparison: Comparison,
    /// The output the rule names; in version 2 it is the rule's own place.
    output: Option<Parameter>,
}

impl LegacyRules {
    /// Reads the rules.
    ///
    /// # Errors
    /// An unknown data type or operation, or a regular expression that cannot be read.
    pub(super) fn compile(parameters: &Parameters) -> Result<Self, Vec<NodeProblem>> {
        let name = parameters
            .choice("dataType", "number")
            .map_err(|problem| vec![problem])?;
        let data_type = DataType::named(&name).ok_or_else(|| {
            vec![NodeProblem::error(
                "unknown-data-type",
                pointer("dataType"),
                format!("there is no data type `{name}`"),
            )]
        })?;
        let (default, rule_default) = match data_type {
            DataType::Boolean => (Value::Bool(false), Value::Bool(false)),
            DataType::DateTime => (Value::from(""), Value::from(0)),
            DataType::Number => (Value::from(0), Value::from(0)),
            DataType::String => (Value::from(""), Value::from("")),
        };
        let names_output = parameters.version < 2.0;
        let mut rules = Vec::new();
        let mut problems = Vec::new();
        for (i, stored) in parameters.list("rules.rules").iter().enumerate() {
            let path = format!("rules.rules.{i}");
            let inner = |key: &str, default: Value| {
                Parameter::inner(format!("{path}.{key}"), stored.get(key), default)
            };
            let right = inner("value2", rule_default.clone());
            match Comparison::compile(data_type, stored, &right, &path) {
                Ok(comparison) => rules.push(Rule {
                    right,
                    comparison,
                    output: names_output.then(|| inner("output", Value::from(0))),
                }),
                Err(problem) => problems.push(problem),
            }
        }
        if rules.len() > MAX_OUTPUTS {
            let message = format!("a Switch may have at most {MAX_OUTPUTS} rules");
            problems.push(NodeProblem::error(
                "too-many-rules",
                "/rules/rules",
                message,
            ));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            value: parameters.parameter("value1", default),
            fallback: parameters.parameter("fallbackOutput", -1),
            outputs: if names_output {
                OUTPUTS_OF_VERSION_1
            } else {
                rules.len()
            },
            rules,
        })
    }

    fn choose(&self, run: &NodeRun, item: usize) -> Result<Destination, ErrorInfo> {
        let value = run.value(&self.value, item)?;
        for (i, rule) in self.rules.iter().enumerate() {
            let right = run.value(&rule.right, item)?;
            let zone = &run.host.execution.time_zone;
            let holds = rule
                .comparison
                .holds(value.as_ref(), right.as_ref(), zone)
                .map_err(|message| run.error(message, Some(item), Some(&self.value.name)))?;
            if !holds {
                continue;
            }
            let output = match &rule.output {
                None => i,
                Some(output) => {
                    let number = run.number(output, item)?;
                    output_index(number, self.outputs, run, item, &output.name)?
                }
            };
            return Ok(Destination::One(Some(output)));
        }
        let fallback = run.number(&self.fallback, item)?;
        if fallback < 0.0 {
            return Ok(Destination::One(None));
        }
        let output = output_index(fallback, self.outputs, run, item, &self.fallback.name)?;
        Ok(Destination::One(Some(output)))
    }
}

impl Node for LegacyRules {
    fn execute(&self, run: &NodeRun) -> Step {
        distribute(run, self.outputs, |item| self.choose(run, item))
    }

    fn outputs(&self) -> usize {
        self.outputs
    }
}
