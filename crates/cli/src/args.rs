//! The command line: what can be typed, and what `--help` says about it.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

/// Runs workflows whose steps are HTTP actions declared as data.
///
/// A workflow is a YAML file, or a JSON file exported from n8n. Try `itemflow init my-project`, or run an example:
/// `itemflow run examples/new-conversation/workflow.yaml --mock`.
#[derive(Debug, Parser)]
#[command(
    name = "itemflow",
    version,
    after_help = "Exit codes: 0 success, 1 failed run or check, 2 wrong usage, 3 waiting, 4 unknown outcome."
)]
pub(crate) struct Args {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Folder with services of your own (as in `node-definitions/`); may be given several times.
    #[arg(long = "definitions", value_name = "DIR", global = true)]
    pub(crate) definitions: Vec<PathBuf>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a workflow and print the items of its last node.
    Run(RunArgs),
    /// Check workflows and node definitions; nothing is sent.
    Check(CheckArgs),
    /// Print every request a run would send, as curl; nothing is sent.
    Explain(ExplainArgs),
    /// Run workflows that say what they expect, and print what differs
    ///
    /// A workflow says what it expects of its nodes in `expect`, and how it is to be run in `test`:
    ///
    ///     test: { input: [{ name: Ana }], mock: true, now: 2026-01-31T09:00:00Z }
    ///     expect:
    ///       Greeting: [{ text: Hello Ana }]
    ///       Is urgent [false]: []
    ///       Lookup: { items: [{ id: 42 }], subset: true }
    ///
    /// A file without `expect` is read as n8n's own tests are: the pinned data of a node is what the
    /// node must give. Triggers and nodes that send requests give their pinned data.
    ///
    /// No real request is sent unless `--allow-network` is given.
    #[command(
        verbatim_doc_comment,
        after_help = "Exit codes: 0 all passed, 1 something differs or failed, 2 wrong usage."
    )]
    Test(TestArgs),
    /// Serve a stand-in for a declared service on this machine.
    Mock(MockArgs),
    /// List, show and search node types and actions.
    #[command(subcommand)]
    Nodes(NodesCommand),
    /// Write the pages of the nodes and services.
    #[command(subcommand)]
    Docs(DocsCommand),
    /// Make definition files of what others have written down about a service.
    #[command(subcommand)]
    Import(ImportCommand),
    /// Make a small working project.
    Init(InitArgs),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// How results are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputForm {
    /// For people.
    #[default]
    Table,
    /// For machines.
    Json,
}

/// `itemflow run`
#[derive(Debug, ClapArgs)]
pub(crate) struct RunArgs {
    /// The workflow: YAML, or JSON as n8n exports it.
    pub(crate) file: PathBuf,
    /// Items to start with: a file, `-` for standard input, or JSON itself; an array of objects or one object.
    #[arg(long, value_name = "ITEMS")]
    pub(crate) input: Option<String>,
    /// Credentials by name (YAML or JSON); `${NAME}` inside is replaced from the environment.
    #[arg(long, value_name = "FILE")]
    pub(crate) credentials: Option<PathBuf>,
    /// Start a stand-in for every declared service and send all their requests there; HTTP Request nodes still go to
    /// their real address.
    #[arg(long)]
    pub(crate) mock: bool,
    /// Something the stand-in does wrong, such as `reset every 3` or `429 retry-after 2 first 1`; may be given several
    /// times. See `itemflow mock`.
    #[arg(long = "fault", value_name = "FAULT", requires = "mock")]
    pub(crate) faults: Vec<itemflow_mock::Fault>,
    /// How to print the items.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: OutputForm,
    /// Print this node's items instead of the last node's.
    #[arg(long, value_name = "NAME")]
    pub(crate) node: Option<String>,
    /// Run up to this node: only it and what leads to it.
    #[arg(long, value_name = "NAME")]
    pub(crate) until: Option<String>,
    /// Start at this node.
    #[arg(long, value_name = "NAME")]
    pub(crate) start: Option<String>,
    /// Let expressions read this environment variable as `$env.NAME`; may be given several times.
    #[arg(long = "allow-env", value_name = "NAME")]
    pub(crate) allow_env: Vec<String>,
    /// Set a variable for expressions (`$vars.NAME`); may be given several times.
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = assignment)]
    pub(crate) vars: Vec<(String, String)>,
    /// Folder that nodes may read and write; without it the one in ITEMFLOW_FILES, else ~/.itemflow-files.
    #[arg(long, value_name = "DIR")]
    pub(crate) files: Option<PathBuf>,
    /// Longest time the run may take, in seconds.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
    /// Longest time of one script of a Code node, in seconds; otherwise 300, or `ITEMFLOW_SCRIPT_TIMEOUT`.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) script_timeout: Option<Duration>,
    /// Node runs after which the run is taken for an endless loop.
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_node_runs: u32,
    /// Print no progress.
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// `itemflow check`
#[derive(Debug, ClapArgs)]
pub(crate) struct CheckArgs {
    /// Workflow files, definition files, and folders of them.
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// List also what Itemflow does differently from n8n, as far as it concerns a workflow that was made there.
    #[arg(long, short)]
    pub(crate) verbose: bool,
    /// Fail on warnings too.
    #[arg(long)]
    pub(crate) strict: bool,
    /// How to print the problems; JSON gives one entry for each.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: OutputForm,
}

