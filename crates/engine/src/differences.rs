//! Which of the differences from n8n concern a workflow that was made for it.
//!
//! Each one is an entry of [`DIFFERENCES`]: what differs, in the words of `docs/n8n-differences.md`, and whom it concerns.

use itemflow_model::{Node, Part, Problem, Severity, SourceText, Value, Workflow};
use itemflow_nodes::Catalog;

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

const DIFFERENCES: &[Difference] = &[
    Difference {
        id: "invalid-json",
        text: "Invalid JSON in a `json` property is an error with line and column. n8n drops the property without a word.",
        concerns: Concerns::Nodes(|subject| subject.is_service),
    },
    Difference {
        id: "encoded-path",
        text: "Values in a path are percent-encoded. n8n puts them in raw, so that a `/` changes the address.",
        concerns: Concerns::Nodes(|subject| subject.is_service),
    },
    Difference {
        id: "requests-in-flight",
        text: "At most 16 requests of a node are in flight (`maxConcurrency`). n8n starts all at once.",
        concerns: Concerns::Nodes(|subject| subject.sends_requests() && !subject.has_batches()),
    },
    Difference {
        id: "batches",
        text: "A batch waits until the one before has finished. n8n only waits for the interval.",
        concerns: Concerns::Nodes(|subject| subject.sends_requests() && subject.has_batches()),
    },
    Difference {
        id: "user-agent",
        text: "A request names itself `itemflow/VERSION` in `User-Agent`. n8n says `n8n`.",
        concerns: Concerns::Nodes(|subject| subject.sends_requests()),
    },
    Difference {
        id: "credential-origins",
        text: "A credential is sent to the origins in its definition only. n8n sends it wherever the URL points.",
        concerns: Concerns::Nodes(|subject| {
            subject.is_service && !subject.node.credentials.is_empty()
        }),
    },
    Difference {
        id: "credential-redirects",
        text: "A generic credential goes to the address of the request and never follows a redirect elsewhere.",
        concerns: Concerns::Nodes(|subject| {
            subject.kind == "httpRequest" && !subject.node.credentials.is_empty()
        }),
    },
    Difference {
        id: "empty-answers",
        text: "An empty body becomes `{}`, text becomes `{ \"data\": \"…\" }`. n8n puts a bare string where an object belongs.",
        concerns: Concerns::Nodes(|subject| subject.is_service),
    },
    Difference {
        id: "answers-of-http-request",
        text: "An empty answer is `{}` unless text or a file is asked for, and values of a list that are no objects are put under `data`. n8n puts them where an object belongs.",
        concerns: Concerns::Nodes(|subject| subject.kind == "httpRequest"),
    },
    Difference {
        id: "bodies-of-head",
        text: "HEAD, OPTIONS and TRACE send the body as the node says. n8n turns forms into JSON there.",
        concerns: Concerns::Nodes(|subject| {
            subject.kind == "httpRequest"
                && matches!(subject.text("method"), Some("HEAD" | "OPTIONS" | "TRACE"))
        }),
    },
    Difference {
        id: "lower-case-headers",
        text: "Header names travel in lower case, whatever `lowercaseHeaders` says.",
        concerns: Concerns::Nodes(|subject| subject.option("lowercaseHeaders").is_some()),
    },
    Difference {
        id: "retries",
        text: "`retryOnFail` on a node that sends requests repeats only the items that failed, and of those only requests that may be repeated. n8n runs the whole node again.",
        concerns: Concerns::Nodes(|subject| subject.sends_requests() && subject.node.retry_on_fail),
    },
    Difference {
        id: "environment",
        text: "`$env` reads nothing unless `--allow-env NAME` allows that one variable. n8n allows all or none.",
        concerns: Concerns::Nodes(|subject| subject.uses("$env")),
    },
    Difference {
        id: "time-zone",
        text: "A workflow without a time zone uses the machine's. n8n uses America/New_York unless configured.",
        concerns: Concerns::Workflow(|workflow| {
            let has_zone = workflow
                .settings
                .timezone
                .as_deref()
                .is_some_and(|zone| zone != "DEFAULT");
            !has_zone && workflow.nodes.iter().any(uses_time)
        }),
    },
    Difference {
        id: "order-of-mixed-values",
        text: "Sort has one order for mixed values: numbers, then texts regardless of case, then the rest.",
        concerns: Concerns::Nodes(|subject| subject.kind == "sort"),
    },
    Difference {
        id: "merged-items",
        text: "Merge makes at most 1,000,000 items, unless its inputs have more.",
        concerns: Concerns::Nodes(|subject| {
            subject.kind == "merge"
                && matches!(
                    subject.text("mode"),
                    Some("combine" | "multiplex" | "mergeByKey")
                )
        }),
    },
    Difference {
        id: "regular-expressions",
        text: "Regular expressions in conditions stop after a number of steps, with an error.",
        concerns: Concerns::Nodes(|subject| {
            matches!(subject.kind, "if" | "filter" | "switch") && subject.has_text("regex")
        }),
    },
    Difference {
        id: "endless-loops",
        text: "After 100,000 node runs an execution ends as an endless loop. n8n goes on.",
        concerns: Concerns::Nodes(|subject| subject.kind == "splitInBatches"),
    },
];

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

fn uses_time(node: &Node) -> bool {
    let kind = node.node_type.trim_start_matches("n8n-nodes-base.");
    matches!(kind, "scheduleTrigger" | "cron" | "dateTime")
        || any_text(&node.parameters, &|text| {
            text.starts_with('=')
                && ["$now", "$today", "DateTime", "toDateTime", "new Date"]
                    .iter()
                    .any(|name| text.contains(name))
        })
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
}
