//! `Action::compile`: from the files of a service to an [`Action`], with every fault of the definition and its place.

use indexmap::IndexMap;
use itemflow_expression::Template;
use itemflow_model::definition::{
    ActionFile, BodyType, CredentialDefinition, RequestDeclaration, RequestForm, ResourceFile,
    ResponseDeclaration, ServiceFile,
};
use itemflow_model::{Path, Value, did_you_mean};
use reqwest::Method;

use crate::action::{Action, ActionProperty, ActionResponse, Schema};
use crate::compile_property::Properties;
use crate::defaults::{Defaults, Place};
use crate::error::{DefinitionError, DefinitionFile};
use crate::path_template::{self, Segment};
use crate::references::{Shared, escape};
use crate::request::is_repeatable;

const METHODS: [&str; 12] = [
    "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PROPFIND", "MKCOL", "MOVE",
    "COPY", "REPORT",
];

impl Action {
    /// Compiles an action: resolves what it shares with its resource and service, decides where each property goes, and
    /// reads its expressions. Schemas are compiled when they are first used; [`Action::check_schemas`] tests them.
    ///
    /// # Errors
    /// Every fault of the definition, each with its place.
    pub fn compile(
        service: &ServiceFile,
        resource: &ResourceFile,
        action: &ActionFile,
        credentials: &[CredentialDefinition],
    ) -> Result<Self, Vec<DefinitionError>> {
        let mut errors = Vec::new();
        let request = declaration(&action.request, &mut errors);
        let method = method(&request, &action.request, &mut errors);
        let defaults = Defaults::merge(service, resource, &request);
        let shared = Shared { service, resource };

        let path_pointer = member_pointer(&action.request, "path");
        let path = path(&request.path, &path_pointer, &mut errors);
        let placeholders: Vec<&str> = path
            .iter()
            .filter_map(|segment| match segment {
                Segment::Placeholder(name) => Some(name.as_str()),
                Segment::Literal(_) => None,
            })
            .collect();
        for name in &placeholders {
            if !action.properties.contains_key(*name) {
                let message = format!("the path names {{{name}}}, but there is no such property");
                let known = action.properties.keys().map(String::as_str);
                let error = DefinitionError::action(&path_pointer, "unknown-placeholder", message);
                errors.push(match did_you_mean(name, known) {
                    Some(near) => error.help(format!("did you mean {{{near}}}?")),
                    None => error.help(format!("add a property `{name}`")),
                });
            }
        }

        let mut properties = Properties {
            shared,
            method: &method,
            placeholders: &placeholders,
            body_type: defaults.body_type,
            query_style: defaults.query_style.unwrap_or_default(),
            has_body: has_body(&method, &request, action, &shared),
            errors: &mut errors,
        };
        let compiled: Vec<ActionProperty> = action
            .properties
            .iter()
            .map(|(name, property)| {
                let pointer = format!("/properties/{}", escape(name));
                properties.compile(name, property, &pointer, true)
            })
            .collect();

        let mut templates = Templates {
            errors: &mut errors,
        };
        let base_url = defaults
            .base_url
            .map(|(text, at)| templates.parse(&Value::from(text), &at));
        let headers = templates.members(&defaults.headers);
        let query = templates.members(&defaults.query);
        let body_pointer = member_pointer(&action.request, "body");
        let body = request.body.as_ref().map(|body| {
            let at = Place {
                file: DefinitionFile::Action,
                pointer: body_pointer.clone(),
            };
            templates.parse(body, &at)
        });
        if body.is_some() && !allows_body(&method) {
            let message = format!("a {method} request cannot have a body");
            errors.push(DefinitionError::action(
                &body_pointer,
                "body-on-get",
                message,
            ));
        }
        if base_url.is_none() && !is_absolute(&request.path) {
            errors.push(
                DefinitionError::action(
                    &path_pointer,
                    "no-base-url",
                    "the request has no base URL",
                )
                .help("set request.baseUrl in service.yaml"),
            );
        }

        let credential = credential(service, resource, action, credentials, &mut errors);
        let response = response(&shared, action, &mut errors);
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Self {
            operation: action.operation.clone(),
            repeatable: request.repeatable.unwrap_or_else(|| is_repeatable(&method)),
            method,
            path,
            base_url,
            headers,
            query,
            body,
            body_type: defaults.body_type,
            query_style: defaults.query_style.unwrap_or_default(),
            credential,
            authenticates: request.authenticate.is_none(),
            properties: compiled,
            response,
            examples: action.examples.clone(),
        })
    }

    /// Compiles every schema of the action.
    ///
    /// # Errors
    /// One fault for each schema that is no JSON Schema.
    pub fn check_schemas(&self) -> Result<(), Vec<DefinitionError>> {
        let mut errors = Vec::new();
        check_property_schemas(&self.properties, "/properties", &mut errors);
        if let Some(Err(reason)) = self.response.schema.as_ref().map(Schema::check) {
            let message = format!("the response schema is no JSON Schema: {reason}");
            errors.push(DefinitionError::action(
                "/response/schema",
                "bad-schema",
                message,
            ));
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }
}

