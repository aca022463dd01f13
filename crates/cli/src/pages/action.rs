//! The page of an action of a service.

use itemflow_declarative::{Action, RequestOptions};
use itemflow_model::definition::{
    ActionFile, CredentialDefinition, Property, PropertyOrRef, RequestForm, Resource,
};
use itemflow_model::{Map, Value, yaml};

use super::service::{ServicePages, credential_name};
use super::text::{Text, code, joined, literal};
use super::{Block, example, output, property};

/// Its sections, in this order.
pub(crate) const SECTIONS: [&str; 9] = [
    "Overview",
    "Use Case Examples",
    "Properties",
    "Request Options",
    "Output",
    "Dependencies",
    "Troubleshooting",
    "Workflow",
    "Request",
];

/// What stands in a section that the definition says nothing of.
pub(crate) const NOTHING: &str = "The definition names none.";

/// Where the options that are not on the page are told.
const CONFIGURATION: &str = "../../../configuration.md#request-options";

/// Options that the page tells in full: those that n8n has.
const SHOWN_OPTIONS: [&str; 4] = ["batching", "allowUnauthorizedCerts", "proxy", "timeout"];

/// The whole page. `configuration` says whether the page about configuration is where a link can lead to.
pub(super) fn page(
    pages: &ServicePages<'_>,
    resource: &Resource,
    file: &ActionFile,
    action: &Action,
    configuration: bool,
) -> Vec<Block> {
    let service = pages.service.service();
    let mut page = vec![
        Block::Heading(1, title(file)),
        Block::Paragraph(
            Text::link(service.display_name(), "../README.md")
                .and(" / ")
                .and(Text::link(
                    resource.display_name(),
                    format!("../README.md#{}", super::anchor(&resource.display_name())),
                )),
        ),
    ];
    let parameters = parameters(file, action);
    for section in SECTIONS {
        page.push(Block::Heading(2, section.into()));
        page.extend(match section {
            "Overview" => overview(&service.file.name, resource, file, action),
            "Use Case Examples" => list(&file.use_cases),
            "Properties" => properties(action),
            "Request Options" => request_options(action, configuration),
            "Output" => output::blocks(resource, file, action),
            "Dependencies" => dependencies(pages, resource, file, action),
            "Troubleshooting" => list(&troubleshooting(pages, resource, file)),
            "Workflow" => vec![Block::Code {
                language: "yaml",
                text: workflow(pages, resource, file, action, &parameters),
            }],
            _ => request(file, action, &parameters),
        });
    }
    page
}

/// The label, marked where the service is about to take the action away.
pub(super) fn title(file: &ActionFile) -> String {
    let label = file.display_name.as_ref().unwrap_or(&file.operation);
    if file.deprecated {
        format!("{label} (deprecated)")
    } else {
        label.clone()
    }
}

/// Method and path as the definition writes them.
pub(crate) fn method_and_path(form: &RequestForm) -> String {
    match form {
        RequestForm::Short(text) => super::text::on_one_line(text),
        RequestForm::Long(request) => format!("{} {}", request.method, request.path),
    }
}

/// Paragraphs of a text that may have several.
pub(super) fn paragraphs(text: &str) -> impl Iterator<Item = Block> {
    let parts = text.split("\n\n").filter(|part| !part.trim().is_empty());
    parts.map(|part| Block::Paragraph(part.trim().into()))
}

fn overview(service: &str, resource: &Resource, file: &ActionFile, action: &Action) -> Vec<Block> {
    let mut blocks: Vec<Block> = paragraphs(&file.description).collect();
    if file.deprecated {
        let warning = "Deprecated: the service is about to take this action away.";
        blocks.insert(0, Block::Paragraph(warning.into()));
    }
    let request = format!("{} {}", action.method(), action.path_template());
    blocks.push(Block::List(vec![
        format!(
            "Node: type {}, resource {}, operation {}",
            code(service),
            code(&resource.value()),
            code(&file.operation)
        )
        .into(),
        format!("Request: {}", code(&request)).into(),
    ]));
    blocks
}

fn properties(action: &Action) -> Vec<Block> {
    let table = property::action_table(action.properties());
    if table.rows.is_empty() {
        let none = "The action takes none beside `resource` and `operation`.";
        return vec![Block::Paragraph(none.into())];
    }
    vec![Block::Table(table)]
}

