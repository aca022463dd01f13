//! Comparisons of If 1, Filter 1, Switch 1 and 2: JavaScript's own rules, values as the expressions gave them.

use std::cmp::Ordering;
use std::sync::Arc;

use itemflow_expression::Template;
use itemflow_model::{ErrorInfo, Value};
use jiff::tz::TimeZone;

use super::pattern::LastPattern;
use crate::core::javascript::{order as javascript_order, strictly_equal, text, truthy};
use crate::core::moment::javascript_date;
use crate::node::NodeProblem;
use crate::parameters::{Parameter, Parameters, pointer};
use crate::run::NodeRun;

/// What a comparison compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DataType {
    Boolean,
    DateTime,
    Number,
    String,
}

/// One comparison of two values.
pub(crate) struct Comparison {
    data_type: DataType,
    test: Test,
    patterns: LastPattern,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Test {
    Equal(bool),
    After,
    Before,
    Smaller,
    SmallerEqual,
    Larger,
    LargerEqual,
    Contains(bool),
    StartsWith(bool),
    EndsWith(bool),
    Regex(bool),
    Empty(bool),
}

/// The conditions of If 1 and Filter 1.
pub(crate) struct Conditions {
    list: Vec<(Parameter, Parameter, Comparison)>,
    any: bool,
}

impl DataType {
    /// All types in the order in which their conditions are asked.
    const ALL: [Self; 4] = [Self::Boolean, Self::DateTime, Self::Number, Self::String];

    /// The type of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|data_type| data_type.name() == name)
    }

    /// Its name in stored parameters.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::DateTime => "dateTime",
            Self::Number => "number",
            Self::String => "string",
        }
    }

    /// What a stored file leaves out of the sides of a condition of this type.
    fn default_value(self) -> Value {
        match self {
            Self::Boolean => Value::Bool(false),
            Self::DateTime | Self::String => Value::from(""),
            Self::Number => Value::from(0),
        }
    }

    fn default_operation(self) -> &'static str {
        match self {
            Self::Boolean | Self::String => "equal",
            Self::DateTime => "after",
            Self::Number => "smaller",
        }
    }
}

impl Comparison {
    /// Reads the `operation` and `value2` of a stored condition or rule at a dotted path.
    ///
    /// # Errors
    /// An unknown operation or a regular expression that cannot be read.
    pub(crate) fn compile(
        data_type: DataType,
        stored: &Template,
        right: &Parameter,
        path: &str,
    ) -> Result<Self, NodeProblem> {
        let operation = match stored.get("operation") {
            None => data_type.default_operation().to_owned(),
            Some(template) => template
                .as_literal()
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
        };
        let test = Test::named(data_type, &operation).ok_or_else(|| {
            NodeProblem::error(
                "unknown-operation",
                pointer(&format!("{path}.operation")),
                format!("a {} has no operation `{operation}`", data_type.name()),
            )
        })?;
        let patterns = LastPattern::default();
        let fixed = right.template.as_literal().and_then(Value::as_str);
        if let Some(text) = fixed.filter(|_| matches!(test, Test::Regex(_))) {
            patterns.read(text).map_err(|message| {
                NodeProblem::error("regular-expression", pointer(&right.name), message)
            })?;
        }
        Ok(Self {
            data_type,
            test,
            patterns,
        })
    }

    /// Whether two values pass; `None` is undefined.
    ///
    /// # Errors
    /// A sentence: a value that is no date, or no text where only text will do.
    pub(crate) fn holds(
        &self,
        left: Option<&Value>,
        right: Option<&Value>,
        zone: &TimeZone,
    ) -> Result<bool, String> {
        if self.data_type == DataType::DateTime {
            let (left, right) = (date(left, zone)?, date(right, zone)?);
            return Ok(match self.test {
                Test::After => left > right,
                _ => left < right,
            });
        }
        Ok(match self.test {
            Test::Equal(expected) => strictly_equal(left, right) == expected,
            Test::Smaller => order(left, right) == Some(Ordering::Less),
            Test::Larger => order(left, right) == Some(Ordering::Greater),
            Test::SmallerEqual => {
                matches!(order(left, right), Some(Ordering::Less | Ordering::Equal))
            }
            Test::LargerEqual => {
                matches!(
                    order(left, right),
                    Some(Ordering::Greater | Ordering::Equal)
                )
            }
            Test::Contains(expected) => or_empty(left).contains(&*or_empty(right)) == expected,
            Test::StartsWith(expected) => {
                only_text(left)?.starts_with(&*argument(right)) == expected
            }
            Test::EndsWith(expected) => only_text(left)?.ends_with(&*argument(right)) == expected,
            Test::Regex(expected) => {
                let pattern = self.patterns.read(&or_empty(right))?;
                pattern.is_match(&or_empty(left))? == expected
            }
            Test::Empty(expected) => is_empty(left) == expected,
            Test::After | Test::Before => false,
        })
    }
}