/// Whether a request of this method may have a body.
pub(crate) fn allows_body(method: &Method) -> bool {
    !matches!(method.as_str(), "GET" | "HEAD" | "OPTIONS" | "TRACE")
}

fn check_property_schemas(
    properties: &[ActionProperty],
    pointer: &str,
    errors: &mut Vec<DefinitionError>,
) {
    for property in properties {
        let at = format!("{pointer}/{}", escape(&property.name));
        if let Some(Err(reason)) = property.schema.as_ref().map(Schema::check) {
            let message = format!(
                "the schema of `{}` is no JSON Schema: {reason}",
                property.name
            );
            errors.push(DefinitionError::action(
                format!("{at}/schema"),
                "bad-schema",
                message,
            ));
        }
        check_property_schemas(&property.children, &format!("{at}/properties"), errors);
    }
}

/// The long form of a request.
fn declaration(form: &RequestForm, errors: &mut Vec<DefinitionError>) -> RequestDeclaration {
    let text = match form {
        RequestForm::Long(declaration) => return (**declaration).clone(),
        RequestForm::Short(text) => text.trim(),
    };
    let (method, path) = text.split_once(char::is_whitespace).unwrap_or(("", text));
    if method.is_empty() {
        errors.push(
            DefinitionError::action(
                "/request",
                "bad-request",
                "the request names no method or no path",
            )
            .help("write it as `POST /path`"),
        );
    }
    RequestDeclaration {
        method: method.to_owned(),
        path: path.trim().to_owned(),
        ..RequestDeclaration::default()
    }
}

fn method(
    request: &RequestDeclaration,
    form: &RequestForm,
    errors: &mut Vec<DefinitionError>,
) -> Method {
    let known = METHODS.contains(&request.method.as_str());
    if !known && !request.method.is_empty() {
        let upper = request.method.to_uppercase();
        let message = format!("`{}` is not a method", request.method);
        let error =
            DefinitionError::action(member_pointer(form, "method"), "unknown-method", message);
        errors.push(match did_you_mean(&upper, METHODS) {
            Some(near) => error.help(format!("did you mean {near}?")),
            None => error.help(format!("use one of {}", METHODS.join(", "))),
        });
    }
    Method::from_bytes(request.method.as_bytes()).unwrap_or(Method::GET)
}

fn path(text: &str, pointer: &str, errors: &mut Vec<DefinitionError>) -> Vec<Segment> {
    let mut fault = |code, message: String| {
        errors.push(DefinitionError::action(pointer, code, message));
    };
    if !text.starts_with('/') && !is_absolute(text) && !text.is_empty() {
        fault(
            "bad-path",
            "the path must start with / or be an absolute URL".into(),
        );
    }
    if text.contains(['?', '#']) {
        fault(
            "bad-path",
            "the path holds a query or fragment; declare properties or request.query".into(),
        );
    }
    if text.split('/').any(|part| matches!(part, "." | "..")) {
        fault("bad-path", "the path holds a . or .. part".into());
    }
    if text
        .chars()
        .any(|c| c.is_control() || c.is_whitespace() || c == '\\')
    {
        fault(
            "bad-path",
            "the path holds white space or a backslash".into(),
        );
    }
    match path_template::parse(text) {
        Ok(segments) => segments,
        Err(reason) => {
            fault("bad-path", reason);
            Vec::new()
        }
    }
}

