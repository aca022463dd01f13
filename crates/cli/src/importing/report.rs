//! What an import tells: the files and the losses, for people and for machines.

use comfy_table::{ContentArrangement, Table, presets};
use itemflow_import::{Imported, Loss, LossKind};
use serde_json::{Value, json};

use super::changes::{Change, FileChange};
use super::question::diff;
use crate::report::{count, excerpt, printable};

/// Rows of the loss report; the rest is counted.
const MAX_ROWS: usize = 60;
/// Characters of a reason.
const MAX_WHY: usize = 160;

/// Losses of the same sort for the same reason.
struct Row<'a> {
    first: &'a Loss,
    count: usize,
}

/// Prints the losses, those that are alike in one row.
pub(crate) fn losses(imported: &Imported, name: &str) {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for loss in &imported.losses {
        let same = |row: &&mut Row<'_>| {
            (row.first.kind, &row.first.what, &row.first.why) == (loss.kind, &loss.what, &loss.why)
        };
        match rows.iter_mut().rev().find(same) {
            Some(row) => row.count += 1,
            None => rows.push(Row {
                first: loss,
                count: 1,
            }),
        }
    }
    if rows.is_empty() {
        return;
    }
    rows.sort_by(|a, b| (a.first.kind, &a.first.what).cmp(&(b.first.kind, &b.first.what)));
    let mut table = Table::new();
    table.load_preset(presets::UTF8_BORDERS_ONLY);
    if std::io::IsTerminal::is_terminal(&std::io::stderr()) {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    table.set_header(["", "what", "why", "where"]);
    for row in rows.iter().take(MAX_ROWS) {
        let more = match row.count {
            1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        table.add_row([
            row.first.kind.to_string(),
            printable(&row.first.what),
            excerpt(&printable(&row.first.why), MAX_WHY),
            format!("{}{more}", printable(&place(row.first, name))),
        ]);
    }
    anstream::eprintln!("{table}");
    if let Some(more) = rows.len().checked_sub(MAX_ROWS).filter(|more| *more > 0) {
        anstream::eprintln!("… and {more} more; `--output json` lists all");
    }
}

fn place(loss: &Loss, name: &str) -> String {
    match loss.place {
        Some((line, column)) => format!("{name}:{line}:{column}"),
        None => loss.pointer.clone(),
    }
}

/// The closing line.
pub(crate) fn summary(imported: &Imported, folder: &str, dry_run: bool) -> String {
    let of_kind = |kind| {
        imported
            .losses
            .iter()
            .filter(|loss| loss.kind == kind)
            .count()
    };
    let mut text = format!(
        "{} in {} {} {folder}; {} weakened, {} skipped",
        count(imported.actions, "action"),
        count(imported.resources, "resource"),
        if dry_run {
            "would be written to"
        } else {
            "written to"
        },
        of_kind(LossKind::Weakened),
        of_kind(LossKind::Skipped),
    );
    if imported.losses_omitted > 0 {
        text.push_str(&format!(
            ", and {} more that are not listed",
            imported.losses_omitted
        ));
    }
    text
}

/// Everything for machines.
pub(crate) fn json(
    imported: &Imported,
    changes: &[FileChange],
    folder: &str,
    dry_run: bool,
) -> Value {
    let files: Vec<Value> = changes
        .iter()
        .map(|file| json!({ "path": file.path, "change": file.change.word() }))
        .collect();
    let losses: Vec<Value> = imported
        .losses
        .iter()
        .map(|loss| {
            json!({
                "kind": loss.kind.to_string(),
                "what": loss.what,
                "why": loss.why,
                "pointer": loss.pointer,
                "line": loss.place.map(|place| place.0),
                "column": loss.place.map(|place| place.1),
            })
        })
        .collect();
    json!({
        "folder": folder,
        "dryRun": dry_run,
        "actions": imported.actions,
        "resources": imported.resources,
        "files": files,
        "losses": losses,
        "lossesOmitted": imported.losses_omitted,
    })
}

/// What `--dry-run` prints: each file that would change, and how.
pub(crate) fn preview(changes: &[FileChange]) -> String {
    let mut out = String::new();
    for file in changes {
        match file.change {
            Change::Unchanged => {}
            Change::Updated | Change::Replaced | Change::Conflict => {
                out.push_str(&format!(
                    "{} {}\n{}",
                    file.change.word(),
                    file.path,
                    diff(file)
                ));
            }
            _ => out.push_str(&format!("{} {}\n", file.change.word(), file.path)),
        }
    }
    out
}

/// What happened to files that were edited by hand.
pub(crate) fn edited(changes: &[FileChange], dry_run: bool) {
    for (change, told) in [
        (
            Change::Conflict,
            "edited by hand and its draft has changed: kept; --force takes the new draft, --dry-run shows the difference",
        ),
        (
            Change::Orphaned,
            "edited by hand, and the document has it no more: kept",
        ),
    ] {
        // The difference is on the screen already.
        if change == Change::Conflict && dry_run {
            continue;
        }
        for file in changes.iter().filter(|file| file.change == change) {
            anstream::eprintln!("note: {} was {told}", printable(&file.path));
        }
    }
}
