//! `Execution`: one execution of a plan, as a stream of events that its caller pulls.
//!
//! Each call of [`Execution::next`] does the next bit of work and returns the event that tells of it. The caller records
//! or shows the event, and then asks for the next one; nodes in flight go on meanwhile in a [`JoinSet`] of its own.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use itemflow_model::{
    ErrorInfo, ExecutionEvent, ExecutionOrder, ExecutionStatus, NodeResult, NodeRunId,
};
use itemflow_nodes::{Host, NodeRun, Outcome, Step, current_input};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use crate::history::RunHistory;
use crate::outcome::{Settled, settle, stand_in};
use crate::plan::Plan;
use crate::requests::{Report, Reporter};
use crate::start::{Start, StartError};
use crate::state::{Entry, State};

/// How many request events may wait for the caller before requests have to.
const REPORT_BUFFER: usize = 256;

/// The limits of an execution.
#[derive(Clone, Debug)]
pub struct Config {
    /// Node runs after which an execution is taken for an endless loop.
    pub max_node_runs: u32,
    /// Nodes at work at once in order `parallel`.
    pub max_parallel_nodes: usize,
    /// Longest time an execution may take; the workflow's own `executionTimeout` may be shorter.
    pub timeout: Option<Duration>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            max_node_runs: 100_000,
            max_parallel_nodes: 8,
            timeout: None,
        }
    }
}

/// One execution of a plan.
pub struct Execution {
    plan: Arc<Plan>,
    host: Arc<Host>,
    config: Config,
    state: State,
    /// Events that have happened and have not been pulled.
    pending: VecDeque<ExecutionEvent>,
    /// Runs in flight, in the order in which they began.
    running: Vec<Running>,
    tasks: JoinSet<(NodeRunId, Attempt)>,
    reports: (mpsc::Sender<Report>, mpsc::Receiver<Report>),
    /// Requests that wait until the event pulled last has been recorded.
    unrecorded: Vec<oneshot::Sender<()>>,
    cancel: (Arc<watch::Sender<bool>>, watch::Receiver<bool>),
    deadline: Option<Instant>,
    started: bool,
    next_index: u32,
}

/// A run in flight.
struct Running {
    id: NodeRunId,
    entry: Entry,
    index: u32,
    attempt: u32,
    began: Instant,
}

type Attempt = Result<Outcome, ErrorInfo>;

/// What an execution waits for.
enum Happened {
    /// It is cancelled or out of time.
    Interrupted,
    Report(Report),
    Ended(Result<(NodeRunId, Attempt), JoinError>),
}

/// Cancels an execution from elsewhere.
#[derive(Clone, Debug)]
pub struct CancelHandle(Arc<watch::Sender<bool>>);

impl CancelHandle {
    /// Ends the execution with status `canceled`: what is in flight is dropped.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }
}

impl Execution {
    /// An execution that has not begun.
    ///
    /// # Errors
    /// When there is no node to start at.
    pub fn new(
        plan: Arc<Plan>,
        host: Arc<Host>,
        config: Config,
        start: &Start,
    ) -> Result<Self, StartError> {
        let state = State::new(&plan, start)?;
        Ok(Self::from_state(plan, host, config, state))
    }

    /// An execution that goes on from recorded events (see [`State::replay`]).
    pub fn from_state(plan: Arc<Plan>, host: Arc<Host>, config: Config, state: State) -> Self {
        let (cancel, cancelled) = watch::channel(false);
        Self {
            next_index: state.executed,
            started: state.executed > 0,
            plan,
            host,
            config,
            state,
            pending: VecDeque::new(),
            running: Vec::new(),
            tasks: JoinSet::new(),
            reports: mpsc::channel(REPORT_BUFFER),
            unrecorded: Vec::new(),
            cancel: (Arc::new(cancel), cancelled),
            deadline: None,
        }
    }

    /// A handle to cancel it with.
    pub fn cancel_handle(&self) -> CancelHandle {
        CancelHandle(self.cancel.0.clone())
    }

    /// Where it stands.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The plan it runs.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// The next event; `None` after the last one. Asking for it says that the one before has been recorded.
    ///
    /// Cancel safe: a call that is dropped loses nothing.
    pub async fn next(&mut self) -> Option<ExecutionEvent> {
        for recorded in self.unrecorded.drain(..) {
            // A request whose node has been dropped meanwhile waits no more.
            let _ = recorded.send(());
        }
        loop {
            if let Some(event) = self.pending.pop_front() {
                self.state.apply(&self.plan, &event);
                return Some(event);
            }
            if self.state.finished.is_some() {
                return None;
            }
            if !self.started {
                self.begin();
            } else if *self.cancel.1.borrow() {
                self.finish(
                    ExecutionStatus::Canceled,
                    Some(ErrorInfo::operation("the execution was cancelled")),
                );
            } else if let Some(error) = self.limit_reached() {
                self.finish(ExecutionStatus::Canceled, Some(error));
            } else if self.next_index >= self.config.max_node_runs {
                self.finish(ExecutionStatus::Error, Some(self.endless_loop()));
            } else if let Some(entry) = self.next_entry() {
                tokio::task::consume_budget().await;
                self.start(entry);
            } else if self.running.is_empty() {
                self.finish(ExecutionStatus::Success, None);
            } else {
                self.wait().await;
            }
        }
    }

