//! The manifest: `.import` in the folder of a service, with the SHA-256 of each draft that was written. It tells drafts
//! that were edited by hand from those that were not.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

/// The name of the file.
pub(crate) const NAME: &str = ".import";

const HEADER: &str = "# SHA-256 of each file as `itemflow import` wrote it. Keep it with the files: by it, edits survive the next import.\n";

/// Hashes of drafts by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Manifest(pub(crate) BTreeMap<String, String>);

impl Manifest {
    /// Reads a manifest. Lines that are none, and paths that lead out of the folder, are passed over.
    pub(crate) fn read(text: &str) -> Self {
        let entries = text.lines().filter_map(|line| {
            let (hash, path) = line.split_once("  ")?;
            let is_hash = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
            (is_hash && is_plain(path)).then(|| (path.to_owned(), hash.to_owned()))
        });
        Self(entries.collect())
    }

    /// The text of the manifest.
    pub(crate) fn text(&self) -> String {
        let lines = self
            .0
            .iter()
            .map(|(path, hash)| format!("{hash}  {path}\n"));
        std::iter::once(HEADER.to_owned()).chain(lines).collect()
    }
}

/// The SHA-256 of a text in hexadecimal digits.
pub(crate) fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a path stays within its folder on every system: one or two plain names.
pub(crate) fn is_plain(path: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty()
            && !name.starts_with('.')
            && !name
                .chars()
                .any(|c| c.is_control() || "\\:*?\"<>|".contains(c))
    };
    path.split('/').count() <= 2 && path.split('/').all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_leads_out() {
        let mut manifest = Manifest::default();
        manifest.0.insert("books/_resource.yaml".into(), hash("a"));
        manifest.0.insert("service.yaml".into(), hash("b"));
        assert_eq!(Manifest::read(&manifest.text()), manifest);
        for path in [
            "../a.yaml",
            "/etc/passwd",
            "a/../b",
            "a/b/c",
            "a//b",
            "C:x",
            "a\\b",
            ".import",
            "",
        ] {
            let text = format!("{}  {path}\n", hash("x"));
            assert_eq!(Manifest::read(&text), Manifest::default(), "{path}");
        }
        assert_eq!(
            hash(""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }
}
