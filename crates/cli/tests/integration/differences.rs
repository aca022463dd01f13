//! What `check` says of the differences from n8n, as far as they concern a workflow that was made there.

use insta::assert_snapshot;

use crate::process::Folder;

const IMPORTED: &str = r#"{
  "nodes": [
    { "name": "Start", "type": "n8n-nodes-base.manualTrigger", "typeVersion": 1, "position": [0, 0], "parameters": {} },
    { "name": "Get", "type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2, "position": [200, 0], "retryOnFail": true,
      "parameters": { "url": "={{ $env.BASE }}/users", "options": {} } },
    { "name": "Get more", "type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2, "position": [400, 0],
      "parameters": { "url": "=https://example.com/{{ $now.toISODate() }}", "options": { "batching": { "batch": { "batchSize": 5 } } } } }
  ],
  "connections": {
    "Start": { "main": [[{ "node": "Get", "type": "main", "index": 0 }]] },
    "Get": { "main": [[{ "node": "Get more", "type": "main", "index": 0 }]] }
  },
  "settings": { "executionOrder": "v1" }
}
"#;

#[test]
fn they_are_counted() {
    let folder = Folder::new().with("workflow.json", IMPORTED);
    let checked = folder.run(&["check", "workflow.json"]).succeeded();
    assert_snapshot!(checked.stderr, @r"
    1 file checked, no problems
    7 differences from n8n apply: --verbose lists them
    ");
}

#[test]
fn they_are_listed_when_asked_for() {
    let folder = Folder::new().with("workflow.json", IMPORTED);
    let checked = folder
        .run(&["check", "workflow.json", "--verbose"])
        .succeeded();
    assert_eq!(checked.stdout, "");
    assert_snapshot!(checked.stderr, @r#"
    note: At most 16 requests of a node are in flight (`maxConcurrency`). n8n starts all at once.
     --> workflow.json:4:15
      |
    4 |     { "name": "Get", "type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2, "position": [200, 0], "retryOnF…
      |               ^^^^^

    note: A batch waits until the one before has finished. n8n only waits for the interval.
     --> workflow.json:6:15
      |
    6 |     { "name": "Get more", "type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2, "position": [400, 0],
      |               ^^^^^^^^^^

    note: A request names itself `itemflow/VERSION` in `User-Agent`. n8n says `n8n`.
     --> workflow.json:4:15
      |
    4 |     { "name": "Get", "type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2, "position": [200, 0], "retryOnF…
      |               ^^^^^
    help: the same for "Get more"

    note: An empty answer is `{}` unless text or a file is asked for, and values of a list that are no objects are put under `data`. n8n puts them where an object belongs.
     --> workflow.json:4:15
      |
    4 |     { "name": "Get", "type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2, "position": [200, 0], "retryOnF…
      |               ^^^^^
    help: the same for "Get more"

    note: `retryOnFail` on a node that sends requests repeats only the items that failed, and of those only requests that may be repeated. n8n runs the whole node again.
     --> workflow.json:4:15
      |
    4 |     { "name": "Get", "type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2, "position": [200, 0], "retryOnF…
      |               ^^^^^

    note: `$env` reads nothing unless `--allow-env NAME` allows that one variable. n8n allows all or none.
     --> workflow.json:4:15
      |
    4 |     { "name": "Get", "type": "n8n-nodes-base.httpRequest", "typeVersion": 4.2, "position": [200, 0], "retryOnF…
      |               ^^^^^

    note: A workflow without a time zone uses the machine's. n8n uses America/New_York unless configured.
     --> workflow.json

    1 file checked, no problems
    "#);
}

#[test]
fn machines_get_them_as_notes() {
    let folder = Folder::new().with("workflow.json", IMPORTED);
    let quiet = folder
        .run(&["check", "workflow.json", "--output", "json"])
        .succeeded();
    assert_eq!(quiet.json(), serde_json::json!([]));
    let all = folder
        .run(&["check", "workflow.json", "--output", "json", "--verbose"])
        .succeeded()
        .json();
    let all = all.as_array().unwrap();
    assert!(all.iter().all(|note| note["severity"] == "note"));
    let zone = all.iter().find(|note| note["code"] == "time-zone");
    assert!(zone.is_some_and(|note| note["span"].is_null()));
}

#[test]
fn a_workflow_of_our_own_has_none() {
    let own = "nodes:\n  - { name: Start, type: manualTrigger }\n  - { name: Sort, type: sort, parameters: { sortFieldsUi: { sortField: [{ fieldName: a }] } } }\nconnections: [Start -> Sort]\n";
    let folder = Folder::with_workflow(own);
    let checked = folder.run(&["check", "workflow.yaml", "-v"]).succeeded();
    assert_eq!(checked.stderr, "1 file checked, no problems\n");
}
