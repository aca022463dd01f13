//! Renders HTML as plain text: blocks apart, lists with their signs, addresses of links in brackets, lines of eighty.

use super::text_block::Block;
use crate::core::html_tree::{Data, Elements, Id};

/// The longest line, unless a word is longer.
const WIDTH: usize = 80;
/// Blocks inside others still have lines of this length.
const LEAST_WIDTH: usize = 20;

/// The text of what is inside a node; `skipped` says for every element whether it is left out.
pub(super) fn render(elements: &Elements, node: Id, skipped: &[bool]) -> String {
    let tree = elements.tree;
    let name = |id: Id| tree.element(id).map(super::super::html_tree::Element::name);
    let body = tree.children(node).find(|id| name(*id) == Some("body"));
    let mut writer = Writer {
        elements,
        skipped,
        blocks: vec![Block::new(WIDTH, 0)],
        capitals: 0,
        links: Vec::new(),
    };
    writer.walk_children(body.unwrap_or(node));
    writer.blocks.pop().map(Block::text).unwrap_or_default()
}

struct Writer<'a> {
    elements: &'a Elements<'a>,
    skipped: &'a [bool],
    /// The open blocks; never empty.
    blocks: Vec<Block>,
    /// How many headings are open.
    capitals: usize,
    /// For each open link whether it has text.
    links: Vec<bool>,
}

