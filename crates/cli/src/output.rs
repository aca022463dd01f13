//! Items on standard output: as JSON for machines, as a table for people.

use std::io::{IsTerminal, Write};

use comfy_table::{Cell, ContentArrangement, Table, presets};
use itemflow_model::{Item, Items, Map, Value};

use crate::args::OutputForm;
use crate::report::{excerpt, printable};

/// A list with more columns than this is unreadable as a table of rows; then each item is a table of its own.
const MAX_COLUMNS: usize = 7;
/// Characters of a cell.
const MAX_CELL: usize = 60;
/// Rows of a table; the rest is counted.
const MAX_ROWS: usize = 100;

/// Prints items.
///
/// # Errors
/// When standard output cannot be written.
pub(crate) fn items(items: &[Items], form: OutputForm) -> std::io::Result<()> {
    let all: Vec<&Item> = items.iter().flat_map(Items::iter).collect();
    let mut out = anstream::stdout().lock();
    match form {
        OutputForm::Json => json(&all, &mut out)?,
        OutputForm::Table => writeln!(out, "{}", table(&all))?,
    }
    out.flush()
}

/// An array with one item to a line, so that a long list can be read and streamed.
fn json(items: &[&Item], out: &mut impl Write) -> std::io::Result<()> {
    for (i, item) in items.iter().enumerate() {
        write!(
            out,
            "{}{}",
            if i == 0 { "[\n  " } else { ",\n  " },
            to_value(item)
        )?;
    }
    writeln!(out, "{}", if items.is_empty() { "[]" } else { "\n]" })
}

/// The item as n8n writes it: `json`, and `binary` and `error` where it has them.
fn to_value(item: &Item) -> Value {
    let mut map = Map::default();
    map.insert("json".into(), item.json.clone());
    if let Some(binary) = &item.binary {
        map.insert(
            "binary".into(),
            serde_json::to_value(&**binary).unwrap_or_default().into(),
        );
    }
    if let Some(error) = &item.error {
        map.insert(
            "error".into(),
            serde_json::to_value(&**error).unwrap_or_default().into(),
        );
    }
    Value::from(map)
}

fn table(items: &[&Item]) -> String {
    let columns = columns(items);
    if items.is_empty() {
        return "no items".into();
    }
    if columns.len() <= MAX_COLUMNS && !columns.is_empty() {
        return rows(items, &columns);
    }
    let shown = items
        .iter()
        .take(MAX_ROWS)
        .enumerate()
        .map(|(i, item)| members(i, item));
    let mut text = shown.collect::<Vec<_>>().join("\n");
    text.push_str(&rest(items));
    text
}

/// The keys of all shown items, in the order in which they first occur.
fn columns<'a>(items: &[&'a Item]) -> Vec<&'a str> {
    let mut columns = indexmap::IndexSet::new();
    for item in items.iter().take(MAX_ROWS) {
        columns.extend(
            item.json
                .as_object()
                .into_iter()
                .flat_map(Map::keys)
                .map(|key| &**key),
        );
    }
    columns.into_iter().collect()
}

fn rows(items: &[&Item], columns: &[&str]) -> String {
    let mut table = new_table();
    table.set_header(columns);
    for item in items.iter().take(MAX_ROWS) {
        table.add_row(columns.iter().map(|column| cell(item.json.get(column))));
    }
    format!("{table}{}", rest(items))
}

/// One item, a member to a row.
fn members(index: usize, item: &Item) -> String {
    let mut table = new_table();
    table.set_header([format!("item {index}"), String::new()]);
    match item.json.as_object() {
        Some(map) => {
            for (key, value) in map {
                table.add_row([Cell::new(printable(key)), cell(Some(value))]);
            }
        }
        None => {
            table.add_row([Cell::new(""), cell(Some(&item.json))]);
        }
    }
    for (name, binary) in item.binary.iter().flat_map(|binaries| binaries.iter()) {
        table.add_row([
            name.to_string(),
            format!("{}, {} bytes", binary.mime_type, binary.bytes),
        ]);
    }
    table.to_string()
}

fn rest(items: &[&Item]) -> String {
    match items.len().checked_sub(MAX_ROWS) {
        Some(more) if more > 0 => format!("\n… and {more} more; `--output json` prints all"),
        _ => String::new(),
    }
}

fn cell(value: Option<&Value>) -> Cell {
    Cell::new(match value {
        None => String::new(),
        Some(Value::String(text)) => excerpt(&printable(text), MAX_CELL),
        Some(value) => excerpt(&printable(&value.to_string()), MAX_CELL),
    })
}

fn new_table() -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_BORDERS_ONLY);
    if std::io::stdout().is_terminal() {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(list: &[serde_json::Value]) -> String {
        let items: Vec<Item> = list
            .iter()
            .map(|json| Item::new(Value::from(json.clone())))
            .collect();
        table(&items.iter().collect::<Vec<_>>())
    }

    #[test]
    fn few_columns_are_rows_and_many_are_members() {
        assert!(text(&[serde_json::json!({ "id": 1, "name": "a" })]).contains("id   name"));
        let wide =
            serde_json::json!({ "a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7, "h": 8 });
        assert!(text(&[wide]).contains("item 0"));
        assert_eq!(text(&[]), "no items");
    }

    #[test]
    fn control_characters_never_reach_the_terminal() {
        assert!(!text(&[serde_json::json!({ "a": "\u{1b}[2Jx" })]).contains('\u{1b}'));
    }

    #[test]
    fn json_is_an_array_of_items() {
        let items = [
            Item::new(Value::from([("a", 1)])),
            Item::new(Value::from([("a", 2)])),
        ];
        let mut out = Vec::new();
        json(&items.iter().collect::<Vec<_>>(), &mut out).unwrap();
        let parsed: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(
            parsed,
            serde_json::json!([{ "json": { "a": 1 } }, { "json": { "a": 2 } }])
        );
    }
}
