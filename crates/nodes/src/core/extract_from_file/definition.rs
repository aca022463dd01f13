//! What Extract From File offers.

use std::sync::LazyLock;

use itemflow_model::Value;
use itemflow_model::definition::{DisplayOptions, NodeDefinition, Property, PropertyType};
use serde_json::json;

pub(super) static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let text = |description: &str| Property::of(PropertyType::String, description);
    let flag = |description: &str| Property::of(PropertyType::Boolean, description);
    let number = |description: &str| Property::of(PropertyType::Number, description);
    let options = Property::of(PropertyType::Collection, "Further settings.")
        .field("keepSource", Property::choice(
            "JSON, text, calendars, base64 and pdf: what of the item stays beside what is extracted. Nothing unless given.",
            &["json", "binary", "both"],
        ))
        .field("encoding", text("csv and texts: encoding of the file.").default_value("utf8"))
        .field("stripBOM", flag("Texts: leave out a mark of the encoding at the beginning.").default_value(true))
        .field("headerRow", flag("Tables: whether the first row names the columns. When off, each row is a list under `row`.").default_value(true))
        .field("includeEmptyCells", flag("Tables: give empty cells as empty texts.").default_value(false))
        .field("delimiter", text("csv: what stands between cells.").default_value(","))
        .field("enableBOM", flag("csv: leave out a mark of the encoding at the beginning.").default_value(false))
        .field("relaxQuotes", flag("csv: take a quote inside a cell as it is.").default_value(false))
        .field("maxRowCount", number("csv: most rows to read; -1 for all.").default_value(-1))
        .field("fromLine", number("csv: line to begin at, counted from 1.").default_value(1))
        .field("skipRecordsWithErrors", Property::of(PropertyType::FixedCollection, "csv: `value.enabled` leaves out rows that are not right, `value.maxSkippedRecords` says how many at most."))
        .field("range", text("Other tables: number of rows to skip, or cells such as `A1:D10`."))
        .field("rawData", flag("html: take cells as text, numbers and dates too.").default_value(false))
        .field("readAsString", flag("html: read the bytes as text.").default_value(false))
        .field("sheetName", text("Other tables: name of the sheet; the first unless given."))
        .field("maxPages", number("pdf: most pages to read; 0 reads no text."))
        .field("joinPages", flag("pdf: one text of all pages. When off, a list of them.").default_value(true))
        .field("password", text("pdf: opens an encrypted document."));
    NodeDefinition::new(
        "n8n-nodes-base.extractFromFile",
        "Extract From File",
        "Reads the rows, values or text of a file of each item.",
    )
    .versions(&[1.0, 1.1])
    .property("operation", Property::choice(
        "What the file holds. Tables (csv to xlsx) give an item for each row; the cells of csv are texts, other cells have types. `binaryToPropery` gives the bytes as base64.",
        &["csv", "html", "fromIcs", "fromJson", "ods", "pdf", "rtf", "text", "xml", "xls", "xlsx", "binaryToPropery"],
    ).default_value("csv"))
    .property("binaryPropertyName", text("Name of the file in the item.").default_value("data"))
    .property("destinationKey", Property {
        display_options: Some(DisplayOptions {
            show: [(
                "operation".into(),
                ["fromIcs", "fromJson", "text", "xml", "binaryToPropery"].map(Value::from).to_vec(),
            )]
            .into(),
            ..DisplayOptions::default()
        }),
        ..text("Field that gets what is read.").default_value("data")
    })
    .property("options", options)
    .example(
        "rows of a csv file",
        json!({ "options": { "delimiter": ";" } }),
        json!([[{ "$binary": { "data": { "mimeType": "text/csv", "fileName": "a.csv", "text": "id;name\n1;Ann\n2;\n" } } }]]),
        json!([[{ "id": "1", "name": "Ann" }, { "id": "2" }]]),
    )
    .example(
        "rows of an html table",
        json!({ "operation": "html" }),
        json!([[{ "$binary": { "data": { "mimeType": "text/html", "text": "<table><tr><th>id<th>ok</tr><tr><td>1<td>TRUE</tr></table>" } } }]]),
        json!([[{ "id": 1, "ok": true }]]),
    )
    .example(
        "JSON beside what the item has",
        json!({ "operation": "fromJson", "destinationKey": "config", "options": { "keepSource": "json" } }),
        json!([[{ "id": 1, "$binary": { "data": { "mimeType": "application/json", "text": "{\"a\":[1,2]}" } } }]]),
        json!([[{ "id": 1, "config": { "a": [1, 2] } }]]),
    )
    .example(
        "the text of a file, which stays",
        json!({ "operation": "text", "options": { "keepSource": "binary" } }),
        json!([[{ "id": 1, "$binary": { "data": { "mimeType": "text/plain", "text": "hello" } } }]]),
        json!([[{ "data": "hello", "$binary": { "data": { "mimeType": "text/plain", "text": "hello" } } }]]),
    )
    .example(
        "the bytes of a file as base64",
        json!({ "operation": "binaryToPropery" }),
        json!([[{ "$binary": { "data": { "mimeType": "text/plain", "text": "hello" } } }]]),
        json!([[{ "data": "aGVsbG8=" }]]),
    )
});
