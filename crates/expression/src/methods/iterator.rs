//! Iterators: `next()`, and the methods that newer JavaScript gives them.

use std::cell::RefCell;
use std::rc::Rc;

use crate::evaluate::{Interpreter, Run};
use crate::js::{Js, Members};
use crate::methods::{self, argument};
use crate::special::{ElementIterator, Special};

impl Js {
    /// An iterator over elements.
    pub(crate) fn iterator(kind: &'static str, mut elements: Vec<Js>) -> Self {
        elements.reverse();
        Self::Special(Rc::new(Special::Iterator(ElementIterator {
            kind,
            rest: RefCell::new(elements),
        })))
    }
}

impl ElementIterator {
    /// Takes all that is left.
    pub(crate) fn take_rest(&self) -> Vec<Js> {
        let mut rest = std::mem::take(&mut *self.rest.borrow_mut());
        rest.reverse();
        rest
    }
}

pub(super) fn call(
    interpreter: &mut Interpreter,
    iterator: &ElementIterator,
    receiver: &Js,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    let first = argument(arguments, 0);
    Ok(Some(match name {
        "next" => {
            let value = iterator.rest.borrow_mut().pop();
            interpreter.charge_elements(2)?;
            let done = value.is_none();
            let mut members = Members::default();
            members.insert("value".into(), Js::option(value));
            members.insert("done".into(), Js::bool(done));
            Js::object(members)
        }
        "toArray" => Js::array(iterator.take_rest()),
        "take" | "drop" => {
            let count = interpreter.integer_argument(arguments, 0, 0.0)?.max(0.0) as usize;
            let mut rest = iterator.take_rest();
            let after = rest.split_off(count.min(rest.len()));
            Js::iterator("Iterator Helper", if name == "take" { rest } else { after })
        }
        "map" | "filter" | "flatMap" | "forEach" | "some" | "every" | "find" | "reduce" => {
            let list = Js::array(iterator.take_rest());
            let result = methods::call(interpreter, &list, name, arguments)?;
            match (name, result) {
                ("map" | "filter" | "flatMap", Some(result)) => {
                    let elements = interpreter.iterate(&result)?;
                    Js::iterator("Iterator Helper", elements)
                }
                (_, result) => Js::option(result),
            }
        }
        "values" | "@@iterator" if first.is_undefined() => receiver.clone(),
        _ => return Ok(None),
    }))
}
