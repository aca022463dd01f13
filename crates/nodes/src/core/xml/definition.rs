//! What XML takes.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use serde_json::json;

pub(super) static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let text = |description| Property::of(PropertyType::String, description);
    let flag = |description, default: bool| {
        Property::of(PropertyType::Boolean, description).default_value(default)
    };
    let options = Property::of(PropertyType::Collection, "Further settings.")
        .field("attrkey", text("The member that holds attributes.").default_value("$"))
        .field("charkey", text("The member that holds the text of an element with attributes or children.").default_value("_"))
        .field("explicitArray", flag("Make a list of every child (xmlToJson). Otherwise only of several of one name.", false))
        .field("explicitRoot", flag("Keep the name of the root element as the only member (xmlToJson).", true))
        .field("ignoreAttrs", flag("Leave attributes out (xmlToJson).", false))
        .field("mergeAttrs", flag("Put attributes beside the children, not under `attrkey` (xmlToJson).", true))
        .field("normalize", flag("Make one space of several in texts, and cut it off around them (xmlToJson).", false))
        .field("normalizeTags", flag("Write the names of elements in lower case (xmlToJson).", false))
        .field("trim", flag("Cut off space around texts (xmlToJson).", false))
        .field("rootName", text("The name of the root element. An object with one member has that as its root by default (jsonToxml).").default_value("root"))
        .field("cdata", flag("Write texts with `<`, `>` or `&` as CDATA (jsonToxml).", false))
        .field("headless", flag("Leave out the first line, `<?xml … ?>` (jsonToxml).", false))
        .field("allowSurrogateChars", flag("Has no effect: such characters are always allowed (jsonToxml).", false));
    NodeDefinition::new(
        "n8n-nodes-base.xml",
        "XML",
        "Reads XML into objects and writes objects as XML.",
    )
    .property(
        "mode",
        Property::choice("Which way to convert.", &["jsonToxml", "xmlToJson"])
            .default_value("xmlToJson"),
    )
    .property(
        "dataPropertyName",
        text("The field that holds the XML, or that it goes to.").default_value("data"),
    )
    .property("options", options)
    .example(
        "reading",
        json!({}),
        json!([[{ "data": "<feed lang=\"en\"><entry id=\"1\">one</entry><entry>two</entry><empty/></feed>" }]]),
        json!([[{ "feed": { "lang": "en", "entry": [{ "_": "one", "id": "1" }, "two"], "empty": "" } }]]),
    )
    .example(
        "reading with attributes apart",
        json!({ "options": { "mergeAttrs": false, "explicitArray": true, "explicitRoot": false } }),
        json!([[{ "data": "<feed lang=\"en\"><entry>one</entry></feed>" }]]),
        json!([[{ "$": { "lang": "en" }, "entry": ["one"] }]]),
    )
    .example(
        "writing",
        json!({ "mode": "jsonToxml", "options": { "headless": true } }),
        json!([[{ "feed": { "$": { "lang": "en" }, "entry": ["one", "two"], "more": { "n": 1 } } }]]),
        json!([[{ "data": "<feed lang=\"en\">\n  <entry>one</entry>\n  <entry>two</entry>\n  <more>\n    <n>1</n>\n  </more>\n</feed>" }]]),
    )
});
