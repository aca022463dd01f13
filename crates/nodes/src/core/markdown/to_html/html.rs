//! HTML inside Markdown: blocks of it stay as they are.

use super::patterns::{self, Failure, group, has, replace};
use super::{Converter, MAX_NESTING, spans};

const BLOCK_TAGS: &[&str] = &[
    "pre",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "table",
    "dl",
    "ol",
    "ul",
    "script",
    "noscript",
    "form",
    "fieldset",
    "iframe",
    "math",
    "style",
    "section",
    "header",
    "footer",
    "nav",
    "article",
    "aside",
    "address",
    "audio",
    "canvas",
    "figure",
    "hgroup",
    "output",
    "video",
    "p",
];
/// How often an element that is never closed is skipped in search of one that is.
const MAX_UNCLOSED: usize = 100;

/// Where an element begins, its content begins and ends, and it ends.
type Found = (usize, usize, usize, usize);

impl Converter<'_> {
    pub(super) fn put_aside_html_blocks(&mut self, text: String) -> Result<String, Failure> {
        let mut text = text;
        if !text.contains('<') {
            return Ok(text);
        }
        if self.options.is("backslashEscapesHTMLTags") {
            text = replace(&patterns::ESCAPED_TAG, &text, |found| {
                Ok(format!("&lt;{}&gt;", group(found, 1)))
            })?;
        }
        for tag in BLOCK_TAGS {
            text = self.put_aside_elements(text, tag)?;
        }
        text = replace(&patterns::STANDALONE_RULE, &text, |found| {
            Ok(self.element_block(group(found, 1)))
        })?;
        text = self.put_aside_comments(text);
        if text.contains("<?") || text.contains("<%") {
            text = replace(&patterns::INSTRUCTION, &text, |found| {
                Ok(self.element_block(group(found, 1)))
            })?;
        }
        Ok(text)
    }

    fn element_block(&mut self, html: &str) -> String {
        let html = html.replace("\n\n", "\n");
        let html = html.strip_prefix('\n').unwrap_or(&html);
        self.raw_block(html.trim_end_matches('\n'))
    }

    /// Elements of one name that begin a line.
    fn put_aside_elements(&mut self, text: String, tag: &str) -> Result<String, Failure> {
        let lower = text.to_ascii_lowercase();
        if !lower.contains(&format!("<{tag}")) {
            return Ok(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        while let Some(start) = line_with_tag(&lower, at, tag) {
            let Some((begin, inside, inner_end, end)) = balanced(&lower, start, tag) else {
                break;
            };
            out.push_str(&text[at..begin]);
            let is_markdown = has(&patterns::SAYS_MARKDOWN, &text[begin..inside])?;
            if is_markdown && self.nesting < MAX_NESTING {
                let mut inner = Converter::new(self.options, self.nesting + 1);
                let html = inner.converted(&text[inside..inner_end])?;
                let (left, right) = (&text[begin..inside], &text[inner_end..end]);
                out.push_str(&self.raw_block(&format!("{left}{html}{right}")));
            } else {
                out.push_str(&self.raw_block(&text[begin..end]));
            }
            at = end;
        }
        out.push_str(&text[at..]);
        Ok(out)
    }

    fn put_aside_comments(&mut self, text: String) -> String {
        if !text.contains("<!--") {
            return text;
        }
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        while let Some(found) = text[at..].find("<!--") {
            let start = at + found;
            let line = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
            let alone = start - line <= 3 && text[line..start].bytes().all(|byte| byte == b' ');
            let Some(end) = text[start..].find("-->").map(|end| start + end + 3) else {
                break;
            };
            if alone && line >= at {
                out.push_str(&text[at..line]);
                out.push_str(&self.raw_block(&text[line..end]));
            } else {
                out.push_str(&text[at..end]);
            }
            at = end;
        }
        out.push_str(&text[at..]);
        out
    }

    /// `<pre><code>` keeps what is in it.
    pub(super) fn put_aside_code_elements(&mut self, text: &str) -> Result<String, Failure> {
        let lower = text.to_ascii_lowercase();
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        while let Some(start) = line_with_tag(&lower, at, "pre") {
            let opening = patterns::PRE_CODE
                .find(&text[start..])
                .map_err(|_| Failure::TooLong)?;
            let Some(opening) = opening else {
                let next = start + 4;
                out.push_str(&text[at..next]);
                at = next;
                continue;
            };
            let inside = start + opening.end();
            // both ends must begin a line
            let closing = patterns::END_OF_PRE_CODE
                .find(&text[inside..])
                .map_err(|_| Failure::TooLong)?;
            let Some(closing) = closing else {
                break;
            };
            let code_end = inside + closing.start();
            let end = inside + closing.end();
            let html = format!(
                "{}{}{}",
                &text[start..inside],
                spans::escaped_code(&text[inside..code_end]),
                &text[code_end..end]
            );
            out.push_str(&text[at..start]);
            out.push_str(&self.code_mark(&text[start..end], html));
            at = end;
        }
        out.push_str(&text[at..]);
        Ok(out)
    }

    /// `<code>` keeps what is in it.
    pub(super) fn put_aside_code_tags(&mut self, text: &str) -> Result<String, Failure> {
        let lower = text.to_ascii_lowercase();
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        while let Some((begin, inside, inner_end, end)) = balanced(&lower, at, "code") {
            let html = format!(
                "{}{}{}",
                &text[begin..inside],
                spans::escaped_code(&text[inside..inner_end]),
                &text[inner_end..end]
            );
            out.push_str(&text[at..begin]);
            out.push_str(&self.span(html));
            at = end;
        }
        out.push_str(&text[at..]);
        Ok(out)
    }
}

/// Where the next tag of a name stands behind no more than three spaces of a line.
fn line_with_tag(lower: &str, from: usize, tag: &str) -> Option<usize> {
    let mut at = from;
    loop {
        let (start, _) = opening(lower, at, tag)?;
        let line = lower[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let indent = &lower[line.max(from)..start];
        if indent.len() <= 3 && indent.bytes().all(|byte| byte == b' ') {
            return Some(start);
        }
        at = start + 1;
    }
}

/// The next opening tag of a name: where it begins and ends.
fn opening(lower: &str, from: usize, tag: &str) -> Option<(usize, usize)> {
    let mut at = from;
    loop {
        let start = at + lower[at..].find('<')?;
        let rest = &lower[start + 1..];
        if let Some(after) = rest.strip_prefix(tag)
            && !after.starts_with(|c: char| c.is_alphanumeric() || c == '_')
        {
            return Some((start, start + lower[start..].find('>')? + 1));
        }
        at = start + 1;
    }
}

/// The next element of a name with all of the same name inside.
fn balanced(lower: &str, from: usize, tag: &str) -> Option<Found> {
    let close = format!("</{tag}>");
    let mut from = from;
    for _ in 0..MAX_UNCLOSED {
        let (begin, inside) = opening(lower, from, tag)?;
        let (mut at, mut open) = (inside, 1);
        let mut next_opening = opening(lower, at, tag);
        while let Some(closing) = lower[at..].find(&close).map(|found| at + found) {
            while let Some((start, end)) = next_opening.filter(|(start, _)| *start < closing) {
                let _ = start;
                open += 1;
                next_opening = opening(lower, end, tag);
            }
            open -= 1;
            at = closing + close.len();
            if open == 0 {
                return Some((begin, inside, closing, at));
            }
        }
        from = inside;
    }
    None
}
