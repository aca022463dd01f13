//! The worker: the program on the other side of the pipes, which runs one script after the other.

mod engine;
mod host;
mod limits;
mod session;
mod url;

use std::io::{Read, Write};
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};

use serde::{Deserialize, Serialize};

use crate::frame::{self, Kind};
use crate::script::Style;
use engine::Engine;
pub(crate) use limits::WorkerLimits;
use session::Session;

/// The first argument by which a program knows that it is to be a worker; the second one says its limits.
pub const WORKER_ARGUMENT: &str = "script-worker";

/// Longest message that a worker takes.
const LONGEST: usize = u32::MAX as usize;

/// What a worker is told about a script, apart from its items.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Begin {
    pub(crate) code: String,
    pub(crate) style: Style,
    pub(crate) stop_at_failure: bool,
    pub(crate) time_zone: String,
    pub(crate) standing_at_ms: Option<i64>,
    pub(crate) seed: f64,
}

/// Is a worker until there is nothing more to do. `limits` is the argument after [`WORKER_ARGUMENT`].
pub fn run_worker(limits: Option<&str>) -> ExitCode {
    let Some(limits) = limits.and_then(WorkerLimits::from_argument) else {
        return ExitCode::from(2);
    };
    limits.hold_process();
    let thread = std::thread::Builder::new()
        .stack_size(limits.thread_stack())
        .spawn(move || {
            // The end of the input is the end of the parent: nothing that still runs is of use to anyone.
            let end = || std::process::exit(0);
            serve(std::io::stdin(), std::io::stdout(), &limits, end);
        });
    match thread.map(|thread| thread.join()) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// Runs the scripts that arrive until the input ends, or none has arrived for a while.
pub(crate) fn serve(
    mut input: impl Read + Send + 'static,
    output: impl Write + 'static,
    limits: &WorkerLimits,
    at_end: impl FnOnce() + Send + 'static,
) {
    let (sender, frames) = sync_channel(1);
    let reader = std::thread::Builder::new().spawn(move || {
        while let Ok(frame) = frame::read(&mut input, LONGEST) {
            if sender.send(frame).is_err() {
                return;
            }
        }
        drop(sender);
        at_end();
    });
    if reader.is_err() {
        return;
    }
    let session = Rc::new(Session::new(frames, output, limits));
    loop {
        // A fresh engine for each script, made before it arrives: nothing is left of the script before.
        let Ok(engine) = Engine::new(&session, limits) else {
            return;
        };
        let begin = match session.frames.recv_timeout(limits.idle()) {
            Ok(frame) if frame.kind == Kind::Begin => frame,
            Ok(_) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
        };
        let Ok(begin) = serde_json::from_slice::<Begin>(&begin.content) else {
            return;
        };
        let Ok(items) = session.frames.recv() else {
            return;
        };
        if session.send(Kind::Begun, &[]).is_err() {
            return;
        }
        session.begin(items.content, &begin);
        engine.run(&session, &begin);
        drop(engine);
        let results = session.take_results();
        if session.send(Kind::Done, &results).is_err() {
            return;
        }
    }
}
