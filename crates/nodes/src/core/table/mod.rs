//! Tables in files: rows of cells from and to csv, html, ods, rtf, xls and xlsx, for the nodes that read and write
//! spreadsheets. Everything here is computation on bytes; callers keep it off the async runtime.

mod csv;
mod flatten;
mod guess;
mod html;
mod nodes;
mod ods_read;
mod ods_write;
mod options;
mod rows;
mod rtf;
mod strict_csv;
mod workbook;
mod xls_write;
mod xlsx_write;

use itemflow_model::Value;

use flatten::flatten;
pub(crate) use nodes::{TableReader, TableRows, write_table};
pub(crate) use options::{CsvParameters, ReadParameters, WriteParameters};
use strict_csv::read_csv;

/// Cells of one table; beyond that, memory would run out.
const MAX_CELLS: usize = if cfg!(test) { 200_000 } else { 10_000_000 };

/// A kind of file that holds a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Csv,
    Html,
    Ods,
    Rtf,
    Xls,
    Xlsx,
}

impl Format {
    /// The names of all, which are their extensions too.
    const NAMES: [&'static str; 6] = ["csv", "html", "ods", "rtf", "xls", "xlsx"];

    /// The format of a name.
    pub(crate) fn find(name: &str) -> Option<Self> {
        Some(match name {
            "csv" => Self::Csv,
            "html" => Self::Html,
            "ods" => Self::Ods,
            "rtf" => Self::Rtf,
            "xls" => Self::Xls,
            "xlsx" => Self::Xlsx,
            _ => return None,
        })
    }

    /// Its name, which is its extension.
    pub(crate) fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

/// What a cell holds. Dates are the days since 30 December 1899, as spreadsheets count them.
#[derive(Clone, Debug, PartialEq)]
enum Cell {
    Empty,
    Text(String),
    /// A number; integers stay exact.
    Number(itemflow_model::Number),
    Bool(bool),
}

impl Cell {
    fn value(&self) -> Option<Value> {
        Some(match self {
            Self::Empty => return None,
            Self::Text(text) => Value::from(text.as_str()),
            Self::Number(number) => Value::from(*number),
            Self::Bool(flag) => Value::from(*flag),
        })
    }

    /// As text, as it is shown in a text file.
    fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Bool(true) => "TRUE".into(),
            Self::Bool(false) => "FALSE".into(),
        }
    }

    fn number(number: f64) -> Self {
        if number.is_finite() {
            Self::Number(number.into())
        } else {
            Self::Empty
        }
    }
}

/// A table: its cells by row and column, rows without cells left out.
#[derive(Clone, Debug, Default, PartialEq)]
struct Sheet {
    rows: Vec<(u32, Vec<(u32, Cell)>)>,
    cells: usize,
}

impl Sheet {
    /// Adds a cell. Cells come row by row, and within a row from left to right.
    ///
    /// # Errors
    /// When there are too many.
    fn push(&mut self, row: u32, column: u32, cell: Cell) -> Result<(), String> {
        if cell == Cell::Empty {
            return Ok(());
        }
        self.cells += 1;
        if self.cells > MAX_CELLS {
            return Err(format!("the table has more than {MAX_CELLS} cells"));
        }
        match self.rows.last_mut() {
            Some((last, cells)) if *last == row => cells.push((column, cell)),
            _ => self.rows.push((row, vec![(column, cell)])),
        }
        Ok(())
    }
}

/// How a file is read.
#[derive(Clone, Debug, Default)]
struct ReadOptions {
    /// Name of the sheet; absent, the first.
    pub(crate) sheet: Option<String>,
    /// Take cells of text formats as text, numbers and dates too.
    pub(crate) raw: bool,
    /// Read the bytes as UTF-8 text, not as what they look like.
    pub(crate) as_text: bool,
}

/// Reads the table of a file. What kind it is follows from the bytes, as spreadsheets do it: extensions often lie.
///
/// # Errors
/// When it is no table that can be read.
fn read(bytes: &[u8], options: &ReadOptions) -> Result<Sheet, String> {
    if !options.as_text {
        if bytes.starts_with(b"PK") {
            return workbook::read_zipped(bytes, options.sheet.as_deref());
        }
        if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
            return workbook::read_xls(bytes, options.sheet.as_deref());
        }
    }
    if bytes.starts_with(b"{\\rtf") {
        only_sheet(options.sheet.as_deref())?;
        return rtf::read(bytes);
    }
    let text = guess::text_of(bytes);
    let start = text.trim_start();
    if start.starts_with('<') {
        return html::read(&text, options);
    }
    only_sheet(options.sheet.as_deref())?;
    csv::read(&text, options.raw)
}

/// Files that hold one table call it so.
fn only_sheet(asked: Option<&str>) -> Result<(), String> {
    require_sheet(asked, &["Sheet1".into()]).map(drop)
}

/// The index of the sheet that is asked for; the first one if none is.
fn require_sheet(asked: Option<&str>, names: &[String]) -> Result<usize, String> {
    if names.is_empty() {
        return Err("the file has no sheet".into());
    }
    let Some(asked) = asked else {
        return Ok(0);
    };
    names.iter().position(|name| name == asked).ok_or_else(|| {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        format!("the file has no sheet `{asked}`, only {}", names.join(", "))
    })
}

/// How a file is written.
#[derive(Clone, Debug)]
struct WriteOptions {
    /// Name of the sheet.
    pub(crate) sheet: String,
    /// What stands between cells of a csv file.
    pub(crate) delimiter: String,
    /// Whether an ods file is compressed.
    pub(crate) compress: bool,
}

/// Writes rows of cells as a file.
///
/// # Errors
/// When the format cannot hold them.
fn write(format: Format, grid: &[Vec<Cell>], options: &WriteOptions) -> Result<Vec<u8>, String> {
    match format {
        Format::Csv => Ok(csv::write(grid, &options.delimiter)),
        Format::Html => Ok(html::write(grid, &options.sheet)),
        Format::Rtf => Ok(rtf::write(grid)),
        Format::Ods => ods_write::write(grid, options),
        Format::Xls => xls_write::write(grid, &options.sheet),
        Format::Xlsx => xlsx_write::write(grid, &options.sheet),
    }
}

/// The number as a spreadsheet keeps it; `None` for one that would lose digits.
fn exact(number: itemflow_model::Number) -> Option<f64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let double = number.as_f64();
    (!number.is_integer() || double.abs() < EXACT).then_some(double)
}

/// Checks what a spreadsheet program demands of a sheet's name.
fn check_sheet_name(name: &str) -> Result<(), String> {
    let is_bad = name.is_empty()
        || name.chars().count() > 31
        || name.contains(['\\', '/', '?', '*', '[', ']', ':'])
        || name.starts_with('\'')
        || name.ends_with('\'');
    if is_bad {
        return Err(format!(
            "`{name}` cannot be the name of a sheet: give 1 to 31 characters without \\ / ? * [ ] : and without ' at either end"
        ));
    }
    Ok(())
}

/// Checks that a grid fits into a format's rows and columns.
fn check_size(grid: &[Vec<Cell>], rows: usize, columns: usize, format: &str) -> Result<(), String> {
    let width = grid.iter().map(Vec::len).max().unwrap_or(0);
    if grid.len() > rows || width > columns {
        return Err(format!(
            "the table has {} rows and {width} columns, and {format} takes {rows} and {columns}: write csv or xlsx, or fewer items",
            grid.len()
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