fn is_absolute(path: &str) -> bool {
    path.starts_with("http://") || path.starts_with("https://")
}

/// Whether properties without a place of their own go into the body.
fn has_body(
    method: &Method,
    request: &RequestDeclaration,
    action: &ActionFile,
    shared: &Shared<'_>,
) -> bool {
    use itemflow_model::definition::Location;
    match method.as_str() {
        "POST" | "PUT" | "PATCH" => request.body_type != Some(BodyType::None),
        _ if !allows_body(method) => false,
        _ => {
            request.body.is_some()
                || action.properties.values().any(|property| {
                    shared.resolve(property, "").is_ok_and(|property| {
                        property
                            .location
                            .is_some_and(|places| places.as_slice().contains(&Location::Body))
                    })
                })
        }
    }
}

/// Reads templates and collects their syntax errors.
struct Templates<'a> {
    errors: &'a mut Vec<DefinitionError>,
}

impl Templates<'_> {
    fn parse(&mut self, value: &Value, place: &Place) -> Template {
        parse_template(value, &place.pointer, place.file, self.errors)
    }

    fn members(&mut self, members: &IndexMap<String, (Value, Place)>) -> Vec<(String, Template)> {
        members
            .iter()
            .map(|(name, (value, place))| (name.clone(), self.parse(value, place)))
            .collect()
    }
}

/// The template of a value; syntax errors go to `errors` with their places under `pointer`.
pub(crate) fn parse_template(
    value: &Value,
    pointer: &str,
    file: DefinitionFile,
    errors: &mut Vec<DefinitionError>,
) -> Template {
    match Template::parse(value) {
        Ok(template) => template,
        Err(faults) => {
            errors.extend(faults.into_iter().map(|fault| DefinitionError {
                file,
                pointer: format!("{pointer}{}", fault.pointer),
                code: "bad-expression",
                message: format!("the expression cannot be read: {}", fault.error.message),
                help: fault.error.help,
            }));
            Template::Literal(Value::Null)
        }
    }
}

fn credential(
    service: &ServiceFile,
    resource: &ResourceFile,
    action: &ActionFile,
    credentials: &[CredentialDefinition],
    errors: &mut Vec<DefinitionError>,
) -> Option<CredentialDefinition> {
    let (name, file, pointer) = if let Some(name) = &action.credential {
        (name, DefinitionFile::Action, "/credential")
    } else if let Some(name) = &resource.credential {
        (name, DefinitionFile::Resource, "/credential")
    } else {
        let first = service.credentials.first()?;
        (first, DefinitionFile::Service, "/credentials/0")
    };
    let found = credentials
        .iter()
        .find(|credential| credential.name == *name);
    if found.is_none() {
        let message = format!("there is no credential type `{name}`");
        let error = DefinitionError::action(pointer, "unknown-credential", message).in_file(file);
        let names = credentials
            .iter()
            .map(|credential| credential.name.as_str());
        errors.push(match did_you_mean(name, names) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help("add a file for it under credentials/"),
        });
    }
    found.cloned()
}

fn response(
    shared: &Shared<'_>,
    action: &ActionFile,
    errors: &mut Vec<DefinitionError>,
) -> ActionResponse {
    let none = ResponseDeclaration::default();
    let own = action.response.as_ref().unwrap_or(&none);
    let common = shared.resource.response.as_ref().unwrap_or(&none);
    let (schema, file) = match (&own.schema, &common.schema) {
        (Some(schema), _) => (Some(schema), DefinitionFile::Action),
        (None, schema) => (schema.as_ref(), DefinitionFile::Resource),
    };
    let schema =
        schema.and_then(
            |schema| match shared.resolve_schema(schema, "/response/schema") {
                Ok(schema) => Some(Schema::new(schema)),
                Err(faults) => {
                    errors.extend(faults.into_iter().map(|fault| fault.in_file(file)));
                    None
                }
            },
        );
    let items = own.items.as_ref().or(common.items.as_ref());
    ActionResponse {
        response_type: own
            .response_type
            .or(common.response_type)
            .unwrap_or_default(),
        items: items
            .filter(|path| !path.is_empty())
            .map(|path| Path::parse(path)),
        schema,
    }
}

