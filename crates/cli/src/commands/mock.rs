//! `itemflow mock` and `run --mock`: stand-ins for declared services on this machine.

use std::collections::HashSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use itemflow_mock::{Config, Fault, Mock, Running};
use itemflow_model::definition::Service;
use itemflow_model::{Workflow, did_you_mean};
use itemflow_nodes::Catalog;

use crate::args::MockArgs;
use crate::credentials::CredentialFile;
use crate::project;

/// The stand-ins of one run.
#[derive(Default)]
pub(crate) struct Mocks(Vec<Running>);

impl Mocks {
    /// Starts one for every service that a workflow uses, and says where unless `quiet`.
    pub(crate) async fn start_for(
        workflow: &Workflow,
        catalog: &Catalog,
        faults: &[Fault],
        quiet: bool,
    ) -> anyhow::Result<Self> {
        let mut started = HashSet::new();
        let mut mocks = Vec::new();
        for node in &workflow.nodes {
            let Some(service) = catalog.service(&node.node_type) else {
                continue;
            };
            if started.insert(service.service().file.name.clone()) {
                let running =
                    start(service.service(), faults, (Ipv4Addr::LOCALHOST, 0).into()).await?;
                if !quiet {
                    anstream::eprintln!(
                        "mock: {} at {}",
                        service.service().display_name(),
                        running.base_url()
                    );
                }
                mocks.push(running);
            }
        }
        Ok(Self(mocks))
    }

    /// Makes their credentials stand for all of their types.
    pub(crate) fn supply(&self, credentials: &mut CredentialFile) {
        for running in &self.0 {
            for (kind, data) in running.credentials() {
                credentials.supply(&kind, data);
            }
        }
    }

    /// Where they listen, as origins such as `http://127.0.0.1:8080`.
    pub(crate) fn origins(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|running| {
            let url = running.base_url();
            let host = url.find("://").map_or(0, |at| at + 3);
            let end = url[host..].find('/').map_or(url.len(), |at| host + at);
            url[..end].to_owned()
        })
    }

    /// Ends them.
    pub(crate) async fn stop(self) {
        for running in self.0 {
            if let Err(error) = running.stop().await {
                anstream::eprintln!("mock: {error}");
            }
        }
    }
}

/// Serves a stand-in until it is interrupted.
pub(crate) async fn mock(args: &MockArgs, definitions: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let catalog = project::catalog(definitions)?;
    let Some(service) = catalog.service(&args.service) else {
        let names: Vec<&str> = catalog
            .services()
            .map(|service| service.service().file.name.as_str())
            .collect();
        match did_you_mean(&args.service, names.iter().copied()) {
            Some(near) => bail!(
                "there is no service `{}`; did you mean `{near}`?",
                args.service
            ),
            None => bail!(
                "there is no service `{}`; there are: {}",
                args.service,
                names.join(", ")
            ),
        }
    };
    let running = start(service.service(), &args.faults, args.listen).await?;
    anstream::println!(
        "{} at {}",
        service.service().display_name(),
        running.base_url()
    );
    anstream::println!("# credentials, for `--credentials FILE`:");
    for (kind, data) in running.credentials() {
        anstream::println!("mock-{kind}:\n  type: {kind}");
        for (field, value) in &data {
            anstream::println!("  {field}: {value}");
        }
    }
    anstream::eprintln!("press Ctrl-C to stop");
    tokio::signal::ctrl_c()
        .await
        .context("the interrupt signal cannot be waited for")?;
    running.stop().await?;
    Ok(ExitCode::SUCCESS)
}

async fn start(
    service: &Service,
    faults: &[Fault],
    address: SocketAddr,
) -> anyhow::Result<Running> {
    let name = service.display_name();
    let mock = Mock::new(service).with_context(|| format!("{name} cannot be mocked"))?;
    let config = Config {
        faults: faults.to_vec(),
        ..Config::default()
    };
    mock.with_config(config)
        .start(address)
        .await
        .with_context(|| format!("{name} cannot be served"))
}
