//! n8n's expression language: `={{ … }}` parsed once, evaluated many times in fuel-limited Rust.
//!
//! An expression is a JavaScript expression in syntax only. It is lowered to a small tree of our own and interpreted;
//! there are no host objects, no prototypes and no way to reach the process. What its variables mean is asked of a
//! [`Scope`]. Reference: n8n's behaviour as described in `docs/expressions.md`.

mod borrowed;
mod calls;
mod coerce;
mod convert;
mod error;
mod evaluate;
mod execute;
mod expression;
mod extensions;
mod intl;
mod iterate;
mod js;
mod list;
mod lower;
mod luxon;
mod members;
mod method_names;
mod methods;
mod names;
mod operators;
mod parse;
mod print;
mod references;
mod regex;
mod scope;
mod script;
mod special;
mod split;
mod template;
mod tree;
mod utf16;

pub use borrowed::Borrowed;
pub use error::{EvaluateError, Limit, SyntaxError};
pub use expression::{Evaluated, Expression, References};
pub use luxon::{DateTime, Duration, Unit, time_zone};
pub use references::{FieldPath, FieldStep, ItemsOf, NodeReference, UnknownMember};
pub use scope::{HostObject, Limits, Resolved, Scope, Variable};
pub use script::check_script;
pub use template::{Template, TemplateError};