/// Pointer of a member of the request; in the short form, of the request itself.
fn member_pointer(form: &RequestForm, member: &str) -> String {
    match form {
        RequestForm::Short(_) => "/request".into(),
        RequestForm::Long(_) => format!("/request/{member}"),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::compile;

    fn fault(yaml: &str) -> (String, &'static str, Option<String>) {
        let yaml = format!("operation: O\ndescription: d\n{yaml}");
        let error = compile(&yaml).unwrap_err().remove(0);
        (error.pointer, error.code, error.help)
    }

    #[test]
    fn every_fault_has_its_place() {
        for (yaml, pointer, code) in [
            ("request: GET /a/{id}", "/request", "unknown-placeholder"),
            ("request: GTE /a", "/request", "unknown-method"),
            ("request: /a", "/request", "bad-request"),
            ("request: GET /a/../b", "/request", "bad-path"),
            ("request: GET /a?b=1", "/request", "bad-path"),
            (
                "request: { method: GET, path: '/a/{b' }",
                "/request/path",
                "bad-path",
            ),
            (
                "request: GET /a\nproperties: { x: { in: body } }",
                "/properties/x/in",
                "body-on-get",
            ),
            (
                "request: GET /a\nproperties: { x: { in: path } }",
                "/properties/x/in",
                "no-placeholder",
            ),
            (
                "request: GET /a\nproperties: { x: { in: [] } }",
                "/properties/x/in",
                "no-place",
            ),
            (
                "request: GET /a/{x}\nproperties: { x: { in: query } }",
                "/properties/x/in",
                "placeholder-elsewhere",
            ),
            (
                "request: GET /a\nproperties: { x: { $ref: shard } }",
                "/properties/x/$ref",
                "unknown-reference",
            ),
            (
                "request: GET /a\nproperties: { x: { in: header, key: 'a b' } }",
                "/properties/x/key",
                "bad-key",
            ),
            (
                "request: GET /a\nproperties: { x: { key: '' } }",
                "/properties/x/key",
                "bad-key",
            ),
            (
                "request: GET /a\nproperties: { x: { value: '={{ 1 + }}' } }",
                "/properties/x/value",
                "bad-expression",
            ),
            (
                "request: GET /a\nproperties: { x: { type: number, default: abc } }",
                "/properties/x/default",
                "bad-default",
            ),
            (
                "request: GET /a\nresponse: { schema: { items: { $ref: thin } } }",
                "/response/schema/items/$ref",
                "unknown-reference",
            ),
            (
                "request: GET /a\ncredential: x",
                "/credential",
                "unknown-credential",
            ),
        ] {
            let found = fault(yaml);
            assert_eq!((found.0.as_str(), found.1), (pointer, code), "{yaml}");
        }
        let help = fault("request: GET /a\nproperties: { x: { $ref: shard } }").2;
        assert_eq!(help.as_deref(), Some("did you mean `shared`?"));
    }

    #[test]
    fn a_bad_schema_is_found_by_its_own_check() {
        let yaml = "operation: O\ndescription: d\nrequest: GET /a\n\
            properties: { x: { schema: { type: txt } } }\nresponse: { schema: { type: 1 } }\n";
        let errors = compile(yaml).unwrap().check_schemas().unwrap_err();
        let pointers: Vec<&str> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/properties/x/schema", "/response/schema"]);
    }

    #[test]
    fn what_stands_beside_a_reference_replaces_the_shared_members() {
        let yaml = "operation: O\ndescription: d\nrequest: GET /a\n\
            properties: { shared: { $ref: shared, required: true } }\n\
            response: { schema: { type: array, items: { $ref: thing } } }\n";
        let action = compile(yaml).unwrap();
        let property = action.property("shared").unwrap().definition();
        assert!(property.required);
        assert_eq!(property.description, "d");
        let schema = action.response().schema.as_ref().unwrap();
        assert_eq!(schema.check(), Ok(()));
        assert!(
            schema
                .faults(&itemflow_model::Value::from(vec![1.into()]))
                .len()
                == 1
        );
    }
}
