//! Conversions that may need the evaluator: to text, to numbers, and out of the expression.

use std::sync::Arc;

use itemflow_model::{Map, Value};

use crate::convert::{self, truthy};
use crate::error::EvaluateError;
use crate::evaluate::{Interpreter, Run, type_error};
use crate::js::Js;
use crate::list::ListView;
use crate::methods::date;
use crate::operators::primitive_number;
use crate::special::Special;

impl Interpreter<'_> {
    /// `String(value)`
    pub(crate) fn text_of(&mut self, value: &Js) -> Run<Arc<str>> {
        Ok(match value {
            Js::Undefined => "undefined".into(),
            Js::Data(Value::String(text)) => text.clone(),
            Js::Data(Value::Array(_)) | Js::Array(_) | Js::Items(_) => {
                self.join(value, ",")?.into()
            }
            Js::Data(value) => convert::value_text(value),
            Js::Object(object) if object.is_error => self.error_text(value)?.into(),
            Js::Object(object) => {
                let own = object.members.borrow().get("toString").cloned();
                match own {
                    Some(own @ Js::Function(_)) => {
                        self.enter(1)?;
                        let text = self.call(&own, value, &[])?;
                        let text = self.text_of(&text)?;
                        self.leave(1);
                        text
                    }
                    _ => "[object Object]".into(),
                }
            }
            Js::Item(_) | Js::Host(_) => "[object Object]".into(),
            Js::Map(_) => "[object Map]".into(),
            Js::Set(_) => "[object Set]".into(),
            Js::Function(function) => function.code.text.clone(),
            Js::Native(native) => format!("function {}() {{ [native code] }}", native.name).into(),
            Js::Global(global) => convert::global_text(*global).into(),
            Js::Regex(regex) => format!("/{}/{}", regex.pattern.source, regex.pattern.flags).into(),
            Js::Date(ms) => date::to_string(ms.get(), &self.scope.time_zone()).into(),
            Js::DateTime(date) => date.to_iso().into(),
            Js::Duration(duration) => duration.to_iso().into(),
            Js::Interval(interval) => interval.display().into(),
            Js::Special(special) => match special.text() {
                Some(text) => text,
                None => return type_error("a symbol becomes text only by its own toString()"),
            },
        })
    }

    fn error_text(&mut self, value: &Js) -> Run<String> {
        let name = self.get_member(value, "name")?;
        let name = self.text_of(&name)?;
        let message = self.get_member(value, "message")?;
        let message = self.text_of(&message)?;
        Ok(if message.is_empty() {
            name.to_string()
        } else {
            format!("{name}: {message}")
        })
    }

    /// The elements of a list as one text.
    pub(crate) fn join(&mut self, value: &Js, separator: &str) -> Run<String> {
        let Some(list) = ListView::of(value) else {
            return Ok(String::new());
        };
        self.enter(1)?;
        let mut text = String::new();
        for i in 0..list.len() {
            if i > 0 {
                text.push_str(separator);
            }
            let element = list.get(i);
            if !element.is_nullish() {
                let element = self.text_of(&element)?;
                self.charge_text(element.len() + separator.len())?;
                text.push_str(&element);
            } else {
                self.charge_text(separator.len())?;
            }
        }
        self.leave(1);
        Ok(text)
    }

    /// `Number(value)`
    pub(crate) fn number_of(&mut self, value: &Js) -> Run<f64> {
        match value {
            Js::Undefined => Ok(f64::NAN),
            Js::Data(Value::Number(number)) => Ok(number.as_f64()),
            value if value.as_big_int().is_some() => {
                type_error("a BigInt and another number cannot be mixed")
            }
            value if value.is_object() => {
                let primitive = self.number_first_primitive(value)?;
                Ok(primitive_number(&primitive))
            }
            value => Ok(primitive_number(value)),
        }
    }

    /// The value that an object stands for in an addition: text, as a rule.
    pub(crate) fn primitive(&mut self, value: &Js) -> Run {
        if !value.is_object() {
            return Ok(value.clone());
        }
        if let Some(own) = self.own_value_of(value)? {
            return Ok(own);
        }
        match value {
            Js::DateTime(date) => Ok(Js::number(date.millis())),
            Js::Duration(duration) => Ok(Js::number(duration.millis())),
            _ => Ok(Js::text(self.text_of(value)?)),
        }
    }

    /// The value that an object stands for in arithmetic and comparisons: its number where it has one.
    pub(crate) fn number_first_primitive(&mut self, value: &Js) -> Run {
        if let Js::Date(ms) = value {
            return Ok(Js::number(ms.get()));
        }
        self.primitive(value)
    }

    fn own_value_of(&mut self, value: &Js) -> Run<Option<Js>> {
        let Js::Object(object) = value else {
            return Ok(None);
        };
        let own = object.members.borrow().get("valueOf").cloned();
        match own {
            Some(own @ Js::Function(_)) => {
                let result = self.call(&own, value, &[])?;
                Ok((!result.is_object()).then_some(result))
            }
            _ => Ok(None),
        }
    }

    /// The text of the value of one part of a template with several parts.
    ///
    /// n8n: what is falsy vanishes, except 0 and false.
    pub(crate) fn template_text(&mut self, value: &Js) -> Run<Arc<str>> {
        let keeps = match value {
            Js::Data(Value::Number(number)) => !number.as_f64().is_nan(),
            Js::Data(Value::Bool(_)) => true,
            value => truthy(value),
        };
        if !keeps {
            return Ok("".into());
        }
        if let Js::Special(special) = value
            && special.text().is_none()
        {
            let message = "a symbol cannot leave an expression";
            return Err(EvaluateError::Result(message.into()).into());
        }
        self.text_of(value)
    }

    /// The value as it leaves the expression: undefined members are left out, functions too.
    pub(crate) fn value_of(&mut self, value: &Js) -> Run<Option<Value>> {
        if let Js::Data(value) = value {
            return Ok(Some(value.clone()));
        }
        self.enter(1)?;
        let result = self.made_value_of(value);
        self.leave(1);
        result
    }

    fn made_value_of(&mut self, value: &Js) -> Run<Option<Value>> {
        Ok(match value {
            Js::Undefined | Js::Function(_) | Js::Native(_) => None,
            Js::Data(value) => Some(value.clone()),
            Js::Array(list) => {
                let elements = list.0.borrow().clone();
                self.charge_elements(elements.len())?;
                let mut values = Vec::with_capacity(elements.len());
                for element in &elements {
                    values.push(self.value_of(element)?.unwrap_or_default());
                }
                Some(Value::from(values))
            }
            Js::Object(_) => {
                if let Js::Object(object) = value
                    && object.is_error
                {
                    let message = self.get_member(value, "message")?;
                    let message = self.text_of(&message)?;
                    return Ok(Some(Value::from([("message", Value::String(message))])));
                }
                let entries = self.entries(value)?;
                let mut map = Map::with_capacity_and_hasher(entries.len(), Default::default());
                for (key, member) in entries {
                    if let Some(member) = self.value_of(&member)? {
                        map.insert(key, member);
                    }
                }
                Some(Value::from(map))
            }
            Js::Items(items) => {
                self.charge_elements(items.len() * 3)?;
                Some(Value::from(
                    items.iter().map(convert::item_value).collect::<Vec<_>>(),
                ))
            }
            Js::Item(item) => Some(convert::item_value(item)),
            Js::Host(host) => match self.scope.call(host, "toJSON", &[])? {
                crate::scope::Resolved::Object(_) => Some(Value::empty_object()),
                resolved => self.value_of(&resolved.into())?,
            },
            Js::Global(global) => {
                if Js::Global(*global).is_function() {
                    None
                } else {
                    Some(Value::empty_object())
                }
            }
            Js::Map(_) | Js::Set(_) | Js::Regex(_) => Some(Value::empty_object()),
            Js::Date(ms) => Some(date::to_iso(ms.get()).map_or(Value::Null, Value::from)),
            Js::DateTime(date) => Some(if date.is_valid() {
                Value::from(date.to_iso())
            } else {
                Value::Null
            }),
            Js::Duration(duration) => Some(Value::from(duration.to_iso())),
            Js::Interval(interval) => Some(Value::from(interval.to_iso())),
            Js::Special(special) => self.special_value(special)?,
        })
    }

    fn special_value(&mut self, special: &Special) -> Run<Option<Value>> {
        Ok(match special {
            Special::Symbol(_) => {
                let message = "a symbol cannot leave an expression";
                return Err(EvaluateError::Result(message.into()).into());
            }
            // What is beyond exact numbers leaves as text.
            Special::BigInt(number) => {
                Some(match (i64::try_from(*number), u64::try_from(*number)) {
                    (Ok(number), _) => Value::from(number),
                    (_, Ok(number)) => Value::from(number),
                    _ => Value::from(number.to_string()),
                })
            }
            Special::Iterator(_) | Special::Formatter(_) => Some(Value::empty_object()),
            Special::Bound(_) => None,
        })
    }

    /// The value of a whole parameter that is one expression.
    pub(crate) fn result(&mut self, value: &Js) -> Run<Option<Value>> {
        if value.is_function() {
            return Err(EvaluateError::Result(
                "the result is a function: call it by putting `()` after it".into(),
            )
            .into());
        }
        self.value_of(value)
    }
}
