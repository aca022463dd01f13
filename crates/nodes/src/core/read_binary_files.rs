//! Read Binary Files: an item for each file on disk that a pattern means. The older form of Read/Write Files from Disk.

use std::sync::{Arc, LazyLock};

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use itemflow_model::{ErrorInfo, Item, ItemsBuilder, Link, Value};
use serde_json::json;

use super::binary::with_file;
use super::disk_file::{self, Overrides};
use crate::files::Pattern;
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    NodeDefinition::new(
        "n8n-nodes-base.readBinaryFiles",
        "Read Binary Files",
        "Gives an item for each file on disk that a pattern means. In new workflows use Read/Write Files from Disk.",
    )
    .property(
        "fileSelector",
        Property::of(
            PropertyType::String,
            "Pattern of paths, for example `in/**/*.csv`; read once, for the first item.",
        )
        .required(),
    )
    .property(
        "dataPropertyName",
        Property::of(PropertyType::String, "Name that each file gets in its item.")
            .default_value("data"),
    )
    .example(
        "an item for each file",
        json!({ "fileSelector": "*.txt" }),
        json!([[{}]]),
        json!([[{ "$binary": { "data": { "mimeType": "text/plain", "fileName": "notes.txt", "text": "remember the milk\n" } } }]]),
    )
});

pub(crate) struct ReadBinaryFiles;

impl NodeType for ReadBinaryFiles {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        Ok(Box::new(ReadAll(Arc::new(Settings {
            selector: parameters.parameter("fileSelector", ""),
            property: parameters.parameter("dataPropertyName", "data"),
        }))))
    }
}

struct ReadAll(Arc<Settings>);

struct Settings {
    selector: Parameter,
    property: Parameter,
}

impl Node for ReadAll {
    fn execute(&self, run: &NodeRun) -> Step {
        let (settings, run) = (self.0.clone(), run.clone());
        Step::Pending(Box::pin(async move { settings.run(&run).await }))
    }
}

impl Settings {
    async fn run(&self, run: &NodeRun) -> Result<Outcome, ErrorInfo> {
        let pattern = run.text(&self.selector, 0)?;
        let property = run.text(&self.property, 0)?;
        let found = run.host.files.find(&pattern, Pattern::Brackets).await;
        let found = found
            .map_err(|error| run.error(error.to_string(), Some(0), Some(&self.selector.name)))?;
        let link = Link::to_first(run.input(0).len());
        let mut output = ItemsBuilder::with_capacity(found.len());
        for path in found {
            let file = disk_file::read(run, &path, Overrides::default(), &self.selector, 0).await?;
            let item = with_file(Item::new(Value::empty_object()), property.clone(), file);
            output.push(item, link.clone());
        }
        Ok(Outcome::of(output.build()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::core::file_bench::Bench;

    #[tokio::test]
    async fn each_file_is_an_item_that_comes_from_all_items() {
        let bench = Bench::new();
        for name in ["b.txt", "a.txt", "c.csv"] {
            std::fs::write(bench.folder().join(name), name).unwrap();
        }
        let input = [bench.item(json!({}), &[]), bench.item(json!({}), &[])];
        let parameters = json!({ "fileSelector": "[ab].txt", "dataPropertyName": "file" });
        let items = bench.run("readBinaryFiles", 1.0, parameters, &input).await;
        let texts: Vec<String> = items.iter().map(|item| bench.text(item, "file")).collect();
        assert_eq!(texts, ["a.txt", "b.txt"]);
        assert_eq!(items.link(1).refs().len(), 2);
        let parameters = json!({ "fileSelector": "*.none" });
        let items = bench.run("readBinaryFiles", 1.0, parameters, &input).await;
        assert!(items.is_empty());
    }
}
