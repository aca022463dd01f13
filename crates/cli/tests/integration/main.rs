//! The command line as its users meet it: the binary runs as a child process, services are servers of the tests' own.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod process;
mod recorded;
mod recorder;

mod bad_expressions;
mod bad_input;
mod bad_run;
mod catalogue;
mod commands;
mod differences;
mod effects;
mod examples;
mod explain;
mod files;
mod import;
mod nodes;
mod request_options;
mod scripts;
mod secrets;
mod test_command;
mod tls_server;
mod wire;
