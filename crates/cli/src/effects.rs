//! Does what nodes ask for, in this process: waits until a moment, runs other workflows. What only a server can do, such
//! as taking a call, is left undone, and the execution waits.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use itemflow_engine::{Config, Execution, Plan, Start};
use itemflow_model::{
    Effect, EffectAnswer, ErrorInfo, ExecutionEvent, ExecutionStatus, NodeRunId, RunWorkflows,
    SourceText, Wait, Workflow, WorkflowCall, WorkflowResult, WorkflowSource,
};
use itemflow_nodes::{Catalog, Host};
use tokio::task::JoinSet;

use crate::commands::host;
use crate::{files, project};

/// Workflows that run workflows that run workflows: no deeper than this.
const MAX_DEPTH: u32 = 25;

/// File names of workflows.
const EXTENSIONS: [&str; 3] = ["json", "yaml", "yml"];

/// What is needed to do what nodes ask for.
#[derive(Clone)]
pub(crate) struct Effects {
    /// Node types of called workflows.
    pub(crate) catalog: Arc<Catalog>,
    /// What called workflows may ask of the process; their own facts take the place of those here.
    pub(crate) host: Arc<Host>,
    /// Limits of called workflows.
    pub(crate) config: Config,
    /// The folder in which called workflows are files.
    pub(crate) folder: PathBuf,
    /// Whether waits end at once.
    pub(crate) skips_waits: bool,
    depth: u32,
    called: Arc<Mutex<HashMap<WorkflowSource, Arc<Called>>>>,
}

/// A called workflow, ready to run.
struct Called {
    plan: Arc<Plan>,
    host: Arc<Host>,
    start: Option<String>,
}

/// How an execution came to rest.
pub(crate) struct Ended {
    /// Success, failure, or waiting for something that cannot come here.
    pub(crate) status: ExecutionStatus,
    /// Why it failed.
    pub(crate) error: Option<ErrorInfo>,
    /// The node that ran last.
    pub(crate) last_node: Option<Arc<str>>,
}

impl Effects {
    /// For the workflow in `file`, or without one for those that call no other.
    pub(crate) fn new(catalog: Arc<Catalog>, host: Arc<Host>, config: Config, file: &Path) -> Self {
        Self {
            catalog,
            host,
            config,
            folder: file.parent().unwrap_or(Path::new("")).to_owned(),
            skips_waits: false,
            depth: 0,
            called: Arc::default(),
        }
    }

    /// Runs an execution until it has ended or can only wait, and tells of every event.
    pub(crate) async fn drive(
        &self,
        execution: &mut Execution,
        mut tell: impl FnMut(&ExecutionEvent),
    ) -> Ended {
        let mut work = JoinSet::new();
        let mut at_work = 0;
        let mut undone: Option<Arc<str>> = None;
        let answers = execution.answer_handle();
        while let Some(event) = execution.next().await {
            tell(&event);
            match event {
                ExecutionEvent::EffectRequested { run, effect } => {
                    if self.can(&effect) {
                        at_work += 1;
                        let (effects, answers) = (self.clone(), answers.clone());
                        work.spawn(async move {
                            let answer = effects.perform(&run, &effect).await;
                            answers.answer(run, answer).await;
                        });
                    } else {
                        undone = Some(run.node);
                    }
                }
                ExecutionEvent::EffectAnswered { .. } => at_work -= 1,
                ExecutionEvent::Finished {
                    status,
                    error,
                    last_node,
                } => {
                    return Ended {
                        status,
                        error,
                        last_node,
                    };
                }
                _ => {}
            }
            if undone.is_some() && at_work == 0 && execution.only_waits() {
                return Ended {
                    status: ExecutionStatus::Waiting,
                    error: None,
                    last_node: undone,
                };
            }
        }
        Ended {
            status: ExecutionStatus::Error,
            error: Some(ErrorInfo::operation(
                "the execution ended without saying how",
            )),
            last_node: None,
        }
    }

    /// Whether the effect can be had here: nobody can call a process that does not listen.
    fn can(&self, effect: &Effect) -> bool {
        match effect {
            Effect::Wait(wait) => wait.until_ms.is_some() || self.skips_waits,
            Effect::RunWorkflows(_) => true,
        }
    }

    async fn perform(&self, run: &NodeRunId, effect: &Effect) -> EffectAnswer {
        match effect {
            Effect::Wait(wait) => {
                self.wait(wait).await;
                EffectAnswer::TimeCame
            }
            Effect::RunWorkflows(calls) => EffectAnswer::Workflows(self.run_all(run, calls).await),
        }
    }

    async fn wait(&self, wait: &Wait) {
        let now = self.host.clock.now().as_millisecond();
        let left = wait.until_ms.map_or(0, |until| until.saturating_sub(now));
        if !self.skips_waits
            && let Ok(left) = u64::try_from(left)
        {
            tokio::time::sleep(Duration::from_millis(left)).await;
        }
    }

    /// The results of the calls, one after the other. Where nobody waits for them the workflows run all the same, to
    /// their end: afterwards this process is gone.
    async fn run_all(
        &self,
        run: &NodeRunId,
        calls: &RunWorkflows,
    ) -> Vec<Result<WorkflowResult, ErrorInfo>> {
        let mut results = Vec::with_capacity(calls.calls.len());
        for call in &calls.calls {
            let result = self.run_one(call).await;
            if let (Err(error), false) = (&result, calls.wait) {
                anstream::eprintln!(
                    "a workflow that node \"{}\" has started failed: {}",
                    run.node,
                    error.message
                );
            }
            let stop = result.is_err() && calls.wait && calls.stop_at_failure;
            results.push(result);
            if stop {
                break;
            }
        }
        results
    }

