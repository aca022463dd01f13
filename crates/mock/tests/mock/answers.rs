//! Good requests are answered as the examples say.

use serde_json::json;

use crate::support::{PLATFORM, Service, USER, example_answer, finish};

const NEW_CONVERSATION: &str = "/api/v1/accounts/1/conversations";

#[tokio::test]
async fn new_conversation_answers_as_its_examples_do() {
    let service = Service::start().await;
    let enquiry = json!({
        "source_id": "5f1c9e3a-visitor", "inbox_id": "3", "status": "open",
        "custom_attributes": { "order": "A-1001" }, "message": { "content": "Where is my order?" },
    });
    assert_eq!(
        service.send("POST", NEW_CONVERSATION, enquiry).await,
        (200, example_answer("Conversations", "New Conversation", 0))
    );
    let least = json!({ "source_id": "77-visitor", "inbox_id": "3" });
    assert_eq!(
        service.send("POST", NEW_CONVERSATION, least).await,
        (200, example_answer("Conversations", "New Conversation", 1))
    );
}

#[tokio::test]
async fn another_request_finds_its_own_values_in_the_answer() {
    let service = Service::start().await;
    let body = json!({ "source_id": "x", "inbox_id": "7", "custom_attributes": { "a": 1 } });
    let target = "/api/v1/accounts/6/conversations";
    let (status, answer) = service.send("POST", target, body).await;
    assert_eq!(status, 200);
    assert_eq!(answer["account_id"], 6);
    assert_eq!(answer["inbox_id"], 7);
    assert_eq!(answer["custom_attributes"], json!({ "a": 1 }));
    assert_eq!(
        answer["id"], 1,
        "conversations count from 1 in every account"
    );
}

#[tokio::test]
async fn conversation_list_reads_labels_as_a_list() {
    let service = Service::start().await;
    let target =
        "/api/v1/accounts/1/conversations?assignee_type=me&labels%5B%5D=billing&labels[]=vip";
    assert_eq!(
        finish(service.request("GET", target)).await,
        (200, example_answer("Conversations", "Conversation List", 0))
    );
    let target = "/api/v1/accounts/1/conversations?inbox_id=4";
    let (_, answer) = finish(service.request("GET", target)).await;
    let found = answer["data"]["payload"].as_array().unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(
        (&found[0]["id"], &found[0]["inbox_id"]),
        (&json!(39), &json!(4))
    );
}

#[tokio::test]
async fn create_message_sends_false() {
    let service = Service::start().await;
    let body = json!({ "content": "Hello", "private": false });
    let target = "/api/v1/accounts/1/conversations/42/messages";
    let (status, answer) = service.send("POST", target, body).await;
    assert_eq!((status, &answer["private"]), (200, &json!(false)));
    assert_eq!(answer["content"], "Hello");
    assert_eq!(answer["conversation_id"], 42);
}

#[tokio::test]
async fn contact_filter_takes_query_and_body() {
    let service = Service::start().await;
    let target = "/api/v1/accounts/1/contacts/filter?page=1";
    let payload = json!([
        { "attribute_key": "country_code", "filter_operator": "equal_to", "values": ["br"], "query_operator": "AND" },
        { "attribute_key": "name", "filter_operator": "contains", "values": ["ana"], "query_operator": null },
    ]);
    let (status, answer) = service
        .send("POST", target, json!({ "payload": payload }))
        .await;
    assert_eq!(status, 200);
    assert_eq!(answer, example_answer("Contacts", "Contact Filter", 0));
}

#[tokio::test]
async fn delete_agent_takes_a_body_and_answers_with_nothing() {
    let service = Service::start().await;
    let target = "/api/v1/accounts/1/inbox_members";
    let body = json!({ "inbox_id": "3", "user_ids": [5, 8] });
    let response = service
        .request("DELETE", target)
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.headers().get("content-type").is_none());
    assert!(response.bytes().await.unwrap().is_empty());
}

#[tokio::test]
async fn get_inbox_keeps_its_trailing_slash() {
    let service = Service::start().await;
    let (status, answer) = finish(service.request("GET", "/api/v1/accounts/1/inboxes/3/")).await;
    assert_eq!(status, 200);
    assert_eq!(answer, example_answer("Inboxes", "Get Inbox", 0));
}

#[tokio::test]
async fn create_account_takes_a_platform_token() {
    let service = Service::start().await;
    let request = service
        .bare("POST", "/platform/api/v1/accounts")
        .header("api_access_token", service.token(PLATFORM))
        .json(&json!({ "name": "Beta" }));
    let (status, answer) = finish(request).await;
    assert_eq!((status, &answer["name"]), (200, &json!("Beta")));
}

#[tokio::test]
async fn the_survey_page_is_html_without_a_token() {
    let service = Service::start().await;
    let target = "/survey/responses/0f2f7c7e-5a3c-4d0b-9a53-1f4b6f0e2c11";
    let response = service.bare("GET", target).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(
        response.headers()["content-type"],
        "text/html; charset=utf-8"
    );
    let page = response.text().await.unwrap();
    let declared = example_answer("CSAT Survey Page", "Get Csat Survey Page", 0);
    assert_eq!(json!(page), declared);
}

#[tokio::test]
async fn both_spellings_of_the_token_header_are_read() {
    let service = Service::start().await;
    for spelling in ["Api-Access-Token", "api_access_token"] {
        let request = service
            .bare("GET", "/api/v1/accounts/1/inboxes/3/")
            .header(spelling, service.token(USER));
        assert_eq!(finish(request).await.0, 200, "{spelling}");
    }
}

#[tokio::test]
async fn the_credentials_name_the_double_and_prove_themselves() {
    let service = Service::start().await;
    let credentials = service.running.credentials();
    let base_url = service.running.base_url();
    for name in [USER, PLATFORM] {
        assert_eq!(credentials[name]["url"].as_str(), Some(base_url.as_str()));
    }
    assert_ne!(service.token(USER), service.token(PLATFORM));
    assert_eq!(finish(service.request("GET", "/api")).await.0, 200);
    assert_eq!(finish(service.bare("GET", "/api")).await.0, 401);
}