/// `itemflow explain`
#[derive(Debug, ClapArgs)]
pub(crate) struct ExplainArgs {
    /// The workflow.
    pub(crate) file: PathBuf,
    /// Items to start with, as for `run`.
    #[arg(long, value_name = "ITEMS")]
    pub(crate) input: Option<String>,
    /// Credentials by name, as for `run`; secrets are never printed.
    #[arg(long, value_name = "FILE")]
    pub(crate) credentials: Option<PathBuf>,
    /// Use credentials of stand-ins, as `run --mock` does; nothing is sent to them either.
    #[arg(long)]
    pub(crate) mock: bool,
    /// How to print the requests.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: OutputForm,
    /// Stop at this node.
    #[arg(long, value_name = "NAME")]
    pub(crate) until: Option<String>,
    /// Let expressions read this environment variable as `$env.NAME`.
    #[arg(long = "allow-env", value_name = "NAME")]
    pub(crate) allow_env: Vec<String>,
    /// Set a variable for expressions (`$vars.NAME`).
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = assignment)]
    pub(crate) vars: Vec<(String, String)>,
}

/// `itemflow test`
#[derive(Debug, ClapArgs)]
pub(crate) struct TestArgs {
    /// Workflow files and folders of them.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Test only workflows whose file or name holds this text.
    #[arg(long, value_name = "TEXT")]
    pub(crate) filter: Option<String>,
    /// Start a stand-in for every declared service, as `test: { mock: true }` in a file does.
    #[arg(long)]
    pub(crate) mock: bool,
    /// Send real requests where no stand-in takes them.
    #[arg(long)]
    pub(crate) allow_network: bool,
    /// Credentials by name, as for `run`.
    #[arg(long, value_name = "FILE")]
    pub(crate) credentials: Option<PathBuf>,
    /// Folder that nodes may read and write; without it they find no files.
    #[arg(long, value_name = "DIR")]
    pub(crate) files: Option<PathBuf>,
    /// Write what nodes gave into the `expect` of their files; the rest of the text stays. Look at the changes before you
    /// keep them.
    #[arg(long)]
    pub(crate) update: bool,
    /// Write the results as JUnit's XML too.
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// How to print the results; JSON gives one entry for each file.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: OutputForm,
    /// Longest time one workflow may take, in seconds.
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub(crate) timeout: Duration,
}

/// `itemflow mock`
#[derive(Debug, ClapArgs)]
pub(crate) struct MockArgs {
    /// The service, for example `konverteDigital`.
    pub(crate) service: String,
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    pub(crate) listen: std::net::SocketAddr,
    /// Something to do wrong, such as `reset every 3`, `delay 2s`, `429 retry-after 2 first 1` or
    /// `stall on Inboxes/Get Inbox`; may be given several times.
    #[arg(long = "fault", value_name = "FAULT")]
    pub(crate) faults: Vec<itemflow_mock::Fault>,
}

