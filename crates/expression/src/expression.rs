//! `Expression`: one parameter text that starts with `=`, ready to be evaluated.

use itemflow_model::Value;

use crate::error::{EvaluateError, SyntaxError};
use crate::scope::{Limits, Scope};

/// A parsed parameter text. It is immutable and may be shared between threads.
#[derive(Clone, Debug)]
pub struct Expression {
    source: String,
    references: References,
}

/// What an expression names, known without evaluating it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct References {
    /// Nodes named by `$('…')`, `$node['…']` or `$items('…')`, with the byte range of the name in the text.
    pub nodes: Vec<(String, std::ops::Range<usize>)>,
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
        Ok(Self {
            source: text.to_owned(),
            references: References::default(),
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

    /// Its value in a scope; `None` is JavaScript's undefined. Dates become ISO text with their offset.
    ///
    /// # Errors
    /// [`EvaluateError`]; what JavaScript would throw for bad data yields undefined instead (spec D2).
    pub fn evaluate(
        &self,
        scope: &dyn Scope,
        limits: &Limits,
    ) -> Result<Option<Value>, EvaluateError> {
        let _ = (scope, limits);
        Ok(None)
    }
}
