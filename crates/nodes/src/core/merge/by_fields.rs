//! Combine by fields: joins the items of two inputs whose key fields are equal.

use itemflow_model::{ErrorInfo, Item, Items, ItemsBuilder, Value};

use super::clash::{Clash, ClashParameters, Resolve, suffixed};
use super::{check_size, linked};
use crate::core::field::{Field, FieldList, FieldName};
use crate::core::matching::{Equality, Index, Keys};
use crate::node::NodeProblem;
use crate::parameters::{Parameter, Parameters, pointer};
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
    Pairs(Vec<(FieldName, FieldName)>),
}

/// The key fields of each side, at hand.
struct KeyFields {
    first: Vec<Field>,
    second: Vec<Field>,
    dotted: bool,
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
                pairs(parameters)?
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
            fields.must_exist(run, &inputs)?;
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
        let (mut first, mut second) = (Vec::new(), Vec::new());
        match &self.on {
            MatchOn::Same(list) => {
                first = list.at(run, 0)?.to_vec();
                second.clone_from(&first);
            }
            MatchOn::Pairs(pairs) => {
                for (a, b) in pairs {
                    first.push(a.at(run, 0)?);
                    second.push(b.at(run, 0)?);
                }
            }
        }
        if first.is_empty() || first.iter().chain(&second).any(|f| f.name().is_empty()) {
            return Err(run.error("there is no field to match on", None, None));
        }
        Ok(KeyFields {
            first,
            second,
            dotted,
        })
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
        let index = Index::new(
            second
                .iter()
                .map(|item| keys(&fields.second, item, fields.dotted)),
            equality,
        );
        let mut matches = Matches {
            pairs: Vec::new(),
            matched: [vec![false; first.len()], vec![false; second.len()]],
        };
        let mut whole_groups = vec![false; index.groups().len()];
        for (i, item) in first.iter().enumerate() {
            let found = index.find(&keys(&fields.first, item, fields.dotted));
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

impl KeyFields {
    fn must_exist(&self, run: &NodeRun, inputs: &[Items; 2]) -> Result<(), ErrorInfo> {
        for (fields, items, input) in [(&self.first, &inputs[0], 1), (&self.second, &inputs[1], 2)]
        {
            for field in fields {
                let exists = items
                    .iter()
                    .any(|item| field.value(&item.json, self.dotted).is_some());
                if !exists {
                    let name = field.name();
                    return Err(run.error(
                        format!("no item of input {input} has the field `{name}`"),
                        None,
                        Some("mergeByFields"),
                    ));
                }
            }
        }
        Ok(())
    }
}

fn keys<'a>(fields: &[Field], item: &'a Item, dotted: bool) -> Keys<'a> {
    fields
        .iter()
        .map(|field| field.value(&item.json, dotted))
        .collect()
}

fn same(parameters: &Parameters) -> Result<MatchOn, Vec<NodeProblem>> {
    let list = FieldList::new(parameters, "fieldsToMatchString");
    if list.is_empty() {
        return Err(no_field("fieldsToMatchString"));
    }
    Ok(MatchOn::Same(list))
}

fn pairs(parameters: &Parameters) -> Result<MatchOn, Vec<NodeProblem>> {
    let path = "mergeByFields.values";
    let pairs: Vec<(FieldName, FieldName)> = parameters
        .list(path)
        .iter()
        .map(|pair| {
            let name = |key: &str| {
                FieldName::new(Parameter::inner(format!("{path}.{key}"), pair.get(key), ""))
            };
            (name("field1"), name("field2"))
        })
        .collect();
    if pairs.is_empty() || pairs.iter().any(|(a, b)| a.is_empty() || b.is_empty()) {
        return Err(no_field(path));
    }
    Ok(MatchOn::Pairs(pairs))
}

fn no_field(path: &str) -> Vec<NodeProblem> {
    vec![
        NodeProblem::error(
            "missing-parameter",
            pointer(path),
            "there is no field to match on",
        )
        .help(format!("name the fields that must be equal in `{path}`")),
    ]
}
