//! The lines of an iCalendar file: folded and unfolded, names, parameters and values apart.

/// Bytes of a line before it is folded.
const MAX_LINE: usize = 75;
/// Parameters of one line.
const MAX_PARAMETERS: usize = 100;

/// One line: `NAME;KEY=VALUE:value`.
#[derive(Debug, PartialEq)]
pub(super) struct Line {
    /// Name in capital letters.
    pub(super) name: String,
    /// Parameters, their names in capital letters.
    pub(super) parameters: Vec<(String, String)>,
    /// The value as it stands.
    pub(super) value: String,
}

impl Line {
    /// Reads an unfolded line; `None` where it is none.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let end = line.find([';', ':'])?;
        let name = line[..end].trim().to_ascii_uppercase();
        let mut parameters = Vec::new();
        let mut rest = &line[end..];
        while let Some(after) = rest.strip_prefix(';') {
            let (key, after) = after.split_once('=')?;
            let (value, after) = if let Some(quoted) = after.strip_prefix('"') {
                let (value, after) = quoted.split_once('"')?;
                // Further values of the same parameter belong to it.
                let end = after.find([';', ':'])?;
                (format!("{value}{}", &after[..end]), &after[end..])
            } else {
                let end = after.find([';', ':'])?;
                (after[..end].to_owned(), &after[end..])
            };
            if parameters.len() == MAX_PARAMETERS {
                return None;
            }
            parameters.push((key.trim().to_ascii_uppercase(), value));
            rest = after;
        }
        Some(Self {
            name,
            parameters,
            value: rest.strip_prefix(':')?.to_owned(),
        })
    }

    /// A parameter by its name.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(key, _)| key == name)?;
        Some(&found.1)
    }

    /// The value as text.
    pub(super) fn text(&self) -> String {
        unescape(&self.value)
    }
}

/// The lines of a file, those that were folded in one piece.
pub(super) fn unfold(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(more), Some(last)) => last.push_str(more),
            _ => lines.push(line.to_owned()),
        }
    }
    lines.retain(|line| !line.trim().is_empty());
    lines
}

/// Adds a line, folded where it is long. Line ends inside of it would begin others, so they are left out.
pub(super) fn push(out: &mut String, line: &str) {
    let mut length = 0;
    for c in line.chars().filter(|c| !c.is_control() || *c == '\t') {
        if length + c.len_utf8() > MAX_LINE {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(c);
        length += c.len_utf8();
    }
    out.push_str("\r\n");
}

/// Text as a value.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let text = text.replace("\r\n", "\n");
    for c in text.chars() {
        match c {
            '\n' | '\r' => out.push_str("\\n"),
            '\\' | ';' | ',' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

/// Text as the value of a parameter, in quotes where it needs them.
pub(super) fn quote(text: &str) -> String {
    let text: String = text
        .chars()
        .filter(|c| !c.is_control())
        .map(|c| if c == '"' { '\'' } else { c })
        .collect();
    if text.contains([':', ';', ',']) {
        format!("\"{text}\"")
    } else {
        text
    }
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(c) => out.push(c),
                None => out.push('\\'),
            },
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_taken_apart() {
        let line = Line::parse("attendee;CN=\"Ann; B:\";RSVP=TRUE:mailto:a@b.c").unwrap();
        assert_eq!(line.name, "ATTENDEE");
        assert_eq!(line.parameter("CN"), Some("Ann; B:"));
        assert_eq!(line.parameter("RSVP"), Some("TRUE"));
        assert_eq!(line.value, "mailto:a@b.c");
        for line in ["no value", "A;B", "A;B=\"x", "A;B=x", ""] {
            assert_eq!(Line::parse(line), None, "{line}");
        }
    }

    #[test]
    fn long_lines_survive_folding() {
        let text = format!("SUMMARY:{}", "ж😀 ".repeat(100));
        let mut out = String::new();
        push(&mut out, &text);
        assert!(out.lines().all(|line| line.len() <= MAX_LINE));
        assert_eq!(unfold(&out), [text]);
        let mut out = String::new();
        push(&mut out, "URL:x\r\nATTACH:y");
        assert_eq!(out, "URL:xATTACH:y\r\n");
    }

    #[test]
    fn texts_survive_escaping() {
        let text = "a,b;c\\d\ne";
        assert_eq!(escape(text), "a\\,b\\;c\\\\d\\ne");
        assert_eq!(unescape(&escape(text)), text);
    }
}
