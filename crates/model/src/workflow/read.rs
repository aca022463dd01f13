//! Reads a workflow from n8n's JSON and from our YAML short forms, and reports everything that is wrong with it at once.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;

use super::connections::{self, Names};
use super::expect;
use super::members::{Members, Reader};
use super::{CredentialRef, ExecutionOrder, Node, OnError, Settings, Workflow};
use crate::problem::Problem;
use crate::source::{Part, SourceText};
use crate::value::{Map, Value};
use crate::wording::{describe, join};

/// Members of a workflow that have a field.
const WORKFLOW: &[&str] = &[
    "id",
    "name",
    "nodes",
    "connections",
    "settings",
    "pinData",
    "test",
    "expect",
];
/// Members of a workflow that n8n writes and a run does not need.
const WORKFLOW_OTHERS: &[&str] = &[
    "$schema",
    "active",
    "activeVersionId",
    "createdAt",
    "description",
    "isArchived",
    "meta",
    "nodeGroups",
    "parentFolderId",
    "shared",
    "staticData",
    "tags",
    "triggerCount",
    "updatedAt",
    "versionCounter",
    "versionId",
];
/// Members of a node that have a field.
const NODE: &[&str] = &[
    "id",
    "name",
    "type",
    "typeVersion",
    "position",
    "parameters",
    "credentials",
    "disabled",
    "retryOnFail",
    "maxTries",
    "waitBetweenTries",
    "alwaysOutputData",
    "executeOnce",
    "onError",
    "continueOnFail",
];
/// Members of a node that n8n writes and a run does not need.
const NODE_OTHERS: &[&str] = &[
    "customTelemetryTags",
    "extendsCredential",
    "forceCustomOperation",
    "notes",
    "notesInFlow",
    "rewireOutputLogTo",
    "webhookId",
];
/// Members of the settings that have a field.
const SETTINGS: &[&str] = &["executionOrder", "timezone", "executionTimeout"];
/// Members of the settings that are n8n's and may be read by others.
const SETTINGS_OTHERS: &[&str] = &[
    "availableInMCP",
    "binaryMode",
    "callerIds",
    "callerPolicy",
    "credentialResolverId",
    "customTelemetryTags",
    "engineType",
    "errorWorkflow",
    "redactionPolicy",
    "saveDataErrorExecution",
    "saveDataSuccessExecution",
    "saveExecutionProgress",
    "saveManualExecutions",
    "timeSavedMode",
    "timeSavedPerExecution",
];

const ORDERS: &[(&str, ExecutionOrder)] = &[
    ("v0", ExecutionOrder::V0),
    ("v1", ExecutionOrder::V1),
    ("parallel", ExecutionOrder::Parallel),
];
const ON_ERROR: &[(&str, OnError)] = &[
    ("stopWorkflow", OnError::StopWorkflow),
    ("continueRegularOutput", OnError::ContinueRegularOutput),
    ("continueErrorOutput", OnError::ContinueErrorOutput),
];

/// Distance on the canvas between nodes that are given no place.
const SPACING: f64 = 100.0;

impl Workflow {
    /// Reads a workflow and the warnings about it.
    ///
    /// In the short form (connections are a list, or no node has a position) nodes without a position are placed from
    /// top to bottom, and the execution order is `v1` where the settings say nothing.
    ///
    /// # Errors
    /// All problems, at least one of them an error, in the order of the file.
    pub fn read(source: &SourceText) -> Result<(Self, Vec<Problem>), Vec<Problem>> {
        match Self::read_as_far_as_possible(source) {
            (Some(workflow), problems) if !problems.iter().any(Problem::is_error) => {
                Ok((workflow, problems))
            }
            (_, problems) => Err(problems),
        }
    }

