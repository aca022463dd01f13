//! What Debug Helper takes, and examples.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use serde_json::json;

use super::{CATEGORIES, DEFAULT_ALPHABET};

pub(super) static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let of = |kind, description: &str, category: &str| {
        Property::of(kind, description).shown_when("category", [category])
    };
    let nanoid = |description: &str| {
        of(PropertyType::String, description, "randomData").shown_when("randomDataType", ["nanoid"])
    };
    NodeDefinition::new(
        "n8n-nodes-base.debugHelper",
        "Debug Helper",
        "Fails on purpose, does nothing, or makes up data, to try out a workflow.",
    )
    .property(
        "category",
        Property::choice(
            "Yield nothing, fail, or make up data. `oom` and `garbageCollect` do nothing here: memory is not filled for \
             a test.",
            CATEGORIES,
        )
        .default_value("throwError"),
    )
    .property(
        "throwErrorType",
        Property::choice(
            "The kind of error.",
            &["NodeApiError", "NodeOperationError", "Error"],
        )
        .default_value("NodeApiError")
        .shown_when("category", ["throwError"]),
    )
    .property(
        "throwErrorMessage",
        of(PropertyType::String, "The message of the error.", "throwError")
            .default_value("Node has thrown an error"),
    )
    .property(
        "memorySizeValue",
        of(PropertyType::Number, "How many MB n8n would fill; without effect here.", "oom")
            .default_value(10),
    )
    .property(
        "randomDataType",
        Property::choice(
            "What to make up.",
            &[
                "address",
                "latLong",
                "creditCard",
                "email",
                "ipv4",
                "ipv6",
                "macAddress",
                "nanoid",
                "url",
                "user",
                "uuid",
                "semver",
            ],
        )
        .default_value("user")
        .shown_when("category", ["randomData"]),
    )
    .property(
        "nanoidAlphabet",
        nanoid("The characters of a nanoid.").default_value(DEFAULT_ALPHABET),
    )
    .property(
        "nanoidLength",
        nanoid("How many characters it has, at most 1000.").default_value("16"),
    )
    .property(
        "randomDataSeed",
        of(
            PropertyType::String,
            "The same seed gives the same data every time; without one it differs.",
            "randomData",
        ),
    )
    .property(
        "randomDataCount",
        of(
            PropertyType::Number,
            "How many objects to make up for each input item.",
            "randomData",
        )
        .default_value(10),
    )
    .property(
        "randomDataSingleArray",
        Property::flag("Put them into one item, under `generatedItems`, rather than into an item each.")
            .shown_when("category", ["randomData"]),
    )
    .example(
        "no items",
        json!({ "category": "doNothing" }),
        json!([[{ "id": 1 }]]),
        json!([[]]),
    )
    .example(
        "two identifiers, the same every time",
        json!({
            "category": "randomData",
            "randomDataType": "nanoid",
            "nanoidAlphabet": "ab",
            "nanoidLength": "4",
            "randomDataSeed": "tea",
            "randomDataCount": 2,
        }),
        json!([[{}]]),
        json!([[{ "nanoId": "bbba", "length": 4 }, { "nanoId": "baba", "length": 4 }]]),
    )
});
