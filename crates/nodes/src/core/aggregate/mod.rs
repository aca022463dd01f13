//! Aggregate: gathers many items into one.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use itemflow_model::{Binaries, ErrorInfo, Item, Items, Link, Map, Value};
use serde_json::json;

use crate::core::field::{Field, FieldList, FieldName, disable_dot_notation};
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameter, Parameters, pointer};
use crate::run::NodeRun;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let flag = Property::flag;
    let field = Property::list("A field to gather.")
        .field(
            "fieldToAggregate",
            Property::of(PropertyType::String, "Name or dotted path of the field."),
        )
        .field(
            "renameField",
            flag("Give the list another name than the field's."),
        )
        .field(
            "outputFieldName",
            Property::of(PropertyType::String, "That other name."),
        );
    let options = Property::of(PropertyType::Collection, "Further settings.")
        .field("disableDotNotation", disable_dot_notation())
        .field(
            "mergeLists",
            flag("Where a field is a list, add its elements rather than the list."),
        )
        .field(
            "keepMissing",
            flag("Put null where an item does not have the field, and keep nulls."),
        )
        .field(
            "includeBinaries",
            flag("Gather the files of the items too."),
        )
        .field(
            "keepOnlyUnique",
            flag("Leave out files of equal type, extension and size."),
        );
    NodeDefinition::new(
        "n8n-nodes-base.aggregate",
        "Aggregate",
        "Gathers the items, or fields of them, into lists in one item.",
    )
    .property(
        "aggregate",
        Property::choice(
            "Whether to gather single fields, each into its own list, or whole items into one list.",
            &["aggregateIndividualFields", "aggregateAllItemData"],
        )
        .default_value("aggregateIndividualFields"),
    )
    .property(
        "fieldsToAggregate",
        Property::of(PropertyType::FixedCollection, "The fields to gather.")
            .field("fieldToAggregate", field),
    )
    .property(
        "destinationFieldName",
        Property::of(PropertyType::String, "Name of the list of whole items.")
            .default_value("data"),
    )
    .property(
        "include",
        Property::choice(
            "Which fields of whole items to keep.",
            &["allFields", "specifiedFields", "allFieldsExcept"],
        )
        .default_value("allFields"),
    )
    .property(
        "fieldsToInclude",
        Property::of(
            PropertyType::String,
            "The fields to keep with `specifiedFields`, separated by commas.",
        ),
    )
    .property(
        "fieldsToExclude",
        Property::of(
            PropertyType::String,
            "The fields to leave out with `allFieldsExcept`, separated by commas.",
        ),
    )
    .property("options", options)
    .example(
        "two fields",
        json!({ "fieldsToAggregate": { "fieldToAggregate": [
            { "fieldToAggregate": "person.name" },
            { "fieldToAggregate": "id", "renameField": true, "outputFieldName": "ids" },
        ] } }),
        json!([[
            { "id": 1, "person": { "name": "Ann" } },
            { "id": 2, "person": { "name": null } },
        ]]),
        json!([[{ "name": ["Ann"], "ids": [1, 2] }]]),
    )
    .example(
        "whole items without a field",
        json!({
            "aggregate": "aggregateAllItemData",
            "destinationFieldName": "people",
            "include": "allFieldsExcept",
            "fieldsToExclude": "secret",
        }),
        json!([[{ "id": 1, "secret": "a" }, { "secret": "b" }]]),
        json!([[{ "people": [{ "id": 1 }] }]]),
    )
});

pub(crate) struct Aggregate;

impl NodeType for Aggregate {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        compile(parameters, Rules::default())
    }
}

/// What Item Lists does differently.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rules {
    /// A field that no item has is an error, unless missing values are kept.
    pub(crate) missing_fails: bool,
    /// Which items the one with the list of whole items is linked to.
    pub(crate) links: Links,
}

/// Which items the one that gathers them is linked to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Links {
    #[default]
    All,
    /// Those of which something is in the list.
    Gathered,
    /// Nothing is said.
    Unset,
}

