//! The answer to a good request: the example that fits best, or a value made up from the response schema.
//!
//! Answers here depend on the request alone; `perform` puts into them what the double keeps.

use itemflow_model::definition::{Example, ExampleResponse, ResponseType};
use itemflow_model::{Map, Value};

use crate::generate::instance;
use crate::route::Route;
use crate::wire_values::{number, text_of};

/// Page for an action that answers with HTML and has no example.
const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>mock</title></head><body></body></html>\n";

/// Status and body of an answer; no body is an empty one.
#[derive(Debug, PartialEq)]
pub(crate) struct Content {
    pub(crate) status: u16,
    pub(crate) body: Option<Value>,
}

impl Content {
    /// The answer of an example.
    pub(crate) fn of(response: &ExampleResponse) -> Self {
        Self {
            status: response.status,
            body: response.body.clone(),
        }
    }
}

/// The examples of an action that have an answer.
pub(crate) fn answered(route: &Route) -> impl Iterator<Item = (&Example, &ExampleResponse)> {
    let examples = route.action.examples.iter();
    examples.filter_map(|example| Some((example, example.response.as_ref()?)))
}

/// Answers a request with these parameter values, whatever was asked before.
pub(crate) fn content(route: &Route, values: &Map) -> Content {
    if let Some((_, response)) = answered(route).find(|(example, _)| fits(route, example, values)) {
        return Content::of(response);
    }
    let good = answered(route).find(|(_, response)| response.status < 400);
    match good {
        Some((_, response)) => adapted(route, response, values),
        None => made_up(route, values),
    }
}

/// The parameter values of an example, as a request of it would have them.
pub(crate) fn example_values(route: &Route, example: &Example) -> Map {
    let parameters = route.action.parameters.iter();
    parameters
        .filter_map(|parameter| {
            let name = parameter.name.as_str();
            let value = example_value(example, name).or(parameter.property.default.as_ref())?;
            Some((name.into(), value.clone()))
        })
        .collect()
}

/// Whether an example has just these parameters, as far as they are sent.
pub(crate) fn fits(route: &Route, example: &Example, values: &Map) -> bool {
    route.action.parameters.iter().all(|parameter| {
        let name = parameter.name.as_str();
        let expected = example_value(example, name).or(parameter.property.default.as_ref());
        match (expected, values.get(name)) {
            (Some(expected), Some(sent)) => is_same(expected, sent),
            (None, None) => true,
            _ => false,
        }
    })
}

/// A parameter of an example; `a.b` is the member `b` of the collection `a`.
fn example_value<'a>(example: &'a Example, name: &str) -> Option<&'a Value> {
    example.parameters.get(name).or_else(|| {
        let mut segments = name.split('.');
        let collection = example.parameters.get(segments.next()?)?;
        segments.try_fold(collection, |value, segment| value.get(segment))
    })
}

/// Whether two values are the same but for the way they are written: `"3"` and `3`, JSON text and the value.
fn is_same(expected: &Value, sent: &Value) -> bool {
    if expected == sent {
        return true;
    }
    match (expected, sent) {
        (Value::String(text), Value::Object(_) | Value::Array(_)) => {
            serde_json::from_str::<Value>(text).is_ok_and(|value| value == *sent)
        }
        (Value::Object(_) | Value::Array(_), _) | (_, Value::Object(_) | Value::Array(_)) => false,
        _ => text_of(expected) == text_of(sent),
    }
}

fn adapted(route: &Route, response: &ExampleResponse, values: &Map) -> Content {
    let body = response.body.clone().map(|mut body| {
        match &route.items {
            Some(path) => {
                if let Some(mut items) = path.get(&body).cloned() {
                    echo(&mut items, values);
                    path.set(&mut body, items);
                }
            }
            None => echo(&mut body, values),
        }
        body
    });
    Content {
        status: response.status,
        body,
    }
}

/// Puts values of the request into members of the same name, in every element of a list.
fn echo(target: &mut Value, values: &Map) {
    if let Some(elements) = target.as_array() {
        let mut elements = elements.to_vec();
        for element in elements.iter_mut().filter(|e| e.as_object().is_some()) {
            echo(element, values);
        }
        *target = Value::from(elements);
        return;
    }
    if target.as_object().is_none() {
        return;
    }
    let members = target.make_object();
    for (name, value) in values {
        if let Some(member) = members.get_mut(name)
            && let Some(echoed) = as_kind_of(member, value)
        {
            *member = echoed;
        }
    }
}

/// The value in the member's kind; `None` where that is impossible.
pub(crate) fn as_kind_of(member: &Value, value: &Value) -> Option<Value> {
    match (member, value) {
        _ if member.kind() == value.kind() => Some(value.clone()),
        (Value::Number(_), Value::String(text)) => number(text),
        (Value::String(_), Value::Number(_) | Value::Bool(_)) => Some(Value::from(text_of(value))),
        (Value::Null, Value::String(_) | Value::Number(_) | Value::Bool(_)) => Some(value.clone()),
        _ => None,
    }
}

pub(crate) fn made_up(route: &Route, values: &Map) -> Content {
    let body = match route.action.response_type {
        ResponseType::Html => Value::from(PAGE),
        ResponseType::Text | ResponseType::Binary => Value::from("mock"),
        ResponseType::Json => {
            let schema = route.action.schema.as_ref();
            let mut item = schema.map_or_else(Value::empty_object, instance);
            echo(&mut item, values);
            match &route.items {
                Some(path) => {
                    let mut body = Value::empty_object();
                    path.set(&mut body, Value::from(vec![item]));
                    body
                }
                None => item,
            }
        }
    };
    Content {
        status: 200,
        body: Some(body),
    }
}
