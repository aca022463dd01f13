//! The double over real HTTP: all actions of Konverte Digital, what it keeps, and what it refuses.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

mod answers;
mod examples;
mod faults;
mod forms;
mod guide;
mod inferred;
mod limits;
mod lives;
mod refusals;
mod state;
