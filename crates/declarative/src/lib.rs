//! Declarative actions: a definition and parameters become a request, the request an answer, the answer items.
//!
//! The middle is pure: [`Action::compile`], `validate`, `build_request` and `receive` touch neither
//! network nor clock. The edge is `send_all`, which sends requests built by anyone, within [`RequestOptions`]. Secrets
//! enter a request last, through `Authenticator`, and never leave it in any text.

mod action;
mod client;
mod coerce;
mod compile;
mod compile_property;
mod curl;
mod encode;
mod error;
mod observer;
mod options;
mod overlay;
mod path_template;
mod proxy;
mod query;
mod redact;
mod references;
mod request;
mod response;
mod tls;

pub use action::{Action, ActionProperty, ActionResponse, Schema};
pub use client::{HttpClients, HttpConfig};
pub use error::{BuildError, CredentialError, DefinitionError, DefinitionFile, ParameterError};
pub use observer::{BinaryReader, ByteStream, NoBinaries, NoObserver, RequestObserver};
pub use options::{Batching, ClientCertificate, RequestOptions, Retry};
pub use overlay::EmptyScope;
pub use path_template::Segment;
pub use proxy::ProxyUrl;
pub use redact::{MASK, Redactor, Secrets};
pub use request::{Body, Header, Part, PartContent, RequestSpec, is_repeatable};
pub use response::Response;
