//! Rename Keys: gives fields of the items other names, one by one or by a pattern.

use std::sync::LazyLock;

use itemflow_expression::Template;
use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use itemflow_model::{ErrorInfo, Item, Map, Value};
use serde_json::json;

use super::conditions::pattern::{LastPattern, Pattern};
use super::field::FieldName;
use crate::gathered::each_item;
use crate::node::{Node, NodeProblem, NodeType, Step};
use crate::parameters::{Parameter, Parameters, pointer};
use crate::run::NodeRun;

const KEYS: &str = "keys.key";
const REPLACEMENTS: &str = "additionalOptions.regexReplacement.replacements";

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let text = |description: &str| Property::of(PropertyType::String, description);
    let key = Property::list("A field and its other name.")
        .field("currentKey", text("Name or dotted path of the field."))
        .field(
            "newKey",
            text("Its new name or dotted path. Without one, the field stays as it is."),
        );
    let options = Property::of(PropertyType::Collection, "How the pattern is used.")
        .field(
            "caseInsensitive",
            Property::flag("Whether `a` matches `A`."),
        )
        .field(
            "depth",
            Property::of(
                PropertyType::Number,
                "How many levels deep names are changed: 0 the item's own only, -1 all of them.",
            )
            .default_value(-1),
        );
    let replacement = Property::list("A pattern and what takes its place.")
        .field(
            "searchRegex",
            text("Regular expression; where it first matches in a name, that part is replaced."),
        )
        .field(
            "replaceRegex",
            text("The text in its place; `$1` is what the first group has matched."),
        )
        .field("options", options);
    NodeDefinition::new(
        "n8n-nodes-base.renameKeys",
        "Rename Keys",
        "Gives fields other names.",
    )
    .property(
        "keys",
        Property::of(PropertyType::FixedCollection, "The fields to rename.").field("key", key),
    )
    .property(
        "additionalOptions",
        Property::of(PropertyType::Collection, "Renaming by patterns.").field(
            "regexReplacement",
            Property::of(
                PropertyType::FixedCollection,
                "Patterns that names are searched for, one after the other.",
            )
            .field("replacements", replacement),
        ),
    )
    .example(
        "one by one",
        json!({ "keys": { "key": [
            { "currentKey": "first", "newKey": "name.first" },
            { "currentKey": "missing", "newKey": "other" },
        ] } }),
        json!([[{ "id": 1, "first": "Ann" }]]),
        json!([[{ "id": 1, "name": { "first": "Ann" } }]]),
    )
    .example(
        "by a pattern",
        json!({ "additionalOptions": { "regexReplacement": { "replacements": [
            { "searchRegex": "^old_(.*)$", "replaceRegex": "$1", "options": { "depth": 0 } },
        ] } } }),
        json!([[{ "id": 1, "old_name": { "old_first": "Ann" } }]]),
        json!([[{ "id": 1, "name": { "old_first": "Ann" } }]]),
    )
});

pub(crate) struct RenameKeys;

impl NodeType for RenameKeys {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let keys = parameters.list(KEYS).iter().map(key_pair).collect();
        let replacements = parameters.list(REPLACEMENTS);
        let (replacements, problems): (Vec<_>, Vec<_>) = replacements
            .iter()
            .enumerate()
            .map(|(i, entry)| Replacement::new(i, entry))
            .partition(Result::is_ok);
        let problems: Vec<NodeProblem> = problems.into_iter().filter_map(Result::err).collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Box::new(Rename {
            keys,
            replacements: replacements.into_iter().filter_map(Result::ok).collect(),
        }))
    }
}

fn key_pair(entry: &Template) -> (FieldName, FieldName) {
    let name = |key: &str| {
        FieldName::new(Parameter::inner(
            format!("{KEYS}.{key}"),
            entry.get(key),
            "",
        ))
    };
    (name("currentKey"), name("newKey"))
}

struct Rename {
    keys: Vec<(FieldName, FieldName)>,
    replacements: Vec<Replacement>,
}

struct Replacement {
    search: Parameter,
    replace: Parameter,
    case_insensitive: Parameter,
    depth: Parameter,
    patterns: LastPattern,
}

impl Node for Rename {
    fn execute(&self, run: &NodeRun) -> Step {
        each_item(run, |i, item| {
            let json = self.renamed(run, i, &item.json)?;
            Ok([Item {
                json,
                ..item.clone()
            }])
        })
    }
}

