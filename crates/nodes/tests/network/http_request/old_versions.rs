//! Versions 1 and 2: their parameters, and what they make of answers.

use serde_json::{Value, json};

use crate::setup::{Seen, Server, Trial, reply};

/// The request that a node of version 1 sends; the path of `url` goes to a server of its own.
async fn sent(mut parameters: Value) -> Seen {
    let server = Server::ok().await;
    let path = parameters["url"].as_str().unwrap_or("/").to_owned();
    parameters["url"] = server.url(&path).into();
    let trial = Trial::new(parameters).version(1.0);
    assert_eq!(trial.json().await, json!([{ "ok": true }]));
    server.seen().pop().unwrap()
}

/// What a node of version 1 makes of an answer.
async fn received(content_type: &'static str, body: &'static str, mut parameters: Value) -> Value {
    let server = Server::start(move |_| reply(200, content_type, body)).await;
    parameters["url"] = server.url("/").into();
    Trial::new(parameters).version(1.0).json().await
}

#[tokio::test]
async fn nothing_set_is_a_get_for_json() {
    let seen = sent(json!({})).await;
    assert_eq!((&*seen.method, &*seen.uri, &*seen.body), ("GET", "/", ""));
    assert_eq!(seen.header("accept"), ["application/json,text/*;q=0.99"]);
}

