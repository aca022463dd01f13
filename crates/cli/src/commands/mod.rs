//! One file for each command.

mod check;
mod completions;
mod docs;
mod explain;
pub(crate) mod host;
mod import;
mod init;
pub(crate) mod mock;
mod nodes;
mod nodes_list;
mod run;
mod test;

use std::process::ExitCode;

use crate::args::{Args, Command};
use crate::config::Config;

/// Does what was typed.
///
/// # Errors
/// Whatever kept the command from doing its work.
pub(crate) async fn dispatch(args: Args, config: &Config) -> anyhow::Result<ExitCode> {
    let _ = config;
    match args.command {
        Command::Run(command) => run::run(&command, &args.definitions).await,
        Command::Check(command) => check::check(&command, &args.definitions),
        Command::Explain(command) => explain::explain(&command, &args.definitions).await,
        Command::Test(command) => test::test(&command, &args.definitions).await,
        Command::Mock(command) => mock::mock(&command, &args.definitions).await,
        Command::Nodes(command) => nodes::nodes(&command, &args.definitions),
        Command::Docs(command) => docs::docs(&command, &args.definitions),
        Command::Import(command) => import::import(&command).await,
        Command::Init(command) => init::init(&command),
        Command::Completions { shell } => completions::completions(shell),
    }
}
