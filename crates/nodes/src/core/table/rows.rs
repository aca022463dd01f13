//! From a table to the json of rows: which part of it, and what names the columns.

use std::collections::HashMap;
use std::sync::Arc;

use itemflow_model::{Map, Value};

use super::{Cell, MAX_CELLS, Sheet};

/// The part of a table that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Area {
    /// From this row on, counted from 0.
    From(u32),
    /// Rows and columns from and to, both counted from 0 and included.
    Cells { first: (u32, u32), last: (u32, u32) },
}

impl Area {
    /// Reads a number of rows to skip, or an area such as `A2:D10`. A bare `B3` is that cell.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(number) = text.parse() {
            return Some(Self::From(number));
        }
        let (first, last) = text.split_once(':').unwrap_or((text, text));
        let first = corner(first)?;
        let last = corner(last)?;
        Some(Self::Cells {
            first: (first.0.unwrap_or(0), first.1.unwrap_or(0)),
            last: (last.0.unwrap_or(u32::MAX), last.1.unwrap_or(u32::MAX)),
        })
    }
}

/// Row and column of `$B$3`; either may be missing (`B`, `3`).
fn corner(text: &str) -> Option<(Option<u32>, Option<u32>)> {
    let text = text.trim().replace('$', "");
    let letters: usize = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, digits) = text.split_at(letters);
    let column = (!letters.is_empty()).then(|| {
        letters.bytes().try_fold(0_u32, |column, letter| {
            let digit = u32::from(letter.to_ascii_uppercase() - b'A') + 1;
            column.checked_mul(26)?.checked_add(digit)
        })
    });
    let row = (!digits.is_empty()).then(|| digits.parse::<u32>().ok());
    let column = match column {
        Some(column) => Some(column?.checked_sub(1)?),
        None => None,
    };
    let row = match row {
        Some(row) => Some(row?.checked_sub(1)?),
        None => None,
    };
    (row.is_some() || column.is_some()).then_some((row, column))
}

/// How rows become json.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// Whether the first row names the columns; otherwise each row is a list under `row`.
    pub(super) header_row: bool,
    /// Give empty cells as empty texts.
    pub(super) include_empty: bool,
    /// What part of the table is read; absent, all of it.
    pub(super) area: Option<Area>,
}

impl Sheet {
    /// The json of its rows.
    ///
    /// # Errors
    /// When they would hold too many cells.
    pub(super) fn json(&self, layout: Layout) -> Result<Vec<Value>, String> {
        let Some(bounds) = self.bounds(layout.area) else {
            return Ok(Vec::new());
        };
        if layout.header_row {
            self.objects(&bounds, layout.include_empty)
        } else {
            self.lists(&bounds, layout.include_empty)
        }
    }

    /// The part that is read, never larger than what there is.
    fn bounds(&self, area: Option<Area>) -> Option<Bounds> {
        let columns = |pick: fn(&Vec<(u32, Cell)>) -> Option<u32>| {
            self.rows.iter().filter_map(move |(_, cells)| pick(cells))
        };
        let used = Bounds {
            top: self.rows.first()?.0,
            bottom: self.rows.last()?.0,
            left: columns(|cells| cells.first().map(|cell| cell.0)).min()?,
            right: columns(|cells| cells.last().map(|cell| cell.0)).max()?,
        };
        let bounds = match area {
            None => used,
            Some(Area::From(row)) => Bounds { top: row, ..used },
            Some(Area::Cells { first, last }) => Bounds {
                top: first.0,
                left: first.1,
                bottom: last.0.min(used.bottom),
                right: last.1.min(used.right),
            },
        };
        (bounds.top <= bounds.bottom && bounds.left <= bounds.right).then_some(bounds)
    }

    fn objects(&self, bounds: &Bounds, include_empty: bool) -> Result<Vec<Value>, String> {
        let mut rows = self.within(bounds).peekable();
        let header = match rows.next_if(|(row, _)| *row == bounds.top) {
            Some((_, cells)) => cells,
            None => &[],
        };
        let names = names(header, bounds);
        let mut out = Vec::new();
        let mut cells = 0_usize;
        for (_, row) in rows {
            let mut object = Map::default();
            let mut given = row.iter().peekable();
            for (column, name) in (bounds.left..=bounds.right).zip(&names) {
                while given.next_if(|cell| cell.0 < column).is_some() {}
                let value = given
                    .next_if(|cell| cell.0 == column)
                    .and_then(|(_, cell)| cell.value())
                    .or_else(|| include_empty.then(|| Value::from("")));
                if let Some(value) = value {
                    object.insert(name.clone(), value);
                }
            }
            cells += names.len();
            require_room(cells)?;
            let is_empty = !row.iter().any(|(column, _)| bounds.has_column(*column));
            if !is_empty {
                out.push(Value::from(object));
            }
        }
        Ok(out)
    }

    /// Rows without cells are rows too.
    fn lists(&self, bounds: &Bounds, include_empty: bool) -> Result<Vec<Value>, String> {
        let rows = (bounds.bottom - bounds.top) as usize + 1;
        let columns = (bounds.right - bounds.left) as usize + 1;
        if include_empty {
            require_room(rows.saturating_mul(columns))?;
        }
        require_room(rows)?;
        let mut out = Vec::with_capacity(rows);
        let mut cells = 0;
        let mut given = self.within(bounds).peekable();
        for row in bounds.top..=bounds.bottom {
            let row = given
                .next_if(|(at, _)| *at == row)
                .map_or(&[][..], |(_, cells)| cells);
            let mut list = Vec::new();
            for (column, cell) in row.iter().filter(|(column, _)| bounds.has_column(*column)) {
                let at = (column - bounds.left) as usize;
                cells += at + 1 - list.len().min(at + 1);
                require_room(cells)?;
                let gap = if include_empty {
                    Value::from("")
                } else {
                    Value::Null
                };
                list.resize(at, gap);
                list.push(cell.value().unwrap_or_default());
            }
            if include_empty {
                list.resize(columns, Value::from(""));
            }
            out.push(Value::from([("row", Value::from(list))]));
        }
        Ok(out)
    }

