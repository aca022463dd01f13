//! Configuration from the environment: the only place that reads it.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Duration;

use itemflow_expression::Limits;

/// What is logged unless something else is asked for. What other crates log of a failure is in the error already.
const DEFAULT_LOG: &str = "itemflow=warn";

/// Settings of the process.
pub(crate) struct Config {
    /// What to log, in the syntax of `tracing_subscriber::EnvFilter`.
    log: String,
    /// Worker threads of the async runtime.
    pub(crate) threads: usize,
}

impl Config {
    /// Reads `ITEMFLOW_LOG` (default `itemflow=warn`) and `ITEMFLOW_THREADS` (default: one for each core, at most 8).
    pub(crate) fn from_environment() -> Self {
        let cores = std::thread::available_parallelism()
            .map_or(2, usize::from)
            .min(8);
        Self {
            log: variable("ITEMFLOW_LOG").unwrap_or_else(|| DEFAULT_LOG.into()),
            threads: variable("ITEMFLOW_THREADS")
                .and_then(|text| text.parse().ok())
                .filter(|n| *n > 0)
                .unwrap_or(cores),
        }
    }

    /// Sends log messages to standard error.
    pub(crate) fn init_logging(&self) {
        let filter = tracing_subscriber::EnvFilter::try_new(&self.log)
            .unwrap_or_else(|_| DEFAULT_LOG.into());
        // A second initialisation only happens in tests and changes nothing.
        let _ = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .with_ansi(std::io::stderr().is_terminal())
            .try_init();
    }
}

/// The folder that nodes may read and write: the one that is given, else `ITEMFLOW_FILES`, else `.itemflow-files` in the
/// user's own folder. `None` where there is no such folder either.
pub(crate) fn files_folder(given: Option<PathBuf>) -> Option<PathBuf> {
    let named = |name: &str| {
        variable(name)
            .filter(|path| !path.is_empty())
            .map(PathBuf::from)
    };
    given
        .or_else(|| named("ITEMFLOW_FILES"))
        .or_else(|| Some(named("HOME")?.join(".itemflow-files")))
}

/// How scripts run: `ITEMFLOW_SCRIPT_TIMEOUT` (seconds), `ITEMFLOW_SCRIPT_MEMORY` (MiB) and `ITEMFLOW_SCRIPT_PROCESSES`
/// over the defaults of [`itemflow_script::Config`]. `None` where this program does not know its own file.
pub(crate) fn scripts() -> Option<itemflow_script::Config> {
    let program = std::env::current_exe().ok()?;
    let mut config = itemflow_script::Config::new(itemflow_script::Program::Path(program));
    let positive = |name: &str| {
        let number: f64 = variable(name)?.parse().ok()?;
        (number > 0.0).then_some(number)
    };
    if let Some(timeout) = positive("ITEMFLOW_SCRIPT_TIMEOUT")
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
    {
        config.timeout = timeout;
    }
    if let Some(mebibytes) = positive("ITEMFLOW_SCRIPT_MEMORY") {
        config.memory_bytes = (mebibytes.clamp(16.0, 65_536.0) as usize) << 20;
    }
    if let Some(processes) = positive("ITEMFLOW_SCRIPT_PROCESSES") {
        config.max_children = processes.clamp(1.0, 1024.0) as usize;
    }
    Some(config)
}

/// How much one expression may use: `ITEMFLOW_EXPRESSION_FUEL` steps and `ITEMFLOW_EXPRESSION_MEMORY_MIB` of memory.
pub(crate) fn expression_limits() -> Limits {
    limits(
        variable("ITEMFLOW_EXPRESSION_FUEL").as_deref(),
        variable("ITEMFLOW_EXPRESSION_MEMORY_MIB").as_deref(),
    )
}

/// The default limits with those that are given as whole numbers from 1.
fn limits(fuel: Option<&str>, memory_mib: Option<&str>) -> Limits {
    let number = |text: Option<&str>| text?.parse::<u64>().ok().filter(|number| *number > 0);
    let default = Limits::default();
    let bytes = number(memory_mib)
        .and_then(|mib| usize::try_from(mib).ok())
        .and_then(|mib| mib.checked_mul(1 << 20));
    Limits {
        fuel: number(fuel).unwrap_or(default.fuel),
        memory_bytes: bytes.unwrap_or(default.memory_bytes),
        depth: default.depth,
    }
}

/// An environment variable, if it is set and is text.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the environment"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_of_expressions_are_whole_numbers_from_one() {
        let given = limits(Some("7"), Some("2"));
        assert_eq!((given.fuel, given.memory_bytes), (7, 2 << 20));
        for text in ["0", "-1", "1.5", "much", ""] {
            let given = limits(Some(text), Some(text));
            let default = Limits::default();
            assert_eq!(given.fuel, default.fuel, "{text}");
            assert_eq!(given.memory_bytes, default.memory_bytes, "{text}");
        }
    }
}
