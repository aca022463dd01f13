//! Writes trees as HTML again.

use super::{Data, Id, Tree, VOID};

/// Elements whose text is no HTML.
const RAW: &[&str] = &[
    "style",
    "script",
    "xmp",
    "iframe",
    "noembed",
    "noframes",
    "plaintext",
    "noscript",
];

impl Tree {
    /// The HTML of what is inside a node.
    pub(crate) fn inner_html(&self, id: Id) -> String {
        let mut html = String::new();
        self.write_children(id, &mut html);
        html
    }

    fn write_children(&self, id: Id, html: &mut String) {
        let raw = self
            .element(id)
            .is_some_and(|element| RAW.contains(&element.name()));
        for child in self.children(id) {
            match &self.node(child).data {
                Data::Text(text) if raw => html.push_str(text),
                Data::Text(text) => escape(text, false, html),
                Data::Comment(text) => {
                    html.push_str("<!--");
                    html.push_str(text);
                    html.push_str("-->");
                }
                Data::Doctype(name) => {
                    html.push_str("<!DOCTYPE ");
                    html.push_str(name);
                    html.push('>');
                }
                Data::Element(element) => {
                    let name = element.name();
                    html.push('<');
                    html.push_str(name);
                    for (name, value) in &element.attributes {
                        html.push(' ');
                        html.push_str(name);
                        html.push_str("=\"");
                        escape(value, true, html);
                        html.push('"');
                    }
                    html.push('>');
                    if !VOID.contains(&name) {
                        self.write_children(child, html);
                        html.push_str("</");
                        html.push_str(name);
                        html.push('>');
                    }
                }
                Data::Document => {}
            }
        }
    }
}

fn escape(text: &str, attribute: bool, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '\u{a0}' => html.push_str("&nbsp;"),
            '"' if attribute => html.push_str("&quot;"),
            '<' if !attribute => html.push_str("&lt;"),
            '>' if !attribute => html.push_str("&gt;"),
            c => html.push(c),
        }
    }
}
