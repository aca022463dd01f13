//! A server that writes down the raw requests it gets, and answers as a test says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use serde_json::Value;

/// Longest wait for a request.
const LIMIT: Duration = Duration::from_secs(60);
/// What the server itself asks for, to see whether anyone else did before.
const SENTINEL: &str = "/sentinel";

/// One request as it came.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Received {
    pub(crate) method: String,
    /// Path and query, not decoded.
    pub(crate) target: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// What to answer.
pub(crate) enum Answer {
    /// A status and JSON.
    Json(u16, Value),
    /// Status line, headers and body as they are.
    Raw(Vec<u8>),
    /// Nothing, until the other side gives up.
    Silence,
    /// Whatever this writes, until it fails or returns.
    Stream(Box<Writer>),
}

/// Writes an answer piece by piece.
type Writer = dyn FnOnce(&mut TcpStream) -> std::io::Result<()>;

/// The server. Its threads end with the tests.
pub(crate) struct Recorder {
    address: SocketAddr,
    received: Mutex<Receiver<Received>>,
    connections: Arc<AtomicUsize>,
}

impl Recorder {
    /// Answers every request with `{}`.
    pub(crate) fn start() -> Self {
        Self::json(200, Value::Object(serde_json::Map::new()))
    }

    /// Answers every request alike.
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self::answering(move |_| Answer::Json(status, body.clone()))
    }

    /// Answers as `answer` says.
    pub(crate) fn answering(answer: impl Fn(&Received) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, received) = channel();
        let answer = Arc::new(answer);
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = connections.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                counted.fetch_add(1, Ordering::SeqCst);
                let (sender, answer) = (sender.clone(), answer.clone());
                std::thread::spawn(move || serve(stream, &sender, &*answer));
            }
        });
        Self {
            address,
            received: Mutex::new(received),
            connections,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A credentials file that leads here: `my-konverte` and `my-platform`, with this token.
    pub(crate) fn credentials(&self, token: &str) -> String {
        let url = self.url();
        format!(
            "my-konverte:\n  type: konverteDigitalApi\n  url: {url}\n  accessToken: {token}\nmy-platform:\n  type: konverteDigitalPlatformApi\n  url: {url}\n  accessToken: {token}\n"
        )
    }

    /// Waits for the next request.
    pub(crate) fn next(&self) -> Received {
        self.received.lock().unwrap().recv_timeout(LIMIT).unwrap()
    }

    /// The requests that have been answered.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().try_iter().collect()
    }

    /// Nobody has connected. Connections are accepted in turn, so one of our own comes after all others.
    #[track_caller]
    pub(crate) fn assert_untouched(&self) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        write!(stream, "GET {SENTINEL} HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        assert_eq!(self.connections.load(Ordering::SeqCst), 1);
    }
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON; `null` where there is none.
    pub(crate) fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.body).unwrap()
    }
}

fn serve(mut stream: TcpStream, sender: &Sender<Received>, answer: &dyn Fn(&Received) -> Answer) {
    let Some(request) = read(&stream) else { return };
    let answer = if request.target == SENTINEL {
        Answer::Json(200, Value::Null)
    } else {
        answer(&request)
    };
    // The test may be over.
    let _ = sender.send(request);
    let _ = match answer {
        Answer::Json(status, body) => stream.write_all(json(status, &body).as_bytes()),
        Answer::Raw(bytes) => stream.write_all(&bytes),
        Answer::Silence => stream.read(&mut [0]).map(drop),
        Answer::Stream(write) => write(&mut stream),
    };
}

fn json(status: u16, body: &Value) -> String {
    let body = body.to_string();
    format!(
        "HTTP/1.1 {status} Answer\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn read(stream: &TcpStream) -> Option<Received> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .and_then(|(_, value)| value.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Received {
        method,
        target,
        headers,
        body,
    })
}
