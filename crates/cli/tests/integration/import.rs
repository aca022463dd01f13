//! `itemflow import`: documents become services that check and send, importing again keeps edits, and nothing leaves the
//! folder.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::process::{Folder, Ran, repository};
use crate::recorder::{Answer, Recorder};

const SMALL: &str = r#"
openapi: 3.1.0
info: { title: Small }
servers: [{ url: "https://small.example" }]
paths:
  /a/{id}:
    get: { operationId: getA, tags: [A], description: First words, parameters: [{ name: id, in: path, required: true }] }
    put: { operationId: putA, tags: [A], parameters: [{ name: id, in: path, required: true }] }
  /b:
    get: { operationId: getB, tags: [B] }
"#;

fn import(folder: &Folder, from: &str, more: &[&str]) -> Ran {
    let mut arguments = vec![
        "import",
        "openapi",
        from,
        "--service",
        "small",
        "--out",
        "out",
    ];
    arguments.extend(more);
    folder.run(&arguments)
}

fn text(folder: &Folder, path: &str) -> String {
    std::fs::read_to_string(folder.path(path)).unwrap()
}

fn edit(folder: &Folder, path: &str, from: &str, to: &str) {
    let before = text(folder, path);
    let after = before.replace(from, to);
    assert_ne!(before, after);
    std::fs::write(folder.path(path), after).unwrap();
}

/// Nothing is wrong with what was imported: it only lacks what a document cannot say, such as use cases.
#[track_caller]
fn checks(folder: &Folder) {
    let ran = folder
        .run(&["check", "out", "--output", "json"])
        .succeeded();
    for problem in ran.json().as_array().unwrap() {
        assert_eq!(problem["code"], "incomplete-page", "{problem}");
    }
}

#[test]
fn every_document_becomes_a_service_that_checks() {
    let documents = repository().join("crates/import/tests/documents");
    let mut checked = 0;
    for entry in std::fs::read_dir(documents).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "snap") {
            continue;
        }
        let folder = Folder::new();
        let ran = import(&folder, path.to_str().unwrap(), &[]).succeeded();
        let name = path.file_name().unwrap().to_str().unwrap();
        let ran = ran.tells(&["written to out", "skipped", name]);
        assert_eq!(ran.stdout, "");
        checks(&folder);
        checked += 1;
    }
    assert_eq!(checked, 3);
}

#[test]
fn importing_again_keeps_edits_and_follows_the_document() {
    let folder = Folder::new().with("small.yaml", SMALL);
    import(&folder, "small.yaml", &[])
        .succeeded()
        .tells(&["3 actions in 2 resources written to out/small"]);
    let (get, put, b) = (
        "out/small/a/get-a.yaml",
        "out/small/a/put-a.yaml",
        "out/small/b/get-b.yaml",
    );

    // An edit survives the same document, without a word.
    edit(&folder, get, "First words", "My words");
    let ran = import(&folder, "small.yaml", &[]).succeeded();
    assert!(!ran.stderr.contains("note:"), "{ran}");
    assert!(text(&folder, get).contains("My words"));

    // The document changes: what nobody edited follows, what was edited stays and is told.
    let changed = SMALL
        .replace("First words", "Other words")
        .replace("getB", "readB")
        .replace("put:", "patch:");
    std::fs::write(folder.path("small.yaml"), &changed).unwrap();
    for _ in 0..2 {
        let told = "note: a/get-a.yaml was edited by hand and its draft has changed: kept";
        import(&folder, "small.yaml", &[])
            .succeeded()
            .tells(&[told]);
        assert!(text(&folder, get).contains("My words"));
    }
    assert!(text(&folder, put).contains("request: PATCH /a/{id}"));
    assert!(!folder.path(b).exists());
    assert!(folder.path("out/small/b/read-b.yaml").exists());
    folder.run(&["check", "out"]).succeeded();

    // A file that the document has no more stays if it was edited.
    edit(
        &folder,
        "out/small/b/read-b.yaml",
        "Read B",
        "Read B as I like it",
    );
    let without = changed.split("  /b:").next().unwrap();
    std::fs::write(folder.path("small.yaml"), without).unwrap();
    let told = "note: b/read-b.yaml was edited by hand, and the document has it no more: kept";
    import(&folder, "small.yaml", &[])
        .succeeded()
        .tells(&[told]);
    assert!(folder.path("out/small/b/read-b.yaml").exists());

    // With force the draft wins.
    import(&folder, "small.yaml", &["--force"]).succeeded();
    assert!(text(&folder, get).contains("Other words"));
}

