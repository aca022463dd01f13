//! Every folder of `examples/` is checked, and gives what its workflow expects.

use crate::process::{Folder, repository};

#[test]
fn every_example_is_sound_and_gives_what_it_expects() {
    let examples = repository().join("examples");
    let mut found = 0;
    for entry in std::fs::read_dir(&examples).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        found += 1;
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        for file in ["workflow.yaml", "README.md"] {
            assert!(folder.join(file).is_file(), "examples/{name} has no {file}");
        }
    }
    assert!(found > 0);
    let elsewhere = Folder::new();
    let examples = examples.to_str().unwrap();
    let checked = elsewhere.run(&["check", examples, "--output", "json"]);
    assert_eq!(checked.succeeded().json(), serde_json::json!([]));
    let tested = elsewhere.run(&["test", examples]).succeeded();
    // Workflows that others call expect nothing of their own.
    let summary = format!("\n{found} passed, 0 failed, ");
    assert!(tested.stdout.contains(&summary), "{tested}");
}
