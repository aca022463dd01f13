//! `itemflow check`: everything that is wrong with workflows and definitions, before anything is sent.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use itemflow_engine::{Start, differences};
use itemflow_model::{Problem, Severity, SourceText};
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
    let mut notes = Vec::new();
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
                        let (found, differences) = check_workflow(&file, &catalog, &mut texts);
                        problems.extend(found);
                        notes.extend(differences);
                    }
                }
            }
        }
    }
    let is_failure = |problem: &Problem| {
        problem.is_error() || args.strict && problem.severity == Severity::Warning
    };
    let failed = problems.iter().any(is_failure);
    let hidden = if args.verbose { 0 } else { notes.len() };
    if args.verbose {
        problems.extend(notes);
    }
    print(args.output, &problems, &texts, checked)?;
    if hidden > 0 && !failed && matches!(args.output, OutputForm::Table) {
        let differences = report::count(hidden, "difference");
        let verb = if hidden == 1 { "applies" } else { "apply" };
        anstream::eprintln!("{differences} from n8n {verb}: --verbose lists them");
    }
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

/// What is wrong with a workflow, and what differs from n8n.
fn check_workflow(
    file: &Path,
    catalog: &Catalog,
    texts: &mut Texts,
) -> (Vec<Problem>, Vec<Problem>) {
    match project::open(file, catalog, &Start::default()) {
        Ok(opened) => {
            texts.insert(opened.source.file.clone(), opened.source.text.clone());
            let notes = opened.workflow.as_ref().map_or_else(Vec::new, |workflow| {
                differences(workflow, &opened.source, catalog)
            });
            (opened.problems, notes)
        }
        // The other files are checked all the same.
        Err(error) => {
            let name = file.display().to_string().into();
            let problem = Problem::error("unreadable", &name, format!("{error:#}"));
            (vec![problem], Vec::new())
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
            if problems
                .iter()
                .all(|problem| problem.severity == Severity::Note)
            {
                anstream::eprintln!("{} checked, no problems", report::count(checked, "file"));
            }
        }
    }
    Ok(())
}
