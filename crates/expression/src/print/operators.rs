//! Prints operators, with brackets only where the tree needs them.

use itemflow_model::Value;

use super::Printer;
use crate::tree::{
    Assign, AssignOperator, Binary, BinaryOperator, Logical, LogicalOperator, Node, Pattern,
    UnaryOperator,
};

/// How tightly an expression binds, the loosest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Sequence,
    /// Assignments, conditionals and arrow functions.
    Assignment,
    Logical,
    Binary,
    Unary,
    Postfix,
    /// What members and calls may follow.
    Primary,
}

pub(super) fn level(node: &Node) -> Level {
    match node {
        Node::Sequence(_) => Level::Sequence,
        Node::Assign(_) | Node::Conditional(_) => Level::Assignment,
        Node::Function(function) if function.arrow => Level::Assignment,
        Node::Logical(_) => Level::Logical,
        Node::Binary(_) => Level::Binary,
        Node::Unary(..) | Node::Delete(_) => Level::Unary,
        Node::Literal(Value::Number(number)) if number.as_f64().is_sign_negative() => Level::Unary,
        Node::Update(update) if update.prefix => Level::Unary,
        Node::Update(_) => Level::Postfix,
        _ => Level::Primary,
    }
}

impl Printer {
    pub(super) fn unary(&mut self, operator: &str, operand: &Node) -> String {
        let operand = self.node(operand, Level::Unary);
        // `- -1` and `+ ++a` are two operators.
        let space = match operator {
            "-" | "+" if operand.starts_with(operator) => " ",
            _ => "",
        };
        format!("{operator}{space}{operand}")
    }

    pub(super) fn binary(&mut self, binary: &Binary) -> String {
        // The first one is in brackets where it is an operation itself: without them it would be part of this one.
        let power = matches!(binary.rest.first(), Some((BinaryOperator::Power, _)));
        let mut out = self.node(
            &binary.first,
            if power { Level::Postfix } else { Level::Unary },
        );
        for (operator, node) in &binary.rest {
            out.push_str(&format!(" {} ", binary_operator(*operator)));
            let binds_tighter = matches!(node, Node::Binary(inner)
                if inner.rest.iter().all(|(inner, _)| precedence(*inner) > precedence(*operator))
                    && *operator != BinaryOperator::Power);
            out.push_str(&self.node(
                node,
                if binds_tighter {
                    Level::Binary
                } else {
                    Level::Unary
                },
            ));
        }
        out
    }

    pub(super) fn logical(&mut self, logical: &Logical) -> String {
        let mut out = self.node(&logical.first, Level::Binary);
        for (operator, node) in &logical.rest {
            out.push_str(&format!(" {} ", logical_operator(*operator)));
            // `&&` binds tighter than `||`; `??` mixes with neither.
            let binds_tighter = *operator == LogicalOperator::Or
                && matches!(node, Node::Logical(inner)
                    if inner.rest.iter().all(|(inner, _)| *inner == LogicalOperator::And));
            out.push_str(&self.node(
                node,
                if binds_tighter {
                    Level::Logical
                } else {
                    Level::Binary
                },
            ));
        }
        out
    }

    pub(super) fn assign(&mut self, assign: &Assign) -> String {
        let target = self.target(&assign.target);
        let operator = match assign.operator {
            AssignOperator::Plain => "",
            AssignOperator::Binary(operator) => binary_operator(operator),
            AssignOperator::Logical(operator) => logical_operator(operator),
        };
        let value = self.node(&assign.value, Level::Assignment);
        let text = format!("{target} {operator}= {value}");
        // An assignment that begins with a brace would be a block.
        match assign.target {
            Pattern::Object { .. } => format!("({text})"),
            _ => text,
        }
    }
}

pub(super) fn unary(operator: UnaryOperator) -> &'static str {
    match operator {
        UnaryOperator::Plus => "+",
        UnaryOperator::Minus => "-",
        UnaryOperator::Not => "!",
        UnaryOperator::BitNot => "~",
        UnaryOperator::TypeOf => "typeof ",
        UnaryOperator::Void => "void ",
    }
}

fn logical_operator(operator: LogicalOperator) -> &'static str {
    match operator {
        LogicalOperator::Or => "||",
        LogicalOperator::And => "&&",
        LogicalOperator::Coalesce => "??",
    }
}

fn binary_operator(operator: BinaryOperator) -> &'static str {
    match operator {
        BinaryOperator::Equal => "==",
        BinaryOperator::NotEqual => "!=",
        BinaryOperator::Same => "===",
        BinaryOperator::NotSame => "!==",
        BinaryOperator::Less => "<",
        BinaryOperator::LessOrEqual => "<=",
        BinaryOperator::Greater => ">",
        BinaryOperator::GreaterOrEqual => ">=",
        BinaryOperator::Add => "+",
        BinaryOperator::Subtract => "-",
        BinaryOperator::Multiply => "*",
        BinaryOperator::Divide => "/",
        BinaryOperator::Remainder => "%",
        BinaryOperator::Power => "**",
        BinaryOperator::ShiftLeft => "<<",
        BinaryOperator::ShiftRight => ">>",
        BinaryOperator::ShiftRightUnsigned => ">>>",
        BinaryOperator::BitOr => "|",
        BinaryOperator::BitXor => "^",
        BinaryOperator::BitAnd => "&",
        BinaryOperator::In => "in",
        BinaryOperator::InstanceOf => "instanceof",
    }
}

fn precedence(operator: BinaryOperator) -> u8 {
    match operator {
        BinaryOperator::BitOr => 1,
        BinaryOperator::BitXor => 2,
        BinaryOperator::BitAnd => 3,
        BinaryOperator::Equal
        | BinaryOperator::NotEqual
        | BinaryOperator::Same
        | BinaryOperator::NotSame => 4,
        BinaryOperator::Less
        | BinaryOperator::LessOrEqual
        | BinaryOperator::Greater
        | BinaryOperator::GreaterOrEqual
        | BinaryOperator::In
        | BinaryOperator::InstanceOf => 5,
        BinaryOperator::ShiftLeft
        | BinaryOperator::ShiftRight
        | BinaryOperator::ShiftRightUnsigned => 6,
        BinaryOperator::Add | BinaryOperator::Subtract => 7,
        BinaryOperator::Multiply | BinaryOperator::Divide | BinaryOperator::Remainder => 8,
        BinaryOperator::Power => 9,
    }
}
