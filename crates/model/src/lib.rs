//! The data of Itemflow: values, items, workflows, node definitions, execution events.
//!
//! Everything here is plain data with parsing and validation; no I/O beyond reading what it is given, no clock, no
//! network. See `docs/architecture.md` for who uses it.

pub mod definition;
mod effect;
mod error_info;
mod event;
mod item;
mod items;
mod number;
mod path;
mod problem;
mod render;
pub mod schema;
mod source;
mod trigger;
mod value;
mod value_serde;
mod wording;
mod workflow;
pub mod yaml;

pub use effect::{
    AwaitedCall, Effect, EffectAnswer, LogLevel, LogLine, Response, ResponseBody, RunWorkflows,
    Wait, WorkflowCall, WorkflowResult, WorkflowSource,
};
pub use error_info::ErrorInfo;
pub use event::{
    ExecutionEvent, ExecutionStatus, NodeResult, NodeRunId, RequestEvent, RequestStep, Source,
};
pub use item::{Binaries, Binary, Item};
pub use items::{ItemRef, Items, ItemsBuilder, Link};
pub use number::Number;
pub use path::Path;
pub use problem::{Problem, Severity, Span, did_you_mean, is_slip};
pub use source::{Format, Part, SourceText};
pub use trigger::{
    Authentication, Every, FieldKind, FormEnding, FormField, FormSpec, IntervalSpec, Misfire,
    ResponseData, ResponseMode, ScheduleRule, ScheduleSpec, TriggerSpec, WebhookSpec,
};
pub use value::{Map, Value};
pub use workflow::{
    Arrow, Connection, Connections, CredentialRef, ExecutionOrder, Expectation, ExpectationDetails,
    Expectations, Expected, Node, OnError, Port, PortName, Settings, Side, TestRun, Workflow,
    full_type,
};
