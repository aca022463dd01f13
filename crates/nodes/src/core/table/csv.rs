//! csv as spreadsheets see it: the delimiter is guessed and cells get types. What is written can be read by both readers.

use super::strict_csv::{CsvOptions, records};
use super::{Cell, Sheet, guess};

/// Characters that may stand between cells, the likeliest first.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];
/// As much of the text as is looked at to find the delimiter.
const LOOKED_AT: usize = 1024;

/// Reads a table; with `raw` every cell is text.
pub(super) fn read(text: &str, raw: bool) -> Result<Sheet, String> {
    let (delimiter, text) = delimiter(text);
    let options = CsvOptions {
        delimiter: delimiter.to_string(),
        relax_quotes: true,
        forgives_open_quotes: true,
        ..CsvOptions::default()
    };
    let mut sheet = Sheet::default();
    for (row, record) in records(text, &options).enumerate() {
        for (column, field) in record?.fields.into_iter().enumerate() {
            let cell = match field.as_str() {
                "" => Cell::Empty,
                _ if raw => Cell::Text(field),
                // `="007"` is how spreadsheets keep a text from being a number.
                formula
                    if formula.starts_with("=\"")
                        && formula.ends_with('"')
                        && formula.len() > 2 =>
                {
                    Cell::Text(formula[2..formula.len() - 1].replace("\"\"", "\""))
                }
                other => guess::cell(other),
            };
            sheet.push(row as u32, column as u32, cell)?;
        }
    }
    Ok(sheet)
}

/// The delimiter, and the text after a line that names it (`sep=;`).
fn delimiter(text: &str) -> (char, &str) {
    if let Some(rest) = text.strip_prefix("sep=") {
        let mut chars = rest.chars();
        if let Some(delimiter) = chars.next().filter(|c| !c.is_control() || *c == '\t') {
            let rest = chars.as_str();
            let rest = rest.strip_prefix('\r').unwrap_or(rest);
            return (delimiter, rest.strip_prefix('\n').unwrap_or(rest));
        }
    }
    let mut counts = [0_usize; DELIMITERS.len()];
    let mut is_quoted = false;
    for c in text.chars().take(LOOKED_AT) {
        if c == '"' {
            is_quoted = !is_quoted;
        } else if !is_quoted && let Some(at) = DELIMITERS.iter().position(|known| *known == c) {
            counts[at] += 1;
        }
    }
    let mut best = 0;
    for (at, count) in counts.iter().enumerate() {
        if *count > counts[best] {
            best = at;
        }
    }
    (DELIMITERS[best], text)
}

/// Writes a table, with the mark of UTF-8 before it, which spreadsheets need.
pub(super) fn write(grid: &[Vec<Cell>], delimiter: &str) -> Vec<u8> {
    let mut out = String::from("\u{feff}");
    for (row, cells) in grid.iter().enumerate() {
        if row > 0 {
            out.push('\n');
        }
        for (column, cell) in cells.iter().enumerate() {
            if column > 0 {
                out.push_str(delimiter);
            }
            let text = cell.text();
            // A file that begins with ID would be taken for one of another format.
            let is_first_id = row == 0 && column == 0 && text == "ID";
            let has_delimiter = !delimiter.is_empty() && text.contains(delimiter);
            if has_delimiter || is_first_id || text.contains(['"', '\n', '\r']) {
                out.push('"');
                out.push_str(&text.replace('"', "\"\""));
                out.push('"');
            } else {
                out.push_str(&text);
            }
        }
    }
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_found() {
        assert_eq!(delimiter("a;b;c\n1,5;2;3"), (';', "a;b;c\n1,5;2;3"));
        assert_eq!(delimiter("\"a,b,c\"|d\n"), ('|', "\"a,b,c\"|d\n"));
        assert_eq!(delimiter("sep=;\r\na,b"), (';', "a,b"));
        assert_eq!(delimiter("abc"), (',', "abc"));
    }

    #[test]
    fn what_needs_quotes_gets_them() {
        let text = |text: &str| Cell::Text(text.into());
        let grid = [
            vec![text("ID"), text("a,b"), text("c\"d")],
            vec![Cell::Number(1.5.into()), Cell::Bool(true), Cell::Empty],
        ];
        let written = String::from_utf8(write(&grid, ",")).unwrap();
        assert_eq!(written, "\u{feff}\"ID\",\"a,b\",\"c\"\"d\"\n1.5,TRUE,");
        let read = read(&written[3..], false).unwrap();
        assert_eq!(read.rows[0].1[1], (1, text("a,b")));
        assert_eq!(
            read.rows[1].1,
            [(0, Cell::Number(1.5.into())), (1, Cell::Bool(true))]
        );
    }
}
