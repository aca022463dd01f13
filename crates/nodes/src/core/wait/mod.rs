//! Wait: the execution rests until a moment, a call or a form (n8n: E9, C11). The wait is an effect: who runs the
//! execution sees to it, in this process or, after a restart, in another.

mod definition;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use itemflow_model::definition::NodeDefinition;
use itemflow_model::{AwaitedCall, Effect, EffectAnswer, ErrorInfo, Wait as Awaited};

use crate::core::form_trigger::FormParameters;
use crate::core::moment::moment;
use crate::core::webhook::{WebhookParameters, choice};
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

/// Units of a time span, in milliseconds.
const UNITS: [(&str, f64); 4] = [
    ("seconds", 1e3),
    ("minutes", 60e3),
    ("hours", 3600e3),
    ("days", 86400e3),
];

/// No wait is longer: the end of the year 2999.
const FOREVER_MS: f64 = 32_503_680_000_000.0;

pub(crate) struct Wait;

impl NodeType for Wait {
    fn definition(&self) -> &NodeDefinition {
        &self::definition::DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let resume = parameters
            .choice("resume", "timeInterval")
            .map_err(|problem| vec![problem])?;
        let (amount, unit) = if parameters.version < 1.1 {
            (1, "hours")
        } else {
            (5, "seconds")
        };
        let until = match resume.as_str() {
            "timeInterval" => Until::Passed(Span {
                amount: parameters.parameter("amount", amount),
                unit: parameters.parameter("unit", unit),
            }),
            "specificTime" => Until::Moment(parameters.parameter("dateTime", "")),
            "webhook" => Until::Call {
                spec: Box::new(WebhookParameters::read(
                    parameters,
                    "incomingAuthentication",
                    true,
                )),
                suffix: parameters.parameter("options.webhookSuffix", ""),
                limit: limit(parameters)?,
            },
            "form" => Until::Form {
                spec: Box::new(FormParameters::read(parameters)),
                limit: limit(parameters)?,
            },
            other => {
                return Err(vec![NodeProblem::error(
                    "unknown-choice",
                    "/resume",
                    format!(
                        "`resume` is one of `timeInterval`, `specificTime`, `webhook`, `form`, not `{other}`"
                    ),
                )]);
            }
        };
        Ok(Box::new(until))
    }
}

/// What a Wait node waits for.
enum Until {
    Passed(Span),
    Moment(Parameter),
    Call {
        spec: Box<WebhookParameters>,
        suffix: Parameter,
        limit: Limit,
    },
    Form {
        spec: Box<FormParameters>,
        limit: Limit,
    },
}

/// A span of time.
struct Span {
    amount: Parameter,
    unit: Parameter,
}

/// When a wait for a call ends by itself.
struct Limit {
    on: Parameter,
    at: At,
}

enum At {
    After(Span),
    Moment(Parameter),
}

impl Node for Until {
    fn execute(&self, run: &NodeRun) -> Step {
        match self.awaited(run) {
            Ok(awaited) => Step::Ask(Effect::Wait(awaited)),
            Err(error) => Step::Done(Err(error)),
        }
    }

    fn resume(&self, run: &NodeRun, answer: &EffectAnswer) -> Step {
        waited(run, answer)
    }
}

/// What a wait lets go on: the items of the call that came, otherwise the input.
pub(super) fn waited(run: &NodeRun, answer: &EffectAnswer) -> Step {
    Step::Done(Ok(Outcome::of(match answer {
        EffectAnswer::Called(items) => items.clone(),
        EffectAnswer::TimeCame | EffectAnswer::Workflows(_) => run.input(0),
    })))
}

impl Until {
    fn awaited(&self, run: &NodeRun) -> Result<Awaited, ErrorInfo> {
        Ok(match self {
            Self::Passed(span) => Awaited {
                until_ms: Some(span.end(run)?),
                call: None,
            },
            Self::Moment(parameter) => Awaited {
                until_ms: Some(moment_of(run, parameter)?),
                call: None,
            },
            Self::Call {
                spec,
                suffix,
                limit,
            } => Awaited {
                until_ms: limit.end(run)?,
                call: Some(AwaitedCall::Webhook {
                    suffix: run.text(suffix, 0)?.trim_matches('/').into(),
                    spec: Arc::new(spec.spec(run)?),
                }),
            },
            Self::Form { spec, limit } => Awaited {
                until_ms: limit.end(run)?,
                call: Some(AwaitedCall::Form(Arc::new(spec.spec(run)?))),
            },
        })
    }
}

impl Span {
    /// Milliseconds since 1970 at which it has passed.
    fn end(&self, run: &NodeRun) -> Result<i64, ErrorInfo> {
        let amount = run.number(&self.amount, 0)?;
        if amount < 0.0 {
            return Err(run.error(
                format!("`{}` must not be negative", self.amount.name),
                None,
                Some(&self.amount.name),
            ));
        }
        let unit = choice(run, &self.unit, &UNITS)?;
        let now = run.host.clock.now().as_millisecond() as f64;
        Ok((now + amount * unit).min(FOREVER_MS) as i64)
    }
}

impl Limit {
    fn end(&self, run: &NodeRun) -> Result<Option<i64>, ErrorInfo> {
        if !run.flag(&self.on, 0)? {
            return Ok(None);
        }
        match &self.at {
            At::After(span) => span.end(run).map(Some),
            At::Moment(parameter) => moment_of(run, parameter).map(Some),
        }
    }
}

fn limit(parameters: &Parameters) -> Result<Limit, Vec<NodeProblem>> {
    let kind = parameters
        .choice("limitType", "afterTimeInterval")
        .map_err(|problem| vec![problem])?;
    let at = if kind == "atSpecifiedTime" {
        At::Moment(parameters.parameter("maxDateAndTime", ""))
    } else {
        At::After(Span {
            amount: parameters.parameter("resumeAmount", 1),
            unit: parameters.parameter("resumeUnit", "hours"),
        })
    };
    Ok(Limit {
        on: parameters.parameter("limitWaitTime", false),
        at,
    })
}

fn moment_of(run: &NodeRun, parameter: &Parameter) -> Result<i64, ErrorInfo> {
    let value = run.value(parameter, 0)?.unwrap_or_default();
    moment(&value, &run.host.execution.time_zone)
        .map(|moment| moment.as_millisecond())
        .ok_or_else(|| {
            run.error(
                format!(
                    "`{}` must be a date with a time, not {value}",
                    parameter.name
                ),
                None,
                Some(&parameter.name),
            )
        })
}
