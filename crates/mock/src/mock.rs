//! `Mock`: a service made ready to be doubled, and what can be configured about the double.

use std::net::SocketAddr;
use std::time::Duration;

use itemflow_model::definition::Service;

use crate::declared::DeclaredService;
use crate::error::MockError;
use crate::issued::path_of_base_url;
use crate::route::Route;
use crate::server::{self, Running};

/// What can be configured about a double.
#[derive(Clone, Debug)]
pub struct Config {
    /// Time between the arrival of a request and its answer.
    pub delay: Duration,
    /// Longest body that is read; a longer one is answered with 413.
    pub max_body_bytes: usize,
    /// Memory for the log of requests; the oldest are dropped beyond it.
    pub max_log_bytes: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            delay: Duration::ZERO,
            max_body_bytes: 10 * 1024 * 1024,
            max_log_bytes: 64 * 1024 * 1024,
        }
    }
}

/// A service made ready to be doubled.
#[derive(Debug)]
pub struct Mock {
    pub(crate) service: DeclaredService,
    pub(crate) routes: Vec<Route>,
    /// Path of the base URL.
    pub(crate) prefix: String,
    pub(crate) config: Config,
}

impl Mock {
    /// Prepares a double of a service.
    ///
    /// # Errors
    /// An action's file is faulty, or one of its schemas does not compile.
    pub fn new(service: &Service) -> Result<Self, MockError> {
        let mut service = DeclaredService::new(service)?;
        let prefix = path_of_base_url(&service.base_url);
        let routes = std::mem::take(&mut service.actions)
            .into_iter()
            .map(Route::new)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            service,
            routes,
            prefix,
            config: Config::default(),
        })
    }

    /// Replaces the configuration.
    pub fn with_config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// Starts it. Port 0 takes a free port.
    ///
    /// # Errors
    /// The address cannot be listened on.
    pub async fn start(self, address: SocketAddr) -> Result<Running, MockError> {
        server::start(self, address).await
    }
}
