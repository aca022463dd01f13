//! HTML Extract: takes values out of HTML by CSS selectors; the node that HTML has replaced.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use serde_json::json;

use super::html::{Dialect, Extract, extraction_values, property_name, source};
use crate::node::{Node, NodeProblem, NodeType};
use crate::parameters::Parameters;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    NodeDefinition::new(
        "n8n-nodes-base.htmlExtract",
        "HTML Extract",
        "Takes values out of HTML by CSS selectors. HTML does the same and more.",
    )
    .property("sourceData", source())
    .property("dataPropertyName", property_name())
    .property("extractionValues", extraction_values(false))
    .property(
        "options",
        Property::of(PropertyType::Collection, "Further settings.").field(
            "trimValues",
            Property::of(
                PropertyType::Boolean,
                "Cut off space around values unless this is false.",
            )
            .default_value(true),
        ),
    )
    .example(
        "a text and a list",
        json!({ "extractionValues": { "values": [
            { "key": "title", "cssSelector": "h1" },
            { "key": "entries", "cssSelector": "li", "returnArray": true },
            { "key": "none", "cssSelector": "h2" },
        ] } }),
        json!([[{ "data": "<h1> News </h1><ul><li> a<li>b </ul>" }]]),
        json!([[{ "title": "News", "entries": ["a", "b"], "none": "" }]]),
    )
});

pub(crate) struct HtmlExtract;

impl NodeType for HtmlExtract {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        Ok(Box::new(Extract::compile(
            parameters,
            Dialect::HtmlExtract,
        )?))
    }
}
