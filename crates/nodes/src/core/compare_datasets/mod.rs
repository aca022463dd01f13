//! Compare Datasets: pairs the items of two inputs by key fields and says which are the same, which differ, and which are
//! in one input alone.

mod definition;
mod difference;

use itemflow_model::definition::NodeDefinition;
use itemflow_model::{ErrorInfo, Item, Items, ItemsBuilder, Map};

use crate::core::field::FieldList;
use crate::core::key_fields::{KeyFields, KeyPairs, check_size};
use crate::core::matching::{Equality, Index};
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

use definition::DEFINITION;
use difference::{Comparison, Style};

pub(crate) struct CompareDatasets;

impl NodeType for CompareDatasets {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let version = parameters.version;
        let (resolve, fuzzy) = (
            if version < 2.1 {
                "preferInput2"
            } else {
                "includeBoth"
            },
            if version < 2.0 {
                "options.fuzzyCompare"
            } else {
                "fuzzyCompare"
            },
        );
        Ok(Box::new(Compare {
            on: KeyPairs::compile(parameters)?,
            resolve: parameters.parameter("resolve", resolve),
            fuzzy: parameters.parameter(fuzzy, false),
            prefer_when_mix: parameters.parameter("preferWhenMix", "input1"),
            except_when_mix: FieldList::new(parameters, "exceptWhenMix"),
            skip_fields: FieldList::new(parameters, "options.skipFields"),
            disable_dots: parameters.parameter("options.disableDotNotation", false),
            multiple: parameters.parameter("options.multipleMatches", "first"),
            style: Style {
                old_labels: version < 2.0,
                union_of_keys: version >= 2.1,
                nested_skips: version >= 2.1,
            },
            zero_is_empty: version >= 2.0,
            fields_must_exist: version < 2.2,
        }))
    }
}

struct Compare {
    on: KeyPairs,
    resolve: Parameter,
    fuzzy: Parameter,
    prefer_when_mix: Parameter,
    except_when_mix: FieldList,
    skip_fields: FieldList,
    disable_dots: Parameter,
    multiple: Parameter,
    style: Style,
    /// Fuzzily compared, zero is the same as null.
    zero_is_empty: bool,
    /// A key field that no item of its input has is an error.
    fields_must_exist: bool,
}

/// What comes out of two items that differ.
enum Resolve {
    /// The item of this input.
    Prefer(usize),
    /// The item of this input, with some fields of the other.
    Mix(usize),
    /// What is the same and what differs.
    Both,
}

/// The items that come out, kind by kind.
#[derive(Default)]
struct Sorted {
    only_first: ItemsBuilder,
    same: ItemsBuilder,
    different: ItemsBuilder,
    only_second: ItemsBuilder,
}

impl Node for Compare {
    fn execute(&self, run: &NodeRun) -> Step {
        self.compared(run).into()
    }

    fn outputs(&self) -> usize {
        4
    }
}

impl Compare {
    fn compared(&self, run: &NodeRun) -> Result<Outcome, ErrorInfo> {
        let inputs = [with_data(&run.input(0)), with_data(&run.input(1))];
        let dotted = !run.flag(&self.disable_dots, 0)?;
        let keys = self.on.at(run, dotted)?;
        if self.fields_must_exist {
            for (side, label) in ["A", "B"].into_iter().enumerate() {
                if !inputs[side].is_empty() {
                    keys.must_exist(run, side, &inputs[side], label)?;
                }
            }
        }
        let equality = if run.flag(&self.fuzzy, 0)? {
            Equality::Fuzzy {
                zero_is_empty: self.zero_is_empty,
            }
        } else {
            Equality::Exact
        };
        let comparison = Comparison {
            equality,
            skipped: self.skip_fields.at(run, 0)?,
            dotted,
            style: self.style,
        };
        let sorted = self.sort(run, &keys, &comparison, &inputs)?;
        Ok(Outcome::of_outputs([
            sorted.only_first.build(),
            sorted.same.build(),
            sorted.different.build(),
            sorted.only_second.build(),
        ]))
    }