/// Makes the node for the rules of one version.
pub(crate) fn compile(
    parameters: &Parameters,
    rules: Rules,
) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
    let kinds = ["aggregateIndividualFields", "aggregateAllItemData"];
    let kind = parameters
        .one_of("aggregate", kinds[0], &kinds)
        .map_err(|problem| vec![problem])?;
    let what = match &*kind {
        "aggregateIndividualFields" => individual_fields(parameters)?,
        _ => What::WholeItems(WholeItems {
            destination: parameters.parameter("destinationFieldName", "data"),
            include: parameters.parameter("include", "allFields"),
            fields_to_include: FieldList::new(parameters, "fieldsToInclude"),
            fields_to_exclude: FieldList::new(parameters, "fieldsToExclude"),
        }),
    };
    Ok(Box::new(Gather {
        what,
        include_binaries: parameters.parameter("options.includeBinaries", false),
        keep_only_unique: parameters.parameter("options.keepOnlyUnique", false),
        rules,
    }))
}

fn individual_fields(parameters: &Parameters) -> Result<What, Vec<NodeProblem>> {
    let path = "fieldsToAggregate.fieldToAggregate";
    let fields: Vec<GatheredField> = parameters
        .list(path)
        .iter()
        .map(|entry| {
            let inner = |name: &str, default: Value| {
                Parameter::inner(format!("{path}.{name}"), entry.get(name), default)
            };
            GatheredField {
                name: FieldName::new(inner("fieldToAggregate", "".into())),
                rename: inner("renameField", false.into()),
                output: inner("outputFieldName", "".into()),
            }
        })
        .collect();
    if fields.is_empty() {
        return Err(vec![
            NodeProblem::error(
                "missing-parameter",
                pointer(path),
                "there is no field to aggregate",
            )
            .help(
                "add an entry to `fieldsToAggregate`, or set `aggregate` to `aggregateAllItemData`",
            ),
        ]);
    }
    Ok(What::Fields(IndividualFields {
        fields,
        disable_dots: parameters.parameter("options.disableDotNotation", false),
        merge_lists: parameters.parameter("options.mergeLists", false),
        keep_missing: parameters.parameter("options.keepMissing", false),
    }))
}

struct Gather {
    what: What,
    include_binaries: Parameter,
    keep_only_unique: Parameter,
    rules: Rules,
}

enum What {
    Fields(IndividualFields),
    WholeItems(WholeItems),
}

struct IndividualFields {
    fields: Vec<GatheredField>,
    disable_dots: Parameter,
    merge_lists: Parameter,
    keep_missing: Parameter,
}

struct WholeItems {
    destination: Parameter,
    include: Parameter,
    fields_to_include: FieldList,
    fields_to_exclude: FieldList,
}

struct GatheredField {
    name: FieldName,
    rename: Parameter,
    output: Parameter,
}

impl Node for Gather {
    fn execute(&self, run: &NodeRun) -> Step {
        self.outcome(run).into()
    }
}

impl Gather {
    fn outcome(&self, run: &NodeRun) -> Result<Outcome, ErrorInfo> {
        let items = run.input(0);
        let mut hints = Vec::new();
        let (json, link) = match &self.what {
            What::Fields(fields) => (
                fields.lists(run, &items, self.rules, &mut hints)?,
                Link::all(0..items.len()),
            ),
            What::WholeItems(whole) => whole.list(run, &items, self.rules.links)?,
        };
        let binary = if run.flag(&self.include_binaries, 0)? {
            files(&items, run.flag(&self.keep_only_unique, 0)?)
        } else {
            None
        };
        let item = Item {
            binary,
            ..Item::new(json)
        };
        let mut outcome = Outcome::of([(item, link)].into_iter().collect());
        outcome.hints = hints;
        Ok(outcome)
    }
}

impl IndividualFields {
    /// An object with the list of each field.
    fn lists(
        &self,
        run: &NodeRun,
        items: &Items,
        rules: Rules,
        hints: &mut Vec<String>,
    ) -> Result<Value, ErrorInfo> {
        let dotted = !run.flag(&self.disable_dots, 0)?;
        let merge_lists = run.flag(&self.merge_lists, 0)?;
        let keep_missing = run.flag(&self.keep_missing, 0)?;
        let mut json = Value::empty_object();
        let mut names: HashSet<Arc<str>> = HashSet::new();
        for entry in &self.fields {
            let field = entry.name.at(run, 0)?;
            if field.name().is_empty() {
                continue;
            }
            let output = entry.output(run, &field, dotted)?;
            if !names.insert(output.name().clone()) {
                return Err(run.error(
                    format!("two fields go to `{}`: rename one of them", output.name()),
                    None,
                    Some("fieldsToAggregate.fieldToAggregate.outputFieldName"),
                ));
            }
            let mut found = false;
            let mut values = Vec::with_capacity(items.len());
            for item in items.iter() {
                let value = field.value(&item.json, dotted);
                found |= value.is_some();
                gather(value, merge_lists, keep_missing, &mut values);
            }
            let dot_leads_nowhere = !dotted && field.name().contains('.');
            if !found && rules.missing_fails && (!keep_missing || dot_leads_nowhere) {
                return Err(run.error(
                    format!("no input item has the field `{}`", field.name()),
                    None,
                    Some("fieldsToAggregate.fieldToAggregate.fieldToAggregate"),
                ));
            }
            if !found && !items.is_empty() {
                hints.push(format!("no input item has the field `{}`", field.name()));
            }
            output.set(&mut json, Value::from(values), dotted);
        }
        Ok(json)
    }
}

