//! Read/Write Files from Disk: reads the files that a pattern means, or writes a file of each item.

use std::sync::{Arc, LazyLock};

use itemflow_model::definition::{DisplayOptions, NodeDefinition, Property, PropertyType};
use itemflow_model::{Binary, ErrorInfo, Item, Map, Value};
use serde_json::json;

use super::binary::with_file;
use super::disk_file::{self, Overrides};
use super::write_binary_file::FileWriter;
use crate::files::{Pattern, WriteMode};
use crate::gathered::Gathered;
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

/// From this version on a pattern that means no file is an error.
const REQUIRES_A_MATCH: f64 = 1.1;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let text = |description: &str| Property::of(PropertyType::String, description);
    let options = Property::of(PropertyType::Collection, "Further settings.")
        .field("append", Property::of(
            PropertyType::Boolean,
            "`write`: write after what the file holds already; a file that is not there is made.",
        ).default_value(false))
        .field("dataPropertyName", text("`read`: name that each file gets in its item.").default_value("data"))
        .field("fileName", text("`read`: name to give each file, instead of its own."))
        .field("fileExtension", text("`read`: extension to note of each file, instead of its own."))
        .field("mimeType", text("`read`: media type of each file, instead of what its name says."))
        .field("literalBrackets", Property::of(
            PropertyType::Boolean,
            "`read`: take `[` and `(` in the pattern as parts of names. When off, `[ab]` is one of these characters and `(a|b)` one of these texts.",
        ).default_value(true));
    NodeDefinition::new(
        "n8n-nodes-base.readWriteFile",
        "Read/Write Files from Disk",
        "Reads files of this machine into items, or writes a file of each item.",
    )
    .versions(&[1.0, 1.1])
    .property(
        "operation",
        Property::choice("Whether to read or to write.", &["read", "write"]).default_value("read"),
    )
    .property("fileSelector", Property {
        display_options: shown_for("read"),
        ..text("Pattern of paths, for example `in/**/*.csv`: `*`, `**`, `?` and `{a,b}` have a meaning. Relative to the folder that nodes may use, or absolute and inside it.").required()
    })
    .property("fileName", Property {
        display_options: shown_for("write"),
        ..text("Path to write to, relative to the folder that nodes may use or absolute and inside it.").required()
    })
    .property("dataPropertyName", Property {
        display_options: shown_for("write"),
        ..text("Name of the file in the item.").default_value("data")
    })
    .property("options", options)
    .example(
        "an item for each file that a pattern means",
        json!({ "fileSelector": "not*.txt" }),
        json!([[{}]]),
        json!([[{
            "mimeType": "text/plain",
            "fileType": "text",
            "fileName": "notes.txt",
            "fileExtension": "txt",
            "fileSize": "18 B",
            "$binary": { "data": { "mimeType": "text/plain", "fileName": "notes.txt", "text": "remember the milk\n" } },
        }]]),
    )
    .example(
        "a file is written",
        json!({ "operation": "write", "fileName": "copy.csv" }),
        json!([[{ "$binary": { "data": { "mimeType": "text/csv", "fileName": "a.csv", "text": "a,b" } } }]]),
        json!([[{
            "fileName": "copy.csv",
            "$binary": { "data": { "mimeType": "text/csv", "fileName": "a.csv", "text": "a,b" } },
        }]]),
    )
});

fn shown_for(operation: &str) -> Option<DisplayOptions> {
    Some(DisplayOptions {
        show: [("operation".into(), vec![Value::from(operation)])].into(),
        ..DisplayOptions::default()
    })
}

pub(crate) struct ReadWriteFile;

impl NodeType for ReadWriteFile {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let operation = parameters
            .choice("operation", "read")
            .map_err(|problem| vec![problem])?;
        let operation = match operation.as_str() {
            "read" => Operation::Read(FileReader::new(parameters)),
            "write" => Operation::Write(FileWriter::new(parameters, WriteMode::Append)),
            other => {
                let message = format!("there is no operation `{other}`");
                let problem = NodeProblem::error("unknown-operation", "/operation", message);
                return Err(vec![problem.help("choose `read` or `write`")]);
            }
        };
        Ok(Box::new(OnDisk(Arc::new(operation))))
    }
}

