//! Runs that ask their caller for something: reporting what, taking the answer, going on.

use std::sync::Arc;

use itemflow_model::{Effect, EffectAnswer, ExecutionEvent, NodeRunId};
use itemflow_nodes::Step;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::attempt;
use crate::execution::{Execution, Running};

/// Takes the answers to what an execution's nodes have asked for ([`ExecutionEvent::EffectRequested`]).
#[derive(Clone, Debug)]
pub struct AnswerHandle(mpsc::Sender<(NodeRunId, EffectAnswer)>);

impl AnswerHandle {
    /// Lets a run go on. An answer that nobody waits for is dropped.
    pub async fn answer(&self, run: NodeRunId, answer: EffectAnswer) {
        // The execution is gone: so is the question.
        let _ = self.0.send((run, answer)).await;
    }
}

impl Execution {
    /// Where answers to [`ExecutionEvent::EffectRequested`] go.
    pub fn answer_handle(&self) -> AnswerHandle {
        AnswerHandle(self.answers.0.clone())
    }

    /// Whether every run in flight waits for an answer, and nothing else can run. An execution in this state may be
    /// dropped and resumed later from its events.
    pub fn only_waits(&self) -> bool {
        let nothing_else = self.state.stack.is_empty() || self.running.len() >= self.at_once();
        self.pending.is_empty()
            && !self.running.is_empty()
            && self.running.iter().all(|running| running.asks)
            && self.state.finished.is_none()
            && nothing_else
    }

    /// Reports what a run asks for; it waits for the answer.
    pub(crate) fn ask(&mut self, mut running: Running, effect: Effect) {
        self.push(ExecutionEvent::EffectRequested {
            run: running.id.clone(),
            effect: Arc::new(effect),
        });
        running.asks = true;
        self.running.push(running);
    }

    /// Reports an answer.
    pub(crate) fn answer_came(&mut self, id: NodeRunId, answer: EffectAnswer) {
        let asks = |running: &Running| running.asks && running.id == id;
        let Some(at) = self.running.iter().position(asks) else {
            return;
        };
        let running = self.running.remove(at);
        let answer = Arc::new(answer);
        self.push(ExecutionEvent::EffectAnswered {
            run: id,
            answer: answer.clone(),
        });
        self.resume(running, &answer);
    }

    /// Goes on with a run that has its answer.
    fn resume(&mut self, mut running: Running, answer: &EffectAnswer) {
        running.asks = false;
        let run = self.node_run(&running);
        match attempt::resume(self.plan(), running.entry.node, &run, answer) {
            Step::Done(answer) => {
                drop(run);
                self.answered(running, answer);
            }
            Step::Pending(work) => self.spawn(running, work, run),
            Step::Ask(effect) => self.ask(running, effect),
        }
    }

    /// Takes over the runs that had asked for something when the execution was cut off.
    pub(crate) fn go_on_asking(&mut self) {
        for asking in std::mem::take(&mut self.state.asking) {
            let running = Running {
                id: asking.id,
                entry: asking.entry,
                index: self.next_index,
                attempt: 1,
                began: Instant::now(),
                asks: true,
            };
            self.next_index += 1;
            match asking.answer {
                Some(answer) => self.resume(running, &answer),
                None => self.running.push(running),
            }
        }
    }
}
