//! html: the first table of a page, and a page with one table.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use super::{Cell, ReadOptions, Sheet, guess, require_sheet};
use crate::core::html_tree::{self, Data, Element, Elements, Id, Tree};

/// Most columns or rows that one cell spans.
const MAX_SPAN: u32 = 1000;
/// Columns of a table.
const MAX_COLUMNS: u32 = 100_000;

/// Reads a table of a page. Tables are named `Sheet1`, `Sheet2` and so on.
pub(super) fn read(text: &str, options: &ReadOptions) -> Result<Sheet, String> {
    let tree = html_tree::parse(text)?;
    let elements = Elements::new(&tree);
    let is = |index: usize, name: &str| elements.element(index).name() == name;
    let tables: Vec<usize> = (0..elements.len())
        .filter(|index| is(*index, "table"))
        .collect();
    if tables.is_empty() {
        return Err("the page has no table".into());
    }
    let names: Vec<String> = (1..=tables.len()).map(|n| format!("Sheet{n}")).collect();
    let table = tables[require_sheet(options.sheet.as_deref(), &names)?];
    let mut rows = Vec::new();
    let mut inside = elements.inside(table);
    while let Some(index) = inside.next() {
        if is(index, "tr") {
            rows.push(elements.ids[index]);
        } else if is(index, "table") {
            // A table inside a cell has rows of its own.
            inside.start = elements.inside(index).end;
        }
    }
    read_rows(&tree, &rows, options.raw)
}

fn read_rows(tree: &Tree, rows: &[Id], raw: bool) -> Result<Sheet, String> {
    let mut sheet = Sheet::default();
    // Columns that cells of the rows above still cover, and for how many rows more.
    let mut covered: HashMap<u32, u32> = HashMap::new();
    for (row, id) in rows.iter().enumerate() {
        let mut column = 0;
        let mut spans = Vec::new();
        let taken: HashSet<u32> = covered.keys().copied().collect();
        for child in tree.children(*id) {
            let Some(cell) = tree.element(child) else {
                continue;
            };
            if !matches!(cell.name(), "td" | "th") {
                continue;
            }
            while taken.contains(&column) {
                column += 1;
            }
            sheet.push(row as u32, column, read_cell(tree, child, cell, raw))?;
            let span = |name: &str| {
                let span = cell
                    .attribute(name)
                    .and_then(|text| text.trim().parse().ok());
                span.unwrap_or(1_u32).clamp(1, MAX_SPAN)
            };
            let (columns, rows) = (span("colspan"), span("rowspan"));
            if rows > 1 {
                spans.push((column, columns, rows));
            }
            column += columns;
            if column > MAX_COLUMNS {
                return Err(format!("the table has more than {MAX_COLUMNS} columns"));
            }
        }
        covered.retain(|_, rows| {
            *rows -= 1;
            *rows > 0
        });
        for (column, columns, rows) in spans {
            for column in column..column + columns {
                covered.insert(column, rows - 1);
            }
        }
    }
    Ok(sheet)
}

fn read_cell(tree: &Tree, id: Id, cell: &Element, raw: bool) -> Cell {
    let text = text(tree, id);
    let kind = cell.attribute("data-t").or(cell.attribute("t"));
    let value = cell.attribute("data-v").or(cell.attribute("v"));
    match (kind, value) {
        _ if raw => {}
        (Some("s"), _) => {}
        (Some("n"), Some(value)) => return guess::cell(value),
        (Some("b"), Some(value)) => return Cell::Bool(matches!(value, "true" | "1" | "TRUE")),
        _ => return guess::cell(&text),
    }
    if text.is_empty() {
        Cell::Empty
    } else {
        Cell::Text(text)
    }
}

/// The text of a cell as a browser shows it.
fn text(tree: &Tree, cell: Id) -> String {
    let mut out = String::new();
    add_text(tree, cell, &mut out);
    out.trim_end_matches(' ').to_owned()
}

fn add_text(tree: &Tree, id: Id, out: &mut String) {
    for child in tree.children(id) {
        match &tree.node(child).data {
            Data::Text(text) => {
                for c in text.chars() {
                    if !c.is_ascii_whitespace() {
                        out.push(c);
                    } else if !out.ends_with([' ', '\n']) && !out.is_empty() {
                        out.push(' ');
                    }
                }
            }
            Data::Element(element) if element.name() == "br" => {
                out.truncate(out.trim_end_matches(' ').len());
                out.push('\n');
            }
            _ => add_text(tree, child, out),
        }
    }
}

/// Writes a page with one table, with the types of its cells beside their texts.
pub(super) fn write(grid: &[Vec<Cell>], title: &str) -> Vec<u8> {
    let mut out = String::from("<html><head><meta charset=\"utf-8\"/><title>");
    escape(title, &mut out);
    out.push_str("</title></head><body><table>");
    for row in grid {
        out.push_str("<tr>");
        for cell in row {
            let kind = match cell {
                Cell::Empty => {
                    out.push_str("<td></td>");
                    continue;
                }
                Cell::Text(_) => "s",
                Cell::Number(_) => "n",
                Cell::Bool(_) => "b",
            };
            let text = cell.text();
            let value = match cell {
                Cell::Bool(flag) => flag.to_string(),
                _ => text.clone(),
            };
            let _ = write!(out, "<td data-t=\"{kind}\" data-v=\"");
            escape(&value, &mut out);
            out.push_str("\">");
            for (at, line) in text.lines().enumerate() {
                if at > 0 {
                    out.push_str("<br/>");
                }
                escape(line, &mut out);
            }
            out.push_str("</td>");
        }
        out.push_str("</tr>");
    }
    out.push_str("</table></body></html>");
    out.into_bytes()
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}
