//! What actions do whose paths do not tell: members, toggles, filters, pages, the public API, room.

use itemflow_mock::Config;
use reqwest::multipart::{Form, Part};
use serde_json::{Value as Json, json};

use crate::support::{PLATFORM, Service, USER, finish};

const ACCOUNT: &str = "/api/v1/accounts/1";

async fn get(service: &Service, path: &str) -> Json {
    let (status, answer) = finish(service.request("GET", &format!("{ACCOUNT}{path}"))).await;
    assert_eq!(status, 200, "{path}: {answer}");
    answer
}

async fn send(service: &Service, method: &str, path: &str, body: Json) -> (u16, Json) {
    service
        .send(method, &format!("{ACCOUNT}{path}"), body)
        .await
}

/// The members of a name of all elements of a list.
fn each(list: &Json, name: &str) -> Vec<Json> {
    let list = list.as_array().unwrap();
    list.iter().map(|element| element[name].clone()).collect()
}

#[tokio::test]
async fn members_are_added_replaced_and_removed() {
    let service = Service::start().await;
    // Path of the list, of what changes it, and what names the owner in the body.
    let cases = [
        (
            "/inbox_members/3",
            "/inbox_members",
            json!({ "inbox_id": "3" }),
            "/payload",
        ),
        (
            "/teams/2/team_members",
            "/teams/2/team_members",
            json!({}),
            "",
        ),
    ];
    for (list, path, owner, place) in cases {
        let with = |ids: Json| {
            let mut body = owner.clone();
            body["user_ids"] = ids;
            body
        };
        let (status, answer) = send(&service, "PATCH", path, with(json!([8]))).await;
        assert_eq!(
            (status, each(answer.pointer(place).unwrap(), "id")),
            (200, vec![json!(8)])
        );
        send(&service, "POST", path, with(json!([5]))).await;
        let listed = get(&service, list).await;
        assert_eq!(each(listed.pointer(place).unwrap(), "id"), [8, 5], "{list}");
        let (status, answer) = send(&service, "DELETE", path, with(json!([8]))).await;
        assert_eq!((status, answer), (200, Json::Null));
        let listed = get(&service, list).await;
        assert_eq!(
            each(listed.pointer(place).unwrap(), "name"),
            ["Rui Costa"],
            "{list}"
        );
        let (status, _) = send(&service, "POST", path, with(json!([4711]))).await;
        assert_eq!(status, 404, "{path}");
    }
    let (status, _) = finish(service.request("DELETE", &format!("{ACCOUNT}/agents/5"))).await;
    assert_eq!(status, 200);
    let listed = get(&service, "/teams/2/team_members").await;
    assert_eq!(
        listed,
        json!([]),
        "an agent who is gone is a member of nothing"
    );
}

#[tokio::test]
async fn a_conversation_is_assigned_labelled_and_solved() {
    let service = Service::start().await;
    let act = async |path: &str, body: Json| {
        let path = format!("/conversations/42/{path}");
        send(&service, "POST", &path, body).await
    };
    let (_, agent) = act("assignments", json!({ "assignee_id": 8 })).await;
    assert_eq!(agent["name"], "Bea Lima");
    let (_, team) = act("assignments", json!({ "team_id": 3 })).await;
    assert_eq!(team["name"], "returns");
    assert_eq!(
        act("assignments", json!({ "assignee_id": 999 })).await.0,
        404
    );
    act("labels", json!({ "labels": ["late", "vip"] })).await;
    act("toggle_priority", json!({ "priority": "low" })).await;
    let (_, toggled) = act("toggle_status", json!({ "status": "pending" })).await;
    assert_eq!(toggled["payload"]["current_status"], "pending");
    let found = get(&service, "/conversations/42").await;
    assert_eq!(found["meta"]["assignee"]["id"], 8);
    assert_eq!(found["meta"]["team"]["id"], 3);
    assert_eq!(found["labels"], json!(["late", "vip"]));
    assert_eq!(
        (&found["priority"], &found["status"]),
        (&json!("low"), &json!("pending"))
    );
    let labels = get(&service, "/conversations/42/labels").await;
    assert_eq!(labels, json!({ "payload": ["late", "vip"] }));
    let (status, _) = send(
        &service,
        "POST",
        "/conversations/4711/labels",
        json!({ "labels": [] }),
    )
    .await;
    assert_eq!(status, 404);
    act("toggle_priority", json!({ "priority": "none" })).await;
    assert_eq!(
        get(&service, "/conversations/42").await["priority"],
        Json::Null
    );
}

