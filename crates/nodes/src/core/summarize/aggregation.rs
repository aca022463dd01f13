//! One entry of `fieldsToSummarize`: a field and what is made of its values.

use std::cmp::Ordering;
use std::sync::Arc;

use itemflow_expression::Template;
use itemflow_model::{ErrorInfo, Number, Value};

use super::Rules;
use crate::core::field::{Field, FieldName};
use crate::core::javascript;
use crate::core::matching::{Equality, Index};
use crate::node::NodeProblem;
use crate::parameters::{Parameter, Parameters, pointer};
use crate::run::NodeRun;

const PATH: &str = "fieldsToSummarize.values";

/// An entry as it is stored.
pub(super) struct AggregationParameters {
    aggregation: Parameter,
    field: FieldName,
    include_empty: Parameter,
    separate_by: Parameter,
    custom_separator: Parameter,
}

/// An entry of one run.
pub(super) struct Aggregation {
    kind: Kind,
    pub(super) field: Field,
    /// Where the result goes.
    pub(super) output: Arc<str>,
    include_empty: bool,
    separator: Arc<str>,
    extremes_of_numbers: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Append,
    Average,
    Concatenate,
    Count,
    CountUnique,
    Max,
    Min,
    Sum,
}

impl AggregationParameters {
    /// All entries of a node.
    pub(super) fn all(parameters: &Parameters) -> Result<Vec<Self>, Vec<NodeProblem>> {
        let entries = parameters.list(PATH);
        let known: Vec<Self> = entries.iter().map(Self::new).collect();
        if known.is_empty() || known.iter().any(|entry| entry.field.is_empty()) {
            return Err(vec![
                NodeProblem::error(
                    "missing-parameter",
                    pointer(PATH),
                    "there is no field to summarize",
                )
                .help(format!("give each entry of `{PATH}` a `field`")),
            ]);
        }
        let unknown = entries.iter().enumerate().filter_map(|(i, entry)| {
            let Some(Template::Literal(Value::String(name))) = entry.get("aggregation") else {
                return None;
            };
            Kind::named(&name).is_none().then(|| {
                NodeProblem::error(
                    "unknown-option",
                    pointer(&format!("{PATH}.{i}.aggregation")),
                    unknown_aggregation(&name),
                )
            })
        });
        let problems: Vec<NodeProblem> = unknown.collect();
        if problems.is_empty() {
            Ok(known)
        } else {
            Err(problems)
        }
    }

    fn new(entry: &Template) -> Self {
        let inner = |name: &str, default: Value| {
            Parameter::inner(format!("{PATH}.{name}"), entry.get(name), default)
        };
        Self {
            aggregation: inner("aggregation", "count".into()),
            field: FieldName::new(inner("field", "".into())),
            include_empty: inner("includeEmpty", false.into()),
            separate_by: inner("separateBy", ",".into()),
            custom_separator: inner("customSeparator", "".into()),
        }
    }

    pub(super) fn at(&self, run: &NodeRun, rules: Rules) -> Result<Aggregation, ErrorInfo> {
        let name = run.text(&self.aggregation, 0)?;
        let kind = Kind::named(&name).ok_or_else(|| {
            let parameter = Some(&*self.aggregation.name);
            run.error(unknown_aggregation(&name), None, parameter)
        })?;
        let field = self.field.at(run, 0)?;
        if field.name().is_empty() {
            return Err(run.error(
                "there is no field to summarize",
                None,
                Some("fieldsToSummarize.values.field"),
            ));
        }
        let separator = match run.text(&self.separate_by, 0)? {
            other if &*other == "other" => run.text(&self.custom_separator, 0)?,
            separator => separator,
        };
        Ok(Aggregation {
            output: rules.output_name(&format!("{}_{}", kind.prefix(), field.name())),
            kind,
            field,
            include_empty: run.flag(&self.include_empty, 0)?,
            separator,
            extremes_of_numbers: rules.extremes_of_numbers,
        })
    }
}

fn unknown_aggregation(name: &str) -> String {
    format!(
        "there is no aggregation `{name}`: use append, average, concatenate, count, countUnique, max, min or sum"
    )
}

impl Kind {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "append" => Self::Append,
            "average" => Self::Average,
            "concatenate" => Self::Concatenate,
            "count" => Self::Count,
            "countUnique" => Self::CountUnique,
            "max" => Self::Max,
            "min" => Self::Min,
            "sum" => Self::Sum,
            _ => return None,
        })
    }

    /// How the name of the result begins.
    fn prefix(self) -> &'static str {
        match self {
            Self::Append => "appended",
            Self::Average => "average",
            Self::Concatenate => "concatenated",
            Self::Count => "count",
            Self::CountUnique => "unique_count",
            Self::Max => "max",
            Self::Min => "min",
            Self::Sum => "sum",
        }
    }
}

impl Aggregation {
    /// What becomes of the field over these items.
    pub(super) fn over(&self, rows: &[&Value], dotted: bool) -> Value {
        let all = rows.iter().map(|json| self.field.value(json, dotted));
        let values = all.filter(|value| self.include_empty || has_content(*value));
        let numbers = rows
            .iter()
            .filter_map(|json| match self.field.value(json, dotted) {
                Some(Value::Number(number)) => Some(*number),
                _ => None,
            });
        match self.kind {
            Kind::Append => Value::from(
                values
                    .map(Option::<&Value>::cloned)
                    .map(Option::unwrap_or_default)
                    .collect::<Vec<_>>(),
            ),
            Kind::Concatenate => {
                let texts: Vec<Arc<str>> = values
                    .map(|value| value.map_or_else(|| "undefined".into(), javascript::text_or_json))
                    .collect();
                Value::from(texts.join(&self.separator))
            }
            Kind::Count => Value::from(values.count()),
            Kind::CountUnique => {
                let index = Index::new(values.map(|value| vec![value]), Equality::Exact);
                Value::from(index.groups().len())
            }
            Kind::Sum => finite(sum(numbers)),
            Kind::Average => {
                let count = numbers.clone().count();
                finite(Number::from(sum(numbers).as_f64() / count as f64))
            }
            Kind::Max => self.extreme(rows, dotted, Ordering::Greater),
            Kind::Min => self.extreme(rows, dotted, Ordering::Less),
        }
    }

    /// The first value than which no other is further in one direction; null where there is none.
    fn extreme(&self, rows: &[&Value], dotted: bool, direction: Ordering) -> Value {
        let values = rows
            .iter()
            .filter_map(|json| self.field.value(json, dotted))
            .filter(|value| has_content(Some(value)))
            .filter(|value| !self.extremes_of_numbers || value.as_f64().is_some());
        let best = values.reduce(|best, value| {
            if javascript::order(value, best) == Some(direction) {
                value
            } else {
                best
            }
        });
        best.cloned().unwrap_or_default()
    }
}

fn has_content(value: Option<&Value>) -> bool {
    value.is_some_and(|value| !value.is_null() && value.as_str() != Some(""))
}

/// Exact as long as all numbers are whole.
fn sum(numbers: impl Iterator<Item = Number> + Clone) -> Number {
    let whole = numbers
        .clone()
        .try_fold(0_i64, |sum, number| sum.checked_add(number.as_i64()?));
    whole.map_or_else(
        || Number::from(numbers.map(Number::as_f64).sum::<f64>()),
        Number::from,
    )
}

/// JSON has no number for the average of nothing.
fn finite(number: Number) -> Value {
    if number.as_f64().is_finite() {
        Value::from(number)
    } else {
        Value::Null
    }
}
