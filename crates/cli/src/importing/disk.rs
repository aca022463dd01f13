//! The folder of a service on the disk: read and written file by file, never outside of it.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::changes::{Change, FileChange};
use super::manifest::{self, Manifest, is_plain};

/// A folder that an import writes into.
pub(crate) struct Folder {
    root: PathBuf,
}

impl Folder {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.root
    }

    /// The manifest of the last import; `None` where there was none.
    pub(crate) fn manifest(&self) -> Option<Manifest> {
        let text = std::fs::read_to_string(self.root.join(manifest::NAME)).ok()?;
        Some(Manifest::read(&text))
    }

    /// Whether there is a service that no import wrote.
    pub(crate) fn is_foreign(&self) -> bool {
        let has_service = ["yaml", "yml", "json"]
            .iter()
            .any(|extension| self.root.join("service").with_extension(extension).exists());
        has_service && self.manifest().is_none()
    }

    /// The text of a file, if there is one. What is no text is shown as far as it is.
    pub(crate) fn read(&self, path: &str) -> Option<String> {
        let bytes = std::fs::read(self.root.join(path)).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Makes the changes, and the manifest last: an import that is cut off is simply done again.
    pub(crate) fn apply(&self, changes: &[FileChange], next: &Manifest) -> anyhow::Result<()> {
        for file in changes {
            match (file.change, &file.draft) {
                (Change::Created | Change::Updated | Change::Replaced, Some(draft)) => {
                    self.write(&file.path, draft)?;
                }
                (Change::Removed, _) => self.remove(&file.path)?,
                _ => {}
            }
        }
        self.replace(&self.root, manifest::NAME, &next.text())
    }

    fn write(&self, path: &str, text: &str) -> anyhow::Result<()> {
        let (folder, name) = self.place(path)?;
        self.replace(&folder, name, text)
    }

    fn remove(&self, path: &str) -> anyhow::Result<()> {
        let (folder, name) = self.place(path)?;
        let at = folder.join(name);
        std::fs::remove_file(&at).with_context(|| format!("{} cannot be removed", at.display()))?;
        if folder != self.root {
            // Fails where something else is in it, which then stays.
            let _ = std::fs::remove_dir(&folder);
        }
        Ok(())
    }

    /// The folder and name of a file of the service. A folder that is a link could lead anywhere, so it is refused.
    fn place<'p>(&self, path: &'p str) -> anyhow::Result<(PathBuf, &'p str)> {
        if !is_plain(path) {
            bail!("{path:?} is no path within the folder of a service");
        }
        let (folder, name) = match path.split_once('/') {
            Some((folder, name)) => (self.root.join(folder), name),
            None => (self.root.clone(), path),
        };
        let is_link = std::fs::symlink_metadata(&folder).is_ok_and(|found| found.is_symlink());
        if is_link && folder != self.root {
            bail!(
                "{} is a link; nothing is written through it",
                folder.display()
            );
        }
        Ok((folder, name))
    }

    /// Writes a file beside its place and moves it there, so that nobody ever sees half of it.
    fn replace(&self, folder: &Path, name: &str, text: &str) -> anyhow::Result<()> {
        let at = folder.join(name);
        let write = || -> std::io::Result<()> {
            std::fs::create_dir_all(folder)?;
            let mut builder = tempfile::Builder::new();
            builder.prefix(".import-").suffix(".new");
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                // As the user's mask would have it: these files are for others as well.
                builder.permissions(std::fs::Permissions::from_mode(0o666));
            }
            let mut file = builder.tempfile_in(folder)?;
            file.write_all(text.as_bytes())?;
            file.persist(&at)?;
            Ok(())
        };
        write().with_context(|| format!("{} cannot be written", at.display()))
    }
}
