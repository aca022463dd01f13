//! A node that runs one action: for each item a request is built, sent, and its answer becomes items.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::future::BoxFuture;
use indexmap::IndexMap;
use itemflow_declarative::{
    Action, Authenticator, BuildContext, Outgoing, ParameterRules, Prepared, RequestOptions,
    RequestSpec, Response, Schema, Secrets, build_request, receive,
};
use itemflow_model::definition::{CredentialDefinition, ResponseType};
use itemflow_model::{CredentialRef, ErrorInfo, Item, Map, Value};

use crate::gathered::Gathered;
use crate::host::Credentials;
use crate::node::{Node, Outcome, Step};
use crate::parameters::Parameter;
use crate::run::NodeRun;
use crate::sending::{at, first_of, in_node, retry_failed, send};

/// Warnings about one run that are worth a line each.
const MAX_HINTS: usize = 5;

/// An action with the parameters of one node of a workflow.
pub(crate) struct ActionNode(pub(crate) Arc<Prototype>);

/// What is the same for every run of the node.
pub(crate) struct Prototype {
    pub(crate) action: Arc<Action>,
    pub(crate) rules: ParameterRules,
    /// The action's properties as the node sets them.
    pub(crate) parameters: Vec<Parameter>,
    /// `requestOptions`.
    pub(crate) options: Parameter,
    pub(crate) authentication: Option<Authentication>,
}

/// A type of credential that a service declares.
#[derive(Clone, Debug)]
pub(crate) struct CredentialType {
    pub(crate) definition: CredentialDefinition,
    /// Types that a credential may be stored under: its own, and n8n's that stand for it.
    pub(crate) kinds: Vec<String>,
}

/// The credential of a node.
pub(crate) struct Authentication {
    pub(crate) credential_type: CredentialType,
    pub(crate) name: String,
    /// Whether it signs requests; otherwise it only says where the service is.
    pub(crate) applies: bool,
}

/// A credential that has been loaded.
struct Loaded {
    /// Its fields that are not secret: what `$credentials` shows while a request is built.
    public: Value,
    authenticator: Option<Authenticator>,
}

impl Node for ActionNode {
    fn execute(&self, run: &NodeRun) -> Step {
        let (prototype, run) = (self.0.clone(), run.clone());
        Step::Pending(Box::pin(async move { prototype.run(&run).await }))
    }

    fn output_schema(&self) -> Option<&Value> {
        let response = self.0.action.response();
        let is_json = response.response_type == ResponseType::Json;
        response
            .schema
            .as_ref()
            .filter(|_| is_json)
            .map(Schema::source)
    }

    fn works_by_item(&self) -> bool {
        true
    }

    fn sends_requests(&self) -> bool {
        true
    }

    fn requests<'a>(
        &'a self,
        run: &'a NodeRun,
    ) -> Option<BoxFuture<'a, Result<Vec<RequestSpec>, ErrorInfo>>> {
        Some(Box::pin(async move {
            let loaded = self.0.load(&*run.host.credentials).await;
            let loaded = loaded.map_err(|error| in_node(run, error))?;
            let mut hints = BTreeSet::new();
            (0..run.items().len())
                .map(|item| self.0.request(run, loaded.as_ref(), item, &mut hints))
                .collect()
        }))
    }

    fn try_credentials<'a>(
        &'a self,
        credentials: &'a dyn Credentials,
    ) -> BoxFuture<'a, Result<(), ErrorInfo>> {
        Box::pin(async move { self.0.load(credentials).await.map(drop) })
    }

    fn retries_by_item(&self) -> bool {
        true
    }
}

impl CredentialType {
    /// The name of the credential that a node uses, if it names one of this type.
    pub(crate) fn named(&self, credentials: &IndexMap<String, CredentialRef>) -> Option<String> {
        let mut kinds = self.kinds.iter();
        kinds.find_map(|kind| Some(credentials.get(kind)?.name().to_owned()))
    }

    /// The data of the credential of this name.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) async fn secrets(
        &self,
        credentials: &dyn Credentials,
        name: &str,
    ) -> Result<Secrets, ErrorInfo> {
        for kind in &self.kinds {
            if let Some(data) = credentials.load(kind, name).await? {
                return Ok(Secrets::new(data));
            }
        }
        Err(no_such_credential(credentials, &self.definition.name, name))
    }
}

