//! What nodes that send requests have in common: sending one for each item, trying again, saying where it failed.

use std::time::Duration;

use itemflow_declarative::{Outgoing, RequestOptions, Response, Sender, send_all};
use itemflow_model::ErrorInfo;

use crate::run::{NodeRun, Retry};

/// Sends a request for each of the first `count` items and returns the answers in item order; `build` makes a request just before it is sent.
pub(crate) async fn send(
    run: &NodeRun,
    options: &RequestOptions,
    count: usize,
    build: impl FnMut(usize) -> Result<Outgoing, ErrorInfo>,
) -> Vec<Result<Response, ErrorInfo>> {
    let sender = Sender {
        clients: &run.host.http,
        options,
        binaries: &*run.host.binaries,
        observer: &*run.observer,
        cancel: None,
    };
    send_all(&sender, count, build).await
}

/// `retryOnFail`: only failures, and only those of requests that may be repeated.
pub(crate) fn retry_failed(retry: Retry) -> itemflow_declarative::Retry {
    itemflow_declarative::Retry {
        max_tries: retry.max_tries,
        backoff: Duration::from_millis(retry.wait_ms),
        doubles: false,
        jitter: false,
        statuses: (400..600).collect(),
        network: true,
    }
}

/// The first of several errors, with the messages of all.
pub(crate) fn first_of<E: Into<ErrorInfo>>(errors: Vec<E>) -> ErrorInfo {
    let mut errors = errors.into_iter().map(Into::into);
    let mut first: ErrorInfo = errors
        .next()
        .unwrap_or_else(|| ErrorInfo::operation("the request cannot be built"));
    for further in errors {
        first.message.push_str("; ");
        first.message.push_str(&further.message);
    }
    first
}

/// The error with the node and item at which it happened.
pub(crate) fn at(run: &NodeRun, item: usize, error: ErrorInfo) -> ErrorInfo {
    ErrorInfo {
        item_index: Some(item),
        ..in_node(run, error)
    }
}

/// The error with the node in which it happened.
pub(crate) fn in_node(run: &NodeRun, error: ErrorInfo) -> ErrorInfo {
    ErrorInfo {
        node: Some(run.node.name.to_string()),
        run_index: Some(run.run_index as usize),
        ..error
    }
}
