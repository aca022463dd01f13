//! `itemflow docs build`: the pages of all nodes and services, written from their definitions.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;

use crate::args::{DocsBuildArgs, DocsCommand};
use crate::{pages, project, report};

/// Folders of pages within folders of pages: those of the resources of a service.
const DEPTH: usize = 2;

/// Writes the pages.
pub(crate) fn docs(command: &DocsCommand, definitions: &[PathBuf]) -> anyhow::Result<ExitCode> {
    match command {
        DocsCommand::Build(args) => build(args, definitions),
    }
}

fn build(args: &DocsBuildArgs, definitions: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let catalog = project::catalog(definitions)?;
    // Pages link to the one about configuration where it lies beside their folder.
    let beside = args.out.join("../configuration.md");
    let pages = pages::site(&catalog, beside.is_file())?;
    let mut written = 0;
    for (name, text) in &pages {
        let path = args.out.join(name);
        // What is up to date keeps its time stamp.
        if std::fs::read_to_string(&path).is_ok_and(|old| old == *text) {
            continue;
        }
        let folder = path.parent().unwrap_or(&args.out);
        std::fs::create_dir_all(folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
        std::fs::write(&path, text)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        written += 1;
    }
    let known = pages.iter().map(|(name, _)| args.out.join(name)).collect();
    let removed = remove_others(&args.out, &known, DEPTH)?;
    anstream::eprintln!(
        "{} in {}: {written} written, {removed} removed",
        report::count(pages.len(), "page"),
        args.out.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// Removes the pages of what is no more, and folders that are empty without them; other files stay.
fn remove_others(folder: &Path, known: &HashSet<PathBuf>, depth: usize) -> anyhow::Result<usize> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut removed = 0;
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        // A link leads out of the folder.
        if entry.file_type()?.is_dir() && depth > 0 {
            let here = remove_others(&path, known, depth - 1)?;
            removed += here;
            let is_empty = std::fs::read_dir(&path).is_ok_and(|mut rest| rest.next().is_none());
            if here > 0 && is_empty {
                std::fs::remove_dir(&path)
                    .with_context(|| format!("{} cannot be removed", path.display()))?;
            }
            continue;
        }
        let is_page = path.extension().is_some_and(|extension| extension == "md")
            && entry.file_type()?.is_file()
            && std::fs::read_to_string(&path).is_ok_and(|text| pages::is_ours(&text));
        if is_page && !known.contains(&path) {
            std::fs::remove_file(&path)
                .with_context(|| format!("{} cannot be removed", path.display()))?;
            removed += 1;
        }
    }
    Ok(removed)
}
