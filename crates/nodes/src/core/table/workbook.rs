//! xlsx and xls: the cells of one sheet. A hostile workbook is small and claims to be huge, so what it claims is counted
//! before the reader believes it.

use std::io::{Cursor, Read, Write};

use calamine::{Data, DataRef, Reader, Xls, Xlsx};
use itemflow_model::Number;
use zip::ZipArchive;

use super::{Cell, MAX_CELLS, Sheet, guess, ods_read, require_sheet};

/// Bytes that the parts of a workbook may have together when they are unpacked.
const MAX_UNPACKED: u64 = 512 << 20;
/// Parts of a workbook.
const MAX_PARTS: usize = 10_000;
/// Sheets of a workbook.
const MAX_SHEETS: usize = 10_000;

/// Reads a sheet of a zipped workbook: xlsx or ods.
pub(super) fn read_zipped(bytes: &[u8], sheet: Option<&str>) -> Result<Sheet, String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes))
        .map_err(|error| format!("the workbook cannot be unpacked: {error}"))?;
    require_small(&mut archive, MAX_UNPACKED)?;
    if archive.index_for_name("content.xml").is_some() {
        return ods_read::read(&mut archive, sheet);
    }
    if archive.index_for_name("[Content_Types].xml").is_none() {
        return Err("the archive holds no workbook".into());
    }
    read_xlsx(bytes, sheet)
}

/// Unpacks everything once, keeping nothing: what an archive says of its sizes may be wrong.
pub(super) fn require_small(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    limit: u64,
) -> Result<(), String> {
    if archive.len() > MAX_PARTS {
        return Err(format!("the workbook has more than {MAX_PARTS} parts"));
    }
    let mut left = limit;
    for part in 0..archive.len() {
        let Ok(part) = archive.by_index(part) else {
            continue;
        };
        let read = std::io::copy(&mut part.take(left + 1), &mut std::io::sink());
        left = left
            .checked_sub(read.map_err(|error| format!("the workbook cannot be unpacked: {error}"))?)
            .ok_or_else(|| {
                format!("the workbook has more than {limit} bytes when it is unpacked")
            })?;
    }
    Ok(())
}

fn read_xlsx(bytes: &[u8], sheet: Option<&str>) -> Result<Sheet, String> {
    let unreadable =
        |error: &dyn std::fmt::Display| format!("the workbook cannot be read: {error}");
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
    let names = workbook.sheet_names();
    let name = &names[require_sheet(sheet, &names)?];
    let mut reader = workbook
        .worksheet_cells_reader(name)
        .map_err(|error| unreadable(&error))?;
    let mut cells = Vec::new();
    while let Some(cell) = reader.next_cell().map_err(|error| unreadable(&error))? {
        let value = match cell.get_value() {
            DataRef::Empty | DataRef::Error(_) => continue,
            DataRef::Int(number) => Cell::Number(Number::from(*number)),
            DataRef::Float(number) => Cell::number(*number),
            DataRef::String(text) => Cell::Text(text.clone()),
            DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
            DataRef::Bool(flag) => Cell::Bool(*flag),
            DataRef::DateTime(date) => Cell::number(date.as_f64()),
            DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => iso(text),
        };
        if cells.len() == MAX_CELLS {
            return Err(format!("the sheet has more than {MAX_CELLS} cells"));
        }
        cells.push((cell.get_position(), value));
    }
    sorted(cells)
}

/// A sheet of cells that may come in any order.
fn sorted(mut cells: Vec<((u32, u32), Cell)>) -> Result<Sheet, String> {
    if !cells.is_sorted_by_key(|(position, _)| *position) {
        cells.sort_by_key(|(position, _)| *position);
    }
    let mut sheet = Sheet::default();
    for ((row, column), cell) in cells {
        sheet.push(row, column, cell)?;
    }
    Ok(sheet)
}

fn iso(text: &str) -> Cell {
    guess::iso_days(text).map_or_else(|| Cell::Text(text.to_owned()), Cell::number)
}