/// `itemflow nodes`
#[derive(Debug, Subcommand)]
pub(crate) enum NodesCommand {
    /// All core nodes and actions, and how many there are.
    List {
        /// List only this service (`konverteDigital`), or `core`.
        service: Option<String>,
        /// How to print them.
        #[arg(long, value_enum, default_value_t)]
        output: OutputForm,
    },
    /// The page of a node type, service, resource or action.
    Show {
        /// A node type (`set`), a service (`konverteDigital`), a resource or an action (`New Conversation`); where several
        /// have the name, with the resource or service before it.
        #[arg(required = true)]
        name: Vec<String>,
        /// How to print it.
        #[arg(long, value_enum, default_value_t)]
        output: OutputForm,
    },
    /// Node types and actions whose names or descriptions hold all these words.
    Search {
        /// The words.
        #[arg(required = true)]
        words: Vec<String>,
    },
}

/// `itemflow docs`
#[derive(Debug, Subcommand)]
pub(crate) enum DocsCommand {
    /// Write a page for each core node and each action of each service, with indexes, from their definitions.
    Build(DocsBuildArgs),
}

/// `itemflow docs build`
#[derive(Debug, ClapArgs)]
pub(crate) struct DocsBuildArgs {
    /// Folder to write into: `core` in it for the core nodes, a folder for each service. Pages of what is no more are
    /// removed; files that were not written by this command stay.
    #[arg(long, value_name = "DIR", default_value = "docs/nodes")]
    pub(crate) out: PathBuf,
}

/// `itemflow import`
#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// Make a service of an OpenAPI document: 3.1, 3.0 or Swagger 2.0, JSON or YAML
    ///
    /// Every operation becomes an action, every tag a resource, every security scheme a credential type. What cannot be
    /// carried over is listed with its place in the document. Importing again keeps what was edited by hand.
    Openapi(ImportOpenApiArgs),
}

/// `itemflow import openapi`
#[derive(Debug, ClapArgs)]
pub(crate) struct ImportOpenApiArgs {
    /// The document: a file, an http(s) address, or `-` for standard input.
    #[arg(value_name = "FILE|URL")]
    pub(crate) from: String,
    /// What workflows call the service, in camel case, for example `konverteDigital`.
    #[arg(long, value_name = "NAME", value_parser = service_name)]
    pub(crate) service: String,
    /// Folder for services; this one gets a folder of its own in it.
    #[arg(long, value_name = "DIR", default_value = "node-definitions")]
    pub(crate) out: PathBuf,
    /// Take the new drafts, also where files were edited by hand.
    #[arg(long)]
    pub(crate) force: bool,
    /// Print what would be written, changed and removed, and write nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// How to print the result; JSON lists every file and every loss.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: OutputForm,
}

/// `itemflow init`
#[derive(Debug, ClapArgs)]
pub(crate) struct InitArgs {
    /// Folder to make; it must be absent or empty.
    pub(crate) dir: PathBuf,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "write a number of seconds")?;
    Duration::try_from_secs_f64(seconds).map_err(|_| "there is no such time".into())
}

fn service_name(text: &str) -> Result<String, String> {
    let is_camel = text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_alphanumeric())
        && text.len() <= 60;
    if is_camel {
        return Ok(text.to_owned());
    }
    Err("write it in camel case, letters and digits only, such as konverteDigital".into())
}

fn assignment(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_or_refused() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        assert!(
            ["-1", "nan", "1e300", "soon"]
                .iter()
                .all(|text| seconds(text).is_err())
        );
        assert_eq!(assignment("b=x=y"), Ok(("b".into(), "x=y".into())));
        assert!(assignment("a").is_err());
        assert_eq!(
            service_name("konverteDigital"),
            Ok("konverteDigital".into())
        );
        assert!(
            ["", "Konverte", "a-b", "a/b", "..", "9a"]
                .iter()
                .all(|text| service_name(text).is_err())
        );
    }
}
