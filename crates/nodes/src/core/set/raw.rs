//! Set in mode `raw`: the new fields as one JSON object, written as text in which expressions are filled in.

use std::sync::Arc;

use itemflow_expression::Template;
use itemflow_model::{ErrorInfo, Item, Path, Value};

use super::compose::Fields;
use crate::core::{javascript, lenient_json};
use crate::node::NodeProblem;
use crate::parameters::{Parameter, Parameters, pointer};
use crate::run::NodeRun;

/// What the editor shows in a new node, and what a file means that leaves `jsonOutput` out.
const DEFAULT: &str = r#"{ "my_field_1": "value", "my_field_2": 1 }"#;

/// The fields of mode `raw`.
pub(super) struct Raw(RawJson);

/// An object written as text with expressions inside.
pub(super) enum RawJson {
    /// Without expressions, read before the run.
    Fixed(Value),
    /// The whole text is one expression.
    Whole(Parameter),
    /// Text and expressions in turn.
    Pieces { name: Arc<str>, pieces: Vec<Piece> },
}

/// A part of a text.
pub(super) enum Piece {
    Text(String),
    Expression(Parameter),
}

impl Raw {
    /// Reads `jsonOutput`.
    ///
    /// # Errors
    /// A text without expressions that is no object, and expressions that cannot be read.
    pub(super) fn compile(parameters: &Parameters) -> Result<Self, Vec<NodeProblem>> {
        let name = "jsonOutput";
        let raw = match parameters.stored.get(name) {
            Some(Value::String(text)) => RawJson::compile(text, name),
            None | Some(Value::Null) => RawJson::compile(DEFAULT, name),
            Some(Value::Object(_)) => {
                let whole = parameters.parameter(name, Value::empty_object());
                Ok(match whole.template {
                    Template::Literal(value) => RawJson::Fixed(value),
                    _ => RawJson::Whole(whole),
                })
            }
            Some(other) => Err(not_an_object(name, other.kind())),
        };
        raw.map(Self).map_err(|problem| vec![problem])
    }
}

impl RawJson {
    /// Reads a stored text; with a leading `=` each `{{ … }}` in it is an expression.
    ///
    /// # Errors
    /// A text without expressions that is no object, and expressions that cannot be read.
    pub(super) fn compile(text: &str, name: &str) -> Result<Self, NodeProblem> {
        let Some(text) = text.strip_prefix('=') else {
            return fixed(text, name);
        };
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("{{") {
            let Some(end) = rest[start..].find("}}").map(|end| start + end + 2) else {
                break;
            };
            if start > 0 {
                pieces.push(Piece::Text(rest[..start].to_owned()));
            }
            let source = Value::from(format!("={}", &rest[start..end]));
            let template = Template::parse(&source).map_err(|errors| {
                let message = errors
                    .first()
                    .map_or_else(String::new, |at| at.error.message.clone());
                NodeProblem::error("expression-syntax", pointer(name), message)
            })?;
            pieces.push(Piece::Expression(Parameter::inner(
                name,
                Some(template),
                "",
            )));
            rest = &rest[end..];
        }
        if pieces.is_empty() {
            return fixed(rest, name);
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        let is_blank = |piece: &Piece| matches!(piece, Piece::Text(text) if text.trim().is_empty());
        let whole = pieces.iter().filter(|piece| !is_blank(piece)).count() == 1;
        match pieces
            .iter()
            .position(|piece| matches!(piece, Piece::Expression(_)))
        {
            Some(at) if whole => match pieces.swap_remove(at) {
                Piece::Expression(parameter) => Ok(Self::Whole(parameter)),
                Piece::Text(text) => fixed(&text, name),
            },
            _ => Ok(Self::Pieces {
                name: name.into(),
                pieces,
            }),
        }
    }

    /// The object for an item.
    ///
    /// # Errors
    /// An expression that fails, and a text that is no object once it is filled in.
    pub(super) fn object(&self, run: &NodeRun, index: usize) -> Result<Value, ErrorInfo> {
        let (name, value) = match self {
            Self::Fixed(value) => return Ok(value.clone()),
            Self::Whole(parameter) => {
                let value = run.value(parameter, index)?;
                let value = match value {
                    Some(Value::String(text)) => lenient_json::parse(&text),
                    value => value,
                };
                (&parameter.name, value)
            }
            Self::Pieces { name, pieces } => {
                (name, lenient_json::parse(&fill_in(pieces, run, index)?))
            }
        };
        match value {
            Some(object @ Value::Object(_)) => Ok(object),
            other => Err(run.error(
                format!(
                    "`{name}` must be a JSON object, but it is {}",
                    other.map_or("no valid JSON".to_owned(), |value| format!(
                        "of type {}",
                        value.kind()
                    ))
                ),
                Some(index),
                Some(name),
            )),
        }
    }
}

impl Fields for Raw {
    fn write(
        &self,
        item: &mut Item,
        dots: bool,
        run: &NodeRun,
        index: usize,
    ) -> Result<(), ErrorInfo> {
        let object = self.0.object(run, index)?;
        let Some(members) = object.as_object() else {
            return Ok(());
        };
        let is_path = |key: &str| dots && key.contains(['.', '[']);
        let starts_empty = item.json.as_object().is_some_and(|json| json.is_empty());
        if starts_empty && !members.keys().any(|key| is_path(key)) {
            item.json = object;
            return Ok(());
        }
        for (key, value) in members {
            if is_path(key) {
                Path::parse(key).set(&mut item.json, value.clone());
            } else {
                item.json.make_object().insert(key.clone(), value.clone());
            }
        }
        Ok(())
    }
}

/// The text with its expressions filled in: lists and objects as JSON, everything else as text.
fn fill_in(pieces: &[Piece], run: &NodeRun, index: usize) -> Result<String, ErrorInfo> {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(piece) => text.push_str(piece),
            Piece::Expression(parameter) => match run.value(parameter, index)? {
                None => text.push_str("undefined"),
                Some(value @ (Value::Array(_) | Value::Object(_))) => {
                    text.push_str(&value.to_string());
                }
                Some(value) => text.push_str(&javascript::text(&value)),
            },
        }
    }
    Ok(text)
}

fn fixed(text: &str, name: &str) -> Result<RawJson, NodeProblem> {
    match lenient_json::parse(text) {
        Some(object @ Value::Object(_)) => Ok(RawJson::Fixed(object)),
        Some(other) => Err(not_an_object(name, other.kind())),
        None => Err(not_an_object(name, "no valid JSON")),
    }
}

fn not_an_object(name: &str, kind: &str) -> NodeProblem {
    NodeProblem::error(
        "invalid-json",
        pointer(name),
        format!("`{name}` must be a JSON object, but it is {kind}"),
    )
}
