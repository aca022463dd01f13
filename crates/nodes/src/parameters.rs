//! `Parameters`: the parameters of one node of a workflow, expressions parsed, defaults at hand.

use std::sync::Arc;

use itemflow_expression::Template;
use itemflow_model::{CredentialRef, Map, Node, Value};

use indexmap::IndexMap;

use crate::action_node::CredentialType;
use crate::node::NodeProblem;

/// What a node type gets to compile a node.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// Version of the type that the node runs as.
    pub version: f64,
    /// Name of the type as the workflow names it, which may be an alias.
    pub type_name: Arc<str>,
    /// Whether failed items become error items.
    pub continue_on_fail: bool,
    /// Credentials by credential type.
    pub credentials: IndexMap<String, CredentialRef>,
    /// The parameters as stored.
    pub stored: Map,
    /// What `nodeCredentialType` names, where a service declares it.
    pub(crate) service_credential: Option<CredentialType>,
    root: Template,
}

impl Parameters {
    /// Parses every expression of a node.
    ///
    /// # Errors
    /// All syntax errors.
    pub fn read(node: &Node) -> Result<Template, Vec<NodeProblem>> {
        Template::parse(&Value::from(node.parameters.clone())).map_err(|errors| {
            errors
                .into_iter()
                .map(|at| NodeProblem {
                    range: Some(at.error.start..at.error.end),
                    help: at.error.help.clone(),
                    ..NodeProblem::error(
                        "expression-syntax",
                        at.pointer,
                        format!("this expression cannot be read: {}", at.error.message),
                    )
                })
                .collect()
        })
    }

    /// The parameters of a node whose expressions have been parsed.
    pub fn new(node: &Node, version: f64, root: Template) -> Self {
        Self {
            version,
            type_name: node.node_type.clone(),
            continue_on_fail: node.continues_on_fail(),
            credentials: node.credentials.clone(),
            stored: node.parameters.clone(),
            service_credential: None,
            root,
        }
    }

    /// All parameters as one template.
    pub fn root(&self) -> &Template {
        &self.root
    }

    /// The parameter at a dotted path (`options.dotNotation`), with the value it has when it is absent.
    pub fn parameter(&self, path: &str, default: impl Into<Value>) -> Parameter {
        let template = self
            .find(path)
            .unwrap_or_else(|| Template::Literal(default.into()));
        Parameter {
            name: path.into(),
            template,
        }
    }

    /// The parameter at a dotted path, if it is stored.
    pub fn find(&self, path: &str) -> Option<Template> {
        path.split('.')
            .try_fold(self.root.clone(), |at, key| at.get(key))
    }

    /// The text of a parameter that selects what the node does (`mode`, `operation`), which cannot be an expression.
    ///
    /// # Errors
    /// A problem when it is an expression or no text.
    pub fn choice(&self, path: &str, default: &str) -> Result<String, NodeProblem> {
        match self.find(path) {
            None => Ok(default.to_owned()),
            Some(Template::Literal(Value::String(text))) => Ok(text.to_string()),
            Some(_) => Err(NodeProblem::error(
                "fixed-parameter",
                pointer(path),
                format!("`{path}` must be a fixed text, not an expression"),
            )),
        }
    }

    /// As [`Parameters::choice`], when it is one of these.
    ///
    /// # Errors
    /// A problem when it is an expression or none of them.
    pub fn one_of(
        &self,
        path: &str,
        default: &str,
        choices: &[&str],
    ) -> Result<String, NodeProblem> {
        let choice = self.choice(path, default)?;
        if choices.contains(&&*choice) {
            return Ok(choice);
        }
        let quoted: Vec<String> = choices.iter().map(|name| format!("`{name}`")).collect();
        let wanted = match quoted.split_last() {
            Some((last, others)) if !others.is_empty() => {
                format!("{} or {last}", others.join(", "))
            }
            _ => quoted.concat(),
        };
        Err(NodeProblem::error(
            "unknown-option",
            pointer(path),
            format!("`{path}` must be {wanted}, not `{choice}`"),
        ))
    }

    /// The elements of a list at a dotted path, for example the `values` of a fixedCollection.
    pub fn list(&self, path: &str) -> Vec<Template> {
        match self.find(path) {
            Some(Template::Literal(Value::Object(one))) => {
                vec![Template::Literal(Value::Object(one))]
            }
            Some(one @ Template::Object(_)) => vec![one],
            Some(list) => list.elements(),
            None => Vec::new(),
        }
    }
}

/// One parameter: its dotted path for messages, and its template.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Dotted path.
    pub name: Arc<str>,
    /// Value or expressions.
    pub template: Template,
}

impl Parameter {
    /// A parameter from a template inside a list, for example an assignment's `value`.
    pub fn inner(
        name: impl Into<Arc<str>>,
        template: Option<Template>,
        default: impl Into<Value>,
    ) -> Self {
        Self {
            name: name.into(),
            template: template.unwrap_or_else(|| Template::Literal(default.into())),
        }
    }
}

/// The JSON pointer of a dotted path.
pub fn pointer(path: &str) -> String {
    format!("/{}", path.replace('.', "/"))
}
