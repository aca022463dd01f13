//! `build_request`: from the checked parameters of one item to the request, without clock, environment or network.

use itemflow_expression::{Limits, Scope, Template};
use itemflow_model::definition::{BodyType, Location, PropertyType, ResponseType};
use itemflow_model::{Binaries, Map, Value};
use url::Url;

use crate::action::{Action, ActionProperty};
use crate::body::body_of;
use crate::encode::{push_cookie, push_encoded, scalar_text};
use crate::error::BuildError;
use crate::overlay::Overlay;
use crate::path_template::Segment;
use crate::query::push_value;
use crate::request::RequestSpec;

/// What a request is built from beside its parameters.
#[derive(Clone, Copy)]
pub struct BuildContext<'a> {
    /// What the expressions of the definition can name beside `$value`, `$parameter` and `$credentials`.
    pub scope: &'a dyn Scope,
    /// The fields of the credential that are not secret ([`crate::Secrets::public`]); `None`: no credential is given.
    pub credentials: Option<&'a Value>,
    /// Files of the item, named by properties of type `binary`.
    pub binaries: Option<&'a Binaries>,
    /// How much each expression may use.
    pub limits: Limits,
}

impl<'a> BuildContext<'a> {
    /// A context with the scope of a node and nothing else.
    pub fn new(scope: &'a dyn Scope) -> Self {
        Self {
            scope,
            credentials: None,
            binaries: None,
            limits: Limits::default(),
        }
    }

    /// Adds the public fields of the credential.
    pub fn credentials(mut self, public: Option<&'a Value>) -> Self {
        self.credentials = public;
        self
    }

    /// Adds the files of the item.
    pub fn binaries(mut self, binaries: Option<&'a Binaries>) -> Self {
        self.binaries = binaries;
        self
    }
}

/// Builds the request of one item from its checked parameters ([`crate::Prepared`]). The credential is not applied yet.
///
/// # Errors
/// Every reason why it cannot be built, for example a missing base URL, a path value that would change the path, or an
/// expression of the definition that fails.
pub fn build_request(
    action: &Action,
    parameters: &Map,
    context: &BuildContext<'_>,
) -> Result<RequestSpec, Vec<BuildError>> {
    let mut builder = Builder {
        action,
        parameters,
        context,
        path_values: Vec::new(),
        query: String::new(),
        headers: Vec::new(),
        cookies: String::new(),
        body: Value::Null,
        files: Vec::new(),
        errors: Vec::new(),
    };
    builder.constants();
    for property in &action.properties {
        if let Some(value) = parameters.get(property.name.as_str()) {
            builder.place(property, value, None, None);
        }
    }
    builder.finish()
}

