//! `Place`: a path that a workflow names, as parts below the allowed folder. Decided by the text alone: below the folder
//! no symbolic link is ever followed, so the text says where a path leads.

use std::io;
use std::path::{Component, Path, PathBuf};

/// No file system takes longer paths.
const MAX_LENGTH: usize = 4096;

/// The folder's own path, in every form in which workflows may write it.
#[derive(Clone, Debug)]
pub(super) struct Root {
    /// As it was configured, made absolute.
    given: PathBuf,
    /// With its own links resolved.
    real: PathBuf,
}

impl Root {
    pub(super) fn new(given: PathBuf, real: PathBuf) -> Self {
        Self { given, real }
    }

    /// The parts of a path below the folder. A relative path starts at the folder; an absolute one must lead into it.
    ///
    /// # Errors
    /// When it leads out of the folder, or is no path at all.
    pub(super) fn place(&self, path: &str) -> io::Result<Vec<String>> {
        let refuse = |text: String| io::Error::new(io::ErrorKind::InvalidInput, text);
        if path.trim().is_empty() {
            return Err(refuse("the path is empty".into()));
        }
        if path.contains('\0') || path.len() > MAX_LENGTH {
            return Err(refuse("this is no path of a file".into()));
        }
        let outside = || {
            let message = format!(
                "`{path}` is outside the folder that nodes may use, `{}`: put the file there, or name another folder with \
                 `--files DIR`",
                self.given.display()
            );
            io::Error::new(io::ErrorKind::PermissionDenied, message)
        };
        let mut parts: Vec<String> = Vec::new();
        let path = Path::new(path);
        let below = if path.is_absolute() {
            let found = [&self.given, &self.real]
                .into_iter()
                .find_map(|root| path.strip_prefix(root).ok());
            found.ok_or_else(outside)?
        } else {
            path
        };
        for part in below.components() {
            match part {
                Component::CurDir => {}
                Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
                Component::ParentDir => {
                    parts.pop().ok_or_else(outside)?;
                }
                Component::RootDir | Component::Prefix(_) => return Err(outside()),
            }
        }
        Ok(parts)
    }

    /// The path of these parts, as results show it.
    pub(super) fn path(&self, parts: &[impl AsRef<Path>]) -> String {
        let mut path = self.given.clone();
        path.extend(parts.iter().map(AsRef::as_ref));
        path.to_string_lossy().into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_in_the_folder_or_is_refused() {
        let root = Root::new("/data/link".into(), "/data/real".into());
        for (path, expected) in [
            ("a.txt", Some("a.txt")),
            ("./a//b/../c.txt", Some("a/c.txt")),
            ("/data/link/a.txt", Some("a.txt")),
            ("/data/real/a.txt", Some("a.txt")),
            ("/data/link/../link/a.txt", None),
            ("/data/link2/a.txt", None),
            ("../link/a.txt", None),
            ("a/../../b", None),
            ("/etc/passwd", None),
            ("/", None),
            ("..", None),
            ("", None),
            ("a\0b", None),
            ("~/x", Some("~/x")),
        ] {
            let actual = root.place(path).ok().map(|parts| parts.join("/"));
            assert_eq!(actual.as_deref(), expected, "{path:?}");
        }
        let refused = root.place("/etc/passwd").unwrap_err().to_string();
        assert!(refused.contains("/data/link") && refused.contains("--files"));
    }
}
