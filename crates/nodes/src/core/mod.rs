//! The core nodes, one file (or folder) each.

pub(crate) mod aggregate;
pub(crate) mod conditions;
mod field;
pub(crate) mod filter;
pub(crate) mod http_request;
pub(crate) mod if_;
mod javascript;
mod lenient_json;
pub(crate) mod limit;
pub(crate) mod manual_trigger;
pub(crate) mod merge;
mod moment;
pub(crate) mod no_op;
mod route;
pub(crate) mod set;
pub(crate) mod sort;
pub(crate) mod split_out;
pub(crate) mod sticky_note;
pub(crate) mod stop_and_error;
pub(crate) mod switch;
mod value_type;

#[cfg(test)]
mod tests;
