//! Write Binary File: writes a file of each item to disk. The older form of Read/Write Files from Disk.

use std::sync::{Arc, LazyLock};

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use itemflow_model::{ErrorInfo, Item, Value};
use serde_json::json;

use super::{binary, disk_file};
use crate::files::WriteMode;
use crate::gathered::Gathered;
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    NodeDefinition::new(
        "n8n-nodes-base.writeBinaryFile",
        "Write Binary File",
        "Writes a file of each item to disk. In new workflows use Read/Write Files from Disk.",
    )
    .property(
        "fileName",
        Property::of(
            PropertyType::String,
            "Path to write to, relative to the folder that nodes may use or absolute and inside it.",
        )
        .required(),
    )
    .property(
        "dataPropertyName",
        Property::of(PropertyType::String, "Name of the file in the item.").default_value("data"),
    )
    .property(
        "options",
        Property::of(PropertyType::Collection, "Further settings.").field(
            "append",
            Property::of(
                PropertyType::Boolean,
                "Write after what the file holds already; it must be there.",
            )
            .default_value(false),
        ),
    )
    .example(
        "the item says where its file went",
        json!({ "fileName": "=out-{{ $json.id }}.csv" }),
        json!([[{ "id": 7, "$binary": { "data": { "mimeType": "text/csv", "fileName": "a.csv", "text": "a,b" } } }]]),
        json!([[{
            "id": 7,
            "fileName": "out-7.csv",
            "$binary": { "data": { "mimeType": "text/csv", "fileName": "a.csv", "text": "a,b" } },
        }]]),
    )
});

pub(crate) struct WriteBinaryFile;

impl NodeType for WriteBinaryFile {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        Ok(Box::new(WriteEach(Arc::new(FileWriter::new(
            parameters,
            WriteMode::AppendToExisting,
        )))))
    }
}

struct WriteEach(Arc<FileWriter>);

/// Writes a file of each item to the path it names; both nodes that write do it so.
pub(crate) struct FileWriter {
    path: Parameter,
    property: Parameter,
    append: Parameter,
    append_mode: WriteMode,
}

impl Node for WriteEach {
    fn execute(&self, run: &NodeRun) -> Step {
        let (writer, run) = (self.0.clone(), run.clone());
        Step::Pending(Box::pin(async move { writer.run(&run).await }))
    }
}

impl FileWriter {
    /// Reads the parameters; `append_mode` is what `options.append` means.
    pub(crate) fn new(parameters: &Parameters, append_mode: WriteMode) -> Self {
        Self {
            path: parameters.parameter("fileName", ""),
            property: parameters.parameter("dataPropertyName", "data"),
            append: parameters.parameter("options.append", false),
            append_mode,
        }
    }

    /// Writes the file of each item; the items pass, with the path as `fileName`.
    pub(crate) async fn run(&self, run: &NodeRun) -> Result<Outcome, ErrorInfo> {
        let mut gathered = Gathered::new(run);
        for (i, item) in run.input(0).iter().enumerate() {
            gathered.add(i, self.write(run, i, item).await.map(Some))?;
        }
        Ok(gathered.outcome())
    }

    async fn write(&self, run: &NodeRun, i: usize, item: &Item) -> Result<Item, ErrorInfo> {
        let path = run.text(&self.path, i)?;
        let file = binary::named(run, &self.property, i)?;
        let mode = if run.flag(&self.append, i)? {
            self.append_mode
        } else {
            WriteMode::Replace
        };
        disk_file::write(run, &file, &path, mode, &self.path, i).await?;
        let mut item = item.clone();
        item.json
            .make_object()
            .insert("fileName".into(), Value::from(path));
        item.error = None;
        Ok(item)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::core::file_bench::Bench;

    #[tokio::test]
    async fn the_item_passes_with_the_path() {
        let bench = Bench::new();
        let item = bench.item(json!({ "id": 7 }), &[("data", "a.txt", b"hello")]);
        let parameters = json!({ "fileName": "out-{{ $json.id }}.txt" });
        let items = bench
            .run(
                "writeBinaryFile",
                1.0,
                parameters,
                std::slice::from_ref(&item),
            )
            .await;
        let passed = items.get(0).unwrap();
        assert_eq!(
            passed.json,
            json!({ "id": 7, "fileName": "out-{{ $json.id }}.txt" }).into()
        );
        assert!(passed.binary.is_some());
        let parameters = json!({ "fileName": "=out-{{ $json.id }}.txt" });
        bench.run("writeBinaryFile", 1.0, parameters, &[item]).await;
        let written = std::fs::read_to_string(bench.folder().join("out-7.txt")).unwrap();
        assert_eq!(written, "hello");
    }

    #[tokio::test]
    async fn appending_needs_a_file() {
        let bench = Bench::new();
        let item = bench.item(json!({}), &[("data", "a.txt", b"x")]);
        let parameters = json!({ "fileName": "log.txt", "options": { "append": true } });
        let items = [item];
        let refused = bench
            .try_run("writeBinaryFile", 1.0, parameters.clone(), &items)
            .await;
        assert_eq!(refused.unwrap_err().message, "`log.txt` is not there");
        std::fs::write(bench.folder().join("log.txt"), "a").unwrap();
        bench.run("writeBinaryFile", 1.0, parameters, &items).await;
        let written = std::fs::read_to_string(bench.folder().join("log.txt")).unwrap();
        assert_eq!(written, "ax");
    }
}
