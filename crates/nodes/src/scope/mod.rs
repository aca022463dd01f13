//! `ItemScope`: what the variables of an expression mean at one item of one run (spec D3).

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use itemflow_expression::{EvaluateError, HostObject, Limit, Resolved, Scope, Template, Variable};
use itemflow_model::{Item, Items, Map, Value};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::run::{NodeFacts, NodeRun, current_input};

/// `$parameter` may lead to an expression that names `$parameter` again; beyond this depth it reads undefined.
const MAX_PARAMETER_DEPTH: u32 = 8;
/// Parameters that one evaluation may look up in this way, so that they cannot multiply.
const MAX_PARAMETER_READS: u32 = 1000;

const INPUT: &str = "$input";
const NODE: &str = "$()";
const LEGACY_NODES: &str = "$node";
const LEGACY_NODE: &str = "$node[]";
const ITEMS: &str = "$items";
const ITEM: &str = "$item";
const ENV: &str = "$env";
const PARAMETER: &str = "$parameter";
const EXECUTION: &str = "$execution";
const CUSTOM_DATA: &str = "$execution.customData";
const PAIRED_ITEM: &str = "$getPairedItem";
/// What `$item(i)` gives, by `i`, and its `$node`.
const OTHER_ITEM: &str = "$item()";
const OTHER_NODES: &str = "$item().$node";
const OTHER_NODE: &str = "$item().$node[]";

/// The scope of one item.
pub struct ItemScope<'a> {
    run: &'a NodeRun,
    input: usize,
    item: usize,
    depth: Cell<u32>,
    parameter_reads: Cell<u32>,
    /// Nodes at other items, as `$item(i).$node['name']` names them.
    elsewhere: RefCell<Vec<(u32, usize)>>,
}

impl<'a> ItemScope<'a> {
    pub(crate) fn new(run: &'a NodeRun, item: usize) -> Self {
        Self {
            run,
            input: current_input(&run.inputs),
            item,
            depth: Cell::new(0),
            parameter_reads: Cell::new(0),
            elsewhere: RefCell::default(),
        }
    }

