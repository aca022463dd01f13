//! Items as a script gets them, and what counts as items in its result (spec E14, V9).

use std::sync::Arc;

use itemflow_model::{ErrorInfo, Item, ItemRef, Items, Link, Map, Value};

use super::answers::RunAnswers;
use super::files;

/// Members of an item; where one item of a result has one of them, all items have no others.
const ITEM_KEYS: &[&str] = &["json", "binary", "pairedItem", "error", "index"];

/// What is wrong with a result, and with which item of it.
#[derive(Debug, PartialEq)]
pub(crate) struct Wrong {
    pub(crate) message: String,
    pub(crate) item: Option<usize>,
}

impl Wrong {
    pub(crate) fn new(message: impl Into<String>, item: Option<usize>) -> Self {
        Self {
            message: message.into(),
            item,
        }
    }
}

/// Items as JSON text: `[{ json, binary, pairedItem, error }]`.
pub(super) fn write(items: &Items) -> Vec<u8> {
    let mut text = Vec::with_capacity(items.len() * 64 + 2);
    text.push(b'[');
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            text.push(b',');
        }
        write_item(&mut text, item, &items.link(i));
    }
    text.push(b']');
    text
}

fn write_item(text: &mut Vec<u8>, item: &Item, link: &Link) {
    let written = "a value can be written";
    text.extend_from_slice(b"{\"json\":");
    serde_json::to_writer(&mut *text, &item.json).expect(written);
    if let Some(binaries) = &item.binary {
        text.extend_from_slice(b",\"binary\":");
        serde_json::to_writer(&mut *text, &**binaries).expect(written);
    }
    if let Some(paired) = paired_text(link) {
        text.extend_from_slice(b",\"pairedItem\":");
        text.extend_from_slice(paired.as_bytes());
    }
    if let Some(error) = &item.error {
        text.extend_from_slice(b",\"error\":");
        serde_json::to_writer(&mut *text, &**error).expect(written);
    }
    text.push(b'}');
}

fn paired_text(link: &Link) -> Option<String> {
    let one = |at: &ItemRef| match at.input {
        0 => format!("{{\"item\":{}}}", at.item),
        input => format!("{{\"item\":{},\"input\":{input}}}", at.item),
    };
    match link.refs() {
        [] => None,
        [only] => Some(one(only)),
        many => {
            let list: Vec<String> = many.iter().map(one).collect();
            Some(format!("[{}]", list.join(",")))
        }
    }
}

/// The items of a result of a script that ran once. `strict` is the rule of Code: members beside those of an item are
/// a mistake.
pub(crate) async fn of_all(
    answers: &RunAnswers,
    result: Value,
    strict: bool,
) -> Result<Items, Wrong> {
    let list: Arc<Vec<Value>> = match result {
        Value::Array(list) => list,
        object @ Value::Object(_) => Arc::new(vec![object]),
        other => {
            return Err(Wrong::new(
                format!(
                    "the script must return an array of items or an object, not {}",
                    described(&other)
                ),
                None,
            ));
        }
    };
    for (i, element) in list.iter().enumerate() {
        if element.as_object().is_none() {
            return Err(Wrong::new(
                format!("each item must be an object, not {}", described(element)),
                Some(i),
            ));
        }
    }
    if strict && list.iter().any(has_item_key) {
        for (i, element) in list.iter().enumerate() {
            only_item_keys(element, i)?;
        }
    }
    let form = form_of(&list)?;
    let mut items = Vec::with_capacity(list.len());
    for (i, element) in list.iter().enumerate() {
        let wrong = |message: String| Wrong::new(message, Some(i));
        let map = element.as_object().cloned().unwrap_or_default();
        let json = match form {
            Form::Json => map.get("json").cloned().unwrap_or_default(),
            Form::Binary => Value::from(without(&map, "binary")),
            Form::Plain => element.clone(),
        };
        let link = link_of(map.get("pairedItem"));
        let mut item = one(
            answers,
            json,
            map.get("binary").filter(|_| form != Form::Plain),
        )
        .await
        .map_err(wrong)?;
        if form == Form::Json {
            item.error = map.get("error").and_then(error_of);
        }
        items.push((item, link));
    }
    Ok(items.into_iter().collect())
}

