//! `ListView`: one way to look at every kind of list without converting it.

use std::rc::Rc;
use std::sync::Arc;

use itemflow_model::{Items, Value};

use crate::js::{Js, List};

/// A list: data, made by the expression, or items of the scope.
#[derive(Clone)]
pub(crate) enum ListView {
    Data(Arc<Vec<Value>>),
    Own(Rc<List>),
    Items(Items),
}

impl ListView {
    /// The list that a value is.
    pub(crate) fn of(value: &Js) -> Option<Self> {
        match value {
            Js::Data(Value::Array(list)) => Some(Self::Data(list.clone())),
            Js::Array(list) => Some(Self::Own(list.clone())),
            Js::Items(items) => Some(Self::Items(items.clone())),
            _ => None,
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Data(list) => list.len(),
            Self::Own(list) => list.0.borrow().len(),
            Self::Items(items) => items.len(),
        }
    }

    /// The element at `index`; undefined beyond the end.
    pub(crate) fn get(&self, index: usize) -> Js {
        match self {
            Self::Data(list) => list
                .get(index)
                .map_or(Js::Undefined, |value| Js::Data(value.clone())),
            Self::Own(list) => Js::option(list.0.borrow().get(index).cloned()),
            Self::Items(items) => items
                .get(index)
                .map_or(Js::Undefined, |item| Js::Item(Rc::new(item.clone()))),
        }
    }

    /// All elements.
    pub(crate) fn to_vec(&self) -> Vec<Js> {
        (0..self.len()).map(|i| self.get(i)).collect()
    }
}
