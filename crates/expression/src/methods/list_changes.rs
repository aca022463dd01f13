//! Methods of lists that change them. Data is never changed: it is copied before these are called.

use std::rc::Rc;

use crate::convert::relative_index;
use crate::evaluate::{Interpreter, Run};
use crate::js::{Js, List};
use crate::list::ListView;
use crate::methods::{argument, list_callbacks};

pub(super) fn call(
    interpreter: &mut Interpreter,
    receiver: &Js,
    list: &ListView,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    match name {
        "toSorted" => {
            let sorted = list_callbacks::sort(interpreter, list.to_vec(), argument(arguments, 0))?;
            return Ok(Some(Js::array(sorted)));
        }
        "toSpliced" => {
            let copy = Rc::new(List::new(list.to_vec()));
            interpreter.charge_elements(list.len())?;
            splice(interpreter, &copy, arguments)?;
            return Ok(Some(Js::Array(copy)));
        }
        _ => {}
    }
    // Data reaches here only where its copy could not take its place; the result is right all the same.
    let own = match receiver {
        Js::Array(own) => own.clone(),
        _ => Rc::new(List::new(list.to_vec())),
    };
    let result = match name {
        "push" => {
            interpreter.charge_elements(arguments.len())?;
            note(interpreter, receiver, arguments);
            own.0.borrow_mut().extend_from_slice(arguments);
            Js::index(own.0.borrow().len())
        }
        "pop" => {
            let last = own.0.borrow_mut().pop();
            Js::option(last)
        }
        "shift" => {
            let length = own.0.borrow().len();
            interpreter.charge_fuel(1 + length as u64 / 16)?;
            if length == 0 {
                Js::Undefined
            } else {
                own.0.borrow_mut().remove(0)
            }
        }
        "unshift" => {
            let length = own.0.borrow().len();
            interpreter.charge_elements(arguments.len())?;
            interpreter.charge_fuel(1 + length as u64 / 16)?;
            note(interpreter, receiver, arguments);
            own.0.borrow_mut().splice(0..0, arguments.iter().cloned());
            Js::index(length + arguments.len())
        }
        "splice" => splice(interpreter, &own, arguments)?,
        "reverse" => {
            let length = own.0.borrow().len();
            interpreter.charge_fuel(1 + length as u64)?;
            own.0.borrow_mut().reverse();
            Js::Array(own)
        }
        "sort" => {
            let elements = own.0.borrow().clone();
            let sorted = list_callbacks::sort(interpreter, elements, argument(arguments, 0))?;
            let old = std::mem::replace(&mut *own.0.borrow_mut(), sorted);
            drop(old);
            Js::Array(own)
        }
        "fill" => {
            let length = own.0.borrow().len();
            interpreter.charge_fuel(1 + length as u64)?;
            let start = interpreter.integer_argument(arguments, 1, 0.0)?;
            let end = interpreter.integer_argument(arguments, 2, length as f64)?;
            let value = argument(arguments, 0);
            note(interpreter, receiver, std::slice::from_ref(value));
            for i in relative_index(start, length)..relative_index(end, length) {
                let old = std::mem::replace(&mut own.0.borrow_mut()[i], value.clone());
                drop(old);
            }
            Js::Array(own)
        }
        "copyWithin" => {
            let elements = own.0.borrow().clone();
            let length = elements.len();
            interpreter.charge_elements(length)?;
            let to = interpreter.integer_argument(arguments, 0, 0.0)?;
            let start = interpreter.integer_argument(arguments, 1, 0.0)?;
            let end = interpreter.integer_argument(arguments, 2, length as f64)?;
            let to = relative_index(to, length);
            let source = relative_index(start, length)..relative_index(end, length);
            for (i, from) in source.enumerate() {
                if to + i < length {
                    own.0.borrow_mut()[to + i] = elements[from].clone();
                }
            }
            Js::Array(own)
        }
        _ => return Ok(None),
    };
    Ok(Some(result))
}

fn splice(interpreter: &mut Interpreter, own: &Rc<List>, arguments: &[Js]) -> Run {
    let length = own.0.borrow().len();
    let start = interpreter.integer_argument(arguments, 0, 0.0)?;
    let start = relative_index(start, length);
    let count = match arguments.len() {
        0 => 0.0,
        1 => (length - start) as f64,
        _ => interpreter.integer_argument(arguments, 1, 0.0)?,
    };
    let count = count.clamp(0.0, (length - start) as f64) as usize;
    let added = arguments.get(2..).unwrap_or_default();
    interpreter.charge_elements(added.len() + count)?;
    interpreter.charge_fuel(1 + length as u64 / 16)?;
    note(interpreter, &Js::Array(own.clone()), added);
    let removed: Vec<Js> = own
        .0
        .borrow_mut()
        .splice(start..start + count, added.iter().cloned())
        .collect();
    Ok(Js::array(removed))
}

fn note(interpreter: &mut Interpreter, holder: &Js, added: &[Js]) {
    if added.iter().any(Js::is_object) {
        interpreter.note_cyclic(holder);
    }
}
