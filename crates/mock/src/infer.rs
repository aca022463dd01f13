//! From the paths of a service's actions, and what `mock.yaml` says besides, to collections and what actions do.

use itemflow_model::definition::{Location, MockAction, MockCollection, MockFile};
use itemflow_model::{Path, Value, did_you_mean};

use crate::behaviour::{Behaviour, Collection, Deed, Effect, Origin, Parent};
use crate::content::answered;
use crate::pattern::Pattern;
use crate::route::Route;
use crate::wire_values::{is_list, text_of};

/// Finds the collections of a service, and what each of its actions does.
///
/// # Errors
/// What `mock.yaml` says that cannot be.
pub(crate) fn infer(
    routes: &[Route],
    prefix: &str,
    file: &MockFile,
) -> Result<(Vec<Collection>, Vec<Behaviour>), String> {
    let names: Vec<String> = routes.iter().map(name_in_file).collect();
    if let Some(unknown) = file.actions.keys().find(|name| !names.contains(name)) {
        let near = did_you_mean(unknown, names.iter().map(String::as_str));
        let mend = near.map_or_else(
            || "an action is written `Resource/Operation`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(format!("there is no action `{unknown}`; {mend}"));
    }
    let mut inference = Inference {
        routes,
        patterns: routes
            .iter()
            .map(|route| Pattern::parse(&route.action.path))
            .collect(),
        declared: routes.iter().map(|route| declared(route, file)).collect(),
        collections: Vec::new(),
        names: Vec::new(),
    };
    inference.collections(prefix, file)?;
    let behaviours = (0..routes.len())
        .map(|at| inference.behaviour(at))
        .collect::<Result<Vec<_>, _>>()?;
    let mut collections = inference.collections;
    for (route, behaviour) in routes.iter().zip(&behaviours) {
        if let Some(effect) = &behaviour.effect {
            learn(&mut collections[effect.collection], route, effect);
        }
    }
    Ok((collections, behaviours))
}

/// How `mock.yaml` names an action.
pub(crate) fn name_in_file(route: &Route) -> String {
    route.action.name.replacen(": ", "/", 1)
}

/// What `mock.yaml` says of an action.
fn declared(route: &Route, file: &MockFile) -> MockAction {
    let named = file.actions.get(&name_in_file(route));
    named.cloned().unwrap_or_default()
}

struct Inference<'a> {
    routes: &'a [Route],
    patterns: Vec<Pattern>,
    declared: Vec<MockAction>,
    collections: Vec<Collection>,
    /// Names in `mock.yaml`, of the first collections.
    names: Vec<String>,
}