#[tokio::test]
async fn names_and_values() {
    let pair = |name: &str, value: &str| json!({ "name": name, "value": value });
    let seen = sent(json!({
        "requestMethod": "POST", "url": "/a?own=1",
        "queryParametersUi": { "parameter": [pair("q", "1"), pair("q", "2"), pair("r", "3")] },
        "headerParametersUi": { "parameter": [pair("X-A", "1"), pair("X-A", "2")] },
        "bodyParametersUi": { "parameter": [pair("a.b", "1"), pair("c", "={{ $json.id }}"), pair("c", "3")] }
    }))
    .await;
    assert_eq!(seen.uri, "/a?own=1&q%5B%5D=1&q%5B%5D=2&r=3");
    assert_eq!(seen.header("x-a"), ["2"]);
    assert_eq!(seen.body, r#"{"a.b":"1","c":"3"}"#);
    assert_eq!(seen.header("content-type"), ["application/json"]);
}

#[tokio::test]
async fn a_list_in_the_query_may_repeat_its_name() {
    let seen = sent(json!({
        "jsonParameters": true, "queryParametersJson": r#"{"q":[1,2]}"#, "options": { "useQueryString": true }
    }))
    .await;
    assert_eq!(seen.uri, "/?q=1&q=2");
}

#[tokio::test]
async fn json_parameters() {
    let seen = sent(json!({
        "requestMethod": "PUT", "jsonParameters": true,
        "queryParametersJson": "", "headerParametersJson": r#"{"X-A":"1"}"#,
        "bodyParametersJson": "={{ { id: $json.id } }}",
        "options": { "bodyContentCustomMimeType": "application/vnd.x+json" }
    }))
    .await;
    assert_eq!((&*seen.uri, &*seen.body), ("/", r#"{"id":1}"#));
    assert_eq!(seen.header("x-a"), ["1"]);
    assert_eq!(seen.header("content-type"), ["application/vnd.x+json"]);
}

#[tokio::test]
async fn only_some_methods_have_a_body() {
    let body = json!({ "parameter": [{ "name": "a", "value": "1" }] });
    for (method, kind, text, content_type) in [
        ("GET", "json", "", ""),
        (
            "DELETE",
            "form-urlencoded",
            r#"{"a":"1"}"#,
            "application/json",
        ),
        (
            "PATCH",
            "form-urlencoded",
            "a=1",
            "application/x-www-form-urlencoded",
        ),
        ("POST", "json", r#"{"a":"1"}"#, "application/json"),
    ] {
        let seen = sent(json!({
            "requestMethod": method, "bodyParametersUi": body, "options": { "bodyContentType": kind }
        }));
        let seen = seen.await;
        assert_eq!(seen.body, text, "{method}");
        assert_eq!(
            seen.header("content-type").join(","),
            content_type,
            "{method}"
        );
    }
}

#[tokio::test]
async fn a_raw_body_is_sent_as_it_is() {
    let seen = sent(json!({
        "requestMethod": "POST", "jsonParameters": true, "bodyParametersJson": "no json {",
        "options": { "bodyContentType": "raw" }
    }))
    .await;
    assert_eq!(seen.body, "no json {");
    assert!(seen.header("content-type").is_empty());
}

#[tokio::test]
async fn a_multipart_body() {
    let seen = sent(json!({
        "requestMethod": "POST", "options": { "bodyContentType": "multipart-form-data" },
        "bodyParametersUi": { "parameter": [{ "name": "a", "value": "1" }] }
    }))
    .await;
    assert!(seen.header("content-type")[0].starts_with("multipart/form-data; boundary="));
    assert!(
        seen.body.contains("name=\"a\"\r\n\r\n1\r\n"),
        "{}",
        seen.body
    );
}

#[tokio::test]
async fn files_are_sent_whole_or_as_parts() {
    let server = Server::ok().await;
    let trial = |name: &str, kind: &str| {
        let parameters = json!({
            "requestMethod": "POST", "url": server.url("/"), "jsonParameters": true, "sendBinaryData": true,
            "binaryPropertyName": name, "options": { "bodyContentType": kind }
        });
        let trial = Trial::new(parameters).version(1.0);
        trial.file("doc", "a.txt", "text/plain", b"hello")
    };
    trial("doc", "raw").json().await;
    let seen = server.seen().pop().unwrap();
    assert_eq!(
        (&*seen.body, seen.header("content-type")[0]),
        ("hello", "text/plain")
    );
    for (name, field) in [("doc", "file"), ("x:doc, y:doc", "y")] {
        trial(name, "multipart-form-data").json().await;
        let body = server.seen().pop().unwrap().body;
        let expected = format!("name=\"{field}\"; filename=\"a.txt\"");
        assert!(body.contains(&expected), "{body}");
    }
    let error = trial("x:doc,doc", "multipart-form-data").error().await;
    assert!(error.message.contains("field:file"), "{}", error.message);
    let problems = trial("doc", "json").problems();
    assert_eq!(problems[0].pointer, "/sendBinaryData");
}

#[tokio::test]
async fn answers_become_one_item_each() {
    let list = r#"[{"a":1},{"a":2}]"#;
    let json_type = "application/json";
    for (content_type, body, parameters, expected) in [
        (json_type, r#"{"a":1}"#, json!({}), json!([{ "a": 1 }])),
        ("text/plain", r#"{"a":1}"#, json!({}), json!([{ "a": 1 }])),
        (
            json_type,
            list,
            json!({}),
            json!([[{ "a": 1 }, { "a": 2 }]]),
        ),
        (
            json_type,
            list,
            json!({ "options": { "splitIntoItems": true } }),
            json!([{ "a": 1 }, { "a": 2 }]),
        ),
        (json_type, "", json!({}), json!([{}])),
        (
            "text/html",
            "<p>",
            json!({ "responseFormat": "string" }),
            json!([{ "data": "<p>" }]),
        ),
        (
            json_type,
            "[1]",
            json!({ "responseFormat": "string", "dataPropertyName": "x" }),
            json!([{ "x": [1] }]),
        ),
    ] {
        assert_eq!(
            received(content_type, body, parameters).await,
            expected,
            "{body}"
        );
    }
    let full = received(
        "text/plain",
        "hi",
        json!({
            "responseFormat": "string", "options": { "fullResponse": true }
        }),
    )
    .await;
    assert_eq!(full[0]["data"], "hi");
    assert_eq!(full[0]["statusCode"], 200);
    assert_eq!(full[0]["headers"]["content-type"], "text/plain");
    let full = received(
        json_type,
        list,
        json!({
            "options": { "fullResponse": true, "splitIntoItems": true }
        }),
    )
    .await;
    assert_eq!(full[0]["body"][1]["a"], 2);
}

#[tokio::test]
async fn a_file_is_added_to_the_item() {
    let server = Server::start(|_| reply(200, "image/png", "PNG")).await;
    let trial = Trial::new(json!({ "url": server.url("/a.png"), "responseFormat": "file" }));
    let trial = trial.version(1.0).file("old", "o.txt", "text/plain", b"o");
    let item = trial.output().await.remove(0);
    assert_eq!(item.json.to_string(), r#"{"id":1}"#);
    let binaries = item.binary.unwrap();
    let names: Vec<&str> = binaries.keys().map(|name| &**name).collect();
    assert_eq!(names, ["old", "data"]);
    assert_eq!(trial.files.bytes(&binaries["data"]), b"PNG");
}

#[tokio::test]
async fn redirects_are_followed_by_reading_requests_unless_all_are_to() {
    let moved = |seen: &Seen| {
        if seen.uri != "/" {
            return reply(200, "application/json", r#"{"moved":true}"#);
        }
        let mut moved = reply(307, "", "");
        moved
            .headers_mut()
            .insert("location", "/there".parse().unwrap());
        moved
    };
    for (method, options, follows) in [
        ("GET", json!({}), true),
        ("POST", json!({}), false),
        ("GET", json!({ "followRedirect": false }), false),
        ("POST", json!({ "followAllRedirects": true }), true),
    ] {
        let server = Server::start(moved).await;
        let trial = Trial::new(
            json!({ "requestMethod": method, "url": server.url("/"), "options": options }),
        );
        match trial.version(1.0).outcome().await {
            Ok(_) => assert!(follows, "{method}"),
            Err(error) => {
                assert!(
                    !follows && error.message.contains("307"),
                    "{}",
                    error.message
                );
            }
        }
        assert_eq!(server.seen().len(), 1 + usize::from(follows));
    }
}

#[tokio::test]
async fn a_bad_status_is_an_error_unless_it_is_ignored() {
    let server = Server::start(|_| reply(404, "application/json", r#"{"message":"gone"}"#)).await;
    let trial = Trial::new(json!({ "url": server.url("/") })).version(1.0);
    assert!(trial.error().await.message.contains("404"));
    let trial = Trial::new(json!({
        "url": server.url("/"), "options": { "ignoreResponseCode": true }
    }));
    assert_eq!(
        trial.version(1.0).json().await,
        json!([{ "message": "gone" }])
    );
    let server = Server::start(|_| reply(200, "text/html", "<p>")).await;
    let trial = Trial::new(json!({ "url": server.url("/") })).version(1.0);
    assert!(trial.error().await.message.contains("not JSON"));
}

#[tokio::test]
async fn an_answer_that_does_not_come_blames_the_old_option() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    for (version, options, place) in [
        (
            1.0,
            json!({ "options": { "timeout": 50 } }),
            "options.timeout",
        ),
        (
            4.2,
            json!({ "options": { "timeout": 50 } }),
            "options.timeout",
        ),
        (
            4.2,
            json!({ "requestOptions": { "timeout": 50 } }),
            "requestOptions.timeout",
        ),
    ] {
        let mut parameters = options;
        parameters["url"] = url.clone().into();
        let error = Trial::new(parameters).version(version).error().await;
        assert_eq!(error.parameter.as_deref(), Some(place));
        let help = error.description.unwrap();
        assert!(help.contains(&format!("raise {place} if")), "{help}");
    }
}

#[test]
fn parameters_of_later_versions_are_dropped_with_a_warning() {
    let trial = Trial::new(json!({
        "url": "https://a.example", "method": "POST", "sendBody": true,
        "bodyParameters": { "parameters": [] }, "options": { "response": {}, "fullResponse": false },
        "bodyParametersJson": "{}", "curlImport": ""
    }));
    let trial = trial.version(1.0);
    let problems = trial.problems();
    let found: Vec<String> = problems
        .iter()
        .map(|problem| format!("{} {}", problem.code, problem.pointer))
        .collect();
    let expected = [
        "unknown-parameter /method",
        "unknown-parameter /sendBody",
        "unknown-parameter /bodyParameters",
        "hidden-parameter /bodyParametersJson",
        "unknown-parameter /options/response",
    ];
    assert_eq!(found, expected);
    assert!(
        problems[0].message.contains("another version"),
        "{}",
        problems[0].message
    );
    let trial = Trial::new(json!({ "url": "https://a.example", "requestMethod": "POST" }));
    let problems = trial.version(4.2).problems();
    assert_eq!(problems[0].pointer, "/requestMethod");
}

#[tokio::test]
async fn a_node_with_names_of_version_3_sends_a_plain_get() {
    let seen = sent(
        json!({ "method": "POST", "sendBody": true, "specifyBody": "json", "jsonBody": "{}" }),
    );
    let seen = seen.await;
    assert_eq!((&*seen.method, &*seen.body), ("GET", ""));
}

#[tokio::test]
async fn both_versions_sign_in_their_own_way() {
    for (version, parameters) in [
        (1.0, json!({ "authentication": "headerAuth" })),
        (
            2.0,
            json!({ "authentication": "genericCredentialType", "genericAuthType": "httpHeaderAuth" }),
        ),
    ] {
        let server = Server::ok().await;
        let mut parameters = parameters;
        parameters["url"] = server.url("/").into();
        let trial = Trial::new(parameters).version(version);
        let data = json!({ "name": "X-Key", "value": "hunter2" });
        let trial = trial.names_credential("httpHeaderAuth", data);
        assert_eq!(trial.json().await, json!([{ "ok": true }]));
        assert_eq!(server.seen()[0].header("x-key"), ["hunter2"]);
        assert!(!trial.explained().await.contains("hunter2"));
    }
    let trial = Trial::new(json!({ "url": "https://a.example", "authentication": "oAuth1" }));
    let problems = trial.version(1.0).problems();
    assert_eq!(problems[0].code, "not-supported");
    assert_eq!(problems[0].pointer, "/authentication");
}
