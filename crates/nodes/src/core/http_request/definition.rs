//! How HTTP Request describes itself.

use std::sync::LazyLock;

use itemflow_model::Value;
use itemflow_model::definition::{NodeDefinition, Property, PropertyType};

use super::auth::KINDS;

pub(super) static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let definition = NodeDefinition::new(
        "n8n-nodes-base.httpRequest",
        "HTTP Request",
        "Sends a request to any web address for each item, and makes items of the answers.",
    )
    .versions(&[1.0, 2.0, 3.0, 4.0, 4.1, 4.2, 4.3, 4.4, 4.5])
    .credentials(&KINDS)
    .property("method", current(method()))
    .property("requestMethod", old(method()))
    .property(
        "url",
        Property {
            placeholder: Some("https://example.com/orders".into()),
            ..text("The address, beginning with `http://` or `https://`. It may have a query of its own.")
        }
        .required(),
    );
    let definition = authentication(definition);
    let definition = old_parameters(body(query_and_headers(definition)));
    definition.property("options", options()).property(
        "requestOptions",
        Property::of(
            PropertyType::Collection,
            "How requests are sent, in the words that every service's node has. What `options` says counts more.",
        ),
    )
});

fn authentication(definition: NodeDefinition) -> NodeDefinition {
    definition
        .property(
            "authentication",
            Property::choice(
                "Whether a credential signs the request: none, one that fits any service, or that of a known service. \
                 Version 1 names its kind instead, such as `basicAuth`.",
                &[
                    "none",
                    "genericCredentialType",
                    "predefinedCredentialType",
                    "basicAuth",
                    "digestAuth",
                    "headerAuth",
                    "oAuth2",
                    "queryAuth",
                ],
            )
            .default_value("none"),
        )
        .property(
            "genericAuthType",
            not_in_version_1(Property::choice(
                "`genericCredentialType`: the type of credential. It is sent to the address of the request and never \
                 follows a redirect to another one.",
                &KINDS,
            )),
        )
        .property(
            "nodeCredentialType",
            not_in_version_1(text(
                "`predefinedCredentialType`: the service's type of credential. It is sent to the addresses that the \
                 service's definition names.",
            )),
        )
        .property(
            "provideSslCertificates",
            current(flag(
                "Whether a client certificate is shown to the service. Not supported yet: see `requestOptions`.",
                false,
            )),
        )
}

fn query_and_headers(definition: NodeDefinition) -> NodeDefinition {
    let by = |what: &str| {
        Property::choice(
            &format!("Whether the {what} are written one by one (`keypair`) or as one JSON object (`json`)."),
            &["keypair", "json"],
        )
        .default_value("keypair")
    };
    definition
        .property(
            "sendQuery",
            current(flag(
                "Whether query parameters are added to the address.",
                false,
            )),
        )
        .property("specifyQuery", current(by("query parameters")))
        .property(
            "queryParameters",
            current(pairs("The query parameters, in `parameters`.")),
        )
        .property(
            "jsonQuery",
            current(json(
                "`specifyQuery: json`: the query parameters as a JSON object.",
            )),
        )
        .property(
            "sendHeaders",
            current(flag("Whether headers are sent.", false)),
        )
        .property("specifyHeaders", current(by("headers")))
        .property(
            "headerParameters",
            current(pairs(
                "The headers, in `parameters`. Those without a name are left out.",
            )),
        )
        .property(
            "jsonHeaders",
            current(json(
                "`specifyHeaders: json`: the headers as a JSON object.",
            )),
        )
}

