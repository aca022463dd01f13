//! The importer on whole documents.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod documents;
mod generated;
mod mutated;
mod speed;

use itemflow_import::Imported;
use itemflow_import::openapi::{Options, read};

/// Imports a document under the name `shop`.
fn import(text: &str, file: &str) -> Imported {
    let options = Options {
        service: "shop".into(),
        address: None,
    };
    read(text, file).unwrap().import(&options, &mut |_| {})
}
