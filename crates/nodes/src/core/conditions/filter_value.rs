//! `Filter`: the filter value of If and Filter from version 2 and Switch from version 3, read once, asked per item.

use itemflow_expression::Template;
use itemflow_model::{ErrorInfo, Value};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::operator::{Kind, Operator, compare_text, list_contains};
use super::pattern::LastPattern;
use crate::core::javascript;
use crate::core::moment::moment;
use crate::core::value_type::ValueType;
use crate::node::NodeProblem;
use crate::parameters::{Parameter, pointer};
use crate::run::NodeRun;

/// Characters of a value that an error quotes.
const QUOTED: usize = 60;

/// Conditions joined by "and" or "or".
pub(crate) struct Filter {
    combinator: Combinator,
    conditions: Vec<Condition>,
    options: Options,
}

#[derive(Clone, Copy)]
enum Combinator {
    And,
    Or,
    /// A word that n8n does not know; never holds.
    Unknown,
}

enum Options {
    Fixed(Settings),
    /// One of them is an expression.
    ByItem(Parameter),
}

#[derive(Clone, Copy)]
struct Settings {
    ignore_case: bool,
    loose: bool,
    version: f64,
}

struct Condition {
    left: Operand,
    right: Operand,
    ignore_right: bool,
    operator: Operator,
    patterns: LastPattern,
}

/// One side of a condition; without a parameter it is undefined.
struct Operand {
    parameter: Option<Parameter>,
    value_type: ValueType,
}

/// One side of a condition after conversion.
enum Side {
    Value(Option<Value>),
    Moment(Option<Timestamp>),
}

impl Filter {
    /// Reads a filter value stored at a dotted path. An absent one has no conditions and holds for every item.
    ///
    /// # Errors
    /// A filter that is an expression as a whole, and regular expressions that cannot be read.
    pub(crate) fn compile(stored: Option<Template>, path: &str) -> Result<Self, Vec<NodeProblem>> {
        let stored = stored.unwrap_or_else(|| Template::Literal(Value::empty_object()));
        if matches!(stored, Template::Expression(_)) {
            return Err(vec![NodeProblem::error(
                "fixed-parameter",
                pointer(path),
                "conditions must be a list, not one expression; use expressions inside them",
            )]);
        }
        let combinator = match stored.get("combinator") {
            None => Combinator::And,
            Some(template) => match template.as_literal().and_then(Value::as_str) {
                Some("and") => Combinator::And,
                Some("or") => Combinator::Or,
                _ => Combinator::Unknown,
            },
        };
        let options = match stored.get("options") {
            None => Options::Fixed(Settings::read(&Value::Null)),
            Some(Template::Literal(value)) => Options::Fixed(Settings::read(&value)),
            Some(template) => Options::ByItem(Parameter::inner(
                format!("{path}.options"),
                Some(template),
                Value::Null,
            )),
        };
        let mut conditions = Vec::new();
        let mut problems = Vec::new();
        let list = stored.get("conditions").map(|list| list.elements());
        for (i, template) in list.unwrap_or_default().into_iter().enumerate() {
            match Condition::compile(&template, &format!("{path}.conditions.{i}")) {
                Ok(condition) => conditions.push(condition),
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            combinator,
            conditions,
            options,
        })
    }

    /// Whether an item passes. It looks no further than the first condition that decides.
    ///
    /// # Errors
    /// A value that is not of its condition's type, an expression that fails, a bad regular expression.
    pub(crate) fn passes(&self, run: &NodeRun, item: usize) -> Result<bool, ErrorInfo> {
        let settings = match &self.options {
            Options::Fixed(settings) => *settings,
            Options::ByItem(parameter) => {
                Settings::read(&run.value(parameter, item)?.unwrap_or_default())
            }
        };
        let decisive = match self.combinator {
            Combinator::And => false,
            Combinator::Or => true,
            Combinator::Unknown => return Ok(false),
        };
        for condition in &self.conditions {
            if condition.passes(settings, run, item)? == decisive {
                return Ok(decisive);
            }
        }
        Ok(!decisive)
    }
}

impl Settings {
    fn read(options: &Value) -> Self {
        let version = options.get("version");
        Self {
            ignore_case: options
                .get("caseSensitive")
                .is_some_and(|sensitive| !javascript::truthy(Some(sensitive))),
            loose: options.get("typeValidation").and_then(Value::as_str) == Some("loose"),
            version: version.and_then(Value::as_f64).unwrap_or(1.0),
        }
    }
}

impl Condition {
    fn compile(stored: &Template, path: &str) -> Result<Self, NodeProblem> {
        let word = |key: &str| {
            let operator = stored.get("operator")?;
            let word = operator.get(key)?.as_literal()?.as_str()?.to_owned();
            Some(word)
        };
        let kind = word("type").unwrap_or_default();
        let operator = Operator::named(&kind, &word("operation").unwrap_or_default());
        let single_value = stored
            .get("operator")
            .and_then(|operator| operator.get("singleValue"))
            .is_some_and(|flag| javascript::truthy(flag.as_literal()));
        let left_type = ValueType::named(&kind);
        let right_type = word("rightType").map_or(left_type, |name| ValueType::named(&name));
        let right = Operand::compile(stored, "rightValue", path, right_type);
        let literal = right
            .parameter
            .as_ref()
            .and_then(|p| p.template.as_literal());
        let patterns = LastPattern::default();
        if let Some(text) = literal
            .and_then(Value::as_str)
            .filter(|_| operator.is_regex())
        {
            patterns.read(text).map_err(|message| {
                let at = pointer(&format!("{path}.rightValue"));
                NodeProblem::error("regular-expression", at, message)
            })?;
        }
        Ok(Self {
            left: Operand::compile(stored, "leftValue", path, left_type),
            right,
            ignore_right: single_value || operator.is_unary(),
            operator,
            patterns,
        })
    }

