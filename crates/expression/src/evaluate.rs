//! `Interpreter`: evaluates the tree within its limits of fuel, memory and depth.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::{Arc, Weak};

use indexmap::IndexMap;

use crate::convert::{self, truthy};
use crate::error::{EvaluateError, Limit};
use crate::js::{Frame, Function, Js, Members};
use crate::luxon::DateTime;
use crate::names;
use crate::regex::RegexObject;
use crate::scope::{Limits, Scope};
use crate::special::Special;
use crate::tree::{
    Binary, Element, FunctionCode, Key, Local, Logical, LogicalOperator, Node, Property, TextPart,
    UnaryOperator,
};

/// How many levels of the tree one level of `Limits::depth` stands for.
const NODES_PER_DEPTH: u32 = 5;

/// Texts from this length on are looked after until they are dropped.
const LARGE_TEXT: usize = 4 << 10;

/// So many bytes of large texts are made between two looks at which are still in use.
const SWEEP_AFTER: usize = 16 << 20;

/// Why an evaluation stops.
#[derive(Debug)]
pub(crate) enum Stop {
    /// A value was thrown; `try` may catch it, and at the end it makes the result undefined.
    Throw(Js),
    /// JavaScript's TypeError, RangeError and so on by its name, not yet made into an object.
    Type(&'static str, Cow<'static, str>),
    /// Nothing in the expression can catch this.
    Error(Box<EvaluateError>),
}

/// The result of a step of the evaluation.
pub(crate) type Run<T = Js> = Result<T, Stop>;

/// The local variables in reach; `None` outside functions.
pub(crate) type Env<'f> = Option<&'f Rc<Frame>>;

impl From<EvaluateError> for Stop {
    fn from(error: EvaluateError) -> Self {
        Self::Error(Box::new(error))
    }
}

/// A thrown TypeError.
pub(crate) fn type_error<T>(message: impl Into<Cow<'static, str>>) -> Run<T> {
    Err(Stop::Type("TypeError", message.into()))
}

/// A thrown RangeError.
pub(crate) fn range_error<T>(message: impl Into<Cow<'static, str>>) -> Run<T> {
    Err(Stop::Type("RangeError", message.into()))
}

/// A thrown SyntaxError.
pub(crate) fn syntax_error<T>(message: impl Into<Cow<'static, str>>) -> Run<T> {
    Err(Stop::Type("SyntaxError", message.into()))
}

/// An error of one of n8n's extension methods, which nothing in the expression catches.
pub(crate) fn extension_error<T>(message: impl Into<String>) -> Run<T> {
    Err(EvaluateError::Extension(message.into()).into())
}

/// One evaluation.
pub(crate) struct Interpreter<'a> {
    pub(crate) scope: &'a dyn Scope,
    fuel: u64,
    memory: usize,
    depth: u32,
    max_depth: u32,
    /// Values that may hold themselves; they are emptied at the end.
    cyclic: Vec<Js>,
    frames: Vec<Rc<Frame>>,
    /// Large texts that may be dropped before the end, with their sizes; what they took is then free again.
    large_texts: Vec<(Weak<str>, usize)>,
    /// Bytes of large texts made since the last look at which are still in use.
    since_sweep: usize,
    /// The symbols of `Symbol.for`, and the well-known ones.
    symbols: Vec<(Arc<str>, Js)>,
    /// `$now`, once it was asked for.
    now_object: Option<Js>,
}

impl<'a> Interpreter<'a> {
    pub(crate) fn new(scope: &'a dyn Scope, limits: &Limits) -> Self {
        Self {
            scope,
            fuel: limits.fuel,
            memory: limits.memory_bytes,
            depth: 0,
            max_depth: limits.depth.saturating_mul(NODES_PER_DEPTH),
            cyclic: Vec::new(),
            frames: Vec::new(),
            large_texts: Vec::new(),
            since_sweep: 0,
            symbols: Vec::new(),
            now_object: None,
        }
    }

    /// The one symbol of this name.
    pub(crate) fn symbol(&mut self, name: &Arc<str>) -> Js {
        if let Some((_, symbol)) = self.symbols.iter().find(|(known, _)| known == name) {
            return symbol.clone();
        }
        let symbol = Js::Special(Rc::new(Special::Symbol(Some(name.clone()))));
        self.symbols.push((name.clone(), symbol.clone()));
        symbol
    }

    pub(crate) fn charge_fuel(&mut self, steps: u64) -> Run<()> {
        match self.fuel.checked_sub(steps) {
            Some(rest) => {
                self.fuel = rest;
                Ok(())
            }
            None => {
                self.fuel = 0;
                Err(EvaluateError::Limit(Limit::Fuel).into())
            }
        }
    }

