//! xlsx: a workbook with one sheet.

use rust_xlsxwriter::{Workbook, XlsxError};

use super::{Cell, check_sheet_name, check_size};

/// Rows and columns of a sheet.
const MAX_ROWS: usize = 1_048_576;
const MAX_COLUMNS: usize = 16_384;

/// Writes a workbook.
pub(super) fn write(grid: &[Vec<Cell>], sheet: &str) -> Result<Vec<u8>, String> {
    check_sheet_name(sheet)?;
    check_size(grid, MAX_ROWS, MAX_COLUMNS, "xlsx")?;
    let mut workbook = Workbook::new();
    fill(&mut workbook, grid, sheet)
        .map_err(|error| format!("the workbook cannot be written: {error}"))?;
    workbook
        .save_to_buffer()
        .map_err(|error| format!("the workbook cannot be written: {error}"))
}

fn fill(workbook: &mut Workbook, grid: &[Vec<Cell>], name: &str) -> Result<(), XlsxError> {
    let sheet = workbook.add_worksheet();
    sheet.set_name(name)?;
    for (row, cells) in grid.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            let (row, column) = (row as u32, column as u16);
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => {
                    sheet.write_string(row, column, text)?;
                }
                Cell::Bool(flag) => {
                    sheet.write_boolean(row, column, *flag)?;
                }
                Cell::Number(number) => match super::exact(*number) {
                    Some(number) => {
                        sheet.write_number(row, column, number)?;
                    }
                    None => {
                        sheet.write_string(row, column, number.to_string())?;
                    }
                },
            }
        }
    }
    Ok(())
}
