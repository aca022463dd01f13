//! What comes back: JSON, text and files, whole answers, failures and redirects.

use serde_json::{Value, json};

use crate::setup::{Seen, Server, Trial, reply};

/// A server that answers by path.
async fn server() -> Server {
    Server::start(|seen: &Seen| match &*seen.uri {
        "/list" => reply(
            200,
            "application/json; charset=utf-8",
            r#"[{"a":1},2,null]"#,
        ),
        "/big" => reply(200, "application/json", r#"{"id":9007199254740993}"#),
        "/null" => reply(200, "application/json", "null"),
        "/bad" => reply(200, "application/json", "{oops"),
        "/text" => reply(200, "text/plain; charset=iso-8859-1", b"caf\xe9".to_vec()),
        "/text-json" => reply(200, "text/plain", r#"{"a":1}"#),
        "/empty" => reply(204, "", ""),
        "/file" => {
            let mut file = reply(200, "application/pdf", "%PDF");
            let name = "attachment; filename=\"report.pdf\"".parse().unwrap();
            file.headers_mut().insert("content-disposition", name);
            file
        }
        "/missing" => reply(404, "application/json", r#"{"message":"no such thing"}"#),
        "/moved" => {
            let mut moved = reply(302, "", "");
            moved
                .headers_mut()
                .insert("location", "/big".parse().unwrap());
            moved
        }
        _ => reply(500, "text/plain", "broken"),
    })
    .await
}

fn get(server: &Server, path: &str, options: Value) -> Trial {
    Trial::new(json!({ "url": server.url(path), "options": options }))
}

fn response(settings: Value) -> Value {
    json!({ "response": { "response": settings } })
}

#[tokio::test]
async fn the_content_type_says_what_an_answer_is() {
    let server = server().await;
    for (path, items) in [
        ("/list", json!([{ "a": 1 }, { "data": 2 }, {}])),
        ("/big", json!([{ "id": 9_007_199_254_740_993_i64 }])),
        ("/null", json!([{}])),
        ("/text", json!([{ "data": "café" }])),
        ("/text-json", json!([{ "data": "{\"a\":1}" }])),
        ("/empty", json!([{}])),
    ] {
        assert_eq!(get(&server, path, json!({})).json().await, items, "{path}");
    }
    let error = get(&server, "/bad", json!({})).error().await;
    assert!(error.message.contains("not JSON"), "{}", error.message);
    let lenient = response(json!({ "neverError": true }));
    assert_eq!(get(&server, "/bad", lenient).json().await, json!([{}]));
}

#[tokio::test]
async fn the_node_may_say_what_an_answer_is() {
    let server = server().await;
    let text = response(json!({ "responseFormat": "text", "outputPropertyName": "raw" }));
    let items = get(&server, "/big", text).json().await;
    assert_eq!(items, json!([{ "raw": "{\"id\":9007199254740993}" }]));
    let as_json = response(json!({ "responseFormat": "json" }));
    let items = get(&server, "/text-json", as_json.clone()).json().await;
    assert_eq!(items, json!([{ "a": 1 }]));
    let error = get(&server, "/text", as_json).error().await;
    assert!(error.message.contains("not JSON"), "{}", error.message);
    let accepts: Vec<String> = server
        .seen()
        .iter()
        .map(|seen| seen.header("accept")[0].to_owned())
        .collect();
    assert!(accepts[0].ends_with("*/*;q=0.1"));
    assert_eq!(accepts[1], "application/json,text/*;q=0.99");
}

#[tokio::test]
async fn a_file_stays_a_file_and_can_be_sent_on() {
    let server = server().await;
    let trial = get(&server, "/file", json!({})).file("other", "o.txt", "text/plain", b"o");
    let items = trial.output().await;
    assert_eq!(items[0].json.to_string(), r#"{"id":1}"#);
    let binaries = items[0].binary.clone().unwrap();
    let names: Vec<&str> = binaries.keys().map(|name| &**name).collect();
    assert_eq!(names, ["other", "data"]);
    let file = &binaries["data"];
    assert_eq!(file.file_name.as_deref(), Some("report.pdf"));
    assert_eq!(file.mime_type, "application/pdf");
    assert_eq!(trial.files.bytes(file), b"%PDF");

    let target = Server::ok().await;
    let mut upload = Trial::new(json!({
        "method": "POST", "url": target.url("/"), "sendBody": true, "contentType": "binaryData",
        "inputDataFieldName": "data"
    }));
    upload.items = items;
    upload.files = trial.files;
    upload.json().await;
    let seen = target.seen().pop().unwrap();
    assert_eq!(
        (&*seen.body, seen.header("content-type")),
        ("%PDF", vec!["application/pdf"])
    );
}

#[tokio::test]
async fn a_whole_answer_has_headers_and_status() {
    let server = server().await;
    let whole = |format: &str| response(json!({ "fullResponse": true, "responseFormat": format }));
    let items = get(&server, "/list", whole("autodetect")).json().await;
    assert_eq!(items[0]["body"], json!([{ "a": 1 }, 2, null]));
    assert_eq!(items[0]["statusCode"], 200);
    assert_eq!(items[0]["statusMessage"], "OK");
    assert_eq!(
        items[0]["headers"]["content-type"],
        "application/json; charset=utf-8"
    );
    let items = get(&server, "/list", whole("text")).json().await;
    assert!(items[0]["data"].is_string() && items[0].get("body").is_none());
    let items = get(&server, "/file", whole("file")).output().await;
    assert_eq!(items[0].json.get("statusCode").unwrap().to_string(), "200");
    assert!(items[0].json.get("id").is_none());
    assert!(items[0].binary.as_ref().unwrap().contains_key("data"));
}

#[tokio::test]
async fn a_failure_names_node_item_and_request() {
    let server = server().await;
    let error = get(&server, "/missing", json!({})).error().await;
    assert_eq!(
        error.message,
        "the service answered 404 Not Found: no such thing"
    );
    assert_eq!(error.node.as_deref(), Some("Fetch"));
    assert_eq!(error.item_index, Some(0));
    assert_eq!(error.http_code.as_deref(), Some("404"));
    let request = format!("GET {}", server.url("/missing"));
    assert_eq!(error.request, Some(request));
    let lenient = response(json!({ "neverError": true }));
    let items = get(&server, "/missing", lenient).json().await;
    assert_eq!(items, json!([{ "message": "no such thing" }]));
}

#[tokio::test]
async fn failed_items_can_go_on() {
    let server = server().await;
    let trial = get(&server, "/missing", json!({}))
        .items(2)
        .continue_on_fail();
    let outcome = trial.outcome().await.unwrap();
    let items = outcome.outputs[0].clone().unwrap();
    assert_eq!(items.len(), 2);
    for (index, item) in items.iter().enumerate() {
        let shown = item.json.to_string();
        assert!(shown.contains("no such thing"), "{shown}");
        assert_eq!(item.error.as_ref().unwrap().item_index, Some(index));
        assert_eq!(items.link(index).refs()[0].item as usize, index);
    }
}

#[tokio::test]
async fn redirects_are_followed_unless_they_are_not_to_be() {
    let server = server().await;
    let items = get(&server, "/moved", json!({})).json().await;
    assert_eq!(items, json!([{ "id": 9_007_199_254_740_993_i64 }]));
    let error = get(&server, "/moved", json!({})).version(3.0).error().await;
    assert_eq!(error.http_code.as_deref(), Some("302"));
    let stay = |follow: Value| json!({ "redirect": { "redirect": follow } });
    let error = get(&server, "/moved", stay(json!({ "followRedirects": false })));
    assert_eq!(error.error().await.http_code.as_deref(), Some("302"));
    let error = get(&server, "/moved", stay(json!({ "maxRedirects": 0 })));
    assert!(
        error
            .error()
            .await
            .message
            .contains("more than 0 redirects")
    );
    let follow = stay(json!({ "followRedirects": true }));
    let items = get(&server, "/moved", follow).version(3.0).json().await;
    assert_eq!(items, json!([{ "id": 9_007_199_254_740_993_i64 }]));
}

#[tokio::test]
async fn options_reach_the_sending() {
    let server = server().await;
    let batches = json!({ "batching": { "batch": { "batchSize": 1, "batchInterval": 60 } } });
    let start = std::time::Instant::now();
    let items = get(&server, "/big", batches).items(3).json().await;
    assert_eq!(items.as_array().unwrap().len(), 3);
    assert!(start.elapsed().as_millis() >= 120);

    let proxied = json!({ "proxy": "http://127.0.0.1:1" });
    let error = get(&server, "/big", proxied).error().await;
    assert!(error.message.contains("proxy"), "{}", error.message);
    let mut small = get(&server, "/big", json!({}));
    let limit = itemflow_model::Value::from([("maxResponseBytes", 3)]);
    small.node.parameters.insert("requestOptions".into(), limit);
    let error = small.error().await;
    assert!(error.message.contains("larger than 3"), "{}", error.message);
}

#[tokio::test]
async fn what_nobody_answers_is_an_error() {
    let error = Trial::new(json!({ "url": "http://127.0.0.1:1/x" }))
        .error()
        .await;
    assert!(
        error.message.contains("connection refused"),
        "{}",
        error.message
    );
    assert_eq!(error.request.as_deref(), Some("GET http://127.0.0.1:1/x"));
}
