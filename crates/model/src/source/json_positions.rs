//! Where the parts of a JSON text stand: a scanner that never recurses and never fails, only stops.

use std::ops::Range;

use super::positions::{Place, Positions, Style};

/// An open object or array.
struct Open {
    number: usize,
    is_object: bool,
    elements: usize,
    key: Option<Range<usize>>,
}

/// Reads as far as the text is JSON.
pub(super) fn scan(text: &str) -> Positions {
    let bytes = text.as_bytes();
    let mut positions = Positions::default();
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b' ' | b'\t' | b'\r' | b'\n' | b',' | b':' => at += 1,
            start @ (b'{' | b'[') => {
                let number = add(text, &mut positions, &mut open, at..at + 1, Style::Other);
                open.push(Open {
                    number,
                    is_object: start == b'{',
                    elements: 0,
                    key: None,
                });
                at += 1;
            }
            b'}' | b']' => {
                at += 1;
                match open.pop() {
                    Some(closed) => positions.close(closed.number, at),
                    None => break,
                }
            }
            b'"' => {
                let end = string_end(bytes, at);
                match open.last_mut() {
                    Some(parent) if parent.is_object && parent.key.is_none() => {
                        parent.key = Some(at..end);
                    }
                    _ => {
                        add(
                            text,
                            &mut positions,
                            &mut open,
                            at..end,
                            Style::DoubleQuoted,
                        );
                    }
                }
                at = end;
            }
            _ => {
                let end = bytes[at..]
                    .iter()
                    .position(|b| b" \t\r\n,:{}[]\"".contains(b))
                    .map_or(bytes.len(), |length| at + length);
                add(text, &mut positions, &mut open, at..end, Style::Plain);
                at = end;
            }
        }
    }
    positions
}

fn add(
    text: &str,
    positions: &mut Positions,
    open: &mut [Open],
    value: Range<usize>,
    style: Style,
) -> usize {
    let place = Place {
        key: None,
        value,
        style,
    };
    let Some(parent) = open.last_mut() else {
        return positions.add(None, place);
    };
    let segment = match parent.key.clone() {
        Some(key) => text
            .get(key)
            .and_then(|raw| serde_json::from_str(raw).ok())
            .unwrap_or_default(),
        None => parent.elements.to_string(),
    };
    parent.elements += 1;
    let key = parent.key.take();
    positions.add(Some((parent.number, &segment)), Place { key, ..place })
}

/// Offset after the closing quote of the string that starts at `start`, or of the end of the text.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}