impl Rename {
    fn renamed(&self, run: &NodeRun, i: usize, json: &Value) -> Result<Value, ErrorInfo> {
        let mut renamed = json.clone();
        let mut moved = Vec::new();
        for (current, new) in &self.keys {
            let (current, new) = (current.at(run, i)?, new.at(run, i)?);
            if current.name().is_empty() || new.name().is_empty() || current.name() == new.name() {
                continue;
            }
            if let Some(value) = current.value(json, true) {
                moved.push((new, value));
                current.remove(&mut renamed, true);
            }
        }
        // only now, so that two fields can change their names and none is lost
        for (new, value) in moved {
            new.set(&mut renamed, value.clone(), true);
        }
        for replacement in &self.replacements {
            renamed = replacement.apply(run, i, &renamed)?;
        }
        Ok(renamed)
    }
}

impl Replacement {
    fn new(i: usize, entry: &Template) -> Result<Self, NodeProblem> {
        let inner = |path: &str, template: Option<Template>, default: Value| {
            Parameter::inner(format!("{REPLACEMENTS}.{path}"), template, default)
        };
        let option = |name: &str| entry.get("options").and_then(|options| options.get(name));
        let search = inner("searchRegex", entry.get("searchRegex"), "".into());
        if let Some(text) = search.template.as_literal().and_then(Value::as_str) {
            Pattern::new(text, "").map_err(|message| {
                let place = pointer(&format!("{REPLACEMENTS}.{i}.searchRegex"));
                NodeProblem::error("regular-expression", place, message)
            })?;
        }
        Ok(Self {
            search,
            replace: inner("replaceRegex", entry.get("replaceRegex"), "".into()),
            case_insensitive: inner(
                "options.caseInsensitive",
                option("caseInsensitive"),
                false.into(),
            ),
            depth: inner("options.depth", option("depth"), Value::from(-1)),
            patterns: LastPattern::default(),
        })
    }

    fn apply(&self, run: &NodeRun, i: usize, json: &Value) -> Result<Value, ErrorInfo> {
        let search = run.text(&self.search, i)?;
        let any_case = run.flag(&self.case_insensitive, i)?;
        let replace = run.text(&self.replace, i)?;
        let depth = run.number(&self.depth, i)? as i64;
        let fail = |message: String| run.error(message, Some(i), Some(&self.search.name));
        let flags = if any_case { "i" } else { "" };
        let pattern = self.patterns.of(&search, flags).map_err(fail)?;
        replaced(json, &pattern, &replace, depth).map_err(fail)
    }
}

/// The value with the names of its members changed, `depth` levels deep; below 0 all the way down. Where a new name is
/// there already, the renamed member takes its place.
fn replaced(value: &Value, pattern: &Pattern, replace: &str, depth: i64) -> Result<Value, String> {
    let inner = |value: &Value| match value {
        Value::Array(_) | Value::Object(_) if depth != 0 => {
            replaced(value, pattern, replace, depth - 1)
        }
        value => Ok(value.clone()),
    };
    match value {
        Value::Array(list) => Ok(Value::from(
            list.iter().map(inner).collect::<Result<Vec<_>, _>>()?,
        )),
        Value::Object(members) => {
            let mut kept = Map::default();
            let mut renamed = Vec::new();
            for (key, member) in members.iter() {
                let member = inner(member)?;
                match pattern.replace_first(key, replace)? {
                    Some(new) if *new != **key => renamed.push((new, member)),
                    _ => {
                        kept.insert(key.clone(), member);
                    }
                }
            }
            kept.extend(
                renamed
                    .into_iter()
                    .map(|(key, member)| (key.into(), member)),
            );
            Ok(Value::from(kept))
        }
        scalar => Ok(scalar.clone()),
    }
}

#[cfg(test)]
mod tests {
    use itemflow_model::Value;
    use serde_json::{Value as Json, json};

    use crate::core::tests::{list, run};

    fn renamed(parameters: &Json, item: &Json) -> Result<Json, String> {
        let parameters: Value = parameters.clone().into();
        let outputs = run("renameKeys", None, &parameters, &[list(json!([item]))])?;
        Ok(serde_json::to_value(&outputs[0][0]).unwrap())
    }

