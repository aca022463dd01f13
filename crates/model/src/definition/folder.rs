//! A service folder as data: a service, its resources, and its actions, each read when it is first asked for.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::check_mock::check_mock;
use super::load::unknown_credential;
use super::{
    ActionFile, CredentialDefinition, MockFile, ResourceFile, ServiceFile, read_file, title_case,
};
use crate::problem::Problem;
use crate::schema::FileKind;
use crate::source::{Part, SourceText};

/// A loaded service.
#[derive(Debug)]
pub struct Service {
    /// `service.yaml`
    pub file: ServiceFile,
    /// `service.yaml` as text.
    pub source: SourceText,
    /// Its resources in the order of their folders.
    pub resources: Vec<Resource>,
    /// Its credential types in the order of their files.
    pub credentials: Vec<CredentialDefinition>,
    /// `mock.yaml`, where there is one.
    pub mock: Option<MockEntry>,
}

/// One resource: a folder of actions.
#[derive(Debug)]
pub struct Resource {
    /// Name of the folder.
    pub folder: String,
    /// `_resource.yaml`, or its defaults where there is none.
    pub file: ResourceFile,
    /// `_resource.yaml` as text, where there is one.
    pub source: Option<SourceText>,
    /// Its actions in the order of their files.
    pub actions: Vec<ActionEntry>,
}

/// One action, read when it is first needed.
#[derive(Debug)]
pub struct ActionEntry {
    /// The file's name without its extension, for example `new-conversation`.
    pub name: String,
    file: Arc<str>,
    text: Cow<'static, str>,
    parsed: OnceLock<Parsed>,
}

#[derive(Debug)]
struct Parsed {
    source: SourceText,
    action: Result<ActionFile, Vec<Problem>>,
}

/// `mock.yaml`, read when a double is made.
#[derive(Debug)]
pub struct MockEntry {
    file: Arc<str>,
    text: Cow<'static, str>,
    parsed: OnceLock<(SourceText, Result<MockFile, Vec<Problem>>)>,
}

impl MockEntry {
    /// A file that is not read yet.
    pub(super) fn new(file: Arc<str>, text: Cow<'static, str>) -> Self {
        Self {
            file,
            text,
            parsed: OnceLock::new(),
        }
    }

    /// What it says.
    ///
    /// # Errors
    /// Everything that is wrong with it by itself; see [`Service::check`] for what it says of others.
    pub fn mock(&self) -> Result<&MockFile, &[Problem]> {
        self.parsed().1.as_ref().map_err(Vec::as_slice)
    }

    /// Its text, for showing where a problem is.
    pub fn source(&self) -> &SourceText {
        &self.parsed().0
    }

    fn parsed(&self) -> &(SourceText, Result<MockFile, Vec<Problem>>) {
        self.parsed.get_or_init(|| {
            let source = SourceText::new(self.file.clone(), &*self.text);
            let mock = read_file(FileKind::Mock, &source);
            (source, mock)
        })
    }
}

impl ActionEntry {
    /// An action that is not read yet.
    pub(super) fn new(name: &str, file: Arc<str>, text: Cow<'static, str>) -> Self {
        Self {
            name: name.to_owned(),
            file,
            text,
            parsed: OnceLock::new(),
        }
    }

    /// The file as the user knows it.
    pub fn file(&self) -> &Arc<str> {
        &self.file
    }

    /// The action.
    ///
    /// # Errors
    /// Everything that is wrong with its file.
    pub fn action(&self) -> Result<&ActionFile, &[Problem]> {
        self.parsed().action.as_ref().map_err(Vec::as_slice)
    }

    /// The text of its file, for showing where a problem is.
    pub fn source(&self) -> &SourceText {
        &self.parsed().source
    }

    fn parsed(&self) -> &Parsed {
        self.parsed.get_or_init(|| {
            let source = SourceText::new(self.file.clone(), &*self.text);
            let action = read_file(FileKind::Action, &source);
            Parsed { source, action }
        })
    }
}

impl Resource {
    /// Stored value of the `resource` parameter.
    pub fn value(&self) -> Cow<'_, str> {
        match &self.file.resource {
            Some(resource) => Cow::Borrowed(resource),
            None => Cow::Owned(title_case(&self.folder)),
        }
    }

    /// The label.
    pub fn display_name(&self) -> Cow<'_, str> {
        match &self.file.display_name {
            Some(name) => Cow::Borrowed(name),
            None => self.value(),
        }
    }

    /// The action of a stored `operation` value. The file that its name suggests is tried first, so that one action can
    /// be found without reading all the others.
    ///
    /// # Errors
    /// What is wrong with the file that its name suggests; or with all files that cannot be read, when no other holds
    /// the operation.
    pub fn action(&self, operation: &str) -> Result<Option<&ActionEntry>, Vec<Problem>> {
        let expected = kebab_case(operation);
        if let Some(entry) = self.actions.iter().find(|entry| entry.name == expected) {
            let action = entry.action().map_err(<[Problem]>::to_vec)?;
            if action.operation == operation {
                return Ok(Some(entry));
            }
        }
        let mut problems = Vec::new();
        for entry in &self.actions {
            match entry.action() {
                Ok(action) if action.operation == operation => return Ok(Some(entry)),
                Ok(_) => {}
                Err(found) => problems.extend_from_slice(found),
            }
        }
        if problems.is_empty() {
            Ok(None)
        } else {
            Err(problems)
        }
    }
}

impl Service {
    /// The label.
    pub fn display_name(&self) -> Cow<'_, str> {
        match &self.file.display_name {
            Some(name) => Cow::Borrowed(name),
            None => Cow::Owned(title_case(&self.file.name)),
        }
    }

    /// The resource of a stored `resource` value.
    pub fn resource(&self, value: &str) -> Option<&Resource> {
        self.resources
            .iter()
            .find(|resource| resource.value() == value)
    }

    /// The credential type of a name.
    pub fn credential(&self, name: &str) -> Option<&CredentialDefinition> {
        self.credentials
            .iter()
            .find(|credential| credential.name == name)
    }

    /// Reads every action and returns all that is wrong with them, among themselves too.
    pub fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for resource in &self.resources {
            let mut seen: HashMap<&str, &ActionEntry> = HashMap::new();
            for entry in &resource.actions {
                let action = match entry.action() {
                    Ok(action) => action,
                    Err(found) => {
                        problems.extend_from_slice(found);
                        continue;
                    }
                };
                if let Some(first) = seen.insert(&action.operation, entry) {
                    let message = format!(
                        "operation `{}` is already in {}",
                        action.operation, first.file
                    );
                    problems.push(entry.source().error(
                        "duplicate-operation",
                        "/operation",
                        Part::Value,
                        message,
                    ));
                }
                let named = action.credential.as_deref();
                problems.extend(unknown_credential(
                    entry.source(),
                    "/credential",
                    named,
                    &self.file,
                ));
            }
        }
        problems.extend(check_mock(self));
        problems
    }
}

/// `new-conversation` for `New Conversation`.
pub fn kebab_case(operation: &str) -> String {
    let mut name = String::with_capacity(operation.len());
    for c in operation.chars() {
        if c.is_alphanumeric() {
            name.extend(c.to_lowercase());
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    name.truncate(name.trim_end_matches('-').len());
    name
}
