//! `itemflow check`: everything that is wrong with workflows and definitions, before anything is sent.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use itemflow_engine::Start;
use itemflow_model::{Problem, SourceText};
use itemflow_nodes::{Catalog, check_services, service_folder};

use crate::args::{CheckArgs, OutputForm};
use crate::report::{self, Texts};
use crate::{files, project};

/// Checks every path.
pub(crate) fn check(args: &CheckArgs, definitions: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let catalog = project::catalog(definitions)?;
    let mut problems = Vec::new();
    let mut texts = Texts::new();
    let mut checked = 0;
    let mut services = HashSet::new();
    for path in &args.paths {
        for file in files::find(path)? {
            match service_folder(&file) {
                Some(folder) if !services.insert(folder.clone()) => checked += 1,
                Some(folder) => {
                    checked += 1;
                    let sources = read_all(&folder)?;
                    texts.extend(
                        sources
                            .iter()
                            .map(|source| (source.file.clone(), source.text.clone())),
                    );
                    problems.extend(check_services(sources));
                }
                None => {
                    let is_other = file != *path && !project::looks_like_workflow(&file);
                    if !is_other {
                        checked += 1;
                        problems.extend(check_workflow(&file, &catalog, &mut texts));
                    }
                }
            }
        }
    }
    print(args.output, &problems, &texts, checked)?;
    let failed = problems.iter().any(Problem::is_error);
    Ok(if failed {
        ExitCode::from(report::FAILED)
    } else {
        ExitCode::SUCCESS
    })
}

fn read_all(folder: &Path) -> anyhow::Result<Vec<SourceText>> {
    files::find(folder)?
        .iter()
        .map(|path| files::read(path))
        .collect()
}

fn check_workflow(file: &Path, catalog: &Catalog, texts: &mut Texts) -> Vec<Problem> {
    match project::open(file, catalog, &Start::default()) {
        Ok(opened) => {
            texts.insert(opened.source.file.clone(), opened.source.text.clone());
            opened.problems
        }
        // The other files are checked all the same.
        Err(error) => {
            let name = file.display().to_string().into();
            vec![Problem::error("unreadable", &name, format!("{error:#}"))]
        }
    }
}

fn print(
    form: OutputForm,
    problems: &[Problem],
    texts: &Texts,
    checked: usize,
) -> anyhow::Result<()> {
    match form {
        OutputForm::Json => {
            let text =
                serde_json::to_string_pretty(problems).context("problems are always JSON")?;
            anstream::println!("{text}");
        }
        OutputForm::Table => {
            report::problems(problems, texts);
            if problems.is_empty() {
                anstream::eprintln!("{} checked, no problems", report::count(checked, "file"));
            }
        }
    }
    Ok(())
}