    fn begin(&mut self) {
        self.started = true;
        let own = self
            .plan
            .timeout_s
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let timeout = match (own, self.config.timeout) {
            (Some(own), Some(most)) => Some(own.min(most)),
            (own, most) => own.or(most),
        };
        self.deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let start = self.state.stack.front().map_or_else(
            || "".into(),
            |entry| self.plan.node(entry.node).name.clone(),
        );
        self.pending.push_back(ExecutionEvent::Started {
            workflow: self.plan.name.clone(),
            start,
        });
    }

    fn limit_reached(&self) -> Option<ErrorInfo> {
        let deadline = self
            .deadline
            .filter(|deadline| Instant::now() >= *deadline)?;
        let _ = deadline;
        Some(ErrorInfo {
            description: Some(
                "raise `settings.executionTimeout` or make the workflow shorter".into(),
            ),
            ..ErrorInfo::operation("the execution took longer than its time limit")
        })
    }

    fn endless_loop(&self) -> ErrorInfo {
        let node = self
            .state
            .last_node
            .map(|node| self.plan.node(node).name.to_string());
        ErrorInfo {
            description: Some(
                "look for a loop that never ends, or raise the limit (`--max-node-runs`)".into(),
            ),
            node,
            ..ErrorInfo::operation(format!(
                "stopped after {} node runs: this looks like an endless loop",
                self.config.max_node_runs
            ))
        }
    }

    fn next_entry(&mut self) -> Option<Entry> {
        let at_once = match self.plan.order {
            ExecutionOrder::Parallel => self.config.max_parallel_nodes.max(1),
            _ => 1,
        };
        if self.running.len() >= at_once {
            return None;
        }
        let running: Vec<u32> = self
            .running
            .iter()
            .map(|running| running.entry.node)
            .collect();
        self.state.ready(&self.plan, &running)
    }

    /// Begins a run. A pure node has ended when this returns.
    fn start(&mut self, mut entry: Entry) {
        let node = self.plan.node(entry.node);
        entry.renumber(node.execute_once);
        let run_index = self.state.runs.0[entry.node as usize].len() as u32;
        let running = Running {
            id: NodeRunId {
                node: node.name.clone(),
                run_index,
            },
            entry,
            index: self.next_index,
            attempt: 1,
            began: Instant::now(),
        };
        self.next_index += 1;
        if let Some(settled) = stand_in(node, &running.entry.inputs) {
            self.end(&running, settled);
            return;
        }
        self.attempt(running, false);
    }

    /// Tries a run once. `reported` says whether its start has been reported.
    fn attempt(&mut self, running: Running, reported: bool) {
        let node = self.plan.node(running.entry.node);
        let run = self.node_run(&running);
        let step = std::panic::catch_unwind(AssertUnwindSafe(|| node.compiled.node.execute(&run)))
            .unwrap_or_else(|_| {
                Step::Done(Err(run.error(
                    "the node crashed: this is a defect, please report it",
                    None,
                    None,
                )))
            });
        drop(run);
        match step {
            Step::Done(answer) => self.answered(running, answer),
            Step::Pending(work) => {
                if !reported {
                    self.pending
                        .push_back(ExecutionEvent::NodeStarted(running.id.clone()));
                }
                let id = running.id.clone();
                self.tasks.spawn(async move { (id, work.await) });
                self.running.push(running);
            }
        }
    }

    fn node_run(&self, running: &Running) -> NodeRun {
        let node = self.plan.node(running.entry.node);
        NodeRun {
            node: node.compiled.facts.clone(),
            inputs: running.entry.inputs.clone(),
            run_index: running.id.run_index,
            history: Arc::new(RunHistory {
                plan: self.plan.clone(),
                runs: self.state.runs.clone(),
                node: running.entry.node,
                sources: running.entry.sources.clone(),
                current_input: current_input(&running.entry.inputs),
            }),
            host: self.host.clone(),
            observer: Arc::new(Reporter {
                run: running.id.clone(),
                reports: self.reports.0.clone(),
            }),
        }
    }

    /// Takes a node's answer: another attempt follows, or the run has ended.
    fn answered(&mut self, running: Running, answer: Attempt) {
        let node = self.plan.node(running.entry.node);
        let retry = node
            .compiled
            .facts
            .retry
            .filter(|_| !node.compiled.node.retries_by_item());
        if let (Some(retry), Some(error)) = (retry, failure(&answer))
            && running.attempt < retry.max_tries
        {
            self.pending.push_back(ExecutionEvent::Retry {
                run: running.id.clone(),
                attempt: running.attempt,
                wait_ms: retry.wait_ms,
                error,
            });
            self.attempt_later(running, retry.wait_ms);
            return;
        }
        let settled = settle(node, &running.entry.inputs, answer);
        self.end(&running, settled);
    }

