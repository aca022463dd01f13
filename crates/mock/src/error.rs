//! Why a double cannot be made or started.

use std::net::SocketAddr;

use thiserror::Error;

/// Why a double cannot be made or started.
#[derive(Debug, Error)]
pub enum MockError {
    /// A definition cannot be served.
    #[error("{action}: {reason}")]
    Definition {
        /// Resource and operation.
        action: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The service's `mock.yaml` cannot be obeyed.
    #[error("mock.yaml: {reason}")]
    File {
        /// What is wrong with it.
        reason: String,
    },
    /// A fault cannot be done.
    #[error("`{fault}`: {reason}")]
    Fault {
        /// The fault as it was written.
        fault: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}, choose another address or port 0")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The server ended with an error.
    #[error("the mock server stopped: {0}")]
    Serve(#[from] std::io::Error),
}
