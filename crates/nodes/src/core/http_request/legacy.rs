//! Versions 1 and 2 of HTTP Request: their parameters, and what they make of an answer.

use itemflow_declarative::{Body, Response, body_file, body_json, body_text, status_failure};
use itemflow_model::{ErrorInfo, Map, Value};

use super::auth::NodeCredential;
use super::body::BodyTemplate;
use super::build::RequestTemplate;
use super::compile::credential;
use super::pairs::{IfEmpty, Naming, Pairs};
use super::reader::Reader;
use super::receive::{Received, full, item};
use super::run::{Compiled, SettingsTemplate};
use super::settings::{Format, ResponseSettings, Rules};
use crate::node::NodeProblem;
use crate::parameters::pointer;

/// The group of the lists of names and values.
const LIST: &str = "parameter";
/// From this version on, a credential type is chosen as in version 3.
const CHOOSES_TYPE_SINCE: f64 = 2.0;

/// Reads the parameters of version 1 or 2.
pub(super) fn compile(reader: &mut Reader<'_>) -> Option<Compiled> {
    let sources = vec![
        reader.parameter("options", Value::empty_object()),
        reader.parameter("requestOptions", Value::empty_object()),
        reader.parameter("allowUnauthorizedCerts", false),
        reader.parameter("responseFormat", "json"),
        reader.parameter("dataPropertyName", "data"),
    ];
    let settings = SettingsTemplate::compile(sources, Rules::Legacy);
    let settings = reader.keep_all(settings);
    let is_json = reader.switch("jsonParameters");
    let method = reader.parameter("requestMethod", "GET");
    let url = reader.parameter("url", "");
    let mut request = RequestTemplate::new(method, url);
    request.headers_parameter = if is_json {
        "headerParametersJson"
    } else {
        "headerParametersUi"
    };
    request.query = match is_json {
        true => json(reader, "queryParametersJson"),
        false => reader.listed_if_stored("queryParametersUi", LIST, Naming::Collect),
    };
    request.headers = match is_json {
        true => json(reader, "headerParametersJson"),
        false => reader.listed_if_stored("headerParametersUi", LIST, Naming::LastWins),
    };
    request.body = body(reader, is_json);
    let custom = reader
        .parameters
        .parameter("options.bodyContentCustomMimeType", "");
    request.content_type = Some(custom);
    Some(Compiled {
        request,
        settings: settings?,
        credential: old_credential(reader),
        receive: Box::new(receive),
        once: false,
    })
}

fn json(reader: &mut Reader<'_>, name: &'static str) -> Option<Pairs> {
    let pairs = Pairs::json(reader.parameter(name, ""), IfEmpty::Skipped);
    reader.keep(pairs)
}

/// The body of PATCH, POST and PUT in any encoding; that of DELETE is JSON.
fn body(reader: &mut Reader<'_>, is_json: bool) -> BodyTemplate {
    let none = || BodyTemplate::Fixed(Body::Empty);
    let kinds = ["json", "raw", "multipart-form-data", "form-urlencoded"];
    let kind = content_type(reader, &kinds);
    let sends_file = is_json && reader.switch("sendBinaryData");
    let deleted = match is_json {
        true => json_body(reader, kind == "raw"),
        false => members(reader).map(BodyTemplate::members),
    };
    let written = if sends_file {
        file(reader, kind)
    } else if !is_json {
        members(reader).map(|pairs| encoded(pairs, kind))
    } else {
        match kind {
            "raw" => Some(BodyTemplate::Raw {
                body: reader.parameter("bodyParametersJson", ""),
                content_type: None,
            }),
            "json" => json_body(reader, false),
            _ => json(reader, "bodyParametersJson").map(|pairs| encoded(pairs, kind)),
        }
    };
    let bodies = [written, deleted].map(|body| body.unwrap_or_else(none));
    BodyTemplate::ByMethod(Box::new(bodies))
}

fn members(reader: &mut Reader<'_>) -> Option<Pairs> {
    reader.listed_if_stored("bodyParametersUi", LIST, Naming::LastWins)
}

fn json_body(reader: &mut Reader<'_>, may_be_text: bool) -> Option<BodyTemplate> {
    let parameter = reader.parameter("bodyParametersJson", "");
    match BodyTemplate::json(parameter, IfEmpty::Skipped) {
        // It is meant as text for the other methods, and no fault of theirs.
        Err(_) if may_be_text => None,
        body => reader.keep(body),
    }
}

