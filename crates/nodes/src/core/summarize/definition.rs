//! What Summarize takes, and examples.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use serde_json::json;

use crate::core::field::disable_dot_notation;

pub(super) static DEFINITION: LazyLock<NodeDefinition> =
    LazyLock::new(|| with_examples(with_properties(base())));

fn base() -> NodeDefinition {
    NodeDefinition::new(
        "n8n-nodes-base.summarize",
        "Summarize",
        "Counts, adds up or gathers fields of all items, or of each group of items with equal fields.",
    )
    .versions(&[1.0, 1.1])
}

fn with_properties(definition: NodeDefinition) -> NodeDefinition {
    definition
        .property(
            "fieldsToSummarize",
            Property::of(
                PropertyType::FixedCollection,
                "The fields, and what to make of each. A result is named `sum_price`, `count_id` and so on.",
            )
            .field("values", entry())
            .required(),
        )
        .property(
            "fieldsToSplitBy",
            Property::of(
                PropertyType::String,
                "Group the items by these fields, separated by commas; without one, all items are one group.",
            ),
        )
        .property("options", options())
}

fn entry() -> Property {
    Property::list("A field to summarize.").field(
        "aggregation",
        Property::choice(
            "What to make of the field: a list, the average, one text, how many there are, how many different ones, \
             the largest, the smallest, the sum. Average and sum look at numbers alone.",
            &[
                "append",
                "average",
                "concatenate",
                "count",
                "countUnique",
                "max",
                "min",
                "sum",
            ],
        )
        .default_value("count"),
    )
    .field(
        "field",
        Property::of(PropertyType::String, "Name or dotted path of the field.").required(),
    )
    .field(
        "includeEmpty",
        Property::flag("Take in null, empty text and items without the field, for `append`, `concatenate`, `count` and \
             `countUnique`."),
    )
    .field(
        "separateBy",
        Property::of(
            PropertyType::String,
            "What stands between the values of `concatenate`; `other` means `customSeparator`.",
        )
        .default_value(","),
    )
    .field(
        "customSeparator",
        Property::of(PropertyType::String, "The separator when `separateBy` is `other`."),
    )
}

fn options() -> Property {
    let flag = Property::flag;
    Property::of(PropertyType::Collection, "Further settings.")
        .field("disableDotNotation", disable_dot_notation())
        .field(
            "outputFormat",
            Property::choice(
                "An item for each group, or one item with the groups inside.",
                &["separateItems", "singleItem"],
            )
            .default_value("separateItems"),
        )
        .field(
            "skipEmptySplitFields",
            flag("Leave out items in which a field to group by is missing or empty."),
        )
        .field(
            "continueIfFieldNotFound",
            flag("Version 1: go on when no item has a field; later versions always do."),
        )
}

fn with_examples(definition: NodeDefinition) -> NodeDefinition {
    definition
        .example(
            "sales of each shop",
            json!({
                "fieldsToSummarize": { "values": [
                    { "aggregation": "sum", "field": "price" },
                    { "field": "price" },
                    { "aggregation": "concatenate", "field": "item.name", "separateBy": ", " },
                ] },
                "fieldsToSplitBy": "shop",
            }),
            json!([[
                { "shop": "Bonn", "price": 3, "item": { "name": "tea" } },
                { "shop": "Rome", "price": 2.5, "item": { "name": "ice" } },
                { "shop": "Bonn", "price": null, "item": { "name": "bun" } },
            ]]),
            json!([[
                { "shop": "Bonn", "sum_price": 3, "count_price": 1, "concatenated_item_name": "tea, bun" },
                { "shop": "Rome", "sum_price": 2.5, "count_price": 1, "concatenated_item_name": "ice" },
            ]]),
        )
        .example(
            "all groups in one item",
            json!({
                "fieldsToSummarize": { "values": [{ "aggregation": "max", "field": "age" }] },
                "fieldsToSplitBy": "country, city",
                "options": { "outputFormat": "singleItem" },
            }),
            json!([[
                { "country": "DE", "city": "Bonn", "age": 40 },
                { "country": "IT", "city": "Rome", "age": 30 },
                { "country": "DE", "city": "Kiel", "age": 20 },
            ]]),
            json!([[{
                "DE": { "Bonn": { "max_age": 40 }, "Kiel": { "max_age": 20 } },
                "IT": { "Rome": { "max_age": 30 } },
            }]]),
        )
        .example(
            "all items together",
            json!({ "fieldsToSummarize": { "values": [
                { "aggregation": "countUnique", "field": "tag" },
                { "aggregation": "append", "field": "tag" },
                { "aggregation": "average", "field": "n" },
                { "aggregation": "min", "field": "n" },
            ] } }),
            json!([[{ "tag": "a", "n": 1 }, { "tag": "b", "n": 2 }, { "tag": "a" }]]),
            json!([[{
                "unique_count_tag": 2,
                "appended_tag": ["a", "b", "a"],
                "average_n": 1.5,
                "min_n": 1,
            }]]),
        )
}