    fn items(&self) -> Result<&'a Items, EvaluateError> {
        self.run
            .inputs
            .get(self.input)
            .and_then(Option::as_ref)
            .ok_or_else(|| refuse("no_execution_data", "there are no input items here"))
    }

    fn input_member(&self, name: &str) -> Result<Resolved, EvaluateError> {
        Ok(match name {
            "item" => optional_item(self.items()?.get(self.item)),
            "params" => Resolved::Object(object(PARAMETER, 0)),
            "context" => self.context(self.run.history.node(&self.run.node.name)),
            _ => Resolved::Undefined,
        })
    }

    /// What a node keeps between its runs.
    fn context(&self, node: Option<u32>) -> Resolved {
        let kept = node.and_then(|node| self.run.history.context(node));
        Resolved::Value(kept.unwrap_or_else(Value::empty_object))
    }

    fn execution_member(&self, name: &str) -> Resolved {
        let execution = &self.run.host.execution;
        Resolved::Value(match name {
            "id" => Value::from(execution.id.clone()),
            "mode" if execution.manual => Value::from("test"),
            "mode" => Value::from("production"),
            "customData" => return Resolved::Object(object(CUSTOM_DATA, 0)),
            _ => return Resolved::Undefined,
        })
    }

    /// A member of `$item(i)`: the variables as they are at that item.
    fn other_member(&self, item: usize, name: &str) -> Result<Resolved, EvaluateError> {
        let other = Self::new(self.run, item);
        let variable = match name {
            "$json" | "$data" => {
                return Ok(other
                    .json()
                    .map_or(Resolved::Undefined, |json| Resolved::Value(json.clone())));
            }
            "$node" => return Ok(Resolved::Object(object(OTHER_NODES, item as u32))),
            "$binary" => Variable::Binary,
            "$itemIndex" | "$position" => Variable::ItemIndex,
            "$input" => {
                let there = self.items()?.get(item);
                return Ok(optional_item(there));
            }
            _ => return Ok(Resolved::Undefined),
        };
        other.variable(&variable)
    }

    /// `$item(i).$node['name']`
    fn other_node(&self, item: u32, name: &str) -> Result<Resolved, EvaluateError> {
        let node = self.find(name)?;
        let mut elsewhere = self.elsewhere.borrow_mut();
        if elsewhere.len() >= MAX_PARAMETER_READS as usize {
            return Err(EvaluateError::Limit(Limit::Fuel));
        }
        elsewhere.push((node, item as usize));
        Ok(Resolved::Object(object(
            OTHER_NODE,
            elsewhere.len() as u32 - 1,
        )))
    }

    /// `$getPairedItem(node, source, pairedItem)`: the item of a node that an item of the input comes from.
    fn get_paired_item(&self, arguments: &[Option<Value>]) -> Result<Resolved, EvaluateError> {
        let name = arguments.first().and_then(Option::as_ref);
        let Some(name) = name.and_then(Value::as_str) else {
            return Err(refuse(
                "internal",
                "`$getPairedItem` needs the name of a node",
            ));
        };
        let item = match arguments.get(2).and_then(Option::as_ref) {
            Some(Value::Object(pair)) => pair.get("item").and_then(Value::as_i64),
            Some(value) => value.as_i64(),
            None => None,
        };
        let item = item.and_then(|item| usize::try_from(item).ok());
        let item = item.unwrap_or(self.item);
        Ok(Resolved::Item(
            self.run.history.paired_item(self.find(name)?, item)?,
        ))
    }

    fn node_member(&self, node: u32, name: &str) -> Result<Resolved, EvaluateError> {
        Ok(match name {
            "item" | "pairedItem" | "itemMatching" => {
                Resolved::Item(self.run.history.paired_item(node, self.item)?)
            }
            "isExecuted" => Resolved::Value(Value::Bool(self.run.history.runs(node) > 0)),
            "params" => Resolved::Object(object(PARAMETER, node + 1)),
            "context" => self.context(Some(node)),
            "name" => Resolved::Value(self.run.history.node_name(node).into()),
            _ => Resolved::Undefined,
        })
    }

    fn legacy_member(&self, node: u32, item: usize, name: &str) -> Result<Resolved, EvaluateError> {
        let runs = self.run.history.runs(node);
        Ok(match name {
            "json" | "data" => {
                let items = self.run.history.items(node, None, None)?;
                items.get(item).map_or(Resolved::Undefined, |item| {
                    Resolved::Value(item.json.clone())
                })
            }
            "binary" => {
                let items = self.run.history.items(node, None, None)?;
                items.get(item).map_or(Resolved::Undefined, |item| {
                    Resolved::Value(binary_metadata(item))
                })
            }
            "parameter" => Resolved::Object(object(PARAMETER, node + 1)),
            "context" => self.context(Some(node)),
            "runIndex" => Resolved::Value(Value::from(i64::from(runs) - 1)),
            _ => Resolved::Undefined,
        })
    }

    fn parameter_member(&self, node: u32, name: &str) -> Result<Resolved, EvaluateError> {
        let depth = self.depth.get();
        if depth >= MAX_PARAMETER_DEPTH {
            return Ok(Resolved::Undefined);
        }
        let Some(template) = self
            .facts(node)
            .and_then(|facts| facts.parameters.get(name))
        else {
            return Ok(Resolved::Undefined);
        };
        let reads = self.parameter_reads.replace(self.parameter_reads.get() + 1);
        if reads >= MAX_PARAMETER_READS {
            return Err(EvaluateError::Limit(Limit::Fuel));
        }
        self.depth.set(depth + 1);
        let value = template.evaluate(self, &self.run.host.limits);
        self.depth.set(depth);
        Ok(value?.map_or(Resolved::Undefined, |value| {
            Resolved::Value(locator_value(value))
        }))
    }

    fn all_parameters(&self, node: u32) -> Result<Resolved, EvaluateError> {
        let Some(facts) = self.facts(node) else {
            return Ok(Resolved::Undefined);
        };
        let names: Vec<Arc<str>> = match &facts.parameters {
            Template::Literal(value) => value
                .as_object()
                .map_or_else(Vec::new, |map| map.keys().cloned().collect()),
            Template::Object(members) => members.iter().map(|(name, _)| name.clone()).collect(),
            _ => Vec::new(),
        };
        let mut all = Map::default();
        for name in names {
            if let Resolved::Value(value) = self.parameter_member(node, &name)? {
                all.insert(name, value);
            }
        }
        Ok(Resolved::Value(Value::from(all)))
    }

    /// The facts of a node by the index of its `$parameter` object; 0 is the running node itself.
    fn facts(&self, node: u32) -> Option<Arc<NodeFacts>> {
        match node.checked_sub(1) {
            None => Some(self.run.node.clone()),
            Some(node) => self.run.history.parameters(node),
        }
    }

    fn find(&self, name: &str) -> Result<u32, EvaluateError> {
        self.run.history.node(name).ok_or_else(|| {
            refuse(
                "no_execution_data",
                format!("the workflow has no node named \"{name}\""),
            )
        })
    }
}

