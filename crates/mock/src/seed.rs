//! The state at the start: what the examples show exists, and what they name exists too.

use itemflow_model::definition::MockValue;
use itemflow_model::{Map, Path, Value};

use crate::behaviour::{Behaviour, Collection, Deed, Effect, Parent};
use crate::content::{answered, example_values};
use crate::infer::at_place;
use crate::mock::Mock;
use crate::perform::named_scope;
use crate::route::Route;
use crate::state::{Limits, State, completed};
use crate::template::fill;
use crate::wire_values::{number, text_of};

/// The state of a double that nobody has asked yet.
pub(crate) fn initial(mock: &Mock, limits: Limits) -> State {
    let mut state = State::new(mock.collections.len(), limits);
    let pairs = || mock.routes.iter().zip(&mock.behaviours);
    // What shows an element best comes first; the others only complete it.
    for deed in [Deed::Show, Deed::Create, Deed::List, Deed::Change] {
        for (route, behaviour) in pairs() {
            if let Some(effect) = behaviour.effect.as_ref().filter(|e| e.deed == deed) {
                seed_examples(&mut state, mock, route, behaviour, effect);
            }
        }
    }
    for (collection, kept) in mock.collections.iter().enumerate() {
        arrange(&mut state, mock, collection);
        for element in &kept.start {
            seed_declared(&mut state, mock, collection, element);
        }
    }
    for (route, behaviour) in pairs() {
        seed_named(&mut state, mock, route, behaviour);
    }
    state
}

/// Elements that the good examples of one action show.
fn seed_examples(
    state: &mut State,
    mock: &Mock,
    route: &Route,
    behaviour: &Behaviour,
    effect: &Effect,
) {
    let collection = &mock.collections[effect.collection];
    for (scope, element) in elements(route, behaviour, effect) {
        let target = collection.of.unwrap_or(effect.collection);
        let Some(key) = mock.collections[target].key_of(&element) else {
            continue;
        };
        if collection.of.is_none() {
            state.seed(effect.collection, scope, &key, &element);
            continue;
        }
        let reference = Value::from(key.as_str());
        let target_scope = scope_of_target(mock, target, &scope);
        state.seed(effect.collection, scope, &key, &reference);
        state.seed(target, target_scope, &key, &element);
    }
}

/// The elements that the good examples of an action show, each with what it is kept within.
fn elements(route: &Route, behaviour: &Behaviour, effect: &Effect) -> Vec<(Vec<String>, Value)> {
    let mut found = Vec::new();
    for (example, response) in answered(route).filter(|(_, response)| response.status < 400) {
        let values = example_values(route, example);
        let scope: Option<Vec<String>> = effect.scope.iter().map(|o| o.key(&values)).collect();
        let place = effect.place.as_ref();
        let shown = response
            .body
            .as_ref()
            .and_then(|body| at_place(body, place));
        let (Some(scope), Some(shown)) = (scope, shown) else {
            continue;
        };
        let own_key = effect
            .key
            .as_ref()
            .and_then(|name| values.get(name.as_str()));
        match shown {
            Value::Array(list) => {
                let hidden = |element: &Value| with_hidden(element.clone(), behaviour, &values);
                found.extend(list.iter().map(|element| (scope.clone(), hidden(element))));
            }
            // What a change answers may be about something else than the element.
            one if effect.deed == Deed::Change && own_key.map(text_of) != key_text(one) => {}
            one => found.push((scope, with_hidden(one.clone(), behaviour, &values))),
        }
    }
    found
}

/// The element with the members that are never shown, as the action would set or ask for them.
fn with_hidden(mut element: Value, behaviour: &Behaviour, values: &Map) -> Value {
    let set = behaviour.declared.set.iter().map(|(path, value)| {
        let plain = match value {
            MockValue::Plain(value) => Some(value),
            _ => None,
        };
        (path, plain)
    });
    let only = behaviour.only().into_iter().flat_map(|only| &only.equals);
    let asked = only.map(|(path, value)| (path, Some(value)));
    for (path, value) in set.chain(asked) {
        let value = value.and_then(|value| fill(value, values));
        if let (Some(value), true) = (value, path.starts_with('$')) {
            Path::parse(path).set(&mut element, value);
        }
    }
    element
}

fn key_text(element: &Value) -> Option<String> {
    element.get("id").map(text_of)
}

/// What the elements are kept within whose keys are kept deeper: agents within an account, a team's within the team.
pub(crate) fn scope_of_target(mock: &Mock, target: usize, scope: &[String]) -> Vec<String> {
    let depth = mock.collections[target].pattern.placeholders().count();
    scope[..depth.min(scope.len())].to_vec()
}

/// Lists show the elements of their example first, in its order.
fn arrange(state: &mut State, mock: &Mock, collection: usize) {
    let mut order = Vec::new();
    for (route, behaviour) in mock.routes.iter().zip(&mock.behaviours) {
        let lists = |effect: &&Effect| effect.collection == collection && effect.deed == Deed::List;
        let Some(effect) = behaviour.effect.as_ref().filter(lists) else {
            continue;
        };
        let of = mock.collections[collection].of.unwrap_or(collection);
        for (scope, element) in elements(route, behaviour, effect) {
            let key = mock.collections[of].key_of(&element);
            order.extend(key.map(|key| (scope, key)));
        }
    }
    if mock.collections[collection].newest_first {
        order.reverse();
    }
    state.arrange(collection, &order);
}

