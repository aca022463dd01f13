//! Code, Function, FunctionItem and Sort by code, with real scripts.

use std::sync::Arc;

use itemflow_model::{Binaries, Item, Items, Link, LogLevel, Node as WorkflowNode, OnError, Value};
use serde_json::{Value as Json, json};

use crate::Outcome;
use crate::core::tests::{host, list, outcome, outcome_on, run};

fn code(script: &str) -> Result<Vec<Json>, String> {
    let parameters = json!({ "jsCode": script }).into();
    jsons(run("code", None, &parameters, &inputs()))
}

fn each(script: &str) -> Result<Vec<Json>, String> {
    let parameters = json!({ "mode": "runOnceForEachItem", "jsCode": script }).into();
    jsons(run("code", None, &parameters, &inputs()))
}

fn old(kind: &str, script: &str) -> Result<Vec<Json>, String> {
    let parameters = json!({ "functionCode": script }).into();
    jsons(run(kind, None, &parameters, &inputs()))
}

fn jsons(result: Result<Vec<Vec<Value>>, String>) -> Result<Vec<Json>, String> {
    let first = result?.into_iter().next().unwrap_or_default();
    Ok(first.iter().map(Json::from).collect())
}

fn inputs() -> [Vec<Value>; 1] {
    [list(json!([{ "n": 1 }, { "n": 2 }]))]
}

fn workflow_node(kind: &str, parameters: Json, on_error: OnError) -> WorkflowNode {
    WorkflowNode {
        node_type: kind.into(),
        parameters: Value::from(parameters).as_object().cloned().unwrap(),
        on_error: Some(on_error),
        ..WorkflowNode::default()
    }
}

fn two_items() -> Items {
    Items::from(vec![
        Item::new(json!({ "n": 1 })),
        Item::new(json!({ "n": 2 })),
    ])
}

fn continued(kind: &str, parameters: Json) -> Items {
    let node = workflow_node(kind, parameters, OnError::ContinueRegularOutput);
    let outcome = outcome_on(host(), node, &[two_items()]).unwrap();
    outcome.outputs[0].clone().unwrap()
}

#[test]
fn results_that_are_items() {
    for (script, expected) in [
        (
            "return [{ json: { a: 1 } }, { json: { a: 2 }, pairedItem: 0 }]",
            json!([{ "a": 1 }, { "a": 2 }]),
        ),
        ("return { json: { a: 1 } }", json!([{ "a": 1 }])),
        ("return { a: 1 }", json!([{ "a": 1 }])),
        (
            "return [{ a: 1 }, { b: 2 }]",
            json!([{ "a": 1 }, { "b": 2 }]),
        ),
        ("return []", json!([])),
        ("return null", json!([])),
        ("return items", json!([{ "n": 1 }, { "n": 2 }])),
        (
            "return $input.all().filter((item) => item.json.n > 1)",
            json!([{ "n": 2 }]),
        ),
        (
            "return [{ error: 'no item key alone' }]",
            json!([{ "error": "no item key alone" }]),
        ),
        (
            "return [{ json: { d: new Date(0), m: DateTime.fromMillis(0, { zone: 'utc' }) }, index: 3 }]",
            json!([{ "d": "1970-01-01T00:00:00.000Z", "m": "1970-01-01T00:00:00.000Z" }]),
        ),
    ] {
        assert_eq!(Json::from(code(script).unwrap()), expected, "{script}");
    }
}

#[test]
fn results_that_are_none() {
    for (script, message) in [
        (
            "",
            "the script returns nothing: let it end with `return` and an array of items",
        ),
        (
            "return 5",
            "the script must return an array of items or an object, not `5`",
        ),
        (
            "return 'text'",
            "the script must return an array of items or an object, not a string",
        ),
        (
            "return [1]",
            "each item must be an object, not `1` [item 0]",
        ),
        (
            "return [{}, [1]]",
            "each item must be an object, not an array [item 1]",
        ),
        (
            "return [{ json: {} }, { json: {}, other: 1 }]",
            "an item has no member `other`: put data under `json` [item 1]",
        ),
        (
            "return [{ json: {} }, { pairedItem: 0 }]",
            "some items have `json`, but this one has not: give it to all of them or to none [item 1]",
        ),
        (
            "return { json: 'test' }",
            "A 'json' property isn't an object [item 0]",
        ),
        (
            "return [{ json: [] }]",
            "A 'json' property isn't an object [item 0]",
        ),
        (
            "return [{ json: {}, binary: 5 }]",
            "A 'binary' property isn't an object [item 0]",
        ),
    ] {
        assert_eq!(code(script), Err(message.into()), "{script}");
    }
}

