//! n8n's rules of when a property is shown: `displayOptions` with its show and hide lists and their conditions.

use itemflow_model::definition::DisplayOptions;
use itemflow_model::{Map, Path, Value};

/// The parameters that rules look at.
#[derive(Clone, Copy)]
pub(crate) struct Looked<'a> {
    /// The members beside the property.
    pub(crate) siblings: &'a Map,
    /// The parameters of the node, for paths that start with `/`.
    pub(crate) root: &'a Map,
}

/// Whether a property with these rules is shown.
pub(crate) fn is_shown(options: &DisplayOptions, looked: Looked<'_>) -> bool {
    for (path, wanted) in &options.show {
        let values = values(path, looked);
        let is_expression = |value: &Value| value.as_str().is_some_and(|t| t.starts_with('='));
        if values.iter().any(|value| is_expression(value)) {
            return true;
        }
        if !matches_any(wanted, &values) {
            return false;
        }
    }
    !options.hide.iter().any(|(path, unwanted)| {
        let values = values(path, looked);
        !values.is_empty() && matches_any(unwanted, &values)
    })
}

/// The values at a path: the elements of a list, the inner value of a resource locator.
fn values<'a>(path: &str, looked: Looked<'a>) -> Vec<&'a Value> {
    static NULL: Value = Value::Null;
    let (members, path) = match path.strip_prefix('/') {
        Some(rest) => (looked.root, rest),
        None => (looked.siblings, path),
    };
    let path = Path::parse(path);
    let Some((first, rest)) = path.segments().split_first() else {
        return vec![&NULL];
    };
    let found = rest
        .iter()
        .try_fold(members.get(first), |at, segment| {
            Some(match at? {
                Value::Object(map) => map.get(segment),
                Value::Array(list) => list.get(segment.parse::<usize>().ok()?),
                _ => None,
            })
        })
        .flatten();
    match found {
        None => vec![&NULL],
        Some(Value::Array(list)) => list.iter().collect(),
        Some(value) if value.get("__rl").is_some() => vec![value.get("value").unwrap_or(&NULL)],
        Some(value) => vec![value],
    }
}

fn matches_any(wanted: &[Value], values: &[&Value]) -> bool {
    wanted.iter().any(|wanted| match wanted.get("_cnd") {
        Some(condition) => {
            let all = values.iter().all(|value| holds(condition, value));
            all && (!values.is_empty() || condition.get("not").is_some())
        }
        None => values.contains(&wanted),
    })
}

fn holds(condition: &Value, value: &Value) -> bool {
    let Some((operator, target)) = condition.as_object().and_then(|map| map.first()) else {
        return false;
    };
    let compare = |with: &Value| match (value.as_f64(), with.as_f64()) {
        (Some(a), Some(b)) => a.partial_cmp(&b),
        _ => match (value.as_str(), with.as_str()) {
            (Some(a), Some(b)) => Some(a.cmp(b)),
            _ => None,
        },
    };
    let text = value.as_str();
    let pattern = target.as_str();
    match &**operator {
        "eq" => value == target,
        "not" => value != target,
        "gte" => compare(target).is_some_and(|order| order.is_ge()),
        "lte" => compare(target).is_some_and(|order| order.is_le()),
        "gt" => compare(target).is_some_and(|order| order.is_gt()),
        "lt" => compare(target).is_some_and(|order| order.is_lt()),
        "between" => {
            let bound = |name| target.get(name).and_then(compare);
            bound("from").is_some_and(|order| order.is_ge())
                && bound("to").is_some_and(|order| order.is_le())
        }
        "includes" => text.zip(pattern).is_some_and(|(t, p)| t.contains(p)),
        "startsWith" => text.zip(pattern).is_some_and(|(t, p)| t.starts_with(p)),
        "endsWith" => text.zip(pattern).is_some_and(|(t, p)| t.ends_with(p)),
        "regex" => text.zip(pattern).is_some_and(|(text, pattern)| {
            fancy_regex::Regex::new(pattern)
                .is_ok_and(|regex| regex.is_match(text).unwrap_or(false))
        }),
        "exists" => !value.is_null() && text != Some(""),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(options: &str, parameters: &str) -> bool {
        let options: DisplayOptions = serde_json::from_str(options).unwrap();
        let parameters: Value = serde_json::from_str(parameters).unwrap();
        let map = parameters.as_object().unwrap();
        is_shown(
            &options,
            Looked {
                siblings: map,
                root: map,
            },
        )
    }

    #[test]
    fn follows_show_and_hide() {
        let options = r#"{"show":{"mode":["a","b"]},"hide":{"/deep.flag":[true]}}"#;
        assert!(shown(options, r#"{"mode":"a"}"#));
        assert!(!shown(options, r#"{"mode":"c"}"#));
        assert!(!shown(options, "{}"));
        assert!(!shown(options, r#"{"mode":"b","deep":{"flag":true}}"#));
        assert!(shown(options, r#"{"mode":"={{ 1 }}"}"#));
        assert!(shown(options, r#"{"mode":{"__rl":true,"value":"b"}}"#));
    }

    #[test]
    fn follows_conditions() {
        for (condition, value, expected) in [
            (r#"{"gte":2}"#, "2", true),
            (r#"{"between":{"from":1,"to":2}}"#, "3", false),
            (r#"{"startsWith":"a"}"#, r#""abc""#, true),
            (r#"{"regex":"^a+$"}"#, r#""ab""#, false),
            (r#"{"exists":true}"#, r#""""#, false),
            (r#"{"not":"x"}"#, r#""y""#, true),
        ] {
            let options = format!(r#"{{"show":{{"v":[{{"_cnd":{condition}}}]}}}}"#);
            let parameters = format!(r#"{{"v":{value}}}"#);
            assert_eq!(
                shown(&options, &parameters),
                expected,
                "{condition} {value}"
            );
        }
    }
}
