//! `Js`: a value while an expression is evaluated: shared data, or something that the expression made itself.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;
use itemflow_model::{Item, Items, Number, Value};

use crate::luxon::{DateTime, Duration, Interval};
use crate::names::Global;
use crate::regex::RegexObject;
use crate::scope::{HostObject, Resolved};
use crate::special::Special;
use crate::tree::FunctionCode;

/// A value of the evaluator. Cloning never copies text, elements or members.
#[derive(Clone, Debug, Default)]
pub(crate) enum Js {
    #[default]
    Undefined,
    /// JSON that is never changed, above all the data of the scope.
    Data(Value),
    Array(Rc<List>),
    Object(Rc<Object>),
    Map(Rc<Collection>),
    Set(Rc<Collection>),
    Function(Rc<Function>),
    /// A function of the language, or a method together with its receiver.
    Native(Rc<Native>),
    Global(Global),
    Regex(Rc<RegexObject>),
    /// Milliseconds since 1970, NaN when invalid.
    Date(Rc<Cell<f64>>),
    DateTime(Rc<DateTime>),
    Duration(Rc<Duration>),
    Interval(Rc<Interval>),
    Host(Rc<HostObject>),
    Item(Rc<Item>),
    Items(Items),
    Special(Rc<Special>),
}

/// The members of an object made by the expression.
pub(crate) type Members = IndexMap<Arc<str>, Js, foldhash::fast::RandomState>;

/// A list made by the expression; the match of a regular expression has members as well.
#[derive(Debug, Default)]
pub(crate) struct List(
    pub(crate) RefCell<Vec<Js>>,
    pub(crate) RefCell<Option<Box<Members>>>,
);

impl List {
    pub(crate) fn new(elements: Vec<Js>) -> Self {
        Self(RefCell::new(elements), RefCell::new(None))
    }

    /// A list with members of its own, such as `index`, `input` and `groups` of a match.
    pub(crate) fn with_match(elements: Vec<Js>, members: Members) -> Self {
        Self(
            RefCell::new(elements),
            RefCell::new(Some(Box::new(members))),
        )
    }
}

/// An object made by the expression.
#[derive(Debug, Default)]
pub(crate) struct Object {
    pub(crate) members: RefCell<Members>,
    /// Whether it is an Error, made by `new Error(…)` or by the evaluator.
    pub(crate) is_error: bool,
}

/// A Map or a Set, by the text that tells its keys apart.
#[derive(Debug, Default)]
pub(crate) struct Collection(pub(crate) RefCell<IndexMap<String, (Js, Js)>>);

/// A function of the expression with the variables it sees.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) code: Arc<FunctionCode>,
    pub(crate) frame: RefCell<Option<Rc<Frame>>>,
}

/// The local variables of one call.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) slots: RefCell<Vec<Js>>,
    pub(crate) parent: RefCell<Option<Rc<Frame>>>,
}

/// A method and what it was read from.
#[derive(Debug)]
pub(crate) struct Native {
    pub(crate) receiver: Js,
    pub(crate) name: Arc<str>,
}

impl Js {
    pub(crate) const NULL: Js = Js::Data(Value::Null);

