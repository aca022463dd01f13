//! Reads HTML tag by tag, without the repairs of browsers: what is not there does not come into being.

use html5ever::data::NAMED_ENTITIES;

/// Elements nested deeper are refused.
const MAX_DEPTH: usize = 512;
/// The longest text that is read.
const MAX_LENGTH: usize = 64 << 20;

const VOID: &[&str] = &[
    "AREA", "BASE", "BR", "COL", "HR", "IMG", "INPUT", "LINK", "META", "SOURCE", "EMBED", "PARAM",
    "TRACK", "WBR",
];
/// Elements whose content is dropped.
const DROPPED: &[&str] = &["SCRIPT", "NOSCRIPT", "STYLE"];

/// A node by its place in the list.
pub(super) type Id = usize;

/// The root of every tree.
pub(super) const ROOT: Id = 0;

/// A node.
pub(super) struct Node {
    /// Name in capitals; empty for a text and for the root.
    pub(super) name: String,
    /// The text as it is written, or the attributes.
    raw: String,
    pub(super) children: Vec<Id>,
    pub(super) parent: Id,
    pub(super) is_text: bool,
}

impl Node {
    /// The text with its entities replaced.
    pub(super) fn text(&self) -> String {
        decoded(&self.raw)
    }

    /// Whether there is nothing but space in it.
    pub(super) fn is_space(&self) -> bool {
        self.raw
            .replace("&nbsp;", " ")
            .chars()
            .all(char::is_whitespace)
    }

    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let mut rest = self.raw.as_str();
        loop {
            let start = rest.find(|c: char| c.is_ascii_alphabetic() || "()[]#@$.?:".contains(c))?;
            rest = &rest[start..];
            let end = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || "-_:()[]#@$.?".contains(c)))
                .unwrap_or(rest.len());
            let key = &rest[..end];
            rest = rest[end..].trim_start();
            let mut value = "";
            if let Some(after) = rest.strip_prefix('=') {
                let after = after.trim_start();
                let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
                let quoted = quote.and_then(|quote| {
                    let end = after[1..].find(quote)?;
                    Some((&after[1..=end], &after[end + 2..]))
                });
                (value, rest) = quoted.unwrap_or_else(|| {
                    let end = after.find(char::is_whitespace).unwrap_or(after.len());
                    after.split_at(end)
                });
            }
            if key.eq_ignore_ascii_case(name) {
                return Some(decoded(value));
            }
        }
    }
}

/// The nodes of a text.
///
/// # Errors
/// When it is too long or too deep.
pub(super) fn parse(html: &str) -> Result<Vec<Node>, String> {
    if html.len() > MAX_LENGTH {
        return Err(format!(
            "the html is longer than {} MiB: split it before",
            MAX_LENGTH >> 20
        ));
    }
    let mut builder = Builder {
        nodes: vec![element("", "", ROOT)],
        open: vec![ROOT],
        link: None,
    };
    let limits = Limits {
        last_end: html.rfind('>'),
        last_comment_end: html.rfind("-->"),
        last_single: html.rfind('\''),
        last_double: html.rfind('"'),
    };
    let (mut text_start, mut at) = (0, 0);
    while let Some(found) = html[at..].find('<') {
        let start = at + found;
        let Some(markup) = markup(html, start, &limits) else {
            at = start + 1;
            continue;
        };
        if start > text_start {
            builder.text(&html[text_start..start]);
        }
        at = markup.end();
        if let Markup::Tag(tag) = markup {
            let name = tag.name.to_ascii_uppercase();
            at = match builder.tag(&tag, &name, html)? {
                Some(end) => end,
                None => at,
            };
        }
        text_start = at;
    }
    if text_start < html.len() {
        builder.text(&html[text_start..]);
    }
    Ok(builder.finish())
}

/// Where the last of what is searched for stands, so that nothing is searched for in vain.
struct Limits {
    last_end: Option<usize>,
    last_comment_end: Option<usize>,
    last_single: Option<usize>,
    last_double: Option<usize>,
}

enum Markup<'a> {
    Comment(usize),
    Tag(Tag<'a>),
}

struct Tag<'a> {
    name: &'a str,
    attributes: &'a str,
    closes: bool,
    closes_itself: bool,
    end: usize,
}

impl Markup<'_> {
    fn end(&self) -> usize {
        match self {
            Self::Comment(end) => *end,
            Self::Tag(tag) => tag.end,
        }
    }
}

fn markup<'a>(html: &'a str, start: usize, limits: &Limits) -> Option<Markup<'a>> {
    let rest = &html[start..];
    if rest.starts_with("<!--") {
        limits.last_comment_end.filter(|last| *last >= start + 4)?;
        let end = html[start + 4..].find("-->")?;
        return Some(Markup::Comment(start + 4 + end + 3));
    }
    limits.last_end.filter(|last| *last > start)?;
    let closes = rest[1..].starts_with('/');
    let name_start = start + 1 + usize::from(closes);
    if !html[name_start..].starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let length = html[name_start..]
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':' | '_')))?;
    let name_end = name_start + length;
    let bytes = html.as_bytes();
    let mut at = name_end;
    loop {
        match *bytes.get(at)? {
            b'>' => break,
            quote @ (b'"' | b'\'') => {
                let last = if quote == b'"' {
                    limits.last_double
                } else {
                    limits.last_single
                };
                let close = last
                    .filter(|last| *last > at)
                    .and_then(|_| html[at + 1..].find(char::from(quote)))
                    .map(|found| at + 1 + found);
                let ends_value = |close: &usize| {
                    bytes.get(close + 1).is_none_or(|next| {
                        next.is_ascii_whitespace() || matches!(next, b'>' | b'/')
                    })
                };
                at = close.filter(ends_value).map_or(at + 1, |close| close + 1);
            }
            _ => at += 1,
        }
    }
    let inside = &html[name_end..at];
    let closes_itself = inside.ends_with('/');
    let attributes = inside.strip_suffix('/').unwrap_or(inside);
    if !attributes.is_empty() && !attributes.starts_with(char::is_whitespace) {
        return None;
    }
    Some(Markup::Tag(Tag {
        name: &html[name_start..name_end],
        attributes: attributes.trim(),
        closes,
        closes_itself,
        end: at + 1,
    }))
}

