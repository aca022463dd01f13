//! What nodes of a run from the command line may ask for.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use itemflow_model::{Map, Value, Workflow};
use itemflow_nodes::{
    Credentials, Environment, ExecutionFacts, Files, FolderLimits, FolderOnDisk, Host, NoFiles,
};
use itemflow_script::{Config, Scripts};
use jiff::tz::TimeZone;

use crate::binaries::TemporaryFiles;
use crate::config;

/// What a command lets expressions see.
pub(crate) struct Allowed<'a> {
    /// Names of environment variables.
    pub(crate) environment: &'a [String],
    /// Names and values of variables.
    pub(crate) variables: &'a [(String, String)],
    /// The folder that nodes may read and write.
    pub(crate) files: Option<PathBuf>,
}

/// The host of one execution.
pub(crate) fn host(
    workflow: &Workflow,
    credentials: Arc<dyn Credentials>,
    allowed: &Allowed<'_>,
) -> anyhow::Result<Host> {
    Ok(Host {
        credentials,
        binaries: Arc::new(TemporaryFiles::default()),
        files: files(allowed.files.as_deref())?,
        environment: Arc::new(AllowedEnvironment(
            allowed.environment.iter().cloned().collect(),
        )),
        variables: variables(allowed.variables),
        scripts: shared_scripts(),
        limits: config::expression_limits(),
        ..Host::new(facts(workflow, true)?)
    })
}

/// What every node of an execution of this workflow may know; `manual` where a person started it.
pub(crate) fn facts(workflow: &Workflow, manual: bool) -> anyhow::Result<ExecutionFacts> {
    Ok(ExecutionFacts {
        id: execution_id().into(),
        manual,
        workflow: Value::from([
            (
                "id",
                Value::from(workflow.id.as_deref().unwrap_or_default()),
            ),
            ("name", Value::from(workflow.name.as_str())),
            ("active", Value::from(false)),
        ]),
        time_zone: time_zone(workflow)?,
        method: None,
    })
}

/// What runs the scripts of this process: all its executions share the workers.
fn shared_scripts() -> Option<Arc<Scripts>> {
    static SCRIPTS: OnceLock<Option<Arc<Scripts>>> = OnceLock::new();
    SCRIPTS
        .get_or_init(|| config::scripts().map(|config| Arc::new(Scripts::new(config))))
        .clone()
}

/// Scripts with a time limit of their own.
pub(crate) fn scripts_within(timeout: Duration) -> Option<Arc<Scripts>> {
    config::scripts().map(|config| Arc::new(Scripts::new(Config { timeout, ..config })))
}

/// The workflow's time zone; absent, the machine's.
fn time_zone(workflow: &Workflow) -> anyhow::Result<TimeZone> {
    match workflow
        .settings
        .timezone
        .as_deref()
        .filter(|name| *name != "DEFAULT")
    {
        None => Ok(TimeZone::system()),
        Some(name) => TimeZone::get(name)
            .with_context(|| format!("settings.timezone: there is no time zone `{name}`")),
    }
}

/// The files in a folder; without one there are none.
fn files(folder: Option<&Path>) -> anyhow::Result<Arc<dyn Files>> {
    let Some(folder) = folder else {
        return Ok(Arc::new(NoFiles));
    };
    let folder = std::path::absolute(folder)
        .with_context(|| format!("{} is no folder", folder.display()))?;
    Ok(Arc::new(FolderOnDisk::new(folder, FolderLimits::default())))
}

fn variables(assignments: &[(String, String)]) -> Value {
    let mut map = Map::default();
    for (name, value) in assignments {
        map.insert(name.as_str().into(), Value::from(value.as_str()));
    }
    Value::from(map)
}

/// Unique enough for one machine: executions of the command line are not stored.
fn execution_id() -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    format!("{:x}-{:x}", now.as_micros(), std::process::id())
}

/// The environment variables that `--allow-env` names.
struct AllowedEnvironment(HashSet<String>);

impl Environment for AllowedEnvironment {
    fn variable(&self, name: &str) -> Result<Option<String>, String> {
        if self.0.contains(name) {
            Ok(config::variable(name))
        } else {
            Err(format!(
                "reading `$env.{name}` is not allowed: allow it with `--allow-env {name}`"
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_allowed_variables_of_the_environment_are_read() {
        let allowed = AllowedEnvironment(HashSet::from(["PATH".to_owned()]));
        assert!(allowed.variable("PATH").unwrap().is_some());
        let refused = allowed.variable("HOME").unwrap_err();
        assert!(refused.contains("--allow-env HOME"), "{refused}");
    }

    #[test]
    fn a_workflow_without_a_time_zone_has_the_machines() {
        let mut workflow = Workflow::default();
        assert_eq!(time_zone(&workflow).unwrap(), TimeZone::system());
        workflow.settings.timezone = Some("Asia/Tokyo".into());
        let zone = time_zone(&workflow).unwrap();
        assert_eq!(zone.iana_name(), Some("Asia/Tokyo"));
        workflow.settings.timezone = Some("Nowhere".into());
        assert!(time_zone(&workflow).is_err());
    }
}
