//! Shows a problem to a person: the message, the line of the file with carets under what is meant, and the mend.

use std::fmt::Write;

use unicode_width::UnicodeWidthChar;

use crate::problem::{Problem, Severity, Span};

/// Columns of source that are shown; longer lines are cut around the carets.
const MAX_WIDTH: usize = 110;
/// Columns shown before the carets of a line that is cut.
const LEAD: usize = 40;
/// Characters of a message that are shown.
const MAX_MESSAGE: usize = 1000;
const TAB: &str = "    ";

const RED: &str = "\x1b[1;31m";
const YELLOW: &str = "\x1b[1;33m";
const BLUE: &str = "\x1b[1;34m";
const BOLD: &str = "\x1b[1m";

impl Problem {
    /// The problem as text of several lines, with a final newline. `source` is the text of the file; without it (or
    /// without a place) only the place's numbers are shown.
    pub fn render(&self, source: Option<&str>, color: bool) -> String {
        let paint = |style: &'static str, text: &str| {
            if color {
                format!("{style}{text}\x1b[0m")
            } else {
                text.to_owned()
            }
        };
        let style = match self.severity {
            Severity::Error => RED,
            Severity::Warning => YELLOW,
            Severity::Note => BLUE,
        };
        let severity = self.severity.word();
        let message = format!(": {}", printable(&self.message));
        let mut out = format!("{}{}\n", paint(style, severity), paint(BOLD, &message));
        let line_number = self
            .span
            .map_or(String::new(), |span| span.line.to_string());
        let margin = " ".repeat(line_number.len());
        let file = printable(&self.file);
        match self.span {
            Some(span) => {
                let arrow = paint(BLUE, "-->");
                let _ = writeln!(out, "{margin}{arrow} {file}:{}:{}", span.line, span.column);
            }
            None => {
                let _ = writeln!(out, " {} {file}", paint(BLUE, "-->"));
            }
        }
        if let Some((line, carets)) = self.span.zip(source).and_then(|(s, text)| excerpt(s, text)) {
            let bar = paint(BLUE, "|");
            let _ = writeln!(out, "{margin} {bar}");
            let _ = writeln!(out, "{} {bar} {line}", paint(BLUE, &line_number));
            let _ = writeln!(out, "{margin} {bar} {}", paint(style, &carets));
        }
        if let Some(help) = &self.help {
            let _ = writeln!(out, "{}: {}", paint(BOLD, "help"), printable(help));
        }
        out
    }
}

/// The line that a span starts on, cut to a width that fits, and the carets that go under it. Only what may be shown is
/// looked at: the line may be a whole file of several megabytes.
fn excerpt(span: Span, text: &str) -> Option<(String, String)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (before, after) = text.split_at_checked(span.start)?;
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let mut lead: Vec<String> = before[line_start..]
        .chars()
        .rev()
        .take(MAX_WIDTH + 1)
        .map(cell)
        .collect();
    lead.reverse();
    let from = lead.len();
    let rest = after.chars().take_while(|c| !matches!(c, '\r' | '\n'));
    let marked = text.get(span.start..span.end).unwrap_or_default();
    let count = marked
        .chars()
        .take_while(|c| !matches!(c, '\r' | '\n'))
        .take(MAX_WIDTH)
        .count();

    let mut cells = lead;
    cells.extend(rest.take(MAX_WIDTH + 1).map(cell));
    if cells.is_empty() {
        return None;
    }
    let widths: Vec<usize> = cells.iter().map(|cell| width(cell)).collect();
    let to = (from + count.max(1)).min(cells.len().max(from + 1));
    let (first, last) = window(&widths, from);
    let mut shown = cells[first..last].concat();
    let mut lead: usize = widths[first..from].iter().sum();
    if first > 0 {
        shown.insert(0, '…');
        lead += 1;
    }
    if last < cells.len() {
        shown.push('…');
    }
    let marked: usize = (from..to.min(last)).map(|i| widths[i]).sum();
    Some((
        shown,
        format!("{}{}", " ".repeat(lead), "^".repeat(marked.max(1))),
    ))
}

