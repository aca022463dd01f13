//! The one adapter that makes the actions of a service a node: `resource` and `operation` choose the action, the other
//! parameters are its properties.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use itemflow_declarative::{Action, ParameterError, ParameterRules, RequestOptions};
use itemflow_expression::Template;
use itemflow_model::definition::{
    CredentialDefinition, NodeDefinition, Property, PropertyType, Resource, Service,
};
use itemflow_model::{Map, Value, did_you_mean};

use crate::action_node::{ActionNode, Authentication, CredentialType, Prototype};
use crate::node::{Node, NodeProblem, NodeType, NodeWithWarnings};
use crate::parameters::{Parameter, Parameters, pointer};

/// Parameters that are not properties of an action.
const OWN: [&str; 3] = ["resource", "operation", "requestOptions"];

/// A service as a node type.
pub struct ServiceType {
    service: Arc<Service>,
    definition: NodeDefinition,
    /// Actions compiled so far, by resource and operation.
    actions: Mutex<HashMap<(String, String), Arc<Action>>>,
}

impl ServiceType {
    /// The node type of a loaded service.
    pub fn new(service: Service) -> Self {
        let resources: Vec<String> = service
            .resources
            .iter()
            .map(|resource| resource.value().into_owned())
            .collect();
        let resources: Vec<&str> = resources.iter().map(String::as_str).collect();
        let definition = NodeDefinition::new(
            &service.file.name,
            &service.display_name(),
            &service.file.description,
        )
        .property(
            "resource",
            Property::choice("What the action works on.", &resources).required(),
        )
        .property(
            "operation",
            Property::of(PropertyType::Options, "What is done with it.").required(),
        )
        .property("requestOptions", RequestOptions::property())
        .credentials(
            &service
                .file
                .credentials
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>(),
        );
        Self {
            service: Arc::new(service),
            definition,
            actions: Mutex::default(),
        }
    }

    /// The service.
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// Whether a workflow means this service by `name`, its own or one of n8n's.
    pub fn is_named(&self, name: &str) -> bool {
        self.service.file.name == name || self.is_alias(name)
    }

    fn is_alias(&self, name: &str) -> bool {
        self.service
            .file
            .aliases
            .nodes
            .iter()
            .any(|alias| alias == name)
    }

    /// An action of the service, compiled.
    ///
    /// # Errors
    /// When there is none, or its definition is at fault.
    pub fn action(&self, resource: &str, operation: &str) -> Result<Arc<Action>, NodeProblem> {
        let key = (resource.to_owned(), operation.to_owned());
        let mut actions = self.actions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(action) = actions.get(&key) {
            return Ok(action.clone());
        }
        let action = Arc::new(self.compile_action(resource, operation)?);
        actions.insert(key, action.clone());
        Ok(action)
    }

    fn compile_action(&self, resource: &str, operation: &str) -> Result<Action, NodeProblem> {
        let name = &self.service.file.name;
        let found = self.service.resource(resource).ok_or_else(|| {
            let values: Vec<_> = self.service.resources.iter().map(Resource::value).collect();
            let message = format!("`{name}` has no resource `{resource}`");
            suggest(
                NodeProblem::error("unknown-resource", "/resource", message),
                resource,
                values.iter().map(|value| &**value),
            )
        })?;
        let broken = |text: String| {
            NodeProblem::error(
                "broken-definition",
                "/operation",
                format!("the definition of `{operation}` is at fault: {text}"),
            )
        };
        let entry = found.action(operation).map_err(|problems| {
            broken(
                problems
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join("; "),
            )
        })?;
        let Some(entry) = entry else {
            let operations = found
                .actions
                .iter()
                .filter_map(|entry| entry.action().ok())
                .map(|action| action.operation.as_str());
            let message = format!("resource `{resource}` has no operation `{operation}`");
            return Err(suggest(
                NodeProblem::error("unknown-operation", "/operation", message),
                operation,
                operations,
            ));
        };
        let file = entry
            .action()
            .map_err(|problems| broken(problems.iter().map(ToString::to_string).collect()))?;
        Action::compile(
            &self.service.file,
            &found.file,
            file,
            &self.service.credentials,
        )
        .map_err(|errors| {
            broken(
                errors
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join("; "),
            )
        })
    }

    /// The credential of a node for an action: by the type's own name, or by one of n8n's that stands for it.
    fn authentication(
        &self,
        action: &Action,
        parameters: &Parameters,
    ) -> Result<Option<Authentication>, NodeProblem> {
        let Some(definition) = action.credential() else {
            return Ok(None);
        };
        let credential_type = self.credential_type(definition);
        match credential_type.named(&parameters.credentials) {
            Some(name) => Ok(Some(Authentication {
                name,
                applies: action.authenticates(),
                credential_type,
            })),
            None => Err(missing_credential(&definition.name, parameters)),
        }
    }

