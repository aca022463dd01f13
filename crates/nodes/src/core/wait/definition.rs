//! What Wait takes, version by version.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};

use serde_json::json;

use crate::core::webhook;

pub(super) static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let choice = Property::choice;
    let text = |meaning: &str| Property::of(PropertyType::String, meaning);
    let number = |meaning: &str| Property::of(PropertyType::Number, meaning);
    let flag = |meaning: &str| Property::of(PropertyType::Boolean, meaning);
    NodeDefinition::new(
        "n8n-nodes-base.wait",
        "Wait",
        "Lets the execution rest until a time has passed, a moment has come, a call comes in or a form is sent.",
    )
    .versions(&[1.0, 1.1])
    .credentials(&["httpBasicAuth", "httpHeaderAuth", "jwtAuth"])
    .property(
        "resume",
        choice(
            "What ends the wait.",
            &["timeInterval", "specificTime", "webhook", "form"],
        )
        .default_value("timeInterval"),
    )
    .property(
        "amount",
        number("How long to wait, in `unit`. Version 1 takes 1 where nothing is stored.").default_value(5),
    )
    .property(
        "unit",
        choice(
            "Unit of `amount`. Version 1 takes hours where nothing is stored.",
            &["seconds", "minutes", "hours", "days"],
        )
        .default_value("seconds"),
    )
    .property(
        "dateTime",
        text("The moment to wait for, with `specificTime`; in the workflow's time zone unless it says otherwise."),
    )
    .property(
        "httpMethod",
        choice(
            "The HTTP method of the call that is awaited.",
            &["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"],
        )
        .default_value("GET"),
    )
    .property("incomingAuthentication", webhook::authentication())
    .property("responseMode", webhook::response_mode())
    .property("responseCode", number("Status of the answer.").default_value(200))
    .property("responseData", webhook::response_data())
    .property("responseBinaryPropertyName", webhook::response_binary())
    .property("formTitle", text("Heading of the form."))
    .property("formDescription", text("Text below the heading of the form."))
    .property(
        "formFields",
        Property::of(PropertyType::FixedCollection, "What the form asks; as Form Trigger has it."),
    )
    .property(
        "limitWaitTime",
        flag("Whether the wait for a call or a form ends by itself.").default_value(false),
    )
    .property(
        "limitType",
        choice(
            "Whether it ends after a time or at a moment.",
            &["afterTimeInterval", "atSpecifiedTime"],
        )
        .default_value("afterTimeInterval"),
    )
    .property(
        "resumeAmount",
        number("After how long, in `resumeUnit`.").default_value(1),
    )
    .property(
        "resumeUnit",
        choice("Unit of `resumeAmount`.", &["seconds", "minutes", "hours", "days"])
            .default_value("hours"),
    )
    .property("maxDateAndTime", text("The moment at which it ends."))
    .property("options", webhook::options())
    .example(
        "the items go on after the wait",
        json!({ "amount": 30, "unit": "minutes" }),
        json!([[{ "n": 1 }, { "n": 2 }]]),
        json!([[{ "n": 1 }, { "n": 2 }]]),
    )
});
