//! `Document::import`: all operations of a document, sorted into resources, and the files they make.

use std::collections::HashMap;

use indexmap::IndexMap;
use itemflow_model::definition::{
    AuthenticateMode, CredentialDefinition, QueryStyle, RequestDeclaration, RequestDefaults,
    RequestForm, ResourceFile, ServiceFile, title_case,
};

use super::context::Context;
use super::operation::{Draft, METHODS, Service, Site};
use super::part::Part;
use super::security::{self, Schemes, Security};
use super::servers::Server;
use super::{Document, references};
use crate::lift::{ActionDraft, ResourceDraft, lift};
use crate::names::{self, Taken};
use crate::{Imported, Progress, limits, text, write};

/// What an import is told.
#[derive(Clone, Debug)]
pub struct Options {
    /// The name of the service, by which workflows call it, for example `konverteDigital`.
    pub service: String,
    /// The address that the document came from; servers may be given relative to it.
    pub address: Option<String>,
}

/// The base URL that a credential holds.
const URL_OF_CREDENTIAL: &str = "={{ $credentials.url }}";

impl Document {
    /// Makes the files of a service. `progress` is called after each operation.
    pub fn import(&self, options: &Options, progress: &mut dyn FnMut(Progress)) -> Imported {
        let mut context = Context::new(&self.root);
        for pointer in &self.repeats {
            let why = "it is given more than once; the last one counts";
            context.losses.skipped(pointer, "repeated member", why);
        }
        references::report_all(&self.root, &mut context.losses);
        let made = context.import(options, progress);
        let (losses, losses_omitted) = context.losses.finish(&self.source);
        Imported {
            losses,
            losses_omitted,
            ..made
        }
    }
}

/// An operation and where it stands.
struct Listed {
    path: String,
    method: &'static str,
    item: Part,
    operation: Part,
}

