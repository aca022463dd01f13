//! Percent-encoding of path and query values, and how a value is written as text.

use itemflow_model::Value;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but the unreserved characters of RFC 3986 §2.3.
pub(crate) const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Characters that a cookie value cannot hold (RFC 6265 §4.1.1), and `%` itself.
const COOKIE: &AsciiSet = &percent_encoding::CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'%')
    .add(b',')
    .add(b';')
    .add(b'\\');

/// Appends `text` so that it can stand for one value in a path or query.
pub(crate) fn push_encoded(target: &mut String, text: &str) {
    target.extend(utf8_percent_encode(text, UNRESERVED));
}

/// Appends `text` so that it can stand for the value of a cookie.
pub(crate) fn push_cookie(target: &mut String, text: &str) {
    target.extend(utf8_percent_encode(text, COOKIE));
}

/// The text of a scalar as it is written outside JSON; `None` for lists, objects and `null`.
pub(crate) fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unreserved_characters_stay() {
        let mut text = String::new();
        push_encoded(&mut text, "aZ0-._~/?#[] %é");
        assert_eq!(text, "aZ0-._~%2F%3F%23%5B%5D%20%25%C3%A9");
    }
}
