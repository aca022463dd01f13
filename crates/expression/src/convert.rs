//! JavaScript's conversions between kinds of values that need no evaluation, and the way out to [`Value`].

use std::sync::Arc;

use itemflow_model::{Binaries, Item, Map, Value};

use crate::js::Js;
use crate::names::Global;

/// The text of data, as JavaScript's `String(value)`.
pub(crate) fn value_text(value: &Value) -> Arc<str> {
    match value {
        Value::Null => "null".into(),
        Value::Bool(true) => "true".into(),
        Value::Bool(false) => "false".into(),
        Value::Number(number) => number.to_string().into(),
        Value::String(text) => text.clone(),
        Value::Array(list) => {
            let mut text = String::new();
            for (i, element) in list.iter().enumerate() {
                if i > 0 {
                    text.push(',');
                }
                if !element.is_null() {
                    text.push_str(&value_text(element));
                }
            }
            text.into()
        }
        Value::Object(_) => "[object Object]".into(),
    }
}

/// Whether the value counts as true.
pub(crate) fn truthy(value: &Js) -> bool {
    match value {
        Js::Undefined => false,
        Js::Data(value) => match value {
            Value::Null => false,
            Value::Bool(flag) => *flag,
            Value::Number(number) => {
                let number = number.as_f64();
                number != 0.0 && !number.is_nan()
            }
            Value::String(text) => !text.is_empty(),
            Value::Array(_) | Value::Object(_) => true,
        },
        Js::Special(_) => value.as_big_int() != Some(0),
        _ => true,
    }
}

/// The number that a text means, as JavaScript's `Number(text)`.
pub(crate) fn text_number(text: &str) -> f64 {
    let text = text.trim_matches(is_space);
    if text.is_empty() {
        return 0.0;
    }
    let radix = match text.get(..2) {
        Some("0x" | "0X") => 16,
        Some("0o" | "0O") => 8,
        Some("0b" | "0B") => 2,
        _ => 0,
    };
    if radix > 0 {
        let digits = &text[2..];
        if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
            return f64::NAN;
        }
        return digits.chars().fold(0.0, |sum, c| {
            sum * f64::from(radix) + f64::from(c.to_digit(radix).unwrap_or(0))
        });
    }
    match text {
        "Infinity" | "+Infinity" => f64::INFINITY,
        "-Infinity" => f64::NEG_INFINITY,
        // Rust also reads words such as `inf` and `nan`.
        _ if text
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-')) =>
        {
            text.parse().unwrap_or(f64::NAN)
        }
        _ => f64::NAN,
    }
}

/// White space in JavaScript's sense.
pub(crate) fn is_space(c: char) -> bool {
    matches!(c, '\u{9}'..='\u{d}' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}')
}

/// What `typeof` says.
pub(crate) fn type_of(value: &Js) -> &'static str {
    match value {
        Js::Undefined => "undefined",
        Js::Data(Value::Bool(_)) => "boolean",
        Js::Data(Value::Number(_)) => "number",
        Js::Data(Value::String(_)) => "string",
        Js::Special(special) => special.type_of(),
        value if value.is_function() => "function",
        _ => "object",
    }
}

/// The list index that a text names, if it is one.
pub(crate) fn list_index(name: &str) -> Option<usize> {
    if name.len() > 10 || (name.len() > 1 && name.starts_with('0')) {
        return None;
    }
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    name.parse().ok()
}

/// `ToInt32`
pub(crate) fn to_int32(number: f64) -> i32 {
    to_uint32(number) as i32
}

/// `ToUint32`
pub(crate) fn to_uint32(number: f64) -> u32 {
    if !number.is_finite() {
        return 0;
    }
    number.trunc().rem_euclid(4_294_967_296.0) as u32
}

/// A number cut to an integer, NaN being 0.
pub(crate) fn to_integer(number: f64) -> f64 {
    if number.is_nan() { 0.0 } else { number.trunc() }
}

/// The place in a list of `length` elements that a relative index means: negative ones count from the end.
pub(crate) fn relative_index(index: f64, length: usize) -> usize {
    let index = to_integer(index);
    if index < 0.0 {
        (length as f64 + index).max(0.0) as usize
    } else {
        (index.min(length as f64)) as usize
    }
}

/// The item as data: `json`, and `binary` (its metadata) where there is some.
pub(crate) fn item_value(item: &Item) -> Value {
    let mut map = Map::default();
    map.insert("json".into(), item.json.clone());
    if let Some(binaries) = &item.binary {
        map.insert("binary".into(), binaries_value(binaries));
    }
    Value::from(map)
}

/// Binary metadata under n8n's names; the bytes are never part of it.
pub(crate) fn binaries_value(binaries: &Binaries) -> Value {
    let mut map = Map::default();
    for (name, binary) in binaries {
        map.insert(name.clone(), Value::from(binary.metadata()));
    }
    Value::from(map)
}

/// The name of a function of the language, for its source text.
pub(crate) fn global_text(global: Global) -> String {
    match global {
        Global::Math => "[object Math]".into(),
        Global::JSON => "[object JSON]".into(),
        Global::Harmless | Global::console | Global::Intl => "[object Object]".into(),
        other => format!("function {other:?}() {{ [native code] }}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_like_javascript() {
        for (text, number) in [
            ("", 0.0),
            (" 12 ", 12.0),
            ("0x1F", 31.0),
            ("1e3", 1000.0),
            ("-.5", -0.5),
            ("Infinity", f64::INFINITY),
        ] {
            assert_eq!(text_number(text), number, "{text}");
        }
        for text in ["inf", "NaN", "1px", "0x", "1_000", "--1"] {
            assert!(text_number(text).is_nan(), "{text}");
        }
    }

    #[test]
    fn wraps_to_32_bits() {
        assert_eq!(to_int32(4_294_967_295.0), -1);
        assert_eq!(to_int32(-1.5), -1);
        assert_eq!(to_uint32(-1.0), u32::MAX);
    }
}
