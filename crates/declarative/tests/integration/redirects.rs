//! Redirects: what is sent to whom, and how often.

use itemflow_declarative::{Body, apply};
use itemflow_model::Value;

use crate::server::{Reply, Seen, Server, answer, json};
use crate::setup::{credential, get, post, send};

fn redirect(status: &str, location: &str) -> Reply {
    answer(status, &format!("location: {location}\r\n"), "")
}

fn shows_secret(seen: &Seen) -> bool {
    format!("{seen:?}").contains("hunter2")
}

#[tokio::test]
async fn a_credential_stays_behind_when_the_origin_changes() {
    let other = Server::start(|_| async { json("{}") }).await;
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        let target = other.url("/there");
        let server = Server::start(move |seen: Seen| {
            let target = target.clone();
            async move {
                match seen.line.contains("/start") {
                    true => redirect(status, "/next"),
                    false => redirect(status, &target),
                }
            }
        })
        .await;
        let url = server.url("/start");
        let (definition, secrets) = credential(
            &url,
            r#"{"headers":{"Api-Access-Token":"hunter2"},"body":{"pass":"hunter2"},"query":{"key":"hunter2"}}"#,
        );
        let mut spec = post(&url);
        spec.body = Body::Json(Value::from([("a", 1)]));
        let spec = apply(&definition, &secrets, spec).unwrap();
        let response = send(spec, "{}").await.unwrap();
        assert_eq!(response.url.as_str(), other.url("/there"));
        let seen = server.seen();
        assert_eq!(
            seen[1].header("api-access-token"),
            Some("hunter2"),
            "same origin"
        );
        let last = other.seen().pop().unwrap();
        assert!(!shows_secret(&last), "{last:?}");
        let keeps_method = status.starts_with("307") || status.starts_with("308");
        let (method, body) = if keeps_method {
            ("POST", r#"{"a":1}"#)
        } else {
            ("GET", "")
        };
        assert!(last.line.starts_with(method), "{status} {}", last.line);
        assert_eq!(last.body, body);
        assert!(last.header("content-type").is_none());
    }
}

#[tokio::test]
async fn a_credential_is_never_sent_to_a_foreign_origin() {
    let server = Server::start(|_| async { json("{}") }).await;
    let (definition, secrets) = credential(
        "https://api.example.com/",
        r#"{"headers":{"X-Key":"hunter2"}}"#,
    );
    let error = apply(&definition, &secrets, get(&server.url("/")))
        .unwrap_err()
        .to_string();
    assert!(error.contains("https://api.example.com"), "{error}");
    assert!(error.contains(&server.url("")), "{error}");
    assert!(!error.contains("hunter2"));
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn redirects_are_counted_and_can_be_left_alone() {
    let server = Server::start(|_| async { redirect("302 Found", "/again") }).await;
    let error = send(get(&server.url("/")), r#"{"maxRedirects":3}"#)
        .await
        .unwrap_err();
    assert_eq!(
        error.parameter.as_deref(),
        Some("requestOptions.maxRedirects")
    );
    assert_eq!(server.seen().len(), 4);
    let response = send(get(&server.url("/")), r#"{"followRedirects":false}"#)
        .await
        .unwrap();
    assert_eq!(response.status, 302);
}

#[tokio::test]
async fn a_redirect_never_leaves_http() {
    let server = Server::start(|_| async { redirect("302 Found", "file:///etc/passwd") }).await;
    let error = send(get(&server.url("/")), "{}").await.unwrap_err();
    assert!(
        error.message.contains("no http address"),
        "{}",
        error.message
    );
}
