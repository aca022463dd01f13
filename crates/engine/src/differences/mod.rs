//! Which of the differences from n8n concern a workflow that was made for it.
//!
//! Each one is an entry of [`entries::DIFFERENCES`]: what differs, in the words of `docs/n8n-differences.md`, and whom it
//! concerns.

mod entries;

use itemflow_model::{Node, Part, Problem, Severity, SourceText, Value, Workflow};
use itemflow_nodes::Catalog;

use self::entries::DIFFERENCES;

/// Most nodes that a note names.
const MAX_NAMED: usize = 5;

/// One thing that Itemflow does differently.
struct Difference {
    /// A stable word for machines.
    id: &'static str,
    /// What differs: the beginning of a line in `docs/n8n-differences.md`.
    text: &'static str,
    /// Whom it concerns.
    concerns: Concerns,
}

/// Whom a difference concerns.
enum Concerns {
    /// Nodes.
    Nodes(fn(&Subject<'_>) -> bool),
    /// The workflow as a whole.
    Workflow(fn(&Workflow) -> bool),
}

/// A node that is looked at.
struct Subject<'a> {
    node: &'a Node,
    /// Its type, without the name of n8n's package.
    kind: &'a str,
    /// Whether it is an action of a declared service.
    is_service: bool,
}

impl Subject<'_> {
    fn sends_requests(&self) -> bool {
        self.is_service || self.kind == "httpRequest"
    }

    fn text(&self, parameter: &str) -> Option<&str> {
        self.node.parameters.get(parameter)?.as_str()
    }

    fn option(&self, name: &str) -> Option<&Value> {
        let collections = ["options", "requestOptions"];
        collections
            .iter()
            .find_map(|collection| self.node.parameters.get(*collection)?.get(name))
    }

    fn is_set(&self, option: &str) -> bool {
        matches!(self.option(option), Some(Value::Bool(true)))
    }

    fn has_batches(&self) -> bool {
        self.option("batching").is_some()
    }

    /// Whether an expression of the node has this name in it.
    fn uses(&self, name: &str) -> bool {
        any_text(&self.node.parameters, &|text| {
            text.starts_with('=') && text.contains(name)
        })
    }

    fn has_text(&self, part: &str) -> bool {
        any_text(&self.node.parameters, &|text| {
            text.to_lowercase().contains(part)
        })
    }
}

/// The differences that concern a workflow made for n8n, each as a note at the first node it concerns; none for a workflow
/// of our own.
pub fn differences(workflow: &Workflow, source: &SourceText, catalog: &Catalog) -> Vec<Problem> {
    // n8n writes every type with the package it comes from.
    let is_made_for_n8n = workflow
        .nodes
        .iter()
        .all(|node| node.node_type.contains('.'));
    if !is_made_for_n8n {
        return Vec::new();
    }
    let subjects: Vec<Subject<'_>> = workflow
        .nodes
        .iter()
        .map(|node| Subject {
            node,
            kind: node.node_type.trim_start_matches("n8n-nodes-base."),
            is_service: catalog.service(&node.node_type).is_some(),
        })
        .collect();
    let pointers = Workflow::node_pointers(source);
    DIFFERENCES
        .iter()
        .filter_map(|difference| match difference.concerns {
            Concerns::Workflow(applies) => applies(workflow)
                .then(|| Problem::note(difference.id, &source.file, difference.text)),
            Concerns::Nodes(applies) => {
                let names: Vec<&str> = subjects
                    .iter()
                    .filter(|subject| !subject.node.disabled && applies(subject))
                    .map(|subject| &*subject.node.name)
                    .collect();
                let first = names.first()?;
                let base = pointers.get(*first).map_or("", String::as_str);
                let at = source.error(
                    difference.id,
                    &format!("{base}/name"),
                    Part::Value,
                    difference.text,
                );
                Some(Problem {
                    severity: Severity::Note,
                    node: Some((*first).to_owned()),
                    help: others(&names[1..]),
                    ..at
                })
            }
        })
        .collect()
}

/// Names the other nodes that a difference concerns.
fn others(names: &[&str]) -> Option<String> {
    if names.is_empty() {
        return None;
    }
    let shown: Vec<String> = names
        .iter()
        .take(MAX_NAMED)
        .map(|name| format!("\"{name}\""))
        .collect();
    let more = match names.len().saturating_sub(MAX_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!("the same for {}{more}", shown.join(", ")))
}

