//! OpenAPI 3.1 and 3.0 and Swagger 2.0, as JSON or YAML, to the files of a service. Real documents are broken: what is
//! sound is taken, and what is not is said.

mod body;
mod context;
mod openapi30;
mod operation;
mod output;
mod parameter;
mod part;
mod path;
mod property;
mod references;
mod response;
mod schema;
mod security;
mod servers;
mod service;
mod swagger2;

use itemflow_model::{Problem, SourceText, Value};

use crate::limits;

pub(crate) use output::Output;
pub use service::Options;

/// Why a document cannot be imported at all.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is neither YAML nor JSON.
    #[error("the document cannot be read: {}", first(.0))]
    Syntax(Vec<Problem>),
    /// It is larger than any that is read.
    #[error("the document is larger than {} MiB", crate::MAX_SOURCE_BYTES >> 20)]
    TooLarge,
    /// It says nothing of OpenAPI.
    #[error("this is no OpenAPI document: it has neither `openapi` nor `swagger` nor `paths`")]
    Foreign,
}

fn first(problems: &[Problem]) -> String {
    problems
        .first()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// A document that was read.
#[derive(Debug)]
pub struct Document {
    source: SourceText,
    root: Value,
    /// Pointers of members that are given more than once.
    repeats: Vec<String>,
}

/// Reads a document. `file` is what losses and problems call it; its extension says the format.
///
/// # Errors
/// When it cannot be read at all; everything less is a loss.
pub fn read(text: &str, file: &str) -> Result<Document, ReadError> {
    if text.len() > limits::MAX_SOURCE_BYTES {
        return Err(ReadError::TooLarge);
    }
    let source = SourceText::new(file, text);
    let (root, repeats) = source.tolerant_value().map_err(ReadError::Syntax)?;
    let is_one = ["openapi", "swagger", "paths"]
        .iter()
        .any(|key| root.get(key).is_some());
    if !is_one {
        return Err(ReadError::Foreign);
    }
    Ok(Document {
        source,
        root,
        repeats,
    })
}

impl Document {
    /// The text it was read from.
    pub fn source(&self) -> &SourceText {
        &self.source
    }
}
