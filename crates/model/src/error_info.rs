//! `ErrorInfo`: a failure as data, as it travels in items, events and output.

use serde::{Deserialize, Serialize};

use crate::value::Value;

/// Everything that is known about a failure. It never holds a secret.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ErrorInfo {
    /// n8n's class name, for example `NodeOperationError` or `NodeApiError`.
    pub name: String,
    /// What went wrong, lower case, without a final stop.
    pub message: String,
    /// The service's own words, or how to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// HTTP status as text, as n8n stores it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_code: Option<String>,
    /// Name of the node that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// Index of the item that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_index: Option<usize>,
    /// Run of the node in which it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_index: Option<usize>,
    /// Parameter or option at fault, as a dotted path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// Method and URL (without secrets) of the request at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// Body of the answer at fault, where there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<Value>,
}

impl ErrorInfo {
    /// A failure of a node's own work, n8n's `NodeOperationError`.
    pub fn operation(message: impl Into<String>) -> Self {
        Self {
            name: "NodeOperationError".into(),
            message: message.into(),
            ..Self::default()
        }
    }

    /// One line that says where and what: node, item, parameter, message.
    pub fn summary(&self) -> String {
        let mut text = String::new();
        if let Some(node) = &self.node {
            text.push_str(&format!("node \"{node}\""));
        }
        if let Some(item) = self.item_index {
            text.push_str(&format!(", item {item}"));
        }
        if let Some(parameter) = &self.parameter {
            text.push_str(&format!(", parameter `{parameter}`"));
        }
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&self.message);
        text
    }
}
