//! Mistakes in expressions that can be known before a run: names that mean nothing, nodes that have not run, fields that
//! no answer has.

use insta::assert_snapshot;

use crate::process::Folder;

/// A workflow of two actions and a node after them; the tests write an expression into the last one.
const WORKFLOW: &str = r#"name: Enquiry
nodes:
  - { name: Start, type: manualTrigger }
  - name: New conversation
    type: konverteDigital
    parameters: { resource: Conversations, operation: New Conversation, account_id: 1, source_id: a, inbox_id: "3" }
    credentials: { konverteDigitalApi: my-konverte }
  - { name: Urgent, type: filter, parameters: { conditions: {} } }
  - name: Note
    type: set
    parameters:
      mode: raw
      jsonOutput: EXPRESSION
  - { name: Aside, type: noOp }
connections:
  - Start -> New conversation
  - New conversation -> Urgent
  - Urgent -> Note
  - Start -> Aside
"#;

/// What `check` tells about an expression in the node `Note`, which is at fault or not.
#[track_caller]
fn check(expression: &str, code: i32) -> String {
    let quoted = format!("'{}'", expression.replace('\'', "''"));
    let folder = Folder::with_workflow(&WORKFLOW.replace("EXPRESSION", &quoted));
    let checked = folder.run(&["check", "workflow.yaml"]).ended(code);
    assert_eq!(checked.stdout, "");
    checked.stderr
}

#[track_caller]
fn is_sound(expression: &str) {
    let told = check(expression, 0);
    assert_eq!(told, "1 file checked, no problems\n", "{expression}");
}

