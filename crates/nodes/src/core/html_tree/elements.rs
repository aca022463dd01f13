//! `Elements`: the elements of a tree in document order, with what selecting among them needs.

use super::{Data, Id, ROOT, Tree};

/// The elements of a tree. They are named by their place in this list.
pub(crate) struct Elements<'a> {
    pub(crate) tree: &'a Tree,
    /// Their nodes.
    pub(crate) ids: Vec<Id>,
    /// Parent elements.
    pub(super) parents: Vec<Option<usize>>,
    /// The elements before them among the children of the same parent.
    pub(super) previous: Vec<Option<usize>>,
    /// The elements after them.
    pub(super) next: Vec<Option<usize>>,
    /// Where what is inside them ends.
    ends: Vec<usize>,
    /// All text of the document.
    text: String,
    /// Which part of it is inside each.
    ranges: Vec<(usize, usize)>,
    by_node: Vec<u32>,
}

impl<'a> Elements<'a> {
    pub(crate) fn new(tree: &'a Tree) -> Self {
        let mut elements = Self {
            tree,
            ids: Vec::new(),
            parents: Vec::new(),
            previous: Vec::new(),
            next: Vec::new(),
            ends: Vec::new(),
            text: String::new(),
            ranges: Vec::new(),
            by_node: vec![u32::MAX; tree.nodes.len()],
        };
        elements.visit(ROOT, None);
        elements
    }

    fn visit(&mut self, id: Id, parent: Option<usize>) {
        let mut before: Option<usize> = None;
        for child in self.tree.children(id) {
            match &self.tree.node(child).data {
                Data::Element(_) => {
                    let index = self.ids.len();
                    self.ids.push(child);
                    self.by_node[child as usize] = index as u32;
                    self.parents.push(parent);
                    self.previous.push(before);
                    self.next.push(None);
                    if let Some(before) = before {
                        self.next[before] = Some(index);
                    }
                    before = Some(index);
                    let start = self.text.len();
                    self.ranges.push((start, start));
                    self.ends.push(index + 1);
                    self.visit(child, Some(index));
                    self.ranges[index].1 = self.text.len();
                    self.ends[index] = self.ids.len();
                }
                Data::Text(text) => self.text.push_str(text),
                Data::Document | Data::Doctype(_) | Data::Comment(_) => {}
            }
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The element of a node, if it is one.
    pub(crate) fn of_node(&self, id: Id) -> Option<usize> {
        match self.by_node[id as usize] {
            u32::MAX => None,
            index => Some(index as usize),
        }
    }

    /// The elements inside an element.
    pub(crate) fn inside(&self, index: usize) -> std::ops::Range<usize> {
        index + 1..self.ends[index]
    }

    /// Name and attributes.
    pub(crate) fn element(&self, index: usize) -> &'a super::Element {
        self.tree
            .element(self.ids[index])
            .expect("only elements are listed")
    }

    /// All text inside.
    pub(crate) fn text(&self, index: usize) -> &str {
        let (start, end) = self.ranges[index];
        &self.text[start..end]
    }

    /// Whether each has a text inside.
    pub(super) fn containing(&self, needle: &str) -> Vec<bool> {
        if needle.is_empty() {
            return vec![true; self.len()];
        }
        let mut starts: Vec<usize> = Vec::new();
        let mut from = 0;
        while let Some(at) = self.text[from..].find(needle) {
            starts.push(from + at);
            let step = self.text[from + at..]
                .chars()
                .next()
                .map_or(1, char::len_utf8);
            from += at + step;
        }
        self.ranges
            .iter()
            .map(|(start, end)| {
                let at = starts.partition_point(|at| at < start);
                starts.get(at).is_some_and(|at| at + needle.len() <= *end)
            })
            .collect()
    }
}
