//! `JSON.parse` and `JSON.stringify`.

use std::fmt::Write as _;
use std::sync::Arc;

use itemflow_model::Value;

use crate::evaluate::{Interpreter, Run, syntax_error, type_error};
use crate::js::Js;
use crate::list::ListView;
use crate::methods::{argument, date};
use crate::special::Special;

pub(crate) fn parse(interpreter: &mut Interpreter, text: &str) -> Run {
    interpreter.charge_text(text.len() * 4)?;
    match serde_json::from_str::<Value>(text) {
        Ok(value) => Ok(Js::Data(value)),
        Err(error) => syntax_error(format!("the text is not valid JSON: {error}")),
    }
}

/// The value with every part of it passed through a function, the innermost first.
pub(crate) fn revive(
    interpreter: &mut Interpreter,
    holder: &Js,
    key: &str,
    value: Js,
    reviver: &Js,
) -> Run {
    interpreter.enter(2)?;
    let value = if value.is_object() {
        let is_list = value.is_array();
        let own = interpreter.own_copy(value)?;
        for (key, member) in interpreter.entries(&own)? {
            let revived = revive(interpreter, &own, &key, member, reviver)?;
            match &own {
                Js::Object(object) if revived.is_undefined() => {
                    let old = object.members.borrow_mut().shift_remove(&*key);
                    drop(old);
                }
                _ => interpreter.set_member(&own, &key, revived)?,
            }
        }
        debug_assert_eq!(is_list, own.is_array());
        own
    } else {
        value
    };
    let result = interpreter.call(reviver, holder, &[Js::text(key), value]);
    interpreter.leave(2);
    result
}

/// `JSON.stringify(value, replacer, space)`; undefined for what has no JSON.
pub(crate) fn stringify(interpreter: &mut Interpreter, arguments: &[Js]) -> Run {
    let indent = match argument(arguments, 2) {
        Js::Undefined => String::new(),
        value => match value.as_text() {
            Some(text) => text.chars().take(10).collect(),
            None => " ".repeat(interpreter.number_of(value)?.clamp(0.0, 10.0) as usize),
        },
    };
    let replacer = argument(arguments, 1);
    let keys = match ListView::of(replacer) {
        Some(list) => {
            let mut keys = Vec::new();
            for key in list.to_vec() {
                keys.push(interpreter.text_of(&key)?);
            }
            Some(keys)
        }
        None => None,
    };
    let mut writer = Writer {
        indent,
        keys,
        replacer: replacer.is_function().then(|| replacer.clone()),
        out: String::new(),
        counted: 0,
    };
    let value = match &writer.replacer {
        Some(replacer) => {
            let replacer = replacer.clone();
            interpreter.call(
                &replacer,
                &Js::Undefined,
                &[Js::text(""), argument(arguments, 0).clone()],
            )?
        }
        None => argument(arguments, 0).clone(),
    };
    if writer.write(interpreter, &value, 0)? {
        Ok(Js::text(writer.out))
    } else {
        Ok(Js::Undefined)
    }
}

/// The compact JSON text of a value; empty for what has none.
pub(crate) fn to_text(interpreter: &mut Interpreter, value: &Js) -> Run<String> {
    let text = stringify(interpreter, std::slice::from_ref(value))?;
    Ok(text
        .as_text()
        .map(|text| text.to_string())
        .unwrap_or_default())
}

struct Writer {
    indent: String,
    keys: Option<Vec<Arc<str>>>,
    replacer: Option<Js>,
    out: String,
    counted: usize,
}

impl Writer {
    /// Writes a value; false when it has no JSON, in which case nothing is written.
    fn write(&mut self, interpreter: &mut Interpreter, value: &Js, level: usize) -> Run<bool> {
        interpreter.charge_text(self.out.len() - self.counted)?;
        self.counted = self.out.len();
        interpreter.enter(1)?;
        let written = self.write_any(interpreter, value, level);
        interpreter.leave(1);
        written
    }

