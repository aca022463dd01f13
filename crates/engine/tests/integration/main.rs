//! The engine's behaviour, one module for each topic. Nodes are scripted, so that nothing depends on real node types.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod effects;
mod errors;
mod events;
mod graph;
mod history;
mod inputs;
mod limits;
mod order;
mod pairing;
mod parallel;
mod random;
mod replay;
mod retry;
mod script;
mod start;
mod switches;
