//! Definition files as text.

use itemflow_model::definition::{
    ActionFile, CredentialDefinition, ResourceFile, ServiceFile, kebab_case,
};
use itemflow_model::{Map, Value, yaml};
use serde::Serialize;

use crate::lift::ResourceDraft;
use crate::names::Taken;

/// The files of a service: paths within its folder, and texts.
pub(crate) fn files(
    service: &ServiceFile,
    credentials: &[CredentialDefinition],
    resources: &[ResourceDraft],
) -> Vec<(String, String)> {
    let mut files = vec![("service.yaml".to_owned(), text(service))];
    let mut taken = Taken::default();
    for credential in credentials {
        let name = taken.claim(&credential_file(&credential.name), '-');
        files.push((format!("credentials/{name}.yaml"), text(credential)));
    }
    for resource in resources {
        if resource.file != ResourceFile::default() {
            files.push((
                format!("{}/_resource.yaml", resource.folder),
                text(&resource.file),
            ));
        }
        for action in &resource.actions {
            files.push((
                format!("{}/{}.yaml", resource.folder, action.file),
                action_text(&action.action),
            ));
        }
    }
    files
}

/// `konverte-digital-api` for `konverteDigitalApi`.
fn credential_file(name: &str) -> String {
    kebab_case(&itemflow_model::definition::title_case(name))
}

/// An action. Its schema is a value already, and by far the largest part.
fn action_text(action: &ActionFile) -> String {
    let mut action = action.clone();
    let response = action.response.as_mut();
    let schema = response.and_then(|response| response.schema.take());
    let mut value = value(&action);
    if let Some(schema) = schema {
        let response = value.make_object().entry("response".into()).or_default();
        response
            .make_object()
            .shift_insert(0, "schema".into(), schema);
    }
    text_of(&value)
}

/// One file: a member to a line or block, those that say nothing left out.
fn text(file: &impl Serialize) -> String {
    text_of(&value(file))
}

/// Definitions are made of texts, numbers and lists, which always serialise.
fn value(file: &impl Serialize) -> Value {
    Value::from(serde_json::to_value(file).unwrap_or_default())
}

fn text_of(value: &Value) -> String {
    let members = value.as_object().into_iter().flatten();
    let says = members.filter(|(_, value)| !says_nothing(value));
    yaml::document(
        &says
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect::<Map>()
            .into(),
    )
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.values().all(says_nothing),
        _ => false,
    }
}
