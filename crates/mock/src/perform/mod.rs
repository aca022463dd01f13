//! What a good request does to the state, and what it is answered with.

mod values;

use itemflow_model::definition::{Example, ExampleResponse};
use itemflow_model::{Map, Path, Value};

use crate::behaviour::{Behaviour, Collection, Deed, Effect};
use crate::content::{Content, answered, content, fits, made_up};
use crate::infer::at_place;
use crate::merge::{empty_unsent, merge};
use crate::mock::Mock;
use crate::new_key::new_key;
use crate::route::Route;
use crate::seed::{keys, scope_of_target};
use crate::select::{Selected, is_meant, select};
use crate::state::{Full, State, completed};
use crate::wire_values::text_of;

pub(crate) use values::named_scope;

/// Why a good request cannot be carried out.
#[derive(Debug, PartialEq)]
pub(crate) enum Refused {
    /// There is no such element.
    NotFound(String),
    /// The double has no room.
    Full(String),
}

impl From<Full> for Refused {
    fn from(full: Full) -> Self {
        Self::Full(full.reason)
    }
}

/// Carries out a request of the action at a position, with these parameter values.
///
/// # Errors
/// Something that it names does not exist, or there is no room.
pub(crate) fn perform(
    mock: &Mock,
    at: usize,
    state: &mut State,
    values: &Map,
) -> Result<Content, Refused> {
    let (route, behaviour) = (&mock.routes[at], &mock.behaviours[at]);
    let fitting = answered(route).find(|(example, _)| fits(route, example, values));
    if let Some((_, response)) = fitting.filter(|(_, response)| response.status >= 400) {
        return Ok(Content::of(response));
    }
    let mut performance = Performance {
        mock,
        route,
        behaviour,
        state,
        values,
        fitting: fitting.map(|(_, response)| response),
    };
    performance.parents()?;
    let scope = |effect: &Effect| {
        let keys: Option<Vec<String>> = effect.scope.iter().map(|o| o.key(values)).collect();
        keys
    };
    let known = behaviour
        .effect
        .as_ref()
        .and_then(|effect| Some((effect, scope(effect)?)));
    let Some((effect, scope)) = known else {
        return performance.answer(content(route, values), None, None);
    };
    match effect.deed {
        Deed::List => performance.list(effect, &scope),
        Deed::Show => performance.show(effect, &scope),
        Deed::Change => performance.change(effect, &scope),
        _ if mock.collections[effect.collection].of.is_some() => {
            performance.keep_keys(effect, &scope)
        }
        Deed::Create => performance.create(effect, &scope),
        Deed::Remove | Deed::Replace => performance.remove(effect, &scope),
    }
}

struct Performance<'a> {
    mock: &'a Mock,
    route: &'a Route,
    behaviour: &'a Behaviour,
    state: &'a mut State,
    values: &'a Map,
    /// The good example that has just these parameters.
    fitting: Option<&'a ExampleResponse>,
}

impl<'a> Performance<'a> {
    /// Everything that the request is about exists.
    fn parents(&self) -> Result<(), Refused> {
        for parent in &self.behaviour.parents {
            let keys: Option<Vec<String>> =
                parent.keys.iter().map(|o| o.key(self.values)).collect();
            let Some((key, scope)) = keys.as_deref().and_then(<[String]>::split_last) else {
                continue;
            };
            if self.state.get(parent.collection, scope, key).is_none() {
                return Err(self.not_found(parent.collection, key));
            }
        }
        Ok(())
    }

    fn list(&mut self, effect: &Effect, scope: &[String]) -> Result<Content, Refused> {
        let collection = self.collection(effect);
        let looked_at = std::iter::once(effect.collection).chain(collection.of);
        let is_touched = looked_at.into_iter().any(|at| self.state.is_touched(at));
        if let Some(response) = self.fitting.filter(|_| !is_touched) {
            return Ok(Content::of(response));
        }
        let elements = self.elements(effect, scope);
        let target = collection
            .of
            .map_or(collection, |of| &self.mock.collections[of]);
        let described = if collection.of.is_some() {
            target
        } else {
            collection
        };
        let selected = select(elements, self.route, self.behaviour, described, self.values);
        let mut content = self.envelope(effect);
        let page: Vec<Value> = selected.page.iter().map(visible).collect();
        let place = effect.place.as_ref();
        let shows_list = match &content.body {
            Some(body) => at_place(body, place).is_none_or(|v| v.as_array().is_some()),
            None => true,
        };
        if shows_list {
            put_at(&mut content.body, place, Value::from(page));
        }
        self.counts(&mut content, &selected);
        let count = Some(selected.count);
        self.answer(content, None, count)
    }

