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
    /// The json of each item of each input. An item's files are shown in its json under `$binary`:
    /// `{ name: { mimeType, fileName?, text | base64 } }`.
    pub inputs: Vec<Vec<Value>>,
    /// The json of each item of each output, in the same form.
    pub outputs: Vec<Vec<Value>>,
}

impl NodeDefinition {
    /// A node with one input and one output, version 1.
    pub fn new(name: &str, display_name: &str, description: &str) -> Self {
        Self {
            name: name.into(),
            display_name: display_name.into(),
            description: description.into(),
            versions: vec![1.0],
            inputs: vec!["input".into()],
            outputs: vec!["output".into()],
            ..Self::default()
        }
    }

    /// Sets the versions; the last is the current one.
    pub fn versions(mut self, versions: &[f64]) -> Self {
        self.versions = versions.to_vec();
        self
    }

    /// Sets the labels of the inputs; none makes it a trigger.
    pub fn inputs(mut self, labels: &[&str]) -> Self {
        self.inputs = labels.iter().map(ToString::to_string).collect();
        self
    }

    /// Sets the labels of the outputs.
    pub fn outputs(mut self, labels: &[&str]) -> Self {
        self.outputs = labels.iter().map(ToString::to_string).collect();
        self
    }

    /// Adds a parameter.
    pub fn property(mut self, name: &str, property: Property) -> Self {
        self.properties.insert(name.into(), property);
        self
    }

    /// Sets the credential types it can use.
    pub fn credentials(mut self, types: &[&str]) -> Self {
        self.credentials = types.iter().map(ToString::to_string).collect();
        self
    }

    /// Adds an example: documentation and test in one.
    pub fn example(
        mut self,
        name: &str,
        parameters: serde_json::Value,
        inputs: serde_json::Value,
        outputs: serde_json::Value,
    ) -> Self {
        self.examples.push(NodeExample {
            name: name.into(),
            parameters: parameters.into(),
            inputs: lists(&inputs.into()),
            outputs: lists(&outputs.into()),
        });
        self
    }
}

/// `[[…], […]]` as lists of values; anything else is an empty list.
fn lists(value: &Value) -> Vec<Vec<Value>> {
    let outer = value.as_array().unwrap_or_default();
    outer
        .iter()
        .map(|list| list.as_array().unwrap_or_default().to_vec())
        .collect()
}
