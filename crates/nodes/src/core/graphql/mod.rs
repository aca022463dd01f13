//! GraphQL (`graphql`): sends a query with its variables to a GraphQL service for each item. It is an HTTP request with a
//! body and an answer of their own.

mod body;
mod definition;

use itemflow_declarative::{Response, body_json, body_text};
use itemflow_model::definition::NodeDefinition;
use itemflow_model::{ErrorInfo, Map, Value};

use self::body::GraphQlBody;
use super::http_request::auth::NodeCredential;
use super::http_request::body::BodyTemplate;
use super::http_request::build::RequestTemplate;
use super::http_request::compile::finish;
use super::http_request::legacy::old_kind;
use super::http_request::pairs::{Naming, Pair, Pairs, is_blank};
use super::http_request::reader::Reader;
use super::http_request::receive::{Received, item};
use super::http_request::run::{Compiled, SettingsTemplate};
use super::http_request::settings::{Format, ResponseSettings, Rules};
use crate::node::{Node, NodeProblem, NodeType, NodeWithWarnings};
use crate::parameters::{Parameter, Parameters};

/// From this version on, a query is sent as JSON unless the node says otherwise.
const JSON_SINCE: f64 = 1.1;
/// Most messages of a service that an error repeats.
const MAX_MESSAGES: usize = 10;

pub(crate) struct GraphQl;

impl NodeType for GraphQl {
    fn definition(&self) -> &NodeDefinition {
        &definition::DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        self.compile_with_warnings(parameters).map(|(node, _)| node)
    }

    fn compile_with_warnings(
        &self,
        parameters: &Parameters,
    ) -> Result<NodeWithWarnings, Vec<NodeProblem>> {
        let mut reader = Reader::new(parameters, &definition::DEFINITION);
        let compiled = compile(&mut reader);
        let (node, warnings) = finish(reader, compiled)?;
        Ok((Box::new(node), warnings))
    }
}

fn compile(reader: &mut Reader<'_>) -> Option<Compiled> {
    let sources = vec![
        reader.parameter("allowUnauthorizedCerts", false),
        reader.parameter("responseFormat", "json"),
        reader.parameter("dataPropertyName", "data"),
        reader.parameter("requestOptions", Value::empty_object()),
    ];
    let settings = SettingsTemplate::compile(sources, Rules::GraphQl);
    let settings = reader.keep_all(settings);
    let credential = credential(reader);
    let method = reader.choice("requestMethod", &["POST", "GET"]);
    let query = reader.parameter("query", "");
    if query.template.as_literal().is_some_and(is_blank) {
        let message = "`query` is missing: it is what the service is asked";
        let missing = NodeProblem::error("missing-parameter", "/query", message);
        reader.problems.push(missing);
    }
    let endpoint = reader.parameter("endpoint", "");
    let mut request =
        RequestTemplate::new(Parameter::inner("requestMethod", None, method), endpoint);
    request.headers_parameter = "headerParametersUi";
    request.headers = reader.listed_if_stored("headerParametersUi", "parameter", Naming::LastWins);
    if method == "GET" {
        let name = Parameter::inner("query", None, "query");
        request.query = Some(Pairs::Listed {
            pairs: vec![Pair { name, value: query }],
            naming: Naming::LastWins,
        });
    } else if format(reader) == "json" {
        request.body = BodyTemplate::Made(Box::new(GraphQlBody {
            query,
            variables: reader.parameter("variables", ""),
            operation_name: reader.parameter("operationName", ""),
        }));
    } else {
        request.body = BodyTemplate::Raw {
            body: query,
            content_type: Some(Parameter::inner(
                "requestFormat",
                None,
                "application/graphql",
            )),
        };
    }
    Some(Compiled {
        request,
        settings: settings?,
        credential,
        receive: Box::new(receive),
        once: false,
    })
}

fn format(reader: &mut Reader<'_>) -> &'static str {
    let formats = if reader.parameters.version < JSON_SINCE {
        ["graphql", "json"]
    } else {
        ["json", "graphql"]
    };
    reader.choice("requestFormat", &formats)
}

fn credential(reader: &mut Reader<'_>) -> Option<NodeCredential> {
    let stored = reader.parameters.choice("authentication", "none");
    if stored.as_deref() == Ok("predefinedCredentialType") {
        reader.uses("authentication");
        return reader.chosen_credential("nodeCredentialType");
    }
    let kind = old_kind(reader, &["customAuth", "predefinedCredentialType"])?;
    reader.generic_credential("authentication", kind)
}

/// Makes items of an answer, whatever its status; errors that it lists are a failure.
fn receive(response: &Response, settings: &ResponseSettings) -> Result<Received, ErrorInfo> {
    if settings.format == Format::Text {
        let text = Value::from(body_text(response));
        let json: Map = [(settings.property.clone(), text)].into_iter().collect();
        return Ok(Received::Items(vec![json.into()]));
    }
    let body = body_json(response)?;
    if let Some(errors) = body.get("errors").filter(|errors| !errors.is_null()) {
        return Err(response.redactor.error(ErrorInfo {
            name: "NodeApiError".into(),
            message: messages(errors),
            description: Some("the service could not answer the whole query".into()),
            http_code: Some(response.status.to_string()),
            request: Some(response.request.to_string()),
            response: Some(body.clone()),
            ..ErrorInfo::default()
        }));
    }
    Ok(Received::Items(match &body {
        Value::Array(list) => list.iter().map(item).collect(),
        other => vec![item(other)],
    }))
}

/// What the service says of each error.
fn messages(errors: &Value) -> String {
    let errors = errors.as_array().unwrap_or(std::slice::from_ref(errors));
    let texts: Vec<&str> = errors
        .iter()
        .filter_map(|error| error.get("message").unwrap_or(error).as_str())
        .take(MAX_MESSAGES)
        .collect();
    match texts.is_empty() {
        true => "the service reports errors and does not say which".into(),
        false => texts.join(", "),
    }
}
