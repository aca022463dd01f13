//! Assignments and the statements of function bodies.

use std::sync::Arc;

use crate::convert::truthy;
use crate::evaluate::{Env, Interpreter, Run, Stop, thrown, type_error, wants_right, write_local};
use crate::js::{Js, Members};
use crate::operators::same;
use crate::tree::{Assign, AssignOperator, ForEach, Loop, Node, Pattern, Statement, Try, Update};

/// How a statement ends.
enum Flow {
    Next,
    Break(Option<Arc<str>>),
    Continue(Option<Arc<str>>),
    Return(Js),
}

impl Flow {
    /// What a loop makes of how its body ended: `None` to go on, otherwise how the loop ends.
    fn after_body(self) -> Option<Self> {
        match self {
            Self::Next | Self::Continue(None) => None,
            Self::Break(None) => Some(Self::Next),
            other => Some(other),
        }
    }
}

impl Interpreter<'_> {
    /// Puts a value where a pattern says.
    pub(crate) fn bind(&mut self, pattern: &Pattern, value: Js, env: Env) -> Run<()> {
        self.charge_fuel(1)?;
        match pattern {
            Pattern::Local(local) => write_local(*local, value, env),
            Pattern::Nowhere => {}
            Pattern::Constant(_, name) => {
                return type_error(format!("`{name}` is a constant and cannot be assigned to"));
            }
            Pattern::Member(object, key) => {
                let object = self.own_place(object, &[], env)?;
                let key = self.eval_key(key, env)?;
                self.set_member(&object, &key, value)?;
            }
            Pattern::Default(target, default) => {
                let value = if value.is_undefined() {
                    self.eval(default, env)?
                } else {
                    value
                };
                self.bind(target, value, env)?;
            }
            Pattern::Object { members, rest } => {
                if value.is_nullish() {
                    return type_error("undefined or null cannot be destructured");
                }
                let mut taken = Vec::new();
                for (key, target) in members {
                    let key = self.eval_key(key, env)?;
                    let member = self.get_member(&value, &key)?;
                    self.bind(target, member, env)?;
                    taken.push(key);
                }
                if let Some(rest) = rest {
                    let members: Members = self
                        .entries(&value)?
                        .into_iter()
                        .filter(|(key, _)| !taken.contains(key))
                        .collect();
                    self.bind(rest, Js::object(members), env)?;
                }
            }
            Pattern::Array { elements, rest } => {
                let mut values = self.iterate(&value)?.into_iter();
                for element in elements {
                    let value = Js::option(values.next());
                    if let Some(target) = element {
                        self.bind(target, value, env)?;
                    }
                }
                if let Some(rest) = rest {
                    self.bind(rest, Js::array(values.collect()), env)?;
                }
            }
        }
        Ok(())
    }

    pub(crate) fn eval_assign(&mut self, assign: &Assign, env: Env) -> Run {
        let value = match assign.operator {
            AssignOperator::Plain => self.eval(&assign.value, env)?,
            AssignOperator::Binary(operator) => {
                let left = self.read_target(&assign.target, env)?;
                let right = self.eval(&assign.value, env)?;
                self.binary_operation(operator, &left, &right)?
            }
            AssignOperator::Logical(operator) => {
                let left = self.read_target(&assign.target, env)?;
                if !wants_right(operator, &left) {
                    return Ok(left);
                }
                self.eval(&assign.value, env)?
            }
        };
        self.bind(&assign.target, value.clone(), env)?;
        Ok(value)
    }

    pub(crate) fn eval_update(&mut self, update: &Update, env: Env) -> Run {
        let old = self.read_target(&update.target, env)?;
        if let Some(number) = old.as_big_int() {
            let new = Js::big_int(number.saturating_add(update.step as i128));
            self.bind(&update.target, new.clone(), env)?;
            return Ok(if update.prefix { new } else { old });
        }
        let old = self.number_of(&old)?;
        let new = Js::number(old + update.step);
        self.bind(&update.target, new.clone(), env)?;
        Ok(if update.prefix { new } else { Js::number(old) })
    }

    fn read_target(&mut self, target: &Pattern, env: Env) -> Run {
        match target {
            Pattern::Local(local) => self.eval(&Node::Local(*local), env),
            Pattern::Member(object, key) => {
                let object = self.eval(object, env)?;
                let key = self.eval_key(key, env)?;
                self.get_member(&object, &key)
            }
            _ => Ok(Js::Undefined),
        }
    }

    /// Runs the body of a function.
    pub(crate) fn run_body(&mut self, statements: &[Statement], env: Env) -> Run {
        match self.run_block(statements, env)? {
            Flow::Return(value) => Ok(value),
            _ => Ok(Js::Undefined),
        }
    }

    fn run_block(&mut self, statements: &[Statement], env: Env) -> Run<Flow> {
        for statement in statements {
            match self.run(statement, env)? {
                Flow::Next => {}
                flow => return Ok(flow),
            }
        }
        Ok(Flow::Next)
    }

    fn run(&mut self, statement: &Statement, env: Env) -> Run<Flow> {
        self.charge_fuel(1)?;
        self.enter(1)?;
        let flow = self.run_statement(statement, env);
        self.leave(1);
        flow
    }

    fn run_statement(&mut self, statement: &Statement, env: Env) -> Run<Flow> {
        match statement {
            Statement::Expression(node) => {
                self.eval(node, env)?;
            }
            Statement::Declare(_, pattern, value) => {
                let value = match value {
                    Some(node) => self.eval(node, env)?,
                    None => Js::Undefined,
                };
                self.bind(pattern, value, env)?;
            }
            Statement::Return(value) => {
                return Ok(Flow::Return(match value {
                    Some(node) => self.eval(node, env)?,
                    None => Js::Undefined,
                }));
            }
            Statement::If(test, yes, no) => {
                let test = self.eval(test, env)?;
                if truthy(&test) {
                    return self.run(yes, env);
                } else if let Some(no) = no {
                    return self.run(no, env);
                }
            }
            Statement::Block(statements) => return self.run_block(statements, env),
            Statement::Loop(_) | Statement::ForOf(_) | Statement::ForIn(_) => {
                return self.run_any_loop(statement, None, env);
            }
            Statement::Switch(value, cases) => return self.run_switch(value, cases, env),
            Statement::Break(label) => return Ok(Flow::Break(label.clone())),
            Statement::Continue(label) => return Ok(Flow::Continue(label.clone())),
            Statement::Labeled(label, inner) => return self.run_labeled(label, inner, env),
            Statement::Throw(node) => return Err(Stop::Throw(self.eval(node, env)?)),
            Statement::Try(inner) => return self.run_try(inner, env),
        }
        Ok(Flow::Next)
    }

    fn run_any_loop(
        &mut self,
        statement: &Statement,
        label: Option<&Arc<str>>,
        env: Env,
    ) -> Run<Flow> {
        match statement {
            Statement::Loop(inner) => self.run_loop(inner, label, env),
            Statement::ForOf(inner) => {
                let over = self.eval(&inner.over, env)?;
                let values = self.iterate(&over)?;
                self.run_each(inner, values, label, env)
            }
            Statement::ForIn(inner) => {
                let over = self.eval(&inner.over, env)?;
                let keys = if over.is_nullish() {
                    Vec::new()
                } else {
                    self.entries(&over)?
                        .into_iter()
                        .map(|(key, _)| Js::text(key))
                        .collect()
                };
                self.run_each(inner, keys, label, env)
            }
            other => self.run(other, env),
        }
    }

    /// A statement with a label: `break label` leaves it, `continue label` goes on with the loop that it is.
    fn run_labeled(&mut self, label: &Arc<str>, statement: &Statement, env: Env) -> Run<Flow> {
        Ok(match self.run_any_loop(statement, Some(label), env)? {
            Flow::Break(Some(left)) if left == *label => Flow::Next,
            flow => flow,
        })
    }

    fn run_loop(&mut self, inner: &Loop, label: Option<&Arc<str>>, env: Env) -> Run<Flow> {
        self.run_block(&inner.start, env)?;
        let mut first = inner.body_first;
        loop {
            if !first && let Some(test) = &inner.test {
                let test = self.eval(test, env)?;
                if !truthy(&test) {
                    return Ok(Flow::Next);
                }
            }
            first = false;
            let flow = self.run(&inner.body, env)?;
            if let Some(end) = unlabeled(flow, label).after_body() {
                return Ok(end);
            }
            if let Some(next) = &inner.next {
                self.eval(next, env)?;
            }
        }
    }

    fn run_each(
        &mut self,
        inner: &ForEach,
        values: Vec<Js>,
        label: Option<&Arc<str>>,
        env: Env,
    ) -> Run<Flow> {
        for value in values {
            self.bind(&inner.target, value, env)?;
            let flow = self.run(&inner.body, env)?;
            if let Some(end) = unlabeled(flow, label).after_body() {
                return Ok(end);
            }
        }
        Ok(Flow::Next)
    }

    fn run_switch(
        &mut self,
        value: &Node,
        cases: &[(Option<Node>, Vec<Statement>)],
        env: Env,
    ) -> Run<Flow> {
        let value = self.eval(value, env)?;
        let mut start = None;
        for (i, (test, _)) in cases.iter().enumerate() {
            let Some(test) = test else { continue };
            let test = self.eval(test, env)?;
            if same(&value, &test) {
                start = Some(i);
                break;
            }
        }
        let start = start.or_else(|| cases.iter().position(|(test, _)| test.is_none()));
        for (_, statements) in cases.iter().skip(start.unwrap_or(cases.len())) {
            match self.run_block(statements, env)? {
                Flow::Next => {}
                Flow::Break(None) => return Ok(Flow::Next),
                flow => return Ok(flow),
            }
        }
        Ok(Flow::Next)
    }

    fn run_try(&mut self, inner: &Try, env: Env) -> Run<Flow> {
        let depth = self.depth();
        let mut result = self.run_block(&inner.block, env);
        if let Err(stop) = result {
            self.set_depth(depth);
            result = match (&inner.handler, thrown(stop)?) {
                (Some((pattern, body)), value) => self.handle(pattern.as_ref(), value, body, env),
                (None, value) => Err(Stop::Throw(value)),
            };
            self.set_depth(depth);
        }
        match self.run_block(&inner.finalizer, env)? {
            Flow::Next => result,
            flow => Ok(flow),
        }
    }

    fn handle(
        &mut self,
        pattern: Option<&Pattern>,
        value: Js,
        body: &[Statement],
        env: Env,
    ) -> Run<Flow> {
        if let Some(pattern) = pattern {
            self.bind(pattern, value, env)?;
        }
        self.run_block(body, env)
    }
}

/// `continue` with the loop's own label is a plain `continue`.
fn unlabeled(flow: Flow, label: Option<&Arc<str>>) -> Flow {
    match flow {
        Flow::Continue(Some(name)) if label == Some(&name) => Flow::Continue(None),
        flow => flow,
    }
}
