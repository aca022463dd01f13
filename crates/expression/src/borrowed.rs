//! What real JavaScript borrows from the language: dates, durations, locale formats and queries, so that a script and an
//! expression have one and the same.
//!
//! Values travel as JSON. What JSON cannot say is an object with the member `@`, which names its kind: `undefined`,
//! `number` (`text`), `Date` (`ms`), `DateTime` (`ms`, `zone`, `locale`), `Duration` (`values`), `Interval` (`start`, `end`); and
//! `object` (`members`) for an object of the script's own with such a member.

use std::rc::Rc;
use std::sync::Arc;

use itemflow_model::{Map, Number, Value};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::convert::item_value;
use crate::error::EvaluateError;
use crate::evaluate::{Interpreter, Run, Stop, type_error};
use crate::intl::Locale;
use crate::js::{Js, Members};
use crate::luxon::units::Unit;
use crate::luxon::{DateTime, Duration, Interval, zone};
use crate::method_names;
use crate::names::{self, Meaning};
use crate::scope::{HostObject, Limits, Resolved, Scope, Variable};

const TAG: &str = "@";

/// The language as a script sees it.
#[derive(Debug)]
pub struct Borrowed {
    zone: TimeZone,
    limits: Limits,
    /// The present, where it stands still.
    now: Option<Timestamp>,
}

impl Borrowed {
    /// The language in a time zone.
    pub fn new(zone: TimeZone) -> Self {
        Self {
            zone,
            limits: Limits::default(),
            now: None,
        }
    }

    /// The same with a present that stands still at these milliseconds since 1970.
    #[must_use]
    pub fn standing_at(self, ms: i64) -> Self {
        Self {
            now: Timestamp::from_millisecond(ms).ok(),
            ..self
        }
    }

    /// Calls a method of a value, for example `plus` of a `DateTime`.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub fn method(&self, receiver: &Value, name: &str, arguments: &Value) -> Result<Value, String> {
        self.with(|interpreter, zone| {
            let receiver = decode(receiver, zone);
            let arguments = decode_list(arguments, zone);
            match interpreter.call_method(&receiver, name, &arguments)? {
                Some(result) => Ok(encode(&result)),
                None => type_error(format!("{name} is not a function")),
            }
        })
    }

    /// Reads a member of a value, for example `year` of a `DateTime`.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub fn member(&self, receiver: &Value, name: &str) -> Result<Value, String> {
        self.with(|interpreter, zone| {
            let receiver = decode(receiver, zone);
            Ok(encode(&interpreter.get_member(&receiver, name)?))
        })
    }

    /// Calls a function of a class, for example `fromISO` of `DateTime`.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub fn of_class(&self, class: &str, name: &str, arguments: &Value) -> Result<Value, String> {
        let class = global(class)?;
        self.with(|interpreter, zone| {
            let arguments = decode_list(arguments, zone);
            match interpreter.call_method(&class, name, &arguments)? {
                Some(result) => Ok(encode(&result)),
                None => type_error(format!("{name} is not a function")),
            }
        })
    }

    /// Makes an object of a class of `Intl` with arguments, and calls a method of it.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub fn formatter(
        &self,
        class: &str,
        settings: &Value,
        name: &str,
        arguments: &Value,
    ) -> Result<Value, String> {
        let class =
            crate::intl::class(class).ok_or_else(|| format!("Intl.{class} is not known"))?;
        self.with(|interpreter, zone| {
            let settings = decode_list(settings, zone);
            let formatter = interpreter.construct(&Js::Global(class), &settings)?;
            let arguments = decode_list(arguments, zone);
            match interpreter.call_method(&formatter, name, &arguments)? {
                Some(result) => Ok(encode(&result)),
                None => type_error(format!("{name} is not a function")),
            }
        })
    }

    /// Reads a constant of a class, for example `DATE_SHORT` of `DateTime`.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub fn constant(&self, class: &str, name: &str) -> Result<Value, String> {
        let class = global(class)?;
        self.with(|interpreter, _| Ok(encode(&interpreter.get_member(&class, name)?)))
    }

    /// Calls a function of the language, for example `$jmespath`.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub fn function(&self, name: &str, arguments: &Value) -> Result<Value, String> {
        let function = global(name)?;
        self.with(|interpreter, zone| {
            let arguments = decode_list(arguments, zone);
            Ok(encode(&interpreter.call(
                &function,
                &Js::Undefined,
                &arguments,
            )?))
        })
    }

    /// The names of all methods of `DateTime`, `Duration` and `Interval`, those of the classes among them.
    pub fn date_methods() -> impl Iterator<Item = &'static str> {
        method_names::date_methods()
    }

    fn with(
        &self,
        work: impl FnOnce(&mut Interpreter, &TimeZone) -> Run<Value>,
    ) -> Result<Value, String> {
        let scope = Nothing {
            zone: &self.zone,
            now: self.now,
        };
        let mut interpreter = Interpreter::new(&scope, &self.limits);
        let result = work(&mut interpreter, &self.zone);
        result.map_err(|stop| match stop {
            Stop::Type(_, message) => message.into_owned(),
            Stop::Error(error) => error.to_string(),
            Stop::Throw(value) => match interpreter.get_member(&value, "message") {
                Ok(Js::Data(Value::String(message))) => message.to_string(),
                _ => "the call failed".into(),
            },
        })
    }
}

