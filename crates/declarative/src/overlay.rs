//! Scopes of the expressions inside a definition: what the node's scope knows, and `$value`, `$credentials`,
//! `$parameter`, `$parent` and `$index`.

use itemflow_expression::{EvaluateError, HostObject, Resolved, Scope, Variable};
use itemflow_model::{Map, Value};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A scope that knows nothing: no items, no nodes, the epoch as present moment.
#[derive(Clone, Copy, Debug, Default)]
pub struct EmptyScope;

impl Scope for EmptyScope {
    fn json(&self) -> Option<&Value> {
        None
    }

    fn variable(&self, _: &Variable) -> Result<Resolved, EvaluateError> {
        Ok(Resolved::Undefined)
    }

    fn node(&self, name: &str) -> Result<Resolved, EvaluateError> {
        Err(EvaluateError::Scope {
            kind: "no_node",
            message: format!("there is no node {name:?} here"),
        })
    }

    fn member(&self, _: &HostObject, _: &str) -> Result<Resolved, EvaluateError> {
        Ok(Resolved::Undefined)
    }

    fn call(
        &self,
        _: &HostObject,
        _: &str,
        _: &[Option<Value>],
    ) -> Result<Resolved, EvaluateError> {
        Ok(Resolved::Undefined)
    }

    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn time_zone(&self) -> TimeZone {
        TimeZone::UTC
    }

    fn random(&self) -> f64 {
        0.0
    }
}

/// The scope of one expression of a definition, over the node's scope.
pub(crate) struct Overlay<'a> {
    pub(crate) base: &'a dyn Scope,
    pub(crate) parameters: Option<&'a Map>,
    pub(crate) credentials: Option<&'a Value>,
    pub(crate) value: Option<&'a Value>,
    pub(crate) parent: Option<&'a Value>,
    pub(crate) index: Option<usize>,
}

impl<'a> Overlay<'a> {
    /// An overlay that knows nothing yet.
    pub(crate) fn new(base: &'a dyn Scope) -> Self {
        Self {
            base,
            parameters: None,
            credentials: None,
            value: None,
            parent: None,
            index: None,
        }
    }
}

impl Scope for Overlay<'_> {
    fn json(&self) -> Option<&Value> {
        self.base.json()
    }

    fn variable(&self, variable: &Variable) -> Result<Resolved, EvaluateError> {
        let own = match variable {
            Variable::Value => self.value.cloned(),
            Variable::Parent => self.parent.cloned(),
            Variable::Index => self.index.map(Value::from),
            // Never the base's: secrets must not get into a request while it is built.
            Variable::Credentials => {
                return Ok(self
                    .credentials
                    .cloned()
                    .map_or(Resolved::Undefined, Resolved::Value));
            }
            Variable::Parameter => self.parameters.map(|map| Value::from(map.clone())),
            _ => None,
        };
        match own {
            Some(value) => Ok(Resolved::Value(value)),
            None if matches!(
                variable,
                Variable::Value | Variable::Parent | Variable::Index
            ) =>
            {
                Ok(Resolved::Undefined)
            }
            None => self.base.variable(variable),
        }
    }

    fn node(&self, name: &str) -> Result<Resolved, EvaluateError> {
        self.base.node(name)
    }

    fn member(&self, object: &HostObject, name: &str) -> Result<Resolved, EvaluateError> {
        self.base.member(object, name)
    }

    fn call(
        &self,
        object: &HostObject,
        method: &str,
        arguments: &[Option<Value>],
    ) -> Result<Resolved, EvaluateError> {
        self.base.call(object, method, arguments)
    }

    fn now(&self) -> Timestamp {
        self.base.now()
    }

    fn time_zone(&self) -> TimeZone {
        self.base.time_zone()
    }

    fn random(&self) -> f64 {
        self.base.random()
    }
}