    fn counts(&self, content: &mut Content, selected: &Selected) {
        for (path, which) in &self.behaviour.declared.counts {
            let counted = selected
                .counted
                .iter()
                .filter(|element| is_meant(which, element, self.values))
                .count();
            let place = Path::parse(path);
            put_at(&mut content.body, Some(&place), Value::from(counted as i64));
        }
    }

    fn show(&mut self, effect: &Effect, scope: &[String]) -> Result<Content, Refused> {
        let (_, element) = self.existing(effect, scope)?;
        if let Some(response) = self.fitting.filter(|_| element.1) {
            return Ok(Content::of(response));
        }
        let mut content = self.envelope(effect);
        put_at(
            &mut content.body,
            effect.place.as_ref(),
            visible(&element.0),
        );
        self.answer(content, Some(&element.0), None)
    }

    fn change(&mut self, effect: &Effect, scope: &[String]) -> Result<Content, Refused> {
        let (key, (mut element, was_pristine)) = self.existing(effect, scope)?;
        let collection = self.collection(effect);
        merge(&mut element, collection, self.route, self.values, false);
        self.set(&mut element)?;
        self.state
            .put(effect.collection, scope, &key, element.clone())?;
        if let Some(response) = self.fitting.filter(|_| was_pristine) {
            return Ok(Content::of(response));
        }
        let mut content = content(self.route, self.values);
        let place = effect.place.as_ref();
        let shown = content.body.as_ref().and_then(|body| at_place(body, place));
        if shown.is_some_and(|shown| collection.key_of(shown).is_some()) {
            put_at(&mut content.body, place, visible(&element));
        }
        self.answer(content, Some(&element), None)
    }

    fn create(&mut self, effect: &Effect, scope: &[String]) -> Result<Content, Refused> {
        let collection = self.collection(effect);
        let mut content = content(self.route, self.values);
        let place = effect.place.as_ref();
        let shown = content.body.as_ref().and_then(|body| at_place(body, place));
        let shown = shown.map(|shown| shown.index(0).unwrap_or(shown).clone());
        let shows_element = shown.as_ref().is_some_and(|s| s.as_object().is_some());
        let mut element = shown
            .filter(|shown| shown.as_object().is_some())
            .unwrap_or_else(|| collection.template.clone());
        let key = new_key(
            self.state,
            effect,
            collection,
            self.route,
            scope,
            &element,
            self.values,
        );
        let is_exact =
            self.fitting.is_some() && collection.key_of(&element).as_ref() == Some(&key.text);
        if !is_exact {
            merge(&mut element, collection, self.route, self.values, true);
            if let Some((example, _)) = self.model() {
                empty_unsent(&mut element, collection, self.route, example, self.values);
            }
            collection.key.set(&mut element, key.value.clone());
        }
        let answered = element.clone();
        let is_home = collection
            .pattern
            .is_like(&crate::pattern::Pattern::parse(&self.route.action.path));
        if !is_home {
            element = completed(&element, &collection.template);
        }
        self.set(&mut element)?;
        self.remove_children(effect.collection, scope, &key.text);
        self.state
            .put(effect.collection, scope, &key.text, element.clone())?;
        if is_exact {
            return Ok(content);
        }
        if shows_element {
            let shown = if is_home { &element } else { &answered };
            put_at(&mut content.body, place, visible(shown));
        }
        self.answer(content, Some(&element), None)
    }

    fn remove(&mut self, effect: &Effect, scope: &[String]) -> Result<Content, Refused> {
        let named = effect
            .key
            .as_ref()
            .and_then(|name| self.values.get(name.as_str()));
        let keys = keys(named.unwrap_or(&Value::Null));
        if let Some(missing) = keys
            .iter()
            .find(|key| self.state.get(effect.collection, scope, key).is_none())
        {
            return Err(self.not_found(effect.collection, missing));
        }
        for key in &keys {
            self.state.remove(effect.collection, scope, key);
            self.remove_children(effect.collection, scope, key);
        }
        self.answer(content(self.route, self.values), None, None)
    }

