//! A server that notes what it sees, a host with files and credentials in memory, and a way to run one node.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};
use itemflow_declarative::{
    BinaryReader, ByteStream, HttpClients, HttpConfig, NoObserver, ReceivedFile, RequestObserver,
};
use itemflow_model::{
    Binaries, Binary, CredentialRef, ErrorInfo, Item, Items, Map, Node as WorkflowNode, OnError,
    Value,
};
use itemflow_nodes::{
    BinaryStore, Catalog, Credentials, ExecutionFacts, Host, NoHistory, NodeFacts, NodeProblem,
    NodeRun, Outcome, Step,
};
use serde_json::json;
use tokio::task::JoinSet;

/// A request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// Path and query as they were sent.
    pub(crate) uri: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Seen {
    /// The values of all headers of that name.
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(header, _)| header == name);
        named.map(|(_, value)| value.as_str()).collect()
    }
}

/// A running server; it ends when it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    _task: JoinSet<()>,
}

impl Server {
    pub(crate) async fn start(answer: impl Fn(&Seen) -> Response + Send + Sync + 'static) -> Self {
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (answer, notes) = (Arc::new(answer), seen.clone());
        let router = Router::new().fallback(move |request: Request| {
            let (answer, notes) = (answer.clone(), notes.clone());
            async move {
                let (parts, body) = request.into_parts();
                let body = to_bytes(body, 1 << 20).await.unwrap();
                let seen = Seen {
                    method: parts.method.to_string(),
                    uri: parts.uri.to_string(),
                    headers: parts
                        .headers
                        .iter()
                        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
                        .collect(),
                    body: String::from_utf8_lossy(&body).into_owned(),
                };
                let reply = answer(&seen);
                notes.lock().unwrap().push(seen);
                reply
            }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut task = JoinSet::new();
        task.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            address,
            seen,
            _task: task,
        }
    }

    /// A server that answers `{"ok":true}`.
    pub(crate) async fn ok() -> Self {
        Self::start(|_| reply(200, "application/json", r#"{"ok":true}"#)).await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

pub(crate) fn reply(status: u16, content_type: &str, body: impl Into<Body>) -> Response {
    let mut response = Response::builder().status(status);
    if !content_type.is_empty() {
        response = response.header("content-type", content_type);
    }
    response.body(body.into()).unwrap()
}

/// Files by id, in memory.
#[derive(Default)]
pub(crate) struct Files(Mutex<HashMap<String, Vec<u8>>>);

impl Files {
    /// Keeps bytes and gives the reference to them.
    pub(crate) fn add(&self, name: &str, mime_type: &str, bytes: &[u8]) -> Binary {
        let mut files = self.0.lock().unwrap();
        let id = files.len().to_string();
        files.insert(id.clone(), bytes.to_vec());
        Binary {
            id,
            mime_type: mime_type.into(),
            file_name: Some(name.into()),
            file_extension: None,
            directory: None,
            bytes: bytes.len() as u64,
        }
    }

    pub(crate) fn bytes(&self, binary: &Binary) -> Vec<u8> {
        self.0.lock().unwrap()[&binary.id].clone()
    }
}

impl BinaryReader for Files {
    fn open<'a>(&'a self, binary: &'a Binary) -> BoxFuture<'a, io::Result<ByteStream>> {
        let bytes = self.bytes(binary);
        async { Ok(stream::iter([Ok(bytes.into())]).boxed()) }.boxed()
    }
}

impl BinaryStore for Files {
    fn store(&self, file: ReceivedFile) -> BoxFuture<'_, io::Result<Binary>> {
        let name = file.file_name.unwrap_or_default();
        let binary = self.add(&name, &file.mime_type, &file.bytes);
        async { Ok(binary) }.boxed()
    }
}

/// Credentials by type, all of the name `mine`.
struct InMemory(Value);

impl Credentials for InMemory {
    fn load<'a>(
        &'a self,
        kind: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<Map>, ErrorInfo>> {
        let found = self.0.get(kind).filter(|_| name == "mine");
        let found = found.and_then(Value::as_object).cloned();
        async { Ok(found) }.boxed()
    }
}

/// One node and what it runs with.
pub(crate) struct Trial {
    pub(crate) node: WorkflowNode,
    pub(crate) items: Vec<Item>,
    pub(crate) files: Arc<Files>,
    pub(crate) observer: Arc<dyn RequestObserver>,
    credentials: serde_json::Value,
}

impl Trial {
    /// An HTTP Request node with these parameters and one item `{"id":1}`.
    pub(crate) fn new(parameters: serde_json::Value) -> Self {
        Self::of("httpRequest", parameters)
    }

    /// A node of this type with these parameters and one item `{"id":1}`.
    pub(crate) fn of(node_type: &str, parameters: serde_json::Value) -> Self {
        let parameters = Value::from(parameters);
        Self {
            node: WorkflowNode {
                name: "Fetch".into(),
                node_type: format!("n8n-nodes-base.{node_type}").into(),
                parameters: parameters.as_object().unwrap().clone(),
                ..WorkflowNode::default()
            },
            items: vec![Item::new(Value::from(json!({ "id": 1 })))],
            files: Arc::default(),
            observer: Arc::new(NoObserver),
            credentials: json!({}),
        }
    }

    pub(crate) fn version(mut self, version: f64) -> Self {
        self.node.type_version = Some(version);
        self
    }

    pub(crate) fn items(mut self, count: usize) -> Self {
        self.items = (0..count)
            .map(|i| Item::new(Value::from(json!({ "id": i }))))
            .collect();
        self
    }

    /// Gives the only item a file.
    pub(crate) fn file(mut self, field: &str, name: &str, mime_type: &str, bytes: &[u8]) -> Self {
        let binary = self.files.add(name, mime_type, bytes);
        let binaries: Binaries = [(field.into(), binary)].into_iter().collect();
        self.items[0].binary = Some(Arc::new(binaries));
        self
    }

    pub(crate) fn continue_on_fail(mut self) -> Self {
        self.node.on_error = Some(OnError::ContinueRegularOutput);
        self
    }

    /// Authenticates with a generic credential.
    pub(crate) fn credential(mut self, kind: &str, data: serde_json::Value) -> Self {
        let parameters = [
            ("authentication", "genericCredentialType"),
            ("genericAuthType", kind),
        ];
        for (name, value) in parameters {
            self.node.parameters.insert(name.into(), value.into());
        }
        self.names_credential(kind, data)
    }

    /// Names a credential without saying what it is for.
    pub(crate) fn names_credential(mut self, kind: &str, data: serde_json::Value) -> Self {
        let named = CredentialRef::Name("mine".into());
        self.node.credentials.insert(kind.into(), named);
        self.credentials = json!({ kind: data });
        self
    }

    /// What is wrong with the node, warnings included: code, pointer and message of each.
    pub(crate) fn problems(&self) -> Vec<NodeProblem> {
        match Catalog::embedded().compile(&self.node) {
            Ok(compiled) => compiled.warnings,
            Err(problems) => problems,
        }
    }

    pub(crate) async fn outcome(&self) -> Result<Outcome, ErrorInfo> {
        let compiled = Catalog::embedded().compile(&self.node).unwrap();
        let run = self.run(compiled.facts.clone());
        let Step::Pending(work) = compiled.node.execute(&run) else {
            panic!("the node waits for answers");
        };
        let limit = Duration::from_secs(20);
        tokio::time::timeout(limit, work).await.expect("it hangs")
    }

    /// The items that come out.
    pub(crate) async fn output(&self) -> Vec<Item> {
        let outcome = self.outcome().await.unwrap();
        let items = outcome.outputs[0].clone().unwrap();
        items.iter().cloned().collect()
    }

    /// The json that comes out.
    pub(crate) async fn json(&self) -> serde_json::Value {
        let items = self.output().await;
        items
            .iter()
            .map(|item| serde_json::Value::from(&item.json))
            .collect()
    }

    pub(crate) async fn error(&self) -> ErrorInfo {
        self.outcome().await.unwrap_err()
    }

    /// All that can be seen of the requests without sending them.
    pub(crate) async fn explained(&self) -> String {
        let compiled = Catalog::embedded().compile(&self.node).unwrap();
        let run = self.run(compiled.facts.clone());
        let requests = compiled.node.requests(&run).unwrap().await.unwrap();
        requests
            .iter()
            .map(|request| format!("{}\n{}\n{request:?}\n", request.curl(), request.summary()))
            .collect()
    }

    fn run(&self, facts: Arc<NodeFacts>) -> NodeRun {
        let http = HttpClients::new(HttpConfig {
            environment_proxies: false,
            ..HttpConfig::default()
        });
        let items: Items = self.items.iter().cloned().collect();
        NodeRun {
            node: facts,
            inputs: vec![Some(items)],
            run_index: 0,
            history: Arc::new(NoHistory),
            host: Arc::new(Host {
                credentials: Arc::new(InMemory(self.credentials.clone().into())),
                http: Arc::new(http),
                binaries: self.files.clone(),
                ..Host::new(ExecutionFacts {
                    id: "1".into(),
                    manual: true,
                    workflow: Value::empty_object(),
                    time_zone: jiff::tz::TimeZone::UTC,
                    method: None,
                })
            }),
            observer: self.observer.clone(),
        }
    }
}