#[tokio::test]
async fn a_conversation_begins_without_messages() {
    let service = Service::start().await;
    let before = get(&service, "/conversations/42/messages").await;
    assert_ne!(before["payload"], json!([]));
    let body = json!({ "source_id": "s", "inbox_id": "3" });
    let (_, opened) = send(&service, "POST", "/conversations", body).await;
    let messages = format!("/conversations/{}/messages", opened["id"]);
    assert_eq!(get(&service, &messages).await["payload"], json!([]));
    let seen = get(&service, &format!("/conversations/{}", opened["id"])).await;
    assert_eq!(seen, opened, "what was created is what is shown");
}

#[tokio::test]
async fn conversations_are_found_by_what_they_have_become() {
    let service = Service::start().await;
    for inbox in ["3", "4"] {
        let body =
            json!({ "source_id": "s", "inbox_id": inbox, "contact_id": "27", "assignee_id": "8" });
        send(&service, "POST", "/conversations", body).await;
    }
    send(
        &service,
        "POST",
        "/conversations/42/toggle_status",
        json!({ "status": "pending" }),
    )
    .await;
    let list = async |query: &str| {
        let found = get(&service, &format!("/conversations?{query}")).await;
        each(&found["data"]["payload"], "id")
    };
    assert_eq!(list("status=pending").await, [42]);
    assert!(
        !list("").await.contains(&json!(42)),
        "the server lists open ones"
    );
    let (of_inbox, of_eight) = (list("inbox_id=4").await, list("q=ana").await);
    assert!(!of_inbox.is_empty() && !of_eight.is_empty());
    let conditions = json!({ "payload": [
        { "attribute_key": "assignee_id", "filter_operator": "equal_to", "values": [8], "query_operator": "AND" },
        { "attribute_key": "inbox_id", "filter_operator": "equal_to", "values": [4], "query_operator": null },
    ] });
    let (status, found) = send(&service, "POST", "/conversations/filter", conditions).await;
    assert_eq!(
        (status, &found["meta"]["all_count"]),
        (200, &json!(1)),
        "{found}"
    );
    let counts = get(&service, "/conversations/meta?status=pending").await;
    assert_eq!(counts["meta"]["all_count"], 1);
    let of_contact = get(&service, "/contacts/27/conversations").await;
    assert!(each(&of_contact["payload"], "id").contains(&json!(42)));
}

#[tokio::test]
async fn contacts_come_fifteen_to_a_page_sorted_and_searched() {
    let service = Service::start().await;
    for n in 1..=20 {
        let body = json!({ "inbox_id": 3, "name": format!("Person {n:02}"), "email": format!("p{n}@example.com") });
        assert_eq!(send(&service, "POST", "/contacts", body).await.0, 200);
    }
    let first = get(&service, "/contacts?sort=-name&page=1").await;
    assert_eq!(first["payload"].as_array().unwrap().len(), 15);
    assert_eq!(first["payload"][0]["name"], "Person 20");
    assert_eq!(first["payload"][14]["name"], "Person 06");
    let second = get(&service, "/contacts?page=2").await;
    let count = first["meta"]["count"].as_u64().unwrap();
    assert_eq!(
        second["payload"].as_array().unwrap().len() as u64,
        count - 15
    );
    assert_eq!(second["meta"]["current_page"], 2);
    assert_eq!(
        get(&service, "/contacts?page=3").await["payload"],
        json!([])
    );
    let found = get(&service, "/contacts/search?q=PERSON%2007").await;
    assert_eq!(each(&found["payload"], "email"), ["p7@example.com"]);
    assert_eq!(found["meta"], json!({ "count": 1, "current_page": 1 }));
    let conditions = json!({ "payload": [
        { "attribute_key": "email", "filter_operator": "contains", "values": ["p1"], "query_operator": "OR" },
        { "attribute_key": "name", "filter_operator": "equal_to", "values": ["Person 20"], "query_operator": null },
    ] });
    let (_, found) = send(&service, "POST", "/contacts/filter", conditions).await;
    assert_eq!(found["meta"]["count"], 12, "{found}");
}

