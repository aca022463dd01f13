//! JavaScript of the Code node, in child processes that can be killed.
//!
//! A script runs in QuickJS, which has no files, no network and no clock of its own; what it sees is built by
//! `world/*.js` and the functions of `worker/`. QuickJS's built-in functions cannot be interrupted, so that only the
//! end of a process is a hard limit: [`Scripts`] keeps warm child processes, gives each run one of them, and kills it
//! when its time is over. A child is this very program, started with [`WORKER_ARGUMENT`].

mod config;
mod error;
mod frame;
mod integers;
mod pool;
mod process;
mod script;
mod worker;

pub use config::{Config, Program};
pub use error::ScriptError;
pub use integers::Integers;
pub use pool::Scripts;
pub use script::{Answer, Answers, Failure, Outcome, Script, Style};
pub use worker::{WORKER_ARGUMENT, run_worker};
