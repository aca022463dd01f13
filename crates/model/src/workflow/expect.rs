//! What a test reads of a workflow: how its run is made (`test`) and what the run must give (`expect`).

use std::sync::Arc;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::arrows::{self, Stop};
use super::connections::Names;
use super::members::{Members, Reader};
use super::{Port, Workflow};
use crate::problem::did_you_mean;
use crate::source::Part;
use crate::value::{Map, Value};
use crate::wording::{describe, join, one_of};

const TEST: &[&str] = &["input", "start", "mock", "now", "seed", "vars"];
const EXPECTATION: &[&str] = &["items", "runs", "subset", "error"];

/// How a test run is made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct TestRun {
    /// Items that the run starts with; absent, one empty item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<Vec<Value>>,
    /// Node to start at; absent, the one that a run by hand starts at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// Send the requests of declared services to stand-ins.
    #[serde(skip_serializing_if = "super::is_false")]
    pub mock: bool,
    /// The present moment of the run, such as `2026-01-31T09:00:00Z`; absent, the machine's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
    /// What chance follows from: equal seeds give equal runs; absent, 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Variables for expressions (`$vars.NAME`).
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub vars: IndexMap<String, String>,
}

/// What is expected of an output of a node, by the node's name and its output in brackets where it is not the first.
pub type Expectations = IndexMap<Arc<str>, Expectation>;

/// What is expected of one output of a node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Expectation {
    /// These items, in each of its runs.
    Items(Vec<Value>),
    /// More than that.
    Detailed(ExpectationDetails),
}

/// The long form of an expectation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ExpectationDetails {
    /// These items, in each of its runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<Value>>,
    /// Exactly these runs, each with its items; an empty list says that the node does not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runs: Option<Vec<Vec<Value>>>,
    /// Items may have members beside the expected ones.
    #[serde(skip_serializing_if = "super::is_false")]
    pub subset: bool,
    /// The node fails with a message that holds this text; the run may end with that failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// An expectation with its key taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected<'a> {
    /// The key as written.
    pub key: &'a Arc<str>,
    /// Name of the node.
    pub node: Arc<str>,
    /// Its output.
    pub output: Port,
    /// What is expected of it.
    pub expectation: &'a Expectation,
    /// JSON pointer of the expectation in the file.
    pub pointer: String,
}

impl TestRun {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Workflow {
    /// What is expected of its nodes. Keys that name none of them are left out: the reader has reported them.
    pub fn expected(&self) -> impl Iterator<Item = Expected<'_>> {
        self.expect.iter().filter_map(|(key, expectation)| {
            let stop = stop(key, &|name| self.node(name).is_some())?;
            self.node(&stop.name)?;
            Some(Expected {
                key,
                node: stop.name,
                output: stop.output.unwrap_or(Port::Index(0)),
                expectation,
                pointer: join("/expect", key),
            })
        })
    }
}

/// Takes a key apart; `None` where its brackets are no output.
fn stop(key: &str, is_node: &dyn Fn(&str) -> bool) -> Option<Stop> {
    let stop = arrows::stop(key, 0..key.len(), is_node).ok()?;
    stop.input.is_none().then_some(stop)
}

/// Reads the member `test`.
pub(super) fn read_test(reader: &mut Reader<'_>, root: Members<'_>, names: &Names) -> TestRun {
    let Some(map) = reader.object(root, "test") else {
        return TestRun::default();
    };
    let pointer = root.pointer_to("test");
    let members = Members {
        map,
        pointer: &pointer,
        node: None,
    };
    refuse_unknown(reader, members, TEST, "`test` takes");
    let start = reader.text(members, "start");
    if let Some(name) = start.as_deref().filter(|name| !names.contains_key(*name)) {
        unknown_node(
            reader,
            &members.pointer_to("start"),
            Part::Value,
            name,
            names,
        );
    }
    TestRun {
        input: map.get("input").and_then(|value| match value {
            Value::Null => None,
            Value::Object(_) => Some(vec![value.clone()]),
            other => items(reader, &members.pointer_to("input"), other),
        }),
        start: start.map(|name| name.to_string()),
        mock: reader.flag(members, "mock"),
        now: reader.text(members, "now").map(|now| now.to_string()),
        seed: seed(reader, members),
        vars: vars(reader, members),
    }
}

/// Reads the member `expect`. Every key must name a node.
pub(super) fn read_expect(
    reader: &mut Reader<'_>,
    root: Members<'_>,
    names: &Names,
) -> Expectations {
    let mut expectations = Expectations::new();
    let Some(map) = reader.object(root, "expect") else {
        return expectations;
    };
    let at = root.pointer_to("expect");
    for (key, value) in map {
        let pointer = join(&at, key);
        match stop(key, &|name| names.contains_key(name)) {
            Some(stop) if names.contains_key(&stop.name) => {}
            Some(stop) => unknown_node(reader, &pointer, Part::Key, &stop.name, names),
            None => reader.error(|source| {
                let message = format!("`{key}` is not a node with one of its outputs");
                source
                    .error("unknown-port", &pointer, Part::Key, message)
                    .help("write `Node`, or `Node [output]` with a name or an index")
            }),
        }
        if let Some(expectation) = expectation(reader, &pointer, value) {
            expectations.insert(key.clone(), expectation);
        }
    }
    expectations
}

