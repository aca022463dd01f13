//! ods: the cells of one table of an OpenDocument file. Rows and cells that repeat are counted, not made, unless they
//! hold something.

use std::io::{BufReader, Read, Seek};

use itemflow_model::Number;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;

use super::{Cell, Sheet, guess, require_sheet};

/// Deepest nesting of elements.
const MAX_DEPTH: usize = 100;

/// Reads a table.
pub(super) fn read<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    asked: Option<&str>,
) -> Result<Sheet, String> {
    // The names are known only when all is read, so that the tables are read until the one that is asked for.
    let part = archive
        .by_name("content.xml")
        .map_err(|error| format!("the document cannot be unpacked: {error}"))?;
    let mut tables = Tables::new(asked);
    tables.read(&mut Reader::from_reader(BufReader::new(part)))?;
    match tables.found {
        Some(sheet) => Ok(sheet),
        None => require_sheet(asked, &tables.names).map(|_| Sheet::default()),
    }
}

struct Tables<'a> {
    asked: Option<&'a str>,
    names: Vec<String>,
    found: Option<Sheet>,
    /// The table being read, if it is the one asked for.
    sheet: Option<Sheet>,
    row: u32,
    column: u32,
    /// The cells of the current row.
    cells: Vec<(u32, Cell)>,
    row_repeats: u32,
    cell: Option<Open>,
}

/// A cell whose end has not come.
struct Open {
    value: Cell,
    text: String,
    paragraphs: usize,
    repeats: u32,
    /// How deep inside a note on the cell the reader is.
    note: usize,
}

impl<'a> Tables<'a> {
    fn new(asked: Option<&'a str>) -> Self {
        Self {
            asked,
            names: Vec::new(),
            found: None,
            sheet: None,
            row: 0,
            column: 0,
            cells: Vec::new(),
            row_repeats: 1,
            cell: None,
        }
    }

