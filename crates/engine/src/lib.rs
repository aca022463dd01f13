//! The engine: decides what runs next, runs it, and reports what happens as a stream of events that its caller pulls.
//!
//! It knows nothing of files, databases or servers. What may run next is a pure function of [`State`], and the state is
//! a fold over events, so that resuming an execution is: fold the recorded events, ask for the next one.

mod asking;
mod attempt;
mod check;
mod credentials;
mod differences;
mod execution;
mod explain;
mod history;
mod outcome;
mod pairing;
mod plan;
mod requests;
mod result;
mod start;
mod state;
mod successors;

pub use asking::AnswerHandle;
pub use check::{Checked, check, expected_output};
pub use credentials::try_credentials;
pub use differences::differences;
pub use execution::{CancelHandle, Config, Execution};
pub use explain::{Explained, Unknown, explain};
pub use plan::{Plan, PlanProblem};
pub use start::{Start, StartError, first_trigger};
pub use state::State;
