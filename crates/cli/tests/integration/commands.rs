//! The commands with their options: what they take, what they print, and where.

use std::process::Command;

use serde_json::json;

use crate::process::{Folder, Invocation};
use crate::recorder::Recorder;

/// Three nodes that need no network.
const LOCAL: &str = r#"name: Local
nodes:
  - { name: Start, type: manualTrigger }
  - name: Greeting
    type: set
    parameters:
      assignments:
        assignments:
          - { name: text, type: string, value: "=Hello {{ $json.name }}" }
  - { name: End, type: noOp }
connections:
  - Start -> Greeting -> End
"#;

/// One action of the service.
const REMOTE: &str = r#"name: Remote
nodes:
  - { name: Start, type: manualTrigger }
  - name: Inbox
    type: konverteDigital
    parameters: { resource: Inboxes, operation: Get Inbox, account_id: 1, id: 3 }
    credentials: { konverteDigitalApi: my-konverte }
connections:
  - Start -> Inbox
"#;

#[test]
fn run_prints_the_items_of_the_last_node_and_nothing_else() {
    let folder = Folder::with_workflow(LOCAL);
    let ran = folder
        .run(&[
            "run",
            "workflow.yaml",
            "--input",
            r#"[{"name":"Ana"},{"name":"Rui"}]"#,
            "--output",
            "json",
        ])
        .succeeded()
        .tells(&["Start", "Greeting", "End", "2 items"]);
    assert_eq!(
        ran.items(),
        [
            json!({ "text": "Hello Ana" }),
            json!({ "text": "Hello Rui" })
        ]
    );
}

