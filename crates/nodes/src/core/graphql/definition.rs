//! How GraphQL describes itself.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};

use crate::core::http_request::auth::KINDS;

pub(super) static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    NodeDefinition::new(
        "n8n-nodes-base.graphql",
        "GraphQL",
        "Sends a GraphQL query for each item. An answer that lists errors is a failure, whatever its status.",
    )
    .versions(&[1.0, 1.1])
    .credentials(&KINDS)
    .property(
        "authentication",
        Property::choice(
            "Whether a credential signs the request: none, one that fits any service, or that of a known service.",
            &[
                "none",
                "basicAuth",
                "customAuth",
                "digestAuth",
                "headerAuth",
                "oAuth2",
                "predefinedCredentialType",
                "queryAuth",
            ],
        )
        .default_value("none"),
    )
    .property(
        "nodeCredentialType",
        text("`predefinedCredentialType`: the service's type of credential."),
    )
    .property(
        "requestMethod",
        Property::choice(
            "Whether the query is sent in a body (`POST`) or in the address (`GET`).",
            &["POST", "GET"],
        )
        .default_value("POST"),
    )
    .property(
        "endpoint",
        text("The address of the service.")
            .placeholder("https://example.com/graphql")
            .required(),
    )
    .property(
        "allowUnauthorizedCerts",
        Property::of(
            PropertyType::Boolean,
            "Whether any certificate of the service is accepted.",
        )
        .default_value(false),
    )
    .property(
        "requestFormat",
        Property::choice(
            "`POST`: whether the body is JSON with variables (`json`) or the query alone (`graphql`, the default of \
             version 1).",
            &["json", "graphql"],
        )
        .default_value("json"),
    )
    .property(
        "query",
        text("The query.")
            .placeholder("query { orders { id } }")
            .required(),
    )
    .property(
        "variables",
        Property::of(
            PropertyType::Json,
            "`json`: the query's variables, as an object or as its JSON text.",
        ),
    )
    .property(
        "operationName",
        text("`json`: which operation of the query is meant, where it has several."),
    )
    .property(
        "responseFormat",
        Property::choice(
            "Whether the answer is read as JSON or kept as text (`string`).",
            &["json", "string"],
        )
        .default_value("json"),
    )
    .property(
        "dataPropertyName",
        text("`string`: where the text is put.").default_value("data"),
    )
    .property(
        "headerParametersUi",
        Property::of(
            PropertyType::FixedCollection,
            "The headers, in `parameter`: pairs of `name` and `value`.",
        ),
    )
    .property(
        "requestOptions",
        Property::of(
            PropertyType::Collection,
            "How requests are sent, in the words that every service's node has.",
        ),
    )
});

fn text(description: &str) -> Property {
    Property::of(PropertyType::String, description)
}
