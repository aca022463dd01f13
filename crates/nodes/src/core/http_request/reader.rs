//! `Reader`: reads the parameters of a node that sends requests once, and notes which of them count and what is wrong.

use std::collections::BTreeSet;

use itemflow_declarative::ParameterError;
use itemflow_expression::Template;
use itemflow_model::definition::{NodeDefinition, Property, PropertyOrRef};
use itemflow_model::{Value, did_you_mean};

use super::auth::{KINDS, NodeCredential};
use super::pairs::{Naming, Pairs};
use crate::declarative::{missing_credential, problem};
use crate::node::NodeProblem;
use crate::parameters::{Parameter, Parameters, pointer};

/// Parameters that belong to n8n's editor and may be stored all the same.
const EDITOR_ONLY: [&str; 3] = ["curlImport", "httpVariantWarning", "infoMessage"];

/// Reads parameters, and notes which of them count and what is wrong with them.
pub(crate) struct Reader<'a> {
    pub(crate) parameters: &'a Parameters,
    pub(crate) problems: Vec<NodeProblem>,
    definition: &'static NodeDefinition,
    used: BTreeSet<&'static str>,
    ignored: Vec<NodeProblem>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(parameters: &'a Parameters, definition: &'static NodeDefinition) -> Self {
        Self {
            parameters,
            problems: Vec::new(),
            definition,
            used: BTreeSet::new(),
            ignored: Vec::new(),
        }
    }

    /// The value, with its fault noted if it has one.
    pub(crate) fn keep<T>(&mut self, result: Result<T, ParameterError>) -> Option<T> {
        self.keep_all(result.map_err(|error| vec![error]))
    }

    /// As [`Reader::keep`], with all faults.
    pub(crate) fn keep_all<T>(&mut self, result: Result<T, Vec<ParameterError>>) -> Option<T> {
        result
            .map_err(|errors| self.problems.extend(errors.into_iter().map(problem)))
            .ok()
    }

    /// Notes that a parameter counts.
    pub(crate) fn uses(&mut self, name: &'static str) {
        self.used.insert(name);
    }

    /// Notes an option that changes nothing.
    pub(crate) fn ignored(&mut self, path: &str, message: String) {
        let warning = NodeProblem::warning("ignored-option", pointer(path), message);
        self.ignored.push(warning);
    }

    pub(crate) fn parameter(&mut self, name: &'static str, default: impl Into<Value>) -> Parameter {
        self.used.insert(name);
        self.parameters.parameter(name, default)
    }

    /// A choice that cannot be an expression; the first one is the default.
    pub(crate) fn choice(&mut self, name: &'static str, choices: &[&'static str]) -> &'static str {
        self.used.insert(name);
        match self.parameters.choice(name, choices[0]) {
            Err(problem) => self.problems.push(problem),
            Ok(text) => match choices.iter().find(|choice| **choice == text) {
                Some(choice) => return choice,
                None => {
                    let message = format!("`{name}` must be one of: {}", choices.join(", "));
                    let place = pointer(name);
                    let unknown = NodeProblem::error("unknown-choice", place, message);
                    self.problems.push(unknown);
                }
            },
        }
        choices[0]
    }

    /// A switch that cannot be an expression; off by default.
    pub(crate) fn switch(&mut self, name: &'static str) -> bool {
        self.used.insert(name);
        match self.parameters.find(name) {
            None | Some(Template::Literal(Value::Null)) => false,
            Some(Template::Literal(Value::Bool(on))) => on,
            Some(Template::Literal(Value::String(text))) if &*text == "true" => true,
            Some(Template::Literal(Value::String(text))) if &*text == "false" => false,
            Some(_) => {
                let message = format!("`{name}` must be true or false, not an expression");
                let fixed = NodeProblem::error("fixed-parameter", pointer(name), message);
                self.problems.push(fixed);
                false
            }
        }
    }

    /// The pairs of a list such as `queryParameters.parameters`.
    pub(crate) fn listed(
        &mut self,
        name: &'static str,
        list: &str,
        naming: Naming,
    ) -> Option<Pairs> {
        self.used.insert(name);
        let pairs = Pairs::listed(self.parameters, &format!("{name}.{list}"), naming);
        self.keep(pairs)
    }

    /// As [`Reader::listed`], and nothing where none are stored.
    pub(crate) fn listed_if_stored(
        &mut self,
        name: &'static str,
        list: &str,
        naming: Naming,
    ) -> Option<Pairs> {
        self.used.insert(name);
        self.parameters.find(&format!("{name}.{list}"))?;
        self.listed(name, list, naming)
    }

    /// The credential of a type, which the node must name.
    pub(crate) fn generic_credential(
        &mut self,
        parameter: &'static str,
        kind: &str,
    ) -> Option<NodeCredential> {
        if !KINDS.contains(&kind) {
            let message = format!("credentials of type `{kind}` are not supported here yet");
            let help = format!(
                "use `genericCredentialType` with one of: {}",
                KINDS.join(", ")
            );
            let unsupported = NodeProblem::error("not-supported", pointer(parameter), message);
            self.problems.push(unsupported.help(help));
            return None;
        }
        let named = self.parameters.credentials.get(kind);
        let credential = named.map(|named| NodeCredential::Generic {
            name: named.name().to_owned(),
            kind: kind.to_owned(),
        });
        self.named(kind, credential)
    }

    /// The credential that `genericAuthType` or `nodeCredentialType` chooses.
    pub(crate) fn chosen_credential(&mut self, parameter: &'static str) -> Option<NodeCredential> {
        self.used.insert(parameter);
        let kind = match self.parameters.choice(parameter, "") {
            Ok(kind) if !kind.is_empty() => kind,
            Ok(_) => {
                let message = format!("`{parameter}` is missing: it names the type of credential");
                let missing = NodeProblem::error("missing-parameter", pointer(parameter), message);
                self.problems.push(missing);
                return None;
            }
            Err(problem) => {
                self.problems.push(problem);
                return None;
            }
        };
        let declared = self.parameters.service_credential.as_ref();
        let Some(declared) = declared.filter(|_| parameter == "nodeCredentialType") else {
            return self.generic_credential(parameter, &kind);
        };
        let name = declared.named(&self.parameters.credentials);
        let credential = name.map(|name| NodeCredential::Service {
            credential_type: Box::new(declared.clone()),
            name,
        });
        self.named(&kind, credential)
    }

    fn named(&mut self, kind: &str, credential: Option<NodeCredential>) -> Option<NodeCredential> {
        if credential.is_none() {
            let missing = missing_credential(kind, self.parameters);
            self.problems.push(missing);
        }
        credential
    }

    /// What is stored and has no effect.
    pub(crate) fn warnings(&self) -> Vec<NodeProblem> {
        let version = self.parameters.version;
        let mut warnings = Vec::new();
        let properties = self.definition.properties.iter();
        let known: Vec<(&str, &Property)> = properties
            .map(|(name, property)| (name.as_str(), property))
            .collect();
        for name in self.parameters.stored.keys().map(|name| &**name) {
            if self.used.contains(name) || EDITOR_ONLY.contains(&name) {
                continue;
            }
            let of_version = known
                .iter()
                .any(|(known, property)| *known == name && property.is_in_version(version));
            if of_version {
                let message =
                    format!("`{name}` has no effect with the other parameters as they are");
                let place = pointer(name);
                warnings.push(NodeProblem::warning("hidden-parameter", place, message));
            } else {
                warnings.push(self.unknown(name, "", &known));
            }
        }
        let known: Vec<(&str, &Property)> = options(self.definition).collect();
        let stored = self.parameters.stored.get("options");
        for name in stored.and_then(Value::as_object).into_iter().flatten() {
            let is_known = known
                .iter()
                .any(|(known, property)| *known == &**name.0 && property.is_in_version(version));
            if !is_known {
                warnings.push(self.unknown(name.0, "options.", &known));
            }
        }
        warnings.extend(self.ignored.iter().cloned());
        warnings
    }

    fn unknown(&self, name: &str, prefix: &str, known: &[(&str, &Property)]) -> NodeProblem {
        let place = pointer(&format!("{prefix}{name}"));
        let version = self.parameters.version;
        if known.iter().any(|(known, _)| *known == name) {
            let message = format!(
                "`{prefix}{name}` belongs to another version of this node and has no effect in version {version}"
            );
            let warning = NodeProblem::warning("unknown-parameter", place, message);
            return warning.help(
                "n8n drops it as well; to have it count, set `typeVersion` to the version that it was written for",
            );
        }
        let message = format!("`{prefix}{name}` is no parameter of this node and has no effect");
        let warning = NodeProblem::warning("unknown-parameter", place, message);
        let of_version = known
            .iter()
            .filter(|(_, property)| property.is_in_version(version))
            .map(|(known, _)| *known);
        match did_you_mean(name, of_version) {
            Some(near) => warning.help(format!("did you mean `{near}`?")),
            None => warning,
        }
    }
}

/// The members that `options` may have.
fn options(definition: &NodeDefinition) -> impl Iterator<Item = (&str, &Property)> {
    let options = definition.properties.get("options");
    let fields = options.map(|options| options.properties.iter());
    fields
        .into_iter()
        .flatten()
        .filter_map(|(name, field)| match field {
            PropertyOrRef::Property(property) => Some((name.as_str(), &**property)),
            PropertyOrRef::Ref(_) => None,
        })
}