#[tokio::test]
async fn what_the_public_api_says_appears_in_the_account() {
    let service = Service::start().await;
    let inbox = "/public/api/v1/inboxes/Kx3dPq8mTn2vRwYzB5cJhL7s/contacts";
    let public = async |method: &str, path: &str, body: Json| {
        let request = service.bare(method, &format!("{inbox}{path}"));
        finish(if method == "GET" {
            request
        } else {
            request.json(&body)
        })
        .await
    };
    let contact = "b5f1c9e3-4a27-4e0c-9d6a-2f81c0a7e5d4";
    let (status, opened) = public("POST", &format!("/{contact}/conversations"), json!({})).await;
    assert_eq!(status, 200);
    let id = opened["id"].as_u64().unwrap();
    let messages = format!("/{contact}/conversations/{id}/messages");
    let (status, asked) = public("POST", &messages, json!({ "content": "Anybody there?" })).await;
    assert_eq!((status, &asked["content"]), (200, &json!("Anybody there?")));
    for private in [true, false] {
        let answer = json!({ "content": format!("private: {private}"), "private": private });
        send(
            &service,
            "POST",
            &format!("/conversations/{id}/messages"),
            answer,
        )
        .await;
    }
    let within = get(&service, &format!("/conversations/{id}/messages")).await;
    assert_eq!(
        each(&within["payload"], "content"),
        ["Anybody there?", "private: true", "private: false"]
    );
    assert_eq!(within["payload"][0]["message_type"], 0);
    let (_, seen) = public("GET", &messages, Json::Null).await;
    assert_eq!(each(&seen, "content"), ["Anybody there?", "private: false"]);
    let (_, listed) = public("GET", &format!("/{contact}/conversations"), Json::Null).await;
    assert!(each(&listed, "id").contains(&json!(id)), "{listed}");
    assert!(!listed.to_string().contains("$contact"), "{listed}");
    assert_eq!(
        public("POST", "/nobody/conversations", json!({})).await.0,
        404
    );
}

#[tokio::test]
async fn with_an_account_everything_in_it_is_gone() {
    let service = Service::start().await;
    let platform = async |method: &str, path: &str| {
        let request = service.signed(
            PLATFORM,
            method,
            &format!("/platform/api/v1/accounts{path}"),
        );
        finish(request.json(&json!({ "name": "Annex" }))).await.1["id"].clone()
    };
    let id = platform("POST", "").await;
    let teams = format!("/api/v1/accounts/{id}/teams");
    let (_, team) = service.send("POST", &teams, json!({ "name": "one" })).await;
    assert_eq!(
        finish(service.request("GET", &teams)).await.1,
        json!([team])
    );
    let deleted = service.signed(
        PLATFORM,
        "DELETE",
        &format!("/platform/api/v1/accounts/{id}"),
    );
    assert_eq!(finish(deleted).await.0, 200);
    let missing = (404, json!({ "error": "Resource could not be found" }));
    assert_eq!(finish(service.request("GET", &teams)).await, missing);
    service.running.forget();
    assert_eq!(
        finish(service.request("GET", &teams)).await,
        (200, json!([]))
    );
}

