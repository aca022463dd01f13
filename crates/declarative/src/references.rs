//! Resolves the `$ref`s of a definition: shared properties, and shared schemas inside response schemas.

use std::collections::BTreeSet;

use itemflow_model::definition::{Property, PropertyOrRef, ResourceFile, ServiceFile};
use itemflow_model::{Map, Value, did_you_mean};

use crate::error::DefinitionError;

/// Longest chain of references, and deepest nesting of a schema.
const MAX_DEPTH: usize = 32;

/// What the files of a service share.
#[derive(Clone, Copy)]
pub(crate) struct Shared<'a> {
    pub(crate) service: &'a ServiceFile,
    pub(crate) resource: &'a ResourceFile,
}

impl<'a> Shared<'a> {
    fn property(&self, name: &str) -> Option<&'a PropertyOrRef> {
        self.resource
            .properties
            .get(name)
            .or_else(|| self.service.properties.get(name))
    }

    fn schema(&self, name: &str) -> Option<&'a Value> {
        self.resource
            .schemas
            .get(name)
            .or_else(|| self.service.schemas.get(name))
    }

    /// The property itself: a reference is followed, and what stands beside it replaces the shared members.
    ///
    /// # Errors
    /// An unknown name, a circle, or an override that is no member of a property. `pointer` is the place of `property`.
    pub(crate) fn resolve(
        &self,
        property: &PropertyOrRef,
        pointer: &str,
    ) -> Result<Property, DefinitionError> {
        self.resolve_at(property, pointer, 0)
    }

    fn resolve_at(
        &self,
        property: &PropertyOrRef,
        pointer: &str,
        depth: usize,
    ) -> Result<Property, DefinitionError> {
        let reference = match property {
            PropertyOrRef::Property(property) => return Ok((**property).clone()),
            PropertyOrRef::Ref(reference) => reference,
        };
        let at = format!("{pointer}/$ref");
        if depth > MAX_DEPTH {
            let message = format!("the reference to `{}` leads in a circle", reference.name);
            return Err(DefinitionError::action(at, "circular-reference", message));
        }
        let Some(shared) = self.property(&reference.name) else {
            let names = self
                .resource
                .properties
                .keys()
                .chain(self.service.properties.keys());
            return Err(unknown_reference(
                &at,
                "property",
                &reference.name,
                names.map(String::as_str),
            ));
        };
        let resolved = self.resolve_at(shared, pointer, depth + 1)?;
        if reference.overrides.is_empty() {
            return Ok(resolved);
        }
        let merged = serde_json::to_value(&resolved).and_then(|mut value| {
            if let Some(members) = value.as_object_mut() {
                for (key, member) in &reference.overrides {
                    members.insert(key.clone(), member.into());
                }
            }
            serde_json::from_value(value)
        });
        merged.map_err(|error| {
            let message = format!("what stands beside `$ref` does not fit a property: {error}");
            DefinitionError::action(pointer, "bad-override", message)
        })
    }

    /// The schema with each `{ $ref: name }` of a shared schema turned into a local one, shared schemas under `$defs`.
    ///
    /// # Errors
    /// Every unknown name, each with its place; `pointer` is the place of the schema.
    pub(crate) fn resolve_schema(
        &self,
        schema: &Value,
        pointer: &str,
    ) -> Result<Value, Vec<DefinitionError>> {
        let mut localizer = Localizer {
            shared: *self,
            wanted: Vec::new(),
            seen: BTreeSet::new(),
            errors: Vec::new(),
        };
        let mut root = localizer.localize(schema, pointer, 0);
        let mut definitions = Map::default();
        while let Some(name) = localizer.wanted.pop() {
            if let Some(shared) = self.schema(&name) {
                let local = localizer.localize(shared, pointer, 0);
                definitions.insert(name.as_str().into(), local);
            }
        }
        if !localizer.errors.is_empty() {
            return Err(localizer.errors);
        }
        if !definitions.is_empty() {
            let slot = root.make_object().entry("$defs".into()).or_default();
            for (name, definition) in definitions {
                slot.make_object().entry(name).or_insert(definition);
            }
        }
        Ok(root)
    }
}

struct Localizer<'a> {
    shared: Shared<'a>,
    wanted: Vec<String>,
    seen: BTreeSet<String>,
    errors: Vec<DefinitionError>,
}

impl Localizer<'_> {
    fn localize(&mut self, schema: &Value, pointer: &str, depth: usize) -> Value {
        if depth > MAX_DEPTH * 4 {
            return schema.clone();
        }
        match schema {
            Value::Array(list) => Value::from(
                list.iter()
                    .enumerate()
                    .map(|(i, element)| {
                        self.localize(element, &format!("{pointer}/{i}"), depth + 1)
                    })
                    .collect::<Vec<_>>(),
            ),
            Value::Object(map) => Value::from(
                map.iter()
                    .map(|(key, member)| {
                        let at = format!("{pointer}/{}", escape(key));
                        let member = match (&**key, member.as_str()) {
                            ("$ref", Some(name)) if is_name(name) => self.reference(name, &at),
                            _ => self.localize(member, &at, depth + 1),
                        };
                        (key.clone(), member)
                    })
                    .collect::<Map>(),
            ),
            scalar => scalar.clone(),
        }
    }

    fn reference(&mut self, name: &str, pointer: &str) -> Value {
        if self.shared.schema(name).is_none() {
            let names = self
                .shared
                .resource
                .schemas
                .keys()
                .chain(self.shared.service.schemas.keys());
            let error = unknown_reference(pointer, "schema", name, names.map(String::as_str));
            self.errors.push(error);
        } else if self.seen.insert(name.to_owned()) {
            self.wanted.push(name.to_owned());
        }
        Value::from(format!("#/$defs/{}", escape(name)))
    }
}

/// Whether a `$ref` names a shared schema: no `#`, no URL.
fn is_name(reference: &str) -> bool {
    !reference.contains(['#', ':', '/'])
}

/// A key as one token of a JSON pointer.
pub(crate) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn unknown_reference<'a>(
    pointer: &str,
    kind: &str,
    name: &str,
    names: impl Iterator<Item = &'a str>,
) -> DefinitionError {
    let error = DefinitionError::action(
        pointer,
        "unknown-reference",
        format!("no shared {kind} is called `{name}`"),
    );
    match did_you_mean(name, names) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help(format!(
            "declare it in _resource.yaml or service.yaml, or write the {kind} here"
        )),
    }
}
