//! Makes definition files of what other tools have written down: today of OpenAPI documents.
//!
//! Pure: text in, texts and a report of losses out. Whoever calls it reads, asks and writes ([`openapi::read`] and
//! [`openapi::Document::import`]).

mod lift;
mod limits;
mod loss;
mod names;
pub mod openapi;
mod text;
mod write;

pub use limits::MAX_SOURCE_BYTES;
pub use loss::{Loss, LossKind};

/// The name of a service's folder: `konverte-digital` for `konverteDigital`.
pub fn service_folder(service: &str) -> String {
    names::file_name(&itemflow_model::definition::title_case(service), "service")
}

/// What an import gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The files of the service: paths within its folder, with `/`, and texts. The paths are safe on every disk: plain
    /// names, unique without regard to case, at most one folder deep.
    pub files: Vec<(String, String)>,
    /// What could not be carried over, in the order of the document.
    pub losses: Vec<Loss>,
    /// Losses beyond those listed.
    pub losses_omitted: usize,
    /// How many operations became actions.
    pub actions: usize,
    /// How many resources they are in.
    pub resources: usize,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Operations that have been looked at.
    pub done: usize,
    /// Operations that the document has.
    pub total: usize,
}
