//! Files of items in scripts: bytes come as base64 text when they are asked for, and go back as such.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use itemflow_model::{Binaries, Binary, Value};

use super::answers::RunAnswers;
use crate::core::binary::{self, NewFile};
use crate::run::NodeRun;

/// The bytes of a file as JSON text.
pub(super) async fn read(run: &NodeRun, file: &Binary, most: usize) -> Result<String, String> {
    let bytes = binary::read_at_most(run, file, 0, most as u64)
        .await
        .map_err(|error| error.message)?;
    Ok(format!("\"{}\"", STANDARD.encode(bytes)))
}

/// The files that an item of a script's result names: those that it has seen, and new ones whose bytes it gives.
pub(crate) async fn of_result(answers: &RunAnswers, value: &Value) -> Result<Binaries, String> {
    let mut binaries = Binaries::default();
    for (property, file) in value.as_object().into_iter().flatten() {
        let text = |name: &str| file.get(name).and_then(Value::as_str).map(str::to_owned);
        let known = text("id").and_then(|id| answers.file(&id));
        let reference = match (text("data"), known) {
            (Some(data), known) => {
                let bytes = decode(&data)
                    .ok_or_else(|| format!("the `data` of the file \"{property}\" is no base64"))?;
                let known = known.unwrap_or_default();
                let file = NewFile {
                    name: text("fileName").or(known.file_name),
                    mime_type: text("mimeType").or(Some(known.mime_type)),
                    directory: None,
                };
                binary::store(answers.run(), file, bytes, 0)
                    .await
                    .map_err(|error| error.message)?
            }
            (None, Some(known)) => Binary {
                mime_type: text("mimeType").unwrap_or(known.mime_type),
                file_name: text("fileName").or(known.file_name),
                file_extension: text("fileExtension").or(known.file_extension),
                ..known
            },
            (None, None) => {
                return Err(format!(
                    "the file \"{property}\" has no bytes: give it `data` as base64 text, or keep the file of an input item"
                ));
            }
        };
        binaries.insert(property.clone(), reference);
    }
    Ok(binaries)
}

/// Base64 with or without its padding, line breaks left aside.
fn decode(text: &str) -> Option<Vec<u8>> {
    let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD_NO_PAD.decode(text.trim_end_matches('=')).ok()
}