#[test]
fn results_for_each_item() {
    for (script, expected) in [
        (
            "return { double: $json.n * 2 }",
            json!([{ "double": 2 }, { "double": 4 }]),
        ),
        ("return item", json!([{ "n": 1 }, { "n": 2 }])),
        (
            "$json.seen = true; return $input.item",
            json!([{ "n": 1, "seen": true }, { "n": 2, "seen": true }]),
        ),
        (
            "return $json.n === 1 ? null : { json: { kept: $itemIndex } }",
            json!([{ "kept": 1 }]),
        ),
        ("if ($json.n === 1) return; return {}", json!([{}])),
        ("return false", json!([])),
    ] {
        assert_eq!(Json::from(each(script).unwrap()), expected, "{script}");
    }
    for (script, message) in [
        (
            "return [item]",
            "a script that runs for each item must return one object, not an array [item 0]",
        ),
        (
            "return $json.n === 2 ? 'x' : {}",
            "a script that runs for each item must return one object, not a string [item 1]",
        ),
        (
            "return { json: {}, more: 1 }",
            "an item has no member `more`: put data under `json` [item 0]",
        ),
        (
            "return { json: 3 }",
            "A 'json' property isn't an object [item 0]",
        ),
    ] {
        assert_eq!(each(script), Err(message.into()), "{script}");
    }
}

#[test]
fn a_failure_names_the_line_and_the_item() {
    assert_eq!(
        code("const a = 1;\nthrow new Error('broken')"),
        Err("broken [line 2]".into())
    );
    assert_eq!(
        each("if ($json.n === 2)\n  throw new Error('second')\nreturn item"),
        Err("second [line 2, for item 1]".into())
    );
    assert_eq!(
        old("function", "throw new Error('x')"),
        Err("x [Line 1]".into())
    );
    assert_eq!(
        old("functionItem", "throw new Error('x')"),
        Err("x [Line 1 | Item Index: 0]".into())
    );
}

#[test]
fn the_place_of_a_failure_is_described() {
    let items = continued("code", json!({ "jsCode": "\n  nothing()" }));
    let item = items.get(0).unwrap();
    assert_eq!(
        Json::from(&item.json),
        json!({ "error": "nothing is not defined [line 2]" })
    );
    let description = item.error.as_ref().unwrap().description.clone().unwrap();
    assert_eq!(description, "ReferenceError at line 2, column 3: nothing()");
}

#[test]
fn failed_items_go_on_when_the_node_continues() {
    let items = continued(
        "code",
        json!({ "mode": "runOnceForEachItem", "jsCode": "if ($json.n === 1) throw new Error('one'); return 2 in $json ? {} : item" }),
    );
    let shown: Vec<Json> = items.iter().map(|item| Json::from(&item.json)).collect();
    assert_eq!(
        shown,
        [
            json!({ "error": "one [line 1, for item 0]" }),
            json!({ "n": 2 })
        ]
    );
    assert!(items.get(0).unwrap().error.is_some());
    assert_eq!((items.link(0), items.link(1)), (Link::to(0), Link::to(1)));
    let items = continued(
        "functionItem",
        json!({ "functionCode": "if (item.n === 2) throw 'two'; return item" }),
    );
    assert_eq!(
        Json::from(&items.get(1).unwrap().json),
        json!({ "error": "two [Item Index: 1]" })
    );
    let items = continued("function", json!({ "functionCode": "return" }));
    assert_eq!(
        Json::from(&items.get(0).unwrap().json),
        json!({ "error": "the script returns nothing: let it end with `return items`" })
    );
}

#[test]
fn links_are_as_the_script_says() {
    let links = |kind: &str, key: &str, script: &str| {
        let parameters = json!({ key: script }).into();
        let outcome = outcome(kind, None, &parameters, &inputs()).unwrap();
        let items = outcome.outputs[0].clone().unwrap();
        (0..items.len()).map(|i| items.link(i)).collect::<Vec<_>>()
    };
    let both = Link::to(0).join(&Link::to(1));
    assert_eq!(
        links(
            "code",
            "jsCode",
            "return [{ json: {}, pairedItem: 1 }, { json: {}, pairedItem: { item: 0 } }, { json: {}, pairedItem: [0, 1] }, { json: {} }]"
        ),
        [Link::to(1), Link::to(0), both, Link::None]
    );
    assert_eq!(
        links("code", "jsCode", "return items.reverse()"),
        [Link::to(1), Link::to(0)]
    );
    assert_eq!(
        links("function", "functionCode", "return items.reverse()"),
        [Link::to(1), Link::to(0)]
    );
    assert_eq!(
        links(
            "code",
            "jsCode",
            "return [{ json: {}, pairedItem: 'x' }, { json: {}, pairedItem: { item: -1 } }]"
        ),
        [Link::None, Link::None]
    );
}

