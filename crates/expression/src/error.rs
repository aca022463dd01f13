//! What can go wrong when an expression is read or evaluated.

use thiserror::Error;

/// A text that is not an expression.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("{message}")]
pub struct SyntaxError {
    /// What is wrong, lower case, without a final stop.
    pub message: String,
    /// How to mend it, when known.
    pub help: Option<String>,
    /// Byte offset in the whole parameter text (the leading `=` is byte 0).
    pub start: usize,
    /// Byte offset after the part at fault.
    pub end: usize,
}

/// Why an evaluation failed. What JavaScript would throw for bad data is no error: it yields undefined (spec D2).
#[derive(Clone, Debug, Error, PartialEq)]
pub enum EvaluateError {
    /// A limit was reached.
    #[error("the expression was stopped: it {0}")]
    Limit(Limit),
    /// It names something that expressions may not reach.
    #[error("`{0}` cannot be used in an expression")]
    Forbidden(String),
    /// The result is of a kind that cannot leave the expression.
    #[error("{0}")]
    Result(String),
    /// An extension method refused its receiver or arguments (spec D4).
    #[error("{0}")]
    Extension(String),
    /// The scope refused: n8n's own expression errors (spec D7), for example a node that has not run.
    #[error("{message}")]
    Scope {
        /// n8n's error type, for example `paired_item_no_info`.
        kind: &'static str,
        /// What is wrong.
        message: String,
    },
}

/// A limit of an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Limit {
    /// Too many steps.
    #[error("took more steps than its fuel allows (ITEMFLOW_EXPRESSION_FUEL raises the limit)")]
    Fuel,
    /// Too much memory.
    #[error("needed more memory than it may use (ITEMFLOW_EXPRESSION_MEMORY_MIB raises the limit)")]
    Memory,
    /// Too deep.
    #[error("is nested or recursive beyond the depth limit, which is fixed: a loop needs no depth")]
    Depth,
    /// A regular expression that tries too many ways to match.
    #[error(
        "has a regular expression that backtracks more than 100,000 times; this limit is fixed, so make the pattern simpler"
    )]
    Backtracking,
}
