//! Reads the parameters of an HTTP Request node once: which of them count, and what can be known before a run.

use std::collections::BTreeSet;
use std::sync::Arc;

use itemflow_declarative::{Body, ParameterError};
use itemflow_expression::Template;
use itemflow_model::{Value, did_you_mean};

use super::auth::{GenericCredential, KINDS};
use super::body::{BodyTemplate, Multipart};
use super::build::RequestTemplate;
use super::definition::DEFINITION;
use super::pairs::{Naming, Pairs};
use super::run::{Compiled, RequestNode, SettingsTemplate};
use crate::declarative::{missing_credential, problem};
use crate::node::NodeProblem;
use crate::parameters::{Parameter, Parameters, pointer};

/// From this version on, redirects are followed unless the node says otherwise.
const FOLLOWS_SINCE: f64 = 4.0;
/// From this version on, names of a JSON body are paths.
const PATHS_SINCE: f64 = 4.0;
/// From this version on, a part of a multipart body may repeat the name of another.
const PARTS_REPEAT_SINCE: f64 = 4.2;
/// From this version on, the values of a name that is repeated form a list.
const NAMES_COLLECT_SINCE: f64 = 4.3;

/// Parameters that belong to n8n's editor and may be stored all the same.
const EDITOR_ONLY: [&str; 3] = ["curlImport", "httpVariantWarning", "infoMessage"];

/// Makes a node of its parameters, with warnings about those that have no effect.
///
/// # Errors
/// Everything that is wrong with them.
pub(super) fn compile(
    parameters: &Parameters,
) -> Result<(RequestNode, Vec<NodeProblem>), Vec<NodeProblem>> {
    let mut reader = Reader {
        parameters,
        used: BTreeSet::new(),
        problems: Vec::new(),
    };
    let settings = SettingsTemplate::compile(
        reader.parameter("options", Value::empty_object()),
        reader.parameter("requestOptions", Value::empty_object()),
        parameters.version >= FOLLOWS_SINCE,
    );
    let settings = reader.keep_all(settings);
    reader.pagination();
    let credential = reader.credential();
    reader.certificates();
    let mut request = RequestTemplate {
        method: reader.parameter("method", "GET"),
        url: reader.parameter("url", ""),
        query: reader.query(),
        headers: reader.headers(),
        body: reader.body(),
        head: None,
    };
    let prepared = request.prepare(settings.as_ref().and_then(SettingsTemplate::fixed));
    reader.keep_all(prepared);
    let warnings = reader.warnings();
    match settings {
        Some(settings) if reader.problems.is_empty() => {
            let compiled = Compiled {
                request,
                settings,
                credential,
            };
            Ok((RequestNode(Arc::new(compiled)), warnings))
        }
        _ => {
            reader.problems.extend(warnings);
            Err(reader.problems)
        }
    }
}

/// Reads parameters, and notes which of them count and what is wrong with them.
struct Reader<'a> {
    parameters: &'a Parameters,
    used: BTreeSet<&'static str>,
    problems: Vec<NodeProblem>,
}

