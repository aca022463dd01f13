//! Drops items that are equal to an earlier one of the same input, in all fields or some.

use std::sync::Arc;

use indexmap::IndexSet;
use itemflow_model::{ErrorInfo, Item, Items, Path, Value};

use crate::core::field::{Field, FieldList};
use crate::core::matching::{Equality, Index};
use crate::node::{Node, NodeProblem, Outcome, Step};
use crate::parameters::{Parameter, Parameters, pointer};
use crate::run::NodeRun;

/// Which values a field may have in different items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Types {
    /// Values of one JavaScript type, of which null, lists and objects have the same.
    One,
    /// The same, but null goes with every type.
    OneBesideNull,
    Any,
}

/// Makes the node for the rules of one version.
pub(crate) fn compile(
    parameters: &Parameters,
    types: Types,
) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
    let compares = ["allFields", "allFieldsExcept", "selectedFields"];
    let compare = parameters
        .one_of("compare", compares[0], &compares)
        .map_err(|problem| vec![problem])?;
    let fields = |name: &str| {
        let fields = FieldList::new(parameters, name);
        if fields.is_empty() {
            let message = format!("`{name}` names no field");
            let problem = NodeProblem::error("missing-parameter", pointer(name), message);
            return Err(vec![
                problem.help("name a field, or set `compare` to `allFields`"),
            ]);
        }
        Ok(fields)
    };
    let compare = match &*compare {
        "allFields" => Compare::All,
        "allFieldsExcept" => Compare::AllExcept(fields("fieldsToExclude")?),
        _ => Compare::Selected(fields("fieldsToCompare")?),
    };
    Ok(Box::new(Distinct {
        compare,
        disable_dots: parameters.parameter("options.disableDotNotation", false),
        remove_other_fields: parameters.parameter("options.removeOtherFields", false),
        types,
    }))
}

struct Distinct {
    compare: Compare,
    disable_dots: Parameter,
    remove_other_fields: Parameter,
    types: Types,
}

enum Compare {
    All,
    AllExcept(FieldList),
    Selected(FieldList),
}

/// A field that is compared.
enum Key {
    Named(Field),
    /// A place that an item was found to have.
    Found(Path),
}

impl Node for Distinct {
    fn execute(&self, run: &NodeRun) -> Step {
        self.distinct(run).map(Outcome::of).into()
    }
}

impl Distinct {
    fn distinct(&self, run: &NodeRun) -> Result<Items, ErrorInfo> {
        let items = run.input(0);
        let dotted = !run.flag(&self.disable_dots, 0)?;
        let keys = self.keys(run, &items, dotted)?;
        let columns = keys
            .iter()
            .map(|key| self.column(run, &items, key, dotted))
            .collect::<Result<Vec<_>, _>>()?;
        let rows = (0..items.len()).map(|row| columns.iter().map(|column| column[row]).collect());
        let index = Index::new(rows, Equality::Exact);
        let kept = index.groups().iter().filter_map(|group| group.rows.first());
        let picked = match &self.compare {
            Compare::All => None,
            _ if run.flag(&self.remove_other_fields, 0)? => Some(&keys),
            _ => None,
        };
        Ok(kept
            .filter_map(|&row| {
                let item = items.get(row)?;
                let item = picked.map_or_else(|| item.clone(), |keys| only(item, keys, dotted));
                Some((item, items.link(row)))
            })
            .collect())
    }

    /// The fields that make items equal.
    fn keys(&self, run: &NodeRun, items: &Items, dotted: bool) -> Result<Vec<Key>, ErrorInfo> {
        let excluded = match &self.compare {
            Compare::Selected(fields) => {
                let fields = named(run, fields, "fieldsToCompare")?;
                return Ok(fields.iter().cloned().map(Key::Named).collect());
            }
            Compare::AllExcept(fields) => named(run, fields, "fieldsToExclude")?,
            Compare::All => Arc::from([]),
        };
        let mut found = IndexSet::new();
        // as in n8n, what is excluded from is known from the first item, where dots lead into objects
        let count = match self.compare {
            Compare::AllExcept(_) if dotted => 1,
            _ => items.len(),
        };
        for item in items.iter().take(count) {
            places(&item.json, dotted, &mut Vec::new(), &mut found);
        }
        let places = found.into_iter().map(Path::through);
        let kept =
            places.filter(|place| !excluded.iter().any(|field| covers(field, place, dotted)));
        Ok(kept.map(Key::Found).collect())
    }

