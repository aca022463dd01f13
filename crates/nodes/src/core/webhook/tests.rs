//! What a webhook takes and how it is answered, option by option, and the item of a call.

use itemflow_model::{Authentication, ResponseData, ResponseMode, TriggerSpec, WebhookSpec};
use serde_json::{Value, json};

use crate::core::tests::{list, node_and_run, run};

fn spec(version: f64, parameters: Value) -> Result<WebhookSpec, String> {
    let (node, run) = node_and_run("webhook", Some(version), &parameters.into(), &[]);
    match node.trigger(&run).unwrap() {
        Ok(TriggerSpec::Webhook(spec)) => Ok((*spec).clone()),
        Ok(other) => panic!("a webhook, not {other:?}"),
        Err(error) => Err(error.message),
    }
}

#[test]
fn nothing_stored_is_a_get_that_is_answered_at_once() {
    let plain = spec(2.0, json!({ "path": "/orders/:id/" })).unwrap();
    assert_eq!(plain.methods, ["GET".into()]);
    assert_eq!(&*plain.path, "orders/:id");
    assert_eq!(plain.authentication, Authentication::None);
    assert_eq!(plain.response_mode, ResponseMode::OnReceived);
    assert_eq!(plain.response_code, 200);
    assert_eq!(&*plain.allowed_origins, "*");
    assert_eq!(&*plain.binary_property, "data");
}

#[test]
fn each_option_has_its_place() {
    let full = json!({
        "httpMethod": "POST",
        "path": "p",
        "authentication": "headerAuth",
        "responseMode": "lastNode",
        "responseData": "allEntries",
        "options": {
            "allowedOrigins": "https://a.example",
            "binaryPropertyName": "upload",
            "ignoreBots": true,
            "ipWhitelist": "10.0.0.0/8, ::1",
            "noResponseBody": true,
            "rawBody": true,
            "responseCode": { "values": { "responseCode": 201 } },
            "responseContentType": "text/csv",
            "responseData": "=at {{ 1 + 1 }}",
            "responseHeaders": { "entries": [{ "name": "X-A", "value": "1" }, { "name": "" }] },
            "responsePropertyName": "rows",
        },
    });
    let spec = spec(2.1, full).unwrap();
    let expected = WebhookSpec {
        methods: vec!["POST".into()],
        path: "p".into(),
        authentication: Authentication::Header,
        response_mode: ResponseMode::LastNode,
        response_data: ResponseData::AllEntries,
        response_code: 201,
        response_headers: vec![("x-a".into(), "1".into())],
        response_content_type: Some("text/csv".into()),
        response_text: Some("at 2".into()),
        no_response_body: true,
        response_property: Some("rows".into()),
        binary_property: "upload".into(),
        raw_body: true,
        ignore_bots: true,
        ip_allow_list: vec!["10.0.0.0/8".into(), "::1".into()],
        allowed_origins: "https://a.example".into(),
    };
    assert_eq!(spec, expected);
}

#[test]
fn the_status_is_where_the_version_has_it() {
    let option = json!({ "options": { "responseCode": { "values": { "responseCode": 204 } } } });
    let custom = json!({ "options": { "responseCode": { "values": { "responseCode": "customCode", "customCode": 418 } } } });
    for (version, parameters, code) in [
        (1.0, json!({ "responseCode": 202 }), 202),
        (1.1, json!({}), 200),
        (1.1, option.clone(), 200),
        (2.0, option, 204),
        (2.0, custom, 418),
        (2.0, json!({ "responseCode": 202 }), 200),
    ] {
        assert_eq!(
            spec(version, parameters.clone()).unwrap().response_code,
            code,
            "{version} {parameters}"
        );
    }
}

#[test]
fn a_file_that_is_answered_has_a_name_of_its_own() {
    let parameters =
        json!({ "responseData": "firstEntryBinary", "responseBinaryPropertyName": "report" });
    assert_eq!(&*spec(2.0, parameters).unwrap().binary_property, "report");
}

#[test]
fn values_that_are_none_of_those_allowed_are_named() {
    for (parameters, expected) in [
        (
            json!({ "httpMethod": "BREW" }),
            "`httpMethod` is one of `DELETE`, `GET`, `HEAD`, `PATCH`, `POST`, `PUT`, not `BREW`",
        ),
        (
            json!({ "authentication": "oauth" }),
            "`authentication` is one of `none`, `basicAuth`, `headerAuth`, `jwtAuth`, not `oauth`",
        ),
        (
            json!({ "responseMode": "later" }),
            "`responseMode` is one of `onReceived`, `lastNode`, `responseNode`, not `later`",
        ),
        (
            json!({ "options": { "responseCode": { "values": { "responseCode": 1000 } } } }),
            "`options.responseCode.values.responseCode` must be a status from 100 to 599, not 1000",
        ),
    ] {
        assert_eq!(spec(2.0, parameters).unwrap_err(), expected);
    }
}

#[test]
fn several_methods_have_an_output_each() {
    let parameters = json!({ "multipleMethods": true, "httpMethod": ["GET", "POST"], "path": "p" });
    assert_eq!(
        spec(2.0, parameters.clone()).unwrap().methods,
        ["GET".into(), "POST".into()]
    );
    let (node, mut run) = node_and_run(
        "webhook",
        Some(2.0),
        &parameters.into(),
        &[list(json!([{ "body": { "n": 1 } }]))],
    );
    assert_eq!(node.outputs(), 2);
    for (method, expected) in [
        (None, [1, 0]),
        (Some("GET"), [1, 0]),
        (Some("post"), [0, 1]),
        (Some("PUT"), [1, 0]),
    ] {
        let mut host = (*run.host).clone();
        host.execution.method = method.map(Into::into);
        run.host = host.into();
        let crate::node::Step::Done(Ok(outcome)) = node.execute(&run) else {
            panic!("a webhook passes its call on");
        };
        let counts: Vec<usize> = outcome
            .outputs
            .iter()
            .flatten()
            .map(|items| items.len())
            .collect();
        assert_eq!(counts, expected, "{method:?}");
    }
}

#[test]
fn a_call_goes_on_as_it_came() {
    let call = json!([{ "headers": {}, "params": { "id": "7" }, "query": {}, "body": { "n": 1 } }]);
    let outputs = run("webhook", None, &json!({}).into(), &[list(call.clone())]).unwrap();
    assert_eq!(Value::from(&outputs[0][0]), call[0]);
}