impl Reader<'_> {
    fn keep<T>(&mut self, result: Result<T, ParameterError>) -> Option<T> {
        self.keep_all(result.map_err(|error| vec![error]))
    }

    fn keep_all<T>(&mut self, result: Result<T, Vec<ParameterError>>) -> Option<T> {
        result
            .map_err(|errors| self.problems.extend(errors.into_iter().map(problem)))
            .ok()
    }

    fn parameter(&mut self, name: &'static str, default: impl Into<Value>) -> Parameter {
        self.used.insert(name);
        self.parameters.parameter(name, default)
    }

    /// A choice that cannot be an expression; the first one is the default.
    fn choice(&mut self, name: &'static str, choices: &[&'static str]) -> &'static str {
        self.used.insert(name);
        match self.parameters.choice(name, choices[0]) {
            Err(problem) => self.problems.push(problem),
            Ok(text) => match choices.iter().find(|choice| **choice == text) {
                Some(choice) => return choice,
                None => {
                    let message = format!("`{name}` must be one of: {}", choices.join(", "));
                    self.problems.push(NodeProblem::error(
                        "unknown-choice",
                        pointer(name),
                        message,
                    ));
                }
            },
        }
        choices[0]
    }

    /// A switch that cannot be an expression; off by default.
    fn switch(&mut self, name: &'static str) -> bool {
        self.used.insert(name);
        match self.parameters.find(name) {
            None | Some(Template::Literal(Value::Null)) => false,
            Some(Template::Literal(Value::Bool(on))) => on,
            Some(Template::Literal(Value::String(text))) if &*text == "true" => true,
            Some(Template::Literal(Value::String(text))) if &*text == "false" => false,
            Some(_) => {
                let message = format!("`{name}` must be true or false, not an expression");
                self.problems.push(NodeProblem::error(
                    "fixed-parameter",
                    pointer(name),
                    message,
                ));
                false
            }
        }
    }

    fn naming(&self) -> Naming {
        if self.parameters.version >= NAMES_COLLECT_SINCE {
            Naming::Collect
        } else {
            Naming::LastWins
        }
    }

    fn listed(&mut self, name: &'static str, naming: Naming) -> Option<Pairs> {
        self.used.insert(name);
        let pairs = Pairs::listed(self.parameters, &format!("{name}.parameters"), naming);
        self.keep(pairs)
    }

    fn json(&mut self, name: &'static str) -> Option<Pairs> {
        self.used.insert(name);
        let pairs = Pairs::json(self.parameters, name);
        self.keep(pairs)
    }

    fn query(&mut self) -> Option<Pairs> {
        if !self.switch("sendQuery") {
            return None;
        }
        match self.choice("specifyQuery", &["keypair", "json"]) {
            "json" => self.json("jsonQuery"),
            _ => self.listed("queryParameters", self.naming()),
        }
    }

    fn headers(&mut self) -> Option<Pairs> {
        if !self.switch("sendHeaders") {
            return None;
        }
        match self.choice("specifyHeaders", &["keypair", "json"]) {
            "json" => self.json("jsonHeaders"),
            _ => self.listed("headerParameters", self.naming()),
        }
    }

    fn body(&mut self) -> BodyTemplate {
        let none = BodyTemplate::Fixed(Body::Empty);
        if !self.switch("sendBody") {
            return none;
        }
        let kinds = [
            "json",
            "form-urlencoded",
            "multipart-form-data",
            "binaryData",
            "raw",
        ];
        let body = match self.choice("contentType", &kinds) {
            "form-urlencoded" => match self.choice("specifyBody", &["keypair", "string"]) {
                "string" => Some(BodyTemplate::FormText(self.parameter("body", ""))),
                _ => self
                    .listed("bodyParameters", self.naming())
                    .map(BodyTemplate::form),
            },
            "multipart-form-data" => {
                self.used.insert("bodyParameters");
                let repeats = self.parameters.version >= PARTS_REPEAT_SINCE;
                let path = "bodyParameters.parameters";
                let parts = Multipart::compile(self.parameters, path, repeats);
                self.keep(parts).map(BodyTemplate::Multipart)
            }
            "binaryData" => Some(BodyTemplate::File(self.parameter("inputDataFieldName", ""))),
            "raw" => Some(BodyTemplate::Raw {
                body: self.parameter("body", ""),
                content_type: self.parameter("rawContentType", ""),
            }),
            _ => self.json_body(),
        };
        body.unwrap_or(none)
    }

    fn json_body(&mut self) -> Option<BodyTemplate> {
        if self.choice("specifyBody", &["keypair", "json"]) == "json" {
            let body = BodyTemplate::json(self.parameter("jsonBody", ""));
            return self.keep(body);
        }
        let naming = if self.parameters.version >= PATHS_SINCE {
            Naming::Paths
        } else {
            Naming::LastWins
        };
        self.listed("bodyParameters", naming)
            .map(BodyTemplate::members)
    }

    fn credential(&mut self) -> Option<GenericCredential> {
        let modes = ["none", "predefinedCredentialType", "genericCredentialType"];
        let parameter = match self.choice("authentication", &modes) {
            "predefinedCredentialType" => "nodeCredentialType",
            "genericCredentialType" => "genericAuthType",
            _ => return None,
        };
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
        if parameter == "nodeCredentialType" || !KINDS.contains(&kind.as_str()) {
            let message = format!("credentials of type `{kind}` are not supported here yet");
            let help = format!(
                "use `genericCredentialType` with one of: {}",
                KINDS.join(", ")
            );
            let unsupported = NodeProblem::error("not-supported", pointer(parameter), message);
            self.problems.push(unsupported.help(help));
            return None;
        }
        match self.parameters.credentials.get(&kind) {
            Some(named) => Some(GenericCredential {
                name: named.name().to_owned(),
                kind,
            }),
            None => {
                self.problems
                    .push(missing_credential(&kind, self.parameters));
                None
            }
        }
    }

    fn certificates(&mut self) {
        if self.switch("provideSslCertificates") {
            self.problems.push(
                NodeProblem::error(
                    "not-supported",
                    pointer("provideSslCertificates"),
                    "credentials of type `httpSslAuth` are not supported here yet",
                )
                .help("put the certificate and its key into `requestOptions.clientCertificate`"),
            );
        }
    }

    fn pagination(&mut self) {
        let path = "options.pagination.pagination";
        let mode = format!("{path}.paginationMode");
        if self.parameters.find(path).is_none() {
            return;
        }
        let mode = self.parameters.find(&mode);
        let mode = mode.as_ref().and_then(Template::as_literal);
        if mode.and_then(Value::as_str) != Some("off") {
            let message = "pagination is not supported here yet: only the first page would come";
            self.problems
                .push(NodeProblem::error("not-supported", pointer(path), message));
        }
    }

    /// What is stored and has no effect.
    fn warnings(&self) -> Vec<NodeProblem> {
        let mut warnings = Vec::new();
        let known: Vec<&str> = DEFINITION.properties.keys().map(String::as_str).collect();
        for name in self.parameters.stored.keys().map(|name| &**name) {
            if self.used.contains(name) || EDITOR_ONLY.contains(&name) {
                continue;
            }
            if known.contains(&name) {
                let message =
                    format!("`{name}` has no effect with the other parameters as they are");
                warnings.push(NodeProblem::warning(
                    "hidden-parameter",
                    pointer(name),
                    message,
                ));
            } else {
                warnings.push(unknown(name, "", &known));
            }
        }
        let options = self.parameters.stored.get("options");
        let known = option_names();
        for name in options.and_then(Value::as_object).into_iter().flatten() {
            if !known.contains(&&**name.0) {
                warnings.push(unknown(name.0, "options.", &known));
            }
        }
        let sends = "sendCredentialsOnCrossOriginRedirect";
        if options.and_then(|options| options.get(sends)) == Some(&Value::Bool(true)) {
            let message = format!("`{sends}` has no effect: credentials never leave their origin");
            let place = pointer(&format!("options.{sends}"));
            warnings.push(NodeProblem::warning("ignored-option", place, message));
        }
        if options.and_then(|options| options.get("lowercaseHeaders")) == Some(&Value::Bool(false))
        {
            let message =
                "header names travel in lower case all the same; to services both are one";
            let place = pointer("options.lowercaseHeaders");
            warnings.push(NodeProblem::warning("ignored-option", place, message));
        }
        warnings
    }
}

/// The members that `options` may have.
fn option_names() -> Vec<&'static str> {
    let options = DEFINITION.properties.get("options");
    let fields = options.map(|options| options.properties.keys());
    fields.into_iter().flatten().map(String::as_str).collect()
}

fn unknown(name: &str, prefix: &str, known: &[&str]) -> NodeProblem {
    let place = pointer(&format!("{prefix}{name}"));
    let message = format!("`{prefix}{name}` is no parameter of this node and has no effect");
    let warning = NodeProblem::warning("unknown-parameter", place, message);
    match did_you_mean(name, known.iter().copied()) {
        Some(near) => warning.help(format!("did you mean `{near}`?")),
        None => warning,
    }
}
