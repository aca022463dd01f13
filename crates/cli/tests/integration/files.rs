//! Files on disk: what a workflow may read and write, and how it is told.

use serde_json::json;

use crate::process::Folder;

/// Reads what a pattern means, copies it and packs it.
const COPY: &str = r#"name: Copy
nodes:
  - { name: Start, type: manualTrigger }
  - { name: Read, type: readWriteFile, parameters: { fileSelector: "=in/{{ $json.pattern }}" } }
  - { name: Pack, type: compression, typeVersion: 1.1, parameters: { operation: compress, fileName: all.zip } }
  - { name: Write, type: readWriteFile, parameters: { operation: write, fileName: all.zip } }
  - { name: Again, type: readWriteFile, parameters: { fileSelector: all.zip } }
  - { name: Unpack, type: compression }
  - { name: Rows, type: extractFromFile, parameters: { binaryPropertyName: file_0 } }
connections:
  - Start -> Read -> Pack -> Write -> Again -> Unpack -> Rows
"#;

/// Reads one file.
const READ: &str = r#"name: Read
nodes:
  - { name: Start, type: manualTrigger }
  - { name: Read, type: readBinaryFile, parameters: { filePath: "={{ $json.path }}" } }
  - { name: Text, type: extractFromFile, parameters: { operation: text } }
connections:
  - Start -> Read -> Text
"#;

#[test]
fn a_file_goes_from_disk_to_items_and_back() {
    let folder = Folder::with_workflow(COPY);
    std::fs::create_dir_all(folder.path("data/in")).unwrap();
    std::fs::write(folder.path("data/in/a.csv"), "id,name\n1,Ann\n").unwrap();
    let ran = folder
        .run(&[
            "run",
            "workflow.yaml",
            "--input",
            r#"{"pattern":"*.csv"}"#,
            "--files",
            "data",
            "--output",
            "json",
        ])
        .succeeded();
    assert_eq!(ran.items(), [json!({ "id": "1", "name": "Ann" })]);
    assert!(folder.path("data/all.zip").exists());
}

#[test]
fn only_the_folder_that_is_named_is_used() {
    let folder = Folder::with_workflow(READ).with("secret.txt", "secret");
    std::fs::create_dir(folder.path("data")).unwrap();
    std::fs::write(folder.path("data/a.txt"), "hello").unwrap();
    let run = |path: &str| {
        let input = json!({ "path": path }).to_string();
        folder
            .itemflow(&[
                "run",
                "workflow.yaml",
                "--input",
                &input,
                "--output",
                "json",
            ])
            .env("ITEMFLOW_FILES", folder.path("data"))
    };
    assert_eq!(
        run("a.txt").run().succeeded().items(),
        [json!({ "data": "hello" })]
    );
    let absolute = folder.path("data/a.txt");
    run(absolute.to_str().unwrap()).run().succeeded();
    let secret = folder.path("secret.txt");
    for path in [secret.to_str().unwrap(), "../secret.txt", "/etc/hostname"] {
        run(path)
            .run()
            .ended(1)
            .tells(&["outside the folder that nodes may use", "--files"]);
    }
    // Without a name it is one in the user's own folder.
    folder
        .itemflow(&["run", "workflow.yaml", "--input", r#"{"path":"a.txt"}"#])
        .env("HOME", folder.path("home"))
        .run()
        .ended(1)
        .tells(&[".itemflow-files", "is not there"]);
}
