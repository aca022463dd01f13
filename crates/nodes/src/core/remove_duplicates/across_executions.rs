//! Drops items that earlier executions have worked on, by what the workflow remembers of them; and forgets it.

use std::sync::Arc;

use itemflow_model::{ErrorInfo, Items, Number, Value};

use crate::core::javascript;
use crate::core::moment::moment;
use crate::node::{Node, NodeProblem, Outcome, Step};
use crate::parameters::{Parameter, Parameters, pointer};
use crate::run::NodeRun;
use crate::seen::{Fingerprint, Mark, Remembered, SeenScope};

/// Values that are remembered unless the options say otherwise.
const HISTORY_SIZE: i64 = 10_000;

/// Makes the node that drops items.
pub(super) fn remove(parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
    let logics = [
        "removeItemsWithAlreadySeenKeyValues",
        "removeItemsUpToStoredIncrementalKey",
        "removeItemsUpToStoredDate",
    ];
    let logic = parameters
        .one_of("logic", logics[0], &logics)
        .map_err(|problem| vec![problem])?;
    let (logic, name) = match &*logic {
        "removeItemsWithAlreadySeenKeyValues" => (Logic::Values, "dedupeValue"),
        "removeItemsUpToStoredIncrementalKey" => (Logic::UpTo(Mark::Key), "incrementalDedupeValue"),
        _ => (Logic::UpTo(Mark::Date), "dateDedupeValue"),
    };
    let value = parameters.parameter(name, "");
    if value.template.as_literal() == Some(&Value::from("")) {
        let problem = NodeProblem::error(
            "missing-parameter",
            pointer(name),
            format!("`{name}` is missing"),
        );
        return Err(vec![
            problem.help("say what tells items apart, for example `={{ $json.id }}`"),
        ]);
    }
    Ok(Box::new(NewOnly {
        logic,
        value,
        scope: scope(parameters),
        history_size: parameters.parameter("options.historySize", HISTORY_SIZE),
    }))
}

/// Makes the node that forgets.
pub(super) fn clear(parameters: &Parameters) -> Box<dyn Node> {
    Box::new(Forget {
        scope: scope(parameters),
    })
}

fn scope(parameters: &Parameters) -> Parameter {
    parameters.parameter("options.scope", "node")
}

struct NewOnly {
    logic: Logic,
    value: Parameter,
    scope: Parameter,
    history_size: Parameter,
}

#[derive(Clone, Copy)]
enum Logic {
    /// An item is new if its value is.
    Values,
    /// An item is new if its value is above all earlier ones.
    UpTo(Mark),
}

impl Node for NewOnly {
    fn execute(&self, run: &NodeRun) -> Step {
        let prepared = self.prepared(run);
        match prepared {
            Ok(work) => {
                let run = run.clone();
                Step::Pending(Box::pin(async move { work.done(&run).await }))
            }
            Err(error) => Step::Done(Err(error)),
        }
    }
}

/// What to ask the memory.
enum Work {
    Remember {
        scope: SeenScope,
        values: Vec<Fingerprint>,
        limit: usize,
    },
    Raise {
        scope: SeenScope,
        mark: Mark,
        values: Vec<Number>,
    },
}

impl NewOnly {
    fn prepared(&self, run: &NodeRun) -> Result<Work, ErrorInfo> {
        let scope = scope_of(run, &self.scope)?;
        let rows = 0..run.input(0).len();
        match self.logic {
            Logic::Values => Ok(Work::Remember {
                scope,
                values: rows
                    .map(|row| Ok(Fingerprint::of(&self.text(run, row)?)))
                    .collect::<Result<_, ErrorInfo>>()?,
                limit: run.number(&self.history_size, 0)?.max(0.0) as usize,
            }),
            Logic::UpTo(mark) => Ok(Work::Raise {
                scope,
                mark,
                values: rows
                    .map(|row| self.number(run, mark, row))
                    .collect::<Result<_, ErrorInfo>>()?,
            }),
        }
    }

