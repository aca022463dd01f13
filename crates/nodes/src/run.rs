//! `NodeRun`: what one run of a node works on, and how it evaluates its parameters.

use std::sync::Arc;

use itemflow_declarative::RequestObserver;
use itemflow_expression::{EvaluateError, Evaluated, Template};
use itemflow_model::{ErrorInfo, Item, Items, Map, Source, Value};

use crate::host::Host;
use crate::parameters::Parameter;
use crate::scope::ItemScope;

/// One run of one node. Cloning it copies references.
#[derive(Clone)]
pub struct NodeRun {
    /// The node.
    pub node: Arc<NodeFacts>,
    /// The items of each input, each paired to itself; `None` for an input without data.
    pub inputs: Vec<Option<Items>>,
    /// How manieth run of the node this is, from 0.
    pub run_index: u32,
    /// What expressions may ask of earlier nodes.
    pub history: Arc<dyn History>,
    /// What the node may ask of its process.
    pub host: Arc<Host>,
    /// Learns of every request.
    pub observer: Arc<dyn RequestObserver>,
}

/// What is the same for every run of a node.
#[derive(Clone, Debug)]
pub struct NodeFacts {
    /// Name in the workflow.
    pub name: Arc<str>,
    /// Identity in the workflow.
    pub id: Option<String>,
    /// Full name of the type.
    pub type_name: Arc<str>,
    /// Version it runs as.
    pub version: f64,
    /// Whether failed items become error items.
    pub continue_on_fail: bool,
    /// How often a failure is tried again (`retryOnFail`).
    pub retry: Option<Retry>,
    /// All parameters, for `$parameter`.
    pub parameters: Template,
}

/// How often a failed node, or a failed item of it, is tried (spec C8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Attempts in all.
    pub max_tries: u32,
    /// Milliseconds between them.
    pub wait_ms: u64,
}

impl Retry {
    /// n8n's bounds: 2 to 5 tries, at most 5 s between them; a stored 0 counts as unset (spec B2).
    pub(crate) fn of(node: &itemflow_model::Node) -> Option<Self> {
        let tries = node.max_tries.filter(|tries| *tries != 0.0).unwrap_or(3.0);
        let wait = node
            .wait_between_tries
            .filter(|wait| *wait != 0.0)
            .unwrap_or(1000.0);
        node.retry_on_fail.then(|| Self {
            max_tries: tries.clamp(2.0, 5.0) as u32,
            wait_ms: wait.clamp(0.0, 5000.0) as u64,
        })
    }
}

/// What expressions may ask of earlier nodes (spec D3). The engine answers from the state of the execution.
pub trait History: Send + Sync {
    /// The index of a node, if the workflow has one of this name.
    fn node(&self, name: &str) -> Option<u32>;

    /// Its name.
    fn node_name(&self, node: u32) -> &str;

    /// How many runs it has had.
    fn runs(&self, node: u32) -> u32;

    /// The items of one output of one run. Without an output: the one that leads to the current node, else the first.
    /// Without a run: the last.
    ///
    /// # Errors
    /// When the node has not run.
    fn items(
        &self,
        node: u32,
        output: Option<u32>,
        run: Option<u32>,
    ) -> Result<Items, EvaluateError>;

    /// The item of a node that the current run's input item `item` comes from (spec C9).
    ///
    /// # Errors
    /// `paired_item_*` and `no_execution_data`.
    fn paired_item(&self, node: u32, item: usize) -> Result<Item, EvaluateError>;

    /// The parameters of a node.
    fn parameters(&self, node: u32) -> Option<Arc<NodeFacts>>;

    /// The items that an earlier run of the current node got at its first input.
    fn own_input(&self, run: u32) -> Items;

    /// What an earlier run of the current node has left for its next one.
    fn own_context(&self, run: u32) -> Option<Value>;

    /// What the last run of a node has left for its next one ([`Outcome::context`](crate::Outcome::context)).
    fn context(&self, node: u32) -> Option<Value>;

    /// The data by which the execution can be found, as far as nodes have set it.
    fn custom_data(&self) -> Map;

    /// Where the current run's input came from.
    fn source(&self, input: usize) -> Option<Source>;
}

/// The history of a run before which nothing has run.
#[derive(Clone, Copy, Debug)]
pub struct NoHistory;

impl History for NoHistory {
    fn node(&self, _: &str) -> Option<u32> {
        None
    }

    fn node_name(&self, _: u32) -> &str {
        ""
    }

    fn runs(&self, _: u32) -> u32 {
        0
    }

    fn items(&self, _: u32, _: Option<u32>, _: Option<u32>) -> Result<Items, EvaluateError> {
        Ok(Items::default())
    }

    fn paired_item(&self, _: u32, _: usize) -> Result<Item, EvaluateError> {
        Ok(Item::default())
    }

