//! How Send Email describes itself.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};

use super::account::KIND;

const FIRST: [f64; 1] = [1.0];

pub(super) static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let definition = NodeDefinition::new(
        "n8n-nodes-base.emailSend",
        "Send Email",
        "Sends an e-mail for each item through an SMTP server. Its items tell what the server answered.",
    )
    .versions(&[1.0, 2.0, 2.1, 2.2])
    .credentials(&[KIND])
    .property(
        "resource",
        later(Property::choice("What the node works on.", &["email"]).default_value("email")),
    )
    .property(
        "operation",
        later(
            Property::choice(
                "Whether the e-mail is sent (`send`), or an answer is waited for as well (`sendAndWait`, not supported \
                 yet).",
                &["send", "sendAndWait"],
            )
            .default_value("send"),
        ),
    )
    .property(
        "fromEmail",
        text("The sender, such as `Ada <ada@example.com>`.")
            .placeholder("ada@example.com")
            .required(),
    )
    .property(
        "toEmail",
        text("The recipients, separated by commas.")
            .placeholder("bo@example.com")
            .required(),
    )
    .property("ccEmail", first(text("Version 1: who gets a copy.")))
    .property("bccEmail", first(text("Version 1: who gets a copy without being named.")))
    .property("subject", text("The subject line."))
    .property(
        "emailFormat",
        later(
            Property::choice(
                "Which of `text` and `html` is sent. Version 2 sends the text unless this says otherwise; version 1 sends \
                 whatever is not empty.",
                &["html", "text", "both"],
            )
            .default_value("html"),
        ),
    )
    .property("text", text("The message as plain text."))
    .property("html", text("The message as HTML."))
    .property(
        "attachments",
        first(text(
            "Version 1: names of the item's files that are attached, separated by commas.",
        )),
    );
    definition.property("options", options()).property(
        "requestOptions",
        Property::of(
            PropertyType::Collection,
            "`timeout` (of each wait for the server), `totalTimeout`, `caCertificate` and `clientCertificate` as for \
             requests.",
        ),
    )
});

fn options() -> Property {
    Property::of(PropertyType::Collection, "Further settings.")
        .field(
            "allowUnauthorizedCerts",
            flag("Whether any certificate of the server is accepted.", false),
        )
        .field("replyTo", text("Where answers go."))
        .field("ccEmail", later(text("Who gets a copy.")))
        .field("bccEmail", later(text("Who gets a copy without being named.")))
        .field(
            "appendAttribution",
            later(flag(
                "Whether a last line says that the e-mail was sent automatically. Version 2 has none unless this is set.",
                true,
            )),
        )
        .field(
            "attachments",
            later(text(
                "Names of the item's files that the HTML shows as `cid:NAME`, separated by commas.",
            )),
        )
        .field(
            "fileAttachments",
            later(text("Names of the item's files that are attached, separated by commas.")),
        )
}

fn first(property: Property) -> Property {
    property.in_versions(&FIRST)
}

fn later(property: Property) -> Property {
    property.not_in_versions(&FIRST)
}

fn text(description: &str) -> Property {
    Property::of(PropertyType::String, description)
}

fn flag(description: &str, default: bool) -> Property {
    Property::of(PropertyType::Boolean, description).default_value(default)
}
