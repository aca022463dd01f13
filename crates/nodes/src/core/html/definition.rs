//! What HTML takes.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType, TypeOptions};
use serde_json::json;

pub(super) static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let text = |description| Property::of(PropertyType::String, description);
    let flag = |description| Property::of(PropertyType::Boolean, description).default_value(false);
    let options = Property::of(PropertyType::Collection, "Further settings.")
        .field(
            "trimValues",
            flag("Cut off space around values; only when set (extractHtmlContent)."),
        )
        .field(
            "cleanUpText",
            flag("Remove line breaks and make one space of several; only when set (extractHtmlContent)."),
        )
        .field(
            "capitalize",
            flag("Write titles with capitals and without underscores (convertToHtmlTable)."),
        )
        .field(
            "customStyling",
            flag("Leave out the styles that the table has otherwise (convertToHtmlTable)."),
        )
        .field("caption", text("A title above the table (convertToHtmlTable)."))
        .field("tableAttributes", text("Attributes of the table (convertToHtmlTable)."))
        .field("headerAttributes", text("Attributes of the cells of the header (convertToHtmlTable)."))
        .field("rowAttributes", text("Attributes of the rows (convertToHtmlTable)."))
        .field("cellAttributes", text("Attributes of the cells (convertToHtmlTable)."));
    NodeDefinition::new(
        "n8n-nodes-base.html",
        "HTML",
        "Fills templates, takes values out of HTML by CSS selectors, and writes items as a table.",
    )
    .versions(&[1.0, 1.1, 1.2])
    .property(
        "operation",
        Property::choice(
            "What to do.",
            &["generateHtmlTemplate", "extractHtmlContent", "convertToHtmlTable"],
        )
        .default_value("generateHtmlTemplate"),
    )
    .property(
        "html",
        Property {
            no_data_expression: true,
            ..text("The template; each `{{ … }}` in it is an expression.")
        }
        .shown_when("operation", ["generateHtmlTemplate"]),
    )
    .property(
        "sourceData",
        source().shown_when("operation", ["extractHtmlContent"]),
    )
    .property(
        "dataPropertyName",
        property_name().shown_when("operation", ["extractHtmlContent"]),
    )
    .property(
        "extractionValues",
        extraction_values(true).shown_when("operation", ["extractHtmlContent"]),
    )
    .property("options", options)
    .example(
        "a template",
        json!({ "html": "<h1>{{ $json.name }}</h1>\n<p>{{ $json.tags }}</p>" }),
        json!([[{ "name": "Ann", "tags": ["a", "b"] }]]),
        json!([[{ "html": "<h1>Ann</h1>\n<p>a,b</p>" }]]),
    )
    .example(
        "texts, attributes and lists",
        json!({
            "operation": "extractHtmlContent",
            "dataPropertyName": "page.html",
            "extractionValues": { "values": [
                { "key": "title", "cssSelector": "h1" },
                { "key": "links", "cssSelector": "a", "returnValue": "attribute", "attribute": "href", "returnArray": true },
                { "key": "intro", "cssSelector": "p:first", "skipSelectors": ".ad" },
            ] },
        }),
        json!([[{ "page": { "html": "<h1>News</h1><p>One <b>bold</b> <span class=ad>Buy!</span><a href=/a>word</a>.</p><a href=/b>b</a>" } }]]),
        json!([[{ "title": "News", "links": ["/a", "/b"], "intro": "One bold word [/a]." }]]),
    )
    .example(
        "html out of a file",
        json!({
            "operation": "extractHtmlContent",
            "sourceData": "binary",
            "extractionValues": { "values": [{ "key": "list", "cssSelector": "ul", "returnValue": "html" }] },
        }),
        json!([[{ "$binary": { "data": { "mimeType": "text/html", "text": "<ul><li>a<li>b</ul>" } } }]]),
        json!([[{ "list": "<li>a</li><li>b</li>" }]]),
    )
    .example(
        "a table",
        json!({
            "operation": "convertToHtmlTable",
            "options": { "capitalize": true, "customStyling": true, "caption": "All", "tableAttributes": "class=\"t\"" },
        }),
        json!([[{ "first_name": "Ann", "paid": true }, { "first_name": "Bob", "age": 5 }]]),
        json!([[{ "table": "<table class=\"t\"><caption>All</caption><thead><tr><th>First Name</th><th>Paid</th><th>Age</th></tr></thead><tbody><tr><td>Ann</td><td><input type=\"checkbox\" disabled checked/></td><td></td></tr><tr><td>Bob</td><td></td><td>5</td></tr></tbody></table>" }]]),
    )
});

/// Whether the HTML is in a field or in a file.
pub(in crate::core) fn source() -> Property {
    Property::choice(
        "Whether the html is in a field or in a file.",
        &["json", "binary"],
    )
    .default_value("json")
}

/// Where the HTML is.
pub(in crate::core) fn property_name() -> Property {
    Property::of(
        PropertyType::String,
        "The field or the file with the html. A list of texts gives an item for each.",
    )
    .default_value("data")
}

/// What to take out of it.
pub(in crate::core) fn extraction_values(skips: bool) -> Property {
    let text = |description| Property::of(PropertyType::String, description);
    let value = Property {
        type_options: Some(TypeOptions {
            multiple_values: true,
            ..TypeOptions::default()
        }),
        ..Property::of(PropertyType::Collection, "A value to take.")
    }
    .field("key", text("The field it goes to."))
    .field(
        "cssSelector",
        text("The CSS selector of the elements; jQuery's `:first`, `:eq(1)`, `:contains(\"a\")` and others work too."),
    )
    .field(
        "returnValue",
        Property::choice(
            "What of the elements: an attribute, the html inside, the text inside, or the value of a form field.",
            &["attribute", "html", "text", "value"],
        )
        .default_value("text"),
    )
    .field("attribute", text("The name of the attribute."))
    .field(
        "returnArray",
        Property::of(
            PropertyType::Boolean,
            "Give a list with a value for each element, not one value.",
        )
        .default_value(false),
    );
    let value = if skips {
        value.field(
            "skipSelectors",
            text("CSS selectors of elements that a text leaves out, separated by commas (from version 1.2)."),
        )
    } else {
        value
    };
    Property::of(PropertyType::FixedCollection, "The values to take.").field("values", value)
}
