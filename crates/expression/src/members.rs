//! Reading, writing, testing and deleting members of values.

use std::rc::Rc;
use std::sync::Arc;

use itemflow_model::{Item, Value};

use crate::convert::{self, list_index};
use crate::evaluate::{Env, Interpreter, Run, type_error, write_local};
use crate::js::{Js, Members};
use crate::list::ListView;
use crate::method_names;
use crate::methods;
use crate::names::Global;
use crate::operators::same;
use crate::scope::HostObject;
use crate::special::{ITERATOR, Special};
use crate::tree::{Node, Step};

impl Interpreter<'_> {
    /// `object.name`
    pub(crate) fn get_member(&mut self, object: &Js, name: &str) -> Run {
        self.charge_fuel(1)?;
        let found = match object {
            Js::Undefined => {
                return type_error(format!("cannot read `{name}` of undefined"));
            }
            Js::Data(value) => match value {
                Value::Null => return type_error(format!("cannot read `{name}` of null")),
                Value::Object(map) => map.get(name).map(|value| Js::Data(value.clone())),
                Value::Array(list) => match name {
                    "length" => Some(Js::index(list.len())),
                    _ => list_index(name)
                        .and_then(|i| list.get(i))
                        .map(|value| Js::Data(value.clone())),
                },
                Value::String(text) => match name {
                    "length" => Some(Js::index(crate::utf16::length(text))),
                    _ => list_index(name)
                        .and_then(|i| crate::utf16::unit(text, i))
                        .map(Js::text),
                },
                Value::Bool(_) | Value::Number(_) => None,
            },
            Js::Array(list) => match name {
                "length" => Some(Js::index(list.0.borrow().len())),
                _ => list_index(name)
                    .and_then(|i| list.0.borrow().get(i).cloned())
                    .or_else(|| list.1.borrow().as_ref()?.get(name).cloned()),
            },
            Js::Items(items) => match name {
                "length" => Some(Js::index(items.len())),
                _ => list_index(name)
                    .and_then(|i| items.get(i))
                    .map(|item| Js::Item(Rc::new(item.clone()))),
            },
            Js::Object(object) => object.members.borrow().get(name).cloned(),
            Js::Item(item) => item_member(item, name),
            Js::Host(host) => return self.host_member(host, name),
            Js::Map(collection) | Js::Set(collection) => {
                (name == "size").then(|| Js::index(collection.0.borrow().len()))
            }
            Js::Regex(regex) => methods::regex::member(regex, name),
            Js::Global(Global::Symbol) if name == "iterator" => Some(self.symbol(&ITERATOR.into())),
            Js::Global(global) => methods::globals::constant(*global, name),
            Js::DateTime(date) => crate::luxon::members::date_time(date, name),
            Js::Duration(duration) => crate::luxon::members::duration(duration, name),
            Js::Interval(interval) => crate::luxon::members::interval(interval, name),
            Js::Function(function) => match name {
                "length" => Some(Js::index(function.code.parameters.len())),
                "name" => Some(Js::text("")),
                _ => None,
            },
            Js::Native(native) => (name == "name").then(|| Js::text(native.name.clone())),
            Js::Special(special) => match (&**special, name) {
                (Special::Symbol(description), "description") => description.clone().map(Js::text),
                _ => None,
            },
            Js::Date(_) => None,
        };
        Ok(found.unwrap_or_else(|| {
            if method_names::is_native_method(object, name) {
                Js::native(object.clone(), name)
            } else {
                Js::Undefined
            }
        }))
    }

    fn host_member(&mut self, host: &HostObject, name: &str) -> Run {
        Ok(self.scope.member(host, name)?.into())
    }

    /// `object[index]`
    pub(crate) fn get_index(&mut self, object: &Js, index: &Js) -> Run {
        if let Js::Data(Value::Number(number)) = index
            && let Some(i) = number.as_u64()
            && let Some(list) = ListView::of(object)
        {
            self.charge_fuel(1)?;
            return Ok(list.get(i as usize));
        }
        if let Js::Special(special) = index
            && let Special::Symbol(description) = &**special
        {
            let iterates = description.as_deref() == Some(ITERATOR)
                && method_names::is_native_method(object, "@@iterator");
            return Ok(if iterates {
                Js::native(object.clone(), "@@iterator")
            } else {
                Js::Undefined
            });
        }
        let name = self.member_key(index)?;
        self.get_member(object, &name)
    }

    /// `object[name] = value`; changes nothing but what the expression made.
    pub(crate) fn set_member(&mut self, object: &Js, name: &Arc<str>, value: Js) -> Run<()> {
        self.charge_fuel(1)?;
        if value.is_object() {
            self.note_cyclic(object);
        }
        match object {
            Js::Undefined | Js::Data(Value::Null) => {
                return type_error(format!("cannot set `{name}` of undefined or null"));
            }
            Js::Array(list) => {
                if let Some(i) = list_index(name) {
                    let length = list.0.borrow().len();
                    if i >= length {
                        self.charge_elements(i + 1 - length)?;
                        list.0.borrow_mut().resize(i + 1, Js::Undefined);
                    }
                    let old = std::mem::replace(&mut list.0.borrow_mut()[i], value);
                    drop(old);
                } else if &**name == "length" {
                    let length = self.number_of(&value)?.clamp(0.0, 4e9) as usize;
                    let present = list.0.borrow().len();
                    self.charge_elements(length.saturating_sub(present))?;
                    let cut = if length < present {
                        list.0.borrow_mut().split_off(length)
                    } else {
                        list.0.borrow_mut().resize(length, Js::Undefined);
                        Vec::new()
                    };
                    drop(cut);
                }
            }
            Js::Object(object) => {
                self.charge_elements(3)?;
                let old = object.members.borrow_mut().insert(name.clone(), value);
                drop(old);
            }
            Js::Regex(regex) if &**name == "lastIndex" => {
                regex
                    .last_index
                    .set(self.number_of(&value)?.max(0.0) as usize);
            }
            _ => {}
        }
        Ok(())
    }

    /// `delete object.name`
    pub(crate) fn eval_delete(&mut self, target: &Node, env: Env) -> Run {
        if let Node::Chain(chain) = target
            && let Some((last, before)) = chain.steps.split_last()
        {
            let key = match last {
                Step::Member { name, .. } => Some(name.clone()),
                Step::Index { index, .. } => {
                    let index = self.eval(index, env)?;
                    Some(self.member_key(&index)?)
                }
                _ => None,
            };
            if let Some(key) = key {
                match self.own_place(&chain.base, before, env)? {
                    Js::Object(object) => {
                        let old = object.members.borrow_mut().shift_remove(&*key);
                        drop(old);
                    }
                    Js::Array(list) => {
                        if let Some(slot) = list_index(&key)
                            .and_then(|i| list.0.borrow_mut().get_mut(i).map(std::mem::take))
                        {
                            drop(slot);
                        }
                    }
                    _ => {}
                }
            }
        }
        Ok(Js::bool(true))
    }

    /// `name in object`
    pub(crate) fn has_member(&mut self, object: &Js, name: &Js) -> Run {
        if !object.is_object() {
            return type_error("`in` needs an object on its right side");
        }
        let name = self.text_of(name)?;
        Ok(Js::bool(self.has_own(object, &name)?))
    }

    /// Whether the object itself has a member of this name.
    pub(crate) fn has_own(&mut self, object: &Js, name: &str) -> Run<bool> {
        if let Some(list) = ListView::of(object) {
            return Ok(name == "length" || list_index(name).is_some_and(|i| i < list.len()));
        }
        Ok(match object {
            Js::Data(Value::Object(map)) => map.contains_key(name),
            Js::Object(object) => object.members.borrow().contains_key(name),
            other => self.entries(other)?.iter().any(|(key, _)| &**key == name),
        })
    }

    /// The object that is about to be changed: data is first copied, and the copy takes its place in its variable.
    pub(crate) fn own_place(&mut self, base: &Node, steps: &[Step], env: Env) -> Run {
        let (base, inner): (&Node, &[Step]) = match base {
            Node::Chain(chain) if steps.is_empty() => (&chain.base, &chain.steps),
            base => (base, steps),
        };
        let plain = inner
            .iter()
            .all(|step| matches!(step, Step::Member { .. } | Step::Index { .. }));
        let Node::Local(local) = base else {
            let value = self.eval_steps(base, inner, env)?;
            return self.own_copy(value);
        };
        if !plain {
            let value = self.eval_steps(base, inner, env)?;
            return self.own_copy(value);
        }
        let value = self.eval(base, env)?;
        let mut holder = self.own_copy(value.clone())?;
        if !same(&holder, &value) {
            write_local(*local, holder.clone(), env);
        }
        for step in inner {
            let key = match step {
                Step::Member { name, .. } => name.clone(),
                Step::Index { index, .. } => {
                    let index = self.eval(index, env)?;
                    self.member_key(&index)?
                }
                _ => continue,
            };
            let value = self.get_member(&holder, &key)?;
            let own = self.own_copy(value.clone())?;
            if !same(&own, &value) {
                self.set_member(&holder, &key, own.clone())?;
            }
            holder = own;
        }
        Ok(holder)
    }

    /// Data as a list or object of the expression's own, one level deep; other values as they are.
    pub(crate) fn own_copy(&mut self, value: Js) -> Run {
        match &value {
            Js::Data(Value::Array(_)) | Js::Items(_) => Ok(Js::array(self.iterate(&value)?)),
            Js::Data(Value::Object(_)) | Js::Item(_) => {
                let members: Members = self.entries(&value)?.into_iter().collect();
                Ok(Js::object(members))
            }
            _ => Ok(value),
        }
    }
}

fn item_member(item: &Item, name: &str) -> Option<Js> {
    match name {
        "json" => Some(Js::Data(item.json.clone())),
        "binary" => item
            .binary
            .as_ref()
            .map(|binaries| Js::Data(convert::binaries_value(binaries))),
        "error" => item
            .error
            .as_ref()
            .map(|error| Js::Data(Value::from([("message", error.message.as_str())]))),
        _ => None,
    }
}
