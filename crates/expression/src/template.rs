//! `Template`: a parameter value of any shape in which the expressions are parsed.

use std::sync::Arc;

use itemflow_model::{Map, Value};

use crate::error::{EvaluateError, SyntaxError};
use crate::expression::Expression;
use crate::scope::{Limits, Scope};

/// A parameter value whose strings starting with `=` are expressions.
#[derive(Clone, Debug)]
pub enum Template {
    /// No expression inside: the value itself, shared.
    Literal(Value),
    /// One expression.
    Expression(Arc<Expression>),
    /// A list with an expression somewhere inside.
    Array(Vec<Template>),
    /// An object with an expression somewhere inside.
    Object(Vec<(Arc<str>, Template)>),
}

/// A syntax error in one of the strings of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct TemplateError {
    /// JSON pointer (RFC 6901) of the string within the parameter.
    pub pointer: String,
    /// The error.
    pub error: SyntaxError,
}

impl Template {
    /// Parses every string that starts with `=`.
    ///
    /// # Errors
    /// All syntax errors, each with its place.
    pub fn parse(value: &Value) -> Result<Self, Vec<TemplateError>> {
        let mut errors = Vec::new();
        let template = parse(value, &mut String::new(), &mut errors);
        if errors.is_empty() {
            Ok(template)
        } else {
            Err(errors)
        }
    }

    /// The value for one item; `None` is undefined. Undefined members are left out, undefined elements become null.
    ///
    /// # Errors
    /// The first error of an expression.
    pub fn evaluate(
        &self,
        scope: &dyn Scope,
        limits: &Limits,
    ) -> Result<Option<Value>, EvaluateError> {
        match self {
            Self::Literal(value) => Ok(Some(value.clone())),
            Self::Expression(expression) => expression.evaluate(scope, limits),
            Self::Array(list) => {
                let mut values = Vec::with_capacity(list.len());
                for template in list {
                    values.push(template.evaluate(scope, limits)?.unwrap_or_default());
                }
                Ok(Some(Value::from(values)))
            }
            Self::Object(members) => {
                let mut map = Map::with_capacity_and_hasher(members.len(), Default::default());
                for (key, template) in members {
                    if let Some(value) = template.evaluate(scope, limits)? {
                        map.insert(key.clone(), value);
                    }
                }
                Ok(Some(Value::from(map)))
            }
        }
    }

    /// The value, when no expression is inside.
    pub fn as_literal(&self) -> Option<&Value> {
        match self {
            Self::Literal(value) => Some(value),
            _ => None,
        }
    }

    /// The member `key`, where this is an object.
    pub fn get(&self, key: &str) -> Option<Template> {
        match self {
            Self::Literal(value) => value.get(key).cloned().map(Self::Literal),
            Self::Object(members) => members
                .iter()
                .find(|(name, _)| &**name == key)
                .map(|(_, template)| template.clone()),
            _ => None,
        }
    }

    /// The elements, where this is a list.
    pub fn elements(&self) -> Vec<Template> {
        match self {
            Self::Literal(Value::Array(list)) => list.iter().cloned().map(Self::Literal).collect(),
            Self::Array(list) => list.clone(),
            _ => Vec::new(),
        }
    }

    /// Calls `visit` for every expression inside, with its JSON pointer.
    pub fn visit_expressions<'a>(&'a self, visit: &mut dyn FnMut(&str, &'a Arc<Expression>)) {
        self.visit(&mut String::new(), visit);
    }

    fn visit<'a>(&'a self, pointer: &mut String, visit: &mut dyn FnMut(&str, &'a Arc<Expression>)) {
        let length = pointer.len();
        match self {
            Self::Literal(_) => {}
            Self::Expression(expression) => visit(pointer, expression),
            Self::Array(list) => {
                for (i, template) in list.iter().enumerate() {
                    pointer.push_str(&format!("/{i}"));
                    template.visit(pointer, visit);
                    pointer.truncate(length);
                }
            }
            Self::Object(members) => {
                for (key, template) in members {
                    push_key(pointer, key);
                    template.visit(pointer, visit);
                    pointer.truncate(length);
                }
            }
        }
    }
}

fn parse(value: &Value, pointer: &mut String, errors: &mut Vec<TemplateError>) -> Template {
    let length = pointer.len();
    match value {
        Value::String(text) if text.starts_with('=') => match Expression::parse(text) {
            Ok(expression) => Template::Expression(Arc::new(expression)),
            Err(error) => {
                errors.push(TemplateError {
                    pointer: pointer.clone(),
                    error,
                });
                Template::Literal(Value::Null)
            }
        },
        Value::Array(list) => {
            let templates: Vec<Template> = list
                .iter()
                .enumerate()
                .map(|(i, element)| {
                    pointer.push_str(&format!("/{i}"));
                    let template = parse(element, pointer, errors);
                    pointer.truncate(length);
                    template
                })
                .collect();
            if templates
                .iter()
                .all(|template| template.as_literal().is_some())
            {
                Template::Literal(value.clone())
            } else {
                Template::Array(templates)
            }
        }
        Value::Object(map) => {
            let members: Vec<(Arc<str>, Template)> = map
                .iter()
                .map(|(key, member)| {
                    push_key(pointer, key);
                    let template = parse(member, pointer, errors);
                    pointer.truncate(length);
                    (key.clone(), template)
                })
                .collect();
            if members
                .iter()
                .all(|(_, template)| template.as_literal().is_some())
            {
                Template::Literal(value.clone())
            } else {
                Template::Object(members)
            }
        }
        _ => Template::Literal(value.clone()),
    }
}

fn push_key(pointer: &mut String, key: &str) {
    pointer.push('/');
    pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
}
