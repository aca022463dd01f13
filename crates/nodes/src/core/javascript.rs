//! How JavaScript converts and compares values, for the rules that n8n's nodes inherit from it.

use std::cmp::Ordering;
use std::sync::Arc;

use itemflow_model::{Number, Value};

/// Whether a value counts as true; `None` is undefined.
pub(crate) fn truthy(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => false,
        Some(Value::Bool(flag)) => *flag,
        Some(Value::Number(number)) => number.as_f64() != 0.0 && !number.as_f64().is_nan(),
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(_) | Value::Object(_)) => true,
    }
}

/// `Number(value)`; `None` where that is NaN. Whole numbers stay exact beyond 2^53.
pub(crate) fn number(value: Option<&Value>) -> Option<Number> {
    match value? {
        Value::Null => Some(Number::from(0)),
        Value::Bool(flag) => Some(Number::from(i32::from(*flag))),
        Value::Number(number) => (!number.as_f64().is_nan()).then_some(*number),
        Value::String(text) => parse_number(text),
        list @ Value::Array(_) => parse_number(&text(list)),
        Value::Object(_) => None,
    }
}

/// `String(value)`.
pub(crate) fn text(value: &Value) -> Arc<str> {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "null".into(),
        Value::Bool(flag) => flag.to_string().into(),
        Value::Number(number) => number.to_string().into(),
        Value::Array(list) => {
            let parts: Vec<Arc<str>> = list
                .iter()
                .map(|element| match element {
                    Value::Null => "".into(),
                    element => text(element),
                })
                .collect();
            parts.join(",").into()
        }
        Value::Object(_) => "[object Object]".into(),
    }
}

/// As `String(value)`, but JSON text for lists and objects.
pub(crate) fn text_or_json(value: &Value) -> Arc<str> {
    match value {
        Value::Array(_) | Value::Object(_) => value.to_string().into(),
        scalar => text(scalar),
    }
}

/// Which of `a < b` and `a > b` holds: two texts by letter, everything else as numbers; `None` where there is no order.
pub(crate) fn order(a: &Value, b: &Value) -> Option<Ordering> {
    if let (Value::String(a), Value::String(b)) = (a, b) {
        return Some(a.encode_utf16().cmp(b.encode_utf16()));
    }
    number(Some(a))?.partial_cmp(&number(Some(b))?)
}

/// `a === b`; lists and objects are equal to themselves alone.
pub(crate) fn strictly_equal(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a, b) {
        (Some(Value::Array(a)), Some(Value::Array(b))) => Arc::ptr_eq(a, b),
        (Some(Value::Object(a)), Some(Value::Object(b))) => Arc::ptr_eq(a, b),
        (a, b) => a == b,
    }
}

fn parse_number(text: &str) -> Option<Number> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if text.is_empty() {
        return Some(Number::from(0));
    }
    for (prefixes, radix) in [(["0x", "0X"], 16), (["0o", "0O"], 8), (["0b", "0B"], 2)] {
        let digits = prefixes
            .iter()
            .find_map(|prefix| text.strip_prefix(prefix))
            .filter(|digits| !digits.starts_with('+'));
        if let Some(digits) = digits {
            return u64::from_str_radix(digits, radix).ok().map(Number::from);
        }
    }
    match text {
        "Infinity" | "+Infinity" => return Some(Number::from(f64::INFINITY)),
        "-Infinity" => return Some(Number::from(f64::NEG_INFINITY)),
        _ => {}
    }
    if !text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte))
    {
        return None;
    }
    match text.parse::<i64>() {
        Ok(whole) if whole != 0 => Some(Number::from(whole)),
        _ => text.parse::<f64>().ok().map(Number::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_a_number_as_in_javascript() {
        for (text, expected) in [
            ("", Some(0.0)),
            (" 12 ", Some(12.0)),
            ("0x10", Some(16.0)),
            ("1e3", Some(1000.0)),
            (".5", Some(0.5)),
            ("-Infinity", Some(f64::NEG_INFINITY)),
            ("inf", None),
            ("nan", None),
            ("1,5", None),
            ("12px", None),
        ] {
            let actual = number(Some(&Value::from(text))).map(Number::as_f64);
            assert_eq!(actual, expected, "{text:?}");
        }
    }

    #[test]
    fn values_become_text_as_in_javascript() {
        let value: Value = serde_json::json!([1, null, ["a", true], {}]).into();
        assert_eq!(&*text(&value), "1,,a,true,[object Object]");
    }

    #[test]
    fn numbers_and_texts_are_never_strictly_equal() {
        let (one, text) = (Value::from(1), Value::from("1"));
        assert!(!strictly_equal(Some(&one), Some(&text)));
        assert!(strictly_equal(Some(&one), Some(&Value::from(1.0))));
        assert!(!strictly_equal(
            Some(&Value::empty_object()),
            Some(&Value::empty_object())
        ));
        assert!(!strictly_equal(None, Some(&Value::Null)));
    }
}
