//! What is made of texts and of the content of elements.

use super::Options;
use super::translate::Then;
use super::visitor::Context;

/// The content of an element as it is written; `None` where the element is left out.
pub(super) fn finish(
    then: Then,
    content: &str,
    context: &Context,
    options: &Options,
) -> Option<String> {
    let blank = content.trim().is_empty();
    match then {
        Then::Nothing => Some(content.into()),
        Then::Strong => (!blank).then(|| surrounded(content, &options.strong)),
        Then::Struck => (!blank).then(|| surrounded(content, "~~")),
        Then::Emphasis => (!blank).then(|| surrounded(content, &options.emphasis)),
        Then::Entry => (!blank).then(|| entry(content.trim(), context.indent())),
        Then::Quote => {
            let lines: Vec<String> = content
                .trim_matches('\n')
                .split('\n')
                .map(|line| {
                    let inner = line.trim_start_matches('>');
                    let signs = &line[..line.len() - inner.len()];
                    let mut chars = inner.chars();
                    let rest = match chars.next() {
                        Some(c) if c.is_whitespace() => chars.as_str(),
                        _ => inner,
                    };
                    format!(">{signs} {rest}")
                })
                .collect();
            Some(lines.join("\n"))
        }
        Then::CodeSpan => {
            let longest = content
                .split(|c| c != '`')
                .map(str::len)
                .max()
                .unwrap_or_default();
            let fence = "`".repeat(longest + 1);
            let space = if longest > 0 { " " } else { "" };
            Some(format!("{fence}{space}{content}{space}{fence}"))
        }
        Then::IndentedCode => {
            let lines: Vec<String> = content
                .split('\n')
                .map(|line| format!("    {line}"))
                .collect();
            Some(lines.join("\n"))
        }
        Then::Table => table(content, &context.caption()),
        Then::OneLine => Some(one_line(content)),
        Then::Caption => {
            let caption = one_line(content);
            if !caption.trim().is_empty() {
                context.set_caption(format!("__{}__", caption.trim()));
            }
            None
        }
        Then::Row => content.trim_end().ends_with(" |").then(|| content.into()),
        Then::Cell => {
            let cell = content.trim_matches('\n').replacen('|', "\\|", 1);
            Some(one_line(&cell).trim().to_owned())
        }
    }
}

/// The text with signs around it; space stays outside, and the same signs inside are dropped.
fn surrounded(content: &str, sign: &str) -> String {
    let mut kept = String::with_capacity(content.len());
    if sign.is_empty() {
        kept.push_str(content);
    } else {
        let mut rest = content;
        while let Some(at) = rest.find(sign) {
            let before = &rest[..at];
            kept.push_str(before);
            let has_room = !(kept.is_empty() || kept.ends_with('\\'));
            if !has_room {
                kept.push_str(sign);
            }
            rest = &rest[at + sign.len()..];
        }
        kept.push_str(rest);
    }
    let mut out = String::with_capacity(kept.len() + 8);
    for line in kept.split_inclusive('\n') {
        let (text, end) = match line.strip_suffix('\n') {
            Some(text) => (text, "\n"),
            None => (line, ""),
        };
        let inner = text.trim();
        if inner.is_empty() {
            out.push_str(text);
            out.push_str(end);
            continue;
        }
        let start = text.len() - text.trim_start().len();
        let before = text[..start].chars().next_back();
        let after = text[start + inner.len()..].chars().next();
        out.extend(before);
        out.push_str(sign);
        out.push_str(inner);
        out.push_str(sign);
        out.extend(after);
        out.push_str(end);
    }
    out
}

/// An entry of a list: its further lines are indented, and line breaks are kept.
fn entry(content: &str, indent: usize) -> String {
    let spaces = "   ".repeat(indent);
    let mut text = String::with_capacity(content.len());
    let mut rest = content;
    while let Some(at) = rest.find('\n') {
        let end = rest[at..]
            .find(|c| c != '\n')
            .map_or(rest.len(), |end| at + end);
        text.push_str(&rest[..at]);
        text.push_str("  \n");
        text.push_str(&spaces);
        rest = &rest[end..];
    }
    text.push_str(rest);
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| {
            let trimmed = line.trim_end();
            if trimmed.is_empty() || trimmed.len() == line.len() {
                line.to_owned()
            } else {
                format!("{trimmed}  ")
            }
        })
        .collect();
    lines.join("\n")
}

