//! Hands an e-mail to a server: greeting, encryption, login, envelope, message. It knows at every moment whether the
//! e-mail may have been sent.

use std::error::Error;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use itemflow_declarative::{CertificateRefused, RequestOptions, connector_config};
use itemflow_model::ErrorInfo;
use lettre::Address;
use tokio::time::{Instant, timeout};
use tokio_rustls::rustls;

use super::account::{Account, Encryption, Login};
use super::connection::{Broken, Connection, Reply};

/// How long a server is given to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);
/// The option that limits every wait.
const TIMEOUT: &str = "requestOptions.timeout";

/// Who sends an e-mail, and to whom.
pub(super) struct Envelope {
    pub(super) from: Address,
    pub(super) to: Vec<Address>,
}

/// What became of an e-mail.
#[derive(Debug)]
pub(super) struct Delivered {
    pub(super) accepted: Vec<String>,
    /// Each with the server's words.
    pub(super) rejected: Vec<(String, String)>,
    /// What the server can do.
    pub(super) extensions: Vec<String>,
    /// What it said of the message.
    pub(super) response: String,
    pub(super) envelope_time: Duration,
    pub(super) message_time: Duration,
    /// Whether a password went over an open line.
    pub(super) exposed_login: bool,
}

/// Why an e-mail was not handed over.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) info: ErrorInfo,
    /// Whether it is certain that the e-mail has not been sent.
    pub(super) unsent: bool,
}

/// Hands an e-mail over.
///
/// # Errors
/// What the server refused, or what broke.
pub(super) async fn deliver(
    account: &Account,
    options: &RequestOptions,
    envelope: &Envelope,
    message: &[u8],
) -> Result<Delivered, Failed> {
    let handed_over = AtomicBool::new(false);
    let session = Session {
        account,
        options,
        handed_over: &handed_over,
    };
    let limit = options.total_timeout;
    let result = match timeout(limit, session.run(envelope, message)).await {
        Ok(result) => result,
        Err(_) => {
            let message = format!(
                "the mail server {} did not take the e-mail within {} ms in all",
                session.server(),
                limit.as_millis()
            );
            Err(ErrorInfo {
                parameter: Some("requestOptions.totalTimeout".into()),
                ..session.failure("ETIMEDOUT", message, "raise requestOptions.totalTimeout")
            })
        }
    };
    result.map_err(|info| {
        let unsent = !handed_over.load(Ordering::Relaxed);
        let mut info = account.redactor.error(info);
        if !unsent {
            let unknown = "whether the e-mail was sent is unknown; look before sending it again";
            info.description = Some(match info.description {
                Some(help) => format!("{help}; {unknown}"),
                None => unknown.into(),
            });
        }
        Failed { info, unsent }
    })
}

/// One conversation with a server.
struct Session<'a> {
    account: &'a Account,
    options: &'a RequestOptions,
    /// Set while nobody can tell whether the server has taken the e-mail.
    handed_over: &'a AtomicBool,
}

