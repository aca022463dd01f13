//! `Item`: what a node works on: JSON, references to binary data, and the error that produced it, if one did.

use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::error_info::ErrorInfo;
use crate::value::Value;

/// The binary data of one item by property name.
pub type Binaries = IndexMap<Arc<str>, Binary>;

/// One item. Cloning it copies nothing but references.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item {
    /// The data; an object by rule, though n8n lets other values occur and so do we.
    pub json: Value,
    /// Files that belong to the item.
    pub binary: Option<Arc<Binaries>>,
    /// Set when the item stands for a failure (spec C7).
    pub error: Option<Arc<ErrorInfo>>,
}

impl Item {
    /// An item with data alone.
    pub fn new(json: impl Into<Value>) -> Self {
        Self {
            json: json.into(),
            binary: None,
            error: None,
        }
    }

    /// The item that a failed item becomes when its node continues on errors: `{ "error": message }`.
    pub fn from_error(error: ErrorInfo) -> Self {
        Self {
            json: Value::from([("error", error.message.as_str())]),
            binary: None,
            error: Some(Arc::new(error)),
        }
    }
}

/// A reference to binary data; the bytes are in a file or a store, never here (spec B5).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Binary {
    /// Where the bytes are, in the words of the binary storage that wrote them.
    pub id: String,
    /// Media type, for example `image/png`.
    pub mime_type: String,
    /// File name, where one is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// The name's extension without the dot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_extension: Option<String>,
    /// Size in bytes.
    pub bytes: u64,
}
