//! Which elements a list shows: filters, lists of conditions, order, pages.

use std::cmp::Ordering;

use itemflow_model::definition::{
    Location, MockConditions, MockFilter, MockMatching, MockOperator, MockPage, MockPageCount,
    MockWhich,
};
use itemflow_model::{Map, Path, Value};

use crate::behaviour::{Behaviour, Collection};
use crate::route::Route;
use crate::template::fill;
use crate::wire_values::text_of;

/// The elements of one list.
#[derive(Debug, Default)]
pub(crate) struct Selected {
    /// Those of the page, in order.
    pub(crate) page: Vec<Value>,
    /// How many there are on all pages.
    pub(crate) count: usize,
    /// Those that counts look at: filters that stand for a choice do not apply.
    pub(crate) counted: Vec<Value>,
}

/// Chooses from all elements, the oldest first, what a list shows.
pub(crate) fn select(
    elements: Vec<Value>,
    route: &Route,
    behaviour: &Behaviour,
    collection: &Collection,
    values: &Map,
) -> Selected {
    let mut counted = elements;
    if collection.newest_first {
        counted.reverse();
    }
    if let Some(only) = behaviour.only() {
        counted.retain(|element| is_meant(only, element, values));
    }
    let filters = filters(route, behaviour, collection, values);
    let (choices, plain): (Vec<_>, Vec<_>) = filters
        .into_iter()
        .partition(|(filter, _)| matches!(filter, MockFilter::Long(f) if !f.choices.is_empty()));
    counted.retain(|element| {
        plain
            .iter()
            .all(|(filter, value)| passes(filter, value, element, values))
    });
    if let Some(conditions) = &behaviour.declared.conditions {
        counted.retain(|element| meets(conditions, element, values));
    }
    let mut chosen: Vec<Value> = counted
        .iter()
        .filter(|element| {
            choices
                .iter()
                .all(|(filter, value)| passes(filter, value, element, values))
        })
        .cloned()
        .collect();
    let sort = behaviour.declared.sort.as_ref();
    if let Some(by) = sort.and_then(|name| values.get(name.as_str())?.as_str()) {
        sort_by(&mut chosen, by);
    }
    let count = chosen.len();
    if let Some(page) = &collection.page {
        chosen = slice(chosen, page, values);
    }
    Selected {
        page: chosen,
        count,
        counted,
    }
}

/// Whether an element is among those that are meant. Expected values may hold `{parameter}`.
pub(crate) fn is_meant(which: &MockWhich, element: &Value, values: &Map) -> bool {
    let has = |path: &String| {
        Path::parse(path)
            .get(element)
            .is_some_and(|value| !value.is_null())
    };
    let with = which.with.iter().flat_map(|paths| paths.as_slice());
    let without = which.without.iter().flat_map(|paths| paths.as_slice());
    let equals = |(path, expected): (&String, &Value)| {
        let expected = fill(expected, values).unwrap_or_default();
        is_equal(&member_of(element, path), &expected)
    };
    with.into_iter().all(has)
        && !without.into_iter().any(has)
        && which.equals.iter().all(equals)
        && !which.differs.iter().any(equals)
}

/// Whether two values are the same, numbers and flags also as text.
pub(crate) fn is_equal(found: &Value, wanted: &Value) -> bool {
    let is_scalar = |value: &Value| !matches!(value, Value::Object(_) | Value::Array(_));
    found == wanted || (is_scalar(found) && is_scalar(wanted) && text_of(found) == text_of(wanted))
}

/// The filters that apply, each with the value asked for.
fn filters(
    route: &Route,
    behaviour: &Behaviour,
    collection: &Collection,
    values: &Map,
) -> Vec<(MockFilter, Value)> {
    let query = route
        .action
        .parameters
        .iter()
        .filter(|parameter| parameter.place == Location::Query);
    query
        .filter_map(|parameter| {
            let filter = behaviour.filter(&parameter.name, collection)?;
            let default = match &filter {
                MockFilter::Long(filter) => filter.default.clone(),
                MockFilter::Member(_) => None,
            };
            // An empty text asks for nothing.
            let sent = values.get(parameter.name.as_str()).cloned();
            let sent = sent.filter(|value| value.as_str() != Some(""));
            Some((filter, sent.or(default)?))
        })
        .collect()
}

fn passes(filter: &MockFilter, wanted: &Value, element: &Value, values: &Map) -> bool {
    let declaration = match filter {
        MockFilter::Member(member) => {
            return matches(MockMatching::Equals, &member_of(element, member), wanted);
        }
        MockFilter::Long(declaration) => declaration,
    };
    if !declaration.choices.is_empty() {
        let choice = declaration.choices.get(&text_of(wanted));
        return choice.is_none_or(|which| is_meant(which, element, values));
    }
    let mut members = declaration.members.iter();
    members.any(|member| matches(declaration.matching, &member_of(element, member), wanted))
}

