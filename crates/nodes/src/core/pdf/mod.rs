//! The text of pdf documents, page by page, and what a document says of itself.

mod page;

use std::io::Read;

use flate2::read::ZlibDecoder;
use itemflow_model::{Map, Value};
use lopdf::{Document, LoadOptions, Object, decode_text_string};

use self::page::Pages;

/// Largest document. Its objects take many times the memory.
const MAX_DOCUMENT: usize = 64 << 20;
/// Bytes that the streams of a document may have together when they are unpacked.
const MAX_UNPACKED: u64 = 256 << 20;
/// Streams that are packed more than this often are not read.
const MAX_LAYERS: usize = 3;

/// What is read of a document.
#[derive(Clone, Debug)]
pub(crate) struct PdfOptions {
    /// Most pages whose text is read.
    pub(crate) max_pages: Option<usize>,
    /// One text for all pages, rather than a list of them.
    pub(crate) join_pages: bool,
    /// Opens a document that is encrypted.
    pub(crate) password: Option<String>,
}

/// Reads a document: `{ numpages, numrender, info, metadata, text, version }`.
///
/// # Errors
/// When it is no document that can be read, or needs another password.
pub(crate) fn read(bytes: &[u8], options: &PdfOptions) -> Result<Value, String> {
    if bytes.len() > MAX_DOCUMENT {
        return Err(format!("the document has more than {MAX_DOCUMENT} bytes"));
    }
    require_small(bytes, MAX_UNPACKED)?;
    let load = match &options.password {
        Some(password) => LoadOptions::with_password(password),
        None => LoadOptions::default(),
    };
    let document = Document::load_mem_with_options(bytes, load).map_err(|error| match error {
        lopdf::Error::InvalidPassword | lopdf::Error::Decryption(_) => {
            "the document is encrypted: give its password in `options.password`".to_owned()
        }
        error => format!("the document cannot be read: {error}"),
    })?;
    if document.is_encrypted() {
        return Err("the document is encrypted: give its password in `options.password`".into());
    }
    let pages: Vec<_> = document.page_iter().collect();
    let wanted = options.max_pages.unwrap_or(pages.len()).min(pages.len());
    let mut reader = Pages::new(&document);
    let mut texts = Vec::with_capacity(wanted);
    for page in &pages[..wanted] {
        texts.push(reader.text(*page)?);
    }
    let text = match options.join_pages {
        true => Value::from(texts.join("\n\n")),
        false => Value::from(texts.into_iter().map(Value::from).collect::<Vec<_>>()),
    };
    Ok(Value::from([
        ("numpages", Value::from(pages.len())),
        ("numrender", Value::from(pages.len())),
        ("info", Value::from(info(&document))),
        ("metadata", metadata(&document)),
        ("text", text),
        ("version", Value::from(env!("CARGO_PKG_VERSION"))),
    ]))
}

/// What the document says of its title, author and so on.
fn info(document: &Document) -> Map {
    let mut info = Map::default();
    info.insert(
        "PDFFormatVersion".into(),
        Value::from(document.version.as_str()),
    );
    let has_form = document
        .catalog()
        .is_ok_and(|catalog| catalog.has(b"AcroForm"));
    info.insert("IsAcroFormPresent".into(), Value::from(has_form));
    let Ok(Object::Dictionary(given)) = document.trailer.get_deref(b"Info", document) else {
        return info;
    };
    for (name, value) in given.iter() {
        let value = match document.dereference(value) {
            Ok((_, text @ Object::String(..))) => decode_text_string(text).ok().map(Value::from),
            Ok((_, Object::Name(name))) => {
                Some(Value::from(String::from_utf8_lossy(name).into_owned()))
            }
            Ok((_, Object::Boolean(flag))) => Some(Value::from(*flag)),
            Ok((_, Object::Integer(number))) => Some(Value::from(*number)),
            _ => None,
        };
        if let Some(value) = value {
            let name = String::from_utf8_lossy(name).into_owned();
            info.insert(name.into(), value);
        }
    }
    info
}

/// The XMP packet of the document, its simple properties by name.
fn metadata(document: &Document) -> Value {
    let found = document.catalog().and_then(|catalog| {
        let stream = catalog.get_deref(b"Metadata", document)?.as_stream()?;
        stream.get_plain_content()
    });
    let Ok(packet) = found else {
        return Value::Null;
    };
    let mut properties = Map::default();
    let packet = String::from_utf8_lossy(&packet);
    let mut reader = quick_xml::Reader::from_str(&packet);
    let mut open: Vec<String> = Vec::new();
    while let Ok(event) = reader.read_event() {
        use quick_xml::events::Event;
        match event {
            Event::Start(element) if open.len() < 100 => {
                open.push(element.name().as_ref().to_lowercase())
            }
            Event::End(_) => {
                open.pop();
            }
            Event::Text(text) if !text.trim().is_empty() => {
                // Lists and languages stand between a property and its text.
                let named = open.iter().rev().find(|name| !name.starts_with("rdf:"));
                if let Some(name) = named {
                    properties.insert(name.as_str().into(), Value::from(text.trim()));
                }
            }
            Event::Eof | Event::Start(_) => break,
            _ => {}
        }
    }
    Value::from(properties)
}

/// Unpacks every stream once, keeping nothing, before the reader does so and keeps all.
fn require_small(bytes: &[u8], limit: u64) -> Result<(), String> {
    let mut left = limit;
    let mut rest = bytes;
    while let Some(at) = find(rest, b"stream") {
        rest = &rest[at + b"stream".len()..];
        let start = rest.strip_prefix(b"\r").unwrap_or(rest);
        let start = start.strip_prefix(b"\n").unwrap_or(start);
        measure(start, MAX_LAYERS, &mut left).ok_or_else(|| {
            format!("the document has more than {limit} bytes when it is unpacked")
        })?;
    }
    Ok(())
}

/// Takes what a stream unpacks to from what is left; `None` when that is not enough.
fn measure(packed: &[u8], layers: usize, left: &mut u64) -> Option<()> {
    // The head of a zlib stream: the method, and a sum that is a multiple of 31.
    let is_packed = matches!(packed, [head, check, ..] if head & 0x0F == 8
        && (u16::from(*head) << 8 | u16::from(*check)) % 31 == 0);
    if !is_packed || layers == 0 {
        return Some(());
    }
    let mut decoder = ZlibDecoder::new(packed);
    let mut inner = Vec::new();
    let mut chunk = vec![0; 64 << 10];
    while let Ok(read @ 1..) = decoder.read(&mut chunk) {
        *left = left.checked_sub(read as u64)?;
        // A stream inside of it is small if it is to become large.
        if inner.len() < 1 << 20 {
            inner.extend_from_slice(&chunk[..read]);
        }
    }
    measure(&inner, layers - 1, left)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

#[cfg(test)]
mod tests;
