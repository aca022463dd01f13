//! Values that travel as text: query, form, path and header values back into numbers, flags, lists and objects.

use std::sync::Arc;

use itemflow_model::Value;
use itemflow_model::definition::{Property, PropertyType, QueryStyle};

/// Nesting of `a[b][c]` beyond which a name is taken literally.
const MAX_DEPTH: usize = 32;

/// Whether a property's value is a list.
pub(crate) fn is_list(property: &Property) -> bool {
    let listed_by_schema = match property.schema.as_ref().and_then(|s| s.get("type")) {
        Some(Value::String(kind)) => &**kind == "array",
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind.as_str() == Some("array")),
        _ => false,
    };
    let listed_by_options = property
        .type_options
        .as_ref()
        .is_some_and(|options| options.multiple_values);
    property.kind == PropertyType::MultiOptions || listed_by_schema || listed_by_options
}

/// The value that a text stands for.
///
/// # Errors
/// What the text should be, when it is something else.
pub(crate) fn read_text(property: &Property, text: &str) -> Result<Value, String> {
    match property.kind {
        PropertyType::Number => number(text).ok_or_else(|| "must be a number".to_owned()),
        PropertyType::Boolean => {
            boolean(text).ok_or_else(|| "must be `true` or `false`".to_owned())
        }
        PropertyType::Options => Ok(property
            .options
            .iter()
            .map(|choice| choice.value())
            .find(|value| text_of(value) == text)
            .cloned()
            .unwrap_or_else(|| Value::from(text))),
        PropertyType::Json => {
            serde_json::from_str(text).map_err(|_| "must be valid JSON".to_owned())
        }
        _ => Ok(Value::from(text)),
    }
}

/// The list that a header holds, its elements separated by commas.
pub(crate) fn read_commas(property: &Property, text: &str) -> Value {
    let elements = text.split(',').map(str::trim);
    Value::from(
        elements
            .map(|text| element(property, text))
            .collect::<Vec<_>>(),
    )
}

/// What decoded pairs hold under one name.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Found {
    /// Positions of the pairs that belong to the name.
    pub(crate) pairs: Vec<usize>,
    /// The value, when there is one.
    pub(crate) value: Option<Value>,
}

/// Gathers the value of a property from decoded pairs.
///
/// # Errors
/// The positions of its pairs, and what is wrong with them.
pub(crate) fn gather(
    property: &Property,
    name: &str,
    style: QueryStyle,
    pairs: &[(String, String)],
) -> Result<Found, (Vec<usize>, String)> {
    let mine: Vec<usize> = (0..pairs.len())
        .filter(|&i| belongs(&pairs[i].0, name))
        .collect();
    if mine.is_empty() {
        return Ok(Found::default());
    }
    let texts: Vec<(&str, &str)> = mine
        .iter()
        .map(|&i| (&pairs[i].0[name.len()..], pairs[i].1.as_str()))
        .collect();
    let value = if is_list(property) {
        list(property, name, style, &texts)
    } else {
        single(property, name, &texts)
    };
    match value {
        Ok(value) => Ok(Found {
            pairs: mine,
            value: Some(value),
        }),
        Err(reason) => Err((mine, reason)),
    }
}

/// A scalar as it is written in a URL; other values as JSON.
pub(crate) fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.to_string(),
        other => other.to_string(),
    }
}

/// The number that a text is, in JSON's notation.
pub(crate) fn number(text: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(text).ok()?;
    matches!(value, Value::Number(_)).then_some(value)
}

fn boolean(text: &str) -> Option<Value> {
    match text {
        "true" => Some(Value::from(true)),
        "false" => Some(Value::from(false)),
        _ => None,
    }
}

fn belongs(pair: &str, name: &str) -> bool {
    pair.strip_prefix(name)
        .is_some_and(|rest| rest.is_empty() || (rest.starts_with('[') && rest.ends_with(']')))
}

/// A list, written in the declared style and no other.
fn list(
    property: &Property,
    name: &str,
    style: QueryStyle,
    texts: &[(&str, &str)],
) -> Result<Value, String> {
    let in_style = texts
        .iter()
        .enumerate()
        .all(|(i, (suffix, _))| match style {
            QueryStyle::Repeat => suffix.is_empty(),
            QueryStyle::Comma => suffix.is_empty() && i == 0,
            QueryStyle::Brackets => *suffix == "[]",
            QueryStyle::Indices => *suffix == format!("[{i}]"),
        });
    if !in_style {
        let example = match style {
            QueryStyle::Repeat => format!("{name}=a&{name}=b"),
            QueryStyle::Brackets => format!("{name}[]=a&{name}[]=b"),
            QueryStyle::Indices => format!("{name}[0]=a&{name}[1]=b"),
            QueryStyle::Comma => format!("{name}=a,b"),
        };
        return Err(format!("must be a list written as `{example}`"));
    }
    let elements: Vec<&str> = match style {
        QueryStyle::Comma => texts[0].1.split(',').collect(),
        _ => texts.iter().map(|(_, text)| *text).collect(),
    };
    let typed = elements
        .into_iter()
        .map(|text| element(property, text))
        .collect::<Vec<_>>();
    Ok(Value::from(typed))
}

