//! What a node is: [`NodeType`], an entry of the catalog, makes a [`Node`] of a workflow's node; the engine runs it.
//!
//! Nodes return data. A pure node answers at once; a node with effects answers with a future that the engine owns.

use futures::future::BoxFuture;
use itemflow_declarative::RequestSpec;
use itemflow_model::definition::NodeDefinition;
use itemflow_model::{
    Effect, EffectAnswer, ErrorInfo, Items, LogLine, Map, Response, Severity, TriggerSpec, Value,
};

use crate::host::Credentials;
use crate::parameters::Parameters;
use crate::run::NodeRun;

/// One type of node: its description, and how to make it ready for the parameters of one node of a workflow.
pub trait NodeType: Send + Sync {
    /// Name, versions, parameters, examples.
    fn definition(&self) -> &NodeDefinition;

    /// Reads the parameters once, so that every run only evaluates.
    ///
    /// # Errors
    /// Everything that is wrong with the parameters as far as it can be known before a run.
    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>>;

    /// As [`NodeType::compile`], with the warnings about parameters that can be used all the same.
    ///
    /// # Errors
    /// As [`NodeType::compile`].
    fn compile_with_warnings(
        &self,
        parameters: &Parameters,
    ) -> Result<NodeWithWarnings, Vec<NodeProblem>> {
        Ok((self.compile(parameters)?, Vec::new()))
    }

    /// Whether a `typeVersion` that the definition does not list is an error (as for n8n's versioned types); otherwise
    /// the nearest listed version below it is used.
    fn strict_versions(&self) -> bool {
        false
    }

    /// Whether an execution may start at nodes of this type.
    fn is_trigger(&self) -> bool {
        self.definition().inputs.is_empty()
    }
}

/// A compiled node and the warnings about its parameters.
pub type NodeWithWarnings = (Box<dyn Node>, Vec<NodeProblem>);

/// A node of a workflow, ready to run any number of times.
pub trait Node: Send + Sync {
    /// Does the node's work for one run.
    fn execute(&self, run: &NodeRun) -> Step;

    /// Goes on with a run that has asked for something, with the answer.
    fn resume(&self, run: &NodeRun, answer: &EffectAnswer) -> Step {
        let _ = answer;
        Step::Done(Err(run.error("the node asked for nothing", None, None)))
    }

    /// What starts executions at this node; `None` for a node that is no trigger. The run has no items: what a trigger
    /// waits for is known before any come.
    fn trigger(&self, run: &NodeRun) -> Option<Result<TriggerSpec, ErrorInfo>> {
        let _ = run;
        None
    }

    /// What is declared of its output items, as a JSON Schema of one of them; `None` where nothing is.
    fn output_schema(&self) -> Option<&Value> {
        None
    }

    /// Whether output item `i` depends on input item `i` alone, so that the node may be fed in chunks.
    fn works_by_item(&self) -> bool {
        false
    }

    /// Whether it sends requests.
    fn sends_requests(&self) -> bool {
        false
    }

    /// The requests that a run would send, when they can be known without sending any; `None` for a node that sends none.
    fn requests<'a>(
        &'a self,
        run: &'a NodeRun,
    ) -> Option<BoxFuture<'a, Result<Vec<RequestSpec>, ErrorInfo>>> {
        let _ = run;
        None
    }

    /// Loads the credential that it names, so that what is wrong with it is known before anything is sent.
    fn try_credentials<'a>(
        &'a self,
        credentials: &'a dyn Credentials,
    ) -> BoxFuture<'a, Result<(), ErrorInfo>> {
        let _ = credentials;
        Box::pin(async { Ok(()) })
    }

    /// Whether it sees to `retryOnFail` itself, item by item, so that no success is ever repeated.
    fn retries_by_item(&self) -> bool {
        false
    }

    /// How many outputs it has with these parameters, the error output not counted.
    fn outputs(&self) -> usize {
        1
    }

    /// What it needs of several connected inputs before it may run with some of them missing (order v1, spec C4).
    fn required_inputs(&self) -> RequiredInputs {
        RequiredInputs::Any
    }
}

/// Which inputs of a node with several must have data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequiredInputs {
    /// One with data is enough.
    Any,
    /// Each of these.
    Listed(Vec<usize>),
}

/// The answer of a node: at once, or later.
pub enum Step {
    /// The work is done.
    Done(Result<Outcome, ErrorInfo>),
    /// The work goes on in this future; dropping it cancels the work.
    Pending(BoxFuture<'static, Result<Outcome, ErrorInfo>>),
    /// The work goes on in [`Node::resume`] when this has been done.
    Ask(Effect),
}

impl From<Result<Outcome, ErrorInfo>> for Step {
    fn from(result: Result<Outcome, ErrorInfo>) -> Self {
        Self::Done(result)
    }
}

/// What a run of a node yields.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The items of each output; `None` for an output that yields no data at all.
    pub outputs: Vec<Option<Items>>,
    /// Remarks on the result, for people.
    pub hints: Vec<String>,
    /// Lines for the log of the execution.
    pub logs: Vec<LogLine>,
    /// What the node wants to remember for its next run in this execution.
    pub context: Option<Value>,
    /// What it adds to the data by which the execution can be found.
    pub custom_data: Option<Map>,
    /// The answer to the call that started the execution.
    pub response: Option<Response>,
    /// The failure that the node has come to all the same. There are no outputs then, but what it wrote to the log is
    /// kept, which an error alone cannot carry.
    pub failure: Option<Box<ErrorInfo>>,
}

impl Outcome {
    /// Items at the first output.
    pub fn of(items: Items) -> Self {
        Self {
            outputs: vec![Some(items)],
            ..Self::default()
        }
    }

    /// Items at each output.
    pub fn of_outputs(outputs: impl IntoIterator<Item = Items>) -> Self {
        Self {
            outputs: outputs.into_iter().map(Some).collect(),
            ..Self::default()
        }
    }

    /// Adds a remark.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

/// One thing that is wrong with the parameters of a node.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeProblem {
    /// How bad it is.
    pub severity: Severity,
    /// A stable kebab-case word, for example `missing-parameter`.
    pub code: &'static str,
    /// JSON pointer (RFC 6901) within the node's `parameters`; empty for the node itself.
    pub pointer: String,
    /// Byte range inside the text at the pointer, where it is known.
    pub range: Option<std::ops::Range<usize>>,
    /// What is wrong, lower case, without a final stop.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
}

impl NodeProblem {
    /// An error at a parameter.
    pub fn error(
        code: &'static str,
        pointer: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Error,
            code,
            pointer: pointer.into(),
            range: None,
            message: message.into(),
            help: None,
        }
    }

    /// A warning at a parameter.
    pub fn warning(
        code: &'static str,
        pointer: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, pointer, message)
        }
    }

    /// Adds how to mend it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
