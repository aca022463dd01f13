//! Progress on standard error while nodes run: a line for each finished node, a live line on a terminal.

use std::collections::HashMap;
use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use itemflow_model::{
    Effect, ExecutionEvent, ExecutionStatus, Items, NodeResult, NodeRunId, RequestStep,
};

use crate::report;

/// Loops run nodes thousands of times; after this many lines only the count goes on.
const MAX_LINES: usize = 200;

/// Shows the events of an execution.
pub(crate) struct Progress {
    quiet: bool,
    bar: Option<ProgressBar>,
    lines: usize,
    hidden: usize,
    requests: HashMap<NodeRunId, (usize, usize)>,
}

impl Progress {
    /// Shows nothing if `quiet`.
    pub(crate) fn new(quiet: bool) -> Self {
        let live = !quiet && std::io::stderr().is_terminal();
        let bar = live.then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self {
            quiet,
            bar,
            lines: 0,
            hidden: 0,
            requests: HashMap::new(),
        }
    }

    /// Shows one event.
    pub(crate) fn event(&mut self, event: &ExecutionEvent) {
        if self.quiet {
            return;
        }
        match event {
            ExecutionEvent::NodeStarted(run) => self.live(format!("{} …", run.node)),
            ExecutionEvent::Requests { run, events } => {
                let counts = self.requests.entry(run.clone()).or_default();
                for event in events {
                    match event.step {
                        RequestStep::Started { .. } => counts.0 += 1,
                        RequestStep::Finished { .. } => counts.1 += 1,
                    }
                }
                let (started, finished) = *counts;
                self.live(format!(
                    "{}: {finished} of {} answered",
                    run.node,
                    report::count(started, "request")
                ));
            }
            ExecutionEvent::Retry {
                run,
                attempt,
                wait_ms,
                error,
            } => {
                self.line(&format!(
                    "↻ {}: attempt {attempt} failed ({}), next in {wait_ms} ms",
                    run.node, error.message
                ));
            }
            ExecutionEvent::Warning { run, message } => {
                self.line(&format!("! {}: {message}", run.node))
            }
            ExecutionEvent::EffectRequested { run, effect } => match &**effect {
                Effect::Wait(_) => self.live(format!("{} waits", run.node)),
                Effect::RunWorkflows(calls) => self.live(format!(
                    "{} runs {}",
                    run.node,
                    report::count(calls.calls.len(), "workflow")
                )),
            },
            ExecutionEvent::EffectAnswered { .. } => {}
            ExecutionEvent::NodeFinished(result) if result.is_recorded() => self.finished(result),
            ExecutionEvent::NodeFinished(_) => {}
            ExecutionEvent::Finished { status, .. } => self.end(*status),
            ExecutionEvent::Started { .. } => {}
        }
    }

    fn finished(&mut self, result: &NodeResult) {
        let outputs: Vec<usize> = result.outputs.iter().flatten().map(Items::len).collect();
        let items = match outputs[..] {
            [] => "no items".to_owned(),
            [one] => report::count(one, "item"),
            ref several => format!(
                "{} items",
                several
                    .iter()
                    .map(usize::to_string)
                    .collect::<Vec<_>>()
                    .join(" + ")
            ),
        };
        let requests = self
            .requests
            .remove(&result.run)
            .map_or(0, |(started, _)| started);
        let sent = if requests > 0 {
            format!(", {}", report::count(requests, "request"))
        } else {
            String::new()
        };
        let time = Duration::from_micros(result.elapsed_us.max(1));
        let mark = if result.error.is_some() { '✗' } else { '✓' };
        self.line(&format!(
            "{mark} {}  {items}{sent}  {time:.1?}",
            result.run.node
        ));
        for log in &result.logs {
            for text in log.text.lines() {
                self.line(&format!(
                    "  {}: {}",
                    log.level.as_str(),
                    report::printable(text)
                ));
            }
        }
        if let Some(response) = &result.response {
            self.line(&format!("  answers with status {}", response.status));
        }
        for hint in &result.hints {
            self.line(&format!("  note: {hint}"));
        }
    }

    /// Says that the execution waits at a node for what cannot come here.
    pub(crate) fn waits(&mut self, node: &str) {
        self.end(ExecutionStatus::Waiting);
        anstream::eprintln!("node \"{node}\" waits for a call, which only a server can take");
    }

    fn end(&mut self, status: ExecutionStatus) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        if self.hidden > 0 {
            anstream::eprintln!("… and {}", report::count(self.hidden, "more node run"));
        }
        if status != ExecutionStatus::Success {
            anstream::eprintln!("execution: {}", status.as_str());
        }
    }

    fn live(&self, message: String) {
        if let Some(bar) = &self.bar {
            bar.set_message(message);
        }
    }

    fn line(&mut self, text: &str) {
        self.lines += 1;
        if self.lines > MAX_LINES {
            self.hidden += 1;
            return;
        }
        match &self.bar {
            Some(bar) => bar.suspend(|| anstream::eprintln!("{text}")),
            None => anstream::eprintln!("{text}"),
        }
    }
}