#[test]
fn a_dry_run_shows_everything_and_writes_nothing() {
    let folder = Folder::new().with("small.yaml", SMALL);
    let ran = import(&folder, "small.yaml", &["--dry-run"]).succeeded();
    assert!(ran.stdout.contains("created a/get-a.yaml\n"), "{ran}");
    ran.tells(&["would be written to out/small"]);
    assert!(!folder.path("out").exists());

    import(&folder, "small.yaml", &[]).succeeded();
    edit(&folder, "out/small/a/get-a.yaml", "First words", "My words");
    let changed = SMALL
        .replace("First words", "Other words")
        .replace("getB", "readB");
    std::fs::write(folder.path("small.yaml"), changed).unwrap();
    let ran = import(&folder, "small.yaml", &["--dry-run"]).succeeded();
    for line in [
        "conflict a/get-a.yaml\n",
        "\n-description: My words\n",
        "\n+description: Other words\n",
        "created b/read-b.yaml\n",
        "removed b/get-b.yaml\n",
    ] {
        assert!(ran.stdout.contains(line), "{line}: {ran}");
    }
    assert!(text(&folder, "out/small/a/get-a.yaml").contains("My words"));
    assert!(folder.path("out/small/b/get-b.yaml").exists());
}

#[test]
fn a_service_that_was_not_imported_is_left_alone() {
    let folder = Folder::new().with("small.yaml", SMALL);
    std::fs::create_dir_all(folder.path("out/small")).unwrap();
    std::fs::write(folder.path("out/small/service.yaml"), "name: small\n").unwrap();
    import(&folder, "small.yaml", &[])
        .ended(1)
        .tells(&["holds a service that was not imported", "--force"]);
    assert_eq!(text(&folder, "out/small/service.yaml"), "name: small\n");
    import(&folder, "small.yaml", &["--force"]).succeeded();
    assert_ne!(text(&folder, "out/small/service.yaml"), "name: small\n");
}

#[test]
fn nothing_is_written_or_removed_outside_the_folder() {
    let folder = Folder::new()
        .with("small.yaml", SMALL)
        .with("mine.yaml", "mine");
    import(&folder, "small.yaml", &[]).succeeded();
    // A manifest that names files of others removes none of them.
    let hash = "3fd30542fe3f61b14bd4a4b2dc0b6fb30fa6f63ebce52dd1778aaa8c4dc02cff";
    let manifest = text(&folder, "out/small/.import");
    std::fs::write(
        folder.path("out/small/.import"),
        format!("{manifest}{hash}  ../../mine.yaml\n"),
    )
    .unwrap();
    import(&folder, "small.yaml", &[]).succeeded();
    assert_eq!(text(&folder, "mine.yaml"), "mine");
    assert!(!text(&folder, "out/small/.import").contains("mine.yaml"));

    #[cfg(unix)]
    {
        std::fs::create_dir(folder.path("elsewhere")).unwrap();
        std::fs::remove_dir_all(folder.path("out/small")).unwrap();
        std::fs::create_dir_all(folder.path("out/small")).unwrap();
        std::os::unix::fs::symlink(folder.path("elsewhere"), folder.path("out/small/a")).unwrap();
        import(&folder, "small.yaml", &[])
            .ended(1)
            .tells(&["is a link"]);
        assert_eq!(
            std::fs::read_dir(folder.path("elsewhere")).unwrap().count(),
            0
        );
    }
}

#[test]
fn what_cannot_be_imported_is_told() {
    let folder = Folder::new()
        .with("empty.yaml", "openapi: 3.1.0\npaths: {}\n")
        .with("other.yaml", "a: 1\n")
        .with("broken.json", "{\"openapi\": \"3.1.0\",}");
    for (file, told) in [
        ("empty.yaml", "no operation that could be imported"),
        ("other.yaml", "this is no OpenAPI document"),
        ("broken.json", "broken.json:1:21"),
        ("absent.json", "absent.json cannot be read"),
    ] {
        import(&folder, file, &[]).ended(1).tells(&[told]);
    }
    assert!(!folder.path("out").exists());
    let arguments = ["import", "openapi", "empty.yaml", "--service", "../x"];
    folder.run(&arguments).ended(2).tells(&["camel case"]);
}

