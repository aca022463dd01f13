//! What Swagger 2.0 says in other places or other words than 3.1, put into the words of 3.1.

use itemflow_model::{Map, Value};

use super::body::{Body, Media};
use super::context::Context;
use super::parameter::Style;
use super::part::Part;

/// Members of a parameter that are none of its schema.
const OF_PARAMETER: [&str; 6] = [
    "name",
    "in",
    "required",
    "collectionFormat",
    "allowEmptyValue",
    "style",
];

/// The schema that a parameter holds among its own members.
pub(crate) fn schema_of(parameter: &Value) -> Value {
    let members = parameter.as_object().into_iter().flatten();
    let own = members.filter(|(key, _)| !OF_PARAMETER.contains(&&***key));
    Value::from(
        own.map(|(key, value)| (key.clone(), value.clone()))
            .collect::<Map>(),
    )
}

/// `collectionFormat` as a style; lists without one are joined by commas, where the parameter is one of Swagger 2.0.
pub(crate) fn style(parameter: &Part) -> Option<Style> {
    let format = match parameter.text("collectionFormat") {
        Some(format) => format,
        None if parameter.text("type").as_deref() == Some("array") => "csv".to_owned(),
        None => return None,
    };
    let (name, explode) = match format.as_str() {
        "multi" => ("form", true),
        "ssv" => ("spaceDelimited", false),
        "tsv" => ("tabDelimited", false),
        "pipes" => ("pipeDelimited", false),
        _ => ("form", false),
    };
    Some(Style {
        name: name.to_owned(),
        explode,
    })
}

impl Context<'_> {
    /// The body that parameters of Swagger 2.0 make.
    pub(crate) fn body_of_parameters(&mut self, operation: &Part, parts: &[Part]) -> Option<Body> {
        let is_whole = |part: &&Part| part.text("in").as_deref() == Some("body");
        let consumes = self.media_types(operation, "consumes");
        if let Some(whole) = parts.iter().find(is_whole) {
            for other in parts.iter().filter(|part| part.pointer != whole.pointer) {
                let why = "an operation has one body; the first one is taken";
                self.losses.skipped(&other.pointer, "parameter", why);
            }
            let types = if consumes.is_empty() {
                vec!["application/json".to_owned()]
            } else {
                consumes
            };
            return Some(Body {
                pointer: whole.pointer.clone(),
                required: whole.flag("required"),
                description: whole.text("description").unwrap_or_default(),
                media: types
                    .into_iter()
                    .map(|content_type| Media {
                        content_type,
                        schema: whole.member("schema"),
                        part: whole.clone(),
                    })
                    .collect(),
            });
        }
        let first = parts.first()?;
        let mut properties = Map::default();
        let mut required = Vec::new();
        let mut has_file = false;
        for part in parts {
            let Some(name) = part.text("name") else {
                self.losses
                    .skipped(&part.pointer, "parameter", "it has no name");
                continue;
            };
            has_file |= part.text("type").as_deref() == Some("file");
            if part.flag("required") == Some(true) {
                required.push(Value::from(name.as_str()));
            }
            let mut schema = schema_of(&part.value);
            if style(part).is_some_and(|style| !style.explode) {
                schema
                    .make_object()
                    .insert("x-joined".into(), Value::Bool(true));
            }
            properties.insert(name.as_str().into(), schema);
        }
        let schema = Value::from([
            ("type", Value::from("object")),
            ("required", Value::from(required)),
            ("properties", Value::from(properties)),
        ]);
        let is_multipart = has_file || consumes.iter().any(|kind| kind.starts_with("multipart/"));
        let content_type = if is_multipart {
            "multipart/form-data"
        } else {
            "application/x-www-form-urlencoded"
        };
        let pointer = first.pointer.clone();
        Some(Body {
            required: Some(true),
            description: String::new(),
            media: vec![Media {
                content_type: content_type.to_owned(),
                schema: Some(Part {
                    value: schema,
                    pointer: pointer.clone(),
                }),
                part: Part::default(),
            }],
            pointer,
        })
    }

    /// `consumes` or `produces` of the operation, else of the document.
    pub(crate) fn media_types(&self, operation: &Part, key: &str) -> Vec<String> {
        let own = operation.texts(key);
        if own.is_empty() {
            Part::root(self.root).texts(key)
        } else {
            own
        }
    }
}

/// The address of the service that `host`, `basePath` and `schemes` make.
pub(crate) fn server(root: &Part) -> Option<String> {
    let path = root.text("basePath").unwrap_or_default();
    match root.text("host") {
        Some(host) => {
            let schemes = root.texts("schemes");
            let is_secure = schemes.is_empty() || schemes.iter().any(|scheme| scheme == "https");
            let scheme = if is_secure { "https" } else { "http" };
            Some(format!("{scheme}://{host}{path}"))
        }
        None if path.is_empty() => None,
        None => Some(path),
    }
}

/// A security definition as a security scheme of 3.1.
pub(crate) fn security_scheme(definition: &Value) -> Value {
    let text = |key: &str| definition.get(key).and_then(Value::as_str);
    let mut scheme = definition.clone();
    match text("type") {
        Some("basic") => {
            let members = scheme.make_object();
            members.insert("type".into(), Value::from("http"));
            members.insert("scheme".into(), Value::from("basic"));
        }
        Some("oauth2") if definition.get("flows").is_none() => {
            let flow = match text("flow") {
                Some("accessCode") => "authorizationCode",
                Some("application") => "clientCredentials",
                Some(other) => other,
                None => "implicit",
            };
            let mut details = Map::default();
            for key in ["authorizationUrl", "tokenUrl", "scopes"] {
                if let Some(value) = definition.get(key) {
                    details.insert(key.into(), value.clone());
                }
            }
            let flows = Value::from([(flow, Value::from(details))]);
            scheme.make_object().insert("flows".into(), flows);
        }
        _ => {}
    }
    scheme
}
