//! What goes over the wire: the requests that n8n was recorded to send, and those of our own form.
//!
//! Without the recordings nothing is compared with them, and the tests say so.

#![allow(clippy::print_stdout, reason = "what was compared is told")]

mod differences;
mod recording;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::process::Folder;
use crate::recorder::{Received, Recorder};

use differences::{Difference, OF_OUR_OWN, THROUGH_THE_ALIAS, UUID, expected};
use recording::{Body, Case, Request};

const TOKEN: &str = "token-of-the-recording";

#[test]
fn the_recorded_requests_are_sent_through_n8ns_type() {
    let credentials = json!({ "chatwootApi": { "id": "1", "name": "recorded" } });
    compare("n8n's type", THROUGH_THE_ALIAS, |_| {
        (
            "@devlikeapro/n8n-nodes-chatwoot.chatWoot",
            credentials.clone(),
        )
    });
}

#[test]
fn the_recorded_requests_are_sent_in_our_own_form() {
    compare("our own form", OF_OUR_OWN, |case| {
        let credentials = match case.request.path().starts_with("/platform/") {
            true => json!({ "konverteDigitalPlatformApi": "my-platform" }),
            false => json!({ "konverteDigitalApi": "my-konverte" }),
        };
        ("konverteDigital", credentials)
    });
}

#[test]
fn the_recorded_number_of_a_survey_page_is_refused() {
    let mut parameters = json!({ "conversation_uuid": 11 });
    choose(&mut parameters, "CSAT Survey Page", "Get Csat Survey Page");
    let credentials = json!({ "chatwootApi": { "id": "1", "name": "recorded" } });
    let page = node(
        "Page",
        "@devlikeapro/n8n-nodes-chatwoot.chatWoot",
        &parameters,
        &credentials,
    );
    let workflow = json!({ "nodes": [page], "connections": {} });
    Folder::new()
        .with("workflow.json", &workflow.to_string())
        .run(&["check", "workflow.json"])
        .ended(1)
        .tells(&["`conversation_uuid`", "help: "]);
}

#[test]
fn in_our_own_form_an_unset_optional_property_is_omitted() {
    let own = json!({ "konverteDigitalApi": "my-konverte" });
    let platform = json!({ "konverteDigitalPlatformApi": "my-platform" });
    // Resource, operation, parameters, credential, method, target, body.
    let cases = [
        (
            ("Accounts", "Create An Account"),
            json!({}),
            &platform,
            "POST",
            "/platform/api/v1/accounts",
            json!(null),
        ),
        (
            ("CSAT Survey Page", "Get Csat Survey Page"),
            json!({ "conversation_uuid": UUID }),
            &own,
            "GET",
            &*format!("/survey/responses/{UUID}"),
            json!(null),
        ),
        (
            ("Contacts", "Contact Filter"),
            json!({ "account_id": 1, "payload": [] }),
            &own,
            "POST",
            "/api/v1/accounts/1/contacts/filter",
            json!({ "payload": [] }),
        ),
        (
            ("Conversations", "Conversation List"),
            json!({ "account_id": 1 }),
            &own,
            "GET",
            "/api/v1/accounts/1/conversations",
            json!(null),
        ),
        (
            ("Conversations", "New Conversation"),
            json!({ "account_id": 1, "source_id": "s", "inbox_id": "3" }),
            &own,
            "POST",
            "/api/v1/accounts/1/conversations",
            json!({ "source_id": "s", "inbox_id": "3" }),
        ),
        (
            ("Inboxes", "Delete Agent In Inbox"),
            json!({ "account_id": 1, "inbox_id": "3", "user_ids": [3, 4] }),
            &own,
            "DELETE",
            "/api/v1/accounts/1/inbox_members",
            json!({ "inbox_id": "3", "user_ids": [3, 4] }),
        ),
        (
            ("Inboxes", "Get Inbox"),
            json!({ "account_id": 1, "id": 12 }),
            &own,
            "GET",
            "/api/v1/accounts/1/inboxes/12/",
            json!(null),
        ),
        (
            ("Messages", "Create A New Message In A Conversation"),
            json!({ "account_id": 1, "conversation_id": 12, "content": "Hello" }),
            &own,
            "POST",
            "/api/v1/accounts/1/conversations/12/messages",
            json!({ "content": "Hello" }),
        ),
    ];
    let nodes = cases.iter().map(|(action, parameters, credentials, ..)| {
        let mut parameters = parameters.clone();
        choose(&mut parameters, action.0, action.1);
        node(action.1, "konverteDigital", &parameters, credentials)
    });
    let received = send(nodes.collect());
    assert_eq!(received.len(), cases.len());
    for ((action, _, _, method, target, body), received) in cases.iter().zip(&received) {
        let sent = (&*received.method, &*received.target, received.json());
        assert_eq!(sent, (*method, *target, body.clone()), "{}", action.1);
        let is_json = received.header("content-type") == Some("application/json");
        assert_eq!(is_json, !body.is_null(), "{}: Content-Type", action.1);
    }
}