struct OnDisk(Arc<Operation>);

enum Operation {
    Read(FileReader),
    Write(FileWriter),
}

struct FileReader {
    selector: Parameter,
    property: Parameter,
    literal_brackets: Parameter,
    name: Parameter,
    extension: Parameter,
    mime_type: Parameter,
    requires_a_match: bool,
}

impl Node for OnDisk {
    fn execute(&self, run: &NodeRun) -> Step {
        let (operation, run) = (self.0.clone(), run.clone());
        Step::Pending(Box::pin(async move {
            match &*operation {
                Operation::Read(reader) => reader.run(&run).await,
                Operation::Write(writer) => writer.run(&run).await,
            }
        }))
    }
}

impl FileReader {
    fn new(parameters: &Parameters) -> Self {
        Self {
            selector: parameters.parameter("fileSelector", ""),
            property: parameters.parameter("options.dataPropertyName", "data"),
            literal_brackets: parameters.parameter("options.literalBrackets", true),
            name: parameters.parameter("options.fileName", ""),
            extension: parameters.parameter("options.fileExtension", ""),
            mime_type: parameters.parameter("options.mimeType", ""),
            requires_a_match: parameters.version >= REQUIRES_A_MATCH,
        }
    }

    async fn run(&self, run: &NodeRun) -> Result<Outcome, ErrorInfo> {
        let mut gathered = Gathered::new(run);
        for i in 0..run.input(0).len() {
            gathered.add(i, self.read(run, i).await)?;
        }
        Ok(gathered.outcome())
    }

    async fn read(&self, run: &NodeRun, i: usize) -> Result<Vec<Item>, ErrorInfo> {
        let pattern = run.text(&self.selector, i)?;
        let syntax = if run.flag(&self.literal_brackets, i)? {
            Pattern::LiteralBrackets
        } else {
            Pattern::Brackets
        };
        let at_selector = |message: String| run.error(message, Some(i), Some(&self.selector.name));
        let found = run.host.files.find(&pattern, syntax).await;
        let found = found.map_err(|error| at_selector(error.to_string()))?;
        if found.is_empty() && self.requires_a_match {
            let message =
                format!("no file matches `{pattern}`: mend the pattern, or put a file there");
            return Err(at_selector(message));
        }
        let property = run.text(&self.property, i)?;
        let given = |parameter: &Parameter| -> Result<Option<String>, ErrorInfo> {
            let text = run.text(parameter, i)?;
            Ok((!text.is_empty()).then(|| text.to_string()))
        };
        let overrides = Overrides {
            name: given(&self.name)?,
            extension: given(&self.extension)?,
            mime_type: given(&self.mime_type)?,
        };
        let mut items = Vec::with_capacity(found.len());
        for path in found {
            let file = disk_file::read(run, &path, overrides.clone(), &self.selector, i).await?;
            items.push(with_file(Item::new(facts(&file)), property.clone(), file));
        }
        Ok(items)
    }
}

/// What the item says of its file.
fn facts(file: &Binary) -> Value {
    let mut all = file.metadata();
    let names = [
        "mimeType",
        "fileType",
        "fileName",
        "fileExtension",
        "fileSize",
    ];
    let kept = names
        .iter()
        .filter_map(|name| all.shift_remove_entry(*name));
    Value::from(kept.collect::<Map>())
}

#[cfg(test)]
mod tests {
    use itemflow_model::Link;
    use serde_json::json;

    use crate::core::file_bench::Bench;

