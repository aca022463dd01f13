//! A scope as an engine would make it: one current item, input items, a node `A` that has run and a node `B` that has not.

use itemflow_expression::{EvaluateError, HostObject, Resolved, Scope, Variable};
use itemflow_model::{Item, Items, Value};
use jiff::Timestamp;
use jiff::tz::TimeZone;

pub(crate) struct TestScope {
    pub(crate) json: Value,
    pub(crate) items: Items,
    pub(crate) zone: TimeZone,
}

impl TestScope {
    pub(crate) fn new(json: Value) -> Self {
        Self {
            items: vec![Item::new(json.clone())].into(),
            json,
            zone: TimeZone::get("Europe/Paris").unwrap(),
        }
    }
}

fn object(kind: &'static str, index: u32) -> Result<Resolved, EvaluateError> {
    Ok(Resolved::Object(HostObject { kind, index }))
}

fn refused(kind: &'static str, message: &str) -> EvaluateError {
    EvaluateError::Scope {
        kind,
        message: message.into(),
    }
}

impl Scope for TestScope {
    fn json(&self) -> Option<&Value> {
        Some(&self.json)
    }

    fn variable(&self, variable: &Variable) -> Result<Resolved, EvaluateError> {
        match variable {
            Variable::Input => object("input", 0),
            Variable::Env => object("env", 0),
            Variable::PrevNode => object("previous", 0),
            Variable::NodeLegacy => object("nodes", 0),
            Variable::Items => object("items", 0),
            Variable::RunIndex | Variable::ItemIndex => Ok(Resolved::Value(Value::from(0))),
            Variable::NodeVersion => Ok(Resolved::Value(Value::from(1.2))),
            Variable::Workflow => Ok(Resolved::Value(Value::from([
                ("id", Value::from("1")),
                ("name", Value::from("W")),
                ("active", Value::from(false)),
            ]))),
            Variable::Binary => Ok(Resolved::Value(Value::from([(
                "file",
                Value::from([("mimeType", "text/plain")]),
            )]))),
            _ => Ok(Resolved::Undefined),
        }
    }

    fn node(&self, name: &str) -> Result<Resolved, EvaluateError> {
        match name {
            "A" => object("node", 0),
            "B" => object("node", 1),
            _ => Err(refused("internal", "there is no such node")),
        }
    }

    fn member(&self, object: &HostObject, name: &str) -> Result<Resolved, EvaluateError> {
        Ok(match (object.kind, name) {
            ("env", _) => return Err(refused("internal", "access to env vars is denied")),
            ("previous", "name") => Resolved::Value(Value::from("A")),
            ("node", "isExecuted") => Resolved::Value(Value::from(object.index == 0)),
            ("node", _) if object.index == 1 => {
                return Err(refused("no_execution_data", "node B has not run"));
            }
            ("node" | "input", "item") => self
                .items
                .get(0)
                .map_or(Resolved::Undefined, |item| Resolved::Item(item.clone())),
            ("nodes", "A") => Resolved::Item(Item::new(self.json.clone())),
            _ => Resolved::Undefined,
        })
    }

    fn call(
        &self,
        object: &HostObject,
        method: &str,
        _arguments: &[Option<Value>],
    ) -> Result<Resolved, EvaluateError> {
        if object.kind == "node" && object.index == 1 {
            return Err(refused("no_execution_data", "node B has not run"));
        }
        Ok(match method {
            "all" | "" => Resolved::Items(self.items.clone()),
            "first" => self
                .items
                .get(0)
                .map_or(Resolved::Undefined, |item| Resolved::Item(item.clone())),
            _ => Resolved::Undefined,
        })
    }

    fn now(&self) -> Timestamp {
        "2024-03-10T12:34:56.789Z".parse().unwrap()
    }

    fn time_zone(&self) -> TimeZone {
        self.zone.clone()
    }

    fn random(&self) -> f64 {
        0.5
    }
}
