//! The services of `node-definitions/`: those in the binary and those in folders of the user's own.

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use itemflow_declarative::{Action, DefinitionError, DefinitionFile};
use itemflow_model::definition::{ActionEntry, Resource, Service, ServiceSources};
use itemflow_model::{Part, Problem, Severity, SourceText};
use rust_embed::RustEmbed;

use crate::completeness;

/// The folder beside the services that holds the JSON Schemas of these files.
const SCHEMAS: &str = "schema";

/// The definitions that every binary has.
#[derive(RustEmbed)]
#[folder = "../../node-definitions"]
struct Embedded;

/// The files of the services in the binary, by service.
pub(crate) fn embedded() -> Vec<ServiceSources> {
    let mut services: IndexMap<String, Vec<(String, Cow<'static, str>)>> = IndexMap::new();
    for path in Embedded::iter() {
        let Some((folder, name)) = path.split_once('/') else {
            continue;
        };
        if folder == SCHEMAS {
            continue;
        }
        let Some(file) = Embedded::get(&path) else {
            continue;
        };
        let text = match file.data {
            Cow::Borrowed(bytes) => std::str::from_utf8(bytes).map(Cow::Borrowed).ok(),
            Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).ok(),
        };
        let text = text.expect("embedded definitions are UTF-8, which a test checks");
        services
            .entry(folder.to_owned())
            .or_default()
            .push((name.to_owned(), text));
    }
    let sources = |(folder, files)| ServiceSources {
        folder: format!("node-definitions/{folder}"),
        files,
    };
    services.into_iter().map(sources).collect()
}

/// The folder of the service that a definition file belongs to: the nearest one above it with a `service.yaml`.
pub fn service_folder(file: &Path) -> Option<PathBuf> {
    let is_service = |folder: &Path| {
        ["yaml", "yml", "json"]
            .iter()
            .any(|e| folder.join("service").with_extension(e).is_file())
    };
    // A service has at most one level of folders.
    file.ancestors()
        .skip(1)
        .take(2)
        .find(|folder| is_service(folder))
        .map(Path::to_owned)
}

/// Sorts files into the services they belong to.
pub(crate) fn group(files: Vec<SourceText>) -> Vec<ServiceSources> {
    let mut services: IndexMap<PathBuf, Vec<(String, Cow<'static, str>)>> = IndexMap::new();
    for file in files {
        let path = Path::new(&*file.file).to_owned();
        let Some(folder) = service_folder(&path) else {
            continue;
        };
        let Ok(name) = path.strip_prefix(&folder) else {
            continue;
        };
        let name = name
            .iter()
            .map(|part| part.to_string_lossy())
            .collect::<Vec<_>>()
            .join("/");
        services
            .entry(folder)
            .or_default()
            .push((name, Cow::Owned(file.text.to_string())));
    }
    let sources = |(folder, files): (PathBuf, _)| ServiceSources {
        folder: folder.display().to_string(),
        files,
    };
    services.into_iter().map(sources).collect()
}

/// Everything that is wrong with definition files: their form, what they refer to, their schemas and examples; and, as
/// warnings, what their pages lack.
pub fn check_services(files: Vec<SourceText>) -> Vec<Problem> {
    group(files).iter().flat_map(check_service).collect()
}

fn check_service(sources: &ServiceSources) -> Vec<Problem> {
    let (service, mut problems) = match Service::load(sources) {
        Ok(loaded) => loaded,
        Err(problems) => return problems,
    };
    problems.extend(service.check());
    problems.extend(completeness::of_service(&service));
    for resource in &service.resources {
        for entry in &resource.actions {
            problems.extend(check_action(&service, resource, entry));
        }
    }
    // What is wrong with something shared is wrong in every action that has it, and is told once.
    let mut told = HashSet::new();
    problems.retain(|problem| {
        let place = problem.span.map(|span| span.start);
        told.insert((problem.file.clone(), place, problem.message.clone()))
    });
    problems
}

fn check_action(service: &Service, resource: &Resource, entry: &ActionEntry) -> Vec<Problem> {
    // What keeps a file from being read is reported by `Service::check`.
    let Ok(file) = entry.action() else {
        return Vec::new();
    };
    let mut lacks = Vec::new();
    let errors = match Action::compile(&service.file, &resource.file, file, &service.credentials) {
        Err(errors) => errors,
        Ok(action) => {
            lacks = completeness::of_action(service, resource, entry, file, &action);
            let schemas = action.check_schemas().err().unwrap_or_default();
            let examples = action.check_examples().err().unwrap_or_default();
            schemas.into_iter().chain(examples).collect()
        }
    };
    errors
        .iter()
        .map(|error| locate(service, resource, entry, error))
        .chain(lacks)
        .collect()
}

/// A fault of a definition at its place.
pub(crate) fn locate(
    service: &Service,
    resource: &Resource,
    entry: &ActionEntry,
    error: &DefinitionError,
) -> Problem {
    let source = match error.file {
        DefinitionFile::Service | DefinitionFile::Credential => &service.source,
        DefinitionFile::Resource => resource.source.as_ref().unwrap_or_else(|| entry.source()),
        DefinitionFile::Action => entry.source(),
    };
    let pointer = if error.file == DefinitionFile::Credential {
        "/credentials"
    } else {
        error.pointer.as_str()
    };
    Problem {
        severity: Severity::Error,
        help: error.help.clone(),
        ..source.error(error.code, pointer, Part::Value, error.message.clone())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// What is wrong with a service, a line for each problem.
    pub(crate) fn check(sources: &ServiceSources) -> Vec<String> {
        let problems = check_service(sources);
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_embedded_definition_is_sound() {
        let sources = embedded();
        assert!(!sources.is_empty());
        for service in &sources {
            let problems = check(service);
            assert!(problems.is_empty(), "{}", problems.join("\n"));
        }
    }
}