    /// The type of this name among those of the service, or the first that one of n8n's names stands for.
    pub(crate) fn find_credential_type(&self, kind: &str) -> Option<CredentialType> {
        let alias = self.service.file.aliases.credentials.get(kind);
        let own = match alias.and_then(|own| own.as_slice().first()) {
            Some(own) => own,
            None => kind,
        };
        let definition = self
            .service
            .credentials
            .iter()
            .find(|one| one.name == own)?;
        Some(self.credential_type(definition))
    }

    /// With the names that a credential of the type may be stored under: its own, and n8n's that stand for it.
    fn credential_type(&self, definition: &CredentialDefinition) -> CredentialType {
        let aliases = self.service.file.aliases.credentials.iter();
        let standing_for = aliases
            .filter(|(_, own)| own.as_slice().contains(&definition.name))
            .map(|(alias, _)| alias);
        CredentialType {
            kinds: std::iter::once(&definition.name)
                .chain(standing_for)
                .cloned()
                .collect(),
            definition: definition.clone(),
        }
    }
}

impl NodeType for ServiceType {
    fn definition(&self) -> &NodeDefinition {
        &self.definition
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        self.compile_with_warnings(parameters).map(|(node, _)| node)
    }

    fn compile_with_warnings(
        &self,
        parameters: &Parameters,
    ) -> Result<NodeWithWarnings, Vec<NodeProblem>> {
        let mut problems = Vec::new();
        let choice = |name: &str| required_choice(parameters, name);
        let (resource, operation) = match (choice("resource"), choice("operation")) {
            (Ok(resource), Ok(operation)) => (resource, operation),
            (resource, operation) => {
                return Err([resource.err(), operation.err()]
                    .into_iter()
                    .flatten()
                    .collect());
            }
        };
        let action = self
            .action(&resource, &operation)
            .map_err(|problem| vec![problem])?;
        let rules = if self.is_alias(&parameters.type_name) {
            ParameterRules::Alias
        } else {
            ParameterRules::Own
        };

        let given: Map = parameters
            .stored
            .iter()
            .filter(|(name, _)| !OWN.contains(&&***name))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        let (errors, warnings) = action.check_parameters(&given, rules);
        problems.extend(errors.into_iter().map(problem));
        let warnings: Vec<NodeProblem> = warnings
            .into_iter()
            .map(|warning| NodeProblem {
                severity: itemflow_model::Severity::Warning,
                ..problem(warning)
            })
            .collect();

        let options = parameters.parameter("requestOptions", Value::empty_object());
        if let Template::Literal(value) = &options.template
            && let Err(errors) = RequestOptions::parse(value)
        {
            problems.extend(errors.into_iter().map(problem));
        }
        let authentication = self
            .authentication(&action, parameters)
            .unwrap_or_else(|missing| {
                problems.push(missing);
                None
            });
        if !problems.is_empty() {
            problems.extend(warnings);
            return Err(problems);
        }
        let templates = given.keys().filter_map(|name| {
            Some(Parameter {
                name: name.clone(),
                template: parameters.root().get(name)?,
            })
        });
        let prototype = Prototype {
            action,
            rules,
            parameters: templates.collect(),
            options,
            authentication,
        };
        Ok((Box::new(ActionNode(Arc::new(prototype))), warnings))
    }
}

fn required_choice(parameters: &Parameters, name: &str) -> Result<String, NodeProblem> {
    let value = parameters.choice(name, "")?;
    if value.is_empty() {
        return Err(NodeProblem::error(
            "missing-parameter",
            "",
            format!("`{name}` is missing: it chooses the action"),
        )
        .help(format!(
            "`itemflow nodes show {}` lists resources and operations",
            parameters.type_name
        )));
    }
    Ok(value)
}

/// The problem of a node that names no credential of the type it needs.
pub(crate) fn missing_credential(kind: &str, parameters: &Parameters) -> NodeProblem {
    let message = format!("a credential of type `{kind}` is missing");
    let help = match parameters.credentials.keys().next() {
        Some(other) => {
            format!("the node names one of type `{other}`; write `credentials: {{ {kind}: NAME }}`")
        }
        None => format!("write `credentials: {{ {kind}: NAME }}` beside `parameters`"),
    };
    NodeProblem::error("missing-credential", "", message).help(help)
}

fn suggest<'a>(
    problem: NodeProblem,
    word: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> NodeProblem {
    match did_you_mean(word, known.clone()) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help(format!(
            "there are: {}",
            known.collect::<Vec<_>>().join(", ")
        )),
    }
}

/// A fault of a parameter, at its place.
pub(crate) fn problem(error: ParameterError) -> NodeProblem {
    NodeProblem {
        help: error.help,
        ..NodeProblem::error(error.code, pointer(&error.parameter), error.message)
    }
}