    /// As [`Workflow::read`], but with what could be read in spite of errors, so that a checker can go on and find the
    /// rest of what is wrong. Such a workflow must not run.
    pub fn read_as_far_as_possible(source: &SourceText) -> (Option<Self>, Vec<Problem>) {
        let value = match source.value() {
            Ok(value) => value,
            Err(problems) => return (None, problems),
        };
        let mut reader = Reader::new(source);
        let (root, pointer) = unwrap_list(&value);
        let Value::Object(map) = root else {
            reader.error(|source| {
                let message = match root {
                    Value::Null => "the file is empty".to_owned(),
                    other => format!(
                        "a workflow is an object with `nodes`, not {}",
                        describe(other)
                    ),
                };
                source.error("not-a-workflow", pointer, Part::Value, message)
            });
            return (None, reader.finish());
        };
        let root = Members {
            map,
            pointer,
            node: None,
        };
        let is_short = is_short_form(map);
        let mut nodes = nodes(&mut reader, root, is_short);
        let names: Names = nodes.iter().map(|node| (node.name.clone(), ())).collect();
        let (connections, arrows) = connections::read(&mut reader, root, &names);
        let mut settings = settings(&mut reader, root, is_short);
        if is_short {
            place(&mut nodes);
            settings.execution_order.get_or_insert(ExecutionOrder::V1);
        }
        let workflow = Self {
            id: reader.text(root, "id").map(|id| id.to_string()),
            name: reader
                .text(root, "name")
                .map_or_else(|| stem(&source.file), |name| name.to_string()),
            nodes,
            connections,
            arrows,
            settings,
            pin_data: pin_data(&mut reader, root),
            test: expect::read_test(&mut reader, root, &names),
            expect: expect::read_expect(&mut reader, root, &names),
            extra: reader.extra(root, WORKFLOW, is_short.then_some(WORKFLOW_OTHERS)),
        };
        (Some(workflow), reader.finish())
    }

    /// The JSON pointers, in the file it was read from, of all nodes by name.
    pub fn node_pointers(source: &SourceText) -> HashMap<String, String> {
        let Ok(value) = source.value() else {
            return HashMap::new();
        };
        let (root, pointer) = unwrap_list(&value);
        let nodes = root
            .get("nodes")
            .and_then(Value::as_array)
            .unwrap_or_default();
        let mut pointers = HashMap::new();
        for (index, node) in nodes.iter().enumerate() {
            let name = match node.get("name") {
                Some(Value::Number(number)) => number.to_string(),
                other => other.and_then(Value::as_str).unwrap_or_default().to_owned(),
            };
            pointers
                .entry(name)
                .or_insert_with(|| format!("{pointer}/nodes/{index}"));
        }
        pointers
    }
}

/// n8n exports a list when it exports several workflows; a list of one is that one.
fn unwrap_list(value: &Value) -> (&Value, &'static str) {
    match value {
        Value::Array(list) if list.len() == 1 => (&list[0], "/0"),
        other => (other, ""),
    }
}

fn is_short_form(root: &Map) -> bool {
    let has_arrows = matches!(root.get("connections"), Some(Value::Array(_)));
    let has_position = root
        .get("nodes")
        .and_then(Value::as_array)
        .unwrap_or_default()
        .iter()
        .any(|node| {
            node.get("position")
                .is_some_and(|position| !position.is_null())
        });
    has_arrows || !has_position
}

fn place(nodes: &mut [Node]) {
    for (i, node) in nodes.iter_mut().enumerate() {
        node.position.get_or_insert([0.0, i as f64 * SPACING]);
    }
}

/// The file's name without folder and extension.
fn stem(file: &str) -> String {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.split('.').next().unwrap_or(name).to_owned()
}

