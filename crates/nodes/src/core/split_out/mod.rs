//! Split Out: makes an item of each element of a list inside an item.

use std::sync::{Arc, LazyLock};

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use itemflow_model::{Binaries, ErrorInfo, Item, Map, Value};
use serde_json::json;

use crate::core::field::{Field, FieldList, disable_dot_notation};
use crate::gathered::Gathered;
use crate::node::{Node, NodeProblem, NodeType, Step};
use crate::parameters::{Parameter, Parameters, pointer};
use crate::run::NodeRun;

/// Stands for the item's files in the list of fields.
const BINARY: &str = "$binary";

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let options = Property::of(PropertyType::Collection, "Further settings.")
        .field(
            "disableDotNotation",
            disable_dot_notation(),
        )
        .field(
            "destinationFieldName",
            Property::of(
                PropertyType::String,
                "Where each element goes. One name for each field that is split, separated by commas.",
            ),
        )
        .field(
            "includeBinary",
            Property::flag("Give the files of the input item to each of its elements."),
        );
    NodeDefinition::new(
        "n8n-nodes-base.splitOut",
        "Split Out",
        "Turns a list inside an item into separate items.",
    )
    .property(
        "fieldToSplitOut",
        Property::of(
            PropertyType::String,
            "Field with the list. Several, separated by commas, are split side by side; `$binary` means the files.",
        )
        .required(),
    )
    .property(
        "include",
        Property::choice(
            "Which other fields of the input item each element keeps.",
            &["noOtherFields", "allOtherFields", "selectedOtherFields"],
        )
        .default_value("noOtherFields"),
    )
    .property(
        "fieldsToInclude",
        Property::of(
            PropertyType::String,
            "The fields to keep with `selectedOtherFields`, separated by commas.",
        ),
    )
    .property("options", options)
    .example(
        "a list of objects",
        json!({ "fieldToSplitOut": "data.people" }),
        json!([[{ "id": 7, "data": { "people": [{ "name": "Ann" }, { "name": "Bob" }] } }]]),
        json!([[{ "name": "Ann" }, { "name": "Bob" }]]),
    )
    .example(
        "with all other fields",
        json!({
            "fieldToSplitOut": "tags",
            "include": "allOtherFields",
            "options": { "destinationFieldName": "tag" },
        }),
        json!([[{ "id": 7, "tags": ["red", "blue"] }]]),
        json!([[{ "id": 7, "tag": "red" }, { "id": 7, "tag": "blue" }]]),
    )
    .example(
        "two lists side by side",
        json!({ "fieldToSplitOut": "a, b" }),
        json!([[{ "a": [1, 2], "b": ["x"] }]]),
        json!([[{ "a": 1, "b": "x" }, { "a": 2 }]]),
    )
});

pub(crate) struct SplitOut;

impl NodeType for SplitOut {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        compile(parameters, Rules::default())
    }
}

/// What Item Lists does differently in its older versions.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rules {
    /// Only one field is split, and a comma is part of its name.
    pub(crate) one_field: bool,
    /// A field that an item does not have is an error.
    pub(crate) missing_fails: bool,
    /// An object is an error.
    pub(crate) objects_fail: bool,
    /// Whatever is neither a list nor an object is an error.
    pub(crate) scalars_fail: bool,
    /// Null becomes an empty item.
    pub(crate) null_is_empty_item: bool,
}

/// Makes the node for the rules of one version.
pub(crate) fn compile(
    parameters: &Parameters,
    rules: Rules,
) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
    let list = if rules.one_field {
        FieldList::single
    } else {
        FieldList::new
    };
    let fields = list(parameters, "fieldToSplitOut");
    if fields.is_empty() {
        return Err(vec![
            NodeProblem::error(
                "missing-parameter",
                pointer("fieldToSplitOut"),
                "`fieldToSplitOut` is missing",
            )
            .help("name the field that holds the list"),
        ]);
    }
    Ok(Box::new(Split {
        fields,
        include: parameters.parameter("include", "noOtherFields"),
        fields_to_include: FieldList::new(parameters, "fieldsToInclude"),
        disable_dots: parameters.parameter("options.disableDotNotation", false),
        destinations: list(parameters, "options.destinationFieldName"),
        include_binary: parameters.parameter("options.includeBinary", false),
        rules,
    }))
}