    fn write_any(&mut self, interpreter: &mut Interpreter, value: &Js, level: usize) -> Run<bool> {
        if let Some(list) = ListView::of(value) {
            self.write_list(interpreter, &list, level)?;
            return Ok(true);
        }
        match value {
            Js::Undefined | Js::Function(_) | Js::Native(_) => return Ok(false),
            Js::Special(special) => match &**special {
                Special::BigInt(_) => return type_error("a BigInt has no JSON"),
                Special::Symbol(_) | Special::Bound(_) => return Ok(false),
                _ => self.out.push_str("{}"),
            },
            Js::Data(Value::Null) => self.out.push_str("null"),
            Js::Data(Value::Bool(flag)) => self.out.push_str(if *flag { "true" } else { "false" }),
            Js::Data(Value::Number(number)) => {
                if number.as_f64().is_finite() {
                    let _ = write!(self.out, "{number}");
                } else {
                    self.out.push_str("null");
                }
            }
            Js::Data(Value::String(text)) => quote(text, &mut self.out),
            Js::Date(ms) => match date::to_iso(ms.get()) {
                Some(text) => quote(&text, &mut self.out),
                None => self.out.push_str("null"),
            },
            Js::DateTime(date) if !date.is_valid() => self.out.push_str("null"),
            Js::Interval(interval) => quote(&interval.to_iso(), &mut self.out),
            Js::DateTime(_) | Js::Duration(_) => {
                let text = interpreter.text_of(value)?;
                quote(&text, &mut self.out);
            }
            value if value.is_function() => return Ok(false),
            value => {
                if let Js::Object(object) = value {
                    let own = object.members.borrow().get("toJSON").cloned();
                    if let Some(own @ Js::Function(_)) = own {
                        let replaced = interpreter.call(&own, value, &[])?;
                        return self.write(interpreter, &replaced, level);
                    }
                }
                let entries = interpreter.entries(value)?;
                self.write_object(interpreter, entries, level)?;
            }
        }
        Ok(true)
    }

    fn write_list(
        &mut self,
        interpreter: &mut Interpreter,
        list: &ListView,
        level: usize,
    ) -> Run<()> {
        self.out.push('[');
        for i in 0..list.len() {
            if i > 0 {
                self.out.push(',');
            }
            self.line(level + 1);
            let element = self.replace(interpreter, &i.to_string().into(), list.get(i))?;
            if !self.write(interpreter, &element, level + 1)? {
                self.out.push_str("null");
            }
        }
        if list.len() > 0 {
            self.line(level);
        }
        self.out.push(']');
        Ok(())
    }

    fn write_object(
        &mut self,
        interpreter: &mut Interpreter,
        entries: Vec<(Arc<str>, Js)>,
        level: usize,
    ) -> Run<()> {
        self.out.push('{');
        let mut first = true;
        for (key, value) in entries {
            if self.keys.as_ref().is_some_and(|keys| !keys.contains(&key)) {
                continue;
            }
            let value = self.replace(interpreter, &key, value)?;
            let before = self.out.len();
            if !first {
                self.out.push(',');
            }
            self.line(level + 1);
            quote(&key, &mut self.out);
            self.out.push(':');
            if !self.indent.is_empty() {
                self.out.push(' ');
            }
            if self.write(interpreter, &value, level + 1)? {
                first = false;
            } else {
                self.out.truncate(before);
                self.counted = self.counted.min(before);
            }
        }
        if !first {
            self.line(level);
        }
        self.out.push('}');
        Ok(())
    }

    fn replace(&mut self, interpreter: &mut Interpreter, key: &Arc<str>, value: Js) -> Run {
        match &self.replacer {
            Some(replacer) => {
                let replacer = replacer.clone();
                interpreter.call(&replacer, &Js::Undefined, &[Js::text(key.clone()), value])
            }
            None => Ok(value),
        }
    }

    fn line(&mut self, level: usize) {
        if !self.indent.is_empty() {
            self.out.push('\n');
            for _ in 0..level {
                self.out.push_str(&self.indent);
            }
        }
    }
}

/// Writes a JSON string.
pub(crate) fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if (c as u32) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
