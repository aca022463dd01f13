//! From parameters to a [`WebhookSpec`]; Wait has the same ones under its own names.

use std::sync::Arc;

use itemflow_expression::Template;
use itemflow_model::{Authentication, ErrorInfo, ResponseData, ResponseMode, Value, WebhookSpec};

use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

/// The parameters of a node that takes calls.
pub(crate) struct WebhookParameters {
    version: f64,
    methods: Parameter,
    path: Parameter,
    authentication: Parameter,
    response_mode: Parameter,
    response_data: Parameter,
    response_binary: Parameter,
    response_code: Parameter,
    /// `options.responseCode.values` of later versions.
    response_code_option: [Parameter; 2],
    response_headers: ResponseHeaders,
    response_text: Option<Parameter>,
    options: Options,
}

struct Options {
    allowed_origins: Parameter,
    binary_property: Parameter,
    ignore_bots: Parameter,
    ip_allow_list: Parameter,
    no_response_body: Parameter,
    raw_body: Parameter,
    response_content_type: Parameter,
    response_property: Parameter,
}

impl WebhookParameters {
    /// Reads them; `authentication` is the name under which the node has it, and `top_level_code` whether the status is
    /// a parameter of its own.
    pub(crate) fn read(
        parameters: &Parameters,
        authentication: &str,
        top_level_code: bool,
    ) -> Self {
        let option =
            |name: &str, default: Value| parameters.parameter(&format!("options.{name}"), default);
        let code = if top_level_code { "responseCode" } else { "" };
        Self {
            version: parameters.version,
            methods: parameters.parameter("httpMethod", "GET"),
            path: parameters.parameter("path", ""),
            authentication: parameters.parameter(authentication, "none"),
            response_mode: parameters.parameter("responseMode", "onReceived"),
            response_data: parameters.parameter("responseData", "firstEntryJson"),
            response_binary: parameters.parameter("responseBinaryPropertyName", "data"),
            response_code: parameters.parameter(code, 200),
            response_code_option: [
                option("responseCode.values.responseCode", 200.into()),
                option("responseCode.values.customCode", Value::Null),
            ],
            response_headers: ResponseHeaders::read(parameters),
            response_text: parameters
                .find("options.responseData")
                .map(|template| Parameter::inner("options.responseData", Some(template), "")),
            options: Options {
                allowed_origins: option("allowedOrigins", "*".into()),
                binary_property: option("binaryPropertyName", "data".into()),
                ignore_bots: option("ignoreBots", false.into()),
                ip_allow_list: option("ipWhitelist", "".into()),
                no_response_body: option("noResponseBody", false.into()),
                raw_body: option("rawBody", false.into()),
                response_content_type: option("responseContentType", "".into()),
                response_property: option("responsePropertyName", "".into()),
            },
        }
    }

    /// What they say, for this run.
    ///
    /// # Errors
    /// When an expression fails, and for values that are none of those allowed.
    pub(crate) fn spec(&self, run: &NodeRun) -> Result<WebhookSpec, ErrorInfo> {
        let text = |parameter: &Parameter| run.text(parameter, 0);
        let set = |text: Arc<str>| (!text.is_empty()).then_some(text);
        let response_data = choice(run, &self.response_data, &RESPONSE_DATA)?;
        let binary_property = if response_data == ResponseData::FirstEntryBinary {
            &self.response_binary
        } else {
            &self.options.binary_property
        };
        Ok(WebhookSpec {
            methods: self.methods(run)?,
            path: text(&self.path)?.trim_matches('/').into(),
            authentication: choice(run, &self.authentication, &AUTHENTICATION)?,
            response_mode: choice(run, &self.response_mode, &RESPONSE_MODE)?,
            response_data,
            response_code: self.code(run)?,
            response_headers: self.response_headers.at(run)?,
            response_content_type: set(text(&self.options.response_content_type)?),
            response_text: match &self.response_text {
                Some(parameter) => run.value(parameter, 0)?,
                None => None,
            },
            no_response_body: run.flag(&self.options.no_response_body, 0)?,
            response_property: set(text(&self.options.response_property)?),
            binary_property: text(binary_property)?,
            raw_body: run.flag(&self.options.raw_body, 0)?,
            ignore_bots: run.flag(&self.options.ignore_bots, 0)?,
            ip_allow_list: comma_list(&text(&self.options.ip_allow_list)?),
            allowed_origins: text(&self.options.allowed_origins)?,
        })
    }

