//! The item of a form that was sent (n8n: E16): pure, so that a server only has to read the call.

use std::sync::Arc;

use itemflow_model::{Binaries, Binary, FieldKind, FormField, FormSpec, Item, Map, Value};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// What somebody has sent.
#[derive(Clone, Debug, Default)]
pub struct Submission {
    /// Texts by field name, in order; a field may come several times.
    pub texts: Vec<(String, String)>,
    /// Files by field name, kept already.
    pub files: Vec<(String, Binary)>,
    /// The query of the form's address.
    pub query: Map,
    /// The call's header fields.
    pub headers: Map,
}

/// Makes the item of a submission; `production` is false in a test.
pub fn form_item(
    spec: &FormSpec,
    submission: &Submission,
    now: Timestamp,
    zone: &TimeZone,
    production: bool,
) -> Item {
    let mut json = Map::default();
    let mut binary = Binaries::default();
    for field in &spec.fields {
        match field.kind {
            FieldKind::Html if field.name.is_empty() => {}
            FieldKind::File => {
                let files = submission
                    .files
                    .iter()
                    .filter(|(name, _)| **name == *field.name);
                json.insert(
                    field.name.clone(),
                    files_of(field, files.map(|(_, file)| file), &mut binary),
                );
            }
            _ => {
                json.insert(field.name.clone(), answer(field, submission));
            }
        }
    }
    let zone = if spec.use_workflow_time_zone {
        zone.clone()
    } else {
        TimeZone::UTC
    };
    let sent = now.to_zoned(zone);
    let form = if sent.offset().is_zero() && !spec.use_workflow_time_zone {
        "%Y-%m-%dT%H:%M:%S.%3fZ"
    } else {
        "%Y-%m-%dT%H:%M:%S.%3f%:z"
    };
    json.insert(
        "submittedAt".into(),
        Value::from(sent.strftime(form).to_string()),
    );
    let mode = if production { "production" } else { "test" };
    json.insert("formMode".into(), Value::from(mode));
    if !submission.query.is_empty() {
        json.insert(
            "formQueryParameters".into(),
            Value::from(submission.query.clone()),
        );
    }
    if spec.show_headers {
        json.insert("headers".into(), Value::from(submission.headers.clone()));
    }
    Item {
        binary: (!binary.is_empty()).then(|| Arc::new(binary)),
        ..Item::new(Value::from(json))
    }
}

/// The answer to a field that is no file: null where there is none.
fn answer(field: &FormField, submission: &Submission) -> Value {
    let mut texts = submission
        .texts
        .iter()
        .filter(|(name, _)| **name == *field.name)
        .map(|(_, text)| text.as_str())
        .peekable();
    if texts.peek().is_none() {
        return Value::Null;
    }
    if field.multiple || field.kind == FieldKind::Radio {
        let chosen: Vec<Value> = texts.flat_map(chosen).collect();
        return if field.kind == FieldKind::Radio {
            chosen.into_iter().next().unwrap_or_default()
        } else {
            Value::from(chosen)
        };
    }
    let text = texts.next().unwrap_or_default();
    match field.kind {
        FieldKind::Number => {
            let trimmed = text.trim();
            match trimmed.parse::<f64>() {
                Ok(number) if number.is_finite() => {
                    serde_json::from_str::<serde_json::Value>(trimmed)
                        .map_or_else(|_| Value::from(number), Value::from)
                }
                _ => Value::Null,
            }
        }
        FieldKind::Text | FieldKind::Email => Value::from(text.trim()),
        _ => Value::from(text),
    }
}

/// What was chosen: a JSON list of texts, or one text.
fn chosen(text: &str) -> Vec<Value> {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(serde_json::Value::Array(list)) => list.into_iter().map(Value::from).collect(),
        _ => vec![Value::from(text)],
    }
}

/// Puts the files of a field among the item's binary data, and tells of each.
fn files_of<'a>(
    field: &FormField,
    files: impl Iterator<Item = &'a Binary>,
    binary: &mut Binaries,
) -> Value {
    let key: String = field
        .name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '_' {
                c
            } else {
                '_'
            }
        })
        .collect();
    let mut told = Vec::new();
    for (index, file) in files.enumerate() {
        let name = if field.multiple {
            format!("{key}_{index}")
        } else {
            key.clone()
        };
        binary.insert(name.into(), file.clone());
        told.push(Value::from([
            (
                "filename",
                Value::from(file.file_name.as_deref().unwrap_or_default()),
            ),
            ("mimetype", Value::from(file.mime_type.as_str())),
            ("size", Value::from(file.bytes as i64)),
        ]));
        if !field.multiple {
            break;
        }
    }
    match (field.multiple, told.len()) {
        (_, 0) => Value::Null,
        (true, _) => Value::from(told),
        (false, _) => told.swap_remove(0),
    }
}
