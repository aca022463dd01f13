//! From a loaded service folder to a [`DeclaredService`]: shared properties and schemas put in their places,
//! defaults filled in.

use indexmap::IndexMap;
use itemflow_model::definition::{
    ActionFile, BodyType, Key, Location, Property, PropertyOrRef, PropertyType, QueryStyle,
    RequestDeclaration, RequestForm, ResourceFile, Service, ServiceFile,
};
use itemflow_model::{Map, Path, Problem, Value};

use crate::declared::{DeclaredAction, DeclaredService, Parameter};
use crate::error::MockError;
use crate::issued::{path_of_base_url, path_of_url};

/// References that lead to references, beyond which they count as a circle.
const MAX_REFERENCES: usize = 8;

impl DeclaredService {
    /// Gathers a service from its loaded folder.
    ///
    /// # Errors
    /// An action's file is faulty, names a shared property that does not exist, or says no method.
    pub(crate) fn new(service: &Service) -> Result<Self, MockError> {
        let mut actions = Vec::new();
        for resource in &service.resources {
            for entry in &resource.actions {
                let fault = |action: &str, reason| MockError::Definition {
                    action: format!("{}: {action}", resource.value()),
                    reason,
                };
                let file = entry
                    .action()
                    .map_err(|problems| fault(&entry.name, listed(problems)))?;
                let name = format!("{}: {}", resource.value(), file.operation);
                let action = action(&name, &service.file, &resource.file, file)
                    .map_err(|reason| fault(&file.operation, reason))?;
                actions.push(action);
            }
        }
        let credentials = service.file.credentials.iter();
        Ok(Self {
            base_url: service.file.request.base_url.clone().unwrap_or_default(),
            credentials: credentials
                .filter_map(|name| service.credential(name).cloned())
                .collect(),
            actions,
        })
    }
}

fn listed(problems: &[Problem]) -> String {
    let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
    texts.join("; ")
}

fn action(
    name: &str,
    service: &ServiceFile,
    resource: &ResourceFile,
    file: &ActionFile,
) -> Result<DeclaredAction, String> {
    let request = request(&file.request)?;
    let method = request.method.to_ascii_uppercase();
    let response = file.response.clone().unwrap_or_default();
    let shared = resource.response.clone().unwrap_or_default();
    let schema = response.schema.or(shared.schema);
    let credential = match request.authenticate {
        Some(_) => None,
        None => file
            .credential
            .clone()
            .or_else(|| resource.credential.clone())
            .or_else(|| service.credentials.first().cloned()),
    };
    let mut query = service.request.query.clone();
    query.extend(resource.request.query.clone());
    query.extend(request.query.clone());
    query.retain(|_, value| !value.is_null());
    let base_url = [&request.base_url, &resource.request.base_url]
        .into_iter()
        .flatten()
        .next()
        .or(service.request.base_url.as_ref());
    let prefix = base_url.map(|url| path_of_base_url(url));
    let path = if request.path.contains("://") {
        path_of_url(&request.path).to_owned()
    } else {
        format!("{}{}", prefix.unwrap_or_default(), request.path)
    };
    let body_type = request
        .body_type
        .or(resource.request.body_type)
        .or(service.request.body_type)
        .unwrap_or_default();
    Ok(DeclaredAction {
        name: name.to_owned(),
        parameters: parameters(service, resource, file, &request, &method, body_type)?,
        path,
        method,
        credential,
        query,
        body: request.body,
        body_type,
        response_type: response
            .response_type
            .or(shared.response_type)
            .unwrap_or_default(),
        items: response.items.or(shared.items),
        schema: schema.map(|schema| with_shared(&schema, service, resource, 0)),
        examples: file.examples.clone(),
    })
}

fn request(form: &RequestForm) -> Result<RequestDeclaration, String> {
    match form {
        RequestForm::Long(request) => Ok((**request).clone()),
        RequestForm::Short(text) => {
            let Some((method, path)) = text.trim().split_once(char::is_whitespace) else {
                return Err(format!("`{text}` is no method and path"));
            };
            Ok(RequestDeclaration {
                method: method.to_owned(),
                path: path.trim().to_owned(),
                ..RequestDeclaration::default()
            })
        }
    }
}

