//! Where the parts of a YAML text stand, from the parser's events.

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle};

use super::positions::{Place, Positions, Style};

/// An open mapping or sequence.
struct Open {
    number: usize,
    child: Child,
}

enum Child {
    /// A sequence that has had so many elements.
    Element(usize),
    /// A mapping that waits for a member's name.
    Key,
    /// A mapping that waits for the value of this member.
    Value(Box<str>, Range<usize>),
    /// A mapping whose next member has a mapping or sequence as its name; it has no pointer.
    Unnamed,
}

/// Reads as far as the text is YAML.
pub(super) fn scan(text: &str) -> Positions {
    let mut positions = Positions::default();
    let mut open: Vec<Open> = Vec::new();
    let mut skipping = 0_usize;
    for event in Parser::new_from_str(text) {
        let Ok((event, span)) = event else { break };
        let range = span.byte_range().unwrap_or_default();
        match event {
            Event::Scalar(value, style, ..) if skipping == 0 => {
                if is_waiting_for_key(&open) {
                    set_child(&mut open, Child::Value(value.as_ref().into(), range));
                } else {
                    add(&mut positions, &mut open, range, style_of(style));
                }
            }
            Event::Alias(_) if skipping == 0 => {
                if is_waiting_for_key(&open) {
                    set_child(&mut open, Child::Unnamed);
                } else {
                    add(&mut positions, &mut open, range, Style::Other);
                }
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                if skipping > 0 || is_waiting_for_key(&open) {
                    skipping += 1;
                    continue;
                }
                let child = match event {
                    Event::SequenceStart(..) => Child::Element(0),
                    _ => Child::Key,
                };
                let number = add(&mut positions, &mut open, range, Style::Other);
                open.push(Open { number, child });
            }
            Event::SequenceEnd | Event::MappingEnd if skipping > 0 => {
                skipping -= 1;
                if skipping == 0 {
                    set_child(&mut open, Child::Unnamed);
                }
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(closed) = open.pop() {
                    positions.close(closed.number, trimmed_end(text, range.end));
                }
            }
            Event::DocumentEnd => break,
            _ => {}
        }
    }
    positions
}

fn is_waiting_for_key(open: &[Open]) -> bool {
    matches!(
        open.last(),
        Some(Open {
            child: Child::Key,
            ..
        })
    )
}

fn set_child(open: &mut [Open], child: Child) {
    if let Some(last) = open.last_mut() {
        last.child = child;
    }
}

/// Adds a value where the innermost open collection expects one.
fn add(positions: &mut Positions, open: &mut [Open], value: Range<usize>, style: Style) -> usize {
    let place = Place {
        key: None,
        value,
        style,
    };
    let Some(parent) = open.last_mut() else {
        return positions.add(None, place);
    };
    match std::mem::replace(&mut parent.child, Child::Key) {
        Child::Element(index) => {
            parent.child = Child::Element(index + 1);
            positions.add(Some((parent.number, &index.to_string())), place)
        }
        Child::Value(name, key) => {
            let place = Place {
                key: Some(key),
                ..place
            };
            positions.add(Some((parent.number, &name)), place)
        }
        Child::Key | Child::Unnamed => positions.add(None, place),
    }
}

fn style_of(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::SingleQuoted,
        ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Other,
    }
}

/// A block collection ends where the next token starts; its text ends before the blanks in between.
fn trimmed_end(text: &str, end: usize) -> usize {
    text.get(..end)
        .map_or(end, |before| before.trim_end().len())
}