fn body(definition: NodeDefinition) -> NodeDefinition {
    definition
        .property("sendBody", current(flag("Whether the request has a body.", false)))
        .property(
            "contentType",
            current(
                Property::choice(
                    "How the body is written.",
                    &["json", "form-urlencoded", "multipart-form-data", "binaryData", "raw"],
                )
                .default_value("json"),
            ),
        )
        .property(
            "specifyBody",
            current(Property::choice(
                "Whether the body is written field by field (`keypair`), as JSON (`json`) or, for a form, as a query \
                 string (`string`).",
                &["keypair", "json", "string"],
            )
            .default_value("keypair")),
        )
        .property(
            "bodyParameters",
            current(pairs("The fields of the body, in `parameters`. In JSON, dots in a name make a path.").field(
                "parameters",
                pair()
                    .field(
                        "parameterType",
                        Property::choice(
                            "In a multipart body: whether the part is text (`formData`) or a file of the item \
                             (`formBinaryData`).",
                            &["formData", "formBinaryData"],
                        )
                        .default_value("formData"),
                    )
                    .field(
                        "inputDataFieldName",
                        text("`formBinaryData`: the name of the item's file."),
                    ),
            )),
        )
        .property("jsonBody", current(json("`specifyBody: json`: the body as JSON.")))
        .property(
            "body",
            current(text("The body as text, for `raw` and for a form written as a query string.")),
        )
        .property(
            "inputDataFieldName",
            current(text("`binaryData`: the name of the item's file that is the body.")),
        )
        .property("rawContentType", current(text("`raw`: the media type of the body.")))
}

/// The parameters of versions 1 and 2 that the others do not have.
fn old_parameters(definition: NodeDefinition) -> NodeDefinition {
    let list = |what: &str| {
        let list = Property::of(
            PropertyType::FixedCollection,
            &format!("Versions 1 and 2: {what}, in `parameter`."),
        );
        old(list.field("parameter", pair()))
    };
    let as_json = |what: &str| old(json(&format!("`jsonParameters`: {what} as a JSON object.")));
    definition
        .property(
            "allowUnauthorizedCerts",
            old(flag("Versions 1 and 2: whether any certificate of the service is accepted.", false)),
        )
        .property(
            "responseFormat",
            old(Property::choice(
                "Versions 1 and 2: what the answer is read as. A JSON list makes one item unless \
                 `options.splitIntoItems` is set.",
                &["json", "string", "file"],
            )
            .default_value("json")),
        )
        .property(
            "dataPropertyName",
            old(text("Versions 1 and 2: where a text or a file is put.").default_value("data")),
        )
        .property(
            "jsonParameters",
            old(flag(
                "Versions 1 and 2: whether query, headers and body are written as JSON.",
                false,
            )),
        )
        .property("queryParametersUi", list("the query parameters"))
        .property("headerParametersUi", list("the headers"))
        .property(
            "bodyParametersUi",
            list("the fields of the body of PATCH, POST, PUT and DELETE"),
        )
        .property("queryParametersJson", as_json("the query parameters"))
        .property("headerParametersJson", as_json("the headers"))
        .property("bodyParametersJson", as_json("the body"))
        .property(
            "sendBinaryData",
            old(flag("`jsonParameters`: whether the body is a file of the item.", false)),
        )
        .property(
            "binaryPropertyName",
            old(text(
                "`sendBinaryData`: the name of the item's file; in a multipart body also a list such as \
                 `field:file,other:more`.",
            )
            .default_value("data")),
        )
}

fn method() -> Property {
    Property::choice(
        "The HTTP method. Those of WebDAV are understood as well.",
        &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"],
    )
    .default_value("GET")
}

fn options() -> Property {
    let options = Property::of(PropertyType::Collection, "Further settings.");
    let options = old_options(current_options(options));
    options
        .field(
            "proxy",
            text("The proxy that requests go through, such as `http://user:password@proxy:3128`."),
        )
        .field(
            "timeout",
            Property::of(
                PropertyType::Number,
                "Milliseconds to wait for an answer: 300000 if not set, an hour in versions 1 and 2.",
            )
            .default_value(10_000),
        )
}

fn current_options(options: Property) -> Property {
    options
        .field(
            "batching",
            current(Property::of(
                PropertyType::FixedCollection,
                "In `batch`: at most `batchSize` requests at once, and a new batch `batchInterval` milliseconds after \
                 the last one began.",
            )),
        )
        .field(
            "allowUnauthorizedCerts",
            current(flag("Whether any certificate of the service is accepted.", false)),
        )
        .field(
            "queryParameterArrays",
            current(
                Property::choice(
                    "How a list is written in the query: `a=1&a=2`, `a[]=1&a[]=2` or `a[0]=1&a[1]=2`.",
                    &["repeat", "brackets", "indices"],
                )
                .default_value("brackets"),
            ),
        )
        .field(
            "lowercaseHeaders",
            current(flag("Whether header names are shown in lower case, as they are sent.", true)),
        )
        .field(
            "redirect",
            current(Property::of(
                PropertyType::FixedCollection,
                "In `redirect`: whether redirects are followed (`followRedirects`; on, but off in version 3), and how \
                 many (`maxRedirects`, 21).",
            )),
        )
        .field("response", current(response()))
        .field(
            "pagination",
            current(Property::of(
                PropertyType::FixedCollection,
                "How further pages are fetched. Not supported yet.",
            )),
        )
        .field(
            "sendCredentialsOnCrossOriginRedirect",
            current(flag("Has no effect: credentials never leave their origin.", false)),
        )
        .field(
            "webdavMethods",
            current(flag("Has no effect: the methods of WebDAV are always understood.", false)),
        )
}

