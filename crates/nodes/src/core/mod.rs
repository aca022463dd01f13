//! The core nodes, one file (or folder) each.

pub(crate) mod aggregate;
mod field;
pub(crate) mod limit;
pub(crate) mod manual_trigger;
pub(crate) mod merge;
pub(crate) mod no_op;
pub(crate) mod sort;
pub(crate) mod split_out;
pub(crate) mod sticky_note;
pub(crate) mod stop_and_error;

#[cfg(test)]
mod tests;
