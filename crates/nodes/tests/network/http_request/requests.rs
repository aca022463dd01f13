//! What is sent: method, query, headers and each kind of body.

use serde_json::{Value, json};

use crate::setup::{Seen, Server, Trial};

/// The request that a node with these parameters sends. The path of `url` goes to a server of its own.
async fn sent(version: f64, parameters: Value) -> Seen {
    let server = Server::ok().await;
    send(&server, version, parameters).await;
    server.seen().pop().unwrap()
}

async fn send(server: &Server, version: f64, mut parameters: Value) {
    let path = parameters["url"].as_str().unwrap_or("/").to_owned();
    parameters["url"] = server.url(&path).into();
    let trial = Trial::new(parameters).version(version);
    assert_eq!(trial.json().await, json!([{ "ok": true }]));
}

#[tokio::test]
async fn a_plain_get() {
    let seen = sent(4.2, json!({ "url": "/a b?x=1" })).await;
    assert_eq!(
        (&*seen.method, &*seen.uri, &*seen.body),
        ("GET", "/a%20b?x=1", "")
    );
    assert!(seen.header("accept")[0].starts_with("application/json,text/html"));
    assert!(seen.header("content-type").is_empty());
}

#[tokio::test]
async fn every_method_is_sent_as_it_is() {
    for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"] {
        assert_eq!(sent(4.2, json!({ "method": method })).await.method, method);
    }
}

#[tokio::test]
async fn query_parameters_follow_those_of_the_url() {
    let pairs = json!([{ "name": "q", "value": "ü &" }, { "name": "n" }]);
    let query = json!({
        "url": "/s?own=1", "sendQuery": true, "queryParameters": { "parameters": pairs }
    });
    assert_eq!(sent(4.2, query).await.uri, "/s?own=1&q=%C3%BC%20%26&n=");
    let query = json!({
        "sendQuery": true, "specifyQuery": "json",
        "jsonQuery": r#"{"big":9007199254740993,"none":null,"deep":{"a":true}}"#
    });
    assert_eq!(
        sent(4.2, query).await.uri,
        "/?big=9007199254740993&none=&deep%5Ba%5D=true"
    );
}

#[tokio::test]
async fn lists_in_the_query_have_three_styles() {
    for (style, uri) in [
        (json!("repeat"), "/?a=1&a=2"),
        (json!("brackets"), "/?a%5B%5D=1&a%5B%5D=2"),
        (json!("indices"), "/?a%5B0%5D=1&a%5B1%5D=2"),
        (Value::Null, "/?a%5B%5D=1&a%5B%5D=2"),
    ] {
        let query = json!({
            "sendQuery": true, "specifyQuery": "json", "jsonQuery": { "a": [1, 2] },
            "options": { "queryParameterArrays": style }
        });
        assert_eq!(sent(4.2, query).await.uri, uri);
    }
}

#[tokio::test]
async fn repeated_names_collect_from_4_3_on() {
    let pairs = json!({ "parameters": [
        { "name": "x-a", "value": "1" }, { "name": "x-a", "value": "2" }
    ] });
    let parameters = json!({
        "method": "POST", "sendQuery": true, "queryParameters": pairs,
        "sendHeaders": true, "headerParameters": pairs,
        "sendBody": true, "contentType": "form-urlencoded", "bodyParameters": pairs,
        "options": { "queryParameterArrays": "repeat" }
    });
    let before = sent(4.2, parameters.clone()).await;
    assert_eq!(
        (&*before.uri, before.header("x-a"), &*before.body),
        ("/?x-a=2", vec!["2"], "x-a=2")
    );
    let after = sent(4.3, parameters).await;
    assert_eq!(
        (&*after.uri, after.header("x-a"), &*after.body),
        ("/?x-a=1&x-a=2", vec!["1", "2"], "x-a%5B0%5D=1&x-a%5B1%5D=2")
    );
}

#[tokio::test]
async fn headers_are_sent_and_empty_names_are_not() {
    let pairs = json!([
        { "name": "X-Token", "value": "t" }, { "name": "", "value": "lost" },
        { "name": "Accept", "value": "text/csv" }
    ]);
    let headers = json!({ "sendHeaders": true, "headerParameters": { "parameters": pairs } });
    let seen = sent(4.2, headers).await;
    assert_eq!(seen.header("x-token"), ["t"]);
    assert_eq!(seen.header("accept"), ["text/csv"]);
    let headers = json!({
        "sendHeaders": true, "specifyHeaders": "json", "jsonHeaders": r#"{"X-N":7,"X-Null":null}"#
    });
    let seen = sent(4.2, headers).await;
    assert_eq!(seen.header("x-n"), ["7"]);
    assert!(seen.header("x-null").is_empty());
}

