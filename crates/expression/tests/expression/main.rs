//! The tests of the expression language: cases as data, n8n's own cases, limits, escapes, random text.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail, and says what it skips"
)]

mod cases;
mod conformance;
mod escapes;
mod generate;
mod limits;
mod print;
mod random;
mod references;
mod robust;
mod scope;
