//! Pages about nodes: what a definition says, as Markdown for `docs/` and as text for the terminal.
//!
//! `content.rs` says what is on a page, `markdown.rs` and `terminal.rs` how that looks. Whatever has a
//! [`NodeDefinition`] gets its page here.

mod content;
mod core;
mod example;
mod markdown;
mod property;
mod terminal;

pub(crate) use self::content::short_name;
pub(crate) use self::core::{FOLDER, MARK, core_pages};

use itemflow_model::definition::NodeDefinition;

/// A part of a page.
#[derive(Debug, PartialEq)]
enum Block {
    Heading(u8, String),
    Paragraph(String),
    List(Vec<String>),
    Table(Table),
    Code {
        language: &'static str,
        text: String,
    },
}

/// Rows under a header; every row has as many cells as the header.
#[derive(Debug, PartialEq)]
struct Table {
    header: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

/// The page of a node for `docs/`.
pub(crate) fn markdown_page(definition: &NodeDefinition) -> String {
    markdown::write(&content::of(definition))
}

/// The same page for the terminal.
pub(crate) fn terminal_page(definition: &NodeDefinition) -> String {
    terminal::write(&content::of(definition))
}