fn request_options(action: &Action, configuration: bool) -> Vec<Block> {
    let all = RequestOptions::property();
    let mut options = Vec::new();
    leaves(&all, "", &mut options);
    let is_shown = |name: &str| {
        SHOWN_OPTIONS
            .iter()
            .any(|shown| name.split('.').next() == Some(shown))
    };
    let (shown, others): (Vec<_>, Vec<_>) =
        options.into_iter().partition(|(name, _)| is_shown(name));
    let others: Vec<String> = others
        .iter()
        .map(|(name, option)| match &option.default {
            Some(default) if default.as_array().is_none() => {
                format!("{} ({})", code(name), literal(default).replace('`', ""))
            }
            _ => code(name),
        })
        .collect();
    let retries = if action.is_repeatable() {
        "`retry` may repeat a request of this action: sent twice, it does what it does once."
    } else {
        "`retry` never repeats a request of this action: sent twice, it might do its work twice."
    };
    let more = format!("There are also {}. ", joined(&others, "and"));
    let more = Text::from(more);
    let more = if configuration {
        more.and("All are told in ")
            .and(Text::link("Configuration", CONFIGURATION))
            .and(". ")
    } else {
        more
    };
    let intro = "All of them may be left out. They stand in the parameter `requestOptions` and are the same for every \
                 action.";
    vec![
        Block::Paragraph(intro.into()),
        Block::Table(property::field_table(&shown)),
        Block::Paragraph(more.and(retries)),
    ]
}

/// The fields of a collection that are no collections themselves, by their paths.
fn leaves<'a>(collection: &'a Property, path: &str, found: &mut Vec<(String, &'a Property)>) {
    for (name, form) in &collection.properties {
        let PropertyOrRef::Property(field) = form else {
            continue;
        };
        let path = match path {
            "" => name.clone(),
            path => format!("{path}.{name}"),
        };
        if field.properties.is_empty() {
            found.push((path, field));
        } else {
            leaves(field, &path, found);
        }
    }
}

fn dependencies(
    pages: &ServicePages<'_>,
    resource: &Resource,
    file: &ActionFile,
    action: &Action,
) -> Vec<Block> {
    let service = pages.service.service();
    let own = match &file.request {
        RequestForm::Long(request) => request.base_url.as_deref(),
        RequestForm::Short(_) => None,
    };
    let base_url = own
        .or(resource.file.request.base_url.as_deref())
        .or(service.file.request.base_url.as_deref())
        .unwrap_or_default();
    let mut facts = Vec::new();
    match action.credential() {
        Some(credential) => {
            let label = credential_label(credential);
            let link = Text::link(&label, format!("../README.md#{}", super::anchor(&label)));
            let named = Text::from("Credential: ")
                .and(link)
                .and(format!(", type {}", code(&credential.name)));
            facts.push(if action.authenticates() {
                named
                    .and(format!(", sent as {}. ", carriers(credential)))
                    .and(super::text::on_one_line(&credential.description))
            } else {
                named.and(
                    ", for its base URL alone. None of its secrets is sent: the action is public.",
                )
            });
        }
        None => facts.push("Credential: none, and none is sent.".into()),
    }
    facts.push(format!("Base URL: {}", base_url_in_words(base_url)).into());
    vec![Block::List(facts)]
}

/// The label of a credential type.
pub(super) fn credential_label(credential: &CredentialDefinition) -> String {
    match &credential.display_name {
        Some(name) => name.clone(),
        None => itemflow_model::definition::title_case(&credential.name),
    }
}

/// How a credential travels: `the header `X-Key``.
pub(super) fn carriers(credential: &CredentialDefinition) -> String {
    let declared = &credential.authenticate;
    let mut carriers: Vec<String> = Vec::new();
    for (what, names) in [
        ("header", &declared.headers),
        ("query parameter", &declared.query),
        ("body member", &declared.body),
    ] {
        let named = names
            .keys()
            .map(|name| format!("the {what} {}", code(name)));
        carriers.extend(named);
    }
    if declared.basic.is_some() {
        carriers.push("user and password of HTTP Basic authentication".into());
    }
    if carriers.is_empty() {
        return "nothing".into();
    }
    joined(&carriers, "and")
}

