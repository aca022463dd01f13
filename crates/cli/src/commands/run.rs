//! `itemflow run`: runs a workflow and prints the items of its last node.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::bail;
use itemflow_engine::{CancelHandle, Config, Execution, Plan, Start, try_credentials};
use itemflow_model::{ErrorInfo, ExecutionStatus, Items, did_you_mean};
use itemflow_nodes::{Catalog, Host};

use crate::args::RunArgs;
use crate::commands::host::{Allowed, host, scripts_within};
use crate::commands::mock::Mocks;
use crate::config;
use crate::credentials::CredentialFile;
use crate::effects::Effects;
use crate::progress::Progress;
use crate::{files, output, project, report};

/// How a run ended.
struct Ended {
    status: ExecutionStatus,
    error: Option<ErrorInfo>,
    /// The items to print.
    items: Vec<Items>,
}

/// Runs the workflow.
pub(crate) async fn run(args: &RunArgs, definitions: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let catalog = Arc::new(project::catalog(definitions)?);
    let start = Start {
        node: args.start.clone(),
        items: files::items(args.input.as_deref())?,
        until: args.until.clone(),
    };
    let opened = project::open(&args.file, &catalog, &start)?;
    let (workflow, plan) = opened.require_plan()?;
    if let Some(name) = &args.node {
        require_node(&plan, name)?;
    }
    let mut credentials = match &args.credentials {
        Some(path) => CredentialFile::read(path, &config::variable)?,
        None => CredentialFile::default(),
    };
    let mocks = if args.mock {
        Mocks::start_for(workflow, &catalog, &args.faults, args.quiet).await?
    } else {
        Mocks::default()
    };
    mocks.supply(&mut credentials);
    let credentials = Arc::new(credentials);
    require_credentials(&plan, &credentials, &start).await?;
    let allowed = Allowed {
        environment: &args.allow_env,
        variables: &args.vars,
        files: config::files_folder(args.files.clone()),
    };
    let mut host = host(workflow, credentials, &allowed)?;
    if let Some(timeout) = args.script_timeout {
        host.scripts = scripts_within(timeout);
    }
    let ended = execute(args, plan, host, &start, catalog.clone()).await?;
    mocks.stop().await;
    if let Some(error) = &ended.error {
        report::error_info(error);
    }
    if ended.status == ExecutionStatus::Success || args.node.is_some() {
        output::items(&ended.items, args.output)?;
    }
    Ok(exit_code(ended.status))
}

async fn execute(
    args: &RunArgs,
    plan: Arc<Plan>,
    host: Host,
    start: &Start,
    catalog: Arc<Catalog>,
) -> anyhow::Result<Ended> {
    let config = Config {
        max_node_runs: args.max_node_runs,
        timeout: args.timeout,
        ..Config::default()
    };
    let host = Arc::new(host);
    let effects = Effects::new(catalog, host.clone(), config.clone(), &args.file);
    let mut execution = Execution::new(plan, host, config, start)?;
    let interrupt = tokio::spawn(cancel_on_interrupt(execution.cancel_handle()));
    let mut progress = Progress::new(args.quiet);
    let ended = effects
        .drive(&mut execution, |event| progress.event(event))
        .await;
    interrupt.abort();
    if ended.status == ExecutionStatus::Waiting {
        progress.waits(ended.last_node.as_deref().unwrap_or_default());
    }
    let shown = args
        .node
        .as_deref()
        .or(ended.last_node.as_deref())
        .unwrap_or_default();
    let results = execution.state().results(execution.plan(), shown);
    let items = results
        .last()
        .map(|result| result.outputs.iter().flatten().cloned().collect())
        .unwrap_or_default();
    if args.node.is_some() && results.is_empty() {
        anstream::eprintln!("node \"{shown}\" did not run");
    }
    Ok(Ended {
        status: ended.status,
        error: ended.error,
        items,
    })
}

/// The first Ctrl-C ends the execution in order; a second one ends the process.
async fn cancel_on_interrupt(cancel: CancelHandle) {
    if tokio::signal::ctrl_c().await.is_ok() {
        cancel.cancel();
    }
    if tokio::signal::ctrl_c().await.is_ok() {
        std::process::exit(130);
    }
}

/// All credentials of the run can be used, or nothing is sent.
async fn require_credentials(
    plan: &Plan,
    credentials: &CredentialFile,
    start: &Start,
) -> anyhow::Result<()> {
    let errors = try_credentials(plan, credentials, start).await?;
    errors.iter().for_each(report::error_info);
    if errors.is_empty() {
        return Ok(());
    }
    bail!("nothing was sent: credentials are missing or cannot be used")
}

fn require_node(plan: &Plan, name: &str) -> anyhow::Result<()> {
    if plan.node_names().any(|node| **node == *name) {
        return Ok(());
    }
    match did_you_mean(name, plan.node_names().map(|node| &**node)) {
        Some(near) => {
            bail!("--node: the workflow has no node named \"{name}\"; did you mean \"{near}\"?")
        }
        None => bail!("--node: the workflow has no node named \"{name}\""),
    }
}

fn exit_code(status: ExecutionStatus) -> ExitCode {
    match status {
        ExecutionStatus::Success => ExitCode::SUCCESS,
        ExecutionStatus::Error | ExecutionStatus::Canceled => ExitCode::from(report::FAILED),
        ExecutionStatus::Waiting => ExitCode::from(3),
        ExecutionStatus::Unknown => ExitCode::from(4),
    }
}
