//! The node at work: requests for all items, sent within the options, and items of the answers.

use std::sync::Arc;

use futures::future::BoxFuture;
use itemflow_declarative::{Outgoing, ParameterError, RequestSpec, Response};
use itemflow_model::{Binaries, ErrorInfo, Item};

use super::auth::{GenericCredential, Loaded};
use super::build::RequestTemplate;
use super::receive::{Received, receive};
use super::settings::Settings;
use crate::host::Credentials;
use crate::node::{Node, Outcome, Step};
use crate::parameters::Parameter;
use crate::run::NodeRun;
use crate::sending::{Gathered, at, first_of, in_node, retry_failed, send};

/// An HTTP Request node of a workflow.
pub(super) struct RequestNode(pub(super) Arc<Compiled>);

/// What is the same for every run of the node.
pub(super) struct Compiled {
    pub(super) request: RequestTemplate,
    pub(super) settings: SettingsTemplate,
    pub(super) credential: Option<GenericCredential>,
}

/// `options` and `requestOptions`.
pub(super) struct SettingsTemplate {
    options: Parameter,
    own: Parameter,
    /// Whether redirects are followed where neither says so.
    follows: bool,
    /// What they say, when it is the same for every item.
    fixed: Option<Settings>,
}

impl Node for RequestNode {
    fn execute(&self, run: &NodeRun) -> Step {
        let (compiled, run) = (self.0.clone(), run.clone());
        Step::Pending(Box::pin(async move { compiled.run(&run).await }))
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
            let settings = self.0.settings.at(run, 0)?;
            let loaded = self.0.load(run).await?;
            (0..run.items().len())
                .map(|item| self.0.request(run, loaded.as_ref(), item, &settings))
                .collect()
        }))
    }

    fn try_credentials<'a>(
        &'a self,
        credentials: &'a dyn Credentials,
    ) -> BoxFuture<'a, Result<(), ErrorInfo>> {
        Box::pin(async move {
            match &self.0.credential {
                Some(credential) => credential.load(credentials).await.map(drop),
                None => Ok(()),
            }
        })
    }

    fn retries_by_item(&self) -> bool {
        true
    }
}

impl SettingsTemplate {
    /// Reads them, if they are the same for every item.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub(super) fn compile(
        options: Parameter,
        own: Parameter,
        follows: bool,
    ) -> Result<Self, Vec<ParameterError>> {
        let fixed = match (options.template.as_literal(), own.template.as_literal()) {
            (Some(options), Some(own)) => Some(Settings::read(options, own, follows)?),
            _ => None,
        };
        Ok(Self {
            options,
            own,
            follows,
            fixed,
        })
    }

    /// What they say, when it is the same for every item.
    pub(super) fn fixed(&self) -> Option<&Settings> {
        self.fixed.as_ref()
    }

    fn at(&self, run: &NodeRun, item: usize) -> Result<Settings, ErrorInfo> {
        if let Some(fixed) = &self.fixed {
            return Ok(fixed.clone());
        }
        let options = run.value(&self.options, item)?.unwrap_or_default();
        let own = run.value(&self.own, item)?.unwrap_or_default();
        Settings::read(&options, &own, self.follows)
            .map_err(|errors| at(run, item, first_of(errors)))
    }
}

impl Compiled {
    async fn run(&self, run: &NodeRun) -> Result<Outcome, ErrorInfo> {
        // The first item's settings hold for the node.
        let settings = self.settings.at(run, 0)?;
        let loaded = self.load(run).await?;
        let mut options = settings.request.clone();
        if let (None, Some(retry)) = (&options.retry, run.node.retry) {
            let mut retry = retry_failed(retry);
            if settings.response.never_error {
                retry.statuses.clear();
            }
            options.retry = Some(retry);
        }
        let answers = send(run, &options, |item| {
            let spec = self.request(run, loaded.as_ref(), item, &settings)?;
            let own = match self.settings.fixed {
                Some(_) => None,
                None => Some(Box::new(self.settings.at(run, item)?.request)),
            };
            Ok(Outgoing { spec, options: own })
        })
        .await;
        let mut gathered = Gathered::new(run);
        for (item, answer) in answers.into_iter().enumerate() {
            let received = match answer {
                Ok(answer) => self.receive(run, item, &answer, &settings).await,
                Err(error) => Err(error),
            };
            gathered.add(item, received)?;
        }
        Ok(gathered.outcome())
    }

    async fn load(&self, run: &NodeRun) -> Result<Option<Loaded>, ErrorInfo> {
        let Some(credential) = &self.credential else {
            return Ok(None);
        };
        let loaded = credential.load(&*run.host.credentials).await;
        loaded.map(Some).map_err(|error| in_node(run, error))
    }

    /// The request of one item, signed.
    fn request(
        &self,
        run: &NodeRun,
        loaded: Option<&Loaded>,
        item: usize,
        settings: &Settings,
    ) -> Result<RequestSpec, ErrorInfo> {
        let spec = self.request.request(run, item, settings)?;
        match loaded {
            Some(loaded) => loaded
                .apply(spec)
                .map_err(|error| at(run, item, error.into())),
            None => Ok(spec),
        }
    }

    async fn receive(
        &self,
        run: &NodeRun,
        index: usize,
        answer: &Response,
        settings: &Settings,
    ) -> Result<Vec<Item>, ErrorInfo> {
        let (json, file) = match receive(answer, &settings.response)? {
            Received::Items(list) => return Ok(list.into_iter().map(Item::new).collect()),
            Received::File { json, file } => (json, file),
        };
        let binary = run.host.binaries.store(file).await.map_err(|error| {
            let message = format!("the answer cannot be kept as a file: {error}");
            run.error(message, Some(index), None)
        })?;
        let items = run.items();
        let mut item = items.get(index).cloned().unwrap_or_default();
        let mut binaries: Binaries = item.binary.as_deref().cloned().unwrap_or_default();
        binaries.insert(settings.response.property.clone(), binary);
        item.binary = Some(Arc::new(binaries));
        item.error = None;
        if let Some(json) = json {
            item.json = json;
        }
        Ok(vec![item])
    }
}
