//! RSS Read (`rssFeedRead`): fetches a feed and makes an item of each of its entries, with the field names that n8n's
//! parser gives them.

mod entities;
mod feed;
mod snippet;
mod xml;

use std::sync::LazyLock;

use itemflow_declarative::{Response, body_text, status_failure};
use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use itemflow_model::{ErrorInfo, Map, Value};

use super::http_request::build::RequestTemplate;
use super::http_request::compile::finish;
use super::http_request::pairs::Pairs;
use super::http_request::reader::Reader;
use super::http_request::receive::Received;
use super::http_request::run::{Compiled, Receive, SettingsTemplate};
use super::http_request::settings::{ResponseSettings, Rules};
use crate::node::{Node, NodeProblem, NodeType, NodeWithWarnings};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

/// From this version on, a feed is fetched for each item; before, for the first one alone.
const BY_ITEM_SINCE: f64 = 1.1;
/// From this version on, a service is told of every kind of feed.
const ACCEPTS_ALL_SINCE: f64 = 1.2;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    NodeDefinition::new(
        "n8n-nodes-base.rssFeedRead",
        "RSS Read",
        "Fetches an RSS or Atom feed for each item and makes an item of each of its entries. Version 1 fetches one feed \
         for all items.",
    )
    .versions(&[1.0, 1.1, 1.2])
    .property(
        "url",
        Property::of(PropertyType::String, "The address of the feed.")
            .placeholder("https://example.com/feed.xml")
            .required(),
    )
    .property(
        "options",
        Property::of(PropertyType::Collection, "Further settings.")
            .field(
                "customFields",
                Property::of(
                    PropertyType::String,
                    "Names of further elements of an entry, separated by commas, such as `author, media:content`.",
                ),
            )
            .field(
                "ignoreSSL",
                Property::of(
                    PropertyType::Boolean,
                    "Whether any certificate of the service is accepted.",
                )
                .default_value(false),
            ),
    )
    .property(
        "requestOptions",
        Property::of(
            PropertyType::Collection,
            "How the feed is fetched, in the words that every service's node has.",
        ),
    )
});

pub(crate) struct RssFeedRead;

impl NodeType for RssFeedRead {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        self.compile_with_warnings(parameters).map(|(node, _)| node)
    }

    fn compile_with_warnings(
        &self,
        parameters: &Parameters,
    ) -> Result<NodeWithWarnings, Vec<NodeProblem>> {
        let mut reader = Reader::new(parameters, &DEFINITION);
        let compiled = compile(&mut reader);
        let (node, warnings) = finish(reader, compiled)?;
        Ok((Box::new(node), warnings))
    }
}

fn compile(reader: &mut Reader<'_>) -> Option<Compiled> {
    let sources = vec![
        reader.parameter("options", Value::empty_object()),
        reader.parameter("requestOptions", Value::empty_object()),
    ];
    let settings = SettingsTemplate::compile(sources, Rules::Feed);
    let settings = reader.keep_all(settings);
    let accept = if reader.parameters.version < ACCEPTS_ALL_SINCE {
        "application/rss+xml"
    } else {
        "application/rss+xml, application/rdf+xml;q=0.8, application/atom+xml;q=0.6, application/xml;q=0.4, text/xml;q=0.4"
    };
    let headers: Map = [("accept".into(), Value::from(accept))]
        .into_iter()
        .collect();
    let method = Parameter::inner("method", None, "GET");
    Some(Compiled {
        request: RequestTemplate {
            headers: Some(Pairs::Fixed(headers)),
            ..RequestTemplate::new(method, reader.parameter("url", ""))
        },
        settings: settings?,
        credential: None,
        receive: Box::new(Entries {
            custom_fields: reader.parameters.parameter("options.customFields", ""),
        }),
        once: reader.parameters.version < BY_ITEM_SINCE,
    })
}

/// Reads the entries of a feed.
struct Entries {
    /// Names of further elements, separated by commas.
    custom_fields: Parameter,
}

impl Receive for Entries {
    fn receive(
        &self,
        run: &NodeRun,
        item: usize,
        response: &Response,
        _: &ResponseSettings,
    ) -> Result<Received, ErrorInfo> {
        if !response.is_success() {
            return Err(status_failure(response));
        }
        let names = run.text(&self.custom_fields, item)?;
        let names = names.split(',').map(str::trim);
        let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
        let entries = xml::read(&text(response))
            .and_then(|document| feed::entries(&document, &names, &run.host.execution.time_zone));
        entries.map(Received::Items).map_err(|reason| {
            let content_type = response.header("content-type").unwrap_or("no content type");
            ErrorInfo {
                name: "NodeApiError".into(),
                message: format!("the answer is no feed that can be read: {reason}"),
                description: Some(format!(
                    "the answer has {content_type}; check that the address is that of the feed and not of a page about it"
                )),
                http_code: Some(response.status.to_string()),
                request: Some(response.request.to_string()),
                ..ErrorInfo::default()
            }
        })
    }
}

/// The text of an answer, in the charset of its content type or else in that which the document names.
fn text(response: &Response) -> String {
    let content_type = response.header("content-type").unwrap_or_default();
    if content_type.to_ascii_lowercase().contains("charset") {
        return body_text(response);
    }
    let declared = xml::declared_encoding(&response.body);
    let encoding = declared.unwrap_or(encoding_rs::UTF_8);
    encoding.decode(&response.body).0.into_owned()
}
