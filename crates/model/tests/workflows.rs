//! Workflows as they are read: n8n's form, the short form, what survives a save, and what hostile files do.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod changes;

use std::fmt::Write;
use std::time::{Duration, Instant};

use itemflow_model::{ExecutionOrder, OnError, Part, Port, Side, SourceText, Value, Workflow};
use proptest::prelude::*;

fn read(file: &str, text: &str) -> (Workflow, usize) {
    let source = SourceText::new(file, text);
    let (workflow, warnings) = Workflow::read(&source).unwrap();
    (workflow, warnings.len())
}

/// Source, output, target and input of every `main` connection.
fn edges(workflow: &Workflow) -> Vec<(String, usize, String, usize)> {
    let mut edges = Vec::new();
    for (from, types) in &workflow.connections {
        for (output, slot) in types["main"].iter().enumerate() {
            for to in slot {
                edges.push((from.to_string(), output, to.node.to_string(), to.index));
            }
        }
    }
    edges
}

fn edge(from: &str, output: usize, to: &str, input: usize) -> (String, usize, String, usize) {
    (from.into(), output, to.into(), input)
}

const N8N: &str = r#"{
  "nodes": [
    { "parameters": {}, "id": "1", "name": "A", "type": "n8n-nodes-base.manualTrigger", "typeVersion": "1.1", "position": [0, 0], "webhookId": "w", "ours": 1 },
    { "name": "B", "type": "n8n-nodes-base.set", "parameters": null, "credentials": { "x": { "id": null, "name": "n" }, "y": "z" }, "onError": "continueErrorOutput" }
  ],
  "connections": { "A": { "main": [null, [{ "node": "B", "type": "main", "index": 0 }], []], "ai_tool": [[]] }, "B": { "main": null } },
  "settings": { "saveManualExecutions": true },
  "pinData": null,
  "staticData": null,
  "meta": { "instanceId": "i" },
  "tags": []
}"#;

#[test]
fn reads_what_n8n_writes() {
    let (workflow, warnings) = read("export.json", N8N);
    assert_eq!(warnings, 0);
    assert_eq!(workflow.name, "export");
    assert_eq!(
        workflow.settings.execution_order, None,
        "n8n's older order is kept"
    );
    assert_eq!(workflow.nodes[0].type_version, Some(1.1));
    assert_eq!(workflow.nodes[1].position, None);
    assert_eq!(workflow.nodes[1].credentials["x"].name(), "n");
    assert_eq!(workflow.nodes[1].credentials["y"].name(), "z");
    assert_eq!(
        workflow.nodes[1].on_error,
        Some(OnError::ContinueErrorOutput)
    );
    assert_eq!(edges(&workflow), [edge("A", 1, "B", 0)]);
    let list = read("export.json", &format!("[{N8N}]")).0;
    assert_eq!(list, workflow);
}