#[test]
fn a_document_comes_from_an_address_or_from_standard_input() {
    let document = json!({
        "openapi": "3.0.0", "info": { "title": "T" }, "servers": [{ "url": "/api" }],
        "paths": { "/a": { "get": { "summary": "get A", "tags": ["A"] } } },
    });
    let served = document.clone();
    let recorder = Recorder::answering(move |received| match received.target.as_str() {
        "/docs/openapi.json?key=secret" => Answer::Json(200, served.clone()),
        _ => Answer::Json(404, json!({})),
    });
    let folder = Folder::new();
    let address = format!("{}/docs/openapi.json?key=secret", recorder.url());
    let ran = import(&folder, &address, &["--output", "json"]).succeeded();
    let ran = ran.tells(&["/docs/openapi.json:1:"]);
    assert!(!ran.to_string().contains("secret"), "{ran}");
    assert_eq!(ran.json()["actions"], 1);
    let service = text(&folder, "out/small/service.yaml");
    assert!(
        service.contains(&format!("baseUrl: \"{}/api\"", recorder.url())),
        "{service}"
    );
    let missing = format!("{}/nothing", recorder.url());
    import(&folder, &missing, &[])
        .ended(1)
        .tells(&["answered 404 Not Found"]);

    let arguments = [
        "import",
        "openapi",
        "-",
        "--service",
        "other",
        "--out",
        "out",
    ];
    let ran = folder
        .itemflow(&arguments)
        .input(&document.to_string())
        .run()
        .succeeded();
    ran.tells(&[
        "1 action in 1 resource written to out/other",
        "standard input:1:",
    ]);
}

#[test]
fn imported_actions_send_what_the_document_says() {
    let document = repository().join("crates/import/tests/documents/openapi30-library.json");
    let recorder = Recorder::json(200, json!([]));
    let credentials = format!(
        "t:\n  type: smallToken\n  url: {}\n  accessToken: tok\n",
        recorder.url()
    );
    let folder = Folder::new().with("credentials.yaml", &credentials);
    import(&folder, document.to_str().unwrap(), &[]).succeeded();
    let cases = [
        (
            json!({ "resource": "Loans", "operation": "List Loans", "operation_value": "count",
                "filter": { "from": "2026-01-31", "state": "late" }, "range": { "min": 1 }, "sort": ["a", "b"],
                "ids": [1, 2], "path": ["x", "y"], "words": ["u", "v"], "query": { "a": 1 }, "session": "s",
                "X-Branches": ["n", "s"] }),
            "GET",
            "/v1/loans?filter%5Bfrom%5D=2026-01-31&filter%5Bstate%5D=late&min=1&sort=a,b&ids=1&ids=2&path=x%7Cy\
             &words=u%20v&query=%7B%22a%22%3A1%7D&operation=count",
            json!(null),
        ),
        (
            json!({ "resource": "Loans", "operation": "Lend", "reader": "q", "book": 7, "body_reader": { "card": "R" },
                "kind": "film" }),
            "POST",
            "/v1/loans?reader=q",
            json!({ "book": 7, "reader": { "card": "R" }, "kind": "film" }),
        ),
        (
            json!({ "resource": "Loans", "operation": "Change Loan", "loan-id": "a b", "kind": "extension", "weeks": 2 }),
            "PATCH",
            "/v1/loans/a%20b",
            json!({ "kind": "extension", "weeks": 2 }),
        ),
        (
            json!({ "resource": "Loans", "operation": "End Loan", "loan-id": "x", "force": true, "reason": "lost" }),
            "DELETE",
            "/v1/loans/x?force=true",
            json!({ "reason": "lost" }),
        ),
    ];
    let mut nodes = vec![json!({ "name": "Start", "type": "manualTrigger" })];
    let mut connections = Vec::new();
    for (i, (parameters, ..)) in cases.iter().enumerate() {
        let name = format!("N{i}");
        connections.push(format!("Start -> {name}"));
        nodes.push(json!({ "name": name, "type": "small", "parameters": parameters, "credentials": { "smallToken": "t" } }));
    }
    let workflow = json!({ "name": "w", "nodes": nodes, "connections": connections });
    let folder = folder.with("workflow.json", &workflow.to_string());
    let arguments = [
        "run",
        "workflow.json",
        "--definitions",
        "out",
        "--credentials",
        "credentials.yaml",
        "--quiet",
    ];
    folder.run(&arguments).succeeded();
    let received = recorder.received();
    assert_eq!(received.len(), cases.len());
    for ((_, method, target, body), received) in cases.iter().zip(&received) {
        assert_eq!(
            (&*received.method, &*received.target, received.json()),
            (*method, *target, body.clone())
        );
        assert_eq!(received.header("authorization"), Some("Bearer tok"));
    }
    assert_eq!(received[0].header("cookie"), Some("session=s"));
    assert_eq!(received[0].header("x-branches"), Some("n, s"));
    assert_eq!(
        received[2].header("content-type"),
        Some("application/merge-patch+json")
    );
}

/// The folder with what is known of a large document, if it is there.
fn konverte() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("ITEMFLOW_N8N_FIXTURES")?);
    [folder.join("../konverte"), folder.join("../../konverte")]
        .into_iter()
        .find(|folder| folder.join("chatwoot-openapi.json").is_file())
}

