//! Lowers expressions.

use std::sync::Arc;

use itemflow_model::Value;
use oxc_ast::ast::{
    ArrayExpressionElement, AssignmentExpression, BinaryExpression, Expression,
    IdentifierReference, LogicalExpression, ObjectExpression, ObjectPropertyKind, PropertyKey,
    TemplateLiteral, UpdateExpression,
};
use oxc_span::GetSpan;
use oxc_syntax::operator as oxc;

use super::{Lower, Lowering};
use crate::names::{self, Global, Meaning};
use crate::regex::Pattern as RegexPattern;
use crate::scope::Variable;
use crate::tree::{
    Assign, AssignOperator, Binary, BinaryOperator, Chain, Element, Key, Logical, LogicalOperator,
    Node, Property, Step, Tagged, TextPart, UnaryOperator, Update,
};

impl Lowering<'_> {
    pub(super) fn expression(&mut self, expression: &Expression) -> Lower<Node> {
        self.deeper(expression.span())?;
        let node = self.any_expression(expression);
        self.depth -= 1;
        node
    }

    fn any_expression(&mut self, expression: &Expression) -> Lower<Node> {
        match expression {
            Expression::BooleanLiteral(literal) => Ok(Node::Literal(Value::Bool(literal.value))),
            Expression::NullLiteral(_) => Ok(Node::Literal(Value::Null)),
            Expression::NumericLiteral(literal) => Ok(Node::Literal(Value::from(literal.value))),
            Expression::StringLiteral(literal) => Ok(Node::Literal(Value::from(cooked(
                &literal.value,
                literal.lone_surrogates,
            )))),
            Expression::BigIntLiteral(literal) => {
                match crate::methods::big_int::parse(&literal.value) {
                    Some(number) => Ok(Node::BigInt(number)),
                    None => self.error(literal.span, "integers of this size are not supported"),
                }
            }
            Expression::RegExpLiteral(literal) => {
                let flags = literal.regex.flags.to_string();
                match RegexPattern::new(&literal.regex.pattern.text, &flags) {
                    Ok(pattern) => Ok(Node::Regex(Arc::new(pattern))),
                    Err(message) => self.error(literal.span, message),
                }
            }
            Expression::TemplateLiteral(literal) => self.template(literal),
            Expression::Identifier(identifier) => Ok(self.identifier(identifier)),
            Expression::ThisExpression(_) => Ok(self
                .this()
                .map_or(Node::Global(Global::Harmless), Node::Local)),
            Expression::ArrayExpression(array) => {
                let mut elements = Vec::with_capacity(array.elements.len());
                for element in &array.elements {
                    elements.push(match element {
                        ArrayExpressionElement::SpreadElement(spread) => {
                            Element::Spread(self.expression(&spread.argument)?)
                        }
                        ArrayExpressionElement::Elision(_) => Element::Hole,
                        other => Element::Node(self.expression(other.to_expression())?),
                    });
                }
                Ok(Node::Array(elements.into()))
            }
            Expression::ObjectExpression(object) => self.object(object),
            Expression::ArrowFunctionExpression(arrow) => self.arrow(arrow),
            Expression::FunctionExpression(function) => {
                Ok(Node::Function(Arc::new(self.function(function)?)))
            }
            Expression::AssignmentExpression(assignment) => self.assignment(assignment),
            Expression::UpdateExpression(update) => self.update(update),
            Expression::BinaryExpression(binary) => self.binary(binary),
            Expression::LogicalExpression(logical) => self.logical(logical),
            Expression::UnaryExpression(unary) => {
                let operand = self.expression(&unary.argument)?;
                let operator = match unary.operator {
                    oxc::UnaryOperator::UnaryPlus => UnaryOperator::Plus,
                    oxc::UnaryOperator::UnaryNegation => UnaryOperator::Minus,
                    oxc::UnaryOperator::LogicalNot => UnaryOperator::Not,
                    oxc::UnaryOperator::BitwiseNot => UnaryOperator::BitNot,
                    oxc::UnaryOperator::Typeof => UnaryOperator::TypeOf,
                    oxc::UnaryOperator::Void => UnaryOperator::Void,
                    oxc::UnaryOperator::Delete => return Ok(Node::Delete(Box::new(operand))),
                };
                Ok(match (operator, operand) {
                    // A negative number is a literal.
                    (UnaryOperator::Minus, Node::Literal(Value::Number(number))) => {
                        Node::Literal(Value::from(-number.as_f64()))
                    }
                    (operator, operand) => Node::Unary(operator, Box::new(operand)),
                })
            }
            Expression::ConditionalExpression(conditional) => Ok(Node::Conditional(Box::new([
                self.expression(&conditional.test)?,
                self.expression(&conditional.consequent)?,
                self.expression(&conditional.alternate)?,
            ]))),
            Expression::SequenceExpression(sequence) => {
                let mut nodes = Vec::with_capacity(sequence.expressions.len());
                for expression in &sequence.expressions {
                    nodes.push(self.expression(expression)?);
                }
                Ok(Node::Sequence(nodes.into()))
            }
            Expression::ParenthesizedExpression(inner) => self.expression(&inner.expression),
            Expression::CallExpression(_)
            | Expression::ChainExpression(_)
            | Expression::ComputedMemberExpression(_)
            | Expression::StaticMemberExpression(_) => self.chain(expression),
            Expression::NewExpression(new) => {
                let class = self.expression(&new.callee)?;
                Ok(Node::New(Box::new(class), self.arguments(&new.arguments)?))
            }
            Expression::TaggedTemplateExpression(tagged) => {
                let tag = self.expression(&tagged.tag)?;
                let texts = tagged.quasi.quasis.iter().map(|text| {
                    (
                        text.value.cooked.as_ref().map(|cooked_text| {
                            Arc::from(cooked(cooked_text, text.lone_surrogates))
                        }),
                        Arc::from(text.value.raw.as_str()),
                    )
                });
                let texts = texts.collect();
                let mut values = Vec::new();
                for expression in &tagged.quasi.expressions {
                    values.push(Element::Node(self.expression(expression)?));
                }
                let values = values.into();
                Ok(Node::Tagged(Box::new(Tagged { tag, texts, values })))
            }
            Expression::ClassExpression(class) => {
                self.error(class.span, "classes are not part of expressions")
            }
            Expression::AwaitExpression(_) | Expression::YieldExpression(_) => {
                self.error(expression.span(), "expressions cannot wait")
            }
            Expression::ImportExpression(import) => {
                self.error(import.span, "nothing can be imported in an expression")
            }
            other => self.error(other.span(), "this is not part of expressions"),
        }
    }

    fn template(&mut self, literal: &TemplateLiteral) -> Lower<Node> {
        let mut parts = Vec::new();
        for (i, quasi) in literal.quasis.iter().enumerate() {
            let text = quasi.value.cooked.as_ref().unwrap_or(&quasi.value.raw);
            if !text.is_empty() {
                parts.push(TextPart::Fixed(cooked(text, quasi.lone_surrogates).into()));
            }
            if let Some(expression) = literal.expressions.get(i) {
                parts.push(TextPart::Node(self.expression(expression)?));
            }
        }
        Ok(Node::Text(parts.into()))
    }

    pub(super) fn identifier(&mut self, identifier: &IdentifierReference) -> Node {
        let name = identifier.name.as_str();
        if let Some((local, _)) = self.local(name) {
            return Node::Local(local);
        }
        match name {
            "$json" | "$data" => return Node::Json,
            "$now" => return Node::Now,
            "$today" => return Node::Today,
            "undefined" => return Node::Undefined,
            "NaN" => return Node::Literal(Value::from(f64::NAN)),
            "Infinity" => return Node::Literal(Value::from(f64::INFINITY)),
            "$thisItem" => {
                self.references.needs_run = true;
                return Node::Chain(Box::new(Chain {
                    base: Node::Variable(Variable::Input),
                    steps: Box::new([Step::Member {
                        name: "item".into(),
                        optional: false,
                    }]),
                }));
            }
            _ => {}
        }
        match names::meaning(name) {
            Meaning::Variable(variable) => {
                self.references.needs_run |= needs_run(&variable);
                Node::Variable(variable)
            }
            Meaning::Global(global) => Node::Global(global),
            Meaning::Other(name) => Node::Variable(Variable::Other(name)),
            Meaning::Unknown => {
                self.references.unknown_variables.push((
                    name.to_owned(),
                    self.range(identifier.span),
                    names::nearest_variable(name),
                ));
                if name.starts_with('$') {
                    // A host may know more variables than the language does.
                    Node::Variable(Variable::Other(name.into()))
                } else {
                    Node::Unknown
                }
            }
        }
    }

    fn object(&mut self, object: &ObjectExpression) -> Lower<Node> {
        let mut properties = Vec::with_capacity(object.properties.len());
        for property in &object.properties {
            match property {
                ObjectPropertyKind::SpreadProperty(spread) => {
                    properties.push(Property::Spread(self.expression(&spread.argument)?));
                }
                ObjectPropertyKind::ObjectProperty(property) => {
                    if property.kind != oxc_ast::ast::PropertyKind::Init {
                        return self.error(
                            property.span,
                            "getters and setters are not part of expressions",
                        );
                    }
                    let key = self.property_key(&property.key, property.computed)?;
                    if matches!(&key, Key::Name(name) if &**name == "__proto__") {
                        self.member_name("__proto__");
                    }
                    let value = self.expression(&property.value)?;
                    if let (Key::Name(name), Node::Function(_)) = (&key, &value) {
                        self.own_methods.push(name.clone());
                    }
                    properties.push(Property::Member(key, value));
                }
            }
        }
        Ok(Node::Object(properties.into()))
    }

    /// The key of an object literal: any name may be written there.
    pub(super) fn property_key(&mut self, key: &PropertyKey, computed: bool) -> Lower<Key> {
        Ok(match key {
            PropertyKey::StaticIdentifier(name) => Key::Name(name.name.as_str().into()),
            PropertyKey::PrivateIdentifier(name) => {
                return self.error(name.span, "private names are not part of expressions");
            }
            other => match self.expression(other.to_expression())? {
                Node::Literal(value) if !computed || value.as_str().is_some() => {
                    Key::Name(crate::convert::value_text(&value))
                }
                node => Key::Computed(node),
            },
        })
    }

    fn assignment(&mut self, assignment: &AssignmentExpression) -> Lower<Node> {
        use oxc::AssignmentOperator as From;
        let operator = match assignment.operator {
            From::Assign => AssignOperator::Plain,
            From::Addition => AssignOperator::Binary(BinaryOperator::Add),
            From::Subtraction => AssignOperator::Binary(BinaryOperator::Subtract),
            From::Multiplication => AssignOperator::Binary(BinaryOperator::Multiply),
            From::Division => AssignOperator::Binary(BinaryOperator::Divide),
            From::Remainder => AssignOperator::Binary(BinaryOperator::Remainder),
            From::Exponential => AssignOperator::Binary(BinaryOperator::Power),
            From::ShiftLeft => AssignOperator::Binary(BinaryOperator::ShiftLeft),
            From::ShiftRight => AssignOperator::Binary(BinaryOperator::ShiftRight),
            From::ShiftRightZeroFill => AssignOperator::Binary(BinaryOperator::ShiftRightUnsigned),
            From::BitwiseOR => AssignOperator::Binary(BinaryOperator::BitOr),
            From::BitwiseXOR => AssignOperator::Binary(BinaryOperator::BitXor),
            From::BitwiseAnd => AssignOperator::Binary(BinaryOperator::BitAnd),
            From::LogicalOr => AssignOperator::Logical(LogicalOperator::Or),
            From::LogicalAnd => AssignOperator::Logical(LogicalOperator::And),
            From::LogicalNullish => AssignOperator::Logical(LogicalOperator::Coalesce),
        };
        let target = self.assignment_target(&assignment.left)?;
        let value = self.expression(&assignment.right)?;
        Ok(Node::Assign(Box::new(Assign {
            target,
            operator,
            value,
        })))
    }

    fn update(&mut self, update: &UpdateExpression) -> Lower<Node> {
        Ok(Node::Update(Box::new(Update {
            target: self.simple_target(&update.argument)?,
            step: match update.operator {
                oxc::UpdateOperator::Increment => 1.0,
                oxc::UpdateOperator::Decrement => -1.0,
            },
            prefix: update.prefix,
        })))
    }

    /// `a + b + c` is one node, so that long sums need no depth.
    fn binary(&mut self, outermost: &BinaryExpression) -> Lower<Node> {
        let mut pending = Vec::new();
        let mut current = outermost;
        let first = loop {
            pending.push((current.operator, &current.right));
            match &current.left {
                Expression::BinaryExpression(left) => current = left,
                other => break self.expression(other)?,
            }
        };
        let mut rest = Vec::with_capacity(pending.len());
        for (operator, right) in pending.into_iter().rev() {
            rest.push((binary_operator(operator), self.expression(right)?));
        }
        Ok(Node::Binary(Box::new(Binary {
            first,
            rest: rest.into(),
        })))
    }

    fn logical(&mut self, outermost: &LogicalExpression) -> Lower<Node> {
        let mut pending = Vec::new();
        let mut current = outermost;
        let first = loop {
            pending.push((current.operator, &current.right));
            match &current.left {
                Expression::LogicalExpression(left) => current = left,
                other => break self.expression(other)?,
            }
        };
        let mut rest = Vec::with_capacity(pending.len());
        for (operator, right) in pending.into_iter().rev() {
            let operator = match operator {
                oxc::LogicalOperator::Or => LogicalOperator::Or,
                oxc::LogicalOperator::And => LogicalOperator::And,
                oxc::LogicalOperator::Coalesce => LogicalOperator::Coalesce,
            };
            rest.push((operator, self.expression(right)?));
        }
        Ok(Node::Logical(Box::new(Logical {
            first,
            rest: rest.into(),
        })))
    }
}

