//! What the nodes share whose work is JavaScript of the workflow's own: Code, Function, FunctionItem and Sort by code.

mod answers;
mod files;
pub(crate) mod items;
mod questions;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use itemflow_expression::{Template, check_script};
use itemflow_model::{ErrorInfo, Item, Items, LogLine, Map, Value};
use itemflow_script::{Failure, Integers, Outcome, Script, ScriptError, Style};

use self::answers::RunAnswers;
use self::items::Wrong;
use crate::node::{NodeProblem, Outcome as NodeOutcome};
use crate::parameters::{Parameters, pointer};
use crate::run::NodeRun;

/// JavaScript in a parameter, read and checked.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    /// The parameter.
    pub(crate) parameter: &'static str,
    text: Arc<str>,
}

/// What a script came to.
pub(crate) struct Ran {
    /// The result for each item, or for all of them.
    pub(crate) outcomes: Vec<Outcome>,
    answers: RunAnswers,
}

/// What a run leaves beside its items.
#[derive(Default)]
pub(crate) struct Beside {
    pub(crate) logs: Vec<LogLine>,
    pub(crate) custom_data: Option<Map>,
}

impl Code {
    /// Reads the script of a node.
    ///
    /// # Errors
    /// When it is an expression, or JavaScript cannot read it.
    pub(crate) fn compile(
        parameters: &Parameters,
        parameter: &'static str,
        default: &str,
    ) -> Result<Self, Vec<NodeProblem>> {
        let text: Arc<str> = match parameters.find(parameter) {
            None => default.into(),
            Some(Template::Literal(Value::String(text))) => text,
            Some(_) => {
                return Err(vec![NodeProblem::error(
                    "fixed-parameter",
                    pointer(parameter),
                    format!("`{parameter}` must be a fixed text, not an expression"),
                )]);
            }
        };
        match check_script(&text) {
            Ok(()) => Ok(Self { parameter, text }),
            Err(error) => Err(vec![NodeProblem {
                range: Some(error.start..error.end),
                help: error.help,
                ..NodeProblem::error(
                    "script-syntax",
                    pointer(parameter),
                    format!("this script cannot be read: {}", error.message),
                )
            }]),
        }
    }

    /// Whether there is nothing to run.
    pub(crate) fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Runs the script over the items that the node sees. What it leaves beside them is left also when it fails.
    ///
    /// # Errors
    /// When it came to no end of its own.
    pub(crate) async fn run(
        &self,
        run: &NodeRun,
        style: Style,
        stop_at_failure: bool,
        beside: &mut Beside,
    ) -> Result<Ran, ErrorInfo> {
        let refuse = |error: ScriptError| run.error(error.to_string(), None, Some(self.parameter));
        let scripts = run.host.scripts.clone();
        let scripts = scripts.ok_or_else(|| refuse(ScriptError::Unavailable))?;
        let items = run.items();
        let answers = RunAnswers::new(run.clone(), scripts.config().memory_bytes);
        let text = answers.items_text(&items);
        let zone = &run.host.execution.time_zone;
        let script = Script {
            code: self.text.clone(),
            style,
            stop_at_failure,
            time_zone: zone.iana_name().unwrap_or("UTC").to_owned(),
            standing_at_ms: run.host.clock.stands_still().then(|| {
                let now = run.host.clock.now();
                now.as_millisecond()
            }),
            seed: run.host.random.next(),
            items: text,
        };
        let outcomes = scripts.run(&script, &answers).await;
        *beside = answers.beside();
        let outcomes = outcomes.map_err(refuse)?;
        Ok(Ran {
            outcomes: self.exact(outcomes, &answers),
            answers,
        })
    }

    /// The outcomes with the digits that doubles have lost.
    fn exact(&self, mut outcomes: Vec<Outcome>, answers: &RunAnswers) -> Vec<Outcome> {
        let integers: &Integers = &answers.integers();
        for outcome in &mut outcomes {
            if let Ok(Some(value)) = &mut outcome.result {
                integers.restore(value);
            }
        }
        outcomes
    }

    /// A failure as an error of the node: the place of it in the script is in the description.
    pub(crate) fn error(
        &self,
        run: &NodeRun,
        failure: &Failure,
        item: Option<usize>,
        place: &str,
    ) -> ErrorInfo {
        let message = match failure.message.as_str() {
            "" => &failure.name,
            message => message,
        };
        let mut error = run.error(format!("{message}{place}"), item, Some(self.parameter));
        error.description = failure.description.clone().or_else(|| self.place(failure));
        error
    }

    /// The failure of a script that ran once for all items; `line` is the word for its line.
    pub(crate) fn failed(&self, run: &NodeRun, failure: &Failure, line: &str) -> ErrorInfo {
        let place = failure
            .line
            .map_or_else(String::new, |number| format!(" [{line} {number}]"));
        self.error(run, failure, None, &place)
    }

    /// A result that is no items.
    pub(crate) fn rejected(&self, run: &NodeRun, wrong: &Wrong) -> ErrorInfo {
        let place = wrong
            .item
            .map_or_else(String::new, |item| format!(" [item {item}]"));
        run.error(
            format!("{}{place}", wrong.message),
            wrong.item,
            Some(self.parameter),
        )
    }

    /// `line 3, column 9: throw new Error()`
    fn place(&self, failure: &Failure) -> Option<String> {
        let line = failure.line?;
        let text = self.text.lines().nth(line.checked_sub(1)? as usize)?;
        let text: String = text.trim().chars().take(120).collect();
        let column = failure
            .column
            .map_or_else(String::new, |column| format!(", column {column}"));
        Some(format!(
            "{} at line {line}{column}: {text}",
            if failure.name.is_empty() {
                "Error"
            } else {
                &failure.name
            }
        ))
    }
}

impl Beside {
    /// The outcome of a node's work with a script. What the script leaves beside its items is kept when it fails too.
    pub(crate) fn outcome(self, made: Result<Items, ErrorInfo>) -> NodeOutcome {
        let (outputs, failure) = match made {
            Ok(items) => (vec![Some(items)], None),
            Err(error) => (Vec::new(), Some(Box::new(error))),
        };
        NodeOutcome {
            outputs,
            failure,
            logs: self.logs,
            custom_data: self.custom_data,
            ..NodeOutcome::default()
        }
    }

    /// As [`Beside::outcome`], for a script that ran once for all items: where the node goes on after a failure, one item
    /// stands for it.
    pub(crate) fn outcome_of_all(
        self,
        run: &NodeRun,
        made: Result<Items, ErrorInfo>,
    ) -> NodeOutcome {
        self.outcome(made.or_else(|error| match run.node.continue_on_fail {
            true => Ok(Items::from(vec![Item::from_error(error)])),
            false => Err(error),
        }))
    }
}

impl Ran {
    /// The only result of a script that ran once.
    pub(crate) fn only(&mut self) -> Result<Option<Value>, Failure> {
        match self.outcomes.pop() {
            Some(outcome) => outcome.result,
            None => Err(Failure {
                message: "the script came to no result".into(),
                ..Failure::default()
            }),
        }
    }

    /// The files that the script knows.
    pub(crate) fn answers(&self) -> &RunAnswers {
        &self.answers
    }
}
