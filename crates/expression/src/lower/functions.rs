//! Lowers functions.

use std::sync::Arc;

use oxc_ast::ast::{
    ArrowFunctionBody, ArrowFunctionExpression, FormalParameters, Function, FunctionBody,
};
use oxc_span::Span;

use super::{FunctionScope, Lower, Lowering};
use crate::tree::{Body, DeclareKind, FunctionCode, Node, Pattern};

impl Lowering<'_> {
    pub(super) fn arrow(&mut self, arrow: &ArrowFunctionExpression) -> Lower<Node> {
        if arrow.r#async {
            return self.error(arrow.span, "expressions cannot wait: remove `async`");
        }
        self.functions.push(FunctionScope {
            names: Vec::new(),
            own_name: None,
            slots: 0,
            arrow: true,
        });
        let (parameters, rest) = self.parameters(&arrow.params)?;
        let body = match &arrow.body {
            ArrowFunctionBody::FunctionBody(body) => self.body(body)?,
            other => Body::Expression(self.expression(other.to_expression())?),
        };
        Ok(Node::Function(Arc::new(
            self.finish(parameters, rest, body, arrow.span, None),
        )))
    }

    pub(super) fn function(&mut self, function: &Function) -> Lower<FunctionCode> {
        if function.r#async || function.generator {
            return self.error(
                function.span,
                "expressions cannot wait: use a plain function",
            );
        }
        let Some(body) = &function.body else {
            return self.error(function.span, "a function needs a body");
        };
        self.functions.push(FunctionScope {
            names: Vec::new(),
            own_name: None,
            slots: 1,
            arrow: false,
        });
        let own_name = match &function.id {
            Some(name) => Some(self.declare(name.name.as_str(), false)?),
            None => None,
        };
        if let Some(scope) = self.functions.last_mut() {
            scope.own_name = own_name;
        }
        let (parameters, rest) = self.parameters(&function.params)?;
        let body = self.body(body)?;
        Ok(self.finish(parameters, rest, body, function.span, own_name))
    }

    fn parameters(
        &mut self,
        parameters: &FormalParameters,
    ) -> Lower<(Vec<Pattern>, Option<Pattern>)> {
        for parameter in &parameters.items {
            self.declare_pattern(&parameter.pattern, DeclareKind::Let)?;
        }
        if let Some(rest) = &parameters.rest {
            self.declare_pattern(&rest.rest.argument, DeclareKind::Let)?;
        }
        let mut patterns = Vec::with_capacity(parameters.items.len());
        for parameter in &parameters.items {
            let pattern = self.pattern(&parameter.pattern)?;
            patterns.push(match &parameter.initializer {
                Some(default) => {
                    Pattern::Default(Box::new(pattern), Box::new(self.expression(default)?))
                }
                None => pattern,
            });
        }
        let rest = match &parameters.rest {
            Some(rest) => Some(self.pattern(&rest.rest.argument)?),
            None => None,
        };
        Ok((patterns, rest))
    }

    fn body(&mut self, body: &FunctionBody) -> Lower<Body> {
        self.declare_vars(&body.statements)?;
        Ok(Body::Statements(self.block(&body.statements)?))
    }

    fn finish(
        &mut self,
        parameters: Vec<Pattern>,
        rest: Option<Pattern>,
        body: Body,
        span: Span,
        own_name: Option<u16>,
    ) -> FunctionCode {
        let scope = self.functions.pop();
        FunctionCode {
            parameters,
            rest,
            body,
            slots: scope.as_ref().map_or(0, |scope| scope.slots),
            arrow: scope.is_some_and(|scope| scope.arrow),
            own_name,
            text: self.source_text(span),
        }
    }
}