impl Writer<'_> {
    fn walk_children(&mut self, id: Id) {
        let tree = self.elements.tree;
        for child in tree.children(id) {
            self.walk(child);
        }
    }

    fn walk(&mut self, id: Id) {
        let tree = self.elements.tree;
        match &tree.node(id).data {
            Data::Text(text) => self.add(text, true),
            Data::Element(element) => {
                if self.elements.of_node(id).is_some_and(|at| self.skipped[at]) {
                    return;
                }
                match element.name() {
                    "script" | "style" => {}
                    "a" => self.link(id),
                    "article" | "aside" | "div" | "footer" | "form" | "header" | "main" | "nav"
                    | "section" => self.block(id, 1, 1),
                    "p" | "table" => self.block(id, 2, 2),
                    "pre" => {
                        self.open(0, 2);
                        self.top().preformatted = true;
                        self.walk_children(id);
                        self.close(2);
                    }
                    "blockquote" => self.quote(id),
                    "br" => self.top().line_break(),
                    "wbr" => self.top().inline.may_break = true,
                    "h1" | "h2" | "h3" => self.heading(id, 3),
                    "h4" | "h5" | "h6" => self.heading(id, 2),
                    "hr" => {
                        self.open(0, 2);
                        self.add(&"-".repeat(WIDTH), false);
                        self.close(2);
                    }
                    "img" => self.image(id),
                    "ul" => self.list(id, |_| " * ".into()),
                    "ol" => {
                        let first = element
                            .attribute("start")
                            .and_then(|start| start.trim().parse::<i64>().ok())
                            .unwrap_or(1);
                        let kind = element.attribute("type").unwrap_or("1").to_owned();
                        self.list(id, move |n| {
                            format!(" {}. ", numbered(first.saturating_add(n), &kind))
                        });
                    }
                    _ => self.walk_children(id),
                }
            }
            Data::Document | Data::Doctype(_) | Data::Comment(_) => {}
        }
    }

    fn top(&mut self) -> &mut Block {
        self.blocks
            .last_mut()
            .expect("the outermost block stays open")
    }

    /// Adds text; what is no text of the document stays as it is.
    fn add(&mut self, text: &str, of_document: bool) {
        let capitals = of_document && self.capitals > 0;
        let block = self.top();
        let words = block.add(text, &|word| {
            if capitals {
                word.to_uppercase()
            } else {
                word.to_owned()
            }
        });
        if of_document && words {
            self.links.fill(true);
        }
    }

    fn open(&mut self, reserved: usize, leading: usize) {
        let width = self
            .top()
            .inline
            .width
            .saturating_sub(reserved)
            .max(LEAST_WIDTH);
        self.blocks.push(Block::new(width, leading));
    }

    fn close(&mut self, trailing: usize) {
        self.close_with(trailing, |text| text);
    }

    fn close_with(&mut self, trailing: usize, change: impl FnOnce(String) -> String) {
        let Some(block) = self.blocks.pop() else {
            return;
        };
        let (leading, trailing) = (block.leading, trailing.max(block.stashed));
        let text = change(block.text());
        self.top().append(&text, leading, trailing);
    }

    fn block(&mut self, id: Id, leading: usize, trailing: usize) {
        self.open(0, leading);
        self.walk_children(id);
        self.close(trailing);
    }

    fn heading(&mut self, id: Id, leading: usize) {
        self.capitals += 1;
        self.block(id, leading, 2);
        self.capitals -= 1;
    }

    fn quote(&mut self, id: Id) {
        self.open(2, 2);
        self.walk_children(id);
        self.close_with(2, |text| {
            let lines: Vec<String> = text
                .trim_matches('\n')
                .split('\n')
                .map(|line| format!("> {line}"))
                .collect();
            lines.join("\n")
        });
    }

    fn link(&mut self, id: Id) {
        let element = self.elements.tree.element(id);
        let href = element
            .and_then(|element| element.attribute("href"))
            .unwrap_or_default();
        let href = href.strip_prefix("mailto:").unwrap_or(href);
        if href.is_empty() || href.starts_with('#') {
            return self.walk_children(id);
        }
        self.links.push(false);
        self.walk_children(id);
        if self.links.pop().unwrap_or_default() {
            self.add(&format!(" [{href}]"), false);
        } else {
            self.add(href, false);
        }
    }

    fn image(&mut self, id: Id) {
        let element = self.elements.tree.element(id);
        let attribute = |name| {
            element
                .and_then(|element| element.attribute(name))
                .unwrap_or_default()
        };
        let text = match (attribute("alt"), attribute("src")) {
            (alt, "") => alt.to_owned(),
            ("", src) => format!("[{src}]"),
            (alt, src) => format!("{alt} [{src}]"),
        };
        self.add(&text, false);
    }

    fn list(&mut self, id: Id, sign: impl Fn(i64) -> String) {
        let tree = self.elements.tree;
        let parent = tree.node(id).parent.and_then(|parent| tree.element(parent));
        let nested = parent.is_some_and(|parent| parent.name() == "li");
        let mut count = 0;
        let mut entries: Vec<(Id, String)> = Vec::new();
        for child in tree.children(id) {
            match &tree.node(child).data {
                Data::Element(element) if element.name() == "li" => {
                    let sign = sign(count);
                    count += 1;
                    let sign = if nested {
                        sign.trim_start().into()
                    } else {
                        sign
                    };
                    entries.push((child, sign));
                }
                Data::Element(_) => entries.push((child, String::new())),
                Data::Text(text) if !text.trim().is_empty() => {
                    entries.push((child, String::new()));
                }
                _ => {}
            }
        }
        if entries.is_empty() {
            return;
        }
        let longest = entries
            .iter()
            .map(|(_, sign)| sign.len())
            .max()
            .unwrap_or(0);
        let around = if nested { 1 } else { 2 };
        self.open(0, around);
        for (child, sign) in entries {
            self.open(longest, 1);
            self.walk(child);
            self.close_with(1, |text| {
                let spaces = format!("\n{}", " ".repeat(longest));
                format!("{sign:longest$}{}", text.replace('\n', &spaces))
            });
        }
        let Some(list) = self.blocks.pop() else {
            return;
        };
        let leading = list.leading;
        let text = list.text();
        if !text.is_empty() {
            self.top().append(&text, leading, around);
        }
    }
}

/// The number of an entry in the way that a list counts.
fn numbered(number: i64, kind: &str) -> String {
    match kind {
        "a" => letters(number),
        "A" => letters(number).to_uppercase(),
        "i" => roman(number).to_lowercase(),
        "I" => roman(number),
        _ => number.to_string(),
    }
}

fn letters(mut number: i64) -> String {
    let mut text = Vec::new();
    loop {
        number -= 1;
        text.push(b'a' + u8::try_from(number.rem_euclid(26)).unwrap_or_default());
        number /= 26;
        if number <= 0 {
            break;
        }
    }
    text.iter().rev().map(|byte| char::from(*byte)).collect()
}

fn roman(number: i64) -> String {
    const SIGNS: [(i64, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if !(1..4000).contains(&number) {
        return number.to_string();
    }
    let mut rest = number;
    let mut text = String::new();
    for (value, sign) in SIGNS {
        while rest >= value {
            text.push_str(sign);
            rest -= value;
        }
    }
    text
}
