//! Actions and parameters written as text, for unit tests.

use itemflow_model::definition::{ActionFile, CredentialDefinition, ResourceFile, ServiceFile};
use itemflow_model::{Map, Value};

use crate::action::Action;
use crate::error::DefinitionError;

/// Members of an object in JSON.
pub(crate) fn map(json: &str) -> Map {
    let value: Value = serde_json::from_str(json).unwrap();
    value.as_object().unwrap().clone()
}

/// An action of a service at `https://a.example/base`.
pub(crate) fn action(yaml: &str) -> Action {
    compile(yaml).unwrap()
}

pub(crate) fn compile(yaml: &str) -> Result<Action, Vec<DefinitionError>> {
    let service: ServiceFile = serde_saphyr::from_str(
        "name: test\nrequest: { baseUrl: https://a.example/base/, headers: { X-Service: s } }\n\
         properties: { shared: { type: string, description: d } }\nschemas: { thing: { type: object } }\n",
    )
    .unwrap();
    let action: ActionFile = serde_saphyr::from_str(yaml).unwrap();
    Action::compile(&service, &ResourceFile::default(), &action, &[])
}

/// A credential type that puts its secret `token` into a header, for the origin in its field `url`.
pub(crate) fn credential(authenticate: &str) -> CredentialDefinition {
    serde_json::from_str(&format!(
        r#"{{"name":"testApi","origins":["https://a.example"],"authenticate":{authenticate},"properties":[
        {{"name":"url","type":"string","required":true}},
        {{"name":"token","type":"string","required":true,"secret":true}}]}}"#
    ))
    .unwrap()
}
