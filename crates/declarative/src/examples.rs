//! `Action::check_examples`: whether the examples of an action hold: their parameters make their request, and their
//! answer makes their items.

use bytes::Bytes;
use itemflow_model::definition::{
    Example, ExampleRequest, ExampleResponse, NamedProperty, PropertyType,
};
use itemflow_model::{Binaries, Binary, Map, Value};
use url::Url;

use crate::action::{Action, ActionProperty};
use crate::build::{BuildContext, build_request};
use crate::coerce::shown;
use crate::error::DefinitionError;
use crate::overlay::EmptyScope;
use crate::receive::receive;
use crate::redact::Redactor;
use crate::request::RequestSpec;
use crate::response::Response;
use crate::validate::ParameterRules;

/// Stands for every text of a credential that an example needs to build its URL.
pub(crate) const EXAMPLE_URL: &str = "https://example.invalid";

impl Action {
    /// Checks every example.
    ///
    /// # Errors
    /// Every difference between what an example says and what would be sent or yielded, with its place.
    pub fn check_examples(&self) -> Result<(), Vec<DefinitionError>> {
        let mut errors = Vec::new();
        for (i, example) in self.examples.iter().enumerate() {
            let pointer = format!("/examples/{i}");
            check_request(self, example, &pointer, &mut errors);
            check_items(self, example, &pointer, &mut errors);
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }

    /// The request that the parameters of an example make, with `https://example.invalid` in place of the URL of a
    /// credential.
    ///
    /// # Errors
    /// Why the parameters do not fit, or make no request; one message for each fault.
    pub fn example_request(&self, parameters: &Map) -> Result<RequestSpec, Vec<String>> {
        self.request_with(parameters, |_| Value::from(EXAMPLE_URL))
    }

    /// The request that parameters make, with a value for each field of a credential that is no secret.
    pub(crate) fn request_with(
        &self,
        parameters: &Map,
        field: impl Fn(&NamedProperty) -> Value,
    ) -> Result<RequestSpec, Vec<String>> {
        let prepared = self
            .validate(parameters, ParameterRules::Own)
            .map_err(|errors| errors.into_iter().map(|e| e.message).collect::<Vec<_>>())?;
        let credentials = self.credential.as_ref().map(|credential| {
            let public = credential.properties.iter().filter(|p| !p.property.secret);
            let fields = public.map(|property| (property.name.as_str().into(), field(property)));
            Value::from(fields.collect::<Map>())
        });
        let files = example_files(&self.properties, &prepared.parameters);
        let context = BuildContext::new(&EmptyScope)
            .credentials(credentials.as_ref())
            .binaries(Some(&files));
        build_request(self, &prepared.parameters, &context)
            .map_err(|errors| errors.into_iter().map(|error| error.message).collect())
    }
}

/// A file for every name that a property gives.
fn example_files(properties: &[ActionProperty], parameters: &Map) -> Binaries {
    properties
        .iter()
        .filter(|property| property.property.kind == PropertyType::Binary)
        .filter_map(|property| parameters.get(property.name.as_str()))
        .flat_map(|value| value.as_array().unwrap_or(std::slice::from_ref(value)))
        .filter_map(|name| {
            let name = name.as_str()?;
            let binary = Binary {
                file_name: Some(name.into()),
                ..Binary::default()
            };
            Some((name.into(), binary))
        })
        .collect()
}

fn check_request(
    action: &Action,
    example: &Example,
    pointer: &str,
    errors: &mut Vec<DefinitionError>,
) {
    let spec = match action.example_request(&example.parameters) {
        Ok(spec) => spec,
        Err(messages) => {
            for message in messages {
                let at = format!("{pointer}/parameters");
                errors.push(DefinitionError::action(at, "bad-example", message));
            }
            return;
        }
    };
    let Some(expected) = &example.request else {
        return;
    };
    let at = format!("{pointer}/request");
    compare(&spec, expected, &base_path(action, &spec), &at, errors);
}

/// The path of the base URL, which examples leave out, when the action's path is below it.
fn base_path(action: &Action, spec: &RequestSpec) -> String {
    let Some(crate::path_template::Segment::Literal(start)) = action.path.first() else {
        return String::new();
    };
    let path = spec.url.path();
    match path.find(start.as_str()) {
        Some(at) if !start.starts_with("http") => path[..at].to_owned(),
        _ => String::new(),
    }
}

fn compare(
    spec: &RequestSpec,
    expected: &ExampleRequest,
    base_path: &str,
    pointer: &str,
    errors: &mut Vec<DefinitionError>,
) {
    let mut differs = |member: &str, expected: String, actual: String| {
        let at = format!("{pointer}/{member}");
        let message = format!("the example's request differs: {member} is {actual}");
        let error = DefinitionError::action(at, "example-differs", message);
        errors.push(error.help(format!("the example says {expected}")));
    };
    if let Some(path) = &expected.path {
        let full = spec.url.path();
        let own = full.strip_prefix(base_path).unwrap_or(full);
        if path != own && path != full {
            differs("path", path.clone(), own.to_owned());
        }
    }
    if let Some(query) = &expected.query {
        let actual = spec.url.query().unwrap_or_default();
        if query != actual {
            differs("query", query.clone(), actual.to_owned());
        }
    }
    for (name, value) in &expected.headers {
        let actual = spec.header(name);
        if actual != Some(value.as_str()) {
            let actual = actual.unwrap_or("absent").to_owned();
            differs(
                "headers",
                format!("{name}: {value}"),
                format!("{name}: {actual}"),
            );
        }
    }
    if let Some(body) = &expected.body {
        let actual = spec.body.to_json().unwrap_or_default();
        if *body != actual {
            differs("body", body.to_string(), actual.to_string());
        }
    }
}

fn check_items(
    action: &Action,
    example: &Example,
    pointer: &str,
    errors: &mut Vec<DefinitionError>,
) {
    let (Some(declared), Some(expected)) = (&example.response, &example.items) else {
        return;
    };
    let received = match receive(&answer(declared), &action.response) {
        Ok(received) => received,
        Err(error) => {
            let at = format!("{pointer}/response");
            errors.push(DefinitionError::action(at, "bad-example", error.message));
            return;
        }
    };
    for warning in received.warnings {
        let at = format!("{pointer}/response/body");
        errors.push(DefinitionError::action(at, "example-differs", warning));
    }
    if received.items.len() != expected.len() {
        let message = format!(
            "the example's answer yields {} items, not {}",
            received.items.len(),
            expected.len()
        );
        let at = format!("{pointer}/items");
        errors.push(DefinitionError::action(at, "example-differs", message));
        return;
    }
    for (i, (actual, expected)) in received.items.iter().zip(expected).enumerate() {
        if actual != expected {
            let message = format!(
                "the example's answer yields another item: {}",
                short(actual)
            );
            let at = format!("{pointer}/items/{i}");
            errors.push(DefinitionError::action(at, "example-differs", message));
        }
    }
}

/// The answer of an example as it would come over the wire.
fn answer(declared: &ExampleResponse) -> Response {
    let (body, content_type) = match &declared.body {
        None => (Bytes::new(), ""),
        Some(Value::String(text)) => (Bytes::from(text.to_string()), "text/plain; charset=utf-8"),
        Some(value) => (Bytes::from(value.to_string()), "application/json"),
    };
    Response {
        status: declared.status,
        headers: vec![("content-type".into(), content_type.into())],
        body,
        url: Url::parse(EXAMPLE_URL).expect("a constant URL"),
        request: "example".into(),
        redactor: Redactor::default(),
    }
}

fn short(value: &Value) -> String {
    match value {
        Value::Object(_) | Value::Array(_) => {
            let text = value.to_string();
            match text.char_indices().nth(300) {
                Some((end, _)) => format!("{}…", &text[..end]),
                None => text,
            }
        }
        scalar => shown(scalar),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::action;

    const YAML: &str = r#"
operation: Create
description: d
request: POST /a/{id}
properties:
  id: { type: number }
  name: { type: string }
response: { items: list, schema: { $ref: thing } }
examples:
  - name: good
    parameters: { id: 1, name: ann }
    request: { path: /a/1, body: { name: ann }, headers: { x-service: s } }
    response: { body: { list: [{ a: 1 }] } }
    items: [{ a: 1 }]
"#;

    #[test]
    fn a_good_example_holds() {
        assert_eq!(action(YAML).check_examples(), Ok(()));
    }

    #[test]
    fn every_difference_is_reported_at_its_place() {
        for (from, to, pointer) in [
            ("path: /a/1", "path: /a/2", "/examples/0/request/path"),
            (
                "body: { name: ann }",
                "body: { name: bob }",
                "/examples/0/request/body",
            ),
            (
                "items: [{ a: 1 }]",
                "items: [{ a: 2 }]",
                "/examples/0/items/0",
            ),
            ("items: [{ a: 1 }]", "items: []", "/examples/0/items"),
            ("id: 1,", "", "/examples/0/parameters"),
            ("list: [{ a: 1 }]", "other: 1", "/examples/0/response"),
        ] {
            let yaml = YAML.replace(from, to);
            assert_ne!(yaml, YAML);
            let errors = action(&yaml).check_examples().unwrap_err();
            assert_eq!(errors[0].pointer, pointer, "{errors:?}");
        }
    }
}
