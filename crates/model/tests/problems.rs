//! Every kind of problem as people see it: each file under `tests/problems/<kind>/` is read, and what is rendered must
//! be the text beside it. `ITEMFLOW_UPDATE=1` writes the texts anew.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};

use itemflow_model::definition::{
    ActionFile, CredentialDefinition, ResourceFile, ServiceFile, read_file,
};
use itemflow_model::schema::FileKind;
use itemflow_model::{Problem, SourceText, Workflow};
use serde::de::DeserializeOwned;

#[test]
fn workflows() {
    each("workflow", |source| match Workflow::read(source) {
        Ok((mut workflow, mut problems)) => {
            problems.extend(workflow.resolve_ports(source, &|_, _, _| None));
            problems
        }
        Err(problems) => problems,
    });
}

#[test]
fn actions() {
    each("action", problems_of::<ActionFile>(FileKind::Action));
}

#[test]
fn resources() {
    each("resource", problems_of::<ResourceFile>(FileKind::Resource));
}

#[test]
fn services() {
    each("service", problems_of::<ServiceFile>(FileKind::Service));
}

#[test]
fn credentials() {
    each(
        "credential",
        problems_of::<CredentialDefinition>(FileKind::Credential),
    );
}

fn problems_of<T: DeserializeOwned>(kind: FileKind) -> impl Fn(&SourceText) -> Vec<Problem> {
    move |source| read_file::<T>(kind, source).err().unwrap_or_default()
}

fn each(kind: &str, problems_of: impl Fn(&SourceText) -> Vec<Problem>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/problems")
        .join(kind);
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e != "txt"))
        .collect();
    paths.sort();
    assert!(!paths.is_empty());
    let mut failures = Vec::new();
    for path in paths {
        let file = path.file_name().unwrap().to_str().unwrap();
        let source = SourceText::new(file, fs::read_to_string(&path).unwrap());
        let rendered: Vec<String> = problems_of(&source)
            .iter()
            .map(|problem| {
                format!(
                    "[{}] {}",
                    problem.code,
                    problem.render(Some(&source.text), false)
                )
            })
            .collect();
        let rendered = rendered.join("\n");
        assert!(!rendered.is_empty(), "{file} has no problem");
        let beside = path.with_extension("txt");
        if update() {
            fs::write(&beside, &rendered).unwrap();
        } else if fs::read_to_string(&beside).unwrap_or_default() != rendered {
            failures.push(format!("--- {file}\n{rendered}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[expect(
    clippy::disallowed_methods,
    reason = "the switch that rewrites expected files"
)]
fn update() -> bool {
    std::env::var("ITEMFLOW_UPDATE").is_ok()
}