impl Inference<'_> {
    fn collections(&mut self, prefix: &str, file: &MockFile) -> Result<(), String> {
        let inferred = self.inferred();
        for (name, declared) in &file.collections {
            let full = |path: &String| Pattern::parse(&format!("{prefix}{path}"));
            let pattern = match &declared.path {
                Some(path) => full(path),
                None => only_one(name, &inferred)?,
            };
            let key = match &declared.key {
                Some(key) => Path::parse(key),
                None => self.key(&pattern).unwrap_or_else(|| Path::literal("id")),
            };
            let mut collection = collection(name, pattern, key, declared);
            collection.also_at = declared.also_at.iter().map(full).collect();
            self.collections.push(collection);
            self.names.push(name.clone());
        }
        for (collection, declared) in self.collections.iter_mut().zip(file.collections.values()) {
            if let Some(of) = &declared.of {
                collection.of = Some(position(&self.names, of)?);
            }
        }
        for pattern in inferred {
            let is_known = self.collections.iter().any(|c| c.pattern.is_like(&pattern));
            if let Some(key) = self.key(&pattern).filter(|_| !is_known) {
                let name = pattern.last_literal().unwrap_or_default().to_owned();
                let plain = MockCollection::default();
                self.collections
                    .push(collection(&name, pattern, key, &plain));
            }
        }
        Ok(())
    }

    /// Paths that one action creates at, and that another lists or reaches one element of.
    fn inferred(&self) -> Vec<Pattern> {
        let mut found: Vec<Pattern> = Vec::new();
        for (at, pattern) in self.patterns.iter().enumerate() {
            let makes = self.is_plain(at) && self.method(at) == "POST";
            let is_new = !found.iter().any(|known| known.is_like(pattern));
            if makes && is_new && pattern.last_literal().is_some() && self.is_list(pattern) {
                found.push(pattern.clone());
            }
        }
        found
    }

    fn is_list(&self, pattern: &Pattern) -> bool {
        let plain = || (0..self.patterns.len()).filter(|&at| self.is_plain(at));
        let creators = plain()
            .filter(|&at| self.method(at) == "POST" && self.patterns[at].is_like(pattern))
            .count();
        let is_seen = plain().any(|at| {
            let own = &self.patterns[at];
            (self.method(at) == "GET" && own.is_like(pattern))
                || own
                    .of_element()
                    .is_some_and(|(list, _)| list.is_like(pattern))
        });
        creators == 1 && is_seen
    }

    /// The member that tells elements apart: `id`, or the name by which paths lead to them.
    fn key(&self, pattern: &Pattern) -> Option<Path> {
        let creator = (0..self.routes.len()).find(|&at| {
            self.is_plain(at) && self.method(at) == "POST" && self.patterns[at].is_like(pattern)
        })?;
        let place = self.place(creator);
        let element = shown(&self.routes[creator], place.as_ref())?;
        let names = self
            .patterns
            .iter()
            .filter_map(|own| own.of_element().filter(|(list, _)| list.is_like(pattern)))
            .map(|(_, name)| name);
        let mut candidates = std::iter::once("id").chain(names).map(Path::literal);
        candidates.find(|key| {
            let value = key.get(&element);
            matches!(value, Some(Value::Number(_) | Value::String(_)))
        })
    }

    fn behaviour(&self, at: usize) -> Result<Behaviour, String> {
        let declared = self.declared[at].clone();
        let effect = match declared.effects().first() {
            Some((word, name)) => Some(self.declared_effect(at, word, name)?),
            None if declared.stateless => None,
            None => self.inferred_effect(at),
        };
        let own = &self.patterns[at];
        let path_keys: Vec<Origin> = own
            .placeholders()
            .map(|name| self.origin(at, name))
            .collect();
        let mut parents = self.parents(own, &path_keys);
        if let Some(effect) = &effect {
            let pattern = &self.collections[effect.collection].pattern;
            for parent in self.parents(pattern, &effect.scope) {
                if !parents.contains(&parent) {
                    parents.push(parent);
                }
            }
            let one = [Deed::Show, Deed::Change, Deed::Remove].contains(&effect.deed);
            let itself = |parent: &Parent| parent.collection == effect.collection;
            parents.retain(|parent| !(one && itself(parent)));
        }
        Ok(Behaviour {
            effect,
            parents,
            declared,
        })
    }

    fn declared_effect(&self, at: usize, word: &str, name: &str) -> Result<Effect, String> {
        let deed = match word {
            "creates" => Deed::Create,
            "lists" => Deed::List,
            "shows" => Deed::Show,
            "changes" => Deed::Change,
            "removes" => Deed::Remove,
            _ => Deed::Replace,
        };
        let collection = position(&self.names, name)?;
        if deed == Deed::Replace && self.collections[collection].of.is_none() {
            return Err(format!("only keys can be replaced: `{name}` has no `of`"));
        }
        let effect = self.effect(at, deed, collection);
        let needs_key = [Deed::Show, Deed::Change, Deed::Remove].contains(&deed);
        if needs_key && effect.key.is_none() {
            return Err(format!("say which parameter is its `key` in `{name}`"));
        }
        Ok(effect)
    }

    fn inferred_effect(&self, at: usize) -> Option<Effect> {
        let own = &self.patterns[at];
        let method = self.method(at);
        let find = |pattern: &Pattern| {
            let mut all = self.collections.iter();
            all.position(|collection| collection.pattern.is_like(pattern))
        };
        if let Some((list, _)) = own.of_element() {
            let collection = find(&list)?;
            let deed = match method {
                "GET" => Deed::Show,
                "PATCH" | "PUT" => Deed::Change,
                "DELETE" => Deed::Remove,
                _ => return None,
            };
            return Some(self.effect(at, deed, collection));
        }
        let collection = find(own)?;
        let keys_only = self.collections[collection].of.is_some();
        let deed = match method {
            "POST" => Deed::Create,
            "GET" => Deed::List,
            "PATCH" | "PUT" if keys_only => Deed::Replace,
            "DELETE" if keys_only => Deed::Remove,
            _ => return None,
        };
        Some(self.effect(at, deed, collection))
    }

    fn effect(&self, at: usize, deed: Deed, collection: usize) -> Effect {
        let target = &self.collections[collection];
        let own = &self.patterns[at];
        let declared = &self.declared[at];
        let by_position = own.begins_like(&target.pattern);
        let origin = |(i, name): (usize, &str)| match declared.within.get(name) {
            Some(value) => match value.as_str().filter(|text| self.has(at, text)) {
                Some(parameter) => Origin::Parameter(parameter.to_owned()),
                None => Origin::Constant(text_of(value)),
            },
            None if by_position => {
                let own_name = own.placeholders().nth(i).unwrap_or(name);
                self.origin(at, own_name)
            }
            None => self.origin(at, name),
        };
        let scope = target.pattern.placeholders().enumerate().map(origin);
        Effect {
            deed,
            collection,
            scope: scope.collect(),
            key: self.key_parameter(at, deed, target),
            place: self.place(at),
        }
    }

    fn key_parameter(&self, at: usize, deed: Deed, target: &Collection) -> Option<String> {
        let declared = &self.declared[at];
        if declared.key.is_some() {
            return declared.key.clone();
        }
        if target.of.is_some() {
            let mut parameters = self.routes[at].action.parameters.iter();
            let list = parameters.find(|p| p.place == Location::Body && is_list(&p.property));
            return list.map(|parameter| parameter.name.clone());
        }
        if deed == Deed::List || deed == Deed::Create {
            return None;
        }
        let last = self.patterns[at].placeholders().last()?;
        Some(self.parameter_of(at, last))
    }

    /// The elements that a path leads through, of collections that are known.
    fn parents(&self, pattern: &Pattern, keys: &[Origin]) -> Vec<Parent> {
        let mut parents = Vec::new();
        for (list, _) in pattern.elements_on_the_way() {
            let is_it = |c: &Collection| {
                c.pattern.is_like(&list) || c.also_at.iter().any(|also| also.is_like(&list))
            };
            let Some(collection) = self.collections.iter().position(is_it) else {
                continue;
            };
            let depth = list.placeholders().count() + 1;
            let own_depth = self.collections[collection].pattern.placeholders().count() + 1;
            if depth == own_depth && keys.len() >= depth {
                parents.push(Parent {
                    collection,
                    keys: keys[..depth].to_vec(),
                });
            }
        }
        parents
    }

    fn place(&self, at: usize) -> Option<Path> {
        match &self.declared[at].place {
            Some(place) if place.is_empty() => None,
            Some(place) => Some(Path::parse(place)),
            None => self.routes[at].items.clone(),
        }
    }

    fn origin(&self, at: usize, placeholder: &str) -> Origin {
        Origin::Parameter(self.parameter_of(at, placeholder))
    }

    /// The parameter that fills a placeholder.
    fn parameter_of(&self, at: usize, placeholder: &str) -> String {
        let mut parameters = self.routes[at].action.parameters.iter();
        let by_wire = parameters.find(|parameter| {
            parameter.place == Location::Path && parameter.wire_name() == placeholder
        });
        by_wire.map_or_else(|| placeholder.to_owned(), |found| found.name.clone())
    }

    fn has(&self, at: usize, parameter: &str) -> bool {
        let mut parameters = self.routes[at].action.parameters.iter();
        parameters.any(|known| known.name == parameter)
    }

    /// Whether nothing is declared that an inference could contradict.
    fn is_plain(&self, at: usize) -> bool {
        self.declared[at].effects().is_empty() && !self.declared[at].stateless
    }

    fn method(&self, at: usize) -> &str {
        &self.routes[at].action.method
    }
}

