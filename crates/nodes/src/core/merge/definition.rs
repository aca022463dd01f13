//! What Merge takes, version by version, and examples of the current one.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType, TypeOptions};
use serde_json::json;

use crate::core::field::disable_dot_notation;

pub(super) static DEFINITION: LazyLock<NodeDefinition> =
    LazyLock::new(|| with_examples(with_old_properties(with_properties(base()))));

fn base() -> NodeDefinition {
    NodeDefinition::new(
        "n8n-nodes-base.merge",
        "Merge",
        "Makes one list of the items of several inputs: one after the other, joined by fields or position, or the items \
         of one input once all have arrived.",
    )
    .versions(&[1.0, 2.0, 2.1, 3.0, 3.1, 3.2])
    .inputs(&["input 1", "input 2"])
}

fn with_properties(definition: NodeDefinition) -> NodeDefinition {
    definition
        .property(
            "mode",
            Property::choice(
                "How to merge. `combineBySql` is not supported yet. Version 1 has other modes: `append`, \
                 `keepKeyMatches`, `mergeByIndex`, `mergeByKey`, `multiplex`, `passThrough`, `removeKeyMatches`, `wait`.",
                &["append", "combine", "combineBySql", "chooseBranch"],
            )
            .default_value("append"),
        )
        .property(
            "combineBy",
            Property::choice(
                "Which items to combine: those with equal fields, those at the same position, or each with each.",
                &["combineByFields", "combineByPosition", "combineAll"],
            )
            .default_value("combineByFields"),
        )
        .property(
            "numberInputs",
            Property {
                type_options: Some(TypeOptions {
                    min_value: Some(2.0),
                    max_value: Some(10.0),
                    ..TypeOptions::default()
                }),
                ..Property::of(
                    PropertyType::Number,
                    "How many inputs there are. Combining by fields and combining all always have two.",
                )
            }
            .default_value(2),
        )
        .property(
            "advanced",
            Property::flag("Match on fields that have different names in the two inputs."),
        )
        .property(
            "fieldsToMatchString",
            text("The fields that must be equal, separated by commas."),
        )
        .property(
            "mergeByFields",
            Property::of(
                PropertyType::FixedCollection,
                "The pairs of fields that must be equal, when they have different names.",
            )
            .field(
                "values",
                Property::list("A pair of fields.")
                .field("field1", text("Field of the items of input 1."))
                .field("field2", text("Field of the items of input 2.")),
            ),
        )
        .property(
            "joinMode",
            Property::choice(
                "Which items come out: those that match, those that do not, all, or all of one input with what the \
                 other knows of them.",
                &[
                    "keepMatches",
                    "keepNonMatches",
                    "keepEverything",
                    "enrichInput1",
                    "enrichInput2",
                ],
            )
            .default_value("keepMatches"),
        )
        .property(
            "outputDataFrom",
            Property::choice(
                "With `keepMatches` and `keepNonMatches`: whose data comes out.",
                &["both", "input1", "input2"],
            )
            .default_value("both"),
        )
        .property(
            "output",
            Property::choice(
                "With `chooseBranch`: the items of an input, or one empty item. Versions 1 and 2 name `input1` or \
                 `input2` instead.",
                &["specifiedInput", "empty"],
            )
            .default_value("specifiedInput"),
        )
        .property(
            "useDataOfInput",
            Property::of(
                PropertyType::Number,
                "With `chooseBranch`: number of the input whose items come out, from 1.",
            )
            .default_value(1),
        )
        .property("options", options())
}

fn options() -> Property {
    let clash = Property::of(PropertyType::Collection, "What to do.")
        .field(
            "resolveClash",
            Property::choice(
                "Whose value stays: the last input's, that of the input named (`preferInput1`), or both, each under \
                 the field's name and the number of the input. Absent: the last input's, with `enrichInput2` the \
                 first's.",
                &["preferLast", "preferInput1", "preferInput2", "addSuffix"],
            ),
        )
        .field(
            "mergeMode",
            Property::choice(
                "Whether objects and lists are merged within or replaced.",
                &["deepMerge", "shallowMerge"],
            )
            .default_value("deepMerge"),
        )
        .field(
            "overrideEmpty",
            Property::flag("Keep a value that null or empty text would replace."),
        );
    Property::of(PropertyType::Collection, "Further settings.")
        .field(
            "clashHandling",
            Property::of(
                PropertyType::FixedCollection,
                "What happens where both items have a value.",
            )
            .field("values", clash),
        )
        .field(
            "fuzzyCompare",
            Property::flag(
                "Match values of different kinds that look the same, such as `1` and `\"1\"`, or null and empty text.",
            ),
        )
        .field(
            "disableDotNotation",
            disable_dot_notation(),
        )
        .field(
            "multipleMatches",
            Property::choice(
                "Whether an item is combined with all its matches or with the first.",
                &["all", "first"],
            )
            .default_value("all"),
        )
        .field(
            "includeUnpaired",
            Property::flag("By position: pass on items for which another input has none."),
        )
}

