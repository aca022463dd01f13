//! How each element is written: what stands before, after and around it, and what is made of its content.

use super::Options;
use super::loose_html::{Id, Node};
use super::visitor::Context;

/// Elements around which there are empty lines.
const BLOCKS: &[&str] = &[
    "ADDRESS",
    "ARTICLE",
    "ASIDE",
    "AUDIO",
    "BLOCKQUOTE",
    "BODY",
    "CANVAS",
    "CENTER",
    "DD",
    "DIR",
    "DIV",
    "DL",
    "DT",
    "FIELDSET",
    "FIGCAPTION",
    "FIGURE",
    "FOOTER",
    "FORM",
    "FRAMESET",
    "H1",
    "H2",
    "H3",
    "H4",
    "H5",
    "H6",
    "HEADER",
    "HGROUP",
    "HR",
    "HTML",
    "ISINDEX",
    "LI",
    "MAIN",
    "MENU",
    "NAV",
    "NOFRAMES",
    "NOSCRIPT",
    "OL",
    "OUTPUT",
    "P",
    "PRE",
    "SECTION",
    "TABLE",
    "TBODY",
    "TD",
    "TFOOT",
    "TH",
    "THEAD",
    "TR",
    "UL",
];
/// Elements that are left out.
const IGNORED: &[&str] = &[
    "AREA", "BASE", "COL", "COMMAND", "EMBED", "HEAD", "INPUT", "KEYGEN", "LINK", "META", "PARAM",
    "SCRIPT", "SOURCE", "STYLE", "TRACK", "WBR",
];

/// Which elements have a form of their own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Place {
    Document,
    Code,
    Link,
    Table,
    Row,
    Cell,
}

/// The form of one element.
#[derive(Default)]
pub(super) struct Form {
    pub(super) ignored: bool,
    pub(super) newlines: usize,
    pub(super) prefix: String,
    pub(super) postfix: String,
    /// Stands in place of what is inside.
    pub(super) content: Option<String>,
    pub(super) space_if_repeated: bool,
    pub(super) raw: bool,
    /// Whether elements inside are left out.
    pub(super) texts_only: bool,
    pub(super) inside: Option<Place>,
    pub(super) then: Then,
}

/// What is made of the content.
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) enum Then {
    #[default]
    Nothing,
    Strong,
    Struck,
    Emphasis,
    Entry,
    Quote,
    CodeSpan,
    IndentedCode,
    Table,
    OneLine,
    Caption,
    Row,
    Cell,
}

/// Whether an element without any content is written all the same.
pub(super) fn is_kept_when_empty(name: &str) -> bool {
    matches!(
        name,
        "H1" | "H2"
            | "H3"
            | "H4"
            | "H5"
            | "H6"
            | "OL"
            | "UL"
            | "LI"
            | "CODE"
            | "TABLE"
            | "A"
            | "IMG"
    )
}

/// The form of an element; `None` where it adds nothing to its content.
pub(super) fn form(
    nodes: &[Node],
    id: Id,
    place: Place,
    context: &Context,
    options: &Options,
    definitions: &mut Vec<String>,
) -> Option<Form> {
    let name = nodes[id].name.as_str();
    let mut form = Form::default();
    let has_own = match place {
        Place::Document | Place::Code => {
            let is_block = BLOCKS.contains(&name) || options.blocks.iter().any(|own| own == name);
            if is_block {
                form.newlines = 2;
            } else if IGNORED.contains(&name) || options.ignored.iter().any(|own| own == name) {
                form.ignored = true;
            }
            is_block || form.ignored
        }
        _ => false,
    };
    let known = own_form(nodes, id, place, context, options, definitions, &mut form);
    (has_own || known).then_some(form)
}

