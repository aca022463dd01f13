//! `send_all`: the requests of many items, in batches or with a bound on how many are in flight.

use std::borrow::Cow;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use itemflow_model::{ErrorInfo, RequestEvent, RequestStep};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use crate::client::HttpClients;
use crate::failure::Failure;
use crate::observer::{BinaryReader, RequestObserver};
use crate::options::{Batching, RequestOptions};
use crate::request::RequestSpec;
use crate::response::Response;
use crate::send::{send, wait_before};

/// What sending needs beside the requests.
#[derive(Clone)]
pub struct Sender<'a> {
    /// Connections.
    pub clients: &'a HttpClients,
    /// Options of the node.
    pub options: &'a RequestOptions,
    /// Files that bodies refer to.
    pub binaries: &'a dyn BinaryReader,
    /// Is told of every request.
    pub observer: &'a dyn RequestObserver,
    /// Becomes true when everything is to stop. Dropping the future of [`send_all`] stops everything as well.
    pub cancel: Option<watch::Receiver<bool>>,
}

/// A request that is ready to be sent.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The request.
    pub spec: RequestSpec,
    /// The item's own options, where they differ from the node's: proxy, timeout and certificates count.
    pub options: Option<Box<RequestOptions>>,
}

impl From<RequestSpec> for Outgoing {
    fn from(spec: RequestSpec) -> Self {
        Self {
            spec,
            options: None,
        }
    }
}

/// Sends one request for each of `count` items and returns the answers in the order of the items. `build` makes the
/// request of an item just before it is sent; its error becomes the item's result. An answer of any status is a success
/// here.
pub async fn send_all(
    sender: &Sender<'_>,
    count: usize,
    mut build: impl FnMut(usize) -> Result<Outgoing, ErrorInfo>,
) -> Vec<Result<Response, ErrorInfo>> {
    let mut results: Vec<Option<Result<Response, ErrorInfo>>> = Vec::new();
    results.resize_with(count, || None);
    {
        let run = async {
            match sender.options.batching {
                Some(batching) => in_batches(sender, batching, &mut results, &mut build).await,
                None => {
                    let most = sender.options.max_concurrency.max(1);
                    bounded(sender, 0..count, most, &mut results, &mut build).await;
                }
            }
        };
        match sender.cancel.clone() {
            None => run.await,
            Some(cancel) => tokio::select! {
                () = canceled(cancel) => {}
                () = run => {}
            },
        }
    }
    results
        .into_iter()
        .map(|result| {
            result.unwrap_or_else(|| Err(ErrorInfo::operation("canceled before an answer came")))
        })
        .collect()
}

/// Sends one request, with the retries that the options ask for. `item` and `page` identify it in events.
///
/// # Errors
/// Why no answer came. An answer of any status is a success.
pub async fn send_one(
    sender: &Sender<'_>,
    item: usize,
    page: usize,
    outgoing: Outgoing,
) -> Result<Response, ErrorInfo> {
    let options = match &outgoing.options {
        Some(own) => Cow::Owned(sender.options.with_item_options(own)),
        None => Cow::Borrowed(sender.options),
    };
    let spec = outgoing.spec;
    let mut attempt = 1;
    loop {
        let result = attempt_once(sender, &spec, &options, item, page, attempt).await;
        let Some(retry) = options.retry.as_ref().filter(|_| spec.repeatable) else {
            return result.map_err(|failure| failure.info);
        };
        let again = attempt < retry.max_tries
            && match &result {
                Ok(response) => retry.statuses.contains(&response.status),
                Err(failure) => retry.network && failure.network,
            };
        if !again {
            return result.map_err(|failure| failure.info);
        }
        let asked = result.as_ref().ok();
        let asked = asked.and_then(|response| response.header("retry-after"));
        let jitter = retry.jitter.then(rand::random::<f64>);
        sleep(wait_before(attempt, retry, jitter, asked)).await;
        attempt += 1;
    }
}

async fn attempt_once(
    sender: &Sender<'_>,
    spec: &RequestSpec,
    options: &RequestOptions,
    item: usize,
    page: usize,
    attempt: u32,
) -> Result<Response, Failure> {
    let event = |step| RequestEvent {
        item: item as u32,
        page: page as u32,
        attempt,
        step,
    };
    let started = event(RequestStep::Started {
        request: spec.summary(),
        repeatable: spec.repeatable,
    });
    let recorded = sender.observer.started(started).await;
    recorded.map_err(|info| Failure {
        info,
        network: false,
    })?;
    let start = Instant::now();
    let result = send(sender.clients, spec, options, sender.binaries).await;
    let status = result.as_ref().ok().map(|response| response.status);
    let elapsed_ms = start.elapsed().as_millis() as u64;
    tracing::debug!(
        item.index = item,
        request.attempt = attempt,
        request.summary = &*spec.summary(),
        response.status = status,
        elapsed_ms,
        "a request has ended"
    );
    let finished = event(RequestStep::Finished {
        status,
        elapsed_ms,
        error: result.as_ref().err().map(|f| f.info.message.clone()),
    });
    sender.observer.finished(finished).await;
    result
}

async fn in_batches(
    sender: &Sender<'_>,
    batching: Batching,
    results: &mut [Option<Result<Response, ErrorInfo>>],
    build: &mut impl FnMut(usize) -> Result<Outgoing, ErrorInfo>,
) {
    let count = results.len();
    let mut first = 0;
    while first < count {
        let start = Instant::now();
        let end = (first + batching.size).min(count);
        bounded(sender, first..end, batching.size, results, build).await;
        first = end;
        if first < count {
            sleep_until(start + batching.interval).await;
        }
    }
}

/// Sends the requests of a range of items with at most `most` in flight.
async fn bounded(
    sender: &Sender<'_>,
    range: std::ops::Range<usize>,
    most: usize,
    results: &mut [Option<Result<Response, ErrorInfo>>],
    build: &mut impl FnMut(usize) -> Result<Outgoing, ErrorInfo>,
) {
    let mut running = FuturesUnordered::new();
    let mut waiting = range;
    loop {
        while running.len() < most
            && let Some(item) = waiting.next()
        {
            match build(item) {
                Ok(outgoing) => {
                    running.push(async move { (item, send_one(sender, item, 0, outgoing).await) })
                }
                Err(error) => results[item] = Some(Err(error)),
            }
        }
        match running.next().await {
            Some((item, result)) => results[item] = Some(result),
            None => return,
        }
    }
}

async fn canceled(mut cancel: watch::Receiver<bool>) {
    if cancel.wait_for(|stop| *stop).await.is_err() {
        // Nobody is left who could cancel.
        std::future::pending::<()>().await;
    }
}