fn nodes(reader: &mut Reader<'_>, root: Members<'_>, is_short: bool) -> Vec<Node> {
    let pointer = root.pointer_to("nodes");
    let list: &[Value] = match root.map.get("nodes") {
        None | Some(Value::Null) => &[],
        Some(Value::Array(list)) => list,
        Some(other) => {
            reader.wrong_type(&pointer, None, "a list of nodes", other);
            return Vec::new();
        }
    };
    if list.is_empty() {
        reader.error(|source| {
            let message = "a workflow needs at least one node in `nodes`";
            source.error("no-nodes", &pointer, Part::Key, message)
        });
    }
    let mut nodes: Vec<Node> = Vec::with_capacity(list.len());
    let mut seen: HashMap<Arc<str>, usize> = HashMap::with_capacity(list.len());
    for (i, value) in list.iter().enumerate() {
        let pointer = join(&pointer, &i.to_string());
        let Some(node) = node(reader, &pointer, value, is_short) else {
            continue;
        };
        match seen.get(&node.name) {
            None => {
                seen.insert(node.name.clone(), nodes.len());
                nodes.push(node);
            }
            Some(first) => duplicate(reader, &pointer, &nodes[*first], &node),
        }
    }
    nodes
}

/// Old exports of n8n contain the same node twice; only two different nodes of one name are a contradiction.
fn duplicate(reader: &mut Reader<'_>, pointer: &str, first: &Node, second: &Node) {
    let pointer = join(pointer, "name");
    let name = &second.name;
    if first.node_type == second.node_type && first.parameters == second.parameters {
        reader.warning(|source| {
            let message = format!("node \"{name}\" is given twice; the second one is left out");
            source
                .warning("duplicate-node", &pointer, Part::Value, message)
                .node(name)
        });
        return;
    }
    reader.error(|source| {
        let message = format!("two nodes are named \"{name}\"");
        source
            .error("duplicate-node", &pointer, Part::Value, message)
            .help("rename one of them: connections and expressions find nodes by name")
            .node(name)
    });
}

fn node(reader: &mut Reader<'_>, pointer: &str, value: &Value, is_short: bool) -> Option<Node> {
    let Value::Object(map) = value else {
        reader.wrong_type(
            pointer,
            None,
            "a node such as `{ name: …, type: … }`",
            value,
        );
        return None;
    };
    let unnamed = Members {
        map,
        pointer,
        node: None,
    };
    let name = reader.text(unnamed, "name").filter(|name| !name.is_empty());
    let members = Members {
        node: name.as_deref(),
        ..unnamed
    };
    let node_type = reader.text(members, "type").filter(|kind| !kind.is_empty());
    for (key, value) in [("name", &name), ("type", &node_type)] {
        let is_absent = map
            .get(key)
            .is_none_or(|value| value.is_null() || value.as_str() == Some(""));
        if value.is_none() && is_absent {
            missing(reader, members, key);
        }
    }
    let node = Node {
        id: reader.text(members, "id").map(|id| id.to_string()),
        name: name.clone().unwrap_or_default(),
        node_type: node_type.clone().unwrap_or_default(),
        type_version: reader.number(members, "typeVersion"),
        position: position(reader, members),
        parameters: reader
            .object(members, "parameters")
            .cloned()
            .unwrap_or_default(),
        credentials: credentials(reader, members),
        disabled: reader.flag(members, "disabled"),
        retry_on_fail: reader.flag(members, "retryOnFail"),
        max_tries: reader.number(members, "maxTries"),
        wait_between_tries: reader.number(members, "waitBetweenTries"),
        always_output_data: reader.flag(members, "alwaysOutputData"),
        execute_once: reader.flag(members, "executeOnce"),
        on_error: reader.word(members, "onError", ON_ERROR),
        continue_on_fail: reader.flag(members, "continueOnFail"),
        extra: reader.extra(members, NODE, is_short.then_some(NODE_OTHERS)),
    };
    name.is_some().then_some(node)
}

fn missing(reader: &mut Reader<'_>, members: Members<'_>, key: &str) {
    reader.error(|source| {
        let subject = match members.node {
            Some(name) => format!("node \"{name}\""),
            None => "this node".to_owned(),
        };
        let message = format!("{subject} has no `{key}`");
        let pointer = match members.map.get_index(0) {
            Some((first, _)) => members.pointer_to(first),
            None => members.pointer.to_owned(),
        };
        let problem = source.error("missing-member", &pointer, Part::Key, message);
        match members.node {
            Some(name) => problem.node(name),
            None => problem,
        }
    });
}

