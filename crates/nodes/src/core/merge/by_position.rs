//! Combine by position: the first items of all inputs become one, then the second ones; and combine all: every item of
//! one input with every item of the other.

use itemflow_model::{ErrorInfo, Item, Items, ItemsBuilder, Link};

use super::clash::{Clash, ClashParameters, Resolve, suffixed};
use super::{concatenated, linked};
use crate::core::key_fields::check_size;
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

/// The parameters of combine by position.
pub(super) struct ByPosition {
    clash: ClashParameters,
    include_unpaired: Parameter,
    /// Version 2: with an empty side, the items of the other pass.
    empty_side_passes: bool,
}

impl ByPosition {
    pub(super) fn new(parameters: &Parameters) -> Self {
        let old = parameters.version < 3.0;
        Self {
            clash: ClashParameters::new(parameters, if old { "" } else { "addSuffix" }),
            include_unpaired: parameters.parameter("options.includeUnpaired", false),
            empty_side_passes: old,
        }
    }

    pub(super) fn run(&self, run: &NodeRun, inputs: &[Items]) -> Result<Items, ErrorInfo> {
        if self.empty_side_passes && inputs.iter().any(Items::is_empty) {
            return Ok(concatenated(inputs));
        }
        let clash = self.clash.at(run)?;
        let lengths = inputs.iter().map(Items::len);
        let count = if run.flag(&self.include_unpaired, 0)? {
            lengths.max()
        } else {
            lengths.min()
        };
        let mut output = ItemsBuilder::default();
        for at in 0..count.unwrap_or(0) {
            let (item, link) = merge_row(clash, inputs, at);
            output.push(item, link);
        }
        Ok(output.build())
    }
}

/// The items at one position of all inputs as one. The preferred input's values are laid over the others' last.
fn merge_row(clash: Clash, inputs: &[Items], at: usize) -> (Item, Link) {
    let preferred = match clash.resolve {
        Resolve::Input(input) => input.min(inputs.len().saturating_sub(1)),
        _ => inputs.len().saturating_sub(1),
    };
    let others = (0..inputs.len()).filter(|input| *input != preferred);
    let mut merged: Option<Item> = None;
    for input in others.chain([preferred]) {
        let Some(item) = inputs.get(input).and_then(|items| items.get(at)) else {
            continue;
        };
        let item = match clash.resolve {
            Resolve::Suffix => suffixed(item, input + 1),
            _ => item.clone(),
        };
        merged = Some(match merged {
            None => item,
            Some(base) => clash.lay_over(&base, &item),
        });
    }
    let link = inputs
        .iter()
        .fold(Link::None, |link, items| link.join(&items.link(at)));
    (merged.unwrap_or_default(), link)
}

/// Every item of the first input with every item of the second.
pub(super) fn combine_all(
    run: &NodeRun,
    clash: &ClashParameters,
    inputs: &[Items],
) -> Result<Items, ErrorInfo> {
    let clash = clash.at(run)?;
    let [first, second] = inputs else {
        return Ok(Items::default());
    };
    check_size(run, first.len().saturating_mul(second.len()))?;
    let (outer, inner) = if clash.resolve == Resolve::Input(0) {
        (second, first)
    } else {
        (first, second)
    };
    let suffix = |items: &Items, number: usize| -> Vec<(Item, Link)> {
        linked(items)
            .map(|(item, link)| match clash.resolve {
                Resolve::Suffix => (suffixed(item, number), link),
                _ => (item.clone(), link),
            })
            .collect()
    };
    let inner = suffix(inner, 2);
    let mut output = ItemsBuilder::with_capacity(outer.len() * inner.len());
    for (base, base_link) in suffix(outer, 1) {
        for (top, top_link) in &inner {
            output.push(clash.lay_over(&base, top), base_link.join(top_link));
        }
    }
    Ok(output.build())
}
