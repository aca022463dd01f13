//! The double over real HTTP: eight Konverte Digital actions of eight shapes, and what it refuses.

mod support;

mod answers;
mod limits;
mod refusals;
