//! Arrows, the short form of connections: `A -> B -> C`, `Is urgent [false] -> Later`, `A -> [1] Merge`.

use std::ops::Range;
use std::sync::Arc;

use super::{Connection, Connections, Node, Workflow};
use crate::problem::{Problem, did_you_mean};
use crate::source::SourceText;

/// An arrow whose output or input is given by a name that only the node's type can explain. It becomes a connection
/// in [`Workflow::resolve_ports`].
#[derive(Clone, Debug, PartialEq)]
pub struct Arrow {
    /// The node it starts from.
    pub from: Arc<str>,
    /// The output it starts from.
    pub output: Port,
    /// The node it leads to.
    pub to: Arc<str>,
    /// The input it leads to.
    pub input: Port,
    /// JSON pointer of its text in the file.
    pub pointer: String,
}

/// An output or input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Port {
    /// By index, from 0.
    Index(usize),
    /// By name. `error` is the output that failed items leave through.
    Name(PortName),
}

/// The name of an output or input and where it stands in the arrow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortName {
    /// The name.
    pub name: Arc<str>,
    /// Bytes of the name within the arrow's text.
    pub range: Range<usize>,
}

/// Which side of a node a port is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Where items come in.
    Input,
    /// Where items go out.
    Output,
}

/// One end of an arrow as written.
#[derive(Debug, PartialEq)]
pub(super) struct Stop {
    /// Name of the node.
    pub(super) name: Arc<str>,
    /// Bytes of the name within the arrow.
    pub(super) range: Range<usize>,
    /// What stands in brackets before the name.
    pub(super) input: Option<Port>,
    /// What stands in brackets after the name.
    pub(super) output: Option<Port>,
}

/// Why a text is no arrow, and which bytes of it.
#[derive(Debug, PartialEq)]
pub(super) struct ArrowError {
    pub(super) message: &'static str,
    pub(super) range: Range<usize>,
}

/// Reads the stops of an arrow. `is_node` says whether a text is the name of a node; such a text is never taken apart.
pub(super) fn parse(text: &str, is_node: &dyn Fn(&str) -> bool) -> Result<Vec<Stop>, ArrowError> {
    let parts = split(text)?;
    if parts.len() < 2 {
        return Err(ArrowError {
            message: "an arrow needs `->` between two names",
            range: 0..text.len(),
        });
    }
    let last = parts.len() - 1;
    let mut stops = Vec::with_capacity(parts.len());
    for (i, part) in parts.into_iter().enumerate() {
        let stop = stop(text, part, is_node)?;
        let misplaced = match &stop {
            Stop { input: Some(_), .. } if i == 0 => {
                Some("an input in brackets leads nowhere at the start of an arrow")
            }
            Stop {
                output: Some(_), ..
            } if i == last => Some(
                "an output in brackets leads nowhere at the end of an arrow; an input stands before the name",
            ),
            _ => None,
        };
        if let Some(message) = misplaced {
            return Err(ArrowError {
                message,
                range: stop.range,
            });
        }
        stops.push(stop);
    }
    Ok(stops)
}

/// The ranges between the `->` of a text; an arrow within quotes belongs to a name.
fn split(text: &str) -> Result<Vec<Range<usize>>, ArrowError> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut at = 0;
    let mut at_start = true;
    while let Some(c) = text[at..].chars().next() {
        if at_start && matches!(c, '"' | '\'') {
            let Some(length) = text[at + 1..].find(c) else {
                return Err(ArrowError {
                    message: "the quote is never closed",
                    range: at..text.len(),
                });
            };
            at += length + 2;
            at_start = false;
            continue;
        }
        if text[at..].starts_with("->") && is_spaced(text, at) {
            parts.push(start..at);
            at += 2;
            start = at;
            at_start = true;
            continue;
        }
        at_start = at_start && (c.is_whitespace() || c == '[') || c == ']';
        at += c.len_utf8();
    }
    parts.push(start..text.len());
    Ok(parts)
}

