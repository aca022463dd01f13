//! `Expression`: one parameter text that starts with `=`, ready to be evaluated.

use std::sync::Arc;

use itemflow_model::Value;

use crate::error::{EvaluateError, SyntaxError};
use crate::evaluate::{Interpreter, Run, Stop};
use crate::js::Js;
use crate::luxon::DateTime;
use crate::parse;
use crate::print;
use crate::references::{FieldPath, NodeReference, UnknownMember};
use crate::scope::{Limits, Scope};
use crate::split::{self, Part};
use crate::tree::{Code, Node, Step};

/// A parsed parameter text. It is immutable and may be shared between threads.
#[derive(Clone, Debug)]
pub struct Expression {
    source: Arc<str>,
    plan: Arc<Plan>,
    references: Arc<References>,
}

/// A value in which a luxon date is still one.
#[derive(Clone, Debug)]
pub enum Evaluated {
    /// Data; `None` is undefined.
    Value(Option<Value>),
    /// A date with its zone.
    Date(DateTime),
}

/// How the text is evaluated.
#[derive(Debug)]
enum Plan {
    /// There is no code in it.
    Text(Value),
    /// Exactly one `$json.a.b`: the member names.
    Path(Code, Box<[Arc<str>]>),
    /// Exactly one piece of code: the value keeps its type.
    Single(Code),
    /// Text and code, put together.
    Template(Vec<Piece>),
}

#[derive(Debug)]
enum Piece {
    Text(String),
    Code(Code),
}

/// What an expression names, known without evaluating it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct References {
    /// Nodes named by `$('…')`, `$node['…']` or `$items('…')`.
    pub nodes: Vec<NodeReference>,
    /// Fields of items that are read by fixed names.
    pub fields: Vec<FieldPath>,
    /// Members that `$input`, `$('…')` and their like do not have.
    pub unknown_members: Vec<UnknownMember>,
    /// Free names that the language does not know, with their byte range and the nearest known name.
    pub unknown_variables: Vec<(String, std::ops::Range<usize>, Option<&'static str>)>,
    /// Methods that no value has, with their byte range and the nearest known name.
    pub unknown_methods: Vec<(String, std::ops::Range<usize>, Option<&'static str>)>,
    /// Whether it uses `$response`, `$items`, another node or anything else that only a run can know.
    pub needs_run: bool,
}

impl Expression {
    /// Reads a parameter text, its leading `=` included.
    ///
    /// # Errors
    /// The first syntax error, with its place in the text.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        let (body, offset) = match text.strip_prefix('=') {
            Some(body) => (body, 1),
            None => (text, 0),
        };
        let mut references = References::default();
        let plan = plan(&split::split(body, offset), &mut references)?;
        Ok(Self {
            source: text.into(),
            plan: Arc::new(plan),
            references: Arc::new(references),
        })
    }

    /// The text it was read from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What it names.
    pub fn references(&self) -> &References {
        &self.references
    }

    /// Its code in one canonical form, printed from the tree that is evaluated. Read again, it gives the same tree; only
    /// the source text that functions have as a value, and places in the text, differ.
    pub fn print(&self) -> String {
        let code = |code: &Code| format!("{{{{ {} }}}}", print::code(code));
        match &*self.plan {
            Plan::Text(text) => format!("={}", text.as_str().unwrap_or_default()),
            Plan::Path(single, _) | Plan::Single(single) => format!("={}", code(single)),
            Plan::Template(pieces) => {
                let mut out = String::from("=");
                for (i, piece) in pieces.iter().enumerate() {
                    match piece {
                        Piece::Text(text) => {
                            let before_code = matches!(pieces.get(i + 1), Some(Piece::Code(_)));
                            out.push_str(&print::plain(text, before_code));
                        }
                        Piece::Code(piece) => out.push_str(&code(piece)),
                    }
                }
                out
            }
        }
    }

    /// As [`Expression::evaluate`], but a luxon date keeps its zone.
    ///
    /// # Errors
    /// As [`Expression::evaluate`].
    pub fn evaluate_date(
        &self,
        scope: &dyn Scope,
        limits: &Limits,
    ) -> Result<Evaluated, EvaluateError> {
        if let Plan::Single(code) = &*self.plan {
            let mut interpreter = Interpreter::new(scope, limits);
            let value = value_of(&mut interpreter, code)?;
            if let Js::DateTime(date) = &value {
                return Ok(Evaluated::Date((**date).clone()));
            }
            let value = swallow(interpreter.result(&value))?.flatten();
            return Ok(Evaluated::Value(value));
        }
        self.evaluate(scope, limits).map(Evaluated::Value)
    }

    /// Its value in a scope; `None` is JavaScript's undefined. Dates become ISO text with their offset.
    ///
    /// # Errors
    /// [`EvaluateError`]; what JavaScript would throw for bad data yields undefined instead.
    pub fn evaluate(
        &self,
        scope: &dyn Scope,
        limits: &Limits,
    ) -> Result<Option<Value>, EvaluateError> {
        match &*self.plan {
            Plan::Text(text) => Ok(Some(text.clone())),
            Plan::Path(code, path) => match follow(scope, path) {
                Some(value) => Ok(Some(value.clone())),
                None => single(code, scope, limits),
            },
            Plan::Single(code) => single(code, scope, limits),
            Plan::Template(pieces) => template(pieces, scope, limits),
        }
    }
}

