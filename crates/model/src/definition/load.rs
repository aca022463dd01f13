//! Loads a service folder: the service, its credentials and resources at once, an action when it is first asked for.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::folder::{ActionEntry, MockEntry, Resource, Service};
use super::{CredentialDefinition, ResourceFile, ServiceFile, read_file};
use crate::problem::{Problem, did_you_mean};
use crate::schema::FileKind;
use crate::source::{Part, SourceText};
use crate::wording::join;

/// The files of one service, read from a folder or embedded in the program; nothing here touches a disk.
#[derive(Clone, Debug, Default)]
pub struct ServiceSources {
    /// The folder as the user knows it, put before the paths in problems.
    pub folder: String,
    /// Paths within the folder, with `/`, and texts. Files that are no definitions (icons, notes) are passed over.
    pub files: Vec<(String, Cow<'static, str>)>,
}

impl Service {
    /// Loads everything but the actions, and the warnings about it.
    ///
    /// # Errors
    /// All problems of the folder, of `service.yaml`, the credentials and the resources.
    pub fn load(sources: &ServiceSources) -> Result<(Self, Vec<Problem>), Vec<Problem>> {
        Loader::new(sources).load()
    }
}

/// What a path within a service folder says that the file is.
enum Role<'p> {
    Service,
    Credential,
    Resource(&'p str),
    Action(&'p str, &'p str),
    Mock,
    /// Not a definition.
    Other,
    /// A definition where none is looked for.
    Stray,
}

fn role(path: &str) -> Role<'_> {
    let Some((rest, "yaml" | "yml" | "json")) = path.rsplit_once('.') else {
        return Role::Other;
    };
    let segments: Vec<&str> = rest.split('/').collect();
    match segments.as_slice() {
        ["service"] => Role::Service,
        ["mock"] => Role::Mock,
        ["credentials", _] => Role::Credential,
        [folder, "_resource"] => Role::Resource(folder),
        [folder, name] => Role::Action(folder, name),
        _ => Role::Stray,
    }
}

struct Loader<'a> {
    sources: &'a ServiceSources,
    errors: Vec<Problem>,
    warnings: Vec<Problem>,
    services: Vec<(ServiceFile, SourceText)>,
    credentials: Vec<(CredentialDefinition, SourceText)>,
    resources: Vec<Resource>,
    mock: Option<MockEntry>,
}

impl<'a> Loader<'a> {
    fn new(sources: &'a ServiceSources) -> Self {
        Self {
            sources,
            errors: Vec::new(),
            warnings: Vec::new(),
            services: Vec::new(),
            credentials: Vec::new(),
            resources: Vec::new(),
            mock: None,
        }
    }

