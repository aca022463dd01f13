//! One operation of the document becomes one action.

use indexmap::IndexMap;
use itemflow_model::Value;
use itemflow_model::definition::{
    ActionFile, Key, Location, Property, PropertyOrRef, RequestDeclaration, RequestForm,
    ResponseDeclaration,
};

use super::body::BodyPlan;
use super::context::Context;
use super::output::Output;
use super::part::Part;
use super::path::{self, PathTemplate};
use super::security::{Schemes, Security};
use super::servers::Server;
use crate::limits;
use crate::names::{self, Taken};
use crate::text;

/// An action before its names are settled and what it shares is taken out.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) pointer: String,
    pub(crate) tag: String,
    /// The name that the document gives it.
    pub(crate) id: Option<String>,
    pub(crate) action: ActionFile,
    pub(crate) output: Option<Output>,
    pub(crate) security: Security,
}

/// What is the same for all operations.
pub(crate) struct Service<'s> {
    pub(crate) server: &'s Server,
    pub(crate) schemes: &'s Schemes,
}

/// Where an operation stands.
pub(crate) struct Site<'s> {
    pub(crate) path: &'s str,
    pub(crate) method: &'s str,
    pub(crate) item: &'s Part,
    pub(crate) operation: &'s Part,
}

/// Methods that requests can have.
pub(crate) const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];

