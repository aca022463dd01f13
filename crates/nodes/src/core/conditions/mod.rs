//! Conditions of If, Filter and Switch: the current filter value, and the comparisons of their first versions.

pub(crate) mod filter_value;
pub(crate) mod legacy;
mod operator;
pub(crate) mod pattern;

#[cfg(test)]
mod tests;
