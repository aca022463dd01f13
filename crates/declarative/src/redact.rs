//! `Secrets` and `Redactor`: the data of a credential, and how its secret values are kept out of every text that leaves.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use itemflow_model::definition::CredentialDefinition;
use itemflow_model::{ErrorInfo, Map, Value};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Serialize, Serializer};

use crate::encode::UNRESERVED;

/// What stands in place of a secret.
pub const MASK: &str = "***";

/// The data of one credential. It never shows itself: Debug, Display and Serialize print a mask.
#[derive(Clone, Default)]
pub struct Secrets(Value);

impl Secrets {
    /// The data of a credential, one member for each of its properties.
    pub fn new(fields: Map) -> Self {
        Self(Value::from(fields))
    }

    /// All fields, secret ones included, with the defaults of the definition for absent ones.
    pub(crate) fn with_defaults(&self, definition: &CredentialDefinition) -> Value {
        let mut data = self.0.clone();
        for property in &definition.properties {
            if let Some(default) = &property.property.default
                && data.get(&property.name).is_none()
            {
                data.make_object()
                    .insert(property.name.as_str().into(), default.clone());
            }
        }
        data
    }

    /// The fields that the definition declares and does not mark secret: what `$credentials` holds while a request is
    /// built.
    pub fn public(&self, definition: &CredentialDefinition) -> Value {
        let data = self.with_defaults(definition);
        let fields: Map = definition
            .properties
            .iter()
            .filter(|property| !property.property.secret)
            .filter_map(|property| {
                let value = data.get(&property.name)?;
                Some((property.name.as_str().into(), value.clone()))
            })
            .collect();
        Value::from(fields)
    }

    /// Masks the secret values of this credential: those of fields marked secret, and those of fields that the
    /// definition does not know.
    pub fn redactor(&self, definition: &CredentialDefinition) -> Redactor {
        let mut redactor = Redactor::default();
        let data = self.with_defaults(definition);
        for (name, value) in data.as_object().into_iter().flatten() {
            let declared = definition.properties.iter().find(|p| *p.name == **name);
            if declared.is_none_or(|property| property.property.secret) {
                redactor.add_value(value);
            }
        }
        redactor
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl fmt::Display for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl Serialize for Secrets {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(MASK)
    }
}

/// Replaces secret values in texts by `***`, in every form in which they travel: as they are, percent-encoded, escaped
/// in JSON and in base64.
#[derive(Clone, Default)]
pub struct Redactor(Arc<Vec<String>>);

impl Redactor {
    /// Adds a secret text. An empty one is no secret.
    pub fn add(&mut self, secret: &str) {
        if secret.is_empty() {
            return;
        }
        let json = Value::from(secret).to_string();
        let forms = [
            secret.to_owned(),
            utf8_percent_encode(secret, UNRESERVED).to_string(),
            utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
            json[1..json.len() - 1].to_owned(),
            STANDARD.encode(secret),
        ];
        for form in forms {
            self.push(form);
        }
    }

    fn push(&mut self, pattern: String) {
        if self.0.contains(&pattern) {
            return;
        }
        let patterns = Arc::make_mut(&mut self.0);
        patterns.push(pattern);
        // A secret that contains another one must go first, or its rest would stay.
        patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.len()));
    }

    fn add_value(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.add(text),
            Value::Array(list) => list.iter().for_each(|element| self.add_value(element)),
            Value::Object(map) => map.values().for_each(|member| self.add_value(member)),
            Value::Number(number) => self.add(&number.to_string()),
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// Adds the secrets of another redactor.
    pub fn extend(&mut self, other: &Redactor) {
        if self.0.is_empty() {
            self.0 = other.0.clone();
            return;
        }
        for pattern in other.0.iter() {
            self.push(pattern.clone());
        }
    }

    /// The text without secrets.
    pub fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for pattern in self.0.iter() {
            if text.contains(pattern.as_str()) {
                text = text.replace(pattern.as_str(), MASK);
            }
        }
        text
    }

    /// The value without secrets, member names included.
    pub fn value(&self, value: &Value) -> Value {
        if self.0.is_empty() {
            return value.clone();
        }
        match value {
            Value::String(text) => Value::from(self.text(text)),
            Value::Array(list) => {
                Value::from(list.iter().map(|v| self.value(v)).collect::<Vec<_>>())
            }
            Value::Object(map) => Value::from(
                map.iter()
                    .map(|(key, member)| (Arc::from(self.text(key)), self.value(member)))
                    .collect::<Map>(),
            ),
            Value::Number(number) if self.text(&number.to_string()) != number.to_string() => {
                Value::from(MASK)
            }
            _ => value.clone(),
        }
    }

    /// The failure without secrets in any of its texts.
    pub fn error(&self, mut error: ErrorInfo) -> ErrorInfo {
        error.message = self.text(&error.message);
        error.description = error.description.map(|text| self.text(&text));
        error.request = error.request.map(|text| self.text(&text));
        error.response = error.response.map(|value| self.value(&value));
        error
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redactor({} secrets)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        Secrets::new(
            [
                ("url".into(), Value::from("https://a.example")),
                ("token".into(), Value::from("s3cr\"t /x")),
            ]
            .into_iter()
            .collect(),
        )
    }

    fn definition() -> CredentialDefinition {
        serde_json::from_str(
            r#"{"name":"a","origins":[],"properties":[{"name":"url","type":"string"},
            {"name":"token","type":"string","secret":true}]}"#,
        )
        .unwrap()
    }

    #[test]
    fn secrets_never_show_themselves() {
        let secrets = secrets();
        let shown = format!(
            "{secrets} {secrets:?} {}",
            serde_json::to_string(&secrets).unwrap()
        );
        assert_eq!(shown, "*** *** \"***\"");
        assert_eq!(
            secrets.public(&definition()).to_string(),
            r#"{"url":"https://a.example"}"#
        );
    }

    #[test]
    fn every_form_of_a_secret_is_masked() {
        let redactor = secrets().redactor(&definition());
        for text in [
            "s3cr\"t /x",
            "s3cr%22t%20%2Fx",
            r#"s3cr\"t /x"#,
            "czNjciJ0IC94",
        ] {
            assert_eq!(redactor.text(&format!("a {text} b")), "a *** b");
        }
        assert_eq!(redactor.text("https://a.example"), "https://a.example");
    }
}
