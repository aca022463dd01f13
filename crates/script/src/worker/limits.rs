//! `WorkerLimits`: how much a worker may use, and the limits that its process sets itself.

use std::time::Duration;

use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};

use crate::config::Config;

/// Address space beside that of the values: the program itself, stacks, and items and results on their way.
const ADDRESSES_BESIDE: u64 = 2 << 30;
/// Stack that is left to the engine itself.
const STACK_BESIDE: usize = 1 << 20;
/// Files a worker may have open: its pipes, and a few that the system opens by itself, for example for time zones.
const OPEN_FILES: u64 = 16;

/// How much a worker may use.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct WorkerLimits {
    pub(crate) memory_bytes: usize,
    pub(crate) max_output_bytes: usize,
    pub(crate) max_log_bytes: usize,
    pub(crate) stack_bytes: usize,
    idle_ms: u64,
}

impl WorkerLimits {
    pub(crate) fn of(config: &Config) -> Self {
        Self {
            memory_bytes: config.memory_bytes,
            max_output_bytes: config.max_output_bytes,
            max_log_bytes: config.max_log_bytes,
            stack_bytes: config.stack_bytes,
            idle_ms: config.idle.as_millis() as u64,
        }
    }

    pub(crate) fn to_argument(&self) -> String {
        serde_json::to_string(self).expect("numbers can be written")
    }

    pub(crate) fn from_argument(argument: &str) -> Option<Self> {
        serde_json::from_str(argument).ok()
    }

    pub(crate) fn idle(&self) -> Duration {
        Duration::from_millis(self.idle_ms)
    }

    pub(crate) fn thread_stack(&self) -> usize {
        self.stack_bytes + STACK_BESIDE
    }

    /// Holds this process to its limits. A system that knows one of them not has the others all the same.
    pub(crate) fn hold_process(&self) {
        let addresses = (self.memory_bytes as u64)
            .saturating_mul(3)
            .saturating_add(ADDRESSES_BESIDE);
        let limits = [
            (Resource::As, addresses),
            (Resource::Core, 0),
            (Resource::Fsize, 0),
            (Resource::Nofile, OPEN_FILES),
        ];
        for (resource, most) in limits {
            let limit = Rlimit {
                current: Some(most),
                maximum: Some(most),
            };
            let _ = setrlimit(resource, limit);
        }
    }
}
