//! What Compare Datasets takes, and examples.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use serde_json::json;

use crate::core::field::disable_dot_notation;

pub(super) static DEFINITION: LazyLock<NodeDefinition> =
    LazyLock::new(|| with_examples(with_properties(base())));

fn base() -> NodeDefinition {
    NodeDefinition::new(
        "n8n-nodes-base.compareDatasets",
        "Compare Datasets",
        "Compares the items of two inputs: which are in one of them alone, which are the same, which differ.",
    )
    .versions(&[1.0, 2.0, 2.1, 2.2, 2.3])
    .inputs(&["input A", "input B"])
    .outputs(&["in A only", "same", "different", "in B only"])
}

fn with_properties(definition: NodeDefinition) -> NodeDefinition {
    let pair = Property::list("A pair of fields.")
        .field("field1", text("Field of the items of input A.").required())
        .field("field2", text("Field of the items of input B.").required());
    definition
        .property(
            "mergeByFields",
            Property::of(
                PropertyType::FixedCollection,
                "The fields that tell which item of A belongs to which of B.",
            )
            .field("values", pair)
            .required(),
        )
        .property(
            "resolve",
            Property::choice(
                "What comes out of two items that differ: that of A, that of B, one with some fields of the other, or \
                 a comparison of both. Before version 2.1 `preferInput2` is the default.",
                &["preferInput1", "preferInput2", "mix", "includeBoth"],
            )
            .default_value("includeBoth"),
        )
        .property(
            "fuzzyCompare",
            Property::flag("Take values for the same that look the same, such as `1` and `\"1\"`, or null and empty text."),
        )
        .property(
            "preferWhenMix",
            Property::choice("The item that is taken with `mix`.", &["input1", "input2"])
                .default_value("input1")
                .shown_when("resolve", ["mix"]),
        )
        .property(
            "exceptWhenMix",
            text("The fields that are taken from the other item with `mix`, separated by commas.")
                .shown_when("resolve", ["mix"]),
        )
        .property(
            "options",
            Property::of(PropertyType::Collection, "Further settings.")
                .field(
                    "skipFields",
                    text("Fields that make no difference, separated by commas."),
                )
                .field(
                    "disableDotNotation",
                    disable_dot_notation(),
                )
                .field(
                    "multipleMatches",
                    Property::choice(
                        "Whether an item of A is compared with the first item of B that has its keys, or with all.",
                        &["first", "all"],
                    )
                    .default_value("first"),
                )
                .field(
                    "fuzzyCompare",
                    Property::flag("Version 1: as `fuzzyCompare` outside the options later."),
                ),
        )
}

fn with_examples(definition: NodeDefinition) -> NodeDefinition {
    let by_id = json!({ "values": [{ "field1": "id", "field2": "id" }] });
    definition
        .example(
            "two lists of customers",
            json!({ "mergeByFields": by_id }),
            json!([
                [{ "id": 1, "city": "Bonn" }, { "id": 2, "city": "Rome" }, { "id": 3, "city": "Kiel" }],
                [{ "id": 2, "city": "Paris" }, { "id": 3, "city": "Kiel" }, { "id": 4, "city": "Oslo" }],
            ]),
            json!([
                [{ "id": 1, "city": "Bonn" }],
                [{ "id": 3, "city": "Kiel" }],
                [{
                    "keys": { "id": 2 },
                    "same": { "id": 2 },
                    "different": { "city": { "inputA": "Rome", "inputB": "Paris" } },
                }],
                [{ "id": 4, "city": "Oslo" }],
            ]),
        )
        .example(
            "the item of A with the price of B",
            json!({
                "mergeByFields": { "values": [{ "field1": "id", "field2": "sku" }] },
                "resolve": "mix",
                "exceptWhenMix": "price",
            }),
            json!([[{ "id": 1, "name": "tea", "price": 3 }], [{ "sku": 1, "price": 4 }]]),
            json!([[], [], [{ "id": 1, "name": "tea", "price": 4 }], []]),
        )
}

fn text(description: &str) -> Property {
    Property::of(PropertyType::String, description)
}
