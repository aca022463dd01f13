//! `itemflow test`: runs workflows that say what they expect, and prints what differs.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use itemflow_nodes::service_folder;

use crate::args::{OutputForm, TestArgs};
use crate::credentials::CredentialFile;
use crate::report::{self, Texts};
use crate::testing::{self, Options, Tested, Verdict};
use crate::{config, files, project};

/// Tests every workflow under the paths.
pub(crate) async fn test(args: &TestArgs, definitions: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let catalog = project::catalog(definitions)?;
    let workflows = match find(args) {
        Ok(workflows) => workflows,
        Err(error) => return Ok(report::wrong_usage(&error)),
    };
    let credentials = match &args.credentials {
        Some(path) => CredentialFile::read(path, &config::variable)?,
        None => CredentialFile::default(),
    };
    let options = Options {
        catalog: &catalog,
        credentials: &credentials,
        mock: args.mock,
        files: args.files.as_deref(),
        allow_network: args.allow_network,
        timeout: args.timeout,
    };
    let mut all = Vec::with_capacity(workflows.len());
    for path in &workflows {
        let mut tested = testing::test_file(path, &options).await;
        if args.update {
            let rewritten = testing::update(&tested)?;
            if rewritten > 0 {
                anstream::eprintln!(
                    "{}: {} rewritten",
                    path.display(),
                    report::count(rewritten, "expectation")
                );
                tested = testing::test_file(path, &options).await;
            }
        }
        if args.output == OutputForm::Table {
            tell(&tested);
        }
        all.push(tested);
    }
    if let Some(path) = &args.junit {
        std::fs::write(path, testing::junit(&all)?)
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    let count = |verdict| {
        all.iter()
            .filter(|tested| tested.verdict() == verdict)
            .count()
    };
    let failed = count(Verdict::Failed);
    match args.output {
        OutputForm::Json => {
            let text = serde_json::to_string_pretty(&testing::json(&all))
                .context("results are always JSON")?;
            anstream::println!("{text}");
        }
        OutputForm::Table => anstream::println!(
            "{} passed, {failed} failed, {} without expectations",
            count(Verdict::Passed),
            count(Verdict::WithoutExpectations),
        ),
    }
    Ok(if failed > 0 {
        ExitCode::from(report::FAILED)
    } else {
        ExitCode::SUCCESS
    })
}

/// The workflows under the paths whose file or name holds the filter's text.
fn find(args: &TestArgs) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in &args.paths {
        for file in files::find(path)? {
            let is_named = file == *path;
            let is_other = service_folder(&file).is_some() || !project::looks_like_workflow(&file);
            if (is_named || !is_other) && !found.contains(&file) {
                found.push(file);
            }
        }
    }
    if let Some(filter) = &args.filter {
        let filter = filter.to_lowercase();
        found.retain(|file| matches(file, &filter));
        if found.is_empty() {
            anyhow::bail!("no workflow's file or name holds `{filter}`");
        }
    }
    if found.is_empty() {
        anyhow::bail!("there is no workflow here");
    }
    Ok(found)
}

fn matches(file: &Path, filter: &str) -> bool {
    if file.display().to_string().to_lowercase().contains(filter) {
        return true;
    }
    let value = files::read(file)
        .ok()
        .and_then(|source| source.value().ok());
    let name = value.as_ref().and_then(|value| value.get("name")?.as_str());
    name.is_some_and(|name| name.to_lowercase().contains(filter))
}

fn tell(tested: &Tested) {
    anstream::println!("{}", testing::text(tested));
    let texts: Texts = tested
        .source
        .iter()
        .map(|source| (source.file.clone(), source.text.clone()))
        .collect();
    report::problems(&tested.problems, &texts);
}
