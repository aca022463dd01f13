//! One field to set: its name, ready as a path where it is fixed, and the conversion of its value.

use std::sync::Arc;

use itemflow_expression::Template;
use itemflow_model::{ErrorInfo, Path, Value};
use jiff::tz::TimeZone;

use crate::core::javascript;
use crate::core::value_type::ValueType;
use crate::parameters::Parameter;
use crate::run::NodeRun;

/// Characters of a value that an error quotes.
const QUOTED: usize = 60;

/// The name of a field.
pub(super) struct Name {
    parameter: Parameter,
    fixed: Option<(Arc<str>, Path)>,
}

impl Name {
    /// Reads the `name` of a stored field at a dotted path.
    pub(super) fn compile(stored: &Template, path: &str, default: &str) -> Self {
        let parameter = Parameter::inner(format!("{path}.name"), stored.get("name"), default);
        let fixed = match &parameter.template {
            Template::Literal(Value::String(text)) => Some((text.clone(), Path::parse(text))),
            _ => None,
        };
        Self { parameter, fixed }
    }

    /// Puts a value under this name: at a path, or with `dots` false under the name as it is.
    ///
    /// # Errors
    /// When the name is an expression that fails.
    pub(super) fn set(
        &self,
        target: &mut Value,
        value: Value,
        dots: bool,
        run: &NodeRun,
        item: usize,
    ) -> Result<(), ErrorInfo> {
        match &self.fixed {
            Some((_, path)) if dots => path.set(target, value),
            Some((text, _)) => {
                target.make_object().insert(text.clone(), value);
            }
            None => {
                let text = run.text(&self.parameter, item)?;
                if dots {
                    Path::parse(&text).set(target, value);
                } else {
                    target.make_object().insert(text, value);
                }
            }
        }
        Ok(())
    }

    /// The name as text.
    ///
    /// # Errors
    /// As [`Name::set`].
    pub(super) fn text(&self, run: &NodeRun, item: usize) -> Result<Arc<str>, ErrorInfo> {
        match &self.fixed {
            Some((text, _)) => Ok(text.clone()),
            None => run.text(&self.parameter, item),
        }
    }
}

/// A value as the type its field asks for, by the rules of a version; `None` is undefined.
///
/// # Errors
/// A sentence, where the value cannot become that type.
pub(super) fn convert(
    value: Option<Value>,
    wanted: ValueType,
    version: f64,
    zone: &TimeZone,
) -> Result<Value, String> {
    let value = match value {
        Some(value) if !value.is_null() => value,
        missing if wanted == ValueType::String && version < 3.1 => {
            return Ok(Value::from(missing.map_or("undefined", |_| "null")));
        }
        _ if wanted == ValueType::String && version < 3.2 => {
            return Err("there is no value, where a string is expected".to_owned());
        }
        _ => return Ok(Value::Null),
    };
    wanted.coerce(&value, zone).ok_or_else(|| {
        let text = value.to_string();
        let quoted: String = text.chars().take(QUOTED).collect();
        format!(
            "{quoted}{} cannot become a value of type {}",
            if quoted.len() < text.len() { "…" } else { "" },
            wanted.label()
        )
    })
}

/// A text that is a number for JavaScript as that number; any other value as it is.
pub(super) fn number_where_possible(value: Value) -> Value {
    match &value {
        Value::String(_) => javascript::number(Some(&value)).map_or(value, Value::from),
        _ => value,
    }
}
