//! Effects: what a node asks of the caller of the engine, as data. The node says what is to be done, the engine reports
//! it, its caller does it and answers; so an execution can wait for days, in another process, after a crash.

use std::sync::Arc;

use crate::error_info::ErrorInfo;
use crate::item::Binary;
use crate::items::Items;
use crate::trigger::{FormSpec, WebhookSpec};
use crate::value::Value;

/// Something that has to happen before a run of a node can go on.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Nothing more until a moment or a call comes (spec C11).
    Wait(Wait),
    /// Other workflows run (spec C12).
    RunWorkflows(RunWorkflows),
}

/// What a waiting run waits for: whichever comes first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wait {
    /// Milliseconds since 1970-01-01T00:00:00Z; absent, as long as it takes.
    pub until_ms: Option<i64>,
    /// The call that ends the wait.
    pub call: Option<AwaitedCall>,
}

/// A call over HTTP that a waiting execution takes.
#[derive(Clone, Debug, PartialEq)]
pub enum AwaitedCall {
    /// A webhook, at the address of the execution and this suffix.
    Webhook {
        /// Last part of the address; empty for none.
        suffix: Arc<str>,
        /// What it takes and how it answers.
        spec: Arc<WebhookSpec>,
    },
    /// A page with a form.
    Form(Arc<FormSpec>),
}

/// Calls of other workflows, one after the other.
#[derive(Clone, Debug)]
pub struct RunWorkflows {
    /// In the order in which they are made.
    pub calls: Vec<WorkflowCall>,
    /// Whether their results are wanted; otherwise they are only started.
    pub wait: bool,
    /// Whether a failed call keeps those after it from being made.
    pub stop_at_failure: bool,
}

/// One call of another workflow.
#[derive(Clone, Debug)]
pub struct WorkflowCall {
    /// Which workflow.
    pub workflow: WorkflowSource,
    /// The items its trigger gets.
    pub items: Items,
}

/// Where a called workflow comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum WorkflowSource {
    /// Its identity where workflows are kept.
    Id(Arc<str>),
    /// Its text, n8n's JSON or YAML.
    Text(Arc<str>),
    /// A file of the machine.
    File(Arc<str>),
    /// An address on the web.
    Url(Arc<str>),
}

/// The answer to an [`Effect`].
#[derive(Clone, Debug)]
pub enum EffectAnswer {
    /// The moment has come.
    TimeCame,
    /// The awaited call has come with these items.
    Called(Items),
    /// What the called workflows gave, in the order of the calls; fewer where a failure ended them. Empty when nobody
    /// waited for them.
    Workflows(Vec<Result<WorkflowResult, ErrorInfo>>),
}

/// What a called workflow gave: the items of each output of its last node, linked to the items of the call they come from.
pub type WorkflowResult = Vec<Option<Items>>;

/// The answer to the HTTP call that started an execution, as a node gives it (spec E8).
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// HTTP status (RFC 9110, section 15).
    pub status: u16,
    /// Header fields in order; names in lower case.
    pub headers: Vec<(Arc<str>, Arc<str>)>,
    /// Content.
    pub body: ResponseBody,
}

/// The content of a [`Response`].
#[derive(Clone, Debug, PartialEq)]
pub enum ResponseBody {
    /// None.
    Empty,
    /// A value, sent as JSON.
    Json(Value),
    /// Text, sent as it is.
    Text(Arc<str>),
    /// A file.
    Binary(Arc<Binary>),
}

/// One line that a node writes to the log of its execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// How loud.
    pub level: LogLevel,
    /// What it says.
    pub text: Arc<str>,
}

/// How loud a [`LogLine`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// For whoever looks for a fault.
    Debug,
    /// Worth knowing.
    Info,
    /// Something may be wrong.
    Warning,
    /// Something is wrong.
    Error,
}

impl LogLevel {
    /// The level's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}
