//! From a schema to a property: its type, its allowed values, its limits, and fields one level deep.

use std::sync::Arc;

use itemflow_model::definition::{ChoiceForm, Property, PropertyOrRef, PropertyType, TypeOptions};
use itemflow_model::{Map, Value};

use super::context::Context;
use super::schema::Schema;
use crate::{limits, text};

/// Where a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Site {
    /// Path, query, header or cookie: only text goes there.
    Text,
    /// Member of a body.
    Body,
    /// Member of an object in a body or query.
    Nested,
}

impl Context<'_> {
    /// The property of a schema, without name, place and whether it is required.
    pub(crate) fn property(&mut self, schema: &Schema, site: Site) -> Property {
        let mut property = self.typed(schema, site);
        property.description = text::description(&schema.description);
        if schema.deprecated {
            remark(&mut property.description, "Deprecated.");
        }
        let plain = matches!(
            property.kind,
            PropertyType::String | PropertyType::Number | PropertyType::DateTime
        );
        if plain && let Some(example) = schema.example.as_ref().and_then(text::scalar) {
            let example = text::line(&example);
            if !example.is_empty() && example.chars().count() <= limits::NAME {
                property.placeholder = Some(example);
            }
        }
        property
    }

    fn typed(&mut self, schema: &Schema, site: Site) -> Property {
        if let Some(options) = &schema.options
            && let Some(property) = self.choice(schema, options)
        {
            return property;
        }
        match schema.types.as_slice() {
            ["boolean"] => of(PropertyType::Boolean),
            ["integer"] => limited(PropertyType::Number, schema, Some("integer")),
            ["number"] => limited(PropertyType::Number, schema, None),
            ["string"] => self.string(schema, site),
            ["array"] => self.list(schema, site),
            ["object"] => self.object(schema, site),
            [] if site == Site::Text => of(PropertyType::String),
            [] => of(PropertyType::Json),
            several
                if several
                    .iter()
                    .all(|kind| !matches!(*kind, "array" | "object")) =>
            {
                let why = format!("it may be {}; it is sent as text", several.join(" or "));
                self.losses.weakened(&schema.pointer, "several types", why);
                of(PropertyType::String)
            }
            _ => of(PropertyType::Json),
        }
    }

    /// A choice of fixed values; `None` where the list says nothing.
    fn choice(&mut self, schema: &Schema, options: &[Value]) -> Option<Property> {
        let values = self.options(schema, options)?;
        if schema.is("boolean") || values.iter().all(|value| value.as_bool().is_some()) {
            return Some(of(PropertyType::Boolean));
        }
        Some(Property {
            options: values.into_iter().map(ChoiceForm::Short).collect(),
            ..of(PropertyType::Options)
        })
    }

    fn options(&mut self, schema: &Schema, options: &[Value]) -> Option<Vec<Value>> {
        let mut values: Vec<Value> = Vec::new();
        for option in options {
            let Some(written) = text::scalar(option) else {
                let why = "they are not single values; any value is taken";
                self.losses.weakened(&schema.pointer, "allowed values", why);
                return None;
            };
            // YAML without quotes: `enum: [1, true]` of texts.
            let value = if schema.is("string") {
                Value::from(written)
            } else {
                option.clone()
            };
            if !values.contains(&value) {
                values.push(value);
            }
            if values.len() > limits::OPTIONS {
                let why = format!("they are more than {}; any value is taken", limits::OPTIONS);
                self.losses.weakened(&schema.pointer, "allowed values", why);
                return None;
            }
        }
        (!values.is_empty()).then_some(values)
    }

    fn string(&mut self, schema: &Schema, site: Site) -> Property {
        if schema.is_file() {
            if site == Site::Body {
                return of(PropertyType::Binary);
            }
            let why = "a file cannot be sent here; it is text";
            self.losses.weakened(&schema.pointer, "file", why);
            return of(PropertyType::String);
        }
        match schema.format.as_str() {
            "date-time" => limited(PropertyType::DateTime, schema, None),
            _ => limited(PropertyType::String, schema, None),
        }
    }

    fn list(&mut self, schema: &Schema, site: Site) -> Property {
        let element = schema.items.as_ref().map(|items| self.schema(items));
        let mut narrow = Map::default();
        narrow.insert("type".into(), Value::from("array"));
        if let Some(element) = &element {
            if element.is_file() && site == Site::Body {
                return Property {
                    type_options: Some(TypeOptions {
                        multiple_values: true,
                        ..TypeOptions::default()
                    }),
                    ..of(PropertyType::Binary)
                };
            }
            if let Some(options) = &element.options
                && let Some(values) = self.options(element, options)
            {
                return Property {
                    options: values.into_iter().map(ChoiceForm::Short).collect(),
                    ..of(PropertyType::MultiOptions)
                };
            }
            if let [kind] = element.types.as_slice() {
                narrow.insert("items".into(), Value::from([("type", *kind)]));
            }
        }
        for key in ["minItems", "maxItems", "uniqueItems"] {
            if let Some(limit) = schema.limits.get(key) {
                narrow.insert(key.into(), limit.clone());
            }
        }
        Property {
            schema: Some(Value::from(narrow)),
            ..of(PropertyType::Json)
        }
    }

    fn object(&mut self, schema: &Schema, site: Site) -> Property {
        if schema.properties.is_empty() || site == Site::Nested {
            return Property {
                schema: Some(Value::from([("type", "object")])),
                ..of(PropertyType::Json)
            };
        }
        let mut property = of(PropertyType::Collection);
        for field in self.fields(schema) {
            let mut child = self.property(&field.schema, Site::Nested);
            if field.required {
                child.required = true;
            }
            self.settle_default(&mut child, &field.schema);
            let child = PropertyOrRef::Property(Box::new(child));
            property.properties.insert(field.name.to_string(), child);
        }
        if property.properties.is_empty() {
            property = of(PropertyType::Json);
        }
        property
    }

    /// The members of an object that can be sent.
    pub(crate) fn fields(&mut self, schema: &Schema) -> Vec<Field> {
        let mut fields = Vec::new();
        for (name, part) in &schema.properties {
            if fields.len() >= limits::FIELDS {
                let why = format!("it has more than {} members", limits::FIELDS);
                self.losses
                    .skipped(&part.pointer, "member of an object", why);
                break;
            }
            let read = self.schema(part);
            // What only answers have is no input.
            if !read.read_only && !name.is_empty() {
                fields.push(Field {
                    name: name.clone(),
                    required: schema.required.iter().any(|required| **required == **name),
                    schema: read,
                });
            }
        }
        fields
    }

    /// What is said about a default: the server decides about what is left out, but what it requires it does not decide.
    pub(crate) fn settle_default(&mut self, property: &mut Property, schema: &Schema) {
        let Some(default) = schema.default.as_ref().filter(|default| !default.is_null()) else {
            return;
        };
        if property.required {
            if fits(property, default) {
                property.default = Some(default.clone());
            }
            return;
        }
        let shown = match default {
            Value::String(text) => text.to_string(),
            other => other.to_string(),
        };
        let shown = text::line(&shown);
        if !shown.is_empty() && shown.chars().count() <= limits::NAME {
            let sentence = format!("The server takes `{shown}` when unset.");
            remark(&mut property.description, &sentence);
        }
    }
}