#[test]
fn what_it_does_not_know_survives_a_load_and_a_save() {
    let (workflow, _) = read("export.json", N8N);
    let saved = workflow.to_value();
    for (path, expected) in [
        ("/nodes/0/ours", "1"),
        ("/nodes/0/webhookId", "\"w\""),
        ("/meta", r#"{"instanceId":"i"}"#),
        ("/tags", "[]"),
        ("/staticData", "null"),
        ("/settings/saveManualExecutions", "true"),
    ] {
        let json = serde_json::Value::from(&saved);
        assert_eq!(json.pointer(path).unwrap().to_string(), expected, "{path}");
    }
    let (again, _) = read("export.json", &saved.to_string());
    assert_eq!(again, workflow);
    let typed: Workflow = serde_json::from_str(&saved.to_string()).unwrap();
    assert_eq!(typed, workflow);
}

#[test]
fn the_short_form_is_placed_from_top_to_bottom_and_runs_in_the_newer_order() {
    let (workflow, warnings) = read(
        "folder/short.yaml",
        "nodes:\n  - { name: A, type: if }\n  - { name: B, type: merge, credentials: { x: mine } }\n  - { name: \"c -> d\", type: set }\nconnections:\n  - A -> B -> 'c -> d'\n  - A [false] -> [1] B\n",
    );
    assert_eq!(warnings, 0);
    assert_eq!(workflow.name, "short");
    assert_eq!(workflow.settings.execution_order, Some(ExecutionOrder::V1));
    let heights: Vec<f64> = workflow
        .nodes
        .iter()
        .map(|n| n.position.unwrap()[1])
        .collect();
    assert!(
        heights.is_sorted() && heights[0] < heights[2],
        "{heights:?}"
    );
    assert_eq!(
        edges(&workflow),
        [
            edge("A", 0, "B", 0),
            edge("A", 1, "B", 1),
            edge("B", 0, "c -> d", 0)
        ]
    );
}

#[test]
fn settings_of_the_short_form_hold() {
    let (workflow, _) = read(
        "w.yaml",
        "settings: { executionOrder: parallel }\nnodes: [{ name: A, type: set }]\n",
    );
    assert_eq!(
        workflow.settings.execution_order,
        Some(ExecutionOrder::Parallel)
    );
}

#[test]
fn names_of_outputs_and_inputs_are_resolved_by_the_catalog() {
    let source = SourceText::new(
        "w.yaml",
        "nodes:\n  - { name: A, type: switch }\n  - { name: B, type: merge }\nconnections:\n  - A [urgent] -> [left] B\n  - A [error] -> B\n  - A [typo] -> B\n",
    );
    let (mut workflow, _) = Workflow::read(&source).unwrap();
    assert_eq!(workflow.arrows.len(), 3);
    let problems = workflow.resolve_ports(&source, &|node, side, name| match (
        &*node.node_type,
        side,
        name,
    ) {
        ("switch", Side::Output, "urgent") => Some(3),
        ("switch", Side::Output, "error") => Some(4),
        ("merge", Side::Input, "left") => Some(1),
        _ => None,
    });
    assert_eq!(
        edges(&workflow),
        [edge("A", 3, "B", 1), edge("A", 4, "B", 0)]
    );
    assert!(workflow.arrows.is_empty());
    assert_eq!(problems.len(), 1);
    let span = problems[0].span.unwrap();
    assert_eq!(&source.text[span.start..span.end], "typo");
}

#[test]
fn a_node_is_found_again_in_its_file() {
    for text in [N8N.to_owned(), format!("[{N8N}]")] {
        let source = SourceText::new("w.json", text);
        let pointer = &Workflow::node_pointers(&source)["B"];
        let span = source
            .locate(&format!("{pointer}/type"), Part::Value)
            .unwrap();
        assert_eq!(&source.text[span.start..span.end], "\"n8n-nodes-base.set\"");
    }
}

#[test]
fn ten_thousand_nodes_are_read_at_once() {
    let mut nodes = String::new();
    let mut connections = String::new();
    for i in 0..10_000 {
        let comma = if i == 0 { "" } else { "," };
        write!(nodes, r#"{comma}{{"id":"{i}","name":"Node {i}","type":"n8n-nodes-base.set","typeVersion":3.4,"position":[{i},0],"parameters":{{"a":"={{{{ $json.x }}}}"}}}}"#).unwrap();
        write!(
            connections,
            r#"{comma}"Node {i}":{{"main":[[{{"node":"Node {}","type":"main","index":0}}]]}}"#,
            (i + 1) % 10_000
        )
        .unwrap();
    }
    let text = format!(r#"{{"nodes":[{nodes}],"connections":{{{connections}}}}}"#);
    let start = Instant::now();
    let (workflow, _) = read("big.json", &text);
    assert_eq!(workflow.nodes.len(), 10_000);
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn ten_thousand_problems_are_cut_short() {
    let text = format!(
        r#"{{"nodes":[{}]}}"#,
        vec![r#"{"name":1}"#; 10_000].join(",")
    );
    let problems = Workflow::read(&SourceText::new("bad.json", text)).unwrap_err();
    assert!(problems.len() < 300);
    assert_eq!(problems.last().unwrap().code, "more-problems");
}

/// Reads a text both ways and shows what is wrong with it; nothing of it may panic.
fn read_anything(text: &str) {
    for file in ["w.yaml", "w.json"] {
        let source = SourceText::new(file, text);
        let problems = match Workflow::read(&source) {
            Ok((mut workflow, warnings)) => {
                workflow.resolve_ports(&source, &|_, _, _| Some(0));
                let again =
                    Workflow::read(&SourceText::new("w.json", workflow.to_value().to_string()));
                assert!(again.is_ok(), "{again:?}");
                warnings
            }
            Err(problems) => problems,
        };
        for problem in problems {
            problem.render(Some(&source.text), true);
        }
        source.locate("/nodes/0/parameters/x", Part::Key);
        source.locate_within("/nodes/0/name", 1..3);
    }
}

const SEEDS: [&str; 3] = [
    N8N,
    include_str!("problems/workflow/wrong_types.yaml"),
    include_str!("problems/workflow/arrows.yaml"),
];

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        read_anything(&text);
    }

    #[test]
    fn any_yaml_like_text_is_read_or_refused(text in "([-:?\\[\\]{},#&*!|>'\"%@` \n\ta0\\\\]|nodes|: |- |-> ){0,60}") {
        read_anything(&text);
    }

    #[test]
    fn any_changed_workflow_is_read_or_refused(
        seed in 0..SEEDS.len(),
        changes in changes::changes(),
    ) {
        read_anything(&changes::apply(SEEDS[seed], &changes));
    }

    #[test]
    fn any_value_in_place_of_another_is_read_or_refused(pick in any::<prop::sample::Index>(), with in 0..7_usize) {
        let mut json: serde_json::Value = serde_json::from_str(N8N).unwrap();
        let pointers = pointers(&json);
        let values = ["null", "1", "-1.5", "\"x\"", "[]", "{}", "[[{\"a\":[1]}]]"];
        let pointer = &pointers[pick.index(pointers.len())];
        *json.pointer_mut(pointer).unwrap() = serde_json::from_str(values[with]).unwrap();
        read_anything(&Value::from(json).to_string());
    }
}

fn pointers(json: &serde_json::Value) -> Vec<String> {
    let mut found = vec![String::new()];
    let children: Vec<(String, &serde_json::Value)> = match json {
        serde_json::Value::Array(list) => list
            .iter()
            .enumerate()
            .map(|(i, v)| (i.to_string(), v))
            .collect(),
        serde_json::Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), v)).collect(),
        _ => Vec::new(),
    };
    for (key, child) in children {
        found.extend(pointers(child).iter().map(|rest| format!("/{key}{rest}")));
    }
    found
}

