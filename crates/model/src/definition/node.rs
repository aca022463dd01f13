//! `NodeDefinition`: how a node describes itself to validation, documentation and editors. A core node writes it in
//! Rust, a service's comes from its folder.

use indexmap::IndexMap;
use serde::Serialize;

use super::property::Property;
use crate::value::Value;

/// The description of one node type.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeDefinition {
    /// Full type name, for example `n8n-nodes-base.set`.
    pub name: String,
    /// Label.
    pub display_name: String,
    /// What it does, in a sentence.
    pub description: String,
    /// Versions it implements; the last is the current one.
    pub versions: Vec<f64>,
    /// Labels of its inputs; empty for a trigger.
    pub inputs: Vec<String>,
    /// Labels of its outputs.
    pub outputs: Vec<String>,
    /// Its parameters by name, in display order.
    pub properties: IndexMap<String, Property>,
    /// Credential types it can use.
    pub credentials: Vec<String>,
    /// Inputs and what they become.
    pub examples: Vec<NodeExample>,
}

/// Parameters, input items and the items of each output: documentation and test in one.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeExample {
    /// What it shows.
    pub name: String,
    /// The node's parameters.
    pub parameters: Value,
    /// The json of each item of each input.
    pub inputs: Vec<Vec<Value>>,
    /// The json of each item of each output.
    pub outputs: Vec<Vec<Value>>,
}