impl Context<'_> {
    fn import(&mut self, options: &Options, progress: &mut dyn FnMut(Progress)) -> Imported {
        let listed = self.operations();
        let asks = listed
            .iter()
            .any(|listed| security::asks(&listed.operation.value));
        self.address.clone_from(&options.address);
        let server = self.server();
        let schemes = self.schemes(&options.service, &server, asks);
        let service = Service {
            server: &server,
            schemes: &schemes,
        };
        let mut drafts = Vec::new();
        let total = listed.len();
        for (i, listed) in listed.iter().enumerate() {
            let site = Site {
                path: &listed.path,
                method: listed.method,
                item: &listed.item,
                operation: &listed.operation,
            };
            drafts.extend(self.draft(&service, &site));
            progress(Progress { done: i + 1, total });
        }
        self.report_passed_over();
        self.report_same_ids(&drafts);
        let uses: Vec<Security> = drafts.iter().map(|draft| draft.security.clone()).collect();
        let mut credentials = schemes.used(&uses);
        if credentials.is_empty() && server.constant().is_none() {
            // Somebody has to say where the service is.
            credentials.push(address_only(&options.service, &server));
        }
        let mut file = self.service_file(options, &server, &credentials);
        let actions = drafts.len();
        let mut resources = self.resources(drafts, &schemes, &credentials);
        if credentials.is_empty() {
            without_credential(&mut resources, &server);
        }
        lift(&mut file, &mut resources);
        Imported {
            files: write::files(&file, &credentials, &resources),
            losses: Vec::new(),
            losses_omitted: 0,
            actions,
            resources: resources.len(),
        }
    }

    /// The operations of all paths in the order of the document.
    fn operations(&mut self) -> Vec<Listed> {
        let mut found = Vec::new();
        for (path, listed) in Part::root(self.root).members_of("paths") {
            if path.starts_with("x-") {
                continue;
            }
            let Some(item) = self.resolve(&listed) else {
                continue;
            };
            if !item.is_object() {
                self.losses
                    .skipped(&listed.pointer, "path", "it holds no operations");
                continue;
            }
            for (key, operation) in item.members() {
                let lower = key.to_lowercase();
                let method = METHODS.iter().find(|method| **method == lower);
                let is_other = matches!(
                    &*lower,
                    "parameters" | "summary" | "description" | "servers" | "$ref"
                );
                let Some(method) = method else {
                    if !is_other && !lower.starts_with("x-") {
                        let why = format!("`{}` is no method that is sent", text::line(&key));
                        self.losses.skipped(&operation.pointer, "operation", why);
                    }
                    continue;
                };
                if !operation.is_object() {
                    self.losses
                        .skipped(&operation.pointer, "operation", "it is no object");
                } else if found.len() >= limits::OPERATIONS {
                    let why = format!("a document has at most {} operations", limits::OPERATIONS);
                    self.losses.skipped("/paths", "operations", why);
                    return found;
                } else {
                    found.push(Listed {
                        path: path.to_string(),
                        method,
                        item: item.clone(),
                        operation,
                    });
                }
            }
        }
        found
    }

    /// What definitions have no word for, once for each kind.
    fn report_passed_over(&mut self) {
        let webhooks = Part::root(self.root).members_of("webhooks").len();
        let counted = [
            ("webhooks", webhooks, "/webhooks".to_owned()),
            ("callbacks", self.callbacks.0, self.callbacks.1.clone()),
            ("links", self.links.0, self.links.1.clone()),
        ];
        for (what, count, pointer) in counted {
            if count > 0 {
                let why = format!("{count} in all; actions only send requests");
                self.losses.skipped(&pointer, what, why);
            }
        }
    }

    fn report_same_ids(&mut self, drafts: &[Draft]) {
        let mut seen: HashMap<&str, &str> = HashMap::new();
        for draft in drafts {
            let Some(id) = &draft.id else { continue };
            if let Some(first) = seen.get(&**id) {
                let why = format!("`{}` is also that of {first}", text::line(id));
                self.losses
                    .weakened(&draft.pointer, "duplicate operationId", why);
            } else {
                seen.insert(id, &draft.pointer);
            }
        }
    }

    fn service_file(
        &self,
        options: &Options,
        server: &Server,
        credentials: &[CredentialDefinition],
    ) -> ServiceFile {
        let info = Part::root(self.root).member("info").unwrap_or_default();
        let title = text::excerpt(
            &text::line(&info.text("title").unwrap_or_default()),
            limits::NAME,
        );
        let about = info
            .text("summary")
            .or_else(|| info.text("description"))
            .unwrap_or_default();
        let about = text::description(&about);
        let base_url = if credentials.is_empty() {
            server.constant()
        } else {
            Some(server.over_credential())
        };
        ServiceFile {
            name: options.service.clone(),
            display_name: (!title.is_empty() && title != title_case(&options.service))
                .then_some(title),
            description: text::line(about.split("\n\n").next().unwrap_or_default()),
            credentials: credentials
                .iter()
                .map(|credential| credential.name.clone())
                .collect(),
            request: RequestDefaults {
                base_url,
                query_style: self.has_lists.then_some(QueryStyle::Repeat),
                ..RequestDefaults::default()
            },
            ..ServiceFile::default()
        }
    }

    /// The drafts by resource, under names that are free.
    fn resources(
        &mut self,
        drafts: Vec<Draft>,
        schemes: &Schemes,
        credentials: &[CredentialDefinition],
    ) -> Vec<ResourceDraft> {
        let mut found: IndexMap<String, (ResourceDraft, Taken, Taken)> = IndexMap::new();
        let default = credentials
            .first()
            .map(|credential| credential.name.as_str());
        for mut draft in drafts {
            let folder = folder_of(&draft.tag);
            let (resource, titles, files) = found.entry(folder.clone()).or_insert_with(|| {
                let resource = ResourceDraft {
                    file: self.resource_file(&folder, &draft.tag),
                    folder: folder.clone(),
                    actions: Vec::new(),
                };
                (resource, Taken::default(), Taken::default())
            });
            let title = titles.claim(&draft.action.operation, ' ');
            if title != draft.action.operation {
                let why = format!(
                    "another action of the resource is called {}; this one is {title}",
                    draft.action.operation
                );
                self.losses.weakened(&draft.pointer, "duplicate name", why);
                draft.action.operation = title;
            }
            match &draft.security {
                Security::Scheme(scheme) => {
                    let named = schemes.credential(scheme);
                    draft.action.credential = named
                        .filter(|name| Some(*name) != default)
                        .map(str::to_owned);
                }
                Security::None if schemes_in(credentials) => {
                    sign_with_nothing(&mut draft.action.request)
                }
                Security::None => {}
            }
            let file = files.claim(&names::file_name(&draft.action.operation, "action"), '-');
            resource.actions.push(ActionDraft {
                file,
                action: draft.action,
                output: draft.output,
                signs: draft.security != Security::None,
            });
        }
        found.into_values().map(|(resource, ..)| resource).collect()
    }

    fn resource_file(&self, folder: &str, tag: &str) -> ResourceFile {
        let tags = Part::root(self.root).elements_of("tags");
        let same = |part: &&Part| {
            part.text("name")
                .is_some_and(|name| folder_of(&name) == folder)
        };
        let about = tags
            .iter()
            .find(same)
            .and_then(|part| part.text("description"));
        // One word is a name such as `AgentBots`; several are a label already.
        let label = if tag.chars().all(char::is_alphanumeric) {
            names::title(tag)
        } else {
            tag.trim_start_matches('=').to_owned()
        };
        let value = text::excerpt(&label, limits::NAME);
        let value = value.trim();
        ResourceFile {
            resource: (!value.is_empty() && value != title_case(folder)).then(|| value.to_owned()),
            description: text::description(&about.unwrap_or_default()),
            ..ResourceFile::default()
        }
    }
}

