//! `Action`: one action of a service, compiled: everything that does not depend on an item is decided once.

use std::fmt;
use std::sync::OnceLock;

use itemflow_expression::Template;
use itemflow_model::definition::{
    BodyType, CredentialDefinition, Example, Location, Property, QueryStyle, ResponseType,
};
use itemflow_model::{Path, Value};
use reqwest::Method;

use crate::path_template::Segment;

/// Most faults of one value that are told.
const MAX_FAULTS: usize = 20;

/// One action, ready to check parameters and to build requests. Made by [`Action::compile`].
#[derive(Debug)]
pub struct Action {
    pub(crate) operation: String,
    pub(crate) method: Method,
    pub(crate) path: Vec<Segment>,
    pub(crate) base_url: Option<Template>,
    pub(crate) headers: Vec<(String, Template)>,
    pub(crate) query: Vec<(String, Template)>,
    pub(crate) body: Option<Template>,
    pub(crate) body_type: BodyType,
    pub(crate) query_style: QueryStyle,
    pub(crate) repeatable: bool,
    pub(crate) credential: Option<CredentialDefinition>,
    pub(crate) authenticates: bool,
    pub(crate) properties: Vec<ActionProperty>,
    pub(crate) response: ActionResponse,
    pub(crate) examples: Vec<Example>,
}

/// One input of an action with its place in the request decided.
#[derive(Debug)]
pub struct ActionProperty {
    pub(crate) name: String,
    pub(crate) property: Property,
    pub(crate) places: Vec<Location>,
    pub(crate) key: Path,
    pub(crate) wire_name: String,
    pub(crate) style: QueryStyle,
    pub(crate) value: Option<Template>,
    pub(crate) schema: Option<Schema>,
    pub(crate) children: Vec<ActionProperty>,
}

/// How the answers of an action become items.
#[derive(Debug, Default)]
pub struct ActionResponse {
    /// How the body is read.
    pub response_type: ResponseType,
    /// Where in the body the items are; `None`: the whole body.
    pub items: Option<Path>,
    /// JSON Schema of one item.
    pub schema: Option<Schema>,
}

/// A JSON Schema that is compiled when it is first used.
pub struct Schema {
    source: Value,
    validator: OnceLock<Result<jsonschema::Validator, String>>,
}

impl Action {
    /// Stored value of the `operation` parameter.
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// HTTP method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path with its placeholders, as the definition writes it.
    pub fn path_template(&self) -> String {
        self.path.iter().map(ToString::to_string).collect()
    }

    /// The placeholders of the path in order.
    pub fn path_segments(&self) -> &[Segment] {
        &self.path
    }

    /// The inputs in display order.
    pub fn properties(&self) -> &[ActionProperty] {
        &self.properties
    }

    /// The input of that name.
    pub fn property(&self, name: &str) -> Option<&ActionProperty> {
        self.properties
            .iter()
            .find(|property| property.name == name)
    }

    /// The credential type that its base URL and authentication read.
    pub fn credential(&self) -> Option<&CredentialDefinition> {
        self.credential.as_ref()
    }

    /// Whether the credential is applied to the request. `false` for `authenticate: none`.
    pub fn authenticates(&self) -> bool {
        self.authenticates && self.credential.is_some()
    }

    /// Whether sending the request again is harmless.
    pub fn is_repeatable(&self) -> bool {
        self.repeatable
    }

    /// How the body is written.
    pub fn body_type(&self) -> BodyType {
        self.body_type
    }

    /// How answers become items.
    pub fn response(&self) -> &ActionResponse {
        &self.response
    }

    /// Its examples.
    pub fn examples(&self) -> &[Example] {
        &self.examples
    }
}

impl ActionProperty {
    /// The parameter's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its declaration, with every `$ref` resolved.
    pub fn definition(&self) -> &Property {
        &self.property
    }

    /// Where its value goes; empty or [`Location::None`] when it is not sent by itself.
    pub fn places(&self) -> &[Location] {
        &self.places
    }

    /// Its name in query, header, cookie or body as written; dots nest unless the key is literal.
    pub fn wire_name(&self) -> &str {
        &self.wire_name
    }

    /// Its place in a body.
    pub fn key(&self) -> &Path {
        &self.key
    }

    /// Fields of a collection, groups of a fixed collection.
    pub fn children(&self) -> &[ActionProperty] {
        &self.children
    }
}

impl Schema {
    /// A schema that is compiled when it is first used.
    pub fn new(source: Value) -> Self {
        Self {
            source,
            validator: OnceLock::new(),
        }
    }

    /// The schema as it was written, with `$ref`s to shared schemas made local.
    pub fn source(&self) -> &Value {
        &self.source
    }

    /// Compiles it.
    ///
    /// # Errors
    /// Why it is no JSON Schema.
    pub fn check(&self) -> Result<(), String> {
        self.validator().as_ref().map(|_| ()).map_err(Clone::clone)
    }

    /// What of `value` does not fit, each with its place; empty when it fits, and when the schema itself is bad.
    pub fn faults(&self, value: &Value) -> Vec<String> {
        let Ok(validator) = self.validator() else {
            return Vec::new();
        };
        let instance = serde_json::Value::from(value);
        if validator.is_valid(&instance) {
            return Vec::new();
        }
        validator
            .iter_errors(&instance)
            .take(MAX_FAULTS)
            .map(|error| {
                let place = error.instance_path().to_string();
                if place.is_empty() {
                    error.to_string()
                } else {
                    format!("{error} (at {place})")
                }
            })
            .collect()
    }

    fn validator(&self) -> &Result<jsonschema::Validator, String> {
        self.validator.get_or_init(|| {
            let source = serde_json::Value::from(&self.source);
            jsonschema::validator_for(&source).map_err(|error| error.to_string())
        })
    }
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.source, f)
    }
}
