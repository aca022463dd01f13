//! `Action::sample_curl`: the request that parameters make as a command to copy, with shell variables for the secrets.

use itemflow_model::definition::NamedProperty;
use itemflow_model::{Map, Value};
use url::Url;

use crate::action::Action;
use crate::credentials::Authenticator;
use crate::curl::Placeholder;
use crate::examples::EXAMPLE_URL;
use crate::redact::Secrets;

impl Action {
    /// The request that parameters make, signed, as a `curl` command: fields of the credential have their placeholders
    /// for values, and secret ones are shell variables such as `$ACCESS_TOKEN`.
    ///
    /// # Errors
    /// Why the parameters do not fit, or make no request; one message for each fault.
    pub fn sample_curl(&self, parameters: &Map) -> Result<String, Vec<String>> {
        let spec = self.request_with(parameters, public_value)?;
        let credential = self.credential.as_ref().filter(|_| self.authenticates);
        let Some(credential) = credential else {
            return Ok(spec.curl());
        };
        let mut placeholders = Vec::new();
        let mut fields = Map::default();
        for (i, property) in credential.properties.iter().enumerate() {
            let value = if property.property.secret {
                let text = format!("itemflowplaceholder{i}z");
                let variable = variable(&property.name);
                placeholders.push(Placeholder {
                    text: text.clone(),
                    variable,
                });
                Value::from(text)
            } else {
                public_value(property)
            };
            fields.insert(property.name.as_str().into(), value);
        }
        let signed = Authenticator::new(credential, &Secrets::new(fields))
            .and_then(|authenticator| authenticator.apply(spec))
            .map_err(|error| vec![error.to_string()])?;
        Ok(signed.curl_with_variables(&placeholders))
    }
}

/// What stands for a field that is no secret.
fn public_value(field: &NamedProperty) -> Value {
    let property = &field.property;
    let is_url = |text: &str| Url::parse(text).is_ok_and(|url| url.has_host());
    match (&property.default, property.placeholder.as_deref()) {
        (Some(default), _) if !default.is_null() => default.clone(),
        (_, Some(text)) if is_url(text) => Value::from(text),
        _ => Value::from(EXAMPLE_URL),
    }
}

/// `ACCESS_TOKEN` for `accessToken`.
fn variable(field: &str) -> String {
    let title = itemflow_model::definition::title_case(field);
    let name: String = title
        .chars()
        .map(|c| match c {
            ' ' => '_',
            c => c.to_ascii_uppercase(),
        })
        .filter(|c| *c == '_' || c.is_ascii_alphanumeric())
        .collect();
    match name.chars().next() {
        Some(first) if !first.is_ascii_digit() => name,
        _ => format!("SECRET_{name}"),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{action, credential, map};

    #[test]
    fn secrets_are_variables_wherever_they_go() {
        for (authenticate, expected) in [
            (
                r#"{"headers":{"X-Key":"={{ $credentials.token }}"}}"#,
                "-H \"X-Key: $TOKEN\"",
            ),
            (
                r#"{"query":{"key":"={{ $credentials.token }}"}}"#,
                "\"https://a.example/base/a?key=$TOKEN\"",
            ),
            (
                r#"{"body":{"key":"={{ $credentials.token }}"}}"#,
                r#"--data-raw '{"key":"'"$TOKEN"'"}'"#,
            ),
            (
                r#"{"basic":{"username":"me","password":"={{ $credentials.token }}"}}"#,
                "-u \"me:$TOKEN\"",
            ),
        ] {
            let mut action = action("operation: O\ndescription: d\nrequest: POST /a\n");
            let mut credential = credential(authenticate);
            credential.properties[0].property.placeholder = Some("https://a.example".into());
            action.credential = Some(credential);
            let curl = action.sample_curl(&map("{}")).unwrap();
            assert!(curl.contains(expected), "{curl}");
            assert!(
                !curl.contains("***") && !curl.contains("placeholder"),
                "{curl}"
            );
            action.authenticates = false;
            assert!(!action.sample_curl(&map("{}")).unwrap().contains("TOKEN"));
        }
    }

    #[test]
    fn names_of_variables_are_words_for_a_shell() {
        for (field, name) in [
            ("accessToken", "ACCESS_TOKEN"),
            ("api-key", "API_KEY"),
            ("2fa", "SECRET_2FA"),
            ("é", "SECRET_"),
        ] {
            assert_eq!(super::variable(field), name);
        }
    }
}