fn global(name: &str) -> Result<Js, String> {
    match names::meaning(name) {
        Meaning::Global(global) => Ok(Js::Global(global)),
        _ => Err(format!("{name} is not defined")),
    }
}

fn decode_list(value: &Value, local: &TimeZone) -> Vec<Js> {
    let elements = value.as_array().unwrap_or_default();
    elements
        .iter()
        .map(|element| decode(element, local))
        .collect()
}

fn decode(value: &Value, local: &TimeZone) -> Js {
    match value {
        Value::Array(list) if list.iter().any(has_tag) => {
            Js::array(list.iter().map(|element| decode(element, local)).collect())
        }
        Value::Object(map) => match map.get(TAG).and_then(Value::as_str) {
            Some(kind) => tagged(kind, map, local),
            None if map.values().any(has_tag) => Js::object(members(map, local)),
            None => Js::Data(value.clone()),
        },
        _ => Js::Data(value.clone()),
    }
}

fn members(map: &Map, local: &TimeZone) -> Members {
    map.iter()
        .map(|(key, member)| (key.clone(), decode(member, local)))
        .collect()
}

fn tagged(kind: &str, map: &Map, local: &TimeZone) -> Js {
    let ms = || map.get("ms").and_then(Value::as_f64).unwrap_or(f64::NAN);
    match kind {
        "Date" => Js::date(ms()),
        "DateTime" => Js::DateTime(Rc::new(date_time(map, local))),
        "Duration" => {
            let mut duration = Duration::default();
            let values = map.get("values").and_then(Value::as_object);
            for (name, amount) in values.into_iter().flatten() {
                if let (Some(unit), Some(amount)) = (Unit::parse(name), amount.as_f64()) {
                    duration.set(unit, amount);
                }
            }
            Js::Duration(Rc::new(duration))
        }
        "Interval" => {
            let end = |name: &str| match map.get(name) {
                Some(Value::Object(end)) => date_time(end, local),
                _ => DateTime::invalid(),
            };
            Js::Interval(Rc::new(Interval {
                start: end("start"),
                end: end("end"),
            }))
        }
        "number" => Js::number(match map.get("text").and_then(Value::as_str) {
            Some("Infinity") => f64::INFINITY,
            Some("-Infinity") => f64::NEG_INFINITY,
            _ => f64::NAN,
        }),
        "object" => match map.get("members") {
            Some(Value::Object(inner)) => Js::object(members(inner, local)),
            _ => Js::Undefined,
        },
        _ => Js::Undefined,
    }
}

fn date_time(map: &Map, local: &TimeZone) -> DateTime {
    let name = map.get("zone").and_then(Value::as_str).unwrap_or("local");
    match (
        map.get("ms").and_then(Value::as_f64),
        zone::parse(name, local),
    ) {
        (Some(ms), Some(zone)) => {
            let locale = map.get("locale").and_then(Value::as_str);
            let locale = locale.and_then(Locale::find).map(Arc::new);
            DateTime::from_millis(ms, &zone).with_locale(locale)
        }
        _ => DateTime::invalid(),
    }
}

/// Whether an object with a tag is anywhere in a value.
fn has_tag(value: &Value) -> bool {
    match value {
        Value::Array(list) => list.iter().any(has_tag),
        Value::Object(map) => map.contains_key(TAG) || map.values().any(has_tag),
        _ => false,
    }
}

fn encode(value: &Js) -> Value {
    match value {
        Js::Data(Value::Number(number)) if !number.as_f64().is_finite() => {
            tag("number", [("text", Value::from(number.to_string()))])
        }
        Js::Data(data) if has_tag(data) => match data {
            Value::Array(list) => {
                Value::from(list.iter().cloned().map(encode_data).collect::<Vec<_>>())
            }
            Value::Object(map) => guarded(
                map.iter()
                    .map(|(key, member)| (key.clone(), encode_data(member.clone())))
                    .collect(),
            ),
            other => other.clone(),
        },
        Js::Data(data) => data.clone(),
        Js::Array(list) => Value::from(list.0.borrow().iter().map(encode).collect::<Vec<_>>()),
        Js::Object(object) => guarded(
            object
                .members
                .borrow()
                .iter()
                .map(|(key, member)| (key.clone(), encode(member)))
                .collect(),
        ),
        Js::Date(ms) => tag("Date", [("ms", finite(ms.get()))]),
        Js::DateTime(date) => encode_date(date),
        Js::Duration(duration) => {
            let values = duration.units().into_iter();
            let values: Map = values
                .map(|unit| (Arc::from(unit.plural()), finite(duration.get(unit))))
                .collect();
            tag("Duration", [("values", Value::from(values))])
        }
        Js::Interval(interval) => tag(
            "Interval",
            [
                ("start", encode_date(&interval.start)),
                ("end", encode_date(&interval.end)),
            ],
        ),
        Js::Item(item) => item_value(item),
        _ => tag("undefined", []),
    }
}

