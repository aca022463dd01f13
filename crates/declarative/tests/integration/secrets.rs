//! A secret never shows in any text about a request, its answer or its failure.

use itemflow_declarative::{ActionResponse, Body, RequestSpec, apply, receive};
use itemflow_model::Value;

use crate::server::{Server, answer};
use crate::setup::{credential, post, send};

async fn echoing_server() -> Server {
    Server::start(|seen| async move {
        let body = format!(
            "{{\"message\":\"bad token {}\"}}",
            seen.header("x-key").unwrap()
        );
        answer(
            "401 Unauthorized",
            "content-type: application/json\r\n",
            body,
        )
    })
    .await
}

fn signed(url: &str) -> RequestSpec {
    let (definition, secrets) = credential(
        url,
        r#"{"headers":{"X-Key":"hunter2"},"query":{"key":"hunter2"},"body":{"pass":"hunter2"},
        "basic":{"username":"me","password":"hunter2"}}"#,
    );
    let mut spec = post(url);
    spec.body = Body::Json(Value::from([("note", "my hunter2 too")]));
    apply(&definition, &secrets, spec).unwrap()
}

#[tokio::test]
async fn no_text_about_a_request_shows_it() {
    let server = echoing_server().await;
    let spec = signed(&server.url("/x"));
    let shown = format!(
        "{spec:?}\n{}\n{}\n{}",
        spec.curl(),
        spec.to_json(),
        spec.summary()
    );
    let response = send(spec, "{}").await.unwrap();
    let error = receive(&response, &ActionResponse::default()).unwrap_err();
    let shown = format!("{shown}\n{response:?}\n{error:?}\n{}", error.summary());
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(!shown.contains("bWU6aHVudGVyMg"), "{shown}");
    assert!(shown.contains("X-Key: ***"), "{shown}");
    assert!(
        error.message.ends_with("bad token ***"),
        "{}",
        error.message
    );
    // It did go over the wire.
    assert!(server.seen()[0].line.contains("key=hunter2"));
    assert!(server.seen()[0].body.contains(r#""pass":"hunter2""#));
}

#[tokio::test]
async fn no_failure_shows_it() {
    let server = echoing_server().await;
    let url = server.url("/x");
    drop(server);
    let error = send(signed(&url), r#"{"timeout":300}"#).await.unwrap_err();
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    assert!(error.request.unwrap().contains("key=***"));
}
