//! The double over real HTTP: eight Konverte Digital actions of eight shapes, and what it refuses.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

mod answers;
mod forms;
mod guide;
mod limits;
mod refusals;
