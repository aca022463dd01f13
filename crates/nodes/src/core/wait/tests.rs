//! What each way of waiting asks for.

use itemflow_model::{AwaitedCall, Effect, EffectAnswer, Item, Items, Value, Wait};
use serde_json::json;

use crate::core::tests::step;
use crate::node::Step;

/// The fixed clock of the tests, in milliseconds.
const NOW_MS: i64 = 1_700_000_000_000;

fn asked(version: Option<f64>, parameters: serde_json::Value) -> Result<Wait, String> {
    match step("wait", version, &parameters.into()) {
        Step::Ask(Effect::Wait(wait)) => Ok(wait),
        Step::Done(Err(error)) => Err(error.message),
        _ => panic!("Wait asks or fails"),
    }
}

#[test]
fn the_time_to_wait_depends_on_the_version_where_nothing_is_stored() {
    for (version, parameters, seconds) in [
        (1.0, json!({}), 3600),
        (1.0, json!({ "unit": "seconds" }), 1),
        (1.1, json!({}), 5),
        (1.1, json!({ "amount": 2, "unit": "minutes" }), 120),
        (1.1, json!({ "amount": "1.5", "unit": "hours" }), 5400),
        (1.1, json!({ "amount": 1, "unit": "days" }), 86400),
        (1.1, json!({ "amount": 0 }), 0),
        (
            1.1,
            json!({ "resume": "specificTime", "dateTime": "2023-11-14T22:13:30Z" }),
            10,
        ),
    ] {
        let wait = asked(Some(version), parameters.clone()).unwrap();
        let expected = Wait {
            until_ms: Some(NOW_MS + seconds * 1000),
            call: None,
        };
        assert_eq!(wait, expected, "{version} {parameters}");
    }
}

#[test]
fn no_wait_is_endless_or_negative() {
    let wait = asked(None, json!({ "amount": 1e300, "unit": "days" })).unwrap();
    assert_eq!(wait.until_ms, Some(32_503_680_000_000));
    let error = asked(None, json!({ "amount": -1 })).unwrap_err();
    assert_eq!(error, "`amount` must not be negative");
    let error = asked(None, json!({ "unit": "weeks" })).unwrap_err();
    assert_eq!(
        error,
        "`unit` is one of `seconds`, `minutes`, `hours`, `days`, not `weeks`"
    );
    let error = asked(
        None,
        json!({ "resume": "specificTime", "dateTime": "soon" }),
    )
    .unwrap_err();
    assert_eq!(error, "`dateTime` must be a date with a time, not \"soon\"");
}

#[test]
fn a_call_is_awaited_with_or_without_a_limit() {
    let parameters = json!({ "resume": "webhook", "httpMethod": "POST", "options": { "webhookSuffix": "/ok/" } });
    let wait = asked(None, parameters).unwrap();
    assert_eq!(wait.until_ms, None);
    let Some(AwaitedCall::Webhook { suffix, spec }) = wait.call else {
        panic!("a call is awaited");
    };
    assert_eq!(&*suffix, "ok");
    assert_eq!(spec.methods, ["POST".into()]);
    let limited = json!({ "resume": "webhook", "limitWaitTime": true, "resumeAmount": 2 });
    assert_eq!(
        asked(None, limited).unwrap().until_ms,
        Some(NOW_MS + 7_200_000)
    );
    let until = json!({
        "resume": "form", "limitWaitTime": true, "limitType": "atSpecifiedTime", "maxDateAndTime": "2023-11-15T00:00:00Z",
    });
    let wait = asked(None, until).unwrap();
    assert_eq!(wait.until_ms, Some(1_700_006_400_000));
    assert!(matches!(wait.call, Some(AwaitedCall::Form(_))));
}

#[test]
fn a_call_brings_its_own_items_and_time_lets_the_input_go_on() {
    let resumed = |answer: EffectAnswer| {
        let (node, run) = crate::core::tests::node_and_run(
            "wait",
            None,
            &Value::empty_object(),
            &[vec![Value::from(json!({ "n": 1 }))]],
        );
        let Step::Done(Ok(outcome)) = node.resume(&run, &answer) else {
            panic!("Wait ends with the answer");
        };
        let items = outcome.outputs[0].clone().unwrap();
        items
            .iter()
            .map(|item| serde_json::Value::from(&item.json))
            .collect::<Vec<_>>()
    };
    assert_eq!(resumed(EffectAnswer::TimeCame), [json!({ "n": 1 })]);
    let called = Items::from(vec![Item::new(json!({ "body": { "ok": true } }))]);
    assert_eq!(
        resumed(EffectAnswer::Called(called)),
        [json!({ "body": { "ok": true } })]
    );
}
