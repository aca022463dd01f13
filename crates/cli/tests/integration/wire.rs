//! What goes over the wire: the requests that n8n was recorded to send, and those of our own form.
//!
//! The recording is found from the folder that `ITEMFLOW_N8N_FIXTURES` names. Without the variable nothing is
//! compared with it, and the test says so.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::process::Folder;
use crate::recorder::{Received, Recorder};

/// The actions that are compared: resource and operation.
const ACTIONS: [(&str, &str); 8] = [
    ("Accounts", "Create An Account"),
    ("CSAT Survey Page", "Get Csat Survey Page"),
    ("Contacts", "Contact Filter"),
    ("Conversations", "Conversation List"),
    ("Conversations", "New Conversation"),
    ("Inboxes", "Delete Agent In Inbox"),
    ("Inboxes", "Get Inbox"),
    ("Messages", "Create A New Message In A Conversation"),
];

const TOKEN: &str = "token-of-the-recording";
const UUID: &str = "0f2f7c7e-5a3c-4d0b-9a53-1f4b6f0e2c11";

/// Where a request differs from n8n's on purpose.
struct Difference {
    operation: &'static str,
    case: &'static str,
    part: &'static str,
    ours: &'static str,
    reason: &'static str,
}

const DIFFERENCES: &[Difference] = &[
    Difference {
        operation: "Get Csat Survey Page",
        case: "*",
        part: "target",
        ours: "/survey/responses/0f2f7c7e-5a3c-4d0b-9a53-1f4b6f0e2c11",
        reason: "the page is found by UUID; the recorded number is refused before anything is sent",
    },
    Difference {
        operation: "Get Csat Survey Page",
        case: "*",
        part: "accept",
        ours: "text/html",
        reason: "the page is HTML",
    },
    Difference {
        operation: "Get Csat Survey Page",
        case: "*",
        part: "token",
        ours: "",
        reason: "the page is public, so no token is sent",
    },
    Difference {
        operation: "Conversation List",
        case: "required_only",
        part: "target",
        ours: "/api/v1/accounts/1/conversations?assignee_type=all&status=open&q=&inbox_id=0&team_id=0&labels%5B%5D=&page=1",
        reason: "the server reads a list from `labels[]`; n8n sends the text of the JSON",
    },
    Difference {
        operation: "Conversation List",
        case: "all_set",
        part: "target",
        ours: "/api/v1/accounts/1/conversations?assignee_type=assigned&status=snoozed&q=q-v&inbox_id=15&team_id=16&labels%5B%5D=a&labels%5B%5D=b&page=18",
        reason: "the server reads a list from `labels[]`; n8n sends the text of the JSON",
    },
];

/// One recorded request.
struct Case {
    operation: String,
    name: String,
    parameters: Value,
    recorded: Value,
}

