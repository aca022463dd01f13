//! Combine by fields: joins the items of two inputs whose key fields are equal.

use itemflow_model::{ErrorInfo, Item, Items, ItemsBuilder, Value};

use super::clash::{Clash, ClashParameters, Resolve, suffixed};
use super::linked;
use crate::core::field::FieldList;
use crate::core::key_fields::{KeyFields, KeyPairs, check_size, no_field};
use crate::core::matching::{Equality, Index};
use crate::node::NodeProblem;
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

/// The parameters of this mode.
pub(super) struct ByFields {
    on: MatchOn,
    join: Parameter,
    output_from: Parameter,
    clash: ClashParameters,
    fuzzy: Parameter,
    disable_dots: Parameter,
    multiple: Parameter,
    /// Version 2 fails when no item of an input has a key field.
    fields_must_exist: bool,
}

/// The key fields.
enum MatchOn {
    /// Named alike on both sides.
    Same(FieldList),
    /// A name for each side.
    Pairs(KeyPairs),
}

/// What comes out: `joinMode` and `outputDataFrom` together.
struct Join {
    /// Every matching pair as one item.
    merged: bool,
    /// Of each input the items that match, those that do not, or none.
    rows: [Option<bool>; 2],
    /// Unmatched items say which input they come from.
    mark_source: bool,
    /// Input 1 wins clashes unless the options say otherwise.
    prefer_first: bool,
}

/// Which items of the two inputs match.
struct Matches {
    /// Rows of both inputs, in the order of the first; only where they are needed.
    pairs: Vec<(usize, usize)>,
    /// Whether each item of each input has a match.
    matched: [Vec<bool>; 2],
}

impl ByFields {
    pub(super) fn new(parameters: &Parameters) -> Result<Self, Vec<NodeProblem>> {
        let advanced = parameters.version < 3.0
            || matches!(
                parameters
                    .find("advanced")
                    .as_ref()
                    .and_then(|t| t.as_literal()),
                Some(Value::Bool(true))
            );
        Ok(Self {
            on: if advanced {
                MatchOn::Pairs(KeyPairs::compile(parameters)?)
            } else {
                same(parameters)?
            },
            join: parameters.parameter("joinMode", "keepMatches"),
            output_from: parameters.parameter("outputDataFrom", "both"),
            clash: ClashParameters::new(
                parameters,
                if parameters.version < 3.0 {
                    ""
                } else {
                    "preferLast"
                },
            ),
            fuzzy: parameters.parameter("options.fuzzyCompare", false),
            disable_dots: parameters.parameter("options.disableDotNotation", false),
            multiple: parameters.parameter("options.multipleMatches", "all"),
            fields_must_exist: parameters.version == 2.0,
        })
    }

    pub(super) fn run(&self, run: &NodeRun) -> Result<Items, ErrorInfo> {
        let inputs = [run.input(0), run.input(1)];
        let fields = self.key_fields(run)?;
        let join = Join::new(&run.text(&self.join, 0)?, &run.text(&self.output_from, 0)?);
        if self.fields_must_exist {
            fields.must_exist(run, 0, &inputs[0], "1")?;
            fields.must_exist(run, 1, &inputs[1], "2")?;
        }
        if let Some(empty) = inputs.iter().position(Items::is_empty) {
            let other = 1 - empty;
            let passes = join.rows[other] == Some(false);
            return Ok(if passes {
                inputs[other].clone()
            } else {
                Items::default()
            });
        }
        let clash = self.clash.at(run)?;
        let matches = self.matches(run, &fields, &inputs, join.merged)?;
        let mut output = ItemsBuilder::default();
        if join.merged {
            for &(i, j) in &matches.pairs {
                if let (Some(a), Some(b)) = (inputs[0].get(i), inputs[1].get(j)) {
                    let link = inputs[0].link(i).join(&inputs[1].link(j));
                    output.push(join.merge(clash, a, b), link);
                }
            }
        }
        for (input, items) in inputs.iter().enumerate() {
            let Some(wanted) = join.rows[input] else {
                continue;
            };
            for ((item, link), matched) in linked(items).zip(&matches.matched[input]) {
                if *matched == wanted {
                    output.push(join.unmerged(clash, item, input), link);
                }
            }
        }
        Ok(output.build())
    }

