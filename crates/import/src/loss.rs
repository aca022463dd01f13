//! The loss report: what of a document could not be carried over, where it stands, and why.

use std::collections::HashSet;
use std::fmt;

use itemflow_model::{Part, SourceText};

use crate::limits;

/// How much was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LossKind {
    /// It is not in the definitions at all.
    Skipped,
    /// It is there, but says or checks less than the document does.
    Weakened,
}

impl fmt::Display for LossKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Skipped => "skipped",
            Self::Weakened => "weakened",
        })
    }
}

/// One thing that could not be carried over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// How much was lost.
    pub kind: LossKind,
    /// Where it stands in the document: a JSON pointer (RFC 6901).
    pub pointer: String,
    /// Line and column, both from 1, where the text has the place.
    pub place: Option<(usize, usize)>,
    /// What it is; equal for losses of the same sort.
    pub what: String,
    /// Why it was lost, and what stands in its place.
    pub why: String,
}

/// Losses as they are found.
#[derive(Debug, Default)]
pub(crate) struct Losses {
    list: Vec<Loss>,
    seen: HashSet<(String, String, String)>,
    omitted: usize,
}

impl Losses {
    /// Something is not in the definitions at all.
    pub(crate) fn skipped(&mut self, pointer: &str, what: &str, why: impl Into<String>) {
        self.add(LossKind::Skipped, pointer, what, why.into());
    }

    /// Something is there, but says or checks less.
    pub(crate) fn weakened(&mut self, pointer: &str, what: &str, why: impl Into<String>) {
        self.add(LossKind::Weakened, pointer, what, why.into());
    }

    /// A part that many operations share is reported once.
    fn add(&mut self, kind: LossKind, pointer: &str, what: &str, why: String) {
        if self.list.len() >= limits::LOSSES {
            self.omitted += 1;
            return;
        }
        let id = (pointer.to_owned(), what.to_owned(), why.clone());
        if self.seen.insert(id) {
            self.list.push(Loss {
                kind,
                pointer: pointer.to_owned(),
                place: None,
                what: what.to_owned(),
                why,
            });
        }
    }

    /// The losses in the order of the document, with their places, and how many more there are.
    pub(crate) fn finish(mut self, source: &SourceText) -> (Vec<Loss>, usize) {
        for loss in &mut self.list {
            loss.place = source
                .locate(&loss.pointer, Part::Key)
                .map(|span| (span.line, span.column));
        }
        // Stable: losses of one place stay in the order in which they were found.
        self.list.sort_by_key(|loss| loss.place);
        (self.list, self.omitted)
    }
}
