//! `DeclaredService`: what the double needs to know of a service, gathered from its definition.

use indexmap::IndexMap;
use itemflow_model::definition::{
    BodyType, CredentialDefinition, Example, Location, Property, PropertyType, QueryStyle,
    ResponseType,
};
use itemflow_model::{Path, Value};

/// A service whose shared parts are resolved into its actions.
#[derive(Clone, Debug, Default)]
pub(crate) struct DeclaredService {
    /// Base URL; may be an expression over `$credentials`.
    pub(crate) base_url: String,
    /// Credential types; the first is the one that actions use unless they say otherwise.
    pub(crate) credentials: Vec<CredentialDefinition>,
    /// Actions.
    pub(crate) actions: Vec<DeclaredAction>,
}

/// One action.
#[derive(Clone, Debug, Default)]
pub(crate) struct DeclaredAction {
    /// Resource and operation, for example `Inboxes: Get Inbox`.
    pub(crate) name: String,
    /// Method in upper case.
    pub(crate) method: String,
    /// Path on the server, with what the base URL puts before it; `{name}` stands for a parameter.
    pub(crate) path: String,
    /// Credential type it needs; none when it needs none.
    pub(crate) credential: Option<String>,
    /// What it takes.
    pub(crate) parameters: Vec<Parameter>,
    /// Constant query parameters; those that are expressions may have any value.
    pub(crate) query: IndexMap<String, Value>,
    /// Constant members of the body, or the whole body.
    pub(crate) body: Option<Value>,
    /// How the body is written.
    pub(crate) body_type: BodyType,
    /// How the answer is read.
    pub(crate) response_type: ResponseType,
    /// Path of the items within the answer.
    pub(crate) items: Option<String>,
    /// JSON Schema of one item.
    pub(crate) schema: Option<Value>,
    /// Examples.
    pub(crate) examples: Vec<Example>,
}

/// One property in one place of the request.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    /// The property's name.
    pub(crate) name: String,
    /// The property.
    pub(crate) property: Property,
    /// Where its value goes.
    pub(crate) place: Location,
    /// Name on the wire.
    pub(crate) key: Path,
    /// How a list is written into the query or a form.
    pub(crate) style: QueryStyle,
}

impl DeclaredAction {
    /// Whether a request of this action carries a body.
    pub(crate) fn has_body(&self) -> bool {
        self.body_type != BodyType::None
            && (self.body.is_some()
                || self
                    .parameters
                    .iter()
                    .any(|parameter| parameter.place == Location::Body))
    }
}

impl DeclaredAction {
    /// Whether a file may be part of its body.
    pub(crate) fn takes_files(&self) -> bool {
        let mut parameters = self.parameters.iter();
        parameters.any(|parameter| parameter.place == Location::Body && parameter.is_file())
    }
}

impl Parameter {
    /// Whether its value is a file.
    pub(crate) fn is_file(&self) -> bool {
        self.property.kind == PropertyType::Binary
    }

    /// The key as one text; what is nested stands in brackets.
    pub(crate) fn wire_name(&self) -> String {
        let mut segments = self.key.segments().iter();
        let first = segments.next().map(ToString::to_string);
        segments.fold(first.unwrap_or_default(), |name, segment| {
            format!("{name}[{segment}]")
        })
    }

    /// Whether requests must have it. One that is shown only sometimes is required only sometimes.
    pub(crate) fn is_required(&self) -> bool {
        self.property.required && self.property.display_options.is_none()
    }
}
