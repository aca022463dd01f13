//! The server around a double: sockets, limits, the log of requests, shutdown.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use indexmap::IndexMap;
use itemflow_model::Map;
use tokio::net::TcpListener;
use tokio::sync::{broadcast, oneshot, watch};
use tokio::task::JoinHandle;
use tower::limit::GlobalConcurrencyLimitLayer;

use crate::answer::{Answer, answer, meant};
use crate::connection::{BreakableListener, Breaker};
use crate::error::MockError;
use crate::fault::Fault;
use crate::faults::{Faults, Met, Trouble};
use crate::issued::Issued;
use crate::mock::Mock;
use crate::received::Received;
use crate::state::State as Kept;
use crate::unreliable::{cut, stalled, trickling};

/// Time in which a body must have arrived.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Time that requests in flight have to finish when the server stops.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// Requests at once; more wait their turn, so that their bodies never fill the memory.
const MAX_IN_FLIGHT: usize = 256;

/// Requests that wait for a slow watcher before the oldest is dropped.
const WATCHED_REQUESTS: usize = 256;

/// A double that is listening. It ends when this is dropped; [`Running::stop`] lets requests in flight finish first.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    state: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    /// Ends what is held open, when it is dropped.
    held_open: Option<watch::Sender<()>>,
    task: JoinHandle<std::io::Result<()>>,
}

#[derive(Debug)]
struct Shared {
    mock: Mock,
    issued: Vec<Issued>,
    started: Instant,
    in_flight: AtomicUsize,
    log: Mutex<Log>,
    kept: Mutex<Kept>,
    faults: Mutex<Faults>,
    /// Bodies that never end see by it that the double has stopped.
    stopped: watch::Receiver<()>,
    watchers: broadcast::Sender<Received>,
}

#[derive(Debug, Default)]
struct Log {
    requests: VecDeque<Received>,
    bytes: usize,
}

pub(crate) async fn start(mock: Mock, address: SocketAddr) -> Result<Running, MockError> {
    let faults = Mutex::new(mock.faults(&mock.config.faults)?);
    let listen = |source| MockError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    let url = origin(address);
    let issued = mock
        .service
        .credentials
        .iter()
        .map(|definition| Issued::new(definition, &mock.service.base_url, &url))
        .collect();
    let kept = Mutex::new(mock.initial_state());
    let (held_open, stopped) = watch::channel(());
    let state = Arc::new(Shared {
        mock,
        kept,
        faults,
        stopped,
        issued,
        started: Instant::now(),
        in_flight: AtomicUsize::new(0),
        log: Mutex::default(),
        watchers: broadcast::Sender::new(WATCHED_REQUESTS),
    });
    let (stop, stopped) = oneshot::channel::<()>();
    let router = Router::new()
        .fallback(handle)
        .layer(GlobalConcurrencyLimitLayer::new(MAX_IN_FLIGHT))
        .with_state(state.clone());
    let task = tokio::spawn(async move {
        let service = router.into_make_service_with_connect_info::<Breaker>();
        axum::serve(BreakableListener(listener), service)
            .with_graceful_shutdown(async {
                let _ = stopped.await;
            })
            .await
    });
    Ok(Running {
        address,
        state,
        stop: Some(stop),
        held_open: Some(held_open),
        task,
    })
}

impl Running {
    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the service's base URL becomes, for example `http://127.0.0.1:4010`.
    pub fn base_url(&self) -> String {
        format!("{}{}", origin(self.address), self.state.mock.prefix)
    }

    /// The fields of a credential of each type that it accepts, tokens made up at the start.
    pub fn credentials(&self) -> IndexMap<String, Map> {
        self.state
            .issued
            .iter()
            .map(|issued| (issued.name().to_owned(), issued.data().clone()))
            .collect()
    }

    /// Every request so far, in the order in which they had arrived in full.
    pub fn requests(&self) -> Vec<Received> {
        self.state.log().requests.iter().cloned().collect()
    }

    /// Every request from now on, as it is answered. A watcher that falls behind by 256 requests misses some.
    pub fn watch(&self) -> broadcast::Receiver<Received> {
        self.state.watchers.subscribe()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        *self.state.log() = Log::default();
    }

    /// Forgets what requests have created, changed and removed.
    pub fn forget(&self) {
        *self.state.kept() = self.state.mock.initial_state();
    }

    /// Replaces what it does wrong; counting begins anew.
    ///
    /// # Errors
    /// A fault names an action that does not exist.
    pub fn set_faults(&self, faults: &[Fault]) -> Result<(), MockError> {
        *self.state.faults() = self.state.mock.faults(faults)?;
        Ok(())
    }

