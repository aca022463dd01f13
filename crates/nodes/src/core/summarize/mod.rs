//! Summarize: counts, adds up and gathers fields over all items, or over groups of them.

mod aggregation;
mod definition;
mod groups;

use std::sync::Arc;

use itemflow_model::definition::NodeDefinition;
use itemflow_model::{ErrorInfo, Item, Items, ItemsBuilder, Link, Map, Value};

use crate::core::field::{Field, FieldList};
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

use aggregation::{Aggregation, AggregationParameters};
use definition::DEFINITION;
use groups::{Group, grouped};

/// Fields that items may be grouped by; as many levels has the single item.
const MAX_SPLIT_FIELDS: usize = 50;

pub(crate) struct Summarize;

impl NodeType for Summarize {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let first = parameters.version < 1.1;
        compile(
            parameters,
            Rules {
                plain_names: true,
                missing_field: if first {
                    MissingField::FailsUnlessAllowed
                } else {
                    MissingField::Hint
                },
                extremes_of_numbers: false,
                keeps_types: !first,
                integers_first: false,
            },
        )
    }
}

/// Makes the node for rules of one version.
pub(crate) fn compile(
    parameters: &Parameters,
    rules: Rules,
) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
    Ok(Box::new(Summary {
        aggregations: AggregationParameters::all(parameters)?,
        split_by: FieldList::new(parameters, "fieldsToSplitBy"),
        disable_dots: parameters.parameter("options.disableDotNotation", false),
        output_format: parameters.parameter("options.outputFormat", "separateItems"),
        skip_empty: parameters.parameter("options.skipEmptySplitFields", false),
        continue_if_missing: parameters.parameter("options.continueIfFieldNotFound", false),
        rules,
    }))
}

/// What differs between versions, and between this node and Item Lists.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// Names of the result have `_` for dots and spaces, and neither brackets nor quotes.
    pub(crate) plain_names: bool,
    /// What happens when no item has a field.
    pub(crate) missing_field: MissingField,
    /// `min` and `max` look at numbers alone.
    pub(crate) extremes_of_numbers: bool,
    /// Numbers, flags and null that items are grouped by stay what they are; otherwise they become text.
    pub(crate) keeps_types: bool,
    /// Groups named by whole numbers come first, the smallest before the others.
    pub(crate) integers_first: bool,
}

/// What happens when no item has a field that is to be summarized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MissingField {
    Fails,
    /// It fails unless `continueIfFieldNotFound` is set.
    FailsUnlessAllowed,
    Hint,
}

struct Summary {
    aggregations: Vec<AggregationParameters>,
    split_by: FieldList,
    disable_dots: Parameter,
    output_format: Parameter,
    skip_empty: Parameter,
    continue_if_missing: Parameter,
    rules: Rules,
}

impl Node for Summary {
    fn execute(&self, run: &NodeRun) -> Step {
        self.summarized(run).into()
    }
}

impl Summary {
    fn summarized(&self, run: &NodeRun) -> Result<Outcome, ErrorInfo> {
        let items = run.input(0);
        let dotted = !run.flag(&self.disable_dots, 0)?;
        let aggregations = self
            .aggregations
            .iter()
            .map(|parameters| parameters.at(run, self.rules))
            .collect::<Result<Vec<_>, _>>()?;
        let split_by = self.split_by.at(run, 0)?;
        if split_by.len() > MAX_SPLIT_FIELDS {
            return Err(run.error(
                format!("`fieldsToSplitBy` may name at most {MAX_SPLIT_FIELDS} fields"),
                None,
                Some("fieldsToSplitBy"),
            ));
        }
        let single = &*run.text(&self.output_format, 0)? == "singleItem";
        let hints = self.check_fields(run, &items, &aggregations, dotted)?;
        let by = groups::By {
            fields: &split_by,
            dotted,
            skip_empty: run.flag(&self.skip_empty, 0)?,
            as_text: single || !self.rules.keeps_types,
            integers_first: self.rules.integers_first,
        };
        let groups = grouped(&items, &by);
        let summarize = |group: &Group| -> Map {
            let rows: Vec<&Value> = group
                .rows
                .iter()
                .filter_map(|&row| Some(&items.get(row)?.json))
                .collect();
            aggregations
                .iter()
                .map(|aggregation| (aggregation.output.clone(), aggregation.over(&rows, dotted)))
                .collect()
        };
        let output = if single {
            in_one_item(&groups, summarize)
        } else {
            in_items(&groups, &self.names(&split_by), summarize)
        };
        let mut outcome = Outcome::of(output);
        outcome.hints = hints;
        Ok(outcome)
    }

    /// An error, or a hint, for each field that no item has.
    fn check_fields(
        &self,
        run: &NodeRun,
        items: &Items,
        aggregations: &[Aggregation],
        dotted: bool,
    ) -> Result<Vec<String>, ErrorInfo> {
        let fails = match self.rules.missing_field {
            MissingField::Fails => true,
            MissingField::FailsUnlessAllowed => !run.flag(&self.continue_if_missing, 0)?,
            MissingField::Hint => false,
        };
        let mut hints = Vec::new();
        for Aggregation { field, .. } in aggregations {
            if items
                .iter()
                .any(|item| field.value(&item.json, dotted).is_some())
            {
                continue;
            }
            let message = format!("no input item has the field `{}`", field.name());
            if fails {
                return Err(run.error(message, None, Some("fieldsToSummarize.values.field")));
            }
            if !hints.contains(&message) {
                hints.push(message);
            }
        }
        Ok(hints)
    }

    /// The names under which the values stand by which items were grouped.
    fn names(&self, fields: &[Field]) -> Vec<Arc<str>> {
        fields
            .iter()
            .map(|field| self.rules.output_name(field.name()))
            .collect()
    }
}

impl Rules {
    fn output_name(self, name: &str) -> Arc<str> {
        if !self.plain_names {
            return name.into();
        }
        name.chars()
            .filter(|c| !matches!(c, '[' | ']' | '"'))
            .map(|c| if matches!(c, '.' | ' ') { '_' } else { c })
            .collect::<String>()
            .into()
    }
}

/// An item for each group.
fn in_items(groups: &[Group], names: &[Arc<str>], summarize: impl Fn(&Group) -> Map) -> Items {
    let mut output = ItemsBuilder::with_capacity(groups.len());
    for group in groups {
        let keys = names.iter().zip(&group.keys);
        let mut json: Map = keys
            .filter_map(|(name, key)| Some((name.clone(), key.clone()?)))
            .collect();
        json.extend(summarize(group));
        output.push(Item::new(json), Link::all(group.rows.iter().copied()));
    }
    output.build()
}

/// One item with an object for each value of the first field, in it one for each value of the second, and so on.
fn in_one_item(groups: &[Group], summarize: impl Fn(&Group) -> Map) -> Items {
    let mut json = Value::empty_object();
    for group in groups {
        let mut at = &mut json;
        for key in group.keys.iter().flatten() {
            let name = key.as_str().unwrap_or_default();
            at = at.make_object().entry(name.into()).or_default();
        }
        at.make_object().extend(summarize(group));
    }
    let mut rows: Vec<usize> = groups
        .iter()
        .flat_map(|group| &group.rows)
        .copied()
        .collect();
    rows.sort_unstable();
    [(Item::new(json), Link::all(rows))].into_iter().collect()
}

#[cfg(test)]
mod tests;
