//! What goes over real sockets: batches, limits, TLS, proxies, redirects and secrets.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod batching;
mod expressions;
mod limits;
mod observing;
mod proxies;
mod receiving;
mod redirects;
mod secrets;
mod server;
mod setup;
mod tls;