    /// Counts bytes of a new value, and the work to fill them.
    pub(crate) fn charge_text(&mut self, bytes: usize) -> Run<()> {
        self.charge_fuel(1 + (bytes / 64) as u64)?;
        self.charge_memory(bytes)
    }

    /// Calls a method of a text: reading it costs fuel, and so does a text that comes of it.
    pub(crate) fn charge_text_method(
        &mut self,
        text: &str,
        method: impl FnOnce(&mut Self) -> Run<Option<Js>>,
    ) -> Run<Option<Js>> {
        self.charge_fuel(1 + text.len() as u64 / 256)?;
        let result = method(self)?;
        if let Some(made) = result.as_ref().and_then(Js::as_text) {
            self.charge_text(made.len())?;
        }
        Ok(result)
    }

    /// Counts a new list or object of so many elements.
    pub(crate) fn charge_elements(&mut self, count: usize) -> Run<()> {
        self.charge_fuel(1 + count as u64)?;
        self.charge_memory(48 + count * std::mem::size_of::<Js>())
    }

    /// Stops before a text is made that would not fit.
    pub(crate) fn check_length(&mut self, bytes: usize) -> Run<()> {
        if bytes > self.memory {
            self.sweep();
            if bytes > self.memory {
                return Err(EvaluateError::Limit(Limit::Memory).into());
            }
        }
        Ok(())
    }

    /// A text that the expression made, counted.
    pub(crate) fn new_text(&mut self, text: String) -> Run {
        let length = text.len();
        self.charge_text(length)?;
        let text: Arc<str> = text.into();
        if length >= LARGE_TEXT {
            // Such texts are often made piece by piece, each soon replaced by the next.
            self.large_texts.push((Arc::downgrade(&text), length));
            self.since_sweep += length;
            if self.since_sweep > SWEEP_AFTER {
                self.sweep();
            }
        }
        Ok(Js::text(text))
    }

    /// Takes back what large texts took that are in use no more.
    fn sweep(&mut self) {
        self.since_sweep = 0;
        let mut freed = 0;
        self.large_texts.retain(|(text, length)| {
            let in_use = text.strong_count() > 0;
            if !in_use {
                freed += length;
            }
            in_use
        });
        self.memory += freed;
    }

    fn charge_memory(&mut self, bytes: usize) -> Run<()> {
        if bytes > self.memory {
            self.sweep();
        }
        match self.memory.checked_sub(bytes) {
            Some(rest) => {
                self.memory = rest;
                Ok(())
            }
            None => Err(EvaluateError::Limit(Limit::Memory).into()),
        }
    }

    /// Goes one level deeper; every call needs one [`Interpreter::leave`], unless it fails.
    pub(crate) fn enter(&mut self, levels: u32) -> Run<()> {
        self.depth += levels;
        if self.depth > self.max_depth {
            self.depth -= levels;
            return Err(EvaluateError::Limit(Limit::Depth).into());
        }
        Ok(())
    }

    pub(crate) fn leave(&mut self, levels: u32) {
        self.depth -= levels;
    }

    /// What an evaluation within this one may use: a part of what is left.
    pub(crate) fn remaining(&self) -> Limits {
        Limits {
            fuel: self.fuel / 4,
            memory_bytes: self.memory / 4,
            depth: (self.max_depth - self.depth) / NODES_PER_DEPTH / 2,
        }
    }

    pub(crate) fn depth(&self) -> u32 {
        self.depth
    }

    /// Goes back to the depth of before a failure that was caught.
    pub(crate) fn set_depth(&mut self, depth: u32) {
        self.depth = depth;
    }

    /// Remembers a frame that may hold itself; it is emptied at the end.
    pub(crate) fn keep_frame(&mut self, frame: &Rc<Frame>) {
        if !self
            .frames
            .last()
            .is_some_and(|last| Rc::ptr_eq(last, frame))
        {
            self.frames.push(frame.clone());
        }
    }

    /// Remembers a list or object that was changed so that it might hold itself.
    pub(crate) fn note_cyclic(&mut self, holder: &Js) {
        if !self
            .cyclic
            .last()
            .is_some_and(|last| crate::operators::same(last, holder))
        {
            self.cyclic.push(holder.clone());
        }
    }

    pub(crate) fn eval(&mut self, node: &Node, env: Env) -> Run {
        match node {
            Node::Literal(value) => return Ok(Js::Data(value.clone())),
            Node::Local(local) => return Ok(read_local(*local, env)),
            _ => {}
        }
        self.charge_fuel(1)?;
        self.enter(1)?;
        let result = self.eval_node(node, env);
        self.leave(1);
        result
    }

