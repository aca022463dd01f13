//! The items of a node that works item by item: each linked to the one it comes from, failures among them where the node
//! goes on after one.

use itemflow_model::{ErrorInfo, Item, Items, ItemsBuilder, Link};

use crate::node::{Outcome, Step};
use crate::run::NodeRun;
use crate::sending::at;

/// What the items have become so far.
pub(crate) struct Gathered<'a> {
    run: &'a NodeRun,
    items: ItemsBuilder,
    /// What every item is linked to, where it is not the one that it was made for.
    link: Option<Link>,
}

impl<'a> Gathered<'a> {
    pub(crate) fn new(run: &'a NodeRun) -> Self {
        Self {
            run,
            items: ItemsBuilder::with_capacity(run.items().len()),
            link: None,
        }
    }

    /// For work that was done once for all items.
    pub(crate) fn linked_to_all(run: &'a NodeRun) -> Self {
        Self {
            link: Some(Link::to_first(run.items().len())),
            ..Self::new(run)
        }
    }

    /// Adds what came of one item; a failure is told with the item's place.
    ///
    /// # Errors
    /// The failure, if the node does not go on after one.
    pub(crate) fn add(
        &mut self,
        item: usize,
        made: Result<impl IntoIterator<Item = Item>, ErrorInfo>,
    ) -> Result<(), ErrorInfo> {
        let run = self.run;
        self.push(item, made.map_err(|error| at(run, item, error)))
    }

    /// As [`Gathered::add`], for failures that say their place themselves.
    ///
    /// # Errors
    /// The failure, if the node does not go on after one.
    pub(crate) fn push(
        &mut self,
        item: usize,
        made: Result<impl IntoIterator<Item = Item>, ErrorInfo>,
    ) -> Result<(), ErrorInfo> {
        let link = self.link.clone().unwrap_or_else(|| Link::to(item));
        match made {
            Ok(made) => {
                for one in made {
                    self.items.push(one, link.clone());
                }
            }
            Err(error) if self.run.node.continue_on_fail => {
                self.items.push(Item::from_error(error), link);
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    pub(crate) fn items(self) -> Items {
        self.items.build()
    }

    pub(crate) fn outcome(self) -> Outcome {
        Outcome::of(self.items())
    }
}

/// Makes items of each item of the first input.
pub(crate) fn each_item<M: IntoIterator<Item = Item>>(
    run: &NodeRun,
    mut make: impl FnMut(usize, &Item) -> Result<M, ErrorInfo>,
) -> Step {
    let mut gathered = Gathered::new(run);
    for (i, item) in run.input(0).iter().enumerate() {
        if let Err(error) = gathered.push(i, make(i, item)) {
            return Step::Done(Err(error));
        }
    }
    Step::Done(Ok(gathered.outcome()))
}
