//! Item Lists: the older node that is Split Out, Aggregate, Remove Duplicates, Sort, Limit and Summarize in one. What it
//! does is theirs; this file knows how strict each version of it was.

mod definition;

use itemflow_model::definition::NodeDefinition;

use crate::core::aggregate::{self, Links};
use crate::core::limit::Limit;
use crate::core::remove_duplicates::within_input::{self, Types};
use crate::core::sort::Sort;
use crate::core::split_out;
use crate::core::summarize::{self, MissingField};
use crate::node::{Node, NodeProblem, NodeType};
use crate::parameters::{Parameters, pointer};

use definition::DEFINITION;

pub(crate) struct ItemLists;

impl NodeType for ItemLists {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let operation = parameters
            .choice("operation", "splitOutItems")
            .map_err(|problem| vec![problem])?;
        let version = parameters.version;
        match &*operation {
            "splitOutItems" => split_out::compile(parameters, split_out_rules(version)),
            "aggregateItems" | "concatenateItems" => {
                aggregate::compile(parameters, aggregate_rules(version))
            }
            "removeDuplicates" => {
                let types = if version < 3.1 { Types::One } else { Types::Any };
                within_input::compile(parameters, types)
            }
            "sort" => Sort.compile(parameters),
            "limit" => Limit.compile(parameters),
            "summarize" => summarize::compile(parameters, summarize_rules(version)),
            other => Err(vec![
                NodeProblem::error(
                    "unknown-option",
                    pointer("operation"),
                    format!("Item Lists has no operation `{other}`"),
                )
                .help(
                    "use splitOutItems, concatenateItems (aggregateItems before version 3), removeDuplicates, sort, \
                     limit or summarize",
                ),
            ]),
        }
    }

    fn strict_versions(&self) -> bool {
        true
    }
}

fn split_out_rules(version: f64) -> split_out::Rules {
    split_out::Rules {
        one_field: version < 2.0,
        missing_fails: version < 2.1,
        objects_fail: version < 2.0,
        scalars_fail: version < 2.2,
        null_is_empty_item: version < 2.0,
    }
}

fn aggregate_rules(version: f64) -> aggregate::Rules {
    aggregate::Rules {
        missing_fails: version < 2.1,
        links: if version < 2.0 {
            Links::Unset
        } else {
            Links::Gathered
        },
    }
}

fn summarize_rules(version: f64) -> summarize::Rules {
    summarize::Rules {
        plain_names: version >= 2.0,
        missing_field: if version < 2.1 {
            MissingField::Fails
        } else {
            MissingField::Hint
        },
        extremes_of_numbers: version < 3.0,
        keeps_types: false,
        integers_first: true,
    }
}

#[cfg(test)]
mod tests;
