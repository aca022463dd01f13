//! `HttpClients`: one pooled HTTP client for each distinct proxy and TLS setting, made when it is first needed.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use itemflow_model::ErrorInfo;
use moka::sync::Cache;
use reqwest::redirect::Policy;
use reqwest::{Client, Proxy};
use url::Url;

use crate::options::RequestOptions;
use crate::proxy::ProxyUrl;
use crate::tls::{self, TlsSettings};

/// Most clients that are kept; the least used ones go first, with their idle connections.
const MAX_CLIENTS: u64 = 64;
const IDLE_CLIENT: Duration = Duration::from_secs(600);
const IDLE_CONNECTION: Duration = Duration::from_secs(90);

/// The HTTP clients of a process. Making one costs nothing: clients, connections and root certificates come into being
/// with the first request that needs them.
#[derive(Default)]
pub struct HttpClients {
    config: HttpConfig,
    clients: OnceLock<Cache<Key, Client>>,
}

/// What all clients have in common.
#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// Whether `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` count where a request names no proxy.
    pub environment_proxies: bool,
    /// What requests say of themselves unless they set the header.
    pub user_agent: String,
    /// Says which requests may leave; absent, all.
    pub gate: Option<Arc<dyn RequestGate>>,
}

/// Says which requests may leave this process. It is asked before every exchange, redirects included.
pub trait RequestGate: fmt::Debug + Send + Sync {
    /// Lets a request to this origin, such as `https://example.com`, pass.
    ///
    /// # Errors
    /// Why it must not be sent.
    fn permit(&self, origin: &str) -> Result<(), ErrorInfo>;
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    proxy: Option<ProxyUrl>,
    tls: TlsSettings,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            environment_proxies: true,
            user_agent: concat!("itemflow/", env!("CARGO_PKG_VERSION")).into(),
            gate: None,
        }
    }
}

impl HttpClients {
    /// Clients with this configuration.
    pub fn new(config: HttpConfig) -> Self {
        Self {
            config,
            clients: OnceLock::new(),
        }
    }

    /// How many clients have been made and are still kept.
    pub fn len(&self) -> u64 {
        self.clients.get().map_or(0, |clients| {
            clients.run_pending_tasks();
            clients.entry_count()
        })
    }

    /// Whether no client has been made yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Asks the gate, if there is one, whether an exchange with this address may begin.
    ///
    /// # Errors
    /// Why it may not.
    pub fn permit(&self, url: &Url) -> Result<(), ErrorInfo> {
        let Some(gate) = &self.config.gate else {
            return Ok(());
        };
        let origin = url.origin();
        if origin.is_tuple() {
            return gate.permit(&origin.ascii_serialization());
        }
        // What is not of the web has no origin by its rules.
        let (host, port) = (
            url.host_str().unwrap_or_default(),
            url.port().unwrap_or_default(),
        );
        gate.permit(&format!("{}://{host}:{port}", url.scheme()))
    }

    /// The client for these options.
    ///
    /// # Errors
    /// When the proxy or a certificate of the options cannot be used; names the option.
    pub(crate) fn client(&self, options: &RequestOptions) -> Result<Client, ErrorInfo> {
        let proxy = options.proxy.clone();
        let https_proxy = proxy.as_ref().filter(|proxy| proxy.scheme() == "https");
        let key = Key {
            tls: TlsSettings {
                accept_any: options.allow_unauthorized_certs,
                proxy_host: https_proxy.map(|proxy| proxy.host().to_owned()),
                ca_certificate: options.ca_certificate.clone(),
                client_certificate: options.client_certificate.clone(),
            },
            proxy,
        };
        let clients = self.clients.get_or_init(|| {
            Cache::builder()
                .max_capacity(MAX_CLIENTS)
                .time_to_idle(IDLE_CLIENT)
                .build()
        });
        if let Some(client) = clients.get(&key) {
            return Ok(client);
        }
        let client = self.build(&key)?;
        clients.insert(key, client.clone());
        Ok(client)
    }

    fn build(&self, key: &Key) -> Result<Client, ErrorInfo> {
        let tls = tls::client_config(&key.tls).map_err(|reason| {
            let option = if key.tls.client_certificate.is_some() {
                "clientCertificate"
            } else {
                "caCertificate"
            };
            fault(option, reason)
        })?;
        let mut builder = Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .user_agent(self.config.user_agent.clone())
            .pool_idle_timeout(IDLE_CONNECTION);
        if let Some(proxy) = &key.proxy {
            builder =
                builder
                    .proxy(reqwest_proxy(proxy).map_err(|_| {
                        fault("proxy", format!("the proxy {proxy} cannot be used"))
                    })?);
        } else if !self.config.environment_proxies {
            builder = builder.no_proxy();
        }
        builder
            .build()
            .map_err(|error| ErrorInfo::operation(format!("the HTTP client cannot start: {error}")))
    }
}

impl fmt::Debug for HttpClients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpClients({} clients)", self.len())
    }
}

fn reqwest_proxy(proxy: &ProxyUrl) -> reqwest::Result<Proxy> {
    match proxy.login() {
        // SOCKS takes user and password from the URL only.
        _ if proxy.scheme().starts_with("socks") => Proxy::all(proxy.full_url().clone()),
        Some((user, password)) => {
            Proxy::all(proxy.address()).map(|proxy| proxy.basic_auth(&user, &password))
        }
        None => Proxy::all(proxy.address()),
    }
}

fn fault(option: &str, message: String) -> ErrorInfo {
    ErrorInfo {
        parameter: Some(format!("{}.{option}", crate::options::PARAMETER)),
        ..ErrorInfo::operation(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gate_is_asked_for_origins_and_never_sees_more() {
        #[derive(Debug)]
        struct Closed;
        impl RequestGate for Closed {
            fn permit(&self, origin: &str) -> Result<(), ErrorInfo> {
                Err(ErrorInfo::operation(origin))
            }
        }
        let clients = HttpClients::new(HttpConfig {
            gate: Some(Arc::new(Closed)),
            ..HttpConfig::default()
        });
        for (url, origin) in [
            ("https://u:p@example.com:443/a?key=1", "https://example.com"),
            ("http://example.com:81/", "http://example.com:81"),
            (
                "smtp://u:p@mail.example.com:587/x",
                "smtp://mail.example.com:587",
            ),
        ] {
            let refused = clients.permit(&url.parse().unwrap()).unwrap_err();
            assert_eq!(refused.message, origin);
        }
        let open = HttpClients::default();
        assert!(open.permit(&"http://example.com".parse().unwrap()).is_ok());
    }

    #[test]
    fn clients_are_made_when_needed_and_shared() {
        let clients = HttpClients::default();
        assert!(clients.is_empty());
        let mut options = RequestOptions::default();
        clients.client(&options).unwrap();
        clients.client(&options).unwrap();
        assert_eq!(clients.len(), 1);
        options.timeout = Duration::from_millis(1);
        clients.client(&options).unwrap();
        assert_eq!(clients.len(), 1);
        options.allow_unauthorized_certs = true;
        clients.client(&options).unwrap();
        assert_eq!(clients.len(), 2);
    }
}
