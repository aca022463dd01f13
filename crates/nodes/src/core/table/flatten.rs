//! From items to a grid: objects and lists inside an item become columns with dotted names.

use std::collections::HashMap;
use std::sync::Arc;

use itemflow_model::{Items, Value};

use super::{Cell, MAX_CELLS};

/// The rows of a table, the names of the columns first where `header` asks for them. A column is there because some item
/// has it; columns stand in the order in which they are met.
///
/// # Errors
/// When there would be too many cells.
pub(super) fn flatten(items: &Items, header: bool) -> Result<Vec<Vec<Cell>>, String> {
    let mut columns: HashMap<Arc<str>, usize> = HashMap::new();
    let mut names: Vec<Arc<str>> = Vec::new();
    let mut grid: Vec<Vec<Cell>> = Vec::with_capacity(items.len() + 1);
    let mut cells = 0;
    for item in items.iter() {
        let mut row: Vec<Cell> = Vec::new();
        let mut put = |name: Arc<str>, cell: Cell| {
            let column = *columns.entry(name.clone()).or_insert_with(|| {
                names.push(name);
                names.len() - 1
            });
            if column >= row.len() {
                cells += column + 1 - row.len();
                row.resize(column + 1, Cell::Empty);
            }
            row[column] = cell;
            cells <= MAX_CELLS
        };
        if !walk(None, &item.json, &mut put) {
            return Err(format!("the table has more than {MAX_CELLS} cells"));
        }
        grid.push(row);
    }
    if names.len().saturating_mul(grid.len() + 1) > MAX_CELLS {
        return Err(format!("the table has more than {MAX_CELLS} cells"));
    }
    for row in &mut grid {
        row.resize(names.len(), Cell::Empty);
    }
    if header && !names.is_empty() {
        let names = names.iter().map(|name| Cell::Text(name.to_string()));
        grid.insert(0, names.collect());
    }
    Ok(grid)
}

/// Gives every leaf of a value under its path; `false` when no more are wanted.
fn walk(path: Option<&str>, value: &Value, put: &mut impl FnMut(Arc<str>, Cell) -> bool) -> bool {
    let inner = |key: &str| match path {
        Some(path) => format!("{path}.{key}"),
        None => key.to_owned(),
    };
    match value {
        Value::Object(members) => members
            .iter()
            .all(|(key, value)| walk(Some(&inner(key)), value, put)),
        Value::Array(list) => list
            .iter()
            .enumerate()
            .all(|(at, value)| walk(Some(&inner(&at.to_string())), value, put)),
        leaf => put(path.unwrap_or_default().into(), cell(leaf)),
    }
}

fn cell(leaf: &Value) -> Cell {
    match leaf {
        Value::Bool(flag) => Cell::Bool(*flag),
        Value::Number(number) => Cell::Number(*number),
        Value::String(text) => Cell::Text(text.to_string()),
        _ => Cell::Empty,
    }
}

#[cfg(test)]
mod tests {
    use itemflow_model::Item;
    use serde_json::json;

    use super::*;

    #[test]
    fn inner_values_become_columns_with_dotted_names() {
        let items: Items = [
            json!({ "a": 1, "b": { "c": "x", "d": {} }, "n": null }),
            json!({ "e": [true, "y"], "a": 2 }),
        ]
        .map(Item::new)
        .into_iter()
        .collect();
        let grid = flatten(&items, true).unwrap();
        let text = |cells: &Vec<Cell>| cells.iter().map(Cell::text).collect::<Vec<_>>().join("|");
        let rows: Vec<String> = grid.iter().map(text).collect();
        assert_eq!(rows, ["a|b.c|n|e.0|e.1", "1|x|||", "2|||TRUE|y"]);
        assert_eq!(flatten(&items, false).unwrap().len(), 2);
    }

    #[test]
    fn a_table_that_would_fill_memory_is_refused() {
        // Every item brings a column of its own.
        let items: Items = (0..4000)
            .map(|n| Item::new(Value::from([(n.to_string(), n)])))
            .collect();
        assert!(flatten(&items, true).is_err());
    }
}
