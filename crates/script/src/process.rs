//! `Child`: one worker, and the conversation with it about one script.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::time::Duration;

use itemflow_model::{LogLevel, LogLine, Value};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::process::Command;

use crate::config::{Config, Program};
use crate::error::ScriptError;
use crate::frame::{self, Frame, Kind};
use crate::script::{Answers, Failure, Outcome, Script};
use crate::worker::{Begin, WORKER_ARGUMENT, WorkerLimits};

/// How long the end of a process that has closed its output is waited for.
const END: Duration = Duration::from_secs(1);

/// One worker. Dropping it kills its process.
pub(crate) struct Child {
    /// The zone that JavaScript's own dates have there.
    pub(crate) time_zone: String,
    process: Option<tokio::process::Child>,
    input: Box<dyn AsyncWrite + Send + Sync + Unpin>,
    output: Box<dyn AsyncRead + Send + Sync + Unpin>,
}

/// Why a conversation broke off.
pub(crate) enum Broken {
    /// Before the script had begun, so that another worker may run it.
    Before(io::Error),
    /// While it ran.
    Within(ScriptError),
}

impl Child {
    /// Starts a worker with an empty environment and nothing open but the pipes.
    pub(crate) fn start(config: &Config, time_zone: &str) -> io::Result<Self> {
        let limits = WorkerLimits::of(config);
        match &config.program {
            Program::Path(path) => {
                let mut process = Command::new(path)
                    .arg(WORKER_ARGUMENT)
                    .arg(limits.to_argument())
                    .env_clear()
                    .env("TZ", time_zone)
                    .current_dir("/")
                    .stdin(Stdio::piped())
                    .stdout(Stdio::piped())
                    .stderr(Stdio::null())
                    .kill_on_drop(true)
                    .spawn()?;
                let pipe = || io::Error::other("its pipes are missing");
                Ok(Self {
                    time_zone: time_zone.to_owned(),
                    input: Box::new(process.stdin.take().ok_or_else(pipe)?),
                    output: Box::new(process.stdout.take().ok_or_else(pipe)?),
                    process: Some(process),
                })
            }
            #[cfg(feature = "in-process")]
            Program::Thread => {
                let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
                ours.set_nonblocking(true)?;
                let input = theirs.try_clone()?;
                std::thread::Builder::new()
                    .stack_size(limits.thread_stack())
                    .spawn(move || crate::worker::serve(input, theirs, &limits, || {}))?;
                let (output, input) = tokio::net::UnixStream::from_std(ours)?.into_split();
                Ok(Self {
                    time_zone: time_zone.to_owned(),
                    process: None,
                    input: Box::new(input),
                    output: Box::new(output),
                })
            }
        }
    }

    /// Whether its process is still there.
    pub(crate) fn is_alive(&mut self) -> bool {
        match &mut self.process {
            Some(process) => matches!(process.try_wait(), Ok(None)),
            None => true,
        }
    }

    /// Runs a script to its end.
    pub(crate) async fn run(
        &mut self,
        config: &Config,
        script: &Script,
        answers: &dyn Answers,
    ) -> Result<Vec<Outcome>, Broken> {
        self.begin(script).await.map_err(Broken::Before)?;
        let mut logged = 0;
        loop {
            // What a worker may log, ask or yield is bounded on its side; this side only guards against a broken one.
            let longest = config.max_output_bytes.saturating_mul(2) + (1 << 20);
            let frame = match frame::receive(&mut self.output, longest).await {
                Ok(frame) => frame,
                Err(error) => return Err(Broken::Within(self.why(&error).await)),
            };
            match frame.kind {
                Kind::Log => {
                    logged += frame.content.len();
                    if logged <= config.max_log_bytes.saturating_mul(2) {
                        answers.log(log_line(&frame.content));
                    }
                }
                Kind::Question => {
                    let answered = self.answer(&frame, answers).await;
                    if let Err(error) = answered {
                        return Err(Broken::Within(self.why(&error).await));
                    }
                }
                Kind::Done => {
                    return outcomes(&frame.content, config)
                        .map_err(|error| Broken::Within(ScriptError::Answer(error)));
                }
                _ => {
                    let error = "a message that only the parent sends".into();
                    return Err(Broken::Within(ScriptError::Answer(error)));
                }
            }
        }
    }