impl Scope for ItemScope<'_> {
    fn json(&self) -> Option<&Value> {
        self.run
            .inputs
            .get(self.input)?
            .as_ref()?
            .get(self.item)
            .map(|item| &item.json)
    }

    fn variable(&self, variable: &Variable) -> Result<Resolved, EvaluateError> {
        let host = &self.run.host;
        let value = match variable {
            Variable::Input => return Ok(Resolved::Object(object(INPUT, 0))),
            Variable::NodeLegacy => return Ok(Resolved::Object(object(LEGACY_NODES, 0))),
            Variable::Items => return Ok(Resolved::Object(object(ITEMS, 0))),
            Variable::Item => return Ok(Resolved::Object(object(ITEM, 0))),
            Variable::Env => return Ok(Resolved::Object(object(ENV, 0))),
            Variable::Parameter => return Ok(Resolved::Object(object(PARAMETER, 0))),
            Variable::RawParameter => raw(&self.run.node.parameters),
            Variable::Binary => match self.items()?.get(self.item) {
                Some(item) => binary_metadata(item),
                None => return Ok(Resolved::Undefined),
            },
            Variable::ItemIndex => Value::from(self.item),
            Variable::RunIndex => Value::from(self.run.run_index),
            Variable::PrevNode => match self.run.history.source(0) {
                Some(source) => Value::from([
                    ("name", Value::from(source.node)),
                    ("outputIndex", Value::from(source.output)),
                    ("runIndex", Value::from(source.run_index)),
                ]),
                None => Value::empty_object(),
            },
            Variable::Workflow => host.execution.workflow.clone(),
            Variable::Execution => return Ok(Resolved::Object(object(EXECUTION, 0))),
            Variable::Other(name) if &**name == PAIRED_ITEM => {
                return Ok(Resolved::Object(object(PAIRED_ITEM, 0)));
            }
            Variable::ExecutionId => Value::from(host.execution.id.clone()),
            Variable::Mode => Value::from(if host.execution.manual {
                "manual"
            } else {
                "trigger"
            }),
            Variable::Vars => host.variables.clone(),
            Variable::NodeVersion | Variable::Version => Value::from(self.run.node.version),
            Variable::NodeId => Value::from(self.run.node.id.clone()),
            _ => return Ok(Resolved::Undefined),
        };
        Ok(Resolved::Value(value))
    }

    fn node(&self, name: &str) -> Result<Resolved, EvaluateError> {
        if name.is_empty() {
            // `$()` is the node before this one.
            let Some(source) = self.run.history.source(0) else {
                return Err(refuse(
                    "no_execution_data",
                    "there is no node before this one",
                ));
            };
            return Ok(Resolved::Object(object(NODE, self.find(&source.node)?)));
        }
        Ok(Resolved::Object(object(NODE, self.find(name)?)))
    }

    fn member(&self, target: &HostObject, name: &str) -> Result<Resolved, EvaluateError> {
        match target.kind {
            INPUT => self.input_member(name),
            NODE => self.node_member(target.index, name),
            LEGACY_NODES => Ok(Resolved::Object(object(LEGACY_NODE, self.find(name)?))),
            LEGACY_NODE => self.legacy_member(target.index, self.item, name),
            OTHER_ITEM => self.other_member(target.index as usize, name),
            OTHER_NODES => self.other_node(target.index, name),
            OTHER_NODE => {
                let found = self.elsewhere.borrow().get(target.index as usize).copied();
                match found {
                    Some((node, item)) => self.legacy_member(node, item, name),
                    None => Ok(Resolved::Undefined),
                }
            }
            EXECUTION => Ok(self.execution_member(name)),
            PARAMETER => self.parameter_member(target.index, name),
            ENV => match self.run.host.environment.variable(name) {
                Ok(value) => {
                    Ok(value.map_or(Resolved::Undefined, |value| Resolved::Value(value.into())))
                }
                Err(message) => Err(refuse("environment", message)),
            },
            _ => Ok(Resolved::Undefined),
        }
    }

    fn call(
        &self,
        target: &HostObject,
        method: &str,
        arguments: &[Option<Value>],
    ) -> Result<Resolved, EvaluateError> {
        let number = |at: usize| {
            arguments
                .get(at)
                .and_then(Option::as_ref)
                .and_then(Value::as_i64)
        };
        let unsigned = |at: usize| number(at).and_then(|n| u32::try_from(n).ok());
        match (target.kind, method) {
            // The object itself leaves the expression: parameters as they resolve, anything else without members.
            (PARAMETER, "toJSON") => self.all_parameters(target.index),
            (EXECUTION, "toJSON") => {
                let members = ["id", "mode"].into_iter();
                let members = members.filter_map(|name| match self.execution_member(name) {
                    Resolved::Value(value) => Some((Arc::from(name), value)),
                    _ => None,
                });
                Ok(Resolved::Value(Value::from(members.collect::<Map>())))
            }
            (CUSTOM_DATA, "getAll" | "toJSON") => {
                Ok(Resolved::Value(Value::from(self.run.history.custom_data())))
            }
            (CUSTOM_DATA, "get") => {
                let name = arguments.first().and_then(Option::as_ref);
                let data = self.run.history.custom_data();
                let found = name.and_then(Value::as_str).and_then(|name| data.get(name));
                Ok(found.map_or(Resolved::Undefined, |value| Resolved::Value(value.clone())))
            }
            (CUSTOM_DATA, _) => Err(refuse(
                "internal",
                "an expression can only read `$execution.customData`: use an Execution Data node to set it",
            )),
            (PAIRED_ITEM, "") => self.get_paired_item(arguments),
            (ITEM, "") => match (unsigned(0), unsigned(1)) {
                (None, _) => Err(refuse("internal", "`$item` needs the index of an item")),
                (Some(index), None) => Ok(Resolved::Object(object(OTHER_ITEM, index))),
                (Some(index), Some(run)) if run == self.run.run_index => {
                    Ok(Resolved::Object(object(OTHER_ITEM, index)))
                }
                // Of an earlier run the data is all that is known.
                (Some(index), Some(run)) => {
                    let items = self.run.history.own_input(run);
                    Ok(items
                        .get(index as usize)
                        .map_or(Resolved::Undefined, |item| {
                            Resolved::Value(Value::from([("$json", item.json.clone())]))
                        }))
                }
            },
            (_, "toJSON") => Ok(Resolved::Object(target.clone())),
            (INPUT, "first" | "last" | "all") => {
                if !arguments.is_empty() {
                    return Err(refuse(
                        "internal",
                        format!("`$input.{method}()` takes no arguments"),
                    ));
                }
                Ok(select(self.items()?, method))
            }
            (NODE, "first" | "last" | "all") => {
                let items = self
                    .run
                    .history
                    .items(target.index, unsigned(0), unsigned(1))?;
                Ok(select(&items, method))
            }
            (NODE, "pairedItem" | "itemMatching") => {
                let given = number(0).and_then(|n| usize::try_from(n).ok());
                if method == "itemMatching" && given.is_none() {
                    return Err(refuse(
                        "internal",
                        "`itemMatching` needs the index of an item, for example `.itemMatching(0)`",
                    ));
                }
                let item = given.unwrap_or(self.item);
                Ok(Resolved::Item(
                    self.run.history.paired_item(target.index, item)?,
                ))
            }
            (ITEMS, _) => match arguments
                .first()
                .and_then(Option::as_ref)
                .and_then(Value::as_str)
            {
                None => Ok(Resolved::Items(self.items()?.clone())),
                Some(name) => {
                    let items = self.run.history.items(
                        self.find(name)?,
                        Some(unsigned(1).unwrap_or(0)),
                        unsigned(2),
                    )?;
                    Ok(Resolved::Items(items))
                }
            },
            _ => Ok(Resolved::Undefined),
        }
    }

    fn at_item(&self, index: usize) -> Option<Box<dyn Scope + '_>> {
        Some(Box::new(Self::new(self.run, index)))
    }

    fn now(&self) -> Timestamp {
        self.run.host.clock.now()
    }

    fn time_zone(&self) -> TimeZone {
        self.run.host.execution.time_zone.clone()
    }

    fn random(&self) -> f64 {
        self.run.host.random.next()
    }
}

