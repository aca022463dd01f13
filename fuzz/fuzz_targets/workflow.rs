//! Any text as a workflow file, JSON or YAML: it is checked, and what is wrong has a place in it.

#![no_main]

use std::sync::LazyLock;

use itemflow_engine::{Start, check, differences};
use itemflow_model::{SourceText, Workflow};
use itemflow_nodes::Catalog;
use libfuzzer_sys::fuzz_target;

static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::embedded);

fuzz_target!(|text: &str| {
    let file = if text.starts_with(['{', '[']) {
        "workflow.json"
    } else {
        "workflow.yaml"
    };
    let source = SourceText::new(file, text);
    let (workflow, mut problems) = Workflow::read_as_far_as_possible(&source);
    if let Some(mut workflow) = workflow {
        problems.extend(check(&mut workflow, &source, &CATALOG, &Start::default()).problems);
        problems.extend(differences(&workflow, &source, &CATALOG));
    }
    for problem in problems {
        if let Some(span) = problem.span {
            assert!(source.text.get(span.start..span.end).is_some(), "{problem:?}");
        }
        let _ = problem.render(Some(&source.text), false);
    }
});
