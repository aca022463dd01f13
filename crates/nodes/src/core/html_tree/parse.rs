//! Parses HTML as browsers do, within limits: some short texts make trees of millions of nodes.

use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};
use std::rc::Rc;

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{Attribute, ParseOpts, QualName, parse_document};

use super::{Data, Element, Id, MAX_DEPTH, ROOT, Tree};

/// Bytes between two looks at the limits.
const CHUNK: usize = 4096;
/// The longest text that is parsed.
const MAX_LENGTH: usize = 64 << 20;
/// The most nodes that a tree may have.
const MAX_NODES: u64 = 3_000_000;
/// How often the parser may look at open elements. Sound HTML needs about ten looks for each tag.
const MAX_LOOKS: u64 = 50_000_000;

/// Parses a document; `html`, `head` and `body` come into being where they are missing.
///
/// # Errors
/// When it is too long, too deep or too costly.
pub(crate) fn parse(html: &str) -> Result<Tree, String> {
    if html.len() > MAX_LENGTH {
        return Err(format!(
            "the html is longer than {} MiB: split it before",
            MAX_LENGTH >> 20
        ));
    }
    let sink = Sink::default();
    let work = sink.work.clone();
    let mut parser = parse_document(sink, ParseOpts::default());
    let mut rest = html;
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at(rest.floor_char_boundary(CHUNK));
        parser.process(StrTendril::from_slice(chunk));
        if work.nodes.get() > MAX_NODES || work.looks.get() > MAX_LOOKS {
            return Err("the html has too many elements, or elements that are never closed".into());
        }
        rest = after;
    }
    let tree = parser.finish();
    if tree.depth() > MAX_DEPTH {
        return Err(format!("the html is nested more than {MAX_DEPTH} deep"));
    }
    Ok(tree)
}

/// What the parser has done so far.
#[derive(Default)]
struct Work {
    nodes: Cell<u64>,
    looks: Cell<u64>,
}

struct Sink {
    tree: RefCell<Tree>,
    work: Rc<Work>,
}

impl Default for Sink {
    fn default() -> Self {
        Self {
            tree: RefCell::new(Tree::new()),
            work: Rc::default(),
        }
    }
}

impl Sink {
    fn add(&self, data: Data) -> Id {
        self.work.nodes.set(self.work.nodes.get() + 1);
        self.tree.borrow_mut().add(data)
    }
}

impl TreeSink for Sink {
    type Handle = Id;
    type Output = Tree;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Tree {
        self.tree.into_inner()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Id {
        ROOT
    }

    fn elem_name<'a>(&'a self, target: &'a Id) -> Ref<'a, QualName> {
        self.work.looks.set(self.work.looks.get() + 1);
        Ref::map(self.tree.borrow(), |tree| match &tree.node(*target).data {
            Data::Element(element) => &element.name,
            _ => unreachable!("the parser asks elements alone for their names"),
        })
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> Id {
        self.add(Data::Element(Element {
            name,
            attributes: attributes.into_iter().map(attribute).collect(),
        }))
    }

    fn create_comment(&self, text: StrTendril) -> Id {
        self.add(Data::Comment(text.into()))
    }

    fn create_pi(&self, _: StrTendril, data: StrTendril) -> Id {
        self.add(Data::Comment(data.into()))
    }

    fn append(&self, parent: &Id, child: NodeOrText<Id>) {
        let mut tree = self.tree.borrow_mut();
        match child {
            NodeOrText::AppendNode(id) => {
                tree.detach(id);
                tree.append(*parent, id);
            }
            NodeOrText::AppendText(text) => tree.append_text(*parent, &text),
        }
    }

    fn append_based_on_parent_node(&self, element: &Id, previous: &Id, child: NodeOrText<Id>) {
        let has_parent = self.tree.borrow().node(*element).parent.is_some();
        if has_parent {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn append_doctype_to_document(&self, name: StrTendril, _: StrTendril, _: StrTendril) {
        let id = self.add(Data::Doctype(name.into()));
        self.tree.borrow_mut().append(ROOT, id);
    }

    // What a template holds is treated as its content.
    fn get_template_contents(&self, target: &Id) -> Id {
        *target
    }

    fn same_node(&self, x: &Id, y: &Id) -> bool {
        self.work.looks.set(self.work.looks.get() + 1);
        x == y
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Id, new: NodeOrText<Id>) {
        let mut tree = self.tree.borrow_mut();
        match new {
            NodeOrText::AppendNode(id) => {
                tree.detach(id);
                tree.insert_before(*sibling, id);
            }
            NodeOrText::AppendText(text) => {
                if let Some(previous) = tree.node(*sibling).previous
                    && let Data::Text(before) = &mut tree.node_mut(previous).data
                {
                    before.push_str(&text);
                    return;
                }
                let id = tree.add(Data::Text(text.into()));
                tree.insert_before(*sibling, id);
            }
        }
    }

    fn add_attrs_if_missing(&self, target: &Id, attributes: Vec<Attribute>) {
        let mut tree = self.tree.borrow_mut();
        let Data::Element(element) = &mut tree.node_mut(*target).data else {
            return;
        };
        for (name, value) in attributes.into_iter().map(attribute) {
            self.work
                .looks
                .set(self.work.looks.get() + element.attributes.len() as u64);
            if element.attribute(&name).is_none() {
                element.attributes.push((name, value));
            }
        }
    }

    fn remove_from_parent(&self, target: &Id) {
        self.tree.borrow_mut().detach(*target);
    }

    fn reparent_children(&self, node: &Id, new_parent: &Id) {
        let mut tree = self.tree.borrow_mut();
        let children: Vec<Id> = tree.children(*node).collect();
        self.work
            .looks
            .set(self.work.looks.get() + children.len() as u64);
        for child in children {
            tree.detach(child);
            tree.append(*new_parent, child);
        }
    }

    fn allow_declarative_shadow_roots(&self, _: &Id) -> bool {
        false
    }
}

fn attribute(attribute: Attribute) -> (String, String) {
    let local = &*attribute.name.local;
    let name = match &attribute.name.prefix {
        Some(prefix) if !prefix.is_empty() => format!("{prefix}:{local}"),
        _ => local.to_owned(),
    };
    (name, attribute.value.into())
}
