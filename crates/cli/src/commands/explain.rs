//! `itemflow explain`: every request a run would send, as curl. Nothing is sent.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use itemflow_engine::{Explained, Start, Unknown, explain as find_requests};
use itemflow_model::{Map, Value};

use crate::args::{ExplainArgs, OutputForm};
use crate::commands::host::{Allowed, host};
use crate::commands::mock::Mocks;
use crate::credentials::CredentialFile;
use crate::{config, files, project, report};

/// A workflow that goes round this often without sending anything has shown all it can.
const MAX_NODE_RUNS: u32 = 10_000;

/// Prints the requests.
pub(crate) async fn explain(
    args: &ExplainArgs,
    definitions: &[PathBuf],
) -> anyhow::Result<ExitCode> {
    let catalog = project::catalog(definitions)?;
    let start = Start {
        node: None,
        items: files::items(args.input.as_deref())?,
        until: args.until.clone(),
    };
    let opened = project::open(&args.file, &catalog, &start)?;
    let (workflow, plan) = opened.require_plan()?;
    let mut credentials = match &args.credentials {
        Some(path) => CredentialFile::read(path, &config::variable)?,
        None => CredentialFile::default(),
    };
    let mocks = if args.mock {
        Mocks::start_for(workflow, &catalog, &[], true).await?
    } else {
        Mocks::default()
    };
    mocks.supply(&mut credentials);
    let allowed = Allowed {
        environment: &args.allow_env,
        variables: &args.vars,
        files: None,
    };
    let host = Arc::new(host(workflow, Arc::new(credentials), &allowed)?);
    let explained = find_requests(&plan, &host, &start, MAX_NODE_RUNS).await?;
    mocks.stop().await;
    let mut out = anstream::stdout().lock();
    match args.output {
        OutputForm::Json => writeln!(
            out,
            "{}",
            serde_json::to_string_pretty(&to_json(&explained))?
        )?,
        OutputForm::Table => write_text(&explained, &mut out)?,
    }
    let failed = explained
        .iter()
        .any(|node| matches!(node.requests, Err(Unknown::Fails(_))));
    Ok(if failed {
        ExitCode::from(report::FAILED)
    } else {
        ExitCode::SUCCESS
    })
}

/// A shell script of curl commands; all that is not a command is a comment.
fn write_text(explained: &[Explained], out: &mut impl Write) -> std::io::Result<()> {
    if explained.is_empty() {
        writeln!(out, "# this run sends no requests")?;
    }
    for (i, node) in explained.iter().enumerate() {
        if i > 0 {
            writeln!(out)?;
        }
        match &node.requests {
            Ok(requests) => {
                writeln!(
                    out,
                    "# {}: {}",
                    comment(&node.node),
                    report::count(requests.len(), "request")
                )?;
                for request in requests {
                    writeln!(out, "{}", request.curl())?;
                }
            }
            Err(Unknown::DependsOn(nodes)) => {
                let names: Vec<String> = nodes
                    .iter()
                    .map(|node| format!("\"{}\"", comment(node)))
                    .collect();
                writeln!(
                    out,
                    "# {}: depends on the answer of {}",
                    comment(&node.node),
                    names.join(", ")
                )?;
            }
            Err(Unknown::Fails(error)) => {
                writeln!(
                    out,
                    "# {}: cannot be built: {}",
                    comment(&node.node),
                    comment(&error.summary())
                )?;
                if let Some(help) = &error.description {
                    writeln!(out, "#   {}", comment(help))?;
                }
            }
        }
    }
    out.flush()
}

/// Text that stays on its comment line.
fn comment(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

fn to_json(explained: &[Explained]) -> Value {
    let nodes = explained.iter().map(|node| {
        let mut map = Map::default();
        map.insert("node".into(), Value::from(node.node.clone()));
        match &node.requests {
            Ok(requests) => {
                let list: Vec<Value> = requests
                    .iter()
                    .map(itemflow_declarative::RequestSpec::to_json)
                    .collect();
                map.insert("requests".into(), Value::from(list));
            }
            Err(Unknown::DependsOn(nodes)) => {
                let names: Vec<Value> = nodes.iter().cloned().map(Value::from).collect();
                map.insert("dependsOn".into(), Value::from(names));
            }
            Err(Unknown::Fails(error)) => {
                map.insert("error".into(), Value::from(error.summary()));
            }
        }
        Value::from(map)
    });
    Value::from(nodes.collect::<Vec<_>>())
}
