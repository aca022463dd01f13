//! How Switch describes itself.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use serde_json::json;

use crate::core::if_::{ignore_case, loose_type_validation};

pub(super) static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let definition = NodeDefinition::new(
        "n8n-nodes-base.switch",
        "Switch",
        "Sends each item to one of several outputs: that of the first rule it passes, or that of a number.",
    )
    .versions(&[1.0, 2.0, 3.0, 3.1, 3.2, 3.3, 3.4])
    .property(
        "mode",
        Property::choice(
            "Whether rules choose the output or a number does.",
            &["rules", "expression"],
        )
        .default_value("rules"),
    )
    .property(
        "rules",
        Property::of(
            PropertyType::FixedCollection,
            "Mode `rules`: the rules in order, one output each.",
        )
        .field(
            "values",
            Property::of(PropertyType::Collection, "A rule.")
                .field(
                    "conditions",
                    Property::of(PropertyType::Filter, "What an item must fulfil."),
                )
                .field(
                    "renameOutput",
                    Property::of(PropertyType::Boolean, "Whether the output has a label of its own.")
                        .default_value(false),
                )
                .field(
                    "outputKey",
                    Property::of(PropertyType::String, "The label of the output; routing ignores it."),
                ),
        )
        .field(
            "rules",
            Property::of(
                PropertyType::Collection,
                "Versions 1 and 2: a rule, that is `operation`, `value2`, and in version 1 the `output` it leads to.",
            ),
        ),
    )
    .property(
        "numberOutputs",
        Property::of(PropertyType::Number, "Mode `expression`: how many outputs there are.").default_value(4),
    )
    .property(
        "output",
        Property::of(
            PropertyType::Number,
            "Mode `expression`: the output of the item, counted from 0.",
        ),
    )
    .property("looseTypeValidation", loose_type_validation());
    legacy_properties(definition)
        .property(
            "options",
            Property::of(PropertyType::Collection, "Further settings of mode `rules`.")
                .field(
                    "fallbackOutput",
                    Property::of(
                        PropertyType::Options,
                        "Where items go that pass no rule: `none` drops them, `extra` adds an output for them, a number \
                         names the output of a rule.",
                    )
                    .default_value("none"),
                )
                .field(
                    "renameFallbackOutput",
                    Property::of(PropertyType::String, "The label of the extra output."),
                )
                .field(
                    "allMatchingOutputs",
                    Property::of(
                        PropertyType::Boolean,
                        "Whether an item goes to the outputs of all rules it passes, not only of the first.",
                    )
                    .default_value(false),
                )
                .field("ignoreCase", ignore_case())
                .field("looseTypeValidation", loose_type_validation()),
        )
        .example(
            "an output by number",
            json!({ "mode": "expression", "numberOutputs": 2, "output": "={{ $json.id % 2 }}" }),
            json!([[{ "id": 1 }, { "id": 2 }]]),
            json!([[{ "id": 2 }], [{ "id": 1 }]]),
        )
        .example(
            "what no rule wants",
            json!({
                "rules": { "values": [{ "conditions": { "combinator": "and", "conditions": [{
                    "leftValue": "={{ $json.status }}", "rightValue": "closed",
                    "operator": { "type": "string", "operation": "equals" }
                }] } }] },
                "options": { "fallbackOutput": "extra" }
            }),
            json!([[{ "status": "open" }, { "status": "closed" }]]),
            json!([[{ "status": "closed" }], [{ "status": "open" }]]),
        )
});

/// Parameters that only versions 1 and 2 have.
fn legacy_properties(definition: NodeDefinition) -> NodeDefinition {
    definition
        .property(
            "dataType",
            Property::choice(
                "Versions 1 and 2: the type of the values that the rules compare.",
                &["boolean", "dateTime", "number", "string"],
            )
            .default_value("number"),
        )
        .property(
            "value1",
            Property::of(
                PropertyType::String,
                "Versions 1 and 2: the value that every rule compares with its own.",
            ),
        )
        .property(
            "fallbackOutput",
            Property::of(
                PropertyType::Number,
                "Versions 1 and 2: the output of items that pass no rule; -1 drops them.",
            )
            .default_value(-1),
        )
        .property(
            "outputsAmount",
            Property::of(
                PropertyType::Number,
                "Version 2, mode `expression`: how many outputs there are.",
            )
            .default_value(4),
        )
}
