//! How the members of a body are written: JSON, form, multipart, text or the bytes of a file.

use itemflow_model::definition::{BodyType, QueryStyle};
use itemflow_model::{Binary, Map, Value};

use crate::encode::scalar_text;
use crate::query::form_pairs;
use crate::request::{Body, Part, PartContent};

/// The body of this type made of a value and of named files. Nothing set means no body at all.
pub(crate) fn body_of(
    body_type: BodyType,
    style: QueryStyle,
    value: &Value,
    mut files: Vec<(&str, Binary)>,
) -> Body {
    let is_empty = value.is_null() || value.as_object().is_some_and(Map::is_empty);
    match body_type {
        BodyType::None => Body::Empty,
        BodyType::Binary => match files.pop() {
            Some((_, binary)) => Body::Binary(binary),
            None => Body::Empty,
        },
        BodyType::Multipart => multipart(value, files),
        _ if is_empty => Body::Empty,
        BodyType::Json => Body::Json(value.clone()),
        BodyType::Text => Body::Text(scalar_text(value).unwrap_or_else(|| value.to_string())),
        BodyType::Form => {
            let mut pairs = Vec::new();
            for (name, value) in value.as_object().into_iter().flatten() {
                form_pairs(&mut pairs, name, value, style);
            }
            Body::Form(pairs)
        }
    }
}

/// Fields first, files after them: some services read no field that follows a file.
fn multipart(value: &Value, files: Vec<(&str, Binary)>) -> Body {
    let mut parts = Vec::new();
    for (name, value) in value.as_object().into_iter().flatten() {
        let list = value.as_array().unwrap_or(std::slice::from_ref(value));
        for element in list {
            let text = scalar_text(element).unwrap_or_else(|| element.to_string());
            parts.push(Part {
                name: name.to_string(),
                content: PartContent::Text(text),
            });
        }
    }
    for (name, binary) in files {
        parts.push(Part {
            name: name.to_owned(),
            content: PartContent::Binary(binary),
        });
    }
    if parts.is_empty() {
        Body::Empty
    } else {
        Body::Multipart(parts)
    }
}
