//! A small SMTP server that does as its script says and notes what it was told.

use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

/// How a server behaves.
#[derive(Clone, Default)]
pub(super) struct Script {
    /// Whether it encrypts at once.
    pub(super) at_once: bool,
    /// Whether it offers to encrypt.
    pub(super) starttls: bool,
    /// The kinds of login it offers.
    pub(super) auth: &'static str,
    /// Commands that it answers otherwise than usual; those that begin so. An empty answer stalls, `-` hangs up.
    pub(super) answers: Vec<(&'static str, String)>,
    /// How many times it hangs up before it serves.
    pub(super) hang_ups: usize,
}

/// An e-mail that a server has taken.
#[derive(Clone, Debug, Default)]
pub(super) struct Mail {
    pub(super) from: String,
    pub(super) to: Vec<String>,
    pub(super) data: String,
    pub(super) encrypted: bool,
    /// User and password, if the client has logged in.
    pub(super) login: Option<(String, String)>,
}

/// A running server; it ends when it is dropped.
pub(super) struct MailServer {
    port: u16,
    state: Arc<State>,
    /// Its certificate as PEM.
    pub(super) certificate: String,
    _task: JoinSet<()>,
}

#[derive(Default)]
struct State {
    script: Script,
    mails: Mutex<Vec<Mail>>,
    commands: Mutex<Vec<String>>,
    connections: Mutex<usize>,
}

impl MailServer {
    pub(super) async fn start(script: Script) -> Self {
        let certified = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let key = PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certified.cert.der().clone()], key.into())
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            script,
            ..State::default()
        });
        let shared = state.clone();
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut clients = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (state, acceptor) = (shared.clone(), acceptor.clone());
                clients.spawn(async move {
                    let count = {
                        let mut connections = state.connections.lock().unwrap();
                        *connections += 1;
                        *connections
                    };
                    if count <= state.script.hang_ups {
                        return;
                    }
                    if state.script.at_once {
                        if let Ok(stream) = acceptor.accept(stream).await {
                            serve(stream, &state, true, true).await;
                        }
                    } else if let Some(stream) = serve(stream, &state, false, true).await
                        && let Ok(stream) = acceptor.accept(stream).await
                    {
                        serve(stream, &state, true, false).await;
                    }
                });
            }
        });
        Self {
            port,
            state,
            certificate: certified.cert.pem(),
            _task: task,
        }
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn mails(&self) -> Vec<Mail> {
        self.state.mails.lock().unwrap().clone()
    }

    /// Everything it was told, the message itself left out.
    pub(super) fn commands(&self) -> Vec<String> {
        self.state.commands.lock().unwrap().clone()
    }

    pub(super) fn connections(&self) -> usize {
        *self.state.connections.lock().unwrap()
    }
}

/// Talks with a client; gives the stream back when it is to be encrypted.
async fn serve<S>(stream: S, state: &State, encrypted: bool, greets: bool) -> Option<S>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut stream = BufReader::new(stream);
    let mut mail = Mail {
        encrypted,
        ..Mail::default()
    };
    if greets && !say(&mut stream, state, "GREETING", "220 test ready").await {
        return None;
    }
    loop {
        let line = line(&mut stream).await?;
        state.commands.lock().unwrap().push(line.clone());
        let verb = line
            .split([' ', ':'])
            .next()
            .unwrap_or_default()
            .to_uppercase();
        let reply = match &*verb {
            "EHLO" => {
                let script = &state.script;
                let starttls = if script.starttls && !encrypted {
                    "250-STARTTLS\r\n"
                } else {
                    ""
                };
                let auth = match script.auth {
                    "" => String::new(),
                    kinds => format!("250-AUTH {kinds}\r\n"),
                };
                format!("250-test at your service\r\n{starttls}{auth}250 8BITMIME")
            }
            "STARTTLS" => {
                if !say(&mut stream, state, &line, "220 go ahead").await {
                    return None;
                }
                return Some(stream.into_inner());
            }
            "AUTH" => {
                mail.login = log_in(&mut stream, &line).await;
                "235 welcome".into()
            }
            "MAIL" => {
                mail.from = address(&line);
                "250 ok".into()
            }
            "RCPT" => {
                if !state
                    .script
                    .answers
                    .iter()
                    .any(|(start, _)| line.starts_with(start))
                {
                    mail.to.push(address(&line));
                }
                "250 ok".into()
            }
            "DATA" => {
                if !say(&mut stream, state, &line, "354 go on").await {
                    return None;
                }
                if state
                    .script
                    .answers
                    .iter()
                    .any(|(start, _)| *start == "DATA")
                {
                    continue;
                }
                mail.data = data(&mut stream).await?;
                let takes = !state.script.answers.iter().any(|(start, _)| *start == ".");
                if takes {
                    state.mails.lock().unwrap().push(mail.clone());
                }
                if !say(&mut stream, state, ".", "250 2.0.0 queued as 42").await {
                    return None;
                }
                continue;
            }
            "QUIT" => {
                say(&mut stream, state, &line, "221 bye").await;
                return None;
            }
            _ => "502 what?".into(),
        };
        if !say(&mut stream, state, &line, &reply).await {
            return None;
        }
    }
}

/// Answers as usual or as the script says; false when the connection is over.
async fn say<S>(stream: &mut BufReader<S>, state: &State, command: &str, usual: &str) -> bool
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let answers = state.script.answers.iter();
    let own = answers
        .clone()
        .find(|(start, _)| command.starts_with(start));
    let answer = own.map_or(usual, |(_, answer)| answer);
    match answer {
        "" => {
            std::future::pending::<()>().await;
            false
        }
        "-" => false,
        answer => {
            let bytes = format!("{answer}\r\n");
            stream.get_mut().write_all(bytes.as_bytes()).await.is_ok()
        }
    }
}

async fn log_in<S>(stream: &mut BufReader<S>, command: &str) -> Option<(String, String)>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let text = |encoded: &str| String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap();
    if let Some(token) = command.strip_prefix("AUTH PLAIN ") {
        let token = text(token);
        let mut parts = token.split('\0').skip(1).map(str::to_owned);
        return Some((parts.next()?, parts.next()?));
    }
    let mut answers = Vec::new();
    for question in ["334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n"] {
        stream.get_mut().write_all(question.as_bytes()).await.ok()?;
        answers.push(text(&line(stream).await?));
    }
    let password = answers.pop()?;
    Some((answers.pop()?, password))
}

async fn line<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut line = String::new();
    let read = stream.read_line(&mut line).await.ok()?;
    (read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
}

async fn data<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut data = String::new();
    loop {
        let line = line(stream).await?;
        if line == "." {
            return Some(data);
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
        data.push_str("\r\n");
    }
}

fn address(command: &str) -> String {
    let inner = command.split(['<', '>']).nth(1);
    inner.unwrap_or_default().to_owned()
}
