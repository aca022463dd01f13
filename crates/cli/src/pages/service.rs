//! The pages of a service: an index of its actions by resource, with its credentials, and a page for each action.

use std::collections::HashSet;

use anyhow::anyhow;
use itemflow_model::definition::{
    ActionFile, CredentialDefinition, Resource, kebab_case, title_case,
};
use itemflow_model::yaml;
use itemflow_nodes::{Catalog, ServiceType};

use super::text::{Text, code, first_sentence, joined};
use super::{Block, Table, action};
use crate::report::count;

/// A service whose actions have been read, and where their pages lie.
pub(crate) struct ServicePages<'a> {
    /// The service.
    pub(crate) service: &'a ServiceType,
    /// Its resources in order.
    pub(crate) resources: Vec<ResourcePages<'a>>,
    /// Files of actions that cannot be read.
    pub(crate) broken: Vec<String>,
}

/// A resource and its actions.
pub(crate) struct ResourcePages<'a> {
    /// The resource.
    pub(crate) resource: &'a Resource,
    /// Its actions in order.
    pub(crate) actions: Vec<ActionPage<'a>>,
    folder: String,
}

/// An action and its page.
pub(crate) struct ActionPage<'a> {
    /// The action.
    pub(crate) file: &'a ActionFile,
    name: String,
}

impl<'a> ServicePages<'a> {
    /// Reads all actions of all services.
    pub(crate) fn all(catalog: &'a Catalog) -> Vec<Self> {
        catalog
            .services()
            .map(|service| Self::of(service))
            .collect()
    }

    /// Reads all actions of a service.
    pub(crate) fn of(service: &'a ServiceType) -> Self {
        let mut broken = Vec::new();
        let mut folders = HashSet::new();
        let resources = service.service().resources.iter().map(|resource| {
            let mut names = HashSet::new();
            let mut actions = Vec::new();
            for entry in &resource.actions {
                match entry.action() {
                    Ok(file) => {
                        let name = unique(&entry.name, &mut names);
                        actions.push(ActionPage { file, name });
                    }
                    Err(_) => broken.push(entry.file().to_string()),
                }
            }
            let folder = unique(&resource.folder, &mut folders);
            ResourcePages {
                resource,
                actions,
                folder,
            }
        });
        let resources = resources.collect();
        Self {
            service,
            resources,
            broken,
        }
    }

    /// How many actions there are.
    pub(crate) fn actions(&self) -> usize {
        self.resources.iter().map(|one| one.actions.len()).sum()
    }

    /// `115 actions in 29 resources`
    pub(crate) fn counts(&self) -> String {
        format!(
            "{} in {}",
            count(self.actions(), "action"),
            count(self.resources.len(), "resource")
        )
    }

    /// The page of an action, with the name of its file from the folder of the service.
    ///
    /// # Errors
    /// What is wrong with its definition.
    pub(crate) fn action(
        &self,
        resource: &ResourcePages<'_>,
        page: &ActionPage<'_>,
        configuration: bool,
    ) -> anyhow::Result<(String, Vec<Block>)> {
        let value = resource.resource.value();
        let compiled = self.service.action(&value, &page.file.operation);
        let compiled = compiled.map_err(|problem| anyhow!(problem.message))?;
        let blocks = action::page(self, resource.resource, page.file, &compiled, configuration);
        Ok((format!("{}/{}.md", resource.folder, page.name), blocks))
    }

    /// The index.
    pub(crate) fn index(&self) -> Vec<Block> {
        let service = self.service.service();
        let mut index = vec![Block::Heading(1, service.display_name().into_owned())];
        index.extend(action::paragraphs(&service.file.description));
        let mut facts = vec![
            Text::from(self.counts()),
            format!("Type: {}", code(&service.file.name)).into(),
        ];
        let aliases: Vec<String> = service
            .file
            .aliases
            .nodes
            .iter()
            .map(|one| code(one))
            .collect();
        if !aliases.is_empty() {
            let types = joined(&aliases, "and");
            facts.push(format!("Takes the place of n8n's node type {types}").into());
        }
        index.push(Block::List(facts));
        if !service.credentials.is_empty() {
            index.push(Block::Heading(2, "Credentials".into()));
        }
        for credential in &service.credentials {
            index.extend(self.credential(credential));
        }
        index.push(Block::Heading(2, "Resources".into()));
        let rows = self.resources.iter().map(|one| {
            let label = one.resource.display_name();
            let to = format!("#{}", super::anchor(&label));
            vec![
                Text::link(&*label, to),
                one.actions.len().to_string().into(),
                one.resource.file.description.as_str().into(),
            ]
        });
        index.push(Block::Table(Table {
            header: vec!["resource", "actions", "what it is"],
            rows: rows.collect(),
        }));
        for resource in &self.resources {
            index.extend(self.resource(resource));
        }
        if !service.file.troubleshooting.is_empty() {
            index.push(Block::Heading(2, "Troubleshooting".into()));
            let texts = service.file.troubleshooting.iter();
            index.push(Block::List(
                texts.map(|text| text.as_str().into()).collect(),
            ));
        }
        index
    }