    fn passes(&self, settings: Settings, run: &NodeRun, item: usize) -> Result<bool, ErrorInfo> {
        let zone = &run.host.execution.time_zone;
        let left = self.left.side(settings, run, item)?;
        let right = if self.ignore_right {
            Side::Value(None)
        } else {
            self.right.side(settings, run, item)?
        };
        let text = |test, expected: bool| {
            let patterns = &self.patterns;
            compare_text(
                test,
                left.value(),
                right.value(),
                settings.ignore_case,
                patterns,
            )
            .map(|holds| holds == expected)
            .map_err(|message| run.error(message, Some(item), Some("rightValue")))
        };
        Ok(match self.operator {
            Operator::Exists(expected) => left.exists() == expected,
            Operator::Empty(kind, expected) => left.is_empty(kind) == expected,
            Operator::Text(test, expected) => text(test, expected)?,
            Operator::Order(Kind::DateTime, test) => {
                test.moments(left.moment(zone), right.moment(zone))
            }
            Operator::Order(Kind::List, test) => {
                let length = left
                    .value()
                    .and_then(Value::as_array)
                    .map_or(0, <[Value]>::len);
                test.numbers(Some(&Value::from(length)), right.value())
            }
            Operator::Order(_, test) => test.numbers(left.value(), right.value()),
            Operator::Is(expected) => javascript::truthy(left.value()) == expected,
            Operator::BooleanEquals(expected) => {
                javascript::strictly_equal(left.value(), right.value()) == expected
            }
            Operator::ListContains(expected) => {
                list_contains(left.value(), right.value(), settings.ignore_case) == expected
            }
            Operator::Unknown => false,
        })
    }
}

impl Operand {
    fn compile(condition: &Template, key: &str, path: &str, value_type: ValueType) -> Self {
        Self {
            parameter: condition
                .get(key)
                .map(|template| Parameter::inner(format!("{path}.{key}"), Some(template), "")),
            value_type,
        }
    }

    /// Its value at an item, converted to the type the condition asks for. Undefined and null stay what they are.
    fn side(&self, settings: Settings, run: &NodeRun, item: usize) -> Result<Side, ErrorInfo> {
        let Some(parameter) = &self.parameter else {
            return Ok(Side::Value(None));
        };
        let value = match run.value(parameter, item)? {
            Some(value) if !value.is_null() => value,
            missing => return Ok(Side::Value(missing)),
        };
        let zone = &run.host.execution.time_zone;
        if let Some(side) = convert(&value, self.value_type, settings, zone) {
            return Ok(side);
        }
        let mut error = run.error(
            format!(
                "the condition compares values of type {}, but {} is {}",
                self.value_type.label(),
                quote(&value),
                kind_with_article(&value)
            ),
            Some(item),
            Some(&parameter.name),
        );
        error.description = (!settings.loose).then(|| {
            "choose the matching type in the condition, or let it convert types \
             (`options.typeValidation: loose`)"
                .to_owned()
        });
        Err(error)
    }
}

impl Side {
    fn value(&self) -> Option<&Value> {
        match self {
            Self::Value(value) => value.as_ref(),
            Self::Moment(_) => None,
        }
    }

    fn moment(&self, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Moment(moment) => *moment,
            Self::Value(value) => moment(value.as_ref()?, zone),
        }
    }

    /// Neither undefined nor null nor NaN.
    fn exists(&self) -> bool {
        match self {
            Self::Moment(moment) => moment.is_some(),
            Self::Value(None | Some(Value::Null)) => false,
            Self::Value(Some(Value::Number(number))) => !number.as_f64().is_nan(),
            Self::Value(Some(_)) => true,
        }
    }

    fn is_empty(&self, kind: Kind) -> bool {
        match (kind, self.value()) {
            (Kind::Text | Kind::List | Kind::Object, None | Some(Value::Null)) => true,
            (Kind::Text, Some(Value::String(text))) => text.is_empty(),
            (Kind::List, Some(Value::Array(list))) => list.is_empty(),
            (Kind::Object, Some(Value::Object(map))) => map.is_empty(),
            _ => !self.exists(),
        }
    }
}

/// The value as the wanted type: strictly it must be of that type already, loosely it is converted.
fn convert(value: &Value, wanted: ValueType, settings: Settings, zone: &TimeZone) -> Option<Side> {
    let is_blank = match value {
        Value::String(text) => text.trim().is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    };
    match wanted {
        ValueType::DateTime => return moment(value, zone).map(|at| Side::Moment(Some(at))),
        ValueType::Number if settings.version >= 3.0 && is_blank => {
            return Some(Side::Value(Some(Value::Null)));
        }
        ValueType::Boolean if settings.loose => {
            let parsed = (settings.version >= 2.0)
                .then(|| wanted.coerce(value, zone))
                .flatten();
            let flag = parsed.unwrap_or_else(|| Value::Bool(javascript::truthy(Some(value))));
            return Some(Side::Value(Some(flag)));
        }
        _ => {}
    }
    if wanted.holds(value) {
        return Some(Side::Value(Some(value.clone())));
    }
    settings
        .loose
        .then(|| wanted.coerce(value, zone))
        .flatten()
        .map(|value| Side::Value(Some(value)))
}

fn kind_with_article(value: &Value) -> String {
    match value.kind() {
        kind @ ("array" | "object") => format!("an {kind}"),
        kind => format!("a {kind}"),
    }
}

fn quote(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(QUOTED) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