/// An element that `mock.yaml` puts there: placeholders of the path say where, all else are members.
fn seed_declared(
    state: &mut State,
    mock: &Mock,
    collection: usize,
    members: &indexmap::IndexMap<String, Value>,
) {
    let kept = &mock.collections[collection];
    let names: Vec<&str> = kept.pattern.placeholders().collect();
    let key_of = |name: &&str| members.get(*name).map(text_of).unwrap_or_default();
    let scope: Vec<String> = names.iter().map(key_of).collect();
    let mut element = Value::empty_object();
    for (name, value) in members {
        let is_member = kept.template.get(name).is_some() || !names.contains(&name.as_str());
        if is_member {
            element
                .make_object()
                .insert(name.as_str().into(), value.clone());
        }
    }
    let Some(key) = kept.key_of(&element) else {
        return;
    };
    if kept.of.is_some() {
        return state.seed(collection, scope, &key, &Value::from(key.as_str()));
    }
    state.seed(
        collection,
        scope,
        &key,
        &completed(&element, &kept.template),
    );
}

/// Elements that good examples name without showing them: what a path leads through, what is removed or changed, keys
/// in a list.
fn seed_named(state: &mut State, mock: &Mock, route: &Route, behaviour: &Behaviour) {
    let good = answered(route).filter(|(_, response)| response.status < 400);
    for (example, _) in good {
        let values = example_values(route, example);
        for parent in &behaviour.parents {
            seed_parent(state, mock, parent, &values);
        }
        let declared = &behaviour.declared;
        for value in declared.set.values().chain(declared.answer.values()) {
            seed_element(state, mock, behaviour, value, &values);
        }
        let Some(effect) = &behaviour.effect else {
            continue;
        };
        let scope: Option<Vec<String>> = effect.scope.iter().map(|o| o.key(&values)).collect();
        let Some(scope) = scope else {
            continue;
        };
        let named = effect
            .key
            .as_ref()
            .and_then(|name| values.get(name.as_str()));
        let keys = keys(named.unwrap_or(&Value::Null));
        match mock.collections[effect.collection].of {
            Some(target) => {
                let scope = scope_of_target(mock, target, &scope);
                for key in keys {
                    seed_made_up(state, &mock.collections[target], target, &scope, &key);
                }
            }
            None => {
                let collection = &mock.collections[effect.collection];
                for key in keys {
                    seed_made_up(state, collection, effect.collection, &scope, &key);
                }
            }
        }
    }
}

/// One key or several.
pub(crate) fn keys(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().map(text_of).collect(),
        Value::Null => Vec::new(),
        one => vec![text_of(one)],
    }
}

/// An element that a declared value looks up.
fn seed_element(
    state: &mut State,
    mock: &Mock,
    behaviour: &Behaviour,
    value: &MockValue,
    values: &Map,
) {
    let element = match value {
        MockValue::Element(element) => element,
        MockValue::First(first) => {
            for value in &first.first {
                seed_element(state, mock, behaviour, value, values);
            }
            return;
        }
        MockValue::Choice(_) | MockValue::Plain(_) => return,
    };
    let mut all = mock.collections.iter();
    let key = fill(&element.key, values).map(|key| text_of(&key));
    let key = key.filter(|key| !key.is_empty() && key != "0");
    if let (Some(at), Some(key)) = (all.position(|c| c.name == element.collection), key) {
        let scope = named_scope(mock, behaviour, at, values);
        seed_made_up(state, &mock.collections[at], at, &scope, &key);
    }
}

fn seed_parent(state: &mut State, mock: &Mock, parent: &Parent, values: &Map) {
    let keys: Option<Vec<String>> = parent.keys.iter().map(|o| o.key(values)).collect();
    if let Some((key, scope)) = keys.as_deref().and_then(<[String]>::split_last) {
        let collection = &mock.collections[parent.collection];
        seed_made_up(state, collection, parent.collection, scope, key);
    }
}

/// An element like the others, with this key, unless there is one.
fn seed_made_up(
    state: &mut State,
    collection: &Collection,
    at: usize,
    scope: &[String],
    key: &str,
) {
    if state.get(at, scope, key).is_some() {
        return;
    }
    let mut element = collection.template.clone();
    let key_value = match collection.key.get(&element) {
        Some(Value::String(_)) => Value::from(key),
        _ => number(key).unwrap_or_else(|| Value::from(key)),
    };
    collection.key.set(&mut element, key_value);
    let names = collection.pattern.placeholders().zip(scope);
    for (name, kept_in) in names {
        if let Some(member) = element.get(name).cloned() {
            let value = match member {
                Value::Number(_) => number(kept_in).unwrap_or(member),
                _ => Value::from(kept_in.as_str()),
            };
            element.make_object().insert(name.into(), value);
        }
    }
    state.seed(at, scope.to_vec(), key, &element);
}