    /// Stops listening, and waits five seconds at most for requests in flight.
    ///
    /// # Errors
    /// The server had already ended with an error.
    pub async fn stop(mut self) -> Result<(), MockError> {
        drop(self.stop.take());
        drop(self.held_open.take());
        match tokio::time::timeout(DRAIN_TIMEOUT, &mut self.task).await {
            Ok(Ok(result)) => Ok(result?),
            Ok(Err(_)) | Err(_) => Ok(()),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Marks headers that hold credentials, so that Debug does not show them.
    fn hide_secrets(&self, headers: &mut HeaderMap) {
        for (name, value) in headers.iter_mut() {
            let name = name.as_str();
            let is_usual = ["authorization", "proxy-authorization", "cookie"].contains(&name);
            if is_usual || self.issued.iter().any(|issued| issued.uses_header(name)) {
                value.set_sensitive(true);
            }
        }
    }
}

impl Log {
    fn push(&mut self, request: Received, max_bytes: usize) {
        self.bytes += request.size();
        self.requests.push_back(request);
        while self.bytes > max_bytes {
            let Some(oldest) = self.requests.pop_front() else {
                break;
            };
            self.bytes -= oldest.size();
        }
    }
}

/// Counts a request for as long as it is being handled, also when its client goes away.
struct InFlight<'a>(&'a AtomicUsize);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn handle(
    State(state): State<Arc<Shared>>,
    ConnectInfo(breaker): ConnectInfo<Breaker>,
    request: Request,
) -> Response {
    let arrived = state.started.elapsed();
    let in_flight = state.in_flight.fetch_add(1, Ordering::Relaxed) + 1;
    let _in_flight = InFlight(&state.in_flight);
    let (parts, body) = request.into_parts();
    let config = &state.mock.config;
    let body = to_bytes(body, config.max_body_bytes);
    let body = match tokio::time::timeout(BODY_TIMEOUT, body).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => {
            let message = format!(
                "the body is cut off or longer than {} bytes",
                config.max_body_bytes
            );
            return response(Answer::error(StatusCode::PAYLOAD_TOO_LARGE, message));
        }
        Err(_) => {
            return response(Answer::error(
                StatusCode::REQUEST_TIMEOUT,
                "the body did not arrive in time",
            ));
        }
    };
    let mut received = Received {
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        method: parts.method,
        headers: parts.headers,
        body,
        arrived,
        in_flight,
        status: 0,
        action: None,
    };
    state.hide_secrets(&mut received.headers);
    let meant = meant(&state.mock, &received);
    let action = meant.as_ref().map(|(name, _)| name.as_str());
    let met = state.faults().meet(action, arrived);
    let in_place = met.trouble.as_ref().and_then(|trouble| {
        let credential = meant.as_ref().and_then(|(_, credential)| *credential);
        in_place_of_answer(&state.mock, trouble, credential, &received)
    });
    let is_dropped = met.trouble == Some(Trouble::Drop);
    let answer = in_place.unwrap_or_else(|| {
        let mut kept = state.kept();
        answer(&state.mock, &state.issued, &mut kept, &received)
    });
    received.status = if is_dropped {
        0
    } else {
        answer.status.as_u16()
    };
    received.action.clone_from(&answer.action);
    if state.watchers.receiver_count() > 0 {
        // Fails only when the last watcher has just gone.
        let _ = state.watchers.send(received.clone());
    }
    state.log().push(received, config.max_log_bytes);
    let Met { delay, trouble } = met;
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    spoiled(answer, trouble.as_ref(), &breaker, &state)
}

/// What is answered where a fault leaves the request undone.
fn in_place_of_answer(
    mock: &Mock,
    trouble: &Trouble,
    credential: Option<&str>,
    request: &Received,
) -> Option<Answer> {
    match trouble {
        Trouble::Drop => Some(Answer::default()),
        Trouble::Refuse {
            status,
            retry_after,
        } => {
            let status = StatusCode::from_u16(*status).ok()?;
            Some(mock.refusals.with_status(credential, status, *retry_after))
        }
        Trouble::Redirect(url) => Some(Answer {
            status: StatusCode::TEMPORARY_REDIRECT,
            headers: vec![("location".into(), format!("{url}{}", request.target()))],
            ..Answer::default()
        }),
        Trouble::Reset | Trouble::Stall | Trouble::Trickle(_) | Trouble::Cut => None,
    }
}

/// The answer as it is sent, spoiled by the fault that the request has met.
fn spoiled(
    mut answer: Answer,
    trouble: Option<&Trouble>,
    breaker: &Breaker,
    state: &Shared,
) -> Response {
    let body = std::mem::take(&mut answer.body);
    // Of an empty body nothing could be missing.
    let length = body.len().max(1);
    let unreliable = match trouble {
        Some(Trouble::Drop | Trouble::Reset) => {
            breaker.reset();
            None
        }
        Some(Trouble::Stall) => Some(stalled(state.stopped.clone())),
        Some(Trouble::Cut) => Some(cut(body.clone())),
        Some(Trouble::Trickle(pause)) if !body.is_empty() => {
            Some(trickling(body.clone(), *pause, state.stopped.clone()))
        }
        _ => None,
    };
    let Some(unreliable) = unreliable else {
        answer.body = body;
        return response(answer);
    };
    let mut response = response(answer);
    *response.body_mut() = unreliable;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response
}

fn response(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    let headers = response.headers_mut();
    if let Some(content_type) = answer.content_type {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    let allow = answer.allow.map(|allow| ("allow".to_owned(), allow));
    for (name, value) in allow.into_iter().chain(answer.headers) {
        let name = HeaderName::try_from(name);
        if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    response
}

/// The URL under which an address is reached from this machine.
fn origin(address: SocketAddr) -> String {
    let reachable = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(reachable, address.port()))
}
