//! Writes objects as XML, indented by two spaces.

use itemflow_model::{Map, Value};

use super::Settings;
use crate::core::javascript;

/// The name of a root that no option names.
pub(super) const DEFAULT_ROOT: &str = "root";

/// Values nested deeper are refused.
const MAX_DEPTH: usize = 256;

/// An element that is written.
#[derive(Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Child>,
}

enum Child {
    /// Text, escaped already.
    Text(String),
    Element(Element),
}

/// The document of a value.
pub(super) fn build(value: &Value, settings: &Settings) -> Result<String, String> {
    let members = value
        .as_object()
        .ok_or_else(|| format!("only an object can be written as xml, not {}", value.kind()))?;
    let only = match members.iter().next() {
        Some(only) if members.len() == 1 && settings.root_name == DEFAULT_ROOT => Some(only),
        _ => None,
    };
    let (name, content) = match only {
        Some((name, content)) => (&**name, content),
        None => (settings.root_name.as_str(), value),
    };
    let mut root = named(name)?;
    fill(&mut root, content, settings, 0)?;
    let mut xml = String::new();
    if !settings.headless {
        xml.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n");
    }
    write(&root, 0, &mut xml);
    Ok(xml)
}

fn named(name: &str) -> Result<Element, String> {
    let starts = |c: char| c.is_alphabetic() || matches!(c, '_' | ':');
    let goes_on = |c: char| starts(c) || c.is_numeric() || matches!(c, '-' | '.' | '\u{b7}');
    if !name.starts_with(starts) || !name.chars().all(goes_on) {
        return Err(format!(
            "`{name}` cannot be the name of an xml element: names begin with a letter and have no spaces"
        ));
    }
    Ok(Element {
        name: name.into(),
        ..Element::default()
    })
}

fn fill(
    element: &mut Element,
    value: &Value,
    settings: &Settings,
    depth: usize,
) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Err(format!("the value is nested more than {MAX_DEPTH} deep"));
    }
    match value {
        Value::Null => Ok(()),
        Value::Array(list) => {
            for entry in list.iter() {
                match entry {
                    Value::Object(members) => {
                        for (name, value) in members.iter() {
                            child(element, name, value, settings, depth)?;
                        }
                    }
                    Value::Array(_) | Value::String(_) => {
                        return Err(
                            "a list inside a list, or as the root, must hold objects to be written as xml".into(),
                        );
                    }
                    _ => {}
                }
            }
            Ok(())
        }
        Value::Object(members) => members_of(element, members, settings, depth),
        scalar => {
            let text = content(&javascript::text(scalar), settings)?;
            element.children.push(Child::Text(text));
            Ok(())
        }
    }
}

fn members_of(
    element: &mut Element,
    members: &Map,
    settings: &Settings,
    depth: usize,
) -> Result<(), String> {
    for (key, value) in members {
        if **key == *settings.attribute_key {
            for (name, value) in value.as_object().into_iter().flatten() {
                if !matches!(value, Value::Null) {
                    named(name)?;
                    let text = legal(&javascript::text(value))?.to_owned();
                    element.attributes.retain(|(own, _)| **own != **name);
                    element.attributes.push((name.to_string(), text));
                }
            }
        } else if **key == *settings.text_key {
            if !matches!(value, Value::Null) {
                let text = content(&javascript::text(value), settings)?;
                element.children.push(Child::Text(text));
            }
        } else if let Value::Array(list) = value {
            for entry in list.iter() {
                child(element, key, entry, settings, depth)?;
            }
        } else {
            child(element, key, value, settings, depth)?;
        }
    }
    Ok(())
}

fn child(
    parent: &mut Element,
    name: &str,
    value: &Value,
    settings: &Settings,
    depth: usize,
) -> Result<(), String> {
    let mut element = named(name)?;
    fill(&mut element, value, settings, depth + 1)?;
    parent.children.push(Child::Element(element));
    Ok(())
}

/// A text as it stands between tags.
fn content(text: &str, settings: &Settings) -> Result<String, String> {
    legal(text)?;
    if settings.cdata && text.contains(['&', '<', '>']) {
        return Ok(format!(
            "<![CDATA[{}]]>",
            text.replace("]]>", "]]]]><![CDATA[>")
        ));
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#xD;"),
            c => out.push(c),
        }
    }
    Ok(out)
}

fn legal(text: &str) -> Result<&str, String> {
    let illegal = |c: char| {
        (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    match text.chars().find(|c| illegal(*c)) {
        Some(c) => Err(format!(
            "xml cannot hold the character U+{:04X}: remove it before",
            c as u32
        )),
        None => Ok(text),
    }
}

fn write(element: &Element, depth: usize, xml: &mut String) {
    let indent = |xml: &mut String, depth: usize| {
        xml.extend(std::iter::repeat_n("  ", depth));
    };
    indent(xml, depth);
    xml.push('<');
    xml.push_str(&element.name);
    for (name, value) in &element.attributes {
        xml.push(' ');
        xml.push_str(name);
        xml.push_str("=\"");
        for c in value.chars() {
            match c {
                '&' => xml.push_str("&amp;"),
                '<' => xml.push_str("&lt;"),
                '"' => xml.push_str("&quot;"),
                '\t' => xml.push_str("&#x9;"),
                '\n' => xml.push_str("&#xA;"),
                '\r' => xml.push_str("&#xD;"),
                c => xml.push(c),
            }
        }
        xml.push('"');
    }
    let empty = |child: &Child| matches!(child, Child::Text(text) if text.is_empty());
    if element.children.iter().all(empty) {
        xml.push_str("/>");
        return;
    }
    xml.push('>');
    if let [Child::Text(text)] = element.children.as_slice() {
        xml.push_str(text);
    } else {
        for child in &element.children {
            xml.push('\n');
            match child {
                Child::Text(text) => {
                    indent(xml, depth + 1);
                    xml.push_str(text);
                }
                Child::Element(element) => write(element, depth + 1, xml),
            }
        }
        xml.push('\n');
        indent(xml, depth);
    }
    xml.push_str("</");
    xml.push_str(&element.name);
    xml.push('>');
}
