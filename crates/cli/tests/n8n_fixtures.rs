//! Runs workflows exported from n8n and compares every node's items with what n8n gave, each through `itemflow test`.
//!
//! `ITEMFLOW_N8N_FIXTURES` names a folder: with the workflows in `n8n-workflows/` and cases of the engine, `engine_*.json`,
//! beside it; or that subfolder itself. Without the variable nothing is run, and the test says so.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "n8n_fixtures/cases.rs"]
mod cases;
#[path = "n8n_fixtures/child.rs"]
mod child;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Cases that cannot pass, and why. The file's name is enough for a workflow, the whole name for a case of the engine.
const CANNOT_PASS: &[(&str, &str)] = &[];

/// How one case went.
enum Verdict {
    Passed,
    /// It uses something that is not there, or that a test must not reach.
    Skipped(String),
    Failed(String),
}

/// How all of them went.
#[derive(Default)]
struct Tally {
    report: String,
    passed: usize,
    skipped: usize,
    failed: usize,
}

#[test]
fn n8n_fixtures() {
    let Some(folder) = std::env::var_os("ITEMFLOW_N8N_FIXTURES").map(PathBuf::from) else {
        println!("ITEMFLOW_N8N_FIXTURES is not set: no recorded n8n workflows were run");
        return;
    };
    let inner = folder.join("n8n-workflows");
    let (workflows, beside) = if inner.is_dir() {
        (inner, folder)
    } else {
        let beside = folder.parent().unwrap_or(&folder).to_owned();
        (folder, beside)
    };
    let mut tally = Tally::default();
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("workflow.json");
    for path in json_files(&workflows, true) {
        let name = name_of(&path, &workflows);
        if name.starts_with("engine_") || name.starts_with("expression_") {
            continue;
        }
        let case = read(&path).map_or(cases::Case::Skip("it is not JSON"), |value| {
            cases::recorded(&value)
        });
        tally.tell(&name, || match case {
            cases::Case::Run(workflow) => told(&child::test(&file, &workflow), None),
            cases::Case::Skip(why) => Verdict::Skipped(why.to_owned()),
        });
    }
    let mut engine = json_files(&workflows, false);
    engine.extend(json_files(&beside, false));
    for path in engine {
        let file_name = path.file_name().unwrap_or_default().to_string_lossy();
        if !file_name.starts_with("engine_") {
            continue;
        }
        let all = read(&path).unwrap_or_default();
        for case in all.as_array().into_iter().flatten() {
            let description = case["description"].as_str().unwrap_or_default();
            let name = format!("{file_name}: {description}");
            let workflow = cases::engine(case, file_name.contains("legacy"));
            let order = &case["output"]["nodeExecutionOrder"];
            tally.tell(&name, || told(&child::test(&file, &workflow), Some(order)));
        }
    }
    let Tally {
        report,
        passed,
        skipped,
        failed,
    } = tally;
    println!(
        "{report}n8n fixtures: {} run, {passed} passed, {failed} failed, {skipped} skipped",
        passed + failed
    );
    assert_eq!(failed, 0, "{report}");
    assert!(
        passed > 0,
        "a folder is named, but no case in it could be run"
    );
}

impl Tally {
    fn tell(&mut self, name: &str, run: impl FnOnce() -> Verdict) {
        let known = CANNOT_PASS.iter().find(|(known, _)| *known == name);
        let verdict = match known {
            Some((_, why)) => Verdict::Skipped((*why).to_owned()),
            None => run(),
        };
        let line = match &verdict {
            Verdict::Passed => {
                self.passed += 1;
                return;
            }
            Verdict::Skipped(why) => {
                self.skipped += 1;
                format!("skipped {name}: {why}")
            }
            Verdict::Failed(why) => {
                self.failed += 1;
                format!("FAILED {name}: {why}")
            }
        };
        writeln!(self.report, "{line}").unwrap();
    }
}

/// What an entry of `itemflow test --output json` says of a case, or why there is none.
fn told(ran: &Result<Value, String>, order: Option<&Value>) -> Verdict {
    let entry = match ran {
        Ok(entry) => entry,
        Err(why) => return Verdict::Failed(why.clone()),
    };
    if let Some(why) = cases::not_there(entry) {
        return Verdict::Skipped(why);
    }
    match entry["result"].as_str() {
        Some("withoutExpectations") => Verdict::Skipped("it expects nothing".into()),
        Some("passed") => match order.filter(|order| **order != entry["order"]) {
            Some(order) => {
                Verdict::Failed(format!("order: expected {order}, got {}", entry["order"]))
            }
            None => Verdict::Passed,
        },
        _ => Verdict::Failed(first_fault(entry)),
    }
}

/// The first thing that went wrong, in a line.
fn first_fault(entry: &Value) -> String {
    let differs = |check: &&Value| check["differences"].get(0).is_some();
    let check = entry["checks"]
        .as_array()
        .into_iter()
        .flatten()
        .find(differs);
    if !entry["error"].is_null() {
        return format!("{}", entry["error"]);
    }
    match check {
        Some(check) => format!("{}: {}", check["node"], check["differences"][0]),
        None => format!("{}", entry["problems"]),
    }
}

/// The JSON files of a folder, sorted; those of its subfolders too if `deep`.
fn json_files(folder: &Path, deep: bool) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && deep {
            files.extend(json_files(&path, deep));
        } else if !is_folder && path.extension().is_some_and(|e| e == "json") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn read(file: &Path) -> Option<Value> {
    serde_json::from_str(&std::fs::read_to_string(file).ok()?).ok()
}

fn name_of(file: &Path, folder: &Path) -> String {
    let name = file.strip_prefix(folder).unwrap_or(file);
    name.to_string_lossy().into_owned()
}