fn any_text(parameters: &itemflow_model::Map, test: &dyn Fn(&str) -> bool) -> bool {
    let mut pending: Vec<&Value> = parameters.values().collect();
    while let Some(value) = pending.pop() {
        match value {
            Value::String(text) if test(text) => return true,
            Value::Array(list) => pending.extend(list.iter()),
            Value::Object(map) => pending.extend(map.values()),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_difference_is_in_the_documentation() {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/n8n-differences.md");
        let page = std::fs::read_to_string(page).unwrap();
        let mut ids = HashSet::new();
        for difference in DIFFERENCES {
            let line = format!("\n| {}", difference.text);
            assert!(page.contains(&line), "{} is not there", difference.text);
            assert!(ids.insert(difference.id), "{} twice", difference.id);
        }
    }

    /// Nodes by type and parameters that together show every difference.
    const NODES: &[(&str, &str)] = &[
        (
            "@devlikeapro/n8n-nodes-chatwoot.chatWoot",
            r#""retryOnFail": true, "credentials": { "chatwootApi": "a" }, "parameters": {}"#,
        ),
        (
            "n8n-nodes-base.httpRequest",
            r#""credentials": { "httpHeaderAuth": "a" }, "parameters": { "method": "HEAD", "url": "={{ $env.A }}", "options": { "batching": {}, "lowercaseHeaders": false } }"#,
        ),
        ("n8n-nodes-base.scheduleTrigger", r#""parameters": {}"#),
        ("n8n-nodes-base.sort", r#""parameters": {}"#),
        (
            "n8n-nodes-base.merge",
            r#""parameters": { "mode": "combine" }"#,
        ),
        (
            "n8n-nodes-base.if",
            r#""parameters": { "conditions": { "string": [{ "operation": "regex" }] } }"#,
        ),
        ("n8n-nodes-base.splitInBatches", r#""parameters": {}"#),
        (
            "n8n-nodes-base.removeDuplicates",
            r#""parameters": { "compare": "allFieldsExcept", "options": { "removeOtherFields": true } }"#,
        ),
        (
            "n8n-nodes-base.removeDuplicates",
            r#""parameters": { "operation": "removeItemsSeenInPreviousExecutions", "options": { "historySize": 5 } }"#,
        ),
        ("n8n-nodes-base.renameKeys", r#""parameters": {}"#),
        ("n8n-nodes-base.debugHelper", r#""parameters": {}"#),
        ("n8n-nodes-base.compareDatasets", r#""parameters": {}"#),
        (
            "n8n-nodes-base.dateTime",
            r#""typeVersion": 1, "parameters": {}"#,
        ),
        (
            "n8n-nodes-base.dateTime",
            r#""typeVersion": 2, "parameters": {}"#,
        ),
        (
            "n8n-nodes-base.crypto",
            r#""parameters": { "action": "encrypt" }"#,
        ),
        ("n8n-nodes-base.html", r#""parameters": {}"#),
        ("n8n-nodes-base.xml", r#""parameters": {}"#),
    ];

    fn found(nodes: &[(&str, &str)], settings: &str) -> Vec<Problem> {
        let nodes: Vec<String> = nodes
            .iter()
            .enumerate()
            .map(|(i, (kind, rest))| {
                format!(r#"{{ "name": "N{i}", "type": "{kind}", "position": [0, {i}], {rest} }}"#)
            })
            .collect();
        let text = format!(
            r#"{{ "nodes": [{}], "connections": {{}}, "settings": {settings} }}"#,
            nodes.join(",")
        );
        let source = SourceText::new("workflow.json", text);
        let (workflow, problems) = Workflow::read(&source).unwrap();
        assert_eq!(problems, []);
        differences(&workflow, &source, &Catalog::embedded())
    }

    #[test]
    fn every_difference_concerns_somebody() {
        let found = found(NODES, "{}");
        let ids: HashSet<&str> = found.iter().map(|note| note.code).collect();
        for difference in DIFFERENCES {
            assert!(ids.contains(difference.id), "{}", difference.id);
        }
        assert!(found.iter().all(|note| note.severity == Severity::Note));
    }

    #[test]
    fn a_workflow_that_none_concerns_has_none() {
        let nodes = [
            ("n8n-nodes-base.manualTrigger", r#""parameters": {}"#),
            (
                "n8n-nodes-base.if",
                r#""parameters": { "a": "={{ $json.a }}" }"#,
            ),
            (
                "n8n-nodes-base.merge",
                r#""parameters": { "mode": "append" }"#,
            ),
            (
                "n8n-nodes-base.sort",
                r#""disabled": true, "parameters": {}"#,
            ),
        ];
        assert_eq!(found(&nodes, "{}"), []);
        let schedule = [("n8n-nodes-base.scheduleTrigger", r#""parameters": {}"#)];
        assert_eq!(found(&schedule, r#"{ "timezone": "Europe/Lisbon" }"#), []);
        assert_eq!(found(&schedule, "{}").len(), 1);
    }

    #[test]
    fn one_note_names_all_nodes_that_it_concerns() {
        let sort = ("n8n-nodes-base.sort", r#""parameters": {}"#);
        let found = found(&[sort; 8], "{}");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].node.as_deref(), Some("N0"));
        let help = found[0].help.as_deref();
        assert_eq!(
            help,
            Some("the same for \"N1\", \"N2\", \"N3\", \"N4\", \"N5\" and 2 more")
        );
    }
}