    /// The actions of a resource.
    pub(crate) fn resource(&self, resource: &ResourcePages<'_>) -> Vec<Block> {
        let mut blocks = vec![Block::Heading(3, resource.resource.display_name().into())];
        blocks.extend(action::paragraphs(&resource.resource.file.description));
        let rows = resource.actions.iter().map(|page| {
            let to = format!("{}/{}.md", resource.folder, page.name);
            vec![
                Text::link(action::title(page.file), to),
                code(&action::method_and_path(&page.file.request)).into(),
                first_sentence(&page.file.description).into(),
            ]
        });
        blocks.push(Block::Table(Table {
            header: vec!["action", "request", "what it does"],
            rows: rows.collect(),
        }));
        blocks
    }

    fn credential(&self, credential: &CredentialDefinition) -> Vec<Block> {
        let file = &self.service.service().file;
        let mut blocks = vec![Block::Heading(3, action::credential_label(credential))];
        blocks.extend(action::paragraphs(&credential.description));
        let aliases = file.aliases.credentials.iter();
        let standing_for: Vec<String> = aliases
            .filter(|(_, own)| own.as_slice().contains(&credential.name))
            .map(|(alias, _)| code(alias))
            .collect();
        let mut kind = format!("Type: {}", code(&credential.name));
        if !standing_for.is_empty() {
            kind.push_str(&format!(", also n8n's {}", joined(&standing_for, "and")));
        }
        let mut facts = vec![
            kind,
            format!("Sent as: {}", action::carriers(credential)),
            format!("Used by: {}", self.users(credential)),
        ];
        if let Some(test) = &credential.test {
            let request = code(&format!("{} {}", test.method, test.path));
            facts.push(format!(
                "Proved by: {request}, which only a good one passes"
            ));
        }
        blocks.push(Block::List(facts.into_iter().map(Text::from).collect()));
        let rows = credential.properties.iter().map(|field| {
            let property = &field.property;
            let kind = if property.secret { "secret" } else { "text" };
            let required = if property.required { "yes" } else { "" };
            vec![
                code(&field.name).into(),
                kind.into(),
                required.into(),
                property.description.as_str().into(),
            ]
        });
        blocks.push(Block::Table(Table {
            header: vec!["field", "type", "required", "meaning"],
            rows: rows.collect(),
        }));
        blocks.push(Block::Paragraph("In a credentials file:".into()));
        blocks.push(Block::Code {
            language: "yaml",
            text: credential_file(credential),
        });
        blocks
    }

    /// Which actions a credential is for, by their resources.
    fn users(&self, credential: &CredentialDefinition) -> String {
        let file = &self.service.service().file;
        let mut actions = 0;
        let mut resources = Vec::new();
        for one in &self.resources {
            let uses = |page: &&ActionPage<'_>| {
                let named = page.file.credential.as_ref();
                let named = named.or(one.resource.file.credential.as_ref());
                named.or(file.credentials.first()) == Some(&credential.name)
            };
            let here = one.actions.iter().filter(uses).count();
            if here > 0 {
                actions += here;
                let label = one.resource.display_name();
                resources.push(if here == one.actions.len() {
                    label.into_owned()
                } else {
                    format!("{label} ({here} of {})", one.actions.len())
                });
            }
        }
        match resources.len() {
            0 => "no action".into(),
            all if all == self.resources.len() && actions == self.actions() => {
                "every action".into()
            }
            _ => format!(
                "{} of {}",
                count(actions, "action"),
                joined(&resources, "and")
            ),
        }
    }
}

/// The name that a credential has in the snippets of all pages.
pub(super) fn credential_name(credential: &CredentialDefinition) -> String {
    let label = action::credential_label(credential);
    format!("my-{}", ascii_kebab(&label, "credential"))
}

/// What stands in a file of credentials.
fn credential_file(credential: &CredentialDefinition) -> String {
    let name = credential_name(credential);
    let mut text = format!("{name}:\n  type: {}\n", yaml::scalar(&credential.name));
    for field in &credential.properties {
        let property = &field.property;
        let value = if property.secret {
            let variable = ascii_kebab(&title_case(&field.name), "secret");
            format!("${{{}}}", variable.replace('-', "_").to_uppercase())
        } else {
            let default = property.default.as_ref().and_then(|value| value.as_str());
            let shown = default.or(property.placeholder.as_deref());
            yaml::scalar(shown.unwrap_or("…"))
        };
        text.push_str(&format!("  {}: {value}\n", yaml::scalar(&field.name)));
    }
    text
}

/// The name in kebab case, of letters and digits that every file system and every link takes, and unlike all others.
pub(super) fn unique(name: &str, taken: &mut HashSet<String>) -> String {
    let base = ascii_kebab(name, "page");
    let mut name = base.clone();
    let mut number = 2;
    while !taken.insert(name.clone()) {
        name = format!("{base}-{number}");
        number += 1;
    }
    name
}

fn ascii_kebab(name: &str, otherwise: &str) -> String {
    let kept: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
        .collect();
    match kebab_case(kept.trim()) {
        name if name.is_empty() => otherwise.into(),
        name => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_pages_are_plain_and_never_the_same() {
        let mut taken = HashSet::from(["core".to_owned()]);
        for (name, file) in [
            ("new-conversation", "new-conversation"),
            ("New conversation", "new-conversation-2"),
            ("core", "core-2"),
            ("../a)b|c", "a-b-c"),
            ("ação", "a-o"),
            ("…", "page"),
        ] {
            assert_eq!(unique(name, &mut taken), file);
        }
    }
}
