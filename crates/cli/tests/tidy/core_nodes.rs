//! `docs/nodes/core/` is written from the definitions of the core nodes. `ITEMFLOW_UPDATE=1` writes it anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use itemflow_nodes::Catalog;

use crate::{files, root};

const PAGES: &str = "docs/nodes";

#[test]
fn the_pages_of_the_core_nodes_are_what_their_definitions_say() {
    if std::env::var_os("ITEMFLOW_UPDATE").is_some() {
        build(&root().join(PAGES));
    }
    let fresh = tempfile::tempdir().unwrap();
    build(fresh.path());
    let (written, expected) = (pages(&root().join(PAGES)), pages(fresh.path()));
    let stale: Vec<&String> = expected
        .keys()
        .chain(written.keys())
        .filter(|name| expected.get(*name) != written.get(*name))
        .collect();
    assert!(
        stale.is_empty(),
        "{stale:?} in {PAGES}/core are out of date: run `cargo run -p itemflow-cli -- docs build`, \
         or this test with ITEMFLOW_UPDATE=1"
    );
    assert!(expected.len() > 10);
}

#[test]
fn the_workflow_on_every_page_is_sound() {
    let fresh = tempfile::tempdir().unwrap();
    build(fresh.path());
    let folder = tempfile::tempdir().unwrap();
    let mut found = 0;
    for (name, page) in pages(fresh.path()) {
        let Some((_, rest)) = page.split_once("## In a workflow\n\n```yaml\n") else {
            assert_eq!(name, "README.md");
            continue;
        };
        found += 1;
        let workflow = rest.split("```").next().unwrap();
        let file = folder.path().join(name.replace(".md", ".yaml"));
        fs::write(file, workflow).unwrap();
    }
    assert!(found > 10);
    let checked = itemflow()
        .args(["check", "--output", "json"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(
        checked.status.success(),
        "{}",
        String::from_utf8_lossy(&checked.stdout)
    );
}

#[test]
fn pages_of_nodes_that_are_no_more_go_and_other_files_stay() {
    let fresh = tempfile::tempdir().unwrap();
    build(fresh.path());
    let core = fresh.path().join("core");
    let page = fs::read_to_string(core.join("set.md")).unwrap();
    fs::write(core.join("gone.md"), page).unwrap();
    fs::write(core.join("notes.md"), "My own.\n").unwrap();
    build(fresh.path());
    assert!(!core.join("gone.md").exists());
    assert!(core.join("notes.md").exists() && core.join("set.md").exists());
}

#[test]
fn every_core_node_is_in_the_catalog() {
    let catalog = fs::read_to_string(root().join("crates/nodes/src/catalog.rs")).unwrap();
    let mut found = 0;
    for (path, text) in files("crates/nodes/src/core", ".rs") {
        if path.ends_with("tests.rs") {
            continue;
        }
        for rest in text.split("\nimpl NodeType for ").skip(1) {
            let name = rest.split_whitespace().next().unwrap();
            found += 1;
            assert!(
                catalog.contains(&format!("::{name}")),
                "{path}: {name} is not in the catalog"
            );
        }
    }
    assert_eq!(found, Catalog::default().all().count());
}

fn itemflow() -> Command {
    Command::new(env!("CARGO_BIN_EXE_itemflow"))
}

fn build(folder: &Path) {
    let built = itemflow()
        .args(["docs", "build", "--out"])
        .arg(folder)
        .output()
        .unwrap();
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
}

/// The pages in a folder of pages, by file name.
fn pages(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder.join("core")).into_iter().flatten();
    entries
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}
