//! `Connection`: commands and replies of SMTP (RFC 5321) on a socket, encrypted or not. Every wait has an end, and a reply
//! a largest size.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

/// Longest line of a reply.
const MAX_LINE: u64 = 4096;
/// Most lines of a reply.
const MAX_LINES: usize = 256;
/// Bytes of a message that are written within one wait.
const CHUNK: usize = 64 << 10;

/// A byte stream to a server.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A connection to a server.
pub(super) struct Connection {
    stream: BufReader<Box<dyn Stream>>,
    limit: Duration,
    encrypted: bool,
}

/// What a server says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) code: u16,
    /// Its lines without the code.
    pub(super) lines: Vec<String>,
}

/// Why a command got no reply.
#[derive(Debug)]
pub(super) enum Broken {
    /// Nothing came or went for so long.
    Stalled(Duration),
    /// The server ended the connection.
    Closed,
    Io(io::Error),
    /// It does not speak SMTP.
    Protocol(&'static str),
}

impl Connection {
    /// Connects to a server; `limit` holds for this and for every single wait afterwards.
    pub(super) async fn open(host: &str, port: u16, limit: Duration) -> Result<Self, Broken> {
        let stream = within(limit, TcpStream::connect((host, port))).await?;
        // Commands are short and each waits for its reply.
        let _ = stream.set_nodelay(true);
        Ok(Self {
            stream: BufReader::new(Box::new(stream)),
            limit,
            encrypted: false,
        })
    }

    /// Encrypts what is said from now on.
    pub(super) async fn encrypt(self, host: &str, config: ClientConfig) -> Result<Self, Broken> {
        if !self.stream.buffer().is_empty() {
            // Whoever is between could have put it there; it would be taken for the server's own words.
            return Err(Broken::Protocol(
                "it said something that should have been encrypted",
            ));
        }
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| Broken::Protocol("its name cannot be that of a certificate"))?;
        let connector = TlsConnector::from(Arc::new(config));
        let stream = within(
            self.limit,
            connector.connect(name, self.stream.into_inner()),
        )
        .await?;
        Ok(Self {
            stream: BufReader::new(Box::new(stream)),
            limit: self.limit,
            encrypted: true,
        })
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// Sends a line and reads the reply to it.
    pub(super) async fn command(&mut self, line: &str) -> Result<Reply, Broken> {
        debug_assert!(!line.contains(['\r', '\n']));
        self.write(format!("{line}\r\n").as_bytes()).await?;
        self.reply().await
    }

    /// Sends a message, up to and without the mark of its end.
    pub(super) async fn write_message(&mut self, message: &[u8]) -> Result<(), Broken> {
        let stuffed = stuffed(message);
        for chunk in stuffed.chunks(CHUNK) {
            self.write(chunk).await?;
        }
        Ok(())
    }

    /// Sends the mark of a message's end and reads the reply.
    pub(super) async fn end_message(&mut self) -> Result<Reply, Broken> {
        self.command(".").await
    }

    /// Reads a reply.
    pub(super) async fn reply(&mut self) -> Result<Reply, Broken> {
        let limit = self.limit;
        within_broken(limit, self.read_reply()).await
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        let stream = self.stream.get_mut();
        within(self.limit, async {
            stream.write_all(bytes).await?;
            stream.flush().await
        })
        .await
    }

    async fn read_reply(&mut self) -> Result<Reply, Broken> {
        let mut code = None;
        let mut lines = Vec::new();
        loop {
            let mut line = Vec::new();
            let mut limited = (&mut self.stream).take(MAX_LINE);
            limited
                .read_until(b'\n', &mut line)
                .await
                .map_err(Broken::of)?;
            if line.is_empty() {
                return Err(Broken::Closed);
            }
            if !line.ends_with(b"\n") || lines.len() == MAX_LINES {
                return Err(Broken::Protocol("its reply does not end"));
            }
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\r', '\n']);
            let own = line.get(..3).and_then(|digits| digits.parse::<u16>().ok());
            let own = own.filter(|code| (200..600).contains(code));
            let (Some(own), true) = (own, code.is_none() || code == own) else {
                return Err(Broken::Protocol("its reply is none of SMTP"));
            };
            code = Some(own);
            let rest = line.get(4..).unwrap_or_default();
            lines.push(rest.chars().filter(|c| !c.is_control()).collect());
            if !line[3..].starts_with('-') {
                return Ok(Reply { code: own, lines });
            }
        }
    }
}

impl Reply {
    /// Whether the server did as it was told, or waits for more of it.
    pub(super) fn is_positive(&self) -> bool {
        self.code < 400
    }

    /// Code and words on one line.
    pub(super) fn text(&self) -> String {
        let text = format!("{} {}", self.code, self.lines.join(" "));
        text.trim_end().to_owned()
    }
}

impl Broken {
    fn of(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Io(error),
        }
    }
}

async fn within<T>(
    limit: Duration,
    work: impl Future<Output = io::Result<T>>,
) -> Result<T, Broken> {
    within_broken(limit, async { work.await.map_err(Broken::of) }).await
}

async fn within_broken<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, Broken>>,
) -> Result<T, Broken> {
    match timeout(limit, work).await {
        Ok(result) => result,
        Err(_) => Err(Broken::Stalled(limit)),
    }
}

/// A message whose lines never look like its end, with a line break at its own.
fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut stuffed = Vec::with_capacity(message.len() + 64);
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            stuffed.push(b'.');
        }
        stuffed.extend_from_slice(line);
    }
    if !stuffed.ends_with(b"\r\n") {
        stuffed.extend_from_slice(b"\r\n");
    }
    stuffed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_message_ends_it() {
        for (message, sent) in [
            ("a\r\n.\r\nb", "a\r\n..\r\nb\r\n"),
            (".a\r\n..b\r\n", "..a\r\n...b\r\n"),
            ("", "\r\n"),
        ] {
            assert_eq!(stuffed(message.as_bytes()), sent.as_bytes(), "{message:?}");
        }
    }
}
