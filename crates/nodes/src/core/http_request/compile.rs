//! Reads the parameters of an HTTP Request node once: which of them count, and what can be known before a run.

use std::sync::Arc;

use itemflow_declarative::Body;
use itemflow_expression::Template;
use itemflow_model::Value;

use super::auth::NodeCredential;
use super::body::{BodyTemplate, Multipart};
use super::build::RequestTemplate;
use super::definition::DEFINITION;
use super::legacy;
use super::pairs::{IfEmpty, Naming, Pairs};
use super::reader::Reader;
use super::receive;
use super::run::{Compiled, RequestNode, SettingsTemplate};
use super::settings::Rules;
use crate::node::NodeProblem;
use crate::parameters::{Parameters, pointer};

/// The group of the lists of names and values.
const LIST: &str = "parameters";
/// The first version with today's parameters.
const CURRENT_SINCE: f64 = 3.0;
/// From this version on, redirects are followed unless the node says otherwise.
const FOLLOWS_SINCE: f64 = 4.0;
/// From this version on, names of a JSON body are paths.
const PATHS_SINCE: f64 = 4.0;
/// From this version on, a part of a multipart body may repeat the name of another.
const PARTS_REPEAT_SINCE: f64 = 4.2;
/// From this version on, the values of a name that is repeated form a list.
const NAMES_COLLECT_SINCE: f64 = 4.3;

/// Makes a node of its parameters, with warnings about those that have no effect.
///
/// # Errors
/// Everything that is wrong with them.
pub(super) fn compile(
    parameters: &Parameters,
) -> Result<(RequestNode, Vec<NodeProblem>), Vec<NodeProblem>> {
    let mut reader = Reader::new(parameters, &DEFINITION);
    let compiled = if parameters.version < CURRENT_SINCE {
        legacy::compile(&mut reader)
    } else {
        current(&mut reader)
    };
    finish(reader, compiled)
}

/// The node, if nothing is wrong with it.
pub(crate) fn finish(
    mut reader: Reader<'_>,
    compiled: Option<Compiled>,
) -> Result<(RequestNode, Vec<NodeProblem>), Vec<NodeProblem>> {
    let compiled = compiled.and_then(|mut compiled| {
        let fixed = compiled.settings.fixed();
        let prepared = compiled.request.prepare(fixed);
        reader.keep_all(prepared)?;
        Some(compiled)
    });
    let warnings = reader.warnings();
    match compiled {
        Some(compiled) if reader.problems.is_empty() => {
            Ok((RequestNode(Arc::new(compiled)), warnings))
        }
        _ => {
            reader.problems.extend(warnings);
            Err(reader.problems)
        }
    }
}

fn current(reader: &mut Reader<'_>) -> Option<Compiled> {
    let sources = vec![
        reader.parameter("options", Value::empty_object()),
        reader.parameter("requestOptions", Value::empty_object()),
    ];
    let follows = reader.parameters.version >= FOLLOWS_SINCE;
    let settings = SettingsTemplate::compile(sources, Rules::Current { follows });
    let settings = reader.keep_all(settings);
    pagination(reader);
    let credential = credential(reader);
    certificates(reader);
    warn(reader);
    let request = RequestTemplate {
        query: query(reader),
        headers: headers(reader),
        body: body(reader),
        ..RequestTemplate::new(
            reader.parameter("method", "GET"),
            reader.parameter("url", ""),
        )
    };
    Some(Compiled {
        request,
        settings: settings?,
        credential,
        receive: Box::new(receive::receive),
        once: false,
    })
}

fn query(reader: &mut Reader<'_>) -> Option<Pairs> {
    if !reader.switch("sendQuery") {
        return None;
    }
    match reader.choice("specifyQuery", &["keypair", "json"]) {
        "json" => json(reader, "jsonQuery"),
        _ => reader.listed("queryParameters", LIST, naming(reader)),
    }
}

fn headers(reader: &mut Reader<'_>) -> Option<Pairs> {
    if !reader.switch("sendHeaders") {
        return None;
    }
    match reader.choice("specifyHeaders", &["keypair", "json"]) {
        "json" => json(reader, "jsonHeaders"),
        _ => reader.listed("headerParameters", LIST, naming(reader)),
    }
}

