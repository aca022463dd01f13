//! A page as Markdown.

use super::{Block, Table};

/// The page, ended by a line break.
pub(super) fn write(page: &[Block]) -> String {
    let parts: Vec<String> = page.iter().map(block).collect();
    format!("{}\n", parts.join("\n\n"))
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(level, text) => format!("{} {text}", "#".repeat(usize::from(*level))),
        Block::Paragraph(text) => text.clone(),
        Block::List(entries) => {
            let lines: Vec<String> = entries.iter().map(|entry| format!("- {entry}")).collect();
            lines.join("\n")
        }
        Block::Table(rows) => table(rows),
        Block::Code { language, text } => {
            let fence = if text.contains("```") { "````" } else { "```" };
            format!(
                "{fence}{language}\n{}\n{fence}",
                text.trim_end_matches('\n')
            )
        }
    }
}

fn table(table: &Table) -> String {
    let mut lines = vec![
        format!("| {} |", table.header.join(" | ")),
        format!("|{}", "---|".repeat(table.header.len())),
    ];
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
        lines.push(format!("| {} |", cells.join(" | ")));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_stand_apart_and_cells_keep_their_bars() {
        let page = write(&[
            Block::Heading(2, "A".into()),
            Block::List(vec!["b".into(), "c".into()]),
            Block::Table(Table {
                header: vec!["x", "y"],
                rows: vec![vec!["`a|b`".into(), "1".into()]],
            }),
            Block::Code {
                language: "yaml",
                text: "a: ```\n".into(),
            },
        ]);
        assert_eq!(
            page,
            "## A\n\n- b\n- c\n\n| x | y |\n|---|---|\n| `a\\|b` | 1 |\n\n````yaml\na: ```\n````\n"
        );
    }
}