    fn load(mut self) -> Result<(Service, Vec<Problem>), Vec<Problem>> {
        let mut files: Vec<&(String, Cow<'static, str>)> = self.sources.files.iter().collect();
        files.sort_by(|a, b| a.0.cmp(&b.0));
        let mut has_service = false;
        for (path, text) in files {
            has_service |= matches!(role(path), Role::Service);
            self.add(path, text.clone());
        }
        let folder = &self.sources.folder;
        if !has_service {
            let file: Arc<str> = self.name_of("service.yaml");
            let message = format!("{folder} has no service.yaml");
            self.errors
                .push(Problem::error("missing-file", &file, message));
        }
        self.check_resources();
        if self.services.len() > 1 {
            let (_, second) = &self.services[1];
            self.errors.push(second.error(
                "duplicate-file",
                "",
                Part::Value,
                "this folder has two service files",
            ));
        }
        if !self.services.is_empty() {
            let (service, source) = self.services.swap_remove(0);
            self.check_credentials(&service, &source);
            if self.errors.is_empty() {
                let service = Service {
                    file: service,
                    source,
                    resources: self.resources,
                    mock: self.mock,
                    credentials: self.credentials.into_iter().map(|(c, _)| c).collect(),
                };
                return Ok((service, self.warnings));
            }
        }
        self.errors.append(&mut self.warnings);
        Err(self.errors)
    }

    fn name_of(&self, path: &str) -> Arc<str> {
        match self.sources.folder.as_str() {
            "" => path.into(),
            folder => format!("{}/{path}", folder.trim_end_matches('/')).into(),
        }
    }

    fn add(&mut self, path: &str, text: Cow<'static, str>) {
        let file = self.name_of(path);
        let source = || SourceText::new(file.clone(), &*text);
        match role(path) {
            Role::Other => {}
            Role::Stray => self.errors.push(
                Problem::error("stray-file", &file, "this file is in no resource")
                    .help("an action is `<resource>/<action>.yaml`, a credential `credentials/<type>.yaml`"),
            ),
            Role::Service => {
                let source = source();
                match read_file(FileKind::Service, &source) {
                    Ok(service) => self.services.push((service, source)),
                    Err(problems) => self.errors.extend(problems),
                }
            }
            Role::Credential => {
                let source = source();
                match read_file(FileKind::Credential, &source) {
                    Ok(credential) => self.credentials.push((credential, source)),
                    Err(problems) => self.errors.extend(problems),
                }
            }
            Role::Resource(folder) => {
                let source = source();
                match read_file(FileKind::Resource, &source) {
                    Ok(file) => self.resource(folder).file = file,
                    Err(problems) => self.errors.extend(problems),
                }
                self.resource(folder).source = Some(source);
            }
            Role::Mock if self.mock.is_some() => {
                let message = "this folder has two mock files";
                self.errors
                    .push(Problem::error("duplicate-file", &file, message));
            }
            Role::Mock => self.mock = Some(MockEntry::new(file, text)),
            Role::Action(folder, name) => {
                let entry = ActionEntry::new(name, file, text);
                self.resource(folder).actions.push(entry);
            }
        }
    }

    fn resource(&mut self, folder: &str) -> &mut Resource {
        // Files come sorted by path, so a folder's files follow each other.
        if self
            .resources
            .last()
            .is_none_or(|last| last.folder != folder)
        {
            self.resources.push(Resource {
                folder: folder.to_owned(),
                file: ResourceFile::default(),
                source: None,
                actions: Vec::new(),
            });
        }
        self.resources.last_mut().expect("one was added just now")
    }

    fn check_resources(&mut self) {
        let mut seen: HashMap<String, &str> = HashMap::new();
        for resource in &self.resources {
            let file = match &resource.source {
                Some(source) => source.file.clone(),
                None => self.name_of(&resource.folder),
            };
            if resource.actions.is_empty() {
                let message = format!("resource folder `{}` has no actions", resource.folder);
                self.errors
                    .push(Problem::error("empty-resource", &file, message));
            }
            let value = resource.value().into_owned();
            if let Some(first) = seen.get(&value) {
                let message = format!("resource `{value}` is already in folder `{first}`");
                let span = resource
                    .source
                    .as_ref()
                    .and_then(|s| s.locate("/resource", Part::Value));
                self.errors
                    .push(Problem::error("duplicate-resource", &file, message).at(span));
            }
            seen.insert(value, &resource.folder);
        }
    }

    fn check_credentials(&mut self, service: &ServiceFile, source: &SourceText) {
        let mut present: HashMap<&str, &SourceText> = HashMap::new();
        for (credential, file) in &self.credentials {
            if let Some(first) = present.insert(&credential.name, file) {
                let message = format!(
                    "credential `{}` is already in {}",
                    credential.name, first.file
                );
                self.errors
                    .push(file.error("duplicate-credential", "/name", Part::Value, message));
            }
            if !service.credentials.contains(&credential.name) {
                let message = format!(
                    "no action can use `{}`: service.yaml does not list it",
                    credential.name
                );
                self.warnings.push(file.warning(
                    "unused-credential",
                    "/name",
                    Part::Value,
                    message,
                ));
            }
        }
        for (i, name) in service.credentials.iter().enumerate() {
            if present.contains_key(&**name) {
                continue;
            }
            let message = format!("there is no credential `{name}` under credentials/");
            let pointer = format!("/credentials/{i}");
            let problem = source.error("missing-credential", &pointer, Part::Value, message);
            self.errors
                .push(match did_you_mean(name, present.keys().copied()) {
                    Some(near) => problem.help(format!("did you mean `{near}`?")),
                    None => problem,
                });
        }
        for (alias, targets) in &service.aliases.credentials {
            let pointer = join("/aliases/credentials", alias);
            for target in targets.as_slice() {
                self.errors
                    .extend(unknown_credential(source, &pointer, Some(target), service));
            }
        }
        for resource in &self.resources {
            if let Some(source) = &resource.source {
                let named = resource.file.credential.as_deref();
                self.errors
                    .extend(unknown_credential(source, "/credential", named, service));
            }
        }
    }
}

/// A problem when a file names a credential type that the service does not list.
pub(super) fn unknown_credential(
    source: &SourceText,
    pointer: &str,
    name: Option<&str>,
    service: &ServiceFile,
) -> Option<Problem> {
    let name = name.filter(|name| !service.credentials.iter().any(|known| known == name))?;
    let message = format!("the service has no credential `{name}`");
    let problem = source.error("missing-credential", pointer, Part::Value, message);
    let known = service.credentials.iter().map(String::as_str);
    Some(match did_you_mean(name, known) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help("list it in service.yaml and describe it under credentials/"),
    })
}
