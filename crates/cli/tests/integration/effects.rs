//! Loops, waits and workflows that run other workflows, from the command line.

use std::time::{Duration, Instant};

use insta::assert_snapshot;
use serde_json::json;

use crate::process::{Folder, Ran};

/// A workflow that runs another one, named by these parameters, for the items 1, 2 and 3.
fn caller(parameters: &str) -> String {
    format!(
        r#"name: Caller
nodes:
  - {{ name: Start, type: manualTrigger }}
  - {{ name: Numbers, type: set, parameters: {{ mode: raw, jsonOutput: '{{ "list": [1, 2, 3] }}' }} }}
  - {{ name: Split, type: splitOut, parameters: {{ fieldToSplitOut: list, options: {{ destinationFieldName: n }} }} }}
  - {{ name: Call, type: executeWorkflow, typeVersion: 1.2, parameters: {parameters} }}
  - {{ name: After, type: set, parameters: {{ assignments: {{ assignments: [
      {{ name: got, type: number, value: "={{{{ $json.m }}}}" }},
      {{ name: for, type: number, value: "={{{{ $('Split').item.json.n }}}}" }} ] }} }} }}
connections:
  - Start -> Numbers -> Split -> Call -> After
"#
    )
}

const CHILD: &str = r#"name: The child
id: child-7
nodes:
  - { name: In, type: executeWorkflowTrigger, typeVersion: 1.1, parameters: { inputSource: passthrough } }
  - { name: Odd, type: filter, parameters: { conditions: { combinator: and, conditions: [
      { leftValue: "={{ $json.n % 2 }}", rightValue: 1, operator: { type: number, operation: equals } } ] } } }
  - { name: Ten, type: set, parameters: { assignments: { assignments: [
      { name: m, type: number, value: "={{ $json.n * 10 }}" } ] } } }
connections: [ In -> Odd -> Ten ]
"#;

fn run(folder: &Folder) -> Ran {
    folder.run(&["run", "workflow.yaml", "--quiet", "--output", "json"])
}

#[test]
fn a_called_workflow_is_found_by_file_identity_or_name() {
    for parameters in [
        "{ workflowId: { __rl: true, mode: id, value: child-7 } }",
        "{ workflowId: { __rl: true, mode: list, value: other } }",
        "{ workflowId: { __rl: true, mode: list, value: The child } }",
        "{ workflowId: { __rl: true, mode: list, value: child-7 }, mode: each }",
    ] {
        let folder = Folder::with_workflow(&caller(parameters)).with("other.yaml", CHILD);
        let ran = run(&folder).succeeded();
        assert_eq!(
            ran.items(),
            [
                json!({ "got": 10, "for": 1 }),
                json!({ "got": 30, "for": 3 })
            ],
            "{parameters}"
        );
    }
}

#[test]
fn a_called_workflow_never_lies_outside_the_folder() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret.yaml"), CHILD).unwrap();
    let path = outside.path().join("secret.yaml");
    for value in [path.to_str().unwrap(), "../secret.yaml", "/etc/passwd"] {
        let parameters = format!("{{ workflowId: {{ __rl: true, mode: id, value: '{value}' }} }}");
        let folder = Folder::with_workflow(&caller(&parameters));
        run(&folder).ended(1).tells(&["there is no workflow `"]);
    }
    let parameters = format!(
        "{{ source: localFile, workflowPath: '{}' }}",
        path.display()
    );
    let text = caller(&parameters).replace("typeVersion: 1.2", "typeVersion: 1.1");
    let folder = Folder::with_workflow(&text);
    run(&folder).ended(1).tells(&["is outside the folder"]);
}

#[test]
fn what_fails_in_a_called_workflow_is_told_with_both_nodes() {
    let child = CHILD.split("  - { name: Ten").next().unwrap().to_owned()
        + "  - { name: Ten, type: stopAndError, parameters: { errorMessage: no tens today } }\nconnections: [ In -> Odd -> Ten ]\n";
    let folder = Folder::with_workflow(&caller("{ workflowId: { __rl: true, value: other } }"))
        .with("other.yaml", &child);
    let ran = run(&folder).ended(1);
    assert_snapshot!(ran.stderr, @r#"
    error: node "Call", item 0: no tens today
      help: the failure is in node "Ten" of the other workflow
    "#);
}

#[test]
fn workflows_that_run_each_other_without_end_are_stopped() {
    let text = r#"name: Itself
nodes:
  - { name: In, type: executeWorkflowTrigger, typeVersion: 1.1, parameters: { inputSource: passthrough } }
  - { name: Again, type: executeWorkflow, typeVersion: 1.2, parameters: { workflowId: { __rl: true, value: workflow } } }
connections: [ In -> Again ]
"#;
    let folder = Folder::with_workflow(text);
    run(&folder)
        .ended(1)
        .tells(&["workflows run each other more than 25 deep"]);
}

#[test]
fn a_loop_hands_out_batches_and_gives_all_that_came_back() {
    let text = r#"name: Loop
nodes:
  - { name: Start, type: manualTrigger }
  - { name: Numbers, type: set, parameters: { mode: raw, jsonOutput: '{ "list": [1, 2, 3, 4, 5] }' } }
  - { name: Split, type: splitOut, parameters: { fieldToSplitOut: list, options: { destinationFieldName: n } } }
  - { name: Loop, type: splitInBatches, parameters: { batchSize: 2 } }
  - { name: Ten, type: set, parameters: { assignments: { assignments: [
      { name: m, type: number, value: "={{ $json.n * 10 }}" },
      { name: of, type: number, value: "={{ $('Split').item.json.n }}" },
      { name: last, type: boolean, value: "={{ $('Loop').context.noItemsLeft }}" } ] } } }
  - { name: Done, type: set, parameters: { assignments: { assignments: [
      { name: m, type: number, value: "={{ $json.m }}" },
      { name: of, type: number, value: "={{ $json.of }}" },
      { name: last, type: boolean, value: "={{ $json.last }}" },
      { name: from, type: number, value: "={{ $('Split').item.json.n }}" } ] } } }
connections:
  - Start -> Numbers -> Split -> Loop
  - Loop [loop] -> Ten -> Loop
  - Loop [done] -> Done
"#;
    let ran = run(&Folder::with_workflow(text)).succeeded();
    let item = |n: i64| json!({ "m": n * 10, "of": n, "last": n == 5, "from": n });
    assert_eq!(ran.items(), (1..=5).map(item).collect::<Vec<_>>());
}

#[test]
fn a_wait_takes_its_time_and_one_for_a_call_leaves_the_execution_waiting() {
    let waiting = |parameters: &str| {
        Folder::with_workflow(&format!(
            "name: Wait\nnodes:\n  - {{ name: Start, type: manualTrigger }}\n  - {{ name: Rest, type: wait, parameters: {parameters} }}\nconnections: [ Start -> Rest ]\n"
        ))
    };
    let began = Instant::now();
    run(&waiting("{ amount: 0.3 }")).succeeded();
    assert!(began.elapsed() >= Duration::from_millis(300));
    let ran = waiting("{ resume: webhook }")
        .run(&["run", "workflow.yaml"])
        .ended(3);
    assert_snapshot!(ran.stderr.lines().skip(1).collect::<Vec<_>>().join("\n"), @r#"
    execution: waiting
    node "Rest" waits for a call, which only a server can take
    "#);
}