    fn methods(&self, run: &NodeRun) -> Result<Vec<Arc<str>>, ErrorInfo> {
        let methods: Vec<Arc<str>> = match run.value(&self.methods, 0)? {
            Some(Value::Array(list)) => list
                .iter()
                .filter_map(Value::as_str)
                .map(Arc::from)
                .collect(),
            Some(Value::String(text)) => comma_list(&text),
            _ => Vec::new(),
        };
        let upper: Vec<Arc<str>> = methods
            .iter()
            .map(|method| method.to_uppercase().into())
            .collect();
        let known = ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"];
        match upper.iter().find(|method| !known.contains(&&***method)) {
            Some(other) => Err(run.error(
                format!(
                    "`{}` is {}, not `{other}`",
                    self.methods.name,
                    one_of(known)
                ),
                None,
                Some(&self.methods.name),
            )),
            None if upper.is_empty() => Ok(vec!["GET".into()]),
            None => Ok(upper),
        }
    }

    fn code(&self, run: &NodeRun) -> Result<u16, ErrorInfo> {
        let [code, custom] = &self.response_code_option;
        let parameter = if self.version < 2.0 {
            &self.response_code
        } else if &*run.text(code, 0)? == "customCode" {
            custom
        } else {
            code
        };
        status(run, parameter)
    }
}

/// `options.responseHeaders`, which Webhook, Wait and Respond to Webhook have.
pub(crate) struct ResponseHeaders(Vec<[Parameter; 2]>);

/// Names, in lower case, and values of header fields.
pub(crate) type Headers = Vec<(Arc<str>, Arc<str>)>;

impl ResponseHeaders {
    pub(crate) fn read(parameters: &Parameters) -> Self {
        let pair = |entry: &Template| {
            ["name", "value"].map(|key| {
                let name = format!("options.responseHeaders.entries.{key}");
                Parameter::inner(name, entry.get(key), "")
            })
        };
        let entries = parameters.list("options.responseHeaders.entries");
        Self(entries.iter().map(pair).collect())
    }

    /// The fields that have a name.
    ///
    /// # Errors
    /// When an expression fails.
    pub(crate) fn at(&self, run: &NodeRun) -> Result<Headers, ErrorInfo> {
        let mut headers = Vec::new();
        for [name, value] in &self.0 {
            let name = run.text(name, 0)?.to_lowercase();
            if !name.is_empty() {
                headers.push((name.into(), run.text(value, 0)?));
            }
        }
        Ok(headers)
    }
}

/// The HTTP status that a parameter says.
pub(crate) fn status(run: &NodeRun, parameter: &Parameter) -> Result<u16, ErrorInfo> {
    let number = run.number(parameter, 0)?;
    if (100.0..=599.0).contains(&number) {
        return Ok(number as u16);
    }
    Err(run.error(
        format!(
            "`{}` must be a status from 100 to 599, not {number}",
            parameter.name
        ),
        None,
        Some(&parameter.name),
    ))
}

/// The value of a parameter that takes one of a few texts.
pub(crate) fn choice<T: Copy>(
    run: &NodeRun,
    parameter: &Parameter,
    choices: &[(&str, T)],
) -> Result<T, ErrorInfo> {
    let text = run.text(parameter, 0)?;
    choices
        .iter()
        .find(|(name, _)| *name == &*text)
        .map(|(_, value)| *value)
        .ok_or_else(|| {
            let names = one_of(choices.iter().map(|(name, _)| *name));
            run.error(
                format!("`{}` is {names}, not `{text}`", parameter.name),
                None,
                Some(&parameter.name),
            )
        })
}

/// The elements of a list separated by commas.
pub(crate) fn comma_list(text: &str) -> Vec<Arc<str>> {
    text.split(',')
        .map(str::trim)
        .filter(|element| !element.is_empty())
        .map(Arc::from)
        .collect()
}

fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    format!("one of {}", names.join(", "))
}

const AUTHENTICATION: [(&str, Authentication); 4] = [
    ("none", Authentication::None),
    ("basicAuth", Authentication::Basic),
    ("headerAuth", Authentication::Header),
    ("jwtAuth", Authentication::Jwt),
];

const RESPONSE_MODE: [(&str, ResponseMode); 3] = [
    ("onReceived", ResponseMode::OnReceived),
    ("lastNode", ResponseMode::LastNode),
    ("responseNode", ResponseMode::ResponseNode),
];

const RESPONSE_DATA: [(&str, ResponseData); 4] = [
    ("allEntries", ResponseData::AllEntries),
    ("firstEntryJson", ResponseData::FirstEntryJson),
    ("firstEntryBinary", ResponseData::FirstEntryBinary),
    ("noData", ResponseData::NoData),
];
