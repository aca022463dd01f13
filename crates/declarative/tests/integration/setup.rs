//! Requests, options and credentials for the tests, and the sending of them.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use itemflow_declarative::{
    HttpClients, HttpConfig, NoBinaries, NoObserver, Outgoing, RequestOptions, RequestSpec,
    Response, Secrets, Sender, send_one,
};
use itemflow_model::definition::CredentialDefinition;
use itemflow_model::{ErrorInfo, Map, Value};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

pub(crate) fn clients() -> HttpClients {
    HttpClients::new(HttpConfig {
        environment_proxies: false,
        ..HttpConfig::default()
    })
}

pub(crate) fn value(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

pub(crate) fn map(json: &str) -> Map {
    value(json).as_object().unwrap().clone()
}

pub(crate) fn options(json: &str) -> RequestOptions {
    RequestOptions::parse(&value(json)).unwrap()
}

pub(crate) fn sender<'a>(clients: &'a HttpClients, options: &'a RequestOptions) -> Sender<'a> {
    Sender {
        clients,
        options,
        binaries: &NoBinaries,
        observer: &NoObserver,
        cancel: None,
    }
}

pub(crate) fn get(url: &str) -> RequestSpec {
    RequestSpec::new("GET".parse().unwrap(), url.parse().unwrap())
}

pub(crate) fn post(url: &str) -> RequestSpec {
    RequestSpec::new("POST".parse().unwrap(), url.parse().unwrap())
}

/// Sends one request with these options; a test that hangs fails after ten seconds.
pub(crate) async fn send(spec: RequestSpec, options_json: &str) -> Result<Response, ErrorInfo> {
    let clients = clients();
    let options = options(options_json);
    let sender = sender(&clients, &options);
    let sending = send_one(&sender, 0, 0, Outgoing::from(spec));
    tokio::time::timeout(Duration::from_secs(10), sending)
        .await
        .expect("the request hangs")
}

/// A credential with the secret `hunter2` for the origin of `url`.
pub(crate) fn credential(url: &str, authenticate: &str) -> (CredentialDefinition, Secrets) {
    let origin = url::Url::parse(url).unwrap().origin().ascii_serialization();
    let definition = format!(
        r#"{{"name":"testApi","origins":["{origin}"],"authenticate":{authenticate},
        "properties":[{{"name":"token","type":"string","secret":true}}]}}"#
    );
    let definition = serde_json::from_str(&definition).unwrap();
    (definition, Secrets::new(map(r#"{"token":"hunter2"}"#)))
}

/// A self-signed certificate for 127.0.0.1 and localhost: PEM text and a server that shows it.
pub(crate) struct SelfSigned {
    pub(crate) pem: String,
    pub(crate) acceptor: TlsAcceptor,
}

pub(crate) fn self_signed() -> &'static SelfSigned {
    static CERTIFICATE: OnceLock<SelfSigned> = OnceLock::new();
    CERTIFICATE.get_or_init(|| {
        let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        let pem = made.cert.pem();
        let key = made.signing_key.serialize_pem();
        let chain = vec![CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        SelfSigned {
            pem,
            acceptor: TlsAcceptor::from(Arc::new(config)),
        }
    })
}
