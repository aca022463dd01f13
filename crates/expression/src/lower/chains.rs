//! Lowers members, indexes and calls to flat chains.

use itemflow_model::Value;
use oxc_ast::ast::{Argument, ChainElement, Expression};
use oxc_span::{GetSpan, Span};

use super::{Lower, Lowering};
use crate::method_names;
use crate::tree::{Chain, Element, Node, Step};

/// A link of the chain from the outside in, as oxc nests it.
enum Link<'a, 'b> {
    Member(&'b str, Span, bool),
    Index(&'b Expression<'a>, bool),
    Call(&'b [Argument<'a>], bool),
}

impl Lowering<'_> {
    pub(super) fn chain(&mut self, expression: &Expression) -> Lower<Node> {
        let mut links = Vec::new();
        let base = unfold(expression, &mut links)?;
        if let (Expression::Identifier(name), Some(Link::Call(arguments, _))) = (base, links.last())
            && self.local(name.name.as_str()).is_none()
            && name.name.as_str() == "$if"
        {
            let node = self.lazy_if(name.span, arguments)?;
            links.pop();
            return if links.is_empty() {
                Ok(node)
            } else {
                self.steps(node, links)
            };
        }
        self.note_node(base, &links);
        let node = self.expression(base)?;
        self.steps(node, links)
    }

    fn steps(&mut self, base: Node, mut links: Vec<Link>) -> Lower<Node> {
        let mut steps: Vec<Step> = Vec::with_capacity(links.len());
        while let Some(link) = links.pop() {
            match link {
                Link::Member(name, span, optional) => {
                    let name = self.member_name(name);
                    match links.last() {
                        Some(Link::Call(arguments, optional_call)) => {
                            if !method_names::is_method(&name)
                                && !self.own_methods.contains(&name)
                                && !matches!(base, Node::Variable(_))
                            {
                                self.note_method(&name, span);
                            }
                            let arguments = self.arguments(arguments)?;
                            steps.push(Step::Method {
                                extension: method_names::is_extension(&name),
                                changes: method_names::changes_list(&name),
                                name,
                                arguments,
                                optional,
                                optional_call: *optional_call,
                            });
                            links.pop();
                        }
                        _ => steps.push(Step::Member { name, optional }),
                    }
                }
                Link::Index(index, optional) => {
                    let index = self.expression(index)?;
                    steps.push(match index {
                        Node::Literal(Value::String(name)) => {
                            let name = self.member_name(&name);
                            Step::Member { name, optional }
                        }
                        index => Step::Index { index, optional },
                    });
                }
                Link::Call(arguments, optional) => steps.push(Step::Call {
                    arguments: self.arguments(arguments)?,
                    optional,
                }),
            }
        }
        Ok(Node::Chain(Box::new(Chain {
            base,
            steps: steps.into(),
        })))
    }

    pub(super) fn arguments(&mut self, arguments: &[Argument]) -> Lower<Box<[Element]>> {
        let mut elements = Vec::with_capacity(arguments.len());
        for argument in arguments {
            elements.push(match argument {
                Argument::SpreadElement(spread) => {
                    Element::Spread(self.expression(&spread.argument)?)
                }
                other => Element::Node(self.expression(other.to_expression())?),
            });
        }
        Ok(elements.into())
    }

    /// `$if(condition, a, b)` evaluates only one of a and b.
    fn lazy_if(&mut self, span: Span, arguments: &[Argument]) -> Lower<Node> {
        if arguments.len() < 2 {
            return self.error(span, "`$if` needs a condition and a value");
        }
        let mut nodes = Vec::new();
        for element in self.arguments(&arguments[..arguments.len().min(3)])? {
            match element {
                Element::Node(node) => nodes.push(node),
                _ => return self.error(span, "the arguments of `$if` cannot be spread"),
            }
        }
        nodes.resize_with(3, || Node::Undefined);
        let mut nodes = nodes.into_iter();
        let mut next = || nodes.next().unwrap_or(Node::Undefined);
        Ok(Node::Conditional(Box::new([next(), next(), next()])))
    }

    /// Remembers the node that `$('X')`, `$node["X"]`, `$node.X` or `$items("X")` names.
    fn note_node(&mut self, base: &Expression, links: &[Link]) {
        let Expression::Identifier(name) = base else {
            return;
        };
        if self.local(name.name.as_str()).is_some() {
            return;
        }
        let literal = |expression: &Expression| match expression {
            Expression::StringLiteral(text) => Some((text.value.to_string(), text.span)),
            _ => None,
        };
        let named = match (name.name.as_str(), links.last()) {
            ("$" | "$items", Some(Link::Call([first, ..], _))) => {
                first.as_expression().and_then(literal)
            }
            ("$node", Some(Link::Index(index, _))) => literal(index),
            ("$node", Some(Link::Member(name, span, _))) => Some(((*name).to_owned(), *span)),
            _ => None,
        };
        if name.name.as_str() == "$" {
            self.references.needs_run = true;
        }
        if let Some((node, span)) = named {
            let range = self.range(span);
            self.references.nodes.push((node, range));
            self.references.needs_run = true;
        }
    }

    fn note_method(&mut self, name: &str, span: Span) {
        let range = self.range(span);
        self.references.unknown_methods.push((
            name.to_owned(),
            range,
            method_names::nearest_method(name),
        ));
    }
}

/// Takes the links off an expression until its base is left.
fn unfold<'a, 'b>(
    expression: &'b Expression<'a>,
    links: &mut Vec<Link<'a, 'b>>,
) -> Lower<&'b Expression<'a>> {
    let mut current = expression;
    loop {
        match current {
            Expression::StaticMemberExpression(member) => {
                let name = &member.property;
                links.push(Link::Member(name.name.as_str(), name.span, member.optional));
                current = &member.object;
            }
            Expression::ComputedMemberExpression(member) => {
                links.push(Link::Index(&member.expression, member.optional));
                current = &member.object;
            }
            Expression::CallExpression(call) => {
                links.push(Link::Call(&call.arguments, call.optional));
                current = &call.callee;
            }
            Expression::ChainExpression(chain) if links.is_empty() => match &chain.expression {
                ChainElement::CallExpression(call) => {
                    links.push(Link::Call(&call.arguments, call.optional));
                    current = &call.callee;
                }
                ChainElement::StaticMemberExpression(member) => {
                    let name = &member.property;
                    links.push(Link::Member(name.name.as_str(), name.span, member.optional));
                    current = &member.object;
                }
                ChainElement::ComputedMemberExpression(member) => {
                    links.push(Link::Index(&member.expression, member.optional));
                    current = &member.object;
                }
                other => {
                    return Err(crate::parse::CodeError::new(
                        "this is not part of expressions",
                        other.span().start as usize,
                        other.span().end as usize,
                    ));
                }
            },
            other => return Ok(other),
        }
    }
}
