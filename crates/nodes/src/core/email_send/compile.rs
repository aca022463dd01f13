//! Reads the parameters of a Send Email node once: which of them count in its version.

use std::sync::Arc;

use itemflow_declarative::RequestOptions;
use itemflow_model::Value;

use super::account::KIND;
use super::addresses;
use super::definition::DEFINITION;
use super::run::{Compiled, MailNode, MailTemplate};
use crate::core::http_request::reader::Reader;
use crate::declarative::{missing_credential, problem};
use crate::node::NodeProblem;
use crate::parameters::{Parameter, Parameters, pointer};

/// From this version on, copies and attachments are options.
const OPTIONS_SINCE: f64 = 2.0;
/// From this version on, HTML is sent and signed unless the node says otherwise.
const HTML_SINCE: f64 = 2.1;

/// Makes a node of its parameters, with warnings about those that have no effect.
///
/// # Errors
/// Everything that is wrong with them.
pub(super) fn compile(
    parameters: &Parameters,
) -> Result<(MailNode, Vec<NodeProblem>), Vec<NodeProblem>> {
    let mut reader = Reader::new(parameters, &DEFINITION);
    let credential = parameters
        .credentials
        .get(KIND)
        .map(|named| named.name().to_owned());
    if credential.is_none() {
        reader.problems.push(missing_credential(KIND, parameters));
    }
    let request_options = reader.parameter("requestOptions", Value::empty_object());
    if let Some(value) = request_options.template.as_literal()
        && let Err(errors) = RequestOptions::parse(value)
    {
        reader.problems.extend(errors.into_iter().map(problem));
    }
    reader.uses("options");
    let allow_unauthorized_certs = option(&reader, "allowUnauthorizedCerts");
    let mail = match parameters.version >= OPTIONS_SINCE {
        true => current(&mut reader),
        false => first(&mut reader),
    };
    check_addresses(&mut reader, &mail);
    let warnings = reader.warnings();
    match credential {
        Some(credential) if reader.problems.is_empty() => {
            let compiled = Compiled {
                mail,
                credential,
                allow_unauthorized_certs,
                request_options,
            };
            Ok((MailNode(Arc::new(compiled)), warnings))
        }
        _ => {
            reader.problems.extend(warnings);
            Err(reader.problems)
        }
    }
}

fn first(reader: &mut Reader<'_>) -> MailTemplate {
    MailTemplate {
        from: reader.parameter("fromEmail", ""),
        to: reader.parameter("toEmail", ""),
        cc: reader.parameter("ccEmail", ""),
        bcc: reader.parameter("bccEmail", ""),
        reply_to: option(reader, "replyTo"),
        subject: reader.parameter("subject", ""),
        text: Some(reader.parameter("text", "")),
        html: Some(reader.parameter("html", "")),
        leaves_out_empty: true,
        inline: None,
        files: reader.parameter("attachments", ""),
        signs: literal("signs", false),
    }
}

fn current(reader: &mut Reader<'_>) -> MailTemplate {
    reader.uses("resource");
    if reader.choice("operation", &["send", "sendAndWait"]) == "sendAndWait" {
        let message = "waiting for an answer to an e-mail (`sendAndWait`) is not supported yet";
        let unsupported = NodeProblem::error("not-supported", pointer("operation"), message);
        reader.problems.push(unsupported);
        for name in ["message", "responseType", "approvalOptions", "subject"] {
            reader.uses(name);
        }
    }
    let is_html = reader.parameters.version >= HTML_SINCE;
    let formats = match is_html {
        true => ["html", "text", "both"],
        false => ["text", "html", "both"],
    };
    let format = reader.choice("emailFormat", &formats);
    MailTemplate {
        from: reader.parameter("fromEmail", ""),
        to: reader.parameter("toEmail", ""),
        cc: option(reader, "ccEmail"),
        bcc: option(reader, "bccEmail"),
        reply_to: option(reader, "replyTo"),
        subject: reader.parameter("subject", ""),
        text: (format != "html").then(|| reader.parameter("text", "")),
        html: (format != "text").then(|| reader.parameter("html", "")),
        leaves_out_empty: false,
        inline: Some(option(reader, "attachments")),
        files: option(reader, "fileAttachments"),
        signs: reader
            .parameters
            .parameter("options.appendAttribution", is_html),
    }
}

/// Finds faults of addresses that are the same for every item.
fn check_addresses(reader: &mut Reader<'_>, mail: &MailTemplate) {
    let lists = [
        (&mail.from, true),
        (&mail.to, true),
        (&mail.cc, false),
        (&mail.bcc, false),
        (&mail.reply_to, false),
    ];
    for (parameter, required) in lists {
        let Some(value) = parameter.template.as_literal() else {
            continue;
        };
        let text = value.as_str().unwrap_or_default();
        let name = &parameter.name;
        let fault = match addresses::parse(text) {
            Err(reason) => NodeProblem::error("bad-address", pointer(name), reason),
            Ok(list) if list.is_empty() && required => NodeProblem::error(
                "missing-parameter",
                pointer(name),
                format!("`{name}` is missing: it is an e-mail address"),
            ),
            Ok(_) => continue,
        };
        reader.problems.push(fault);
    }
}

fn option(reader: &Reader<'_>, name: &str) -> Parameter {
    reader.parameters.parameter(&format!("options.{name}"), "")
}

fn literal(name: &str, value: impl Into<Value>) -> Parameter {
    Parameter::inner(name, None, value)
}
