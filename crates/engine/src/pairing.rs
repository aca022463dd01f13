//! Which item of an earlier node an item comes from (spec C9).

use std::collections::HashSet;

use itemflow_expression::EvaluateError;
use itemflow_model::{Item, Items, Link, Source};

use crate::plan::Plan;
use crate::state::Runs;

/// An item of an output of a run.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Place {
    node: u32,
    output: u32,
    run: u32,
    item: u32,
}

/// Finds the item of `target` that item `item` of the current run's input comes from, walking from run to run along the
/// links. All ways are tried: those that fail do not count if another succeeds, but ways that lead to different items
/// are an error.
pub(crate) fn paired_item(
    plan: &Plan,
    runs: &Runs,
    target: u32,
    source: Option<&Source>,
    item: usize,
) -> Result<Item, EvaluateError> {
    let name = &plan.node(target).name;
    if runs.0[target as usize].is_empty() {
        return Err(refuse(
            "no_execution_data",
            format!("node \"{name}\" has not run yet"),
        ));
    }
    let mut found: Option<Place> = None;
    let mut seen = HashSet::new();
    let mut pending: Vec<Place> = source
        .and_then(|source| place(plan, source, item))
        .into_iter()
        .collect();
    let mut reached_start = false;
    while let Some(at) = pending.pop() {
        if !seen.insert(at) {
            continue;
        }
        if at.node == target {
            if found.is_some_and(|other| item_at(runs, other) != item_at(runs, at)) {
                return Err(refuse(
                    "paired_item_multiple_matches",
                    format!(
                        "several items of node \"{name}\" match this item: use `.first()`, `.last()` or `.all()`"
                    ),
                ));
            }
            found = found.or(Some(at));
            continue;
        }
        let Some(result) = runs.0[at.node as usize].get(at.run as usize) else {
            continue;
        };
        let link = result
            .output(at.output as usize)
            .map_or(Link::None, |items| items.link(at.item as usize));
        reached_start |= result.sources.iter().all(Option::is_none);
        for reference in link.refs() {
            if let Some(Some(source)) = result.sources.get(reference.input as usize) {
                pending.extend(place(plan, source, reference.item as usize));
            }
        }
    }
    match found.and_then(|place| item_at(runs, place)) {
        Some(item) => Ok(item.clone()),
        None if reached_start => Err(refuse(
            "paired_item_no_connection",
            format!("node \"{name}\" does not lead to this item"),
        )),
        None => Err(refuse(
            "paired_item_no_info",
            format!(
                "it is not known which item of node \"{name}\" this item comes from: use `.first()`, `.last()` or `.all()`"
            ),
        )),
    }
}

fn place(plan: &Plan, source: &Source, item: usize) -> Option<Place> {
    let node = plan.index(&source.node)?;
    Some(Place {
        node,
        output: source.output,
        run: source.run_index,
        item: u32::try_from(item).ok()?,
    })
}

fn item_at(runs: &Runs, place: Place) -> Option<&Item> {
    runs.0[place.node as usize]
        .get(place.run as usize)?
        .output(place.output as usize)?
        .get(place.item as usize)
}

/// Says where the items of an output come from when its node did not: what can be known from the counts alone.
pub(crate) fn pair_by_count(items: Items, inputs: &[Option<Items>]) -> Items {
    let [Some(input)] = inputs else { return items };
    if !items.is_unpaired() || items.is_empty() {
        return items;
    }
    if input.len() == 1 || items.len() == 1 {
        items.paired_to_first()
    } else if input.len() == items.len() {
        items.paired_by_index(0)
    } else {
        items
    }
}

fn refuse(kind: &'static str, message: String) -> EvaluateError {
    EvaluateError::Scope { kind, message }
}
