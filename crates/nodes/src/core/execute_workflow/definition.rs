//! What Execute Workflow takes, version by version.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use serde_json::json;

pub(super) static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let text = |meaning: &str| Property::of(PropertyType::String, meaning);
    NodeDefinition::new(
        "n8n-nodes-base.executeWorkflow",
        "Execute Sub-workflow",
        "Runs another workflow with its items and goes on with what that workflow gives.",
    )
    .versions(&[1.0, 1.1, 1.2, 1.3, 1.4])
    .property(
        "source",
        Property::choice(
            "Where the workflow is: kept where workflows are kept, in the parameter `workflowJson`, or, in versions up \
             to 1.1, in a file or on the web.",
            &["database", "parameter", "localFile", "url"],
        )
        .default_value("database"),
    )
    .property(
        "workflowId",
        Property::of(
            PropertyType::ResourceLocator,
            "Which workflow; a text in version 1. From the command line it is a file beside this workflow: its name \
             with or without extension, or the `id` or `name` inside it.",
        ),
    )
    .property(
        "workflowJson",
        Property::of(PropertyType::Json, "The workflow itself, with `source: parameter`."),
    )
    .property("workflowPath", text("The file, with `source: localFile`."))
    .property("workflowUrl", text("The address, with `source: url`."))
    .property(
        "workflowInputs",
        Property::of(
            PropertyType::ResourceMapper,
            "The fields that the workflow gets, from version 1.2 on: `defineBelow` gives each a value, \
             `autoMapInputData` and nothing stored pass the items on as they are.",
        ),
    )
    .property(
        "mode",
        Property::choice(
            "Whether the workflow runs once with all items or once for each.",
            &["once", "each"],
        )
        .default_value("once"),
    )
    .property(
        "options",
        Property::of(PropertyType::Collection, "Further settings.").field(
            "waitForSubWorkflow",
            Property::of(
                PropertyType::Boolean,
                "Whether to wait for the other workflow; otherwise the items go on at once.",
            ),
        ),
    )
    .example(
        "a workflow that gives back what it gets",
        json!({ "workflowId": { "__rl": true, "mode": "id", "value": "orders" } }),
        json!([[{ "n": 1 }, { "n": 2 }]]),
        json!([[{ "n": 1 }, { "n": 2 }]]),
    )
    .example(
        "fields of its own for the other workflow",
        json!({
            "workflowId": { "__rl": true, "mode": "id", "value": "orders" },
            "workflowInputs": { "mappingMode": "defineBelow", "value": { "order": "={{ $json.n }}" } },
            "mode": "each",
        }),
        json!([[{ "n": 1 }, { "n": 2 }]]),
        json!([[{ "order": 1 }, { "order": 2 }]]),
    )
});
