//! What Item Lists takes: the parameters of the nodes that it stands for, each shown for its operation.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyOrRef, PropertyType};
use serde_json::json;

use crate::core::aggregate::Aggregate;
use crate::core::limit::Limit;
use crate::core::remove_duplicates::RemoveDuplicates;
use crate::core::sort::Sort;
use crate::core::split_out::SplitOut;
use crate::core::summarize::Summarize;
use crate::node::NodeType;

pub(super) static DEFINITION: LazyLock<NodeDefinition> =
    LazyLock::new(|| with_examples(with_properties(base())));

const SPLIT_OUT: &[&str] = &["splitOutItems"];
const AGGREGATE: &[&str] = &["concatenateItems", "aggregateItems"];
const REMOVE_DUPLICATES: &[&str] = &["removeDuplicates"];
const SORT: &[&str] = &["sort"];
const LIMIT: &[&str] = &["limit"];
const SUMMARIZE: &[&str] = &["summarize"];

fn base() -> NodeDefinition {
    NodeDefinition::new(
        "n8n-nodes-base.itemLists",
        "Item Lists",
        "Works on lists of items: splits, gathers, sorts, limits and summarizes them. Split Out, Aggregate, Remove \
         Duplicates, Sort, Limit and Summarize have taken its place.",
    )
    .versions(&[1.0, 2.0, 2.1, 2.2, 3.0, 3.1])
    .property(
        "operation",
        Property::choice(
            "What to do. `concatenateItems` is called `aggregateItems` before version 3.",
            &[
                "splitOutItems",
                "concatenateItems",
                "aggregateItems",
                "removeDuplicates",
                "sort",
                "limit",
                "summarize",
            ],
        )
        .default_value("splitOutItems"),
    )
}

/// Which parameters of which node belong to which operation; `options` and what several have come after.
fn parts() -> [(
    &'static dyn NodeType,
    &'static [&'static str],
    &'static [&'static str],
); 6] {
    [
        (&SplitOut, SPLIT_OUT, &["fieldToSplitOut"]),
        (
            &Aggregate,
            AGGREGATE,
            &["aggregate", "fieldsToAggregate", "destinationFieldName"],
        ),
        (
            &RemoveDuplicates,
            REMOVE_DUPLICATES,
            &["compare", "fieldsToCompare"],
        ),
        (&Sort, SORT, &["type", "sortFieldsUi", "code"]),
        (&Limit, LIMIT, &["maxItems", "keep"]),
        (
            &Summarize,
            SUMMARIZE,
            &["fieldsToSummarize", "fieldsToSplitBy"],
        ),
    ]
}

fn with_properties(definition: NodeDefinition) -> NodeDefinition {
    let list = |description: &str, operations: &[&str]| {
        Property::of(PropertyType::String, description)
            .shown_when("operation", operations.iter().copied())
    };
    let mut definition = definition;
    let mut options = Property::of(PropertyType::Collection, "Further settings.");
    for (node, operations, names) in parts() {
        let properties = &node.definition().properties;
        for name in names {
            let property = properties[*name].clone();
            let shown = property.shown_when("operation", operations.iter().copied());
            definition = definition.property(name, shown);
        }
        let fields = properties.get("options").map(|options| &options.properties);
        for (name, field) in fields.into_iter().flatten() {
            let PropertyOrRef::Property(field) = field else {
                continue;
            };
            if is_option(node, name) && !options.properties.contains_key(name) {
                options = options.field(name, Property::clone(field));
            }
        }
    }
    definition
        .property(
            "include",
            Property::choice(
                "The fields to keep: with `splitOutItems` of the item that is split, with `aggregateAllItemData` of \
                 each item.",
                &[
                    "noOtherFields",
                    "allOtherFields",
                    "selectedOtherFields",
                    "allFields",
                    "specifiedFields",
                    "allFieldsExcept",
                ],
            )
            .shown_when("operation", SPLIT_OUT.iter().chain(AGGREGATE).copied()),
        )
        .property(
            "fieldsToInclude",
            list(
                "The fields to keep with `selectedOtherFields` or `specifiedFields`, separated by commas; before \
                 version 3 `{ fields: [{ fieldName }] }`.",
                &[SPLIT_OUT, AGGREGATE].concat(),
            ),
        )
        .property(
            "fieldsToExclude",
            list(
                "The fields to leave out with `allFieldsExcept`, separated by commas; before version 3 \
                 `{ fields: [{ fieldName }] }`.",
                &[AGGREGATE, REMOVE_DUPLICATES].concat(),
            ),
        )
        .property("options", options)
}

/// Whether an option of a node is one of Item Lists too.
fn is_option(node: &dyn NodeType, name: &str) -> bool {
    let later = match node.definition().display_name.as_str() {
        "Remove Duplicates" => ["scope", "historySize"].as_slice(),
        "Summarize" => ["continueIfFieldNotFound"].as_slice(),
        _ => [].as_slice(),
    };
    !later.contains(&name)
}

fn with_examples(definition: NodeDefinition) -> NodeDefinition {
    definition
        .example(
            "split a list",
            json!({ "fieldToSplitOut": "tags", "include": "allOtherFields" }),
            json!([[{ "id": 7, "tags": ["red", "blue"] }]]),
            json!([[{ "id": 7, "tags": "red" }, { "id": 7, "tags": "blue" }]]),
        )
        .example(
            "gather a field",
            json!({
                "operation": "concatenateItems",
                "fieldsToAggregate": { "fieldToAggregate": [{ "fieldToAggregate": "id" }] },
            }),
            json!([[{ "id": 1 }, { "id": 2 }]]),
            json!([[{ "id": [1, 2] }]]),
        )
        .example(
            "remove duplicates",
            json!({ "operation": "removeDuplicates", "compare": "selectedFields", "fieldsToCompare": "id" }),
            json!([[{ "id": 1, "n": 1 }, { "id": 1, "n": 2 }]]),
            json!([[{ "id": 1, "n": 1 }]]),
        )
        .example(
            "sort",
            json!({
                "operation": "sort",
                "sortFieldsUi": { "sortField": [{ "fieldName": "id", "order": "descending" }] },
            }),
            json!([[{ "id": 1 }, { "id": 2 }]]),
            json!([[{ "id": 2 }, { "id": 1 }]]),
        )
        .example(
            "limit",
            json!({ "operation": "limit", "keep": "lastItems" }),
            json!([[{ "id": 1 }, { "id": 2 }]]),
            json!([[{ "id": 2 }]]),
        )
        .example(
            "summarize",
            json!({
                "operation": "summarize",
                "fieldsToSummarize": { "values": [{ "aggregation": "sum", "field": "n" }] },
                "fieldsToSplitBy": "year",
            }),
            json!([[{ "year": 2024, "n": 1 }, { "year": 2023, "n": 2 }, { "year": 2024, "n": 3 }]]),
            json!([[{ "year": "2023", "sum_n": 2 }, { "year": "2024", "sum_n": 4 }]]),
        )
}