#[test]
fn what_a_test_expects_is_read_and_survives_a_save() {
    let text = r#"
nodes:
  - { name: A, type: if }
  - { name: "B [x]", type: noOp }
test: { input: { n: 1 }, start: A, mock: true, now: 2026-01-31T09:00:00Z, seed: 7, vars: { port: 80 } }
expect:
  A [false]: []
  A [1]: { items: [{ n: 1 }], subset: true }
  B [x]: { runs: [] }
  "B [x] [error]": { error: not found }
"#;
    let (workflow, warnings) = read("a.yaml", text);
    assert_eq!(warnings, 0);
    assert_eq!(workflow.test.input, Some(vec![Value::from([("n", 1)])]));
    assert_eq!(workflow.test.seed, Some(7));
    assert_eq!(workflow.test.vars["port"], "80");
    let expected: Vec<(String, Port)> = workflow
        .expected()
        .map(|expected| (expected.node.to_string(), expected.output))
        .collect();
    assert_eq!(
        expected[0],
        ("A".into(), Port::Index(1)),
        "false is the second output"
    );
    assert_eq!(expected[1], ("A".into(), Port::Index(1)));
    assert_eq!(expected[2], ("B [x]".into(), Port::Index(0)));
    let (node, Port::Name(port)) = &expected[3] else {
        panic!("{expected:?}");
    };
    assert_eq!((node.as_str(), &*port.name), ("B [x]", "error"));
    let (again, _) = read("a.json", &workflow.to_value().to_string());
    assert_eq!((again.test, again.expect), (workflow.test, workflow.expect));
}

#[test]
fn what_a_test_expects_wrongly_is_told_with_its_place() {
    for (section, place, told) in [
        (
            "expect: { Startt: [] }",
            (2, 11),
            "no node named \"Startt\" (did you mean \"Start\"?)",
        ),
        (
            "expect: { '[1] Start': [] }",
            (2, 11),
            "not a node with one of its outputs",
        ),
        (
            "expect: { Start: { itms: [] } }",
            (2, 20),
            "`itms` means nothing here (did you mean `items`?)",
        ),
        (
            "expect: { Start: { a: 1 } }",
            (2, 20),
            "write a list of items, or `items`, `runs`, `subset` or `error`",
        ),
        ("expect: { Start: 1 }", (2, 18), "a list of items"),
        (
            "expect: { Start: [1] }",
            (2, 19),
            "an item, which is an object",
        ),
        (
            "expect: { Start: { runs: [{}] } }",
            (2, 27),
            "a list of items",
        ),
        (
            "expect: { Start: { subset: true } }",
            (2, 11),
            "nothing is expected here",
        ),
        (
            "expect: { Start: { items: [], runs: [] } }",
            (2, 11),
            "give either",
        ),
        ("test: { sed: 1 }", (2, 9), "did you mean `seed`?"),
        ("test: { start: Sart }", (2, 16), "did you mean \"Start\"?"),
        ("test: { seed: -1 }", (2, 15), "a whole number"),
        ("test: { input: 1 }", (2, 16), "a list of items"),
    ] {
        let text = format!("nodes: [{{ name: Start, type: manualTrigger }}]\n{section}\n");
        let source = SourceText::new("a.yaml", text.as_str());
        let problems = Workflow::read(&source).unwrap_err();
        let span = problems[0].span.unwrap();
        assert!(
            problems[0].to_string().contains(told),
            "{section}: {}",
            problems[0]
        );
        assert_eq!((span.line, span.column), place, "{section}");
    }
}