/// `agent-bots` for the tags `AgentBots` and `Agent bots`.
fn folder_of(tag: &str) -> String {
    names::file_name(&names::title(tag), "resource")
}

/// Whether any of the credentials adds something to requests.
fn schemes_in(credentials: &[CredentialDefinition]) -> bool {
    credentials
        .iter()
        .any(|credential| credential.properties.len() > 1)
}

/// A credential that only says where the service is.
fn address_only(service: &str, server: &Server) -> CredentialDefinition {
    CredentialDefinition {
        name: format!("{service}Api"),
        display_name: None,
        description: "Where the service is.".into(),
        properties: vec![server.url_property()],
        authenticate: itemflow_model::definition::Authenticate::default(),
        origins: vec![URL_OF_CREDENTIAL.into()],
        test: None,
    }
}

fn sign_with_nothing(request: &mut RequestForm) {
    let mut long = match request {
        RequestForm::Long(long) => (**long).clone(),
        RequestForm::Short(short) => {
            let (method, path) = short.split_once(' ').unwrap_or(("", short));
            RequestDeclaration {
                method: method.to_owned(),
                path: path.to_owned(),
                ..RequestDeclaration::default()
            }
        }
    };
    long.authenticate = Some(AuthenticateMode::None);
    *request = RequestForm::Long(Box::new(long));
}

/// Base URLs of single operations name the address itself where no credential holds it.
fn without_credential(resources: &mut [ResourceDraft], server: &Server) {
    let origin = server.origin.clone().unwrap_or_default();
    for action in resources
        .iter_mut()
        .flat_map(|resource| &mut resource.actions)
    {
        if let RequestForm::Long(request) = &mut action.action.request
            && let Some(url) = &mut request.base_url
            && let Some(path) = url.strip_prefix(URL_OF_CREDENTIAL)
        {
            *url = format!("{origin}{path}");
        }
    }
}