    fn eval_node(&mut self, node: &Node, env: Env) -> Run {
        match node {
            Node::Undefined | Node::Unknown => Ok(Js::Undefined),
            Node::Literal(value) => Ok(Js::Data(value.clone())),
            Node::BigInt(number) => Ok(Js::big_int(*number)),
            Node::Tagged(tagged) => self.eval_tagged(tagged, env),
            Node::Text(parts) => self.eval_text(parts, env),
            Node::Json => Ok(self.json()),
            Node::Variable(variable) => Ok(self.scope.variable(variable)?.into()),
            Node::Now => {
                // Within one evaluation it is one object.
                if self.now_object.is_none() {
                    self.now_object = Some(Js::DateTime(Rc::new(self.now())));
                }
                Ok(Js::option(self.now_object.clone()))
            }
            Node::Today => Ok(Js::DateTime(Rc::new(self.now().start_of("day")))),
            Node::Global(global) => Ok(Js::Global(*global)),
            Node::Local(local) => Ok(read_local(*local, env)),
            Node::Chain(chain) => self.eval_chain(chain, env),
            Node::Array(elements) => {
                let elements = self.eval_elements(elements, env)?;
                self.charge_elements(elements.len())?;
                Ok(Js::array(elements))
            }
            Node::Object(properties) => self.eval_object(properties, env),
            Node::Function(code) => Ok(self.make_function(code, env)),
            Node::Regex(pattern) => Ok(Js::Regex(Rc::new(RegexObject::new(pattern.clone())))),
            Node::Binary(binary) => self.eval_binary(binary, env),
            Node::Logical(logical) => self.eval_logical(logical, env),
            Node::Unary(operator, operand) => self.eval_unary(*operator, operand, env),
            Node::Conditional(nodes) => {
                let [test, yes, no] = &**nodes;
                let test = self.eval(test, env)?;
                self.eval(if truthy(&test) { yes } else { no }, env)
            }
            Node::Sequence(nodes) => {
                let mut last = Js::Undefined;
                for node in nodes {
                    last = self.eval(node, env)?;
                }
                Ok(last)
            }
            Node::Assign(assign) => self.eval_assign(assign, env),
            Node::Update(update) => self.eval_update(update, env),
            Node::Delete(target) => self.eval_delete(target, env),
            Node::New(class, arguments) => {
                let class = self.eval(class, env)?;
                let arguments = self.eval_elements(arguments, env)?;
                self.construct(&class, &arguments)
            }
        }
    }

    pub(crate) fn json(&self) -> Js {
        self.scope
            .json()
            .map_or(Js::Undefined, |value| Js::Data(value.clone()))
    }

    pub(crate) fn now(&self) -> DateTime {
        DateTime::at(self.scope.now(), &self.scope.time_zone())
    }

    fn eval_text(&mut self, parts: &[TextPart], env: Env) -> Run {
        let mut text = String::new();
        for part in parts {
            match part {
                TextPart::Fixed(fixed) => text.push_str(fixed),
                TextPart::Node(node) => {
                    let value = self.eval(node, env)?;
                    let part = self.text_of(&value)?;
                    self.charge_fuel(1 + part.len() as u64 / 64)?;
                    self.check_length(text.len() + part.len())?;
                    text.push_str(&part);
                }
            }
        }
        self.new_text(text)
    }

    /// Evaluates elements or arguments, spreads included.
    pub(crate) fn eval_elements(&mut self, elements: &[Element], env: Env) -> Run<Vec<Js>> {
        let mut values = Vec::with_capacity(elements.len());
        for element in elements {
            match element {
                Element::Node(node) => values.push(self.eval(node, env)?),
                Element::Hole => values.push(Js::Undefined),
                Element::Spread(node) => {
                    let value = self.eval(node, env)?;
                    let mut spread = self.iterate(&value)?;
                    self.charge_elements(spread.len())?;
                    values.append(&mut spread);
                }
            }
        }
        Ok(values)
    }

    fn eval_object(&mut self, properties: &[Property], env: Env) -> Run {
        let mut members = Members::default();
        for property in properties {
            match property {
                Property::Member(key, node) => {
                    let key = self.eval_key(key, env)?;
                    let value = self.eval(node, env)?;
                    members.insert(key, value);
                }
                Property::Spread(node) => {
                    let value = self.eval(node, env)?;
                    let entries = self.entries(&value)?;
                    self.charge_elements(entries.len())?;
                    members.extend(entries);
                }
            }
        }
        self.charge_elements(members.len() * 3)?;
        Ok(Js::object(members))
    }

