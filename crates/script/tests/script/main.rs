//! Scripts as the Code node runs them, in threads instead of processes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bench;
mod dates;
mod failures;
mod properties;
mod questions;
mod results;
mod world;
