//! The actions of Konverte Digital against what is known of them: names, methods, paths, and every parameter with its
//! place, type and required flag.

#![allow(clippy::print_stdout, reason = "what was compared is told")]

use std::collections::BTreeMap;

use itemflow_model::definition::{Location, PropertyType};
use itemflow_nodes::{Catalog, ServiceType};
use serde_json::Value;

use crate::recorded;

const RESOURCES: usize = 29;
const ACTIONS: usize = 115;

/// What is different on purpose: resource, operation, difference, reason.
const CORRECTIONS: &[(&str, &str, &str, &str)] = &[
    (
        "CSAT Survey Page",
        "Get Csat Survey Page",
        "conversation_uuid is string, not number",
        "the page is found by UUID",
    ),
    (
        "Help Center",
        "Add New Article To Account",
        "portal_id is string, not number",
        "portals are found by their slug",
    ),
    (
        "Help Center",
        "Add New Category To Account",
        "portal_id is string, not number",
        "portals are found by their slug",
    ),
    (
        "Messages",
        "Create A New Message In A Conversation",
        "attachments is ours alone",
        "the server takes files, which its description leaves out",
    ),
    (
        "Messages API",
        "Create A Message",
        "attachments is ours alone",
        "the server takes files, which its description leaves out",
    ),
];

/// The parameters of an action: places, type and whether it is required, by name.
type Parameters = BTreeMap<String, (Vec<&'static str>, &'static str, bool)>;

#[test]
fn every_action_is_what_is_known_of_it() {
    let Some(known) = recorded::konverte("actions.json") else {
        println!("ITEMFLOW_N8N_FIXTURES leads to no list of actions: nothing was compared");
        return;
    };
    let catalog = Catalog::embedded();
    let service = catalog.service("konverteDigital").unwrap();
    let mut found: Vec<(String, String, String)> = Vec::new();
    for action in list(&known["actions"]) {
        let name = |member: &str| action[member].as_str().unwrap().to_owned();
        let (resource, operation) = (name("group"), name("action"));
        for difference in differences(service, action, &resource, &operation) {
            found.push((resource.clone(), operation.clone(), difference));
        }
    }
    let mut expected = CORRECTIONS.to_vec();
    for (resource, operation, difference) in &found {
        let at = expected
            .iter()
            .position(|(r, o, d, _)| r == resource && o == operation && d == difference);
        match at {
            Some(at) => {
                let (.., reason) = expected.remove(at);
                println!("{resource} / {operation}: {difference}, since {reason}");
            }
            None => panic!("{resource} / {operation}: {difference}\nall: {found:#?}"),
        }
    }
    assert!(expected.is_empty(), "no longer different: {expected:?}");
}

#[test]
fn there_are_as_many_resources_and_actions_as_the_node_shows() {
    let catalog = Catalog::embedded();
    let service = catalog.service("konverteDigital").unwrap().service();
    assert_eq!(service.resources.len(), RESOURCES);
    let actions = service.resources.iter().map(|r| r.actions.len());
    assert_eq!(actions.sum::<usize>(), ACTIONS);
}

/// Everything in which an action is not what is known of it.
fn differences(
    service: &ServiceType,
    known: &Value,
    resource: &str,
    operation: &str,
) -> Vec<String> {
    let action = match service.action(resource, operation) {
        Ok(action) => action,
        Err(problem) => return vec![problem.message],
    };
    let mut found = Vec::new();
    let mut differ = |what: &str, ours: &str, theirs: &Value| {
        if theirs.as_str() != Some(ours) {
            found.push(format!("{what} is {ours}, not {theirs}"));
        }
    };
    differ("method", action.method().as_str(), &known["method"]);
    differ("path", &action.path_template(), &known["path"]);
    let mut theirs = Parameters::new();
    for parameter in list(&known["parameters"]) {
        let name = parameter["name"].as_str().unwrap().to_owned();
        let is_required = parameter["required"] == true;
        let entry = theirs
            .entry(name)
            .or_insert_with(|| (Vec::new(), type_of(parameter), false));
        entry.0.push(place(&parameter["in"]));
        entry.0.sort_unstable();
        entry.2 |= is_required;
    }
    for property in action.properties() {
        let name = property.name();
        let Some((places, kind, is_required)) = theirs.remove(name) else {
            found.push(format!("{name} is ours alone"));
            continue;
        };
        let mut own: Vec<&str> = property
            .places()
            .iter()
            .map(|place| name_of(*place))
            .collect();
        own.sort_unstable();
        if own != places {
            found.push(format!("{name} goes to {own:?}, not {places:?}"));
        }
        let own = kind_of(property.definition().kind);
        if own != kind {
            found.push(format!("{name} is {own}, not {kind}"));
        }
        if property.definition().required != is_required {
            found.push(format!(
                "{name} is required: {}, not {is_required}",
                !is_required
            ));
        }
    }
    found.extend(theirs.keys().map(|name| format!("{name} is missing")));
    found
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn place(value: &Value) -> &'static str {
    match value.as_str().unwrap() {
        "path" => "path",
        "query" => "query",
        "body" => "body",
        other => panic!("no place: {other}"),
    }
}

/// Our type for that of a known parameter.
fn type_of(parameter: &Value) -> &'static str {
    match parameter["type"].as_str().unwrap() {
        _ if parameter["enum"].is_array() => "options",
        "integer" | "number" => "number",
        "string" => "string",
        "boolean" => "boolean",
        "string(binary)" => "binary",
        kind if kind == "object" || kind.starts_with("array<") => "json",
        other => panic!("no type: {other}"),
    }
}

fn name_of(place: Location) -> &'static str {
    match place {
        Location::Path => "path",
        Location::Query => "query",
        Location::Body => "body",
        Location::Header => "header",
        Location::Cookie => "cookie",
        Location::None => "nowhere",
    }
}

fn kind_of(kind: PropertyType) -> &'static str {
    match kind {
        PropertyType::String => "string",
        PropertyType::Number => "number",
        PropertyType::Boolean => "boolean",
        PropertyType::Options => "options",
        PropertyType::Json => "json",
        PropertyType::Binary => "binary",
        _ => "something else",
    }
}
