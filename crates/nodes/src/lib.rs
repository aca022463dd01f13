//! Nodes: what a node is, the core nodes (one file each under `core/`), and the catalog that finds them.
//!
//! Adding a core node: one file in `core/`, one line in `catalog.rs`.

mod action_node;
mod catalog;
mod completeness;
mod core;
mod declarative;
mod disabled;
mod files;
mod gathered;
mod host;
mod node;
mod parameters;
mod run;
mod scope;
mod seen;
mod sending;
mod services;

pub use crate::core::form_trigger::{Submission, form_item};
pub use catalog::{Catalog, CompiledNode};
pub use declarative::ServiceType;
pub use files::{
    Files, FolderLimits, FolderOnDisk, NoFiles, OpenFile, Pattern as FilePattern, WriteMode,
};
pub use host::{
    BinaryStore, Clock, Credentials, Environment, ExecutionFacts, Host, MemoryStaticData,
    NoBinaryStore, NoCredentials, NoEnvironment, Random, StaticData, SystemClock, SystemRandom,
};
pub use node::{Node, NodeProblem, NodeType, NodeWithWarnings, Outcome, RequiredInputs, Step};
pub use parameters::{Parameter, Parameters, pointer};
pub use run::{History, NoHistory, NodeFacts, NodeRun, Retry, current_input};
pub use scope::ItemScope;
pub use seen::{Fingerprint, Mark, Remembered, Seen, SeenInMemory, SeenScope};
pub use services::{check_services, service_folder};
