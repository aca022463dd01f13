//! xls: a workbook of Excel 97 (BIFF8) with one sheet of texts, numbers and truth values.

use std::collections::HashMap;

use super::{Cell, check_sheet_name, check_size, workbook};

/// Rows and columns of a sheet.
const MAX_ROWS: usize = 65_536;
const MAX_COLUMNS: usize = 256;
/// Characters of a cell.
const MAX_TEXT: usize = 32_767;
/// Bytes of one record; what is longer goes on in the next.
const MAX_RECORD: usize = 8224;
/// The format of every cell, after those of the styles.
const CELL_FORMAT: u16 = 15;

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000A;
const CONTINUE: u16 = 0x003C;

/// Writes a workbook.
pub(super) fn write(grid: &[Vec<Cell>], sheet: &str) -> Result<Vec<u8>, String> {
    check_sheet_name(sheet)?;
    check_size(grid, MAX_ROWS, MAX_COLUMNS, "xls")?;
    let mut strings = Strings::default();
    let cells = sheet_stream(grid, &mut strings)?;
    let mut stream = Vec::new();
    globals(&mut stream);
    // The sheet's place in the stream is filled in when what stands before it has its length.
    let place = stream.len() + 4;
    let mut bound = vec![0; 6];
    let units: Vec<u16> = sheet.encode_utf16().collect();
    bound.extend([units.len() as u8, 1]);
    bound.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    record(&mut stream, 0x0085, &bound);
    strings.write(&mut stream);
    record(&mut stream, EOF, &[]);
    let start = (stream.len() as u32).to_le_bytes();
    stream[place..place + 4].copy_from_slice(&start);
    stream.extend(cells);
    workbook::contain("/Workbook", &stream)
        .map_err(|error| format!("the workbook cannot be written: {error}"))
}

/// Fonts, formats and styles that every workbook has.
fn globals(stream: &mut Vec<u8>) {
    bof(stream, 0x0005);
    record(stream, 0x0042, &1200_u16.to_le_bytes());
    let window: [u16; 9] = [0, 0, 0x4000, 0x2000, 0x38, 0, 0, 1, 600];
    record(stream, 0x003D, &words(&window));
    let mut font = words(&[200, 0, 0x7FFF, 400, 0]);
    font.extend([0, 0, 0, 0, 5, 0]);
    font.extend(b"Arial");
    for _ in 0..4 {
        record(stream, 0x0031, &font);
    }
    for format in 0..=CELL_FORMAT {
        let is_cell = format == CELL_FORMAT;
        let mut data = words(&[0, 0, if is_cell { 0x0001 } else { 0xFFF5 }]);
        data.extend([0x20, 0, 0, if is_cell || format == 0 { 0 } else { 0xF4 }]);
        data.extend([0; 8]);
        data.extend(0x20C0_u16.to_le_bytes());
        record(stream, 0x00E0, &data);
    }
    record(stream, 0x0293, &[0, 0x80, 0, 0xFF]);
}

fn sheet_stream(grid: &[Vec<Cell>], strings: &mut Strings) -> Result<Vec<u8>, String> {
    let mut stream = Vec::new();
    bof(&mut stream, 0x0010);
    let width = grid.iter().map(Vec::len).max().unwrap_or(0);
    let mut dimensions = vec![0; 4];
    dimensions.extend((grid.len() as u32).to_le_bytes());
    dimensions.extend(words(&[0, width as u16, 0]));
    record(&mut stream, 0x0200, &dimensions);
    for (row, cells) in grid.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            let mut data = words(&[row as u16, column as u16, CELL_FORMAT]);
            let text = match cell {
                Cell::Empty => continue,
                Cell::Bool(flag) => {
                    data.extend([u8::from(*flag), 0]);
                    record(&mut stream, 0x0205, &data);
                    continue;
                }
                Cell::Number(number) => match super::exact(*number) {
                    Some(number) => {
                        data.extend(number.to_le_bytes());
                        record(&mut stream, 0x0203, &data);
                        continue;
                    }
                    None => number.to_string(),
                },
                Cell::Text(text) => text.clone(),
            };
            if text.encode_utf16().count() > MAX_TEXT {
                return Err(format!(
                    "row {}, column {} has more than {MAX_TEXT} characters, the most that a cell of xls takes",
                    row + 1,
                    column + 1
                ));
            }
            data.extend(strings.index(text).to_le_bytes());
            record(&mut stream, 0x00FD, &data);
        }
    }
    let window: [u16; 9] = [0x06B6, 0, 0, 0x40, 0, 0, 0, 0, 0];
    record(&mut stream, 0x023E, &words(&window));
    record(&mut stream, EOF, &[]);
    Ok(stream)
}

/// The texts of all cells, each once.
#[derive(Default)]
struct Strings {
    known: HashMap<String, u32>,
    list: Vec<String>,
    uses: u32,
}

impl Strings {
    fn index(&mut self, text: String) -> u32 {
        self.uses += 1;
        let next = self.list.len() as u32;
        *self.known.entry(text).or_insert_with_key(|text| {
            self.list.push(text.clone());
            next
        })
    }

    /// Writes them as one record and as many that continue it as it takes.
    fn write(&self, stream: &mut Vec<u8>) {
        let mut kind = 0x00FC;
        let mut data = Vec::new();
        data.extend(self.uses.to_le_bytes());
        data.extend((self.list.len() as u32).to_le_bytes());
        for text in &self.list {
            let units: Vec<u16> = text.encode_utf16().collect();
            // The head of a text stands in one piece, with one character at least.
            if data.len() + 5 > MAX_RECORD {
                record(stream, kind, &data);
                (kind, data) = (CONTINUE, Vec::new());
            }
            data.extend((units.len() as u16).to_le_bytes());
            data.push(1);
            for unit in units {
                if data.len() + 2 > MAX_RECORD {
                    record(stream, kind, &data);
                    // Each piece says anew how its characters are written.
                    (kind, data) = (CONTINUE, vec![1]);
                }
                data.extend(unit.to_le_bytes());
            }
        }
        record(stream, kind, &data);
    }
}

fn bof(stream: &mut Vec<u8>, kind: u16) {
    let data = words(&[0x0600, kind, 0x0DBB, 0x07CC, 0, 0, 6, 0]);
    record(stream, BOF, &data);
}

fn record(stream: &mut Vec<u8>, kind: u16, data: &[u8]) {
    stream.extend(kind.to_le_bytes());
    stream.extend((data.len() as u16).to_le_bytes());
    stream.extend(data);
}

fn words(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}
