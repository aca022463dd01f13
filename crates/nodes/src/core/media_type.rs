//! Media types: what a file's name and first bytes say it is, and which extension belongs to it.

use std::borrow::Cow;

/// Where n8n's table differs from ours, by extension.
const BY_EXTENSION: &[(&str, &str)] = &[
    ("bz2", "application/x-bzip2"),
    ("gz", "application/gzip"),
    ("gzip", "application/gzip"),
    ("ics", "text/calendar"),
    ("js", "text/javascript"),
    ("jsonl", "application/jsonl"),
    ("md", "text/markdown"),
    ("mjs", "text/javascript"),
    ("rtf", "application/rtf"),
    ("ts", "video/mp2t"),
    ("xml", "application/xml"),
    ("yaml", "text/yaml"),
    ("yml", "text/yaml"),
];

/// The usual extension of media types that have several.
const EXTENSIONS: &[(&str, &str)] = &[
    ("application/gzip", "gz"),
    ("application/javascript", "js"),
    ("application/json", "json"),
    ("application/msword", "doc"),
    ("application/octet-stream", "bin"),
    ("application/pdf", "pdf"),
    ("application/rtf", "rtf"),
    ("application/vnd.ms-excel", "xls"),
    ("application/vnd.ms-powerpoint", "ppt"),
    ("application/x-gzip", "gz"),
    ("application/xml", "xml"),
    ("application/zip", "zip"),
    ("audio/mp4", "m4a"),
    ("audio/mpeg", "mp3"),
    ("audio/ogg", "ogg"),
    ("audio/wav", "wav"),
    ("image/jpeg", "jpeg"),
    ("image/svg+xml", "svg"),
    ("image/tiff", "tiff"),
    ("text/calendar", "ics"),
    ("text/css", "css"),
    ("text/csv", "csv"),
    ("text/html", "html"),
    ("text/javascript", "js"),
    ("text/markdown", "md"),
    ("text/plain", "txt"),
    ("text/rtf", "rtf"),
    ("text/xml", "xml"),
    ("text/yaml", "yaml"),
    ("video/mp4", "mp4"),
    ("video/mpeg", "mpeg"),
    ("video/quicktime", "mov"),
];

/// Bytes that are enough to know a file by.
pub(crate) const SNIFFED: usize = 8192;

/// The extension of a file's name, without the dot.
pub(crate) fn extension_of(name: &str) -> Option<&str> {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    base.rsplit_once('.')
        .filter(|(stem, extension)| !stem.is_empty() && !extension.is_empty())
        .map(|(_, extension)| extension)
}

/// What the extension of a name says; an extension alone is such a name.
pub(crate) fn by_name(name: &str) -> Option<&'static str> {
    let extension = extension_of(name).unwrap_or(name).to_ascii_lowercase();
    if extension.contains(['/', '\\']) {
        return None;
    }
    let own = BY_EXTENSION.iter().find(|(known, _)| *known == extension);
    own.map(|(_, mime_type)| *mime_type)
        .or_else(|| mime_guess::from_ext(&extension).first_raw())
}

/// What the first bytes say; text says nothing of itself.
pub(crate) fn by_bytes(bytes: &[u8]) -> Option<&'static str> {
    let kind = infer::get(&bytes[..bytes.len().min(SNIFFED)])?;
    match kind.mime_type() {
        "text/xml" => Some("application/xml"),
        _ if kind.matcher_type() == infer::MatcherType::Text => None,
        mime_type => Some(mime_type),
    }
}

/// The extension that files of a media type usually have.
pub(crate) fn extension(mime_type: &str) -> Option<Cow<'static, str>> {
    let essence = mime_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    if let Some((_, extension)) = EXTENSIONS.iter().find(|(known, _)| *known == essence) {
        return Some((*extension).into());
    }
    let first = mime_guess::get_mime_extensions_str(&essence)?.first()?;
    Some((*first).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_bytes_and_extensions() {
        for (name, expected) in [
            ("a.csv", Some("text/csv")),
            ("folder.d/a.TXT", Some("text/plain")),
            ("a.xml", Some("application/xml")),
            (
                "a.xlsx",
                Some("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            ),
            (
                "a.ods",
                Some("application/vnd.oasis.opendocument.spreadsheet"),
            ),
            ("a.unheardof", None),
            ("json", Some("application/json")),
        ] {
            assert_eq!(by_name(name), expected, "{name}");
        }
        assert_eq!(by_bytes(b"\x89PNG\r\n\x1a\n0000"), Some("image/png"));
        assert_eq!(by_bytes(b"%PDF-1.4"), Some("application/pdf"));
        assert_eq!(by_bytes(b"hello"), None);
        assert_eq!(by_bytes(b"<!DOCTYPE html><html>"), None);
        assert_eq!(extension("application/json").as_deref(), Some("json"));
        assert_eq!(
            extension("text/plain; charset=utf-8").as_deref(),
            Some("txt")
        );
        assert_eq!(extension("image/png").as_deref(), Some("png"));
        assert_eq!(extension("x/unheard-of"), None);
        assert_eq!(extension_of("a/b.c/d"), None);
        assert_eq!(extension_of("a/b.tar.gz"), Some("gz"));
    }
}