fn expectation(reader: &mut Reader<'_>, pointer: &str, value: &Value) -> Option<Expectation> {
    let map = match value {
        Value::Array(_) => return items(reader, pointer, value).map(Expectation::Items),
        Value::Object(map) => map,
        other => {
            reader.wrong_type(pointer, None, "a list of items", other);
            return None;
        }
    };
    let members = Members {
        map,
        pointer,
        node: None,
    };
    refuse_unknown(reader, members, EXPECTATION, "write a list of items, or");
    let details = ExpectationDetails {
        items: present(map, "items")
            .and_then(|value| items(reader, &members.pointer_to("items"), value)),
        runs: present(map, "runs")
            .and_then(|value| runs(reader, &members.pointer_to("runs"), value)),
        subset: reader.flag(members, "subset"),
        error: reader.text(members, "error").map(|text| text.to_string()),
    };
    let given = ["items", "runs"].map(|key| present(map, key).is_some());
    let fault = match (given, present(map, "error")) {
        ([true, true], _) => Some("`items` are those of every run: give either them or `runs`"),
        // A member that means nothing has been reported; it may be a slip of one of these.
        ([false, false], None) if map.keys().all(|key| EXPECTATION.contains(&&**key)) => {
            Some("nothing is expected here")
        }
        _ => None,
    };
    if let Some(message) = fault {
        reader.error(|source| {
            source
                .error("bad-expectation", pointer, Part::Key, message)
                .help("give `items`, `runs` or `error`")
        });
    }
    Some(Expectation::Detailed(details))
}

fn present<'a>(map: &'a Map, key: &str) -> Option<&'a Value> {
    map.get(key).filter(|value| !value.is_null())
}

fn runs(reader: &mut Reader<'_>, pointer: &str, value: &Value) -> Option<Vec<Vec<Value>>> {
    let Some(list) = value.as_array() else {
        reader.wrong_type(pointer, None, "a list of runs, each a list of items", value);
        return None;
    };
    let runs = list.iter().enumerate();
    runs.map(|(index, run)| items(reader, &join(pointer, &index.to_string()), run))
        .collect()
}

fn items(reader: &mut Reader<'_>, pointer: &str, value: &Value) -> Option<Vec<Value>> {
    let Some(list) = value.as_array() else {
        reader.wrong_type(pointer, None, "a list of items", value);
        return None;
    };
    for (index, item) in list.iter().enumerate() {
        if item.as_object().is_none() {
            let pointer = join(pointer, &index.to_string());
            reader.wrong_type(&pointer, None, "an item, which is an object", item);
        }
    }
    Some(list.to_vec())
}

fn seed(reader: &mut Reader<'_>, members: Members<'_>) -> Option<u64> {
    let value = present(members.map, "seed")?;
    let seed = value
        .as_f64()
        .filter(|n| *n >= 0.0 && n.fract() == 0.0 && *n <= 9_007_199_254_740_991.0);
    if seed.is_none() {
        let pointer = members.pointer_to("seed");
        reader.wrong_type(&pointer, None, "a whole number from 0 up", value);
    }
    seed.map(|number| number as u64)
}

fn vars(reader: &mut Reader<'_>, members: Members<'_>) -> IndexMap<String, String> {
    let mut vars = IndexMap::new();
    let Some(map) = reader.object(members, "vars") else {
        return vars;
    };
    let pointer = members.pointer_to("vars");
    let inner = Members {
        map,
        pointer: &pointer,
        node: None,
    };
    for name in map.keys() {
        if let Some(text) = reader.text(inner, name) {
            vars.insert(name.to_string(), text.to_string());
        }
    }
    vars
}

fn refuse_unknown(reader: &mut Reader<'_>, members: Members<'_>, known: &[&str], takes: &str) {
    for key in members.map.keys().filter(|key| !known.contains(&&***key)) {
        reader.error(|source| {
            let message = format!("`{key}` means nothing here");
            let help = match did_you_mean(key, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("{takes} {}", one_of(known)),
            };
            source
                .error(
                    "unknown-member",
                    &members.pointer_to(key),
                    Part::Key,
                    message,
                )
                .help(help)
        });
    }
}

fn unknown_node(reader: &mut Reader<'_>, pointer: &str, part: Part, name: &str, names: &Names) {
    reader.error(|source| {
        let message = format!(
            "the workflow has no node named {}",
            describe(&Value::from(name)).trim_start_matches("the text ")
        );
        let problem = source.error("unknown-node", pointer, part, message);
        match did_you_mean(name, names.keys().map(|name| &**name)) {
            Some(near) => problem.help(format!("did you mean \"{near}\"?")),
            None => problem,
        }
    });
}
