//! An HTTP double of any declared service: it checks requests against the definitions, answers from their examples,
//! and remembers what it was told.
//!
//! A [`Mock`] is made of a service's definition and started on a loopback address. It refuses what the real service
//! would refuse (an unknown path, a missing or wrong token, a missing or mistyped parameter) and says why, answers
//! everything else as the action's examples do, and keeps what it received for tests to look at. What requests create,
//! change and remove is kept too: paths say what is a list and what an element, and `mock.yaml` of the service says
//! the rest. Nothing in it is written for a particular service.
//!
//! On request it does things wrong ([`Fault`]): late answers, cut ones, resets, refusals.
//!
//! A request passes through the files in this order: `server.rs` (sockets, limits, log), `faults.rs` (what goes
//! wrong), `answer.rs` (what comes back),
//! `route.rs` (which action), `issued.rs` (the credential), `check.rs` (the parameters), `perform` (what it does to
//! the `state.rs`), `content.rs` (the body). Before the first request, `infer.rs` finds what actions do, and `seed.rs`
//! fills the state with what the examples show.

mod answer;
mod assemble;
mod behaviour;
mod check;
mod connection;
mod content;
mod declared;
mod error;
mod fault;
mod faults;
mod generate;
mod infer;
mod issued;
mod merge;
mod mock;
mod multipart;
mod new_key;
mod path_template;
mod pattern;
mod perform;
mod received;
mod refusals;
mod route;
mod seed;
mod select;
mod server;
mod state;
mod template;
mod unreliable;
mod wire_values;

pub use error::MockError;
pub use fault::{Fault, FaultError};
pub use mock::{Config, Mock};
pub use received::Received;
pub use server::Running;
