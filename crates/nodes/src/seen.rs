//! `Seen`: what a workflow remembers of the values that earlier executions have worked on, so that none is worked on twice.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;
use itemflow_model::{ErrorInfo, Number};
use sha2::{Digest, Sha256};

/// A memory of values. Every method is one step for all executions that share it: two that ask at once never both hear
/// that a value is new.
pub trait Seen: Send + Sync {
    /// Remembers values, and says of each whether it was not known before; a value that is given twice is new twice.
    /// Nothing is remembered when the scope would then hold more than `limit` values.
    ///
    /// # Errors
    /// When the memory cannot be reached.
    fn remember<'a>(
        &'a self,
        scope: &'a SeenScope,
        values: &'a [Fingerprint],
        limit: usize,
    ) -> BoxFuture<'a, Result<Remembered, ErrorInfo>>;

    /// Raises a mark to `to` unless it is there or above it already, and gives the mark as it was before.
    ///
    /// # Errors
    /// When the memory cannot be reached.
    fn raise<'a>(
        &'a self,
        scope: &'a SeenScope,
        mark: Mark,
        to: Number,
    ) -> BoxFuture<'a, Result<Option<Number>, ErrorInfo>>;

    /// Forgets the values and marks of a scope.
    ///
    /// # Errors
    /// When the memory cannot be reached.
    fn clear<'a>(&'a self, scope: &'a SeenScope) -> BoxFuture<'a, Result<(), ErrorInfo>>;
}

/// Whose memory it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SeenScope {
    /// Identity of the workflow.
    pub workflow: Arc<str>,
    /// Identity of the node; `None` where all nodes of the workflow share one memory.
    pub node: Option<Arc<str>>,
}

/// Stands for a value: its SHA-256, so that a memory holds no data and all entries are small.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

/// What [`Seen::remember`] answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remembered {
    /// Of each value, whether it is new.
    New(Vec<bool>),
    /// There is no room: so many values are known already.
    Full(usize),
}

/// What a mark is the largest of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// Numbers that grow with every value.
    Key,
    /// Moments, in milliseconds since 1970.
    Date,
}

impl Fingerprint {
    /// The fingerprint of a text.
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}{:02x}…", self.0[0], self.0[1])
    }
}

/// A memory that lasts as long as the process.
#[derive(Debug, Default)]
pub struct SeenInMemory(Mutex<HashMap<SeenScope, Memory>>);

#[derive(Debug, Default)]
struct Memory {
    values: HashSet<Fingerprint>,
    marks: HashMap<Mark, Number>,
}

impl SeenInMemory {
    fn with<T>(&self, scope: &SeenScope, change: impl FnOnce(&mut Memory) -> T) -> T {
        let mut scopes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(scopes.entry(scope.clone()).or_default())
    }
}

impl Seen for SeenInMemory {
    fn remember<'a>(
        &'a self,
        scope: &'a SeenScope,
        values: &'a [Fingerprint],
        limit: usize,
    ) -> BoxFuture<'a, Result<Remembered, ErrorInfo>> {
        Box::pin(async move { Ok(self.with(scope, |memory| memory.remember(values, limit))) })
    }

    fn raise<'a>(
        &'a self,
        scope: &'a SeenScope,
        mark: Mark,
        to: Number,
    ) -> BoxFuture<'a, Result<Option<Number>, ErrorInfo>> {
        Box::pin(async move { Ok(self.with(scope, |memory| memory.raise(mark, to))) })
    }

    fn clear<'a>(&'a self, scope: &'a SeenScope) -> BoxFuture<'a, Result<(), ErrorInfo>> {
        Box::pin(async move {
            let mut scopes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            scopes.remove(scope);
            Ok(())
        })
    }
}

impl Memory {
    fn remember(&mut self, values: &[Fingerprint], limit: usize) -> Remembered {
        let is_new = |value: &Fingerprint| !self.values.contains(value);
        let news: Vec<bool> = values.iter().map(is_new).collect();
        let added: HashSet<Fingerprint> = values.iter().copied().filter(is_new).collect();
        if !added.is_empty() && self.values.len() + added.len() > limit {
            return Remembered::Full(self.values.len());
        }
        self.values.extend(added);
        Remembered::New(news)
    }

    fn raise(&mut self, mark: Mark, to: Number) -> Option<Number> {
        let before = self.marks.get(&mark).copied();
        if before.is_none_or(|before| to > before) {
            self.marks.insert(mark, to);
        }
        before
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    fn scope(node: Option<&str>) -> SeenScope {
        SeenScope {
            workflow: "w".into(),
            node: node.map(Into::into),
        }
    }

    fn fingerprints(texts: &[&str]) -> Vec<Fingerprint> {
        texts.iter().map(|text| Fingerprint::of(text)).collect()
    }

    /// In memory nothing has to be waited for.
    fn block_on<T>(work: BoxFuture<'_, T>) -> T {
        work.now_or_never().unwrap()
    }

    fn remember(seen: &SeenInMemory, texts: &[&str], limit: usize) -> Remembered {
        block_on(seen.remember(&scope(None), &fingerprints(texts), limit)).unwrap()
    }

    #[test]
    fn values_are_new_until_they_have_been_remembered() {
        let seen = SeenInMemory::default();
        let first = remember(&seen, &["a", "b", "a"], 10);
        assert_eq!(first, Remembered::New(vec![true, true, true]));
        let second = remember(&seen, &["b", "c"], 10);
        assert_eq!(second, Remembered::New(vec![false, true]));
    }

    #[test]
    fn a_full_memory_takes_nothing_and_still_knows_what_it_knew() {
        let seen = SeenInMemory::default();
        remember(&seen, &["a", "b"], 2);
        assert_eq!(remember(&seen, &["b", "c"], 2), Remembered::Full(2));
        assert_eq!(remember(&seen, &["c"], 3), Remembered::New(vec![true]));
        assert_eq!(remember(&seen, &["a"], 0), Remembered::New(vec![false]));
    }

    #[test]
    fn a_mark_only_rises_and_scopes_are_apart() {
        let seen = SeenInMemory::default();
        let raise = |scope: &SeenScope, mark, to: i64| {
            block_on(seen.raise(scope, mark, Number::from(to))).unwrap()
        };
        let (all, node) = (scope(None), scope(Some("n")));
        assert_eq!(raise(&all, Mark::Key, 5), None);
        assert_eq!(raise(&all, Mark::Key, 3), Some(Number::from(5)));
        assert_eq!(raise(&all, Mark::Key, 7), Some(Number::from(5)));
        assert_eq!(raise(&all, Mark::Date, 1), None);
        assert_eq!(raise(&node, Mark::Key, 1), None);
        block_on(seen.clear(&all)).unwrap();
        assert_eq!(raise(&all, Mark::Key, 1), None);
        assert_eq!(raise(&node, Mark::Key, 2), Some(Number::from(1)));
    }

    #[test]
    fn of_many_at_once_exactly_one_hears_that_a_value_is_new() {
        let seen = SeenInMemory::default();
        let values = fingerprints(&["a", "b"]);
        let new: usize = std::thread::scope(|threads| {
            let ask = || match block_on(seen.remember(&scope(None), &values, 10)).unwrap() {
                Remembered::New(news) => news.into_iter().filter(|new| *new).count(),
                Remembered::Full(_) => 0,
            };
            let threads: Vec<_> = (0..8).map(|_| threads.spawn(ask)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .sum()
        });
        assert_eq!(new, 2);
    }
}
