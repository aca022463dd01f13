//! Set from version 3.3: `assignments`, each a name, a type and a value.

use itemflow_model::{Binary, ErrorInfo, Item, Value};

use super::compose::Fields;
use super::entry::{Name, convert};
use crate::core::value_type::ValueType;
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

/// The assignments of a node.
pub(super) struct Assignments {
    list: Vec<Assignment>,
    ignore_errors: Parameter,
    version: f64,
}

struct Assignment {
    name: Name,
    value: Parameter,
    kind: Kind,
}

enum Kind {
    Json(ValueType),
    /// The name of a binary property of the input item, or that property itself.
    Binary,
}

impl Assignments {
    pub(super) fn compile(parameters: &Parameters) -> Self {
        let stored = parameters.list("assignments.assignments");
        let list = stored.iter().enumerate().map(|(i, stored)| {
            let path = format!("assignments.assignments.{i}");
            let template = stored.get("type");
            let kind = template
                .as_ref()
                .and_then(|template| template.as_literal()?.as_str())
                .unwrap_or("string");
            Assignment {
                name: Name::compile(stored, &path, ""),
                value: Parameter::inner(format!("{path}.value"), stored.get("value"), Value::Null),
                kind: match kind {
                    "binary" => Kind::Binary,
                    kind => Kind::Json(ValueType::named(kind)),
                },
            }
        });
        Self {
            list: list.collect(),
            ignore_errors: parameters.parameter("options.ignoreConversionErrors", false),
            version: parameters.version,
        }
    }
}

impl Fields for Assignments {
    fn write(
        &self,
        item: &mut Item,
        dots: bool,
        run: &NodeRun,
        index: usize,
    ) -> Result<(), ErrorInfo> {
        let zone = &run.host.execution.time_zone;
        if !self.list.is_empty() {
            item.json.make_object().reserve(self.list.len());
        }
        for assignment in &self.list {
            let value = run.value(&assignment.value, index)?;
            let wanted = match assignment.kind {
                Kind::Json(wanted) => wanted,
                Kind::Binary => {
                    let name = assignment.name.text(run, index)?;
                    let binary = binary(value.as_ref(), run, index).ok_or_else(|| {
                        run.error(
                            format!("there is no binary data for `{name}` in this item"),
                            Some(index),
                            Some(&assignment.value.name),
                        )
                    })?;
                    let mut binaries = item.binary.as_deref().cloned().unwrap_or_default();
                    binaries.insert(name, binary);
                    item.binary = Some(binaries.into());
                    continue;
                }
            };
            let value = match convert(value.clone(), wanted, self.version, zone) {
                Ok(value) => value,
                Err(_) if run.flag(&self.ignore_errors, index)? => value.unwrap_or_default(),
                Err(message) => {
                    return Err(run.error(message, Some(index), Some(&assignment.value.name)));
                }
            };
            assignment
                .name
                .set(&mut item.json, value, dots, run, index)?;
        }
        Ok(())
    }
}

/// The binary data of the input item that a value names, or is. Only the item's own data can be named: a value made up
/// by an expression never becomes a reference to another file.
fn binary(value: Option<&Value>, run: &NodeRun, index: usize) -> Option<Binary> {
    let input = run.input(0);
    let binaries = input.get(index)?.binary.clone()?;
    match value? {
        Value::String(name) => binaries.get(name).cloned(),
        value => {
            let id = value.get("id").and_then(Value::as_str)?;
            binaries.values().find(|binary| binary.id == id).cloned()
        }
    }
}
