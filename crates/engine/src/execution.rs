//! `Execution`: one execution of a plan, as a stream of events that its caller pulls.
//!
//! Each call of [`Execution::next`] does the next bit of work and returns the event that tells of it. The caller records
//! or shows the event, and then asks for the next one; nodes in flight go on meanwhile in a [`JoinSet`] of its own.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use itemflow_model::{
    EffectAnswer, ErrorInfo, ExecutionEvent, ExecutionOrder, ExecutionStatus, NodeRunId,
};
use itemflow_nodes::{Host, NodeRun, Step};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use crate::attempt::{self, Answer, Led};
use crate::history::node_run;
use crate::outcome::{Settled, settle, stand_in};
use crate::plan::Plan;
use crate::requests::{Report, Reporter};
use crate::start::{Start, StartError};
use crate::state::{Entry, State};

/// How many request events may wait for the caller before requests have to.
const REPORT_BUFFER: usize = 256;

/// How many answers to effects may wait for the execution.
const ANSWER_BUFFER: usize = 64;

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
    pub(crate) state: State,
    /// Events that have happened and have not been pulled.
    pub(crate) pending: VecDeque<Pending>,
    /// Runs in flight, in the order in which they began.
    pub(crate) running: Vec<Running>,
    tasks: JoinSet<(NodeRunId, Led)>,
    reports: Channel<Report>,
    pub(crate) answers: Channel<(NodeRunId, EffectAnswer)>,
    /// Requests that wait until the event pulled last has been recorded.
    unrecorded: Vec<oneshot::Sender<()>>,
    cancel: (Arc<watch::Sender<bool>>, watch::Receiver<bool>),
    deadline: Option<Instant>,
    /// Whether `next` has been called.
    begun: bool,
    pub(crate) next_index: u32,
}

/// Both ends of a channel.
type Channel<T> = (mpsc::Sender<T>, mpsc::Receiver<T>);

/// An event that has happened and has not been pulled.
pub(crate) struct Pending {
    event: ExecutionEvent,
    /// Requests that wait until it has been recorded.
    requests: Vec<oneshot::Sender<()>>,
}

/// A run in flight.
pub(crate) struct Running {
    pub(crate) id: NodeRunId,
    pub(crate) entry: Entry,
    pub(crate) index: u32,
    pub(crate) attempt: u32,
    pub(crate) began: Instant,
    /// Whether it waits for its caller to do what it has asked for.
    pub(crate) asks: bool,
}

