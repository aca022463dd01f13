//! Spreadsheet File: rows from a table in a file, or a file of all items. The older form of Extract From File and Convert
//! to File.

use std::sync::{Arc, LazyLock};

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use itemflow_model::{Binary, ErrorInfo};
use serde_json::json;

use super::binary;
use super::table::{
    CsvParameters, Format, ReadParameters, TableReader, TableRows, WriteParameters, write_table,
};
use crate::gathered::Gathered;
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let text = |description: &str| Property::of(PropertyType::String, description);
    let flag = |description: &str| Property::of(PropertyType::Boolean, description);
    let number = |description: &str| Property::of(PropertyType::Number, description);
    let options = Property::of(PropertyType::Collection, "Further settings.")
        .field("headerRow", flag("Whether the first row names the columns. When off, each row is a list under `row`.").default_value(true))
        .field("includeEmptyCells", flag("`fromFile`: give empty cells as empty texts.").default_value(false))
        .field("range", text("`fromFile`: number of rows to skip, or cells such as `A1:D10`."))
        .field("rawData", flag("`fromFile`: take the cells of text formats as text, numbers and dates too.").default_value(false))
        .field("readAsString", flag("`fromFile`: read the bytes as text.").default_value(false))
        .field("sheetName", text("Name of the sheet. Reading: the first unless given. Writing: `Sheet` unless given."))
        .field("delimiter", text("`fromFile`, csv: what stands between cells.").default_value(","))
        .field("encoding", text("`fromFile`, csv: encoding of the text.").default_value("utf-8"))
        .field("enableBOM", flag("`fromFile`, csv: leave out a mark of the encoding at the beginning.").default_value(false))
        .field("relaxQuotes", flag("`fromFile`, csv: take a quote inside a cell as it is.").default_value(false))
        .field("maxRowCount", number("`fromFile`, csv: most rows to read; -1 for all.").default_value(-1))
        .field("fromLine", number("`fromFile`, csv: line to begin at, counted from 1.").default_value(1))
        .field("skipRecordsWithErrors", Property::of(PropertyType::FixedCollection, "`fromFile`, csv: `value.enabled` leaves out rows that are not right, `value.maxSkippedRecords` says how many at most."))
        .field("fileName", text("`toFile`: name of the file; `spreadsheet.` and the format unless given."))
        .field("compression", flag("`toFile`: compress an ods file.").default_value(false));
    NodeDefinition::new(
        "n8n-nodes-base.spreadsheetFile",
        "Spreadsheet File",
        "Reads the rows of a spreadsheet, or writes all items as one. In new workflows use Extract From File and Convert to File.",
    )
    .versions(&[1.0, 2.0])
    .property("operation", Property::choice("Whether to read a file or to make one.", &["fromFile", "toFile"]).default_value("fromFile"))
    .property("fileFormat", Property::choice(
        "`toFile`: format of the file, `xls` unless given. `fromFile`, since version 2: `csv` reads every cell as text, any other follows the bytes; `autodetect` unless given.",
        &["autodetect", "csv", "html", "ods", "rtf", "xls", "xlsx"],
    ))
    .property("binaryPropertyName", text("Name of the file in the item.").default_value("data"))
    .property("options", options)
    .example(
        "rows of a csv file",
        json!({}),
        json!([[{ "$binary": { "data": { "mimeType": "text/csv", "fileName": "a.csv", "text": "id,name\n1,Ann\n2,Bob" } } }]]),
        json!([[{ "id": "1", "name": "Ann" }, { "id": "2", "name": "Bob" }]]),
    )
    .example(
        "a csv file of all items",
        json!({ "operation": "toFile", "fileFormat": "csv" }),
        json!([[{ "id": 1, "name": "Ann" }, { "id": 2, "name": "Bob" }]]),
        json!([[{ "$binary": { "data": { "mimeType": "text/csv", "fileName": "spreadsheet.csv", "text": "\u{feff}id,name\n1,Ann\n2,Bob" } } }]]),
    )
});

