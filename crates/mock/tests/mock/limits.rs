//! The log, limits, delays and shutdown.

use std::time::{Duration, Instant};

use itemflow_mock::Config;
use serde_json::json;

use crate::support::{Service, USER, finish};

const INBOX: &str = "/api/v1/accounts/1/inboxes/3/";

#[tokio::test]
async fn every_request_is_kept_as_it_was_sent() {
    let service = Service::start().await;
    let target = "/api/v1/accounts/1/contacts/filter?page=2&x=a%20b";
    service.send("POST", target, json!({ "payload": [] })).await;
    finish(service.bare("GET", "/nothing")).await;
    let requests = service.running.requests();
    assert_eq!(requests.len(), 2);
    let first = &requests[0];
    assert_eq!(first.target(), target);
    assert_eq!(first.json().unwrap().to_string(), r#"{"payload":[]}"#);
    assert_eq!(first.status, 422);
    assert_eq!(first.action.as_deref(), Some("Contacts: Contact Filter"));
    assert_eq!(
        first.header("API_ACCESS_TOKEN"),
        Some(service.token(USER).as_str())
    );
    assert_eq!((requests[1].status, &requests[1].action), (404, &None));
    service.running.clear_requests();
    assert!(service.running.requests().is_empty());
}

#[tokio::test]
async fn a_watcher_sees_requests_as_they_are_answered() {
    let service = Service::start().await;
    let mut watch = service.running.watch();
    finish(service.request("GET", INBOX)).await;
    let seen = watch.recv().await.unwrap();
    assert_eq!((seen.path.as_str(), seen.status), (INBOX, 200));
}

#[tokio::test]
async fn debug_output_shows_no_token() {
    let service = Service::start().await;
    finish(service.request("GET", INBOX)).await;
    let shown = format!("{:?} {:?}", service.running, service.running.requests());
    assert!(shown.contains("Sensitive"));
    assert!(!shown.contains(&service.token(USER)));
}

#[tokio::test]
async fn a_delay_holds_requests_in_flight_together() {
    let service = Service::with(Config {
        faults: vec!["delay 300ms".parse().unwrap()],
        ..Config::default()
    })
    .await;
    let before = Instant::now();
    tokio::join!(
        finish(service.request("GET", INBOX)),
        finish(service.request("GET", INBOX)),
        finish(service.request("GET", INBOX)),
    );
    assert!(before.elapsed() >= Duration::from_millis(300));
    let requests = service.running.requests();
    let most = requests.iter().map(|request| request.in_flight).max();
    assert_eq!(most, Some(3));
    assert!(
        requests
            .windows(2)
            .all(|pair| pair[0].arrived <= pair[1].arrived)
    );
}

#[tokio::test]
async fn too_long_bodies_and_hostile_ones_are_refused() {
    let service = Service::with(Config {
        max_body_bytes: 300_000,
        ..Config::default()
    })
    .await;
    let post = |body: String| {
        service
            .request("POST", "/api/v1/accounts/1/conversations")
            .header("Content-Type", "application/json")
            .body(body)
    };
    assert_eq!(finish(post("x".repeat(300_001))).await.0, 413);
    assert_eq!(finish(post("[".repeat(200_000))).await.0, 400);
    assert_eq!(finish(post("\u{0}".into())).await.0, 400);
    let brackets = format!(
        "/api/v1/accounts/1/conversations?{}",
        "labels[]=&".repeat(3000)
    );
    assert_eq!(finish(service.request("GET", &brackets)).await.0, 200);
    for target in ["/%ff/%", "//", "/api/v1/accounts/%ff/conversations"] {
        assert_eq!(
            finish(service.request("GET", target)).await.0,
            404,
            "{target}"
        );
    }
}

#[tokio::test]
async fn the_log_forgets_the_oldest_beyond_its_limit() {
    let service = Service::with(Config {
        max_log_bytes: 3000,
        ..Config::default()
    })
    .await;
    for id in 1..=20 {
        let target = format!("/api/v1/accounts/1/inboxes/{id}/");
        finish(service.request("GET", &target)).await;
    }
    let requests = service.running.requests();
    assert!((1..20).contains(&requests.len()));
    let last = &requests[requests.len() - 1].path;
    assert_eq!(last, "/api/v1/accounts/1/inboxes/20/");
}

#[tokio::test]
async fn stopping_lets_a_request_finish_and_frees_the_port() {
    let service = Service::with(Config {
        faults: vec!["delay 300ms".parse().unwrap()],
        ..Config::default()
    })
    .await;
    let address = service.running.address();
    let request = service.request("GET", INBOX);
    let answer = tokio::spawn(finish(request));
    while service.running.requests().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    service.running.stop().await.unwrap();
    assert_eq!(answer.await.unwrap().0, 200);
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
