//! Nodes: what a node is, the core nodes (one file each under `core/`), and the catalog that finds them.
//!
//! Adding a core node: one file in `core/`, one line in `catalog.rs`.

pub mod catalog;
mod core;
mod host;
mod node;
mod parameters;
mod run;
mod scope;

pub use catalog::{Catalog, CompiledNode};
pub use host::{
    Clock, Credentials, Environment, ExecutionFacts, Host, NoCredentials, NoEnvironment, Random,
    SystemClock, SystemRandom,
};
pub use node::{Node, NodeProblem, NodeType, Outcome, RequiredInputs, Step};
pub use parameters::{Parameter, Parameters, pointer};
pub use run::{History, NodeFacts, NodeRun, Retry, current_input};
pub use scope::ItemScope;
