//! `Workflow`: n8n's workflow file as data (spec B). `read.rs` reads it from n8n's JSON and from our YAML short forms.

mod arrows;
mod connections;
mod expect;
mod members;
mod read;

use std::borrow::Cow;
use std::sync::Arc;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{Map, Value};

pub use arrows::{Arrow, Port, PortName, Side};
pub use expect::{Expectation, ExpectationDetails, Expectations, Expected, TestRun};

/// A workflow: nodes, and the connections along which items pass between them. Members it does not know survive a
/// load and save in `extra`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Workflow {
    /// Identity on the instance it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Display name.
    pub name: String,
    /// The nodes in file order.
    pub nodes: Vec<Node>,
    /// The connections by the name of the node they start from.
    pub connections: Connections,
    /// Arrows that wait for [`Workflow::resolve_ports`]; empty once it has run, and in every workflow of n8n's.
    #[serde(skip)]
    pub arrows: Vec<Arrow>,
    /// How it runs.
    #[serde(skip_serializing_if = "Settings::is_empty")]
    pub settings: Settings,
    /// Items that stand for a node's output in manual runs, by node name.
    #[serde(
        skip_serializing_if = "IndexMap::is_empty",
        deserialize_with = "null_as_default"
    )]
    #[schemars(with = "Option<IndexMap<Arc<str>, Vec<Value>>>")]
    pub pin_data: IndexMap<Arc<str>, Vec<Value>>,
    /// How a test run is made.
    #[serde(skip_serializing_if = "TestRun::is_default")]
    pub test: TestRun,
    /// What a test run must give.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub expect: Expectations,
    /// Everything else in the file.
    #[serde(flatten)]
    pub extra: IndexMap<String, Value>,
}

/// Connections by source node, connection type (`main`), output index.
pub type Connections = IndexMap<Arc<str>, IndexMap<String, Vec<Vec<Connection>>>>;

/// One connection: the input it leads to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Connection {
    /// Name of the node it leads to.
    pub node: Arc<str>,
    /// Type of the input, `main` for items.
    #[serde(rename = "type", default = "main")]
    pub kind: String,
    /// Index of the input.
    #[serde(default)]
    pub index: usize,
}

fn main() -> String {
    "main".into()
}

/// One node of a workflow (spec B2).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Node {
    /// Stable identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Unique name; connections and expressions use it.
    pub name: Arc<str>,
    /// Node type, for example `n8n-nodes-base.set`, short `set`, or a service such as `konverteDigital`.
    #[serde(rename = "type")]
    pub node_type: Arc<str>,
    /// Version of the type; absent or 0 means the current one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub type_version: Option<f64>,
    /// Place on the canvas as `[x, y]`; it decides the order of branches (spec C3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<[f64; 2]>,
    /// What the node is told, expressions included.
    #[serde(deserialize_with = "null_as_default")]
    #[schemars(with = "Option<IndexMap<Arc<str>, Value>>")]
    pub parameters: Map,
    /// Credentials by credential type; a name, or n8n's `{id, name}`.
    #[serde(
        skip_serializing_if = "IndexMap::is_empty",
        deserialize_with = "null_as_default"
    )]
    #[schemars(with = "Option<IndexMap<String, CredentialRef>>")]
    pub credentials: IndexMap<String, CredentialRef>,
    /// A disabled node passes its input on.
    #[serde(skip_serializing_if = "is_false")]
    pub disabled: bool,
    /// Try again when it fails.
    #[serde(skip_serializing_if = "is_false")]
    pub retry_on_fail: bool,
    /// Attempts in all with `retryOnFail`; default 3, at most 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tries: Option<f64>,
    /// Milliseconds between attempts; default 1000, at most 5000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_between_tries: Option<f64>,
    /// Emit one empty item rather than none.
    #[serde(skip_serializing_if = "is_false")]
    pub always_output_data: bool,
    /// Work on the first item only.
    #[serde(skip_serializing_if = "is_false")]
    pub execute_once: bool,
    /// What a failure does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_error: Option<OnError>,
    /// n8n's older form of `onError: continueRegularOutput`.
    #[serde(skip_serializing_if = "is_false")]
    pub continue_on_fail: bool,
    /// Everything else in the file.
    #[serde(flatten)]
    pub extra: IndexMap<String, Value>,
}

/// How a node names a credential.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum CredentialRef {
    /// By name.
    Name(String),
    /// As n8n stores it.
    IdAndName {
        /// Identity on the instance.
        #[serde(default)]
        id: Option<String>,
        /// Name.
        name: String,
    },
}

impl CredentialRef {
    /// The credential's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Name(name) | Self::IdAndName { name, .. } => name,
        }
    }
}

/// What happens when a node fails (spec C7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum OnError {
    /// The execution ends with an error.
    #[default]
    StopWorkflow,
    /// The run goes on through the regular output.
    ContinueRegularOutput,
    /// Failed items leave through one more output, the last.
    ContinueErrorOutput,
}

impl Workflow {
    /// The workflow as a value in n8n's form, with the members that it does not know.
    pub fn to_value(&self) -> Value {
        let json = serde_json::to_value(self).expect("a workflow is plain data with text keys");
        Value::from(json)
    }

    /// The node of a name.
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| *node.name == *name)
    }
}

/// A node type as n8n writes it: `n8n-nodes-base.` is put before a name without a dot. The names of services have no
/// dot either, so ask the catalog of services first.
pub fn full_type(name: &str) -> Cow<'_, str> {
    if name.contains('.') {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(format!("n8n-nodes-base.{name}"))
    }
}

impl Node {
    /// The effective `onError`, the older `continueOnFail` included.
    pub fn error_mode(&self) -> OnError {
        self.on_error.unwrap_or(if self.continue_on_fail {
            OnError::ContinueRegularOutput
        } else {
            OnError::StopWorkflow
        })
    }

    /// Whether failed items become error items rather than ending the run.
    pub fn continues_on_fail(&self) -> bool {
        self.error_mode() != OnError::StopWorkflow
    }
}

/// How a workflow runs (spec B4).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// `v1`, `v0` or our `parallel`; absent in n8n's files means v0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_order: Option<ExecutionOrder>,
    /// IANA time zone of `$now`, `$today` and date texts without an offset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// Seconds after which the execution is cancelled; 0 or less means no limit of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_timeout: Option<f64>,
    /// Everything else in the file.
    #[serde(flatten)]
    pub extra: IndexMap<String, Value>,
}

impl Settings {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// In which order nodes run (spec C3; `parallel` is ours).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExecutionOrder {
    /// Breadth first, n8n's older order.
    #[default]
    V0,
    /// Depth first, top branch first.
    V1,
    /// Independent branches overlap.
    Parallel,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}
