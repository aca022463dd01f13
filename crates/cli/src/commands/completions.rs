//! `itemflow completions`: a completion script for a shell.

use std::process::ExitCode;

use clap::CommandFactory;

use crate::args::Args;

/// Prints the script.
pub(crate) fn completions(shell: clap_complete::Shell) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "itemflow", &mut script);
    std::io::Write::write_all(&mut std::io::stdout(), &script)?;
    Ok(ExitCode::SUCCESS)
}
