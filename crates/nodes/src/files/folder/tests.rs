//! The folder under attack and in ordinary use.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use futures::stream;
use tempfile::TempDir;

use super::*;

fn folder() -> (TempDir, FolderOnDisk) {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("allowed");
    fs::create_dir_all(root.join("sub")).unwrap();
    fs::write(root.join("a.txt"), "hello").unwrap();
    fs::write(root.join("sub/b.txt"), "deep").unwrap();
    fs::write(dir.path().join("secret.txt"), "secret").unwrap();
    let files = FolderOnDisk::new(
        root,
        FolderLimits {
            max_file_bytes: 1000,
        },
    );
    (dir, files)
}

async fn read(files: &FolderOnDisk, path: &str) -> Result<String, String> {
    let opened = files.open(path).await.map_err(|error| error.to_string())?;
    let chunks: Vec<Bytes> = opened
        .bytes
        .try_collect()
        .await
        .map_err(|error: io::Error| error.to_string())?;
    Ok(String::from_utf8(chunks.concat()).unwrap())
}

async fn write(
    files: &FolderOnDisk,
    path: &str,
    text: &'static str,
    mode: WriteMode,
) -> Result<(), String> {
    let bytes = stream::iter([Ok(Bytes::from(text))]).boxed();
    let written = files.write(path, bytes, mode).await;
    written.map_err(|error| error.to_string())
}

#[tokio::test]
async fn files_are_read_by_relative_and_absolute_paths() {
    let (dir, files) = folder();
    assert_eq!(read(&files, "a.txt").await.unwrap(), "hello");
    assert_eq!(read(&files, "./sub/../sub/b.txt").await.unwrap(), "deep");
    let absolute = dir.path().join("allowed/sub/b.txt");
    let opened = files.open(absolute.to_str().unwrap()).await.unwrap();
    assert_eq!(opened.name, "b.txt");
    assert_eq!(
        opened.directory,
        dir.path().join("allowed/sub").to_str().unwrap()
    );
}

#[tokio::test]
async fn nothing_leads_out_of_the_folder() {
    let (dir, files) = folder();
    let root = dir.path().join("allowed");
    symlink("../secret.txt", root.join("link.txt")).unwrap();
    symlink("..", root.join("up")).unwrap();
    let outside = dir.path().join("secret.txt");
    for path in [
        "../secret.txt",
        outside.to_str().unwrap(),
        "link.txt",
        "up/secret.txt",
        "sub/../../secret.txt",
        "/proc/self/environ",
    ] {
        assert!(read(&files, path).await.is_err(), "{path} was read");
        let written = write(&files, path, "x", WriteMode::Replace).await;
        assert!(written.is_err(), "{path} was written");
        let written = write(&files, path, "x", WriteMode::Append).await;
        assert!(written.is_err(), "{path} was appended to");
    }
    for pattern in ["up/*", "**/secret.txt", "link.*", "*/secret.txt"] {
        let found = files.find(pattern, Pattern::LiteralBrackets).await.unwrap();
        assert!(found.is_empty(), "{pattern}: {found:?}");
    }
    assert!(files.find("../*", Pattern::LiteralBrackets).await.is_err());
    assert_eq!(fs::read_to_string(outside).unwrap(), "secret");
}

#[tokio::test]
async fn a_link_that_appears_while_a_file_is_written_is_not_followed() {
    let (dir, files) = folder();
    let root = dir.path().join("allowed");
    let target = root.join("new.txt");
    let secret = dir.path().join("secret.txt");
    // The link is made after the path was looked at and before the content is whole.
    let link = move || {
        symlink(&secret, &target).unwrap();
        Ok(Bytes::from("x"))
    };
    let bytes = stream::iter([()]).map(move |()| link()).boxed();
    files
        .write("new.txt", bytes, WriteMode::Replace)
        .await
        .unwrap();
    let secret = fs::read_to_string(dir.path().join("secret.txt")).unwrap();
    assert_eq!(secret, "secret");
    assert_eq!(fs::read_to_string(root.join("new.txt")).unwrap(), "x");
}

#[tokio::test]
async fn only_ordinary_files_are_used() {
    let (dir, files) = folder();
    let root = dir.path().join("allowed");
    let made = std::process::Command::new("mkfifo")
        .arg(root.join("pipe"))
        .status()
        .unwrap();
    assert!(made.success());
    assert!(read(&files, "pipe").await.unwrap_err().contains("ordinary"));
    assert!(read(&files, "sub").await.unwrap_err().contains("folder"));
    for mode in [WriteMode::Replace, WriteMode::Append] {
        assert!(write(&files, "pipe", "x", mode).await.is_err());
        assert!(write(&files, "sub", "x", mode).await.is_err());
    }
    let system = FolderOnDisk::new("/proc".into(), FolderLimits::default());
    let refused = read(&system, "cpuinfo").await.unwrap_err();
    assert!(refused.contains("belongs to the system"), "{refused}");
}

