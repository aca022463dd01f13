//! The values that `mock.yaml` declares for elements and answers.

use itemflow_model::definition::{MockPageCount, MockValue};
use itemflow_model::{Map, Path, Value};

use super::{Performance, Refused, put_at, visible};
use crate::behaviour::Behaviour;
use crate::content::Content;
use crate::mock::Mock;
use crate::template::{Names, fill};
use crate::wire_values::text_of;

/// What `{name}` stands for.
struct Known<'a> {
    values: &'a Map,
    element: Option<&'a Value>,
    /// What the element is kept within.
    parent: Option<&'a Value>,
    count: Option<usize>,
    /// The page that is shown when none is asked for.
    page: Option<i64>,
}

impl Names for Known<'_> {
    fn value(&self, name: &str) -> Option<Value> {
        match name {
            "element" => self.element.cloned(),
            "parent" => self.parent.cloned(),
            "count" => self.count.map(|count| Value::from(count as i64)),
            _ => {
                let sent = self.values.get(name).cloned();
                sent.or_else(|| self.page.filter(|_| name == "page").map(Value::from))
            }
        }
    }
}

impl Performance<'_> {
    /// Sets the declared members of an element.
    pub(super) fn set(&self, element: &mut Value) -> Result<(), Refused> {
        for (path, value) in &self.behaviour.declared.set {
            let before = element.clone();
            let names = self.names(Some(&before), None);
            if let Some(value) = self.resolved(value, &names)? {
                Path::parse(path).set(element, value);
            }
        }
        Ok(())
    }

    /// Puts the declared values into an answer.
    pub(super) fn answer(
        &self,
        mut content: Content,
        element: Option<&Value>,
        count: Option<usize>,
    ) -> Result<Content, Refused> {
        for (path, value) in &self.behaviour.declared.answer {
            let names = self.names(element, count);
            let place = (!path.is_empty()).then(|| Path::parse(path));
            if let Some(value) = self.resolved(value, &names)? {
                put_at(&mut content.body, place.as_ref(), value);
            }
        }
        Ok(content)
    }

    fn names<'n>(&'n self, element: Option<&'n Value>, count: Option<usize>) -> Known<'n> {
        let effect = self.behaviour.effect.as_ref();
        let page = effect.and_then(|effect| self.collection(effect).page.as_ref());
        Known {
            values: self.values,
            element,
            parent: self.parent(),
            count,
            page: page.map(|page| i64::from(page.counts == MockPageCount::Pages)),
        }
    }

    /// A declared value; `None` where it speaks of a parameter that was not sent.
    fn resolved(&self, value: &MockValue, names: &Known<'_>) -> Result<Option<Value>, Refused> {
        match value {
            MockValue::Plain(value) => Ok(fill(value, names)),
            MockValue::First(first) => {
                for value in &first.first {
                    if let Some(value) = self.resolved(value, names)? {
                        return Ok(Some(value));
                    }
                }
                Ok(None)
            }
            MockValue::Choice(choice) => {
                let decided = fill(&choice.choose, names).map(|value| text_of(&value));
                let chosen = decided.and_then(|word| choice.values.get(&word));
                let value = chosen.or(choice.otherwise.as_ref());
                Ok(value.and_then(|value| fill(value, names)))
            }
            MockValue::Element(element) => {
                let Some(key) = fill(&element.key, names).map(|key| text_of(&key)) else {
                    return Ok(None);
                };
                if key.is_empty() || key == "0" {
                    return Ok(Some(Value::Null));
                }
                let mut all = self.mock.collections.iter();
                let Some(at) = all.position(|c| c.name == element.collection) else {
                    return Ok(None);
                };
                let scope = named_scope(self.mock, self.behaviour, at, self.values);
                match self.state.get(at, &scope, &key) {
                    Some(found) => Ok(Some(visible(&found.value))),
                    None => Err(self.not_found(at, &key)),
                }
            }
        }
    }

    /// The nearest element that the request leads through.
    fn parent(&self) -> Option<&Value> {
        let parent = self.behaviour.parents.last()?;
        let keys: Option<Vec<String>> = parent.keys.iter().map(|o| o.key(self.values)).collect();
        let keys = keys?;
        let (key, scope) = keys.split_last()?;
        let element = self.state.get(parent.collection, scope, key)?;
        Some(&element.value)
    }
}

/// What a collection is kept within, by the names of its placeholders.
pub(crate) fn named_scope(
    mock: &Mock,
    behaviour: &Behaviour,
    collection: usize,
    values: &Map,
) -> Vec<String> {
    let placeholders = mock.collections[collection].pattern.placeholders();
    placeholders
        .map(|name| {
            let declared = behaviour.declared.within.get(name);
            let named = declared.and_then(|text| values.get(text.as_str()?));
            let value = named.or(declared).or_else(|| values.get(name));
            value.map(text_of).unwrap_or_default()
        })
        .collect()
}