/// First and last character to show so that the character `from` is among them and the width fits.
fn window(widths: &[usize], from: usize) -> (usize, usize) {
    let mut first = 0;
    if widths.iter().sum::<usize>() > MAX_WIDTH {
        first = from;
        let mut lead = 0;
        while first > 0 && lead + widths[first - 1] <= LEAD {
            first -= 1;
            lead += widths[first];
        }
    }
    let mut tail: usize = widths[first..].iter().sum();
    while first > 0 && tail + widths[first - 1] <= MAX_WIDTH {
        first -= 1;
        tail += widths[first];
    }
    let mut last = first;
    let mut total = 0;
    while last < widths.len() && total + widths[last] <= MAX_WIDTH {
        total += widths[last];
        last += 1;
    }
    (first, last.max(from))
}

/// A character as it is shown; what would move the cursor or change colours is replaced.
fn cell(c: char) -> String {
    match c {
        '\t' => TAB.to_owned(),
        c if is_unsafe(c) => '\u{fffd}'.to_string(),
        c => c.to_string(),
    }
}

fn width(cell: &str) -> usize {
    cell.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// Control characters, and those that change the direction of text.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// A message without control characters; one that quotes half a file is cut.
fn printable(text: &str) -> String {
    let cut = text.chars().nth(MAX_MESSAGE).map(|_| '…');
    text.chars()
        .take(MAX_MESSAGE)
        .chain(cut)
        .map(|c| {
            if is_unsafe(c) && c != '\n' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::source::SourceText;

    fn render(text: &str, word: &str) -> String {
        let source = SourceText::new("w.yaml", text);
        let start = source.text.find(word).unwrap();
        Problem::error("x", &Arc::from("w.yaml"), "bad word")
            .help("mend it")
            .at(Some(source.span(start..start + word.len())))
            .render(Some(text), false)
    }

    #[test]
    fn carets_stand_under_the_word() {
        assert_eq!(
            render("a: 1\n\tb: 日本 bad\n", "bad"),
            "error: bad word\n --> w.yaml:2:8\n  |\n2 |     b: 日本 bad\n  |            ^^^\nhelp: mend it\n"
                .replace("            ^^^", &format!("{}^^^", " ".repeat(13)))
        );
    }

    #[test]
    fn long_lines_are_cut_around_the_word() {
        let text = format!("{}bad{}", "x".repeat(5000), "y".repeat(5000));
        let shown = render(&text, "bad");
        let mut lines = shown.lines().skip(3);
        let (line, carets) = (lines.next().unwrap(), lines.next().unwrap());
        assert!(line.chars().count() < 130, "{line}");
        let at = line.chars().position(|c| c == 'b').unwrap();
        assert_eq!(carets.find('^'), Some(at));
    }

    #[test]
    fn a_file_of_one_long_line_is_shown_quickly() {
        let text = format!("{}bad{}", "x".repeat(3_000_000), "y".repeat(3_000_000));
        let problem = Problem::error("x", &Arc::from("w"), "m").at(Some(
            SourceText::new("w", &*text).span(3_000_000..5_000_000),
        ));
        let start = std::time::Instant::now();
        for _ in 0..100 {
            assert!(problem.render(Some(&text), false).len() < 1000);
        }
        assert!(start.elapsed().as_secs() < 2, "{:?}", start.elapsed());
    }

    #[test]
    fn a_span_of_several_lines_shows_its_first() {
        let shown = render("a: one\n  two\nb: 1\n", "one\n  two");
        assert!(
            shown.contains("^^^\n") && !shown.contains("^^^^"),
            "{shown}"
        );
    }

    #[test]
    fn nothing_in_a_file_reaches_the_terminal_as_a_command() {
        let shown = render("a: \x1b[31mbad\x1b[0m", "bad");
        assert!(!shown.contains('\x1b'), "{shown}");
    }

    #[test]
    fn colour_is_added_only_when_asked_for() {
        let problem = Problem::warning("x", &Arc::from("f"), "m");
        assert_eq!(problem.render(None, false), "warning: m\n --> f\n");
        assert!(problem.render(None, true).contains("\x1b[1;33m"));
    }
}
