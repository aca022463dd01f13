//! `itemflow nodes list`: core nodes and actions, and how many there are.

use anyhow::bail;
use itemflow_model::definition::NodeDefinition;
use itemflow_model::did_you_mean;
use itemflow_nodes::{Catalog, NodeType};
use serde_json::{Value as Json, json};

use crate::args::OutputForm;
use crate::pages::{ServicePages, first_sentence, method_and_path, short_name};
use crate::report::count;

/// What the core nodes are called where a service could be named.
const CORE: &str = "core";

/// One line of a list.
pub(crate) struct Entry {
    /// Type of a core node; service, resource and operation of an action.
    pub(crate) name: String,
    /// What it does.
    pub(crate) description: String,
}

/// The definitions of the core nodes.
pub(crate) fn core_nodes(catalog: &Catalog) -> Vec<&NodeDefinition> {
    let services: Vec<&str> = catalog
        .services()
        .map(|service| service.service().file.name.as_str())
        .collect();
    let all = catalog.all().map(NodeType::definition);
    all.filter(|d| !services.contains(&d.name.as_str()))
        .collect()
}

/// A line for every node and action.
pub(crate) fn entries(core: &[&NodeDefinition], services: &[ServicePages<'_>]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = core
        .iter()
        .map(|definition| Entry {
            name: short_name(&definition.name).to_owned(),
            description: definition.description.clone(),
        })
        .collect();
    for service in services {
        let name = &service.service.service().file.name;
        for resource in &service.resources {
            for action in &resource.actions {
                let operation = &action.file.operation;
                let mark = if action.file.deprecated {
                    " (deprecated)"
                } else {
                    ""
                };
                entries.push(Entry {
                    name: format!("{name}: {} / {operation}{mark}", resource.resource.value()),
                    description: first_sentence(&action.file.description),
                });
            }
        }
    }
    entries
}

/// Prints the entries with their descriptions in a column.
pub(crate) fn print(entries: &[Entry]) {
    let width = entries
        .iter()
        .map(|entry| entry.name.chars().count())
        .max()
        .unwrap_or(0);
    for entry in entries {
        anstream::println!("{:width$}  {}", entry.name, entry.description);
    }
}

/// Prints everything, or what belongs to one service or to the core, and counts it.
pub(crate) fn list(catalog: &Catalog, only: Option<&str>, form: OutputForm) -> anyhow::Result<()> {
    let core = match only {
        None | Some(CORE) => core_nodes(catalog),
        Some(_) => Vec::new(),
    };
    let services: Vec<ServicePages<'_>> = match only {
        None => ServicePages::all(catalog),
        Some(CORE) => Vec::new(),
        Some(name) => match catalog.service(name) {
            Some(service) => vec![ServicePages::of(service)],
            None => bail!(unknown(catalog, name)),
        },
    };
    match form {
        OutputForm::Json => {
            let list = to_json(&core, &services)?;
            anstream::println!("{}", serde_json::to_string_pretty(&list)?);
        }
        OutputForm::Table => {
            print(&entries(&core, &services));
            anstream::eprintln!("{}", counts(&core, &services, only.is_some()));
        }
    }
    for file in services.iter().flat_map(|service| &service.broken) {
        anstream::eprintln!("{file} cannot be read and is left out; `itemflow check` says why");
    }
    Ok(())
}

/// `29 resources, 115 actions`; with the core nodes and the number of services where nothing was named.
fn counts(core: &[&NodeDefinition], services: &[ServicePages<'_>], is_named: bool) -> String {
    let mut parts = Vec::new();
    if !core.is_empty() {
        parts.push(count(core.len(), "core node"));
    }
    if !is_named {
        parts.push(count(services.len(), "service"));
    }
    if !services.is_empty() {
        let (resources, actions) = totals(services);
        parts.push(count(resources, "resource"));
        parts.push(count(actions, "action"));
    }
    parts.join(", ")
}

fn totals(services: &[ServicePages<'_>]) -> (usize, usize) {
    let resources = services.iter().map(|service| service.resources.len()).sum();
    let actions = services.iter().map(ServicePages::actions).sum();
    (resources, actions)
}

fn to_json(core: &[&NodeDefinition], services: &[ServicePages<'_>]) -> anyhow::Result<Json> {
    let mut nodes: Vec<Json> = Vec::new();
    for definition in core {
        nodes.push(serde_json::to_value(definition)?);
    }
    let mut actions = Vec::new();
    for pages in services {
        nodes.push(serde_json::to_value(pages.service.definition())?);
        for resource in &pages.resources {
            for action in &resource.actions {
                let file = action.file;
                actions.push(json!({
                    "service": pages.service.service().file.name,
                    "resource": resource.resource.value(),
                    "operation": file.operation,
                    "request": method_and_path(&file.request),
                    "deprecated": file.deprecated,
                    "description": file.description,
                }));
            }
        }
    }
    let (resources, total) = totals(services);
    Ok(json!({
        "counts": {
            "coreNodes": core.len(),
            "services": services.len(),
            "resources": resources,
            "actions": total,
        },
        "nodes": nodes,
        "actions": actions,
    }))
}

fn unknown(catalog: &Catalog, name: &str) -> String {
    let services = catalog.services();
    let known = services.map(|service| service.service().file.name.as_str());
    let known: Vec<&str> = known.chain([CORE]).collect();
    match did_you_mean(name, known.iter().copied()) {
        Some(near) => format!("there is no service `{name}`; did you mean `{near}`?"),
        None => format!(
            "there is no service `{name}`; there are: {}",
            known.join(", ")
        ),
    }
}