/// The item of a result of a script that ran for one item; `None` when it leaves the item out.
pub(crate) async fn of_each(
    answers: &RunAnswers,
    result: Option<Value>,
    index: usize,
) -> Result<Option<Item>, Wrong> {
    let wrong = |message: String| Wrong::new(message, Some(index));
    let value = match result {
        None | Some(Value::Null | Value::Bool(false)) => return Ok(None),
        Some(value) => value,
    };
    let Some(map) = value.as_object() else {
        return Err(wrong(format!(
            "a script that runs for each item must return one object, not {}",
            described(&value)
        )));
    };
    if has_item_key(&value) {
        only_item_keys(&value, index)?;
    }
    let json = map
        .get("json")
        .cloned()
        .unwrap_or_else(|| match map.get("binary") {
            Some(_) => Value::from(without(map, "binary")),
            None => value.clone(),
        });
    let mut item = one(answers, json, map.get("binary")).await.map_err(wrong)?;
    item.error = map
        .get("error")
        .filter(|_| map.contains_key("json"))
        .and_then(error_of);
    Ok(Some(item))
}

/// An item of json and files.
pub(crate) async fn one(
    answers: &RunAnswers,
    json: Value,
    binary: Option<&Value>,
) -> Result<Item, String> {
    if json.as_object().is_none() {
        return Err("A 'json' property isn't an object".into());
    }
    let binary = match binary {
        None | Some(Value::Null) => None,
        Some(files @ Value::Object(map)) if !map.is_empty() => {
            Some(Arc::new(files::of_result(answers, files).await?))
        }
        Some(Value::Object(_)) => None,
        Some(_) => return Err("A 'binary' property isn't an object".into()),
    };
    Ok(Item {
        json,
        binary,
        error: None,
    })
}

/// How the elements of a result are items.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// Each has `json`.
    Json,
    /// Each has `binary`; the rest is the json.
    Binary,
    /// Each is the json.
    Plain,
}

fn form_of(list: &[Value]) -> Result<Form, Wrong> {
    for (key, form) in [("json", Form::Json), ("binary", Form::Binary)] {
        let lacking = list.iter().position(|element| element.get(key).is_none());
        match lacking {
            None if list.is_empty() => return Ok(Form::Plain),
            None => return Ok(form),
            Some(at) if list.iter().any(|element| element.get(key).is_some()) => {
                return Err(Wrong::new(
                    format!(
                        "some items have `{key}`, but this one has not: give it to all of them or to none"
                    ),
                    Some(at),
                ));
            }
            Some(_) => {}
        }
    }
    Ok(Form::Plain)
}

fn has_item_key(element: &Value) -> bool {
    ITEM_KEYS.iter().any(|key| element.get(key).is_some())
}

fn only_item_keys(element: &Value, index: usize) -> Result<(), Wrong> {
    let map = element.as_object().into_iter().flatten();
    for (key, _) in map {
        if !ITEM_KEYS.contains(&&**key) {
            return Err(Wrong::new(
                format!("an item has no member `{key}`: put data under `json`"),
                Some(index),
            ));
        }
    }
    Ok(())
}

fn without(map: &Map, name: &str) -> Map {
    map.iter()
        .filter(|(key, _)| &***key != name)
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn described(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(_) | Value::Number(_) => format!("`{value}`"),
        other => {
            let article = if other.kind() == "array" || other.kind() == "object" {
                "an"
            } else {
                "a"
            };
            format!("{article} {}", other.kind())
        }
    }
}

/// `pairedItem`: an index, `{ item, input }`, or a list of them.
fn link_of(value: Option<&Value>) -> Link {
    match value {
        Some(Value::Array(list)) => list.iter().fold(Link::None, |link, element| {
            link.join(&link_of(Some(element)))
        }),
        Some(Value::Object(map)) => {
            let index = |name: &str| map.get(name).map(|value| value.as_u64());
            match (index("item"), index("input").unwrap_or(Some(0))) {
                (Some(Some(item)), Some(input)) => link_to(input, item),
                _ => Link::None,
            }
        }
        Some(value) => value.as_u64().map_or(Link::None, |item| link_to(0, item)),
        None => Link::None,
    }
}

fn link_to(input: u64, item: u64) -> Link {
    match (u16::try_from(input), u32::try_from(item)) {
        (Ok(input), Ok(item)) => Link::input(usize::from(input), item as usize),
        _ => Link::None,
    }
}

/// The error that an item carries: a text, or an object with a message.
fn error_of(value: &Value) -> Option<Arc<ErrorInfo>> {
    let message = match value {
        Value::Null | Value::Bool(false) => return None,
        Value::String(text) => text.to_string(),
        other => match other.get("message").and_then(Value::as_str) {
            Some(message) => message.to_owned(),
            None => other.to_string(),
        },
    };
    Some(Arc::new(ErrorInfo::operation(message)))
}
