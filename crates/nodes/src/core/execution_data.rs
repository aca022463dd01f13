//! Execution Data: marks the execution with names and values by which it can be found.

use std::sync::LazyLock;

use itemflow_expression::Template;
use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use itemflow_model::{ErrorInfo, Map, Value};
use serde_json::json;

use super::javascript::truthy;
use crate::gathered::Gathered;
use crate::node::{Node, NodeProblem, NodeType, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

const VALUES: &str = "dataToSave.values";
/// Names that one execution may have.
const MAX_KEYS: usize = 10;
const MAX_KEY_LENGTH: usize = 50;
const MAX_VALUE_LENGTH: usize = 512;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let value = Property::list("A name and its value.").field(
        "key",
        Property::of(
            PropertyType::String,
            "The name: letters, digits and underscores, at most 50. An execution has at most ten names.",
        ),
    )
    .field(
        "value",
        Property::of(
            PropertyType::String,
            "The value: a text of at most 512 characters, or a number.",
        ),
    );
    NodeDefinition::new(
        "n8n-nodes-base.executionData",
        "Execution Data",
        "Marks the execution with names and values by which it can be found. The items pass unchanged.",
    )
    .versions(&[1.0, 1.1])
    .property(
        "operation",
        Property::choice("What to do; there is only one.", &["save"]).default_value("save"),
    )
    .property(
        "dataToSave",
        Property::of(PropertyType::FixedCollection, "What to mark it with.").field("values", value),
    )
    .example(
        "mark the execution with the order",
        json!({ "dataToSave": { "values": [{ "key": "order", "value": "={{ $json.id }}" }] } }),
        json!([[{ "id": "A-1" }]]),
        json!([[{ "id": "A-1" }]]),
    )
});

pub(crate) struct ExecutionData;

impl NodeType for ExecutionData {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        parameters
            .one_of("operation", "save", &["save"])
            .map_err(|problem| vec![problem])?;
        Ok(Box::new(Save {
            values: parameters.list(VALUES).iter().map(entry).collect(),
            empty_is_text: parameters.version >= 1.1,
        }))
    }
}

fn entry(entry: &Template) -> (Parameter, Parameter) {
    let inner = |name: &str| Parameter::inner(format!("{VALUES}.{name}"), entry.get(name), "");
    (inner("key"), inner("value"))
}

struct Save {
    values: Vec<(Parameter, Parameter)>,
    /// Values that JavaScript counts as false are saved as an empty text.
    empty_is_text: bool,
}

impl Node for Save {
    fn execute(&self, run: &NodeRun) -> Step {
        let mut data = Data {
            known: run.history.custom_data(),
            added: Map::default(),
            hints: Vec::new(),
        };
        let mut gathered = Gathered::new(run);
        for (i, item) in run.input(0).iter().enumerate() {
            let saved = self.save(run, i, &mut data);
            if let Err(error) = gathered.push(i, saved.map(|()| [item.clone()])) {
                return Step::Done(Err(error));
            }
        }
        let mut outcome = gathered.outcome();
        outcome.hints = data.hints;
        outcome.custom_data = (!data.added.is_empty()).then_some(data.added);
        Step::Done(Ok(outcome))
    }
}

impl Save {
    fn save(&self, run: &NodeRun, i: usize, data: &mut Data) -> Result<(), ErrorInfo> {
        for (key, value) in &self.values {
            let name = run.text(key, i)?;
            let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if name.is_empty() || !name.chars().all(is_word) {
                return Err(run.error(
                    format!("a name must consist of letters, digits and underscores, not `{name}`"),
                    Some(i),
                    Some(&key.name),
                ));
            }
            let text = match run.value(value, i)? {
                value if self.empty_is_text && !truthy(value.as_ref()) => "".to_owned(),
                Some(Value::String(text)) => text.to_string(),
                Some(Value::Number(number)) => number.to_string(),
                other => {
                    let kind = other.as_ref().map_or("undefined", Value::kind);
                    return Err(run.error(
                        format!("the value of `{name}` must be a text or a number, not {kind}"),
                        Some(i),
                        Some(&value.name),
                    ));
                }
            };
            data.add(&name, &text);
        }
        Ok(())
    }
}

/// What the execution is marked with, and what this run adds.
struct Data {
    known: Map,
    added: Map,
    hints: Vec<String>,
}

impl Data {
    fn add(&mut self, name: &str, text: &str) {
        let key = cut(name, MAX_KEY_LENGTH);
        let value = cut(text, MAX_VALUE_LENGTH);
        if key.len() < name.len() {
            self.hint(format!(
                "the name `{key}…` was cut to {MAX_KEY_LENGTH} characters"
            ));
        }
        if value.len() < text.len() {
            self.hint(format!(
                "the value of `{key}` was cut to {MAX_VALUE_LENGTH} characters"
            ));
        }
        if !self.known.contains_key(key) && self.known.len() >= MAX_KEYS {
            self.hint(format!(
                "`{key}` was not saved: an execution has at most {MAX_KEYS} names"
            ));
            return;
        }
        self.known.insert(key.into(), Value::from(value));
        self.added.insert(key.into(), Value::from(value));
    }