/// Whether the `->` at `at` stands between blanks, brackets or ends, as it must: `a->b` is a name.
fn is_spaced(text: &str, at: usize) -> bool {
    let before = text[..at]
        .chars()
        .next_back()
        .is_none_or(|c| c.is_whitespace() || c == ']');
    let after = text[at + 2..]
        .chars()
        .next()
        .is_none_or(|c| c.is_whitespace() || c == '[');
    before && after
}

/// Reads one end of an arrow, the bytes `part` of `text`.
pub(super) fn stop(
    text: &str,
    part: Range<usize>,
    is_node: &dyn Fn(&str) -> bool,
) -> Result<Stop, ArrowError> {
    let mut range = trim(text, part.clone());
    let plain = |range: Range<usize>, input, output| {
        let name = &text[range.clone()];
        let unquoted = ['"', '\'']
            .iter()
            .find_map(|q| name.strip_prefix(*q)?.strip_suffix(*q));
        Stop {
            name: unquoted.unwrap_or(name).into(),
            range,
            input,
            output,
        }
    };
    if is_node(&text[range.clone()]) {
        return Ok(plain(range, None, None));
    }
    let mut input = None;
    let mut output = None;
    if text[range.clone()].starts_with('[')
        && let Some(length) = text[range.clone()].find(']')
    {
        input = Some(port(
            text,
            range.start + 1..range.start + length,
            Side::Input,
        )?);
        range = trim(text, range.start + length + 1..range.end);
    }
    if !is_node(&text[range.clone()])
        && text[range.clone()].ends_with(']')
        && let Some(length) = text[range.clone()].rfind('[')
    {
        output = Some(port(
            text,
            range.start + length + 1..range.end - 1,
            Side::Output,
        )?);
        range = trim(text, range.start..range.start + length);
    }
    if range.is_empty() {
        return Err(ArrowError {
            message: "the name of a node is missing here",
            range: part,
        });
    }
    Ok(plain(range, input, output))
}

fn port(text: &str, range: Range<usize>, side: Side) -> Result<Port, ArrowError> {
    let range = trim(text, range);
    let name = &text[range.clone()];
    if name.is_empty() {
        return Err(ArrowError {
            message: "the brackets are empty",
            range,
        });
    }
    if let Ok(index) = name.parse::<usize>() {
        return if index < MAX_PORT {
            Ok(Port::Index(index))
        } else {
            Err(ArrowError {
                message: "no node has so many inputs or outputs",
                range,
            })
        };
    }
    let known = match (side, name) {
        (Side::Output, "true" | "done") => Some(0),
        (Side::Output, "false" | "loop") => Some(1),
        _ => None,
    };
    Ok(match known {
        Some(index) => Port::Index(index),
        None => Port::Name(PortName {
            name: name.into(),
            range,
        }),
    })
}

/// Inputs and outputs are counted up to here, so that a number in a file cannot fill the memory.
pub(super) const MAX_PORT: usize = 1_000;

fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + part.len() - part.trim_start().len();
    start..(start + part.trim().len())
}

/// Adds a connection from one output to one input.
pub(super) fn connect(
    connections: &mut Connections,
    from: &Arc<str>,
    output: usize,
    to: &Arc<str>,
    input: usize,
) {
    let slots = connections
        .entry(from.clone())
        .or_default()
        .entry("main".into())
        .or_default();
    if slots.len() <= output {
        slots.resize(output + 1, Vec::new());
    }
    slots[output].push(Connection {
        node: to.clone(),
        kind: "main".into(),
        index: input,
    });
}

