//! What is sent: envelope, headers, bodies, files, encryption and login.

use std::sync::Arc;

use itemflow_model::Binaries;
use serde_json::{Value, json};

use super::mime::Part;
use super::server::{MailServer, Script};
use super::{trial, trial_with};

/// The message of a node of this version.
async fn message(version: f64, parameters: Value) -> Part {
    let server = MailServer::start(Script::default()).await;
    trial(&server, version, parameters).json().await;
    Part::read(&server.mails().pop().unwrap().data)
}

#[tokio::test]
async fn the_report_says_what_the_server_answered() {
    let server = MailServer::start(Script::default()).await;
    let trial = trial(
        &server,
        2.1,
        json!({
            "html": "<p>Hi</p>", "toEmail": "Bo <bo@example.com>, cy@example.com",
            "options": { "ccEmail": "dee@example.com", "bccEmail": "eve@example.com, bo@example.com", "replyTo": "ada+r@example.com" }
        }),
    );
    let report = trial.json().await;
    let mail = server.mails().pop().unwrap();
    let everyone = [
        "bo@example.com",
        "cy@example.com",
        "dee@example.com",
        "eve@example.com",
    ];
    assert_eq!(
        (&*mail.from, mail.to),
        ("ada@example.com", everyone.map(str::to_owned).to_vec())
    );
    let part = Part::read(&mail.data);
    assert_eq!(part.header("from"), "Ada <ada@example.com>");
    assert_eq!(part.header("to"), "Bo <bo@example.com>, cy@example.com");
    assert_eq!(part.header("cc"), "dee@example.com");
    assert_eq!(part.header("reply-to"), "ada+r@example.com");
    assert_eq!(part.header("subject"), "Hello");
    assert!(part.header("date").ends_with("+0000"));
    assert!(!mail.data.contains("eve@"), "{}", mail.data);
    let report = &report[0];
    assert_eq!(report["accepted"], json!(everyone));
    assert_eq!(report["rejected"], json!([]));
    assert_eq!(report["ehlo"], json!(["8BITMIME"]));
    assert_eq!(report["response"], "250 2.0.0 queued as 42");
    assert_eq!(
        report["envelope"],
        json!({ "from": "ada@example.com", "to": everyone })
    );
    assert_eq!(report["messageId"], part.header("message-id"));
    assert!(
        report["messageId"]
            .as_str()
            .unwrap()
            .ends_with("@example.com>")
    );
    assert!(report["messageSize"].as_u64().unwrap() > 100);
    assert!(report["envelopeTime"].is_u64() && report["messageTime"].is_u64());
}

