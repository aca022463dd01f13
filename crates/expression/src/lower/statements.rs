//! Lowers the statements of function bodies.

use std::sync::Arc;

use oxc_ast::ast::{
    BlockStatement, ForStatementInit, ForStatementLeft, Statement as From, VariableDeclaration,
    VariableDeclarationKind,
};
use oxc_span::GetSpan;

use super::{Lower, Lowering};
use crate::tree::{DeclareKind, ForEach, Loop, Node, Pattern, Statement, Try};

impl Lowering<'_> {
    /// Lowers a block: declares its names first, so that functions see those that follow them.
    pub(super) fn block(&mut self, statements: &[From]) -> Lower<Vec<Statement>> {
        let mark = self.mark();
        for statement in statements {
            match statement {
                From::VariableDeclaration(declaration) if !is_var(declaration) => {
                    self.declare_all(declaration)?;
                }
                From::FunctionDeclaration(function) => {
                    if let Some(name) = &function.id {
                        self.declare(name.name.as_str(), false)?;
                    }
                }
                _ => {}
            }
        }
        let mut lowered = Vec::with_capacity(statements.len());
        // Functions are there before the first statement runs.
        for statement in statements {
            if let From::FunctionDeclaration(function) = statement
                && let Some(name) = &function.id
                && let Some((local, _)) = self.local(name.name.as_str())
            {
                let function = Node::Function(Arc::new(self.function(function)?));
                lowered.push(Statement::Declare(
                    DeclareKind::Let,
                    Pattern::Local(local),
                    Some(function),
                ));
            }
        }
        for statement in statements {
            self.statement(statement, &mut lowered)?;
        }
        self.release(mark);
        Ok(lowered)
    }

    /// Declares the `var` names of a function, wherever they stand in it.
    pub(super) fn declare_vars(&mut self, statements: &[From]) -> Lower<()> {
        for statement in statements {
            self.declare_vars_in(statement)?;
        }
        Ok(())
    }

    fn declare_vars_in(&mut self, statement: &From) -> Lower<()> {
        self.deeper(statement.span())?;
        match statement {
            From::VariableDeclaration(declaration) if is_var(declaration) => {
                self.declare_all(declaration)?;
            }
            From::BlockStatement(block) => self.declare_vars(&block.body)?,
            From::IfStatement(inner) => {
                self.declare_vars_in(&inner.consequent)?;
                if let Some(alternate) = &inner.alternate {
                    self.declare_vars_in(alternate)?;
                }
            }
            From::ForStatement(inner) => {
                if let Some(ForStatementInit::VariableDeclaration(declaration)) = &inner.init
                    && is_var(declaration)
                {
                    self.declare_all(declaration)?;
                }
                self.declare_vars_in(&inner.body)?;
            }
            From::ForOfStatement(inner) => {
                self.declare_loop_var(&inner.left)?;
                self.declare_vars_in(&inner.body)?;
            }
            From::ForInStatement(inner) => {
                self.declare_loop_var(&inner.left)?;
                self.declare_vars_in(&inner.body)?;
            }
            From::WhileStatement(inner) => self.declare_vars_in(&inner.body)?,
            From::LabeledStatement(inner) => self.declare_vars_in(&inner.body)?,
            From::DoWhileStatement(inner) => self.declare_vars_in(&inner.body)?,
            From::TryStatement(inner) => {
                self.declare_vars(&inner.block.body)?;
                if let Some(handler) = &inner.handler {
                    self.declare_vars(&handler.body.body)?;
                }
                if let Some(finalizer) = &inner.finalizer {
                    self.declare_vars(&finalizer.body)?;
                }
            }
            From::SwitchStatement(inner) => {
                for case in &inner.cases {
                    self.declare_vars(&case.consequent)?;
                }
            }
            _ => {}
        }
        self.depth -= 1;
        Ok(())
    }

    fn declare_loop_var(&mut self, left: &ForStatementLeft) -> Lower<()> {
        match left {
            ForStatementLeft::VariableDeclaration(declaration) if is_var(declaration) => {
                self.declare_all(declaration)
            }
            _ => Ok(()),
        }
    }

    fn declare_all(&mut self, declaration: &VariableDeclaration) -> Lower<()> {
        let kind = kind(declaration);
        for declarator in &declaration.declarations {
            self.declare_pattern(&declarator.id, kind)?;
        }
        Ok(())
    }

    fn statement(&mut self, statement: &From, into: &mut Vec<Statement>) -> Lower<()> {
        self.deeper(statement.span())?;
        match statement {
            From::EmptyStatement(_) | From::FunctionDeclaration(_) => {}
            From::ExpressionStatement(inner) => {
                into.push(Statement::Expression(self.expression(&inner.expression)?));
            }
            From::VariableDeclaration(declaration) => self.declaration(declaration, into)?,
            From::ReturnStatement(inner) => {
                let value = match &inner.argument {
                    Some(argument) => Some(self.expression(argument)?),
                    None => None,
                };
                into.push(Statement::Return(value));
            }
            From::ThrowStatement(inner) => {
                into.push(Statement::Throw(self.expression(&inner.argument)?));
            }
            From::BlockStatement(block) => into.push(Statement::Block(self.block(&block.body)?)),
            From::IfStatement(inner) => {
                let test = self.expression(&inner.test)?;
                let consequent = Box::new(self.single(&inner.consequent)?);
                let alternate = match &inner.alternate {
                    Some(alternate) => Some(Box::new(self.single(alternate)?)),
                    None => None,
                };
                into.push(Statement::If(test, consequent, alternate));
            }
            From::BreakStatement(inner) => {
                let label = inner.label.as_ref().map(|label| label.name.as_str().into());
                into.push(Statement::Break(label));
            }
            From::ContinueStatement(inner) => {
                let label = inner.label.as_ref().map(|label| label.name.as_str().into());
                into.push(Statement::Continue(label));
            }
            From::LabeledStatement(inner) => {
                let label = inner.label.name.as_str().into();
                let body = self.single(&inner.body)?;
                into.push(Statement::Labeled(label, Box::new(body)));
            }
            From::ForStatement(_)
            | From::WhileStatement(_)
            | From::DoWhileStatement(_)
            | From::ForOfStatement(_)
            | From::ForInStatement(_) => {
                let mark = self.mark();
                let lowered = self.any_loop(statement)?;
                self.release(mark);
                into.push(lowered);
            }
            From::TryStatement(inner) => {
                let block = self.block(&inner.block.body)?;
                let handler = match &inner.handler {
                    Some(handler) => {
                        let mark = self.mark();
                        let pattern = match &handler.param {
                            Some(parameter) => {
                                self.declare_pattern(&parameter.pattern, DeclareKind::Let)?;
                                Some(self.pattern(&parameter.pattern)?)
                            }
                            None => None,
                        };
                        let body = self.block(&handler.body.body)?;
                        self.release(mark);
                        Some((pattern, body))
                    }
                    None => None,
                };
                let finalizer = self.optional_block(inner.finalizer.as_deref())?;
                into.push(Statement::Try(Box::new(Try {
                    block,
                    handler,
                    finalizer,
                })));
            }
            From::SwitchStatement(inner) => {
                let value = self.expression(&inner.discriminant)?;
                let mut cases = Vec::new();
                for case in &inner.cases {
                    let test = match &case.test {
                        Some(test) => Some(self.expression(test)?),
                        None => None,
                    };
                    cases.push((test, self.block(&case.consequent)?));
                }
                into.push(Statement::Switch(value, cases));
            }
            other => return self.error(other.span(), "this statement is not part of expressions"),
        }
        self.depth -= 1;
        Ok(())
    }

    fn any_loop(&mut self, statement: &From) -> Lower<Statement> {
        Ok(match statement {
            From::ForOfStatement(inner) => {
                let target = self.loop_target(&inner.left)?;
                let over = self.expression(&inner.right)?;
                let body = self.single(&inner.body)?;
                Statement::ForOf(Box::new(ForEach {
                    declares: declares(&inner.left),
                    target,
                    over,
                    body,
                }))
            }
            From::ForInStatement(inner) => {
                let target = self.loop_target(&inner.left)?;
                let over = self.expression(&inner.right)?;
                let body = self.single(&inner.body)?;
                Statement::ForIn(Box::new(ForEach {
                    declares: declares(&inner.left),
                    target,
                    over,
                    body,
                }))
            }
            From::ForStatement(inner) => {
                let mut start = Vec::new();
                match &inner.init {
                    Some(ForStatementInit::VariableDeclaration(declaration)) => {
                        if !is_var(declaration) {
                            self.declare_all(declaration)?;
                        }
                        self.declaration(declaration, &mut start)?;
                    }
                    Some(other) => {
                        start.push(Statement::Expression(
                            self.expression(other.to_expression())?,
                        ));
                    }
                    None => {}
                }
                let test = match &inner.test {
                    Some(test) => Some(self.expression(test)?),
                    None => None,
                };
                let next = match &inner.update {
                    Some(update) => Some(self.expression(update)?),
                    None => None,
                };
                let body = self.single(&inner.body)?;
                Statement::Loop(Box::new(Loop {
                    start,
                    test,
                    next,
                    body,
                    body_first: false,
                }))
            }
            From::WhileStatement(inner) => self.simple_loop(&inner.test, &inner.body, false)?,
            From::DoWhileStatement(inner) => self.simple_loop(&inner.test, &inner.body, true)?,
            other => return self.error(other.span(), "this statement is not part of expressions"),
        })
    }

    fn simple_loop(
        &mut self,
        test: &oxc_ast::ast::Expression,
        body: &From,
        body_first: bool,
    ) -> Lower<Statement> {
        let test = Some(self.expression(test)?);
        let body = self.single(body)?;
        Ok(Statement::Loop(Box::new(Loop {
            start: Vec::new(),
            test,
            next: None,
            body,
            body_first,
        })))
    }

    fn loop_target(&mut self, left: &ForStatementLeft) -> Lower<Pattern> {
        match left {
            ForStatementLeft::VariableDeclaration(declaration) => {
                if !is_var(declaration) {
                    self.declare_all(declaration)?;
                }
                match declaration.declarations.first() {
                    Some(declarator) => self.pattern(&declarator.id),
                    None => Ok(Pattern::Nowhere),
                }
            }
            other => self.assignment_target(other.to_assignment_target()),
        }
    }

    fn declaration(
        &mut self,
        declaration: &VariableDeclaration,
        into: &mut Vec<Statement>,
    ) -> Lower<()> {
        for declarator in &declaration.declarations {
            let pattern = self.pattern(&declarator.id)?;
            let value = match &declarator.init {
                Some(init) => Some(self.expression(init)?),
                None if is_var(declaration) => continue,
                None => None,
            };
            into.push(Statement::Declare(kind(declaration), pattern, value));
        }
        Ok(())
    }

    fn single(&mut self, statement: &From) -> Lower<Statement> {
        let mut statements = match statement {
            From::BlockStatement(block) => self.block(&block.body)?,
            other => self.block(std::slice::from_ref(other))?,
        };
        Ok(match (statements.len(), statements.pop()) {
            (1, Some(only)) => only,
            (_, Some(last)) => {
                statements.push(last);
                Statement::Block(statements)
            }
            (_, None) => Statement::Block(Vec::new()),
        })
    }

    fn optional_block(&mut self, block: Option<&BlockStatement>) -> Lower<Vec<Statement>> {
        match block {
            Some(block) => self.block(&block.body),
            None => Ok(Vec::new()),
        }
    }

    fn mark(&self) -> usize {
        self.functions
            .last()
            .map_or(0, |function| function.names.len())
    }

    fn release(&mut self, mark: usize) {
        if let Some(function) = self.functions.last_mut() {
            function.names.truncate(mark);
        }
    }
}

fn kind(declaration: &VariableDeclaration) -> DeclareKind {
    match declaration.kind {
        VariableDeclarationKind::Var => DeclareKind::Var,
        VariableDeclarationKind::Const => DeclareKind::Const,
        _ => DeclareKind::Let,
    }
}

fn declares(left: &ForStatementLeft) -> Option<DeclareKind> {
    match left {
        ForStatementLeft::VariableDeclaration(declaration) => Some(kind(declaration)),
        _ => None,
    }
}

fn is_var(declaration: &VariableDeclaration) -> bool {
    declaration.kind == VariableDeclarationKind::Var
}