#[test]
fn run_prints_a_table_for_people() {
    let folder = Folder::with_workflow(LOCAL);
    let ran = folder
        .run(&[
            "run",
            "workflow.yaml",
            "--input",
            r#"{"name":"Ana"}"#,
            "--quiet",
        ])
        .succeeded();
    insta::assert_snapshot!(ran.stdout, @r"
    ┌───────────┐
    │ text      │
    ╞═══════════╡
    │ Hello Ana │
    └───────────┘
    ");
    assert_eq!(ran.stderr, "");
}

#[test]
fn run_takes_items_from_a_file_and_from_standard_input() {
    let folder = Folder::with_workflow(LOCAL)
        .with("items.json", r#"[{ "json": { "name": "Ana" } }]"#)
        .with("items.yaml", "- name: Ana\n");
    for (input, text) in [
        ("items.json", None),
        ("items.yaml", None),
        ("-", Some(r#"{"name":"Ana"}"#)),
    ] {
        let mut command =
            folder.itemflow(&["run", "workflow.yaml", "--input", input, "--output", "json"]);
        if let Some(text) = text {
            command = command.input(text);
        }
        assert_eq!(
            command.run().succeeded().items(),
            [json!({ "text": "Hello Ana" })],
            "{input}"
        );
    }
}

#[test]
fn input_that_is_no_list_of_objects_is_refused() {
    let folder = Folder::with_workflow(LOCAL);
    for (input, told) in [
        ("[1]", "an item must be an object"),
        ("{", "--input:1"),
        ("absent.json", "absent.json cannot be read"),
    ] {
        folder
            .run(&["run", "workflow.yaml", "--input", input])
            .ended(1)
            .tells(&[told]);
    }
}

#[test]
fn node_prints_another_nodes_items() {
    let folder = Folder::with_workflow(LOCAL);
    let ran = folder
        .run(&[
            "run",
            "workflow.yaml",
            "--input",
            r#"{"name":"Ana"}"#,
            "--node",
            "Start",
            "--output",
            "json",
        ])
        .succeeded();
    assert_eq!(ran.items(), [json!({ "name": "Ana" })]);
}

#[test]
fn until_runs_no_further() {
    let recorder = Recorder::start();
    let folder = Folder::with_workflow(REMOTE);
    let ran = folder
        .run(&[
            "run",
            "workflow.yaml",
            "--until",
            "Start",
            "--input",
            r#"{"a":1}"#,
            "--output",
            "json",
        ])
        .succeeded();
    assert_eq!(ran.items(), [json!({ "a": 1 })]);
    assert!(!ran.stderr.contains("Inbox"), "{ran}");
    recorder.assert_untouched();
}

#[test]
fn start_chooses_the_first_node() {
    let folder = Folder::with_workflow(LOCAL);
    let ran = folder
        .run(&[
            "run",
            "workflow.yaml",
            "--start",
            "End",
            "--input",
            r#"{"a":1}"#,
            "--output",
            "json",
        ])
        .succeeded();
    assert_eq!(ran.items(), [json!({ "a": 1 })]);
}

#[test]
fn credentials_take_values_from_the_environment() {
    let recorder = Recorder::json(200, json!({ "id": 3 }));
    let folder =
        Folder::with_workflow(REMOTE).with("c.yaml", &recorder.credentials("${KONVERTE_TOKEN}"));
    let arguments = [
        "run",
        "workflow.yaml",
        "--credentials",
        "c.yaml",
        "--output",
        "json",
    ];
    let ran = folder
        .itemflow(&arguments)
        .env("KONVERTE_TOKEN", "t-1")
        .run()
        .succeeded();
    assert_eq!(ran.items(), [json!({ "id": 3 })]);
    assert_eq!(recorder.next().header("api-access-token"), Some("t-1"));
    folder.run(&arguments).ended(1).tells(&[
        "`my-konverte.accessToken`",
        "the environment variable `KONVERTE_TOKEN` is not set",
    ]);
}

#[test]
fn mock_needs_neither_account_nor_network() {
    let folder = Folder::with_workflow(REMOTE);
    let ran = folder
        .run(&["run", "workflow.yaml", "--mock", "--output", "json"])
        .succeeded();
    assert_eq!(ran.items()[0]["id"], json!(3), "{ran}");
    ran.tells(&["mock: Konverte Digital at http://127.0.0.1:"]);
}

#[test]
fn a_stand_in_does_wrong_what_it_is_asked_to() {
    let folder = Folder::with_workflow(REMOTE);
    let run = |fault: &str| folder.run(&["run", "workflow.yaml", "--mock", "--fault", fault]);
    run("503 on Inboxes/Get Inbox")
        .ended(1)
        .tells(&["the service answered 503"]);
    run("503 on Inboxes/Inbox Creation").succeeded();
    run("drop every")
        .ended(2)
        .tells(&["a number from 1 stands after `every`"]);
    run("drop on Get Inbux")
        .ended(1)
        .tells(&["did you mean `Get Inbox`?"]);
}

#[test]
fn check_gives_machines_one_entry_for_each_problem() {
    let broken = REMOTE
        .replace("account_id: 1", "account_id: x")
        .replace("id: 3", "idd: 3");
    let ran = Folder::with_workflow(&broken)
        .run(&["check", "workflow.yaml", "--output", "json"])
        .ended(1);
    let problems = ran.json();
    let codes: Vec<_> = problems
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| problem["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes.len(), 3, "{ran}");
    for problem in problems.as_array().unwrap() {
        assert_eq!(
            (&problem["file"], &problem["node"]),
            (&json!("workflow.yaml"), &json!("Inbox"))
        );
        assert_eq!(problem["span"]["line"], json!(6), "{problem}");
        assert!(
            problem["message"].is_string() && problem["severity"] == json!("error"),
            "{problem}"
        );
    }
    assert_eq!(ran.stderr, "");
    let sound = Folder::with_workflow(REMOTE)
        .run(&["check", "workflow.yaml", "--output", "json"])
        .succeeded();
    assert_eq!(sound.json(), json!([]));
}

#[test]
fn check_reads_folders_of_workflows_and_of_definitions() {
    let folder = Folder::with_workflow(REMOTE)
        .with("settings.yaml", "not: a workflow\n")
        .with("b.json", r#"{"nodes":[]}"#);
    folder.run(&["check", "."]).tells(&["b.json"]);
    let definitions = crate::process::repository().join("node-definitions");
    folder
        .run(&["check", definitions.to_str().unwrap()])
        .succeeded()
        .tells(&["no problems"]);
}

#[test]
fn check_goes_on_after_a_file_that_cannot_be_read() {
    let folder = Folder::with_workflow(&REMOTE.replace("id: 3", "id: x"));
    std::fs::write(folder.path("latin.yaml"), b"name: \xff\n").unwrap();
    folder.run(&["check", "."]).ended(1).tells(&[
        "latin.yaml cannot be read",
        "not UTF-8",
        "`id` must be a number",
    ]);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let folder = Folder::with_workflow(LOCAL);
    let mut shell = Command::new("sh");
    let items = format!("[{}{{}}]", "{},".repeat(50_000));
    shell.current_dir(folder.path(".")).args([
        "-c",
        "\"$ITEMFLOW\" run workflow.yaml --input - --node Start --quiet --output json | head -n 1",
    ]);
    let ran = Invocation::new(shell)
        .env("ITEMFLOW", env!("CARGO_BIN_EXE_itemflow"))
        .input(&items)
        .run()
        .succeeded();
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("[\n", ""));
}

#[test]
fn mock_serves_a_service_until_it_is_interrupted() {
    let folder = Folder::with_workflow(REMOTE);
    let mut mock = folder.itemflow(&["mock", "konverteDigital"]).start();
    // Standard output is a line that says where, and a credentials file.
    let printed = mock.until(|ran| ran.stdout.matches("accessToken").count() == 2);
    let (first, credentials) = printed.stdout.split_once('\n').unwrap();
    let url = first
        .strip_prefix("Konverte Digital at ")
        .unwrap()
        .to_owned();
    let credentials = credentials.to_owned();
    mock.until(|ran| ran.stderr.contains("Ctrl-C"));
    assert!(credentials.contains(&url), "{credentials}");
    let workflow = REMOTE.replace("my-konverte", "mock-konverteDigitalApi");
    let client = Folder::with_workflow(&workflow).with("c.yaml", &credentials);
    let ran = client
        .run(&[
            "run",
            "workflow.yaml",
            "--credentials",
            "c.yaml",
            "--output",
            "json",
        ])
        .succeeded();
    assert_eq!(ran.items()[0]["id"], json!(3), "{ran}");
    mock.interrupt();
    mock.finish().succeeded();
}

#[test]
fn mock_of_no_service_names_those_there_are() {
    Folder::new()
        .run(&["mock", "konverteDigtal"])
        .ended(1)
        .tells(&["did you mean `konverteDigital`?"]);
    Folder::new()
        .run(&["mock", "x"])
        .ended(1)
        .tells(&["there are: ", "konverteDigital"]);
}

#[test]
fn init_makes_a_project_whose_test_passes() {
    let folder = Folder::new();
    folder.run(&["init", "project"]).succeeded();
    let mut test = Command::new("sh");
    test.arg("project/test.sh").current_dir(folder.path("."));
    let ran = Invocation::new(test)
        .env("ITEMFLOW", env!("CARGO_BIN_EXE_itemflow"))
        .run()
        .succeeded();
    assert!(ran.stdout.contains("1 passed, 0 failed"), "{ran}");
    folder
        .run(&["init", "project"])
        .ended(1)
        .tells(&["project is not empty"]);
}

#[test]
fn completions_are_shell_scripts() {
    let folder = Folder::new();
    let script = folder.run(&["completions", "bash"]).succeeded().stdout;
    assert!(script.contains("--credentials"));
    let mut bash = Command::new("bash");
    bash.args(["-n", "/dev/stdin"]);
    let ran = Invocation::new(bash).input(&script).run().succeeded();
    assert_eq!(ran.stderr, "");
    for shell in ["zsh", "fish", "powershell", "elvish"] {
        assert!(
            folder
                .run(&["completions", shell])
                .succeeded()
                .stdout
                .contains("itemflow"),
            "{shell}"
        );
    }
}

#[test]
fn help_names_every_command() {
    let help = Folder::new().run(&["--help"]).succeeded().stdout;
    for command in [
        "run",
        "check",
        "explain",
        "mock",
        "nodes",
        "init",
        "completions",
    ] {
        assert!(help.contains(command), "{command}");
    }
}

#[test]
fn a_service_of_ones_own_is_a_folder() {
    let recorder = Recorder::json(200, json!({ "pong": true }));
    let url = recorder.url();
    let folder = Folder::with_workflow(
        "nodes:\n  - { name: Start, type: manualTrigger }\n  - { name: Ping, type: echo, parameters: { resource: Things, operation: Ping, text: 'a b' } }\nconnections:\n  - Start -> Ping\n",
    );
    let write = |path: &str, text: &str| {
        let path = folder.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "own/echo/service.yaml",
        &format!("name: echo\ndescription: Answers.\nrequest: {{ baseUrl: '{url}' }}\n"),
    );
    write("own/echo/things/_resource.yaml", "description: Things.\n");
    write(
        "own/echo/things/ping.yaml",
        "operation: Ping\ndescription: Asks.\nuseCases: [To see.]\nrequest: GET /ping\nproperties:\n  text: { type: string, description: Words. }\ntroubleshooting: [None.]\nresponse: { schema: { type: object } }\nexamples:\n  - name: one\n    parameters: { text: a }\n    request: { path: /ping, query: text=a }\n    response: { status: 200, body: { pong: true } }\n    items: [{ pong: true }]\n",
    );
    let ran = folder
        .run(&[
            "run",
            "workflow.yaml",
            "--definitions",
            "own",
            "--output",
            "json",
        ])
        .succeeded();
    assert_eq!(ran.items(), [json!({ "pong": true })]);
    assert_eq!(recorder.next().target, "/ping?text=a%20b");
    folder.run(&["check", "own"]).succeeded();
}
