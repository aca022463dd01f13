//! Methods of text. Positions count UTF-16 code units.

use std::sync::Arc;

use crate::convert::{is_space, relative_index, to_integer};
use crate::evaluate::{Interpreter, Run, range_error, type_error};
use crate::intl::collation::Collation;
use crate::intl::normalize;
use crate::js::Js;
use crate::methods::{argument, regex};
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
    let length = || utf16::length(text);
    Ok(Some(match name {
        "toUpperCase" | "toLocaleUpperCase" => Js::text(text.to_uppercase()),
        "toLowerCase" | "toLocaleLowerCase" => Js::text(text.to_lowercase()),
        "trim" => Js::text(text.trim_matches(is_space)),
        "trimStart" | "trimLeft" => Js::text(text.trim_start_matches(is_space)),
        "trimEnd" | "trimRight" => Js::text(text.trim_end_matches(is_space)),
        "toString" | "valueOf" => Js::text(text.clone()),
        "includes" => {
            let (needle, start) = needle(interpreter, text, arguments)?;
            Js::bool(text[start..].contains(&*needle))
        }
        "startsWith" => {
            let (needle, start) = needle(interpreter, text, arguments)?;
            Js::bool(text[start..].starts_with(&*needle))
        }
        "endsWith" => {
            let needle = interpreter.text_argument(arguments, 0)?;
            let end = interpreter.integer_argument(arguments, 1, f64::INFINITY)?;
            let end = utf16::to_byte(text, end.max(0.0) as usize);
            Js::bool(text[..end].ends_with(&*needle))
        }
        "indexOf" => {
            let (needle, start) = needle(interpreter, text, arguments)?;
            position(text, text[start..].find(&*needle).map(|at| at + start))
        }
        "lastIndexOf" => {
            let needle = interpreter.text_argument(arguments, 0)?;
            let last = match argument(arguments, 1) {
                Js::Undefined => text.len(),
                value => {
                    let at = to_integer(interpreter.number_of(value)?).max(0.0) as usize;
                    (utf16::to_byte(text, at) + needle.len()).min(text.len())
                }
            };
            let last = (0..=last)
                .rev()
                .find(|i| text.is_char_boundary(*i))
                .unwrap_or(0);
            position(text, text[..last].rfind(&*needle))
        }
        "slice" => {
            let length = length();
            let start = interpreter.integer_argument(arguments, 0, 0.0)?;
            let end = interpreter.integer_argument(arguments, 1, length as f64)?;
            Js::text(utf16::slice(
                text,
                relative_index(start, length),
                relative_index(end, length),
            ))
        }
        "substring" => {
            let length = length() as f64;
            let start = interpreter
                .integer_argument(arguments, 0, 0.0)?
                .clamp(0.0, length);
            let end = interpreter
                .integer_argument(arguments, 1, length)?
                .clamp(0.0, length);
            Js::text(utf16::slice(
                text,
                start.min(end) as usize,
                start.max(end) as usize,
            ))
        }
        "substr" => {
            let length = length();
            let start = interpreter.integer_argument(arguments, 0, 0.0)?;
            let start = relative_index(start, length);
            let count = interpreter
                .integer_argument(arguments, 1, length as f64)?
                .max(0.0);
            let end = (start as f64 + count).min(length as f64) as usize;
            Js::text(utf16::slice(text, start, end))
        }
        "charAt" => {
            let index = interpreter.integer_argument(arguments, 0, 0.0)?;
            let unit = (index >= 0.0)
                .then(|| utf16::unit(text, index as usize))
                .flatten();
            Js::text(unit.unwrap_or_default())
        }
        "at" => {
            let index = interpreter.integer_argument(arguments, 0, 0.0)?;
            let index = if index < 0.0 {
                index + length() as f64
            } else {
                index
            };
            let unit = (index >= 0.0)
                .then(|| utf16::unit(text, index as usize))
                .flatten();
            unit.map_or(Js::Undefined, Js::text)
        }
        "charCodeAt" => {
            let index = interpreter.integer_argument(arguments, 0, 0.0)?;
            let unit = (index >= 0.0)
                .then(|| text.encode_utf16().nth(index as usize))
                .flatten();
            Js::number(unit.map_or(f64::NAN, f64::from))
        }
        "codePointAt" => {
            let index = interpreter.integer_argument(arguments, 0, 0.0)?.max(0.0) as usize;
            Js::option(utf16::code_point(text, index).map(|code| Js::number(f64::from(code))))
        }
        "concat" => {
            let mut joined = text.to_string();
            for argument in arguments {
                let more = interpreter.text_of(argument)?;
                interpreter.charge_text(more.len())?;
                joined.push_str(&more);
            }
            Js::text(joined)
        }
        "repeat" => {
            let count = interpreter.integer_argument(arguments, 0, 0.0)?;
            if count < 0.0 || count.is_infinite() {
                return range_error("the count of repeat must be a number from 0");
            }
            let bytes = text.len() as f64 * count;
            interpreter.charge_text(bytes.min(1e15) as usize)?;
            Js::text(if text.is_empty() {
                String::new()
            } else {
                text.repeat(count as usize)
            })
        }
        "padStart" => Js::text(pad(interpreter, text, arguments, true)?),
        "padEnd" => Js::text(pad(interpreter, text, arguments, false)?),
        "split" => split(interpreter, text, arguments)?,
        "localeCompare" => {
            let other = interpreter.text_argument(arguments, 0)?;
            interpreter.charge_fuel((text.len() + other.len()) as u64 / 8)?;
            let collation = match arguments.len() {
                0 | 1 => Collation::default(),
                _ => {
                    let (locale, options) = (argument(arguments, 1), argument(arguments, 2));
                    Collation::of(interpreter, locale, options)?
                }
            };
            Js::number(f64::from(collation.compare(text, &other) as i8))
        }
        "normalize" => {
            let form = match argument(arguments, 0) {
                Js::Undefined => "NFC".into(),
                value => interpreter.text_of(value)?,
            };
            interpreter.charge_text(text.len() * 3)?;
            match normalize::normalize(text, &form) {
                Some(text) => Js::text(text),
                None => return range_error("the form must be NFC, NFD, NFKC or NFKD"),
            }
        }
        "isWellFormed" => Js::bool(true),
        "toWellFormed" => Js::text(text.clone()),
        "@@iterator" => {
            let characters = interpreter.iterate(&Js::text(text.clone()))?;
            Js::iterator("String Iterator", characters)
        }
        "replace" | "replaceAll" => {
            regex::replace(interpreter, text, name == "replaceAll", arguments)?
        }
        "match" => regex::match_text(interpreter, text, arguments)?,
        "matchAll" => regex::match_all(interpreter, text, arguments)?,
        "search" => regex::search(interpreter, text, arguments)?,
        _ => return Ok(None),
    }))
}

