//! How many requests are in flight, and when batches start.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use itemflow_declarative::{Outgoing, send_all};
use itemflow_model::ErrorInfo;
use tokio::sync::watch;

use crate::server::{Reply, Server, json};
use crate::setup::{clients, get, options, sender};

async fn slow_server(ms: u64) -> Server {
    Server::start(move |seen| async move {
        tokio::time::sleep(Duration::from_millis(ms)).await;
        json(&format!("{:?}", seen.line))
    })
    .await
}

#[tokio::test]
async fn fifty_items_in_batches_of_five() {
    let server = slow_server(5).await;
    let (clients, options) = (
        clients(),
        options(r#"{"batching":{"batch":{"batchSize":5,"batchInterval":60}}}"#),
    );
    let url = server.url("");
    let start = Instant::now();
    let results = send_all(&sender(&clients, &options), 50, |item| {
        Ok(Outgoing::from(get(&format!("{url}/{item}"))))
    })
    .await;
    assert!(start.elapsed() >= Duration::from_millis(9 * 60));
    assert_eq!(results.len(), 50);
    for (i, result) in results.iter().enumerate() {
        let body = String::from_utf8_lossy(&result.as_ref().unwrap().body).into_owned();
        assert_eq!(body, format!("\"GET /{i} HTTP/1.1\""));
    }
    let most = server.shared.most_in_flight.load(Ordering::SeqCst);
    assert!(most <= 5, "{most} in flight");
    let seen = server.seen();
    for batch in 0..10 {
        let earliest = seen[0].at + Duration::from_millis(60 * batch as u64);
        for request in &seen[batch * 5..batch * 5 + 5] {
            let number: usize = request.line[5..]
                .split(' ')
                .next()
                .unwrap()
                .parse()
                .unwrap();
            assert_eq!(number / 5, batch, "a request of another batch");
            // The first request may itself have been seen late.
            assert!(request.at + Duration::from_millis(40) >= earliest);
        }
    }
}

#[tokio::test]
async fn a_batch_waits_for_the_one_before_it() {
    let server = slow_server(120).await;
    let (clients, options) = (
        clients(),
        options(r#"{"batching":{"batch":{"batchSize":2,"batchInterval":1}}}"#),
    );
    let url = server.url("/");
    let results = send_all(&sender(&clients, &options), 4, |_| {
        Ok(Outgoing::from(get(&url)))
    })
    .await;
    assert!(results.iter().all(Result::is_ok));
    let seen = server.seen();
    let answered = server.shared.answered.lock().unwrap();
    assert!(
        seen[2].at >= answered[1],
        "the second batch started before the first was answered"
    );
}

#[tokio::test]
async fn without_batching_sixteen_are_in_flight() {
    let server = slow_server(50).await;
    let (clients, options) = (
        clients(),
        options(r#"{"batching":{"batch":{"batchSize":-1}}}"#),
    );
    let url = server.url("/");
    let results = send_all(&sender(&clients, &options), 40, |_| {
        Ok(Outgoing::from(get(&url)))
    })
    .await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(server.shared.most_in_flight.load(Ordering::SeqCst), 16);
}

#[tokio::test]
async fn a_request_that_cannot_be_built_spoils_no_other() {
    let server = slow_server(0).await;
    let (clients, options) = (clients(), options("{}"));
    let url = server.url("/");
    let results = send_all(&sender(&clients, &options), 3, |item| match item {
        1 => Err(ErrorInfo::operation("bad item")),
        _ => Ok(Outgoing::from(get(&url))),
    })
    .await;
    assert!(results[0].is_ok() && results[2].is_ok());
    assert_eq!(results[1].as_ref().unwrap_err().message, "bad item");
}

#[tokio::test]
async fn cancelling_ends_what_is_in_flight_and_starts_nothing_more() {
    let (stop, cancel) = watch::channel(false);
    let server = Server::start(move |_| {
        stop.send(true).unwrap();
        async { Reply::Stall(Vec::new()) }
    })
    .await;
    let (clients, options) = (clients(), options(r#"{"maxConcurrency":1}"#));
    let mut sender = sender(&clients, &options);
    sender.cancel = Some(cancel);
    let url = server.url("/");
    let sending = send_all(&sender, 5, |_| Ok(Outgoing::from(get(&url))));
    let results = tokio::time::timeout(Duration::from_secs(5), sending)
        .await
        .unwrap();
    assert!(
        results
            .iter()
            .all(|result| result.as_ref().unwrap_err().message.contains("canceled"))
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn dropping_the_future_closes_its_connections() {
    let server = Server::start(|_| async { Reply::Stall(Vec::new()) }).await;
    let (clients, options) = (clients(), options("{}"));
    let url = server.url("/");
    {
        let sender = sender(&clients, &options);
        let sending = send_all(&sender, 3, |_| Ok(Outgoing::from(get(&url))));
        tokio::select! {
            _ = sending => panic!("nothing was answered"),
            () = until(|| server.seen().len() == 3) => {}
        }
    }
    until(|| server.shared.closed.load(Ordering::SeqCst) == 3).await;
}

/// Ends when the condition holds, or fails after five seconds.
async fn until(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "it never came about"
        );
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