struct Builder<'a> {
    action: &'a Action,
    parameters: &'a Map,
    context: &'a BuildContext<'a>,
    path_values: Vec<(&'a str, String)>,
    query: String,
    headers: Vec<(&'a str, &'a str, String)>,
    cookies: String,
    body: Value,
    files: Vec<(&'a str, itemflow_model::Binary)>,
    errors: Vec<BuildError>,
}

impl<'a> Builder<'a> {
    fn overlay(&self) -> Overlay<'a> {
        let mut overlay = Overlay::new(self.context.scope);
        overlay.parameters = Some(self.parameters);
        overlay.credentials = self.context.credentials;
        overlay
    }

    fn evaluate(&mut self, template: &Template, what: &str) -> Option<Value> {
        if let Some(literal) = template.as_literal() {
            return Some(literal.clone());
        }
        match template.evaluate(&self.overlay(), &self.context.limits) {
            Ok(value) => value,
            Err(error) => {
                let message = format!("the expression of {what} failed: {error}");
                self.errors
                    .push(BuildError::new("expression-failed", message));
                None
            }
        }
    }

    /// What the definition sends whatever the parameters are. A property of the same name replaces it.
    fn constants(&mut self) {
        let action = self.action;
        for (name, template) in &action.headers {
            let value = self.evaluate(template, &format!("the header {name}"));
            if let Some(text) = value.as_ref().and_then(header_text) {
                self.headers.push((name, "", text));
            }
        }
        for (name, template) in &action.query {
            if self.is_sent_by_property(name) {
                continue;
            }
            if let Some(value) = self.evaluate(template, &format!("the query parameter {name}")) {
                push_value(&mut self.query, name, &value, action.query_style);
            }
        }
        if let Some(template) = &action.body {
            self.body = self.evaluate(template, "the body").unwrap_or_default();
        }
    }

    fn is_sent_by_property(&self, query_name: &str) -> bool {
        self.action.properties.iter().any(|property| {
            property.places.contains(&Location::Query)
                && property.wire_name == query_name
                && self.parameters.contains_key(property.name.as_str())
        })
    }

    /// Puts a property's value where it goes. `parent` and `index` are those of an entry of a collection.
    fn place(
        &mut self,
        property: &'a ActionProperty,
        value: &Value,
        parent: Option<&Value>,
        index: Option<usize>,
    ) {
        let shaped;
        let mut value = value;
        if let Some(template) = &property.value {
            let mut overlay = self.overlay();
            overlay.value = Some(value);
            overlay.parent = parent;
            overlay.index = index;
            match template.evaluate(&overlay, &self.context.limits) {
                // What is undefined is not sent.
                Ok(None) => return,
                Ok(Some(result)) => shaped = result,
                Err(error) => {
                    let message = format!("the expression of `{}` failed: {error}", property.name);
                    let error = BuildError::new("expression-failed", message);
                    self.errors.push(error.parameter(&property.name));
                    return;
                }
            }
            value = &shaped;
        }
        for place in &property.places {
            match place {
                Location::Header | Location::Cookie if value.is_null() => {}
                Location::None => {}
                Location::Path => self.place_in_path(property, value),
                Location::Query => {
                    push_value(&mut self.query, &property.wire_name, value, property.style);
                }
                Location::Header => match header_text(value) {
                    Some(text) => self
                        .headers
                        .push((&property.wire_name, &property.name, text)),
                    None => self.unwritable(property, "a header", value),
                },
                Location::Cookie => match scalar_text(value) {
                    Some(text) => {
                        if !self.cookies.is_empty() {
                            self.cookies.push_str("; ");
                        }
                        self.cookies.push_str(&property.wire_name);
                        self.cookies.push('=');
                        push_cookie(&mut self.cookies, &text);
                    }
                    None => self.unwritable(property, "a cookie", value),
                },
                Location::Body => self.place_in_body(property, value),
            }
        }
        if property.places.is_empty() {
            self.place_children(property, value);
        }
    }

    /// The fields of a collection, each in its own place.
    fn place_children(&mut self, property: &'a ActionProperty, value: &Value) {
        let is_fixed = property.property.kind == PropertyType::FixedCollection;
        for child in &property.children {
            if is_fixed {
                let Some(entries) = value.get(&child.name) else {
                    continue;
                };
                let list = entries.as_array().unwrap_or(std::slice::from_ref(entries));
                for (i, entry) in list.iter().enumerate() {
                    for field in &child.children {
                        if let Some(value) = entry.get(&field.name) {
                            self.place(field, value, Some(entry), Some(i));
                        }
                    }
                }
                continue;
            }
            let list = value.as_array().unwrap_or(std::slice::from_ref(value));
            for (i, entry) in list.iter().enumerate() {
                if let Some(value) = entry.get(&child.name) {
                    self.place(child, value, Some(entry), Some(i));
                }
            }
        }
    }

    fn place_in_path(&mut self, property: &'a ActionProperty, value: &Value) {
        match scalar_text(value) {
            Some(text) => self.path_values.push((&property.name, text)),
            None => self.unwritable(property, "the path", value),
        }
    }

    fn place_in_body(&mut self, property: &'a ActionProperty, value: &Value) {
        if property.property.kind == PropertyType::Binary {
            return self.place_files(property, value);
        }
        if self.action.body_type == BodyType::Text {
            self.body = value.clone();
            return;
        }
        if !matches!(self.body, Value::Object(_) | Value::Null) {
            let message = format!(
                "`{}` cannot be put into the body, which the definition declares as a whole",
                property.name
            );
            let error = BuildError::new("body-is-whole", message);
            self.errors.push(error.parameter(&property.name));
            return;
        }
        property.key.set(&mut self.body, value.clone());
    }

    /// The files that a property names, one or several.
    fn place_files(&mut self, property: &'a ActionProperty, value: &Value) {
        let carries = match self.action.body_type {
            BodyType::Json | BodyType::Form | BodyType::Multipart => true,
            BodyType::Binary => value.as_array().is_none(),
            BodyType::Text | BodyType::None => false,
        };
        if !carries {
            let message = format!(
                "`{}` is a file, which this body cannot carry",
                property.name
            );
            let error = BuildError::new("file-in-text", message).parameter(&property.name);
            self.errors
                .push(error.help("set bodyType to multipart or binary"));
            return;
        }
        let names = value.as_array().unwrap_or(std::slice::from_ref(value));
        for name in names.iter().filter_map(Value::as_str) {
            match self.context.binaries.and_then(|files| files.get(name)) {
                Some(binary) => self.files.push((&property.wire_name, binary.clone())),
                None => {
                    let message = format!("the item has no binary property {name:?}");
                    let error = BuildError::new("missing-binary", message);
                    self.errors.push(error.parameter(&property.name));
                }
            }
        }
    }

    fn unwritable(&mut self, property: &ActionProperty, place: &str, value: &Value) {
        let message = format!(
            "`{}` is {}, which cannot be written into {place}",
            property.name,
            match value {
                Value::Array(_) => "a list",
                Value::Object(_) => "an object",
                _ => "null",
            }
        );
        let error = BuildError::new("unwritable-value", message);
        self.errors.push(error.parameter(&property.name));
    }

    fn finish(mut self) -> Result<RequestSpec, Vec<BuildError>> {
        let url = self.url();
        let body = std::mem::take(&mut self.body);
        let files = std::mem::take(&mut self.files);
        let body = body_of(self.action.body_type, self.action.query_style, &body, files);
        let Some(url) = url.filter(|_| self.errors.is_empty()) else {
            return Err(self.errors);
        };
        let mut spec = RequestSpec::new(self.action.method.clone(), url);
        spec.repeatable = self.action.repeatable;
        for (name, property, value) in self.headers {
            if let Err(error) = spec.set_header(name, value, false) {
                self.errors.push(match property {
                    "" => error,
                    property => error.parameter(property),
                });
            }
        }
        if !self.cookies.is_empty()
            && let Err(error) = spec.set_header("Cookie", self.cookies, false)
        {
            self.errors.push(error);
        }
        let accept = match self.action.response.response_type {
            ResponseType::Json => "application/json",
            ResponseType::Html => "text/html, */*;q=0.1",
            ResponseType::Text | ResponseType::Binary => "*/*",
        };
        let content_type = body.content_type().map(str::to_owned);
        for (name, value) in [
            ("Accept", Some(accept)),
            ("Content-Type", content_type.as_deref()),
        ] {
            if let Some(value) = value
                && spec.header(name).is_none()
                && let Err(error) = spec.set_header(name, value, false)
            {
                self.errors.push(error);
            }
        }
        spec.body = body;
        if self.errors.is_empty() {
            Ok(spec)
        } else {
            Err(self.errors)
        }
    }

    fn url(&mut self) -> Option<Url> {
        let mut url = self.base_url()?;
        let path_start = url.len();
        let mut last = None;
        for segment in &self.action.path {
            match segment {
                Segment::Literal(text) => url.push_str(text),
                Segment::Placeholder(name) => {
                    let value = self
                        .path_values
                        .iter()
                        .find(|(property, _)| property == name);
                    match value.map(|(_, text)| text.as_str()) {
                        None | Some("") => {
                            let message = format!("the path needs a value for `{name}`");
                            let error = BuildError::new("missing-path-value", message);
                            self.errors.push(error.parameter(name));
                        }
                        Some(text) => push_encoded(&mut url, text),
                    }
                    last = Some(name);
                }
            }
            // A whole part of . or .. would be taken out by every client, encoded or not.
            if let Some(name) = last
                && url[path_start..]
                    .split('/')
                    .any(|part| matches!(part, "." | ".."))
            {
                let message =
                    format!("`{name}` would change the path: a part of it becomes . or ..");
                let error = BuildError::new("path-traversal", message);
                self.errors.push(error.parameter(name));
                return None;
            }
        }
        if !self.query.is_empty() {
            url.push('?');
            url.push_str(&self.query);
        }
        match Url::parse(&url) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Some(url),
            Ok(_) => {
                let message = "the base URL must start with http:// or https://";
                self.errors.push(BuildError::new("bad-base-url", message));
                None
            }
            Err(reason) => {
                let error =
                    BuildError::new("bad-base-url", format!("the URL cannot be read: {reason}"));
                self.errors
                    .push(error.help("check the base URL of the service or credential"));
                None
            }
        }
    }

    /// The URL before the path, without a final slash; empty for a path that is a whole URL.
    fn base_url(&mut self) -> Option<String> {
        if let Some(Segment::Literal(text)) = self.action.path.first()
            && (text.starts_with("http://") || text.starts_with("https://"))
        {
            return Some(String::new());
        }
        let action = self.action;
        let template = action.base_url.as_ref();
        let value = template.and_then(|template| self.evaluate(template, "the base URL"));
        let text = value
            .as_ref()
            .and_then(Value::as_str)
            .unwrap_or_default()
            .trim();
        if text.is_empty() {
            if self.errors.is_empty() {
                let error = BuildError::new("no-base-url", "the request has no base URL");
                self.errors
                    .push(match (&action.credential, self.context.credentials) {
                        (Some(credential), None) => error.help(format!(
                            "the node needs a credential of type {}",
                            credential.name
                        )),
                        (Some(credential), Some(_)) => error.help(format!(
                            "fill in the URL of the credential {}",
                            credential.name
                        )),
                        (None, _) => error.help("set request.baseUrl in service.yaml"),
                    });
            }
            return None;
        }
        if text.contains(['?', '#']) {
            let message = "the base URL must not hold a query or a fragment";
            self.errors.push(BuildError::new("bad-base-url", message));
            return None;
        }
        Some(text.trim_end_matches('/').to_owned())
    }
}

