//! `docs/core-nodes.md` is written from the definitions of the core nodes. `ITEMFLOW_UPDATE=1` writes it anew.

use std::fmt::Write;
use std::fs;

use itemflow_model::definition::{NodeDefinition, Property, PropertyOrRef};
use itemflow_nodes::{Catalog, NodeType};

use crate::{files, root};

const PAGE: &str = "docs/core-nodes.md";
const HEAD: &str = "# Core nodes

Written from the nodes' own definitions; `ITEMFLOW_UPDATE=1 cargo test -p itemflow-cli --test tidy` writes it anew.
`itemflow nodes show NAME` shows the same on the command line, and the actions of services too.

A type is written in full as n8n does (`n8n-nodes-base.set`) or short (`set`). A node without `typeVersion` runs as the
last version listed here.
";

#[test]
fn the_page_of_the_core_nodes_is_what_their_definitions_say() {
    let page = page();
    let path = root().join(PAGE);
    if std::env::var_os("ITEMFLOW_UPDATE").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "{PAGE} is out of date: run `ITEMFLOW_UPDATE=1 cargo test -p itemflow-cli --test tidy`"
    );
}

#[test]
fn every_core_node_is_in_the_catalog() {
    let catalog = fs::read_to_string(root().join("crates/nodes/src/catalog.rs")).unwrap();
    let mut found = 0;
    for (path, text) in files("crates/nodes/src/core", ".rs") {
        if path.ends_with("tests.rs") {
            continue;
        }
        for rest in text.split("\nimpl NodeType for ").skip(1) {
            let name = rest.split_whitespace().next().unwrap();
            found += 1;
            assert!(
                catalog.contains(&format!("::{name}")),
                "{path}: {name} is not in the catalog"
            );
        }
    }
    assert_eq!(found, Catalog::default().all().count());
}

fn page() -> String {
    let catalog = Catalog::default();
    let mut nodes: Vec<&NodeDefinition> = catalog.all().map(NodeType::definition).collect();
    nodes.sort_by_key(|definition| &definition.display_name);
    let mut page = HEAD.to_owned();
    for definition in nodes {
        section(&mut page, definition).unwrap();
    }
    page
}

fn section(page: &mut String, definition: &NodeDefinition) -> std::fmt::Result {
    let short = definition
        .name
        .strip_prefix("n8n-nodes-base.")
        .unwrap_or(&definition.name);
    writeln!(page, "\n## {}\n", definition.display_name)?;
    writeln!(page, "{}\n", definition.description)?;
    let versions: Vec<String> = definition
        .versions
        .iter()
        .map(ToString::to_string)
        .collect();
    writeln!(page, "- Type: `{short}`")?;
    writeln!(page, "- Versions: {}", versions.join(", "))?;
    list(page, "Inputs", &definition.inputs)?;
    list(page, "Outputs", &definition.outputs)?;
    list(page, "Credentials", &definition.credentials)?;
    if definition.properties.is_empty() {
        return Ok(());
    }
    writeln!(page, "\n| parameter | type | default | meaning |")?;
    writeln!(page, "|---|---|---|---|")?;
    for (name, property) in &definition.properties {
        row(page, name, property)?;
    }
    Ok(())
}

fn list(page: &mut String, title: &str, names: &[String]) -> std::fmt::Result {
    match names {
        [] => Ok(()),
        [only] if only == "input" || only == "output" => Ok(()),
        names => writeln!(page, "- {title}: {}", names.join(", ")),
    }
}

/// One parameter, and the fields of a collection under it.
fn row(page: &mut String, name: &str, property: &Property) -> std::fmt::Result {
    let kind = serde_json::to_value(property.kind).unwrap();
    let mut kind = kind.as_str().unwrap().to_owned();
    if !property.options.is_empty() {
        let values = property.options.iter().map(|choice| match choice.value() {
            text if text.as_str().is_some() => format!("`{}`", text.as_str().unwrap_or_default()),
            other => format!("`{other}`"),
        });
        let values: Vec<String> = values.collect();
        write!(kind, ": {}", values.join(", ")).unwrap();
    }
    let default = match &property.default {
        _ if property.required => "required".to_owned(),
        Some(value) if !value.is_null() => format!("`{value}`"),
        _ => String::new(),
    };
    let meaning = property
        .description
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let cells = [kind, default, meaning].map(|cell| cell.replace('|', "\\|"));
    writeln!(page, "| `{name}` | {} |", cells.join(" | "))?;
    for (field, form) in &property.properties {
        if let PropertyOrRef::Property(inner) = form {
            row(page, &format!("{name}.{field}"), inner)?;
        }
    }
    Ok(())
}
