//! What nodes that send requests have in common: sending one for each item, gathering what came back, saying where it
//! failed.

use std::time::Duration;

use itemflow_declarative::{Outgoing, RequestOptions, Response, Sender, send_all};
use itemflow_model::{ErrorInfo, Item, ItemRef, ItemsBuilder, Link};

use crate::node::Outcome;
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

/// The items that answers have become, each linked to the one that its request was sent for.
pub(crate) struct Gathered<'a> {
    run: &'a NodeRun,
    items: ItemsBuilder,
    /// What every item is linked to, where it is not that.
    link: Option<Link>,
}

impl<'a> Gathered<'a> {
    pub(crate) fn new(run: &'a NodeRun) -> Self {
        Self {
            run,
            items: ItemsBuilder::with_capacity(run.items().len()),
            link: None,
        }
    }

    /// For a request that was sent once for all items.
    pub(crate) fn linked_to_all(run: &'a NodeRun) -> Self {
        let refs = (0..run.items().len() as u32).map(|item| ItemRef {
            item,
            input: 0,
            run: None,
        });
        Self {
            link: Some(Link::Many(refs.collect())),
            ..Self::new(run)
        }
    }

    /// Adds what came of one item.
    ///
    /// # Errors
    /// Its failure, if the node does not go on after one.
    pub(crate) fn add(
        &mut self,
        item: usize,
        received: Result<Vec<Item>, ErrorInfo>,
    ) -> Result<(), ErrorInfo> {
        let link = self.link.clone().unwrap_or_else(|| Link::to(item));
        match received {
            Ok(received) => {
                for one in received {
                    self.items.push(one, link.clone());
                }
            }
            Err(error) => {
                let error = at(self.run, item, error);
                if !self.run.node.continue_on_fail {
                    return Err(error);
                }
                self.items.push(Item::from_error(error), link);
            }
        }
        Ok(())
    }

    pub(crate) fn outcome(self) -> Outcome {
        Outcome::of(self.items.build())
    }
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