pub(crate) struct SpreadsheetFile;

impl NodeType for SpreadsheetFile {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let choice = |path: &str, default: &str| {
            parameters
                .choice(path, default)
                .map_err(|problem| vec![problem])
        };
        let property = parameters.parameter("binaryPropertyName", "data");
        let work = match choice("operation", "fromFile")?.as_str() {
            "toFile" => {
                let name = choice("fileFormat", "xls")?;
                let format = Format::find(&name).ok_or_else(|| {
                    let message = format!("there is no file format `{name}` to write");
                    vec![NodeProblem::error("unknown-format", "/fileFormat", message)]
                })?;
                Work::Write(format, WriteParameters::new(parameters))
            }
            _ => Work::Read {
                csv: match choice("fileFormat", "autodetect")?.as_str() {
                    _ if parameters.version < 2.0 => Csv::Never,
                    "autodetect" => Csv::Detected,
                    "csv" => Csv::Always,
                    _ => Csv::Never,
                },
                reader: Box::new(TableReader::new(
                    ReadParameters::new(parameters),
                    CsvParameters::new(parameters),
                    true,
                )),
            },
        };
        Ok(Box::new(Spreadsheet(Arc::new((property, work)))))
    }

    fn strict_versions(&self) -> bool {
        true
    }
}

struct Spreadsheet(Arc<(Parameter, Work)>);

enum Work {
    Read { csv: Csv, reader: Box<TableReader> },
    Write(Format, WriteParameters),
}

/// When a file is read as csv by the rules, its cells as text.
#[derive(Clone, Copy)]
enum Csv {
    Never,
    Always,
    /// When its media type or its name says so.
    Detected,
}

impl Node for Spreadsheet {
    fn execute(&self, run: &NodeRun) -> Step {
        let (compiled, run) = (self.0.clone(), run.clone());
        Step::Pending(Box::pin(async move {
            let (property, work) = &*compiled;
            match work {
                Work::Read { csv, reader } => read(&run, property, *csv, reader).await,
                Work::Write(format, parameters) => {
                    let property = run.text(property, 0)?;
                    write_table(&run, *format, parameters, &property, "spreadsheet").await
                }
            }
        }))
    }
}

async fn read(
    run: &NodeRun,
    property: &Parameter,
    csv: Csv,
    reader: &TableReader,
) -> Result<Outcome, ErrorInfo> {
    let mut gathered = Gathered::new(run);
    let mut hints = Vec::new();
    for i in 0..run.input(0).len() {
        let rows = read_item(run, i, property, csv, reader).await;
        let rows = rows.map(|rows| {
            hints.extend(rows.hint);
            rows.items
        });
        gathered.add(i, rows)?;
    }
    let outcome = gathered.outcome();
    Ok(hints.into_iter().fold(outcome, Outcome::hint))
}

async fn read_item(
    run: &NodeRun,
    i: usize,
    property: &Parameter,
    csv: Csv,
    reader: &TableReader,
) -> Result<TableRows, ErrorInfo> {
    let file = binary::named(run, property, i)?;
    let is_csv = match csv {
        Csv::Never => false,
        Csv::Always => true,
        Csv::Detected => is_csv(&file),
    };
    if is_csv {
        reader.csv(run, i, &file).await
    } else {
        reader.any(run, i, &file).await
    }
}