fn collection(name: &str, pattern: Pattern, key: Path, declared: &MockCollection) -> Collection {
    Collection {
        name: name.to_owned(),
        pattern,
        also_at: Vec::new(),
        key,
        of: None,
        counts_within: declared.counts_within,
        newest_first: declared.newest_first,
        page: declared.page.clone(),
        start: declared.start.clone(),
        template: Value::empty_object(),
        members: indexmap::IndexMap::new(),
    }
}

fn position(names: &[String], name: &str) -> Result<usize, String> {
    let found = names.iter().position(|known| known == name);
    found.ok_or_else(|| format!("there is no collection `{name}` in mock.yaml"))
}

/// The only path that ends in a name.
fn only_one(name: &str, inferred: &[Pattern]) -> Result<Pattern, String> {
    let mut found = inferred
        .iter()
        .filter(|pattern| pattern.last_literal() == Some(name));
    match (found.next(), found.next()) {
        (Some(pattern), None) => Ok(pattern.clone()),
        (None, _) => Err(format!(
            "no action creates at a path that ends in `{name}`: say its `path`"
        )),
        _ => Err(format!("several paths end in `{name}`: say its `path`")),
    }
}

/// The first element that a good example of an action shows.
pub(crate) fn shown(route: &Route, place: Option<&Path>) -> Option<Value> {
    let mut good = answered(route).filter(|(_, response)| response.status < 400);
    good.find_map(|(_, response)| {
        let found = at_place(response.body.as_ref()?, place)?;
        let element = match found {
            Value::Array(list) => list.first()?,
            one => one,
        };
        element.as_object().map(|_| element.clone())
    })
}

