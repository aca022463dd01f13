//! Notes which nodes an expression names, and which fields of whose items it reads.

use oxc_ast::ast::{Argument, Expression};
use oxc_span::Span;

use super::Lowering;
use super::chains::Link;
use crate::references::{FieldPath, FieldStep, ItemsOf, NodeReference, UnknownMember};

/// Objects of the language and the members they have.
const MEMBERS: &[(&str, &[&str])] = &[
    (
        "$input",
        &[
            "item",
            "first",
            "last",
            "all",
            "params",
            "context",
            "pairedItem",
            "itemMatching",
        ],
    ),
    (
        "$('…')",
        &[
            "item",
            "first",
            "last",
            "all",
            "params",
            "context",
            "isExecuted",
            "pairedItem",
            "itemMatching",
            "name",
        ],
    ),
    (
        "$node['…']",
        &["json", "data", "binary", "parameter", "context", "runIndex"],
    ),
    ("$prevNode", &["name", "outputIndex", "runIndex"]),
    ("$workflow", &["id", "name", "active"]),
    (
        "$execution",
        &["id", "mode", "resumeUrl", "resumeFormUrl", "customData"],
    ),
];

/// Members of objects that every object has.
const EVERYWHERE: &[&str] = &["toJSON", "toString", "valueOf", "hasOwnProperty"];

impl Lowering<'_> {
    /// Remembers what the chain that starts at `base` reads. The link next to the base is the last one.
    pub(super) fn note_reads(&mut self, base: &Expression, links: &[Link]) {
        let Expression::Identifier(identifier) = base else {
            return;
        };
        let base = identifier.name.as_str();
        if self.local(base).is_some() {
            return;
        }
        let mut links = Links(links);
        match base {
            "$json" | "$data" => self.note_path(ItemsOf::Input, links),
            "$input" => {
                self.note_member("$input", &links);
                if links.skip_item() {
                    self.note_path(ItemsOf::Input, links);
                }
            }
            "$" | "$items" => {
                self.references.needs_run = true;
                let Some(Link::Call(arguments, _)) = links.next() else {
                    return;
                };
                let node = match arguments {
                    [first, ..] => match first.as_expression().and_then(literal) {
                        Some(node) => node,
                        None => return,
                    },
                    [] => return,
                };
                if base == "$" {
                    self.note_member("$('…')", &links);
                }
                self.note_node(&node, !links.asks_about_the_node());
                let of = ItemsOf::Node(node.0);
                let found = if base == "$" {
                    links.skip_item()
                } else {
                    // Only the first output is known.
                    arguments.len() == 1 && links.skip_index() && links.skip_name("json")
                };
                if found {
                    self.note_path(of, links);
                }
            }
            "$node" => {
                let node = match links.next() {
                    Some(Link::Index(index, _)) => literal(index),
                    Some(Link::Member(name, span, _)) => Some(((*name).to_owned(), *span)),
                    _ => None,
                };
                let Some(node) = node else { return };
                self.note_member("$node['…']", &links);
                self.note_node(&node, !links.asks_about_the_node());
                if links.skip_name("json") || links.skip_name("data") {
                    self.note_path(ItemsOf::Node(node.0), links);
                }
            }
            "$prevNode" | "$workflow" | "$execution" => {
                if let Some((object, _)) = MEMBERS.iter().find(|(object, _)| *object == base) {
                    self.note_member(object, &links);
                }
            }
            _ => {}
        }
    }

    fn note_node(&mut self, (name, span): &(String, Span), reads_items: bool) {
        let range = self.range(*span);
        self.references.nodes.push(NodeReference {
            name: name.clone(),
            range,
            reads_items,
        });
        self.references.needs_run = true;
    }

    /// Remembers the next member if the object does not have it.
    fn note_member(&mut self, object: &'static str, links: &Links) {
        let Some((name, span)) = links.name() else {
            return;
        };
        let Some((_, members)) = MEMBERS.iter().find(|(known, _)| *known == object) else {
            return;
        };
        if members.contains(&name.as_str()) || EVERYWHERE.contains(&name.as_str()) {
            return;
        }
        let range = self.range(span);
        self.references.unknown_members.push(UnknownMember {
            object,
            near: itemflow_model::did_you_mean(&name, members.iter().copied()),
            name,
            range,
        });
    }

    fn note_path(&mut self, of: ItemsOf, mut links: Links) {
        let mut steps = Vec::new();
        while let Some((name, span)) = links.step() {
            let range = self.range(span);
            steps.push(FieldStep { name, range });
            links.next();
        }
        if !steps.is_empty() {
            self.references.fields.push(FieldPath { of, steps });
        }
    }
}

