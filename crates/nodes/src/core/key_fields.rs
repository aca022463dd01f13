//! The fields by which items of two inputs are matched, and how many items their matches may make.

use itemflow_model::{ErrorInfo, Item, Items};

use super::field::{Field, FieldName};
use super::matching::Keys;
use crate::node::NodeProblem;
use crate::parameters::{Parameter, Parameters, pointer};
use crate::run::NodeRun;

/// Combining never makes more items than this, unless its inputs already have more.
const MAX_ITEMS: usize = 1_000_000;

/// The pairs of fields that a node names in `mergeByFields`, one field of each input.
pub(crate) struct KeyPairs(Vec<(FieldName, FieldName)>);

/// The fields of one run.
pub(crate) struct KeyFields {
    pub(crate) first: Vec<Field>,
    pub(crate) second: Vec<Field>,
    /// Whether dots lead into objects.
    pub(crate) dotted: bool,
}

impl KeyPairs {
    pub(crate) fn compile(parameters: &Parameters) -> Result<Self, Vec<NodeProblem>> {
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
        Ok(Self(pairs))
    }

    pub(crate) fn at(&self, run: &NodeRun, dotted: bool) -> Result<KeyFields, ErrorInfo> {
        let (mut first, mut second) = (Vec::new(), Vec::new());
        for (a, b) in &self.0 {
            first.push(a.at(run, 0)?);
            second.push(b.at(run, 0)?);
        }
        KeyFields {
            first,
            second,
            dotted,
        }
        .checked(run)
    }
}

impl KeyFields {
    /// The same, when there are fields and each has a name.
    pub(crate) fn checked(self, run: &NodeRun) -> Result<Self, ErrorInfo> {
        let mut names = self.first.iter().chain(&self.second).map(Field::name);
        if self.first.is_empty() || names.any(|name| name.is_empty()) {
            return Err(run.error("there is no field to match on", None, None));
        }
        Ok(self)
    }

    /// The fields of an item of the first input.
    pub(crate) fn of_first<'a>(&self, item: &'a Item) -> Keys<'a> {
        keys(&self.first, item, self.dotted)
    }

    /// The fields of an item of the second input.
    pub(crate) fn of_second<'a>(&self, item: &'a Item) -> Keys<'a> {
        keys(&self.second, item, self.dotted)
    }

    /// An error for a field that no item of an input has; `side` 0 is the first, `label` its name.
    pub(crate) fn must_exist(
        &self,
        run: &NodeRun,
        side: usize,
        items: &Items,
        label: &str,
    ) -> Result<(), ErrorInfo> {
        let fields = if side == 0 { &self.first } else { &self.second };
        let missing = fields.iter().find(|field| {
            !items
                .iter()
                .any(|item| field.value(&item.json, self.dotted).is_some())
        });
        match missing {
            None => Ok(()),
            Some(field) => Err(run.error(
                format!("no item of input {label} has the field `{}`", field.name()),
                None,
                Some("mergeByFields"),
            )),
        }
    }
}

fn keys<'a>(fields: &[Field], item: &'a Item, dotted: bool) -> Keys<'a> {
    fields
        .iter()
        .map(|field| field.value(&item.json, dotted))
        .collect()
}

/// What is said when a parameter names no field to match on.
pub(crate) fn no_field(path: &str) -> Vec<NodeProblem> {
    vec![
        NodeProblem::error(
            "missing-parameter",
            pointer(path),
            "there is no field to match on",
        )
        .help(format!("name the fields that must be equal in `{path}`")),
    ]
}

/// Refuses to make a list that would fill the memory.
pub(crate) fn check_size(run: &NodeRun, items: usize) -> Result<(), ErrorInfo> {
    let inputs: usize = run.inputs.iter().flatten().map(Items::len).sum();
    if items <= MAX_ITEMS.max(inputs) {
        return Ok(());
    }
    Err(run.error(
        format!(
            "this makes more than {MAX_ITEMS} items: match on more fields, keep the first match only, or combine fewer \
             items"
        ),
        None,
        None,
    ))
}
