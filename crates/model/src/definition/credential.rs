//! `credentials/<type>.yaml`: what a credential holds, how it signs a request, and to whom it may be shown.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::Value;

use super::property::Property;

/// A credential type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CredentialDefinition {
    /// The type's name, for example `konverteDigitalApi`.
    pub name: String,
    /// Label; absent, the title case of the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Where to get one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Its fields; those marked `secret` are never shown.
    pub properties: Vec<NamedProperty>,
    /// What it adds to a request. Values are expressions over `$credentials`.
    #[serde(default)]
    pub authenticate: Authenticate,
    /// The only origins (scheme, host, port) that it is ever sent to; expressions over `$credentials`.
    pub origins: Vec<String>,
    /// A request that proves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<CredentialTest>,
}

/// A property that says its own name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NamedProperty {
    /// The field's name.
    pub name: String,
    /// The field.
    #[serde(flatten)]
    pub property: Property,
}

/// What a credential adds to a request, last of all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Authenticate {
    /// Headers.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub headers: IndexMap<String, String>,
    /// Query parameters.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub query: IndexMap<String, String>,
    /// Members of the body.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub body: IndexMap<String, String>,
    /// HTTP Basic authentication (RFC 7617).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basic: Option<BasicAuthenticate>,
}

/// User and password of HTTP Basic authentication.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BasicAuthenticate {
    /// User.
    pub username: String,
    /// Password.
    pub password: String,
}

/// A request that succeeds only with a good credential.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CredentialTest {
    /// HTTP method.
    pub method: String,
    /// Path after the service's base URL.
    pub path: String,
    /// Constant query parameters.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub query: IndexMap<String, Value>,
}
