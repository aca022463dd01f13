//! Takes out what actions share: what two actions of a resource say alike moves to `_resource.yaml`, what two resources
//! say alike to `service.yaml`.

use indexmap::IndexMap;
use itemflow_model::Value;
use itemflow_model::definition::{
    ActionFile, Property, PropertyOrRef, PropertyRef, ResourceFile, ServiceFile,
};

use crate::names;
use crate::openapi::Output;

/// A resource and its actions.
#[derive(Debug)]
pub(crate) struct ResourceDraft {
    pub(crate) folder: String,
    pub(crate) file: ResourceFile,
    pub(crate) actions: Vec<ActionDraft>,
}

/// An action and the name of its file.
#[derive(Debug)]
pub(crate) struct ActionDraft {
    pub(crate) file: String,
    pub(crate) action: ActionFile,
    pub(crate) output: Option<Output>,
    /// Whether a credential signs its request.
    pub(crate) signs: bool,
}

/// Moves what is shared, and puts references in its place.
pub(crate) fn lift(service: &mut ServiceFile, resources: &mut [ResourceDraft]) {
    lift_properties(service, resources);
    lift_outputs(service, resources);
    for resource in resources {
        lift_credential(resource);
    }
}

/// How often something occurs under a name, each form of it on its own.
struct Forms<'a, T>(IndexMap<&'a str, Vec<(&'a T, usize)>>);

impl<'a, T: PartialEq> Forms<'a, T> {
    fn new() -> Self {
        Self(IndexMap::new())
    }

    fn count(&mut self, name: &'a str, form: &'a T) {
        let forms = self.0.entry(name).or_default();
        match forms.iter().position(|(known, _)| *known == form) {
            Some(at) => forms[at].1 += 1,
            // Forms that come so late are hardly the most used.
            None if forms.len() < 20 => forms.push((form, 1)),
            None => {}
        }
    }

    /// Adds each form of a resource once.
    fn add(&mut self, within: &Self) {
        for (name, forms) in &within.0 {
            for (form, _) in forms {
                self.count(name, form);
            }
        }
    }

    /// The most used form of each name, of those that occur twice at least.
    fn shared(&self) -> IndexMap<String, T>
    where
        T: Clone,
    {
        let mut shared = IndexMap::new();
        for (name, forms) in &self.0 {
            let mut best: Option<&(&T, usize)> = None;
            for form in forms.iter().filter(|(_, count)| *count > 1) {
                if best.is_none_or(|best| form.1 > best.1) {
                    best = Some(form);
                }
            }
            if let Some((form, _)) = best {
                shared.insert((*name).to_owned(), (*form).clone());
            }
        }
        shared
    }
}

fn forms_of<'a, T: PartialEq>(named: impl Iterator<Item = (&'a str, &'a T)>) -> Forms<'a, T> {
    let mut forms = Forms::new();
    for (name, form) in named {
        forms.count(name, form);
    }
    forms
}

fn lift_properties(service: &mut ServiceFile, resources: &mut [ResourceDraft]) {
    let mut across = Forms::new();
    for resource in resources.iter() {
        across.add(&forms_of(declared(resource)));
    }
    let of_service = across.shared();
    let mut used = IndexMap::new();
    for resource in resources {
        let mut of_resource = forms_of(declared(resource)).shared();
        // A name means the service's form, if any action of the resource uses that.
        let uses_general = |name: &str| {
            let general = of_service.get(name);
            general.is_some_and(|form| declared(resource).any(|(n, p)| n == name && p == form))
        };
        of_resource.retain(|name, _| !uses_general(name));
        for action in &mut resource.actions {
            for (name, property) in &mut action.action.properties {
                let PropertyOrRef::Property(own) = property else {
                    continue;
                };
                let is = |shared: Option<&Property>| shared == Some(&**own);
                let in_resource = of_resource.get(name);
                if is(in_resource) || (in_resource.is_none() && is(of_service.get(name))) {
                    if in_resource.is_none() {
                        used.insert(name.clone(), PropertyOrRef::Property(own.clone()));
                    }
                    *property = PropertyOrRef::Ref(PropertyRef {
                        name: name.clone(),
                        overrides: IndexMap::new(),
                    });
                }
            }
        }
        let shared = of_resource.into_iter();
        resource.file.properties = shared
            .map(|(name, property)| (name, PropertyOrRef::Property(Box::new(property))))
            .collect();
    }
    service.properties = used;
}

fn declared(resource: &ResourceDraft) -> impl Iterator<Item = (&str, &Property)> {
    let properties = resource
        .actions
        .iter()
        .flat_map(|action| &action.action.properties);
    properties.filter_map(|(name, property)| match property {
        PropertyOrRef::Property(property) => Some((name.as_str(), &**property)),
        PropertyOrRef::Ref(_) => None,
    })
}

fn lift_outputs(service: &mut ServiceFile, resources: &mut [ResourceDraft]) {
    let names: Vec<Vec<Option<String>>> = resources.iter().map(output_names).collect();
    let mut across = Forms::new();
    for (resource, names) in resources.iter().zip(&names) {
        across.add(&forms_of(outputs(resource, names)));
    }
    let of_service = across.shared();
    let mut used = IndexMap::new();
    for (resource, names) in resources.iter_mut().zip(&names) {
        let mut of_resource = forms_of(outputs(resource, names)).shared();
        of_resource.retain(|name, _| !of_service.contains_key(name));
        for (action, name) in resource.actions.iter_mut().zip(names) {
            let Some(output) = action.output.take() else {
                continue;
            };
            let name = name.as_deref().unwrap_or_default();
            let of_service = of_service.get(name) == Some(&output.schema);
            let schema = if of_service || of_resource.get(name) == Some(&output.schema) {
                if of_service {
                    used.insert(name.to_owned(), output.schema);
                }
                Value::from([("$ref", name)])
            } else {
                output.schema
            };
            action.action.response.get_or_insert_default().schema = Some(schema);
        }
        resource.file.schemas = of_resource;
    }
    service.schemas = used;
}

/// The names of the outputs of a resource's actions: their own, else one made of the resource's.
fn output_names(resource: &ResourceDraft) -> Vec<Option<String>> {
    let name_of = |action: &ActionDraft| {
        let output = action.output.as_ref()?;
        Some(names::schema_name(
            output.name.as_deref().unwrap_or(&resource.folder),
        ))
    };
    resource.actions.iter().map(name_of).collect()
}

fn outputs<'a>(
    resource: &'a ResourceDraft,
    names: &'a [Option<String>],
) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let pairs = resource.actions.iter().zip(names);
    pairs.filter_map(|(action, name)| Some((name.as_deref()?, &action.output.as_ref()?.schema)))
}

/// The credential of all actions that have one, where it is the same.
fn lift_credential(resource: &mut ResourceDraft) {
    let mut signing = resource.actions.iter().filter(|action| action.signs);
    let Some(credential) = signing
        .next()
        .and_then(|first| first.action.credential.clone())
    else {
        return;
    };
    if !signing.all(|action| action.action.credential.as_ref() == Some(&credential)) {
        return;
    }
    for action in &mut resource.actions {
        action.action.credential = None;
    }
    resource.file.credential = Some(credential);
}