fn with_old_properties(definition: NodeDefinition) -> NodeDefinition {
    definition
        .property(
            "combinationMode",
            Property::choice(
                "Version 2: which items to combine.",
                &["mergeByFields", "mergeByPosition", "multiplex"],
            )
            .default_value("mergeByFields"),
        )
        .property(
            "chooseBranchMode",
            Property::choice(
                "Version 2: when the branch is chosen.",
                &["waitForBoth"],
            )
            .default_value("waitForBoth"),
        )
        .property(
            "join",
            Property::choice(
                "Version 1, `mergeByIndex`: which positions come out: those of both inputs, of input 1, or of either.",
                &["inner", "left", "outer"],
            )
            .default_value("left"),
        )
        .property(
            "propertyName1",
            text("Version 1: field of the items of input 1 that must be equal."),
        )
        .property(
            "propertyName2",
            text("Version 1: field of the items of input 2 that must be equal."),
        )
        .property(
            "overwrite",
            Property::choice(
                "Version 1, `mergeByKey`: which values of input 1 are replaced: all, empty ones, or none.",
                &["always", "blank", "undefined"],
            )
            .default_value("always"),
        )
}

fn with_examples(definition: NodeDefinition) -> NodeDefinition {
    definition
        .example(
            "one after the other",
            json!({}),
            json!([[{ "a": 1 }], [{ "b": 2 }, { "b": 3 }]]),
            json!([[{ "a": 1 }, { "b": 2 }, { "b": 3 }]]),
        )
        .example(
            "items with the same id",
            json!({ "mode": "combine", "fieldsToMatchString": "id" }),
            json!([
                [{ "id": 1, "name": "Ann" }, { "id": 2, "name": "Bob" }],
                [{ "id": 2, "city": "Bonn" }, { "id": 2, "city": "Rome" }],
            ]),
            json!([[
                { "id": 2, "name": "Bob", "city": "Bonn" },
                { "id": 2, "name": "Bob", "city": "Rome" },
            ]]),
        )
        .example(
            "all people, with their order where there is one",
            json!({
                "mode": "combine",
                "advanced": true,
                "mergeByFields": { "values": [{ "field1": "id", "field2": "person" }] },
                "joinMode": "enrichInput1",
            }),
            json!([[{ "id": 1 }, { "id": 2 }], [{ "person": 2, "order": 7 }]]),
            json!([[{ "id": 2, "person": 2, "order": 7 }, { "id": 1 }]]),
        )
        .example(
            "three inputs, position by position",
            json!({ "mode": "combine", "combineBy": "combineByPosition", "numberInputs": 3 }),
            json!([[{ "a": 1 }, { "a": 2 }], [{ "b": 1 }], [{ "c": 1 }]]),
            json!([[{ "a": 1, "b": 1, "c": 1 }]]),
        )
        .example(
            "each with each",
            json!({ "mode": "combine", "combineBy": "combineAll" }),
            json!([[{ "size": "S" }, { "size": "L" }], [{ "colour": "red" }, { "colour": "blue" }]]),
            json!([[
                { "size": "S", "colour": "red" },
                { "size": "S", "colour": "blue" },
                { "size": "L", "colour": "red" },
                { "size": "L", "colour": "blue" },
            ]]),
        )
        .example(
            "the second input, once both have arrived",
            json!({ "mode": "chooseBranch", "useDataOfInput": 2 }),
            json!([[{ "a": 1 }], [{ "b": 2 }]]),
            json!([[{ "b": 2 }]]),
        )
}

fn text(description: &str) -> Property {
    Property::of(PropertyType::String, description)
}
