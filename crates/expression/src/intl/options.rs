//! The options argument of the formatters of `Intl`.

use std::sync::Arc;

use crate::convert;
use crate::evaluate::{Interpreter, Run, range_error};
use crate::js::{Js, Members};

/// The options by name; those that are not given are undefined.
#[derive(Debug, Default)]
pub(crate) struct Options {
    members: Members,
    texts: Vec<(Arc<str>, Arc<str>)>,
}

impl Options {
    pub(crate) fn read(interpreter: &mut Interpreter, value: &Js) -> Run<Self> {
        if value.is_nullish() || !value.is_object() {
            return Ok(Self::default());
        }
        let members: Members = interpreter.entries(value)?.into_iter().collect();
        let mut texts = Vec::new();
        for (name, value) in &members {
            if !value.is_undefined() && !value.is_object() {
                texts.push((name.clone(), interpreter.text_of(value)?));
            }
        }
        Ok(Self { members, texts })
    }

    pub(crate) fn get(&self, name: &str) -> &Js {
        self.members.get(name).unwrap_or(&Js::Undefined)
    }

    pub(crate) fn text(&self, name: &str) -> Option<Arc<str>> {
        self.texts
            .iter()
            .find(|(known, _)| &**known == name)
            .map(|(_, text)| text.clone())
    }

    /// The flag of this name.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        match self.get(name) {
            Js::Undefined => None,
            value => Some(convert::truthy(value)),
        }
    }

    /// One of the words that are allowed; the first of them when nothing is given.
    pub(crate) fn choice(&self, name: &str, allowed: &[&'static str]) -> Run<Arc<str>> {
        Ok(self
            .optional_choice(name, allowed)?
            .unwrap_or_else(|| allowed.first().copied().unwrap_or_default())
            .into())
    }

    /// One of the words that are allowed, if one is given.
    pub(crate) fn optional_choice(
        &self,
        name: &str,
        allowed: &[&'static str],
    ) -> Run<Option<&'static str>> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        match allowed.iter().find(|word| **word == &*text) {
            Some(word) => Ok(Some(word)),
            None => range_error(format!("`{text}` is no value of the option {name}")),
        }
    }

    pub(crate) fn integer(
        &self,
        interpreter: &mut Interpreter,
        name: &str,
        least: usize,
        most: usize,
    ) -> Run<Option<usize>> {
        if self.get(name).is_undefined() {
            return Ok(None);
        }
        let number = interpreter.number_of(self.get(name))?.floor();
        if !(least as f64..=most as f64).contains(&number) {
            return range_error(format!("the option {name} must be from {least} to {most}"));
        }
        Ok(Some(number as usize))
    }
}