#[test]
fn the_recorded_requests_of_n8n_are_reproduced() {
    let Some(cases) = recorded_cases() else {
        println!("ITEMFLOW_N8N_FIXTURES leads to no recorded requests: none were compared");
        return;
    };
    assert_eq!(cases.len(), 2 * ACTIONS.len());
    let nodes = cases.iter().map(|case| {
        node(
            &format!("{} {}", case.operation, case.name),
            "@devlikeapro/n8n-nodes-chatwoot.chatWoot",
            &case.parameters,
            &json!({ "chatwootApi": { "id": "1", "name": "recorded" } }),
        )
    });
    let received = send(nodes.collect(), |url| {
        format!("recorded:\n  type: chatwootApi\n  url: {url}\n  accessToken: {TOKEN}\n")
    });
    assert_eq!(received.len(), cases.len());
    let mut unused: BTreeSet<usize> = (0..DIFFERENCES.len()).collect();
    let mut found = Vec::new();
    for (case, received) in cases.iter().zip(&received) {
        compare(case, received, &mut unused, &mut found);
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    let unused: Vec<_> = unused.iter().map(|i| DIFFERENCES[*i].reason).collect();
    assert!(unused.is_empty(), "no longer different: {unused:?}");
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
            ACTIONS[0],
            json!({}),
            &platform,
            "POST",
            "/platform/api/v1/accounts",
            json!(null),
        ),
        (
            ACTIONS[1],
            json!({ "conversation_uuid": UUID }),
            &own,
            "GET",
            &*format!("/survey/responses/{UUID}"),
            json!(null),
        ),
        (
            ACTIONS[2],
            json!({ "account_id": 1, "payload": [] }),
            &own,
            "POST",
            "/api/v1/accounts/1/contacts/filter",
            json!({ "payload": [] }),
        ),
        (
            ACTIONS[3],
            json!({ "account_id": 1 }),
            &own,
            "GET",
            "/api/v1/accounts/1/conversations",
            json!(null),
        ),
        (
            ACTIONS[4],
            json!({ "account_id": 1, "source_id": "s", "inbox_id": "3" }),
            &own,
            "POST",
            "/api/v1/accounts/1/conversations",
            json!({ "source_id": "s", "inbox_id": "3" }),
        ),
        (
            ACTIONS[5],
            json!({ "account_id": 1, "inbox_id": "3", "user_ids": [3, 4] }),
            &own,
            "DELETE",
            "/api/v1/accounts/1/inbox_members",
            json!({ "inbox_id": "3", "user_ids": [3, 4] }),
        ),
        (
            ACTIONS[6],
            json!({ "account_id": 1, "id": 12 }),
            &own,
            "GET",
            "/api/v1/accounts/1/inboxes/12/",
            json!(null),
        ),
        (
            ACTIONS[7],
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
    let received = send(nodes.collect(), |url| {
        [
            "konverteDigitalApi my-konverte",
            "konverteDigitalPlatformApi my-platform",
        ]
        .iter()
        .map(|pair| {
            let (kind, name) = pair.split_once(' ').unwrap();
            format!("{name}:\n  type: {kind}\n  url: {url}\n  accessToken: {TOKEN}\n")
        })
        .collect()
    });
    assert_eq!(received.len(), cases.len());
    for ((action, _, _, method, target, body), received) in cases.iter().zip(&received) {
        let sent = (&*received.method, &*received.target, received.json());
        assert_eq!(sent, (*method, *target, body.clone()), "{}", action.1);
        let is_json = received.header("content-type") == Some("application/json");
        assert_eq!(is_json, !body.is_null(), "{}: Content-Type", action.1);
    }
}

fn compare(
    case: &Case,
    received: &Received,
    unused: &mut BTreeSet<usize>,
    found: &mut Vec<String>,
) {
    let recorded = |member: &str| {
        case.recorded[member]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let header = |name: &str| received.header(name).unwrap_or_default().to_owned();
    let has_body = !case.recorded["body"].is_null();
    let content_type = match has_body {
        true => recorded("content_type"),
        // A request without a body has no type of body; n8n names one all the same.
        false => String::new(),
    };
    let parts = [
        ("method", recorded("method"), received.method.clone()),
        ("target", recorded("url"), received.target.clone()),
        (
            "body",
            case.recorded["body"].to_string(),
            received.json().to_string(),
        ),
        ("content-type", content_type, header("content-type")),
        ("accept", "application/json".to_owned(), header("accept")),
        ("token", TOKEN.to_owned(), header("api-access-token")),
    ];
    for (part, theirs, ours) in parts {
        if theirs == ours {
            continue;
        }
        let allowed = DIFFERENCES.iter().position(|difference| {
            difference.operation == case.operation
                && (difference.case == "*" || difference.case == case.name)
                && difference.part == part
                && difference.ours == ours
        });
        match allowed {
            Some(at) => {
                unused.remove(&at);
            }
            None => found.push(format!(
                "{} ({}), {part}:\n  n8n:  {theirs}\n  ours: {ours}",
                case.operation, case.name
            )),
        }
    }
}

/// Runs the nodes one after the other and gives the requests in their order.
fn send(nodes: Vec<Value>, credentials: impl Fn(&str) -> String) -> Vec<Received> {
    let recorder = Recorder::json(200, json!({ "data": { "payload": [] } }));
    let targets: Vec<Value> = nodes
        .iter()
        .map(|node| json!({ "node": node["name"], "type": "main", "index": 0 }))
        .collect();
    let mut all = vec![json!({
        "name": "Start", "type": "n8n-nodes-base.manualTrigger", "typeVersion": 1, "position": [0, 0], "parameters": {},
    })];
    for (i, mut node) in nodes.into_iter().enumerate() {
        node["position"] = json!([200, 100 * i]);
        all.push(node);
    }
    let workflow = json!({
        "name": "wire",
        "nodes": all,
        "connections": { "Start": { "main": [targets] } },
        "settings": { "executionOrder": "v1" },
    });
    let folder = Folder::new()
        .with("workflow.json", &workflow.to_string())
        .with("credentials.yaml", &credentials(&recorder.url()));
    folder
        .run(&[
            "run",
            "workflow.json",
            "--credentials",
            "credentials.yaml",
            "--quiet",
        ])
        .succeeded();
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

fn recorded_cases() -> Option<Vec<Case>> {
    let folder = PathBuf::from(std::env::var_os("ITEMFLOW_N8N_FIXTURES")?);
    // The variable names the folder of all recordings, or that of the workflows in it.
    let name = "konverte/n8n-wire.json";
    let file = [
        folder.join("..").join(name),
        folder.join("../..").join(name),
    ]
    .into_iter()
    .find(|file| file.is_file())?;
    let actions: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let mut cases = Vec::new();
    for action in actions.as_array().unwrap() {
        let text = |member: &str| action[member].as_str().unwrap().to_owned();
        let (resource, operation) = (text("group"), text("action"));
        if !ACTIONS.contains(&(resource.as_str(), operation.as_str())) {
            continue;
        }
        for recorded in action["cases"].as_array().unwrap() {
            let mut parameters = recorded["parameters"].clone();
            choose(&mut parameters, &resource, &operation);
            if operation == "Get Csat Survey Page" {
                parameters["conversation_uuid"] = json!(UUID);
            }
            cases.push(Case {
                operation: operation.clone(),
                name: recorded["case"].as_str().unwrap().to_owned(),
                parameters,
                recorded: recorded.clone(),
            });
        }
    }
    Some(cases)
}
