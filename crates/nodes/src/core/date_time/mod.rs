//! Date & Time: computes with dates, formats them and takes them apart. Version 2 works with luxon's tokens
//! (`operations`), version 1 with moment's (`first`).

mod definition;
mod first;
mod moment_read;
mod moment_tokens;
mod moment_write;
mod operations;

use itemflow_model::definition::NodeDefinition;
use itemflow_model::{ErrorInfo, Item, ItemsBuilder, Link};

use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::Parameters;
use crate::run::NodeRun;

pub(crate) struct DateTime;

impl NodeType for DateTime {
    fn definition(&self) -> &NodeDefinition {
        &definition::DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        if parameters.version < 2.0 {
            return Ok(Box::new(first::First::compile(parameters)));
        }
        Ok(Box::new(operations::Operations::compile(parameters)?))
    }

    fn strict_versions(&self) -> bool {
        true
    }
}

/// Makes an item of each input item; `None` drops it, a failure stops the node or becomes an item.
fn each_item(
    run: &NodeRun,
    mut make: impl FnMut(usize, &Item) -> Result<Option<Item>, ErrorInfo>,
) -> Step {
    let items = run.input(0);
    let mut output = ItemsBuilder::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        match make(i, item) {
            Ok(Some(made)) => output.push(made, Link::to(i)),
            Ok(None) => {}
            Err(error) if run.node.continue_on_fail => {
                output.push(Item::from_error(error), Link::to(i));
            }
            Err(error) => return Step::Done(Err(error)),
        }
    }
    Step::Done(Ok(Outcome::of(output.build())))
}

#[cfg(test)]
mod tests;
