//! Each document of `tests/documents/` and what comes of it: its files and what was lost, as a snapshot.

use std::fmt::Write;

use super::import;

#[test]
fn documents_become_these_files() {
    insta::with_settings!({ snapshot_path => "../documents", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::glob!("../documents", "*.{yaml,json}", |path| {
            let text = std::fs::read_to_string(path).unwrap();
            let file = path.file_name().unwrap().to_str().unwrap();
            let imported = import(&text, file);
            let mut out = String::new();
            for (path, text) in &imported.files {
                writeln!(out, "=== {path}\n{text}").unwrap();
            }
            writeln!(out, "=== losses of {} actions in {} resources", imported.actions, imported.resources).unwrap();
            for loss in &imported.losses {
                let (line, column) = loss.place.unwrap();
                writeln!(out, "{line}:{column} {} {}: {}", loss.kind, loss.what, loss.why).unwrap();
            }
            insta::assert_snapshot!(out);
        });
    });
}

#[test]
fn places_are_where_the_fault_is() {
    let text = "swagger: '2.0'\npaths:\n  /a:\n    get:\n      parameters:\n        - { name: x, in: space }\n      responses: {}\n";
    let losses = import(text, "a.yaml").losses;
    let loss = losses.iter().find(|loss| loss.what == "parameter").unwrap();
    assert_eq!(
        (loss.pointer.as_str(), loss.place),
        ("/paths/~1a/get/parameters/0", Some((6, 11)))
    );
}

#[test]
fn what_is_no_document_is_refused() {
    use itemflow_import::openapi::{ReadError, read};
    assert!(matches!(read("a: [", "a.yaml"), Err(ReadError::Syntax(_))));
    assert!(matches!(
        read("{\"a\": 1}", "a.json"),
        Err(ReadError::Foreign)
    ));
    assert!(matches!(read("[]", "a.json"), Err(ReadError::Foreign)));
    assert!(matches!(read("", "a.yaml"), Err(ReadError::Foreign)));
    let large = " ".repeat(itemflow_import::MAX_SOURCE_BYTES + 1);
    assert!(matches!(read(&large, "a.yaml"), Err(ReadError::TooLarge)));
}

#[test]
fn servers_may_be_relative_to_the_document() {
    use itemflow_import::openapi::{Options, read};
    let text =
        "{\"openapi\":\"3.1.0\",\"servers\":[{\"url\":\"/api\"}],\"paths\":{\"/a\":{\"get\":{}}}}";
    let options = Options {
        service: "shop".into(),
        address: Some("https://shop.example/docs/openapi.json".into()),
    };
    let imported = read(text, "a.json").unwrap().import(&options, &mut |_| {});
    let (_, service) = &imported.files[0];
    assert!(
        service.contains("baseUrl: \"https://shop.example/api\""),
        "{service}"
    );
}
