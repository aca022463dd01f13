//! A small HTTP/1.1 server over real sockets that notes what it sees and answers byte for byte as told; also as proxy.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// A request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    pub(crate) at: Instant,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self
            .headers
            .iter()
            .filter(|(n, _)| n.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.as_str())
    }
}

/// What to answer.
pub(crate) enum Reply {
    /// These bytes, then the connection stays open for more.
    Bytes(Vec<u8>),
    /// These bytes, then nothing any more.
    Stall(Vec<u8>),
    /// The connection ends without a word.
    Close,
    /// A chunked body of this many mebibytes.
    Large(usize),
    /// One byte of a body every so often, without end.
    Trickle(Duration),
}

type Handler = Arc<dyn Fn(Seen) -> BoxFuture<'static, Reply> + Send + Sync>;

/// A running server; it ends when it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) shared: Arc<Shared>,
    scheme: &'static str,
    _task: JoinSet<()>,
}

#[derive(Default)]
pub(crate) struct Shared {
    pub(crate) seen: Mutex<Vec<Seen>>,
    pub(crate) answered: Mutex<Vec<Instant>>,
    pub(crate) in_flight: AtomicUsize,
    pub(crate) most_in_flight: AtomicUsize,
    pub(crate) written: AtomicUsize,
    pub(crate) closed: AtomicUsize,
}

impl Server {
    pub(crate) async fn start<F, R>(handler: F) -> Self
    where
        F: Fn(Seen) -> R + Send + Sync + 'static,
        R: Future<Output = Reply> + Send + 'static,
    {
        Self::start_with(None, handler).await
    }

    pub(crate) async fn start_with<F, R>(tls: Option<TlsAcceptor>, handler: F) -> Self
    where
        F: Fn(Seen) -> R + Send + Sync + 'static,
        R: Future<Output = Reply> + Send + 'static,
    {
        let handler: Handler = Arc::new(move |seen| Box::pin(handler(seen)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let scheme = if tls.is_some() { "https" } else { "http" };
        let mut task = JoinSet::new();
        let state = shared.clone();
        task.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, handler, state) = (tls.clone(), handler.clone(), state.clone());
                connections.spawn(async move {
                    match tls {
                        None => serve(stream, &handler, &state).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, &handler, &state).await;
                            }
                        }
                    }
                    state.closed.fetch_add(1, Ordering::SeqCst);
                });
            }
        });
        Self {
            address,
            shared,
            scheme,
            _task: task,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}://127.0.0.1:{}{path}", self.scheme, self.address.port())
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }
}

async fn serve<S>(mut stream: S, handler: &Handler, state: &Shared)
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut buffer = Vec::new();
    while let Some(seen) = read_request(&mut stream, &mut buffer).await {
        if let Some(target) = seen.line.strip_prefix("CONNECT ") {
            let target = target.split(' ').next().unwrap().to_owned();
            state.seen.lock().unwrap().push(seen.clone());
            if let Reply::Bytes(refusal) = handler(seen).await {
                let _ = stream.write_all(&refusal).await;
                return;
            }
            if let Ok(mut other) = TcpStream::connect(target).await {
                let _ = stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await;
                let _ = tokio::io::copy_bidirectional(&mut stream, &mut other).await;
            }
            return;
        }
        let now = state.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        state.most_in_flight.fetch_max(now, Ordering::SeqCst);
        state.seen.lock().unwrap().push(seen.clone());
        let reply = handler(seen).await;
        state.in_flight.fetch_sub(1, Ordering::SeqCst);
        state.answered.lock().unwrap().push(Instant::now());
        if !write_reply(&mut stream, reply, state).await {
            return;
        }
    }
}

/// Whether the connection goes on.
async fn write_reply<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    reply: Reply,
    state: &Shared,
) -> bool {
    match reply {
        Reply::Close => false,
        Reply::Bytes(bytes) => stream.write_all(&bytes).await.is_ok(),
        Reply::Stall(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.flush().await;
            let _ = stream.read(&mut [0; 1]).await;
            false
        }
        Reply::Large(mebibytes) => {
            let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
            let _ = stream.write_all(head).await;
            let mut chunk = b"10000\r\n".to_vec();
            chunk.extend(std::iter::repeat_n(b'x', 0x10000));
            chunk.extend(b"\r\n");
            for _ in 0..mebibytes * 16 {
                if stream.write_all(&chunk).await.is_err() {
                    return false;
                }
                state.written.fetch_add(0x10000, Ordering::SeqCst);
            }
            stream.write_all(b"0\r\n\r\n").await.is_ok()
        }
        Reply::Trickle(pause) => {
            let head = b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n";
            let _ = stream.write_all(head).await;
            while stream.write_all(b" ").await.is_ok() && stream.flush().await.is_ok() {
                tokio::time::sleep(pause).await;
            }
            false
        }
    }
}

async fn read_request<S: AsyncRead + Unpin>(stream: &mut S, buffer: &mut Vec<u8>) -> Option<Seen> {
    let end = loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        more(stream, buffer).await?;
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    buffer.drain(..end + 4);
    let mut lines = head.split("\r\n");
    let line = lines.next()?.to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    let mut seen = Seen {
        line,
        headers,
        body: String::new(),
        at: Instant::now(),
    };
    let length: usize = seen
        .header("content-length")
        .map_or(0, |text| text.parse().unwrap());
    let chunked = seen.header("transfer-encoding") == Some("chunked");
    while buffer.len() < length || (chunked && !buffer.ends_with(b"0\r\n\r\n")) {
        more(stream, buffer).await?;
    }
    let length = if chunked { buffer.len() } else { length };
    seen.body = String::from_utf8_lossy(&buffer[..length]).into_owned();
    buffer.drain(..length);
    Some(seen)
}

async fn more<S: AsyncRead + Unpin>(stream: &mut S, buffer: &mut Vec<u8>) -> Option<()> {
    let mut piece = [0; 16 << 10];
    match stream.read(&mut piece).await {
        Ok(0) | Err(_) => None,
        Ok(read) => {
            buffer.extend_from_slice(&piece[..read]);
            Some(())
        }
    }
}

/// An answer with a body.
pub(crate) fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Reply {
    let body = body.as_ref();
    let mut bytes = format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    Reply::Bytes(bytes)
}

/// A JSON answer.
pub(crate) fn json(body: &str) -> Reply {
    answer("200 OK", "content-type: application/json\r\n", body)
}
