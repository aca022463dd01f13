//! What becomes of a node's answer: failed items find their output, empty outputs are filled where the node asks for it,
//! items are paired (spec C6, C7, C9).

use std::sync::Arc;

use itemflow_model::{
    ErrorInfo, Item, ItemRef, Items, ItemsBuilder, Link, NodeResult, NodeRunId, Source, Value,
};
use itemflow_nodes::Outcome;

use crate::pairing::pair_by_count;
use crate::plan::PlanNode;

/// What a run has come to, and the error it is recorded with.
pub(crate) struct Settled {
    pub(crate) outcome: Outcome,
    pub(crate) error: Option<ErrorInfo>,
}

impl Settled {
    /// As it is recorded.
    pub(crate) fn result(
        self,
        run: NodeRunId,
        execution_index: u32,
        sources: Vec<Option<Source>>,
        elapsed_us: u64,
    ) -> NodeResult {
        let Outcome {
            outputs,
            hints,
            logs,
            context,
            custom_data,
            response,
            failure: _,
        } = self.outcome;
        NodeResult {
            run,
            execution_index,
            elapsed_us,
            sources,
            outputs,
            error: self.error,
            hints,
            logs,
            context,
            custom_data,
            response: response.map(Arc::new),
        }
    }
}

/// Applies the node's settings to its answer.
pub(crate) fn settle(
    node: &PlanNode,
    inputs: &[Option<Items>],
    answer: Result<Outcome, ErrorInfo>,
) -> Settled {
    let continues = node.compiled.facts.continue_on_fail;
    let (mut outcome, error) = match answer {
        Ok(mut outcome) => {
            let error = outcome.failure.take().map(|error| *error);
            (outcome, error)
        }
        Err(error) => (Outcome::default(), Some(error)),
    };
    if error.is_some() {
        // The whole node failed: where it goes on, its input does, through the regular output, also with an error output.
        outcome.outputs = if continues {
            vec![inputs.first().cloned().flatten()]
        } else {
            return Settled { outcome, error };
        };
    }
    let outputs = outcome.outputs.len();
    for items in outcome.outputs.iter_mut().flatten() {
        *items = pair_by_count(std::mem::take(items), inputs, outputs);
        reduce_error_items(items, continues);
    }
    if let (Some(error_output), None) = (node.error_output(), &error) {
        split_failed(&mut outcome.outputs, error_output, inputs);
    }
    if node.always_output_data {
        fill_first_output(&mut outcome.outputs, inputs);
    }
    Settled { outcome, error }
}

/// The answer of a node that does not run: a disabled one passes its first input on, one that is pinned gives its pinned
/// items in an execution that a person started.
pub(crate) fn stand_in(node: &PlanNode, inputs: &[Option<Items>], manual: bool) -> Option<Settled> {
    let items = if node.disabled {
        inputs.first().cloned().flatten()
    } else {
        node.pinned.clone().filter(|_| manual).map(Some)?
    };
    let items = items.map(|items| pair_by_count(items, inputs, 1));
    Some(Settled {
        outcome: Outcome {
            outputs: vec![items],
            ..Outcome::default()
        },
        error: None,
    })
}

/// An item that stands for a failure says so in its json, and says nothing else. Errors wrapped in json are looked for
/// only where the node goes on after failures.
fn reduce_error_items(items: &mut Items, unwrap: bool) {
    let stands_for_failure =
        |item: &Item| item.error.is_some() || (unwrap && item.json.get("$error").is_some());
    if !items.iter().any(stands_for_failure) {
        return;
    }
    *items = (0..items.len())
        .filter_map(|i| Some((items.get(i)?.clone(), items.link(i))))
        .map(|(mut item, link)| {
            if unwrap && let Some(message) = wrapped_error(&item) {
                item.error = Some(Arc::new(ErrorInfo::operation(message)));
            }
            if let Some(error) = &item.error {
                item.json = Value::from([("error", error.message.as_str())]);
            }
            (item, link)
        })
        .collect();
}

