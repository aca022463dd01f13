//! `Session`: what the functions of the host share while a script runs: the pipes, the items, the results.

use std::cell::{Cell, RefCell};
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use itemflow_expression::Borrowed;
use jiff::tz::TimeZone;

use super::Begin;
use super::limits::WorkerLimits;
use crate::frame::{self, Frame, Kind};

/// The state of one worker.
pub(crate) struct Session {
    pub(crate) frames: Receiver<Frame>,
    output: RefCell<Box<dyn Write>>,
    items: RefCell<Vec<u8>>,
    results: RefCell<Vec<u8>>,
    borrowed: RefCell<Borrowed>,
    time_zone: RefCell<String>,
    logged: Cell<usize>,
    finished: Cell<bool>,
    max_output_bytes: usize,
    max_log_bytes: usize,
}

/// An item's result does not fit.
pub(crate) struct TooLong(pub(crate) usize);

impl Session {
    pub(crate) fn new(
        frames: Receiver<Frame>,
        output: impl Write + 'static,
        limits: &WorkerLimits,
    ) -> Self {
        Self {
            frames,
            output: RefCell::new(Box::new(output)),
            items: RefCell::default(),
            results: RefCell::default(),
            borrowed: RefCell::new(Borrowed::new(TimeZone::UTC)),
            time_zone: RefCell::default(),
            logged: Cell::new(0),
            finished: Cell::new(false),
            max_output_bytes: limits.max_output_bytes,
            max_log_bytes: limits.max_log_bytes,
        }
    }

    pub(crate) fn send(&self, kind: Kind, content: &[u8]) -> io::Result<()> {
        frame::write(&mut *self.output.borrow_mut(), kind, content)
    }

    /// Forgets the script before.
    pub(crate) fn begin(&self, items: Vec<u8>, begin: &Begin) {
        let zone = TimeZone::get(&begin.time_zone).unwrap_or(TimeZone::UTC);
        let language = Borrowed::new(zone);
        *self.items.borrow_mut() = items;
        *self.results.borrow_mut() = Vec::new();
        *self.borrowed.borrow_mut() = match begin.standing_at_ms {
            Some(ms) => language.standing_at(ms),
            None => language,
        };
        begin.time_zone.clone_into(&mut self.time_zone.borrow_mut());
        self.logged.set(0);
        self.finished.set(false);
    }

    /// The items, once: they are not kept beside the values that they become.
    pub(crate) fn take_items(&self) -> Vec<u8> {
        std::mem::take(&mut *self.items.borrow_mut())
    }

    pub(crate) fn time_zone(&self) -> String {
        self.time_zone.borrow().clone()
    }

    pub(crate) fn with_borrowed<T>(&self, work: impl FnOnce(&Borrowed) -> T) -> T {
        work(&self.borrowed.borrow())
    }

    /// Asks the parent and waits for its answer; the inner error is a refusal.
    pub(crate) fn ask(&self, question: &str) -> io::Result<Result<Option<String>, String>> {
        self.send(Kind::Question, question.as_bytes())?;
        let frame = self
            .frames
            .recv()
            .map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        let text = String::from_utf8(frame.content)
            .map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        match frame.kind {
            Kind::Answer => Ok(Ok((!text.is_empty()).then_some(text))),
            Kind::Refusal => Ok(Err(text)),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    /// Waits, as long as the parent is there.
    pub(crate) fn wait(&self, time: Duration) -> bool {
        matches!(
            self.frames.recv_timeout(time),
            Err(RecvTimeoutError::Timeout)
        )
    }

    pub(crate) fn log_is_full(&self) -> bool {
        self.logged.get() > self.max_log_bytes
    }

    /// Sends a line to the log; the line that fills it is cut, and what follows is left out.
    pub(crate) fn log(&self, level: &str, line: &str) {
        let before = self.logged.get();
        if before > self.max_log_bytes {
            return;
        }
        self.logged.set(before + line.len() + 1);
        let room = self.max_log_bytes - before;
        let fits = line.len() < room;
        let end = if fits {
            line.len()
        } else {
            line.floor_char_boundary(room)
        };
        let more = if fits {
            ""
        } else {
            " … (the rest of the log is left out)"
        };
        // A parent that is gone is noticed where it is next needed.
        let _ = self.send(
            Kind::Log,
            format!("{level}\n{}{more}", &line[..end]).as_bytes(),
        );
    }

    /// Keeps the JSON text of an item's result.
    pub(crate) fn result(&self, item: usize, text: Option<&str>) -> Result<(), TooLong> {
        let mut results = self.results.borrow_mut();
        let length = text.map_or(0, str::len);
        if results.len() + length > self.max_output_bytes {
            return Err(TooLong(self.max_output_bytes));
        }
        push_head(&mut results, item);
        if let Some(text) = text {
            results.extend_from_slice(b",\"value\":");
            push_json(&mut results, text);
        }
        results.push(b'}');
        Ok(())
    }

    /// Keeps the failure of an item; `text` is JSON.
    pub(crate) fn failed(&self, item: usize, text: &str) {
        let mut results = self.results.borrow_mut();
        push_head(&mut results, item);
        results.extend_from_slice(b",\"failure\":");
        push_json(&mut results, text);
        results.push(b'}');
    }

    /// Keeps a failure that no script has thrown.
    pub(crate) fn broke_off(&self, message: &str) {
        let failure = serde_json::json!({ "name": "Error", "message": message });
        self.failed(0, &failure.to_string());
    }

    pub(crate) fn finish(&self) {
        self.finished.set(true);
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.finished.get()
    }

    pub(crate) fn take_results(&self) -> Vec<u8> {
        let mut results = std::mem::take(&mut *self.results.borrow_mut());
        if results.is_empty() {
            results.push(b'[');
        }
        results.push(b']');
        results
    }
}

/// Begins the entry of an item.
fn push_head(results: &mut Vec<u8>, item: usize) {
    let between = if results.is_empty() { '[' } else { ',' };
    results.extend_from_slice(format!("{between}{{\"item\":{item}").as_bytes());
}

/// Adds what `JSON.stringify` wrote. It writes half a pair of UTF-16 as an escape that is no text for anyone else: that
/// becomes the replacement character.
fn push_json(target: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    let mut start = 0;
    let mut at = 0;
    while let Some(offset) = bytes[at..].iter().position(|byte| *byte == b'\\') {
        at += offset;
        match bytes.get(at + 1..at + 6) {
            Some(
                [
                    b'u',
                    b'd' | b'D',
                    b'8'..=b'9' | b'a'..=b'f' | b'A'..=b'F',
                    _,
                    _,
                ],
            ) => {
                target.extend_from_slice(&bytes[start..at]);
                target.extend_from_slice(b"\\ufffd");
                at += 6;
                start = at;
            }
            _ => at = (at + 2).min(bytes.len()),
        }
    }
    target.extend_from_slice(&bytes[start..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_pair_becomes_the_replacement_character() {
        for (text, expected) in [
            (r#""\ud83d""#, "\"\u{fffd}\""),
            (r#""a\udc00b\\ud800""#, "\"a\u{fffd}b\\\\ud800\""),
            (r#""\n\\""#, r#""\n\\""#),
            (r#""plain""#, r#""plain""#),
        ] {
            let mut bytes = Vec::new();
            push_json(&mut bytes, text);
            let written: String = serde_json::from_slice(&bytes).unwrap();
            let expected: String = serde_json::from_str(expected).unwrap();
            assert_eq!(written, expected, "{text}");
        }
    }
}
