//! Limits of time and size: each ends the request in time, with an error that names its option.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use itemflow_model::ErrorInfo;
use tokio::net::TcpListener;

use crate::server::{Reply, Server, answer};
use crate::setup::{get, post, send};

/// The error of a request and how long it took.
async fn timed(url: &str, options: &str) -> (ErrorInfo, Duration) {
    let start = Instant::now();
    let error = send(get(url), options).await.unwrap_err();
    (error, start.elapsed())
}

fn assert_in_time(elapsed: Duration, limit_ms: u64) {
    assert!(
        elapsed >= Duration::from_millis(limit_ms),
        "too early: {elapsed:?}"
    );
    let latest = Duration::from_millis(limit_ms + (limit_ms / 5).max(100));
    assert!(elapsed <= latest, "too late: {elapsed:?}");
}

#[tokio::test]
async fn late_headers_end_at_the_timeout() {
    let server = Server::start(|_| async { Reply::Stall(Vec::new()) }).await;
    let (error, elapsed) = timed(&server.url("/"), r#"{"timeout":300}"#).await;
    assert_in_time(elapsed, 300);
    assert_eq!(error.parameter.as_deref(), Some("requestOptions.timeout"));
    assert_eq!(error.message, "no answer came within 300 ms");
    assert_eq!(error.request, Some(format!("GET {}", server.url("/"))));
}

#[tokio::test]
async fn a_stalled_body_ends_at_the_timeout() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc".to_vec();
    let server = Server::start(move |_| {
        let head = head.clone();
        async { Reply::Stall(head) }
    })
    .await;
    let (error, elapsed) = timed(&server.url("/"), r#"{"timeout":250}"#).await;
    assert_in_time(elapsed, 250);
    assert_eq!(error.parameter.as_deref(), Some("requestOptions.timeout"));
    assert!(error.message.contains("after 3 bytes"), "{}", error.message);
}

#[tokio::test]
async fn a_trickle_ends_at_the_total_timeout() {
    let server = Server::start(|_| async { Reply::Trickle(Duration::from_millis(20)) }).await;
    let (error, elapsed) = timed(&server.url("/"), r#"{"timeout":200,"totalTimeout":400}"#).await;
    assert_in_time(elapsed, 400);
    assert_eq!(
        error.parameter.as_deref(),
        Some("requestOptions.totalTimeout")
    );
}

#[tokio::test]
async fn a_proxy_that_says_nothing_ends_at_the_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = listener.local_addr().unwrap();
    for url in ["http://127.0.0.1:9/", "https://127.0.0.1:9/"] {
        let options = format!(r#"{{"timeout":200,"proxy":"http://{proxy}"}}"#);
        let (error, elapsed) = timed(url, &options).await;
        assert_in_time(elapsed, 200);
        assert_eq!(error.parameter.as_deref(), Some("requestOptions.timeout"));
    }
}

#[tokio::test]
async fn a_refused_connection_says_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = send(get(&format!("http://{address}/?a=1")), "{}")
        .await
        .unwrap_err();
    assert_eq!(
        error.message,
        format!("nothing listens at {address} (connection refused)")
    );
    assert_eq!(error.http_code.as_deref(), Some("ECONNREFUSED"));
    assert_eq!(error.parameter, None);
}

#[tokio::test]
async fn a_host_without_address_says_so() {
    let error = send(get("http://no-such-host.invalid/"), r#"{"timeout":5000}"#)
        .await
        .unwrap_err();
    assert_eq!(error.message, "the host no-such-host.invalid was not found");
    assert_eq!(error.http_code.as_deref(), Some("ENOTFOUND"));
}

#[tokio::test]
async fn a_cut_connection_leaves_the_outcome_of_a_write_unknown() {
    let server = Server::start(|_| async { Reply::Close }).await;
    let error = send(post(&server.url("/")), "{}").await.unwrap_err();
    assert!(
        error.message.contains("closed the connection"),
        "{}",
        error.message
    );
    assert!(error.description.unwrap().contains("unknown"));
    assert_eq!(server.seen().len(), 1, "a write was repeated");
}

#[tokio::test]
async fn a_large_answer_is_stopped_early() {
    let server = Server::start(|_| async { Reply::Large(100) }).await;
    let (error, elapsed) = timed(&server.url("/"), r#"{"maxResponseBytes":1000000}"#).await;
    assert_eq!(
        error.parameter.as_deref(),
        Some("requestOptions.maxResponseBytes")
    );
    assert!(elapsed < Duration::from_secs(5));
    // Socket buffers take some more than what was read.
    let written = server.shared.written.load(Ordering::SeqCst);
    assert!(written < 32 << 20, "{written} bytes were written");
}

#[tokio::test]
async fn an_announced_size_is_refused_before_it_is_read() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 2000\r\n\r\n".to_vec();
    let server = Server::start(move |_| {
        let head = head.clone();
        async { Reply::Stall(head) }
    })
    .await;
    let error = send(get(&server.url("/")), r#"{"maxResponseBytes":1999}"#)
        .await
        .unwrap_err();
    assert_eq!(
        error.parameter.as_deref(),
        Some("requestOptions.maxResponseBytes")
    );
}

#[tokio::test]
async fn a_bomb_is_measured_after_decompression() {
    // Two megabytes of zeros in zstd: one raw frame header and run-length blocks.
    let mut bomb = vec![0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x58];
    for block in 0..16_u32 {
        let last = u32::from(block == 15);
        let header = (128 << 10 << 3) | (1 << 1) | last;
        bomb.extend_from_slice(&header.to_le_bytes()[..3]);
        bomb.push(0);
    }
    assert!(bomb.len() < 100);
    let server = Server::start(move |_| {
        let bomb = bomb.clone();
        async move { answer("200 OK", "content-encoding: zstd\r\n", bomb) }
    })
    .await;
    let whole = send(get(&server.url("/")), "{}").await.unwrap();
    assert_eq!(whole.body.len(), 2 << 20);
    let error = send(get(&server.url("/")), r#"{"maxResponseBytes":1000000}"#)
        .await
        .unwrap_err();
    assert_eq!(
        error.parameter.as_deref(),
        Some("requestOptions.maxResponseBytes")
    );
}
