//! What stands on the page of a node: its purpose, facts, parameters, examples, and a workflow to copy.

use itemflow_model::definition::NodeDefinition;

use super::example;
use super::property;
use super::text::{Text, code};
use super::{Block, Table};

/// The whole page.
pub(super) fn of(definition: &NodeDefinition) -> Vec<Block> {
    let mut page = vec![
        Block::Heading(1, definition.display_name.clone()),
        Block::Paragraph(definition.description.as_str().into()),
        Block::List(facts(definition)),
    ];
    let parameters = property::table(&definition.properties);
    if !parameters.rows.is_empty() {
        page.push(Block::Heading(2, "Parameters".into()));
        page.push(Block::Table(parameters));
    }
    if !definition.examples.is_empty() {
        page.push(Block::Heading(2, "Examples".into()));
        for shown in &definition.examples {
            page.extend(example::blocks(definition, shown));
        }
    }
    page.push(Block::Heading(2, "In a workflow".into()));
    page.push(Block::Code {
        language: "yaml",
        text: example::workflow(definition),
    });
    page
}

/// The index of several nodes: `link` gives the address of a node's page.
pub(super) fn index(
    definitions: &[&NodeDefinition],
    link: impl Fn(&NodeDefinition) -> String,
) -> Block {
    let rows = definitions.iter().map(|definition| {
        vec![
            Text::link(&definition.display_name, link(definition)),
            code(short_name(&definition.name)).into(),
            versions(definition).into(),
            definition.description.as_str().into(),
        ]
    });
    Block::Table(Table {
        header: vec!["node", "type", "versions", "what it does"],
        rows: rows.collect(),
    })
}

/// The name that a workflow may write: `set` for `n8n-nodes-base.set`.
pub(crate) fn short_name(name: &str) -> &str {
    name.strip_prefix("n8n-nodes-base.").unwrap_or(name)
}

fn facts(definition: &NodeDefinition) -> Vec<Text> {
    let short = short_name(&definition.name);
    let mut facts = vec![if short == definition.name {
        format!("Type: `{short}`")
    } else {
        format!("Type: `{short}`, in full `{}`", definition.name)
    }];
    facts.push(match definition.versions.len() {
        0 | 1 => format!("Version: {}", versions(definition)),
        _ => format!(
            "Versions: {}; a node without `typeVersion` runs as the last one",
            versions(definition)
        ),
    });
    facts.push(match definition.inputs[..] {
        [] => "Inputs: none, a workflow can start here".into(),
        _ => format!("Inputs: {}", names(&definition.inputs)),
    });
    if !definition.outputs.is_empty() {
        facts.push(format!("Outputs: {}", names(&definition.outputs)));
    }
    if !definition.credentials.is_empty() {
        facts.push(format!("Credentials: {}", names(&definition.credentials)));
    }
    facts.into_iter().map(Text::from).collect()
}

fn versions(definition: &NodeDefinition) -> String {
    let versions: Vec<String> = definition
        .versions
        .iter()
        .map(ToString::to_string)
        .collect();
    versions.join(", ")
}

fn names(list: &[String]) -> String {
    let quoted: Vec<String> = list.iter().map(|name| code(name)).collect();
    quoted.join(", ")
}
