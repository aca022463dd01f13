//! `Mock`: a service made ready to be doubled, and what can be configured about the double.

use std::net::SocketAddr;

use itemflow_model::Problem;
use itemflow_model::definition::{MockFile, Service};

use crate::behaviour::{Behaviour, Collection};
use crate::declared::DeclaredService;
use crate::error::MockError;
use crate::fault::Fault;
use crate::faults::Faults;
use crate::infer::{infer, name_in_file};
use crate::issued::path_of_base_url;
use crate::refusals::Refusals;
use crate::route::Route;
use crate::seed;
use crate::server::{self, Running};
use crate::state::{Limits, State};

/// What can be configured about a double.
#[derive(Clone, Debug)]
pub struct Config {
    /// What it does wrong.
    pub faults: Vec<Fault>,
    /// Longest body that is read; a longer one is answered with 413.
    pub max_body_bytes: usize,
    /// Memory for the log of requests; the oldest are dropped beyond it.
    pub max_log_bytes: usize,
    /// Elements of one collection that are kept; a request for one more is answered with 507.
    pub max_elements: usize,
    /// Memory for all elements; a request that needs more is answered with 507.
    pub max_state_bytes: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            faults: Vec::new(),
            max_body_bytes: 10 * 1024 * 1024,
            max_log_bytes: 64 * 1024 * 1024,
            max_elements: 10_000,
            max_state_bytes: 64 * 1024 * 1024,
        }
    }
}

/// A service made ready to be doubled.
#[derive(Debug)]
pub struct Mock {
    pub(crate) service: DeclaredService,
    pub(crate) routes: Vec<Route>,
    /// What each route does, in the same order.
    pub(crate) behaviours: Vec<Behaviour>,
    pub(crate) collections: Vec<Collection>,
    pub(crate) refusals: Refusals,
    /// Path of the base URL.
    pub(crate) prefix: String,
    pub(crate) config: Config,
}

impl Mock {
    /// Prepares a double of a service.
    ///
    /// # Errors
    /// An action's file or `mock.yaml` is faulty, or a schema does not compile.
    pub fn new(service: &Service) -> Result<Self, MockError> {
        let file = mock_file(service)?;
        let mut service = DeclaredService::new(service)?;
        let prefix = path_of_base_url(&service.base_url);
        let routes = std::mem::take(&mut service.actions)
            .into_iter()
            .map(Route::new)
            .collect::<Result<Vec<_>, _>>()?;
        let (collections, behaviours) =
            infer(&routes, &prefix, &file).map_err(|reason| MockError::File { reason })?;
        Ok(Self {
            service,
            routes,
            behaviours,
            collections,
            refusals: Refusals::new(file),
            prefix,
            config: Config::default(),
        })
    }

    /// Replaces the configuration.
    pub fn with_config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// Faults that have counted nothing.
    pub(crate) fn faults(&self, faults: &[Fault]) -> Result<Faults, MockError> {
        let actions: Vec<String> = self.routes.iter().map(name_in_file).collect();
        Faults::new(faults, &actions)
    }

    /// What it keeps at the start.
    pub(crate) fn initial_state(&self) -> State {
        let limits = Limits {
            elements: self.config.max_elements,
            bytes: self.config.max_state_bytes,
        };
        seed::initial(self, limits)
    }

    /// Starts it. Port 0 takes a free port.
    ///
    /// # Errors
    /// The address cannot be listened on, or a fault names an action that does not exist.
    pub async fn start(self, address: SocketAddr) -> Result<Running, MockError> {
        server::start(self, address).await
    }
}

/// The service's `mock.yaml`, empty where there is none.
fn mock_file(service: &Service) -> Result<MockFile, MockError> {
    let Some(entry) = &service.mock else {
        return Ok(MockFile::default());
    };
    let listed = |problems: &[Problem]| {
        let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
        MockError::File {
            reason: texts.join("; "),
        }
    };
    entry.mock().cloned().map_err(listed)
}
