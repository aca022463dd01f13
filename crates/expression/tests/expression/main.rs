//! The tests of the expression language: cases as data, n8n's own cases, limits, escapes, random text.

mod cases;
mod conformance;
mod escapes;
mod limits;
mod random;
mod references;
mod scope;