fn encode_data(value: Value) -> Value {
    encode(&Js::Data(value))
}

/// An object whose own member could be taken for a tag is put into another one.
fn guarded(members: Map) -> Value {
    if members.contains_key(TAG) {
        return tag("object", [("members", Value::from(members))]);
    }
    Value::from(members)
}

fn encode_date(date: &DateTime) -> Value {
    let zone = date.zoned().map(zone::name);
    let mut tagged = tag(
        "DateTime",
        [
            ("ms", finite(date.millis())),
            ("zone", zone.map_or(Value::Null, Value::from)),
        ],
    );
    if let Some(locale) = date.locale() {
        let locale = Value::from(locale.tag.clone());
        tagged.make_object().insert("locale".into(), locale);
    }
    tagged
}

fn finite(number: f64) -> Value {
    if number.is_finite() {
        Value::Number(Number::from(number))
    } else {
        Value::Null
    }
}

fn tag<const N: usize>(kind: &str, members: [(&str, Value); N]) -> Value {
    let kind = [(Arc::from(TAG), Value::from(kind))].into_iter();
    let members = members
        .into_iter()
        .map(|(name, value)| (Arc::from(name), value));
    Value::from(kind.chain(members).collect::<Map>())
}

/// A scope that knows the time and nothing else.
struct Nothing<'a> {
    zone: &'a TimeZone,
    now: Option<Timestamp>,
}

impl Scope for Nothing<'_> {
    fn json(&self) -> Option<&Value> {
        None
    }

    fn variable(&self, _: &Variable) -> Result<Resolved, EvaluateError> {
        Ok(Resolved::Undefined)
    }

    fn node(&self, _: &str) -> Result<Resolved, EvaluateError> {
        Ok(Resolved::Undefined)
    }

    fn member(&self, _: &HostObject, _: &str) -> Result<Resolved, EvaluateError> {
        Ok(Resolved::Undefined)
    }

    fn call(
        &self,
        _: &HostObject,
        _: &str,
        _: &[Option<Value>],
    ) -> Result<Resolved, EvaluateError> {
        Ok(Resolved::Undefined)
    }

    fn now(&self) -> Timestamp {
        self.now.unwrap_or_else(Timestamp::now)
    }

    fn time_zone(&self) -> TimeZone {
        self.zone.clone()
    }

    fn random(&self) -> f64 {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn berlin() -> Borrowed {
        Borrowed::new(TimeZone::get("Europe/Berlin").unwrap())
    }

    fn value(json: serde_json::Value) -> Value {
        Value::from(json)
    }

    #[test]
    fn a_date_comes_from_a_class_and_goes_on() {
        let date = berlin()
            .of_class(
                "DateTime",
                "fromISO",
                &value(json!(["2024-01-31T10:00:00"])),
            )
            .unwrap();
        assert_eq!(
            date,
            value(json!({ "@": "DateTime", "ms": 1_706_691_600_000_i64, "zone": "Europe/Berlin" }))
        );
        let later = berlin()
            .method(&date, "plus", &value(json!([{ "months": 1 }])))
            .unwrap();
        assert_eq!(
            berlin().method(&later, "toISO", &value(json!([]))).unwrap(),
            value(json!("2024-02-29T10:00:00.000+01:00"))
        );
        assert_eq!(berlin().member(&later, "month").unwrap(), value(json!(2)));
    }

    #[test]
    fn whatever_json_cannot_say_has_a_tag() {
        let invalid = berlin()
            .of_class("DateTime", "fromISO", &value(json!(["nonsense"])))
            .unwrap();
        assert_eq!(
            invalid,
            value(json!({ "@": "DateTime", "ms": null, "zone": null }))
        );
        assert_eq!(
            berlin().member(&invalid, "year").unwrap(),
            value(json!({ "@": "number", "text": "NaN" }))
        );
        let duration = berlin()
            .of_class("Duration", "fromObject", &value(json!([{ "hours": 1.5 }])))
            .unwrap();
        assert_eq!(
            duration,
            value(json!({ "@": "Duration", "values": { "hours": 1.5 } }))
        );
        assert_eq!(
            berlin().member(&duration, "nothing").unwrap(),
            value(json!({ "@": "undefined" }))
        );
    }

    #[test]
    fn numbers_and_dates_have_their_locale_formats() {
        assert_eq!(
            berlin()
                .method(&value(json!(1234.5)), "toLocaleString", &value(json!([])))
                .unwrap(),
            value(json!("1,234.5"))
        );
        let date = value(json!({ "@": "Date", "ms": 0 }));
        assert_eq!(
            berlin()
                .method(&date, "toLocaleDateString", &value(json!(["en-US"])))
                .unwrap(),
            value(json!("1/1/1970"))
        );
    }

    #[test]
    fn failures_are_words() {
        assert_eq!(
            berlin().of_class("DateTime", "nothing", &value(json!([]))),
            Err("nothing is not a function".into())
        );
        assert_eq!(
            berlin().function("$nothing", &value(json!([]))),
            Err("$nothing is not defined".into())
        );
    }
}