/// A member of an object.
pub(crate) struct Field {
    pub(crate) name: Arc<str>,
    pub(crate) required: bool,
    pub(crate) schema: Schema,
}

/// Adds a sentence.
pub(crate) fn remark(description: &mut String, sentence: &str) {
    *description = match description.is_empty() {
        true => sentence.to_owned(),
        false => format!("{} {sentence}", text::sentence(description)),
    };
}

/// Whether a value is one that the property takes as it is, and no expression.
fn fits(property: &Property, value: &Value) -> bool {
    let is_option = || {
        property
            .options
            .iter()
            .any(|option| option.value() == value)
    };
    match property.kind {
        PropertyType::String => value.as_str().is_some_and(|text| !text.starts_with('=')),
        PropertyType::Number => matches!(value, Value::Number(_)),
        PropertyType::Boolean => value.as_bool().is_some(),
        PropertyType::Options => is_option() && !value.as_str().is_some_and(|t| t.starts_with('=')),
        _ => false,
    }
}

/// A property without anything but its type.
fn of(kind: PropertyType) -> Property {
    Property {
        kind,
        ..Property::default()
    }
}

/// A property whose value keeps the limits of its schema.
fn limited(kind: PropertyType, schema: &Schema, narrower: Option<&str>) -> Property {
    let keys: &[&str] = match kind {
        PropertyType::Number => &[
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
        ],
        _ => &["minLength", "maxLength", "pattern"],
    };
    let mut narrow = Map::default();
    if let Some(kind) = narrower {
        narrow.insert("type".into(), Value::from(kind));
    }
    for key in keys {
        if let Some(limit) = schema.limits.get(*key) {
            narrow.insert((*key).into(), limit.clone());
        }
    }
    Property {
        schema: (!narrow.is_empty()).then(|| Value::from(narrow)),
        ..of(kind)
    }
}