impl Prototype {
    async fn run(&self, run: &NodeRun) -> Result<Outcome, ErrorInfo> {
        let loaded = self.load(&*run.host.credentials).await;
        let loaded = loaded.map_err(|error| in_node(run, error))?;
        let mut options = self.options(run, 0)?;
        if let (None, Some(retry)) = (&options.retry, run.node.retry) {
            options.retry = Some(retry_failed(retry));
        }
        let options_differ = self.options.template.as_literal().is_none();
        let mut hints = BTreeSet::new();
        let answers = send(run, &options, run.items().len(), |item| {
            let spec = self.request(run, loaded.as_ref(), item, &mut hints)?;
            let own = if options_differ {
                Some(Box::new(self.options(run, item)?))
            } else {
                None
            };
            Ok(Outgoing { spec, options: own })
        })
        .await;
        let mut gathered = Gathered::new(run);
        for (item, answer) in answers.into_iter().enumerate() {
            let received = match answer {
                Ok(answer) => self.receive(run, &answer, &mut hints).await,
                Err(error) => Err(error),
            };
            gathered.add(item, received)?;
        }
        let mut outcome = gathered.outcome();
        outcome.hints = hints.into_iter().take(MAX_HINTS).collect();
        Ok(outcome)
    }

    async fn load(&self, credentials: &dyn Credentials) -> Result<Option<Loaded>, ErrorInfo> {
        let Some(authentication) = &self.authentication else {
            return Ok(None);
        };
        let definition = &authentication.credential_type.definition;
        let secrets = authentication
            .credential_type
            .secrets(credentials, &authentication.name)
            .await?;
        let authenticator = if authentication.applies {
            Some(Authenticator::new(definition, &secrets)?)
        } else {
            None
        };
        Ok(Some(Loaded {
            public: secrets.public(definition),
            authenticator,
        }))
    }

    /// The request of one item, signed.
    fn request(
        &self,
        run: &NodeRun,
        loaded: Option<&Loaded>,
        item: usize,
        hints: &mut BTreeSet<String>,
    ) -> Result<RequestSpec, ErrorInfo> {
        let prepared = self.prepare(run, item)?;
        hints.extend(prepared.warnings.into_iter().map(|warning| warning.message));
        let scope = run.scope(item);
        let items = run.items();
        let binaries = items.get(item).and_then(|item| item.binary.as_deref());
        let context = BuildContext {
            limits: run.host.limits,
            ..BuildContext::new(&scope)
        }
        .credentials(loaded.map(|loaded| &loaded.public))
        .binaries(binaries);
        let spec = build_request(&self.action, &prepared.parameters, &context)
            .map_err(|errors| at(run, item, first_of(errors)))?;
        match loaded.and_then(|loaded| loaded.authenticator.as_ref()) {
            Some(authenticator) => authenticator
                .apply(spec)
                .map_err(|error| at(run, item, error.into())),
            None => Ok(spec),
        }
    }

    fn prepare(&self, run: &NodeRun, item: usize) -> Result<Prepared, ErrorInfo> {
        let mut given = Map::with_capacity_and_hasher(self.parameters.len(), Default::default());
        for parameter in &self.parameters {
            if let Some(value) = run.value(parameter, item)? {
                given.insert(parameter.name.clone(), value);
            }
        }
        self.action
            .validate(&given, self.rules)
            .map_err(|errors| at(run, item, first_of(errors)))
    }

    fn options(&self, run: &NodeRun, item: usize) -> Result<RequestOptions, ErrorInfo> {
        let value = run.value(&self.options, item)?.unwrap_or_default();
        RequestOptions::parse(&value).map_err(|errors| at(run, item, first_of(errors)))
    }

    async fn receive(
        &self,
        run: &NodeRun,
        answer: &Response,
        hints: &mut BTreeSet<String>,
    ) -> Result<Vec<Item>, ErrorInfo> {
        let received = receive(answer, self.action.response())?;
        hints.extend(received.warnings);
        let mut items: Vec<Item> = received.items.into_iter().map(Item::new).collect();
        if let (Some(file), Some(first)) = (received.file, items.first_mut()) {
            let binary = run.host.binaries.store(file).await.map_err(|error| {
                run.error(
                    format!("the answer cannot be kept as a file: {error}"),
                    None,
                    None,
                )
            })?;
            first.binary = Some(Arc::new([("data".into(), binary)].into_iter().collect()));
        }
        Ok(items)
    }
}

/// A credential that a node names and that nobody has.
pub(crate) fn no_such_credential(
    credentials: &dyn Credentials,
    kind: &str,
    name: &str,
) -> ErrorInfo {
    ErrorInfo {
        description: Some(credentials.missing(kind, name)),
        parameter: Some(format!("credentials.{kind}")),
        ..ErrorInfo::operation(format!(
            "there is no credential named \"{name}\" of type `{kind}`"
        ))
    }
}
