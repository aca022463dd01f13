//! The node at work: requests for all items, sent within the options, and items of the answers.

use std::sync::Arc;

use futures::future::BoxFuture;
use itemflow_declarative::{Outgoing, ParameterError, RequestSpec, Response};
use itemflow_model::{ErrorInfo, Item, Map};

use super::auth::{Loaded, NodeCredential};
use super::build::RequestTemplate;
use super::receive::Received;
use super::settings::{ResponseSettings, Rules, Settings};
use crate::core::binary::{self, NewFile};
use crate::gathered::Gathered;
use crate::host::Credentials;
use crate::node::{Node, Outcome, Step};
use crate::parameters::Parameter;
use crate::run::NodeRun;
use crate::sending::{at, first_of, in_node, retry_failed, send};

/// An HTTP Request node of a workflow.
pub(crate) struct RequestNode(pub(crate) Arc<Compiled>);

/// What is the same for every run of the node.
pub(crate) struct Compiled {
    pub(crate) request: RequestTemplate,
    pub(crate) settings: SettingsTemplate,
    pub(crate) credential: Option<NodeCredential>,
    pub(crate) receive: Box<dyn Receive>,
    /// Whether one request is sent for all items, with the parameters of the first.
    pub(crate) once: bool,
}

/// Makes items of an answer.
pub(crate) trait Receive: Send + Sync {
    /// # Errors
    /// The failure that the answer stands for.
    fn receive(
        &self,
        run: &NodeRun,
        item: usize,
        response: &Response,
        settings: &ResponseSettings,
    ) -> Result<Received, ErrorInfo>;
}

impl<F> Receive for F
where
    F: Fn(&Response, &ResponseSettings) -> Result<Received, ErrorInfo> + Send + Sync,
{
    fn receive(
        &self,
        _: &NodeRun,
        _: usize,
        response: &Response,
        settings: &ResponseSettings,
    ) -> Result<Received, ErrorInfo> {
        self(response, settings)
    }
}

/// The parameters that [`Settings`] are read from.
pub(crate) struct SettingsTemplate {
    sources: Vec<Parameter>,
    rules: Rules,
    /// What they say, when it is the same for every item.
    fixed: Option<Settings>,
}

impl Node for RequestNode {
    fn execute(&self, run: &NodeRun) -> Step {
        let (compiled, run) = (self.0.clone(), run.clone());
        Step::Pending(Box::pin(async move { compiled.run(&run).await }))
    }

    fn works_by_item(&self) -> bool {
        !self.0.once
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
            (0..self.0.count(run))
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
    pub(crate) fn compile(
        sources: Vec<Parameter>,
        rules: Rules,
    ) -> Result<Self, Vec<ParameterError>> {
        let literal = |source: &Parameter| {
            let value = source.template.as_literal()?;
            Some((source.name.clone(), value.clone()))
        };
        let fixed: Option<Map> = sources.iter().map(literal).collect();
        let fixed = fixed.map(|values| Settings::read(&values, rules));
        Ok(Self {
            fixed: fixed.transpose()?,
            sources,
            rules,
        })
    }

    /// What they say, when it is the same for every item.
    pub(crate) fn fixed(&self) -> Option<&Settings> {
        self.fixed.as_ref()
    }

    fn at(&self, run: &NodeRun, item: usize) -> Result<Settings, ErrorInfo> {
        if let Some(fixed) = &self.fixed {
            return Ok(fixed.clone());
        }
        let mut values = Map::default();
        for source in &self.sources {
            if let Some(value) = run.value(source, item)? {
                values.insert(source.name.clone(), value);
            }
        }
        Settings::read(&values, self.rules).map_err(|errors| at(run, item, first_of(errors)))
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
        let answers = send(run, &options, self.count(run), |item| {
            let spec = self.request(run, loaded.as_ref(), item, &settings)?;
            let own = match self.settings.fixed {
                Some(_) => None,
                None => Some(Box::new(self.settings.at(run, item)?.request)),
            };
            Ok(Outgoing { spec, options: own })
        })
        .await;
        let mut gathered = match self.once {
            true => Gathered::linked_to_all(run),
            false => Gathered::new(run),
        };
        for (item, answer) in answers.into_iter().enumerate() {
            let received = match answer {
                Ok(answer) => self.receive(run, item, &answer, &settings).await,
                Err(error) => Err(error),
            };
            let received = received.map_err(|error| settings.places.error(error));
            gathered.add(item, received)?;
        }
        Ok(gathered.outcome())
    }

    /// How many requests a run sends.
    fn count(&self, run: &NodeRun) -> usize {
        let items = run.items().len();
        if self.once { items.min(1) } else { items }
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
        let (json, file) = match self
            .receive
            .receive(run, index, answer, &settings.response)?
        {
            Received::Items(list) => return Ok(list.into_iter().map(Item::new).collect()),
            Received::File { json, file } => (json, file),
        };
        let typed = answer.header("content-type").is_some();
        let new = NewFile {
            name: file.file_name,
            mime_type: typed.then_some(file.mime_type),
            directory: None,
        };
        let kept = binary::store(run, new, file.bytes, index).await?;
        let items = run.items();
        let item = items.get(index).cloned().unwrap_or_default();
        let mut item = binary::with_file(item, settings.response.property.clone(), kept);
        item.error = None;
        if let Some(json) = json {
            item.json = json;
        }
        Ok(vec![item])
    }
}
