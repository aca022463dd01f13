//! `ValueType`: the types a person can ask for in Set and in conditions, and how a value becomes one (n8n: validateType).

use itemflow_model::{Map, Value};
use jiff::tz::TimeZone;

use super::javascript;
use super::lenient_json;
use super::moment::moment;

/// A type of value. `Other` stands for names we do not know: every value fits it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueType {
    Any,
    String,
    Number,
    Boolean,
    DateTime,
    Array,
    Object,
    Other,
}

impl ValueType {
    /// The type of this name.
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "any" => Self::Any,
            "string" => Self::String,
            "number" => Self::Number,
            "boolean" => Self::Boolean,
            "dateTime" => Self::DateTime,
            "array" => Self::Array,
            "object" => Self::Object,
            _ => Self::Other,
        }
    }

    /// Its name in messages.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Any | Self::Other => "value",
            Self::String => "string",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::DateTime => "dateTime",
            Self::Array => "array",
            Self::Object => "object",
        }
    }

    /// Whether the value has the type as it is.
    pub(crate) fn holds(self, value: &Value) -> bool {
        matches!(
            (self, value),
            (Self::Any | Self::Other, _)
                | (Self::String, Value::String(_))
                | (Self::Number, Value::Number(_))
                | (Self::Boolean, Value::Bool(_))
                | (Self::Array, Value::Array(_))
                | (Self::Object, Value::Object(_))
        )
    }

    /// The value as this type; `None` where it cannot be one. Null stays null. Dates become ISO text.
    pub(crate) fn coerce(self, value: &Value, zone: &TimeZone) -> Option<Value> {
        if value.is_null() || self.holds(value) {
            return Some(value.clone());
        }
        match self {
            Self::Any | Self::Other => Some(value.clone()),
            Self::String => Some(Value::from(javascript::text_or_json(value))),
            Self::Number => javascript::number(Some(value)).map(Value::from),
            Self::Boolean => boolean(value),
            Self::DateTime => date_time(value, zone),
            Self::Array => array(value),
            Self::Object => object(value),
        }
    }
}

fn boolean(value: &Value) -> Option<Value> {
    match value.as_str() {
        Some(text) if text.eq_ignore_ascii_case("true") => return Some(Value::Bool(true)),
        Some(text) if text.eq_ignore_ascii_case("false") => return Some(Value::Bool(false)),
        _ => {}
    }
    match javascript::number(Some(value))?.as_i64() {
        Some(0) => Some(Value::Bool(false)),
        Some(1) => Some(Value::Bool(true)),
        _ => None,
    }
}

fn date_time(value: &Value, zone: &TimeZone) -> Option<Value> {
    let zoned = moment(value, zone)?.to_zoned(zone.clone());
    let form = if *zone == TimeZone::UTC {
        "%Y-%m-%dT%H:%M:%S%.3fZ"
    } else {
        "%Y-%m-%dT%H:%M:%S%.3f%:z"
    };
    Some(Value::from(zoned.strftime(form).to_string()))
}

fn array(value: &Value) -> Option<Value> {
    let text = value.as_str()?;
    serde_json::from_str::<Vec<Value>>(text)
        .or_else(|_| serde_json::from_str(&text.replace('\'', "\"")))
        .ok()
        .map(Value::from)
}

fn object(value: &Value) -> Option<Value> {
    let text = value.as_str()?;
    if let Ok(map) = serde_json::from_str::<Map>(text) {
        return Some(Value::from(map));
    }
    lenient_json::parse(text).filter(|value| value.as_object().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_become_the_type_that_is_asked_for() {
        for (name, value, expected) in [
            ("number", json!("12"), Some(json!(12))),
            ("number", json!(""), Some(json!(0))),
            ("number", json!("0x10"), Some(json!(16))),
            ("number", json!(true), Some(json!(1))),
            ("number", json!("a"), None),
            ("number", json!({}), None),
            ("boolean", json!("TRUE"), Some(json!(true))),
            ("boolean", json!("0"), Some(json!(false))),
            ("boolean", json!(1), Some(json!(true))),
            ("boolean", json!(2), None),
            ("string", json!(1.5), Some(json!("1.5"))),
            ("string", json!({ "a": [1] }), Some(json!("{\"a\":[1]}"))),
            ("array", json!("[1,2]"), Some(json!([1, 2]))),
            ("array", json!("['a']"), Some(json!(["a"]))),
            ("array", json!("{}"), None),
            ("array", json!({}), None),
            ("object", json!("{\"a\":1}"), Some(json!({ "a": 1 }))),
            ("object", json!("{a: 1}"), Some(json!({ "a": 1 }))),
            ("object", json!("[1]"), None),
            ("object", json!([1]), None),
            (
                "dateTime",
                json!("2024-01-02"),
                Some(json!("2024-01-02T00:00:00.000Z")),
            ),
            ("dateTime", json!("soon"), None),
            ("number", json!(null), Some(json!(null))),
        ] {
            let actual = ValueType::named(name).coerce(&Value::from(value.clone()), &TimeZone::UTC);
            assert_eq!(actual, expected.map(Value::from), "{name} {value}");
        }
    }
}
