//! Reads XML into objects. Entities of a document type are never replaced, so that nothing can grow.

use std::sync::Arc;

use itemflow_model::{Map, Value};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::Settings;

/// Elements nested deeper are refused.
const MAX_DEPTH: usize = 256;

/// An element that is open.
struct Open {
    name: Arc<str>,
    text: String,
    has_cdata: bool,
    members: Map,
}

/// The value of a document.
pub(super) fn read(xml: &str, settings: &Settings) -> Result<Value, String> {
    let xml = xml.strip_prefix('\u{feff}').unwrap_or(xml);
    if xml.trim().is_empty() {
        return Err("the xml is empty".into());
    }
    let mut reader = Reader::from_str(xml);
    let mut open: Vec<Open> = Vec::new();
    loop {
        let event = reader
            .read_event()
            .map_err(|error| at(xml, reader.error_position(), &error.to_string()))?;
        let position = reader.buffer_position();
        let wrong = |message: &str| at(xml, position, message);
        let closed = match event {
            Event::Start(tag) => {
                if open.len() >= MAX_DEPTH {
                    return Err(wrong(&format!(
                        "elements are nested more than {MAX_DEPTH} deep"
                    )));
                }
                open.push(started(&tag, settings).map_err(|message| wrong(&message))?);
                None
            }
            Event::Empty(tag) => Some(started(&tag, settings).map_err(|message| wrong(&message))?),
            Event::End(_) => open.pop(),
            Event::Text(text) => {
                match open.last_mut() {
                    Some(element) => element.text.push_str(&text),
                    None if text.trim().is_empty() => {}
                    None => return Err(wrong("there is text outside of the root element")),
                }
                None
            }
            Event::CData(text) => {
                let element = open
                    .last_mut()
                    .ok_or_else(|| wrong("there is text outside of the root element"))?;
                element.text.push_str(&text);
                element.has_cdata = true;
                None
            }
            Event::GeneralRef(entity) => {
                let c = resolved(&entity)
                    .ok_or_else(|| wrong(&format!("there is no entity `&{};`", short(&entity))))?;
                let element = open
                    .last_mut()
                    .ok_or_else(|| wrong("there is text outside of the root element"))?;
                element.text.push(c);
                None
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => None,
            Event::Eof => {
                return Err(match open.last() {
                    Some(element) => {
                        wrong(&format!("`<{}>` is never closed", short(&element.name)))
                    }
                    None => "there is no element in the xml".into(),
                });
            }
        };
        if let Some(element) = closed {
            let name = element.name.clone();
            let value = finished(element, settings);
            match open.last_mut() {
                Some(parent) => add(&mut parent.members, name, value, settings.explicit_array),
                None if settings.explicit_root => {
                    let root: Map = [(name, value)].into_iter().collect();
                    return Ok(root.into());
                }
                None => return Ok(value),
            }
        }
    }
}

fn started(tag: &BytesStart, settings: &Settings) -> Result<Open, String> {
    let name = tag.name().0.to_owned();
    let starts = |c: char| c.is_alphabetic() || matches!(c, '_' | ':');
    if !name.starts_with(starts) {
        return Err(format!(
            "`<{}` begins no element: write `&lt;`",
            short(&name)
        ));
    }
    let mut members = Map::default();
    let mut own = Map::default();
    let mut attributes = tag.attributes();
    for attribute in attributes.with_checks(false) {
        let attribute = attribute.map_err(|error| {
            format!(
                "an attribute of `<{}>` cannot be read: {error}",
                short(&name)
            )
        })?;
        if settings.ignore_attributes || own.contains_key(attribute.key.0) {
            continue;
        }
        let value = Value::from(unescaped(&attribute.value)?);
        own.insert(attribute.key.0.into(), value);
    }
    if settings.merge_attributes {
        for (name, value) in own {
            add(&mut members, name, value, settings.explicit_array);
        }
    } else if !own.is_empty() {
        members.insert(settings.attribute_key.as_str().into(), own.into());
    }
    let name = if settings.normalize_tags {
        name.to_lowercase()
    } else {
        name
    };
    Ok(Open {
        name: name.into(),
        text: String::new(),
        has_cdata: false,
        members,
    })
}

fn finished(element: Open, settings: &Settings) -> Value {
    let Open {
        text,
        has_cdata,
        members,
        ..
    } = element;
    if text.trim().is_empty() && !has_cdata {
        return if members.is_empty() {
            text.into()
        } else {
            members.into()
        };
    }
    let mut text = text;
    if settings.trim {
        text = text.trim().to_owned();
    }
    if settings.normalize {
        text = single_spaces(text.trim());
    }
    if members.is_empty() {
        return text.into();
    }
    // the text stands first
    let key: Arc<str> = settings.text_key.as_str().into();
    let mut all = Map::default();
    all.insert(key.clone(), text.into());
    for (name, value) in members {
        if name == key {
            add(&mut all, name, value, false);
        } else {
            all.insert(name, value);
        }
    }
    all.into()
}

/// Spaces of two or more become one.
fn single_spaces(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(char::is_whitespace) {
        let run = &rest[start..];
        let end = run.find(|c: char| !c.is_whitespace()).unwrap_or(run.len());
        out.push_str(&rest[..start]);
        let several = run[..end].chars().nth(1).is_some();
        out.push_str(if several { " " } else { &run[..end] });
        rest = &run[end..];
    }
    out.push_str(rest);
    out
}

/// Puts a value under a name; several of one name become a list.
fn add(members: &mut Map, name: Arc<str>, value: Value, explicit_array: bool) {
    match members.get_mut(&name) {
        None if explicit_array => {
            members.insert(name, vec![value].into());
        }
        None => {
            members.insert(name, value);
        }
        Some(Value::Array(list)) => Arc::make_mut(list).push(value),
        Some(one) => {
            let first = std::mem::take(one);
            *one = vec![first, value].into();
        }
    }
}

fn unescaped(text: &str) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let (entity, next) = after
            .split_once(';')
            .ok_or("an attribute holds a bare `&`")?;
        let c =
            resolved(entity).ok_or_else(|| format!("there is no entity `&{};`", short(entity)))?;
        out.push(c);
        rest = next;
    }
    out.push_str(rest);
    Ok(out)
}

fn resolved(entity: &str) -> Option<char> {
    match entity {
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "amp" => return Some('&'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        _ => {}
    }
    let number = entity.strip_prefix('#')?;
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code)
}

/// The message with the line of a place.
fn at(xml: &str, position: u64, message: &str) -> String {
    let end = usize::try_from(position)
        .unwrap_or(xml.len())
        .min(xml.len());
    let line = xml.as_bytes()[..end]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
        + 1;
    format!("the xml cannot be read, line {line}: {message}")
}

fn short(name: &str) -> String {
    name.chars().take(50).collect()
}
