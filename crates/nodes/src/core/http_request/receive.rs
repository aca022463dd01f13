//! From an answer to items: JSON, text or a file, as the node says or as the content type says.

use itemflow_declarative::{
    ReceivedFile, Response, body_file, body_json, body_text, status_failure,
};
use itemflow_model::{ErrorInfo, Map, Value};

use super::settings::{Format, ResponseSettings};

/// Parts of the content types of files (n8n's list).
const FILE_TYPES: [&str; 22] = [
    "image/",
    "audio/",
    "video/",
    "application/octet-stream",
    "application/gzip",
    "application/zip",
    "application/vnd.rar",
    "application/epub+zip",
    "application/x-bzip",
    "application/x-bzip2",
    "application/x-cdf",
    "application/vnd.amazon.ebook",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument",
    "application/vnd.oasis.opendocument",
    "application/pdf",
    "application/x-tar",
    "application/x-7z-compressed",
    "application/x-rar-compressed",
    "application/x-gzip",
];

/// What an answer yields.
#[derive(Debug, PartialEq)]
pub(crate) enum Received {
    /// The json of each item.
    Items(Vec<Value>),
    /// A file, and the json beside it where that is not the input item's.
    File {
        json: Option<Value>,
        file: ReceivedFile,
    },
}

/// Makes items of an answer: a JSON list gives one for each element, an object one, text one with the text under the
/// output property.
///
/// # Errors
/// A status outside 2xx unless it is let pass, and a body that is not JSON where it should be.
pub(crate) fn receive(
    response: &Response,
    settings: &ResponseSettings,
) -> Result<Received, ErrorInfo> {
    if !response.is_success() && !settings.never_error {
        return Err(status_failure(response));
    }
    let detects = settings.format == Format::Autodetect;
    let format = if detects {
        detect(response)
    } else {
        settings.format
    };
    match format {
        Format::File => Ok(Received::File {
            json: settings.full.then(|| full(response, None)),
            file: body_file(response),
        }),
        Format::Text => {
            let text = Value::from(body_text(response));
            let json = if settings.full {
                full(response, Some((&settings.property, text)))
            } else {
                [(settings.property.clone(), text)]
                    .into_iter()
                    .collect::<Map>()
                    .into()
            };
            Ok(Received::Items(vec![json]))
        }
        Format::Json | Format::Autodetect => {
            let body = match json(response) {
                Err(_) if detects && settings.never_error => Value::empty_object(),
                body => body?,
            };
            if settings.full {
                return Ok(Received::Items(vec![full(response, Some(("body", body)))]));
            }
            Ok(Received::Items(match body {
                Value::Array(list) => list.iter().map(item).collect(),
                other => vec![item(&other)],
            }))
        }
    }
}

/// What the content type says; an answer without a body is an empty object.
fn detect(response: &Response) -> Format {
    let content_type = response.header("content-type").unwrap_or_default();
    let content_type = content_type.to_ascii_lowercase();
    if response.body.is_empty() || content_type.contains("application/json") {
        Format::Json
    } else if FILE_TYPES.iter().any(|part| content_type.contains(part)) {
        Format::File
    } else {
        Format::Text
    }
}

fn json(response: &Response) -> Result<Value, ErrorInfo> {
    if response.body.is_empty() {
        return Ok(Value::empty_object());
    }
    body_json(response)
}

/// An item is an object: `null` becomes an empty one, other values are put under `data`.
pub(crate) fn item(value: &Value) -> Value {
    match value {
        Value::Object(_) => value.clone(),
        Value::Null => Value::empty_object(),
        other => Value::from([("data", other.clone())]),
    }
}

/// The body under its name, headers and status.
pub(super) fn full(response: &Response, body: Option<(&str, Value)>) -> Value {
    let mut json = Map::default();
    if let Some((name, body)) = body {
        json.insert(name.into(), body);
    }
    json.insert("headers".into(), response.headers_json());
    json.insert("statusCode".into(), Value::from(i32::from(response.status)));
    json.insert("statusMessage".into(), Value::from(response.status_text()));
    Value::from(json)
}
