//! Walks the nodes and writes them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::loose_html::{Id, Node, ROOT};
use super::translate::{self, Form, Place, Then};
use super::{Options, finishing};

/// What an element learns of those around it.
#[derive(Clone)]
pub(super) struct Context {
    place: Place,
    /// The number of the last entry of the list, and whether the list counts.
    list: Option<(Rc<Cell<usize>>, bool)>,
    /// How many lists there are around the list.
    indent: Option<usize>,
    keeps_space: bool,
    raw: bool,
    caption: Rc<RefCell<String>>,
}

impl Context {
    /// The number of the entry in a list that counts.
    pub(super) fn number(&self) -> Option<usize> {
        let (number, counts) = self.list.as_ref()?;
        counts.then(|| number.get())
    }

    /// How many lists there are around the list.
    pub(super) fn indent(&self) -> usize {
        self.indent.unwrap_or(0)
    }
}

impl Context {
    /// The title of the table.
    pub(super) fn caption(&self) -> String {
        self.caption.borrow().clone()
    }

    /// Remembers the title of the table.
    pub(super) fn set_caption(&self, caption: String) {
        *self.caption.borrow_mut() = caption;
    }
}

/// The Markdown of all nodes.
pub(super) fn written(nodes: &[Node], options: &Options) -> Result<String, String> {
    let mut kept = vec![false; nodes.len()];
    keep(nodes, ROOT, &mut kept);
    let mut visitor = Visitor {
        nodes,
        options,
        kept,
        text: String::new(),
        definitions: Vec::new(),
        failure: None,
    };
    let context = Context {
        place: Place::Document,
        list: None,
        indent: None,
        keeps_space: false,
        raw: false,
        caption: Rc::default(),
    };
    visitor.visit(ROOT, false, context);
    let Visitor {
        mut text,
        definitions,
        failure,
        ..
    } = visitor;
    if let Some(failure) = failure {
        return Err(failure);
    }
    if options.link_definitions {
        if !text.is_empty() && !text.ends_with(['\r', '\n']) {
            text.push('\n');
        }
        for (n, address) in definitions.iter().enumerate() {
            text.push_str(&format!("\n[{}]: {address}", n + 1));
        }
    }
    let text = finishing::fewer_newlines(&text, options.max_newlines);
    Ok(text.trim_matches('\n').to_owned())
}

/// Marks the nodes that have content.
fn keep(nodes: &[Node], id: Id, kept: &mut [bool]) -> bool {
    let node = &nodes[id];
    let content = if node.is_text || matches!(node.name.as_str(), "BR" | "HR" | "IMG") {
        true
    } else if node.children.is_empty() {
        translate::is_kept_when_empty(&node.name)
    } else {
        let mut any = false;
        for child in &node.children {
            any |= keep(nodes, *child, kept);
        }
        any
    };
    kept[id] = content;
    content
}

struct Visitor<'a> {
    nodes: &'a [Node],
    options: &'a Options,
    kept: Vec<bool>,
    text: String,
    definitions: Vec<String>,
    failure: Option<String>,
}

impl Visitor<'_> {
    fn visit(&mut self, id: Id, texts_only: bool, context: Context) {
        if !self.kept[id] || self.failure.is_some() {
            return;
        }
        let node = &self.nodes[id];
        if node.is_text {
            self.write_text(node, &context);
        } else if !texts_only {
            self.visit_element(id, context);
        }
    }

    fn visit_element(&mut self, id: Id, mut context: Context) {
        let node = &self.nodes[id];
        match node.name.as_str() {
            "UL" | "OL" => {
                context.list = Some((Rc::default(), node.name == "OL"));
                context.indent = Some(context.indent.map_or(0, |indent| indent + 1));
            }
            "LI" => {
                if let Some((number, true)) = &context.list {
                    number.set(number.get() + 1);
                }
            }
            "PRE" => context.keeps_space = true,
            "TABLE" => context.caption = Rc::default(),
            _ => {}
        }
        let form = translate::form(
            self.nodes,
            id,
            context.place,
            &context,
            self.options,
            &mut self.definitions,
        );
        match form {
            None => {
                for child in &node.children {
                    self.visit(*child, false, context.clone());
                }
            }
            Some(form) if form.ignored => {}
            Some(form) => self.write(id, &form, context),
        }
    }

    fn write(&mut self, id: Id, form: &Form, mut context: Context) {
        context.raw |= form.raw;
        if let Some(inside) = form.inside {
            context.place = inside;
        }
        let start_outer = self.text.len();
        self.newlines(form.newlines);
        self.text.push_str(&form.prefix);
        if let Some(content) = &form.content {
            self.push(content, form.space_if_repeated);
        } else {
            let start = self.text.len();
            let nodes = self.nodes;
            for child in &nodes[id].children {
                self.visit(*child, form.texts_only, context.clone());
            }
            if form.then != Then::Nothing {
                let content = self.text.split_off(start);
                match finishing::finish(form.then, &content, &context, self.options) {
                    Some(content) => self.push(&content, form.space_if_repeated),
                    None => {
                        if let (Then::Entry, Some((number, true))) = (form.then, &context.list) {
                            number.set(number.get().saturating_sub(1));
                        }
                        self.text.truncate(start_outer);
                        return;
                    }
                }
            }
        }
        self.text.push_str(&form.postfix);
        self.newlines(form.newlines);
    }

    fn push(&mut self, text: &str, space_if_repeated: bool) {
        let first = text.chars().next();
        if space_if_repeated && first.is_some() && self.text.chars().next_back() == first {
            self.text.push(' ');
        }
        self.text.push_str(text);
    }

    fn newlines(&mut self, count: usize) {
        let present = self
            .text
            .chars()
            .rev()
            .take(10)
            .take_while(|c| c.is_whitespace())
            .filter(|c| matches!(c, '\n' | '\r'))
            .count();
        self.text
            .extend(std::iter::repeat_n('\n', count.saturating_sub(present)));
    }

    fn write_text(&mut self, node: &Node, context: &Context) {
        if node.is_space() && !context.keeps_space {
            if !self.text.is_empty() && !self.text.ends_with(char::is_whitespace) {
                self.text.push(' ');
            }
            return;
        }
        let text = node.text();
        let text = if context.keeps_space {
            text
        } else {
            finishing::single_spaces(finishing::trimmed(&text))
        };
        if context.raw {
            self.text.push_str(&text);
            return;
        }
        match self.escaped(&text) {
            Ok(text) => self.text.push_str(&text),
            Err(failure) => self.failure = Some(failure),
        }
    }

    fn escaped(&self, text: &str) -> Result<String, String> {
        let mut text = match &self.options.global_escape {
            Some(own) => own.apply(text)?,
            None => finishing::escape_signs(text),
        };
        text = match &self.options.line_start_escape {
            Some(own) => own.apply(&text)?,
            None => finishing::escape_line_starts(&text),
        };
        for replacement in &self.options.replacements {
            text = replacement.apply(&text)?;
        }
        Ok(finishing::without_doctype(&text))
    }
}