    /// The values of a field in all items, which must have it and have it of one type.
    fn column<'a>(
        &self,
        run: &NodeRun,
        items: &'a Items,
        key: &Key,
        dotted: bool,
    ) -> Result<Vec<Option<&'a Value>>, ErrorInfo> {
        let mut known: Option<&'static str> = None;
        let mut column = Vec::with_capacity(items.len());
        for (row, item) in items.iter().enumerate() {
            let Some(value) = key.value(&item.json, dotted) else {
                let name = key.name();
                return Err(run.error(
                    format!(
                        "this item has no field `{name}`, which others are compared by: compare selected fields that \
                         all items have, or give the field to every item"
                    ),
                    Some(row),
                    None,
                ));
            };
            column.push(Some(value));
            let exempt =
                self.types == Types::Any || (self.types == Types::OneBesideNull && value.is_null());
            let kind = javascript_type(value);
            if !exempt && *known.get_or_insert(kind) != kind {
                let (name, before) = (key.name(), known.unwrap_or_default());
                return Err(run.error(
                    format!(
                        "the field `{name}` is of type {kind} here and of type {before} before: convert it to one type"
                    ),
                    Some(row),
                    None,
                ));
            }
        }
        Ok(column)
    }
}

impl Key {
    fn value<'a>(&self, json: &'a Value, dotted: bool) -> Option<&'a Value> {
        match self {
            Self::Named(field) => field.value(json, dotted),
            Self::Found(place) => place.get(json),
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Named(field) => field.name().to_string(),
            Self::Found(place) => place.segments().join("."),
        }
    }

    fn set(&self, json: &mut Value, value: Value, dotted: bool) {
        match self {
            Self::Named(field) => field.set(json, value, dotted),
            Self::Found(place) => place.set(json, value),
        }
    }
}

fn named(run: &NodeRun, fields: &FieldList, parameter: &str) -> Result<Arc<[Field]>, ErrorInfo> {
    let fields = fields.at(run, 0)?;
    if fields.is_empty() {
        let message = format!("`{parameter}` names no field");
        return Err(run.error(message, None, Some(parameter)));
    }
    Ok(fields)
}

/// Where the values within an object are; with `dotted` off, where its members are.
fn places(
    value: &Value,
    dotted: bool,
    at: &mut Vec<Arc<str>>,
    found: &mut IndexSet<Vec<Arc<str>>>,
) {
    let enters = dotted || at.is_empty();
    let mut enter = |key: Arc<str>, value: &Value| {
        at.push(key);
        places(value, dotted, at, found);
        at.pop();
    };
    match value {
        Value::Object(members) if enters => {
            for (key, member) in members.iter() {
                enter(key.clone(), member);
            }
        }
        Value::Array(list) if enters => {
            for (i, element) in list.iter().enumerate() {
                enter(i.to_string().into(), element);
            }
        }
        _ if at.is_empty() || found.contains(&**at) => {}
        _ => {
            found.insert(at.clone());
        }
    }
}

/// Whether a field is this place or holds it.
fn covers(field: &Field, place: &Path, dotted: bool) -> bool {
    let segments = place.segments();
    segments.first() == Some(field.name()) || (dotted && segments.starts_with(field.segments()))
}

fn javascript_type(value: &Value) -> &'static str {
    match value {
        Value::Null | Value::Array(_) | Value::Object(_) => "object",
        value => value.kind(),
    }
}

/// The item with these fields alone.
fn only(item: &Item, keys: &[Key], dotted: bool) -> Item {
    let mut json = Value::empty_object();
    for key in keys {
        if let Some(value) = key.value(&item.json, dotted) {
            key.set(&mut json, value.clone(), dotted);
        }
    }
    Item {
        json,
        ..item.clone()
    }
}