struct Split {
    fields: FieldList,
    include: Parameter,
    fields_to_include: FieldList,
    disable_dots: Parameter,
    destinations: FieldList,
    include_binary: Parameter,
    rules: Rules,
}

/// The parameters at one item.
struct Settings {
    fields: Arc<[Field]>,
    destinations: Arc<[Field]>,
    include: Arc<str>,
    dotted: bool,
    include_binary: bool,
    null_is_empty_item: bool,
}

impl Node for Split {
    fn execute(&self, run: &NodeRun) -> Step {
        let mut gathered = Gathered::new(run);
        let mut missing: Vec<(Arc<str>, bool)> = Vec::new();
        for (i, item) in run.input(0).iter().enumerate() {
            let elements = self.elements(run, i, item, &mut missing);
            if let Err(error) = gathered.push(i, elements) {
                return Step::Done(Err(error));
            }
        }
        let outcome = missing
            .into_iter()
            .filter(|(_, found)| !found)
            .fold(gathered.outcome(), |outcome, (name, _)| {
                outcome.hint(format!("no input item has the field `{name}`"))
            });
        Step::Done(Ok(outcome))
    }
}

impl Split {
    /// The items that one input item becomes. `seen` learns of every field whether any item has it.
    fn elements(
        &self,
        run: &NodeRun,
        i: usize,
        item: &Item,
        seen: &mut Vec<(Arc<str>, bool)>,
    ) -> Result<Vec<Item>, ErrorInfo> {
        let settings = self.settings(run, i)?;
        let mut elements: Vec<Item> = Vec::new();
        for (at, field) in settings.fields.iter().enumerate() {
            if &**field.name() == BINARY {
                split_files(item, &mut elements);
                continue;
            }
            let value = field.value(&item.json, settings.dotted);
            note(seen, field.name(), value.is_some());
            if let Some(problem) = self.rules.refuse(field, value) {
                return Err(run.error(problem, Some(i), Some("fieldToSplitOut")));
            }
            for (n, element) in split_value(value).into_iter().enumerate() {
                settings.put(at, element, &mut slot(&mut elements, n).json);
            }
        }
        if elements.is_empty() {
            return Ok(elements);
        }
        let base = self.base(run, i, item, &settings)?;
        for element in &mut elements {
            if let Some(base) = &base {
                element.json = over(base, &element.json);
            }
            if settings.include_binary && element.binary.is_none() {
                element.binary.clone_from(&item.binary);
            }
        }
        Ok(elements)
    }

    fn settings(&self, run: &NodeRun, i: usize) -> Result<Settings, ErrorInfo> {
        let fields = self.fields.at(run, i)?;
        let destinations = self.destinations.at(run, i)?;
        if !destinations.is_empty() && destinations.len() != fields.len() {
            return Err(run.error(
                format!(
                    "`destinationFieldName` names {} fields and `fieldToSplitOut` {}: give one for each",
                    destinations.len(),
                    fields.len()
                ),
                Some(i),
                Some("options.destinationFieldName"),
            ));
        }
        Ok(Settings {
            fields,
            destinations,
            include: run.text(&self.include, i)?,
            dotted: !run.flag(&self.disable_dots, i)?,
            include_binary: run.flag(&self.include_binary, i)?,
            null_is_empty_item: self.rules.null_is_empty_item,
        })
    }

