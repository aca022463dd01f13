//! Fields that expressions read and that the declared output of a service's action does not have.
//!
//! A service may answer more than its definition lists, so the definition is taken at its word only where it says that
//! nothing else comes (`additionalProperties: false`). Otherwise a field is reported only where it looks like a slip in
//! writing one that is listed.

use itemflow_expression::{Expression, FieldStep, ItemsOf};
use itemflow_model::{OnError, is_slip};
use itemflow_nodes::NodeProblem;

use super::references::{Reader, placed};
use super::shape::{self, Missing};

/// Nodes that pass the items that come in on as they are.
const PASS_ON: &[&str] = &[
    "n8n-nodes-base.filter",
    "n8n-nodes-base.if",
    "n8n-nodes-base.limit",
    "n8n-nodes-base.noOp",
    "n8n-nodes-base.sort",
    "n8n-nodes-base.splitInBatches",
    "n8n-nodes-base.switch",
    "n8n-nodes-base.wait",
];

/// Adds a warning for each field that is not there.
pub(super) fn missing(
    reader: &Reader<'_>,
    expression: &Expression,
    pointer: &str,
    problems: &mut Vec<NodeProblem>,
) {
    for field in &expression.references().fields {
        let sources = match &field.of {
            ItemsOf::Input => sources_of_input(reader, reader.node),
            ItemsOf::Node(name) => reader
                .graph
                .index(name)
                .and_then(|node| sources_of_output(reader, node)),
        };
        let Some(sources) = sources else { continue };
        if let Some(problem) = not_declared(reader, &sources, &field.steps, pointer) {
            problems.push(problem);
        }
    }
}

/// The problem, if none of the nodes declares the field.
fn not_declared(
    reader: &Reader<'_>,
    sources: &[usize],
    steps: &[FieldStep],
    pointer: &str,
) -> Option<NodeProblem> {
    let mut first: Option<(usize, Missing<'_>)> = None;
    for &source in sources {
        let node = &reader.workflow.nodes[source];
        // An item that failed and goes on all the same says why.
        let may_fail = node.error_mode() != OnError::StopWorkflow;
        if may_fail && steps[0].name.as_deref() == Some("error") {
            return None;
        }
        let schema = reader.nodes.nodes[source].as_ref()?.node.output_schema()?;
        let missing = shape::missing(schema, steps)?;
        first.get_or_insert((source, missing));
    }
    let (source, missing) = first?;
    let step = &steps[missing.step];
    let near = slip_of(steps, &missing);
    if near.is_none() && !missing.is_closed {
        return None;
    }
    let path: Vec<&str> = steps[..=missing.step]
        .iter()
        .map(|step| step.name.as_deref().unwrap_or("0"))
        .collect();
    let message = format!(
        "the items of \"{}\" have no declared field `{}`",
        reader.workflow.nodes[source].name,
        path.join(".")
    );
    let help = near.map(|near| format!("did you mean `{near}`?"));
    Some(placed(
        NodeProblem::warning("unknown-field", pointer, message),
        &step.range,
        help,
    ))
}

/// The declared field of which the missing one looks like a slip.
fn slip_of<'s>(steps: &[FieldStep], missing: &Missing<'s>) -> Option<&'s str> {
    let name = steps[missing.step].name.as_deref()?;
    missing
        .names
        .iter()
        .copied()
        .find(|known| is_slip(name, known))
}

/// The nodes whose items come in; `None` where that cannot be known.
fn sources_of_input(reader: &Reader<'_>, node: usize) -> Option<Vec<usize>> {
    let mut sources = Vec::new();
    let mut seen = vec![false; reader.workflow.nodes.len()];
    collect_input(reader, node, &mut seen, &mut sources)?;
    (!sources.is_empty()).then_some(sources)
}

fn sources_of_output(reader: &Reader<'_>, node: usize) -> Option<Vec<usize>> {
    let mut sources = Vec::new();
    let mut seen = vec![false; reader.workflow.nodes.len()];
    collect_output(reader, node, 0, &mut seen, &mut sources)?;
    (!sources.is_empty()).then_some(sources)
}

fn collect_input(
    reader: &Reader<'_>,
    node: usize,
    seen: &mut [bool],
    sources: &mut Vec<usize>,
) -> Option<()> {
    let mut pending = vec![node];
    while let Some(at) = pending.pop() {
        let incoming = reader.graph.incoming(at);
        if incoming.is_empty() {
            return None;
        }
        for incoming in incoming {
            if !incoming.is_main {
                return None;
            }
            if std::mem::replace(&mut seen[incoming.node], true) {
                continue;
            }
            if source_of(reader, incoming.node, incoming.output)? {
                sources.push(incoming.node);
            } else {
                pending.push(incoming.node);
            }
        }
    }
    Some(())
}

fn collect_output(
    reader: &Reader<'_>,
    node: usize,
    output: usize,
    seen: &mut [bool],
    sources: &mut Vec<usize>,
) -> Option<()> {
    if source_of(reader, node, output)? {
        sources.push(node);
        Some(())
    } else {
        collect_input(reader, node, seen, sources)
    }
}

/// Whether the node makes the items of this output itself (`true`) or passes on what came in (`false`).
fn source_of(reader: &Reader<'_>, node: usize, output: usize) -> Option<bool> {
    let stored = &reader.workflow.nodes[node];
    if reader.workflow.pin_data.contains_key(&stored.name) {
        return None;
    }
    if stored.disabled {
        return Some(false);
    }
    let compiled = reader.nodes.nodes[node].as_ref()?;
    if stored.error_mode() == OnError::ContinueErrorOutput && output >= compiled.node.outputs() {
        return None;
    }
    if PASS_ON.contains(&&*compiled.facts.type_name) {
        return Some(false);
    }
    compiled.node.output_schema().map(|_| true)
}

#[cfg(test)]
mod tests {
    use itemflow_model::Value;
    use itemflow_nodes::Catalog;

    use super::*;

    /// Every path of fixed names into a value.
    fn paths(value: &Value, path: &mut Vec<FieldStep>, found: &mut Vec<Vec<FieldStep>>) {
        let mut go = |name: Option<String>, inner: &Value| {
            path.push(FieldStep { name, range: 0..0 });
            found.push(path.clone());
            paths(inner, path, found);
            path.pop();
        };
        match value {
            Value::Object(map) => map
                .iter()
                .for_each(|(name, member)| go(Some(name.to_string()), member)),
            Value::Array(list) => list.iter().for_each(|element| go(None, element)),
            _ => {}
        }
    }

    #[test]
    fn nothing_that_an_example_answers_is_taken_for_a_mistake() {
        let catalog = Catalog::embedded();
        let mut looked_at = 0;
        for service in catalog.services() {
            for resource in &service.service().resources {
                for entry in &resource.actions {
                    let operation = &entry.action().unwrap().operation;
                    let action = service.action(&resource.value(), operation).unwrap();
                    let Some(schema) = &action.response().schema else {
                        continue;
                    };
                    for item in action
                        .examples()
                        .iter()
                        .filter_map(|example| example.items.as_ref())
                        .flatten()
                    {
                        let mut found = Vec::new();
                        paths(item, &mut Vec::new(), &mut found);
                        for path in found {
                            looked_at += 1;
                            let mistaken =
                                shape::missing(schema.source(), &path).filter(|missing| {
                                    missing.is_closed || slip_of(&path, missing).is_some()
                                });
                            assert_eq!(mistaken, None, "{operation}: {path:?}");
                        }
                    }
                }
            }
        }
        assert!(looked_at > 50, "only {looked_at} fields were found");
    }
}
