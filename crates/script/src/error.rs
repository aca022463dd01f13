//! Why a script came to no end of its own.

use std::io;
use std::time::Duration;

use thiserror::Error;

/// A run that gave no result; what a script throws is no error here but a [`crate::Failure`].
#[derive(Debug, Error)]
pub enum ScriptError {
    /// It took too long.
    #[error("the script was stopped: it took longer than {} s", .0.as_secs_f64())]
    TimedOut(Duration),
    /// Its process broke down.
    #[error(
        "the process of the script broke down ({0}): most likely it needed more memory than it may use"
    )]
    Crashed(String),
    /// Its process cannot be started.
    #[error("the process for scripts cannot be started: {0}")]
    Start(io::Error),
    /// The items are too large.
    #[error(
        "the items have {given} bytes as JSON, more than the {allowed} bytes of memory that a script may use"
    )]
    Input {
        /// Bytes of the items.
        given: usize,
        /// Bytes allowed.
        allowed: usize,
    },
    /// The child said something that no worker says.
    #[error("the process of the script gave an answer that cannot be read: {0}")]
    Answer(String),
    /// There is nothing that runs scripts here.
    #[error("scripts cannot run here")]
    Unavailable,
}