impl Context<'_> {
    /// The action of an operation; `None` where no request can be made of it.
    pub(crate) fn draft(&mut self, service: &Service<'_>, site: &Site<'_>) -> Option<Draft> {
        let operation = site.operation;
        self.begin(&operation.pointer);
        let template = match path::parse(site.path) {
            Ok(template) => template,
            Err(reason) => {
                let why = format!("no request can be made of its path: {reason}");
                self.losses.skipped(&operation.pointer, "operation", why);
                return None;
            }
        };
        for remark in &template.remarks {
            self.losses.weakened(&site.item.pointer, "path", *remark);
        }
        self.report_extras(operation);
        let method = site.method.to_uppercase();
        let (parameters, of_body) = self.parameters(site.item, operation);
        let body = match self.request_body(operation) {
            Some(body) => Some(body),
            None if of_body.is_empty() => None,
            None => self.body_of_parameters(operation, &of_body),
        };
        let body = body.filter(|body| {
            let allowed = !matches!(&*method, "GET" | "HEAD" | "OPTIONS");
            if !allowed {
                let why = format!("a {method} request has none");
                self.losses.skipped(&body.pointer, "request body", why);
            }
            allowed
        });
        let by_method = matches!(&*method, "POST" | "PUT" | "PATCH");
        let plan = body
            .as_ref()
            .map(|body| self.plan_body(body, !by_method))
            .unwrap_or_default();
        let mut assembly = Assembly::new(&template);
        let explicit = by_method || body.is_some();
        for parameter in &parameters {
            if parameter.location == Location::Path
                && !template.placeholders.contains_key(&parameter.name)
            {
                let why = format!("the path has no {{{}}}", parameter.name);
                self.losses
                    .skipped(&parameter.part.pointer, "path parameter", why);
                continue;
            }
            let property = self.parameter_property(parameter, explicit);
            if assembly.properties.len() >= limits::FIELDS {
                let why = format!("an action has at most {} properties", limits::FIELDS);
                self.losses
                    .skipped(&parameter.part.pointer, "parameter", why);
                break;
            }
            assembly.add_parameter(parameter.location, &parameter.name, property);
        }
        for name in assembly.undeclared(&template) {
            let why = format!(
                "the path has {{{name}}}, but no parameter of that name; it is taken to be text"
            );
            self.losses
                .weakened(&operation.pointer, "path parameter", why);
        }
        let request = self.request(service, site, &method, template, assembly.add_body(plan));
        let response = self.plan_response(operation);
        let security = self.security(service.schemes, operation);
        let declared = ResponseDeclaration {
            response_type: response.response_type,
            ..ResponseDeclaration::default()
        };
        let (id, title) = self.title(site, &method);
        Some(Draft {
            pointer: operation.pointer.clone(),
            tag: self.tag(site),
            id,
            action: ActionFile {
                description: description(operation, &title),
                operation: title,
                display_name: None,
                deprecated: operation.flag("deprecated") == Some(true),
                use_cases: Vec::new(),
                request,
                credential: None,
                properties: assembly.finish(),
                response: (declared != ResponseDeclaration::default()).then_some(declared),
                troubleshooting: response.failures,
                examples: Vec::new(),
            },
            output: response.output,
            security,
        })
    }

    fn request(
        &mut self,
        service: &Service<'_>,
        site: &Site<'_>,
        method: &str,
        template: PathTemplate,
        mut request: RequestDeclaration,
    ) -> RequestForm {
        let own = self.own_server(service.server, &[site.operation, site.item]);
        if let Some(own) = own {
            request.base_url = match own.constant() {
                Some(url) if own.origin != service.server.origin => {
                    let why = format!("credentials are not sent to {url}, which is another origin");
                    self.losses
                        .weakened(&site.operation.pointer, "server of an operation", why);
                    Some(url)
                }
                _ => Some(own.over_credential()),
            };
        }
        for (name, value) in template.query {
            request.query.insert(name, Value::from(value));
        }
        request.method = method.to_owned();
        request.path = template.text;
        let short = RequestDeclaration {
            method: request.method.clone(),
            path: request.path.clone(),
            ..RequestDeclaration::default()
        };
        if request == short {
            return RequestForm::Short(format!("{} {}", request.method, request.path));
        }
        RequestForm::Long(Box::new(request))
    }

    fn title(&mut self, site: &Site<'_>, method: &str) -> (Option<String>, String) {
        let operation = site.operation;
        let id = operation.text("operationId");
        let of_id = id
            .as_deref()
            .map(names::title)
            .filter(|title| !title.is_empty());
        if let Some(title) = of_id {
            return (id, title);
        }
        let summary = operation
            .text("summary")
            .map(|summary| names::title(&summary));
        let (title, after) = match summary.filter(|title| !title.is_empty()) {
            Some(title) => (title, "its summary"),
            None => (names::title_of_path(method, site.path), "method and path"),
        };
        let why = format!("it has none; the action is named after {after}");
        self.losses.weakened(&operation.pointer, "operationId", why);
        (None, title)
    }

    /// The first tag, else the first part of the path that says something.
    fn tag(&mut self, site: &Site<'_>) -> String {
        let tags = site.operation.texts("tags");
        let mut named = tags.iter().filter(|tag| !names::title(tag).is_empty());
        if let Some(first) = named.next() {
            if named.next().is_some() {
                let why = format!("an action is in one resource, here `{}`", text::line(first));
                self.losses
                    .weakened(&site.operation.pointer, "several tags", why);
            }
            return text::line(first);
        }
        let says_something = |part: &&str| {
            let is_version = part
                .strip_prefix(['v', 'V'])
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
            !part.contains('{') && !is_version && !matches!(*part, "" | "api" | "rest" | "public")
        };
        let path = site.path.split(['?', '#']).next().unwrap_or_default();
        let first = path.split('/').find(says_something).map(names::title);
        first
            .filter(|title| !title.is_empty())
            .unwrap_or_else(|| "General".to_owned())
    }

    /// What an operation says that definitions have no word for; the document as a whole reports webhooks.
    fn report_extras(&mut self, operation: &Part) {
        count(&mut self.callbacks, operation, "callbacks");
        for (_, response) in operation.members_of("responses") {
            count(&mut self.links, &response, "links");
        }
    }
}

fn count(counted: &mut (usize, String), part: &Part, key: &str) {
    let members = part.members_of(key);
    if counted.0 == 0
        && let Some((_, first)) = members.first()
    {
        counted.1.clone_from(&first.pointer);
    }
    counted.0 += members.len();
}

