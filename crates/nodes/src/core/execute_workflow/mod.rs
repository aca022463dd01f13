//! Execute Sub-workflow: another workflow runs with the items, once or once for each (n8n: E10, C12). Which workflow and
//! with what is said as an effect; what it gave comes back as the answer.

mod definition;
mod inputs;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use itemflow_model::definition::NodeDefinition;
use itemflow_model::{
    Effect, EffectAnswer, ErrorInfo, Item, Items, ItemsBuilder, Link, RunWorkflows, Value,
    WorkflowCall, WorkflowResult, WorkflowSource,
};

use self::inputs::Inputs;
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameter, Parameters, pointer};
use crate::run::NodeRun;

pub(crate) struct ExecuteWorkflow;

impl NodeType for ExecuteWorkflow {
    fn definition(&self) -> &NodeDefinition {
        &self::definition::DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let problem = |problem| vec![problem];
        let source = parameters.choice("source", "database").map_err(problem)?;
        let (kind, name): (fn(Arc<str>) -> WorkflowSource, &str) = match source.as_str() {
            "database" => (WorkflowSource::Id, "workflowId"),
            "parameter" => (WorkflowSource::Text, "workflowJson"),
            "localFile" => (WorkflowSource::File, "workflowPath"),
            "url" => (WorkflowSource::Url, "workflowUrl"),
            other => {
                return Err(vec![NodeProblem::error(
                    "unknown-choice",
                    "/source",
                    format!(
                        "`source` is one of `database`, `parameter`, `localFile`, `url`, not `{other}`"
                    ),
                )]);
            }
        };
        if parameters.find(name).is_none() {
            return Err(vec![NodeProblem::error(
                "missing-parameter",
                pointer(name),
                format!("`{name}` is missing: it says which workflow runs"),
            )]);
        }
        let mode = parameters.choice("mode", "once").map_err(problem)?;
        Ok(Box::new(Call {
            kind,
            workflow: parameters.parameter(name, ""),
            inputs: Inputs::read(parameters),
            each: mode == "each",
            wait: parameters.parameter("options.waitForSubWorkflow", true),
            errors_by_item: parameters.version < 1.3,
        }))
    }
}

struct Call {
    kind: fn(Arc<str>) -> WorkflowSource,
    workflow: Parameter,
    inputs: Inputs,
    /// Whether the workflow runs once for each item.
    each: bool,
    wait: Parameter,
    /// Before version 1.3 the error of item `i` goes to output `i`.
    errors_by_item: bool,
}

impl Node for Call {
    fn execute(&self, run: &NodeRun) -> Step {
        match self.calls(run) {
            Ok(calls) => Step::Ask(Effect::RunWorkflows(calls)),
            Err(error) => Step::Done(Err(error)),
        }
    }

    fn resume(&self, run: &NodeRun, answer: &EffectAnswer) -> Step {
        let EffectAnswer::Workflows(results) = answer else {
            let error = run.error("the other workflow was not run", None, None);
            return Step::Done(Err(error));
        };
        let waited = match run.flag(&self.wait, 0) {
            Ok(waited) => waited,
            Err(error) => return Step::Done(Err(error)),
        };
        Step::Done(if !waited {
            Ok(Outcome::of(run.input(0).paired_by_index(0)))
        } else if self.each {
            self.gathered(run, results)
        } else {
            self.whole(run, results)
        })
    }
}

impl Call {
    fn calls(&self, run: &NodeRun) -> Result<RunWorkflows, ErrorInfo> {
        let items = self.inputs.of(run)?;
        let call = |index: usize, items: Items| {
            Ok(WorkflowCall {
                workflow: self.source(run, index)?,
                items,
            })
        };
        let calls: Result<Vec<WorkflowCall>, ErrorInfo> = if self.each {
            let singles = items.iter().enumerate();
            singles
                .map(|(index, item)| call(index, Items::from(vec![item.clone()])))
                .collect()
        } else {
            call(0, items).map(|call| vec![call])
        };
        Ok(RunWorkflows {
            calls: calls?,
            wait: run.flag(&self.wait, 0)?,
            stop_at_failure: !run.node.continue_on_fail,
        })
    }

