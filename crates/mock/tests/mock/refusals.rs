//! Bad requests are refused, and the refusal says why.

use serde_json::{Value, json};

use crate::support::{PLATFORM, Service, USER, finish};

const CONVERSATIONS: &str = "/api/v1/accounts/1/conversations";
const INBOX: &str = "/api/v1/accounts/1/inboxes/3/";
const MEMBERS: &str = "/api/v1/accounts/1/inbox_members";

/// The message of a 422, for a body sent to New Conversation beside the required members.
async fn refused_conversation(extra: Value) -> String {
    let service = Service::start().await;
    let mut body = json!({ "source_id": "x", "inbox_id": "3" });
    let members = extra.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(members);
    let (status, answer) = service.send("POST", CONVERSATIONS, body).await;
    assert_eq!(status, 422, "{answer}");
    answer["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_missing_or_wrong_token_is_refused() {
    let service = Service::start().await;
    let refusal = (401, json!({ "error": "Invalid Access Token" }));
    assert_eq!(finish(service.bare("GET", INBOX)).await, refusal);
    let wrong = service.bare("GET", INBOX).header("Api-Access-Token", "x");
    assert_eq!(finish(wrong).await, refusal);
}

#[tokio::test]
async fn a_token_of_the_wrong_kind_is_refused_on_both_sides() {
    let service = Service::start().await;
    let platform = service.token(PLATFORM);
    let inbox = service
        .bare("GET", INBOX)
        .header("Api-Access-Token", platform);
    assert_eq!(finish(inbox).await.0, 401);
    let account = service
        .bare("POST", "/platform/api/v1/accounts")
        .header("Api-Access-Token", service.token(USER))
        .json(&json!({ "name": "Beta" }));
    assert_eq!(finish(account).await.0, 401);
}

#[tokio::test]
async fn an_unknown_path_is_not_found() {
    let service = Service::start().await;
    let (status, answer) = finish(service.request("GET", "/api/v1/nothing")).await;
    assert_eq!(status, 404);
    assert_eq!(answer["error"], "no action has this path");
}

#[tokio::test]
async fn a_missing_trailing_slash_is_another_path() {
    let service = Service::start().await;
    for (target, expected) in [
        ("/api/v1/accounts/1/inboxes/3", 405),
        ("/api/v1/accounts/1/conversations/", 404),
    ] {
        let (status, answer) = finish(service.request("GET", target)).await;
        assert_eq!(status, expected);
        let error = answer["error"].as_str().unwrap();
        assert!(error.ends_with("trailing slash"), "{error}");
    }
}

#[tokio::test]
async fn a_wrong_method_names_the_right_ones() {
    let service = Service::start().await;
    let response = service
        .request("PATCH", CONVERSATIONS)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 405);
    assert_eq!(response.headers()["allow"], "GET, POST");
}

#[tokio::test]
async fn every_missing_parameter_is_named() {
    let service = Service::start().await;
    let (status, answer) = service.send("POST", CONVERSATIONS, json!({})).await;
    assert_eq!(status, 422);
    assert_eq!(
        answer["message"],
        "source_id is required; inbox_id is required"
    );
    assert_eq!(answer["attributes"], json!(["source_id", "inbox_id"]));
    let (status, answer) = finish(service.request("DELETE", MEMBERS)).await;
    assert_eq!(
        (status, &answer["attributes"]),
        (422, &json!(["inbox_id", "user_ids"]))
    );
}

#[tokio::test]
async fn wrong_types_are_named_in_path_query_and_body() {
    let service = Service::start().await;
    let cases = [
        (
            "/api/v1/accounts/one/conversations",
            "account_id must be a number",
        ),
        (
            "/api/v1/accounts/0/conversations",
            "account_id is not as declared",
        ),
        (
            "/api/v1/accounts/1/conversations?page=two",
            "page must be a number",
        ),
        (
            "/api/v1/accounts/1/conversations?page=1.5",
            "page is not as declared",
        ),
        (
            "/api/v1/accounts/1/conversations?page=1&page=2",
            "page must be given once",
        ),
        (
            "/api/v1/accounts/1/conversations?status=shut",
            "status must be one of open, resolved",
        ),
        (
            "/api/v1/accounts/1/conversations?labels=%5B%22a%22%5D",
            "labels must be a list written as",
        ),
        (
            "/api/v1/accounts/1/conversations?colour=red",
            "colour is no query parameter",
        ),
    ];
    for (target, expected) in cases {
        let (status, answer) = finish(service.request("GET", target)).await;
        let message = answer["message"].as_str().unwrap_or_default();
        assert_eq!(status, 422, "{target}");
        assert!(message.starts_with(expected), "{target}: {message}");
    }
    let (status, answer) = service
        .send(
            "DELETE",
            MEMBERS,
            json!({ "inbox_id": 3, "user_ids": ["5"] }),
        )
        .await;
    assert_eq!(status, 422);
    assert_eq!(answer["attributes"], json!(["inbox_id", "user_ids"]));
}

#[tokio::test]
async fn json_text_in_a_string_is_no_object() {
    let message = refused_conversation(json!({ "custom_attributes": "{\"a\":1}" })).await;
    assert_eq!(
        message,
        "custom_attributes must be the value itself, not JSON text in a string"
    );
    let message = refused_conversation(json!({ "custom_attributes": [1] })).await;
    assert!(message.contains("is not of type \"object\""), "{message}");
}

#[tokio::test]
async fn an_empty_required_text_and_a_null_are_refused() {
    let message = refused_conversation(json!({ "source_id": "" })).await;
    assert_eq!(message, "source_id is required and must not be empty");
    let message = refused_conversation(json!({ "team_id": null })).await;
    assert_eq!(message, "team_id must be a string, not null");
}

#[tokio::test]
async fn unknown_body_members_are_named() {
    let message = refused_conversation(json!({ "inbox": 3, "contact": { "id": 1 } })).await;
    assert_eq!(
        message,
        "inbox is no body member of this action; contact is no body member of this action"
    );
}

#[tokio::test]
async fn a_uuid_is_a_uuid() {
    let service = Service::start().await;
    let (status, answer) = finish(service.bare("GET", "/survey/responses/42")).await;
    assert_eq!(
        (status, &answer["attributes"]),
        (422, &json!(["conversation_uuid"]))
    );
}

#[tokio::test]
async fn a_body_needs_the_right_type_and_place() {
    let service = Service::start().await;
    let untyped = service
        .request("POST", CONVERSATIONS)
        .body(r#"{"source_id":"x","inbox_id":"3"}"#);
    assert_eq!(finish(untyped).await.0, 415);
    let broken = service
        .request("POST", CONVERSATIONS)
        .header("Content-Type", "application/json")
        .body("{");
    assert_eq!(finish(broken).await.0, 400);
    assert_eq!(service.send("POST", CONVERSATIONS, json!([1])).await.0, 422);
    assert_eq!(service.send("GET", INBOX, json!({})).await.0, 400);
}
