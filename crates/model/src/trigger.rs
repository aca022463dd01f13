//! What starts an execution, as data: a trigger node says it, a server mounts the route or the timer.

use std::sync::Arc;

use crate::value::Value;

/// How executions start at a trigger node.
#[derive(Clone, Debug, PartialEq)]
pub enum TriggerSpec {
    /// A person starts them.
    Manual,
    /// A call over HTTP does (spec E7).
    Webhook(Arc<WebhookSpec>),
    /// A form that somebody sends does (spec E16).
    Form(Arc<FormSpec>),
    /// The time does (spec E2).
    Schedule(Arc<ScheduleSpec>),
    /// They start again and again after the same time.
    Interval(Arc<IntervalSpec>),
    /// A failed execution does (spec C10).
    Error,
    /// Another workflow does (spec C12).
    Workflow,
}

/// A route that takes calls.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WebhookSpec {
    /// HTTP methods it takes; with several, each has an output of its own, in this order.
    pub methods: Vec<Arc<str>>,
    /// Path below the server's webhook prefix; segments like `:id` are parameters. Empty in a call that is awaited at the
    /// address of its execution.
    pub path: Arc<str>,
    /// Who may call.
    pub authentication: Authentication,
    /// When the answer is sent.
    pub response_mode: ResponseMode,
    /// What is answered from the last node's items.
    pub response_data: ResponseData,
    /// Status of the answer (RFC 9110, section 15), unless a node says otherwise.
    pub response_code: u16,
    /// Header fields of the answer.
    pub response_headers: Vec<(Arc<str>, Arc<str>)>,
    /// Media type of the answer; absent, as its content says.
    pub response_content_type: Option<Arc<str>>,
    /// The text answered at once in mode [`ResponseMode::OnReceived`]; absent, a short confirmation.
    pub response_text: Option<Value>,
    /// Whether the answer has no content.
    pub no_response_body: bool,
    /// The field of the first item that is the answer; absent, all of it.
    pub response_property: Option<Arc<str>>,
    /// The binary property that is answered or into which received files go.
    pub binary_property: Arc<str>,
    /// Whether the content is handed on as bytes, without being read.
    pub raw_body: bool,
    /// Whether calls of robots and link previews are refused.
    pub ignore_bots: bool,
    /// Addresses and networks that may call; empty, all.
    pub ip_allow_list: Vec<Arc<str>>,
    /// Origins that browsers may call from (CORS).
    pub allowed_origins: Arc<str>,
}

/// Who may call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Authentication {
    /// Everybody.
    #[default]
    None,
    /// Who knows a user name and a password (RFC 7617).
    Basic,
    /// Who sends a header field with a value.
    Header,
    /// Who sends a valid JSON Web Token (RFC 7519).
    Jwt,
}

/// When a call is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResponseMode {
    /// As soon as it has been recorded.
    #[default]
    OnReceived,
    /// When the last node has ended, with its items.
    LastNode,
    /// When a Respond to Webhook node says so.
    ResponseNode,
}

/// What is answered from the items of the last node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResponseData {
    /// A list of all of them.
    AllEntries,
    /// The json of the first one.
    #[default]
    FirstEntryJson,
    /// A file of the first one.
    FirstEntryBinary,
    /// Nothing.
    NoData,
}

/// A page with a form.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FormSpec {
    /// Path below the server's form prefix; empty for a page of a waiting execution.
    pub path: Arc<str>,
    /// Heading.
    pub title: Arc<str>,
    /// Text below the heading.
    pub description: Arc<str>,
    /// What is asked, in order.
    pub fields: Vec<FormField>,
    /// Label of the button.
    pub button_label: Arc<str>,
    /// When the sender gets an answer.
    pub response_mode: ResponseMode,
    /// What the sender sees at the end.
    pub ending: FormEnding,
    /// Who may see it.
    pub authentication: Authentication,
    /// Whether robots and link previews are refused.
    pub ignore_bots: bool,
    /// Addresses and networks that may see it; empty, all.
    pub ip_allow_list: Vec<Arc<str>>,
    /// Whether the time of sending is told in the workflow's time zone, else in UTC.
    pub use_workflow_time_zone: bool,
    /// Own style rules of the page.
    pub custom_css: Option<Arc<str>>,
    /// Whether the item gets the header fields of the call.
    pub show_headers: bool,
}

/// What the sender of a form sees at the end.
#[derive(Clone, Debug, PartialEq)]
pub enum FormEnding {
    /// A text.
    Text(Arc<str>),
    /// A page elsewhere.
    Redirect(Arc<str>),
}

impl Default for FormEnding {
    fn default() -> Self {
        Self::Text("Your response has been recorded".into())
    }
}

/// One question of a form.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FormField {
    /// Key of the answer in the item's json.
    pub name: Arc<str>,
    /// What people read.
    pub label: Arc<str>,
    /// Kind of answer.
    pub kind: FieldKind,
    /// Whether there must be an answer.
    pub required: bool,
    /// Hint inside an empty field.
    pub placeholder: Arc<str>,
    /// The answer it starts with.
    pub default_value: Option<Value>,
    /// What can be chosen.
    pub options: Vec<Arc<str>>,
    /// Whether several can be chosen, or several files sent.
    pub multiple: bool,
    /// How many may be chosen at least and at most.
    pub selection: (Option<u32>, Option<u32>),
    /// File name extensions and media types it takes, comma separated; empty, all.
    pub accept_file_types: Arc<str>,
    /// Own HTML, for [`FieldKind::Html`].
    pub html: Arc<str>,
}

/// Kinds of answers in a form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldKind {
    /// A line.
    #[default]
    Text,
    /// Several lines.
    TextArea,
    /// A number.
    Number,
    /// An e-mail address.
    Email,
    /// A secret.
    Password,
    /// A day.
    Date,
    /// One of a list that opens.
    Dropdown,
    /// Any of a list.
    Checkbox,
    /// One of a list.
    Radio,
    /// A file.
    File,
    /// Nothing to see; filled from the address.
    Hidden,
    /// Nothing to answer; own HTML.
    Html,
}

/// Times at which executions start.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScheduleSpec {
    /// Each starts executions of its own.
    pub rules: Vec<ScheduleRule>,
    /// What becomes of times that were missed.
    pub misfire: Misfire,
}

/// The time between two starts; the first comes after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntervalSpec {
    /// Milliseconds.
    pub every_ms: u64,
}

/// Times at which executions start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleRule {
    /// Six fields: second, minute, hour, day of month, month, day of week; in the workflow's time zone.
    pub cron: Arc<str>,
    /// Of these times, only every n-th counts.
    pub every: Every,
}

/// Which of the times of a cron expression count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Every {
    /// Each.
    #[default]
    Time,
    /// Each n-th minute, counted from 1970-01-01T00:00:00Z.
    Minutes(u32),
    /// Each n-th hour.
    Hours(u32),
    /// Each n-th day.
    Days(u32),
    /// Each n-th week.
    Weeks(u32),
    /// Each n-th month.
    Months(u32),
}

/// What becomes of times that passed while nothing could start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Misfire {
    /// Nothing.
    #[default]
    Skip,
    /// One execution for all of them.
    Once,
}
