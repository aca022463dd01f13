//! What an import does to each file: a pure comparison of the new drafts, the drafts of last time and what is there.

use std::collections::{BTreeMap, BTreeSet};

use super::manifest::{Manifest, hash};

/// What becomes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    /// It is new.
    Created,
    /// It was as the importer wrote it, and is written anew.
    Updated,
    /// It was edited by hand, and its draft has changed: what is there stays until somebody decides.
    Conflict,
    /// It was edited by hand, and the new draft takes its place.
    Replaced,
    /// It was edited by hand, and its draft is the same as before, or it was decided to keep it.
    Kept,
    /// The document has it no more, and nobody had edited it.
    Removed,
    /// The document has it no more, but it was edited by hand.
    Orphaned,
    /// It is as it should be.
    Unchanged,
}

/// A file and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileChange {
    pub(crate) path: String,
    pub(crate) change: Change,
    /// What is there now.
    pub(crate) before: Option<String>,
    /// The new draft.
    pub(crate) draft: Option<String>,
}

impl Change {
    /// The word for it in results.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Conflict => "conflict",
            Self::Replaced => "replaced",
            Self::Kept => "kept",
            Self::Removed => "removed",
            Self::Orphaned => "orphaned",
            Self::Unchanged => "unchanged",
        }
    }
}

/// Compares the drafts with what is there. `present` gives the text of a file of the folder.
pub(crate) fn compare(
    drafts: &[(String, String)],
    manifest: &Manifest,
    mut present: impl FnMut(&str) -> Option<String>,
) -> Vec<FileChange> {
    let new: BTreeMap<&str, &str> = drafts
        .iter()
        .map(|(path, text)| (&**path, &**text))
        .collect();
    let listed = manifest.0.keys().map(String::as_str);
    let paths: BTreeSet<&str> = listed.chain(new.keys().copied()).collect();
    let mut changes = Vec::new();
    for path in paths {
        let before = present(path);
        let draft = new.get(path).copied();
        let last = manifest.0.get(path).map(String::as_str);
        let change = change(draft, last, before.as_deref());
        changes.extend(change.map(|change| FileChange {
            path: path.to_owned(),
            change,
            before,
            draft: draft.map(str::to_owned),
        }));
    }
    changes
}

fn change(draft: Option<&str>, last: Option<&str>, before: Option<&str>) -> Option<Change> {
    let is_last = |text: &str| last == Some(&*hash(text));
    Some(match (draft, before) {
        (None, None) => return None,
        (None, Some(before)) if is_last(before) => Change::Removed,
        (None, Some(_)) => Change::Orphaned,
        (Some(_), None) if last.is_none() => Change::Created,
        (Some(draft), Some(before)) if draft == before => Change::Unchanged,
        (Some(_), Some(before)) if is_last(before) => Change::Updated,
        // A file that was taken away is an edit too.
        (Some(draft), _) if is_last(draft) => Change::Kept,
        (Some(_), _) => Change::Conflict,
    })
}

/// The manifest after the changes are made. What nobody has decided stays open for the next import.
pub(crate) fn next_manifest(changes: &[FileChange], last: &Manifest) -> Manifest {
    let mut next = Manifest::default();
    for file in changes {
        let entry = match (file.change, &file.draft) {
            (Change::Conflict, _) => last.0.get(&file.path).cloned(),
            (_, Some(draft)) => Some(hash(draft)),
            (_, None) => None,
        };
        next.0.extend(entry.map(|hash| (file.path.clone(), hash)));
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of a file: its draft last time and now, and what is there.
    fn of(
        last: Option<&str>,
        draft: Option<&str>,
        there: Option<&str>,
    ) -> (Option<Change>, Option<String>) {
        let path = "a/b.yaml".to_owned();
        let mut manifest = Manifest::default();
        manifest
            .0
            .extend(last.map(|last| (path.clone(), hash(last))));
        let drafts: Vec<_> = draft
            .map(|draft| (path.clone(), draft.to_owned()))
            .into_iter()
            .collect();
        let changes = compare(&drafts, &manifest, |_| there.map(str::to_owned));
        let next = next_manifest(&changes, &manifest);
        (
            changes.first().map(|file| file.change),
            next.0.get(&path).cloned(),
        )
    }

    #[test]
    fn every_case_has_its_change_and_its_memory() {
        let (a, b) = (hash("a"), hash("b"));
        for (last, draft, there, change, memory) in [
            (None, Some("a"), None, Some(Change::Created), Some(&a)),
            (
                None,
                Some("a"),
                Some("a"),
                Some(Change::Unchanged),
                Some(&a),
            ),
            (None, Some("a"), Some("mine"), Some(Change::Conflict), None),
            (
                Some("a"),
                Some("a"),
                Some("a"),
                Some(Change::Unchanged),
                Some(&a),
            ),
            (
                Some("a"),
                Some("b"),
                Some("a"),
                Some(Change::Updated),
                Some(&b),
            ),
            (
                Some("a"),
                Some("a"),
                Some("mine"),
                Some(Change::Kept),
                Some(&a),
            ),
            (
                Some("a"),
                Some("b"),
                Some("mine"),
                Some(Change::Conflict),
                Some(&a),
            ),
            (
                Some("a"),
                Some("b"),
                Some("b"),
                Some(Change::Unchanged),
                Some(&b),
            ),
            (Some("a"), Some("a"), None, Some(Change::Kept), Some(&a)),
            (Some("a"), Some("b"), None, Some(Change::Conflict), Some(&a)),
            (Some("a"), None, Some("a"), Some(Change::Removed), None),
            (Some("a"), None, Some("mine"), Some(Change::Orphaned), None),
            (Some("a"), None, None, None, None),
        ] {
            let found = of(last, draft, there);
            assert_eq!(
                found,
                (change, memory.cloned()),
                "{last:?} {draft:?} {there:?}"
            );
        }
    }
}
