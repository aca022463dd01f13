//! `Scope`: where the variables of an expression come from.

use std::sync::Arc;

use itemflow_model::{Item, Items, Value};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::error::EvaluateError;

/// Answers what the variables of an expression mean at one item of one run of one node.
///
/// Every method may be called any number of times per evaluation; none may block.
pub trait Scope {
    /// The current item's json (`$json`), the most used variable: lent, never copied. `None` where there is no item.
    fn json(&self) -> Option<&Value>;

    /// Any other variable. [`Resolved::Undefined`] for one that has no meaning here.
    ///
    /// # Errors
    /// [`EvaluateError::Scope`] where n8n refuses the access.
    fn variable(&self, variable: &Variable) -> Result<Resolved, EvaluateError>;

    /// `$('name')`.
    ///
    /// # Errors
    /// [`EvaluateError::Scope`] when the workflow has no such node.
    fn node(&self, name: &str) -> Result<Resolved, EvaluateError>;

    /// A member of a host object, for example `$('A').item` or `$prevNode.name`.
    ///
    /// # Errors
    /// [`EvaluateError::Scope`], for example for a node that has not run.
    fn member(&self, object: &HostObject, name: &str) -> Result<Resolved, EvaluateError>;

    /// A call of a method of a host object, for example `$('A').first(0, 1)`; `None` stands for an undefined argument.
    ///
    /// A call of the object itself, for example `$items('A')`, has an empty method name. `toJSON` asks for the data that
    /// the object becomes when it leaves the expression, is spread or is listed.
    ///
    /// # Errors
    /// [`EvaluateError::Scope`], for example for a node that has not run.
    fn call(
        &self,
        object: &HostObject,
        method: &str,
        arguments: &[Option<Value>],
    ) -> Result<Resolved, EvaluateError>;

    /// The scope of another item of the same run, for `$evaluateExpression(text, index)`. `None` where there is none.
    fn at_item(&self, _index: usize) -> Option<Box<dyn Scope + '_>> {
        None
    }

    /// The present moment, for `$now`, `$today` and `DateTime.now()`.
    fn now(&self) -> Timestamp;

    /// The workflow's time zone.
    fn time_zone(&self) -> TimeZone;

    /// A number in `[0, 1)`, for `Math.random()`.
    fn random(&self) -> f64;
}

/// The answer of a [`Scope`].
#[derive(Clone, Debug)]
pub enum Resolved {
    /// JavaScript's undefined.
    Undefined,
    /// Data.
    Value(Value),
    /// An item: an object with `json`, `binary` (metadata) and `pairedItem`.
    Item(Item),
    /// A list of items, for example `$input.all()`. It is converted only as far as the expression looks into it.
    Items(Items),
    /// An object whose members and methods the scope knows.
    Object(HostObject),
}

/// An object that lives in the scope, for example `$input` or `$('Name')`. What the fields mean is the scope's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostObject {
    /// Which kind of object.
    pub kind: &'static str,
    /// Which one of its kind, for example the index of a node.
    pub index: u32,
}

/// The variables that an expression can name (spec D3). `$json`, `$now`, `$today` and `$('…')` have their own methods
/// in [`Scope`]; functions such as `$if` and `$jmespath` belong to the language.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(
    missing_docs,
    reason = "the names are n8n's own; spec D3 says what each means"
)]
pub enum Variable {
    Binary,
    Input,
    Items,
    Item,
    NodeLegacy,
    ItemIndex,
    RunIndex,
    PrevNode,
    Parameter,
    RawParameter,
    Workflow,
    Execution,
    Vars,
    Secrets,
    Env,
    Value,
    Parent,
    Index,
    Credentials,
    Response,
    ResponseItem,
    Request,
    PageCount,
    Version,
    Mode,
    NodeVersion,
    NodeId,
    WebhookId,
    ResumeWebhookUrl,
    ExecutionId,
    Self_,
    /// A name that n8n does not know.
    Other(Arc<str>),
}

impl Variable {
    /// The variable of a name, for example `$runIndex`.
    pub fn named(name: &str) -> Self {
        match crate::names::meaning(name) {
            crate::names::Meaning::Variable(variable) => variable,
            _ => Self::Other(name.into()),
        }
    }
}

/// How much one evaluation may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Steps of the evaluator; one step is about one operation or one element visited.
    pub fuel: u64,
    /// Bytes that the values made by the expression may take.
    pub memory_bytes: usize,
    /// Nesting of calls and values.
    pub depth: u32,
}

impl Default for Limits {
    /// Ample for aggregating 100,000 items, far from enough to hang or to fill the machine.
    fn default() -> Self {
        Self {
            fuel: 50_000_000,
            memory_bytes: 256 << 20,
            depth: 200,
        }
    }
}