    pub(crate) fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Data(Value::String(text.into()))
    }

    pub(crate) fn number(number: f64) -> Self {
        Self::Data(Value::Number(Number::from(number)))
    }

    pub(crate) fn index(index: usize) -> Self {
        Self::Data(Value::Number(Number::from(index)))
    }

    pub(crate) fn bool(flag: bool) -> Self {
        Self::Data(Value::Bool(flag))
    }

    pub(crate) fn array(elements: Vec<Js>) -> Self {
        Self::Array(Rc::new(List::new(elements)))
    }

    pub(crate) fn object(members: Members) -> Self {
        Self::Object(Rc::new(Object {
            members: RefCell::new(members),
            is_error: false,
        }))
    }

    pub(crate) fn error(name: &str, message: &str) -> Self {
        let members = [("name", name), ("message", message)]
            .into_iter()
            .map(|(key, text)| (Arc::from(key), Js::text(text)))
            .collect();
        Self::Object(Rc::new(Object {
            members: RefCell::new(members),
            is_error: true,
        }))
    }

    pub(crate) fn date(ms: f64) -> Self {
        Self::Date(Rc::new(Cell::new(ms)))
    }

    pub(crate) fn native(receiver: Js, name: &str) -> Self {
        Self::Native(Rc::new(Native {
            receiver,
            name: name.into(),
        }))
    }

    pub(crate) fn option(value: Option<Js>) -> Self {
        value.unwrap_or(Self::Undefined)
    }

    pub(crate) fn as_text(&self) -> Option<&Arc<str>> {
        match self {
            Self::Data(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_number(&self) -> Option<f64> {
        match self {
            Self::Data(Value::Number(number)) => Some(number.as_f64()),
            _ => None,
        }
    }

    pub(crate) fn is_nullish(&self) -> bool {
        matches!(self, Self::Undefined | Self::Data(Value::Null))
    }

    pub(crate) fn is_undefined(&self) -> bool {
        matches!(self, Self::Undefined)
    }

    pub(crate) fn is_function(&self) -> bool {
        match self {
            Self::Function(_) | Self::Native(_) => true,
            Self::Global(global) => !matches!(
                global,
                Global::Math | Global::JSON | Global::Intl | Global::console | Global::Harmless
            ),
            Self::Special(special) => matches!(**special, Special::Bound(_)),
            _ => false,
        }
    }

    /// Whether it is an object in JavaScript's sense, functions and arrays included.
    pub(crate) fn is_object(&self) -> bool {
        match self {
            Self::Undefined => false,
            Self::Data(value) => matches!(value, Value::Array(_) | Value::Object(_)),
            Self::Special(special) => special.is_object(),
            _ => true,
        }
    }

    pub(crate) fn is_array(&self) -> bool {
        matches!(
            self,
            Self::Array(_) | Self::Items(_) | Self::Data(Value::Array(_))
        )
    }
}

impl From<Resolved> for Js {
    fn from(resolved: Resolved) -> Self {
        match resolved {
            Resolved::Undefined => Self::Undefined,
            Resolved::Value(value) => Self::Data(value),
            Resolved::Item(item) => Self::Item(Rc::new(item)),
            Resolved::Items(items) => Self::Items(items),
            Resolved::Object(object) => Self::Host(Rc::new(object)),
        }
    }
}

impl From<Value> for Js {
    fn from(value: Value) -> Self {
        Self::Data(value)
    }
}

/// Takes values apart without recursion, so that a list nested a million levels deep does not overflow the stack.
fn dismantle(mut pending: Vec<Js>) {
    while let Some(value) = pending.pop() {
        match value {
            Js::Array(list) => {
                if let Some(list) = Rc::into_inner(list) {
                    pending.append(&mut list.0.borrow_mut());
                }
            }
            Js::Object(object) => {
                if let Some(object) = Rc::into_inner(object) {
                    pending.extend(std::mem::take(&mut *object.members.borrow_mut()).into_values());
                }
            }
            Js::Map(collection) | Js::Set(collection) => {
                if let Some(collection) = Rc::into_inner(collection) {
                    let entries = std::mem::take(&mut *collection.0.borrow_mut());
                    pending.extend(entries.into_values().flat_map(|(key, value)| [key, value]));
                }
            }
            Js::Function(function) => {
                if let Some(function) = Rc::into_inner(function) {
                    let frame = function.frame.borrow_mut().take();
                    take_frames(frame, &mut pending);
                }
            }
            Js::Native(native) => {
                if let Some(native) = Rc::into_inner(native) {
                    pending.push(native.receiver);
                }
            }
            Js::Special(special) => match Rc::into_inner(special) {
                Some(Special::Iterator(iterator)) => {
                    pending.append(&mut iterator.rest.borrow_mut());
                }
                Some(Special::Bound(bound)) => {
                    pending.extend([bound.function, bound.this]);
                    pending.extend(bound.arguments);
                }
                _ => {}
            },
            _ => {}
        }
    }
}

fn take_frames(mut frame: Option<Rc<Frame>>, pending: &mut Vec<Js>) {
    while let Some(inner) = frame.take().and_then(Rc::into_inner) {
        pending.append(&mut inner.slots.borrow_mut());
        frame = inner.parent.borrow_mut().take();
    }
}

impl Drop for List {
    fn drop(&mut self) {
        let elements = self.0.get_mut();
        if elements.iter().any(holds_others) {
            dismantle(std::mem::take(elements));
        }
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        let members = self.members.get_mut();
        if members.values().any(holds_others) {
            dismantle(std::mem::take(members).into_values().collect());
        }
    }
}

impl Drop for Collection {
    fn drop(&mut self) {
        let entries = std::mem::take(self.0.get_mut());
        dismantle(
            entries
                .into_values()
                .flat_map(|(key, value)| [key, value])
                .collect(),
        );
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let mut pending = Vec::new();
        take_frames(self.frame.get_mut().take(), &mut pending);
        dismantle(pending);
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        let slots = self.slots.get_mut();
        if slots.iter().any(holds_others) {
            dismantle(std::mem::take(slots));
        }
        let mut pending = Vec::new();
        take_frames(self.parent.get_mut().take(), &mut pending);
        dismantle(pending);
    }
}

/// Whether dropping this value may drop other values of the evaluator.
fn holds_others(value: &Js) -> bool {
    matches!(
        value,
        Js::Array(_)
            | Js::Object(_)
            | Js::Map(_)
            | Js::Set(_)
            | Js::Function(_)
            | Js::Native(_)
            | Js::Special(_)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_any_depth_is_dropped_without_recursion() {
        let mut value = Js::Undefined;
        for _ in 0..300_000 {
            value = Js::array(vec![value]);
        }
        drop(value);
    }
}
