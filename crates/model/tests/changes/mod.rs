//! Random changes to a text: characters removed, put in, replaced, the end cut off.

use proptest::prelude::*;
use proptest::sample::Index;

/// One change: where, which kind, and the character it brings.
pub(crate) type Change = (Index, usize, String);

/// A few changes.
pub(crate) fn changes() -> impl Strategy<Value = Vec<Change>> {
    prop::collection::vec(
        (any::<Index>(), 0..4_usize, "\\PC|[\n\t\":{}\\[\\]-]"),
        1..6,
    )
}

/// The text after its changes.
pub(crate) fn apply(text: &str, changes: &[Change]) -> String {
    let mut text: Vec<char> = text.chars().collect();
    for (at, kind, with) in changes {
        if text.is_empty() {
            break;
        }
        let at = at.index(text.len());
        let with = with.chars().next().unwrap_or('x');
        match kind {
            0 => drop(text.remove(at)),
            1 => text.truncate(at),
            2 => text.insert(at, with),
            _ => text[at] = with,
        }
    }
    text.into_iter().collect()
}
