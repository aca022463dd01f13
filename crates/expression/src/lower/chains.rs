//! Lowers members, indexes and calls to flat chains.

use itemflow_model::Value;
use oxc_ast::ast::{Argument, ChainElement, Expression};
use oxc_span::{GetSpan, Span};

use super::reads::wrong_count;
use super::{Lower, Lowering};
use crate::method_names;
use crate::tree::{Chain, Element, Node, Step};

/// A link of the chain from the outside in, as oxc nests it.
pub(super) enum Link<'a, 'b> {
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
        if let (Expression::Identifier(name), Some(Link::Call(arguments, _))) = (base, links.last())
            && self.local(name.name.as_str()).is_none()
            && let Some(message) = wrong_count(name.name.as_str(), arguments)
        {
            return self.error(name.span, message);
        }
        self.note_reads(base, &links);
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
                            // The members of variables such as `$input` are known elsewhere.
                            let is_own = steps.is_empty() && matches!(base, Node::Variable(_));
                            if !is_own
                                && !method_names::is_method(&name)
                                && !self.own_methods.contains(&name)
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

    fn note_method(&mut self, name: &str, span: Span) {
        let range = self.range(span);
        let members = &self.references.unknown_members;
        if members.iter().any(|member| member.range == range) {
            return;
        }
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
