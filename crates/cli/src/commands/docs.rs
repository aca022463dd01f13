//! `itemflow docs build`: the pages of the core nodes, written from their definitions.

use std::collections::HashSet;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;

use crate::args::{DocsBuildArgs, DocsCommand};
use crate::{pages, report};

/// Writes the pages.
pub(crate) fn docs(command: &DocsCommand) -> anyhow::Result<ExitCode> {
    match command {
        DocsCommand::Build(args) => build(args),
    }
}

fn build(args: &DocsBuildArgs) -> anyhow::Result<ExitCode> {
    let folder = args.out.join(pages::FOLDER);
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("{} cannot be made", folder.display()))?;
    let pages = pages::core_pages();
    let mut written = 0;
    for (name, text) in &pages {
        let path = folder.join(name);
        // What is up to date keeps its time stamp.
        if std::fs::read_to_string(&path).is_ok_and(|old| old == *text) {
            continue;
        }
        std::fs::write(&path, text)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        written += 1;
    }
    let removed = remove_others(&folder, &pages.iter().map(|(name, _)| &**name).collect())?;
    anstream::eprintln!(
        "{} in {}: {written} written, {removed} removed",
        report::count(pages.len(), "page"),
        folder.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// Removes the pages of nodes that are no more; other files stay.
fn remove_others(folder: &Path, names: &HashSet<&str>) -> anyhow::Result<usize> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut removed = 0;
    for entry in entries {
        let entry = entry?;
        let is_page = |text: String| text.trim_end().ends_with(pages::MARK);
        let is_known = names.contains(&*entry.file_name().to_string_lossy());
        if !is_known && std::fs::read_to_string(entry.path()).is_ok_and(is_page) {
            std::fs::remove_file(entry.path())
                .with_context(|| format!("{} cannot be removed", entry.path().display()))?;
            removed += 1;
        }
    }
    Ok(removed)
}
