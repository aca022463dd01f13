//! What goes wrong, what is said of it, and what is never done twice.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::BoxFuture;
use itemflow_declarative::RequestObserver;
use itemflow_model::{ErrorInfo, RequestEvent, RequestStep};
use serde_json::json;

use super::server::{MailServer, Script};
use super::{trial, trial_with};

fn answering(command: &'static str, answer: &str) -> Script {
    Script {
        answers: vec![(command, answer.to_owned())],
        ..Script::default()
    }
}

#[tokio::test]
async fn each_refusal_says_what_was_refused() {
    for (command, answer, says, parameter) in [
        ("GREETING", "554 no", "refused its greeting: 554 no", None),
        ("EHLO", "-", "closed the connection at EHLO", None),
        (
            "MAIL",
            "553 not you",
            "refused the sender ada@example.com: 553 not you",
            Some("fromEmail"),
        ),
        (
            "RCPT",
            "550-no such\r\n550 user",
            "refused bo@example.com: 550 no such user",
            Some("toEmail"),
        ),
        ("DATA", "451 later", "refused DATA: 451 later", None),
        (
            ".",
            "552 too large",
            "refused the message: 552 too large",
            None,
        ),
        ("EHLO", "hello there", "does not speak SMTP", None),
        ("EHLO", "250-a\r\n251 b", "does not speak SMTP", None),
    ] {
        let server = MailServer::start(answering(command, answer)).await;
        let error = trial(&server, 2.1, json!({})).error().await;
        assert!(error.message.contains(says), "{command}: {}", error.message);
        assert_eq!(error.parameter.as_deref(), parameter, "{command}");
        assert_eq!(
            (error.node.as_deref(), error.item_index),
            (Some("Fetch"), Some(0))
        );
        assert!(server.mails().is_empty());
        let unknown = error.description.unwrap_or_default().contains("unknown");
        assert!(!unknown, "{command}");
    }
}

