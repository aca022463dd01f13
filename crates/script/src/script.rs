//! `Script`: what is to run, what it may ask while it runs, and what it comes to.

use std::sync::Arc;

use futures::future::BoxFuture;
use itemflow_model::{LogLine, Value};
use serde::{Deserialize, Serialize};

/// One run of a script.
#[derive(Clone, Debug)]
pub struct Script {
    /// JavaScript, the body of a function.
    pub code: Arc<str>,
    /// How it is called.
    pub style: Style,
    /// Whether a failed item ends the run.
    pub stop_at_failure: bool,
    /// Name of the time zone that its dates are in.
    pub time_zone: String,
    /// The present in milliseconds since 1970, where it stands still.
    pub standing_at_ms: Option<i64>,
    /// Where its chance begins, in `[0, 1)`.
    pub seed: f64,
    /// The items as JSON text: an array of `{ json, binary, pairedItem }`.
    pub items: Vec<u8>,
}

/// How a script is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Style {
    /// Once; `items` and `$input` hold all items.
    All,
    /// For each item; `item` is the item.
    Each,
    /// Once, as the older Function node does: the items have an `index`.
    Function,
    /// For each item, as the older FunctionItem node does: `item` is the item's json. The result is
    /// `{ json, binary }`.
    FunctionItem,
    /// As the comparator of `a` and `b`. The result is the order of the items by index.
    Compare,
}

/// What a script came to for one item, or for all.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The item; 0 when it ran once for all.
    pub item: usize,
    /// Its result, `None` when it is undefined; or what it threw.
    pub result: Result<Option<Value>, Failure>,
}

/// What a script threw.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Failure {
    /// Class of the error, for example `TypeError`.
    pub name: String,
    /// Its message.
    pub message: String,
    /// Its `description`, which scripts may set.
    pub description: Option<String>,
    /// Line of the script, from 1.
    pub line: Option<u32>,
    /// Column in the line, from 1.
    pub column: Option<u32>,
}

/// JSON text, `None` for undefined; or why there is no answer.
pub type Answer = Result<Option<String>, String>;

/// What a script may ask of its host while it runs. Each question is a JSON object.
pub trait Answers: Send + Sync {
    /// Answers a question.
    fn answer(&self, question: Value) -> BoxFuture<'_, Answer>;

    /// Takes a line for the log.
    fn log(&self, line: LogLine);
}