#[test]
fn the_older_nodes_have_their_own_rules() {
    for (script, expected) in [
        ("return items", json!([{ "n": 1 }, { "n": 2 }])),
        ("return { a: 1 }", json!([{ "a": 1 }])),
        ("return [{ json: { a: 1 }, other: 2 }]", json!([{ "a": 1 }])),
        (
            "items[0].json.index = items[1].index; return [items[0]]",
            json!([{ "n": 1, "index": 1 }]),
        ),
        (
            "return [{ json: { p: getNodeParameter('functionCode', 0).length > 5, d: getWorkflowStaticData('node') } }]",
            json!([{ "p": true, "d": {} }]),
        ),
        (
            "return [{ json: { n: $item(1).$json.n } }]",
            json!([{ "n": 2 }]),
        ),
        ("return []", json!([])),
    ] {
        assert_eq!(
            Json::from(old("function", script).unwrap()),
            expected,
            "{script}"
        );
    }
    assert_eq!(
        old("function", "return null"),
        Err("the script returns nothing: let it end with `return items`".into())
    );
    for (script, expected) in [
        (
            "item.a = $json.n; return item",
            json!([{ "n": 1, "a": 1 }, { "n": 2, "a": 2 }]),
        ),
        (
            "return { at: $itemIndex }",
            json!([{ "at": 0 }, { "at": 1 }]),
        ),
    ] {
        assert_eq!(
            Json::from(old("functionItem", script).unwrap()),
            expected,
            "{script}"
        );
    }
    assert_eq!(
        old("functionItem", "item.x = 1"),
        Err("the script returns nothing: let it end with `return item` [Item Index: 0]".into())
    );
}

#[test]
fn what_cannot_run_is_said_before() {
    let compile = |parameters: Json| run("code", None, &parameters.into(), &[]).unwrap_err();
    assert_eq!(
        compile(json!({ "language": "python" })),
        "scripts in `python` are not supported"
    );
    assert_eq!(
        compile(json!({ "language": "pythonNative", "pythonCode": "return []" })),
        "scripts in `pythonNative` are not supported"
    );
    assert!(compile(json!({ "jsCode": "return {" })).starts_with("this script cannot be read"));
    assert!(compile(json!({ "mode": "sometimes" })).contains("must be `runOnceForAllItems`"));
    // Version 1 has no language.
    let parameters = json!({ "language": "python", "jsCode": "return { a: 1 }" }).into();
    assert_eq!(
        jsons(run("code", Some(1.0), &parameters, &inputs())).unwrap(),
        [json!({ "a": 1 })]
    );
}

#[test]
fn lines_for_the_log_and_data_to_find_the_execution_come_with_the_items() {
    let Outcome { logs, custom_data, .. } = outcome(
        "code",
        None,
        &json!({ "jsCode": "console.log('hello', $json); console.error('bad');\n\
            $execution.customData.set('order', 5); $execution.customData.setAll({ who: 'me' });\n\
            for (let i = 0; i < 20; i++) $execution.customData.set('k' + i, i);\n\
            return { all: $execution.customData.getAll().who, one: $execution.customData.get('order') }" })
        .into(),
        &inputs(),
    )
    .unwrap();
    assert_eq!(&*logs[0].text, "hello {\"n\":1}");
    assert_eq!((logs[1].level, &*logs[1].text), (LogLevel::Error, "bad"));
    let custom = custom_data.unwrap();
    assert_eq!(
        (custom.len(), custom.get("order")),
        (10, Some(&Value::from("5")))
    );
    assert!(
        logs.iter()
            .any(|line| line.level == LogLevel::Warning && line.text.contains("`k19` is left out"))
    );
    assert!(
        code("$execution.customData.set('a b', 1); return []")
            .unwrap_err()
            .contains("letters, digits or underscores")
    );
}