#[tokio::test]
async fn each_version_sends_its_own_bodies() {
    let both = json!({ "text": "Grüße", "html": "<b>Grüße</b>" });
    for (version, format, shape) in [
        (1.0, "", "multipart/alternative[text/plain text/html]"),
        (2.0, "", "text/plain"),
        (2.0, "html", "text/html"),
        (2.1, "", "text/html"),
        (2.1, "both", "multipart/alternative[text/plain text/html]"),
        (2.2, "text", "text/plain"),
    ] {
        let mut parameters = both.clone();
        if !format.is_empty() {
            parameters["emailFormat"] = format.into();
        }
        let part = message(version, parameters).await;
        assert_eq!(part.shape(), shape, "{version} {format}");
        let leaf = part.parts.first().unwrap_or(&part);
        assert!(leaf.text().contains("Grüße"));
        assert!(
            leaf.header("content-type")
                .to_ascii_lowercase()
                .contains("charset=utf-8")
        );
    }
    let part = message(1.0, json!({ "text": "only", "html": "" })).await;
    assert_eq!(
        (part.shape(), part.text()),
        ("text/plain".into(), "only\r\n".into())
    );
    let part = message(1.0, json!({ "text": "={{ ({ a: 1 }) }}" })).await;
    assert_eq!(part.text().trim_end(), r#"{"a":1}"#);
}

#[tokio::test]
async fn each_version_signs_in_its_own_way() {
    for (version, options, signed) in [
        (1.0, json!({}), false),
        (2.0, json!({}), false),
        (2.0, json!({ "appendAttribution": true }), true),
        (2.1, json!({}), true),
        (2.1, json!({ "appendAttribution": false }), false),
    ] {
        let parameters = json!({ "text": "Hi", "emailFormat": "text", "options": options });
        let text = message(version, parameters).await.text();
        assert_eq!(
            text.contains("\n---\r\nSent automatically"),
            signed,
            "{version}: {text}"
        );
    }
    let html = message(2.1, json!({ "html": "<p>Hi</p>" })).await.text();
    assert!(html.starts_with("<p>Hi</p><br>"), "{html}");
}

#[tokio::test]
async fn files_are_attached_or_shown() {
    let server = MailServer::start(Script::default()).await;
    let mut trial = trial(
        &server,
        2.1,
        json!({
            "emailFormat": "both", "text": "see", "html": "<img src='cid:logo'>",
            "options": {
                "attachments": "logo", "fileAttachments": "doc, none", "appendAttribution": false
            }
        }),
    );
    let all_bytes: Vec<u8> = (0..=255).collect();
    let binaries: Binaries = [
        (
            "logo".into(),
            trial.files.add("lögo.png", "image/png", &all_bytes),
        ),
        (
            "doc".into(),
            trial
                .files
                .add("a \"b\".txt", "text/plain", b"line\nline\r\n.\r\n"),
        ),
    ]
    .into_iter()
    .collect();
    trial.items[0].binary = Some(Arc::new(binaries));
    let outcome = trial.outcome().await.unwrap();
    assert_eq!(outcome.hints, ["item 0 has no file named `none` to attach"]);
    let part = Part::read(&server.mails().pop().unwrap().data);
    assert_eq!(
        part.shape(),
        "multipart/mixed[multipart/alternative[text/plain multipart/related[text/html image/png]] text/plain]"
    );
    let logo = &part.parts[0].parts[1].parts[1];
    assert_eq!(logo.header("content-id"), "<logo>");
    assert!(logo.header("content-disposition").starts_with("inline"));
    assert_eq!(logo.content, all_bytes);
    let doc = &part.parts[1];
    assert!(doc.header("content-disposition").starts_with("attachment"));
    assert_eq!(doc.header("content-id"), "");
    assert_eq!(doc.content, b"line\nline\r\n.\r\n");
}

#[tokio::test]
async fn version_1_attaches_every_file() {
    let server = MailServer::start(Script::default()).await;
    let trial = trial(
        &server,
        1.0,
        json!({ "text": "see", "html": "<p>see", "attachments": "doc" }),
    );
    trial
        .file("doc", "a.txt", "text/plain", b"doc")
        .json()
        .await;
    let part = Part::read(&server.mails().pop().unwrap().data);
    let shape = "multipart/mixed[multipart/alternative[text/plain text/html] text/plain]";
    assert_eq!(part.shape(), shape);
    assert_eq!(part.parts[1].content, b"doc");
    assert_eq!(part.parts[1].header("content-id"), "");
}

#[tokio::test]
async fn nothing_in_an_item_becomes_a_header_or_a_command() {
    let server = MailServer::start(Script::default()).await;
    let trial = trial(
        &server,
        2.1,
        json!({
            "subject": "=One\r\nBcc: eve@example.com\r\n\r\nTwo {{ $json.id }}",
            "html": ".\r\nQUIT\r\n.\r\n", "options": { "fileAttachments": "doc", "appendAttribution": false }
        }),
    );
    let trial = trial.file("doc", "a\r\nX-Evil: 1.txt", "text/plain\r\nX-Evil: 2", b"x");
    trial.json().await;
    let mails = server.mails();
    assert_eq!((mails.len(), mails[0].to.len()), (1, 1));
    let part = Part::read(&mails[0].data);
    assert_eq!(part.header("subject"), "One Bcc: eve@example.com Two 1");
    assert_eq!(part.header("bcc"), "");
    assert!(!mails[0].data.contains("\r\nX-Evil"), "{}", mails[0].data);
    assert_eq!(part.parts[0].text().trim_end(), ".\r\nQUIT\r\n.");
    assert_eq!(server.commands().last().unwrap(), "QUIT");
    for (name, value) in [
        ("toEmail", "=bo@example.com\r\nRCPT TO:<eve@example.com>"),
        ("fromEmail", "=ada@example.com>\r\nRSET"),
    ] {
        let error = super::trial(&server, 2.1, json!({ name: value }))
            .error()
            .await;
        assert_eq!(error.parameter.as_deref(), Some(name), "{error:?}");
    }
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn connections_are_encrypted_as_the_credential_says() {
    let login = json!({ "user": "me", "password": "hunter2" });
    let options = json!({ "options": { "allowUnauthorizedCerts": true } });
    for (script, fields, encrypted, hint) in [
        (
            Script {
                starttls: true,
                ..Script::default()
            },
            json!({}),
            true,
            false,
        ),
        (
            Script {
                starttls: true,
                ..Script::default()
            },
            json!({ "disableStartTls": true }),
            false,
            true,
        ),
        (
            Script {
                at_once: true,
                ..Script::default()
            },
            json!({ "secure": true }),
            true,
            false,
        ),
        (Script::default(), json!({}), false, true),
    ] {
        let server = MailServer::start(script).await;
        let mut fields = fields;
        super::merge(&mut fields, login.clone());
        let outcome = trial_with(&server, 2.1, options.clone(), fields)
            .outcome()
            .await
            .unwrap();
        let mail = server.mails().pop().unwrap();
        assert_eq!(mail.encrypted, encrypted);
        assert_eq!(mail.login, Some(("me".into(), "hunter2".into())));
        assert_eq!(!outcome.hints.is_empty(), hint, "{:?}", outcome.hints);
    }
}

#[tokio::test]
async fn a_certificate_is_checked_unless_any_is_accepted() {
    let server = MailServer::start(Script {
        starttls: true,
        ..Script::default()
    })
    .await;
    let error = trial(&server, 2.1, json!({})).error().await;
    assert!(error.message.contains("self-signed"), "{}", error.message);
    assert_eq!(
        error.parameter.as_deref(),
        Some("options.allowUnauthorizedCerts")
    );
    assert!(server.mails().is_empty());
    let trusting = json!({ "requestOptions": { "caCertificate": server.certificate } });
    trial(&server, 2.1, trusting).json().await;
    assert!(server.mails()[0].encrypted);
}

#[tokio::test]
async fn a_login_uses_a_kind_that_is_offered() {
    let login = json!({ "user": "me", "password": "hunter2", "hostName": "client.example" });
    for (auth, command) in [
        ("CRAM-MD5 PLAIN LOGIN", "AUTH PLAIN AG1lAGh1bnRlcjI="),
        ("LOGIN", "AUTH LOGIN"),
        ("", "AUTH PLAIN AG1lAGh1bnRlcjI="),
    ] {
        let server = MailServer::start(Script {
            auth,
            ..Script::default()
        })
        .await;
        trial_with(&server, 2.1, json!({}), login.clone())
            .json()
            .await;
        let commands = server.commands();
        assert_eq!(
            (&*commands[0], &*commands[1]),
            ("EHLO client.example", command)
        );
        assert_eq!(
            server.mails()[0].login,
            Some(("me".into(), "hunter2".into()))
        );
    }
    let server = MailServer::start(Script {
        auth: "XOAUTH2",
        ..Script::default()
    })
    .await;
    let error = trial_with(&server, 2.1, json!({}), login).error().await;
    assert!(error.message.contains("XOAUTH2"), "{}", error.message);
}

#[tokio::test]
async fn every_item_is_an_email_of_its_own() {
    let server = MailServer::start(Script::default()).await;
    let parameters =
        json!({ "toEmail": "=user{{ $json.id }}@example.com", "html": "=<p>{{ $json.id }}" });
    let items = trial(&server, 2.1, parameters).items(3).json().await;
    assert_eq!(items.as_array().unwrap().len(), 3);
    let to: Vec<String> = server
        .mails()
        .into_iter()
        .flat_map(|mail| mail.to)
        .collect();
    assert_eq!(
        to,
        [
            "user0@example.com",
            "user1@example.com",
            "user2@example.com"
        ]
    );
}

#[tokio::test]
async fn an_email_is_shown_before_it_is_sent() {
    let server = MailServer::start(Script::default()).await;
    let parameters = json!({
        "html": "=<p>{{ $json.id }}", "options": { "bccEmail": "eve@example.com", "appendAttribution": false }
    });
    let login = json!({ "user": "me", "password": "hunter2" });
    let trial = trial_with(&server, 2.1, parameters, login);
    let shown = trial.explained().await;
    for part in [
        "--mail-from 'ada@example.com'",
        "--mail-rcpt 'eve@example.com'",
        "-H 'Subject: Hello'",
        "<p>1",
        "MAIL smtp://127.0.0.1",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!shown.contains("hunter2"), "{shown}");
    assert_eq!(server.connections(), 0);
}