fn member_of(element: &Value, path: &str) -> Value {
    Path::parse(path).get(element).cloned().unwrap_or_default()
}

/// Whether a member matches a value, or one of a list of values.
fn matches(matching: MockMatching, found: &Value, wanted: &Value) -> bool {
    if let Some(list) = wanted.as_array() {
        return list.iter().any(|one| matches(matching, found, one));
    }
    match matching {
        MockMatching::Equals => match found {
            Value::Array(list) => list.iter().any(|element| is_equal(element, wanted)),
            other => is_equal(other, wanted),
        },
        MockMatching::Contains => match found {
            Value::Array(list) => list.iter().any(|element| is_equal(element, wanted)),
            Value::Null => false,
            other => {
                let text = text_of(other).to_lowercase();
                text.contains(&text_of(wanted).to_lowercase())
            }
        },
    }
}

/// Whether an element meets a list of conditions, joined from the first to the last.
fn meets(conditions: &MockConditions, element: &Value, values: &Map) -> bool {
    let list = values.get(conditions.parameter.as_str());
    let mut met = true;
    let mut joined_by_or = false;
    for condition in list.and_then(Value::as_array).unwrap_or_default() {
        let this = meets_one(conditions, condition, element);
        met = if joined_by_or {
            met || this
        } else {
            met && this
        };
        let join = conditions
            .join
            .as_ref()
            .and_then(|join| condition.get(join));
        joined_by_or = join
            .and_then(Value::as_str)
            .is_some_and(|join| join.eq_ignore_ascii_case("or"));
    }
    met
}

fn meets_one(conditions: &MockConditions, condition: &Value, element: &Value) -> bool {
    let text = |name: &String| condition.get(name).and_then(Value::as_str);
    let operator = text(&conditions.operator).and_then(|name| conditions.operators.get(name));
    let (Some(name), Some(operator)) = (text(&conditions.member), operator) else {
        return true;
    };
    let found = named_member(conditions, name, element);
    let wanted = condition
        .get(&conditions.values)
        .cloned()
        .unwrap_or_default();
    let first = wanted.index(0).unwrap_or(&wanted);
    match operator {
        MockOperator::Equals => matches(MockMatching::Equals, &found, &wanted),
        MockOperator::Differs => !matches(MockMatching::Equals, &found, &wanted),
        MockOperator::Contains => matches(MockMatching::Contains, &found, &wanted),
        MockOperator::Lacks => !matches(MockMatching::Contains, &found, &wanted),
        MockOperator::Present => !found.is_null(),
        MockOperator::Absent => found.is_null(),
        MockOperator::Greater => order(&found, first) == Ordering::Greater,
        MockOperator::Less => !found.is_null() && order(&found, first) == Ordering::Less,
    }
}

/// The member that a condition names: by its path, at the top, or inside one of the declared objects.
fn named_member(conditions: &MockConditions, name: &str, element: &Value) -> Value {
    if let Some(path) = conditions.members.get(name) {
        return member_of(element, path);
    }
    let inside = conditions
        .inside
        .iter()
        .filter_map(|object| Path::parse(object).get(element)?.get(name));
    let top = element.get(name).into_iter();
    top.chain(inside).next().cloned().unwrap_or_default()
}

fn sort_by(elements: &mut [Value], by: &str) {
    let (member, backwards) = match by.strip_prefix('-') {
        Some(member) => (member, true),
        None => (by, false),
    };
    elements.sort_by(|a, b| {
        let order = order(&member_of(a, member), &member_of(b, member));
        if backwards { order.reverse() } else { order }
    });
}

/// Numbers by size, all else as text without regard to case; what is not there comes last.
fn order(a: &Value, b: &Value) -> Ordering {
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return a.total_cmp(&b);
    }
    match (a.is_null(), b.is_null()) {
        (false, false) => text_of(a).to_lowercase().cmp(&text_of(b).to_lowercase()),
        (a, b) => a.cmp(&b),
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::String(text) => text.parse().ok(),
        other => other.as_f64(),
    }
}