    fn within<'a>(
        &'a self,
        bounds: &Bounds,
    ) -> impl Iterator<Item = (u32, &'a [(u32, Cell)])> + use<'a> {
        let (top, bottom) = (bounds.top, bounds.bottom);
        self.rows
            .iter()
            .filter(move |(row, _)| (top..=bottom).contains(row))
            .map(|(row, cells)| (*row, cells.as_slice()))
    }
}

struct Bounds {
    top: u32,
    bottom: u32,
    left: u32,
    right: u32,
}

impl Bounds {
    fn has_column(&self, column: u32) -> bool {
        (self.left..=self.right).contains(&column)
    }
}

/// A name for each column: what stands in the first row, with a number after it where it stands there twice.
fn names(header: &[(u32, Cell)], bounds: &Bounds) -> Vec<Arc<str>> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    let mut given = header.iter().peekable();
    (bounds.left..=bounds.right)
        .map(|column| {
            while given.next_if(|cell| cell.0 < column).is_some() {}
            let text = given
                .next_if(|cell| cell.0 == column)
                .map_or_else(|| "__EMPTY".to_owned(), |(_, cell)| cell.text());
            let mut count = counts.get(&text).copied().unwrap_or(0);
            if count == 0 {
                counts.insert(text.clone(), 1);
                return text.into();
            }
            loop {
                let name = format!("{text}_{count}");
                count += 1;
                if !counts.contains_key(&name) {
                    counts.insert(text, count);
                    counts.insert(name.clone(), 1);
                    return name.into();
                }
            }
        })
        .collect()
}

fn require_room(cells: usize) -> Result<(), String> {
    if cells > MAX_CELLS {
        return Err(format!(
            "the rows have more than {MAX_CELLS} cells: read a smaller `range`"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sheet(cells: &[(u32, u32, &str)]) -> Sheet {
        let mut sheet = Sheet::default();
        for (row, column, text) in cells {
            sheet
                .push(*row, *column, super::super::guess::cell(text))
                .unwrap();
        }
        sheet
    }

    fn read(
        sheet: &Sheet,
        header_row: bool,
        include_empty: bool,
        area: Option<&str>,
    ) -> serde_json::Value {
        let area = area.map(|text| Area::parse(text).unwrap());
        let rows = sheet
            .json(Layout {
                header_row,
                include_empty,
                area,
            })
            .unwrap();
        serde_json::to_value(Value::from(rows)).unwrap()
    }

    #[test]
    fn the_first_row_names_the_columns() {
        let sheet = sheet(&[
            (1, 1, "a"),
            (1, 2, "a"),
            (1, 4, "a_1"),
            (1, 5, "b"),
            (2, 1, "1"),
            (2, 2, "x"),
            (2, 3, "y"),
            (2, 4, "z"),
            (4, 5, "TRUE"),
        ]);
        let first = json!({ "a": 1, "a_1": "x", "__EMPTY": "y", "a_1_1": "z" });
        assert_eq!(
            read(&sheet, true, false, None),
            json!([first, { "b": true }])
        );
        let full = json!([
            { "a": 1, "a_1": "x", "__EMPTY": "y", "a_1_1": "z", "b": "" },
            { "a": "", "a_1": "", "__EMPTY": "", "a_1_1": "", "b": true },
        ]);
        assert_eq!(read(&sheet, true, true, None), full);
        assert_eq!(
            read(&sheet, true, false, Some("2")),
            json!([{ "__EMPTY": true }])
        );
        assert_eq!(
            read(&sheet, true, false, Some("B2:C3")),
            json!([{ "a": 1, "a_1": "x" }])
        );
        assert_eq!(read(&sheet, true, false, Some("9")), json!([]));
    }

    #[test]
    fn without_a_header_rows_are_lists() {
        let sheet = sheet(&[(0, 0, "a"), (0, 2, "c"), (2, 1, "b")]);
        let expected = json!([{ "row": ["a", null, "c"] }, { "row": [] }, { "row": [null, "b"] }]);
        assert_eq!(read(&sheet, false, false, None), expected);
        let expected =
            json!([{ "row": ["a", "", "c"] }, { "row": ["", "", ""] }, { "row": ["", "b", ""] }]);
        assert_eq!(read(&sheet, false, true, None), expected);
    }

    #[test]
    fn areas_are_read_or_refused() {
        for (text, expected) in [
            ("3", Some(Area::From(3))),
            (
                "A1:B2",
                Some(Area::Cells {
                    first: (0, 0),
                    last: (1, 1),
                }),
            ),
            (
                "$aa$10",
                Some(Area::Cells {
                    first: (9, 26),
                    last: (9, 26),
                }),
            ),
            (
                "B:C",
                Some(Area::Cells {
                    first: (0, 1),
                    last: (u32::MAX, 2),
                }),
            ),
            ("A0", None),
            ("", None),
            ("A1:B2:C3", None),
            ("ZZZZZZZZZZ1", None),
            ("A99999999999", None),
        ] {
            assert_eq!(Area::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn far_corners_take_no_memory() {
        let sheet = sheet(&[(0, 0, "a"), (1_048_575, 16_383, "b")]);
        assert_eq!(read(&sheet, true, false, None).as_array().unwrap().len(), 1);
        let all = Layout {
            header_row: false,
            include_empty: true,
            area: None,
        };
        assert!(sheet.json(all).is_err());
    }
}
