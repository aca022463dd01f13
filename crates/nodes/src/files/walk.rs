//! Looks through folders for the files a pattern means, one open folder after another, never along a link.

use std::io;

use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, Dir, FileType, statat};

use super::folder::{descend, is_link};
use super::pattern::Globs;

/// Entries of folders that one search looks at.
const MAX_ENTRIES: usize = 200_000;
/// Files that one search finds.
const MAX_FOUND: usize = 20_000;
/// How deep it goes.
const MAX_DEPTH: usize = 64;

/// The paths below `root` of ordinary files that match, in order. The search begins in the folder `start`; a match has at
/// most `max_parts` parts.
pub(super) fn walk(
    root: &OwnedFd,
    start: &[String],
    globs: &Globs,
    max_parts: Option<usize>,
) -> io::Result<Vec<String>> {
    let max_parts = max_parts.unwrap_or(MAX_DEPTH).min(MAX_DEPTH);
    let mut found = Vec::new();
    let mut seen = 0;
    // Folders are named here and opened when their turn comes: there may be more of them than files can be open.
    let mut pending = vec![start.to_vec()];
    while let Some(parts) = pending.pop() {
        let folder = match descend(root, &parts) {
            Ok(folder) => folder,
            Err(error) if is_no_folder(&error) => continue,
            Err(error) => return Err(error),
        };
        let prefix = parts
            .iter()
            .fold(String::new(), |path, part| path + part + "/");
        for entry in Dir::read_from(&folder)? {
            let entry = entry?;
            // A name that is not UTF-8 cannot be written in a workflow.
            let Ok(name) = entry.file_name().to_str() else {
                continue;
            };
            if name == "." || name == ".." {
                continue;
            }
            seen += 1;
            if seen > MAX_ENTRIES {
                return Err(too_much("looks at", MAX_ENTRIES));
            }
            match kind(&folder, entry.file_name(), entry.file_type()) {
                FileType::RegularFile => {
                    let path = format!("{prefix}{name}");
                    if !globs.matches(&path) {
                        continue;
                    }
                    if found.len() == MAX_FOUND {
                        return Err(too_much("finds", MAX_FOUND));
                    }
                    found.push(path);
                }
                FileType::Directory if parts.len() + 1 < max_parts => {
                    let mut inner = parts.clone();
                    inner.push(name.to_owned());
                    pending.push(inner);
                }
                _ => {}
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Whether there is nothing to look into: it is gone, is a link by now, or is closed to us.
fn is_no_folder(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidInput, NotADirectory, NotFound, PermissionDenied};
    is_link(error)
        || matches!(
            error.kind(),
            NotFound | NotADirectory | PermissionDenied | InvalidInput
        )
}

/// The kind of an entry; some file systems do not tell it with the name.
fn kind(folder: &OwnedFd, name: &std::ffi::CStr, told: FileType) -> FileType {
    if told != FileType::Unknown {
        return told;
    }
    statat(folder, name, AtFlags::SYMLINK_NOFOLLOW).map_or(FileType::Unknown, |stat| {
        FileType::from_raw_mode(stat.st_mode)
    })
}

fn too_much(what: &str, limit: usize) -> io::Error {
    io::Error::other(format!(
        "the pattern {what} more than {limit} files: make it narrower"
    ))
}
