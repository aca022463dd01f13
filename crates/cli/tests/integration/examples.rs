//! Every folder of `examples/` is checked and run against stand-ins, and gives what its `expected.json` says.

use crate::process::{Folder, repository};

#[test]
fn every_example_gives_what_it_says() {
    let mut found = 0;
    for entry in std::fs::read_dir(repository().join("examples")).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        found += 1;
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        for file in ["workflow.yaml", "README.md", "expected.json"] {
            assert!(folder.join(file).is_file(), "examples/{name} has no {file}");
        }
        let workflow = folder.join("workflow.yaml");
        let workflow = workflow.to_str().unwrap();
        let input = folder.join("input.json");
        let elsewhere = Folder::new();
        let checked = elsewhere
            .run(&["check", workflow, "--output", "json"])
            .succeeded();
        assert_eq!(checked.json(), serde_json::json!([]), "examples/{name}");
        let mut arguments = vec!["run", workflow, "--mock", "--output", "json"];
        if input.is_file() {
            arguments.extend(["--input", input.to_str().unwrap()]);
        }
        let ran = elsewhere.run(&arguments).succeeded();
        let expected = std::fs::read_to_string(folder.join("expected.json")).unwrap();
        let expected: serde_json::Value = serde_json::from_str(&expected).unwrap();
        assert_eq!(
            ran.json(),
            expected,
            "examples/{name} gives:\n{}",
            ran.stdout
        );
    }
    assert!(found > 0);
}