    fn read<B: std::io::BufRead>(&mut self, reader: &mut Reader<B>) -> Result<(), String> {
        let unreadable =
            |error: &dyn std::fmt::Display| format!("the document cannot be read: {error}");
        let mut buffer = Vec::new();
        let mut depth = 0;
        loop {
            buffer.clear();
            let event = reader.read_event_into(&mut buffer);
            match event.map_err(|error| unreadable(&error))? {
                Event::Start(element) => {
                    depth += 1;
                    if depth > MAX_DEPTH {
                        return Err("the document is nested too deeply".into());
                    }
                    self.start(&element)?;
                }
                Event::Empty(element) => {
                    self.start(&element)?;
                    self.end(element.name().as_ref())?;
                }
                Event::End(element) => {
                    depth -= 1;
                    self.end(element.name().as_ref())?;
                    if self.found.is_some() {
                        return Ok(());
                    }
                }
                Event::Text(text) => self.text(&text.xml10_content()),
                Event::CData(text) => self.text(&text.xml10_content()),
                Event::GeneralRef(reference) => {
                    if let Some(c) = reference
                        .resolve_char_ref()
                        .map_err(|error| unreadable(&error))?
                    {
                        self.text(c.encode_utf8(&mut [0; 4]));
                    } else if let Some(text) =
                        quick_xml::escape::resolve_predefined_entity(&reference.xml10_content())
                    {
                        self.text(text);
                    }
                }
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), String> {
        let number = |name: &str| {
            let text = attribute(element, name)?;
            text.trim().parse::<u32>().ok()
        };
        match element.name().as_ref() {
            "table:table" => {
                let name = attribute(element, "table:name").unwrap_or_default();
                let is_asked = self.asked.is_none_or(|asked| asked == name);
                self.names.push(name);
                // A table inside a cell of another is not one of the document's.
                if is_asked && self.sheet.is_none() {
                    self.sheet = Some(Sheet::default());
                    self.row = 0;
                }
            }
            "table:table-row" => {
                self.column = 0;
                self.cells.clear();
                self.row_repeats = number("table:number-rows-repeated").unwrap_or(1).max(1);
            }
            "table:table-cell" | "table:covered-table-cell" => {
                self.cell = Some(Open {
                    value: value(element),
                    text: String::new(),
                    paragraphs: 0,
                    repeats: number("table:number-columns-repeated").unwrap_or(1).max(1),
                    note: 0,
                });
            }
            name => {
                let Some(cell) = &mut self.cell else {
                    return Ok(());
                };
                match name {
                    "office:annotation" => cell.note += 1,
                    _ if cell.note > 0 => {}
                    "text:p" => {
                        if cell.paragraphs > 0 {
                            cell.text.push('\n');
                        }
                        cell.paragraphs += 1;
                    }
                    "text:s" => {
                        let count = number("text:c").unwrap_or(1).min(10_000);
                        cell.text.extend(std::iter::repeat_n(' ', count as usize));
                    }
                    "text:tab" => cell.text.push('\t'),
                    "text:line-break" => cell.text.push('\n'),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), String> {
        match name {
            "table:table-cell" | "table:covered-table-cell" => {
                let Some(cell) = self.cell.take() else {
                    return Ok(());
                };
                let value = match cell.value {
                    Cell::Text(given) if given.is_empty() => match cell.text.is_empty() {
                        true => Cell::Empty,
                        false => Cell::Text(cell.text),
                    },
                    value => value,
                };
                if value != Cell::Empty {
                    // Spreadsheets end a row with one empty cell that repeats; one with something in it is not so long.
                    let repeats = cell.repeats.min(16_384);
                    for at in 0..repeats {
                        self.cells
                            .push((self.column.saturating_add(at), value.clone()));
                        if self.cells.len() > 100_000 {
                            return Err("a row has too many cells".into());
                        }
                    }
                }
                self.column = self.column.saturating_add(cell.repeats);
            }
            "office:annotation" => {
                if let Some(cell) = &mut self.cell {
                    cell.note = cell.note.saturating_sub(1);
                }
            }
            "table:table-row" => {
                if let Some(sheet) = &mut self.sheet
                    && !self.cells.is_empty()
                {
                    for at in 0..self.row_repeats {
                        for (column, cell) in &self.cells {
                            sheet.push(self.row.saturating_add(at), *column, cell.clone())?;
                        }
                    }
                }
                self.row = self.row.saturating_add(self.row_repeats);
            }
            "table:table" => self.found = self.sheet.take(),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if let Some(cell) = &mut self.cell
            && cell.note == 0
            && cell.paragraphs > 0
        {
            cell.text.push_str(text);
        }
    }
}

/// The value that a cell's attributes give; an empty text where its paragraphs do.
fn value(element: &BytesStart<'_>) -> Cell {
    let text = |name: &str| attribute(element, name);
    let kind = text("office:value-type").or_else(|| text("calcext:value-type"));
    let found = match kind.as_deref() {
        Some("float" | "percentage" | "currency") => text("office:value").and_then(|text| {
            let exact = text.parse::<i64>().map(Number::from);
            let number = exact.or_else(|_| text.parse::<f64>().map(Number::from));
            number.ok().map(Cell::Number)
        }),
        Some("boolean") => text("office:boolean-value").map(|text| Cell::Bool(text == "true")),
        Some("date") => text("office:date-value")
            .and_then(|text| guess::iso_days(&text))
            .map(Cell::number),
        Some("time") => text("office:time-value")
            .and_then(|text| duration_days(&text))
            .map(Cell::number),
        Some("string") => text("office:string-value").map(Cell::Text),
        Some(_) => None,
        None => return Cell::Text(String::new()),
    };
    found.unwrap_or_else(|| Cell::Text(String::new()))
}

/// A duration in ISO 8601 (`PT12H30M00S`), in days.
fn duration_days(text: &str) -> Option<f64> {
    let mut rest = text.strip_prefix("PT")?;
    let mut seconds = 0.0;
    for (unit, factor) in [('H', 3600.0), ('M', 60.0), ('S', 1.0)] {
        if let Some((number, after)) = rest.split_once(unit) {
            seconds += number.parse::<f64>().ok()? * factor;
            rest = after;
        }
    }
    rest.is_empty().then_some(seconds / 86_400.0)
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.try_get_attribute(name).ok()??;
    let value = found.normalized_value(XmlVersion::Implicit1_0).ok()?;
    Some(value.into_owned())
}