/// Sends every recorded case and compares it with what n8n sent, after the differences; says how many cases each covers.
fn compare(
    form: &str,
    differences: &[Difference],
    node_of: impl Fn(&Case) -> (&'static str, Value),
) {
    let Some(cases) = recording::cases(TOKEN) else {
        println!("ITEMFLOW_N8N_FIXTURES leads to no recorded requests: none were compared");
        return;
    };
    assert_eq!(cases.len(), 230);
    let nodes = cases.iter().map(|case| {
        let (kind, credentials) = node_of(case);
        let mut parameters = case.parameters.clone();
        choose(&mut parameters, &case.resource, &case.operation);
        if parameters.get("conversation_uuid").is_some() {
            parameters["conversation_uuid"] = json!(UUID);
        }
        let name = format!("{}: {} {}", case.resource, case.operation, case.name);
        node(&name, kind, &parameters, &credentials)
    });
    let received = send(nodes.collect());
    let mut covered = BTreeMap::new();
    let mut equal = 0;
    let mut found = Vec::new();
    for (case, received) in cases.iter().zip(&received) {
        let (ours, wanted) = (request(received), expected(case, differences, &mut covered));
        equal += usize::from(ours == case.request);
        if ours != wanted {
            let name = format!("{}: {} ({})", case.resource, case.operation, case.name);
            found.push(format!("{name}\n  wanted: {wanted:?}\n  sent:   {ours:?}"));
        }
    }
    println!(
        "{form}: {} recorded requests, {equal} sent exactly as n8n sends them",
        cases.len()
    );
    for (name, count) in &covered {
        println!("{count:>5}  {name}");
    }
    assert_eq!(received.len(), cases.len());
    assert!(
        found.is_empty(),
        "{} differ:\n{}",
        found.len(),
        found.join("\n")
    );
    let unused: Vec<_> = covered.iter().filter(|(_, count)| **count == 0).collect();
    assert!(unused.is_empty(), "no longer different: {unused:?}");
}

/// What came, in the parts that are compared.
fn request(received: &Received) -> Request {
    let header = |name: &str| received.header(name).unwrap_or_default().to_owned();
    let content_type = header("content-type");
    let (media_type, boundary) = content_type
        .split_once("; boundary=")
        .unwrap_or((&*content_type, ""));
    let body = String::from_utf8(received.body.clone()).unwrap();
    Request {
        method: received.method.clone(),
        target: received.target.clone(),
        accept: header("accept"),
        token: header("api-access-token"),
        content_type: media_type.to_owned(),
        body: match media_type {
            "multipart/form-data" => Body::Parts(parts(&body, boundary)),
            _ if body.is_empty() => Body::Empty,
            _ => Body::Json(body),
        },
    }
}

/// The name and content of each part; of a file its name without the extension.
fn parts(body: &str, boundary: &str) -> Vec<(String, String)> {
    let line = format!("--{boundary}");
    body.split(&*line)
        .filter_map(|piece| piece.split_once("\r\n\r\n"))
        .map(|(head, content)| {
            let quoted = |name: &str| {
                let (_, after) = head.split_once(&format!("; {name}=\""))?;
                after.split_once('"').map(|(text, _)| text.to_owned())
            };
            let file = quoted("filename").map(|name| name.replace(".txt", ""));
            let content = content.strip_suffix("\r\n").unwrap_or(content);
            let name = quoted("name")
                .unwrap()
                .replace("%5B", "[")
                .replace("%5D", "]");
            (name, file.unwrap_or_else(|| content.to_owned()))
        })
        .collect()
}

/// Runs the nodes one after the other, each with an item that has a file, and gives the requests in their order.
fn send(nodes: Vec<Value>) -> Vec<Received> {
    let recorder = Recorder::json(200, json!({}));
    let targets: Vec<Value> = nodes
        .iter()
        .map(|node| json!({ "node": node["name"], "type": "main", "index": 0 }))
        .collect();
    let mut all = vec![
        json!({ "name": "Start", "type": "n8n-nodes-base.manualTrigger", "typeVersion": 1, "position": [0, 0], "parameters": {} }),
        json!({
            "name": "Picture", "type": "n8n-nodes-base.convertToFile", "typeVersion": 1.1, "position": [200, 0],
            "parameters": {
                "operation": "toText", "sourceProperty": "text", "binaryPropertyName": "avatar-v",
                "options": { "fileName": "avatar-v.txt" },
            },
        }),
    ];
    for (i, mut node) in nodes.into_iter().enumerate() {
        // Branches run from top to bottom.
        node["position"] = json!([400, 100 * i]);
        all.push(node);
    }
    let arrow = |to: &str| json!({ "main": [[{ "node": to, "type": "main", "index": 0 }]] });
    let workflow = json!({
        "name": "wire",
        "nodes": all,
        "connections": { "Start": arrow("Picture"), "Picture": { "main": [targets] } },
        "settings": { "executionOrder": "v1" },
    });
    let recorded = format!(
        "recorded:\n  type: chatwootApi\n  url: {}\n  accessToken: {TOKEN}\n",
        recorder.url()
    );
    let folder = Folder::new()
        .with("workflow.json", &workflow.to_string())
        .with("input.json", r#"[{ "text": "a picture" }]"#)
        .with(
            "credentials.yaml",
            &format!("{recorded}{}", recorder.credentials(TOKEN)),
        );
    let arguments = [
        "run",
        "workflow.json",
        "--credentials",
        "credentials.yaml",
        "--input",
        "input.json",
        "--quiet",
    ];
    folder.run(&arguments).succeeded();
    recorder.received()
}

fn node(name: &str, kind: &str, parameters: &Value, credentials: &Value) -> Value {
    json!({
        "name": name, "type": kind, "typeVersion": 1, "onError": "continueRegularOutput",
        "parameters": parameters, "credentials": credentials,
    })
}

fn choose(parameters: &mut Value, resource: &str, operation: &str) {
    parameters["resource"] = json!(resource);
    parameters["operation"] = json!(operation);
}
