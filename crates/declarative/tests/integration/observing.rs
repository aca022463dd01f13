//! Events of requests, retries, and the promise that an unrepeatable request waits until its start is recorded.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::BoxFuture;
use itemflow_declarative::{Outgoing, RequestObserver, Sender, send_all, send_one};
use itemflow_model::{ErrorInfo, RequestEvent, RequestStep};
use tokio::sync::Semaphore;

use crate::server::{Server, answer, json};
use crate::setup::{clients, get, options, post, send, sender};

/// Lets a request start only with a permit, and notes every event.
struct Recorder {
    permits: Semaphore,
    events: Mutex<Vec<RequestEvent>>,
}

impl RequestObserver for Recorder {
    fn started(&self, event: RequestEvent) -> BoxFuture<'_, Result<(), ErrorInfo>> {
        Box::pin(async move {
            self.events.lock().unwrap().push(event);
            match self.permits.acquire().await {
                Ok(permit) => permit.forget(),
                Err(_) => return Err(ErrorInfo::operation("the journal is gone")),
            }
            Ok(())
        })
    }

    fn finished(&self, event: RequestEvent) -> BoxFuture<'_, ()> {
        self.events.lock().unwrap().push(event);
        Box::pin(std::future::ready(()))
    }
}

#[tokio::test]
async fn nothing_is_sent_before_its_start_is_recorded() {
    let server = Server::start(|_| async { json("{}") }).await;
    let recorder = Recorder {
        permits: Semaphore::new(0),
        events: Mutex::default(),
    };
    let (clients, options) = (clients(), options("{}"));
    let sender = Sender {
        observer: &recorder,
        ..sender(&clients, &options)
    };
    let spec = post(&server.url("/"));
    let sending = send_one(&sender, 7, 0, Outgoing::from(spec));
    tokio::pin!(sending);
    assert!(
        tokio::time::timeout(Duration::from_millis(100), &mut sending)
            .await
            .is_err()
    );
    assert!(server.seen().is_empty());
    recorder.permits.add_permits(1);
    sending.await.unwrap();
    let events = recorder.events.lock().unwrap().clone();
    assert_eq!(events.len(), 2);
    assert_eq!((events[0].item, events[0].attempt), (7, 1));
    let started = RequestStep::Started {
        request: format!("POST {}", server.url("/")).into(),
        repeatable: false,
    };
    assert_eq!(events[0].step, started);
    assert!(matches!(
        events[1].step,
        RequestStep::Finished {
            status: Some(200),
            error: None,
            ..
        }
    ));
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_sent() {
    let server = Server::start(|_| async { json("{}") }).await;
    let recorder = Recorder {
        permits: Semaphore::new(0),
        events: Mutex::default(),
    };
    recorder.permits.close();
    let (clients, options) = (clients(), options("{}"));
    let sender = Sender {
        observer: &recorder,
        ..sender(&clients, &options)
    };
    let url = server.url("/");
    let results = send_all(&sender, 2, |_| Ok(Outgoing::from(post(&url)))).await;
    assert!(
        results
            .iter()
            .all(|result| result.as_ref().unwrap_err().message.contains("journal"))
    );
    assert!(server.seen().is_empty());
}

async fn failing_twice() -> Server {
    let tries = AtomicUsize::new(0);
    Server::start(move |_| {
        let earlier = tries.fetch_add(1, Ordering::SeqCst);
        async move {
            match earlier {
                0 | 1 => answer("503 Service Unavailable", "", ""),
                _ => json("{}"),
            }
        }
    })
    .await
}

#[tokio::test]
async fn only_what_may_be_repeated_is_tried_again() {
    let retry = r#"{"retry":{"maxTries":3,"backoff":1}}"#;
    let server = failing_twice().await;
    assert_eq!(
        send(get(&server.url("/")), retry).await.unwrap().status,
        200
    );
    assert_eq!(server.seen().len(), 3);
    let server = failing_twice().await;
    assert_eq!(
        send(post(&server.url("/")), retry).await.unwrap().status,
        503
    );
    assert_eq!(server.seen().len(), 1);
    let server = failing_twice().await;
    let never = r#"{"retry":{"maxTries":3,"backoff":1,"on":[500]}}"#;
    assert_eq!(
        send(get(&server.url("/")), never).await.unwrap().status,
        503
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_refused_credential_is_not_tried_again() {
    let server = Server::start(|_| async { answer("401 Unauthorized", "", "") }).await;
    let retry = r#"{"retry":{"maxTries":3,"backoff":1}}"#;
    let response = send(get(&server.url("/")), retry).await.unwrap();
    assert_eq!((response.status, server.seen().len()), (401, 1));
}

#[tokio::test]
async fn a_request_says_what_sends_it() {
    let server = Server::start(|_| async { json("{}") }).await;
    send(get(&server.url("/")), "{}").await.unwrap();
    let mut named = get(&server.url("/"));
    named.set_header("User-Agent", "mine", false).unwrap();
    send(named, "{}").await.unwrap();
    let seen = server.seen();
    let agents: Vec<_> = seen.iter().map(|seen| seen.header("user-agent")).collect();
    let own = concat!("itemflow/", env!("CARGO_PKG_VERSION"));
    assert_eq!(agents, [Some(own), Some("mine")]);
}
