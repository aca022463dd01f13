//! Lowers oxc's syntax tree to our own: resolves names, flattens chains, notes what the expression refers to.

mod chains;
mod expressions;
mod functions;
mod patterns;
mod reads;
mod statements;

use std::sync::Arc;

use itemflow_model::Value;
use oxc_ast::ast::{Expression, StringLiteral};
use oxc_span::Span;

use crate::expression::References;
use crate::names;
use crate::parse::CodeError;
use crate::tree::{Code, Local, Node};

/// How deep a tree may be. Each level costs stack when it is lowered, evaluated and dropped.
const MAX_DEPTH: u32 = 160;

pub(crate) struct Lowering<'s> {
    source: &'s str,
    /// Where the code starts in the parameter text.
    offset: usize,
    /// How many bytes were put before the code.
    shift: usize,
    references: &'s mut References,
    forbidden: Option<Arc<str>>,
    functions: Vec<FunctionScope>,
    /// Names of methods that the code itself gives to its objects.
    own_methods: Vec<Arc<str>>,
    depth: u32,
}

/// The names that a function declares.
struct FunctionScope {
    names: Vec<Declared>,
    /// The slot in which it finds itself; a variable of that name is another one.
    own_name: Option<u16>,
    slots: u16,
    arrow: bool,
}

struct Declared {
    name: Arc<str>,
    slot: u16,
    constant: bool,
}

type Lower<T> = Result<T, CodeError>;

impl<'s> Lowering<'s> {
    pub(crate) fn new(
        source: &'s str,
        offset: usize,
        shift: usize,
        references: &'s mut References,
    ) -> Self {
        Self {
            source,
            offset,
            shift,
            references,
            forbidden: None,
            functions: Vec::new(),
            own_methods: Vec::new(),
            depth: 0,
        }
    }

    pub(crate) fn code(mut self, expression: &Expression) -> Lower<Code> {
        let node = self.expression(expression)?;
        Ok(Code {
            node,
            forbidden: self.forbidden,
        })
    }

    pub(crate) fn text_alone(self, literal: &StringLiteral) -> Lower<Code> {
        Ok(Code {
            node: Node::Literal(Value::from(expressions::cooked(
                &literal.value,
                literal.lone_surrogates,
            ))),
            forbidden: None,
        })
    }

    fn error<T>(&self, span: Span, message: impl Into<String>) -> Lower<T> {
        Err(CodeError::new(
            message,
            (span.start as usize).saturating_sub(self.shift),
            (span.end as usize).saturating_sub(self.shift),
        ))
    }

    /// One level deeper, as long as the limit allows.
    fn deeper(&mut self, span: Span) -> Lower<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return self.error(span, "the code is nested too deeply");
        }
        Ok(())
    }

    /// The place of a span in the whole parameter text.
    fn range(&self, span: Span) -> std::ops::Range<usize> {
        let start = (span.start as usize).saturating_sub(self.shift) + self.offset;
        let end = (span.end as usize).saturating_sub(self.shift) + self.offset;
        start..end
    }

    fn source_text(&self, span: Span) -> Arc<str> {
        self.source
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default()
            .into()
    }

    /// A member name as it is written. Using a forbidden one makes the whole code forbidden.
    fn member_name(&mut self, name: &str) -> Arc<str> {
        let name: Arc<str> = name.into();
        if names::is_forbidden(&name) && self.forbidden.is_none() {
            self.forbidden = Some(name.clone());
        }
        name
    }

    fn declare(&mut self, name: &str, constant: bool) -> Lower<u16> {
        let Some(function) = self.functions.last_mut() else {
            return Err(CodeError::new("nothing can be declared here", 0, 0));
        };
        let slot = function.slots;
        if slot == u16::MAX {
            return Err(CodeError::new("a function has too many variables", 0, 0));
        }
        function.slots += 1;
        function.names.push(Declared {
            name: name.into(),
            slot,
            constant,
        });
        Ok(slot)
    }

    /// Whether the present function has a parameter or variable of this name already.
    fn is_declared(&self, name: &str) -> bool {
        self.functions.last().is_some_and(|function| {
            function
                .names
                .iter()
                .any(|known| &*known.name == name && Some(known.slot) != function.own_name)
        })
    }

    /// The variable of this name, and whether it is a constant.
    fn local(&self, name: &str) -> Option<(Local, bool)> {
        for (up, function) in self.functions.iter().rev().enumerate() {
            if let Some(found) = function
                .names
                .iter()
                .rev()
                .find(|known| &*known.name == name)
            {
                let local = Local {
                    up: up as u16,
                    slot: found.slot,
                };
                return Some((local, found.constant));
            }
        }
        None
    }

    /// `this`: slot 0 of the nearest function that is no arrow.
    fn this(&self) -> Option<Local> {
        let up = self
            .functions
            .iter()
            .rev()
            .position(|function| !function.arrow)?;
        Some(Local {
            up: up as u16,
            slot: 0,
        })
    }
}
