//! Reads an XML document as the values that n8n's parser makes of it: an element with text alone is that text, any other an
//! object of `_` (text), `$` (attributes) and a list for each name among its children.

use std::sync::Arc;

use encoding_rs::Encoding;
use indexmap::IndexMap;
use itemflow_model::{Map, Value};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::entities;

/// Most elements and attributes of a document.
const MAX_NODES: usize = 1_000_000;
/// Deepest nesting.
const MAX_DEPTH: usize = 100;
/// A declaration is looked for in so many bytes.
const DECLARATION: usize = 200;

/// A document: the name of its only element, and what is in it.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) name: Arc<str>,
    pub(super) content: Value,
}

/// An element that has begun.
struct Open {
    name: Arc<str>,
    text: String,
    has_cdata: bool,
    attributes: Map,
    children: IndexMap<Arc<str>, Vec<Value>, foldhash::fast::RandomState>,
}

/// Reads a document. Entities that it declares itself stay as they are, so they cannot unfold.
///
/// # Errors
/// Where it is not well-formed, too deep or too large.
pub(super) fn read(text: &str) -> Result<Document, String> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().allow_dangling_amp = true;
    let mut open: Vec<Open> = Vec::new();
    let mut nodes = 0;
    loop {
        let event = reader.read_event().map_err(|error| {
            let line = line_of(text, reader.error_position());
            format!("line {line}: {error}")
        })?;
        match event {
            Event::Start(start) => {
                nodes += 1;
                open.push(begin(&start, &mut nodes)?);
            }
            Event::Empty(start) => {
                nodes += 1;
                open.push(begin(&start, &mut nodes)?);
                if let Some(document) = end(&mut open) {
                    return Ok(document);
                }
            }
            Event::End(_) => {
                if let Some(document) = end(&mut open) {
                    return Ok(document);
                }
            }
            Event::Text(text) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&text);
                }
            }
            Event::CData(text) => {
                if let Some(element) = open.last_mut() {
                    element.has_cdata = true;
                    element.text.push_str(&text);
                }
            }
            Event::GeneralRef(name) => {
                if let Some(element) = open.last_mut() {
                    entities::push_named(&mut element.text, &name);
                }
            }
            Event::Eof if open.is_empty() => return Err("it holds no XML".into()),
            Event::Eof => {
                let name = open.last().map(|element| element.name.to_string());
                return Err(format!("it ends within <{}>", name.unwrap_or_default()));
            }
            Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Comment(_) => {}
        }
        if nodes > MAX_NODES {
            return Err(format!("it has more than {MAX_NODES} elements"));
        }
        if open.len() > MAX_DEPTH {
            return Err(format!(
                "its elements are nested more than {MAX_DEPTH} deep"
            ));
        }
    }
}

/// The encoding that the declaration of a document names.
pub(super) fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let first = String::from_utf8_lossy(&bytes[..bytes.len().min(DECLARATION)]).into_owned();
    let declaration = first.trim_start_matches('\u{feff}').strip_prefix("<?xml")?;
    let declaration = declaration.split_once("?>")?.0;
    let value = declaration.split_once("encoding")?.1.trim_start();
    let value = value.strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Encoding::for_label(value[1..].split(quote).next()?.as_bytes())
}

fn begin(start: &BytesStart<'_>, nodes: &mut usize) -> Result<Open, String> {
    let mut attributes = Map::default();
    for attribute in start.html_attributes().with_checks(false) {
        *nodes += 1;
        if *nodes > MAX_NODES {
            break;
        }
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = entities::decode_strict(&attribute.value);
        attributes.insert(attribute.key.as_ref().into(), Value::from(value));
    }
    Ok(Open {
        name: start.name().as_ref().into(),
        text: String::new(),
        has_cdata: false,
        attributes,
        children: IndexMap::default(),
    })
}

/// Ends the last element; gives the document if it was the first.
fn end(open: &mut Vec<Open>) -> Option<Document> {
    let element = open.pop()?;
    let name = element.name.clone();
    let content = element.value();
    match open.last_mut() {
        Some(parent) => {
            parent.children.entry(name).or_default().push(content);
            None
        }
        None => Some(Document { name, content }),
    }
}

impl Open {
    fn value(self) -> Value {
        let is_blank = !self.has_cdata && self.text.trim().is_empty();
        if self.attributes.is_empty() && self.children.is_empty() {
            return Value::from(self.text);
        }
        let mut object = Map::default();
        if !is_blank {
            object.insert("_".into(), Value::from(self.text));
        }
        if !self.attributes.is_empty() {
            object.insert("$".into(), self.attributes.into());
        }
        for (name, list) in self.children {
            object.insert(name, Value::from(list));
        }
        object.into()
    }
}

fn line_of(text: &str, position: u64) -> usize {
    let end = (position as usize).min(text.len());
    1 + text.as_bytes()[..end]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(text: &str) -> String {
        read(text).unwrap().content.to_string()
    }

    #[test]
    fn elements_become_texts_and_objects() {
        for (text, expected) in [
            ("<a>x &amp; <![CDATA[<b>]]> &#65;</a>", r#""x & <b> A""#),
            ("<a> \n</a>", r#"" \n""#),
            ("<a/>", r#""""#),
            ("<a k='1 &lt; 2'>x</a>", r#"{"_":"x","$":{"k":"1 < 2"}}"#),
            (
                "<?xml version='1.0'?><!-- c --><a>\n<b>1</b>\n<c/><b k='v'/></a>",
                r#"{"b":["1",{"$":{"k":"v"}}],"c":[""]}"#,
            ),
            ("<a>R&D &nbsp;&unknown;</a>", "\"R&D \u{a0}&unknown;\""),
        ] {
            assert_eq!(content(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_broken_or_hostile_is_refused() {
        let deep = "<a>".repeat(200);
        let wide = format!("<a>{}</a>", "<b/>".repeat(MAX_NODES));
        for (text, says) in [
            ("", "no XML"),
            ("hello", "no XML"),
            ("<a>\n<b></a>", "line 2"),
            ("<a><b>", "within <b>"),
            (&deep, "nested"),
            (&wide, "more than 1000000"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(says), "{says}: {error}");
        }
        let bomb = "<!DOCTYPE a [<!ENTITY x 'xxxx'><!ENTITY y '&x;&x;'>]><a>&y;</a>";
        assert_eq!(content(bomb), r#""&y;""#);
    }

    #[test]
    fn the_declaration_names_the_encoding() {
        let latin = declared_encoding(b"<?xml version=\"1.0\" encoding='ISO-8859-1'?><a/>");
        assert_eq!(latin, Some(encoding_rs::WINDOWS_1252));
        for text in [
            "<a/>",
            "<?xml version='1.0'?>",
            "<?xml encoding",
            "<?xml encoding=?>",
        ] {
            assert_eq!(declared_encoding(text.as_bytes()), None, "{text}");
        }
    }
}
