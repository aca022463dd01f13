//! Packing files into archives and unpacking them, within limits: what is unpacked is counted, not believed.

use std::io::{Cursor, Read, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use zip::ZipArchive;
use zip::write::{SimpleFileOptions, ZipWriter};

/// Bytes that all files unpacked for one item may have together.
pub(super) const MAX_UNPACKED: u64 = 512 << 20;
/// Files of one archive.
const MAX_FILES: usize = 10_000;

/// A file in an archive.
#[derive(Debug, PartialEq)]
pub(super) struct Member {
    /// Name without a folder.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// Packs one file with gzip.
pub(super) fn gzip(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let packed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    packed.map_err(|error| format!("the file cannot be packed: {error}"))
}

/// Packs files into a zip archive; one of the name of another gets a number.
pub(super) fn zip(files: &[(String, Bytes)]) -> Result<Vec<u8>, String> {
    let mut names = std::collections::HashSet::new();
    let mut pack = || -> zip::result::ZipResult<Vec<u8>> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            let options =
                SimpleFileOptions::default().large_file(bytes.len() as u64 > u64::from(u32::MAX));
            archive.start_file(unused(&mut names, name), options)?;
            archive.write_all(bytes)?;
        }
        Ok(archive.finish()?.into_inner())
    };
    pack().map_err(|error| format!("the files cannot be packed: {error}"))
}

fn unused(names: &mut std::collections::HashSet<String>, name: &str) -> String {
    let mut found = name.to_owned();
    let mut count = 1;
    while !names.insert(found.clone()) {
        count += 1;
        found = match name.rsplit_once('.') {
            Some((stem, extension)) => format!("{stem} ({count}).{extension}"),
            None => format!("{name} ({count})"),
        };
    }
    found
}

/// Unpacks one file with gzip.
pub(super) fn gunzip(bytes: &[u8], left: &mut u64) -> Result<Vec<u8>, String> {
    read(MultiGzDecoder::new(bytes), left)
}

/// Unpacks the files of a zip archive, folders and what belongs to macOS alone left out.
pub(super) fn unzip(bytes: &[u8], left: &mut u64) -> Result<Vec<Member>, String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes))
        .map_err(|error| format!("this is no zip archive: {error}"))?;
    if archive.len() > MAX_FILES {
        return Err(format!("the archive has more than {MAX_FILES} files"));
    }
    let mut members = Vec::new();
    for index in 0..archive.len() {
        let file = archive
            .by_index(index)
            .map_err(|error| format!("file {index} of the archive cannot be read: {error}"))?;
        let path = file.enclosed_name().ok_or_else(|| {
            format!("file {index} of the archive has a name that leads out of it")
        })?;
        let path = path.to_string_lossy().into_owned();
        if file.is_dir() || path.contains("__MACOSX") {
            continue;
        }
        let name = path.rsplit(['/', '\\']).next().unwrap_or(&path).to_owned();
        let bytes = read(file, left)?;
        members.push(Member { name, bytes });
    }
    Ok(members)
}

fn read(packed: impl Read, left: &mut u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    packed
        .take(*left + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("the archive cannot be unpacked: {error}"))?;
    *left = left
        .checked_sub(bytes.len() as u64)
        .ok_or_else(|| format!("the archive unpacks to more than {MAX_UNPACKED} bytes"))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(names: &[&str]) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for name in names {
            archive
                .start_file(*name, SimpleFileOptions::default())
                .unwrap();
            archive.write_all(name.as_bytes()).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        let files = [("a.txt", "x"), ("a.txt", "y"), ("b", "z")];
        let files = files.map(|(name, text)| (name.to_owned(), Bytes::from(text)));
        let unpacked = unzip(&zip(&files).unwrap(), &mut 100).unwrap();
        let shown: Vec<(&str, &[u8])> = unpacked
            .iter()
            .map(|file| (file.name.as_str(), file.bytes.as_slice()))
            .collect();
        assert_eq!(
            shown,
            [("a.txt", &b"x"[..]), ("a (2).txt", b"y"), ("b", b"z")]
        );
        assert_eq!(gunzip(&gzip(b"hello").unwrap(), &mut 5).unwrap(), b"hello");
        let two = [gzip(b"a").unwrap(), gzip(b"b").unwrap()].concat();
        assert_eq!(gunzip(&two, &mut 5).unwrap(), b"ab");
    }

    #[test]
    fn names_that_lead_out_are_refused() {
        for name in ["../a", "a/../../b", "/etc/passwd"] {
            let unpacked = unzip(&archive(&[name]), &mut 100);
            let is_kept_inside = unpacked
                .as_ref()
                .is_ok_and(|files| files.iter().all(|file| !file.name.contains(['/', '.'])));
            assert!(unpacked.is_err() || is_kept_inside, "{name}: {unpacked:?}");
        }
        assert!(
            unzip(&archive(&["../a"]), &mut 100)
                .unwrap_err()
                .contains("leads out")
        );
        let inner = unzip(
            &archive(&["folder/", "folder/a.txt", "__MACOSX/._a.txt"]),
            &mut 100,
        )
        .unwrap();
        assert_eq!(inner.len(), 1);
        assert_eq!(inner[0].name, "a.txt");
    }

    #[test]
    fn bombs_are_stopped() {
        let zeros = Bytes::from(vec![0; 1 << 20]);
        let packed = gzip(&zeros).unwrap();
        assert!(packed.len() < 5000);
        assert!(gunzip(&packed, &mut (1 << 20)).is_ok());
        assert!(
            gunzip(&packed, &mut ((1 << 20) - 1))
                .unwrap_err()
                .contains("more than")
        );
        // Each file is small enough, all of them are not.
        let files = ["a", "b", "c"].map(|name| (name.to_owned(), zeros.clone()));
        let packed = zip(&files).unwrap();
        assert!(unzip(&packed, &mut (3 << 20)).is_ok());
        assert!(unzip(&packed, &mut (2 << 20)).is_err());
        let many: Vec<String> = (0..=MAX_FILES).map(|n| n.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(
            unzip(&archive(&many), &mut (1 << 20))
                .unwrap_err()
                .contains("10000 files")
        );
    }

    #[test]
    fn any_bytes_are_unpacked_or_refused() {
        let whole = [
            archive(&["a.txt", "b.txt"]),
            gzip(b"hello, hello, hello").unwrap(),
        ];
        let mut seed = 3_u32;
        let mut chance = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as usize
        };
        for round in 0..2000 {
            let mut bytes = whole[round % 2].clone();
            for _ in 0..1 + round % 5 {
                let at = chance() % bytes.len();
                bytes[at] = chance() as u8;
            }
            if round % 3 == 0 {
                bytes.truncate(chance() % bytes.len());
            }
            let _ = unzip(&bytes, &mut 1000);
            let _ = gunzip(&bytes, &mut 1000);
        }
    }
}
