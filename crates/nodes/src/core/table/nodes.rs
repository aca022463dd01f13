//! What the nodes that read and write tables share: rows from a file of an item, and a file from all items.

use itemflow_model::{Binary, ErrorInfo, Item, Items, Link, Value};

use super::options::{CsvParameters, ReadParameters, WriteParameters};
use super::{Format, flatten, read, read_csv, write};
use crate::core::background::in_background;
use crate::core::binary::{self, NewFile};
use crate::node::Outcome;
use crate::run::NodeRun;

/// How tables are read, in all forms.
pub(crate) struct TableReader {
    read: ReadParameters,
    csv: CsvParameters,
    /// Whether a fault in a csv file only ends it.
    keeps_rows_before_a_fault: bool,
}

/// Rows of a file, and what is to be said about them.
pub(crate) struct TableRows {
    pub(crate) items: Vec<Item>,
    pub(crate) hint: Option<String>,
}

impl TableReader {
    pub(crate) fn new(
        read: ReadParameters,
        csv: CsvParameters,
        keeps_rows_before_a_fault: bool,
    ) -> Self {
        Self {
            read,
            csv,
            keeps_rows_before_a_fault,
        }
    }

    /// The rows of a csv file, every cell a text.
    pub(crate) async fn csv(
        &self,
        run: &NodeRun,
        i: usize,
        file: &Binary,
    ) -> Result<TableRows, ErrorInfo> {
        let (options, encoding, strip_bom) = self.csv.at(run, i)?;
        let bytes = binary::read(run, file, i).await?;
        let keeps = self.keeps_rows_before_a_fault;
        in_background(run, i, move || {
            let read = read_csv(&encoding.decode(&bytes, strip_bom), &options);
            let wrap = |row: Value| match options.header_row {
                true => Item::new(row),
                false => Item::new(Value::from([("row", row)])),
            };
            let rows = TableRows {
                items: read.rows.into_iter().map(wrap).collect(),
                hint: None,
            };
            match read.fault {
                None => Ok(rows),
                Some(fault) if keeps => Ok(TableRows {
                    hint: Some(format!("the csv file was read up to a fault: {fault}")),
                    ..rows
                }),
                Some(fault) => Err(format!(
                    "the csv file cannot be read: {fault}; `relaxQuotes` or `skipRecordsWithErrors` may help"
                )),
            }
        })
        .await
    }

    /// The rows of a file of any kind, cells with types.
    pub(crate) async fn any(
        &self,
        run: &NodeRun,
        i: usize,
        file: &Binary,
    ) -> Result<TableRows, ErrorInfo> {
        let (options, layout) = self.read.at(run, i)?;
        let bytes = binary::read(run, file, i).await?;
        in_background(run, i, move || {
            let rows = read(&bytes, &options)?.json(layout)?;
            Ok(TableRows {
                items: rows.into_iter().map(Item::new).collect(),
                hint: None,
            })
        })
        .await
    }
}

/// One item with a file of all items, to which it is linked. `stem` names the file where the options do not.
pub(crate) async fn write_table(
    run: &NodeRun,
    format: Format,
    parameters: &WriteParameters,
    property: &str,
    stem: &str,
) -> Result<Outcome, ErrorInfo> {
    let settings = parameters.at(run)?;
    let items = run.input(0);
    let count = items.len();
    let bytes = in_background(run, 0, move || {
        let grid = flatten(&items, settings.header_row)?;
        write(format, &grid, &settings.options)
    })
    .await?;
    let name = settings
        .file_name
        .unwrap_or_else(|| format!("{stem}.{}", format.name()));
    let known = crate::core::media_type::by_name(&name);
    let file = NewFile {
        mime_type: known
            .or(crate::core::media_type::by_name(format.name()))
            .map(str::to_owned),
        name: Some(name),
        directory: None,
    };
    let file = binary::store(run, file, bytes, 0).await?;
    let item = binary::with_file(Item::new(Value::empty_object()), property, file);
    let link = match count {
        1 => Link::to(0),
        count => Link::to_first(count),
    };
    Ok(Outcome::of(Items::from_iter([(item, link)])))
}
