//! What Convert to File offers.

use std::sync::LazyLock;

use itemflow_model::Value;
use itemflow_model::definition::{DisplayOptions, NodeDefinition, Property, PropertyType};
use serde_json::json;

use crate::core::calendar::event_properties;

pub(super) static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let text = |description: &str| Property::of(PropertyType::String, description);
    let flag = |description: &str| Property::of(PropertyType::Boolean, description);
    let options = Property::of(PropertyType::Collection, "Further settings.")
        .field("fileName", text("Name of the file. Tables are named `File.` and the format, others `file.` and what their kind is called."))
        .field("headerRow", flag("Tables: write the names of the columns as the first row.").default_value(true))
        .field("sheetName", text("xls, xlsx, ods: name of the sheet.").default_value("Sheet"))
        .field("delimiter", text("csv: what stands between cells.").default_value(","))
        .field("compression", flag("ods: compress the file.").default_value(false))
        .field("encoding", text("JSON and text: encoding of the file.").default_value("utf8"))
        .field("addBOM", flag("JSON and text: put a mark of the encoding at the beginning.").default_value(false))
        .field("format", flag("JSON: write it over several lines, indented.").default_value(false))
        .field("mimeType", text("`toBinary`: media type of the file; what its bytes say unless given."))
        .field("dataIsBase64", flag("`toBinary` in version 1: the field holds base64. When off, it holds the text of the file.").default_value(true));
    let mut definition = NodeDefinition::new(
        "n8n-nodes-base.convertToFile",
        "Convert to File",
        "Makes files of items: tables, JSON, text, calendar events, or bytes that are written as base64.",
    )
    .versions(&[1.0, 1.1])
    .property("operation", Property::choice(
        "What kind of file. Tables (csv to xlsx) take all items into one file; inner fields become columns with dotted names.",
        &["csv", "html", "iCal", "toJson", "ods", "rtf", "toText", "toBinary", "xls", "xlsx"],
    ).default_value("csv"))
    .property("mode", Property {
        display_options: shown_for(&["toJson"]),
        ..Property::choice("One JSON file of all items, or one of each.", &["once", "each"]).default_value("once")
    })
    .property("sourceProperty", Property {
        display_options: shown_for(&["toText", "toBinary"]),
        ..text("Field that holds the text, or the base64 of the bytes.").required()
    })
    .property("binaryPropertyName", text("Name that the file gets in the item.").default_value("data"))
    .property("options", options)
    .example(
        "a csv file of all items",
        json!({}),
        json!([[{ "id": 1, "tags": ["a", "b"] }, { "id": 2 }]]),
        json!([[{ "$binary": { "data": { "mimeType": "text/csv", "fileName": "File.csv", "text": "\u{feff}id,tags.0,tags.1\n1,a,b\n2,," } } }]]),
    )
    .example(
        "a JSON file of each item",
        json!({ "operation": "toJson", "mode": "each" }),
        json!([[{ "id": 1 }, { "id": 2 }]]),
        json!([[
            { "$binary": { "data": { "mimeType": "application/json", "fileName": "file.json", "text": "{\"id\":1}" } } },
            { "$binary": { "data": { "mimeType": "application/json", "fileName": "file.json", "text": "{\"id\":2}" } } },
        ]]),
    )
    .example(
        "the text of a field",
        json!({ "operation": "toText", "sourceProperty": "note.text", "options": { "fileName": "note.md" } }),
        json!([[{ "note": { "text": "# Hello" } }]]),
        json!([[{ "$binary": { "data": { "mimeType": "text/plain", "fileName": "note.md", "text": "# Hello" } } }]]),
    )
    .example(
        "bytes from base64",
        json!({ "operation": "toBinary", "sourceProperty": "picture", "binaryPropertyName": "picture" }),
        json!([[{ "picture": "iVBORw0KGgo=" }]]),
        json!([[{ "$binary": { "picture": { "mimeType": "image/png", "fileName": "file.png", "base64": "iVBORw0KGgo=" } } }]]),
    );
    for (name, property) in event_properties() {
        let shown = Property {
            display_options: shown_for(&["iCal"]),
            ..property
        };
        definition = definition.property(name, shown);
    }
    definition
});

fn shown_for(operations: &[&str]) -> Option<DisplayOptions> {
    let operations = operations.iter().map(|operation| Value::from(*operation));
    Some(DisplayOptions {
        show: [("operation".into(), operations.collect())].into(),
        ..DisplayOptions::default()
    })
}
