//! How Set describes itself.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use serde_json::json;

pub(super) static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let definition = NodeDefinition::new(
        "n8n-nodes-base.set",
        "Edit Fields",
        "Gives every item new fields, and keeps or drops those it came with.",
    )
    .versions(&[1.0, 2.0, 3.0, 3.1, 3.2, 3.3, 3.4, 3.5])
    .property(
        "mode",
        Property::choice(
            "Whether fields are set one by one (`manual`) or as one JSON object (`raw`).",
            &["manual", "raw"],
        )
        .default_value("manual"),
    )
    .property("assignments", assignments())
    .property(
        "jsonOutput",
        Property::of(
            PropertyType::Json,
            "Mode `raw`: the fields as a JSON object. Expressions in it are filled in as text or JSON before it is \
             read.",
        ),
    )
    .property(
        "includeOtherFields",
        Property::of(
            PropertyType::Boolean,
            "Whether fields of the input item stay. Before version 3.3 `include` alone decides.",
        )
        .default_value(false),
    )
    .property(
        "include",
        Property::choice(
            "Which fields of the input item stay. `none` exists before version 3.3 only.",
            &["all", "none", "selected", "except"],
        )
        .default_value("all"),
    )
    .property(
        "includeFields",
        Property::of(
            PropertyType::String,
            "`include: selected`: names of the fields that stay, with commas between them.",
        ),
    )
    .property(
        "excludeFields",
        Property::of(
            PropertyType::String,
            "`include: except`: names of the fields that go, with commas between them.",
        ),
    )
    .property("options", options());
    examples(older_parameters(definition))
});

fn assignments() -> Property {
    Property::of(
        PropertyType::AssignmentCollection,
        "Mode `manual`: the fields to set.",
    )
    .field(
        "assignments",
        Property::of(PropertyType::Collection, "A field.")
            .field(
                "name",
                Property::of(PropertyType::String, "Its name; dots make a path."),
            )
            .field(
                "type",
                Property::choice(
                    "The type its value is converted to.",
                    &["string", "number", "boolean", "array", "object", "binary"],
                )
                .default_value("string"),
            )
            .field("value", Property::of(PropertyType::String, "Its value.")),
    )
}

fn options() -> Property {
    let flag = |meaning: &str, default: bool| {
        Property::of(PropertyType::Boolean, meaning).default_value(default)
    };
    Property::of(PropertyType::Collection, "Further settings.")
        .field(
            "dotNotation",
            flag("Whether a name with dots is a path into nested objects.", true),
        )
        .field(
            "ignoreConversionErrors",
            flag(
                "Whether a value that cannot become the type of its field is kept as it is, instead of failing.",
                false,
            ),
        )
        .field(
            "stripBinary",
            flag(
                "Whether binary data is dropped although other fields stay (from version 3.4).",
                false,
            ),
        )
        .field(
            "includeBinary",
            flag("Whether binary data stays (before version 3.4).", false),
        )
}

/// Parameters that only some versions have.
fn older_parameters(definition: NodeDefinition) -> NodeDefinition {
    definition
        .property(
            "duplicateItem",
            Property::of(
                PropertyType::Boolean,
                "Whether a run by hand repeats every item, to try a workflow with more of them.",
            )
            .default_value(false),
        )
        .property(
            "duplicateCount",
            Property::of(PropertyType::Number, "How many copies `duplicateItem` adds.")
                .default_value(0),
        )
        .property(
            "fields",
            Property::of(
                PropertyType::FixedCollection,
                "Versions 3 to 3.2: the fields to set, in `values`, each with its value under a key that names its \
                 type, such as `stringValue`.",
            ),
        )
        .property(
            "values",
            Property::of(
                PropertyType::FixedCollection,
                "Versions 1 and 2: the fields to set, in the lists `boolean`, `number` and `string`.",
            ),
        )
        .property(
            "keepOnlySet",
            Property::of(
                PropertyType::Boolean,
                "Versions 1 and 2: whether the fields of the input item are dropped.",
            )
            .default_value(false),
        )
}

fn examples(definition: NodeDefinition) -> NodeDefinition {
    definition
        .example(
            "new fields alone",
            json!({ "assignments": { "assignments": [
                { "name": "greeting", "type": "string", "value": "=Hello {{ $json.name }}!" },
                { "name": "address.floor", "type": "number", "value": "3" }
            ] } }),
            json!([[{ "name": "Ada" }]]),
            json!([[{ "greeting": "Hello Ada!", "address": { "floor": 3 } }]]),
        )
        .example(
            "other fields stay, but one",
            json!({
                "assignments": { "assignments": [
                    { "name": "seen", "type": "boolean", "value": true }
                ] },
                "includeOtherFields": true,
                "include": "except",
                "excludeFields": "secret"
            }),
            json!([[{ "id": 1, "secret": "x" }]]),
            json!([[{ "id": 1, "seen": true }]]),
        )
        .example(
            "an object as JSON",
            json!({ "mode": "raw", "jsonOutput": "={ \"name\": \"{{ $json.name }}\", \"tags\": {{ $json.tags }} }" }),
            json!([[{ "name": "Ada", "tags": ["a", "b"], "id": 1 }]]),
            json!([[{ "name": "Ada", "tags": ["a", "b"] }]]),
        )
}