/// The value at a place; no place is the whole.
pub(crate) fn at_place<'v>(body: &'v Value, place: Option<&Path>) -> Option<&'v Value> {
    match place {
        Some(place) => place.get(body),
        None => Some(body),
    }
}

/// Learns from one action what elements look like.
fn learn(collection: &mut Collection, route: &Route, effect: &Effect) {
    let is_home = Pattern::parse(&route.action.path).begins_like(&collection.pattern);
    if collection.of.is_some() || !is_home {
        return;
    }
    let element = shown(route, effect.place.as_ref());
    let shows = element
        .filter(|element| collection.key.get(element).is_some())
        .filter(|_| effect.deed != Deed::Remove);
    let Some(element) = shows else {
        return;
    };
    let is_first = collection
        .template
        .as_object()
        .is_some_and(|m| m.is_empty());
    if is_first || effect.deed == Deed::Create {
        collection.template = element;
    }
    let schema = element_schema(route, effect.place.as_ref());
    let properties = schema.and_then(|schema| schema.get("properties")?.as_object().cloned());
    for (name, member) in properties.into_iter().flatten() {
        collection.members.entry(name).or_insert(member);
    }
}

/// The part of the response schema that describes the element at a place: the schema is of an item, and the place may
/// lie deeper.
fn element_schema(route: &Route, place: Option<&Path>) -> Option<Value> {
    let schema = route.action.schema.as_ref()?;
    let items = route.items.as_ref().map_or(&[][..], Path::segments);
    let place = place.map_or(&[][..], Path::segments);
    let deeper = place.strip_prefix(items)?;
    let mut at = schema;
    for segment in deeper {
        at = at.get("properties")?.get(segment)?;
    }
    Some(at.clone())
}