    fn sort(
        &self,
        run: &NodeRun,
        keys: &KeyFields,
        comparison: &Comparison,
        [first, second]: &[Items; 2],
    ) -> Result<Sorted, ErrorInfo> {
        let resolve = self.resolve(run)?;
        let only_first_match = &*run.text(&self.multiple, 0)? != "all";
        let rows = second.iter().map(|item| keys.of_second(item));
        let index = Index::new(rows, comparison.equality);
        let mut sorted = Sorted::default();
        let mut matched = vec![false; second.len()];
        let mut pairs = 0;
        for (i, item) in first.iter().enumerate() {
            let found = index.find(&keys.of_first(item));
            let groups = found.iter().map(|group| &index.groups()[*group].rows);
            let partners: Vec<usize> = if only_first_match {
                let first_rows = groups.filter_map(|rows| rows.first());
                first_rows.min().copied().into_iter().collect()
            } else {
                pairs += groups.clone().map(Vec::len).sum::<usize>();
                check_size(run, pairs)?;
                let mut rows: Vec<usize> = groups.flatten().copied().collect();
                rows.sort_unstable();
                rows
            };
            if partners.is_empty() {
                sorted.only_first.push(item.clone(), first.link(i));
                continue;
            }
            let mut is_same = false;
            for j in partners {
                matched[j] = true;
                let Some(partner) = second.get(j) else {
                    continue;
                };
                let (link, other) = (first.link(i), second.link(j));
                if !comparison.are_same(&item.json, &partner.json) {
                    let (result, link) = match resolve {
                        Resolve::Prefer(0) => (item.clone(), link),
                        Resolve::Prefer(_) => (partner.clone(), other),
                        Resolve::Mix(0) => (
                            self.mixed(run, item, partner, comparison.dotted)?,
                            link.join(&other),
                        ),
                        Resolve::Mix(_) => (
                            self.mixed(run, partner, item, comparison.dotted)?,
                            link.join(&other),
                        ),
                        Resolve::Both => {
                            let json = comparison.difference(keys, &item.json, &partner.json);
                            (Item::new(json), link.join(&other))
                        }
                    };
                    sorted.different.push(result, link);
                } else if !is_same {
                    is_same = true;
                    let of_second = matches!(resolve, Resolve::Prefer(1))
                        && comparison.equality != Equality::Exact;
                    let (item, link) = if of_second {
                        (partner, other)
                    } else {
                        (item, link)
                    };
                    sorted.same.push(item.clone(), link);
                }
            }
        }
        for (j, item) in second.iter().enumerate().filter(|(j, _)| !matched[*j]) {
            sorted.only_second.push(item.clone(), second.link(j));
        }
        Ok(sorted)
    }

    fn resolve(&self, run: &NodeRun) -> Result<Resolve, ErrorInfo> {
        let name = run.text(&self.resolve, 0)?;
        Ok(match &*name {
            "preferInput1" => Resolve::Prefer(0),
            "preferInput2" => Resolve::Prefer(1),
            "includeBoth" => Resolve::Both,
            "mix" => {
                let prefers_second = &*run.text(&self.prefer_when_mix, 0)? == "input2";
                Resolve::Mix(usize::from(prefers_second))
            }
            other => {
                return Err(run.error(
                    format!(
                        "`resolve` must be `preferInput1`, `preferInput2`, `mix` or `includeBoth`, not `{other}`"
                    ),
                    None,
                    Some("resolve"),
                ));
            }
        })
    }

    /// The preferred item with the excepted fields of the other.
    fn mixed(
        &self,
        run: &NodeRun,
        preferred: &Item,
        other: &Item,
        dotted: bool,
    ) -> Result<Item, ErrorInfo> {
        let mut mixed = preferred.clone();
        for field in self.except_when_mix.at(run, 0)?.iter() {
            let value = field.value(&other.json, dotted).cloned();
            field.set(&mut mixed.json, value.unwrap_or_default(), dotted);
        }
        Ok(mixed)
    }
}

/// The items that have fields.
fn with_data(items: &Items) -> Items {
    let is_empty = |item: &Item| item.json.as_object().is_some_and(Map::is_empty);
    if !items.iter().any(is_empty) {
        return items.clone();
    }
    items
        .iter()
        .enumerate()
        .filter(|(_, item)| !is_empty(item))
        .map(|(i, item)| (item.clone(), items.link(i)))
        .collect()
}

#[cfg(test)]
mod tests;