fn body(reader: &mut Reader<'_>) -> BodyTemplate {
    let none = BodyTemplate::Fixed(Body::Empty);
    if !reader.switch("sendBody") {
        return none;
    }
    let kinds = [
        "json",
        "form-urlencoded",
        "multipart-form-data",
        "binaryData",
        "raw",
    ];
    let body = match reader.choice("contentType", &kinds) {
        "form-urlencoded" => match reader.choice("specifyBody", &["keypair", "string"]) {
            "string" => Some(BodyTemplate::FormText(reader.parameter("body", ""))),
            _ => reader
                .listed("bodyParameters", LIST, naming(reader))
                .map(BodyTemplate::form),
        },
        "multipart-form-data" => {
            reader.uses("bodyParameters");
            let repeats = reader.parameters.version >= PARTS_REPEAT_SINCE;
            let path = "bodyParameters.parameters";
            let parts = Multipart::compile(reader.parameters, path, repeats);
            reader.keep(parts).map(BodyTemplate::Multipart)
        }
        "binaryData" => Some(BodyTemplate::File(
            reader.parameter("inputDataFieldName", ""),
        )),
        "raw" => Some(BodyTemplate::Raw {
            body: reader.parameter("body", ""),
            content_type: Some(reader.parameter("rawContentType", "")),
        }),
        _ => json_body(reader),
    };
    body.unwrap_or(none)
}

fn json_body(reader: &mut Reader<'_>) -> Option<BodyTemplate> {
    if reader.choice("specifyBody", &["keypair", "json"]) == "json" {
        let body = BodyTemplate::json(reader.parameter("jsonBody", ""), IfEmpty::Refused);
        return reader.keep(body);
    }
    let naming = if reader.parameters.version >= PATHS_SINCE {
        Naming::Paths
    } else {
        Naming::LastWins
    };
    let members = reader.listed("bodyParameters", LIST, naming);
    members.map(BodyTemplate::members)
}

fn json(reader: &mut Reader<'_>, name: &'static str) -> Option<Pairs> {
    let pairs = Pairs::json(reader.parameter(name, ""), IfEmpty::Refused);
    reader.keep(pairs)
}

fn naming(reader: &Reader<'_>) -> Naming {
    if reader.parameters.version >= NAMES_COLLECT_SINCE {
        Naming::Collect
    } else {
        Naming::LastWins
    }
}

/// The credential that `authentication` asks for, in version 2 and from 3 on.
pub(crate) fn credential(reader: &mut Reader<'_>) -> Option<NodeCredential> {
    let modes = ["none", "predefinedCredentialType", "genericCredentialType"];
    match reader.choice("authentication", &modes) {
        "predefinedCredentialType" => reader.chosen_credential("nodeCredentialType"),
        "genericCredentialType" => reader.chosen_credential("genericAuthType"),
        _ => None,
    }
}

fn certificates(reader: &mut Reader<'_>) {
    if reader.switch("provideSslCertificates") {
        reader.problems.push(
            NodeProblem::error(
                "not-supported",
                pointer("provideSslCertificates"),
                "credentials of type `httpSslAuth` are not supported here yet",
            )
            .help("put the certificate and its key into `requestOptions.clientCertificate`"),
        );
    }
}

fn pagination(reader: &mut Reader<'_>) {
    let path = "options.pagination.pagination";
    let mode = format!("{path}.paginationMode");
    if reader.parameters.find(path).is_none() {
        return;
    }
    let mode = reader.parameters.find(&mode);
    let mode = mode.as_ref().and_then(Template::as_literal);
    if mode.and_then(Value::as_str) != Some("off") {
        let message = "pagination is not supported here yet: only the first page would come";
        let unsupported = NodeProblem::error("not-supported", pointer(path), message);
        reader.problems.push(unsupported);
    }
}

/// Warns about options that are known and change nothing.
fn warn(reader: &mut Reader<'_>) {
    let options = reader.parameters.stored.get("options");
    let stored = |name: &str| options.and_then(|options| options.get(name)).cloned();
    let sends = "sendCredentialsOnCrossOriginRedirect";
    if stored(sends) == Some(Value::Bool(true)) {
        let message = format!("`{sends}` has no effect: credentials never leave their origin");
        reader.ignored(&format!("options.{sends}"), message);
    }
    if stored("lowercaseHeaders") == Some(Value::Bool(false)) {
        let message = "header names travel in lower case all the same; to services both are one";
        reader.ignored("options.lowercaseHeaders", message.into());
    }
}
