//! Declarative actions: a definition and parameters become a request, the request an answer, the answer items.
//!
//! The middle is pure: [`Action::compile`], [`Action::validate`], [`build_request`] and [`receive()`] touch neither
//! network nor clock. The edge is [`send_all`], which sends requests built by anyone, within [`RequestOptions`]. Secrets
//! enter a request last, through [`Authenticator`], and never leave it in any text.

mod action;
mod batch;
mod body;
mod build;
mod client;
mod coerce;
mod compile;
mod compile_property;
mod credentials;
mod curl;
mod defaults;
mod digest;
mod display;
mod encode;
mod error;
mod examples;
mod failure;
mod observer;
mod options;
mod options_described;
mod overlay;
mod path_template;
mod proxy;
mod query;
mod receive;
mod redact;
mod references;
mod request;
mod response;
mod sample;
mod schema_view;
mod send;
#[cfg(test)]
mod testing;
mod tls;
mod validate;

pub use action::{Action, ActionProperty, ActionResponse, Schema};
pub use batch::{Outgoing, Sender, send_all, send_one};
pub use build::{BuildContext, build_request};
pub use client::{HttpClients, HttpConfig, RequestGate};
pub use credentials::{Additions, Authenticator, apply};
pub use digest::unquoted;
pub use error::{BuildError, CredentialError, DefinitionError, DefinitionFile, ParameterError};
pub use failure::status_failure;
pub use observer::{BinaryReader, ByteStream, NoBinaries, NoObserver, RequestObserver};
pub use options::{Batching, ClientCertificate, Redirects, RequestOptions, Retry};
pub use overlay::EmptyScope;
pub use path_template::Segment;
pub use proxy::ProxyUrl;
pub use query::form_pairs;
pub use receive::{Received, ReceivedFile, body_file, body_json, body_text, receive};
pub use redact::{MASK, Redactor, Secrets};
pub use request::{Body, Header, Part, PartContent, RequestSpec, is_repeatable};
pub use response::Response;
pub use schema_view::SchemaView;
pub use tls::{CertificateRefused, connector_config};
pub use validate::{ParameterRules, Prepared};

pub use reqwest::Method;
pub use url::Url;
