//! `itemflow` as a child process in a folder of its own, never waited for without a limit.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Longest time that any command of a test may take.
const LIMIT: Duration = Duration::from_secs(120);

/// A folder with the files of one test; commands run in it, so that they name files without a path.
pub(crate) struct Folder(TempDir);

/// A command that has not been started.
pub(crate) struct Invocation {
    command: Command,
    input: Option<String>,
}

/// A command at work.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<(Stream, Option<String>)>,
    ran: Ran,
    open: usize,
    deadline: Instant,
}

/// What a command printed, and how it ended.
#[derive(Debug, Default)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Where a line was printed.
#[derive(Clone, Copy)]
enum Stream {
    Out,
    Err,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A folder with one workflow, `workflow.yaml`.
    pub(crate) fn with_workflow(text: &str) -> Self {
        Self::new().with("workflow.yaml", text)
    }

    /// Adds a file.
    pub(crate) fn with(self, name: &str, text: &str) -> Self {
        std::fs::write(self.path(name), text).unwrap();
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// `itemflow` with these arguments.
    pub(crate) fn itemflow(&self, arguments: &[&str]) -> Invocation {
        let mut command = Command::new(env!("CARGO_BIN_EXE_itemflow"));
        command.args(arguments).current_dir(self.0.path());
        Invocation::new(command)
    }

    /// Runs `itemflow` with these arguments.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.itemflow(arguments).run()
    }
}

impl Invocation {
    /// Any program, without what the environment of the tests would change.
    pub(crate) fn new(mut command: Command) -> Self {
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
            command
                .env_remove(name)
                .env_remove(name.to_ascii_lowercase());
        }
        for name in [
            "ITEMFLOW_FILES",
            "ITEMFLOW_LOG",
            "ITEMFLOW_THREADS",
            "CLICOLOR_FORCE",
        ] {
            command.env_remove(name);
        }
        Self {
            command,
            input: None,
        }
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Text for standard input; without it there is none.
    pub(crate) fn input(mut self, text: &str) -> Self {
        self.input = Some(text.to_owned());
        self
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Ran {
        self.start().finish()
    }

    /// Starts it.
    pub(crate) fn start(mut self) -> Running {
        let stdin = if self.input.is_some() {
            Stdio::piped()
        } else {
            Stdio::null()
        };
        self.command
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = self.command.spawn().unwrap();
        if let (Some(text), Some(mut stdin)) = (self.input, child.stdin.take()) {
            // A command that ends without reading has its reasons, which the test looks at.
            let _ = stdin.write_all(text.as_bytes());
        }
        let (sender, lines) = channel();
        forward(child.stdout.take().unwrap(), Stream::Out, sender.clone());
        forward(child.stderr.take().unwrap(), Stream::Err, sender);
        Running {
            child,
            lines,
            ran: Ran::default(),
            open: 2,
            deadline: Instant::now() + LIMIT,
        }
    }
}

/// Sends each line, and `None` at the end.
fn forward(from: impl Read + Send + 'static, stream: Stream, to: Sender<(Stream, Option<String>)>) {
    std::thread::spawn(move || {
        let mut from = BufReader::new(from);
        loop {
            let mut line = Vec::new();
            let read = from.read_until(b'\n', &mut line).unwrap_or(0);
            let line = (read > 0).then(|| String::from_utf8_lossy(&line).into_owned());
            let ended = line.is_none();
            if to.send((stream, line)).is_err() || ended {
                return;
            }
        }
    });
}

impl Running {
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until what it has printed so far is as expected.
    pub(crate) fn until(&mut self, expected: impl Fn(&Ran) -> bool) -> &Ran {
        while !expected(&self.ran) {
            assert!(self.next(), "it ended: {}", self.ran);
        }
        &self.ran
    }

    /// Presses Ctrl-C.
    pub(crate) fn interrupt(&self) {
        let id = self.id().to_string();
        let done = Command::new("kill").args(["-INT", &id]).status().unwrap();
        assert!(done.success());
    }

    /// Waits until it ends.
    pub(crate) fn finish(mut self) -> Ran {
        while self.next() {}
        self.ran.code = self.child.wait().unwrap().code();
        std::mem::take(&mut self.ran)
    }

    /// Takes the next line; false after the last one.
    fn next(&mut self) -> bool {
        while self.open > 0 {
            let left = self.deadline.saturating_duration_since(Instant::now());
            let Ok((stream, line)) = self.lines.recv_timeout(left) else {
                panic!("it takes longer than {LIMIT:?}: {}", self.ran);
            };
            let Some(line) = line else {
                self.open -= 1;
                continue;
            };
            match stream {
                Stream::Out => self.ran.stdout.push_str(&line),
                Stream::Err => self.ran.stderr.push_str(&line),
            }
            return true;
        }
        false
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // After `finish` it has ended, and these do nothing.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ran {
    /// It succeeded.
    #[track_caller]
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "{self}");
        self
    }

    /// It ended with this exit code.
    #[track_caller]
    pub(crate) fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }

    /// All of these are on standard error.
    #[track_caller]
    pub(crate) fn tells(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(self.stderr.contains(text), "no `{text}` in: {self}");
        }
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// The json of each printed item.
    #[track_caller]
    pub(crate) fn items(&self) -> Vec<serde_json::Value> {
        let printed = self.json();
        let list = printed.as_array().unwrap();
        list.iter().map(|item| item["json"].clone()).collect()
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "exit code {:?}\n--- stdout\n{}--- stderr\n{}",
            self.code, self.stdout, self.stderr
        )
    }
}

/// The root of the repository.
pub(crate) fn repository() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().unwrap()
}
