//! `Scripts`: the workers of a process. Each run has one to itself.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use crate::config::Config;
use crate::error::ScriptError;
use crate::process::{Broken, Child};
use crate::script::{Answers, Outcome, Script};

/// Warm workers, at most [`Config::max_children`]. A run that finds none free waits its turn: turns come in the order of
/// asking, and none takes longer than [`Config::timeout`].
pub struct Scripts {
    config: Config,
    idle: Mutex<Vec<Child>>,
    places: Arc<Semaphore>,
}

impl Scripts {
    /// A pool without workers yet: they start when they are needed.
    pub fn new(config: Config) -> Self {
        Self {
            places: Arc::new(Semaphore::new(config.max_children.max(1))),
            config,
            idle: Mutex::default(),
        }
    }

    /// Its settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Runs a script. Dropping the future kills the worker.
    ///
    /// # Errors
    /// When the script came to no end of its own. What it throws is part of its outcomes.
    pub async fn run(
        &self,
        script: &Script,
        answers: &dyn Answers,
    ) -> Result<Vec<Outcome>, ScriptError> {
        if script.items.len() > self.config.memory_bytes {
            return Err(ScriptError::Input {
                given: script.items.len(),
                allowed: self.config.memory_bytes,
            });
        }
        let _place = self
            .places
            .acquire()
            .await
            .map_err(|_| ScriptError::Unavailable)?;
        let timeout = self.config.timeout;
        let mut fresh = false;
        loop {
            let mut child = match self.take_idle(&script.time_zone) {
                Some(child) if !fresh => child,
                _ => {
                    fresh = true;
                    Child::start(&self.config, &script.time_zone).map_err(ScriptError::Start)?
                }
            };
            match tokio::time::timeout(timeout, child.run(&self.config, script, answers)).await {
                Err(_) => return Err(ScriptError::TimedOut(timeout)),
                Ok(Ok(outcomes)) => {
                    self.give_back(child);
                    return Ok(outcomes);
                }
                // An idle worker may have ended of itself in this very moment.
                Ok(Err(Broken::Before(_))) if !fresh => fresh = true,
                Ok(Err(Broken::Before(error))) => return Err(ScriptError::Start(error)),
                Ok(Err(Broken::Within(error))) => return Err(error),
            }
        }
    }

    /// A warm worker; one of another time zone makes room, since a process has one zone for its whole life.
    fn take_idle(&self, time_zone: &str) -> Option<Child> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain_mut(Child::is_alive);
        match idle.iter().rposition(|child| child.time_zone == time_zone) {
            Some(at) => Some(idle.remove(at)),
            None => {
                if idle.len() >= self.config.max_children {
                    drop(idle.remove(0));
                }
                None
            }
        }
    }

    fn give_back(&self, child: Child) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() >= self.config.max_children {
            drop(idle.remove(0));
        }
        idle.push(child);
    }
}