#[tokio::test]
async fn files_are_replaced_whole_and_appended_to() {
    let (dir, files) = folder();
    let root = dir.path().join("allowed");
    fs::set_permissions(root.join("a.txt"), fs::Permissions::from_mode(0o600)).unwrap();
    write(&files, "a.txt", "new", WriteMode::Replace)
        .await
        .unwrap();
    write(&files, "a.txt", "er", WriteMode::AppendToExisting)
        .await
        .unwrap();
    write(&files, "sub/c.txt", "made", WriteMode::Append)
        .await
        .unwrap();
    assert_eq!(read(&files, "a.txt").await.unwrap(), "newer");
    assert_eq!(read(&files, "sub/c.txt").await.unwrap(), "made");
    let mode = fs::metadata(root.join("a.txt"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let missing = write(&files, "no.txt", "x", WriteMode::AppendToExisting).await;
    assert!(missing.unwrap_err().contains("`no.txt` is not there"));
    let missing = write(&files, "no/folder.txt", "x", WriteMode::Replace).await;
    assert!(missing.unwrap_err().contains("is not there"));

    let broken = stream::iter([Ok(Bytes::from("half")), Err(io::Error::other("gone"))]).boxed();
    assert!(
        files
            .write("a.txt", broken, WriteMode::Replace)
            .await
            .is_err()
    );
    assert_eq!(read(&files, "a.txt").await.unwrap(), "newer");
    let left: Vec<_> = fs::read_dir(&root).unwrap().collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[tokio::test]
async fn large_files_are_refused() {
    let (dir, files) = folder();
    fs::write(dir.path().join("allowed/large"), vec![0; 1001]).unwrap();
    assert!(
        read(&files, "large")
            .await
            .unwrap_err()
            .contains("1000 bytes")
    );
    let endless = stream::repeat_with(|| Ok(Bytes::from_static(&[0; 100]))).boxed();
    let written = files.write("endless", endless, WriteMode::Replace).await;
    assert!(written.unwrap_err().to_string().contains("1000 bytes"));
    assert!(!dir.path().join("allowed/endless").exists());
}

#[tokio::test]
async fn patterns_find_files_in_order() {
    let (dir, files) = folder();
    let root = dir.path().join("allowed");
    fs::write(root.join("sub/[a] (1).txt"), "").unwrap();
    let names = |found: Vec<String>| {
        let below = |path: &String| path.rsplit("/allowed/").next().unwrap().to_owned();
        found.iter().map(below).collect::<Vec<_>>()
    };
    for (pattern, syntax, expected) in [
        ("*.txt", Pattern::LiteralBrackets, &["a.txt"][..]),
        (
            "**/*.txt",
            Pattern::LiteralBrackets,
            &["a.txt", "sub/[a] (1).txt", "sub/b.txt"],
        ),
        (
            "sub/[a] (1).txt",
            Pattern::LiteralBrackets,
            &["sub/[a] (1).txt"],
        ),
        ("sub/[ab].txt", Pattern::Brackets, &["sub/b.txt"]),
        (
            "{a,sub/b}.txt",
            Pattern::LiteralBrackets,
            &["a.txt", "sub/b.txt"],
        ),
        ("nothing/*", Pattern::LiteralBrackets, &[]),
        ("a.txt", Pattern::LiteralBrackets, &["a.txt"]),
    ] {
        let found = files.find(pattern, syntax).await.unwrap();
        assert_eq!(names(found), expected, "{pattern}");
    }
    let absolute = root.join("*.txt");
    let found = files
        .find(absolute.to_str().unwrap(), Pattern::LiteralBrackets)
        .await;
    assert_eq!(found.unwrap(), [root.join("a.txt").to_str().unwrap()]);
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_made_by_writing() {
    let dir = tempfile::tempdir().unwrap();
    let files = FolderOnDisk::new(dir.path().join("new"), FolderLimits::default());
    assert!(read(&files, "a").await.unwrap_err().contains("--files"));
    write(&files, "a", "x", WriteMode::Replace).await.unwrap();
    assert_eq!(read(&files, "a").await.unwrap(), "x");
}
