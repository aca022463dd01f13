//! `itemflow test`: what passes, what differs and how that is told, what is sent, and the exit codes.

use serde_json::json;

use crate::process::{Folder, Ran};
use crate::recorder::Recorder;

/// Two items in, a greeting for each, an If after it.
const GREETING: &str = r#"name: Greeting
nodes:
  - { name: Start, type: manualTrigger }
  - name: Greeting
    type: set
    parameters:
      assignments:
        assignments:
          - { name: text, type: string, value: "=Hello {{ $json.name }}" }
          - { name: size, type: number, value: "={{ $json.name.length }}" }
  - name: Is Ana
    type: if
    parameters:
      conditions:
        conditions:
          - { leftValue: "={{ $json.text }}", rightValue: Hello Ana, operator: { type: string, operation: equals } }
  - { name: Others, type: noOp }
connections:
  - Start -> Greeting -> Is Ana
  - Is Ana [false] -> Others
test: { input: [{ name: Ana }, { name: Rui }] }
"#;

fn greeting(expect: &str) -> Folder {
    Folder::with_workflow(&format!("{GREETING}expect:\n{expect}"))
}

fn test(folder: &Folder) -> Ran {
    folder.run(&["test", "workflow.yaml"])
}

#[test]
fn what_is_as_expected_passes() {
    let folder = greeting(
        r#"  Greeting:
    - { size: 3.0, text: Hello Ana }
    - { json: { text: Hello Rui, size: 3 } }
  Is Ana: { items: [{ text: Hello Ana }], subset: true }
  Is Ana [false]: { items: [{ size: 3 }], subset: true }
  Is Ana [1]: { runs: [[{ text: Hello Rui, size: 3 }]] }
"#,
    );
    let ran = test(&folder).succeeded();
    assert_eq!(
        ran.stdout,
        "✓ workflow.yaml: Greeting\n1 passed, 0 failed, 0 without expectations\n"
    );
    assert_eq!(ran.stderr, "");
}