/// The links of a chain that are left, the next one last.
struct Links<'l, 'a, 'b>(&'l [Link<'a, 'b>]);

impl<'l, 'a, 'b> Links<'l, 'a, 'b> {
    fn next(&mut self) -> Option<&'l Link<'a, 'b>> {
        let (next, rest) = self.0.split_last()?;
        self.0 = rest;
        Some(next)
    }

    /// The next link, if it is a member of a fixed name, also one that is called.
    fn name(&self) -> Option<(String, Span)> {
        match self.0.last()? {
            Link::Member(name, span, _) => Some(((*name).to_owned(), *span)),
            Link::Index(index, _) => literal(index),
            Link::Call(..) => None,
        }
    }

    /// The next link, if it is a fixed name or index and not a method that is called.
    fn step(&self) -> Option<(Option<String>, Span)> {
        let (next, rest) = self.0.split_last()?;
        if matches!(rest.last(), Some(Link::Call(..))) {
            return None;
        }
        match next {
            Link::Index(Expression::NumericLiteral(number), _) => Some((None, number.span)),
            _ => self.name().map(|(name, span)| (Some(name), span)),
        }
    }

    fn skip_name(&mut self, name: &str) -> bool {
        let is_next = matches!(self.step(), Some((Some(next), _)) if next == name);
        if is_next {
            self.next();
        }
        is_next
    }

    fn skip_index(&mut self) -> bool {
        let is_next = matches!(self.step(), Some((None, _)));
        if is_next {
            self.next();
        }
        is_next
    }

    /// Goes from a node or `$input` to the json of one of its items.
    fn skip_item(&mut self) -> bool {
        let Some((name, _)) = self.name() else {
            return false;
        };
        self.next();
        let found = match (name.as_str(), self.0.last()) {
            ("item", None | Some(Link::Member(..) | Link::Index(..))) => true,
            // With arguments it may be another output.
            ("first" | "last", Some(Link::Call([], _))) => {
                self.next();
                true
            }
            ("all", Some(Link::Call([], _))) => {
                self.next();
                self.skip_index()
            }
            ("itemMatching", Some(Link::Call(..))) => {
                self.next();
                true
            }
            _ => false,
        };
        found && self.skip_name("json")
    }

    /// Whether what follows is no item: whether the node ran, what its parameters are.
    fn asks_about_the_node(&self) -> bool {
        let about = [
            "isExecuted",
            "params",
            "parameter",
            "context",
            "runIndex",
            "name",
        ];
        self.name()
            .is_some_and(|(name, _)| about.contains(&name.as_str()))
    }
}

fn literal(expression: &Expression) -> Option<(String, Span)> {
    match expression {
        Expression::StringLiteral(text) => Some((text.value.to_string(), text.span)),
        Expression::TemplateLiteral(text) if text.expressions.is_empty() => {
            let only = text.quasis.first()?;
            Some((only.value.cooked.as_ref()?.to_string(), text.span))
        }
        _ => None,
    }
}

/// What is wrong with the number of arguments of a function that n8n checks when it reads the expression.
pub(super) fn wrong_count(function: &str, arguments: &[Argument]) -> Option<&'static str> {
    let is_spread = arguments
        .iter()
        .any(|argument| matches!(argument, Argument::SpreadElement(_)));
    match function {
        "$ifEmpty" if !is_spread && arguments.len() != 2 => {
            Some("`$ifEmpty` needs a value and what to take where it is empty")
        }
        _ => None,
    }
}
