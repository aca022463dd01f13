//! The nodes that talk to a network, against servers on this machine: what goes over the wire, what comes back, and what
//! stays secret.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
#![allow(clippy::needless_pass_by_value, reason = "`json!` makes values")]

mod email;
mod graphql;
mod http_request;
mod rss;
mod setup;
