//! Generic credentials: where they go, where they never go, and that nothing shows them.

use serde_json::{Value, json};

use crate::setup::{Seen, Server, Trial, reply};

/// Each type with the secret `hunter2` and what of it the service sees.
fn kinds() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        (
            "httpBasicAuth",
            json!({ "user": "me", "password": "hunter2" }),
            "Basic bWU6aHVudGVyMg==",
        ),
        (
            "httpBearerAuth",
            json!({ "token": "hunter2" }),
            "Bearer hunter2",
        ),
        (
            "httpHeaderAuth",
            json!({ "name": "X-Key", "value": "Token hunter2" }),
            "Token hunter2",
        ),
        (
            "httpQueryAuth",
            json!({ "name": "key", "value": "hunter2" }),
            "?a=1&key=hunter2",
        ),
        (
            "oAuth2Api",
            json!({ "clientSecret": "hunter2-a", "oauthTokenData": { "access_token": "hunter2", "refresh_token": "hunter2-b" } }),
            "Bearer hunter2",
        ),
        (
            "httpCustomAuth",
            json!({ "json": r#"{"headers":{"X-A":"hunter2"},"qs":{"v":2},"body":{"pass":"hunter2"}}"# }),
            "?a=1&v=2",
        ),
    ]
}

fn trial(url: String, kind: &str, data: &Value) -> Trial {
    Trial::new(json!({
        "method": "POST", "url": url,
        "sendQuery": true, "queryParameters": { "parameters": [{ "name": "a", "value": "1" }] },
        "sendBody": true, "bodyParameters": { "parameters": [{ "name": "b", "value": "2" }] }
    }))
    .credential(kind, data.clone())
}

fn shows_secret(text: &str) -> bool {
    text.contains("hunter2") || text.contains("aHVudGVyMg") || text.contains("bWU6")
}

#[tokio::test]
async fn each_type_signs_the_request_and_is_never_shown() {
    for (kind, data, visible) in kinds() {
        // A service that repeats all it was sent, as its error.
        let server = Server::start(|seen: &Seen| {
            let echo = json!({ "message": format!("{seen:?}"), "seen": format!("{seen:?}") });
            reply(401, "application/json", echo.to_string())
        })
        .await;
        let trial = trial(server.url("/x"), kind, &data);
        let error = trial.error().await;
        let seen = format!("{:?}", server.seen());
        assert!(seen.contains(visible), "{kind}: {seen}");
        assert!(shows_secret(&seen), "{kind}: {seen}");
        let shown = format!("{error:?} {}", trial.explained().await);
        assert!(!shows_secret(&shown), "{kind}: {shown}");
        assert!(shown.contains("***"), "{kind}: {shown}");
    }
}

