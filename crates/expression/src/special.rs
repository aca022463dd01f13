//! `Special`: values that are rare in expressions: symbols, big integers, iterators and the formatters of `Intl`.

use std::cell::RefCell;
use std::sync::Arc;

use crate::intl::Formatter;
use crate::js::Js;

/// The description of the symbol that names the method by which a value is iterated.
pub(crate) const ITERATOR: &str = "Symbol.iterator";

#[derive(Debug)]
pub(crate) enum Special {
    /// A symbol with its description; each one is only equal to itself.
    Symbol(Option<Arc<str>>),
    /// A big integer, as far as 128 bits reach.
    BigInt(i128),
    Iterator(ElementIterator),
    Formatter(Formatter),
    Bound(Bound),
}

/// What `bind` gives: a function with its `this` and its first arguments.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) function: Js,
    pub(crate) this: Js,
    pub(crate) arguments: Vec<Js>,
}

/// What `entries()`, `matchAll()` and their like give: elements that are handed out one by one.
#[derive(Debug)]
pub(crate) struct ElementIterator {
    /// Its name in JavaScript, for example `Array Iterator`.
    pub(crate) kind: &'static str,
    /// The elements that are left, the next one last.
    pub(crate) rest: RefCell<Vec<Js>>,
}

impl Special {
    /// Whether it is an object in JavaScript's sense.
    pub(crate) fn is_object(&self) -> bool {
        !matches!(self, Self::Symbol(_) | Self::BigInt(_))
    }

    /// What `typeof` says.
    pub(crate) fn type_of(&self) -> &'static str {
        match self {
            Self::Symbol(_) => "symbol",
            Self::BigInt(_) => "bigint",
            Self::Iterator(_) | Self::Formatter(_) => "object",
            Self::Bound(_) => "function",
        }
    }

    /// Its text; `None` for a symbol, which becomes text only when it is asked to.
    pub(crate) fn text(&self) -> Option<Arc<str>> {
        match self {
            Self::Symbol(_) => None,
            Self::BigInt(number) => Some(number.to_string().into()),
            Self::Iterator(iterator) => Some(format!("[object {}]", iterator.kind).into()),
            Self::Formatter(formatter) => {
                Some(format!("[object Intl.{}]", formatter.class_name()).into())
            }
            Self::Bound(_) => Some("function () { [native code] }".into()),
        }
    }
}

/// `Symbol(description)`
pub(crate) fn symbol_text(description: Option<&str>) -> String {
    format!("Symbol({})", description.unwrap_or_default())
}
