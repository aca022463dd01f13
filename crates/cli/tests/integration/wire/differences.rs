//! Where our requests differ from n8n's on purpose: rules that make ours of what was recorded.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::recording::{Body, Case, Request};

/// The identifier of a conversation that stands for the number of the recordings.
pub(super) const UUID: &str = "0f2f7c7e-5a3c-4d0b-9a53-1f4b6f0e2c11";

/// Properties that are files.
const FILES: [&str; 1] = ["avatar"];

/// One difference.
pub(super) struct Difference {
    pub(super) name: &'static str,
    /// Changes a recorded request into ours, where the difference concerns it.
    apply: fn(&Case, &mut Request),
}

/// n8n's type: its own rules for what a file omits hold.
pub(super) const THROUGH_THE_ALIAS: &[Difference] = &[
    LISTS, FILE, NO_FILE, ORDER, PRIORITY, FILTER, PUBLIC, HTML, BY_UUID, NO_TYPE,
];

/// Our own form.
pub(super) const OF_OUR_OWN: &[Difference] = &[
    UNSET, LISTS, FILE, ORDER, PRIORITY, FILTER, PUBLIC, HTML, BY_UUID, NO_TYPE,
];

const UNSET: Difference = Difference {
    name: "what is not set is not sent; n8n sends its defaults, most of them examples",
    apply: |case, request| {
        let is_set = |name: &str| case.parameters.get(name).is_some();
        if let Some((path, query)) = request.target.clone().split_once('?') {
            let pairs: Vec<&str> = query
                .split('&')
                .filter(|pair| is_set(pair.split_once('=').map_or(pair, |(name, _)| name)))
                .collect();
            request.target = match pairs.is_empty() {
                true => path.to_owned(),
                false => format!("{path}?{}", pairs.join("&")),
            };
        }
        let Some(mut members) = members(request) else {
            return;
        };
        members.retain(|name, _| is_set(name));
        request.body = match members.is_empty() {
            true => Body::Empty,
            false => Body::Json(Value::Object(members).to_string()),
        };
    },
};

const LISTS: Difference = Difference {
    name: "a list in the query is `labels[]=a`; n8n sends the text of the JSON",
    apply: |_, request| {
        let target = request.target.clone();
        let Some((path, query)) = target.split_once('?') else {
            return;
        };
        let mut pairs: Vec<String> = Vec::new();
        for pair in query.split('&') {
            let list = pair.strip_prefix("labels=").map(decoded);
            match list.and_then(|text| serde_json::from_str::<Vec<Value>>(&text).ok()) {
                Some(list) => pairs.extend(
                    list.iter()
                        .map(|one| format!("labels%5B%5D={}", one.as_str().unwrap_or_default())),
                ),
                None => pairs.push(pair.to_owned()),
            }
        }
        request.target = format!("{path}?{}", pairs.join("&"));
    },
};

const FILE: Difference = Difference {
    name: "a file travels as a part of a multipart body; n8n sends its name as text",
    apply: |_, request| {
        let Some(mut members) = members(request) else {
            return;
        };
        let mut files = Vec::new();
        for name in FILES {
            if members.get(name).is_some_and(|value| value != "") {
                let file = members.shift_remove(name).unwrap();
                files.push((name.to_owned(), file.as_str().unwrap().to_owned()));
            }
        }
        if files.is_empty() {
            return;
        }
        let mut parts = Vec::new();
        for (name, value) in &members {
            pairs(&mut parts, name, value);
        }
        parts.append(&mut files);
        request.content_type = "multipart/form-data".into();
        request.body = Body::Parts(parts);
    },
};

const NO_FILE: Difference = Difference {
    name: "no file is no member; n8n sends an empty text",
    apply: |_, request| {
        let Some(mut members) = members(request) else {
            return;
        };
        members.retain(|name, value| !FILES.contains(&name.as_str()) || value != "");
        request.body = Body::Json(Value::Object(members).to_string());
    },
};

const ORDER: Difference = Difference {
    name: "a value that stands in the path too is one property, and comes first among the members",
    apply: |_, request| {
        let Some(mut members) = members(request) else {
            return;
        };
        for name in ["portal_id", "account_id"] {
            if let Some(value) = members.shift_remove(name) {
                members.shift_insert(0, name.to_owned(), value);
            }
        }
        request.body = Body::Json(Value::Object(members).to_string());
    },
};

const PRIORITY: Difference = Difference {
    name: "no priority is null, which the server takes; it knows no `none`",
    apply: |case, request| {
        let Some(mut members) = members(request) else {
            return;
        };
        if case.operation == "Toggle Priority Of A Conversation" && members["priority"] == "none" {
            members["priority"] = Value::Null;
        }
        request.body = Body::Json(Value::Object(members).to_string());
    },
};

const FILTER: Difference = Difference {
    name: "the kind of a filter is a member too: the server reads `filter_type` there, and no `type`",
    apply: |case, request| {
        let Some(mut members) = members(request) else {
            return;
        };
        if case.resource == "Custom Filters"
            && let Some(kind) = members.get("type").cloned()
        {
            members.shift_insert(0, "filter_type".to_owned(), kind);
        }
        request.body = Body::Json(Value::Object(members).to_string());
    },
};

const PUBLIC: Difference = Difference {
    name: "no token is sent where none is needed; n8n sends it to public addresses too",
    apply: |_, request| {
        let path = request.path();
        if path.starts_with("/public/") || path.starts_with("/survey/") {
            request.token.clear();
        }
    },
};

const HTML: Difference = Difference {
    name: "a page is asked for as HTML",
    apply: |_, request| {
        if request.path().starts_with("/survey/") {
            request.accept = "text/html".into();
        }
    },
};

const BY_UUID: Difference = Difference {
    name: "a survey page is found by UUID; the recorded number is refused before anything is sent",
    apply: |_, request| {
        if request.path().starts_with("/survey/") {
            request.target = format!("/survey/responses/{UUID}");
        }
    },
};

const NO_TYPE: Difference = Difference {
    name: "a request without a body has no Content-Type; n8n names JSON all the same",
    apply: |_, request| {
        if request.body == Body::Empty {
            request.content_type.clear();
        }
    },
};

/// What we send for a recorded request, and which differences made it.
pub(super) fn expected(
    case: &Case,
    differences: &[Difference],
    covered: &mut BTreeMap<&'static str, usize>,
) -> Request {
    let mut request = case.request.clone();
    for difference in differences {
        let before = request.clone();
        (difference.apply)(case, &mut request);
        *covered.entry(difference.name).or_default() += usize::from(request != before);
    }
    request
}

fn members(request: &Request) -> Option<Map<String, Value>> {
    match &request.body {
        Body::Json(text) => serde_json::from_str(text).ok(),
        _ => None,
    }
}

/// The names of nested members as forms write them.
fn pairs(parts: &mut Vec<(String, String)>, name: &str, value: &Value) {
    match value {
        Value::Array(list) => list
            .iter()
            .for_each(|one| pairs(parts, &format!("{name}[]"), one)),
        Value::Object(map) => map
            .iter()
            .for_each(|(key, one)| pairs(parts, &format!("{name}[{key}]"), one)),
        Value::String(text) => parts.push((name.to_owned(), text.clone())),
        Value::Null => parts.push((name.to_owned(), String::new())),
        other => parts.push((name.to_owned(), other.to_string())),
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}
