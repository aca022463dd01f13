//! Extension methods of text.

use std::rc::Rc;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::{hash, number, text_tests};
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
        "removeTags" => Js::text(remove_tags(text)),
        "removeMarkdown" => Js::text(remove_markdown(text)),
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
            // n8n: a date without time is that day in the local zone's midnight.
            Js::date(ms)
        }
        "toDateTime" => to_date_time(interpreter, text, first)?,
        "toSentenceCase" => Js::text(sentence_case(text)),
        "toSnakeCase" => Js::text(snake_case(text)),
        "toTitleCase" => Js::text(title_case(text)),
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
        "replaceSpecialChars" => Js::text(to_ascii(text)),
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
    let date = DateTime::from_iso(text, &zone).or_else(|| english::parse_date(text, &zone));
    match date.filter(DateTime::is_valid) {
        Some(date) => Ok(Js::DateTime(Rc::new(date))),
        None => extension_error("toDateTime() cannot read this text as a date"),
    }
}

fn remove_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        match rest[open..].find('>') {
            // A tag has something in it.
            Some(close) if close > 1 => rest = &rest[open + close + 1..],
            Some(close) => {
                out.push_str(&rest[open..=open + close]);
                rest = &rest[open + close + 1..];
            }
            None => {
                rest = &rest[open..];
                break;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Takes off Markdown's signs line by line: headings, lists, quotes, emphasis, code, links, images and tags.
fn remove_markdown(text: &str) -> String {
    let mut lines = Vec::new();
    for line in remove_tags(text).lines() {
        let trimmed = line.trim_start();
        let rule =
            trimmed.len() >= 3 && trimmed.chars().all(|c| matches!(c, '-' | '*' | '_' | ' '));
        if rule || trimmed.starts_with("```") {
            continue;
        }
        let mut body = line;
        if let Some(quoted) = trimmed.strip_prefix('>') {
            body = quoted.trim_start();
        }
        let hashes = body.len() - body.trim_start_matches('#').len();
        if (1..=6).contains(&hashes) && body[hashes..].starts_with(' ') {
            body = body[hashes..].trim().trim_end_matches('#').trim_end();
        }
        for mark in ["* ", "- ", "+ "] {
            if let Some(item) = body.trim_start().strip_prefix(mark) {
                body = item;
                break;
            }
        }
        lines.push(strip_emphasis(&strip_links(body)));
    }
    lines.join("\n")
}

fn strip_links(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('[') {
        let label = &rest[open + 1..];
        let parts = label.find("](").and_then(|middle| {
            label[middle + 2..]
                .find(')')
                .map(|end| (middle, middle + 2 + end))
        });
        let Some((middle, end)) = parts else {
            break;
        };
        let before = &rest[..open];
        out.push_str(before.strip_suffix('!').unwrap_or(before));
        out.push_str(&label[..middle]);
        rest = &label[end + 1..];
    }
    out.push_str(rest);
    out
}

/// Takes off one pair of `*`, `_`, `~~` or backticks around a stretch of text.
fn strip_emphasis(text: &str) -> String {
    let mut out = text.to_owned();
    for mark in ["`", "*", "_", "~~"] {
        let mut result = String::new();
        let mut rest = out.as_str();
        while let Some(open) = rest.find(mark) {
            let inner_start = open + mark.len();
            // n8n: of `**x**` one star on each side stays.
            let inner_start = if rest[inner_start..].starts_with(mark) {
                inner_start + mark.len()
            } else {
                inner_start
            };
            let doubled = inner_start > open + mark.len();
            let Some(close) = rest[inner_start..].find(mark) else {
                break;
            };
            let inner = &rest[inner_start..inner_start + close];
            let touches = inner.starts_with(char::is_whitespace)
                || inner.ends_with(char::is_whitespace)
                || inner.is_empty();
            if touches {
                result.push_str(&rest[..inner_start]);
                rest = &rest[inner_start..];
                continue;
            }
            result.push_str(&rest[..open]);
            let mut end = inner_start + close + mark.len();
            if doubled {
                result.push_str(mark);
                result.push_str(inner);
                result.push_str(mark);
                if rest[end..].starts_with(mark) {
                    end += mark.len();
                }
            } else {
                result.push_str(inner);
            }
            rest = &rest[end..];
        }
        result.push_str(rest);
        out = result;
    }
    out
}

fn sentence_case(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut start = true;
    for c in text.chars() {
        if start && c.is_alphanumeric() {
            out.extend(c.to_uppercase());
            start = false;
            continue;
        }
        if matches!(c, '.' | '!' | '?') {
            start = true;
        }
        out.extend(c.to_lowercase());
    }
    out
}

fn snake_case(text: &str) -> String {
    let mut out = String::new();
    for c in text.to_lowercase().chars() {
        match c {
            ' ' | '-' => out.push('_'),
            c if c == '_' || c.is_alphanumeric() || !c.is_ascii() => out.push(c),
            _ => {}
        }
    }
    out
}

fn title_case(text: &str) -> String {
    const SMALL: [&str; 13] = [
        "a", "an", "and", "as", "at", "but", "by", "for", "in", "of", "on", "or", "the",
    ];
    let mut out = String::with_capacity(text.len());
    for (i, word) in text.split(' ').enumerate() {
        if i > 0 {
            out.push(' ');
        }
        let lower = word.to_lowercase();
        let all_upper = word.len() > 1
            && word.chars().all(|c| !c.is_lowercase())
            && word.chars().any(char::is_alphabetic);
        if all_upper && text.chars().any(char::is_lowercase) {
            out.push_str(word);
            continue;
        }
        if i > 0 && SMALL.contains(&lower.as_str()) {
            out.push_str(&lower);
            continue;
        }
        let mut chars = lower.chars();
        if let Some(first) = chars.next() {
            out.extend(first.to_uppercase());
            out.push_str(chars.as_str());
        }
    }
    out
}

/// Text without accents; what has no ASCII form becomes `?`.
fn to_ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c);
            continue;
        }
        out.push_str(match c {
            'À'..='Å' | 'Ā' | 'Ă' | 'Ą' => "A",
            'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
            'Æ' => "AE",
            'æ' => "ae",
            'Ç' | 'Ć' | 'Ĉ' | 'Ċ' | 'Č' => "C",
            'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
            'Ď' | 'Đ' | 'Ð' => "D",
            'ď' | 'đ' | 'ð' => "d",
            'È'..='Ë' | 'Ē' | 'Ĕ' | 'Ė' | 'Ę' | 'Ě' => "E",
            'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
            'Ĝ' | 'Ğ' | 'Ġ' | 'Ģ' => "G",
            'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
            'Ĥ' | 'Ħ' => "H",
            'ĥ' | 'ħ' => "h",
            'Ì'..='Ï' | 'Ĩ' | 'Ī' | 'Ĭ' | 'Į' | 'İ' => "I",
            'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
            'Ĵ' => "J",
            'ĵ' => "j",
            'Ķ' => "K",
            'ķ' => "k",
            'Ĺ' | 'Ļ' | 'Ľ' | 'Ł' => "L",
            'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
            'Ñ' | 'Ń' | 'Ņ' | 'Ň' => "N",
            'ñ' | 'ń' | 'ņ' | 'ň' => "n",
            'Ò'..='Ö' | 'Ø' | 'Ō' | 'Ŏ' | 'Ő' => "O",
            'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
            'Œ' => "OE",
            'œ' => "oe",
            'Ŕ' | 'Ŗ' | 'Ř' => "R",
            'ŕ' | 'ŗ' | 'ř' => "r",
            'Ś' | 'Ŝ' | 'Ş' | 'Š' => "S",
            'ś' | 'ŝ' | 'ş' | 'š' => "s",
            'ß' => "ss",
            'Ţ' | 'Ť' | 'Ŧ' => "T",
            'ţ' | 'ť' | 'ŧ' => "t",
            'Þ' => "Th",
            'þ' => "th",
            'Ù'..='Ü' | 'Ũ' | 'Ū' | 'Ŭ' | 'Ů' | 'Ű' | 'Ų' => "U",
            'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
            'Ŵ' => "W",
            'ŵ' => "w",
            'Ý' | 'Ÿ' | 'Ŷ' => "Y",
            'ý' | 'ÿ' | 'ŷ' => "y",
            'Ź' | 'Ż' | 'Ž' => "Z",
            'ź' | 'ż' | 'ž' => "z",
            '‘' | '’' | '‚' => "'",
            '“' | '”' | '„' => "\"",
            '–' | '—' => "-",
            '…' => "...",
            '€' => "EUR",
            '£' => "PS",
            '\u{a0}' => " ",
            // A combining accent belongs to the letter before it.
            '\u{300}'..='\u{36f}' => "",
            _ => "?",
        });
    }
    out
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
        assert_eq!(snake_case("Hello World-x"), "hello_world_x");
        assert_eq!(sentence_case("hello world. foo"), "Hello world. Foo");
        assert_eq!(title_case("the quick brown fox"), "The Quick Brown Fox");
        assert_eq!(remove_markdown("**x**"), "*x*");
        assert_eq!(remove_tags("<p>a</p> < b"), "a < b");
        assert_eq!(to_ascii("Škoda café 中"), "Skoda cafe ?");
        assert_eq!(base64_decode("bjhuIHRlc3Q="), "n8n test");
    }
}
