//! The `itemflow` command.

mod args;
mod binaries;
mod commands;
mod config;
mod credentials;
mod effects;
mod files;
mod importing;
mod output;
mod pages;
mod progress;
mod project;
mod report;
mod testing;

use std::process::ExitCode;

use clap::Parser;
use itemflow_script::{WORKER_ARGUMENT, run_worker};

use crate::args::Args;
use crate::config::Config;

fn main() -> ExitCode {
    // This program is also the worker that runs scripts: it starts itself for them, see `itemflow_script`.
    let mut typed = std::env::args_os()
        .skip(1)
        .map(|argument| argument.into_string().unwrap_or_default());
    if typed.next().as_deref() == Some(WORKER_ARGUMENT) {
        return run_worker(typed.next().as_deref());
    }
    let args = Args::parse();
    let config = Config::from_environment();
    config.init_logging();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(config.threads)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            return report::failure(
                &anyhow::Error::new(error).context("the async runtime cannot start"),
            );
        }
    };
    let code = runtime
        .block_on(commands::dispatch(args, &config))
        .unwrap_or_else(|error| report::failure(&error));
    // What is still in flight after the answer is dropped, not waited for.
    runtime.shutdown_background();
    code
}