/// What an execution waits for.
enum Happened {
    /// It is cancelled or out of time.
    Interrupted,
    Report(Report),
    Answered(NodeRunId, EffectAnswer),
    Ended(Result<(NodeRunId, Led), JoinError>),
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
            begun: false,
            plan,
            host,
            config,
            state,
            pending: VecDeque::new(),
            running: Vec::new(),
            tasks: JoinSet::new(),
            reports: mpsc::channel(REPORT_BUFFER),
            answers: mpsc::channel(ANSWER_BUFFER),
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
            if let Some(pending) = self.pending.pop_front() {
                self.state.apply(&self.plan, &pending.event);
                self.unrecorded = pending.requests;
                return Some(pending.event);
            }
            if self.state.finished.is_some() {
                return None;
            }
            // Lets other tasks run now and then, also during a long chain of pure nodes.
            tokio::task::consume_budget().await;
            self.advance().await;
        }
    }

    /// Does the next bit of work.
    async fn advance(&mut self) {
        if !self.begun {
            self.begun = true;
            self.deadline = self.deadline_from_now();
            self.go_on_asking();
            if !self.pending.is_empty() {
                return;
            }
        }
        if !self.state.started {
            self.report_start();
        } else if let Some(failed) = self.state.failed.clone() {
            self.finish(ExecutionStatus::Error, failed.error.clone());
        } else if *self.cancel.1.borrow() {
            let error = ErrorInfo::operation("the execution was cancelled");
            self.finish(ExecutionStatus::Canceled, Some(error));
        } else if self
            .deadline
            .is_some_and(|deadline| Instant::now() >= deadline)
        {
            self.finish(ExecutionStatus::Canceled, Some(out_of_time()));
        } else if let Some(entry) = self.next_entry() {
            if self.next_index < self.config.max_node_runs {
                self.start(entry);
            } else {
                let error = self.endless_loop(entry.node);
                self.finish(ExecutionStatus::Error, Some(error));
            }
        } else if self.running.is_empty() {
            self.finish(ExecutionStatus::Success, None);
        } else {
            self.wait().await;
        }
    }

    /// The shorter of the workflow's own limit and the caller's. A resumed execution gets the whole time again.
    fn deadline_from_now(&self) -> Option<Instant> {
        let own = self
            .plan
            .timeout_s
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let timeout = match (own, self.config.timeout) {
            (Some(own), Some(most)) => Some(own.min(most)),
            (own, most) => own.or(most),
        };
        Instant::now().checked_add(timeout?)
    }

    fn report_start(&mut self) {
        let start = self.state.stack.front().map_or_else(
            || "".into(),
            |entry| self.plan.node(entry.node).name.clone(),
        );
        self.push(ExecutionEvent::Started {
            workflow: self.plan.name.clone(),
            start,
        });
    }

    /// The error of an execution that has had all its runs and would begin one more, of `node`.
    fn endless_loop(&self, node: u32) -> ErrorInfo {
        ErrorInfo {
            description: Some(
                "look for a loop that never ends, or raise the limit (`--max-node-runs`)".into(),
            ),
            node: Some(self.plan.node(node).name.to_string()),
            ..ErrorInfo::operation(format!(
                "stopped after {} node runs: this looks like an endless loop",
                self.config.max_node_runs
            ))
        }
    }

    /// How many nodes may be at work at once.
    pub(crate) fn at_once(&self) -> usize {
        match self.plan.order {
            ExecutionOrder::Parallel => self.config.max_parallel_nodes.max(1),
            _ => 1,
        }
    }

    fn next_entry(&mut self) -> Option<Entry> {
        if self.running.len() >= self.at_once() {
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
        // A disabled node passes all its items on.
        entry.renumber(node.execute_once && !node.disabled);
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
            asks: false,
        };
        self.next_index += 1;
        if let Some(settled) = stand_in(node, &running.entry.inputs, self.host.execution.manual) {
            self.end(&running, settled);
            return;
        }
        self.attempt(running);
    }

    /// Tries a run for the first time.
    fn attempt(&mut self, running: Running) {
        let run = self.node_run(&running);
        match attempt::begin(&self.plan, running.entry.node, &run) {
            Step::Done(answer) => {
                drop(run);
                self.answered(running, answer);
            }
            Step::Pending(work) => {
                self.push(ExecutionEvent::NodeStarted(running.id.clone()));
                self.spawn(running, work, run);
            }
            Step::Ask(effect) => {
                self.push(ExecutionEvent::NodeStarted(running.id.clone()));
                self.ask(running, effect);
            }
        }
    }

    pub(crate) fn spawn(
        &mut self,
        running: Running,
        work: BoxFuture<'static, Answer>,
        run: NodeRun,
    ) {
        let id = running.id.clone();
        let work = attempt::finish(work, run.node, run.run_index);
        self.tasks.spawn(async move { (id, work.await) });
        self.running.push(running);
    }

    pub(crate) fn node_run(&self, running: &Running) -> NodeRun {
        let reporter = Reporter {
            run: running.id.clone(),
            reports: self.reports.0.clone(),
        };
        node_run(
            &self.plan,
            &self.host,
            &self.state,
            &running.entry,
            running.id.run_index,
            Arc::new(reporter),
        )
    }

    /// Takes a node's answer: another attempt follows, or the run has ended.
    pub(crate) fn answered(&mut self, mut running: Running, answer: Answer) {
        let node = self.plan.node(running.entry.node);
        let retry = node
            .compiled
            .facts
            .retry
            .filter(|_| !node.compiled.node.retries_by_item());
        if let Some(retry) = retry
            && running.attempt < retry.max_tries
            && let Some(error) = attempt::failure(&answer)
        {
            self.push(ExecutionEvent::Retry {
                run: running.id.clone(),
                attempt: running.attempt,
                wait_ms: retry.wait_ms,
                error,
            });
            running.attempt += 1;
            self.attempt_later(running, retry.wait_ms);
            return;
        }
        let settled = settle(node, &running.entry.inputs, answer);
        self.end(&running, settled);
    }

    /// Waits in a task of its own and does the work there, so that other nodes go on meanwhile.
    fn attempt_later(&mut self, running: Running, wait_ms: u64) {
        let id = running.id.clone();
        let run = self.node_run(&running);
        let work = attempt::again(self.plan.clone(), running.entry.node, run, wait_ms);
        self.tasks.spawn(async move { (id, work.await) });
        self.running.push(running);
    }

    /// Reports the end of a run. What follows from it is up to the state.
    fn end(&mut self, running: &Running, settled: Settled) {
        let facts = &self.plan.node(running.entry.node).compiled.facts;
        if settled.error.is_some() && !facts.continue_on_fail {
            self.drop_running();
        }
        let elapsed_us = u64::try_from(running.began.elapsed().as_micros()).unwrap_or(u64::MAX);
        tracing::debug!(
            node.name = &*running.id.node,
            node.run_index = running.id.run_index,
            node.failed = settled.error.is_some(),
            elapsed_us,
            "a node run has ended"
        );
        let sources = running.entry.sources.clone();
        let result = settled.result(running.id.clone(), running.index, sources, elapsed_us);
        self.push(ExecutionEvent::NodeFinished(Arc::new(result)));
    }

    fn finish(&mut self, status: ExecutionStatus, error: Option<ErrorInfo>) {
        self.drop_running();
        // What dropped runs have sent belongs into the books.
        self.report_queued();
        let last_node = self
            .state
            .last_node
            .map(|node| self.plan.node(node).name.clone());
        self.push(ExecutionEvent::Finished {
            status,
            error,
            last_node,
        });
    }

    fn drop_running(&mut self) {
        self.tasks.abort_all();
        self.running.clear();
    }

    pub(crate) fn push(&mut self, event: ExecutionEvent) {
        self.pending.push_back(Pending {
            event,
            requests: Vec::new(),
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
            answers,
            tasks,
            ..
        } = self;
        let happened = tokio::select! {
            biased;
            _ = cancel.1.wait_for(|cancelled| *cancelled) => Happened::Interrupted,
            () = out_of_time => Happened::Interrupted,
            Some(first) = reports.1.recv() => Happened::Report(first),
            Some((id, answer)) = answers.1.recv() => Happened::Answered(id, answer),
            Some(ended) = tasks.join_next() => Happened::Ended(ended),
        };
        match happened {
            Happened::Interrupted => {}
            Happened::Report(first) => {
                self.report(first);
                self.report_queued();
            }
            Happened::Answered(id, answer) => self.answer_came(id, answer),
            Happened::Ended(ended) => self.joined(ended),
        }
    }

    /// Passes on the reports that have queued up.
    fn report_queued(&mut self) {
        while let Ok(report) = self.reports.1.try_recv() {
            self.report(report);
        }
    }

    /// Passes on a report. Reports of one run that follow each other become one event.
    fn report(&mut self, report: Report) {
        if let Some(Pending {
            event: ExecutionEvent::Requests { run, events },
            requests,
        }) = self.pending.back_mut()
            && *run == report.run
        {
            events.push(report.event);
            requests.extend(report.recorded);
            return;
        }
        self.pending.push_back(Pending {
            event: ExecutionEvent::Requests {
                run: report.run,
                events: vec![report.event],
            },
            requests: report.recorded.into_iter().collect(),
        });
    }

    fn joined(&mut self, ended: Result<(NodeRunId, Led), JoinError>) {
        // Reports of the run that has just ended come before its end.
        self.report_queued();
        let (id, led) = match ended {
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
        match led {
            Led::ToAnswer(answer) => self.answered(running, answer),
            Led::ToEffect(effect) => self.ask(running, effect),
        }
    }
}

fn out_of_time() -> ErrorInfo {
    ErrorInfo {
        description: Some(
            "raise it (`settings.executionTimeout`, `--timeout`) or make the workflow shorter"
                .into(),
        ),
        ..ErrorInfo::operation("the execution took longer than its time limit")
    }
}