/// Reads a sheet of a workbook of Excel 97 and before.
pub(super) fn read_xls(bytes: &[u8], sheet: Option<&str>) -> Result<Sheet, String> {
    let unreadable =
        |error: &dyn std::fmt::Display| format!("the workbook cannot be read: {error}");
    let mut container =
        cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
    let mut stream = Vec::new();
    let name = ["/Workbook", "/Book"]
        .into_iter()
        .find(|name| container.is_stream(name))
        .ok_or("the file holds no workbook")?;
    container
        .open_stream(name)
        .and_then(|part| part.take(bytes.len() as u64).read_to_end(&mut stream))
        .map_err(|error| unreadable(&error))?;
    check_extents(&stream)?;
    // The reader takes a container as it is, loops included. It gets one of ours with the workbook alone.
    let sound = contain(name, &stream).map_err(|error| unreadable(&error))?;
    let mut workbook = Xls::new(Cursor::new(sound)).map_err(|error| unreadable(&error))?;
    let names = workbook.sheet_names();
    let name = &names[require_sheet(sheet, &names)?];
    let range = workbook
        .worksheet_range(name)
        .map_err(|error| unreadable(&error))?;
    let (top, left) = range.start().unwrap_or_default();
    let mut sheet = Sheet::default();
    for (row, column, data) in range.used_cells() {
        let cell = match data {
            Data::Empty | Data::Error(_) => continue,
            Data::Int(number) => Cell::Number(Number::from(*number)),
            Data::Float(number) => Cell::number(*number),
            Data::String(text) => Cell::Text(text.clone()),
            Data::Bool(flag) => Cell::Bool(*flag),
            Data::DateTime(date) => Cell::number(date.as_f64()),
            Data::DateTimeIso(text) | Data::DurationIso(text) => iso(text),
        };
        sheet.push(top + row as u32, left + column as u32, cell)?;
    }
    Ok(sheet)
}

/// A compound file with one stream.
pub(super) fn contain(name: &str, stream: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut container =
        cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new()))?;
    let mut part = container.create_stream(name)?;
    part.write_all(stream)?;
    part.flush()?;
    drop(part);
    container.flush()?;
    Ok(container.into_inner().into_inner())
}

/// The reader makes room for all cells between the outermost ones of a sheet; that must not be more than there can be.
fn check_extents(stream: &[u8]) -> Result<(), String> {
    const BOF: u16 = 0x0809;
    const BOUND_SHEET: u16 = 0x0085;
    const CELLS: [u16; 9] = [
        0x0006, 0x0201, 0x0203, 0x0204, 0x0205, 0x00FD, 0x027E, 0x00D6, 0x0207,
    ];
    const MANY_CELLS: u16 = 0x00BD;
    let word = |at: usize| Some(u16::from_le_bytes([*stream.get(at)?, *stream.get(at + 1)?]));
    let mut at = 0;
    let mut sheets = 0;
    let mut total = 0_usize;
    let mut extent: Option<[u16; 4]> = None;
    let area = |extent: Option<[u16; 4]>| {
        extent.map_or(0, |[top, left, bottom, right]| {
            (usize::from(bottom - top) + 1) * (usize::from(right - left) + 1)
        })
    };
    while let (Some(kind), Some(length)) = (word(at), word(at + 2)) {
        let data = at + 4;
        let end = data + usize::from(length);
        match kind {
            BOF => {
                total += area(extent.take());
            }
            BOUND_SHEET => sheets += 1,
            _ if CELLS.contains(&kind) || kind == MANY_CELLS => {
                if let (Some(row), Some(first)) = (word(data), word(data + 2)) {
                    let last = match kind {
                        MANY_CELLS if length >= 6 => {
                            word(end.saturating_sub(2)).unwrap_or(first).max(first)
                        }
                        _ => first,
                    };
                    let known = extent.get_or_insert([row, first, row, last]);
                    known[0] = known[0].min(row);
                    known[1] = known[1].min(first);
                    known[2] = known[2].max(row);
                    known[3] = known[3].max(last);
                }
            }
            _ => {}
        }
        at = end;
    }
    total += area(extent);
    if total > MAX_CELLS || sheets > MAX_SHEETS {
        return Err(format!("the workbook spans more than {MAX_CELLS} cells"));
    }
    Ok(())
}
