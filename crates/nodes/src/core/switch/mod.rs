//! Switch: sends each item to one (or several) of many outputs, by rules or by a number.

mod by_number;
mod definition;
mod legacy_rules;
mod rules;

use itemflow_model::definition::NodeDefinition;
use itemflow_model::{ErrorInfo, Item, Items, ItemsBuilder, Link};

use super::route;
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameters, pointer};
use crate::run::NodeRun;

/// The most outputs a Switch may have.
const MAX_OUTPUTS: usize = 1000;

pub(crate) struct Switch;

impl NodeType for Switch {
    fn definition(&self) -> &NodeDefinition {
        &definition::DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let mode = parameters
            .choice("mode", "rules")
            .map_err(|problem| vec![problem])?;
        let current = parameters.version >= 3.0;
        match mode.as_str() {
            "rules" if current => Ok(Box::new(rules::Rules::compile(parameters)?)),
            "rules" => Ok(Box::new(legacy_rules::LegacyRules::compile(parameters)?)),
            "expression" => Ok(Box::new(by_number::ByNumber::compile(parameters))),
            other => Err(vec![NodeProblem::error(
                "unknown-mode",
                pointer("mode"),
                format!("there is no mode `{other}`: choose `rules` or `expression`"),
            )]),
        }
    }

    fn strict_versions(&self) -> bool {
        true
    }
}

/// Where one item goes.
enum Destination {
    /// One output, or none.
    One(Option<usize>),
    /// Several outputs.
    Many(Vec<usize>),
    /// It failed; its error goes to the first output.
    Failed(Box<ErrorInfo>),
}

/// Asks `choose` for every item, and sends the items there. With continue-on-fail a failed item becomes an error item
/// at the first output; otherwise the first failure is the node's.
fn distribute(
    run: &NodeRun,
    outputs: usize,
    choose: impl Fn(usize) -> Result<Destination, ErrorInfo>,
) -> Step {
    let items = run.input(0);
    let mut destinations = Vec::with_capacity(items.len());
    for item in 0..items.len() {
        match choose(item) {
            Ok(destination) => destinations.push(destination),
            Err(error) if run.node.continue_on_fail => {
                destinations.push(Destination::Failed(Box::new(error)));
            }
            Err(error) => return Step::Done(Err(error)),
        }
    }
    Step::Done(Ok(Outcome::of_outputs(send(&items, outputs, destinations))))
}

fn send(items: &Items, outputs: usize, destinations: Vec<Destination>) -> Vec<Items> {
    let simple: Option<Vec<Option<usize>>> = destinations
        .iter()
        .map(|destination| match destination {
            Destination::One(output) => Some(*output),
            _ => None,
        })
        .collect();
    if let Some(route) = simple {
        return route::split(items, outputs, &route);
    }
    let mut builders: Vec<ItemsBuilder> = (0..outputs.max(1))
        .map(|_| ItemsBuilder::default())
        .collect();
    for (i, (item, destination)) in items.iter().zip(destinations).enumerate() {
        match destination {
            Destination::One(output) => {
                if let Some(output) = output {
                    builders[output].push(item.clone(), Link::to(i));
                }
            }
            Destination::Many(outputs) => {
                for output in outputs {
                    builders[output].push(item.clone(), Link::to(i));
                }
            }
            Destination::Failed(error) => {
                builders[0].push(Item::from_error(*error), Link::to(i));
            }
        }
    }
    builders.into_iter().map(ItemsBuilder::build).collect()
}

/// A number as the index of one of `outputs` outputs.
///
/// # Errors
/// An error at `parameter` when there is no such output.
fn output_index(
    number: f64,
    outputs: usize,
    run: &NodeRun,
    item: usize,
    parameter: &str,
) -> Result<usize, ErrorInfo> {
    if number.fract() == 0.0 && number >= 0.0 && number < outputs as f64 {
        return Ok(number as usize);
    }
    let known = match outputs.checked_sub(1) {
        Some(last) => format!("the outputs are 0 to {last}"),
        None => "it has none".to_owned(),
    };
    Err(run.error(
        format!("there is no output {number}: {known}"),
        Some(item),
        Some(parameter),
    ))
}

#[cfg(test)]
mod tests;
