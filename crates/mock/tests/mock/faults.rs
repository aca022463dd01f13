//! What a double does wrong on purpose, as a client sees it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use itemflow_mock::{Config, Fault};
use serde_json::json;

use crate::support::{Service, USER, finish};

const INBOX: &str = "/api/v1/accounts/1/inboxes/3/";
const TEAMS: &str = "/api/v1/accounts/1/teams";

fn faults(texts: &[&str]) -> Vec<Fault> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

async fn with(texts: &[&str]) -> Service {
    Service::with(Config {
        faults: faults(texts),
        ..Config::default()
    })
    .await
}

/// Status, Retry-After and body of an answer.
async fn refusal(service: &Service, target: &str) -> (u16, Option<String>, String) {
    let answer = service.request("GET", target).send().await.unwrap();
    let status = answer.status().as_u16();
    let header = answer.headers().get("retry-after");
    let retry_after = header.map(|value| value.to_str().unwrap().to_owned());
    (status, retry_after, answer.text().await.unwrap())
}

/// What a plain socket sees of an answer until it ends, and the error it ends with.
fn raw(service: &Service, timeout: Duration) -> (String, Option<std::io::ErrorKind>) {
    let mut socket = TcpStream::connect(service.running.address()).unwrap();
    socket.set_read_timeout(Some(timeout)).unwrap();
    let token = service.token(USER);
    write!(
        socket,
        "GET {INBOX} HTTP/1.1\r\nHost: x\r\nApi-Access-Token: {token}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut bytes = Vec::new();
    let error = socket.read_to_end(&mut bytes).err();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    (text, error.map(|error| error.kind()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_loses_the_answer_of_what_was_done() {
    let service = with(&["reset on Teams/Create A Team"]).await;
    let lost = service
        .request("POST", TEAMS)
        .json(&json!({ "name": "returned" }))
        .send()
        .await;
    assert!(lost.is_err());
    let (_, teams) = finish(service.request("GET", TEAMS)).await;
    assert!(teams.to_string().contains("returned"), "{teams}");
    service.running.set_faults(&faults(&["reset"])).unwrap();
    let (text, error) = raw(&service, Duration::from_secs(5));
    assert_eq!(text, "");
    assert_eq!(error, Some(std::io::ErrorKind::ConnectionReset));
}

#[tokio::test]
async fn a_drop_does_nothing() {
    let service = with(&["drop on Create A Team"]).await;
    let lost = service
        .request("POST", TEAMS)
        .json(&json!({ "name": "never" }))
        .send()
        .await;
    assert!(lost.is_err());
    let (_, teams) = finish(service.request("GET", TEAMS)).await;
    assert!(!teams.to_string().contains("never"), "{teams}");
    assert_eq!(service.running.requests()[0].status, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stall_sends_headers_and_nothing_else() {
    let service = with(&["stall"]).await;
    let (text, error) = raw(&service, Duration::from_millis(300));
    assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
    assert!(text.ends_with("\r\n\r\n"), "{text}");
    // The read has timed out: the connection was still open.
    assert_eq!(error, Some(std::io::ErrorKind::WouldBlock));
    let before = Instant::now();
    service.running.stop().await.unwrap();
    assert!(before.elapsed() < Duration::from_secs(4), "{before:?}");
}

#[tokio::test]
async fn a_trickle_arrives_in_full_and_late() {
    let service = with(&["trickle 10ms"]).await;
    let before = Instant::now();
    let answer = service.bare("GET", INBOX).send().await.unwrap();
    let text = answer.text().await.unwrap();
    assert_eq!(text, r#"{"error":"Invalid Access Token"}"#);
    assert!(before.elapsed() >= Duration::from_millis(10 * text.len() as u64));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_ends_in_the_middle() {
    let service = with(&["cut"]).await;
    let answer = service.request("GET", INBOX).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.text().await.is_err());
    let (text, _) = raw(&service, Duration::from_secs(5));
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.unwrap().parse().unwrap();
    assert_eq!(body.len(), length / 2);
}

#[tokio::test]
async fn statuses_come_in_the_shape_of_the_service() {
    let service = with(&[
        "429 retry-after 2 first 1",
        "503 retry-after 7 first 1",
        "404 first 1",
    ])
    .await;
    let too_many = r#"{"error":"Too many requests"}"#;
    let refused = refusal(&service, INBOX).await;
    assert_eq!(refused, (429, Some("2".into()), too_many.into()));
    service
        .running
        .set_faults(&faults(&["503 first 1", "404 after 1"]))
        .unwrap();
    let unavailable = r#"{"error":"service unavailable"}"#;
    assert_eq!(
        refusal(&service, INBOX).await,
        (503, None, unavailable.into())
    );
    let missing = r#"{"error":"Resource could not be found"}"#;
    assert_eq!(refusal(&service, INBOX).await, (404, None, missing.into()));
}

#[tokio::test]
async fn a_limit_says_when_it_ends() {
    let service = with(&["limit 2/30s on Get Inbox"]).await;
    assert_eq!(refusal(&service, INBOX).await.0, 200);
    assert_eq!(refusal(&service, INBOX).await.0, 200);
    let (status, retry_after, _) = refusal(&service, INBOX).await;
    assert_eq!((status, retry_after.as_deref()), (429, Some("30")));
    assert_eq!(refusal(&service, TEAMS).await.0, 200);
}

#[tokio::test]
async fn every_third_request_of_an_action_fails() {
    let service = with(&["500 every 3 on Inboxes/Get Inbox"]).await;
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(refusal(&service, INBOX).await.0);
        assert_eq!(refusal(&service, TEAMS).await.0, 200);
    }
    assert_eq!(statuses, [200, 200, 500, 200, 200, 500]);
}

#[tokio::test]
async fn a_redirect_leads_to_the_same_path_elsewhere() {
    let other = Service::start().await;
    let fault = format!("redirect {}", other.running.base_url());
    let service = with(&[&fault]).await;
    let target = "/api/v1/accounts/1/contacts?page=1";
    let _ = service.request("GET", target).send().await;
    let requests = other.running.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].target(), target);
}

#[tokio::test]
async fn an_unknown_action_is_told_before_anything_is_served() {
    let service = Service::start().await;
    let error = service.running.set_faults(&faults(&["reset on Get Inbux"]));
    let text = error.unwrap_err().to_string();
    assert!(text.ends_with("did you mean `Get Inbox`?"), "{text}");
}
