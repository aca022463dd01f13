//! Tests of workflows: what a file expects of its nodes, a run of it, and the differences between the two.
//!
//! A file expects something by its section `expect`, or, as n8n's own tests do, by the pinned data of its nodes.

mod actual;
mod compare;
mod expectation;
mod fixed_host;
mod junit;
mod report;
mod run;
mod stand_in;
mod update;

pub(crate) use self::junit::junit;
pub(crate) use self::report::{json, text};
pub(crate) use self::run::{Options, moment, test_file};
pub(crate) use self::update::update;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use itemflow_model::{ErrorInfo, ExecutionStatus, Problem, SourceText, Value};

/// What came of the test of one file.
pub(crate) struct Tested {
    pub(crate) path: PathBuf,
    /// Its text; absent when it cannot be read.
    pub(crate) source: Option<SourceText>,
    /// The workflow's name.
    pub(crate) name: String,
    /// One for each expectation.
    pub(crate) checks: Vec<Check>,
    /// What keeps it from running; warnings are not among them.
    pub(crate) problems: Vec<Problem>,
    /// How the run ended; absent when there was none.
    pub(crate) status: Option<ExecutionStatus>,
    /// Why the test failed, beside the differences.
    pub(crate) failure: Option<ErrorInfo>,
    /// Node types that are not there; the pinned items of their nodes stand in.
    pub(crate) stand_ins: Vec<Arc<str>>,
    /// The nodes in the order in which their runs ended.
    pub(crate) order: Vec<Arc<str>>,
    pub(crate) elapsed: Duration,
}

/// An expectation and what differs from it.
pub(crate) struct Check {
    /// The node, and its output where it is not the first.
    pub(crate) title: String,
    pub(crate) differences: Vec<Difference>,
    /// What would meet the expectation, where `--update` can write it.
    pub(crate) update: Option<Update>,
}

/// A value of the file that is to become another.
pub(crate) struct Update {
    /// JSON pointer of the value in the file.
    pub(crate) pointer: String,
    pub(crate) value: Value,
}

/// One thing that is not as expected.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Difference {
    /// The run; absent where the node ran once.
    pub(crate) run: Option<usize>,
    /// The item; absent where the difference concerns the node.
    pub(crate) item: Option<usize>,
    /// Where in the item, such as `a.b[0]`; empty for the whole item.
    pub(crate) path: String,
    /// Absent where nothing is expected.
    pub(crate) expected: Option<Value>,
    /// Absent where there is nothing.
    pub(crate) actual: Option<Value>,
    /// What is wrong, where two values do not say it.
    pub(crate) note: Option<String>,
}

/// How a test went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Passed,
    Failed,
    WithoutExpectations,
}

impl Tested {
    /// How it went.
    pub(crate) fn verdict(&self) -> Verdict {
        let differs = self
            .checks
            .iter()
            .any(|check| !check.differences.is_empty());
        if differs || self.failure.is_some() || !self.problems.is_empty() {
            Verdict::Failed
        } else if self.checks.is_empty() {
            Verdict::WithoutExpectations
        } else {
            Verdict::Passed
        }
    }
}
