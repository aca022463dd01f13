//! `itemflow nodes`: what there is to build with.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use itemflow_model::definition::NodeDefinition;
use itemflow_model::did_you_mean;
use itemflow_nodes::{Catalog, NodeType};

use crate::args::{NodesCommand, OutputForm};
use crate::commands::nodes_list::{core_nodes, entries, list, print};
use crate::pages::{self, ActionPage, ResourcePages, ServicePages, short_name};
use crate::project;

/// Lists, shows or searches.
pub(crate) fn nodes(command: &NodesCommand, definitions: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let catalog = project::catalog(definitions)?;
    match command {
        NodesCommand::List { service, output } => list(&catalog, service.as_deref(), *output)?,
        NodesCommand::Show { name, output } => show(&catalog, &name.join(" "), *output)?,
        NodesCommand::Search { words } => return search(&catalog, words),
    }
    Ok(ExitCode::SUCCESS)
}

fn search(catalog: &Catalog, words: &[String]) -> anyhow::Result<ExitCode> {
    let words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let services = ServicePages::all(catalog);
    let mut found = entries(&core_nodes(catalog), &services);
    found.retain(|entry| {
        let text = format!("{} {}", entry.name, entry.description).to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()))
    });
    if found.is_empty() {
        anstream::eprintln!("nothing found; `itemflow nodes list` shows all");
        return Ok(ExitCode::from(crate::report::FAILED));
    }
    print(&found);
    Ok(ExitCode::SUCCESS)
}

fn show(catalog: &Catalog, name: &str, form: OutputForm) -> anyhow::Result<()> {
    if let Some(service) = catalog.service(name) {
        let pages = ServicePages::of(service);
        return print_page(service.definition(), form, || Ok(pages.index()));
    }
    if let Some(node_type) = catalog.find(name) {
        let definition = node_type.definition();
        return print_page(definition, form, || Ok(pages::core_page(definition)));
    }
    let services = ServicePages::all(catalog);
    let found = find(&services, name);
    match found[..] {
        [(service, resource, Some(action))] => print_page(action.file, form, || {
            let (_, blocks) = service.action(resource, action, false)?;
            Ok(blocks)
        }),
        [(service, resource, None)] => print_page(&resource.resource.file, form, || {
            Ok(service.resource(resource))
        }),
        [] => bail!(unknown(catalog, &services, name)),
        _ => {
            let names: Vec<String> = found.iter().map(|found| full_name(*found)).collect();
            bail!(
                "`{name}` may be one of several; write one of: {}",
                names.join(", ")
            )
        }
    }
}

/// What a name can mean within a service: a resource, or an action of it.
type Found<'a> = (
    &'a ServicePages<'a>,
    &'a ResourcePages<'a>,
    Option<&'a ActionPage<'a>>,
);

/// The actions and resources of this name; with that of the resource or the service before it, it means one of them.
fn find<'a>(services: &'a [ServicePages<'a>], name: &str) -> Vec<Found<'a>> {
    let wanted = name.to_lowercase();
    let mut found: Vec<Found<'a>> = Vec::new();
    for service in services {
        for resource in &service.resources {
            found.push((service, resource, None));
            let actions = resource.actions.iter();
            found.extend(actions.map(|action| (service, resource, Some(action))));
        }
    }
    found.retain(|found| {
        let full = full_name(*found).to_lowercase();
        // A name begins where a word does, and is never the end of another's name alone.
        let own = match found.2 {
            Some(action) => action.file.operation.to_lowercase(),
            None => found.1.resource.value().to_lowercase(),
        };
        wanted.ends_with(&own) && (full == wanted || full.ends_with(&format!(" {wanted}")))
    });
    found
}

/// Service, resource and action.
fn full_name((service, resource, action): Found<'_>) -> String {
    let service = &service.service.service().file.name;
    let resource = resource.resource.value();
    match action {
        Some(action) => format!("{service} {resource} {}", action.file.operation),
        None => format!("{service} {resource}"),
    }
}

fn unknown(catalog: &Catalog, services: &[ServicePages<'_>], name: &str) -> String {
    let core = core_nodes(catalog);
    let core = core
        .iter()
        .map(|definition: &&NodeDefinition| short_name(&definition.name));
    let actions = services.iter().flat_map(|service| {
        let actions = service
            .resources
            .iter()
            .flat_map(|resource| &resource.actions);
        actions.map(|action| action.file.operation.as_str())
    });
    let services = catalog.services();
    let services = services.map(|service| service.service().file.name.as_str());
    match did_you_mean(name, core.chain(services).chain(actions)) {
        Some(near) => {
            format!("there is no node type or action `{name}`; did you mean `{near}`?")
        }
        None => {
            format!("there is no node type or action `{name}`; `itemflow nodes list` shows all")
        }
    }
}

fn print_page(
    definition: &impl serde::Serialize,
    form: OutputForm,
    page: impl FnOnce() -> anyhow::Result<Vec<pages::Block>>,
) -> anyhow::Result<()> {
    match form {
        OutputForm::Json => anstream::println!("{}", serde_json::to_string_pretty(definition)?),
        OutputForm::Table => anstream::println!("{}", pages::terminal(&page()?).trim_end()),
    }
    Ok(())
}
