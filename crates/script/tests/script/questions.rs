//! What a script asks of its host: other nodes, parameters, static data.

use itemflow_script::Style;
use serde_json::json;

use crate::bench::Bench;

#[test]
fn only_what_is_named_is_asked_for() {
    let ran = Bench {
        rule: |question| {
            let steps = &question["steps"];
            assert_eq!(steps[0], json!({ "node": "Set" }));
            Ok(Some(match steps[1]["call"].as_str() {
                Some("all") => json!([{ "json": { "x": 1 } }, { "json": { "x": 2 } }]).to_string(),
                Some("first") => json!({ "json": { "x": 1 } }).to_string(),
                _ => json!(true).to_string(),
            }))
        },
        ..Bench::default()
    }
    .run(
        "const all = $('Set').all(); all[0].json.x = 9;
        return [$('Set').all()[0].json.x, $('Set').first().json.x, $('Set').isExecuted]",
    );
    assert_eq!(ran.questions.len(), 3, "{:?}", ran.questions);
    assert_eq!(ran.value(), json!([9, 1, true]));
}

#[test]
fn each_item_asks_for_its_own_counterpart() {
    let ran = Bench {
        style: Style::Each,
        rule: |question| {
            let index = &question["steps"][1]["arguments"][0];
            Ok(Some(json!({ "json": { "i": index } }).to_string()))
        },
        ..Bench::default()
    }
    .run("return [$('A').item.json.i, $('A').item.json.i, $('A').itemMatching(1).json.i]");
    assert_eq!(ran.questions.len(), 3, "{:?}", ran.questions);
    assert_eq!(ran.values(), [json!([0, 0, 1]), json!([1, 1, 1])]);
}

#[test]
fn a_refusal_is_thrown_where_it_was_asked() {
    let rule = |_: &serde_json::Value| Err("node \"A\" has not run yet".to_owned());
    let ran = Bench {
        rule,
        ..Bench::default()
    }
    .run("return 1 +\n  $('A').first().json.x");
    let (message, line, _) = ran.failure();
    assert_eq!((&*message, line), ("node \"A\" has not run yet", Some(2)));
    let ran = Bench {
        rule,
        ..Bench::default()
    }
    .run("try { $('A').all() } catch (e) { return 'caught' }");
    assert_eq!(ran.value(), json!("caught"));
}

#[test]
fn variables_are_asked_for_once() {
    let ran = Bench {
        rule: |question| {
            Ok(match (question["read"].as_str(), question["steps"][0]["member"].as_str()) {
                (Some("$workflow"), _) => Some(json!({ "id": "7", "name": "W" }).to_string()),
                (Some("$vars"), _) => Some(json!({ "a": "b" }).to_string()),
                (Some("$parameter"), Some("jsCode")) => Some("\"code\"".into()),
                (Some("$parameter"), None) => Some(json!({ "jsCode": "code", "mode": "m" }).to_string()),
                (Some("$execution"), _) => Some(json!({ "id": "3", "mode": "test" }).to_string()),
                (Some("$runIndex"), _) => Some("0".into()),
                _ => None,
            })
        },
        ..Bench::default()
    }
    .run("return [$workflow.name, $workflow.id, $vars.a, $parameter.jsCode, $parameter.none ?? 'none', Object.keys($parameter),
        $execution.id, $runIndex, $getNodeParameter('jsCode', 0), $getNodeParameter('x.y', 0, 5)]");
    assert_eq!(
        ran.value(),
        json!([
            "W",
            "7",
            "b",
            "code",
            "none",
            ["jsCode", "mode"],
            "3",
            0,
            "code",
            5
        ])
    );
}

#[test]
fn static_data_is_saved_when_it_has_changed() {
    let run = |code: &str| {
        let ran = Bench {
            rule: |question| match question.get("staticData") {
                Some(_) => Ok(Some(json!({ "count": 1 }).to_string())),
                None => Ok(None),
            },
            ..Bench::default()
        }
        .run(code);
        (ran.questions.clone(), ran.value())
    };
    let (questions, value) =
        run("const data = $getWorkflowStaticData('global'); data.count++; return data.count");
    assert_eq!(value, json!(2));
    assert_eq!(
        questions,
        [
            json!({ "staticData": "global" }),
            json!({ "saveStaticData": "global", "data": { "count": 2 } })
        ]
    );
    let (questions, _) = run(
        "return getWorkflowStaticData('node').count + this.getWorkflowStaticData('node').count",
    );
    assert_eq!(questions, [json!({ "staticData": "node" })]);
}

#[test]
fn static_data_is_saved_for_a_script_that_fails_too() {
    let ran = Bench {
        rule: |_| Ok(None),
        ..Bench::default()
    }
    .run("$getWorkflowStaticData('node').seen = 1; throw new Error('after')");
    assert_eq!(
        ran.questions.last().unwrap()["saveStaticData"],
        json!("node")
    );
    assert_eq!(ran.failure().0, "after");
}

#[test]
fn the_bytes_of_a_file_are_fetched_when_they_are_read() {
    let bench = || Bench {
        items: json!([{ "json": {}, "binary": { "data": { "id": "file:1", "mimeType": "text/plain" } } }]),
        rule: |question| {
            assert_eq!(question["bytes"]["id"], json!("file:1"));
            Ok(Some("\"aGVsbG8=\"".into()))
        },
        ..Bench::default()
    };
    let ran = bench().run("return items");
    assert_eq!(ran.questions.len(), 0);
    assert_eq!(
        ran.value(),
        json!([{ "json": {}, "binary": { "data": { "id": "file:1", "mimeType": "text/plain" } } }])
    );
    let ran = bench().run(
        "const buffer = await this.helpers.getBinaryDataBuffer(0, 'data'); return [buffer.toString(), $binary.data.data]",
    );
    assert_eq!(ran.questions.len(), 1);
    assert_eq!(ran.value(), json!(["hello", "aGVsbG8="]));
}

#[test]
fn custom_data_is_set_at_the_host() {
    let ran = Bench {
        rule: |question| Ok(question.get("customData").filter(|what| *what == "get").map(|_| "\"v\"".into())),
        ..Bench::default()
    }
    .run("$execution.customData.set('a', 1); $execution.customData.setAll({ b: 2 }); return $execution.customData.get('a')");
    assert!(
        ran.questions
            .contains(&json!({ "customData": "set", "key": "b", "value": 2 }))
    );
    assert_eq!(ran.value(), json!("v"));
}
