//! iCalendar (RFC 5545): a file with one event, and the json of a file's events.

mod event;
mod lines;
mod read;
mod write;

pub(crate) use event::{EventParameters, event_properties};
pub(crate) use read::read;
