//! Starts a double of the Konverte Digital folder and speaks to it.

use std::fs;
use std::path::{Path, PathBuf};

use itemflow_mock::{Config, DeclaredService, Mock, ResourceFiles, Running};
use itemflow_model::Value;
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
        let mock = Mock::new(konverte_digital()).unwrap().with_config(config);
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

/// The answer that the n-th example of an action's file declares.
pub(crate) fn example_answer(file: &str, n: usize) -> Json {
    let action: itemflow_model::definition::ActionFile = read(&folder().join(file));
    let body = action.examples[n].response.clone().unwrap().body;
    Json::from(&body.unwrap_or(Value::Null))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../node-definitions/konverte-digital")
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> T {
    let text = fs::read_to_string(path).unwrap();
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn entries(path: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    entries
}

fn konverte_digital() -> DeclaredService {
    let folder = folder();
    let credentials = entries(&folder.join("credentials"));
    let credentials = credentials.iter().map(|path| read(path)).collect();
    let mut resources: Vec<ResourceFiles> = Vec::new();
    for path in entries(&folder) {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if !path.is_dir() || name == "credentials" {
            continue;
        }
        let actions = entries(&path)
            .iter()
            .filter(|file| !file.ends_with("_resource.yaml"))
            .map(|file| read(file))
            .collect();
        resources.push((name, read(&path.join("_resource.yaml")), actions));
    }
    let service = read(&folder.join("service.yaml"));
    DeclaredService::from_files(&service, credentials, &resources).unwrap()
}
