//! What happens inside paragraphs, headers and cells, and to single characters.

use super::Converter;
use super::patterns::{self, Failure, group, has, replace};

/// Signs times bytes of one paragraph: more could take minutes.
const MAX_WORK: usize = 2_000_000_000;

impl Converter<'_> {
    /// The passes that make spans.
    pub(super) fn span_passes(&mut self, text: &str) -> Result<String, Failure> {
        let signs = text
            .bytes()
            .filter(|byte| b"[]<>*_~`!".contains(byte))
            .count();
        if signs.saturating_mul(text.len()) > MAX_WORK {
            return Err(Failure::TooLong);
        }
        let mut text = self.code_spans(text)?;
        text = inside_tags(&text)?;
        text = escaped_by_backslash(&text);
        text = self.images(text)?;
        text = self.links(text)?;
        text = self.delimited_links(text)?;
        text = self.plain_links(text)?;
        text = self.emphasis(text)?;
        if self.options.is("strikethrough") && text.contains("~~") {
            text = replace(&patterns::STRUCK, &text, |found| {
                let inside = self.plain_links(group(found, 1).to_owned())?;
                Ok(format!("<del>{inside}</del>"))
            })?;
        }
        if self.options.is("ellipsis") {
            text = text.replace("...", "…");
        }
        text = self.put_aside_tags(text)?;
        text = escaped_signs(&text)?;
        if self.options.is("simpleLineBreaks") {
            if text.contains("\n\n¨K") {
                return Ok(text);
            }
            return Ok(breaks(&text, 0));
        }
        Ok(breaks(&text, 2))
    }

    pub(super) fn code_spans(&mut self, text: &str) -> Result<String, Failure> {
        if !text.contains('`') {
            return Ok(text.into());
        }
        replace(&patterns::CODE_SPAN, text, |found| {
            let code = escaped_code(group(found, 3).trim_matches([' ', '\t']));
            let html = format!("{}<code>{code}</code>", group(found, 1));
            self.put_aside_tags(html)
        })
    }

    /// Tags, and what is between tags of one name.
    fn put_aside_tags(&mut self, text: String) -> Result<String, Failure> {
        let mut text = text;
        for (pattern, needed) in [
            (&patterns::SELF_CLOSING, "/>"),
            (&patterns::PLAIN_ELEMENT, "</"),
            (&patterns::ELEMENT, "</"),
            (&patterns::ANY_TAG, "<"),
        ] {
            if text.contains(needed) && text.contains('>') {
                text = replace(
                    pattern,
                    &text,
                    |found| Ok(self.span(group(found, 0).into())),
                )?;
            }
        }
        Ok(text)
    }
}

/// Line breaks after so many spaces become `<br />`.
fn breaks(text: &str, spaces: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\n') {
        let before = &rest[..at];
        let trimmed = before.trim_end_matches(' ');
        let end = if spaces == 0 {
            rest[at..]
                .find(|c| c != '\n')
                .map_or(rest.len(), |end| at + end)
        } else {
            at + 1
        };
        if spaces == 0 {
            out.push_str(before);
            out.push_str("<br />\n");
        } else if before.len() - trimmed.len() >= spaces {
            out.push_str(trimmed);
            out.push_str("<br />\n");
        } else {
            out.push_str(&rest[..end]);
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// A character that must not mean anything any more.
pub(super) fn put_aside(c: char) -> String {
    format!("¨E{}E", c as u32)
}

/// Some characters put aside.
pub(super) fn without(text: &str, signs: &[char]) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if signs.contains(&c) {
            out.push_str(&put_aside(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// The characters that were put aside.
pub(super) fn with_characters(text: &str) -> String {
    patterns::replace_marks(text, &['E'], &mut |_, number| {
        let c = char::from_u32(u32::try_from(number).ok()?)?;
        Some(c.to_string())
    })
}

fn escaped_by_backslash(text: &str) -> String {
    const SIGNS: &str = "\\`*_{}[]()>#+.!~=|:-";
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.next_if(|next| c == '\\' && SIGNS.contains(*next)) {
            Some(sign) => out.push_str(&put_aside(sign)),
            None => out.push(c),
        }
    }
    out
}

/// Signs inside tags mean nothing.
fn inside_tags(text: &str) -> Result<String, Failure> {
    if !(text.contains('<') && text.contains('>')) {
        return Ok(text.into());
    }
    const SIGNS: [char; 7] = ['\\', '`', '*', '_', '~', '=', '|'];
    let text = replace(&patterns::TAG, text, |found| {
        Ok(without(group(found, 0), &SIGNS))
    })?;
    if !has(&patterns::COMMENT, &text)? {
        return Ok(text);
    }
    replace(&patterns::COMMENT, &text, |found| {
        Ok(without(group(found, 0), &SIGNS))
    })
}

/// Code as HTML shows it.
pub(super) fn escaped_code(code: &str) -> String {
    let code = code
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    without(&code, &['*', '_', '{', '}', '[', ']', '\\', '=', '~', '-'])
}

/// Ampersands and angle brackets as HTML shows them; entities stay.
pub(super) fn escaped_signs(text: &str) -> Result<String, Failure> {
    let text = if text.contains('&') {
        replace(&patterns::BARE_AMPERSAND, text, |_| Ok("&amp;".into()))?
    } else {
        text.to_owned()
    };
    Ok(text.replace('<', "&lt;").replace('>', "&gt;"))
}

/// One level of indentation less.
pub(super) fn outdented(text: &str) -> String {
    let lines: Vec<&str> = text
        .split('\n')
        .map(|line| {
            let spaces = line
                .bytes()
                .take(4)
                .take_while(|byte| *byte == b' ')
                .count();
            line.strip_prefix('\t').unwrap_or(&line[spaces..])
        })
        .collect();
    lines.join("\n")
}

/// Tabs become spaces; one behind text goes to the next column of four.
pub(super) fn without_tabs(text: &str) -> String {
    if !text.contains('\t') {
        return text.into();
    }
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| {
            let mut out = String::with_capacity(line.len());
            let mut parts = line.split('\t').peekable();
            let mut first = true;
            while let Some(part) = parts.next() {
                out.push_str(part);
                if parts.peek().is_some() {
                    let width = if first || part.is_empty() {
                        4
                    } else {
                        4 - part.encode_utf16().count() % 4
                    };
                    out.extend(std::iter::repeat_n(' ', width));
                }
                first = false;
            }
            out
        })
        .collect();
    lines.join("\n")
}
