//! What Form Trigger takes, version by version.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType, TypeOptions};
use serde_json::json;

pub(super) static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let text = |meaning: &str| Property::of(PropertyType::String, meaning);
    NodeDefinition::new(
        "n8n-nodes-base.formTrigger",
        "Form Trigger",
        "Shows a form on a page of its own and starts an execution when somebody sends it.",
    )
    .versions(&[1.0, 2.0, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6])
    .inputs(&[])
    .credentials(&["httpBasicAuth"])
    .property(
        "authentication",
        Property::choice(
            "Who may see the form: everybody, or who knows the credential.",
            &["none", "basicAuth"],
        )
        .default_value("none"),
    )
    .property("path", text("Path of the address, in versions before 2.2; later ones have it among the options."))
    .property("formTitle", text("Heading."))
    .property("formDescription", text("Text below the heading."))
    .property("formFields", fields())
    .property(
        "responseMode",
        Property::choice(
            "When the sender gets an answer: at once or when the last node has ended; in versions before 2.2 also by a \
             Respond to Webhook node.",
            &["onReceived", "lastNode", "responseNode"],
        )
        .default_value("onReceived"),
    )
    .property("options", options())
    .example(
        "the answers go on as an item",
        json!({ "formTitle": "Contact", "formFields": { "values": [{ "fieldLabel": "Name" }] } }),
        json!([[{ "Name": "Ada", "submittedAt": "2026-01-02T03:04:05.000Z", "formMode": "test" }]]),
        json!([[{ "Name": "Ada", "submittedAt": "2026-01-02T03:04:05.000Z", "formMode": "test" }]]),
    )
});

/// `formFields`, which Form and Wait have too.
pub(crate) fn fields() -> Property {
    let text = |meaning: &str| Property::of(PropertyType::String, meaning);
    let flag = |meaning: &str| Property::of(PropertyType::Boolean, meaning);
    let several = |meaning: &str| Property {
        type_options: Some(TypeOptions {
            multiple_values: true,
            ..TypeOptions::default()
        }),
        ..Property::of(PropertyType::Collection, meaning)
    };
    Property::of(
        PropertyType::FixedCollection,
        "What the form asks, in order.",
    )
    .field(
        "values",
        several("A field.")
            .field(
                "fieldLabel",
                text("What people read, and the key of the answer."),
            )
            .field(
                "fieldName",
                text("The key of the answer, from version 2.4 on."),
            )
            .field(
                "fieldType",
                Property::choice(
                    "Kind of answer.",
                    &[
                        "text",
                        "textarea",
                        "number",
                        "email",
                        "password",
                        "date",
                        "dropdown",
                        "checkbox",
                        "radio",
                        "file",
                        "hiddenField",
                        "html",
                    ],
                )
                .default_value("text"),
            )
            .field("placeholder", text("Hint inside the empty field."))
            .field("defaultValue", text("The answer it starts with."))
            .field("requiredField", flag("Whether there must be an answer."))
            .field(
                "fieldOptions",
                Property::of(PropertyType::FixedCollection, "What can be chosen.").field(
                    "values",
                    several("A choice.").field("option", text("Its text.")),
                ),
            )
            .field(
                "multiselect",
                flag("Whether several can be chosen from a dropdown."),
            )
            .field(
                "multipleFiles",
                flag("Whether several files can be sent.").default_value(true),
            )
            .field(
                "acceptFileTypes",
                text("File name extensions that are taken, separated by commas."),
            )
            .field("html", text("Own HTML, in a field of kind `html`.")),
    )
}

fn options() -> Property {
    let text = |meaning: &str| Property::of(PropertyType::String, meaning);
    let flag = |meaning: &str| Property::of(PropertyType::Boolean, meaning);
    Property::of(PropertyType::Collection, "Further settings.")
        .field("path", text("Path of the address, from version 2.2 on; absent, the node's own identity."))
        .field("buttonLabel", text("Label of the button.").default_value("Submit"))
        .field(
            "respondWithOptions",
            Property::of(PropertyType::FixedCollection, "What the sender sees at the end.").field(
                "values",
                Property::of(PropertyType::Collection, "The ending.")
                    .field(
                        "respondWith",
                        Property::choice("A text or another address.", &["text", "redirect"])
                            .default_value("text"),
                    )
                    .field("formSubmittedText", text("The text."))
                    .field("redirectUrl", text("The other address.")),
            ),
        )
        .field("formSubmittedText", text("The text at the end, in version 1."))
        .field("ipWhitelist", text("Addresses and networks that may see the form, separated by commas."))
        .field("ignoreBots", flag("Whether robots and link previews are refused."))
        .field(
            "useWorkflowTimezone",
            flag("Whether `submittedAt` is in the workflow's time zone; from version 2.1 on it is unless this says no."),
        )
        .field("customCss", text("Own style rules of the page."))
        .field("showHeaders", flag("Whether the item gets the header fields of the call."))
}
