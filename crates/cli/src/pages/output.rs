//! The output of an action on its page: which part of the answer becomes the items, what is in them, and one of them.

use itemflow_declarative::{Action, Schema};
use itemflow_model::Value;
use itemflow_model::definition::{ActionFile, Resource, ResponseType};

use super::text::{Text, code, on_one_line};
use super::{Block, Table, property};

/// What the answer of an example holds where the items are.
enum Shape {
    List,
    One,
    Nothing,
    Unknown,
}

/// The section without its heading.
pub(super) fn blocks(resource: &Resource, file: &ActionFile, action: &Action) -> Vec<Block> {
    let mut blocks = vec![Block::Paragraph(origin(resource, file, action).into())];
    if let Some(view) = action.response().schema.as_ref().map(Schema::view) {
        let members = property::members(&view);
        if members.is_empty() {
            let is_empty = view.get("maxProperties").and_then(Value::as_u64) == Some(0);
            let told = match on_one_line(view.description()) {
                _ if is_empty => String::new(),
                text if text.is_empty() => "The definition names no members.".into(),
                text => text,
            };
            if !told.is_empty() {
                blocks.push(Block::Paragraph(told.into()));
            }
        } else {
            let rows = members.into_iter().map(|row| row.map(Text::from).into());
            blocks.push(Block::Table(Table {
                header: vec!["field", "type", "meaning"],
                rows: rows.collect(),
            }));
        }
    }
    let items = file.examples.iter().flat_map(|example| &example.items);
    let is_empty = |item: &Value| item.as_object().is_some_and(|members| members.is_empty());
    if let Some(item) = items.flatten().find(|item| !is_empty(item)) {
        blocks.push(Block::Paragraph("An item, for example:".into()));
        blocks.push(Block::Code {
            language: "json",
            text: serde_json::to_string_pretty(item).unwrap_or_else(|_| item.to_string()),
        });
    }
    blocks
}

/// Which part of the answer becomes the items.
fn origin(resource: &Resource, file: &ActionFile, action: &Action) -> String {
    match action.response().response_type {
        ResponseType::Text | ResponseType::Html => {
            return "The text of the answer becomes one item, under `data`.".into();
        }
        ResponseType::Binary => {
            return "The answer becomes the file `data` of one item.".into();
        }
        ResponseType::Json => {}
    }
    let own = file.response.as_ref().and_then(|r| r.items.as_deref());
    let shared = resource.file.response.as_ref();
    let path = own
        .or_else(|| shared.and_then(|r| r.items.as_deref()))
        .filter(|path| !path.is_empty());
    let shape = shape(file, action);
    match (path.map(code), shape) {
        (_, Shape::Nothing) => "The answer has no body: one empty item comes out.".into(),
        (None, Shape::List) => {
            "The answer is a list, and every element of it becomes one item.".into()
        }
        (None, Shape::One) => "The answer becomes one item.".into(),
        (None, Shape::Unknown) => {
            "The answer becomes one item, or a list one item for every element.".into()
        }
        (Some(path), Shape::List) => {
            format!("Every element of {path} in the answer becomes one item.")
        }
        (Some(path), Shape::One) => format!("What {path} holds in the answer becomes one item."),
        (Some(path), Shape::Unknown) => format!(
            "What {path} holds in the answer becomes one item, or a list one item for every element."
        ),
    }
}

fn shape(file: &ActionFile, action: &Action) -> Shape {
    let answers = file.examples.iter().filter_map(|e| e.response.as_ref());
    let mut successes = answers.filter(|answer| (200..300).contains(&answer.status));
    let Some(answer) = successes.next() else {
        return Shape::Unknown;
    };
    let Some(body) = &answer.body else {
        return Shape::Nothing;
    };
    let part = match &action.response().items {
        Some(path) => path.get(body),
        None => Some(body),
    };
    match part {
        Some(Value::Array(_)) => Shape::List,
        Some(_) => Shape::One,
        None => Shape::Unknown,
    }
}
