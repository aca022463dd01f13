//! `Item`: what a node works on: JSON, references to binary data, and the error that produced it, if one did.

use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::error_info::ErrorInfo;
use crate::value::{Map, Value};

/// The binary data of one item by property name.
pub type Binaries = IndexMap<Arc<str>, Binary>;

/// One item. Cloning it copies nothing but references.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item {
    /// The data; an object by rule, though n8n lets other values occur and so do we.
    pub json: Value,
    /// Files that belong to the item.
    pub binary: Option<Arc<Binaries>>,
    /// Set when the item stands for a failure (spec C7).
    pub error: Option<Arc<ErrorInfo>>,
}

impl Item {
    /// An item with data alone.
    pub fn new(json: impl Into<Value>) -> Self {
        Self {
            json: json.into(),
            binary: None,
            error: None,
        }
    }

    /// The item that a failed item becomes when its node continues on errors: `{ "error": message }`.
    pub fn from_error(error: ErrorInfo) -> Self {
        Self {
            json: Value::from([("error", error.message.as_str())]),
            binary: None,
            error: Some(Arc::new(error)),
        }
    }
}

/// A reference to binary data; the bytes are in a file or a store, never here (spec B5).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Binary {
    /// Where the bytes are, in the words of the binary storage that wrote them.
    pub id: String,
    /// Media type, for example `image/png`.
    pub mime_type: String,
    /// File name, where one is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// The name's extension without the dot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_extension: Option<String>,
    /// Folder that the file was read from, where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// Size in bytes.
    pub bytes: u64,
}

impl Binary {
    /// The kind of file as n8n names it; `None` for kinds that an editor cannot show.
    pub fn file_type(&self) -> Option<&'static str> {
        let mime_type = self.mime_type.as_str();
        Some(match mime_type.split('/').next().unwrap_or_default() {
            _ if mime_type == "application/json" => "json",
            _ if mime_type.starts_with("text/html") => "html",
            _ if mime_type.starts_with("application/pdf") => "pdf",
            _ if mime_type.starts_with("application/javascript") => "text",
            "image" => "image",
            "audio" => "audio",
            "video" => "video",
            "text" => "text",
            _ => return None,
        })
    }

    /// The size as people read it: three digits that count, in steps of a thousand.
    pub fn file_size(&self) -> String {
        let mut size = self.bytes as f64;
        let mut units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"].into_iter();
        let mut unit = units.next().unwrap_or_default();
        // What would be rounded to a thousand is one of the next unit.
        while size >= 999.5
            && let Some(next) = units.next()
        {
            size /= 1000.0;
            unit = next;
        }
        let decimals = match size {
            _ if unit == "B" => 0,
            ..9.995 => 2,
            ..99.95 => 1,
            _ => 0,
        };
        let text = format!("{size:.decimals$}");
        let text = match text.contains('.') {
            true => text.trim_end_matches('0').trim_end_matches('.'),
            false => &text,
        };
        format!("{text} {unit}")
    }

    /// What expressions see of it, under n8n's names: everything but the bytes.
    pub fn metadata(&self) -> Map {
        let text = |text: &Option<String>| text.as_deref().map(Value::from);
        [
            ("mimeType", Some(Value::from(self.mime_type.as_str()))),
            ("fileType", self.file_type().map(Value::from)),
            ("fileName", text(&self.file_name)),
            ("fileExtension", text(&self.file_extension)),
            ("directory", text(&self.directory)),
            ("id", Some(Value::from(self.id.as_str()))),
            ("fileSize", Some(Value::from(self.file_size()))),
            ("bytes", Some(Value::from(self.bytes))),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.into(), value?)))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_as_people_read_them() {
        for (bytes, expected) in [
            (0, "0 B"),
            (6, "6 B"),
            (999, "999 B"),
            (1_000, "1 kB"),
            (1_234, "1.23 kB"),
            (12_345, "12.3 kB"),
            (123_456, "123 kB"),
            (999_499, "999 kB"),
            (999_500, "1 MB"),
            (1_500_000_000, "1.5 GB"),
            (u64::MAX, "18.4 EB"),
        ] {
            let binary = Binary {
                bytes,
                ..Binary::default()
            };
            assert_eq!(binary.file_size(), expected);
        }
    }

    #[test]
    fn the_kind_follows_from_the_media_type() {
        for (mime_type, expected) in [
            ("application/json", Some("json")),
            ("text/html", Some("html")),
            ("text/csv", Some("text")),
            ("application/javascript", Some("text")),
            ("image/png", Some("image")),
            ("application/pdf", Some("pdf")),
            ("application/zip", None),
        ] {
            let binary = Binary {
                mime_type: mime_type.into(),
                ..Binary::default()
            };
            assert_eq!(binary.file_type(), expected, "{mime_type}");
        }
    }
}