    fn parameters(&self, _: u32) -> Option<Arc<NodeFacts>> {
        None
    }

    fn own_input(&self, _: u32) -> Items {
        Items::default()
    }

    fn own_context(&self, _: u32) -> Option<Value> {
        None
    }

    fn context(&self, _: u32) -> Option<Value> {
        None
    }

    fn custom_data(&self) -> Map {
        Map::default()
    }

    fn source(&self, _: usize) -> Option<Source> {
        None
    }
}

/// The index of the input whose items expressions see: the first that has items.
pub fn current_input(inputs: &[Option<Items>]) -> usize {
    let has_items = |input: &Option<Items>| input.as_ref().is_some_and(|items| !items.is_empty());
    inputs.iter().position(has_items).unwrap_or(0)
}

impl NodeRun {
    /// The items of an input; empty where there are none.
    pub fn input(&self, index: usize) -> Items {
        self.inputs
            .get(index)
            .cloned()
            .flatten()
            .unwrap_or_default()
    }

    /// The items that expressions see.
    pub fn items(&self) -> Items {
        self.input(current_input(&self.inputs))
    }

    /// The scope of expressions at an item.
    pub fn scope(&self, item: usize) -> ItemScope<'_> {
        ItemScope::new(self, item)
    }

    /// The value of a parameter at an item; `None` is undefined.
    ///
    /// # Errors
    /// An error that names the node, the item and the parameter.
    pub fn value(&self, parameter: &Parameter, item: usize) -> Result<Option<Value>, ErrorInfo> {
        match &parameter.template {
            Template::Literal(value) => Ok(Some(value.clone())),
            template => template
                .evaluate(&self.scope(item), &self.host.limits)
                .map_err(|error| self.expression_error(&error, &parameter.name, item)),
        }
    }

    /// As [`NodeRun::value`], but a date that an expression gives keeps its zone.
    ///
    /// # Errors
    /// As [`NodeRun::value`].
    pub fn date_or_value(
        &self,
        parameter: &Parameter,
        item: usize,
    ) -> Result<Evaluated, ErrorInfo> {
        match &parameter.template {
            Template::Expression(expression) => expression
                .evaluate_date(&self.scope(item), &self.host.limits)
                .map_err(|error| self.expression_error(&error, &parameter.name, item)),
            _ => self.value(parameter, item).map(Evaluated::Value),
        }
    }

    /// The text of a parameter at an item, as JavaScript's `String()` would give it; undefined and null are empty.
    ///
    /// # Errors
    /// As [`NodeRun::value`].
    pub fn text(&self, parameter: &Parameter, item: usize) -> Result<Arc<str>, ErrorInfo> {
        Ok(match self.value(parameter, item)? {
            None | Some(Value::Null) => "".into(),
            Some(Value::String(text)) => text,
            Some(value) => value.to_string().into(),
        })
    }

    /// Whether a parameter is set at an item: `true`, `"true"`, or any other value JavaScript counts as true.
    ///
    /// # Errors
    /// As [`NodeRun::value`].
    pub fn flag(&self, parameter: &Parameter, item: usize) -> Result<bool, ErrorInfo> {
        Ok(match self.value(parameter, item)? {
            None | Some(Value::Null) => false,
            Some(Value::Bool(flag)) => flag,
            Some(Value::Number(number)) => number.as_f64() != 0.0 && !number.as_f64().is_nan(),
            Some(Value::String(text)) => !text.is_empty() && &*text != "false",
            Some(_) => true,
        })
    }

    /// The number of a parameter at an item; a text that is a number counts.
    ///
    /// # Errors
    /// As [`NodeRun::value`], and when it is no number.
    pub fn number(&self, parameter: &Parameter, item: usize) -> Result<f64, ErrorInfo> {
        let value = self.value(parameter, item)?.unwrap_or_default();
        let number = match &value {
            Value::Number(number) => Some(number.as_f64()),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.filter(|n: &f64| !n.is_nan()).ok_or_else(|| {
            self.error(
                format!("`{}` must be a number, not {value}", parameter.name),
                Some(item),
                Some(&parameter.name),
            )
        })
    }

    /// An error of this node.
    pub fn error(
        &self,
        message: impl Into<String>,
        item: Option<usize>,
        parameter: Option<&str>,
    ) -> ErrorInfo {
        ErrorInfo {
            node: Some(self.node.name.to_string()),
            item_index: item,
            run_index: Some(self.run_index as usize),
            parameter: parameter.map(str::to_owned),
            ..ErrorInfo::operation(message)
        }
    }

    fn expression_error(&self, error: &EvaluateError, parameter: &str, item: usize) -> ErrorInfo {
        let mut info = self.error(error.to_string(), Some(item), Some(parameter));
        info.name = "ExpressionError".into();
        info
    }
}