fn binary_operator(operator: oxc::BinaryOperator) -> BinaryOperator {
    match operator {
        oxc::BinaryOperator::Equality => BinaryOperator::Equal,
        oxc::BinaryOperator::Inequality => BinaryOperator::NotEqual,
        oxc::BinaryOperator::StrictEquality => BinaryOperator::Same,
        oxc::BinaryOperator::StrictInequality => BinaryOperator::NotSame,
        oxc::BinaryOperator::LessThan => BinaryOperator::Less,
        oxc::BinaryOperator::LessEqualThan => BinaryOperator::LessOrEqual,
        oxc::BinaryOperator::GreaterThan => BinaryOperator::Greater,
        oxc::BinaryOperator::GreaterEqualThan => BinaryOperator::GreaterOrEqual,
        oxc::BinaryOperator::Addition => BinaryOperator::Add,
        oxc::BinaryOperator::Subtraction => BinaryOperator::Subtract,
        oxc::BinaryOperator::Multiplication => BinaryOperator::Multiply,
        oxc::BinaryOperator::Division => BinaryOperator::Divide,
        oxc::BinaryOperator::Remainder => BinaryOperator::Remainder,
        oxc::BinaryOperator::Exponential => BinaryOperator::Power,
        oxc::BinaryOperator::ShiftLeft => BinaryOperator::ShiftLeft,
        oxc::BinaryOperator::ShiftRight => BinaryOperator::ShiftRight,
        oxc::BinaryOperator::ShiftRightZeroFill => BinaryOperator::ShiftRightUnsigned,
        oxc::BinaryOperator::BitwiseOR => BinaryOperator::BitOr,
        oxc::BinaryOperator::BitwiseXOR => BinaryOperator::BitXor,
        oxc::BinaryOperator::BitwiseAnd => BinaryOperator::BitAnd,
        oxc::BinaryOperator::In => BinaryOperator::In,
        oxc::BinaryOperator::Instanceof => BinaryOperator::InstanceOf,
    }
}

/// Whether only a run can know what the variable means.
fn needs_run(variable: &Variable) -> bool {
    !matches!(
        variable,
        Variable::Workflow
            | Variable::Vars
            | Variable::Env
            | Variable::Parameter
            | Variable::RawParameter
            | Variable::Credentials
            | Variable::Secrets
            | Variable::Self_
            | Variable::Value
            | Variable::NodeVersion
            | Variable::NodeId
            | Variable::WebhookId
            | Variable::Version
            | Variable::Parent
            | Variable::Index
    )
}

/// The text of a literal. oxc writes lone surrogates as U+FFFD and four digits; our text cannot hold them.
pub(super) fn cooked(text: &str, lone_surrogates: bool) -> String {
    if !lone_surrogates {
        return text.to_owned();
    }
    let mut result = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        result.push(c);
        if c == '\u{FFFD}' {
            chars.nth(3);
        }
    }
    result
}
