//! `Host`: what a node may ask of the process it runs in: time, chance, credentials, variables, HTTP. Small traits, so
//! that tests and servers pass their own.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::BytesMut;
use futures::TryStreamExt;
use futures::future::BoxFuture;
use itemflow_declarative::{BinaryReader, ByteStream, HttpClients, NoBinaries, ReceivedFile};
use itemflow_expression::Limits;
use itemflow_model::{Binary, ErrorInfo, Map, Value};
use itemflow_script::Scripts;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::files::{Files, NoFiles};
use crate::seen::{Seen, SeenInMemory};

/// Everything a run may ask for. One per execution.
#[derive(Clone)]
pub struct Host {
    /// The present moment.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub random: Arc<dyn Random>,
    /// Credentials by type and name.
    pub credentials: Arc<dyn Credentials>,
    /// Connections.
    pub http: Arc<HttpClients>,
    /// Files of items.
    pub binaries: Arc<dyn BinaryStore>,
    /// The folder on disk that nodes may read and write; none by default.
    pub files: Arc<dyn Files>,
    /// What earlier executions have worked on.
    pub seen: Arc<dyn Seen>,
    /// Environment variables that expressions may read; none by default.
    pub environment: Arc<dyn Environment>,
    /// `$vars`.
    pub variables: Value,
    /// The execution the run belongs to.
    pub execution: ExecutionFacts,
    /// How much one expression may use.
    pub limits: Limits,
    /// What the workflow remembers from one execution to the next.
    pub static_data: Arc<dyn StaticData>,
    /// What runs the scripts of Code nodes; without it they fail.
    pub scripts: Option<Arc<Scripts>>,
}

impl Host {
    /// The machine's clock and chance and a memory that is empty at first, and nothing else: no credentials, files,
    /// variables or environment. Replace what a host has beside that.
    pub fn new(execution: ExecutionFacts) -> Self {
        Self {
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            credentials: Arc::new(NoCredentials),
            http: Arc::default(),
            binaries: Arc::new(NoBinaryStore),
            files: Arc::new(NoFiles),
            seen: Arc::new(SeenInMemory::default()),
            environment: Arc::new(NoEnvironment),
            variables: Value::empty_object(),
            execution,
            limits: Limits::default(),
            static_data: Arc::new(MemoryStaticData::default()),
            scripts: None,
        }
    }
}

/// What is the same for every node of an execution.
#[derive(Clone, Debug)]
pub struct ExecutionFacts {
    /// Identity of the execution.
    pub id: Arc<str>,
    /// Whether a person started it (`$execution.mode` is then `test`).
    pub manual: bool,
    /// `$workflow`: id, name, active.
    pub workflow: Value,
    /// The workflow's time zone.
    pub time_zone: TimeZone,
    /// HTTP method of the call that started it, where a call did.
    pub method: Option<Arc<str>>,
}

/// The present moment.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;

    /// Whether it always tells the same time, so that scripts must not read another one.
    fn stands_still(&self) -> bool {
        false
    }
}

/// The machine's clock.
#[derive(Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Chance.
pub trait Random: Send + Sync {
    /// A number in `[0, 1)`.
    fn next(&self) -> f64;
}

/// The operating system's randomness.
#[derive(Debug)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn next(&self) -> f64 {
        rand::random()
    }
}

/// Where credentials come from.
pub trait Credentials: Send + Sync {
    /// The data of the credential `name` of type `kind`; `None` when there is none.
    ///
    /// # Errors
    /// When the place they are kept in cannot be read.
    fn load<'a>(
        &'a self,
        kind: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<Map>, ErrorInfo>>;

    /// How to mend that [`Credentials::load`] finds none.
    fn missing(&self, kind: &str, name: &str) -> String {
        let _ = name;
        format!("create a credential of type `{kind}` under this name")
    }
}

/// A host without credentials.
#[derive(Debug)]
pub struct NoCredentials;

impl Credentials for NoCredentials {
    fn load<'a>(&'a self, _: &'a str, _: &'a str) -> BoxFuture<'a, Result<Option<Map>, ErrorInfo>> {
        Box::pin(async { Ok(None) })
    }
}

/// Where the files of items are kept.
pub trait BinaryStore: BinaryReader {
    /// Keeps a file and returns the reference that items carry.
    ///
    /// # Errors
    /// When it cannot be written.
    fn store(&self, file: ReceivedFile) -> BoxFuture<'_, io::Result<Binary>>;

    /// Keeps a file that comes piece by piece. A store of large files does so without holding one whole in memory.
    ///
    /// # Errors
    /// When it cannot be written, or the pieces end in an error.
    fn store_stream(
        &self,
        mime_type: String,
        file_name: Option<String>,
        bytes: ByteStream,
    ) -> BoxFuture<'_, io::Result<Binary>> {
        Box::pin(async move {
            let bytes: BytesMut = bytes.try_collect().await?;
            let bytes = bytes.freeze();
            self.store(ReceivedFile {
                bytes,
                mime_type,
                file_name,
            })
            .await
        })
    }
}

/// A host without files.
#[derive(Debug)]
pub struct NoBinaryStore;

impl BinaryReader for NoBinaryStore {
    fn open<'a>(&'a self, binary: &'a Binary) -> BoxFuture<'a, io::Result<ByteStream>> {
        NoBinaries.open(binary)
    }
}

impl BinaryStore for NoBinaryStore {
    fn store(&self, _: ReceivedFile) -> BoxFuture<'_, io::Result<Binary>> {
        Box::pin(async { Err(io::Error::other("there is no binary storage here")) })
    }
}

/// What `$env` may read.
pub trait Environment: Send + Sync {
    /// The variable's value; `Err` when reading it is not allowed.
    ///
    /// # Errors
    /// A sentence that says how to allow it.
    fn variable(&self, name: &str) -> Result<Option<String>, String>;
}

/// Reads nothing.
#[derive(Debug)]
pub struct NoEnvironment;

impl Environment for NoEnvironment {
    fn variable(&self, name: &str) -> Result<Option<String>, String> {
        Err(format!(
            "reading `$env.{name}` is not allowed: allow it with `--allow-env {name}`"
        ))
    }
}

/// What a workflow remembers from one execution to the next (`$getWorkflowStaticData`, spec C15).
pub trait StaticData: Send + Sync {
    /// What is remembered under a node's name, or for the whole workflow where `node` is absent; an empty object at first.
    fn load(&self, node: Option<&str>) -> Value;

    /// Remembers something else from now on.
    fn store(&self, node: Option<&str>, data: Value);
}

/// Remembers as long as it lives.
#[derive(Debug, Default)]
pub struct MemoryStaticData(Mutex<HashMap<Option<String>, Value>>);

impl StaticData for MemoryStaticData {
    fn load(&self, node: Option<&str>) -> Value {
        let data = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        data.get(&node.map(str::to_owned))
            .cloned()
            .unwrap_or_else(Value::empty_object)
    }

    fn store(&self, node: Option<&str>, data: Value) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(node.map(str::to_owned), data);
    }
}