#[tokio::test]
async fn refusals_have_the_shape_of_their_side() {
    let service = Service::start().await;
    let (user, platform) = (service.token(USER), service.token(PLATFORM));
    for (target, wrong, message) in [
        ("/api/v1/profile", &platform, "Invalid Access Token"),
        ("/platform/api/v1/agent_bots", &user, "Invalid access_token"),
    ] {
        for spelling in ["Api-Access-Token", "api_access_token"] {
            let request = service.bare("GET", target).header(spelling, wrong);
            assert_eq!(finish(request).await, (401, json!({ "error": message })));
        }
    }
    let broken = service
        .request("POST", &format!("{ACCOUNT}/teams"))
        .header("Content-Type", "application/json")
        .body("{");
    let (status, answer) = finish(broken).await;
    assert_eq!((status, &answer["errors"]), (400, &json!([])));
    assert!(
        answer["description"]
            .as_str()
            .unwrap()
            .contains("not valid JSON")
    );
}

#[tokio::test]
async fn there_is_an_end_to_what_is_kept() {
    let service = Service::with(Config {
        max_elements: 6,
        ..Config::default()
    })
    .await;
    let mut statuses = Vec::new();
    for n in 0..6 {
        let body = json!({ "name": format!("team {n}") });
        statuses.push(send(&service, "POST", "/teams", body).await.0);
    }
    assert_eq!(statuses.last(), Some(&507));
    let (_, answer) = send(&service, "POST", "/teams", json!({ "name": "one more" })).await;
    assert_eq!(
        answer["error"],
        "the double keeps 6 elements of a kind at most"
    );
    let (status, _) = send(&service, "DELETE", "/teams/3", json!({})).await;
    assert_eq!(status, 400, "a DELETE of this action has no body");
    let deleted = service.request("DELETE", &format!("{ACCOUNT}/teams/3"));
    assert_eq!(finish(deleted).await.0, 200);
    assert_eq!(
        send(&service, "POST", "/teams", json!({ "name": "one more" }))
            .await
            .0,
        200
    );
}

#[tokio::test]
async fn the_same_requests_are_answered_the_same() {
    let mut lives = Vec::new();
    for _ in 0..2 {
        let service = Service::start().await;
        let mut answers = Vec::new();
        for n in 0..3 {
            let body = json!({ "inbox_id": 3, "name": format!("Person {n}") });
            answers.push(send(&service, "POST", "/contacts", body).await);
        }
        answers.push((0, get(&service, "/contacts").await));
        lives.push(answers);
    }
    assert_eq!(lives[0], lives[1]);
}

#[tokio::test]
async fn a_json_action_takes_files_in_parts() {
    let service = Service::start().await;
    let target = format!("{ACCOUNT}/conversations/42/messages");
    let file = || Part::bytes(vec![0xff, 0xd8, 1]).file_name("a.jpg");
    let form = Form::new()
        .text("content", "See the picture")
        .text("private", "false")
        .text("content_attributes[items][][title]", "Yes")
        .part("attachments[]", file())
        .part("attachments[]", file());
    let (status, answer) = finish(service.request("POST", &target).multipart(form)).await;
    assert_eq!(
        (status, &answer["content"]),
        (200, &json!("See the picture"))
    );
    assert_eq!(answer["private"], false);
    assert_eq!(
        answer["content_attributes"],
        json!({ "items": [{ "title": "Yes" }] })
    );
    let unknown = Form::new().text("content", "x").text("picture", "y");
    let (status, answer) = finish(service.request("POST", &target).multipart(unknown)).await;
    assert_eq!((status, &answer["attributes"]), (422, &json!(["picture"])));
    let no_files = Form::new().text("name", "night");
    let teams = service.request("POST", &format!("{ACCOUNT}/teams"));
    assert_eq!(finish(teams.multipart(no_files)).await.0, 415);
}
