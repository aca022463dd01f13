//! `ExecutionEvent`: what happens in an execution, in order. The engine yields events, its caller records or shows them;
//! the state of an execution is a fold over them.

use std::sync::Arc;

use crate::effect::{Effect, EffectAnswer, LogLine, Response};
use crate::error_info::ErrorInfo;
use crate::items::Items;
use crate::value::{Map, Value};

/// One event.
#[derive(Clone, Debug)]
pub enum ExecutionEvent {
    /// The execution has begun.
    Started {
        /// Name of the workflow.
        workflow: Arc<str>,
        /// Name of the node it starts at.
        start: Arc<str>,
    },
    /// A node with effects has begun a run. Pure nodes report only their end.
    NodeStarted(NodeRunId),
    /// Requests began or ended, in batches.
    Requests {
        /// The run that sends them.
        run: NodeRunId,
        /// In the order in which they happened.
        events: Vec<RequestEvent>,
    },
    /// An attempt failed and another one follows (spec C8).
    Retry {
        /// The run.
        run: NodeRunId,
        /// The attempt that failed, from 1.
        attempt: u32,
        /// Milliseconds until the next one.
        wait_ms: u64,
        /// Why it failed.
        error: ErrorInfo,
    },
    /// Something the user should know, though the run goes on.
    Warning {
        /// The run it concerns.
        run: NodeRunId,
        /// What it is.
        message: String,
    },
    /// A run asks for something that the caller of the engine does. It goes on when the answer comes.
    EffectRequested {
        /// The run.
        run: NodeRunId,
        /// What is to be done.
        effect: Arc<Effect>,
    },
    /// What a run asked for has been done.
    EffectAnswered {
        /// The run.
        run: NodeRunId,
        /// What came of it.
        answer: Arc<EffectAnswer>,
    },
    /// A run of a node has ended.
    NodeFinished(Arc<NodeResult>),
    /// The execution has ended.
    Finished {
        /// How.
        status: ExecutionStatus,
        /// Why, when it failed.
        error: Option<ErrorInfo>,
        /// The node that ran last.
        last_node: Option<Arc<str>>,
    },
}

/// A run of a node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NodeRunId {
    /// The node's name.
    pub node: Arc<str>,
    /// The how manieth run of the node this is, from 0.
    pub run_index: u32,
}

/// One step in the life of a request. Its identity (item, page, attempt) is stable across crashes.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestEvent {
    /// Index of the input item it is sent for.
    pub item: u32,
    /// Page of a paginated request, from 0.
    pub page: u32,
    /// Attempt, from 1.
    pub attempt: u32,
    /// Began or ended.
    pub step: RequestStep,
}

/// Whether a request began or ended.
#[derive(Clone, Debug, PartialEq)]
pub enum RequestStep {
    /// It is about to be sent.
    Started {
        /// Method and URL without secrets.
        request: Arc<str>,
        /// Whether sending it again is harmless.
        repeatable: bool,
    },
    /// It has been answered, or has failed.
    Finished {
        /// HTTP status, when there was an answer.
        status: Option<u16>,
        /// How long it took.
        elapsed_ms: u64,
        /// Why it failed, when it did.
        error: Option<String>,
    },
}

/// The result of one run of a node (n8n's TaskData, spec C2).
#[derive(Clone, Debug)]
pub struct NodeResult {
    /// The run.
    pub run: NodeRunId,
    /// How manieth node run of the execution this is, from 0.
    pub execution_index: u32,
    /// Microseconds it took.
    pub elapsed_us: u64,
    /// Where each input came from; `None` for an input without data.
    pub sources: Vec<Option<Source>>,
    /// The items of each output; `None` where an output has no data at all.
    pub outputs: Vec<Option<Items>>,
    /// Set when the node failed, also when the run went on.
    pub error: Option<ErrorInfo>,
    /// Notes of the node on its result, for people.
    pub hints: Vec<String>,
    /// What it wrote to the log of the execution.
    pub logs: Vec<LogLine>,
    /// What it remembers for its next run in the same execution (`$('Node').context`).
    pub context: Option<Value>,
    /// What it adds to the data by which the execution can be found (`$execution.customData`, spec C15).
    pub custom_data: Option<Map>,
    /// The answer to the call that started the execution.
    pub response: Option<Arc<Response>>,
}

impl NodeResult {
    /// The items of output `index`; empty when there are none.
    pub fn output(&self, index: usize) -> Option<&Items> {
        self.outputs.get(index)?.as_ref()
    }

    /// Whether the run counts: n8n forgets a run that yields no data on any output and did not fail. Its end is reported
    /// all the same, so that a resumed execution does not run the node again.
    pub fn is_recorded(&self) -> bool {
        self.error.is_some() || self.outputs.iter().any(Option::is_some)
    }
}

/// The output of a run from which an input was fed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Name of the node.
    pub node: Arc<str>,
    /// Its output.
    pub output: u32,
    /// Its run.
    pub run_index: u32,
}

/// How an execution stands (spec C1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecutionStatus {
    /// It came to its end.
    Success,
    /// A node failed.
    Error,
    /// A person or the time limit ended it.
    Canceled,
    /// It waits for a time or a call.
    Waiting,
    /// A request was cut off that may have happened (design: never repeated unasked).
    Unknown,
}

impl ExecutionStatus {
    /// n8n's name of the status.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Error => "error",
            Self::Canceled => "canceled",
            Self::Waiting => "waiting",
            Self::Unknown => "unknown",
        }
    }
}