    fn key_fields(&self, run: &NodeRun) -> Result<KeyFields, ErrorInfo> {
        let dotted = !run.flag(&self.disable_dots, 0)?;
        match &self.on {
            MatchOn::Pairs(pairs) => pairs.at(run, dotted),
            MatchOn::Same(list) => {
                let first = list.at(run, 0)?.to_vec();
                KeyFields {
                    second: first.clone(),
                    first,
                    dotted,
                }
                .checked(run)
            }
        }
    }

    fn matches(
        &self,
        run: &NodeRun,
        fields: &KeyFields,
        [first, second]: &[Items; 2],
        with_pairs: bool,
    ) -> Result<Matches, ErrorInfo> {
        let equality = if run.flag(&self.fuzzy, 0)? {
            Equality::Fuzzy {
                zero_is_empty: true,
            }
        } else {
            Equality::Exact
        };
        let only_first = &*run.text(&self.multiple, 0)? == "first";
        let index = Index::new(second.iter().map(|item| fields.of_second(item)), equality);
        let mut matches = Matches {
            pairs: Vec::new(),
            matched: [vec![false; first.len()], vec![false; second.len()]],
        };
        let mut whole_groups = vec![false; index.groups().len()];
        for (i, item) in first.iter().enumerate() {
            let found = index.find(&fields.of_first(item));
            matches.matched[0][i] = !found.is_empty();
            if only_first {
                let rows = found
                    .iter()
                    .filter_map(|group| index.groups()[*group].rows.first());
                if let Some(&row) = rows.min() {
                    matches.matched[1][row] = true;
                    matches.pairs.push((i, row));
                }
                continue;
            }
            for &group in &found {
                whole_groups[group] = true;
            }
            if with_pairs {
                let start = matches.pairs.len();
                for &group in &found {
                    let rows = &index.groups()[group].rows;
                    check_size(run, matches.pairs.len() + rows.len())?;
                    matches.pairs.extend(rows.iter().map(|&row| (i, row)));
                }
                if found.len() > 1 {
                    matches.pairs[start..].sort_unstable();
                }
            }
        }
        for (group, _) in index
            .groups()
            .iter()
            .zip(whole_groups)
            .filter(|(_, whole)| *whole)
        {
            for &row in &group.rows {
                matches.matched[1][row] = true;
            }
        }
        Ok(matches)
    }
}

impl Join {
    fn new(join: &str, output_from: &str) -> Self {
        let (merged, rows) = match (join, output_from) {
            ("keepMatches", "input1") => (false, [Some(true), None]),
            ("keepMatches", "input2") => (false, [None, Some(true)]),
            ("keepNonMatches", "input1") => (false, [Some(false), None]),
            ("keepNonMatches", "input2") => (false, [None, Some(false)]),
            ("keepNonMatches", _) => (false, [Some(false), Some(false)]),
            ("keepEverything", _) => (true, [Some(false), Some(false)]),
            ("enrichInput1", _) => (true, [Some(false), None]),
            ("enrichInput2", _) => (true, [None, Some(false)]),
            _ => (true, [None, None]),
        };
        Self {
            merged,
            rows,
            mark_source: !merged && rows == [Some(false), Some(false)],
            prefer_first: join == "enrichInput2",
        }
    }

    /// A matching pair as one item.
    fn merge(&self, clash: Clash, first: &Item, second: &Item) -> Item {
        let prefer_first = match clash.resolve {
            Resolve::Suffix => return clash.lay_over(&suffixed(first, 1), &suffixed(second, 2)),
            Resolve::Unset => self.prefer_first,
            resolve => resolve == Resolve::Input(0),
        };
        if prefer_first {
            clash.lay_over(second, first)
        } else {
            clash.lay_over(first, second)
        }
    }

    /// An item of one input alone.
    fn unmerged(&self, clash: Clash, item: &Item, input: usize) -> Item {
        if self.merged && clash.resolve == Resolve::Suffix {
            return suffixed(item, input + 1);
        }
        let mut item = item.clone();
        if self.mark_source {
            let source = format!("input{}", input + 1);
            item.json
                .make_object()
                .insert("_source".into(), source.into());
        }
        item
    }
}

fn same(parameters: &Parameters) -> Result<MatchOn, Vec<NodeProblem>> {
    let list = FieldList::new(parameters, "fieldsToMatchString");
    if list.is_empty() {
        return Err(no_field("fieldsToMatchString"));
    }
    Ok(MatchOn::Same(list))
}