    /// The other fields that each element keeps.
    fn base(
        &self,
        run: &NodeRun,
        i: usize,
        item: &Item,
        settings: &Settings,
    ) -> Result<Option<Value>, ErrorInfo> {
        match &*settings.include {
            "allOtherFields" => {
                let mut base = item.json.clone();
                for field in settings.fields.iter() {
                    field.remove(&mut base, settings.dotted);
                }
                Ok(Some(base))
            }
            "selectedOtherFields" => {
                let fields = self.fields_to_include.at(run, i)?;
                if fields.is_empty() {
                    return Err(run.error(
                        "`fieldsToInclude` names no field: add one, or include no other fields",
                        Some(i),
                        Some("fieldsToInclude"),
                    ));
                }
                let kept = fields.iter().filter_map(|field| {
                    let value = field.value(&item.json, settings.dotted)?;
                    Some((field.name().clone(), value.clone()))
                });
                Ok(Some(Value::from(kept.collect::<Map>())))
            }
            _ => Ok(None),
        }
    }
}

impl Settings {
    /// Puts an element of field number `at` into an item. The element of a single field becomes the item itself where
    /// nothing else goes into it.
    fn put(&self, at: usize, element: Value, json: &mut Value) {
        let destination = self.destinations.get(at);
        let alone =
            destination.is_none() && self.fields.len() == 1 && &*self.include == "noOtherFields";
        match element {
            Value::Object(_) if alone => *json = element,
            Value::Null if alone && self.null_is_empty_item => {}
            Value::Array(list) if alone => {
                let members = list.iter().enumerate();
                *json = members
                    .map(|(n, value)| (n.to_string().into(), value.clone()))
                    .collect::<Map>()
                    .into();
            }
            element => {
                let name = destination.unwrap_or(&self.fields[at]).name();
                json.make_object().insert(name.clone(), element);
            }
        }
    }
}

impl Rules {
    /// Why a field's value cannot be split, if it cannot.
    fn refuse(self, field: &Field, value: Option<&Value>) -> Option<String> {
        let name = field.name();
        match value {
            None if self.missing_fails => Some(format!("this item has no field `{name}`")),
            Some(Value::Object(_)) if self.objects_fail => {
                Some(format!("the field `{name}` is an object, not a list"))
            }
            Some(value @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)))
                if self.scalars_fail =>
            {
                Some(format!("the field `{name}` is {value}, not a list"))
            }
            _ => None,
        }
    }
}

/// The elements of a list, the members of an object, or the value alone.
fn split_value(value: Option<&Value>) -> Vec<Value> {
    match value {
        None => Vec::new(),
        Some(Value::Array(list)) => list.to_vec(),
        Some(Value::Object(members)) => members.values().cloned().collect(),
        Some(scalar) => vec![scalar.clone()],
    }
}

fn split_files(item: &Item, elements: &mut Vec<Item>) {
    for (n, (name, file)) in item
        .binary
        .iter()
        .flat_map(|files| files.iter())
        .enumerate()
    {
        let files = Binaries::from_iter([(name.clone(), file.clone())]);
        slot(elements, n).binary = Some(Arc::new(files));
    }
}

fn slot(elements: &mut Vec<Item>, n: usize) -> &mut Item {
    if n >= elements.len() {
        elements.resize_with(n + 1, || Item::new(Value::empty_object()));
    }
    &mut elements[n]
}

fn note(seen: &mut Vec<(Arc<str>, bool)>, name: &Arc<str>, found: bool) {
    match seen.iter_mut().find(|(known, _)| known == name) {
        Some((_, any)) => *any |= found,
        None => seen.push((name.clone(), found)),
    }
}

/// `top`'s members over those of `base`.
fn over(base: &Value, top: &Value) -> Value {
    let mut json = base.clone();
    if let Some(members) = top.as_object() {
        let target = json.make_object();
        for (key, value) in members {
            target.insert(key.clone(), value.clone());
        }
    }
    json
}

#[cfg(test)]
mod tests;