/// The text of a header; a list is joined by commas.
fn header_text(value: &Value) -> Option<String> {
    match value {
        Value::Array(list) => {
            let texts: Option<Vec<String>> = list.iter().map(scalar_text).collect();
            texts.map(|texts| texts.join(", "))
        }
        scalar => scalar_text(scalar),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EmptyScope;
    use crate::request::Body;
    use crate::testing::{action, map};

    fn build(yaml: &str, parameters: &str) -> Result<RequestSpec, Vec<BuildError>> {
        let yaml = format!("operation: O\ndescription: d\n{yaml}");
        let scope = EmptyScope;
        build_request(&action(&yaml), &map(parameters), &BuildContext::new(&scope))
    }

    const POST: &str = "request: POST /a/{id}/\nproperties:\n  id: { type: string }\n  q: { type: json, in: query }\n  \
        h: { type: string, in: header, key: X-H }\n  c: { type: string, in: cookie }\n  b: { type: json, key: x.y }\n  \
        l: { type: json, key: { literal: p.q } }\n";

    #[test]
    fn every_value_goes_to_its_place() {
        let spec = build(
            POST,
            r#"{"id":"a b/c","q":{"z":[1]},"h":"v","c":"1;2","b":[null,9007199254740993],"l":false}"#,
        )
        .unwrap();
        assert_eq!(
            spec.url.as_str(),
            "https://a.example/base/a/a%20b%2Fc/?q%5Bz%5D%5B%5D=1"
        );
        assert_eq!(spec.header("x-h"), Some("v"));
        assert_eq!(spec.header("cookie"), Some("c=1%3B2"));
        assert_eq!(spec.header("x-service"), Some("s"));
        assert_eq!(spec.header("content-type"), Some("application/json"));
        assert_eq!(
            spec.body.to_json().map(|body| body.to_string()),
            Some(r#"{"x":{"y":[null,9007199254740993]},"p.q":false}"#.into())
        );
        assert!(!spec.repeatable);
    }

    #[test]
    fn a_path_value_never_changes_the_path() {
        for id in ["..", "."] {
            let errors = build(POST, &format!(r#"{{"id":"{id}"}}"#)).unwrap_err();
            assert_eq!(errors[0].code, "path-traversal");
            assert_eq!(errors[0].parameter.as_deref(), Some("id"));
        }
        for (id, path) in [
            ("../x", "/base/a/..%2Fx/"),
            ("%2e%2e", "/base/a/%252e%252e/"),
            ("a?b#c", "/base/a/a%3Fb%23c/"),
            ("...", "/base/a/.../"),
        ] {
            let spec = build(POST, &format!(r#"{{"id":"{id}"}}"#)).unwrap();
            assert_eq!(spec.url.path(), path);
        }
        assert_eq!(
            build(POST, r#"{"id":""}"#).unwrap_err()[0].code,
            "missing-path-value"
        );
    }

    #[test]
    fn line_breaks_stay_out_of_headers() {
        let errors = build(POST, r#"{"id":"1","h":"a\r\nX-Evil: 1"}"#).unwrap_err();
        assert_eq!(errors[0].code, "bad-header");
        assert_eq!(errors[0].parameter.as_deref(), Some("h"));
    }

    #[test]
    fn nothing_set_means_no_body_and_no_content_type() {
        let spec = build(POST, r#"{"id":"1"}"#).unwrap();
        assert_eq!(spec.body, Body::Empty);
        assert_eq!(spec.header("content-type"), None);
    }

    #[test]
    fn writes_forms_text_and_constants() {
        let form = "request: { method: POST, path: /f, bodyType: form, query: { v: 1, w: 2 }, body: { k: c } }\n\
            properties: { a: { type: json }, w: { type: string, in: query } }\n";
        let spec = build(form, r#"{"a":[1,2],"w":"own"}"#).unwrap();
        assert_eq!(spec.url.query(), Some("v=1&w=own"));
        assert_eq!(
            String::from_utf8(spec.body.to_bytes().unwrap()).unwrap(),
            "k=c&a%5B%5D=1&a%5B%5D=2"
        );
        let text = "request: { method: PUT, path: /t, bodyType: text }\nproperties: { t: { type: string } }\n";
        let spec = build(text, r#"{"t":"x\ny"}"#).unwrap();
        assert_eq!(spec.body, Body::Text("x\ny".into()));
        assert!(spec.repeatable);
    }

    #[test]
    fn the_fields_of_a_collection_find_their_own_places() {
        let yaml = "request: POST /c\nproperties:\n  more:\n    type: collection\n    properties:\n      \
            k1: { type: string }\n      k2: { type: string, in: query }\n  whole:\n    type: collection\n    \
            in: body\n    properties: { x: { type: number } }\n";
        let spec = build(yaml, r#"{"more":{"k1":"1","k2":"2"},"whole":{"x":3}}"#).unwrap();
        assert_eq!(spec.url.query(), Some("k2=2"));
        assert_eq!(
            spec.body.to_json().map(|body| body.to_string()),
            Some(r#"{"k1":"1","whole":{"x":3}}"#.into())
        );
    }

    #[test]
    fn a_delete_has_a_body_only_where_it_is_declared() {
        let yaml = "request: DELETE /d\nproperties: { a: { type: number }, b: { type: number, in: body } }\n";
        let spec = build(yaml, r#"{"a":1,"b":2}"#).unwrap();
        assert_eq!(spec.url.query(), None);
        assert_eq!(
            spec.body.to_json().map(|body| body.to_string()),
            Some(r#"{"a":1,"b":2}"#.into())
        );
        let yaml = "request: DELETE /d\nproperties: { a: { type: number } }\n";
        assert_eq!(build(yaml, r#"{"a":1}"#).unwrap().url.query(), Some("a=1"));
    }
}