#[tokio::test]
async fn a_recipient_that_is_refused_keeps_no_other_from_the_email() {
    let server = MailServer::start(answering("RCPT TO:<bo@", "550 gone")).await;
    let parameters = json!({ "toEmail": "bo@example.com, cy@example.com" });
    let outcome = trial(&server, 2.1, parameters).outcome().await.unwrap();
    let items = outcome.outputs[0].clone().unwrap();
    let report = serde_json::Value::from(&items.get(0).unwrap().json);
    assert_eq!(report["accepted"], json!(["cy@example.com"]));
    assert_eq!(report["rejected"], json!(["bo@example.com"]));
    assert_eq!(server.mails()[0].to, ["cy@example.com"]);
    assert!(
        outcome.hints[0].contains("bo@example.com: 550 gone"),
        "{:?}",
        outcome.hints
    );
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_never_shown() {
    for auth in ["PLAIN", "LOGIN"] {
        let echo = "535 no: hunter2 AG1lAGh1bnRlcjI= aHVudGVyMg==";
        let mut script = answering("AUTH", echo);
        script.auth = auth;
        let server = MailServer::start(script).await;
        let login = json!({ "user": "me", "password": "hunter2" });
        let error = trial_with(&server, 2.1, json!({}), login).error().await;
        assert!(
            error.message.contains("refused the login: 535 no"),
            "{}",
            error.message
        );
        assert_eq!(error.parameter.as_deref(), Some("credentials.smtp"));
        let shown = format!("{error:?}");
        for secret in ["hunter2", "AG1lAGh1bnRlcjI", "aHVudGVyMg"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

#[tokio::test]
async fn a_server_that_stalls_anywhere_is_left() {
    for command in ["GREETING", "EHLO", "STARTTLS", "MAIL", "RCPT", "DATA", "."] {
        let mut script = answering(command, "");
        script.starttls = command == "STARTTLS";
        let server = MailServer::start(script).await;
        let parameters = json!({ "requestOptions": { "timeout": 100 } });
        let start = Instant::now();
        let error = trial(&server, 2.1, parameters).error().await;
        assert!(start.elapsed() < Duration::from_secs(5), "{command}");
        assert!(
            error.message.contains("stalled"),
            "{command}: {}",
            error.message
        );
        assert_eq!(error.parameter.as_deref(), Some("requestOptions.timeout"));
        let unknown = error.description.unwrap().contains("unknown");
        assert_eq!(unknown, command == ".", "{command}");
    }
    // One that encrypts at once, asked as if it did not, says nothing at first.
    let server = MailServer::start(Script {
        at_once: true,
        ..Script::default()
    })
    .await;
    let parameters = json!({ "requestOptions": { "totalTimeout": 100 } });
    let error = trial(&server, 2.1, parameters).error().await;
    assert_eq!(
        error.parameter.as_deref(),
        Some("requestOptions.totalTimeout")
    );
}

#[tokio::test]
async fn a_reply_without_end_is_cut_off() {
    for endless in [
        "250 ".to_owned() + &"x".repeat(1 << 20),
        "250-x\r\n".repeat(10_000) + "250 x",
    ] {
        let server = MailServer::start(answering("EHLO", &endless)).await;
        let error = trial(&server, 2.1, json!({})).error().await;
        assert!(error.message.contains("does not end"), "{}", error.message);
    }
}

#[tokio::test]
async fn what_was_said_before_encryption_is_not_believed() {
    let injected = "220 go ahead\r\n250-evil\r\n250 AUTH PLAIN";
    let mut script = answering("STARTTLS", injected);
    script.starttls = true;
    let server = MailServer::start(script).await;
    let login = json!({ "user": "me", "password": "hunter2" });
    let error = trial_with(&server, 2.1, json!({}), login).error().await;
    assert!(
        error.message.contains("should have been encrypted"),
        "{}",
        error.message
    );
    assert!(
        !server
            .commands()
            .iter()
            .any(|line| line.starts_with("AUTH"))
    );
}

#[tokio::test]
async fn nobody_listening_is_explained() {
    let server = MailServer::start(Script::default()).await;
    let login = json!({ "port": 1, "user": "me", "password": "hunter2" });
    let error = trial_with(&server, 2.1, json!({}), login).error().await;
    assert!(
        error.message.contains("nothing listens at 127.0.0.1:1"),
        "{}",
        error.message
    );
    let error = trial_with(&server, 2.1, json!({}), json!({ "secure": true }))
        .error()
        .await;
    assert!(
        error.description.unwrap().contains("`secure`"),
        "{}",
        error.message
    );
}

#[tokio::test]
async fn only_what_was_surely_not_sent_is_tried_again() {
    let retrying = |server: &MailServer| {
        let mut trial = trial(server, 2.1, json!({}));
        trial.node.retry_on_fail = true;
        trial.node.max_tries = Some(3.0);
        trial.node.wait_between_tries = Some(1.0);
        trial
    };
    let server = MailServer::start(Script {
        hang_ups: 2,
        ..Script::default()
    })
    .await;
    retrying(&server).json().await;
    assert_eq!((server.connections(), server.mails().len()), (3, 1));

    let server = MailServer::start(answering(".", "-")).await;
    let error = retrying(&server).error().await;
    assert!(error.description.unwrap().contains("unknown"));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_failed_item_keeps_no_other_from_its_email() {
    let server = MailServer::start(answering("RCPT TO:<user1@", "550 gone")).await;
    let parameters = json!({ "toEmail": "=user{{ $json.id }}@example.com" });
    let failing = || trial(&server, 2.1, parameters.clone()).items(3);
    let items = failing().continue_on_fail().json().await;
    assert_eq!(server.mails().len(), 2);
    assert!(items[1]["error"].as_str().unwrap().contains("550 gone"));
    assert_eq!(items[2]["accepted"], json!(["user2@example.com"]));
    let error = failing().error().await;
    assert_eq!(error.item_index, Some(1));
    assert_eq!(server.mails().len(), 3);
}

/// Notes events, and refuses them if it is told to.
#[derive(Default)]
struct Notes {
    refuses: bool,
    events: Mutex<Vec<RequestEvent>>,
}

impl RequestObserver for Notes {
    fn started(&self, event: RequestEvent) -> BoxFuture<'_, Result<(), ErrorInfo>> {
        self.events.lock().unwrap().push(event);
        let refused = ErrorInfo::operation("the disk is full");
        let result = if self.refuses { Err(refused) } else { Ok(()) };
        async { result }.boxed()
    }

    fn finished(&self, event: RequestEvent) -> BoxFuture<'_, ()> {
        self.events.lock().unwrap().push(event);
        async {}.boxed()
    }
}

#[tokio::test]
async fn nothing_is_sent_before_its_start_is_recorded() {
    let server = MailServer::start(Script::default()).await;
    let notes = Arc::new(Notes::default());
    let mut trial = trial(&server, 2.1, json!({}));
    trial.observer = notes.clone();
    trial.json().await;
    let events = notes.events.lock().unwrap().clone();
    let address = format!("MAIL smtp://127.0.0.1:{}", server.port());
    let started = RequestStep::Started {
        request: address.into(),
        repeatable: false,
    };
    assert_eq!((events.len(), &events[0].step), (2, &started));
    assert!(matches!(
        &events[1].step,
        RequestStep::Finished { error: None, .. }
    ));

    trial.observer = Arc::new(Notes {
        refuses: true,
        ..Notes::default()
    });
    assert_eq!(trial.error().await.message, "the disk is full");
    assert_eq!(server.connections(), 1);
}