    fn run_one<'a>(
        &'a self,
        call: &'a WorkflowCall,
    ) -> BoxFuture<'a, Result<WorkflowResult, ErrorInfo>> {
        async move {
            if self.depth >= MAX_DEPTH {
                return Err(ErrorInfo::operation(format!(
                    "workflows run each other more than {MAX_DEPTH} deep"
                )));
            }
            let called = self.called(&call.workflow)?;
            let start = Start {
                node: called.start.clone(),
                items: call.items.clone(),
                until: None,
            };
            let mut execution = Execution::new(
                called.plan.clone(),
                called.host.clone(),
                self.config.clone(),
                &start,
            )
            .map_err(|error| ErrorInfo::operation(error.to_string()))?;
            let inner = Self {
                host: called.host.clone(),
                depth: self.depth + 1,
                ..self.clone()
            };
            let ended = inner.drive(&mut execution, |_| {}).await;
            match ended.status {
                ExecutionStatus::Success => Ok(execution.result()),
                ExecutionStatus::Waiting => Err(ErrorInfo::operation(
                    "the other workflow waits for a call, which only a server can take",
                )),
                status => Err(ended.error.unwrap_or_else(|| {
                    ErrorInfo::operation(format!("the other workflow ended as {}", status.as_str()))
                })),
            }
        }
        .boxed()
    }

    /// A called workflow, read and checked once.
    fn called(&self, source: &WorkflowSource) -> Result<Arc<Called>, ErrorInfo> {
        let mut all = self.called.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(called) = all.get(source) {
            return Ok(called.clone());
        }
        let refuse = |error: anyhow::Error| ErrorInfo::operation(format!("{error:#}"));
        let called = Arc::new(self.open(source).map_err(refuse)?);
        all.insert(source.clone(), called.clone());
        Ok(called)
    }

    fn open(&self, source: &WorkflowSource) -> anyhow::Result<Called> {
        let text = match source {
            WorkflowSource::Text(text) => SourceText::new("workflowJson", text.clone()),
            WorkflowSource::File(path) => files::read(&self.inside(path)?)?,
            WorkflowSource::Id(id) => self.find(id)?,
            WorkflowSource::Url(url) => anyhow::bail!(
                "a workflow on the web cannot be run: save {url} beside this workflow and use `source: localFile`"
            ),
        };
        let name = text.file.clone();
        let opened = project::open_source(text, &self.catalog, &Start::default());
        let (Some(workflow), Some(plan)) = (&opened.workflow, &opened.plan) else {
            let first = opened.problems.iter().find(|problem| problem.is_error());
            let why = first.map_or_else(String::new, |problem| format!(": {}", problem.message));
            anyhow::bail!("the workflow {name} cannot run{why}");
        };
        let facts = host::facts(workflow, self.host.execution.manual)?;
        Ok(Called {
            plan: plan.clone(),
            host: Arc::new(Host {
                execution: facts,
                ..(*self.host).clone()
            }),
            start: start_of(workflow),
        })
    }

    /// The file of this name in the folder, never one outside.
    fn inside(&self, path: &str) -> anyhow::Result<PathBuf> {
        let folder = if self.folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            &self.folder
        };
        let folder = std::fs::canonicalize(folder)?;
        let file = std::fs::canonicalize(folder.join(path))
            .map_err(|error| anyhow::anyhow!("the workflow {path} cannot be read: {error}"))?;
        if !file.starts_with(&folder) {
            anyhow::bail!(
                "the workflow {path} is outside the folder {}",
                folder.display()
            );
        }
        Ok(file)
    }

    /// The workflow with this file name, `id` or `name` in the folder.
    fn find(&self, id: &str) -> anyhow::Result<SourceText> {
        let plain = !id.contains(['/', '\\']) && !id.starts_with('.');
        let mut names = vec![id.to_owned()];
        names.extend(
            EXTENSIONS
                .iter()
                .map(|extension| format!("{id}.{extension}")),
        );
        let by_name = names.iter().filter(|_| plain).find_map(|name| {
            let path = self.inside(name).ok()?;
            path.is_file().then(|| files::read(&path).ok()).flatten()
        });
        if let Some(found) = by_name {
            return Ok(found);
        }
        let folder = self.inside(".")?;
        let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| {
                let extension = path.extension().and_then(|extension| extension.to_str());
                extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
            })
            .collect();
        paths.sort();
        let is_it = |text: &SourceText| {
            text.value().is_ok_and(|value| {
                let member = |key: &str| value.get(key).is_some_and(|own| own.as_str() == Some(id));
                member("id") || member("name")
            })
        };
        paths
            .iter()
            .filter_map(|path| files::read(path).ok())
            .find(is_it)
            .ok_or_else(|| {
                anyhow::anyhow!(
                    "there is no workflow `{id}` in {}: save it there as `{id}.json`",
                    folder.display()
                )
            })
    }
}

/// The node at which a called workflow starts, where it has one for that.
fn start_of(workflow: &Workflow) -> Option<String> {
    let is_trigger = |node: &&itemflow_model::Node| {
        !node.disabled
            && itemflow_model::full_type(&node.node_type) == "n8n-nodes-base.executeWorkflowTrigger"
    };
    workflow
        .nodes
        .iter()
        .find(is_trigger)
        .map(|node| node.name.to_string())
}
