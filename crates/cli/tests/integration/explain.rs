//! `explain`: the exact requests as curl, secrets masked, nothing sent.

use std::process::Command;

use insta::assert_snapshot;
use serde_json::json;

use crate::process::{Folder, Invocation, Ran};
use crate::recorder::Recorder;

const TOKEN: &str = "tok'en-$(touch x)-7f3a";

/// A conversation for each item, a message in it, and a request that depends on no answer.
const WORKFLOW: &str = r#"name: Explained
nodes:
  - { name: Start, type: manualTrigger }
  - name: Open
    type: konverteDigital
    parameters:
      resource: Conversations
      operation: New Conversation
      account_id: 1
      source_id: "={{ $json.visitor }}"
      inbox_id: "3"
      message: { content: "={{ $json.text }}" }
    credentials: { konverteDigitalApi: my-konverte }
  - name: Answer
    type: konverteDigital
    parameters:
      resource: Messages
      operation: Create A New Message In A Conversation
      account_id: 1
      conversation_id: "={{ $json.id }}"
      content: Hello
    credentials: { konverteDigitalApi: my-konverte }
  - name: Inbox
    type: konverteDigital
    parameters: { resource: Inboxes, operation: Get Inbox, account_id: 1, id: 3 }
    credentials: { konverteDigitalApi: my-konverte }
connections:
  - Start -> Open -> Answer
  - Start -> Inbox
"#;

const INPUT: &str =
    r#"[{"visitor":"it's \"me\"","text":"$(rm -rf .) `id` %s\nline"},{"visitor":"b","text":"é"}]"#;

fn explain(recorder: &Recorder, more: &[&str]) -> Ran {
    let credentials = recorder.credentials(&format!("\"{TOKEN}\""));
    let folder = Folder::with_workflow(WORKFLOW).with("c.yaml", &credentials);
    let mut arguments = vec![
        "explain",
        "workflow.yaml",
        "--credentials",
        "c.yaml",
        "--input",
        INPUT,
    ];
    arguments.extend(more);
    let ran = folder.run(&arguments);
    recorder.assert_untouched();
    assert!(!ran.to_string().contains("7f3a"), "{ran}");
    ran
}

#[test]
fn requests_are_curl_commands_and_what_depends_on_answers_is_said() {
    let recorder = Recorder::start();
    let ran = explain(&recorder, &[]).succeeded();
    assert_snapshot!(ran.stdout.replace(&recorder.url(), "http://HOST"), @r#"
    # Open: 2 requests
    curl -X POST 'http://HOST/api/v1/accounts/1/conversations' \
      -H 'Accept: application/json' \
      -H 'Content-Type: application/json' \
      -H 'Api-Access-Token: ***' \
      --data-raw '{"source_id":"it'\''s \"me\"","inbox_id":"3","message":{"content":"$(rm -rf .) `id` %s\nline"}}'
    curl -X POST 'http://HOST/api/v1/accounts/1/conversations' \
      -H 'Accept: application/json' \
      -H 'Content-Type: application/json' \
      -H 'Api-Access-Token: ***' \
      --data-raw '{"source_id":"b","inbox_id":"3","message":{"content":"é"}}'

    # Inbox: 2 requests
    curl -X GET 'http://HOST/api/v1/accounts/1/inboxes/3/' \
      -H 'Accept: application/json' \
      -H 'Api-Access-Token: ***'
    curl -X GET 'http://HOST/api/v1/accounts/1/inboxes/3/' \
      -H 'Accept: application/json' \
      -H 'Api-Access-Token: ***'

    # Answer: depends on the answer of "Open"
    "#);
}

#[test]
fn a_shell_accepts_every_command() {
    let recorder = Recorder::start();
    let script = explain(&recorder, &[]).succeeded().stdout;
    let mut shell = Command::new("sh");
    shell.arg("-n");
    assert_eq!(
        Invocation::new(shell)
            .input(&script)
            .run()
            .succeeded()
            .stderr,
        ""
    );
    // With `curl` replaced, the shell hands over the very words of the requests and does nothing else.
    let mut shell = Command::new("sh");
    shell.arg("-s");
    let script = format!("curl() {{ printf '<%s>' \"$@\"; }}\n{script}");
    let ran = Invocation::new(shell).input(&script).run().succeeded();
    assert_eq!(ran.stderr, "");
    assert!(ran.stdout.contains(r#""source_id":"it's \"me\"""#), "{ran}");
    assert!(ran.stdout.contains(r"$(rm -rf .) `id` %s\nline"), "{ran}");
}

#[test]
fn machines_get_json() {
    let recorder = Recorder::start();
    let ran = explain(&recorder, &["--output", "json"]).succeeded();
    let nodes = ran.json();
    let open = &nodes[0];
    assert_eq!(
        (&open["node"], open["requests"].as_array().unwrap().len()),
        (&json!("Open"), 2)
    );
    assert_eq!(
        open["requests"][1]["body"]["source_id"],
        json!("b"),
        "{open}"
    );
    assert_eq!(nodes[2], json!({ "node": "Answer", "dependsOn": ["Open"] }));
}

#[test]
fn until_leaves_out_what_comes_after() {
    let recorder = Recorder::start();
    let ran = explain(&recorder, &["--until", "Inbox"]).succeeded();
    assert!(
        ran.stdout.contains("# Inbox") && !ran.stdout.contains("# Open"),
        "{ran}"
    );
}

#[test]
fn a_request_that_cannot_be_built_is_a_failure_with_its_reason() {
    let folder = Folder::with_workflow(WORKFLOW);
    let ran = folder.run(&["explain", "workflow.yaml"]).ended(1);
    assert!(ran.to_string().contains("my-konverte"), "{ran}");
}
