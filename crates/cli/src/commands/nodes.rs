//! `itemflow nodes`: what there is to build with.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use itemflow_declarative::Action;
use itemflow_model::definition::{ActionFile, NodeDefinition, Property, Resource, Service};
use itemflow_model::{Map, Value, did_you_mean};
use itemflow_nodes::{Catalog, ServiceType};

use crate::args::{NodesCommand, OutputForm};
use crate::pages::{self, short_name};
use crate::project;

/// Lists, shows or searches.
pub(crate) fn nodes(command: &NodesCommand, definitions: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let catalog = project::catalog(definitions)?;
    match command {
        NodesCommand::List { output } => list(&catalog, *output)?,
        NodesCommand::Show { name, output } => show(&catalog, &name.join(" "), *output)?,
        NodesCommand::Search { words } => return search(&catalog, words),
    }
    Ok(ExitCode::SUCCESS)
}

/// One line of a list.
struct Entry {
    name: String,
    description: String,
}

fn entries(catalog: &Catalog) -> Vec<Entry> {
    let services: Vec<&str> = catalog
        .services()
        .map(|service| service.service().file.name.as_str())
        .collect();
    let core = catalog
        .all()
        .map(itemflow_nodes::NodeType::definition)
        .filter(|d| !services.contains(&d.name.as_str()));
    let mut entries: Vec<Entry> = core
        .map(|definition| Entry {
            name: short_name(&definition.name).to_owned(),
            description: definition.description.clone(),
        })
        .collect();
    for service in catalog.services() {
        for (resource, action) in actions(service.service()) {
            let name = format!(
                "{}: {} / {}",
                service.service().file.name,
                resource.value(),
                action.operation
            );
            entries.push(Entry {
                name,
                description: first_sentence(&action.description).to_owned(),
            });
        }
    }
    entries
}

fn actions(service: &Service) -> impl Iterator<Item = (&Resource, &ActionFile)> {
    service.resources.iter().flat_map(|resource| {
        resource
            .actions
            .iter()
            .filter_map(move |entry| Some((resource, entry.action().ok()?)))
    })
}

fn list(catalog: &Catalog, form: OutputForm) -> anyhow::Result<()> {
    match form {
        OutputForm::Json => {
            let all: Vec<&NodeDefinition> = catalog
                .all()
                .map(itemflow_nodes::NodeType::definition)
                .collect();
            anstream::println!("{}", serde_json::to_string_pretty(&all)?);
        }
        OutputForm::Table => print(&entries(catalog)),
    }
    Ok(())
}