/// An element, as the kind that the schema's `items` names.
fn element(property: &Property, text: &str) -> Value {
    let kind = property
        .schema
        .as_ref()
        .and_then(|schema| schema.get("items")?.get("type")?.as_str());
    let typed = match kind {
        Some("integer" | "number") => number(text),
        Some("boolean") => boolean(text),
        _ => None,
    };
    typed.unwrap_or_else(|| Value::from(text))
}

fn single(property: &Property, name: &str, texts: &[(&str, &str)]) -> Result<Value, String> {
    if let [("", text)] = texts {
        return read_text(property, text);
    }
    if texts.iter().any(|(suffix, _)| suffix.is_empty()) {
        return Err("must be given once".to_owned());
    }
    if !matches!(
        property.kind,
        PropertyType::Json | PropertyType::Collection | PropertyType::FixedCollection
    ) {
        return Err(format!("must be written as `{name}=…`, without brackets"));
    }
    let mut value = Value::Null;
    for (suffix, text) in texts {
        let keys: Vec<&str> = suffix[1..suffix.len() - 1].split("][").collect();
        if keys.len() > MAX_DEPTH {
            return Err(format!("must not nest deeper than {MAX_DEPTH}"));
        }
        place(&mut value, &keys, text);
    }
    Ok(value)
}

/// Puts a text under nested keys; an empty key appends to a list.
fn place(target: &mut Value, keys: &[&str], text: &str) {
    let Some((key, deeper)) = keys.split_first() else {
        *target = Value::from(text);
        return;
    };
    if key.is_empty() {
        if !matches!(target, Value::Array(_)) {
            *target = Value::from(Vec::new());
        }
        if let Value::Array(list) = target {
            let mut element = Value::Null;
            place(&mut element, deeper, text);
            Arc::make_mut(list).push(element);
        }
        return;
    }
    let slot = target.make_object().entry((*key).into()).or_default();
    place(slot, deeper, text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels() -> Property {
        let schema = serde_json::from_str(r#"{"type":"array","items":{"type":"integer"}}"#);
        Property {
            kind: PropertyType::Json,
            schema: Some(schema.unwrap()),
            ..Property::default()
        }
    }

    fn pairs(query: &str) -> Vec<(String, String)> {
        url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect()
    }

    #[test]
    fn every_list_style_is_read_and_no_other() {
        let cases = [
            (QueryStyle::Repeat, "a=1&b=0&a=2"),
            (QueryStyle::Brackets, "a[]=1&b=0&a%5B%5D=2"),
            (QueryStyle::Indices, "a[0]=1&b=0&a[1]=2"),
            (QueryStyle::Comma, "b=0&a=1,2"),
        ];
        for (style, query) in cases {
            let found = gather(&labels(), "a", style, &pairs(query)).unwrap();
            assert_eq!(found.value.unwrap().to_string(), "[1,2]", "{query}");
        }
        let (_, reason) = gather(&labels(), "a", QueryStyle::Brackets, &pairs("a=1")).unwrap_err();
        assert_eq!(reason, "must be a list written as `a[]=a&a[]=b`");
    }

    #[test]
    fn objects_nest_in_brackets_or_come_as_json() {
        let json = Property {
            kind: PropertyType::Json,
            ..Property::default()
        };
        for query in ["a[b][]=x&a[b][]=y&a[c]=1", r#"a={"b":["x","y"],"c":"1"}"#] {
            let found = gather(&json, "a", QueryStyle::Brackets, &pairs(query)).unwrap();
            assert_eq!(
                found.value.unwrap().to_string(),
                r#"{"b":["x","y"],"c":"1"}"#
            );
        }
    }

    #[test]
    fn a_scalar_is_given_once() {
        let text = Property::default();
        let twice = gather(&text, "a", QueryStyle::Brackets, &pairs("a=1&a=2"));
        assert_eq!(twice.unwrap_err().1, "must be given once");
        let bracketed = gather(&text, "a", QueryStyle::Brackets, &pairs("a[]=1"));
        assert!(bracketed.is_err());
    }

    #[test]
    fn numbers_keep_their_digits() {
        assert_eq!(
            number("9007199254740993").unwrap().to_string(),
            "9007199254740993"
        );
        assert!(number("3abc").is_none());
        assert!(number("\"3\"").is_none());
    }
}