    /// A member name, computed ones checked.
    pub(crate) fn eval_key(&mut self, key: &Key, env: Env) -> Run<Arc<str>> {
        match key {
            Key::Name(name) => Ok(name.clone()),
            Key::Computed(node) => {
                let value = self.eval(node, env)?;
                self.member_key(&value)
            }
        }
    }

    /// The member name that a value means.
    pub(crate) fn member_key(&mut self, value: &Js) -> Run<Arc<str>> {
        let name = self.text_of(value)?;
        if names::is_forbidden(&name) {
            return Err(EvaluateError::Forbidden(name.to_string()).into());
        }
        Ok(name)
    }

    fn make_function(&mut self, code: &Arc<FunctionCode>, env: Env) -> Js {
        if let Some(frame) = env {
            // The function may be put into a variable of this very frame: such a circle is cut at the end.
            self.keep_frame(frame);
        }
        Js::Function(Rc::new(Function {
            code: code.clone(),
            frame: std::cell::RefCell::new(env.cloned()),
        }))
    }

    fn eval_binary(&mut self, binary: &Binary, env: Env) -> Run {
        let mut left = self.eval(&binary.first, env)?;
        for (operator, node) in &binary.rest {
            let right = self.eval(node, env)?;
            self.charge_fuel(1)?;
            left = self.binary_operation(*operator, &left, &right)?;
        }
        Ok(left)
    }

    fn eval_logical(&mut self, logical: &Logical, env: Env) -> Run {
        let mut left = self.eval(&logical.first, env)?;
        for (operator, node) in &logical.rest {
            if wants_right(*operator, &left) {
                left = self.eval(node, env)?;
            }
        }
        Ok(left)
    }

    fn eval_unary(&mut self, operator: UnaryOperator, operand: &Node, env: Env) -> Run {
        let value = self.eval(operand, env)?;
        Ok(match operator {
            UnaryOperator::Plus => Js::number(self.number_of(&value)?),
            UnaryOperator::Minus => match value.as_big_int() {
                Some(number) => Js::big_int(-number),
                None => Js::number(-self.number_of(&value)?),
            },
            UnaryOperator::Not => Js::bool(!truthy(&value)),
            UnaryOperator::BitNot => match value.as_big_int() {
                Some(number) => Js::big_int(!number),
                None => Js::number(f64::from(!convert::to_int32(self.number_of(&value)?))),
            },
            UnaryOperator::TypeOf => Js::text(convert::type_of(&value)),
            UnaryOperator::Void => Js::Undefined,
        })
    }
}

impl Drop for Interpreter<'_> {
    fn drop(&mut self) {
        for frame in self.frames.drain(..) {
            let slots = std::mem::take(&mut *frame.slots.borrow_mut());
            drop(slots);
        }
        for value in self.cyclic.drain(..) {
            match &value {
                Js::Array(list) => drop(std::mem::take(&mut *list.0.borrow_mut())),
                Js::Object(object) => drop(std::mem::take(&mut *object.members.borrow_mut())),
                Js::Map(collection) | Js::Set(collection) => {
                    let entries: IndexMap<_, _> = std::mem::take(&mut *collection.0.borrow_mut());
                    drop(entries);
                }
                _ => {}
            }
        }
    }
}

/// Whether the right side decides.
pub(crate) fn wants_right(operator: LogicalOperator, left: &Js) -> bool {
    match operator {
        LogicalOperator::And => truthy(left),
        LogicalOperator::Or => !truthy(left),
        LogicalOperator::Coalesce => left.is_nullish(),
    }
}

fn read_local(local: Local, env: Env) -> Js {
    with_frame(local, env, |frame| {
        Js::option(frame.slots.borrow().get(usize::from(local.slot)).cloned())
    })
    .unwrap_or(Js::Undefined)
}

pub(crate) fn write_local(local: Local, value: Js, env: Env) {
    with_frame(local, env, |frame| {
        let old = frame
            .slots
            .borrow_mut()
            .get_mut(usize::from(local.slot))
            .map(|slot| std::mem::replace(slot, value));
        drop(old);
    });
}

fn with_frame<T>(local: Local, env: Env, then: impl FnOnce(&Frame) -> T) -> Option<T> {
    let mut frame = env?.clone();
    for _ in 0..local.up {
        let parent = frame.parent.borrow().clone()?;
        frame = parent;
    }
    Some(then(&frame))
}

/// The object of a thrown TypeError or value.
pub(crate) fn thrown(stop: Stop) -> Result<Js, Stop> {
    match stop {
        Stop::Throw(value) => Ok(value),
        Stop::Type(name, message) => Ok(Js::error(name, &message)),
        Stop::Error(_) => Err(stop),
    }
}
