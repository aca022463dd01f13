//! `Pairs`: names with values for the query, the headers or the body, written one by one or as one JSON object.

use std::borrow::Cow;
use std::sync::Arc;

use itemflow_declarative::ParameterError;
use itemflow_expression::Template;
use itemflow_model::{ErrorInfo, Map, Path, Value};

use crate::core::javascript;
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;
use crate::sending::at;

/// What a name that occurs again does to the value it had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    /// It replaces it.
    LastWins,
    /// Both form a list.
    Collect,
    /// It replaces it; names are paths into nested objects.
    Paths,
}

/// Where the pairs come from.
pub(crate) enum Pairs {
    /// Nothing in them depends on the item.
    Fixed(Map),
    /// One by one.
    Listed { pairs: Vec<Pair>, naming: Naming },
    /// A parameter that holds a JSON object, as text or as it is.
    Json(Parameter, IfEmpty),
}

/// What an empty text means where JSON is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IfEmpty {
    /// It is a mistake.
    Refused,
    /// It says nothing.
    Skipped,
}

/// One name with its value.
pub(crate) struct Pair {
    pub(crate) name: Parameter,
    pub(crate) value: Parameter,
}

impl Pairs {
    /// The pairs of a list such as `queryParameters.parameters`; absent, it is one empty pair, as in n8n.
    ///
    /// # Errors
    /// When it is no list.
    pub(crate) fn listed(
        parameters: &Parameters,
        path: &str,
        naming: Naming,
    ) -> Result<Self, ParameterError> {
        let pairs = pairs(parameters, path)?;
        let fixed: Option<Vec<_>> = pairs.iter().map(Pair::literal).collect();
        Ok(match fixed {
            Some(fixed) => Self::Fixed(gather(fixed, naming)),
            None => Self::Listed { pairs, naming },
        })
    }

    /// The members of a JSON parameter such as `jsonQuery`.
    ///
    /// # Errors
    /// When it is fixed and no JSON object.
    pub(crate) fn json(parameter: Parameter, if_empty: IfEmpty) -> Result<Self, ParameterError> {
        match parameter.template.as_literal() {
            Some(value) => Ok(Self::Fixed(json_object(value, &parameter.name, if_empty)?)),
            None => Ok(Self::Json(parameter, if_empty)),
        }
    }

    /// The pairs, when they are the same for every item.
    pub(crate) fn fixed(&self) -> Option<&Map> {
        match self {
            Self::Fixed(map) => Some(map),
            _ => None,
        }
    }

    /// The pairs of an item, in order. Undefined values are left out.
    ///
    /// # Errors
    /// An expression that fails, and JSON that is no object.
    pub(crate) fn at(&self, run: &NodeRun, item: usize) -> Result<Cow<'_, Map>, ErrorInfo> {
        match self {
            Self::Fixed(map) => Ok(Cow::Borrowed(map)),
            Self::Listed { pairs, naming } => {
                let mut list = Vec::with_capacity(pairs.len());
                for pair in pairs {
                    if let Some(value) = run.value(&pair.value, item)? {
                        list.push((run.text(&pair.name, item)?, value));
                    }
                }
                Ok(Cow::Owned(gather(list, *naming)))
            }
            Self::Json(parameter, if_empty) => {
                let value = run.value(parameter, item)?.unwrap_or_default();
                let object = json_object(&value, &parameter.name, *if_empty);
                object
                    .map(Cow::Owned)
                    .map_err(|error| at(run, item, error.into()))
            }
        }
    }
}

impl Pair {
    fn literal(&self) -> Option<(Arc<str>, Value)> {
        let name = self.name.template.as_literal()?;
        let value = self.value.template.as_literal()?;
        Some((name_of(name), value.clone()))
    }
}

/// The pairs of a list; absent, one empty pair.
///
/// # Errors
/// When it is no list.
fn pairs(parameters: &Parameters, path: &str) -> Result<Vec<Pair>, ParameterError> {
    let entries = entries(parameters, path)?;
    let pair = |entry: &Template| Pair {
        name: Parameter::inner(format!("{path}.name"), entry.get("name"), ""),
        value: Parameter::inner(format!("{path}.value"), entry.get("value"), ""),
    };
    Ok(entries.iter().map(pair).collect())
}

