//! What is created can be got, listed, changed and removed, and is gone then: every collection of Konverte Digital.

use serde_json::{Value as Json, json};

use crate::support::{PLATFORM, Service, USER, finish};

/// One collection: where it is, what is created, what is changed.
struct Life {
    path: &'static str,
    credential: &'static str,
    create: Json,
    /// Path of the created element in the answer.
    created: &'static str,
    /// Member by which it is found.
    key: &'static str,
    get: bool,
    /// Method, and what to change.
    change: Option<(&'static str, Json)>,
    delete: Delete,
    /// Path of the list in its answer; `None` where there is no list.
    list: Option<&'static str>,
    /// What a trailing slash follows: creating, getting.
    slashes: (bool, bool),
}

enum Delete {
    ByPath,
    ByBody(&'static str),
    Never,
}

impl Default for Life {
    fn default() -> Self {
        Self {
            path: "",
            credential: USER,
            create: json!({}),
            created: "",
            key: "id",
            get: true,
            change: None,
            delete: Delete::ByPath,
            list: Some(""),
            slashes: (false, false),
        }
    }
}

fn lives() -> Vec<Life> {
    vec![
        Life {
            path: "/platform/api/v1/accounts",
            credential: PLATFORM,
            create: json!({ "name": "Northwind" }),
            change: Some(("PATCH", json!({ "name": "Southwind" }))),
            list: None,
            ..Life::default()
        },
        Life {
            path: "/platform/api/v1/users",
            credential: PLATFORM,
            create: json!({ "name": "Zoe", "email": "zoe@example.com", "password": "Secret-1-x" }),
            change: Some(("PATCH", json!({ "name": "Zoe May" }))),
            list: None,
            ..Life::default()
        },
        Life {
            path: "/platform/api/v1/agent_bots",
            credential: PLATFORM,
            create: json!({ "name": "Echo" }),
            change: Some(("PATCH", json!({ "description": "Repeats" }))),
            ..Life::default()
        },
        Life {
            path: "/platform/api/v1/accounts/1/account_users",
            credential: PLATFORM,
            create: json!({ "user_id": 31, "role": "agent" }),
            key: "user_id",
            get: false,
            delete: Delete::ByBody("user_id"),
            ..Life::default()
        },
        Life {
            path: "/api/v1/accounts/1/agent_bots",
            create: json!({ "name": "Parrot" }),
            change: Some(("PATCH", json!({ "description": "Repeats" }))),
            ..Life::default()
        },
        Life {
            path: "/api/v1/accounts/1/agents",
            create: json!({ "name": "Zoe", "email": "zoe@example.com", "role": "agent" }),
            get: false,
            change: Some(("PATCH", json!({ "role": "administrator" }))),
            ..Life::default()
        },
        Life {
            path: "/api/v1/accounts/1/automation_rules",
            create: json!({
                "name": "Greet", "event_name": "conversation_created", "active": true,
                "actions": [{ "action_name": "mute_conversation" }],
                "conditions": [{ "attribute_key": "status", "filter_operator": "equal_to", "values": ["open"], "query_operator": null }],
            }),
            change: Some(("PATCH", json!({ "name": "Welcome" }))),
            list: Some("/payload"),
            ..Life::default()
        },
        Life {
            path: "/api/v1/accounts/1/canned_responses",
            create: json!({ "content": "Thanks!", "short_code": "thanks" }),
            get: false,
            change: Some(("PATCH", json!({ "content": "Thank you!" }))),
            ..Life::default()
        },
        Life {
            path: "/api/v1/accounts/1/contacts",
            create: json!({ "inbox_id": 3, "name": "Zoe", "email": "zoe@example.com" }),
            created: "/payload/contact",
            change: Some(("PUT", json!({ "name": "Zoe May" }))),
            list: Some("/payload"),
            ..Life::default()
        },
        Life {
            path: "/api/v1/accounts/1/conversations",
            create: json!({ "source_id": "v-9", "inbox_id": "3" }),
            list: Some("/data/payload"),
            delete: Delete::Never,
            ..Life::default()
        },
        Life {
            path: "/api/v1/accounts/1/conversations/42/messages",
            create: json!({ "content": "Hi", "private": false }),
            get: false,
            list: Some("/payload"),
            delete: Delete::Never,
            ..Life::default()
        },
        Life {
            path: "/api/v1/accounts/1/custom_attribute_definitions",
            create: json!({
                "attribute_display_name": "Size", "attribute_display_type": 0, "attribute_key": "size",
                "attribute_description": "Of the shirt", "attribute_model": 1,
            }),
            change: Some(("PATCH", json!({ "attribute_description": "Of shirts" }))),
            list: None,
            ..Life::default()
        },
        Life {
            path: "/api/v1/accounts/1/custom_filters",
            create: json!({ "name": "Mine", "query": { "payload": [] }, "filter_type": "conversation" }),
            change: Some(("PATCH", json!({ "name": "Ours" }))),
            ..Life::default()
        },
        Life {
            path: "/api/v1/accounts/1/inboxes",
            create: json!({ "name": "Fairs", "channel": { "type": "api" } }),
            change: Some((
                "PATCH",
                json!({ "name": "Fairs and shows", "enable_auto_assignment": false }),
            )),
            list: Some("/payload"),
            delete: Delete::Never,
            slashes: (true, true),
            ..Life::default()
        },
        Life {
            path: "/api/v1/accounts/1/integrations/hooks",
            create: json!({ "app_id": "openai", "settings": { "api_key": "x" } }),
            get: false,
            change: Some(("PATCH", json!({ "settings": { "api_key": "y" } }))),
            list: None,
            ..Life::default()
        },
        Life {
            path: "/api/v1/accounts/1/portals",
            create: json!({ "account_id": 1, "name": "FAQ", "slug": "faq" }),
            key: "slug",
            get: false,
            list: Some("/payload"),
            delete: Delete::Never,
            ..Life::default()
        },
        Life {
            path: "/api/v1/accounts/1/teams",
            create: json!({ "name": "night shift" }),
            change: Some(("PATCH", json!({ "description": "From ten to six" }))),
            ..Life::default()
        },
        Life {
            path: "/api/v1/accounts/1/webhooks",
            create: json!({ "url": "https://hooks.example.com/z", "subscriptions": ["message_created"] }),
            created: "/payload/webhook",
            get: false,
            change: Some(("PATCH", json!({ "url": "https://hooks.example.com/y" }))),
            list: Some("/payload/webhooks"),
            ..Life::default()
        },
        Life {
            path: "/public/api/v1/inboxes/Kx3dPq8mTn2vRwYzB5cJhL7s/contacts",
            create: json!({ "name": "Zoe" }),
            key: "source_id",
            change: Some(("PATCH", json!({ "name": "Zoe May" }))),
            list: None,
            delete: Delete::Never,
            ..Life::default()
        },
    ]
}

#[tokio::test]
async fn every_collection_remembers_what_it_is_told() {
    let lives = lives();
    assert_eq!(lives.len(), 19);
    for life in lives {
        live(&life).await;
    }
}

async fn live(life: &Life) {
    let service = Service::start().await;
    let ask = async |method: &str, target: &str, body: Option<&Json>| {
        let mut request = service.signed(life.credential, method, target);
        if let Some(body) = body {
            request = request.json(body);
        }
        finish(request).await
    };
    let path = life.path;
    let slash = |is: bool| if is { "/" } else { "" };
    let create = format!("{path}{}", slash(life.slashes.0));
    // The first takes the place of the example's own element, the second is new.
    let (_, _) = ask("POST", &create, Some(&life.create)).await;
    let (status, answer) = ask("POST", &create, Some(&life.create)).await;
    assert_eq!(status, 200, "{path}: {answer}");
    let created = answer.pointer(life.created).unwrap();
    shows(created, &life.create, path);
    let key = text(&created[life.key]);
    let one = format!("{path}/{key}");
    let got = format!("{one}{}", slash(life.slashes.1));
    let mut wanted = created.clone();
    if life.get {
        let (status, answer) = ask("GET", &got, None).await;
        assert_eq!(status, 200, "{got}: {answer}");
        assert_eq!(found(&answer, life.key), &wanted, "{got}");
    }
    assert_eq!(
        listed(life, &ask, &key).await,
        life.list.map(|_| 1),
        "{path}"
    );
    if let Some((method, change)) = &life.change {
        let (status, answer) = ask(method, &one, Some(change)).await;
        assert_eq!(status, 200, "{one}: {answer}");
        shows(found(&answer, life.key), change, &one);
        wanted = found(&answer, life.key).clone();
        let (status, _) = ask(method, &format!("{path}/987654"), Some(change)).await;
        assert_eq!(status, 404, "{path}");
    }
    if life.get {
        let (_, answer) = ask("GET", &got, None).await;
        assert_eq!(found(&answer, life.key), &wanted, "{got}");
    }
    let (target, body) = match life.delete {
        Delete::Never => return,
        Delete::ByPath => (one.clone(), None),
        Delete::ByBody(name) => (path.to_owned(), Some(json!({ name: created[life.key] }))),
    };
    let (status, answer) = ask("DELETE", &target, body.as_ref()).await;
    assert!(status == 200 || status == 204, "{target}: {status}");
    assert_eq!(answer, Json::Null, "{target}");
    let not_found = match life.credential {
        PLATFORM => json!({ "status": 404, "error": "Not Found" }),
        _ => json!({ "error": "Resource could not be found" }),
    };
    let again = ask("DELETE", &target, body.as_ref()).await;
    assert_eq!(again, (404, not_found.clone()), "{target}");
    if life.get {
        assert_eq!(ask("GET", &got, None).await, (404, not_found), "{got}");
    }
    assert_eq!(
        listed(life, &ask, &key).await,
        life.list.map(|_| 0),
        "{path}"
    );
}

/// How often a list has the element; `None` where there is no list.
async fn listed(
    life: &Life,
    ask: &impl AsyncFn(&str, &str, Option<&Json>) -> (u16, Json),
    key: &str,
) -> Option<usize> {
    let pointer = life.list?;
    let (status, answer) = ask("GET", life.path, None).await;
    assert_eq!(status, 200, "{}: {answer}", life.path);
    let list = answer.pointer(pointer).unwrap().as_array().unwrap();
    let same = list
        .iter()
        .filter(|element| text(&element[life.key]) == key);
    Some(same.count())
}

/// The element in an answer, whatever is around it.
fn found<'a>(answer: &'a Json, key: &str) -> &'a Json {
    let places = ["", "/payload", "/payload/webhook"];
    let mut elements = places.iter().filter_map(|place| answer.pointer(place));
    elements.find(|element| !element[key].is_null()).unwrap()
}

/// The element has what was sent, where it has such a member of that kind.
fn shows(element: &Json, sent: &Json, path: &str) {
    for (name, value) in sent.as_object().unwrap() {
        let shown = &element[name];
        let is_same_kind = std::mem::discriminant(shown) == std::mem::discriminant(value);
        if is_same_kind && name != "settings" {
            let is_mapped = name.starts_with("attribute_display_type");
            assert!(
                is_mapped || shown == value,
                "{path}: {name} {shown} {value}"
            );
        }
    }
}

fn text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}