struct Builder {
    nodes: Vec<Node>,
    open: Vec<Id>,
    /// How many elements are open around the open link.
    link: Option<usize>,
}

impl Builder {
    fn top(&self) -> Id {
        self.open.last().copied().unwrap_or(ROOT)
    }

    fn text(&mut self, raw: &str) {
        let parent = self.top();
        let id = self.nodes.len();
        self.nodes.push(Node {
            is_text: true,
            ..element("", raw, parent)
        });
        self.nodes[parent].children.push(id);
    }

    /// Opens or closes elements; gives the end of what is dropped with the tag.
    fn tag(&mut self, tag: &Tag, name: &str, html: &str) -> Result<Option<usize>, String> {
        let mut closes = tag.closes || tag.closes_itself || VOID.contains(&name);
        let mut end = None;
        if !tag.closes {
            if !tag.closes_itself && closed_by_opening(&self.nodes[self.top()].name, name) {
                self.open.pop();
            }
            if name == "A" {
                if let Some(level) = self.link {
                    self.open.truncate(level.max(1));
                }
                self.link = Some(self.open.len());
            }
            let parent = self.top();
            let id = self.nodes.len();
            self.nodes.push(element(name, tag.attributes, parent));
            self.nodes[parent].children.push(id);
            self.open.push(id);
            if self.open.len() > MAX_DEPTH {
                return Err(format!("the html is nested more than {MAX_DEPTH} deep"));
            }
            if DROPPED.contains(&name) {
                let close = format!("</{}>", tag.name);
                match html[tag.end..].find(&close) {
                    Some(found) => {
                        end = Some(tag.end + found + close.len());
                        closes = true;
                    }
                    None => end = Some(html.len()),
                }
            }
        }
        if closes {
            self.close(name);
        }
        Ok(end)
    }

    fn close(&mut self, name: &str) {
        loop {
            if name == "A" {
                self.link = None;
            }
            let top = self.nodes[self.top()].name.clone();
            if top == name && self.open.len() > 1 {
                self.open.pop();
                return;
            }
            if !closed_by_closing(&top, name) {
                return;
            }
            self.open.pop();
        }
    }

    /// Elements that were never closed give what they hold to those around them.
    fn finish(mut self) -> Vec<Node> {
        while self.open.len() > 1 {
            let Some(last) = self.open.pop() else {
                break;
            };
            let before = self.top();
            if before == ROOT {
                continue;
            }
            let children = std::mem::take(&mut self.nodes[last].children);
            self.nodes[before].children.retain(|child| *child != last);
            let target = if self.nodes[before].name == self.nodes[last].name {
                self.open.pop();
                self.nodes[before].parent
            } else {
                before
            };
            for child in &children {
                self.nodes[*child].parent = target;
            }
            self.nodes[target].children.extend(children);
        }
        self.nodes
    }
}

fn element(name: &str, raw: &str, parent: Id) -> Node {
    Node {
        name: name.into(),
        raw: raw.into(),
        children: Vec::new(),
        parent,
        is_text: false,
    }
}

fn closed_by_opening(open: &str, opening: &str) -> bool {
    match open {
        "LI" | "H1" | "H2" | "H3" | "H4" | "H5" | "H6" => open == opening,
        "P" => matches!(opening, "P" | "DIV"),
        "B" => opening == "DIV",
        "TD" | "TH" => matches!(opening, "TD" | "TH"),
        _ => false,
    }
}

fn closed_by_closing(open: &str, closing: &str) -> bool {
    match open {
        "LI" => matches!(closing, "UL" | "OL"),
        "A" | "B" | "I" | "P" => closing == "DIV",
        "TD" | "TH" => matches!(closing, "TR" | "TABLE"),
        _ => false,
    }
}

/// The text with its entities replaced.
fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        match entity(after) {
            Some((replacement, length)) => {
                out.push_str(&replacement);
                rest = &after[length..];
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// What an entity stands for, and its length without the `&`.
fn entity(text: &str) -> Option<(String, usize)> {
    if let Some(number) = text.strip_prefix('#') {
        let (digits, radix) = match number.strip_prefix(['x', 'X']) {
            Some(digits) => (digits, 16),
            None => (number, 10),
        };
        let count = digits.chars().take_while(|c| c.is_digit(radix)).count();
        let code = u32::from_str_radix(&digits[..count.min(8)], radix).ok()?;
        let c = char::from_u32(code).filter(|c| *c != '\0');
        let skipped = text.len() - digits.len() + count;
        let semicolon = usize::from(text[skipped..].starts_with(';'));
        let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
        return Some((c.to_string(), skipped + semicolon));
    }
    let length = text
        .bytes()
        .take(32)
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    let named = |name: &str| {
        let (first, second) = *NAMED_ENTITIES.get(name)?;
        let mut replacement: String = char::from_u32(first).filter(|c| *c != '\0')?.into();
        replacement.extend(char::from_u32(second).filter(|c| *c != '\0'));
        Some(replacement)
    };
    if text[length..].starts_with(';') {
        return Some((named(&text[..=length])?, length + 1));
    }
    (2..=length)
        .rev()
        .find_map(|end| Some((named(&text[..end])?, end)))
}
