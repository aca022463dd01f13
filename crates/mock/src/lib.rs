//! An HTTP double of any declared service: it checks requests against the definitions and answers from their examples.
//!
//! A [`Mock`] is made of a service's definition and started on a loopback address. It refuses what the real service
//! would refuse (an unknown path, a missing or wrong token, a missing or mistyped parameter) and says why, answers
//! everything else as the action's examples do, and keeps what it received for tests to look at. Nothing in it is
//! written for a particular service.
//!
//! A request passes through the files in this order: `server.rs` (sockets, limits, log), `answer.rs` (what comes back),
//! `route.rs` (which action), `issued.rs` (the credential), `check.rs` (the parameters), `content.rs` (the body).

mod answer;
mod assemble;
mod check;
mod content;
mod declared;
mod error;
mod generate;
mod issued;
mod mock;
mod multipart;
mod path_template;
mod received;
mod route;
mod server;
mod wire_values;

pub use error::MockError;
pub use mock::{Config, Mock};
pub use received::Received;
pub use server::Running;