impl Workflow {
    /// Turns the arrows that name an output or input into connections. `lookup` gives the index that a node's type
    /// knows by a name; for the output `error` that is the number of its regular outputs, if the node's `onError` gives
    /// it an error output.
    ///
    /// Returns a problem for every name that is unknown; such arrows are dropped.
    pub fn resolve_ports(
        &mut self,
        source: &SourceText,
        lookup: &dyn Fn(&Node, Side, &str) -> Option<usize>,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        for arrow in std::mem::take(&mut self.arrows) {
            let mut resolve = |node: &str, side, port: &Port| match port {
                Port::Index(index) => Some(*index),
                Port::Name(port) => {
                    let node = self.nodes.iter().find(|n| *n.name == *node)?;
                    let index = lookup(node, side, &port.name).filter(|index| *index < MAX_PORT);
                    if index.is_none() {
                        problems.push(unknown_port(source, &arrow, node, side, port));
                    }
                    index
                }
            };
            let output = resolve(&arrow.from, Side::Output, &arrow.output);
            let input = resolve(&arrow.to, Side::Input, &arrow.input);
            if let (Some(output), Some(input)) = (output, input) {
                connect(&mut self.connections, &arrow.from, output, &arrow.to, input);
            }
        }
        problems
    }
}

fn unknown_port(
    source: &SourceText,
    arrow: &Arrow,
    node: &Node,
    side: Side,
    port: &PortName,
) -> Problem {
    let (name, node_name) = (&port.name, &node.name);
    let side_name = match side {
        Side::Input => "input",
        Side::Output => "output",
    };
    let help = if side == Side::Output && **name == *"error" {
        "give the node `onError: continueErrorOutput`".to_owned()
    } else {
        match did_you_mean(name, ["true", "false", "done", "loop", "error"]) {
            Some(word) if side == Side::Output => {
                format!("did you mean `{word}`? an index, from 0, always works")
            }
            _ => "an index, from 0, always works".to_owned(),
        }
    };
    Problem::error(
        "unknown-port",
        &source.file,
        format!("node \"{node_name}\" has no {side_name} named `{name}`"),
    )
    .help(help)
    .node(node_name)
    .at(source.locate_within(&arrow.pointer, port.range.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stops(text: &str) -> Vec<(String, String, String)> {
        let show = |port: &Option<Port>| match port {
            None => String::new(),
            Some(Port::Index(index)) => index.to_string(),
            Some(Port::Name(port)) => {
                assert_eq!(text[port.range.clone()], *port.name);
                port.name.to_string()
            }
        };
        parse(text, &|name| name == "List [x]")
            .unwrap()
            .iter()
            .map(|stop| (show(&stop.input), stop.name.to_string(), show(&stop.output)))
            .collect()
    }

    #[test]
    fn reads_chains_ports_and_quotes() {
        for (text, expected) in [
            ("A -> B", vec![("", "A", ""), ("", "B", "")]),
            (
                "A -> B -> C",
                vec![("", "A", ""), ("", "B", ""), ("", "C", "")],
            ),
            (
                "Is urgent [false] -> Later",
                vec![("", "Is urgent", "1"), ("", "Later", "")],
            ),
            ("A->[1] Merge", vec![]),
            (
                "A [open]->[1] Merge [0]-> B ",
                vec![("", "A", "open"), ("1", "Merge", "0"), ("", "B", "")],
            ),
            (
                "\"a -> b\" [2] -> 'c'",
                vec![("", "a -> b", "2"), ("", "c", "")],
            ),
            (
                "List [x] -> [left] \"a -> b\"",
                vec![("", "List [x]", ""), ("left", "a -> b", "")],
            ),
            (
                "List [x] [1] -> it's",
                vec![("", "List [x]", "1"), ("", "it's", "")],
            ),
            ("a->b -> c", vec![("", "a->b", ""), ("", "c", "")]),
        ] {
            if expected.is_empty() {
                assert!(parse(text, &|_| false).is_err(), "{text}");
                continue;
            }
            let expected: Vec<_> = expected
                .iter()
                .map(|(a, b, c)| (a.to_string(), b.to_string(), c.to_string()))
                .collect();
            assert_eq!(stops(text), expected, "{text}");
        }
    }

    #[test]
    fn says_what_is_no_arrow() {
        for text in [
            "",
            "A",
            "A ->",
            "-> B",
            "A -> -> B",
            "[1] A -> B",
            "A -> B [1]",
            "\"A -> B",
            "A [] -> B",
            "A [99999999] -> B",
        ] {
            assert!(parse(text, &|_| false).is_err(), "{text}");
        }
    }
}
