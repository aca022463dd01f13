//! A page as text for the terminal: tables become entries, code is indented.

use super::text::{Text, on_one_line};
use super::{Block, Table};
use crate::report::printable;

/// The page, ended by a line break.
pub(super) fn write(page: &[Block]) -> String {
    let mut out = String::new();
    for (i, block) in page.iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        match block {
            Block::Heading(1, text) => {
                let text = printable(text);
                out.push_str(&format!("{text}\n{}\n", "=".repeat(text.chars().count())));
            }
            Block::Heading(2, text) => {
                let text = printable(text);
                out.push_str(&format!("{text}\n{}\n", "-".repeat(text.chars().count())));
            }
            Block::Heading(_, text) => out.push_str(&format!("* {}\n", printable(text))),
            Block::Paragraph(text) => out.push_str(&format!("{}\n", words(text))),
            Block::List(entries) => {
                for entry in entries {
                    out.push_str(&format!("- {}\n", words(entry)));
                }
            }
            Block::Table(table) => write_table(&mut out, table),
            Block::Code { text, .. } => {
                for line in text.trim_end().lines() {
                    out.push_str(&format!("    {}\n", printable(line)));
                }
            }
        }
    }
    out
}

fn words(text: &Text) -> String {
    printable(&on_one_line(&text.words()))
}

/// A table has a cell too long for a terminal's line, so each row is an entry: its name, its facts, its meaning.
fn write_table(out: &mut String, table: &Table) {
    for row in &table.rows {
        let mut cells = table.header.iter().zip(row);
        if let Some((_, name)) = cells.next() {
            out.push_str(words(name).trim_matches('`'));
        }
        let mut facts = Vec::new();
        let mut lines = Vec::new();
        for (title, cell) in cells.filter(|(_, cell)| !cell.is_empty()) {
            let cell = words(cell);
            match *title {
                "type" | "request" => facts.push(cell),
                "actions" => facts.push(format!("actions: {cell}")),
                "required" => facts.push("required".into()),
                "default" if cell == "required" => facts.push(cell),
                "default" => facts.push(format!("default {cell}")),
                "meaning" | "what it is" | "what it does" => lines.push(cell),
                title => lines.push(format!("{title} {cell}")),
            }
        }
        if !facts.is_empty() {
            out.push_str(&format!(" ({})", facts.join("; ")));
        }
        out.push('\n');
        for line in lines {
            out.push_str(&format!("    {line}\n"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_an_entry_and_code_is_indented() {
        let page = write(&[
            Block::Heading(1, "Set".into()),
            Block::Table(Table {
                header: vec!["parameter", "type", "default", "meaning", "counts when"],
                rows: vec![vec![
                    "`a`".into(),
                    "string".into(),
                    "`x`".into(),
                    "What it is.".into(),
                    "`b` is `1`".into(),
                ]],
            }),
            Block::Code {
                language: "yaml",
                text: "a: 1\n\u{1b}b: 2\n".into(),
            },
        ]);
        assert_eq!(
            page,
            "Set\n===\n\na (string; default `x`)\n    What it is.\n    counts when `b` is `1`\n\n    a: 1\n     b: 2\n"
        );
    }
}