fn is_csv(file: &Binary) -> bool {
    let extension = file.file_extension.as_deref().unwrap_or_default();
    match file.mime_type.as_str() {
        "text/csv" => true,
        "text/plain" => extension.eq_ignore_ascii_case("csv"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use itemflow_model::Link;
    use serde_json::json;

    use crate::core::file_bench::Bench;

    const CSV: &[u8] = b"id,name,when\n1,Ann,2024-01-02\n2,,\n";

    #[tokio::test]
    async fn the_older_version_gives_cells_types() {
        let bench = Bench::new();
        let items = [bench.item(json!({}), &[("data", "a.csv", CSV)])];
        let read =
            |version: f64, parameters| bench.json("spreadsheetFile", version, parameters, &items);
        let typed = json!([{ "id": 1, "name": "Ann", "when": 45293 }, { "id": 2 }]);
        assert_eq!(read(1.0, json!({})).await, typed);
        assert_eq!(read(2.0, json!({ "fileFormat": "html" })).await, typed);
        let texts = json!([{ "id": "1", "name": "Ann", "when": "2024-01-02" }, { "id": "2" }]);
        assert_eq!(read(2.0, json!({})).await, texts);
        assert_eq!(
            read(1.0, json!({ "options": { "rawData": true } })).await,
            texts
        );
        let rows = json!([{ "row": ["id", "name", "when"] }, { "row": [1, "Ann", 45293] }, { "row": [2] }]);
        assert_eq!(
            read(1.0, json!({ "options": { "headerRow": false } })).await,
            rows
        );
        let empty =
            json!([{ "id": 1, "name": "Ann", "when": 45293 }, { "id": 2, "name": "", "when": "" }]);
        assert_eq!(
            read(1.0, json!({ "options": { "includeEmptyCells": true } })).await,
            empty
        );
        let part = json!([{ "1": 2 }]);
        assert_eq!(
            read(1.0, json!({ "options": { "range": "A2:A3" } })).await,
            part
        );
    }

    #[tokio::test]
    async fn all_items_become_one_file_of_each_format() {
        let bench = Bench::new();
        let items = [json!({ "a": 1, "b": { "c": "x" } }), json!({ "a": 2 })]
            .map(|json| bench.item(json, &[]));
        for format in ["xls", "xlsx", "ods", "html", "csv", "rtf"] {
            let parameters = json!({ "operation": "toFile", "fileFormat": format });
            let written = bench.run("spreadsheetFile", 2.0, parameters, &items).await;
            assert_eq!((written.len(), written.link(0)), (1, Link::to_first(2)));
            let file = written.get(0).unwrap().binary.as_ref().unwrap()["data"].clone();
            assert_eq!(file.file_name, Some(format!("spreadsheet.{format}")));
            let read = bench
                .json(
                    "spreadsheetFile",
                    1.0,
                    json!({}),
                    &[written.get(0).unwrap().clone()],
                )
                .await;
            let expected = match format {
                "rtf" => json!([{ "a": "1", "b.c": "x" }, { "a": "2" }]),
                _ => json!([{ "a": 1, "b.c": "x" }, { "a": 2 }]),
            };
            assert_eq!(read, expected, "{format}");
        }
        let parameters = json!({ "operation": "toFile" });
        let written = bench.run("spreadsheetFile", 1.0, parameters, &items).await;
        let file = written.get(0).unwrap().binary.as_ref().unwrap()["data"].clone();
        assert_eq!(file.mime_type, "application/vnd.ms-excel");
    }

    #[tokio::test]
    async fn a_fault_is_an_error_of_its_item_or_a_hint() {
        let bench = Bench::new();
        let items = [
            bench.item(json!({}), &[("data", "a.xlsx", b"PK\x03\x04 broken")]),
            bench.item(json!({}), &[("data", "b.csv", b"a,b\n1,2\n3\n")]),
        ];
        let error = bench
            .try_run("spreadsheetFile", 2.0, json!({}), &items)
            .await
            .unwrap_err();
        assert_eq!(error.item_index, Some(0));
        let parameters = json!({ "continueOnFail": true });
        let outcome = bench
            .try_run("spreadsheetFile", 2.0, parameters, &items)
            .await
            .unwrap();
        assert!(outcome.hints[0].contains("line 3"), "{:?}", outcome.hints);
        let items = outcome.outputs[0].clone().unwrap();
        assert!(items.get(0).unwrap().error.is_some());
        assert_eq!(
            items.get(1).unwrap().json,
            json!({ "a": "1", "b": "2" }).into()
        );
        assert_eq!(items.link(1), Link::to(1));
    }
}
