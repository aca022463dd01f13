//! The options of the nodes that read and write tables, as parameters of a node.

use itemflow_model::ErrorInfo;

use super::rows::{Area, Layout};
use super::strict_csv::CsvOptions;
use super::{ReadOptions, WriteOptions};
use crate::core::encoding_option::encoding;
use crate::core::text_encoding::TextEncoding;
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

/// `options` of nodes that read tables.
pub(crate) struct ReadParameters {
    header_row: Parameter,
    include_empty: Parameter,
    range: Parameter,
    raw: Parameter,
    as_text: Parameter,
    sheet: Parameter,
}

impl ReadParameters {
    pub(crate) fn new(parameters: &Parameters) -> Self {
        Self {
            header_row: parameters.parameter("options.headerRow", true),
            include_empty: parameters.parameter("options.includeEmptyCells", false),
            range: parameters.parameter("options.range", ""),
            raw: parameters.parameter("options.rawData", false),
            as_text: parameters.parameter("options.readAsString", false),
            sheet: parameters.parameter("options.sheetName", ""),
        }
    }

    /// What they say at an item.
    pub(super) fn at(
        &self,
        run: &NodeRun,
        item: usize,
    ) -> Result<(ReadOptions, Layout), ErrorInfo> {
        let sheet = run.text(&self.sheet, item)?;
        let options = ReadOptions {
            sheet: (!sheet.is_empty()).then(|| sheet.to_string()),
            raw: run.flag(&self.raw, item)?,
            as_text: run.flag(&self.as_text, item)?,
        };
        let range = run.text(&self.range, item)?;
        let area = match range.trim() {
            "" => None,
            text => Some(Area::parse(text).ok_or_else(|| {
                run.error(
                    format!("`{text}` is no range: write a number of rows to skip, or cells such as A1:D10"),
                    Some(item),
                    Some(&self.range.name),
                )
            })?),
        };
        let layout = Layout {
            header_row: run.flag(&self.header_row, item)?,
            include_empty: run.flag(&self.include_empty, item)?,
            area,
        };
        Ok((options, layout))
    }
}

/// `options` of nodes that read csv.
pub(crate) struct CsvParameters {
    header_row: Parameter,
    include_empty: Parameter,
    delimiter: Parameter,
    encoding: Parameter,
    enable_bom: Parameter,
    relax_quotes: Parameter,
    max_rows: Parameter,
    from_line: Parameter,
    skip: Parameter,
    max_skipped: Parameter,
}

impl CsvParameters {
    pub(crate) fn new(parameters: &Parameters) -> Self {
        let skip = "options.skipRecordsWithErrors";
        let inner = format!("{skip}.value.enabled");
        Self {
            header_row: parameters.parameter("options.headerRow", true),
            include_empty: parameters.parameter("options.includeEmptyCells", false),
            delimiter: parameters.parameter("options.delimiter", ","),
            encoding: parameters.parameter("options.encoding", ""),
            enable_bom: parameters.parameter("options.enableBOM", false),
            relax_quotes: parameters.parameter("options.relaxQuotes", false),
            max_rows: parameters.parameter("options.maxRowCount", -1),
            from_line: parameters.parameter("options.fromLine", 1),
            skip: match parameters.find(&format!("{skip}.value")) {
                Some(_) => parameters.parameter(&inner, false),
                None => parameters.parameter(skip, false),
            },
            max_skipped: parameters.parameter(&format!("{skip}.value.maxSkippedRecords"), -1),
        }
    }

    /// What they say at an item: about the records, the encoding, and whether a mark of it is left out.
    pub(super) fn at(
        &self,
        run: &NodeRun,
        item: usize,
    ) -> Result<(CsvOptions, TextEncoding, bool), ErrorInfo> {
        let delimiter = run.text(&self.delimiter, item)?;
        let count = |parameter: &Parameter| -> Result<Option<usize>, ErrorInfo> {
            let number = run.number(parameter, item)?;
            Ok((number >= 0.0).then_some(number as usize))
        };
        let skip = match run.flag(&self.skip, item)? {
            true => Some(count(&self.max_skipped)?),
            false => None,
        };
        let options = CsvOptions {
            delimiter: match &*delimiter {
                "" => ",".into(),
                "\\t" => "\t".into(),
                other => other.into(),
            },
            header_row: run.flag(&self.header_row, item)?,
            include_empty: run.flag(&self.include_empty, item)?,
            max_rows: count(&self.max_rows)?,
            from_line: count(&self.from_line)?.unwrap_or(1),
            relax_quotes: run.flag(&self.relax_quotes, item)?,
            skip_errors: skip,
            ..CsvOptions::default()
        };
        Ok((
            options,
            encoding(run, &self.encoding, item)?,
            run.flag(&self.enable_bom, item)?,
        ))
    }
}

/// `options` of nodes that write tables.
pub(crate) struct WriteParameters {
    header_row: Parameter,
    file_name: Parameter,
    sheet: Parameter,
    delimiter: Parameter,
    compression: Parameter,
}

/// What they say.
pub(super) struct WriteSettings {
    pub(super) header_row: bool,
    /// The file's name, if one is given.
    pub(super) file_name: Option<String>,
    pub(super) options: WriteOptions,
}

impl WriteParameters {
    pub(crate) fn new(parameters: &Parameters) -> Self {
        Self {
            header_row: parameters.parameter("options.headerRow", true),
            file_name: parameters.parameter("options.fileName", ""),
            sheet: parameters.parameter("options.sheetName", ""),
            delimiter: parameters.parameter("options.delimiter", ""),
            compression: parameters.parameter("options.compression", false),
        }
    }

    /// What they say for the first item, which holds for the file.
    pub(super) fn at(&self, run: &NodeRun) -> Result<WriteSettings, ErrorInfo> {
        let given = |parameter: &Parameter| -> Result<Option<String>, ErrorInfo> {
            let text = run.text(parameter, 0)?;
            Ok((!text.is_empty()).then(|| text.to_string()))
        };
        let delimiter = match given(&self.delimiter)?.as_deref() {
            None => ",".into(),
            Some("\\t") => "\t".into(),
            Some(other) => other.to_owned(),
        };
        Ok(WriteSettings {
            header_row: run.flag(&self.header_row, 0)?,
            file_name: given(&self.file_name)?,
            options: WriteOptions {
                sheet: given(&self.sheet)?.unwrap_or_else(|| "Sheet".into()),
                delimiter,
                compress: run.flag(&self.compression, 0)?,
            },
        })
    }
}