    /// One hint of a kind is enough, and there are never more of them than names.
    fn hint(&mut self, hint: String) {
        if self.hints.len() < MAX_KEYS && !self.hints.contains(&hint) {
            self.hints.push(hint);
        }
    }
}

fn cut(text: &str, length: usize) -> &str {
    text.char_indices()
        .nth(length)
        .map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use itemflow_model::{Node as WorkflowNode, OnError, Value};
    use serde_json::{Value as Json, json};

    use crate::core::tests::{list, outcome, outcome_of};
    use crate::node::Outcome;

    fn saved(version: f64, values: &Json, items: Json) -> Result<Outcome, String> {
        let parameters = json!({ "dataToSave": { "values": values } }).into();
        outcome("executionData", Some(version), &parameters, &[list(items)])
    }

    fn data(outcome: &Outcome) -> Json {
        let data = outcome.custom_data.clone().unwrap_or_default();
        serde_json::to_value(Value::from(data)).unwrap()
    }

    #[test]
    fn later_items_overwrite_and_numbers_become_text() {
        let values =
            json!([{ "key": "a", "value": "={{ $json.v }}" }, { "key": "b_1", "value": 2 }]);
        let outcome = saved(1.1, &values, json!([{ "v": "x" }, { "v": 1.5 }])).unwrap();
        assert_eq!(data(&outcome), json!({ "a": "1.5", "b_1": "2" }));
        assert_eq!(outcome.outputs[0].as_ref().unwrap().len(), 2);
    }

    #[test]
    fn false_values_are_empty_text_since_1_1_and_errors_before() {
        let values = json!([{ "key": "a", "value": "={{ $json.v }}" }]);
        for (value, kind) in [(json!(null), "null"), (json!(false), "boolean")] {
            let items = json!([{ "v": value }]);
            let outcome = saved(1.1, &values, items.clone()).unwrap();
            assert_eq!(data(&outcome), json!({ "a": "" }));
            assert_eq!(
                saved(1.0, &values, items).unwrap_err(),
                format!("the value of `a` must be a text or a number, not {kind}")
            );
        }
        let zero = json!([{ "v": 0 }]);
        assert_eq!(
            data(&saved(1.1, &values, zero.clone()).unwrap()),
            json!({ "a": "" })
        );
        assert_eq!(
            data(&saved(1.0, &values, zero).unwrap()),
            json!({ "a": "0" })
        );
        assert!(saved(1.1, &values, json!([{ "v": { "x": 1 } }])).is_err());
    }

    #[test]
    fn names_and_values_are_bounded() {
        let long = json!([{ "key": "k".repeat(51), "value": "é".repeat(513) }]);
        let outcome = saved(1.1, &long, json!([{}])).unwrap();
        assert_eq!(data(&outcome), json!({ "k".repeat(50): "é".repeat(512) }));
        assert_eq!(outcome.hints.len(), 2);
        let many: Vec<Json> = (0..12)
            .map(|i| json!({ "key": format!("k{}", i % 11), "value": i.to_string() }))
            .collect();
        let outcome = saved(1.1, &many.into(), json!([{}, {}])).unwrap();
        assert_eq!(outcome.custom_data.as_ref().unwrap().len(), 10);
        assert_eq!(data(&outcome)["k0"], "11");
        assert_eq!(
            outcome.hints,
            ["`k10` was not saved: an execution has at most 10 names"]
        );
    }

    #[test]
    fn a_name_of_other_characters_is_an_error_of_its_item() {
        let values = json!([{ "key": "={{ $json.k }}", "value": "v" }]);
        let message = |name: &str| {
            format!("a name must consist of letters, digits and underscores, not `{name}`")
        };
        for name in ["a b", "ä", ""] {
            let error = saved(1.1, &values, json!([{ "k": name }])).unwrap_err();
            assert_eq!(error, message(name));
        }
        let node = WorkflowNode {
            node_type: "executionData".into(),
            parameters: Value::from(json!({ "dataToSave": { "values": values } }))
                .as_object()
                .unwrap()
                .clone(),
            on_error: Some(OnError::ContinueRegularOutput),
            ..WorkflowNode::default()
        };
        let items = list(json!([{ "k": "ok" }, { "k": "-" }]));
        let outcome = outcome_of(
            node,
            &[items.into_iter().map(itemflow_model::Item::new).collect()],
        );
        let outcome = outcome.unwrap();
        let items = outcome.outputs[0].clone().unwrap();
        assert_eq!(data(&outcome), json!({ "ok": "v" }));
        assert_eq!(
            items.get(1).unwrap().error.as_ref().unwrap().message,
            message("-")
        );
    }
}