impl WholeItems {
    /// An object with the list of the items, and where it comes from.
    fn list(&self, run: &NodeRun, items: &Items, links: Links) -> Result<(Value, Link), ErrorInfo> {
        let names = |list: &FieldList| -> Result<HashSet<Arc<str>>, ErrorInfo> {
            let fields = list.at(run, 0)?;
            Ok(fields.iter().map(|field| field.name().clone()).collect())
        };
        let (names, keep) = match &*run.text(&self.include, 0)? {
            "specifiedFields" => (names(&self.fields_to_include)?, true),
            "allFieldsExcept" => (names(&self.fields_to_exclude)?, false),
            _ => (HashSet::new(), false),
        };
        let (rows, list): (Vec<usize>, Vec<Value>) = items
            .iter()
            .enumerate()
            .filter_map(|(row, item)| Some((row, only(&item.json, &names, keep)?)))
            .unzip();
        let link = match links {
            Links::All => Link::all(0..items.len()),
            Links::Gathered => Link::all(rows),
            Links::Unset => Link::None,
        };
        let json = Value::from([(run.text(&self.destination, 0)?, Value::from(list))]);
        Ok((json, link))
    }
}

impl GatheredField {
    /// Where the list goes: the other name if there is one, else the last part of the field's path.
    fn output(&self, run: &NodeRun, field: &Field, dotted: bool) -> Result<Field, ErrorInfo> {
        if run.flag(&self.rename, 0)? {
            let name = run.text(&self.output, 0)?;
            if !name.is_empty() {
                return Ok(Field::new(&name));
            }
        }
        Ok(Field::new(field.last(dotted)))
    }
}

fn gather(value: Option<&Value>, merge_lists: bool, keep_missing: bool, values: &mut Vec<Value>) {
    let keep = |value: &&Value| keep_missing || !value.is_null();
    match value {
        Some(Value::Array(list)) if merge_lists => {
            values.extend(list.iter().filter(keep).cloned());
        }
        Some(Value::Array(list)) if !keep_missing && list.iter().any(Value::is_null) => {
            let kept: Vec<Value> = list.iter().filter(keep).cloned().collect();
            values.push(Value::from(kept));
        }
        None | Some(Value::Null) if !keep_missing => {}
        None => values.push(Value::Null),
        Some(value) => values.push(value.clone()),
    }
}

/// The object with only the named members, or with all but those; `None` when nothing is left of it.
fn only(json: &Value, names: &HashSet<Arc<str>>, keep: bool) -> Option<Value> {
    if names.is_empty() {
        return Some(json.clone());
    }
    let members: Map = json
        .as_object()?
        .iter()
        .filter(|(key, _)| names.contains(*key) == keep)
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    (!members.is_empty()).then(|| Value::from(members))
}

/// The files of all items under names made unique by a number.
fn files(items: &Items, only_unique: bool) -> Option<Arc<Binaries>> {
    let mut files = Binaries::new();
    let mut kinds = HashSet::new();
    let mut next: HashMap<Arc<str>, usize> = HashMap::new();
    for (name, file) in items
        .iter()
        .flat_map(|item| item.binary.iter().flat_map(|b| b.iter()))
    {
        let kind = (&file.mime_type, &file.file_extension, file.bytes);
        if only_unique && !kinds.insert(kind) {
            continue;
        }
        let mut unique = name.clone();
        while files.contains_key(&unique) {
            let number = next.entry(name.clone()).or_insert(0);
            *number += 1;
            unique = format!("{name}_{number}").into();
        }
        files.insert(unique, file.clone());
    }
    (!files.is_empty()).then(|| Arc::new(files))
}

#[cfg(test)]
mod tests;