fn plan(parts: &[Part], references: &mut References) -> Result<Plan, SyntaxError> {
    let mut pieces = Vec::with_capacity(parts.len());
    for (i, part) in parts.iter().enumerate() {
        pieces.push(match part {
            Part::Text(text) => Piece::Text(text.clone()),
            Part::Code {
                code,
                range,
                closed,
            } => {
                let parsed = parse::parse(code, range.start, references);
                let code = parsed.map_err(|error| {
                    let mut error = error.at(range.start);
                    error.end = error.end.min(range.end);
                    error.start = error.start.min(error.end);
                    if let Some(help) = bracket_help(code, *closed, parts.get(i + 1)) {
                        error.help = Some(help.into());
                    }
                    error
                })?;
                Piece::Code(code)
            }
        });
    }
    Ok(match pieces.len() {
        0 => Plan::Text(Value::from("")),
        1 => match pieces.pop() {
            Some(Piece::Code(code)) => match json_path(&code) {
                Some(path) => Plan::Path(code, path),
                None => Plan::Single(code),
            },
            Some(Piece::Text(text)) => Plan::Text(Value::from(text)),
            None => Plan::Text(Value::from("")),
        },
        _ if pieces.iter().all(|piece| matches!(piece, Piece::Text(_))) => Plan::Text(Value::from(
            pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => text.as_str(),
                    Piece::Code(_) => "",
                })
                .collect::<String>(),
        )),
        _ => Plan::Template(pieces),
    })
}

/// The mend, where the brackets themselves are the likely mistake.
fn bracket_help(code: &str, closed: bool, next: Option<&Part>) -> Option<&'static str> {
    let open = code
        .bytes()
        .filter(|b| matches!(b, b'{' | b'(' | b'['))
        .count();
    let close = code
        .bytes()
        .filter(|b| matches!(b, b'}' | b')' | b']'))
        .count();
    let quotes = |quote: u8| code.bytes().filter(|b| *b == quote).count() % 2 == 1;
    if !closed {
        return Some("close the expression with `}}`");
    }
    let rest_closes = matches!(next, Some(Part::Text(text)) if text.contains('}'));
    if open > close || ((quotes(b'"') || quotes(b'\'') || quotes(b'`')) && rest_closes) {
        return Some(
            "the first `}}` ends the expression: put a space between two closing braces, or write `\\}}` in a text",
        );
    }
    None
}

/// The member names, when the code is `$json` and plain members alone.
fn json_path(code: &Code) -> Option<Box<[Arc<str>]>> {
    if code.forbidden.is_some() {
        return None;
    }
    match &code.node {
        Node::Json => Some(Box::new([])),
        Node::Chain(chain) if matches!(chain.base, Node::Json) => chain
            .steps
            .iter()
            .map(|step| match step {
                Step::Member { name, .. } => Some(name.clone()),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

/// The data at a path of objects; `None` when anything else is on the way.
fn follow<'a>(scope: &'a dyn Scope, path: &[Arc<str>]) -> Option<&'a Value> {
    let mut value = scope.json()?;
    for name in path {
        let Value::Object(map) = value else {
            return None;
        };
        value = map.get(&**name)?;
    }
    Some(value)
}

fn single(code: &Code, scope: &dyn Scope, limits: &Limits) -> Result<Option<Value>, EvaluateError> {
    let mut interpreter = Interpreter::new(scope, limits);
    let value = value_of(&mut interpreter, code)?;
    match swallow(interpreter.result(&value))? {
        Some(value) => Ok(value),
        None => Ok(None),
    }
}

fn template(
    pieces: &[Piece],
    scope: &dyn Scope,
    limits: &Limits,
) -> Result<Option<Value>, EvaluateError> {
    let mut text = String::new();
    let mut interpreter = Interpreter::new(scope, limits);
    for piece in pieces {
        match piece {
            Piece::Text(fixed) => text.push_str(fixed),
            Piece::Code(code) => {
                let value = value_of(&mut interpreter, code)?;
                match &value {
                    Js::Data(Value::String(part)) => text.push_str(part),
                    value => {
                        let part = swallow(interpreter.template_text(value))?;
                        text.push_str(part.as_deref().unwrap_or_default());
                    }
                }
                swallow(interpreter.charge_text(text.len()))?;
            }
        }
    }
    Ok(Some(Value::from(text)))
}

/// The value of one piece of code; undefined when it throws.
fn value_of(interpreter: &mut Interpreter, code: &Code) -> Result<Js, EvaluateError> {
    if let Some(name) = &code.forbidden {
        return Err(EvaluateError::Forbidden(name.to_string()));
    }
    if matches!(&code.node, Node::Global(crate::names::Global::NodeFunction)) {
        return Err(EvaluateError::Result(
            "`$` names a node: write `$('name')`".into(),
        ));
    }
    interpreter.set_depth(0);
    let value = swallow(interpreter.eval(&code.node, None))?;
    Ok(value.unwrap_or(Js::Undefined))
}

/// n8n: what is thrown makes the value undefined.
fn swallow<T>(result: Run<T>) -> Result<Option<T>, EvaluateError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Stop::Throw(_) | Stop::Type(..)) => Ok(None),
        Err(Stop::Error(error)) => Err(*error),
    }
}
