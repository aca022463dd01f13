//! What Remove Duplicates takes, and examples.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use serde_json::json;

use crate::core::field::disable_dot_notation;

pub(super) static DEFINITION: LazyLock<NodeDefinition> =
    LazyLock::new(|| with_examples(across_executions(within_input(base()))));

pub(super) const WITHIN_INPUT: &str = "removeDuplicateInputItems";
pub(super) const ACROSS_EXECUTIONS: &str = "removeItemsSeenInPreviousExecutions";
pub(super) const CLEAR: &str = "clearDeduplicationHistory";

fn base() -> NodeDefinition {
    NodeDefinition::new(
        "n8n-nodes-base.removeDuplicates",
        "Remove Duplicates",
        "Drops items that are equal to another one of the input, or that earlier executions have worked on.",
    )
    .versions(&[1.0, 1.1, 2.0])
    .property(
        "operation",
        Property::choice(
            "Drop items equal to an earlier one of the input, drop items that earlier executions have seen, or forget \
             what they have seen. Versions below 2 only know the first.",
            &[WITHIN_INPUT, ACROSS_EXECUTIONS, CLEAR],
        )
        .default_value(WITHIN_INPUT),
    )
}

fn within_input(definition: NodeDefinition) -> NodeDefinition {
    definition
        .property(
            "compare",
            Property::choice(
                "Which fields make items equal. Every item must have them.",
                &["allFields", "allFieldsExcept", "selectedFields"],
            )
            .default_value("allFields")
            .shown_when("operation", [WITHIN_INPUT]),
        )
        .property(
            "fieldsToExclude",
            Property::of(
                PropertyType::String,
                "The fields that do not count with `allFieldsExcept`, separated by commas.",
            )
            .shown_when("compare", ["allFieldsExcept"]),
        )
        .property(
            "fieldsToCompare",
            Property::of(
                PropertyType::String,
                "The fields that count with `selectedFields`, separated by commas.",
            )
            .shown_when("compare", ["selectedFields"]),
        )
}

fn across_executions(definition: NodeDefinition) -> NodeDefinition {
    let value = |description: &str, logic: &str| {
        Property::of(PropertyType::String, description)
            .shown_when("operation", [ACROSS_EXECUTIONS])
            .shown_when("logic", [logic])
    };
    let flag = Property::flag;
    let options = Property::of(PropertyType::Collection, "Further settings.")
        .field(
            "disableDotNotation",
            disable_dot_notation(),
        )
        .field(
            "removeOtherFields",
            flag("Keep of each item only the fields that were compared."),
        )
        .field(
            "scope",
            Property::choice(
                "Whether this node remembers for itself, or with the other such nodes of the workflow.",
                &["node", "workflow"],
            )
            .default_value("node"),
        )
        .field(
            "historySize",
            Property::of(
                PropertyType::Number,
                "How many values are remembered at most; more are an error. Numbers and dates need one value only.",
            )
            .default_value(10_000),
        );
    definition
        .property(
            "logic",
            Property::choice(
                "When an item counts as seen: its value was there before, or its number or date is not above all \
                 earlier ones.",
                &[
                    "removeItemsWithAlreadySeenKeyValues",
                    "removeItemsUpToStoredIncrementalKey",
                    "removeItemsUpToStoredDate",
                ],
            )
            .default_value("removeItemsWithAlreadySeenKeyValues")
            .shown_when("operation", [ACROSS_EXECUTIONS]),
        )
        .property(
            "dedupeValue",
            value(
                "What tells items apart, for example `={{ $json.id }}`.",
                "removeItemsWithAlreadySeenKeyValues",
            ),
        )
        .property(
            "incrementalDedupeValue",
            value(
                "A number that grows from item to item, for example `={{ $json.id }}`.",
                "removeItemsUpToStoredIncrementalKey",
            ),
        )
        .property(
            "dateDedupeValue",
            value(
                "The moment of an item, for example `={{ $json.createdAt }}`.",
                "removeItemsUpToStoredDate",
            ),
        )
        .property("options", options)
}

fn with_examples(definition: NodeDefinition) -> NodeDefinition {
    definition
        .example(
            "items that are equal in every field",
            json!({}),
            json!([[{ "id": 1, "tags": ["a"] }, { "id": 2, "tags": ["a"] }, { "id": 1, "tags": ["a"] }]]),
            json!([[{ "id": 1, "tags": ["a"] }, { "id": 2, "tags": ["a"] }]]),
        )
        .example(
            "one item for each city",
            json!({
                "compare": "selectedFields",
                "fieldsToCompare": "address.city",
                "options": { "removeOtherFields": true },
            }),
            json!([[
                { "name": "Ann", "address": { "city": "Bonn" } },
                { "name": "Bob", "address": { "city": "Rome" } },
                { "name": "Cid", "address": { "city": "Bonn" } },
            ]]),
            json!([[{ "address": { "city": "Bonn" } }, { "address": { "city": "Rome" } }]]),
        )
        .example(
            "whatever the time",
            json!({ "compare": "allFieldsExcept", "fieldsToExclude": "at" }),
            json!([[{ "id": 1, "at": "9:00" }, { "id": 1, "at": "9:05" }]]),
            json!([[{ "id": 1, "at": "9:00" }]]),
        )
        .example(
            "orders that no execution has seen before",
            json!({
                "operation": "removeItemsSeenInPreviousExecutions",
                "dedupeValue": "={{ $json.order }}",
            }),
            json!([[{ "order": "A-1" }, { "order": "A-2" }]]),
            json!([[{ "order": "A-1" }, { "order": "A-2" }]]),
        )
        .example(
            "forget what was seen",
            json!({ "operation": "clearDeduplicationHistory", "options": { "scope": "workflow" } }),
            json!([[{ "order": "A-1" }]]),
            json!([[{ "order": "A-1" }]]),
        )
}
