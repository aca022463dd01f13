//! What Webhook takes, version by version.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType, TypeOptions};
use serde_json::json;

pub(super) static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    NodeDefinition::new(
        "n8n-nodes-base.webhook",
        "Webhook",
        "Starts an execution when a call comes in over HTTP. Its item holds the call's headers, query and content.",
    )
    .versions(&[1.0, 1.1, 2.0, 2.1])
    .inputs(&[])
    .credentials(&["httpBasicAuth", "httpHeaderAuth", "jwtAuth"])
    .property(
        "httpMethod",
        Property::choice(
            "The HTTP method that is taken. With `multipleMethods`, a list of them.",
            &["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"],
        )
        .default_value("GET"),
    )
    .property(
        "multipleMethods",
        Property::of(
            PropertyType::Boolean,
            "Whether several methods are taken. Each has an output of its own, in the order of the list.",
        )
        .default_value(false),
    )
    .property(
        "path",
        Property::of(
            PropertyType::String,
            "Path of the address. A segment such as `:id` takes any text, which the item has under `params`.",
        ),
    )
    .property("authentication", authentication())
    .property("responseMode", response_mode())
    .property("responseData", response_data())
    .property("responseBinaryPropertyName", response_binary())
    .property(
        "responseCode",
        Property::of(
            PropertyType::Number,
            "Status of the answer, in versions before 2; later ones have it among the options.",
        )
        .default_value(200),
    )
    .property("options", options())
    .example(
        "the call goes on as an item",
        json!({ "path": "orders", "httpMethod": "POST" }),
        json!([[{ "headers": {}, "params": {}, "query": {}, "body": { "id": 7 } }]]),
        json!([[{ "headers": {}, "params": {}, "query": {}, "body": { "id": 7 } }]]),
    )
});

/// `authentication`, which Wait has as `incomingAuthentication`.
pub(crate) fn authentication() -> Property {
    Property::choice(
        "Who may call: everybody, or who knows the credential.",
        &["none", "basicAuth", "headerAuth", "jwtAuth"],
    )
    .default_value("none")
}

/// `responseMode`.
pub(crate) fn response_mode() -> Property {
    Property::choice(
        "When the call is answered: at once, with the items of the last node, or by a Respond to Webhook node.",
        &["onReceived", "lastNode", "responseNode"],
    )
    .default_value("onReceived")
}

/// `responseData`.
pub(crate) fn response_data() -> Property {
    Property::choice(
        "What of the last node's items is answered, in mode `lastNode`.",
        &["allEntries", "firstEntryJson", "firstEntryBinary", "noData"],
    )
    .default_value("firstEntryJson")
}

/// `responseBinaryPropertyName`.
pub(crate) fn response_binary() -> Property {
    Property::of(
        PropertyType::String,
        "The binary property that is answered with `firstEntryBinary`.",
    )
    .default_value("data")
}

/// `options`, which Wait has too.
pub(crate) fn options() -> Property {
    let flag = |meaning: &str| Property::of(PropertyType::Boolean, meaning);
    let text = |meaning: &str| Property::of(PropertyType::String, meaning);
    Property::of(PropertyType::Collection, "Further settings.")
        .field(
            "allowedOrigins",
            text("Origins that web pages may call from, separated by commas; `*` allows all.")
                .default_value("*"),
        )
        .field(
            "binaryData",
            flag("Version 1: whether the content of the call is a file."),
        )
        .field(
            "binaryPropertyName",
            text("Name of the binary property for received files; with several, its beginning."),
        )
        .field(
            "ignoreBots",
            flag("Whether calls of robots and link previews are refused."),
        )
        .field(
            "ipWhitelist",
            text("Addresses and networks that may call, separated by commas."),
        )
        .field(
            "noResponseBody",
            flag("Whether the answer in mode `onReceived` has no content."),
        )
        .field(
            "rawBody",
            flag("Whether the item gets the content as bytes too, as file `data`."),
        )
        .field(
            "responseCode",
            Property::of(PropertyType::FixedCollection, "Status of the answer.").field(
                "values",
                Property::of(PropertyType::Collection, "The status.")
                    .field(
                        "responseCode",
                        Property::of(
                            PropertyType::String,
                            "One of the usual ones, or `customCode`.",
                        )
                        .default_value(200),
                    )
                    .field(
                        "customCode",
                        Property::of(PropertyType::Number, "Any other."),
                    ),
            ),
        )
        .field(
            "responseContentType",
            text("Media type of the answer in mode `lastNode`."),
        )
        .field(
            "responseData",
            text("What is answered in mode `onReceived`."),
        )
        .field(
            "responseHeaders",
            Property::of(
                PropertyType::FixedCollection,
                "Header fields of the answer.",
            )
            .field(
                "entries",
                Property {
                    type_options: Some(TypeOptions {
                        multiple_values: true,
                        ..TypeOptions::default()
                    }),
                    ..Property::of(PropertyType::Collection, "A header field.")
                }
                .field("name", text("Its name."))
                .field("value", text("Its value.")),
            ),
        )
        .field(
            "responsePropertyName",
            text("The field of the first item that is answered in mode `lastNode`."),
        )
        .field(
            "webhookSuffix",
            text("Last part of the address, for a Wait node."),
        )
}