    fn source(&self, run: &NodeRun, item: usize) -> Result<WorkflowSource, ErrorInfo> {
        let value = run.value(&self.workflow, item)?.unwrap_or_default();
        // A resource locator holds the identity inside.
        let value = value
            .get("value")
            .filter(|_| value.get("__rl").is_some())
            .cloned()
            .unwrap_or(value);
        let text: Arc<str> = match value {
            Value::String(text) => text,
            Value::Null => "".into(),
            other => other.to_string().into(),
        };
        if text.trim().is_empty() {
            return Err(run.error(
                format!(
                    "`{}` is empty: it says which workflow runs",
                    self.workflow.name
                ),
                Some(item),
                Some(&self.workflow.name),
            ));
        }
        Ok((self.kind)(text))
    }

    /// One call with all items: what it gave, linked to the items it comes from.
    fn whole(
        &self,
        run: &NodeRun,
        results: &[Result<WorkflowResult, ErrorInfo>],
    ) -> Result<Outcome, ErrorInfo> {
        let outputs = match results.first() {
            Some(Ok(outputs)) => outputs,
            Some(Err(error)) if run.node.continue_on_fail => {
                let failed = Item::from_error(self.failure(run, error, 0));
                return Ok(Outcome::of([(failed, Link::to(0))].into_iter().collect()));
            }
            Some(Err(error)) => return Err(self.failure(run, error, 0)),
            None => return Ok(Outcome::of(Items::default())),
        };
        let count = run.input(0).len();
        let relinked = |items: &Items| match (items.has_unpaired(), items.len() == count) {
            (false, _) => items.clone(),
            (true, true) => items.paired_by_index(0),
            (true, false) => items.with_links(vec![Link::to_first(count); items.len()]),
        };
        Ok(Outcome {
            outputs: outputs
                .iter()
                .map(|items| items.as_ref().map(relinked))
                .collect(),
            ..Outcome::default()
        })
    }

    /// A call for each item: what each gave, one after the other, linked to its item.
    fn gathered(
        &self,
        run: &NodeRun,
        results: &[Result<WorkflowResult, ErrorInfo>],
    ) -> Result<Outcome, ErrorInfo> {
        let mut outputs: Vec<ItemsBuilder> = vec![ItemsBuilder::default()];
        let mut output = |index: usize, item: Item, from: usize| {
            while outputs.len() <= index {
                outputs.push(ItemsBuilder::default());
            }
            outputs[index].push(item, Link::to(from));
        };
        for (index, result) in results.iter().enumerate() {
            match result {
                Ok(branches) => {
                    for (branch, items) in branches.iter().enumerate() {
                        for item in items.iter().flat_map(Items::iter) {
                            output(branch, item.clone(), index);
                        }
                    }
                }
                Err(error) if run.node.continue_on_fail => {
                    let branch = if self.errors_by_item { index } else { 0 };
                    output(
                        branch,
                        Item::from_error(self.failure(run, error, index)),
                        index,
                    );
                }
                Err(error) => return Err(self.failure(run, error, index)),
            }
        }
        Ok(Outcome::of_outputs(
            outputs.into_iter().map(ItemsBuilder::build),
        ))
    }

    /// The other workflow's failure as this node's.
    fn failure(&self, run: &NodeRun, error: &ErrorInfo, item: usize) -> ErrorInfo {
        let inner = match &error.node {
            Some(node) => format!("the failure is in node \"{node}\" of the other workflow"),
            None => "the failure is in the other workflow".to_owned(),
        };
        ErrorInfo {
            name: error.name.clone(),
            description: Some(match &error.description {
                Some(more) => format!("{more}; {inner}"),
                None => inner,
            }),
            http_code: error.http_code.clone(),
            request: error.request.clone(),
            response: error.response.clone(),
            ..run.error(error.message.clone(), Some(item), None)
        }
    }
}