fn encoded(pairs: Pairs, kind: &str) -> BodyTemplate {
    match kind {
        "form-urlencoded" => BodyTemplate::form(pairs),
        "multipart-form-data" => BodyTemplate::Fields(pairs),
        _ => BodyTemplate::members(pairs),
    }
}

fn file(reader: &mut Reader<'_>, kind: &str) -> Option<BodyTemplate> {
    let name = reader.parameter("binaryPropertyName", "data");
    match kind {
        "raw" => Some(BodyTemplate::File(name)),
        "multipart-form-data" => Some(BodyTemplate::Files(name)),
        _ => {
            let message = "a file can be sent as `raw` or `multipart-form-data` only";
            let place = pointer("sendBinaryData");
            let fault = NodeProblem::error("bad-option", place, message)
                .help("set `options.bodyContentType`");
            reader.problems.push(fault);
            None
        }
    }
}

fn content_type(reader: &mut Reader<'_>, kinds: &[&'static str]) -> &'static str {
    let path = "options.bodyContentType";
    match reader.parameters.choice(path, kinds[0]) {
        Err(problem) => reader.problems.push(problem),
        Ok(text) => match kinds.iter().find(|kind| **kind == text) {
            Some(kind) => return kind,
            None => {
                let message = format!("`{path}` must be one of: {}", kinds.join(", "));
                let unknown = NodeProblem::error("unknown-choice", pointer(path), message);
                reader.problems.push(unknown);
            }
        },
    }
    kinds[0]
}

/// The credential that `authentication` names: version 1 has one type for each of its values.
fn old_credential(reader: &mut Reader<'_>) -> Option<NodeCredential> {
    if reader.parameters.version >= CHOOSES_TYPE_SINCE {
        return credential(reader);
    }
    let kind = old_kind(reader, &[])?;
    reader.generic_credential("authentication", kind)
}

/// The type of credential that `authentication` means in old nodes.
pub(crate) fn old_kind(reader: &mut Reader<'_>, further: &[&'static str]) -> Option<&'static str> {
    let mut choices = vec![
        "none",
        "basicAuth",
        "digestAuth",
        "headerAuth",
        "oAuth1",
        "oAuth2",
        "queryAuth",
    ];
    choices.extend(further);
    Some(match reader.choice("authentication", &choices) {
        "basicAuth" => "httpBasicAuth",
        "customAuth" => "httpCustomAuth",
        "digestAuth" => "httpDigestAuth",
        "headerAuth" => "httpHeaderAuth",
        "oAuth1" => "oAuth1Api",
        "oAuth2" => "oAuth2Api",
        "queryAuth" => "httpQueryAuth",
        _ => return None,
    })
}

/// Makes items of an answer: always one, unless JSON lists are to be split.
///
/// # Errors
/// A status outside 2xx unless it is let pass, and a body that is not JSON where it should be.
fn receive(response: &Response, settings: &ResponseSettings) -> Result<Received, ErrorInfo> {
    if !response.is_success() && !settings.never_error {
        return Err(status_failure(response));
    }
    let body = match settings.format {
        Format::File => {
            return Ok(Received::File {
                json: settings.full.then(|| full(response, None)),
                file: body_file(response),
            });
        }
        Format::Text => read_as_text(response),
        Format::Json | Format::Autodetect if response.body.is_empty() => Value::empty_object(),
        Format::Json | Format::Autodetect => body_json(response)?,
    };
    let name: &str = match settings.format {
        Format::Text => &settings.property,
        _ => "body",
    };
    if settings.full {
        return Ok(Received::Items(vec![full(response, Some((name, body)))]));
    }
    Ok(Received::Items(match body {
        body if settings.format == Format::Text => {
            let json: Map = [(name.into(), body)].into_iter().collect();
            vec![json.into()]
        }
        Value::Array(list) if settings.splits => list.iter().map(item).collect(),
        // n8n's item holds the list itself.
        Value::Array(list) => vec![Value::Array(list)],
        other => vec![item(&other)],
    }))
}

/// Text, or the value that it stands for where it is a JSON object or list, as n8n's client reads it.
fn read_as_text(response: &Response) -> Value {
    let text = body_text(response);
    let is_structure = text.trim_start().starts_with(['{', '[']);
    match is_structure.then(|| body_json(response)) {
        Some(Ok(value)) => value,
        _ => Value::from(text),
    }
}
