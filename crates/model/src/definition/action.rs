//! `<action>.yaml`: one action: its properties, its request, what it yields.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{Map, Value};

use super::property::{PropertyOrRef, QueryStyle};

/// One action of a service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActionFile {
    /// Stored value of the `operation` parameter, as the node shows it.
    pub operation: String,
    /// Label, where it differs from the stored value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// What the action does and when to use it: the Overview of its page.
    pub description: String,
    /// Whether the service is about to take it away; pages and lists say so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deprecated: bool,
    /// What people use it for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub use_cases: Vec<String>,
    /// The request.
    pub request: RequestForm,
    /// Credential type, where it is not the resource's or the service's first; see also `request.authenticate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    /// The inputs in display order.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub properties: IndexMap<String, PropertyOrRef>,
    /// What comes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<ResponseDeclaration>,
    /// Questions and answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub troubleshooting: Vec<String>,
    /// Documentation, mock answer and test in one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<Example>,
}

/// A request, short (`POST /a/{b}`) or long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RequestForm {
    /// Method and path.
    Short(String),
    /// Everything.
    Long(Box<RequestDeclaration>),
}

/// A request in full. Values may be expressions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RequestDeclaration {
    /// HTTP method.
    pub method: String,
    /// Path after the base URL, or an absolute URL; `{name}` is replaced by the property of that name.
    pub path: String,
    /// URL before the path, over the service's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Constant headers.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub headers: IndexMap<String, Value>,
    /// Constant query parameters.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub query: IndexMap<String, Value>,
    /// Constant members of the body, or the whole body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// Whether the request may be sent again after a failure. Absent: GET, HEAD, PUT, DELETE, OPTIONS may (RFC 9110 §9.2.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeatable: Option<bool>,
    /// How the body is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_type: Option<BodyType>,
    /// How query arrays are written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query_style: Option<QueryStyle>,
    /// `none`: no credential is needed or sent. A base URL that names `$credentials.url` still reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticate: Option<AuthenticateMode>,
}

/// Whether a credential is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AuthenticateMode {
    /// Never.
    None,
}

/// How a body is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum BodyType {
    /// `application/json`
    #[default]
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
    /// `multipart/form-data`
    Multipart,
    /// The bytes of one binary property.
    Binary,
    /// Text as it is.
    Text,
    /// No body at all.
    None,
}

/// How an answer is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ResponseType {
    /// JSON; anything else is an error.
    #[default]
    Json,
    /// `{ "data": text }`
    Text,
    /// `{ "data": text }`
    Html,
    /// Binary property `data`.
    Binary,
}

/// What comes back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ResponseDeclaration {
    /// JSON Schema of one output item, or `{ $ref: name }` of a shared one. A mismatch warns and never fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
    /// Path of the array or object that becomes the items; absent, the whole body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<String>,
    /// How the answer is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_type: Option<ResponseType>,
}

/// An example: documentation, mock answer and test in one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Example {
    /// What it shows.
    pub name: String,
    /// The parameters.
    #[schemars(with = "IndexMap<String, Value>")]
    pub parameters: Map,
    /// The request they make.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<ExampleRequest>,
    /// The answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<ExampleResponse>,
    /// The items they yield.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<Value>>,
}

/// The request that an example's parameters make. Only what is given is compared.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ExampleRequest {
    /// Path without the query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Query string as sent, without `?`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// Headers.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub headers: IndexMap<String, String>,
    /// Body as a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

/// The answer of an example.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ExampleResponse {
    /// HTTP status.
    pub status: u16,
    /// Body; absent, empty. Text for a text or HTML answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

impl Default for ExampleResponse {
    fn default() -> Self {
        Self {
            status: 200,
            body: None,
        }
    }
}
