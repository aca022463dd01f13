//! Starts a double of the Konverte Digital folder and speaks to it.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use itemflow_mock::{Config, Mock, Running};
use itemflow_model::Value;
use itemflow_model::definition::{Service as Definition, ServiceSources};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value as Json;

/// Credential type of users.
pub(crate) const USER: &str = "konverteDigitalApi";
/// Credential type of platform apps.
pub(crate) const PLATFORM: &str = "konverteDigitalPlatformApi";

/// A running double and a client.
pub(crate) struct Service {
    pub(crate) running: Running,
    pub(crate) client: Client,
}

impl Service {
    pub(crate) async fn start() -> Self {
        Self::with(Config::default()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        Self::of(konverte_digital(), config).await
    }

    pub(crate) async fn of(definition: &Definition, config: Config) -> Self {
        let mock = Mock::new(definition).unwrap().with_config(config);
        Self {
            running: mock.start("127.0.0.1:0".parse().unwrap()).await.unwrap(),
            client: Client::builder().no_proxy().build().unwrap(),
        }
    }

    pub(crate) fn token(&self, credential: &str) -> String {
        let credentials = self.running.credentials();
        let token = credentials[credential]["accessToken"].as_str().unwrap();
        token.to_owned()
    }

    /// A request without a token.
    pub(crate) fn bare(&self, method: &str, target: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}{target}", self.running.base_url());
        self.client.request(method, url)
    }

    /// A request signed with a user's token.
    pub(crate) fn request(&self, method: &str, target: &str) -> RequestBuilder {
        let token = self.token(USER);
        self.bare(method, target).header("Api-Access-Token", token)
    }

    /// A request signed as actions with this credential are.
    pub(crate) fn signed(&self, credential: &str, method: &str, target: &str) -> RequestBuilder {
        let token = self.token(credential);
        self.bare(method, target).header("Api-Access-Token", token)
    }

    /// Sends a JSON body and returns status and answer; an empty answer is null.
    pub(crate) async fn send(&self, method: &str, target: &str, body: Json) -> (u16, Json) {
        finish(self.request(method, target).json(&body)).await
    }
}

/// Status and answer; an empty answer is null.
pub(crate) async fn finish(request: RequestBuilder) -> (u16, Json) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let body = response.bytes().await.unwrap();
    if body.is_empty() {
        return (status, Json::Null);
    }
    (status, serde_json::from_slice(&body).unwrap())
}

/// The answer that the n-th example of an action declares.
pub(crate) fn example_answer(resource: &str, operation: &str, n: usize) -> Json {
    let service = konverte_digital();
    let resource = service.resource(resource).unwrap();
    let action = resource.action(operation).unwrap().unwrap().action();
    let response = action.unwrap().examples[n].response.clone().unwrap();
    Json::from(&response.body.unwrap_or(Value::Null))
}

/// A service from texts, for shapes that no folder here has.
pub(crate) fn load(files: &[(&str, &'static str)]) -> Definition {
    let files = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), Cow::Borrowed(*text)));
    let sources = ServiceSources {
        folder: "service".into(),
        files: files.collect(),
    };
    Definition::load(&sources).unwrap().0
}

/// The folder of Konverte Digital.
pub(crate) fn konverte_digital() -> &'static Definition {
    static DEFINITION: LazyLock<Definition> = LazyLock::new(read_konverte_digital);
    &DEFINITION
}

fn read_konverte_digital() -> Definition {
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../node-definitions/konverte-digital");
    let mut files = Vec::new();
    for entry in fs::read_dir(&root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let inner = fs::read_dir(&path).unwrap();
            files.extend(inner.map(|entry| entry.unwrap().path()));
        } else {
            files.push(path);
        }
    }
    let text = |path: PathBuf| {
        let within = path.strip_prefix(&root).unwrap().to_str().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        (within.replace('\\', "/"), Cow::Owned(text))
    };
    let sources = ServiceSources {
        folder: "konverte-digital".into(),
        files: files.into_iter().map(text).collect(),
    };
    Definition::load(&sources).unwrap().0
}
