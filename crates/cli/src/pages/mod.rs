//! Pages about nodes: what a definition says, as Markdown for `docs/` and as text for the terminal.
//!
//! `content.rs` says what is on the page of a core node, `action.rs` and `service.rs` what is on those of a service;
//! `markdown.rs` and `terminal.rs` say how that looks, `site.rs` which pages there are.

mod action;
mod content;
mod example;
mod markdown;
mod output;
mod property;
mod service;
mod site;
mod terminal;
mod text;
mod words;

pub(crate) use self::action::method_and_path;
pub(crate) use self::content::short_name;
pub(crate) use self::service::{ActionPage, ResourcePages, ServicePages};
pub(crate) use self::site::{is_ours, site};
pub(crate) use self::text::first_sentence;

use itemflow_model::definition::NodeDefinition;

use self::markdown::anchor;
use self::text::Text;

/// A part of a page.
#[derive(Debug, PartialEq)]
pub(crate) enum Block {
    Heading(u8, String),
    Paragraph(Text),
    List(Vec<Text>),
    Table(Table),
    Code {
        language: &'static str,
        text: String,
    },
}

/// Rows under a header; every row has as many cells as the header.
#[derive(Debug, PartialEq)]
pub(crate) struct Table {
    header: Vec<&'static str>,
    rows: Vec<Vec<Text>>,
}

/// The page of a core node.
pub(crate) fn core_page(definition: &NodeDefinition) -> Vec<Block> {
    content::of(definition)
}

/// A page for the terminal.
pub(crate) fn terminal(page: &[Block]) -> String {
    terminal::write(page)
}