fn parameters(
    service: &ServiceFile,
    resource: &ResourceFile,
    file: &ActionFile,
    request: &RequestDeclaration,
    method: &str,
    body_type: BodyType,
) -> Result<Vec<Parameter>, String> {
    let mut properties = IndexMap::new();
    for (name, property) in &file.properties {
        let property = resolved(property, service, resource, 0)?;
        add(&mut properties, name, property, service, resource, 0)?;
    }
    let says_body = |property: &Property| {
        let places = property.location.as_ref();
        places.is_some_and(|places| places.as_slice().contains(&Location::Body))
    };
    let has_body = request.body_type != Some(BodyType::None)
        && (["POST", "PUT", "PATCH"].contains(&method)
            || request.body.is_some()
            || properties.values().any(says_body));
    let style = request
        .query_style
        .or(resource.request.query_style)
        .or(service.request.query_style);
    let mut parameters = Vec::new();
    for (name, property) in properties {
        let places = match &property.location {
            Some(places) => places.as_slice().to_vec(),
            None if request.path.contains(&format!("{{{name}}}")) => vec![Location::Path],
            None if has_body => vec![Location::Body],
            None => vec![Location::Query],
        };
        let key = match &property.key {
            Some(Key::Path(path)) => Path::parse(path),
            Some(Key::Literal { literal }) => Path::literal(literal),
            None => Path::literal(&name),
        };
        for place in places {
            // A body's lists are written alike; only the query knows a style for each property.
            let style = match (place, body_type) {
                // Several files repeat their name, brackets and all.
                (Location::Body, _) if property.kind == PropertyType::Binary => QueryStyle::Repeat,
                (Location::Body, BodyType::Multipart) => QueryStyle::Repeat,
                (Location::Body, _) => style.unwrap_or_default(),
                _ => property.style.or(style).unwrap_or_default(),
            };
            parameters.push(Parameter {
                name: name.clone(),
                place,
                key: key.clone(),
                style,
                property: property.clone(),
            });
        }
    }
    parameters.retain(|parameter| {
        parameter.place != Location::None && parameter.property.kind != PropertyType::Notice
    });
    Ok(parameters)
}

/// Adds a property, or the fields of a collection that has no place of its own: they find theirs, under the names
/// `collection.field`. Whether a collection's field must be sent depends on parameters that are not.
fn add(
    properties: &mut IndexMap<String, Property>,
    name: &str,
    property: Property,
    service: &ServiceFile,
    resource: &ResourceFile,
    depth: usize,
) -> Result<(), String> {
    let is_collection = matches!(
        property.kind,
        PropertyType::Collection | PropertyType::FixedCollection
    );
    let is_sent_whole = property.location.is_some() || property.properties.is_empty();
    if !is_collection || is_sent_whole || depth > MAX_REFERENCES {
        properties.insert(name.to_owned(), property);
        return Ok(());
    }
    for (field, property) in &property.properties {
        let mut property = resolved(property, service, resource, 0)?;
        property.required = false;
        let key = Key::Literal {
            literal: field.clone(),
        };
        property.key.get_or_insert(key);
        let name = format!("{name}.{field}");
        add(properties, &name, property, service, resource, depth + 1)?;
    }
    Ok(())
}

/// The property itself, shared members put together with those that override them.
fn resolved(
    property: &PropertyOrRef,
    service: &ServiceFile,
    resource: &ResourceFile,
    depth: usize,
) -> Result<Property, String> {
    let reference = match property {
        PropertyOrRef::Property(property) => return Ok((**property).clone()),
        PropertyOrRef::Ref(reference) => reference,
    };
    let shared = resource
        .properties
        .get(&reference.name)
        .or_else(|| service.properties.get(&reference.name));
    let Some(shared) = shared.filter(|_| depth < MAX_REFERENCES) else {
        return Err(format!("there is no shared property {}", reference.name));
    };
    let shared = resolved(shared, service, resource, depth + 1)?;
    if reference.overrides.is_empty() {
        return Ok(shared);
    }
    let unusable = |error: serde_json::Error| format!("{}: {error}", reference.name);
    let mut members = serde_json::to_value(&shared).map_err(unusable)?;
    if let Some(members) = members.as_object_mut() {
        for (name, value) in &reference.overrides {
            members.insert(name.clone(), serde_json::Value::from(value));
        }
    }
    serde_json::from_value(members).map_err(unusable)
}

/// The schema with every `{ $ref: name }` replaced by the shared schema of that name.
fn with_shared(
    schema: &Value,
    service: &ServiceFile,
    resource: &ResourceFile,
    depth: usize,
) -> Value {
    let replace = |value: &Value, depth| with_shared(value, service, resource, depth);
    match schema {
        Value::Array(list) => {
            Value::from(list.iter().map(|v| replace(v, depth)).collect::<Vec<_>>())
        }
        Value::Object(members) => {
            let name = members.get("$ref").and_then(Value::as_str);
            let shared = name.and_then(|name| {
                resource
                    .schemas
                    .get(name)
                    .or_else(|| service.schemas.get(name))
            });
            if let Some(shared) = shared {
                if depth >= MAX_REFERENCES {
                    return Value::empty_object();
                }
                return replace(shared, depth + 1);
            }
            let members: Map = members
                .iter()
                .map(|(name, value)| (name.clone(), replace(value, depth)))
                .collect();
            Value::from(members)
        }
        other => other.clone(),
    }
}
