//! `Property`: one input of an action or a core node.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::Value;

/// What rules call the version of a node.
const VERSION: &str = "@version";

/// One input: its type, its meaning, and where in the request its value goes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Property {
    /// Kind of value; n8n's property types.
    #[serde(rename = "type")]
    pub kind: PropertyType,
    /// Label; absent, the title case of the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// What it means, in a sentence or two.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// An example of what to type; never a default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<String>,
    /// Whether an action cannot do without it.
    #[serde(skip_serializing_if = "is_false")]
    pub required: bool,
    /// Value when none is given. An unset property without a default is left out of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// What n8n's own node fills in when a stored workflow omits it; used only when a workflow names n8n's type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n8n_default: Option<Value>,
    /// Allowed values of `options` and `multiOptions`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<ChoiceForm>,
    /// Fields of a `collection`, and groups of a `fixedCollection` (each a `collection`).
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub properties: IndexMap<String, PropertyOrRef>,
    /// JSON Schema that narrows the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
    /// Where the value goes. Absent: `path` if the path has a placeholder of this name, else `body` where the action
    /// has a body, else `query`.
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    pub location: Option<Locations>,
    /// Name on the wire; absent, the property's own name. A dotted text nests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// How a query array is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<QueryStyle>,
    /// Expression over `$value` that gives what is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// When the property is shown; a hidden one is not sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_options: Option<DisplayOptions>,
    /// n8n's `typeOptions` that matter at run time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub type_options: Option<TypeOptions>,
    /// Credential properties: a value that must never be shown.
    #[serde(skip_serializing_if = "is_false")]
    pub secret: bool,
    /// A leading `=` is text: the value is never an expression.
    #[serde(skip_serializing_if = "is_false")]
    pub no_data_expression: bool,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// A property, or the name of one that the resource or service shares. Members beside `$ref` override the shared ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum PropertyOrRef {
    /// `{ $ref: account_id, … }`
    Ref(PropertyRef),
    /// The property itself.
    Property(Box<Property>),
}

/// Names a shared property.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PropertyRef {
    /// Name of the shared property.
    #[serde(rename = "$ref")]
    pub name: String,
    /// Members that replace the shared ones.
    #[serde(flatten)]
    pub overrides: IndexMap<String, Value>,
}

/// n8n's property types (spec A2) that carry a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[allow(
    missing_docs,
    reason = "the names are n8n's own; spec A2 says what each stores"
)]
pub enum PropertyType {
    #[default]
    String,
    Number,
    Boolean,
    /// JSON text or a value; invalid text is an error.
    Json,
    Options,
    MultiOptions,
    Collection,
    FixedCollection,
    DateTime,
    Color,
    Hidden,
    Notice,
    ResourceLocator,
    ResourceMapper,
    Filter,
    AssignmentCollection,
    /// Name of a binary property of the item; the file itself is sent.
    Binary,
}

/// One allowed value, short (`open`) or long (`{ name, value, description }`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ChoiceForm {
    /// With label and meaning.
    Long(Choice),
    /// The value alone.
    Short(Value),
}

impl ChoiceForm {
    /// The value that is stored and sent.
    pub fn value(&self) -> &Value {
        match self {
            Self::Long(choice) => &choice.value,
            Self::Short(value) => value,
        }
    }
}

/// An allowed value with its label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Label; absent, the value itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The value.
    pub value: Value,
    /// What choosing it means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A place in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Location {
    /// Replaces the placeholder of its name in the path, percent-encoded.
    Path,
    /// Query string.
    Query,
    /// Header.
    Header,
    /// Cookie.
    Cookie,
    /// Member of the body.
    Body,
    /// Not sent by itself; expressions may use it.
    None,
}

/// One place or several.
pub type Locations = super::service::OneOrMany<Location>;

/// A name on the wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Key {
    /// Dots nest.
    Path(String),
    /// Dots are part of the name.
    Literal {
        /// The name.
        literal: String,
    },
}

/// How an array is written into a query string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum QueryStyle {
    /// `a=1&a=2`
    Repeat,
    /// `a[]=1&a[]=2`
    #[default]
    Brackets,
    /// `a[0]=1&a[1]=2`
    Indices,
    /// `a=1,2`
    Comma,
}

/// n8n's rules of when a property is shown (spec A2).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DisplayOptions {
    /// Every one of these must match.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub show: IndexMap<String, Vec<Value>>,
    /// None of these may match.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub hide: IndexMap<String, Vec<Value>>,
}

/// Limits and forms of a value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct TypeOptions {
    /// The value is a list.
    #[serde(skip_serializing_if = "is_false")]
    pub multiple_values: bool,
    /// Smallest number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_value: Option<f64>,
    /// Largest number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_value: Option<f64>,
    /// Lines that an editor shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u32>,
}

impl Property {
    /// A property of a kind with its meaning.
    pub fn of(kind: PropertyType, description: &str) -> Self {
        Self {
            kind,
            description: description.into(),
            ..Self::default()
        }
    }

    /// A choice of fixed texts.
    pub fn choice(description: &str, choices: &[&str]) -> Self {
        let options = choices
            .iter()
            .map(|choice| ChoiceForm::Short(Value::from(*choice)))
            .collect();
        Self {
            options,
            ..Self::of(PropertyType::Options, description)
        }
    }

    /// A flag that is off unless it is set.
    pub fn flag(description: &str) -> Self {
        Self::of(PropertyType::Boolean, description).default_value(false)
    }

    /// A collection of which there can be several, one after the other.
    pub fn list(description: &str) -> Self {
        Self {
            type_options: Some(TypeOptions {
                multiple_values: true,
                ..TypeOptions::default()
            }),
            ..Self::of(PropertyType::Collection, description)
        }
    }

    /// Sets the value it has when none is given.
    pub fn default_value(mut self, value: impl Into<Value>) -> Self {
        self.default = Some(value.into());
        self
    }

    /// Sets an example of what to type.
    pub fn placeholder(mut self, text: &str) -> Self {
        self.placeholder = Some(text.into());
        self
    }

    /// Makes it required.
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Shows it only where another property has one of these values. Several of these must all hold.
    pub fn shown_when<V: Into<Value>>(
        mut self,
        name: &str,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let show = &mut self.display_options.get_or_insert_default().show;
        show.insert(name.into(), values.into_iter().map(Into::into).collect());
        self
    }

    /// Makes it a parameter of these versions of its node alone.
    pub fn in_versions(mut self, versions: &[f64]) -> Self {
        let rules = self.display_options.get_or_insert_default();
        rules.show.insert(VERSION.into(), list(versions));
        self
    }

    /// Makes it a parameter of all versions of its node but these.
    pub fn not_in_versions(mut self, versions: &[f64]) -> Self {
        let rules = self.display_options.get_or_insert_default();
        rules.hide.insert(VERSION.into(), list(versions));
        self
    }

    /// Whether a version of the node has it.
    pub fn is_in_version(&self, version: f64) -> bool {
        let Some(rules) = &self.display_options else {
            return true;
        };
        let has = |list: &Vec<Value>| list.iter().any(|one| one.as_f64() == Some(version));
        rules.show.get(VERSION).is_none_or(has) && !rules.hide.get(VERSION).is_some_and(has)
    }

    /// Adds a field of a collection.
    pub fn field(mut self, name: &str, field: Property) -> Self {
        self.properties
            .insert(name.into(), PropertyOrRef::Property(Box::new(field)));
        self
    }
}

fn list(versions: &[f64]) -> Vec<Value> {
    versions
        .iter()
        .map(|version| Value::from(*version))
        .collect()
}
