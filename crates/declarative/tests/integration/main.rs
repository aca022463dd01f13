//! What goes over real sockets: batches, limits, TLS, proxies, redirects and secrets.

mod batching;
mod limits;
mod observing;
mod proxies;
mod receiving;
mod redirects;
mod secrets;
mod server;
mod setup;
mod tls;