/// `the credential's `url`` where a base URL is only that.
fn base_url_in_words(text: &str) -> String {
    let expression = text
        .strip_prefix("={{")
        .and_then(|rest| rest.strip_suffix("}}"));
    let field = expression.and_then(|inner| inner.trim().strip_prefix("$credentials."));
    match field {
        Some(field) if field.chars().all(|c| c.is_alphanumeric() || c == '_') => {
            format!("the field {} of the credential", code(field))
        }
        _ if text.is_empty() => "the address in the path".into(),
        _ => code(text.trim_start_matches('=')),
    }
}

/// What can go wrong: with the action, with its resource, with the whole service. Nothing twice.
fn troubleshooting(
    pages: &ServicePages<'_>,
    resource: &Resource,
    file: &ActionFile,
) -> Vec<String> {
    let service = &pages.service.service().file;
    let mut texts: Vec<String> = Vec::new();
    let all = [
        &file.troubleshooting,
        &resource.file.troubleshooting,
        &service.troubleshooting,
    ];
    for text in all.into_iter().flatten() {
        if !texts.contains(text) {
            texts.push(text.clone());
        }
    }
    texts
}

fn list(texts: &[String]) -> Vec<Block> {
    if texts.is_empty() {
        return vec![Block::Paragraph(NOTHING.into())];
    }
    let entries = texts.iter().map(|text| text.as_str().into());
    vec![Block::List(entries.collect())]
}

/// The parameters that the page shows: those of the first example, else a value for whatever is required.
fn parameters(file: &ActionFile, action: &Action) -> Map {
    match file.examples.first() {
        Some(first) => first.parameters.clone(),
        None => {
            let properties = action.properties().iter();
            let required = properties
                .map(|property| (property.name(), property.definition()))
                .filter(|(_, property)| property.required && property.display_options.is_none());
            example::stand_ins(required)
        }
    }
}

/// A whole workflow with the action.
fn workflow(
    pages: &ServicePages<'_>,
    resource: &Resource,
    file: &ActionFile,
    action: &Action,
    parameters: &Map,
) -> String {
    let name = node_name(file);
    let mut all: Map = [
        ("resource".into(), Value::from(&*resource.value())),
        ("operation".into(), Value::from(file.operation.as_str())),
    ]
    .into_iter()
    .collect();
    let given = parameters.iter().map(|(k, v)| (k.clone(), v.clone()));
    all.extend(given);
    let mut text = format!(
        "nodes:\n  - {{ name: Start, type: manualTrigger }}\n  - name: {}\n    type: {}\n",
        yaml::scalar(&name),
        yaml::scalar(&pages.service.service().file.name)
    );
    text.push_str(&yaml::member("parameters", &all.into(), 4));
    if let Some(credential) = action.credential() {
        let named = Value::from([(
            credential.name.as_str(),
            Value::from(credential_name(credential)),
        )]);
        text.push_str(&yaml::member("credentials", &named, 4));
    }
    let arrow = example::arrow_scalar(&format!("Start -> {name}"));
    text.push_str(&format!("connections:\n  - {arrow}\n"));
    text
}

/// The label without what means something in an arrow.
fn node_name(file: &ActionFile) -> String {
    let label = file.display_name.as_ref().unwrap_or(&file.operation);
    let kept = label.chars().map(|c| {
        if c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/') {
            c
        } else {
            ' '
        }
    });
    let name = super::text::on_one_line(&kept.collect::<String>());
    if name.is_empty() || name == "Start" {
        "Action".into()
    } else {
        name
    }
}

fn request(file: &ActionFile, action: &Action, parameters: &Map) -> Vec<Block> {
    let what = match file.examples.first() {
        Some(first) => format!("What the workflow above sends ({}):", first.name),
        None => "What the workflow above sends:".into(),
    };
    match action.sample_curl(parameters) {
        Ok(text) => vec![
            Block::Paragraph(what.into()),
            Block::Code {
                language: "sh",
                text,
            },
        ],
        Err(reasons) => vec![Block::Paragraph(
            format!("It cannot be shown: {}.", reasons.join("; ")).into(),
        )],
    }
}