#[test]
fn what_differs_is_told_by_node_item_and_path() {
    let folder = greeting(
        r#"  Greeting:
    - { text: Hello Ana, size: 4 }
    - { text: Hello Rui, size: 3, more: { a: 1 } }
    - { text: Hello Eva }
  Is Ana: { items: [], subset: true }
  Others: { runs: [] }
  Start:
    - { name: Ana }
    - {}
"#,
    );
    let ran = test(&folder).ended(1);
    insta::assert_snapshot!(ran.stdout, @r#"
    ✗ workflow.yaml: Greeting
      Greeting
        item 0, size
          expected 4
          got      3
        item 1, more
          expected { a: 1 }
          got      nothing
        item 2
          expected { text: Hello Eva }
          got      nothing
      Is Ana
        item 0
          expected nothing
          got      { text: Hello Ana, size: 3 }
      Others
        number of runs
          expected 0
          got      1
      Start
        item 1, name
          expected nothing
          got      "Rui"
    0 passed, 1 failed, 0 without expectations
    "#);
}

#[test]
fn a_node_that_does_not_run_is_told() {
    let text = GREETING.replace("{ name: Rui }", "{ name: Ana }");
    let folder = Folder::with_workflow(&format!("{text}expect:\n  Others: [{{ a: 1 }}]\n"));
    let ran = test(&folder).ended(1);
    assert!(
        ran.stdout.contains("  Others\n    the node did not run\n"),
        "{ran}"
    );
}

#[test]
fn a_run_that_fails_fails_the_test_unless_that_is_expected() {
    let workflow = |expect: &str| {
        Folder::with_workflow(&format!(
            "nodes:\n  - {{ name: Start, type: manualTrigger }}\n  - {{ name: Stop, type: stopAndError, parameters: {{ errorMessage: no address given }} }}\nconnections:\n  - Start -> Stop\nexpect:\n{expect}"
        ))
    };
    let ran = test(&workflow("  Start: [{}]\n")).ended(1);
    assert!(
        ran.stdout.contains("the run failed: node \"Stop\""),
        "{ran}"
    );
    assert!(ran.stdout.contains("no address given"), "{ran}");
    test(&workflow("  Stop: { error: no address }\n")).succeeded();
    let other = test(&workflow("  Stop: { error: too old }\n")).ended(1);
    assert!(other.stdout.contains("expected \"too old\""), "{other}");
}

#[test]
fn a_file_without_expectations_is_counted_and_not_run() {
    let folder = Folder::with_workflow(GREETING);
    let ran = test(&folder).succeeded();
    assert_eq!(
        ran.stdout,
        "- workflow.yaml: no expectations\n0 passed, 0 failed, 1 without expectations\n"
    );
}

#[test]
fn names_in_expect_that_mean_nothing_are_told_with_their_place() {
    for (expect, told) in [
        ("  Greting: []\n", "no node named \"Greting\""),
        ("  Greeting: { item: [] }\n", "did you mean `items`?"),
        ("  Greeting [extra]: []\n", "names no output"),
    ] {
        let folder = greeting(expect);
        test(&folder).ended(1).tells(&["workflow.yaml:", told]);
        folder
            .run(&["check", "workflow.yaml"])
            .ended(1)
            .tells(&[told]);
    }
    let folder = Folder::with_workflow(&GREETING.replace("test: {", "test: { now: today,"));
    folder
        .run(&["check", "workflow.yaml"])
        .ended(1)
        .tells(&["`today` is no moment", "2026-01-31T09:00:00Z"]);
}

#[test]
fn wrong_usage_has_an_exit_code_of_its_own() {
    let folder = greeting("  Start: []\n").with("other.yaml", "a: 1\n");
    for arguments in [
        &["test"][..],
        &["test", "absent.yaml"],
        &["test", ".", "--filter", "xyzzy"],
        &["test", "workflow.yaml", "--output", "xml"],
    ] {
        folder.run(arguments).ended(2);
    }
    let empty = Folder::new().with("other.yaml", "a: 1\n");
    empty
        .run(&["test", "."])
        .ended(2)
        .tells(&["there is no workflow here"]);
}

#[test]
fn a_filter_chooses_by_file_and_by_name() {
    let folder = greeting("  Start: [{ name: Ana }, { name: Rui }]\n").with(
        "second.yaml",
        "name: Parting\nnodes: [{ name: A, type: manualTrigger }]\nexpect: { A: [{}] }\n",
    );
    for (filter, file) in [
        ("GREET", "workflow.yaml"),
        ("second", "second.yaml"),
        ("part", "second.yaml"),
    ] {
        let ran = folder.run(&["test", ".", "--filter", filter]).succeeded();
        assert!(ran.stdout.contains(file), "{filter}: {ran}");
        assert!(
            ran.stdout
                .ends_with("1 passed, 0 failed, 0 without expectations\n"),
            "{ran}"
        );
    }
    let all = folder.run(&["test", "."]).succeeded();
    assert!(all.stdout.contains("2 passed"), "{all}");
}

#[test]
fn pinned_data_of_a_file_of_n8ns_is_what_its_nodes_must_give() {
    let workflow = json!({
        "name": "Pinned",
        "nodes": [
            { "name": "Call", "type": "n8n-nodes-base.manualTrigger", "position": [0, 0], "parameters": {} },
            { "name": "Fetch", "type": "n8n-nodes-base.httpRequest", "position": [1, 0],
              "parameters": { "url": "http://example.invalid/" } },
            { "name": "Ours", "type": "n8n-nodes-community.magic", "position": [2, 0], "parameters": {} },
            { "name": "Last", "type": "n8n-nodes-base.limit", "position": [3, 0], "parameters": { "maxItems": 1 } },
        ],
        "connections": {
            "Call": { "main": [[{ "node": "Fetch", "type": "main", "index": 0 }]] },
            "Fetch": { "main": [[{ "node": "Ours", "type": "main", "index": 0 }]] },
            "Ours": { "main": [[{ "node": "Last", "type": "main", "index": 0 }]] },
        },
        "pinData": {
            "Call": [{ "json": { "id": 1 } }],
            "Fetch": [{ "json": { "id": 2 } }],
            "Ours": [{ "json": { "id": 3 } }, { "json": { "id": 4 } }],
            "Last": [{ "json": { "id": 3 }, "binary": { "data": { "mimeType": "x/y" } } }],
            "Renamed": [{ "json": {} }],
        },
    });
    let folder = Folder::new().with("workflow.json", &workflow.to_string());
    let ran = folder
        .run(&["test", "workflow.json", "--output", "json"])
        .succeeded()
        .json();
    assert_eq!(ran[0]["result"], "passed");
    assert_eq!(ran[0]["standIns"], json!(["n8n-nodes-community.magic"]));
    let checks = ran[0]["checks"].as_array().unwrap();
    assert_eq!(checks.len(), 1, "the others give their pinned items: {ran}");
    assert_eq!(checks[0]["node"], "Last");

    let wrong = workflow
        .to_string()
        .replace(r#""maxItems":1"#, r#""maxItems":2"#);
    let folder = Folder::new().with("workflow.json", &wrong);
    let ran = folder.run(&["test", "workflow.json"]).ended(1);
    assert!(
        ran.stdout
            .contains("  Last\n    item 1\n      expected nothing\n      got      { id: 4 }\n"),
        "{ran}"
    );
}

#[test]
fn what_is_pinned_on_a_trigger_is_expected_of_it_when_its_items_are_given() {
    let workflow = |pinned: i64| {
        json!({
            "nodes": [
                { "name": "By hand", "type": "n8n-nodes-base.manualTrigger", "position": [0, 0] },
                { "name": "Called", "type": "n8n-nodes-base.webhook", "position": [0, 9], "parameters": { "path": "in" } },
            ],
            "connections": {},
            "pinData": { "By hand": [{ "json": { "id": 8 } }], "Called": [{ "json": { "id": pinned } }] },
            "test": { "input": { "json": { "id": 7 } } },
        })
        .to_string()
    };
    let test = |pinned| {
        let folder = Folder::new().with("workflow.json", &workflow(pinned));
        folder.run(&["test", "workflow.json"])
    };
    test(7).succeeded();
    let wrong = test(6).ended(1);
    assert!(
        wrong
            .stdout
            .contains("  Called\n    item 0, id\n      expected 6\n      got      7\n"),
        "{wrong}"
    );
}

#[test]
fn no_real_request_is_sent_unless_it_is_allowed() {
    let recorder = Recorder::start();
    let workflow = format!(
        "nodes:\n  - {{ name: Start, type: manualTrigger }}\n  - {{ name: Fetch, type: httpRequest, onError: continueRegularOutput, parameters: {{ url: \"{}/things?key=secret\" }} }}\nconnections:\n  - Start -> Fetch\nexpect:\n  Start: [{{}}]\n",
        recorder.url()
    );
    let folder = Folder::with_workflow(&workflow);
    let ran = test(&folder).ended(1);
    assert!(
        ran.stdout.contains("a test sends no real requests")
            && ran.stdout.contains("--allow-network"),
        "{ran}"
    );
    assert!(!ran.stdout.contains("secret"), "{ran}");
    assert_eq!(recorder.received(), []);
    folder
        .run(&["test", "workflow.yaml", "--allow-network"])
        .succeeded();
    assert_eq!(recorder.next().target, "/things?key=secret");
    let pinned = Folder::with_workflow(&format!(
        "{workflow}  Fetch: [{{ a: 1 }}]\npinData: {{ Fetch: [{{ a: 1 }}] }}\n"
    ));
    test(&pinned).succeeded();
    assert_eq!(recorder.received(), []);
}

#[test]
fn runs_are_equal_each_time() {
    let workflow = r#"nodes:
  - { name: Start, type: manualTrigger }
  - name: Facts
    type: set
    parameters:
      assignments:
        assignments:
          - { name: now, type: string, value: "={{ $now.toUTC().toISO() }}" }
          - { name: chance, type: number, value: "={{ Math.random() }}" }
          - { name: port, type: string, value: "={{ $vars.port }}" }
connections:
  - Start -> Facts
test: { now: 2026-01-31T09:00:00Z, seed: 7, vars: { port: 80 } }
expect:
  Facts: [{ now: 2026-01-31T09:00:00.000Z, chance: 0, port: "80" }]
"#;
    let folder = Folder::with_workflow(workflow);
    let chance = |folder: &Folder| {
        let ran = folder
            .run(&["test", "workflow.yaml", "--output", "json"])
            .ended(1);
        let differences = ran.json()[0]["checks"][0]["differences"].clone();
        assert_eq!(differences.as_array().unwrap().len(), 1, "{ran}");
        assert_eq!(differences[0]["path"], "chance");
        differences[0]["actual"].clone()
    };
    assert_eq!(chance(&folder), chance(&folder));
    let other = Folder::with_workflow(&workflow.replace("seed: 7", "seed: 8"));
    assert_ne!(chance(&folder), chance(&other));
}

#[test]
fn update_writes_what_nodes_gave_and_leaves_the_rest() {
    let folder = greeting(
        "  # what it says\n  Greeting:   # two\n    - {}\n  Is Ana: { items: [{ size: 0 }], subset: true }\n",
    );
    let ran = folder.run(&["test", "workflow.yaml", "--update"]).ended(1);
    assert!(ran.stderr.contains("1 expectation rewritten"), "{ran}");
    let text = std::fs::read_to_string(folder.path("workflow.yaml")).unwrap();
    assert_eq!(
        text,
        format!(
            "{GREETING}expect:\n  # what it says\n  Greeting:   # two\n    - {{ text: Hello Ana, size: 3 }}\n    - {{ text: Hello Rui, size: 3 }}\n  Is Ana: {{ items: [{{ size: 0 }}], subset: true }}\n"
        ),
        "a subset is for its writer to change"
    );
}

#[test]
fn junit_holds_a_case_for_each_expectation() {
    let folder = greeting("  Start: []\n  Greeting: { items: [{}, {}], subset: true }\n")
        .with("plain.yaml", GREETING)
        .with(
            "broken.yaml",
            "nodes: [{ name: A, type: nope }]\nexpect: { A: [] }\n",
        );
    folder.run(&["test", ".", "--junit", "report.xml"]).ended(1);
    let xml = std::fs::read_to_string(folder.path("report.xml")).unwrap();
    let report = quick_junit::Report::deserialize_from_str(&xml).unwrap();
    let cases: Vec<(String, bool)> = report
        .test_suites
        .iter()
        .flat_map(|suite| {
            suite.test_cases.iter().map(|case| {
                let passed = matches!(case.status, quick_junit::TestCaseStatus::Success { .. });
                (
                    format!("{} {}", suite.name.as_str(), case.name.as_str()),
                    passed,
                )
            })
        })
        .collect();
    let expected = [
        ("./broken.yaml run", false),
        ("./plain.yaml run", false),
        ("./workflow.yaml run", true),
        ("./workflow.yaml Start", false),
        ("./workflow.yaml Greeting", true),
    ];
    let expected: Vec<(String, bool)> = expected.iter().map(|(n, p)| (n.to_string(), *p)).collect();
    assert_eq!(cases, expected);
    assert_eq!((report.tests, report.failures, report.errors), (5, 1, 1));
}

#[test]
fn files_are_compared_by_content_when_it_is_given() {
    let recorder = Recorder::start();
    let workflow = |data: &str| {
        format!(
            "nodes:\n  - {{ name: Start, type: manualTrigger }}\n  - {{ name: Fetch, type: httpRequest, parameters: {{ url: \"{}/file\", options: {{ response: {{ response: {{ responseFormat: file }} }} }} }} }}\nconnections:\n  - Start -> Fetch\nexpect:\n  Fetch: {{ items: [{{ json: {{}}, binary: {{ data: {data} }} }}], subset: true }}\n",
            recorder.url()
        )
    };
    let run = |data: &str| {
        Folder::with_workflow(&workflow(data)).run(&["test", "workflow.yaml", "--allow-network"])
    };
    let sha256 = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    run(&format!(
        "{{ text: '{{}}', data: e30=, bytes: 2, sha256: {sha256} }}"
    ))
    .succeeded();
    let wrong = run("{ text: other, mimeType: x/y }").ended(1);
    for text in [
        "binary.data.text",
        "expected \"other\"",
        "binary.data.mimeType",
    ] {
        assert!(wrong.stdout.contains(text), "{text}: {wrong}");
    }
}
