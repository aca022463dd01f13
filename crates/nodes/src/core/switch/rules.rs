//! Switch from version 3 in mode `rules`: one output for each rule, and perhaps one for what no rule wants.

use itemflow_expression::Template;
use itemflow_model::{ErrorInfo, Items, Value};
use serde_json::json;

use super::{Destination, MAX_OUTPUTS, distribute, output_index};
use crate::core::conditions::filter_value::Filter;
use crate::node::{Node, NodeProblem, Outcome, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

/// Sends items to the outputs of the rules they pass.
pub(super) struct Rules {
    filters: Vec<Filter>,
    all_matching: Parameter,
    fallback: Parameter,
    has_extra: bool,
}

impl Rules {
    /// Reads the rules.
    ///
    /// # Errors
    /// Everything that is wrong with their conditions.
    pub(super) fn compile(parameters: &Parameters) -> Result<Self, Vec<NodeProblem>> {
        let rules = match parameters.find("rules") {
            Some(_) => parameters.list("rules.values"),
            None => vec![default_rule()],
        };
        let mut filters = Vec::with_capacity(rules.len());
        let mut problems = Vec::new();
        if rules.len() >= MAX_OUTPUTS {
            let message = format!("a Switch may have at most {MAX_OUTPUTS} outputs");
            problems.push(NodeProblem::error(
                "too-many-rules",
                "/rules/values",
                message,
            ));
        }
        for (i, rule) in rules.iter().enumerate() {
            let path = format!("rules.values.{i}.conditions");
            match Filter::compile(rule.get("conditions"), &path) {
                Ok(filter) => filters.push(filter),
                Err(found) => problems.extend(found),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let fallback = parameters.parameter("options.fallbackOutput", "none");
        let has_extra = fallback.template.as_literal().and_then(Value::as_str) == Some("extra");
        Ok(Self {
            filters,
            all_matching: parameters.parameter("options.allMatchingOutputs", false),
            fallback,
            has_extra,
        })
    }

    fn choose(&self, run: &NodeRun, item: usize) -> Result<Destination, ErrorInfo> {
        let all_matching = run.flag(&self.all_matching, item)?;
        let mut matching = Vec::new();
        for (output, filter) in self.filters.iter().enumerate() {
            if !filter.passes(run, item)? {
                continue;
            }
            if !all_matching {
                return Ok(Destination::One(Some(output)));
            }
            matching.push(output);
        }
        match matching.as_slice() {
            [] => self.fallback(run, item).map(Destination::One),
            [one] => Ok(Destination::One(Some(*one))),
            _ => Ok(Destination::Many(matching)),
        }
    }

    /// The output of an item that no rule wants.
    fn fallback(&self, run: &NodeRun, item: usize) -> Result<Option<usize>, ErrorInfo> {
        if self.has_extra {
            return Ok(Some(self.filters.len()));
        }
        match run.value(&self.fallback, item)? {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if matches!(&*text, "none" | "extra" | "") => Ok(None),
            Some(_) => {
                let number = run.number(&self.fallback, item)?;
                output_index(number, self.filters.len(), run, item, &self.fallback.name).map(Some)
            }
        }
    }
}

impl Node for Rules {
    fn execute(&self, run: &NodeRun) -> Step {
        if self.filters.is_empty() {
            // without rules every item is dropped, whatever the fallback
            let outputs = vec![Items::default(); self.outputs()];
            return Step::Done(Ok(Outcome::of_outputs(outputs)));
        }
        distribute(run, self.outputs(), |item| self.choose(run, item))
    }

    fn outputs(&self) -> usize {
        (self.filters.len() + usize::from(self.has_extra)).max(1)
    }
}

/// What a file without `rules` means: one rule that compares two empty texts.
fn default_rule() -> Template {
    Template::Literal(Value::from(json!({
        "conditions": {
            "options": { "caseSensitive": true, "leftValue": "", "typeValidation": "strict" },
            "combinator": "and",
            "conditions": [{
                "leftValue": "",
                "rightValue": "",
                "operator": { "type": "string", "operation": "equals" }
            }]
        }
    })))
}