#[test]
fn static_data_outlives_the_run() {
    let host = host();
    let remembered = host.static_data.clone();
    let script = "const data = $getWorkflowStaticData('node'); data.count = (data.count ?? 0) + 1; return data";
    for expected in [1, 2] {
        let node = workflow_node("code", json!({ "jsCode": script }), OnError::StopWorkflow);
        let outcome = outcome_on(host.clone(), node, &[two_items()]).unwrap();
        let items = outcome.outputs[0].clone().unwrap();
        assert_eq!(
            Json::from(&items.get(0).unwrap().json),
            json!({ "count": expected })
        );
    }
    assert_eq!(
        remembered.load(Some("Test")),
        Value::from(json!({ "count": 2 }))
    );
    assert_eq!(remembered.load(None), Value::empty_object());
}

#[test]
fn files_pass_are_read_and_are_made() {
    let host = host();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let file = itemflow_declarative::ReceivedFile {
        bytes: "hello".into(),
        mime_type: "text/plain".into(),
        file_name: Some("a.txt".into()),
    };
    let binary = runtime.block_on(host.binaries.store(file)).unwrap();
    let item = Item {
        binary: Some(Arc::new(Binaries::from_iter([(
            "data".into(),
            binary.clone(),
        )]))),
        ..Item::new(json!({}))
    };
    let result = |script: &str| {
        let node = workflow_node("code", json!({ "jsCode": script }), OnError::StopWorkflow);
        let outcome = outcome_on(host.clone(), node, &[Items::from(vec![item.clone()])])?;
        Ok::<_, String>(outcome.outputs[0].clone().unwrap().get(0).unwrap().clone())
    };
    let passed = result("return items").unwrap();
    assert_eq!(passed.binary.unwrap()["data"], binary);
    let read = result(
        "const bytes = await this.helpers.getBinaryDataBuffer(0, 'data');\n\
         return { text: bytes.toString(), size: items[0].binary.data.data.length, name: $binary.data.fileName }",
    )
    .unwrap();
    assert_eq!(
        Json::from(&read.json),
        json!({ "text": "hello", "size": 8, "name": "a.txt" })
    );
    let made = result(
        "const binary = await this.helpers.prepareBinaryData(Buffer.from('new'), 'b.bin', 'x/y');\n\
         return [{ json: {}, binary: { ...items[0].binary, made: binary } }]",
    )
    .unwrap();
    let made = made.binary.unwrap();
    assert_eq!((&*made["made"].mime_type, made["made"].bytes), ("x/y", 3));
    assert_eq!(made["data"], binary);
    for (script, message) in [
        (
            "return [{ json: {}, binary: { a: { id: '7', mimeType: 'x/y' } } }]",
            "has no bytes",
        ),
        (
            "return [{ json: {}, binary: { a: { data: '***', mimeType: 'x/y' } } }]",
            "is no base64",
        ),
    ] {
        let error = result(script).unwrap_err();
        assert!(error.contains(message), "{script}: {error}");
    }
}

#[test]
fn integers_keep_their_digits_when_they_are_left_alone() {
    let input = [list(
        json!([{ "id": 1_234_567_890_123_456_789_i64, "n": 1 }]),
    )];
    let parameters = json!({ "jsCode": "items[0].json.n += 1; return items" }).into();
    assert_eq!(
        jsons(run("code", None, &parameters, &input)).unwrap(),
        [json!({ "id": 1_234_567_890_123_456_789_i64, "n": 2 })]
    );
}

#[test]
fn a_host_without_scripts_says_so() {
    let host = crate::Host {
        scripts: None,
        ..host()
    };
    let node = workflow_node(
        "code",
        json!({ "jsCode": "return []" }),
        OnError::StopWorkflow,
    );
    assert_eq!(
        outcome_on(host, node, &[two_items()]).unwrap_err(),
        "scripts cannot run here"
    );
}

#[test]
fn a_comparator_sorts_and_keeps_the_links() {
    let parameters = json!({ "type": "code", "code": "return b.json.n - a.json.n" }).into();
    let outcome = outcome("sort", None, &parameters, &inputs()).unwrap();
    let items = outcome.outputs[0].clone().unwrap();
    assert_eq!((items.link(0), items.link(1)), (Link::to(1), Link::to(0)));
    let failing = json!({ "type": "code", "code": "\nthrow new Error('x')" }).into();
    assert_eq!(
        run("sort", None, &failing, &inputs()).unwrap_err(),
        "x [line 2]"
    );
    let tampering =
        json!({ "type": "code", "code": "Array.prototype.toJSON = () => [7]; return 0" }).into();
    assert_eq!(
        run("sort", None, &tampering, &inputs()).unwrap_err(),
        "the comparator left no order of the items"
    );
}
