//! Which item of an earlier node an item comes from (spec C9).

use std::collections::HashSet;

use itemflow_expression::EvaluateError;
use itemflow_model::{Item, Items, Link, NodeResult, Source};

use crate::plan::Plan;
use crate::state::Runs;

/// An item of an output of a run.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) node: u32,
    pub(crate) output: u32,
    pub(crate) run: u32,
    pub(crate) item: u32,
}

/// Finds the item of node `target` that item `item` of the input of a run of node `current` comes from, walking from run
/// to run along the links. All ways are tried: those that fail do not count if another succeeds, but ways that lead to
/// different items are an error.
pub(crate) fn paired_item(
    plan: &Plan,
    runs: &Runs,
    (current, target): (u32, u32),
    source: Option<&Source>,
    item: usize,
) -> Result<Item, EvaluateError> {
    let name = &plan.node(target).name;
    let pending = source.and_then(|source| place(plan, source, item));
    if runs.0[target as usize].is_empty() {
        return Err(refuse(
            "no_execution_data",
            format!("node \"{name}\" has not run yet"),
        ));
    }
    if !plan.ancestors(current)[target as usize] {
        return Err(not_connected(name));
    }
    let place = origin(plan, runs, target, pending.into_iter().collect())?;
    item_at(runs, place)
        .cloned()
        .ok_or_else(|| leads_nowhere(name))
}

/// The item with which the execution started that an item of an output comes from, as a link to it.
pub(crate) fn start_item(plan: &Plan, runs: &Runs, start: u32, from: Place) -> Link {
    let Ok(at) = origin(plan, runs, start, vec![from]) else {
        return Link::None;
    };
    let result = runs.0[at.node as usize].get(at.run as usize);
    result
        .and_then(|result| link_at(result, at))
        .unwrap_or_default()
}

/// Walks from these places to the one of node `target`.
fn origin(
    plan: &Plan,
    runs: &Runs,
    target: u32,
    mut pending: Vec<Place>,
) -> Result<Place, EvaluateError> {
    let name = &plan.node(target).name;
    let mut found: Option<Place> = None;
    let mut seen = HashSet::new();
    let mut reached_start = false;
    let mut lost = false;
    while let Some(at) = pending.pop() {
        if !seen.insert(at) {
            continue;
        }
        if at.node == target {
            if item_at(runs, at).is_none() {
                lost = true;
                continue;
            }
            if found.is_some() {
                return Err(refuse(
                    "paired_item_multiple_matches",
                    format!(
                        "several items of node \"{name}\" match this item: use `.first()`, `.last()` or `.all()`"
                    ),
                ));
            }
            found = Some(at);
            continue;
        }
        let Some(result) = runs.0[at.node as usize].get(at.run as usize) else {
            continue;
        };
        let Some(link) = link_at(result, at) else {
            lost = true;
            continue;
        };
        reached_start |= result.sources.iter().all(Option::is_none);
        for reference in link.refs() {
            let sources = match reference.run {
                None => Some(&result.sources),
                Some(run) => runs.0[at.node as usize]
                    .get(run as usize)
                    .map(|earlier| &earlier.sources),
            };
            if let Some(Some(source)) = sources.and_then(|all| all.get(reference.input as usize)) {
                pending.extend(place(plan, source, reference.item as usize));
            }
        }
    }
    match found {
        Some(place) => Ok(place),
        None if lost => Err(leads_nowhere(name)),
        None if reached_start => Err(not_connected(name)),
        None => Err(refuse(
            "paired_item_no_info",
            format!(
                "it is not known which item of node \"{name}\" this item comes from: use `.first()`, `.last()` or `.all()`"
            ),
        )),
    }
}

fn leads_nowhere(name: &str) -> EvaluateError {
    refuse(
        "paired_item_invalid_info",
        format!(
            "the way from this item back to node \"{name}\" leads to an item that does not exist"
        ),
    )
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

fn link_at(result: &NodeResult, place: Place) -> Option<Link> {
    let items = result.output(place.output as usize)?;
    items.get(place.item as usize)?;
    Some(items.link(place.item as usize))
}

fn item_at(runs: &Runs, place: Place) -> Option<&Item> {
    runs.0[place.node as usize]
        .get(place.run as usize)?
        .output(place.output as usize)?
        .get(place.item as usize)
}

/// Says where the items of an output come from when its node did not: what can be known from the counts alone.
/// `outputs` is how many outputs the node has filled.
pub(crate) fn pair_by_count(items: Items, inputs: &[Option<Items>], outputs: usize) -> Items {
    let [Some(input)] = inputs else { return items };
    if items.is_empty() || !items.has_unpaired() {
        return items;
    }
    let by_index = outputs == 1 && input.len() == items.len();
    let to_first = input.len() == 1 || (outputs == 1 && items.len() == 1);
    if !by_index && !to_first {
        return items;
    }
    if items.is_unpaired() {
        return if to_first {
            items.paired_to_first()
        } else {
            items.paired_by_index(0)
        };
    }
    let links = (0..items.len()).map(|i| match items.link(i) {
        Link::None => Link::to(if to_first { 0 } else { i }),
        told => told,
    });
    items.with_links(links.collect())
}

fn not_connected(name: &str) -> EvaluateError {
    refuse(
        "paired_item_no_connection",
        format!("node \"{name}\" does not lead to this item"),
    )
}

fn refuse(kind: &'static str, message: String) -> EvaluateError {
    EvaluateError::Scope { kind, message }
}