/// The message of an error that a node has wrapped as `{ $error, $json }`, an older form of error items.
fn wrapped_error(item: &Item) -> Option<String> {
    let error = item.json.get("$error")?;
    item.json.get("$json")?;
    let message = error.get("message").unwrap_or(error);
    Some(
        message
            .as_str()
            .map_or_else(|| message.to_string(), str::to_owned),
    )
}

/// Moves failed items to the error output. A node that yields nothing at all still does so.
fn split_failed(outputs: &mut Vec<Option<Items>>, error_output: usize, inputs: &[Option<Items>]) {
    if outputs.iter().all(Option::is_none) {
        return;
    }
    let mut failed = ItemsBuilder::default();
    for items in outputs.iter_mut().take(error_output).flatten() {
        if !items.iter().any(has_failed) {
            continue;
        }
        let mut kept = ItemsBuilder::with_capacity(items.len());
        for (i, item) in items.iter().enumerate() {
            let link = items.link(i);
            if has_failed(item) {
                failed.push(with_input(item, &link, inputs), link);
            } else {
                kept.push(item.clone(), link);
            }
        }
        *items = kept.build();
    }
    outputs.resize(outputs.len().max(error_output + 1), None);
    outputs[error_output] = Some(failed.build());
}

/// Whether an item stands for a failure: by its mark, or by a json that holds nothing but `error` and its details.
fn has_failed(item: &Item) -> bool {
    if item.error.is_some() {
        return true;
    }
    let Some(json) = item.json.as_object() else {
        return false;
    };
    json.get("error").is_some_and(is_truthy)
        && json
            .keys()
            .all(|key| matches!(&**key, "error" | "message" | "details"))
}

/// What JavaScript takes for true.
fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != 0.0 && !number.as_f64().is_nan(),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// The failed item with the data it failed on.
fn with_input(item: &Item, link: &Link, inputs: &[Option<Items>]) -> Item {
    let origin = link.refs().first().and_then(|origin| {
        inputs
            .get(origin.input as usize)?
            .as_ref()?
            .get(origin.item as usize)
    });
    let (Some(Value::Object(before)), Value::Object(error)) =
        (origin.map(|origin| &origin.json), &item.json)
    else {
        return item.clone();
    };
    let mut json = before.clone();
    Arc::make_mut(&mut json).extend(
        error
            .iter()
            .map(|(key, value)| (key.clone(), value.clone())),
    );
    Item {
        json: Value::Object(json),
        ..item.clone()
    }
}

