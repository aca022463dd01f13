//! `Config`: where the worker program is, and how much a script may use.

use std::path::PathBuf;
use std::time::Duration;

/// Settings of all scripts of a process.
#[derive(Clone, Debug)]
pub struct Config {
    /// The program that runs a script.
    pub program: Program,
    /// Longest time of one run.
    pub timeout: Duration,
    /// Most memory that the values of a script may take.
    pub memory_bytes: usize,
    /// Longest result of one run, as JSON text.
    pub max_output_bytes: usize,
    /// Most that one run may log.
    pub max_log_bytes: usize,
    /// Stack of a script: some twenty thousand calls.
    pub stack_bytes: usize,
    /// Most child processes at once; a further run waits for one of them, in the order of asking.
    pub max_children: usize,
    /// A child without work ends after this time.
    pub idle: Duration,
}

/// What runs a script.
#[derive(Clone, Debug)]
pub enum Program {
    /// A program that calls [`crate::run_worker`] when its first argument is [`crate::WORKER_ARGUMENT`].
    Path(PathBuf),
    /// A thread of this process. A script that never ends holds it for ever: for tests alone.
    #[cfg(feature = "in-process")]
    Thread,
}

impl Config {
    /// The limits that hold unless something else is said: 300 seconds, as n8n has it, and 256 MiB.
    pub fn new(program: Program) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            program,
            timeout: Duration::from_secs(300),
            memory_bytes: 256 << 20,
            max_output_bytes: 256 << 20,
            max_log_bytes: 1 << 20,
            stack_bytes: 16 << 20,
            // A script may also wait for a timer: a machine with few cores needs a few more than it has cores.
            max_children: cores.max(4),
            idle: Duration::from_secs(60),
        }
    }
}
