//! Read Binary File: adds a file from disk to each item. The older form of Read/Write Files from Disk.

use std::sync::{Arc, LazyLock};

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use itemflow_model::{ErrorInfo, Item};
use serde_json::json;

use super::binary::with_file;
use super::disk_file::{self, Overrides};
use crate::gathered::Gathered;
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    NodeDefinition::new(
        "n8n-nodes-base.readBinaryFile",
        "Read Binary File",
        "Adds a file from disk to each item. In new workflows use Read/Write Files from Disk.",
    )
    .property(
        "filePath",
        Property::of(
            PropertyType::String,
            "Path of the file, relative to the folder that nodes may use or absolute and inside it.",
        )
        .required(),
    )
    .property(
        "dataPropertyName",
        Property::of(PropertyType::String, "Name that the file gets in the item.")
            .default_value("data"),
    )
    .example(
        "a file joins what the item has",
        json!({ "filePath": "={{ $json.path }}" }),
        json!([[{ "path": "notes.txt" }]]),
        json!([[{
            "path": "notes.txt",
            "$binary": { "data": { "mimeType": "text/plain", "fileName": "notes.txt", "text": "remember the milk\n" } },
        }]]),
    )
});

pub(crate) struct ReadBinaryFile;

impl NodeType for ReadBinaryFile {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        Ok(Box::new(ReadEach(Arc::new(Settings {
            path: parameters.parameter("filePath", ""),
            property: parameters.parameter("dataPropertyName", "data"),
        }))))
    }
}

struct ReadEach(Arc<Settings>);

struct Settings {
    path: Parameter,
    property: Parameter,
}

impl Node for ReadEach {
    fn execute(&self, run: &NodeRun) -> Step {
        let (settings, run) = (self.0.clone(), run.clone());
        Step::Pending(Box::pin(async move { settings.run(&run).await }))
    }

    fn works_by_item(&self) -> bool {
        true
    }
}

impl Settings {
    async fn run(&self, run: &NodeRun) -> Result<Outcome, ErrorInfo> {
        let mut gathered = Gathered::new(run);
        for (i, item) in run.input(0).iter().enumerate() {
            gathered.add(i, self.read(run, i, item).await.map(Some))?;
        }
        Ok(gathered.outcome())
    }

    async fn read(&self, run: &NodeRun, i: usize, item: &Item) -> Result<Item, ErrorInfo> {
        let path = run.text(&self.path, i)?;
        let file = disk_file::read(run, &path, Overrides::default(), &self.path, i).await?;
        Ok(with_file(item.clone(), run.text(&self.property, i)?, file))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::core::file_bench::Bench;

    #[tokio::test]
    async fn the_file_joins_what_the_item_has() {
        let bench = Bench::new();
        std::fs::write(bench.folder().join("a.json"), "{}").unwrap();
        let item = bench.item(json!({ "path": "a.json" }), &[("old", "b.txt", b"b")]);
        let parameters = json!({ "filePath": "={{ $json.path }}" });
        let items = bench.run("readBinaryFile", 1.0, parameters, &[item]).await;
        let binaries = items.get(0).unwrap().binary.clone().unwrap();
        assert_eq!(binaries.len(), 2);
        assert_eq!(binaries["data"].mime_type, "application/json");
        assert_eq!(binaries["data"].file_name.as_deref(), Some("a.json"));
        assert_eq!(bench.text(items.get(0).unwrap(), "data"), "{}");
        assert_eq!(
            items.get(0).unwrap().json,
            json!({ "path": "a.json" }).into()
        );
    }

    #[tokio::test]
    async fn a_file_that_is_missing_is_an_error_of_its_item() {
        let bench = Bench::new();
        std::fs::write(bench.folder().join("a.txt"), "a").unwrap();
        let items = ["no.txt", "a.txt"].map(|path| bench.item(json!({ "path": path }), &[]));
        let mut parameters = json!({ "filePath": "={{ $json.path }}" });
        let error = bench
            .try_run("readBinaryFile", 1.0, parameters.clone(), &items)
            .await;
        let error = error.unwrap_err();
        assert_eq!(
            (error.item_index, error.parameter.as_deref()),
            (Some(0), Some("filePath"))
        );
        assert_eq!(error.message, "`no.txt` is not there");
        parameters["continueOnFail"] = true.into();
        let json = bench.json("readBinaryFile", 1.0, parameters, &items).await;
        assert_eq!(
            json,
            json!([{ "error": "`no.txt` is not there" }, { "path": "a.txt" }])
        );
    }
}