fn description(operation: &Part, title: &str) -> String {
    let long = text::description(&operation.text("description").unwrap_or_default());
    if !long.is_empty() {
        return long;
    }
    let summary = text::line(&operation.text("summary").unwrap_or_default());
    text::sentence(if summary.is_empty() { title } else { &summary })
}

/// The properties of an action under names that are free.
struct Assembly {
    placeholders: IndexMap<String, String>,
    taken: Taken,
    properties: IndexMap<String, PropertyOrRef>,
}

impl Assembly {
    fn new(template: &PathTemplate) -> Self {
        let mut taken = Taken::default();
        for property in template.placeholders.values() {
            taken.claim(property, '_');
        }
        Self {
            placeholders: template.placeholders.clone(),
            taken,
            properties: IndexMap::new(),
        }
    }

    fn add_parameter(&mut self, location: Location, wire: &str, mut property: Property) {
        if location == Location::Path {
            let name = self.placeholders.get(wire).cloned().unwrap_or_default();
            self.properties
                .insert(name, PropertyOrRef::Property(Box::new(property)));
            return;
        }
        let place = match location {
            Location::Query => "query",
            Location::Header => "header",
            Location::Cookie => "cookie",
            _ => "body",
        };
        let name = self.free_name(wire, place);
        set_key(&mut property, &name, wire);
        self.properties
            .insert(name, PropertyOrRef::Property(Box::new(property)));
    }

    /// The name, or one that says the place where another property has the name already.
    fn free_name(&mut self, wire: &str, place: &str) -> String {
        let plain = names::property_name(wire);
        let before = self.taken.has(&plain);
        let wanted = if before {
            format!("{place}_{plain}")
        } else {
            plain
        };
        self.taken.claim(&wanted, '_')
    }

    /// Placeholders without a parameter get one.
    fn undeclared(&mut self, template: &PathTemplate) -> Vec<String> {
        let mut added = Vec::new();
        for (wire, name) in &template.placeholders {
            if !self.properties.contains_key(name) {
                let property = Property::default().required();
                self.properties
                    .insert(name.clone(), PropertyOrRef::Property(Box::new(property)));
                added.push(wire.clone());
            }
        }
        added
    }

    /// Adds what the body needs, and says the request's part of it.
    fn add_body(&mut self, plan: BodyPlan) -> RequestDeclaration {
        let mut request = RequestDeclaration {
            body_type: plan.body_type,
            ..RequestDeclaration::default()
        };
        if let Some(content_type) = plan.content_type {
            request
                .headers
                .insert("Content-Type".into(), Value::from(content_type));
        }
        for (wire, property) in plan.fields {
            self.add_parameter(Location::Body, &wire, property);
        }
        if let Some(property) = plan.whole {
            let name = self.free_name("body", "request");
            if property
                .location
                .as_ref()
                .is_some_and(|place| place.as_slice() == [Location::None])
            {
                let expression = format!("={{{{ $parameter.{name} }}}}");
                request.body = Some(Value::from(expression));
            }
            self.properties
                .insert(name, PropertyOrRef::Property(Box::new(property)));
        }
        request
    }

    /// The properties, those of the path first.
    fn finish(mut self) -> IndexMap<String, PropertyOrRef> {
        let mut ordered = IndexMap::new();
        for name in self.placeholders.values() {
            if let Some(property) = self.properties.shift_remove(name) {
                ordered.insert(name.clone(), property);
            }
        }
        ordered.extend(self.properties);
        ordered
    }
}

fn set_key(property: &mut Property, name: &str, wire: &str) {
    if name == wire {
        return;
    }
    let is_path = wire.contains(['.', '[', ']']);
    property.key = Some(match is_path {
        true => Key::Literal {
            literal: wire.to_owned(),
        },
        false => Key::Path(wire.to_owned()),
    });
}
