//! The core nodes, one file (or folder) each.

pub(crate) mod manual_trigger;
pub(crate) mod no_op;

#[cfg(test)]
mod tests;