fn fill_first_output(outputs: &mut Vec<Option<Items>>, inputs: &[Option<Items>]) {
    if outputs.is_empty() {
        outputs.push(None);
    }
    if outputs[0].as_ref().is_some_and(|items| !items.is_empty()) {
        return;
    }
    let all = inputs.iter().enumerate().flat_map(|(input, items)| {
        let count = items.as_ref().map_or(0, Items::len);
        (0..count).map(move |item| ItemRef {
            item: item as u32,
            input: input as u16,
            run: None,
        })
    });
    let refs: Vec<ItemRef> = all.collect();
    let link = if refs.is_empty() {
        Link::None
    } else {
        Link::Many(refs.into())
    };
    outputs[0] = Some(
        [(Item::new(Value::empty_object()), link)]
            .into_iter()
            .collect(),
    );
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn item(json: serde_json::Value) -> Item {
        Item::new(json)
    }

    fn inputs() -> Vec<Option<Items>> {
        let first = Items::from(vec![item(json!({ "i": 0 })), item(json!({ "i": 1 }))]);
        vec![Some(first), None]
    }

    fn split(outputs: Vec<Vec<(Item, Link)>>, error_output: usize) -> Vec<serde_json::Value> {
        let mut outputs: Vec<Option<Items>> = outputs
            .into_iter()
            .map(|list| Some(list.into_iter().collect()))
            .collect();
        split_failed(&mut outputs, error_output, &inputs());
        outputs
            .iter()
            .map(|items| {
                let items = items.as_ref().map(|items| items.iter());
                let list: Option<Vec<_>> =
                    items.map(|items| items.map(|i| serde_json::Value::from(&i.json)).collect());
                json!(list)
            })
            .collect()
    }

    #[test]
    fn an_item_has_failed_when_its_json_says_so_and_nothing_else() {
        for failed in [
            json!({ "error": "x" }),
            json!({ "error": { "code": 1 } }),
            json!({ "error": [] }),
            json!({ "error": true, "message": "m", "details": null }),
        ] {
            assert!(has_failed(&item(failed.clone())), "{failed}");
        }
        for fine in [
            json!({}),
            json!({ "message": "m" }),
            json!({ "error": "x", "other": 1 }),
            json!({ "error": "" }),
            json!({ "error": 0 }),
            json!({ "error": null }),
            json!({ "error": false }),
            json!("error"),
            json!(["error"]),
        ] {
            assert!(!has_failed(&item(fine.clone())), "{fine}");
        }
    }

    #[test]
    fn a_marked_item_has_failed_whatever_its_json() {
        let error = Arc::new(ErrorInfo::operation("x"));
        let marked = Item {
            error: Some(error),
            ..item(json!({ "other": 1 }))
        };
        assert!(has_failed(&marked));
    }

    #[test]
    fn failed_items_of_all_outputs_meet_in_the_error_output_with_their_input() {
        let bad = |i: usize| (item(json!({ "error": format!("e{i}") })), Link::to(i));
        let good = || (item(json!({ "ok": 1 })), Link::to(0));
        let outputs = split(vec![vec![good(), bad(1)], vec![bad(0)]], 2);
        assert_eq!(
            outputs,
            [
                json!([{ "ok": 1 }]),
                json!([]),
                json!([{ "i": 1, "error": "e1" }, { "i": 0, "error": "e0" }])
            ]
        );
    }

    #[test]
    fn what_the_failed_item_says_wins_over_its_input() {
        let own = (item(json!({ "error": "e", "message": "own" })), Link::to(0));
        let input = Items::from(vec![item(json!({ "message": "old", "kept": 1 }))]);
        let mut outputs = vec![Some([own].into_iter().collect())];
        split_failed(&mut outputs, 1, &[Some(input)]);
        let merged = &outputs[1].as_ref().unwrap().get(0).unwrap().json;
        assert_eq!(
            serde_json::Value::from(merged),
            json!({ "message": "own", "kept": 1, "error": "e" })
        );
    }

    #[test]
    fn a_failed_item_without_a_known_input_keeps_its_own_json() {
        for link in [
            Link::None,
            Link::to(9),
            Link::input(1, 0),
            Link::input(7, 0),
        ] {
            let outputs = split(vec![vec![(item(json!({ "error": "e" })), link)]], 1);
            assert_eq!(outputs[1], json!([{ "error": "e" }]));
        }
    }

    #[test]
    fn items_keep_their_links_when_they_are_split() {
        let list = vec![
            (item(json!({ "error": "e" })), Link::to(0)),
            (item(json!({ "ok": 1 })), Link::to(1)),
        ];
        let mut outputs = vec![Some(list.into_iter().collect())];
        split_failed(&mut outputs, 1, &inputs());
        assert_eq!(outputs[0].as_ref().unwrap().link(0), Link::to(1));
        assert_eq!(outputs[1].as_ref().unwrap().link(0), Link::to(0));
    }

    #[test]
    fn a_node_that_yields_nothing_has_no_error_output_either() {
        let mut outputs = vec![None];
        split_failed(&mut outputs, 1, &inputs());
        assert_eq!(outputs.len(), 1);
    }

    #[test]
    fn outputs_that_a_node_left_out_come_before_the_error_output() {
        let outputs = split(vec![vec![(item(json!({ "error": "e" })), Link::None)]], 3);
        assert_eq!(
            outputs,
            [
                json!([]),
                json!(null),
                json!(null),
                json!([{ "error": "e" }])
            ]
        );
    }
}
