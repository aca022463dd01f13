//! Rules of the repository: who imports whom, how long a file may be, and that the documents name only what exists.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "tidy/core_nodes.rs"]
mod core_nodes;
#[path = "tidy/pages.rs"]
mod pages;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The crates and what each may import of ours, from the bottom up.
const ARROWS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("expression", &["model"]),
    ("declarative", &["model", "expression"]),
    ("script", &["model", "expression"]),
    ("nodes", &["model", "expression", "declarative", "script"]),
    (
        "engine",
        &["model", "expression", "declarative", "script", "nodes"],
    ),
    ("import", &["model"]),
    ("mock", &["model"]),
    (
        "cli",
        &[
            "model",
            "expression",
            "declarative",
            "script",
            "nodes",
            "engine",
            "import",
            "mock",
        ],
    ),
];

/// Crates that neither wait nor do I/O, and what they must not depend on.
const PURE: &[&str] = &["model", "expression"];
const IMPURE: &[&str] = &["tokio", "reqwest", "axum", "hyper"];

/// Names that say nothing of what a file is for.
const EMPTY_NAMES: &[&str] = &["utils", "util", "common", "helpers", "helper", "manager"];

/// The files that a newcomer opens to follow one item through one run.
const WALK: &[&str] = &[
    "examples/new-conversation/workflow.yaml",
    "crates/engine/src/execution.rs",
    "crates/nodes/src/declarative.rs",
    "node-definitions/konverte-digital/conversations/new-conversation.yaml",
    "crates/declarative/src/request.rs",
];

/// Folders of a developer's own machine, taken apart so that this file does not name them itself.
const WORKPLACES: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/tm", "p/wt"),
    concat!("/ro", "ot/"),
];

/// Longest file that is written by hand.
const MAX_LINES: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// The files under a folder whose names end so, as paths from the root; folders that are built or hidden are left out.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let root = root();
    let mut found = Vec::new();
    let mut pending = vec![root.join(folder)];
    while let Some(at) = pending.pop() {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() {
                if name != "target" && !name.starts_with('.') {
                    pending.push(path);
                }
            } else if name.ends_with(ending) {
                let shown = path.strip_prefix(&root).unwrap().to_str().unwrap();
                found.push((shown.to_owned(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The names of the dependencies that every build of a crate has; those of its tests do not count.
fn dependencies(manifest: &str) -> Vec<&str> {
    let after = manifest
        .split_once("\n[dependencies]\n")
        .map_or("", |(_, after)| after);
    let table = after.split("\n[").next().unwrap_or_default();
    table
        .lines()
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| !name.is_empty() && !name.starts_with('#'))
        .collect()
}

#[test]
fn crates_import_along_the_arrows_only() {
    let manifests = files("crates", "Cargo.toml");
    assert_eq!(
        manifests.len(),
        ARROWS.len(),
        "a crate is missing in ARROWS"
    );
    for (name, allowed) in ARROWS {
        let path = format!("crates/{name}/Cargo.toml");
        let (_, manifest) = manifests.iter().find(|(at, _)| *at == path).unwrap();
        let dependencies = dependencies(manifest);
        assert!(!dependencies.is_empty(), "{path} has no dependencies");
        for dependency in &dependencies {
            if let Some(ours) = dependency.strip_prefix("itemflow-") {
                assert!(allowed.contains(&ours), "{name} must not import {ours}");
            }
            let is_impure = PURE.contains(name) && IMPURE.contains(dependency);
            assert!(!is_impure, "{name} must not depend on {dependency}");
        }
    }
}

#[test]
fn files_are_short_and_say_what_they_are_for() {
    let mut faults = Vec::new();
    for (path, text) in files("crates", ".rs") {
        let lines = text.lines().count();
        if lines > MAX_LINES {
            faults.push(format!("{path} has {lines} lines; split it"));
        }
        if !text.starts_with("//! ") {
            faults.push(format!(
                "{path} does not begin with a `//!` line that says what it is for"
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn names_of_files_say_what_they_are_for() {
    for (path, _) in files("crates", ".rs") {
        let empty = path
            .split(['/', '.'])
            .find(|part| EMPTY_NAMES.contains(part));
        assert_eq!(empty, None, "{path}");
    }
}

#[test]
fn the_walk_through_one_run_exists_and_is_described() {
    let architecture = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    for file in WALK {
        assert!(root().join(file).is_file(), "{file} is gone");
        let folder_and_name = file.rsplitn(3, '/').collect::<Vec<_>>();
        let name = folder_and_name[0];
        assert!(
            architecture.contains(name),
            "docs/architecture.md does not name {file}"
        );
    }
}

#[test]
fn versions_of_dependencies_stand_in_one_place() {
    for (path, manifest) in files("crates", "Cargo.toml") {
        for line in manifest.lines() {
            let is_version = line.contains("version =") || line.contains("= \"");
            let own = ["name", "path", "default-run", "harness"]
                .iter()
                .any(|key| line.starts_with(key));
            assert!(
                own || !is_version,
                "{path}: `{line}` belongs to the workspace's Cargo.toml"
            );
        }
    }
}

#[test]
fn no_file_names_a_folder_of_somebodys_machine() {
    let folders = ["crates", "docs", "examples", "node-definitions"];
    let mut read = 0;
    for (path, text) in folders.iter().flat_map(|folder| files(folder, "")) {
        read += 1;
        for workplace in WORKPLACES {
            assert!(!text.contains(workplace), "{path} names {workplace}");
        }
    }
    assert!(read > 100);
}

#[test]
fn documents_name_only_tests_that_exist() {
    let code: String = files("crates", ".rs")
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    for path in ["docs/architecture.md", "docs/n8n-differences.md"] {
        let text = fs::read_to_string(root().join(path)).unwrap();
        let names: BTreeSet<&str> = text
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|name| name.matches('_').count() >= 2)
            .filter(|name| {
                name.chars()
                    .all(|c| c == '_' || c.is_ascii_lowercase() || c.is_ascii_digit())
            })
            .collect();
        assert!(names.len() > 10, "{path} names hardly any test");
        for name in names {
            assert!(
                code.contains(&format!("fn {name}(")),
                "{path} names `{name}`, which no test is called"
            );
        }
    }
}

#[test]
fn links_of_documents_lead_somewhere() {
    let documents: Vec<(String, String)> = files("docs", ".md")
        .into_iter()
        .chain(files("examples", ".md"))
        .chain([(
            "README.md".to_owned(),
            fs::read_to_string(root().join("README.md")).unwrap(),
        )])
        .collect();
    let mut links = 0;
    for (path, text) in &documents {
        let folder = root().join(path).parent().unwrap().to_owned();
        for link in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let file = link.split('#').next().unwrap_or_default();
            if file.is_empty() || link.contains("://") {
                continue;
            }
            links += 1;
            assert!(
                folder.join(file).exists(),
                "{path} links to {link}, which does not exist"
            );
        }
    }
    assert!(links > 5, "hardly any link was found");
}