impl Test {
    fn named(data_type: DataType, operation: &str) -> Option<Self> {
        Some(match (data_type, operation) {
            (DataType::DateTime, "after") => Self::After,
            (DataType::DateTime, "before") => Self::Before,
            (DataType::DateTime, _) => return None,
            (_, "equal") => Self::Equal(true),
            (_, "notEqual") => Self::Equal(false),
            (DataType::Boolean, _) => return None,
            (_, "isEmpty") => Self::Empty(true),
            (_, "isNotEmpty") => Self::Empty(false),
            (DataType::Number, "smaller") => Self::Smaller,
            (DataType::Number, "smallerEqual") => Self::SmallerEqual,
            (DataType::Number, "larger") => Self::Larger,
            (DataType::Number, "largerEqual") => Self::LargerEqual,
            (DataType::String, "contains") => Self::Contains(true),
            (DataType::String, "notContains") => Self::Contains(false),
            (DataType::String, "startsWith") => Self::StartsWith(true),
            (DataType::String, "notStartsWith") => Self::StartsWith(false),
            (DataType::String, "endsWith") => Self::EndsWith(true),
            (DataType::String, "notEndsWith") => Self::EndsWith(false),
            (DataType::String, "regex") => Self::Regex(true),
            (DataType::String, "notRegex") => Self::Regex(false),
            _ => return None,
        })
    }
}

impl Conditions {
    /// Reads the groups of `conditions`; `any` joins them by "or".
    ///
    /// # Errors
    /// Unknown operations and regular expressions that cannot be read.
    pub(crate) fn compile(parameters: &Parameters, any: bool) -> Result<Self, Vec<NodeProblem>> {
        let mut list = Vec::new();
        let mut problems = Vec::new();
        for data_type in DataType::ALL {
            let group = format!("conditions.{}", data_type.name());
            for (i, stored) in parameters.list(&group).iter().enumerate() {
                let path = format!("{group}.{i}");
                let side = |key: &str| {
                    let name = format!("{path}.{key}");
                    Parameter::inner(name, stored.get(key), data_type.default_value())
                };
                let (left, right) = (side("value1"), side("value2"));
                match Comparison::compile(data_type, stored, &right, &path) {
                    Ok(comparison) => list.push((left, right, comparison)),
                    Err(problem) => problems.push(problem),
                }
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self { list, any })
    }

    /// Whether an item passes. It looks no further than the first condition that decides.
    ///
    /// # Errors
    /// An expression that fails, and as [`Comparison::holds`].
    pub(crate) fn passes(&self, run: &NodeRun, item: usize) -> Result<bool, ErrorInfo> {
        for (left, right, comparison) in &self.list {
            let left_value = run.value(left, item)?;
            let right_value = run.value(right, item)?;
            let zone = &run.host.execution.time_zone;
            let holds = comparison
                .holds(left_value.as_ref(), right_value.as_ref(), zone)
                .map_err(|message| run.error(message, Some(item), Some(&left.name)))?;
            if holds == self.any {
                return Ok(self.any);
            }
        }
        Ok(!self.any)
    }
}

fn date(value: Option<&Value>, zone: &TimeZone) -> Result<i64, String> {
    value
        .and_then(|value| javascript_date(value, zone))
        .map(|moment| moment.as_millisecond())
        .ok_or_else(|| match value {
            None => "an undefined value is not a valid date".to_owned(),
            Some(value) => format!("this {} is not a valid date", value.kind()),
        })
}

/// `value || 0` on both sides, then JavaScript's order: two texts by letter, everything else as numbers.
fn order(left: Option<&Value>, right: Option<&Value>) -> Option<Ordering> {
    let zero = Value::from(0);
    let left = left.filter(|value| truthy(Some(value))).unwrap_or(&zero);
    let right = right.filter(|value| truthy(Some(value))).unwrap_or(&zero);
    javascript_order(left, right)
}

/// `(value || '')` as text.
fn or_empty(value: Option<&Value>) -> Arc<str> {
    value
        .filter(|value| truthy(Some(value)))
        .map_or_else(|| "".into(), text)
}

/// The argument of a text method.
fn argument(value: Option<&Value>) -> Arc<str> {
    value.map_or_else(|| "undefined".into(), text)
}

fn only_text(value: Option<&Value>) -> Result<&str, String> {
    value
        .and_then(Value::as_str)
        .ok_or_else(|| "only a text can start or end with something".to_owned())
}

fn is_empty(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::Bool(_)) => false,
        Some(Value::Number(number)) => number.as_f64().is_nan(),
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Array(list)) => list.is_empty(),
        Some(Value::Object(map)) => map.is_empty(),
    }
}