    fn text(&self, run: &NodeRun, row: usize) -> Result<Arc<str>, ErrorInfo> {
        let value = run
            .value(&self.value, row)?
            .filter(|value| !value.is_null());
        Ok(value.map_or_else(|| "".into(), |value| javascript::text_or_json(&value)))
    }

    fn number(&self, run: &NodeRun, mark: Mark, row: usize) -> Result<Number, ErrorInfo> {
        let value = run.value(&self.value, row)?.unwrap_or_default();
        let number = match mark {
            Mark::Key => incremental_key(&value),
            Mark::Date => moment(&value, &run.host.execution.time_zone)
                .map(|moment| Number::from(moment.as_millisecond())),
        };
        number.ok_or_else(|| {
            let name = &self.value.name;
            let wanted = match mark {
                Mark::Key => "a number",
                Mark::Date => "a date",
            };
            let message = format!("`{name}` must be {wanted}, not {value}");
            run.error(message, Some(row), Some(name))
        })
    }
}

impl Work {
    async fn done(self, run: &NodeRun) -> Result<Outcome, ErrorInfo> {
        let seen = &run.host.seen;
        let news: Vec<bool> = match self {
            Self::Remember {
                scope,
                values,
                limit,
            } => match seen.remember(&scope, &values, limit).await? {
                Remembered::New(news) => news,
                Remembered::Full(known) => {
                    return Err(run.error(
                        format!(
                            "{known} values are remembered, and with the new ones there would be more than the {limit} \
                             that `historySize` allows: raise it, or forget them with the operation \
                             `clearDeduplicationHistory`"
                        ),
                        None,
                        Some("options.historySize"),
                    ));
                }
            },
            Self::Raise {
                scope,
                mark,
                values,
            } => {
                let largest = values
                    .iter()
                    .copied()
                    .reduce(|a, b| if b > a { b } else { a });
                let before = match largest {
                    Some(largest) => seen.raise(&scope, mark, largest).await?,
                    None => None,
                };
                let is_new = |value: &Number| before.is_none_or(|before| *value > before);
                values.iter().map(is_new).collect()
            }
        };
        let items = run.input(0);
        let kept = items.iter().enumerate().zip(news);
        let kept: Items = kept
            .filter(|(_, is_new)| *is_new)
            .map(|((row, item), _)| (item.clone(), items.link(row)))
            .collect();
        Ok(Outcome::of(kept))
    }
}

struct Forget {
    scope: Parameter,
}

impl Node for Forget {
    fn execute(&self, run: &NodeRun) -> Step {
        let scope = match scope_of(run, &self.scope) {
            Ok(scope) => scope,
            Err(error) => return Step::Done(Err(error)),
        };
        let run = run.clone();
        Step::Pending(Box::pin(async move {
            run.host.seen.clear(&scope).await?;
            Ok(Outcome::of(run.input(0)))
        }))
    }
}

fn incremental_key(value: &Value) -> Option<Number> {
    match value {
        Value::Number(_) => {}
        Value::String(text) if !text.trim().is_empty() => {}
        _ => return None,
    }
    javascript::number(Some(value)).filter(|number| number.as_f64().is_finite())
}

/// The memory that a node uses: its own, or that of the workflow.
fn scope_of(run: &NodeRun, scope: &Parameter) -> Result<SeenScope, ErrorInfo> {
    let node = match &*run.text(scope, 0)? {
        "node" => Some(run.node.id.as_deref().unwrap_or(&run.node.name).into()),
        "workflow" => None,
        other => {
            return Err(run.error(
                format!("`scope` must be `node` or `workflow`, not `{other}`"),
                None,
                Some(&scope.name),
            ));
        }
    };
    let workflow = &run.host.execution.workflow;
    let identity = ["id", "name"].iter().find_map(|key| {
        let text = workflow.get(key).filter(|value| !value.is_null())?;
        Some(javascript::text(text)).filter(|text| !text.is_empty())
    });
    Ok(SeenScope {
        workflow: identity.unwrap_or_default(),
        node,
    })
}