fn position(reader: &mut Reader<'_>, members: Members<'_>) -> Option<[f64; 2]> {
    let value = members.map.get("position")?;
    if value.is_null() {
        return None;
    }
    let pair = value.as_array().unwrap_or_default();
    match pair
        .iter()
        .map(Value::as_f64)
        .collect::<Option<Vec<_>>>()
        .as_deref()
    {
        Some([x, y]) if !pair.is_empty() => Some([*x, *y]),
        _ => {
            let pointer = members.pointer_to("position");
            reader.wrong_type(&pointer, members.node, "a place such as `[0, 100]`", value);
            None
        }
    }
}

fn credentials(reader: &mut Reader<'_>, members: Members<'_>) -> IndexMap<String, CredentialRef> {
    let mut credentials = IndexMap::new();
    let Some(map) = reader.object(members, "credentials") else {
        return credentials;
    };
    let at = members.pointer_to("credentials");
    for (kind, value) in map {
        let pointer = join(&at, kind);
        let credential = match value {
            Value::Null => continue,
            Value::String(name) => CredentialRef::Name(name.to_string()),
            Value::Object(map) => {
                let inner = Members {
                    map,
                    pointer: &pointer,
                    node: members.node,
                };
                let id = reader.text(inner, "id").map(|id| id.to_string());
                let name = reader.text(inner, "name").map(|name| name.to_string());
                CredentialRef::IdAndName {
                    name: name.or_else(|| id.clone()).unwrap_or_default(),
                    id,
                }
            }
            other => {
                reader.wrong_type(&pointer, members.node, "the name of a credential", other);
                continue;
            }
        };
        credentials.insert(kind.to_string(), credential);
    }
    credentials
}

fn settings(reader: &mut Reader<'_>, root: Members<'_>, is_short: bool) -> Settings {
    let Some(map) = reader.object(root, "settings") else {
        return Settings::default();
    };
    let pointer = root.pointer_to("settings");
    let members = Members {
        map,
        pointer: &pointer,
        node: None,
    };
    Settings {
        execution_order: execution_order(reader, members, is_short),
        timezone: reader
            .text(members, "timezone")
            .map(|zone| zone.to_string()),
        execution_timeout: reader.number(members, "executionTimeout"),
        extra: reader.extra(members, SETTINGS, is_short.then_some(SETTINGS_OTHERS)),
    }
}

/// n8n: every word but `v1` means the older order, so in its files an unknown one is only warned about.
fn execution_order(
    reader: &mut Reader<'_>,
    members: Members<'_>,
    is_short: bool,
) -> Option<ExecutionOrder> {
    let word = members.map.get("executionOrder").and_then(Value::as_str);
    let is_known = word.is_none_or(|word| ORDERS.iter().any(|(known, _)| *known == word));
    if is_known || is_short {
        return reader.word(members, "executionOrder", ORDERS);
    }
    reader.warning(|source| {
        let message = format!("execution order `{}` means `v0`", word.unwrap_or_default());
        let pointer = members.pointer_to("executionOrder");
        source.warning("unknown-value", &pointer, Part::Value, message)
    });
    Some(ExecutionOrder::V0)
}

fn pin_data(reader: &mut Reader<'_>, root: Members<'_>) -> IndexMap<Arc<str>, Vec<Value>> {
    let mut pinned = IndexMap::new();
    let Some(map) = reader.object(root, "pinData") else {
        return pinned;
    };
    let at = root.pointer_to("pinData");
    for (name, items) in map {
        match items {
            Value::Null => {}
            Value::Array(items) => {
                pinned.insert(name.clone(), items.to_vec());
            }
            other => reader.wrong_type(&join(&at, name), None, "a list of items", other),
        }
    }
    pinned
}
