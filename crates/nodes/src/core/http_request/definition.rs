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
    .versions(&[3.0, 4.0, 4.1, 4.2, 4.3, 4.4, 4.5])
    .credentials(&KINDS)
    .property(
        "method",
        Property::choice(
            "The HTTP method. Those of WebDAV are understood as well.",
            &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"],
        )
        .default_value("GET"),
    )
    .property(
        "url",
        Property {
            placeholder: Some("https://example.com/orders".into()),
            ..text("The address, beginning with `http://` or `https://`. It may have a query of its own.")
        }
        .required(),
    );
    let definition = authentication(definition);
    let definition = body(query_and_headers(definition));
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
                "Whether a credential signs the request: none, one that fits any service, or that of a known service.",
                &["none", "genericCredentialType", "predefinedCredentialType"],
            )
            .default_value("none"),
        )
        .property(
            "genericAuthType",
            Property::choice(
                "`genericCredentialType`: the type of credential. It is sent to the address of the request and never \
                 follows a redirect to another one.",
                &KINDS,
            ),
        )
        .property(
            "nodeCredentialType",
            text("`predefinedCredentialType`: the service's type of credential. Not supported yet."),
        )
        .property(
            "provideSslCertificates",
            flag("Whether a client certificate is shown to the service. Not supported yet: see `requestOptions`.", false),
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
            flag("Whether query parameters are added to the address.", false),
        )
        .property("specifyQuery", by("query parameters"))
        .property(
            "queryParameters",
            pairs("The query parameters, in `parameters`."),
        )
        .property(
            "jsonQuery",
            json("`specifyQuery: json`: the query parameters as a JSON object."),
        )
        .property("sendHeaders", flag("Whether headers are sent.", false))
        .property("specifyHeaders", by("headers"))
        .property(
            "headerParameters",
            pairs("The headers, in `parameters`. Those without a name are left out."),
        )
        .property(
            "jsonHeaders",
            json("`specifyHeaders: json`: the headers as a JSON object."),
        )
}

fn body(definition: NodeDefinition) -> NodeDefinition {
    definition
        .property("sendBody", flag("Whether the request has a body.", false))
        .property(
            "contentType",
            Property::choice(
                "How the body is written.",
                &["json", "form-urlencoded", "multipart-form-data", "binaryData", "raw"],
            )
            .default_value("json"),
        )
        .property(
            "specifyBody",
            Property::choice(
                "Whether the body is written field by field (`keypair`), as JSON (`json`) or, for a form, as a query \
                 string (`string`).",
                &["keypair", "json", "string"],
            )
            .default_value("keypair"),
        )
        .property(
            "bodyParameters",
            pairs("The fields of the body, in `parameters`. In JSON, dots in a name make a path.").field(
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
            ),
        )
        .property("jsonBody", json("`specifyBody: json`: the body as JSON."))
        .property(
            "body",
            text("The body as text, for `raw` and for a form written as a query string."),
        )
        .property(
            "inputDataFieldName",
            text("`binaryData`: the name of the item's file that is the body."),
        )
        .property("rawContentType", text("`raw`: the media type of the body."))
}

fn options() -> Property {
    Property::of(PropertyType::Collection, "Further settings.")
        .field(
            "batching",
            Property::of(
                PropertyType::FixedCollection,
                "In `batch`: at most `batchSize` requests at once, and a new batch `batchInterval` milliseconds after \
                 the last one began.",
            ),
        )
        .field(
            "allowUnauthorizedCerts",
            flag("Whether any certificate of the service is accepted.", false),
        )
        .field(
            "queryParameterArrays",
            Property::choice(
                "How a list is written in the query: `a=1&a=2`, `a[]=1&a[]=2` or `a[0]=1&a[1]=2`.",
                &["repeat", "brackets", "indices"],
            )
            .default_value("brackets"),
        )
        .field(
            "lowercaseHeaders",
            flag("Whether header names are shown in lower case, as they are sent.", true),
        )
        .field(
            "redirect",
            Property::of(
                PropertyType::FixedCollection,
                "In `redirect`: whether redirects are followed (`followRedirects`; on, but off in version 3), and how many \
                 (`maxRedirects`, 21).",
            ),
        )
        .field("response", response())
        .field(
            "pagination",
            Property::of(
                PropertyType::FixedCollection,
                "How further pages are fetched. Not supported yet.",
            ),
        )
        .field(
            "proxy",
            text("The proxy that requests go through, such as `http://user:password@proxy:3128`."),
        )
        .field(
            "timeout",
            Property::of(
                PropertyType::Number,
                "Milliseconds to wait for an answer, 300000 if not set.",
            )
            .default_value(10_000),
        )
        .field(
            "sendCredentialsOnCrossOriginRedirect",
            flag("Has no effect: credentials never leave their origin.", false),
        )
        .field(
            "webdavMethods",
            flag("Has no effect: the methods of WebDAV are always understood.", false),
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
