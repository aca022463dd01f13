//! `Tree`: an HTML document as a flat list of nodes, for the nodes that take HTML apart.

mod elements;
mod parse;
pub(crate) mod select;
mod write;

use html5ever::QualName;

pub(crate) use elements::Elements;
pub(crate) use parse::parse;

/// Deeper trees are refused, so that whatever walks them may recurse. Browsers stop at the same depth.
pub(crate) const MAX_DEPTH: usize = 512;

/// Elements without content and end tag.
const VOID: &[&str] = &[
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input",
    "link", "meta", "param", "source", "track", "wbr",
];

/// A node of a tree, by its place in the list.
pub(crate) type Id = u32;

/// The root of every tree.
pub(crate) const ROOT: Id = 0;

/// A parsed document.
#[derive(Debug)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
}

/// A node and its neighbours.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) data: Data,
    pub(crate) parent: Option<Id>,
    first: Option<Id>,
    last: Option<Id>,
    previous: Option<Id>,
    next: Option<Id>,
}

/// What a node is.
#[derive(Debug)]
pub(crate) enum Data {
    Document,
    Doctype(String),
    Element(Element),
    Text(String),
    Comment(String),
}

/// Name and attributes.
#[derive(Debug)]
pub(crate) struct Element {
    name: QualName,
    /// By name, in the order of the text.
    pub(crate) attributes: Vec<(String, String)>,
}

impl Element {
    /// The name; lower case for elements of HTML.
    pub(crate) fn name(&self) -> &str {
        &self.name.local
    }

    /// The value of an attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }
}

impl Tree {
    fn new() -> Self {
        let mut tree = Self { nodes: Vec::new() };
        tree.add(Data::Document);
        tree
    }

    /// The node of an id.
    pub(crate) fn node(&self, id: Id) -> &Node {
        &self.nodes[id as usize]
    }

    /// The element of an id, where it is one.
    pub(crate) fn element(&self, id: Id) -> Option<&Element> {
        match &self.node(id).data {
            Data::Element(element) => Some(element),
            _ => None,
        }
    }

    /// The children of a node in order.
    pub(crate) fn children(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        std::iter::successors(self.node(id).first, |id| self.node(*id).next)
    }

    /// How many levels there are below the root; counting stops above [`MAX_DEPTH`].
    fn depth(&self) -> usize {
        let mut deepest = 0;
        let mut open: Vec<(Id, usize)> = vec![(ROOT, 0)];
        while let Some((id, depth)) = open.pop() {
            deepest = deepest.max(depth);
            if depth > MAX_DEPTH {
                break;
            }
            open.extend(self.children(id).map(|child| (child, depth + 1)));
        }
        deepest
    }

    fn node_mut(&mut self, id: Id) -> &mut Node {
        &mut self.nodes[id as usize]
    }

    fn add(&mut self, data: Data) -> Id {
        let id = self.nodes.len() as Id;
        self.nodes.push(Node {
            data,
            parent: None,
            first: None,
            last: None,
            previous: None,
            next: None,
        });
        id
    }

    /// Puts a node that has no parent behind the last child.
    fn append(&mut self, parent: Id, child: Id) {
        let last = self.node(parent).last;
        let node = self.node_mut(child);
        node.parent = Some(parent);
        node.previous = last;
        match last {
            Some(last) => self.node_mut(last).next = Some(child),
            None => self.node_mut(parent).first = Some(child),
        }
        self.node_mut(parent).last = Some(child);
    }

    fn append_text(&mut self, parent: Id, text: &str) {
        if let Some(last) = self.node(parent).last
            && let Data::Text(before) = &mut self.node_mut(last).data
        {
            before.push_str(text);
            return;
        }
        let id = self.add(Data::Text(text.into()));
        self.append(parent, id);
    }

    /// Puts a node that has no parent before another that has one.
    fn insert_before(&mut self, sibling: Id, new: Id) {
        let (parent, previous) = (self.node(sibling).parent, self.node(sibling).previous);
        let node = self.node_mut(new);
        node.parent = parent;
        node.previous = previous;
        node.next = Some(sibling);
        self.node_mut(sibling).previous = Some(new);
        match (previous, parent) {
            (Some(previous), _) => self.node_mut(previous).next = Some(new),
            (None, Some(parent)) => self.node_mut(parent).first = Some(new),
            (None, None) => {}
        }
    }

    /// Takes a node out of its place.
    fn detach(&mut self, id: Id) {
        let node = self.node_mut(id);
        let (parent, previous, next) = (node.parent.take(), node.previous.take(), node.next.take());
        match (previous, parent) {
            (Some(previous), _) => self.node_mut(previous).next = next,
            (None, Some(parent)) => self.node_mut(parent).first = next,
            (None, None) => {}
        }
        match (next, parent) {
            (Some(next), _) => self.node_mut(next).previous = previous,
            (None, Some(parent)) => self.node_mut(parent).last = previous,
            (None, None) => {}
        }
    }
}

#[cfg(test)]
mod tests;