    /// Adds, removes or replaces keys of elements that are kept elsewhere.
    fn keep_keys(&mut self, effect: &Effect, scope: &[String]) -> Result<Content, Refused> {
        let collection = self.collection(effect);
        let target = collection.of.unwrap_or(effect.collection);
        let named = effect
            .key
            .as_ref()
            .and_then(|name| self.values.get(name.as_str()));
        let keys = keys(named.unwrap_or(&Value::Null));
        let target_scope = scope_of_target(self.mock, target, scope);
        let was_touched = self.state.is_touched(effect.collection) || self.state.is_touched(target);
        if effect.deed != Deed::Remove {
            let missing = keys
                .iter()
                .find(|key| self.state.get(target, &target_scope, key).is_none());
            if let Some(missing) = missing {
                return Err(self.not_found(target, missing));
            }
        }
        if effect.deed == Deed::Replace {
            self.state.remove_within(effect.collection, scope);
        }
        for key in &keys {
            if effect.deed == Deed::Remove {
                self.state.remove(effect.collection, scope, key);
            } else {
                let reference = Value::from(key.as_str());
                self.state.put(effect.collection, scope, key, reference)?;
            }
        }
        if let Some(response) = self.fitting.filter(|_| !was_touched) {
            return Ok(Content::of(response));
        }
        let mut content = content(self.route, self.values);
        let place = effect.place.as_ref();
        let shown = content.body.as_ref().and_then(|body| at_place(body, place));
        if shown.is_some_and(|shown| shown.as_array().is_some()) {
            let elements = self.elements(effect, scope);
            let elements: Vec<Value> = elements.iter().map(visible).collect();
            put_at(&mut content.body, place, Value::from(elements));
        }
        self.answer(content, None, None)
    }

    /// The elements of a list, the oldest first; of keys, what they stand for.
    fn elements(&self, effect: &Effect, scope: &[String]) -> Vec<Value> {
        let own = self.state.list(effect.collection, scope);
        let Some(target) = self.collection(effect).of else {
            return own.map(|(_, element)| element.value.clone()).collect();
        };
        let target_scope = scope_of_target(self.mock, target, scope);
        own.filter_map(|(key, _)| self.state.get(target, &target_scope, key))
            .map(|element| element.value.clone())
            .collect()
    }

    /// Key and value of the element that the request names, and whether it is as the examples show it.
    fn existing(
        &self,
        effect: &Effect,
        scope: &[String],
    ) -> Result<(String, (Value, bool)), Refused> {
        let named = effect
            .key
            .as_ref()
            .and_then(|name| self.values.get(name.as_str()));
        let mut all = self.state.list(effect.collection, scope);
        let key = match (named, all.next(), all.next()) {
            (Some(named), _, _) => text_of(named),
            // Where none is named, the only one is meant.
            (None, Some((key, _)), None) => key.to_owned(),
            _ => String::new(),
        };
        match self.state.get(effect.collection, scope, &key) {
            Some(element) => Ok((key, (element.value.clone(), element.is_pristine))),
            None => Err(self.not_found(effect.collection, &key)),
        }
    }

    fn remove_children(&mut self, parent: usize, scope: &[String], key: &str) {
        let mut within = scope.to_vec();
        within.push(key.to_owned());
        let parent = &self.mock.collections[parent];
        let doors = || std::iter::once(&parent.pattern).chain(&parent.also_at);
        for (at, child) in self.mock.collections.iter().enumerate() {
            let is_deeper = child.pattern.placeholders().count() >= within.len();
            if is_deeper
                && doors().any(|door| child.pattern.begins_like(door) && child.pattern != *door)
            {
                self.state.remove_within(at, &within);
            }
        }
    }

    /// The answer without its elements: that of the fitting example, or of the first good one.
    fn envelope(&self, effect: &Effect) -> Content {
        match self.model() {
            Some((_, response)) => Content::of(response),
            None => {
                let mut made_up = made_up(self.route, self.values);
                if effect.place.is_none() {
                    made_up.body = None;
                }
                made_up
            }
        }
    }

    fn model(&self) -> Option<(&'a Example, &'a ExampleResponse)> {
        let fits = |example: &Example| fits(self.route, example, self.values);
        let good = || answered(self.route).filter(|(_, response)| response.status < 400);
        good()
            .find(|(example, _)| fits(example))
            .or_else(|| good().next())
    }

    fn collection(&self, effect: &Effect) -> &'a Collection {
        &self.mock.collections[effect.collection]
    }

    fn not_found(&self, collection: usize, key: &str) -> Refused {
        let name = &self.mock.collections[collection].name;
        Refused::NotFound(format!("there is no {key} among the {name}"))
    }
}

/// The element without what is never shown.
fn visible(element: &Value) -> Value {
    let is_hidden = |members: &Map| members.keys().any(|name| name.starts_with('$'));
    if !element.as_object().is_some_and(is_hidden) {
        return element.clone();
    }
    let mut element = element.clone();
    element
        .make_object()
        .retain(|name, _| !name.starts_with('$'));
    element
}

/// Puts a value at a place of a body, as a list of one where a list was; no place is the whole.
fn put_at(body: &mut Option<Value>, place: Option<&Path>, value: Value) {
    let body = body.get_or_insert_with(Value::empty_object);
    let before = at_place(body, place);
    let was_list = before.is_some_and(|value| value.as_array().is_some());
    let value = match value {
        Value::Object(_) if was_list => Value::from(vec![value]),
        other => other,
    };
    match place {
        Some(place) => place.set(body, value),
        None => *body = value,
    }
}
