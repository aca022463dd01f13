//! HTTP Request against servers on this machine: what goes over the wire, what comes back, and what stays secret.

mod authentication;
mod checking;
mod receiving;
mod requests;
mod setup;