fn old_options(options: Property) -> Property {
    options
        .field(
            "batchSize",
            old(Property::of(
                PropertyType::Number,
                "Versions 1 and 2, with `batchInterval`: at most so many requests at once.",
            )
            .default_value(50)),
        )
        .field(
            "batchInterval",
            old(Property::of(
                PropertyType::Number,
                "Versions 1 and 2, with `batchSize`: milliseconds from the start of one batch to that of the next.",
            )
            .default_value(1000)),
        )
        .field(
            "bodyContentType",
            old(Property::choice(
                "Versions 1 and 2: how the body of PATCH, POST and PUT is written.",
                &["json", "raw", "multipart-form-data", "form-urlencoded"],
            )
            .default_value("json")),
        )
        .field(
            "bodyContentCustomMimeType",
            old(text("Versions 1 and 2: the media type of the body, whatever else says one.")),
        )
        .field(
            "fullResponse",
            old(flag("Versions 1 and 2: whether items hold headers and status beside the body.", false)),
        )
        .field(
            "followRedirect",
            old(flag("Versions 1 and 2: whether GET and HEAD follow redirects.", true)),
        )
        .field(
            "followAllRedirects",
            old(flag("Versions 1 and 2: whether every method follows redirects.", false)),
        )
        .field(
            "ignoreResponseCode",
            old(flag("Versions 1 and 2: whether a status outside 2xx is an answer like any other.", false)),
        )
        .field(
            "splitIntoItems",
            old(flag("Versions 1 and 2: whether each element of a JSON list becomes an item.", false)),
        )
        .field(
            "useQueryString",
            old(flag("Versions 1 and 2: whether a list is written `a=1&a=2` instead of `a[]=1&a[]=2`.", false)),
        )
}

fn response() -> Property {
    Property::of(
        PropertyType::FixedCollection,
        "In `response`: how an answer becomes items.",
    )
    .field(
        "response",
        Property::of(PropertyType::Collection, "The settings.")
            .field(
                "fullResponse",
                flag(
                    "Whether items hold headers and status beside the body.",
                    false,
                ),
            )
            .field(
                "neverError",
                flag(
                    "Whether a status outside 2xx is an answer like any other.",
                    false,
                ),
            )
            .field(
                "responseFormat",
                Property::choice(
                    "What the answer is read as; `autodetect` goes by its content type.",
                    &["autodetect", "json", "text", "file"],
                )
                .default_value("autodetect"),
            )
            .field(
                "outputPropertyName",
                text("Where a text or a file is put.").default_value("data"),
            ),
    )
}

/// A parameter of version 3 and later.
fn current(property: Property) -> Property {
    property.not_in_versions(&[1.0, 2.0])
}

/// A parameter of versions 1 and 2.
fn old(property: Property) -> Property {
    property.in_versions(&[1.0, 2.0])
}

fn not_in_version_1(property: Property) -> Property {
    property.not_in_versions(&[1.0])
}

fn pair() -> Property {
    Property::of(PropertyType::Collection, "A pair.")
        .field("name", text("Its name."))
        .field("value", text("Its value."))
}

fn pairs(description: &str) -> Property {
    Property::of(PropertyType::FixedCollection, description).field("parameters", pair())
}

fn text(description: &str) -> Property {
    Property::of(PropertyType::String, description)
}

fn json(description: &str) -> Property {
    Property::of(PropertyType::Json, description)
}

fn flag(description: &str, default: impl Into<Value>) -> Property {
    Property::of(PropertyType::Boolean, description).default_value(default)
}