fn table(content: &str, caption: &str) -> Option<String> {
    let length = |cell: &str| cell.encode_utf16().count();
    let mut rows: Vec<Vec<&str>> = Vec::new();
    let mut widths: Vec<usize> = Vec::new();
    for line in content.lines() {
        let mut row = line;
        if let Some(end) = line.trim_end().strip_suffix('|') {
            let start = line
                .strip_prefix('|')
                .filter(|after| after.starts_with(char::is_whitespace));
            let skipped = start.map_or(0, |after| line.len() - after.trim_start().len());
            if end.len() > skipped {
                row = &end[skipped..];
            }
        }
        if row.is_empty() {
            continue;
        }
        let cells: Vec<&str> = row.split(" |").map(str::trim).collect();
        for (i, cell) in cells.iter().enumerate() {
            if i == widths.len() {
                widths.push(0);
            }
            widths[i] = widths[i].max(length(cell));
        }
        rows.push(cells);
    }
    if rows.is_empty() {
        return None;
    }
    // what is filled up with spaces must not outgrow what it fills
    let total: usize = widths.iter().sum::<usize>() + widths.len() * 3;
    let pads = total.saturating_mul(rows.len()) <= content.len().saturating_mul(50) + 100_000;
    let mut out = String::new();
    if !caption.is_empty() {
        out.push_str(caption);
        out.push('\n');
    }
    for (n, cells) in rows.iter().enumerate() {
        out.push_str("| ");
        let count = if pads { widths.len() } else { cells.len() };
        for (i, width) in widths.iter().take(count).enumerate() {
            let cell = cells.get(i).copied().unwrap_or_default();
            out.push_str(cell);
            if pads {
                out.extend(std::iter::repeat_n(' ', width - length(cell)));
            }
            out.push_str(if i + 1 < count { " | " } else { " |" });
        }
        out.push('\n');
        if n == 0 {
            out.push('|');
            for width in &widths {
                let width = if pads { *width } else { 3 };
                out.push_str(&format!(" {} |", "-".repeat(width)));
            }
            out.push('\n');
        }
    }
    Some(out)
}

/// Line breaks become spaces.
fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\n') {
        out.push_str(rest[..at].strip_suffix('\r').unwrap_or(&rest[..at]));
        out.push(' ');
        rest = rest[at..].trim_start_matches(['\n', '\r']);
    }
    out.push_str(rest);
    out
}

/// The text without the space around it, but for one space of the same line on either side.
pub(super) fn trimmed(text: &str) -> String {
    let inner = text.trim();
    let start = text.len() - text.trim_start().len();
    let is_blank = |c: &char| c.is_whitespace() && !matches!(c, '\r' | '\n');
    let before = text[..start].chars().next_back().filter(is_blank);
    let after = text[start + inner.len()..].chars().next().filter(is_blank);
    let space = |c: Option<char>| if c.is_some() { " " } else { "" };
    if inner.is_empty() {
        return text.into();
    }
    format!("{}{inner}{}", space(before), space(after))
}

/// Every run of space becomes one space.
pub(super) fn single_spaces(text: impl AsRef<str>) -> String {
    let mut out = String::new();
    let mut spaced = false;
    for c in text.as_ref().chars() {
        let space = c.is_whitespace();
        if !space {
            out.push(c);
        } else if !spaced {
            out.push(' ');
        }
        spaced = space;
    }
    out
}

/// Signs that mean something in Markdown get a backslash.
pub(super) fn escape_signs(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '~' | '[' | ']') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Signs that mean something at the beginning of a line get a backslash, and so do the dots of numbers.
pub(super) fn escape_line_starts(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let inner = line.trim_start();
        let (indent, mut rest) = line.split_at(line.len() - inner.len());
        out.push_str(indent);
        let hashes = rest.bytes().take_while(|byte| *byte == b'#').count();
        let spaced = |after: usize| rest[after..].starts_with(char::is_whitespace);
        if rest.starts_with(['=', '>', '-'])
            || (rest.starts_with('+') && spaced(1))
            || ((1..=6).contains(&hashes) && spaced(hashes))
        {
            out.push('\\');
        }
        while let Some(at) = rest.find('.') {
            let numbered = rest[..at].ends_with(|c: char| c.is_ascii_digit());
            out.push_str(&rest[..at]);
            if numbered && rest[at + 1..].starts_with(char::is_whitespace) {
                out.push('\\');
            }
            out.push('.');
            rest = &rest[at + 1..];
        }
        out.push_str(rest);
    }
    out
}

/// The text without a document type.
pub(super) fn without_doctype(text: &str) -> String {
    if !text.contains("<!") {
        return text.into();
    }
    let lines: Vec<&str> = text
        .split('\n')
        .map(|line| {
            let starts = line
                .get(..9)
                .is_some_and(|start| start.eq_ignore_ascii_case("<!doctype"));
            match line.rfind('>') {
                Some(end) if starts => &line[end + 1..],
                _ => line,
            }
        })
        .collect();
    lines.join("\n")
}

/// No more than so many line breaks in a row.
pub(super) fn fewer_newlines(text: &str, most: usize) -> String {
    if most == 0 {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\n') {
        out.push_str(&rest[..at]);
        let run = &rest[at..];
        let end = run.find(|c: char| !c.is_whitespace()).unwrap_or(run.len());
        let breaks: Vec<usize> = run[..end].match_indices('\n').map(|(at, _)| at).collect();
        let from = breaks[breaks.len().saturating_sub(most)];
        out.push_str(&run[from..end]);
        rest = &run[end..];
    }
    out.push_str(rest);
    out
}