fn needle(interpreter: &mut Interpreter, text: &str, arguments: &[Js]) -> Run<(Arc<str>, usize)> {
    if matches!(argument(arguments, 0), Js::Regex(_)) {
        return type_error("the argument must be a text, not a regular expression");
    }
    let needle = interpreter.text_argument(arguments, 0)?;
    let start = interpreter.integer_argument(arguments, 1, 0.0)?.max(0.0);
    Ok((needle, utf16::to_byte(text, start as usize)))
}

fn position(text: &str, byte: Option<usize>) -> Js {
    byte.map_or(Js::number(-1.0), |byte| {
        Js::index(utf16::from_byte(text, byte))
    })
}

fn pad(interpreter: &mut Interpreter, text: &str, arguments: &[Js], start: bool) -> Run<String> {
    let wanted = interpreter.integer_argument(arguments, 0, 0.0)?.max(0.0);
    let filler = match argument(arguments, 1) {
        Js::Undefined => " ".into(),
        value => interpreter.text_of(value)?,
    };
    let length = utf16::length(text);
    if wanted <= length as f64 || filler.is_empty() {
        return Ok(text.to_owned());
    }
    interpreter.charge_text(wanted.min(1e15) as usize * 3)?;
    let missing = wanted as usize - length;
    let times = missing / utf16::length(&filler) + 1;
    let padding = utf16::slice(&filler.repeat(times), 0, missing);
    Ok(if start {
        padding + text
    } else {
        text.to_owned() + &padding
    })
}

fn split(interpreter: &mut Interpreter, text: &Arc<str>, arguments: &[Js]) -> Run {
    let limit = interpreter.integer_argument(arguments, 1, f64::from(u32::MAX))?;
    let limit = if limit < 0.0 {
        usize::MAX
    } else {
        limit as usize
    };
    let pieces: Vec<Js> = match argument(arguments, 0) {
        Js::Undefined => vec![Js::text(text.clone())],
        Js::Regex(regex) => regex::split(interpreter, text, regex, limit)?,
        separator => {
            let separator = interpreter.text_of(separator)?;
            if separator.is_empty() {
                interpreter.charge_elements(text.len())?;
                text.chars()
                    .take(limit)
                    .map(|c| Js::text(c.to_string()))
                    .collect()
            } else {
                let count = text.split(&*separator).take(limit).count();
                interpreter.charge_elements(count * 2)?;
                text.split(&*separator).take(limit).map(Js::text).collect()
            }
        }
    };
    Ok(Js::array(pieces))
}