    /// Waits in a task of its own, then does the work there, so that other nodes go on meanwhile.
    fn attempt_later(&mut self, mut running: Running, wait_ms: u64) {
        running.attempt += 1;
        let run = self.node_run(&running);
        let plan = self.plan.clone();
        let (id, node) = (running.id.clone(), running.entry.node);
        self.running.push(running);
        self.tasks.spawn(async move {
            tokio::time::sleep(Duration::from_millis(wait_ms)).await;
            let answer = match plan.node(node).compiled.node.execute(&run) {
                Step::Done(answer) => answer,
                Step::Pending(work) => work.await,
            };
            (id, answer)
        });
    }

    /// Reports the end of a run.
    fn end(&mut self, running: &Running, settled: Settled) {
        let no_data = settled.error.is_none() && settled.outputs.iter().all(Option::is_none);
        if no_data {
            return;
        }
        let stops = settled.error.clone().filter(|_| {
            !self
                .plan
                .node(running.entry.node)
                .compiled
                .facts
                .continue_on_fail
        });
        let result = NodeResult {
            run: running.id.clone(),
            execution_index: running.index,
            elapsed_us: u64::try_from(running.began.elapsed().as_micros()).unwrap_or(u64::MAX),
            sources: running.entry.sources.clone(),
            outputs: settled.outputs,
            error: settled.error,
            hints: settled.hints,
        };
        self.pending
            .push_back(ExecutionEvent::NodeFinished(Arc::new(result)));
        if let Some(error) = stops {
            self.tasks.abort_all();
            self.running.clear();
            self.finish_as(
                ExecutionStatus::Error,
                Some(error),
                Some(running.id.node.clone()),
            );
        }
    }

    fn finish(&mut self, status: ExecutionStatus, error: Option<ErrorInfo>) {
        self.tasks.abort_all();
        self.running.clear();
        let last_node = self
            .state
            .last_node
            .map(|node| self.plan.node(node).name.clone());
        self.finish_as(status, error, last_node);
    }

    fn finish_as(
        &mut self,
        status: ExecutionStatus,
        error: Option<ErrorInfo>,
        last_node: Option<Arc<str>>,
    ) {
        self.pending.push_back(ExecutionEvent::Finished {
            status,
            error,
            last_node,
        });
    }

    /// Waits until something happens: a run ends, a request is reported, the execution is cancelled or out of time.
    async fn wait(&mut self) {
        let deadline = self.deadline;
        let out_of_time = async {
            match deadline {
                Some(deadline) => tokio::time::sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        let Self {
            cancel,
            reports,
            tasks,
            ..
        } = self;
        let happened = tokio::select! {
            biased;
            _ = cancel.1.wait_for(|cancelled| *cancelled) => Happened::Interrupted,
            () = out_of_time => Happened::Interrupted,
            Some(first) = reports.1.recv() => Happened::Report(first),
            Some(ended) = tasks.join_next() => Happened::Ended(ended),
        };
        match happened {
            Happened::Interrupted => {}
            Happened::Report(first) => self.report(first),
            Happened::Ended(ended) => self.joined(ended),
        }
    }

    /// Passes on a report and those that have queued up behind it, one event for each run.
    fn report(&mut self, first: Report) {
        let mut next = Some(first);
        while let Some(report) = next {
            self.unrecorded.extend(report.recorded);
            match self.pending.back_mut() {
                Some(ExecutionEvent::Requests { run, events }) if *run == report.run => {
                    events.push(report.event)
                }
                _ => self.pending.push_back(ExecutionEvent::Requests {
                    run: report.run,
                    events: vec![report.event],
                }),
            }
            next = self.reports.1.try_recv().ok();
        }
    }

    fn joined(&mut self, ended: Result<(NodeRunId, Attempt), JoinError>) {
        // Reports of the run that has just ended come before its end.
        if let Ok(report) = self.reports.1.try_recv() {
            self.report(report);
        }
        let (id, answer) = match ended {
            Ok(ended) => ended,
            Err(error) if error.is_cancelled() => return,
            Err(_) => {
                let crash =
                    ErrorInfo::operation("a node crashed: this is a defect, please report it");
                self.finish(ExecutionStatus::Error, Some(crash));
                return;
            }
        };
        let Some(at) = self.running.iter().position(|running| running.id == id) else {
            return;
        };
        let running = self.running.remove(at);
        self.answered(running, answer);
    }
}

/// The error of an attempt: thrown, or told by the first item (spec C8).
fn failure(answer: &Attempt) -> Option<ErrorInfo> {
    match answer {
        Err(error) => Some(error.clone()),
        Ok(outcome) => {
            let first = outcome.outputs.first()?.as_ref()?.get(0)?;
            let told = first
                .json
                .get("error")
                .filter(|error| !error.is_null() && error.as_bool() != Some(false))?;
            Some(match &first.error {
                Some(error) => (**error).clone(),
                None => ErrorInfo::operation(
                    told.as_str()
                        .map_or_else(|| told.to_string(), str::to_owned),
                ),
            })
        }
    }
}