/// The entries of a list; absent, one empty entry.
///
/// # Errors
/// When it is no list.
pub(crate) fn entries(
    parameters: &Parameters,
    path: &str,
) -> Result<Vec<Template>, ParameterError> {
    match parameters.find(path) {
        None => Ok(vec![Template::Literal(Value::empty_object())]),
        Some(Template::Literal(Value::Array(_) | Value::Object(_)))
        | Some(Template::Array(_) | Template::Object(_)) => Ok(parameters.list(path)),
        Some(_) => Err(ParameterError::new(
            path,
            "bad-list",
            format!("`{path}` must be a list of names and values"),
        )
        .help("for pairs that one expression makes, choose `json` instead of `keypair`")),
    }
}

fn name_of(name: &Value) -> Arc<str> {
    match name {
        Value::Null => "".into(),
        name => javascript::text(name),
    }
}

/// The pairs as members of an object.
fn gather(pairs: Vec<(Arc<str>, Value)>, naming: Naming) -> Map {
    if naming == Naming::Paths {
        let mut object = Value::empty_object();
        for (name, value) in pairs {
            Path::parse(&name).set(&mut object, value);
        }
        return std::mem::take(object.make_object());
    }
    let mut map = Map::with_capacity_and_hasher(pairs.len(), Default::default());
    for (name, value) in pairs {
        let value = match map.get(&name) {
            Some(before) if naming == Naming::Collect => joined(before, value),
            _ => value,
        };
        map.insert(name, value);
    }
    map
}

/// Both values in one list.
fn joined(before: &Value, value: Value) -> Value {
    let mut list = match before {
        Value::Array(list) => list.to_vec(),
        other => vec![other.clone()],
    };
    match value {
        Value::Array(more) => list.extend(more.iter().cloned()),
        other => list.push(other),
    }
    Value::from(list)
}

/// The value of a parameter that holds JSON, as text or as it is.
///
/// # Errors
/// When the text is no JSON; says where, and repeats nothing of it.
pub(crate) fn json_value(value: &Value, name: &str) -> Result<Value, ParameterError> {
    let Value::String(text) = value else {
        return Ok(value.clone());
    };
    if text.trim().is_empty() {
        return Err(ParameterError::new(
            name,
            "invalid-json",
            format!("`{name}` is empty, but it must be JSON"),
        ));
    }
    serde_json::from_str(text).map_err(|error| {
        ParameterError::new(
            name,
            "invalid-json",
            format!("`{name}` is not valid JSON: {error}"),
        )
        .help("an expression that gives an object needs no text around it: `={{ $json }}`")
    })
}

/// Whether a value is an empty text, or nothing at all.
pub(crate) fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

fn json_object(value: &Value, name: &str, if_empty: IfEmpty) -> Result<Map, ParameterError> {
    if if_empty == IfEmpty::Skipped && is_blank(value) {
        return Ok(Map::default());
    }
    match json_value(value, name)? {
        Value::Object(map) => Ok(Arc::unwrap_or_clone(map)),
        other => Err(ParameterError::new(
            name,
            "invalid-json",
            format!("`{name}` must be a JSON object, but it is {}", other.kind()),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gathered(naming: Naming) -> String {
        let pairs = [("a.b", 1), ("c", 2), ("a.b", 3)]
            .into_iter()
            .map(|(name, value)| (name.into(), Value::from(value)))
            .collect();
        Value::from(gather(pairs, naming)).to_string()
    }

    #[test]
    fn repeated_names_do_as_the_version_says() {
        assert_eq!(gathered(Naming::LastWins), r#"{"a.b":3,"c":2}"#);
        assert_eq!(gathered(Naming::Collect), r#"{"a.b":[1,3],"c":2}"#);
        assert_eq!(gathered(Naming::Paths), r#"{"a":{"b":3},"c":2}"#);
    }

    #[test]
    fn json_errors_say_where_and_repeat_nothing() {
        let error = json_value(&Value::from("{\"key\": hunter2}"), "jsonBody").unwrap_err();
        assert!(error.message.contains("line 1"), "{}", error.message);
        assert!(!error.message.contains("hunter2"), "{}", error.message);
        assert!(json_object(&Value::from("[1]"), "q", IfEmpty::Skipped).is_err());
        let exact = json_value(&Value::from("[9007199254740993]"), "jsonBody").unwrap();
        assert_eq!(exact.to_string(), "[9007199254740993]");
    }
}