#[tokio::test]
async fn json_bodies() {
    let body = |body: Value| {
        let mut parameters = json!({ "method": "POST", "sendBody": true });
        for (name, value) in body.as_object().unwrap() {
            parameters[name] = value.clone();
        }
        parameters
    };
    let pairs = json!([{ "name": "a.b", "value": 1 }, { "name": "c", "value": "x" }]);
    let seen = sent(
        4.2,
        body(json!({ "bodyParameters": { "parameters": pairs } })),
    )
    .await;
    assert_eq!(seen.body, r#"{"a":{"b":1},"c":"x"}"#);
    assert_eq!(seen.header("content-type"), ["application/json"]);

    let seen = sent(
        3.0,
        body(json!({ "bodyParameters": { "parameters": pairs } })),
    )
    .await;
    assert_eq!(seen.body, r#"{"a.b":1,"c":"x"}"#);

    let text = r#" {"n": 9007199254740993, "list": [1.50]} "#;
    let seen = sent(
        4.2,
        body(json!({ "specifyBody": "json", "jsonBody": text })),
    )
    .await;
    assert!(seen.body.contains("9007199254740993"), "{}", seen.body);
    let seen = sent(
        4.2,
        body(json!({ "specifyBody": "json", "jsonBody": [1, null] })),
    )
    .await;
    assert_eq!(seen.body, "[1,null]");
    // n8n: the list of fields begins as one empty pair.
    assert_eq!(sent(4.2, body(json!({}))).await.body, r#"{"":""}"#);
    let get = json!({ "sendBody": true, "specifyBody": "json", "jsonBody": { "a": 1 } });
    assert_eq!(sent(4.2, get).await.body, r#"{"a":1}"#);
}

#[tokio::test]
async fn form_bodies() {
    let form = |rest: Value| {
        let mut parameters = json!({
            "method": "POST", "sendBody": true, "contentType": "form-urlencoded"
        });
        for (name, value) in rest.as_object().unwrap() {
            parameters[name] = value.clone();
        }
        parameters
    };
    let pairs = json!([{ "name": "a b", "value": "1&2" }, { "name": "c.d", "value": true }]);
    let seen = sent(
        4.2,
        form(json!({ "bodyParameters": { "parameters": pairs } })),
    )
    .await;
    assert_eq!(seen.body, "a%20b=1%262&c.d=true");
    assert_eq!(
        seen.header("content-type"),
        ["application/x-www-form-urlencoded"]
    );
    let seen = sent(
        4.2,
        form(json!({ "specifyBody": "string", "body": "a=1+2&b=%26&a=3" })),
    )
    .await;
    assert_eq!(seen.body, "a=1%202&b=%26&a=3");
}

#[tokio::test]
async fn raw_bodies_have_the_media_type_they_are_given() {
    let raw = json!({
        "method": "PUT", "sendBody": true, "contentType": "raw",
        "rawContentType": "application/xml", "body": "<a>ü</a>"
    });
    let seen = sent(4.2, raw.clone()).await;
    assert_eq!(seen.body, "<a>ü</a>");
    assert_eq!(seen.header("content-type"), ["application/xml"]);
    let mut own = raw;
    own["sendHeaders"] = true.into();
    own["jsonHeaders"] = json!({ "Content-Type": "text/xml" });
    own["specifyHeaders"] = "json".into();
    assert_eq!(sent(4.2, own).await.header("content-type"), ["text/xml"]);
}

#[tokio::test]
async fn multipart_bodies_hold_texts_and_files() {
    let parts = json!([
        { "name": "note", "value": "one" },
        { "parameterType": "formBinaryData", "name": "file", "inputDataFieldName": "data" },
        { "parameterType": "formData", "name": "note", "value": "two" }
    ]);
    let server = Server::ok().await;
    let parameters = json!({
        "method": "POST", "url": server.url("/"), "sendBody": true,
        "contentType": "multipart-form-data", "bodyParameters": { "parameters": parts }
    });
    for (version, notes) in [(4.1, 1), (4.2, 2)] {
        let trial = Trial::new(parameters.clone())
            .version(version)
            .file("data", "a.csv", "text/csv", b"x,y");
        trial.json().await;
        let seen = server.seen().pop().unwrap();
        let content_type = seen.header("content-type")[0];
        assert!(content_type.starts_with("multipart/form-data; boundary="));
        assert_eq!(seen.body.matches(r#"name="note""#).count(), notes);
        assert!(seen.body.contains("two") && seen.body.contains("x,y"));
        assert!(seen.body.contains(r#"filename="a.csv""#) && seen.body.contains("text/csv"));
    }
}

#[tokio::test]
async fn a_file_of_the_item_can_be_the_body() {
    let server = Server::ok().await;
    let parameters = json!({
        "method": "PUT", "url": server.url("/"), "sendBody": true, "contentType": "binaryData",
        "inputDataFieldName": "data"
    });
    let trial = Trial::new(parameters.clone()).file("data", "a.png", "image/png", b"PNG");
    trial.json().await;
    let seen = server.seen().pop().unwrap();
    assert_eq!(seen.body, "PNG");
    assert_eq!(seen.header("content-type"), ["image/png"]);
    assert_eq!(seen.header("content-length"), ["3"]);

    let error = Trial::new(parameters).error().await;
    assert_eq!(error.message, "the item has no file named `data`");
    assert_eq!(error.parameter.as_deref(), Some("inputDataFieldName"));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn what_is_explained_is_what_is_sent() {
    let parameters = json!({
        "method": "POST", "url": "https://a.example/x", "sendBody": true,
        "bodyParameters": { "parameters": [{ "name": "a", "value": "b" }] }
    });
    let shown = Trial::new(parameters).items(2).explained().await;
    assert_eq!(
        shown.matches("curl -X POST 'https://a.example/x'").count(),
        2
    );
    assert!(shown.contains(r#"--data-raw '{"a":"b"}'"#), "{shown}");
}