fn object(kind: &'static str, index: u32) -> HostObject {
    HostObject { kind, index }
}

fn refuse(kind: &'static str, message: impl Into<String>) -> EvaluateError {
    EvaluateError::Scope {
        kind,
        message: message.into(),
    }
}

fn optional_item(item: Option<&Item>) -> Resolved {
    item.map_or(Resolved::Undefined, |item| Resolved::Item(item.clone()))
}

fn select(items: &Items, which: &str) -> Resolved {
    match which {
        "first" => optional_item(items.get(0)),
        "last" => optional_item(items.len().checked_sub(1).and_then(|last| items.get(last))),
        _ => Resolved::Items(items.clone()),
    }
}

/// The binary properties of an item without their bytes.
fn binary_metadata(item: &Item) -> Value {
    let binaries = item.binary.iter().flat_map(|binaries| binaries.iter());
    Value::from(
        binaries
            .map(|(name, binary)| (name.clone(), Value::from(binary.metadata())))
            .collect::<Map>(),
    )
}

/// A resource locator stands for its inner value.
fn locator_value(value: Value) -> Value {
    match value.get("__rl").and_then(Value::as_bool) {
        Some(true) => value.get("value").cloned().unwrap_or_default(),
        _ => value,
    }
}

/// The parameters as stored, expressions as text.
fn raw(template: &Template) -> Value {
    match template {
        Template::Literal(value) => value.clone(),
        Template::Expression(expression) => Value::from(expression.source()),
        Template::Array(list) => Value::from(list.iter().map(raw).collect::<Vec<_>>()),
        Template::Object(members) => Value::from(
            members
                .iter()
                .map(|(key, value)| (key.clone(), raw(value)))
                .collect::<Map>(),
        ),
    }
}

#[cfg(test)]
mod tests;
