//! GraphQL: what is sent in each version and format, and what an answer becomes.

use serde_json::{Value, json};

use crate::setup::{Seen, Server, Trial, reply};

fn trial(server: &Server, version: f64, mut parameters: Value) -> Trial {
    parameters["endpoint"] = server.url("/graphql").into();
    if parameters.get("query").is_none() {
        parameters["query"] = "{ me { name } }".into();
    }
    Trial::of("graphql", parameters).version(version)
}

async fn sent(version: f64, parameters: Value) -> Seen {
    let server = Server::ok().await;
    let trial = trial(&server, version, parameters);
    assert_eq!(trial.json().await, json!([{ "ok": true }]));
    server.seen().pop().unwrap()
}

async fn answered(status: u16, body: &'static str, parameters: Value) -> Trial {
    let server = Server::start(move |_| reply(status, "application/json", body)).await;
    let trial = trial(&server, 1.1, parameters);
    // The server has to outlive the test.
    std::mem::forget(server);
    trial
}

#[tokio::test]
async fn each_version_has_its_own_format() {
    let seen = sent(1.0, json!({})).await;
    assert_eq!((&*seen.method, &*seen.body), ("POST", "{ me { name } }"));
    assert_eq!(seen.header("content-type"), ["application/graphql"]);
    let seen = sent(1.1, json!({})).await;
    let expected = r#"{"query":"{ me { name } }","variables":{},"operationName":null}"#;
    assert_eq!(seen.body, expected);
    assert_eq!(seen.header("content-type"), ["application/json"]);
}

#[tokio::test]
async fn variables_may_be_text_or_an_object() {
    for variables in [json!(r#"{"id":1}"#), json!("={{ { id: $json.id } }}")] {
        let seen = sent(
            1.0,
            json!({
                "requestFormat": "json", "variables": variables, "operationName": "Me",
                "query": "=query Me { me(id: {{ $json.id }}) { name } }",
                "headerParametersUi": { "parameter": [
                    { "name": "X-A", "value": "1" }, { "name": "Content-Type", "value": "application/x+json" }
                ] }
            }),
        );
        let seen = seen.await;
        assert_eq!(
            seen.body,
            r#"{"query":"query Me { me(id: 1) { name } }","variables":{"id":1},"operationName":"Me"}"#
        );
        assert_eq!(seen.header("x-a"), ["1"]);
        assert_eq!(seen.header("content-type"), ["application/x+json"]);
    }
    let server = Server::ok().await;
    for variables in ["{", "[1]"] {
        let error = trial(&server, 1.1, json!({ "variables": variables }))
            .error()
            .await;
        assert_eq!(error.parameter.as_deref(), Some("variables"));
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_get_carries_the_query_in_the_address() {
    let seen = sent(1.1, json!({ "requestMethod": "GET" })).await;
    assert_eq!(seen.uri, "/graphql?query=%7B%20me%20%7B%20name%20%7D%20%7D");
    assert_eq!(seen.body, "");
}

#[tokio::test]
async fn answers_become_items_whatever_their_status() {
    let data = r#"{"data":{"a":1}}"#;
    for (status, body, parameters, expected) in [
        (200, data, json!({}), json!([{ "data": { "a": 1 } }])),
        (500, data, json!({}), json!([{ "data": { "a": 1 } }])),
        (
            200,
            r#"[{"a":1},{"a":2}]"#,
            json!({}),
            json!([{ "a": 1 }, { "a": 2 }]),
        ),
        (
            200,
            data,
            json!({ "responseFormat": "string", "dataPropertyName": "t" }),
            json!([{ "t": data }]),
        ),
    ] {
        let trial = answered(status, body, parameters).await;
        assert_eq!(trial.json().await, expected);
    }
}

#[tokio::test]
async fn errors_in_an_answer_are_a_failure() {
    let body =
        r#"{"data":null,"errors":[{"message":"no such field hunter2"},{"message":"nor this"}]}"#;
    let trial = answered(200, body, json!({ "authentication": "headerAuth" })).await;
    let data = json!({ "name": "X-Key", "value": "hunter2" });
    let trial = trial.names_credential("httpHeaderAuth", data);
    let error = trial.error().await;
    assert_eq!(error.message, "no such field ***, nor this");
    assert!(!format!("{error:?}").contains("hunter2"));
    assert_eq!(error.node.as_deref(), Some("Fetch"));
    let items = trial.continue_on_fail().json().await;
    assert_eq!(items, json!([{ "error": "no such field ***, nor this" }]));
}

#[test]
fn faults_are_found_before_a_run() {
    let places = |parameters: Value| -> Vec<String> {
        let problems = Trial::of("graphql", parameters).version(1.1).problems();
        problems
            .into_iter()
            .map(|p| format!("{} {}", p.code, p.pointer))
            .collect()
    };
    assert_eq!(
        places(json!({})),
        ["missing-parameter /query", "missing-parameter /endpoint"]
    );
    let ok = |further: Value| {
        let mut parameters = json!({ "endpoint": "https://a.example", "query": "{a}" });
        for (name, value) in further.as_object().unwrap() {
            parameters[name] = value.clone();
        }
        places(parameters)
    };
    assert_eq!(
        ok(json!({ "responseFormat": "xml" })),
        ["bad-option /responseFormat"]
    );
    assert_eq!(
        ok(json!({ "authentication": "oAuth1" })),
        ["not-supported /authentication"]
    );
    assert_eq!(
        ok(json!({ "requestFormat": "graphql", "variables": "{}" })),
        ["hidden-parameter /variables"]
    );
}