#[test]
fn a_field_of_an_action_that_is_misspelt() {
    assert_snapshot!(check("={{ { id: $json.idd } }}", 0), @r#"
    warning: the items of "New conversation" have no declared field `idd`
      --> workflow.yaml:13:36
       |
    13 |       jsonOutput: '={{ { id: $json.idd } }}'
       |                                    ^^^
    help: did you mean `id`?

    0 errors, 1 warning
    "#);
    assert_snapshot!(check("={{ $('New conversation').item.json.last_activty_at }}", 0), @r#"
    warning: the items of "New conversation" have no declared field `last_activty_at`
      --> workflow.yaml:13:58
       |
    13 |       jsonOutput: '={{ $(''New conversation'').item.json.last_activty_at }}'
       |                                                          ^^^^^^^^^^^^^^^
    help: did you mean `last_activity_at`?

    0 errors, 1 warning
    "#);
    assert_snapshot!(check("={{ $node[\"New conversation\"].json[\"inboxId\"] }}", 0), @r#"
    warning: the items of "New conversation" have no declared field `inboxId`
      --> workflow.yaml:13:55
       |
    13 |       jsonOutput: '={{ $node["New conversation"].json["inboxId"] }}'
       |                                                       ^^^^^^^^^
    help: did you mean `inbox_id`?

    0 errors, 1 warning
    "#);
}

#[test]
fn fields_that_are_declared_or_may_be_there() {
    for expression in [
        "={{ $json.id + $json.inbox_id + $json.meta.sender.name + $json.messages[0].content }}",
        // The definition does not say that there is nothing else.
        "={{ $json.something_new }}",
        "={{ $json.labels.length + $json.status.toUpperCase() + $json.hasOwnProperty('idd') }}",
        "={{ $('Start').item.json.idd + $('Aside').isExecuted }}",
        "={{ $input.first().json.id + $input.all()[0].json.id + $('New conversation').all(1)[0].json.idd }}",
        "={{ [1].map($json => $json.idd) }}",
    ] {
        is_sound(expression);
    }
}

#[test]
fn a_node_that_does_not_lead_here() {
    assert_snapshot!(check("={{ $('Aside').item.json.id }}", 0), @r#"
    warning: no connection leads from "Aside" to this node
      --> workflow.yaml:13:26
       |
    13 |       jsonOutput: '={{ $(''Aside'').item.json.id }}'
       |                          ^^^^^^^^^
    help: its items are there only if it happens to run before: connect the two, directly or through others

    0 errors, 1 warning
    "#);
}

#[test]
fn a_missing_node_named_in_older_ways() {
    assert_snapshot!(check("={{ $node['Strat'].json.id + $items(\"Nope\").length }}", 1), @r#"
    error: the workflow has no node named "Strat"
      --> workflow.yaml:13:30
       |
    13 |       jsonOutput: '={{ $node[''Strat''].json.id + $items("Nope").length }}'
       |                              ^^^^^^^^^
    help: did you mean "Start"?

    error: the workflow has no node named "Nope"
      --> workflow.yaml:13:58
       |
    13 |       jsonOutput: '={{ $node[''Strat''].json.id + $items("Nope").length }}'
       |                                                          ^^^^^^
    help: did you mean "Note"?

    2 errors, 0 warnings
    "#);
}

#[test]
fn a_function_that_there_is_not() {
    assert_snapshot!(check("={{ parseInteger($json.id) }}", 0), @r"
    warning: there is no function `parseInteger`: calling it gives undefined
      --> workflow.yaml:13:24
       |
    13 |       jsonOutput: '={{ parseInteger($json.id) }}'
       |                        ^^^^^^^^^^^^
    help: did you mean `parseInt`?

    0 errors, 1 warning
    ");
}

#[test]
fn a_method_that_there_is_not() {
    assert_snapshot!(check("={{ $json.status.toUppercase() }}", 0), @r"
    warning: there is no method `toUppercase`: this reads as undefined
      --> workflow.yaml:13:37
       |
    13 |       jsonOutput: '={{ $json.status.toUppercase() }}'
       |                                     ^^^^^^^^^^^
    help: did you mean `toUpperCase`?

    0 errors, 1 warning
    ");
}

#[test]
fn a_member_that_there_is_not() {
    assert_snapshot!(check("={{ $input.frist().json.id + $('Start').itme.json.id }}", 0), @r"
    warning: `$input` has no member `frist`: this reads as undefined
      --> workflow.yaml:13:31
       |
    13 |       jsonOutput: '={{ $input.frist().json.id + $(''Start'').itme.json.id }}'
       |                               ^^^^^
    help: did you mean `first`?

    warning: `$('…')` has no member `itme`: this reads as undefined
      --> workflow.yaml:13:62
       |
    13 |       jsonOutput: '={{ $input.frist().json.id + $(''Start'').itme.json.id }}'
       |                                                              ^^^^
    help: did you mean `item`?

    0 errors, 2 warnings
    ");
}

#[test]
fn a_function_without_its_arguments() {
    assert_snapshot!(check("={{ $if($json.id) }}", 1), @r"
    error: this expression cannot be read: `$if` needs a condition and a value
      --> workflow.yaml:13:24
       |
    13 |       jsonOutput: '={{ $if($json.id) }}'
       |                        ^^^

    1 error, 0 warnings
    ");
    assert_snapshot!(check("={{ $ifEmpty($json.id) }}", 1), @r"
    error: this expression cannot be read: `$ifEmpty` needs a value and what to take where it is empty
      --> workflow.yaml:13:24
       |
    13 |       jsonOutput: '={{ $ifEmpty($json.id) }}'
       |                        ^^^^^^^^

    1 error, 0 warnings
    ");
}

#[test]
fn a_missing_node_in_a_node_that_does_not_run_is_a_warning() {
    let workflow = WORKFLOW
        .replace("EXPRESSION", "\"={{ $('Nope').item.json }}\"")
        .replace("  - Urgent -> Note\n", "");
    let folder = Folder::with_workflow(&workflow);
    let checked = folder.run(&["check", "workflow.yaml"]).succeeded();
    assert_snapshot!(checked.stderr, @r#"
    warning: the workflow has no node named "Nope"
      --> workflow.yaml:13:26
       |
    13 |       jsonOutput: "={{ $('Nope').item.json }}"
       |                          ^^^^^^
    help: did you mean "Note"?

    0 errors, 1 warning
    "#);
}
