//! HTTP Request.

mod authentication;
mod checking;
mod expressions;
mod old_versions;
mod receiving;
mod requests;