    async fn begin(&mut self, script: &Script) -> io::Result<()> {
        let begin = Begin {
            code: script.code.to_string(),
            style: script.style,
            stop_at_failure: script.stop_at_failure,
            time_zone: script.time_zone.clone(),
            standing_at_ms: script.standing_at_ms,
            seed: script.seed,
        };
        let begin = serde_json::to_vec(&begin)?;
        frame::send(&mut self.input, Kind::Begin, &begin).await?;
        frame::send(&mut self.input, Kind::Items, &script.items).await?;
        let first = frame::receive(&mut self.output, 0).await?;
        if first.kind == Kind::Begun {
            Ok(())
        } else {
            Err(io::ErrorKind::InvalidData.into())
        }
    }

    async fn answer(&mut self, frame: &Frame, answers: &dyn Answers) -> io::Result<()> {
        let answer = match serde_json::from_slice::<Value>(&frame.content) {
            Ok(question) => answers.answer(question).await,
            Err(error) => Err(format!("the question cannot be read: {error}")),
        };
        match answer {
            Ok(text) => {
                let text = text.unwrap_or_default();
                frame::send(&mut self.input, Kind::Answer, text.as_bytes()).await
            }
            Err(refusal) => frame::send(&mut self.input, Kind::Refusal, refusal.as_bytes()).await,
        }
    }

    /// Why the process no longer speaks.
    async fn why(&mut self, error: &io::Error) -> ScriptError {
        if error.kind() == io::ErrorKind::InvalidData {
            return ScriptError::Answer(error.to_string());
        }
        let Some(process) = &mut self.process else {
            return ScriptError::Crashed("it ended".into());
        };
        ScriptError::Crashed(match tokio::time::timeout(END, process.wait()).await {
            Ok(Ok(status)) => match (status.signal(), status.code()) {
                (Some(signal), _) => format!("signal {signal}"),
                (None, Some(code)) => format!("exit code {code}"),
                (None, None) => "it ended".into(),
            },
            _ => "it closed its output".into(),
        })
    }
}

fn log_line(content: &[u8]) -> LogLine {
    let text = String::from_utf8_lossy(content);
    let (level, text) = text.split_once('\n').unwrap_or(("info", &text));
    LogLine {
        level: match level {
            "debug" => LogLevel::Debug,
            "warn" => LogLevel::Warning,
            "error" => LogLevel::Error,
            _ => LogLevel::Info,
        },
        text: text.into(),
    }
}

/// Reads the results: a list of `{ item, value }` and `{ item, failure }`.
fn outcomes(content: &[u8], config: &Config) -> Result<Vec<Outcome>, String> {
    let list: Value = serde_json::from_slice(content).map_err(|error| {
        if error.to_string().contains("recursion limit") {
            "the result is nested too deeply".to_owned()
        } else {
            error.to_string()
        }
    })?;
    let Value::Array(list) = list else {
        return Err("no list of results".into());
    };
    list.iter().map(|entry| outcome(entry, config)).collect()
}

fn outcome(entry: &Value, config: &Config) -> Result<Outcome, String> {
    let item = entry.get("item").and_then(Value::as_u64);
    let item = item.ok_or("a result without its item")? as usize;
    let result = match entry.get("failure") {
        None => Ok(entry.get("value").cloned()),
        Some(failure) => Err(failure_of(failure, config)?),
    };
    Ok(Outcome { item, result })
}

fn failure_of(value: &Value, config: &Config) -> Result<Failure, String> {
    let mut failure: Failure = serde_json::from_str(&value.to_string())
        .map_err(|error| format!("a failure that cannot be read: {error}"))?;
    if failure.message == "out of memory" {
        failure.message = format!(
            "the script needs more than the {} MiB of memory that it may use",
            config.memory_bytes >> 20
        );
    }
    Ok(failure)
}
