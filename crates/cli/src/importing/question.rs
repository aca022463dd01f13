//! Files that were edited by hand and whose draft has changed: the difference is shown, and somebody decides.

use std::fmt::Write;
use std::io::IsTerminal;

use anyhow::Context;
use dialoguer::Select;
use dialoguer::theme::ColorfulTheme;
use similar::{ChangeTag, TextDiff};

use super::changes::{Change, FileChange};
use crate::report::printable;

/// What somebody decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    KeepMine,
    TakeNew,
}

/// Asks somebody about a file.
type Ask<'a> = dyn FnMut(&FileChange) -> anyhow::Result<Answer> + 'a;

/// Decides every conflict. Without anybody to ask, and without `force`, they stay open.
///
/// # Errors
/// When the terminal fails.
pub(crate) fn decide(
    changes: &mut [FileChange],
    force: bool,
    mut ask: Option<&mut Ask<'_>>,
) -> anyhow::Result<()> {
    for file in changes
        .iter_mut()
        .filter(|file| file.change == Change::Conflict)
    {
        let answer = match &mut ask {
            _ if force => Answer::TakeNew,
            Some(ask) => ask(file)?,
            None => continue,
        };
        file.change = match answer {
            Answer::TakeNew => Change::Replaced,
            Answer::KeepMine => Change::Kept,
        };
    }
    Ok(())
}

/// Whether there is somebody to ask.
pub(crate) fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Shows the difference and asks until there is an answer.
pub(crate) fn ask(file: &FileChange) -> anyhow::Result<Answer> {
    loop {
        anstream::eprintln!("\n{} was edited, and its draft has changed:", file.path);
        anstream::eprint!("{}", diff(file));
        let chosen = Select::with_theme(&ColorfulTheme::default())
            .with_prompt("What becomes of it?")
            .items([
                "keep mine",
                "take the new draft",
                "show the difference again",
            ])
            .default(0)
            .interact()
            .context("the question was not answered; nothing was written")?;
        match chosen {
            0 => return Ok(Answer::KeepMine),
            1 => return Ok(Answer::TakeNew),
            _ => {}
        }
    }
}

/// The difference between what is there and the new draft, in the unified form; colours are taken out where the output
/// has none.
pub(crate) fn diff(file: &FileChange) -> String {
    let before = file.before.as_deref().unwrap_or_default();
    let draft = file.draft.as_deref().unwrap_or_default();
    let mut out = String::new();
    let _ = writeln!(
        out,
        "--- {} (there)\n+++ {} (new draft)",
        file.path, file.path
    );
    let diff = TextDiff::from_lines(before, draft);
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        let _ = writeln!(out, "{}", hunk.header());
        for change in hunk.iter_changes() {
            let line = printable(change.value().trim_end_matches(['\n', '\r']));
            let _ = match change.tag() {
                ChangeTag::Delete => writeln!(out, "\u{1b}[31m-{line}\u{1b}[0m"),
                ChangeTag::Insert => writeln!(out, "\u{1b}[32m+{line}\u{1b}[0m"),
                ChangeTag::Equal => writeln!(out, " {line}"),
            };
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conflict(path: &str) -> FileChange {
        FileChange {
            path: path.into(),
            change: Change::Conflict,
            before: Some("a: 1\nb: mine\u{1b}[2J\n".into()),
            draft: Some("a: 1\nb: theirs\n".into()),
        }
    }

    #[test]
    fn conflicts_are_asked_about_one_by_one() {
        let mut changes = vec![conflict("a"), conflict("b")];
        let mut asked = Vec::new();
        let mut ask = |file: &FileChange| {
            asked.push(file.path.clone());
            Ok(if file.path == "a" {
                Answer::KeepMine
            } else {
                Answer::TakeNew
            })
        };
        decide(&mut changes, false, Some(&mut ask)).unwrap();
        assert_eq!(asked, ["a", "b"]);
        assert_eq!(
            (changes[0].change, changes[1].change),
            (Change::Kept, Change::Replaced)
        );

        let mut open = vec![conflict("a")];
        decide(&mut open, false, None).unwrap();
        assert_eq!(open[0].change, Change::Conflict);
        decide(&mut open, true, None).unwrap();
        assert_eq!(open[0].change, Change::Replaced);
    }

    #[test]
    fn a_difference_shows_lines_and_never_commands() {
        let shown = diff(&conflict("a/b.yaml"));
        assert!(
            shown.contains("--- a/b.yaml (there)\n+++ a/b.yaml (new draft)\n@@ "),
            "{shown}"
        );
        assert!(
            shown.contains("-b: mine [2J") && shown.contains("+b: theirs"),
            "{shown}"
        );
        assert!(!shown.contains("\u{1b}[2J"));
    }
}
