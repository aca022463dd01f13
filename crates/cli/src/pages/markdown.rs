//! A page as Markdown. Words of definitions are escaped: they never become markup, and never break a table.

use super::text::{Piece, Span, Text, on_one_line, pieces};
use super::{Block, Table};

/// The page, ended by a line break.
pub(super) fn write(page: &[Block]) -> String {
    let parts: Vec<String> = page.iter().map(block).collect();
    format!("{}\n", parts.join("\n\n"))
}

/// The anchor that a heading gets, so that links can lead to it.
pub(super) fn anchor(heading: &str) -> String {
    let kept = heading
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase)
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(level, text) => {
            let mut text = spans(&Text::from(text.as_str()));
            if text.ends_with('#') {
                text.insert(text.len() - 1, '\\');
            }
            format!("{} {text}", "#".repeat(usize::from(*level)))
        }
        Block::Paragraph(text) => line(text),
        Block::List(entries) => {
            let lines: Vec<String> = entries
                .iter()
                .map(|entry| format!("- {}", line(entry)))
                .collect();
            lines.join("\n")
        }
        Block::Table(rows) => table(rows),
        Block::Code { language, text } => {
            let longest = text
                .split(|c| c != '`')
                .map(str::len)
                .max()
                .unwrap_or_default();
            let fence = "`".repeat(longest.max(2) + 1);
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
        // A bar ends a cell, in code too, unless a backslash stands before it.
        let cell = |text: &Text| spans(text).replace('|', "\\|");
        let cells: Vec<String> = row.iter().map(cell).collect();
        lines.push(format!("| {} |", cells.join(" | ")));
    }
    lines.join("\n")
}

/// A text at the start of a line, where some characters would begin a list or a heading.
fn line(text: &Text) -> String {
    let text = spans(text);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let after = text[digits..].chars().next();
    match text.chars().next() {
        Some('#' | '>' | '-' | '+' | '=') => format!("\\{text}"),
        Some('0'..='9') if matches!(after, Some('.' | ')')) => {
            format!("{}\\{}", &text[..digits], &text[digits..])
        }
        _ => text,
    }
}

fn spans(text: &Text) -> String {
    let mut out = String::new();
    for span in &text.0 {
        match span {
            Span::Words(words) => write_words(&mut out, words),
            Span::Link { words, to } => {
                out.push('[');
                write_words(&mut out, words);
                out.push_str(&format!("]({to})"));
            }
        }
    }
    out
}

fn write_words(out: &mut String, words: &str) {
    let line: String = words
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    for piece in pieces(&line) {
        match piece {
            Piece::Plain(text) => escape(out, &blanks_as_one(text)),
            // To a reader of tables this is a backslash and the end of a cell, whatever stands before it.
            Piece::Code(text) if text.contains("\\|") => out.push_str(&html_code(text)),
            Piece::Code(text) => out.push_str(&super::text::code(text)),
        }
    }
}

/// The text with one blank for every stretch of blanks, at its ends too: they part it from what stands beside it.
fn blanks_as_one(text: &str) -> String {
    let mut line = on_one_line(text);
    if text.starts_with(char::is_whitespace) {
        line.insert(0, ' ');
    }
    if !line.trim().is_empty() && text.ends_with(char::is_whitespace) {
        line.push(' ');
    }
    line
}

/// Code as HTML, with every character that means something written as a number.
fn html_code(text: &str) -> String {
    let mut out = String::from("<code>");
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            out.push_str(&format!("&#{};", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out.push_str("</code>");
    out
}

/// Words with a backslash before whatever Markdown or HTML would read as more than words.
fn escape(out: &mut String, text: &str) {
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let is_markup = match c {
            '\\' | '`' | '*' | '<' | '[' | ']' | '~' => true,
            // Within a word it is a letter.
            '_' => !(is_word(before) && is_word(chars.peek().copied())),
            '&' => chars
                .peek()
                .is_some_and(|c| *c == '#' || c.is_ascii_alphabetic()),
            _ => false,
        };
        if is_markup {
            out.push('\\');
        }
        out.push(c);
        before = Some(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_stand_apart() {
        let page = write(&[
            Block::Heading(2, "A".into()),
            Block::List(vec![
                "b".into(),
                Text::from("see ").and(Text::link("C `d`", "c.md#d")),
            ]),
            Block::Code {
                language: "yaml",
                text: "a: ```\n".into(),
            },
        ]);
        assert_eq!(
            page,
            "## A\n\n- b\n- see [C `d`](c.md#d)\n\n````yaml\na: ```\n````\n"
        );
    }

    #[test]
    fn words_of_a_stranger_never_break_a_table() {
        let hostile = "a | b `c|d` <script>x</script>\n| e |\r\n\r\n# f `g [h](javascript:i) *j* _k_ l_m &lt; \\| \u{1b}[1m";
        let page = write(&[Block::Table(Table {
            header: vec!["x", "y"],
            rows: vec![vec![hostile.into(), "1".into()]],
        })]);
        let rows: Vec<&str> = page.lines().collect();
        assert_eq!(rows.len(), 3, "{page}");
        assert_eq!(
            rows[2],
            "| a \\| b `c\\|d` \\<script>x\\</script> \\| e \\| # f \\`g \\[h\\](javascript:i) \\*j\\* \\_k\\_ l_m \\&lt; \\\\\\| \\[1m | 1 |"
        );
    }

    #[test]
    fn a_backslash_before_a_bar_stays_in_its_cell() {
        let mut out = String::new();
        write_words(&mut out, r"`^a\|b$`");
        assert_eq!(out, "<code>&#94;a&#92;&#124;b&#36;</code>");
    }

    #[test]
    fn words_at_the_start_of_a_line_stay_words() {
        for (text, written) in [
            ("# a", "\\# a"),
            ("- a", "\\- a"),
            ("1. a", "1\\. a"),
            ("404: a", "404: a"),
            ("---", "\\---"),
            ("<b>", "\\<b>"),
        ] {
            let page = write(&[
                Block::Paragraph(text.into()),
                Block::List(vec![text.into()]),
            ]);
            assert_eq!(page, format!("{written}\n\n- {written}\n"));
        }
        assert_eq!(
            write(&[Block::Heading(1, "C #\nx #".into())]),
            "# C # x \\#\n"
        );
    }

    #[test]
    fn anchors_are_those_of_the_headings() {
        assert_eq!(anchor("Konverte Digital API"), "konverte-digital-api");
        assert_eq!(anchor("What's `a_b`?"), "whats-a_b");
    }
}
