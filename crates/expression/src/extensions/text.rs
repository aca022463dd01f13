//! Extension methods of text.

use std::rc::Rc;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::{hash, number, text_tests, wording};
use crate::convert::{is_space, text_number, truthy};
use crate::evaluate::{Interpreter, Run, extension_error};
use crate::js::Js;
use crate::luxon::{DateTime, english};
use crate::methods::{argument, functions, globals, json};
use crate::utf16;

pub(super) fn call(
    interpreter: &mut Interpreter,
    text: &Arc<str>,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    interpreter.charge_text_method(text, |interpreter| {
        call_uncounted(interpreter, text, name, arguments)
    })
}

fn call_uncounted(
    interpreter: &mut Interpreter,
    text: &Arc<str>,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    if let Some(result) = text_tests::call(text, name) {
        return Ok(Some(result));
    }
    let first = argument(arguments, 0);
    Ok(Some(match name {
        "length" => Js::index(utf16::length(text)),
        "hash" => {
            let algorithm = match first {
                Js::Undefined => "md5".into(),
                value => interpreter.text_of(value)?,
            };
            match hash::hash(text, &algorithm) {
                Some(digest) => Js::text(digest),
                None => {
                    return extension_error(format!(
                        "hash() does not know `{algorithm}`: use md5, sha1, sha224, sha256, sha384, sha512, sha3, base64 or hex"
                    ));
                }
            }
        }
        "removeTags" => Js::text(wording::remove_tags(text)),
        "removeMarkdown" => Js::text(wording::remove_markdown(text)),
        "toBoolean" => Js::bool(!matches!(
            text.to_lowercase().as_str(),
            "" | "false" | "no" | "0"
        )),
        "toNumber" | "toDecimalNumber" | "toFloat" => Js::number(to_float(text, name)?),
        "toInt" | "toWholeNumber" => {
            let radix = interpreter.integer_argument(arguments, 0, 10.0)?;
            let number = globals::integer_prefix(strip_currency(text), radix);
            if number.is_nan() {
                return extension_error(format!("{name}() cannot make a number of this text"));
            }
            Js::number(number)
        }
        "toDate" => {
            let zone = interpreter.scope.time_zone();
            let ms = crate::methods::date::parse(text, &zone);
            if ms.is_nan() {
                return extension_error("toDate() cannot read this text as a date");
            }
            // n8n: without a time it is midnight of the day that the clock shows then.
            let midnight = DateTime::from_millis(ms, &zone).start_of("day");
            Js::date(if text.contains(':') {
                ms
            } else {
                midnight.millis()
            })
        }
        "toDateTime" => to_date_time(interpreter, text, first)?,
        "toSentenceCase" => Js::text(wording::sentence_case(text)),
        "toSnakeCase" => Js::text(wording::snake_case(text)),
        "toTitleCase" => Js::text(wording::title_case(text)),
        "urlEncode" => Js::text(functions::encode_uri(text, truthy(first))),
        "urlDecode" => Js::text(functions::decode(text, !truthy(first))?),
        "quote" => {
            let mark = match first {
                Js::Undefined => "\"".into(),
                value => interpreter.text_of(value)?,
            };
            let escaped = text
                .replace('\\', "\\\\")
                .replace(&*mark, &format!("\\{mark}"));
            Js::text(format!("{mark}{escaped}{mark}"))
        }
        "replaceSpecialChars" => Js::text(wording::to_ascii(text)),
        "parseJson" => match json::parse(interpreter, text) {
            Ok(value) => value,
            Err(stop @ crate::evaluate::Stop::Error(_)) => return Err(stop),
            Err(_) if text.contains('\'') => {
                return extension_error("Parsing failed. Check you're using double quotes");
            }
            Err(_) => return extension_error("Parsing failed"),
        },
        "toJsonString" => {
            let mut out = String::new();
            json::quote(text, &mut out);
            Js::text(out)
        }
        "base64Encode" => Js::text(STANDARD.encode(text.as_bytes())),
        "base64Decode" => Js::text(base64_decode(text)),
        _ => return Ok(None),
    }))
}

fn strip_currency(text: &str) -> &str {
    text.trim_matches(is_space).trim_matches(|c: char| {
        matches!(c, '$' | '€' | '£' | '¥' | '₹' | '₽' | '₩' | '¢') || is_space(c)
    })
}

fn to_float(text: &str, name: &str) -> Run<f64> {
    let stripped = strip_currency(text);
    let number = if name == "toNumber" || !stripped.contains(',') {
        text_number(stripped)
    } else {
        f64::NAN
    };
    if number.is_nan() {
        return extension_error(format!(
            "{name}() cannot make a number of `{}`",
            shorten(text)
        ));
    }
    Ok(number)
}

fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}

fn to_date_time(interpreter: &mut Interpreter, text: &Arc<str>, format: &Js) -> Run {
    let zone = interpreter.scope.time_zone();
    if let Some(format) = format.as_text() {
        if matches!(&**format, "ms" | "s" | "us" | "excel") {
            let number = text_number(text);
            if number.is_nan() {
                return extension_error("toDateTime() needs a number in the text for this format");
            }
            return number::to_date_time(interpreter, number, Some(format));
        }
        let today = interpreter.now();
        let read = today
            .zoned()
            .and_then(|today| crate::luxon::read(text, format, &zone, today.date()));
        return match read {
            Some(date) => Ok(Js::DateTime(Rc::new(date))),
            None => extension_error(format!(
                "toDateTime() cannot read this text by the format `{format}`"
            )),
        };
    }
    let date = DateTime::from_iso(text, &zone)
        .or_else(|| english::parse_date(text, &zone))
        .or_else(|| {
            let ms = crate::methods::date::parse(text, &zone);
            (!ms.is_nan()).then(|| DateTime::from_millis(ms, &zone))
        });
    match date.filter(DateTime::is_valid) {
        Some(date) => Ok(Js::DateTime(Rc::new(date))),
        None => extension_error("toDateTime() cannot read this text as a date"),
    }
}

/// Decodes base64 in either alphabet, with or without padding; what is no base64 gives what can be read of it.
fn base64_decode(text: &str) -> String {
    let clean: String = text
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_'))
        .collect();
    // One character left over carries no byte.
    let clean = if clean.len() % 4 == 1 {
        &clean[..clean.len() - 1]
    } else {
        &clean
    };
    let bytes = STANDARD_NO_PAD
        .decode(clean)
        .or_else(|_| URL_SAFE_NO_PAD.decode(clean))
        .unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases() {
        assert_eq!(base64_decode("bjhuIHRlc3Q="), "n8n test");
    }
}