#[test]
fn a_large_document_of_a_real_service_is_imported_whole() {
    let Some(konverte) = konverte() else {
        println!("ITEMFLOW_N8N_FIXTURES leads to no document: none was imported");
        return;
    };
    let folder = Folder::new();
    let document = konverte.join("chatwoot-openapi.json");
    let ran = import(&folder, document.to_str().unwrap(), &["--output", "json"]).succeeded();
    let told = ran.json();
    assert_eq!(
        (told["actions"].clone(), told["resources"].clone()),
        (json!(115), json!(29))
    );
    let mut losses: BTreeMap<String, usize> = BTreeMap::new();
    for loss in told["losses"].as_array().unwrap() {
        assert!(loss["line"].as_u64().unwrap() > 1, "{loss}");
        let sort = format!(
            "{} {}",
            loss["kind"].as_str().unwrap(),
            loss["what"].as_str().unwrap()
        );
        *losses.entry(sort).or_default() += 1;
    }
    let expected = [
        ("skipped body of an empty answer", 2),
        ("weakened dangling reference", 5),
        ("weakened deep schema", 5),
        ("weakened file", 4),
        ("weakened security", 6),
    ];
    let losses: Vec<(&str, usize)> = losses
        .iter()
        .map(|(sort, count)| (&**sort, *count))
        .collect();
    assert_eq!(losses, expected);
    checks(&folder);

    let known: Value =
        serde_json::from_slice(&std::fs::read(konverte.join("actions.json")).unwrap()).unwrap();
    let known = known["actions"].as_array().unwrap();
    assert_eq!(known.len(), 115);
    let imported = actions(&folder);
    let mut differences = Vec::new();
    for action in known {
        // Written as `AgentBots` in one place and `Agent Bots` in the other.
        let group = text_of(&action["group"]).replace(' ', "");
        let name = (group, text_of(&action["action"]));
        let Some(found) = imported.get(&name) else {
            differences.push(format!("{name:?} is missing"));
            continue;
        };
        let request = format!(
            "{} {}",
            text_of(&action["method"]),
            text_of(&action["path"])
        );
        let parameters = action["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|parameter| {
                let required = parameter["required"].as_bool().unwrap_or(false);
                (
                    text_of(&parameter["in"]),
                    text_of(&parameter["name"]),
                    required,
                )
            });
        let mut parameters: Vec<(String, String, bool)> = parameters.collect();
        parameters.sort();
        if (&request, &parameters) != (&found.0, &found.1) {
            differences.push(format!(
                "{name:?}: {request} {parameters:?}\n  is {found:?}"
            ));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

type Parameters = Vec<(String, String, bool)>;

/// Request and parameters (place, name on the wire, required) of each imported action, by resource and operation.
fn actions(folder: &Folder) -> BTreeMap<(String, String), (String, Parameters)> {
    let root = folder.path("out/small");
    let yaml = |path: PathBuf| -> Value {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let value = itemflow_model::SourceText::new(path.display().to_string(), text)
            .value()
            .unwrap();
        Value::from(&value)
    };
    let service = yaml(root.join("service.yaml"));
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(&root).unwrap() {
        let at = entry.unwrap().path();
        if !at.is_dir() || at.ends_with("credentials") {
            continue;
        }
        let resource = yaml(at.join("_resource.yaml"));
        let folder_name = at.file_name().unwrap().to_str().unwrap().to_owned();
        let title = itemflow_model::definition::title_case(&folder_name);
        let group = resource["resource"].as_str().map_or(title, str::to_owned);
        for entry in std::fs::read_dir(&at).unwrap() {
            let path = entry.unwrap().path();
            if path.ends_with("_resource.yaml") {
                continue;
            }
            let action = yaml(path);
            let request = match &action["request"] {
                Value::String(short) => short.clone(),
                long => format!("{} {}", text_of(&long["method"]), text_of(&long["path"])),
            };
            let has_body = request.starts_with('P');
            let mut parameters: Parameters = Vec::new();
            for (name, property) in action["properties"].as_object().into_iter().flatten() {
                let shared = property["$ref"].as_str().map(|name| {
                    let local = &resource["properties"][name];
                    if local.is_null() {
                        &service["properties"][name]
                    } else {
                        local
                    }
                });
                let property = shared.unwrap_or(property);
                let wire = property["key"].as_str().unwrap_or(name).to_owned();
                let place = match property["in"].as_str() {
                    Some(place) => place.to_owned(),
                    None if request.contains(&format!("{{{name}}}")) => "path".to_owned(),
                    None if has_body => "body".to_owned(),
                    None => "query".to_owned(),
                };
                parameters.push((place, wire, property["required"] == json!(true)));
            }
            parameters.sort();
            found.insert(
                (group.replace(' ', ""), text_of(&action["operation"])),
                (request, parameters),
            );
        }
    }
    found
}