fn own_form(
    nodes: &[Node],
    id: Id,
    place: Place,
    context: &Context,
    options: &Options,
    definitions: &mut Vec<String>,
    form: &mut Form,
) -> bool {
    let node = &nodes[id];
    let name = node.name.as_str();
    let spans = matches!(place, Place::Document | Place::Link | Place::Cell);
    match (name, place) {
        ("STRONG" | "B", _) if spans => {
            form.space_if_repeated = true;
            form.then = Then::Strong;
        }
        ("DEL" | "S" | "STRIKE", _) if spans => {
            form.space_if_repeated = true;
            form.then = Then::Struck;
        }
        ("EM" | "I", _) if spans => {
            form.space_if_repeated = true;
            form.then = Then::Emphasis;
        }
        ("IMG", Place::Code) => form.texts_only = true,
        ("IMG", _) if spans => image(node, options, form),
        ("PRE", Place::Document | Place::Link) => form.raw = true,
        ("BR", Place::Document) => form.content = Some("  \n".into()),
        ("BR", Place::Code | Place::Link) => form.content = Some("\n".into()),
        ("HR", Place::Document | Place::Code) => form.content = Some("---".into()),
        ("HR", Place::Link) => form.content = Some("\n".into()),
        ("H1" | "H2" | "H3" | "H4" | "H5" | "H6", Place::Document) => {
            let level = name[1..].parse().unwrap_or(1);
            form.prefix = format!("{} ", "#".repeat(level));
        }
        ("H1" | "H2" | "H3" | "H4" | "H5" | "H6", Place::Code) => {
            form.prefix = "[".into();
            form.postfix = "]".into();
        }
        ("OL" | "UL", Place::Document | Place::Code) => form.newlines = 1,
        ("LI", Place::Document | Place::Code) => {
            let sign = match context.number() {
                Some(number) => format!("{number}. "),
                None => format!("{} ", options.bullet),
            };
            form.prefix = format!("{}{sign}", "   ".repeat(context.indent()));
            form.newlines = 1;
            form.then = Then::Entry;
        }
        ("TR", Place::Code) => form.newlines = 1,
        ("BLOCKQUOTE", Place::Document) => form.then = Then::Quote,
        ("CODE", Place::Document) => code(nodes, id, options, form),
        ("TABLE", Place::Document) => {
            form.newlines = 2;
            form.inside = Some(Place::Table);
            form.then = Then::Table;
        }
        ("CAPTION", Place::Table) => {
            form.inside = Some(Place::Cell);
            form.then = Then::Caption;
        }
        ("TR", Place::Table) => {
            form.inside = Some(Place::Row);
            form.prefix = "| ".into();
            form.postfix = "\n".into();
            form.then = Then::Row;
        }
        ("TH" | "TD", Place::Table | Place::Row) => {
            form.inside = Some(Place::Cell);
            form.prefix = " ".into();
            form.postfix = " |".into();
            form.then = Then::Cell;
        }
        ("A", Place::Document | Place::Cell) => link(nodes, id, options, definitions, form),
        _ => return false,
    }
    true
}

fn code(nodes: &[Node], id: Id, options: &Options, form: &mut Form) {
    let parent = &nodes[nodes[id].parent];
    form.raw = true;
    if parent.name != "PRE" || parent.children.len() > 1 {
        form.space_if_repeated = true;
        form.then = Then::CodeSpan;
        return;
    }
    form.inside = Some(Place::Code);
    if !options.fenced {
        form.then = Then::IndentedCode;
        return;
    }
    let class = nodes[id].attribute("class").unwrap_or_default();
    let language = class
        .split_once("language-")
        .and_then(|(_, after)| after.split_whitespace().next())
        .unwrap_or_default();
    form.prefix = format!("{}{language}\n", options.fence);
    form.postfix = format!("\n{}", options.fence);
}

fn image(node: &Node, options: &Options, form: &mut Form) {
    let attribute = |name| node.attribute(name).unwrap_or_default();
    let source = attribute("src");
    let is_data = source
        .get(..5)
        .is_some_and(|start| start.eq_ignore_ascii_case("data:"));
    if source.is_empty() || (is_data && !options.keep_data_images) {
        form.ignored = true;
        return;
    }
    let title = match attribute("title") {
        title if title.is_empty() => title,
        title => format!(" \"{title}\""),
    };
    form.content = Some(format!("![{}]({source}{title})", attribute("alt")));
}

fn link(nodes: &[Node], id: Id, options: &Options, definitions: &mut Vec<String>, form: &mut Form) {
    let Some(href) = nodes[id].attribute("href").filter(|href| !href.is_empty()) else {
        return;
    };
    let mut address = String::with_capacity(href.len());
    for c in href.chars() {
        match c {
            '(' => address.push_str("%28"),
            ')' => address.push_str("%29"),
            '_' => address.push_str("%5F"),
            '*' => address.push_str("%2A"),
            c => address.push(c),
        }
    }
    if all_text(nodes, id) == href {
        form.content = Some(format!("<{address}>"));
        return;
    }
    form.prefix = "[".into();
    form.inside = Some(Place::Link);
    form.then = Then::OneLine;
    form.postfix = if options.link_definitions {
        let known = definitions.iter().position(|own| *own == address);
        let number = known.unwrap_or_else(|| {
            definitions.push(address);
            definitions.len() - 1
        });
        format!("][{}]", number + 1)
    } else {
        match nodes[id]
            .attribute("title")
            .filter(|title| !title.is_empty())
        {
            Some(title) => format!("]({address} \"{title}\")"),
            None => format!("]({address})"),
        }
    };
}

fn all_text(nodes: &[Node], id: Id) -> String {
    if nodes[id].is_text {
        return nodes[id].text();
    }
    nodes[id]
        .children
        .iter()
        .map(|child| all_text(nodes, *child))
        .collect()
}
