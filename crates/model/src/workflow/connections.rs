//! Reads connections: n8n's object of slots, or our list of arrows.

use std::collections::HashMap;
use std::sync::Arc;

use super::arrows::{self, MAX_PORT};
use super::members::{Members, Reader};
use super::{Arrow, Connection, Connections, Port};
use crate::problem::{Problem, did_you_mean};
use crate::source::Part;
use crate::value::Value;
use crate::wording::join;

/// The nodes of the workflow by name, so that every connection shares the node's own name.
pub(super) type Names = HashMap<Arc<str>, ()>;

/// Reads the member `connections` of a workflow. Every name in it must be a node's.
pub(super) fn read(
    reader: &mut Reader<'_>,
    root: Members<'_>,
    names: &Names,
) -> (Connections, Vec<Arrow>) {
    let mut connections = Connections::default();
    let mut unresolved = Vec::new();
    let pointer = root.pointer_to("connections");
    match root.map.get("connections") {
        None | Some(Value::Null) => {}
        Some(Value::Array(list)) => {
            for (i, element) in list.iter().enumerate() {
                let pointer = join(&pointer, &i.to_string());
                match element {
                    Value::String(text) => {
                        arrow(
                            reader,
                            &pointer,
                            text,
                            names,
                            &mut connections,
                            &mut unresolved,
                        );
                    }
                    other => reader.wrong_type(&pointer, None, "an arrow such as `A -> B`", other),
                }
            }
        }
        Some(Value::Object(map)) => {
            let members = Members {
                map,
                pointer: &pointer,
                node: None,
            };
            connections = slots(reader, members, names);
        }
        Some(other) => {
            let expected = "a list of arrows such as `A -> B`, or n8n's object";
            reader.wrong_type(&pointer, None, expected, other);
        }
    }
    (connections, unresolved)
}

fn arrow(
    reader: &mut Reader<'_>,
    pointer: &str,
    text: &str,
    names: &Names,
    connections: &mut Connections,
    unresolved: &mut Vec<Arrow>,
) {
    let stops = match arrows::parse(text, &|name| names.contains_key(name)) {
        Ok(stops) => stops,
        Err(error) => {
            reader.error(|source| {
                Problem::error("arrow-syntax", &source.file, error.message)
                    .help("write `A -> B`, `A [output] -> [input] B`; quote a name that contains ` -> `")
                    .at(source.locate_within(pointer, error.range))
            });
            return;
        }
    };
    let mut complete = true;
    for stop in &stops {
        if !names.contains_key(&stop.name) {
            complete = false;
            let range = stop.range.clone();
            reader.error(|source| {
                missing_node(Problem::error, source, &stop.name, names)
                    .at(source.locate_within(pointer, range))
            });
        }
    }
    if !complete {
        return;
    }
    for pair in stops.windows(2) {
        let output = pair[0].output.clone().unwrap_or(Port::Index(0));
        let input = pair[1].input.clone().unwrap_or(Port::Index(0));
        let (from, to) = (&pair[0].name, &pair[1].name);
        match (&output, &input) {
            (Port::Index(output), Port::Index(input)) => {
                arrows::connect(connections, from, *output, to, *input);
            }
            _ => unresolved.push(Arrow {
                from: from.clone(),
                output,
                to: to.clone(),
                input,
                pointer: pointer.to_owned(),
            }),
        }
    }
}

/// n8n's form: `{ source: { type: [[{ node, type, index }]] } }`, where a slot may be null.
fn slots(reader: &mut Reader<'_>, members: Members<'_>, names: &Names) -> Connections {
    let mut connections = Connections::default();
    for (name, types) in members.map {
        let pointer = members.pointer_to(name);
        if !names.contains_key(name) {
            // n8n leaves such remains behind when a node is renamed or removed, and ignores them.
            reader.warning(|source| {
                missing_node(Problem::warning, source, name, names)
                    .at(source.locate(&pointer, Part::Key))
            });
        }
        let mut by_type = indexmap::IndexMap::new();
        match types {
            Value::Null => {}
            Value::Object(types) => {
                for (kind, outputs) in types.iter() {
                    let pointer = join(&pointer, kind);
                    let outputs = list(reader, &pointer, outputs)
                        .iter()
                        .enumerate()
                        .map(|(i, slot)| {
                            let pointer = join(&pointer, &i.to_string());
                            list(reader, &pointer, slot)
                                .iter()
                                .enumerate()
                                .filter_map(|(i, connection)| {
                                    let pointer = join(&pointer, &i.to_string());
                                    connect(reader, &pointer, connection, names)
                                })
                                .collect()
                        })
                        .collect();
                    by_type.insert(kind.to_string(), outputs);
                }
            }
            other => reader.wrong_type(
                &pointer,
                Some(name),
                "an object such as `{ main: … }`",
                other,
            ),
        }
        connections.insert(name.clone(), by_type);
    }
    connections
}

fn list<'v>(reader: &mut Reader<'_>, pointer: &str, value: &'v Value) -> &'v [Value] {
    match value {
        Value::Array(list) => list,
        Value::Null => &[],
        other => {
            reader.wrong_type(pointer, None, "a list", other);
            &[]
        }
    }
}

fn connect(
    reader: &mut Reader<'_>,
    pointer: &str,
    value: &Value,
    names: &Names,
) -> Option<Connection> {
    let map = match value {
        Value::Object(map) => map,
        Value::Null => return None,
        other => {
            reader.wrong_type(
                pointer,
                None,
                "a connection such as `{ node, type, index }`",
                other,
            );
            return None;
        }
    };
    let members = Members {
        map,
        pointer,
        node: None,
    };
    let Some(node) = reader.text(members, "node") else {
        if map.get("node").is_none_or(Value::is_null) {
            reader.error(|source| {
                source.error(
                    "missing-member",
                    pointer,
                    Part::Value,
                    "this connection has no `node` to lead to",
                )
            });
        }
        return None;
    };
    let Some((node, ())) = names.get_key_value(&node) else {
        reader.error(|source| {
            missing_node(Problem::error, source, &node, names)
                .at(source.locate(&join(pointer, "node"), Part::Value))
        });
        return None;
    };
    let index = reader.number(members, "index").unwrap_or(0.0);
    if index < 0.0 || index.fract() != 0.0 || index >= MAX_PORT as f64 {
        reader.wrong_type(
            &join(pointer, "index"),
            None,
            "the index of an input",
            &index.into(),
        );
        return None;
    }
    Some(Connection {
        node: node.clone(),
        kind: reader
            .text(members, "type")
            .map_or("main".into(), |kind| kind.to_string()),
        index: index as usize,
    })
}

fn missing_node(
    problem: fn(&'static str, &Arc<str>, String) -> Problem,
    source: &crate::source::SourceText,
    name: &str,
    names: &Names,
) -> Problem {
    let problem = problem(
        "missing-node",
        &source.file,
        format!("there is no node named \"{name}\""),
    );
    match did_you_mean(name, names.keys().map(|name| &**name)) {
        Some(other) => problem.help(format!("did you mean \"{other}\"?")),
        None => problem.help("names are written exactly as in `nodes`"),
    }
}
