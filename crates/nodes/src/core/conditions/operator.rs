//! `Operator`: what one condition of a filter value asks of its two sides.

use std::cmp::Ordering;
use std::sync::Arc;

use itemflow_model::Value;
use jiff::Timestamp;

use super::pattern::LastPattern;
use crate::core::javascript;

/// A test of a type, by n8n's name of the operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Exists(bool),
    /// Whether it is empty, as its type understands that.
    Empty(Kind, bool),
    Text(TextTest, bool),
    /// Numbers, moments, and the length of a list.
    Order(Kind, OrderTest),
    /// The boolean itself must be this.
    Is(bool),
    BooleanEquals(bool),
    ListContains(bool),
    /// A name that n8n does not know; never holds.
    Unknown,
}

/// Types whose operations share their shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
    DateTime,
    Boolean,
    List,
    Object,
}

/// Tests of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextTest {
    Equals,
    Contains,
    StartsWith,
    EndsWith,
    Regex,
}

/// Tests of order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OrderTest {
    Equals,
    NotEquals,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
}

impl Operator {
    /// The operator of these names.
    pub(crate) fn named(kind: &str, operation: &str) -> Self {
        let kind = match kind {
            _ if operation == "exists" => return Self::Exists(true),
            _ if operation == "notExists" => return Self::Exists(false),
            "string" => Kind::Text,
            "number" => Kind::Number,
            "dateTime" => Kind::DateTime,
            "boolean" => Kind::Boolean,
            "array" => Kind::List,
            "object" => Kind::Object,
            _ => return Self::Unknown,
        };
        match operation {
            "empty" => return Self::Empty(kind, true),
            "notEmpty" => return Self::Empty(kind, false),
            _ => {}
        }
        match kind {
            Kind::Text => text_operator(operation),
            Kind::Boolean => match operation {
                "true" => Self::Is(true),
                "false" => Self::Is(false),
                "equals" => Self::BooleanEquals(true),
                "notEquals" => Self::BooleanEquals(false),
                _ => Self::Unknown,
            },
            Kind::List if operation == "contains" => Self::ListContains(true),
            Kind::List if operation == "notContains" => Self::ListContains(false),
            Kind::Object => Self::Unknown,
            kind => {
                order_test(kind, operation).map_or(Self::Unknown, |test| Self::Order(kind, test))
            }
        }
    }

    /// Whether it looks at its left side alone.
    pub(crate) fn is_unary(self) -> bool {
        matches!(self, Self::Exists(_) | Self::Empty(..) | Self::Is(_))
    }

    /// Whether its right side is a regular expression.
    pub(crate) fn is_regex(self) -> bool {
        matches!(self, Self::Text(TextTest::Regex, _))
    }
}

fn text_operator(operation: &str) -> Operator {
    let (test, expected) = match operation {
        "equals" => (TextTest::Equals, true),
        "notEquals" => (TextTest::Equals, false),
        "contains" => (TextTest::Contains, true),
        "notContains" => (TextTest::Contains, false),
        "startsWith" => (TextTest::StartsWith, true),
        "notStartsWith" => (TextTest::StartsWith, false),
        "endsWith" => (TextTest::EndsWith, true),
        "notEndsWith" => (TextTest::EndsWith, false),
        "regex" => (TextTest::Regex, true),
        "notRegex" => (TextTest::Regex, false),
        _ => return Operator::Unknown,
    };
    Operator::Text(test, expected)
}

fn order_test(kind: Kind, operation: &str) -> Option<OrderTest> {
    Some(match (kind, operation) {
        (Kind::Number | Kind::DateTime, "equals") | (Kind::List, "lengthEquals") => {
            OrderTest::Equals
        }
        (Kind::Number | Kind::DateTime, "notEquals") | (Kind::List, "lengthNotEquals") => {
            OrderTest::NotEquals
        }
        (Kind::Number, "gt") | (Kind::DateTime, "after") | (Kind::List, "lengthGt") => {
            OrderTest::Greater
        }
        (Kind::Number, "lt") | (Kind::DateTime, "before") | (Kind::List, "lengthLt") => {
            OrderTest::Less
        }
        (Kind::Number, "gte") | (Kind::DateTime, "afterOrEquals") | (Kind::List, "lengthGte") => {
            OrderTest::GreaterOrEqual
        }
        (Kind::Number, "lte") | (Kind::DateTime, "beforeOrEquals") | (Kind::List, "lengthLte") => {
            OrderTest::LessOrEqual
        }
        _ => return None,
    })
}

impl OrderTest {
    /// Whether the order of two sides passes; sides without an order are only ever unequal.
    fn passes(self, order: Option<Ordering>) -> bool {
        match self {
            Self::Equals => order == Some(Ordering::Equal),
            Self::NotEquals => order != Some(Ordering::Equal),
            Self::Greater => order == Some(Ordering::Greater),
            Self::Less => order == Some(Ordering::Less),
            Self::GreaterOrEqual => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
            Self::LessOrEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        }
    }

    /// Compares numbers as JavaScript does: equality is strict, for order a null is 0.
    pub(crate) fn numbers(self, left: Option<&Value>, right: Option<&Value>) -> bool {
        match self {
            Self::Equals => javascript::strictly_equal(left, right),
            Self::NotEquals => !javascript::strictly_equal(left, right),
            order => {
                let (left, right) = (javascript::number(left), javascript::number(right));
                order.passes(left.zip(right).and_then(|(l, r)| l.partial_cmp(&r)))
            }
        }
    }

    /// Compares moments by the millisecond; a missing side never passes.
    pub(crate) fn moments(self, left: Option<Timestamp>, right: Option<Timestamp>) -> bool {
        left.zip(right).is_some_and(|(left, right)| {
            self.passes(Some(left.as_millisecond().cmp(&right.as_millisecond())))
        })
    }
}

/// Compares text; a missing side is the empty text. `patterns` keeps the regular expression from item to item.
///
/// # Errors
/// For a regular expression that cannot be read or takes too long.
pub(crate) fn compare_text(
    test: TextTest,
    left: Option<&Value>,
    right: Option<&Value>,
    ignore_case: bool,
    patterns: &LastPattern,
) -> Result<bool, String> {
    let mut left = plain(left);
    let mut right = plain(right);
    if ignore_case {
        left = left.to_lowercase().into();
        if test != TextTest::Regex {
            right = right.to_lowercase().into();
        }
    }
    Ok(match test {
        TextTest::Equals => left == right,
        TextTest::Contains => left.contains(&*right),
        TextTest::StartsWith => left.starts_with(&*right),
        TextTest::EndsWith => left.ends_with(&*right),
        TextTest::Regex => patterns.read(&right)?.is_match(&left)?,
    })
}

fn plain(value: Option<&Value>) -> Arc<str> {
    match value {
        None | Some(Value::Null) => "".into(),
        Some(value) => javascript::text(value),
    }
}

/// Whether a list has an element equal to a value; lists and objects are equal to themselves alone.
pub(crate) fn list_contains(
    list: Option<&Value>,
    value: Option<&Value>,
    ignore_case: bool,
) -> bool {
    let list = list.and_then(Value::as_array).unwrap_or_default();
    let text = value.and_then(Value::as_str).filter(|_| ignore_case);
    match text {
        Some(text) => {
            let text = text.to_lowercase();
            list.iter()
                .filter_map(Value::as_str)
                .any(|element| element.to_lowercase() == text)
        }
        None => list
            .iter()
            .any(|element| javascript::strictly_equal(Some(element), value)),
    }
}