    fn keys(pairs: &[(&str, &str)]) -> Json {
        let pairs = pairs
            .iter()
            .map(|(current, new)| json!({ "currentKey": current, "newKey": new }));
        json!({ "keys": { "key": pairs.collect::<Vec<_>>() } })
    }

    fn pattern(search: &str, replace: &str, options: &Json) -> Json {
        json!({ "additionalOptions": { "regexReplacement": { "replacements": [
            { "searchRegex": search, "replaceRegex": replace, "options": options },
        ] } } })
    }

    #[test]
    fn fields_are_found_by_path_and_empty_or_equal_names_change_nothing() {
        for (pairs, item, expected) in [
            (vec![("a", "b")], json!({ "a": 1 }), json!({ "b": 1 })),
            (
                vec![("a.b", "c.d")],
                json!({ "a": { "b": 1 } }),
                json!({ "a": {}, "c": { "d": 1 } }),
            ),
            (
                vec![("a.b", "c")],
                json!({ "a.b": 1, "a": { "b": 2 } }),
                json!({ "a": { "b": 2 }, "c": 1 }),
            ),
            (
                vec![("a", ""), ("", "x"), ("a", "a")],
                json!({ "a": 1 }),
                json!({ "a": 1 }),
            ),
            (
                vec![("a", "b")],
                json!({ "a": null, "b": 2 }),
                json!({ "b": null }),
            ),
            (
                vec![("a", "b"), ("b", "a")],
                json!({ "a": 1, "b": 2 }),
                json!({ "a": 2, "b": 1 }),
            ),
            (
                vec![("a", "a.b")],
                json!({ "a": 1 }),
                json!({ "a": { "b": 1 } }),
            ),
        ] {
            let actual = renamed(&keys(&pairs), &item).unwrap();
            assert_eq!(actual, expected, "{pairs:?} {item}");
        }
    }

    #[test]
    fn a_pattern_changes_names_down_to_a_depth() {
        let item = json!({ "x1": { "x2": { "x3": 1 } }, "l": [{ "x4": 1 }] });
        for (depth, expected) in [
            (
                json!({}),
                json!({ "y1": { "y2": { "y3": 1 } }, "l": [{ "y4": 1 }] }),
            ),
            (
                json!({ "depth": -1 }),
                json!({ "y1": { "y2": { "y3": 1 } }, "l": [{ "y4": 1 }] }),
            ),
            (
                json!({ "depth": 0 }),
                json!({ "y1": { "x2": { "x3": 1 } }, "l": [{ "x4": 1 }] }),
            ),
            (
                json!({ "depth": 1 }),
                json!({ "y1": { "y2": { "x3": 1 } }, "l": [{ "x4": 1 }] }),
            ),
            (
                json!({ "depth": 2 }),
                json!({ "y1": { "y2": { "y3": 1 } }, "l": [{ "y4": 1 }] }),
            ),
        ] {
            let actual = renamed(&pattern("x", "y", &depth), &item).unwrap();
            assert_eq!(actual, expected, "{depth}");
        }
    }

    #[test]
    fn a_pattern_may_ignore_case_and_keeps_what_its_groups_match() {
        let item = json!({ "First_Name": 1, "first_age": 2 });
        assert_eq!(
            renamed(&pattern("^first_(\\w)", "$1", &json!({})), &item).unwrap(),
            json!({ "First_Name": 1, "age": 2 })
        );
        let any_case = json!({ "caseInsensitive": true });
        assert_eq!(
            renamed(&pattern("^first_(\\w)", "$1", &any_case), &item).unwrap(),
            json!({ "Name": 1, "age": 2 })
        );
    }

    #[test]
    fn a_renamed_field_takes_the_place_of_one_of_that_name() {
        let item = json!({ "old": 1, "new": 2 });
        assert_eq!(
            renamed(&pattern("old", "new", &json!({})), &item).unwrap(),
            json!({ "new": 1 })
        );
    }

    #[test]
    fn a_bad_pattern_is_said_before_a_run_and_an_endless_one_is_stopped() {
        assert_eq!(
            renamed(&pattern("(", "", &json!({})), &json!({})),
            Err("`(` is not a regular expression".into())
        );
        let endless = pattern("^(a|aa)+\\1$", "", &json!({}));
        let item = json!({ "a".repeat(200) + "b": 1 });
        assert!(
            renamed(&endless, &item)
                .unwrap_err()
                .contains("too many steps")
        );
    }
}
