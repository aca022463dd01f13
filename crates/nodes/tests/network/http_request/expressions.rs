//! Expressions in every part of a request, evaluated for each item.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use crate::setup::{Server, Trial, reply};

#[tokio::test]
async fn every_part_follows_the_item() {
    let server = Server::ok().await;
    let mut trial = Trial::new(json!({
        "method": "={{ $json.id === 1 ? 'PUT' : 'POST' }}",
        "url": format!("={}/things/{{{{ $json.id }}}}", server.url("")),
        "sendQuery": true,
        "queryParameters": { "parameters": [
            { "name": "={{ 'n' + $json.id }}", "value": "={{ $json.id + 1 }}" },
            { "name": "gone", "value": "={{ $json.nothing }}" }
        ] },
        "sendHeaders": true, "specifyHeaders": "json",
        "jsonHeaders": "={ \"X-Id\": \"{{ $json.id }}\" }",
        "sendBody": true,
        "bodyParameters": { "parameters": [
            { "name": "a.id", "value": "={{ $json.id }}" },
            { "name": "gone", "value": "={{ $json.nothing }}" }
        ] }
    }))
    .items(2);
    trial.json().await;
    let mut seen = server.seen();
    seen.sort_by(|a, b| a.uri.cmp(&b.uri));
    let shown: Vec<String> = seen
        .iter()
        .map(|seen| {
            let id = seen.header("x-id")[0];
            format!("{} {} {id} {}", seen.method, seen.uri, seen.body)
        })
        .collect();
    assert_eq!(
        shown,
        [
            r#"POST /things/0?n0=1 0 {"a":{"id":0}}"#,
            r#"PUT /things/1?n1=2 1 {"a":{"id":1}}"#
        ]
    );

    let body = json!("={{ { list: [$json.id] } }}");
    for (name, value) in [
        ("specifyBody", json!("json")),
        ("jsonBody", body),
        ("method", json!("PATCH")),
    ] {
        trial.node.parameters.insert(name.into(), value.into());
    }
    trial.json().await;
    assert_eq!(server.seen().last().unwrap().method, "PATCH");
    let mut bodies: Vec<String> = server.seen()[2..].iter().map(|s| s.body.clone()).collect();
    bodies.sort();
    assert_eq!(bodies, [r#"{"list":[0]}"#, r#"{"list":[1]}"#]);
}

#[tokio::test]
async fn a_fault_at_one_item_names_it_and_leaves_the_others() {
    let server = Server::ok().await;
    let url = format!(
        "={{{{ $json.id === 1 ? 'nowhere' : '{}' }}}}",
        server.url("/")
    );
    let trial = Trial::new(json!({ "url": url }))
        .items(3)
        .continue_on_fail();
    let items = trial.output().await;
    assert_eq!(server.seen().len(), 2);
    let error = items[1].error.as_ref().unwrap();
    assert_eq!(
        (error.item_index, error.parameter.as_deref()),
        (Some(1), Some("url"))
    );
    assert!(error.message.contains("\"nowhere\""), "{}", error.message);
    assert!(items[0].error.is_none() && items[2].error.is_none());

    let json = json!({
        "url": server.url("/"), "method": "POST", "sendBody": true, "specifyBody": "json",
        "jsonBody": "={ \"id\": {{ $json.missing }} }"
    });
    let error = Trial::new(json).error().await;
    assert!(error.message.starts_with("`jsonBody` is not valid JSON"));
    assert_eq!(error.node.as_deref(), Some("Fetch"));
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn options_may_differ_by_item() {
    let server = Server::ok().await;
    let trial = Trial::new(json!({
        "url": server.url("/"),
        "options": {
            "proxy": "={{ $json.id === 0 ? '' : 'http://127.0.0.1:1' }}",
            "response": { "response": { "fullResponse": "={{ $json.id === 0 }}" } }
        }
    }))
    .items(2)
    .continue_on_fail();
    let items = trial.output().await;
    assert!(items[0].json.get("statusCode").is_some());
    let error = items[1].error.as_ref().unwrap();
    assert!(error.message.contains("proxy"), "{}", error.message);
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn only_failed_items_that_may_be_repeated_are_tried_again() {
    for (method, requests) in [("GET", 3), ("POST", 2)] {
        let failures = AtomicUsize::new(0);
        let server = Server::start(move |seen| {
            let fails = seen.uri == "/0" && failures.fetch_add(1, Ordering::SeqCst) == 0;
            reply(if fails { 503 } else { 200 }, "application/json", "{}")
        })
        .await;
        let url = format!("={}/{{{{ $json.id }}}}", server.url(""));
        let mut trial = Trial::new(json!({ "method": method, "url": url })).items(2);
        trial.node.retry_on_fail = true;
        trial.node.wait_between_tries = Some(1.0);
        let outcome = trial.outcome().await;
        assert_eq!(server.seen().len(), requests, "{method}");
        assert_eq!(outcome.is_ok(), method == "GET");
    }
}
