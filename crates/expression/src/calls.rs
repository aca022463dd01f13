//! Chains of members and calls, calls of functions and methods, `new`.

use std::cell::RefCell;
use std::rc::Rc;

use itemflow_model::Value;

use crate::convert::truthy;
use crate::error::EvaluateError;
use crate::evaluate::{Env, Interpreter, Run, extension_error, type_error};
use crate::extensions;
use crate::js::{Frame, Function, Js, List};
use crate::method_names;
use crate::methods;
use crate::names::Global;
use crate::scope::HostObject;
use crate::special::Special;
use crate::tree::{Body, Chain, Node, Pattern, Step, Tagged};

impl Interpreter<'_> {
    pub(crate) fn eval_chain(&mut self, chain: &Chain, env: Env) -> Run {
        self.eval_steps(&chain.base, &chain.steps, env)
    }

    /// Evaluates a base and the steps after it.
    pub(crate) fn eval_steps(&mut self, base: &Node, steps: &[Step], env: Env) -> Run {
        let (mut value, done) = self.start(base, steps, env)?;
        for (i, step) in steps.iter().enumerate().skip(done) {
            value = match step {
                Step::Member { name, optional } => {
                    if *optional && value.is_nullish() {
                        return Ok(Js::Undefined);
                    }
                    self.get_member(&value, name)?
                }
                Step::Index { index, optional } => {
                    if *optional && value.is_nullish() {
                        return Ok(Js::Undefined);
                    }
                    let index = self.eval(index, env)?;
                    self.get_index(&value, &index)?
                }
                Step::Call {
                    arguments,
                    optional,
                } => {
                    if *optional && value.is_nullish() {
                        return Ok(Js::Undefined);
                    }
                    let arguments = self.eval_elements(arguments, env)?;
                    self.call(&value, &Js::Undefined, &arguments)?
                }
                Step::Method { optional, .. } => {
                    if *optional && value.is_nullish() {
                        return Ok(Js::Undefined);
                    }
                    if needs_own(&value, step) {
                        value = self.own_place(base, &steps[..i], env)?;
                    }
                    match self.eval_method(&value, step, env)? {
                        Some(value) => value,
                        None => return Ok(Js::Undefined),
                    }
                }
            };
        }
        Ok(value)
    }

    /// The base, and with `$json` also the plain members after it, without touching any reference count on the way.
    fn start(&mut self, base: &Node, steps: &[Step], env: Env) -> Run<(Js, usize)> {
        let Node::Json = base else {
            return Ok((self.eval(base, env)?, 0));
        };
        let Some(mut value) = self.scope.json() else {
            return Ok((Js::Undefined, 0));
        };
        let mut done = 0;
        while let Some(Step::Member { name, .. }) = steps.get(done)
            && let Value::Object(map) = value
            && let Some(member) = map.get(&**name)
        {
            value = member;
            done += 1;
        }
        Ok((Js::Data(value.clone()), done))
    }

    /// `value.name(…)`; `None` when `?.` before the arguments finds no such method.
    fn eval_method(&mut self, receiver: &Js, step: &Step, env: Env) -> Run<Option<Js>> {
        let Step::Method {
            name,
            arguments,
            optional,
            optional_call,
            extension,
            ..
        } = step
        else {
            return Ok(None);
        };
        let arguments = self.eval_elements(arguments, env)?;
        self.charge_fuel(1)?;
        if let Some(result) = self.call_method(receiver, name, &arguments)? {
            return Ok(Some(result));
        }
        if *optional_call || (*optional && *extension) {
            return Ok(None);
        }
        if *extension {
            let kind = extensions::kind(receiver);
            return match receiver {
                Js::Undefined | Js::Data(Value::Null) => {
                    extension_error(format!("{name}() cannot be used on a value that is {kind}"))
                }
                _ => extension_error(format!("{name}() cannot be used on {kind}")),
            };
        }
        type_error(format!("{name} is not a function"))
    }

    /// Calls a method; `None` when the value has none of this name.
    pub(crate) fn call_method(
        &mut self,
        receiver: &Js,
        name: &str,
        arguments: &[Js],
    ) -> Run<Option<Js>> {
        match receiver {
            Js::Object(object) => {
                let own = object.members.borrow().get(name).cloned();
                if let Some(own) = own.filter(Js::is_function) {
                    return self.call(&own, receiver, arguments).map(Some);
                }
            }
            Js::Host(host) => {
                let method = self.call_host(host, name, arguments)?;
                return Ok(Some(method));
            }
            Js::Global(global) => {
                return methods::globals::call_static(self, *global, name, arguments);
            }
            _ => {}
        }
        if method_names::is_extension(name)
            && let Some(result) = extensions::call(self, receiver, name, arguments)?
        {
            return Ok(Some(result));
        }
        methods::call(self, receiver, name, arguments)
    }

    fn call_host(&mut self, host: &HostObject, method: &str, arguments: &[Js]) -> Run {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.value_of(argument)?);
        }
        Ok(self.scope.call(host, method, &values)?.into())
    }

    /// Calls a value.
    pub(crate) fn call(&mut self, callee: &Js, this: &Js, arguments: &[Js]) -> Run {
        self.charge_fuel(1)?;
        match callee {
            Js::Function(function) => self.call_function(function, this, arguments),
            Js::Native(native) => {
                let native = native.clone();
                match self.call_method(&native.receiver, &native.name, arguments)? {
                    Some(result) => Ok(result),
                    None => type_error(format!("{} is not a function", native.name)),
                }
            }
            Js::Special(special) => match &**special {
                Special::Bound(bound) => {
                    let mut all = bound.arguments.clone();
                    all.extend_from_slice(arguments);
                    self.enter(1)?;
                    let result = self.call(&bound.function, &bound.this, &all);
                    self.leave(1);
                    result
                }
                _ => type_error("the value is not a function"),
            },
            Js::Global(Global::NodeFunction) => self.node(arguments),
            Js::Global(global) => methods::globals::call(self, *global, arguments),
            Js::Host(host) => {
                let host = host.clone();
                self.call_host(&host, "", arguments)
            }
            _ => type_error("the value is not a function"),
        }
    }

    /// `$('name')`
    fn node(&mut self, arguments: &[Js]) -> Run {
        let name = match arguments.first() {
            None => "".into(),
            Some(name) => self.text_of(name)?,
        };
        Ok(self.scope.node(&name)?.into())
    }

    fn call_function(&mut self, function: &Rc<Function>, this: &Js, arguments: &[Js]) -> Run {
        let code = &function.code;
        self.enter(1)?;
        let mut slots = vec![Js::Undefined; usize::from(code.slots)];
        if !code.arrow
            && let Some(slot) = slots.first_mut()
        {
            *slot = this.clone();
        }
        if let Some(slot) = code
            .own_name
            .and_then(|slot| slots.get_mut(usize::from(slot)))
        {
            *slot = Js::Function(function.clone());
        }
        let frame = Rc::new(Frame {
            slots: RefCell::new(slots),
            parent: RefCell::new(function.frame.borrow().clone()),
        });
        if code.own_name.is_some() {
            // The function and its frame hold each other.
            self.keep_frame(&frame);
        }
        let env = Some(&frame);
        for (i, parameter) in code.parameters.iter().enumerate() {
            let argument = Js::option(arguments.get(i).cloned());
            match parameter {
                Pattern::Local(local) if local.up == 0 => {
                    if let Some(slot) = frame.slots.borrow_mut().get_mut(usize::from(local.slot)) {
                        *slot = argument;
                    }
                }
                pattern => self.bind(pattern, argument, env)?,
            }
        }
        if let Some(rest) = &code.rest {
            let rest_arguments = arguments.get(code.parameters.len()..).unwrap_or_default();
            self.bind(rest, Js::array(rest_arguments.to_vec()), env)?;
        }
        let result = match &code.body {
            Body::Expression(node) => self.eval(node, env),
            Body::Statements(statements) => self.run_body(statements, env),
        };
        self.leave(1);
        result
    }

    /// A tagged template: the tag is called with the texts and the values.
    pub(crate) fn eval_tagged(&mut self, tagged: &Tagged, env: Env) -> Run {
        let (tag, this) = match &tagged.tag {
            Node::Chain(chain) => match chain.steps.split_last() {
                Some((Step::Member { name, .. }, before)) => {
                    let this = self.eval_steps(&chain.base, before, env)?;
                    (self.get_member(&this, name)?, this)
                }
                _ => (self.eval(&tagged.tag, env)?, Js::Undefined),
            },
            tag => (self.eval(tag, env)?, Js::Undefined),
        };
        let values = self.eval_elements(&tagged.values, env)?;
        let texts = tagged
            .texts
            .iter()
            .map(|(text, _)| Js::option(text.clone().map(Js::text)));
        let raw = tagged.texts.iter().map(|(_, raw)| Js::text(raw.clone()));
        self.charge_elements(tagged.texts.len() * 2)?;
        let members = [("raw".into(), Js::array(raw.collect()))];
        let list = List::with_match(texts.collect(), members.into_iter().collect());
        let mut arguments = vec![Js::Array(Rc::new(list))];
        arguments.extend(values);
        self.call(&tag, &this, &arguments)
    }

    /// Calls a function of an expression with an element, its index and its list.
    pub(crate) fn call_with_element(
        &mut self,
        function: &Js,
        element: Js,
        index: usize,
        list: &Js,
    ) -> Run {
        self.call(
            function,
            &Js::Undefined,
            &[element, Js::index(index), list.clone()],
        )
    }

    /// As [`Interpreter::call_with_element`], for a yes or a no.
    pub(crate) fn test_element(
        &mut self,
        function: &Js,
        element: Js,
        index: usize,
        list: &Js,
    ) -> Run<bool> {
        Ok(truthy(
            &self.call_with_element(function, element, index, list)?,
        ))
    }

    /// `new Class(…)`
    pub(crate) fn construct(&mut self, class: &Js, arguments: &[Js]) -> Run {
        match class {
            Js::Global(Global::Harmless) => Ok(Js::object(Default::default())),
            Js::Global(global) => methods::globals::construct(self, *global, arguments),
            Js::Function(function) => {
                let this = Js::object(Default::default());
                let result = self.call_function(function, &this, arguments)?;
                Ok(if result.is_object() { result } else { this })
            }
            _ => type_error("the value is not a class"),
        }
    }

    /// `value instanceof class`
    pub(crate) fn is_instance(&mut self, value: &Js, class: &Js) -> Run<bool> {
        let Js::Global(class) = class else {
            return if class.is_function() {
                Ok(false)
            } else {
                type_error("the right side of `instanceof` is not a class")
            };
        };
        Ok(match class {
            Global::Object => value.is_object(),
            Global::Array => value.is_array(),
            Global::Date => matches!(value, Js::Date(_)),
            Global::RegExp => matches!(value, Js::Regex(_)),
            Global::Map | Global::WeakMap => matches!(value, Js::Map(_)),
            Global::Set | Global::WeakSet => matches!(value, Js::Set(_)),
            Global::DateTime => matches!(value, Js::DateTime(_)),
            Global::Duration => matches!(value, Js::Duration(_)),
            Global::Interval => matches!(value, Js::Interval(_)),
            Global::Error => matches!(value, Js::Object(object) if object.is_error),
            Global::TypeError
            | Global::RangeError
            | Global::SyntaxError
            | Global::ReferenceError
            | Global::EvalError
            | Global::URIError => match value {
                Js::Object(object) if object.is_error => {
                    let name = object.members.borrow().get("name").cloned();
                    name.and_then(|name| name.as_text().cloned())
                        .is_some_and(|name| *name == *format!("{class:?}"))
                }
                _ => false,
            },
            _ => false,
        })
    }

    /// The error of n8n for a function that is called with the wrong number of arguments.
    pub(crate) fn wrong_arguments<T>(&self, message: &str) -> Run<T> {
        Err(EvaluateError::Extension(message.to_owned()).into())
    }
}

/// Whether the method changes its list and the list is data that must not change.
fn needs_own(value: &Js, step: &Step) -> bool {
    matches!(step, Step::Method { changes: true, .. })
        && matches!(value, Js::Data(Value::Array(_)) | Js::Items(_))
}