#[tokio::test]
async fn a_credential_stays_behind_when_a_redirect_leads_elsewhere() {
    for (kind, data, visible) in kinds() {
        let other = Server::ok().await;
        let target = other.url("/there");
        let server = Server::start(move |seen: &Seen| {
            let mut moved = reply(307, "", "");
            let here = seen.uri.starts_with("/start");
            let to = if here { "/next?a=1" } else { &target };
            moved.headers_mut().insert("location", to.parse().unwrap());
            moved
        })
        .await;
        let mut trial = trial(server.url("/start"), kind, &data);
        let options = json!({ "sendCredentialsOnCrossOriginRedirect": true });
        trial
            .node
            .parameters
            .insert("options".into(), options.into());
        assert_eq!(trial.json().await, json!([{ "ok": true }]));
        let first = format!("{:?}", server.seen()[0]);
        assert!(
            first.contains(visible) && shows_secret(&first),
            "{kind}: {first}"
        );
        let last = other.seen().pop().unwrap();
        assert!(!shows_secret(&format!("{last:?}")), "{kind}: {last:?}");
        assert_eq!(last.body, r#"{"b":"2"}"#);
        let warnings = trial.problems();
        assert_eq!(warnings.len(), 1);
        assert_eq!(warnings[0].code, "ignored-option");
    }
}

#[tokio::test]
async fn a_credential_that_cannot_be_used_sends_nothing() {
    let server = Server::ok().await;
    for (kind, data, says) in [
        ("httpHeaderAuth", json!({ "name": "X-Key" }), "has no value"),
        (
            "oAuth2Api",
            json!({ "clientSecret": "hunter2", "oauthTokenData": "{}" }),
            "no access token",
        ),
        (
            "httpBasicAuth",
            json!({ "user": "a:b", "password": "hunter2" }),
            "colon",
        ),
        (
            "httpHeaderAuth",
            json!({ "name": "X", "value": "hunter2\n" }),
            "line break",
        ),
        (
            "httpCustomAuth",
            json!({ "json": "{hunter2" }),
            "no JSON object",
        ),
        (
            "httpBearerAuth",
            json!({ "token": "hunter2", "allowedHttpRequestDomains": "domains", "allowedDomains": "*.example.com" }),
            "allowedDomains",
        ),
    ] {
        let trial = trial(server.url("/x"), kind, &data);
        let error = trial.error().await;
        assert!(error.message.contains(says), "{kind}: {}", error.message);
        assert!(!shows_secret(&format!("{error:?}")), "{error:?}");
        assert_eq!(error.node.as_deref(), Some("Fetch"));
    }
    let mut unnamed = trial(
        server.url("/x"),
        "httpBearerAuth",
        &json!({ "token": "hunter2" }),
    );
    let named = itemflow_model::CredentialRef::Name("yours".into());
    unnamed
        .node
        .credentials
        .insert("httpBearerAuth".into(), named);
    let message = unnamed.error().await.message;
    assert_eq!(
        message,
        "there is no credential named \"yours\" of type `httpBearerAuth`"
    );
    assert!(server.seen().is_empty());
}

/// A service that lets nobody in without an answer to its challenge.
async fn challenging(challenge: &'static str) -> Server {
    Server::start(move |seen: &Seen| {
        if !seen.header("authorization").is_empty() {
            return reply(200, "application/json", r#"{"ok":true}"#);
        }
        let mut refused = reply(401, "text/plain", "who are you?");
        let headers = refused.headers_mut();
        headers.insert("www-authenticate", challenge.parse().unwrap());
        refused
    })
    .await
}

#[tokio::test]
async fn digest_answers_the_challenge_of_the_service() {
    let login = json!({ "user": "me", "password": "hunter2" });
    let server = challenging("Digest realm=\"r\", nonce=\"n\", qop=\"auth\"").await;
    let signed = trial(server.url("/x"), "httpDigestAuth", &login);
    assert_eq!(signed.json().await, json!([{ "ok": true }]));
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[1].body, r#"{"b":"2"}"#);
    let header = seen[1].header("authorization")[0];
    assert!(header.starts_with("Digest username=\"me\""), "{header}");
    assert!(
        header.contains("uri=\"/x?a=1\"") && header.contains("qop=auth"),
        "{header}"
    );
    assert!(!shows_secret(&format!(
        "{seen:?} {}",
        signed.explained().await
    )));

    let server = challenging("Basic realm=\"r\"").await;
    let error = trial(server.url("/x"), "httpDigestAuth", &login)
        .error()
        .await;
    assert_eq!(error.http_code.as_deref(), Some("401"));
    assert_eq!(server.seen().len(), 1);
    let server = challenging("Digest nonce=n, algorithm=SHA-512-256").await;
    let error = trial(server.url("/x"), "httpDigestAuth", &login)
        .error()
        .await;
    assert!(
        error.message.contains("not known here"),
        "{}",
        error.message
    );
}

#[tokio::test]
async fn a_login_by_digest_stays_behind_when_a_redirect_leads_elsewhere() {
    let other = challenging("Digest realm=\"r\", nonce=\"n\"").await;
    let target = other.url("/there");
    let server = Server::start(move |_: &Seen| {
        let mut moved = reply(307, "", "");
        moved
            .headers_mut()
            .insert("location", target.parse().unwrap());
        moved
    })
    .await;
    let login = json!({ "user": "me", "password": "hunter2" });
    let error = trial(server.url("/x"), "httpDigestAuth", &login)
        .error()
        .await;
    assert_eq!(error.http_code.as_deref(), Some("401"));
    assert!(other.seen()[0].header("authorization").is_empty());
    assert_eq!(other.seen().len(), 1);
}

#[tokio::test]
async fn the_credential_of_a_known_service_goes_to_its_origins_only() {
    for kind in ["konverteDigitalApi", "chatwootApi"] {
        let server = Server::ok().await;
        let trial = |address: String| {
            let parameters = json!({
                "url": address, "authentication": "predefinedCredentialType", "nodeCredentialType": kind
            });
            let data = json!({ "url": server.url(""), "accessToken": "hunter2" });
            Trial::new(parameters)
                .version(4.2)
                .names_credential(kind, data)
        };
        let own = trial(server.url("/api/v1/profile"));
        assert_eq!(own.json().await, json!([{ "ok": true }]));
        assert_eq!(server.seen()[0].header("api-access-token"), ["hunter2"]);
        assert!(!own.explained().await.contains("hunter2"));
        let foreign = Server::ok().await;
        let error = trial(foreign.url("/")).error().await;
        assert!(
            error.message.contains("may only be sent to"),
            "{}",
            error.message
        );
        assert!(foreign.seen().is_empty());
    }
}