fn search(catalog: &Catalog, words: &[String]) -> anyhow::Result<ExitCode> {
    let words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let mut found = entries(catalog);
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

fn print(entries: &[Entry]) {
    let width = entries
        .iter()
        .map(|entry| entry.name.chars().count())
        .max()
        .unwrap_or(0);
    for entry in entries {
        anstream::println!("{:width$}  {}", entry.name, entry.description);
    }
}

fn show(catalog: &Catalog, name: &str, form: OutputForm) -> anyhow::Result<()> {
    if let (Some(service), OutputForm::Table) = (catalog.service(name), form) {
        show_service(service);
        return Ok(());
    }
    if let Some(node_type) = catalog.find(name) {
        match form {
            OutputForm::Json => {
                anstream::println!("{}", serde_json::to_string_pretty(node_type.definition())?)
            }
            OutputForm::Table => {
                anstream::println!(
                    "{}",
                    pages::terminal_page(node_type.definition()).trim_end()
                )
            }
        }
        return Ok(());
    }
    let wanted = name.to_lowercase();
    for service in catalog.services() {
        for (resource, action) in actions(service.service()) {
            let full = format!("{} {}", resource.value(), action.operation).to_lowercase();
            if action.operation.to_lowercase() == wanted || full == wanted {
                let compiled = service
                    .action(&resource.value(), &action.operation)
                    .map_err(|p| anyhow::anyhow!(p.message))?;
                match form {
                    OutputForm::Json => {
                        anstream::println!("{}", serde_json::to_string_pretty(action)?)
                    }
                    OutputForm::Table => {
                        anstream::println!(
                            "{}",
                            action_page(service, resource, action, &compiled).trim_end()
                        );
                    }
                }
                return Ok(());
            }
        }
    }
    let known = entries(catalog);
    let names = known
        .iter()
        .map(|entry| entry.name.rsplit(" / ").next().unwrap_or(&entry.name));
    match did_you_mean(name, names) {
        Some(near) => bail!("there is no node type or action `{name}`; did you mean `{near}`?"),
        None => bail!("there is no node type or action `{name}`; `itemflow nodes list` shows all"),
    }
}

fn show_service(service: &ServiceType) {
    let file = &service.service().file;
    anstream::println!(
        "{} ({})\n{}\n",
        service.service().display_name(),
        file.name,
        file.description
    );
    let rows: Vec<Entry> = actions(service.service())
        .map(|(resource, action)| Entry {
            name: format!("{} / {}", resource.value(), action.operation),
            description: first_sentence(&action.description).to_owned(),
        })
        .collect();
    print(&rows);
}

fn action_page(
    service: &ServiceType,
    resource: &Resource,
    action: &ActionFile,
    compiled: &Action,
) -> String {
    let mut page = format!(
        "{} / {} ({})\n{}\n\n{} {}\n",
        resource.value(),
        action.operation,
        service.service().file.name,
        action.description.trim(),
        compiled.method(),
        compiled.path_template(),
    );
    section(&mut page, "Use cases", &action.use_cases);
    if !compiled.properties().is_empty() {
        line(&mut page, "\nProperties".into());
    }
    for property in compiled.properties() {
        line(
            &mut page,
            property_line(property.name(), property.definition()),
        );
    }
    match compiled.credential().filter(|_| compiled.authenticates()) {
        Some(credential) => line(&mut page, format!("\nCredential: {}", credential.name)),
        None => line(&mut page, "\nCredential: none is sent".into()),
    }
    section(&mut page, "Troubleshooting", &action.troubleshooting);
    if let Some(example) = action.examples.first() {
        line(&mut page, format!("\nExample: {}", example.name));
        page.push_str(&snippet(service, resource, compiled, &example.parameters));
    }
    page
}

/// A node of a workflow that can be copied; JSON values are YAML too.
fn snippet(
    service: &ServiceType,
    resource: &Resource,
    action: &Action,
    parameters: &Map,
) -> String {
    let mut text = format!(
        "  - name: {0}\n    type: {1}\n    parameters:\n      resource: {2}\n      operation: {0}\n",
        action.operation(),
        service.service().file.name,
        resource.value(),
    );
    for (name, value) in parameters {
        line(&mut text, format!("      {name}: {value}"));
    }
    if let Some(credential) = action.credential() {
        line(
            &mut text,
            format!("    credentials: {{ {}: my-credential }}", credential.name),
        );
    }
    text
}

fn section(page: &mut String, title: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    line(page, format!("\n{title}"));
    for text in lines {
        line(page, format!("  - {text}"));
    }
}

fn property_line(name: &str, property: &Property) -> String {
    let kind = serde_json::to_value(property.kind)
        .ok()
        .and_then(|kind| kind.as_str().map(str::to_owned));
    let mut facts = vec![kind.unwrap_or_default()];
    if property.required {
        facts.push("required".into());
    }
    if let Some(default) = property
        .default
        .as_ref()
        .filter(|default| !default.is_null())
    {
        facts.push(format!("default {default}"));
    }
    if !property.options.is_empty() {
        let values: Vec<String> = property
            .options
            .iter()
            .map(|choice| plain(choice.value()))
            .collect();
        facts.push(format!("one of {}", values.join(", ")));
    }
    format!(
        "  {name} ({})\n      {}",
        facts.join("; "),
        property.description
    )
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn first_sentence(text: &str) -> &str {
    text.split_once(". ")
        .map_or(text.trim(), |(first, _)| first)
}

fn line(page: &mut String, text: String) {
    page.extend([text, "\n".to_owned()]);
}
