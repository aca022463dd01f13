//! Extension methods of objects.

use itemflow_model::Value;

use crate::evaluate::{Interpreter, Run, extension_error};
use crate::js::{Js, Members};
use crate::list::ListView;
use crate::methods::{argument, json};

pub(super) fn call(
    interpreter: &mut Interpreter,
    object: &Js,
    name: &str,
    arguments: &[Js],
) -> Run<Option<Js>> {
    let first = argument(arguments, 0);
    Ok(Some(match name {
        "isEmpty" => Js::bool(interpreter.entries(object)?.is_empty()),
        "isNotEmpty" => Js::bool(!interpreter.entries(object)?.is_empty()),
        "keys" => {
            let entries = interpreter.entries(object)?;
            Js::array(entries.into_iter().map(|(key, _)| Js::text(key)).collect())
        }
        "values" => {
            let entries = interpreter.entries(object)?;
            Js::array(entries.into_iter().map(|(_, value)| value).collect())
        }
        "hasField" => {
            let key = interpreter.text_of(first)?;
            Js::bool(interpreter.has_own(object, &key)?)
        }
        "removeField" => {
            let key = interpreter.text_of(first)?;
            filter(interpreter, object, |name, _| name != &*key)?
        }
        "removeFieldsContaining" | "keepFieldsContaining" => {
            let needle = match first.as_text() {
                Some(needle) if !needle.is_empty() => needle.clone(),
                _ => return extension_error(format!("{name}() needs the text to look for")),
            };
            let keep = name == "keepFieldsContaining";
            filter(interpreter, object, |_, value| {
                let contains = value.as_text().is_some_and(|text| text.contains(&*needle));
                contains == keep
            })?
        }
        "merge" => {
            let mut members: Members = interpreter.entries(object)?.into_iter().collect();
            if !first.is_nullish() {
                if !is_plain_object(first) {
                    return extension_error("merge() needs an object");
                }
                for (key, value) in interpreter.entries(first)? {
                    members.entry(key).or_insert(value);
                }
            }
            interpreter.charge_elements(members.len() * 3)?;
            Js::object(members)
        }
        "compact" => compact_members(interpreter, object)?,
        "urlEncode" => Js::text(url_encode(interpreter, object)?),
        "toJsonString" => json::stringify(interpreter, std::slice::from_ref(object))?,
        "toInt" | "toFloat" | "toBoolean" | "toDateTime" => Js::Undefined,
        _ => return Ok(None),
    }))
}

fn filter(interpreter: &mut Interpreter, object: &Js, keep: impl Fn(&str, &Js) -> bool) -> Run {
    let members: Members = interpreter
        .entries(object)?
        .into_iter()
        .filter(|(key, value)| keep(key, value))
        .collect();
    Ok(Js::object(members))
}

fn compact_members(interpreter: &mut Interpreter, object: &Js) -> Run {
    let mut members = Members::default();
    for (key, value) in interpreter.entries(object)? {
        if let Some(kept) = compact_value(interpreter, &value, true)? {
            members.insert(key, kept);
        }
    }
    interpreter.charge_elements(members.len() * 3)?;
    Ok(Js::object(members))
}

/// The value without empty members; `None` when nothing is left of it to keep.
pub(super) fn compact_value(
    interpreter: &mut Interpreter,
    value: &Js,
    in_object: bool,
) -> Run<Option<Js>> {
    match value {
        Js::Undefined | Js::Data(Value::Null) => return Ok(None),
        Js::Data(Value::String(text)) if text.is_empty() || &**text == "nil" => return Ok(None),
        value if ListView::of(value).is_some() || !is_plain_object(value) => {
            return Ok(Some(value.clone()));
        }
        _ => {}
    }
    if interpreter.entries(value)?.is_empty() {
        return Ok(None);
    }
    interpreter.enter(1)?;
    let compacted = compact_members(interpreter, value)?;
    interpreter.leave(1);
    // n8n: in an object, what became empty goes as well; in a list it stays as {}.
    if in_object && interpreter.entries(&compacted)?.is_empty() {
        return Ok(None);
    }
    Ok(Some(compacted))
}

fn is_plain_object(value: &Js) -> bool {
    matches!(
        value,
        Js::Data(Value::Object(_)) | Js::Object(_) | Js::Item(_)
    )
}

/// `a=1&b=two+words`
fn url_encode(interpreter: &mut Interpreter, object: &Js) -> Run<String> {
    let mut out = String::new();
    for (key, value) in interpreter.entries(object)? {
        let value = interpreter.text_of(&value)?;
        if !out.is_empty() {
            out.push('&');
        }
        form_encode(&key, &mut out);
        out.push('=');
        form_encode(&value, &mut out);
        interpreter.charge_text(key.len() + value.len())?;
    }
    Ok(out)
}

fn form_encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'*' | b'-' | b'.' | b'_' => out.push(byte as char),
            byte if byte.is_ascii_alphanumeric() => out.push(byte as char),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
}