impl Session<'_> {
    async fn run(&self, envelope: &Envelope, message: &[u8]) -> Result<Delivered, ErrorInfo> {
        let (mut connection, extensions) = self.connect().await?;
        let exposed_login = self.account.login.is_some() && !connection.is_encrypted();
        if let Some(login) = &self.account.login {
            self.log_in(&mut connection, login, &extensions).await?;
        }
        let start = Instant::now();
        let (accepted, rejected) = self
            .send_envelope(&mut connection, envelope, &extensions)
            .await?;
        let envelope_time = start.elapsed();
        let start = Instant::now();
        let response = self.send_message(&mut connection, message).await?;
        let message_time = start.elapsed();
        // The e-mail is on its way, so nothing that happens now matters.
        let _ = timeout(GOODBYE, connection.command("QUIT")).await;
        let redacted = |text: String| self.account.redactor.text(&text);
        Ok(Delivered {
            accepted,
            rejected: rejected
                .into_iter()
                .map(|(address, words)| (address, redacted(words)))
                .collect(),
            extensions,
            response: redacted(response.text()),
            envelope_time,
            message_time,
            exposed_login,
        })
    }

    /// Connects, encrypts where that is wanted, and asks what the server can do.
    async fn connect(&self) -> Result<(Connection, Vec<String>), ErrorInfo> {
        let account = self.account;
        let limit = self.options.timeout;
        let opened = Connection::open(&account.host, account.port, limit).await;
        let mut connection = opened.map_err(|broken| self.broken("connecting", &broken))?;
        if account.encryption == Encryption::AtOnce {
            connection = self.encrypt(connection).await?;
        }
        let greeting = connection.reply().await;
        self.expect("its greeting", greeting)?;
        let mut extensions = self.hello(&mut connection).await?;
        let offers = extensions
            .iter()
            .any(|one| one.eq_ignore_ascii_case("STARTTLS"));
        if account.encryption == Encryption::IfOffered && offers {
            let reply = connection.command("STARTTLS").await;
            self.expect("STARTTLS", reply)?;
            connection = self.encrypt(connection).await?;
            extensions = self.hello(&mut connection).await?;
        }
        Ok((connection, extensions))
    }

    async fn encrypt(&self, connection: Connection) -> Result<Connection, ErrorInfo> {
        let config = connector_config(self.options).map_err(ErrorInfo::operation)?;
        let encrypted = connection.encrypt(&self.account.host, config).await;
        encrypted.map_err(|broken| self.broken("the encryption", &broken))
    }

    /// Says hello and returns what the server can do.
    async fn hello(&self, connection: &mut Connection) -> Result<Vec<String>, ErrorInfo> {
        let name = &self.account.own_name;
        let reply = connection.command(&format!("EHLO {name}")).await;
        let reply = reply.map_err(|broken| self.broken("EHLO", &broken))?;
        if reply.is_positive() {
            return Ok(reply.lines.into_iter().skip(1).collect());
        }
        let reply = connection.command(&format!("HELO {name}")).await;
        self.expect("HELO", reply)?;
        Ok(Vec::new())
    }

    async fn log_in(
        &self,
        connection: &mut Connection,
        login: &Login,
        extensions: &[String],
    ) -> Result<(), ErrorInfo> {
        let offered: Vec<String> = extensions
            .iter()
            .filter_map(|one| {
                one.to_ascii_uppercase()
                    .strip_prefix("AUTH")
                    .map(str::to_owned)
            })
            .flat_map(|kinds| {
                let kinds = kinds.split([' ', '=']).map(str::to_owned);
                kinds.collect::<Vec<_>>()
            })
            .filter(|kind| !kind.is_empty())
            .collect();
        let offers = |kind: &str| offered.iter().any(|one| one == kind);
        let reply = if offered.is_empty() || offers("PLAIN") {
            let token = STANDARD.encode(login.plain());
            connection.command(&format!("AUTH PLAIN {token}")).await
        } else if offers("LOGIN") {
            self.log_in_step_by_step(connection, login).await
        } else {
            let message = format!(
                "the mail server {} offers no kind of login that is known here: {}",
                self.server(),
                offered.join(", ")
            );
            return Err(self.failure("EAUTH", message, "kinds that are known: PLAIN, LOGIN"));
        };
        let reply = reply.map_err(|broken| self.broken("the login", &broken))?;
        if reply.is_positive() {
            return Ok(());
        }
        let message = format!(
            "the mail server {} refused the login: {}",
            self.server(),
            reply.text()
        );
        Err(ErrorInfo {
            parameter: Some(format!("credentials.{}", super::account::KIND)),
            ..self.failure(
                "EAUTH",
                message,
                "check the user and password of the credential",
            )
        })
    }

    async fn log_in_step_by_step(
        &self,
        connection: &mut Connection,
        login: &Login,
    ) -> Result<Reply, Broken> {
        let mut reply = connection.command("AUTH LOGIN").await?;
        for answer in [&login.user, &login.password] {
            if reply.code != 334 {
                return Ok(reply);
            }
            reply = connection.command(&STANDARD.encode(answer)).await?;
        }
        Ok(reply)
    }

    /// Names sender and recipients; returns whom the server takes and whom it refuses.
    async fn send_envelope(
        &self,
        connection: &mut Connection,
        envelope: &Envelope,
        extensions: &[String],
    ) -> Result<(Vec<String>, Vec<(String, String)>), ErrorInfo> {
        let texts: Vec<String> = envelope.to.iter().map(ToString::to_string).collect();
        let from = envelope.from.to_string();
        let is_plain = from.is_ascii() && texts.iter().all(|text| text.is_ascii());
        let understands = extensions
            .iter()
            .any(|one| one.eq_ignore_ascii_case("SMTPUTF8"));
        if !is_plain && !understands {
            let message = format!(
                "the mail server {} takes addresses of plain letters only",
                self.server()
            );
            return Err(self.failure("EENVELOPE", message, ""));
        }
        let utf8 = if is_plain { "" } else { " SMTPUTF8" };
        let reply = connection
            .command(&format!("MAIL FROM:<{from}>{utf8}"))
            .await;
        let reply = reply.map_err(|broken| self.broken("the sender", &broken))?;
        if !reply.is_positive() {
            let message = format!(
                "the mail server {} refused the sender {from}: {}",
                self.server(),
                reply.text()
            );
            return Err(ErrorInfo {
                parameter: Some("fromEmail".into()),
                ..self.failure("EENVELOPE", message, "")
            });
        }
        let (mut accepted, mut rejected) = (Vec::new(), Vec::new());
        for to in texts {
            let reply = connection.command(&format!("RCPT TO:<{to}>")).await;
            let reply = reply.map_err(|broken| self.broken("a recipient", &broken))?;
            match reply.is_positive() {
                true => accepted.push(to),
                false => rejected.push((to, reply.text())),
            }
        }
        if let (true, Some((to, words))) = (accepted.is_empty(), rejected.first()) {
            let all = if rejected.len() > 1 {
                "all recipients, such as "
            } else {
                ""
            };
            let message = format!(
                "the mail server {} refused {all}{to}: {words}",
                self.server()
            );
            return Err(ErrorInfo {
                parameter: Some("toEmail".into()),
                ..self.failure("EENVELOPE", message, "")
            });
        }
        Ok((accepted, rejected))
    }

    async fn send_message(
        &self,
        connection: &mut Connection,
        message: &[u8],
    ) -> Result<Reply, ErrorInfo> {
        let ready = connection.command("DATA").await;
        self.expect("DATA", ready)?;
        let written = connection.write_message(message).await;
        written.map_err(|broken| self.broken("the message", &broken))?;
        self.handed_over.store(true, Ordering::Relaxed);
        let reply = connection.end_message().await;
        let reply = reply.map_err(|broken| self.broken("the end of the message", &broken))?;
        self.handed_over.store(false, Ordering::Relaxed);
        self.expect("the message", Ok(reply))
    }

    /// A positive reply, or what its absence means.
    fn expect(&self, what: &str, reply: Result<Reply, Broken>) -> Result<Reply, ErrorInfo> {
        let reply = reply.map_err(|broken| self.broken(what, &broken))?;
        if reply.is_positive() {
            return Ok(reply);
        }
        let message = format!(
            "the mail server {} refused {what}: {}",
            self.server(),
            reply.text()
        );
        Err(self.failure("EMESSAGE", message, ""))
    }

    fn broken(&self, what: &str, broken: &Broken) -> ErrorInfo {
        let server = self.server();
        match broken {
            Broken::Stalled(limit) => {
                let message = format!(
                    "the mail server {server} stalled at {what}: nothing came within {} ms",
                    limit.as_millis()
                );
                let help = format!("raise {TIMEOUT} if the server needs longer");
                ErrorInfo {
                    parameter: Some(TIMEOUT.into()),
                    ..self.failure("ETIMEDOUT", message, &help)
                }
            }
            Broken::Closed => self.failure(
                "ECONNRESET",
                format!("the mail server {server} closed the connection at {what}"),
                self.encryption_help(),
            ),
            Broken::Protocol(reason) => self.failure(
                "EPROTOCOL",
                format!("{server} does not speak SMTP at {what}: {reason}"),
                self.encryption_help(),
            ),
            Broken::Io(error) => self.io_failure(what, error),
        }
    }

    fn io_failure(&self, what: &str, error: &io::Error) -> ErrorInfo {
        let server = self.server();
        if let Some(refused) = certificate(error) {
            let help = "accept any certificate with options.allowUnauthorizedCerts, or trust its issuer with \
                        requestOptions.caCertificate";
            return ErrorInfo {
                parameter: Some("options.allowUnauthorizedCerts".into()),
                ..self.failure("CERT_REFUSED", refused.to_string(), help)
            };
        }
        if error
            .get_ref()
            .is_some_and(|inner| inner.is::<rustls::Error>())
        {
            let message = format!("no secure connection to {server} came about: {error}");
            return self.failure("EPROTO", message, self.encryption_help());
        }
        match error.kind() {
            io::ErrorKind::ConnectionRefused => self.failure(
                "ECONNREFUSED",
                format!("nothing listens at {server} (connection refused)"),
                "check the host and port of the credential",
            ),
            io::ErrorKind::TimedOut => self.failure(
                "ETIMEDOUT",
                format!("{server} cannot be reached in time"),
                "check the host and port of the credential, and the network",
            ),
            _ if error.to_string().contains("lookup address") => self.failure(
                "ENOTFOUND",
                format!("the host {} was not found", self.account.host),
                "check the host of the credential, and the network",
            ),
            _ => self.failure(
                "ECONNECTION",
                format!("the connection to {server} broke at {what}: {error}"),
                "",
            ),
        }
    }

    /// What is usually wrong when the two sides do not understand each other.
    fn encryption_help(&self) -> &'static str {
        match self.account.encryption {
            Encryption::AtOnce => {
                "the credential's `secure` is for servers that encrypt at once, mostly at port 465; switch it off for others"
            }
            _ => {
                "a server that encrypts at once, mostly at port 465, needs the credential's `secure`"
            }
        }
    }

    fn server(&self) -> String {
        format!("{}:{}", self.account.host, self.account.port)
    }

    fn failure(&self, code: &str, message: String, help: &str) -> ErrorInfo {
        ErrorInfo {
            name: "NodeApiError".into(),
            message,
            description: Some(help.to_owned()).filter(|help| !help.is_empty()),
            http_code: Some(code.to_owned()),
            ..ErrorInfo::default()
        }
    }
}

/// The refused certificate behind a failed handshake.
fn certificate(error: &io::Error) -> Option<CertificateRefused> {
    let mut cause = error.get_ref().map(|inner| inner as &(dyn Error + 'static));
    while let Some(one) = cause {
        if let Some(rustls::Error::InvalidCertificate(rustls::CertificateError::Other(other))) =
            one.downcast_ref::<rustls::Error>()
        {
            return other.0.downcast_ref::<CertificateRefused>().cloned();
        }
        cause = one.source();
    }
    None
}