    #[tokio::test]
    async fn each_file_becomes_an_item_that_describes_it() {
        let bench = Bench::new();
        std::fs::write(bench.folder().join("a.csv"), "x,y").unwrap();
        std::fs::write(bench.folder().join("b.csv"), "").unwrap();
        let input = [bench.item(json!({ "lost": 1 }), &[])];
        let items = bench
            .run(
                "readWriteFile",
                1.1,
                json!({ "fileSelector": "*.csv" }),
                &input,
            )
            .await;
        let file = |name: &str, size: &str| {
            json!({
                "mimeType": "text/csv", "fileType": "text", "fileName": name, "fileExtension": "csv", "fileSize": size,
            })
        };
        assert_eq!(items.get(0).unwrap().json, file("a.csv", "3 B").into());
        assert_eq!(items.get(1).unwrap().json, file("b.csv", "0 B").into());
        assert_eq!(items.link(1), Link::to(0));
        let binary = items.get(0).unwrap().binary.clone().unwrap()["data"].clone();
        assert_eq!(binary.directory.as_deref(), bench.folder().to_str());
    }

    #[tokio::test]
    async fn what_the_options_say_of_a_file_counts() {
        let bench = Bench::new();
        std::fs::write(bench.folder().join("a[1].bin"), "x").unwrap();
        std::fs::write(bench.folder().join("a1.bin"), "y").unwrap();
        let input = [bench.item(json!({}), &[])];
        let options = json!({
            "dataPropertyName": "file", "fileName": "b.txt", "fileExtension": "dat", "mimeType": "text/x-own",
        });
        let parameters = json!({ "fileSelector": "a[1].bin", "options": options });
        let items = bench.run("readWriteFile", 1.1, parameters, &input).await;
        assert_eq!(bench.text(items.get(0).unwrap(), "file"), "x");
        assert_eq!(items.get(0).unwrap().json, json!({
            "mimeType": "text/x-own", "fileType": "text", "fileName": "b.txt", "fileExtension": "dat", "fileSize": "1 B",
        }).into());
        let parameters =
            json!({ "fileSelector": "a[1].bin", "options": { "literalBrackets": false } });
        let items = bench.run("readWriteFile", 1.1, parameters, &input).await;
        assert_eq!(bench.text(items.get(0).unwrap(), "data"), "y");
    }

    #[tokio::test]
    async fn no_match_is_an_error_since_version_1_1() {
        let bench = Bench::new();
        let input = [bench.item(json!({}), &[])];
        let parameters = json!({ "fileSelector": "*.none" });
        assert!(
            bench
                .run("readWriteFile", 1.0, parameters.clone(), &input)
                .await
                .is_empty()
        );
        let error = bench
            .try_run("readWriteFile", 1.1, parameters, &input)
            .await
            .unwrap_err();
        assert!(
            error.message.contains("no file matches `*.none`"),
            "{}",
            error.message
        );
        let outside = json!({ "fileSelector": "/etc/*" });
        let error = bench
            .try_run("readWriteFile", 1.0, outside, &input)
            .await
            .unwrap_err();
        assert!(
            error.message.contains("outside the folder"),
            "{}",
            error.message
        );
    }

    #[tokio::test]
    async fn files_of_items_are_written_and_appended() {
        let bench = Bench::new();
        let items = [b"one", b"two"].map(|text| bench.item(json!({}), &[("data", "a.txt", text)]));
        let parameters = json!({
            "operation": "write", "fileName": "new.txt", "options": { "append": true },
        });
        let json = bench.json("readWriteFile", 1.0, parameters, &items).await;
        assert_eq!(
            json,
            json!([{ "fileName": "new.txt" }, { "fileName": "new.txt" }])
        );
        let written = std::fs::read_to_string(bench.folder().join("new.txt")).unwrap();
        assert_eq!(written, "onetwo");
        let parameters =
            json!({ "operation": "write", "fileName": "new.txt", "dataPropertyName": "no" });
        let error = bench
            .try_run("readWriteFile", 1.0, parameters, &items)
            .await
            .unwrap_err();
        assert_eq!(error.message, "the item has no file named `no`");
        assert_eq!(error.description.as_deref(), Some("it has `data`"));
    }
}