fn slice(elements: Vec<Value>, page: &MockPage, values: &Map) -> Vec<Value> {
    let whole = |name: &str| {
        let value = values.get(name)?;
        number(value).map(|number| number.max(0.0) as usize)
    };
    let asked = page.size_parameter.as_deref().and_then(whole);
    let size = asked.filter(|size| *size > 0).unwrap_or(page.size);
    let at = whole(page.parameter.as_deref().unwrap_or("page"));
    let skipped = match page.counts {
        MockPageCount::Pages => at.unwrap_or(1).saturating_sub(1).saturating_mul(size),
        MockPageCount::PagesFromZero => at.unwrap_or(0).saturating_mul(size),
        MockPageCount::Elements => at.unwrap_or(0),
    };
    elements.into_iter().skip(skipped).take(size).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn conditions() -> MockConditions {
        let declared = serde_json::json!({
            "parameter": "payload", "member": "key", "operator": "op", "values": "values", "join": "join",
            "operators": { "equal_to": "equals", "not_equal_to": "differs", "contains": "contains",
                "does_not_contain": "lacks", "is_present": "present", "is_not_present": "absent",
                "is_greater_than": "greater", "is_less_than": "less" },
            "members": { "assignee_id": "meta.assignee.id" }, "inside": ["custom"],
        });
        serde_json::from_value(declared).unwrap()
    }

    #[test]
    fn every_operator_of_a_condition() {
        let element = value(
            r#"{"name":"Ana Souza","age":30,"labels":["vip"],"custom":{"plan":"gold"},"meta":{"assignee":{"id":5}},"email":null}"#,
        );
        let cases = [
            (r#"["name","equal_to",["Ana Souza"]]"#, true),
            (r#"["name","equal_to",["Rui","Ana Souza"]]"#, true),
            (r#"["name","equal_to",["Ana"]]"#, false),
            (r#"["name","not_equal_to",["Ana"]]"#, true),
            (r#"["name","contains",["souza"]]"#, true),
            (r#"["name","does_not_contain",["souza"]]"#, false),
            (r#"["labels","contains",["vip"]]"#, true),
            (r#"["labels","equal_to",["vip"]]"#, true),
            (r#"["labels","not_equal_to",["new"]]"#, true),
            (r#"["plan","equal_to",["gold"]]"#, true),
            (r#"["assignee_id","equal_to",["5"]]"#, true),
            (r#"["email","is_present",null]"#, false),
            (r#"["email","is_not_present",null]"#, true),
            (r#"["age","is_greater_than",["29"]]"#, true),
            (r#"["age","is_less_than",["29"]]"#, false),
            (r#"["email","is_less_than",["29"]]"#, false),
        ];
        for (case, expected) in cases {
            let parts = value(case);
            let mut condition = Value::empty_object();
            for (name, i) in [("key", 0), ("op", 1), ("values", 2)] {
                let part = parts.index(i).unwrap().clone();
                condition.make_object().insert(name.into(), part);
            }
            assert_eq!(
                meets_one(&conditions(), &condition, &element),
                expected,
                "{case}"
            );
        }
    }

    #[test]
    fn conditions_are_joined_in_order() {
        let element = value(r#"{"a":"1","b":"2"}"#);
        let condition = |name: &str, wanted: &str, join: &str| {
            format!(r#"{{"key":"{name}","op":"equal_to","values":["{wanted}"],"join":{join}}}"#)
        };
        let cases = [
            (
                [condition("a", "1", "\"AND\""), condition("b", "9", "null")],
                false,
            ),
            (
                [condition("a", "9", "\"OR\""), condition("b", "2", "null")],
                true,
            ),
            (
                [condition("a", "1", "\"and\""), condition("b", "2", "null")],
                true,
            ),
        ];
        for (list, expected) in cases {
            let payload = value(&format!(r#"{{"payload":[{}]}}"#, list.join(",")));
            let values = payload.as_object().unwrap();
            assert_eq!(meets(&conditions(), &element, values), expected, "{list:?}");
        }
    }

    #[test]
    fn pages_are_counted_in_three_ways() {
        let elements: Vec<Value> = (1..=5).map(Value::from).collect();
        let cases = [
            ("pages", r#"{"page":2}"#, "[3,4]"),
            ("pages", "{}", "[1,2]"),
            ("pages", r#"{"page":0}"#, "[1,2]"),
            ("pagesFromZero", r#"{"page":2}"#, "[5]"),
            ("elements", r#"{"page":3}"#, "[4,5]"),
            ("pages", r#"{"page":1,"per":3}"#, "[1,2,3]"),
            ("pages", r#"{"page":"9"}"#, "[]"),
        ];
        for (counts, sent, expected) in cases {
            let page = serde_json::json!({ "size": 2, "sizeParameter": "per", "counts": counts });
            let page: MockPage = serde_json::from_value(page).unwrap();
            let found = slice(elements.clone(), &page, value(sent).as_object().unwrap());
            assert_eq!(Value::from(found).to_string(), expected, "{counts} {sent}");
        }
    }

    #[test]
    fn elements_are_sorted_both_ways_and_what_is_missing_comes_last() {
        let mut elements: Vec<Value> = [r#"{"n":"b"}"#, r#"{"n":null}"#, r#"{"n":"A"}"#]
            .map(value)
            .to_vec();
        sort_by(&mut elements, "n");
        assert_eq!(
            Value::from(elements.clone()).to_string(),
            r#"[{"n":"A"},{"n":"b"},{"n":null}]"#
        );
        sort_by(&mut elements, "-n");
        assert_eq!(elements[1].to_string(), r#"{"n":"b"}"#);
    }
}
