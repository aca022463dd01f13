//! `Positions`: where each part of a YAML or JSON text stands, found by JSON pointer.

use std::collections::HashMap;
use std::ops::Range;

/// How a value is written, as far as it matters for finding a byte of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// The bytes of the source are the bytes of the value.
    Plain,
    /// Between `'`, with `''` for `'`.
    SingleQuoted,
    /// Between `"`, with backslash escapes.
    DoubleQuoted,
    /// A YAML `|` block.
    Literal,
    /// Anything else.
    Other,
}

/// One part of a text.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Bytes of the member's name, quotes included.
    pub(super) key: Option<Range<usize>>,
    /// Bytes of the value.
    pub(super) value: Range<usize>,
    /// How the value is written.
    pub(super) style: Style,
}

/// Every part of a text. Deep nesting costs no stack: the parts lie in one list.
#[derive(Debug, Default)]
pub(super) struct Positions {
    places: Vec<Place>,
    children: HashMap<(usize, Box<str>), usize>,
}

impl Positions {
    /// Adds a part; the first one is the root. Returns its number.
    pub(super) fn add(&mut self, parent: Option<(usize, &str)>, place: Place) -> usize {
        let number = self.places.len();
        self.places.push(place);
        if let Some((parent, segment)) = parent {
            self.children.insert((parent, segment.into()), number);
        }
        number
    }

    /// Sets where a part ends.
    pub(super) fn close(&mut self, number: usize, end: usize) {
        let range = &mut self.places[number].value;
        range.end = end.max(range.start);
    }

    /// The part at a JSON pointer, or the nearest part around it.
    pub(super) fn find(&self, pointer: &str) -> Option<&Place> {
        let mut at = 0;
        for segment in pointer.split('/').skip(1) {
            let segment = unescape(segment);
            match self.children.get(&(at, segment)) {
                Some(child) => at = *child,
                None => break,
            }
        }
        self.places.get(at)
    }
}

/// A pointer's segment as plain text (RFC 6901 §4).
fn unescape(segment: &str) -> Box<str> {
    if segment.contains('~') {
        segment.replace("~1", "/").replace("~0", "~").into()
    } else {
        segment.into()
    }
}
