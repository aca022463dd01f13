//! The items that a called workflow gets: as they are, or with the fields that `workflowInputs` says.

use itemflow_expression::Template;
use itemflow_model::{ErrorInfo, Item, Items, Value};

use crate::core::value_type::ValueType;
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

/// How the items come about.
pub(super) enum Inputs {
    AsTheyAre,
    Mapped {
        fields: Parameter,
        /// Declared type of each field, by name.
        types: Vec<(String, ValueType)>,
        /// Whether values are brought to their declared type.
        converts: bool,
        /// Whether all values become text.
        to_text: bool,
    },
}

impl Inputs {
    pub(super) fn read(parameters: &Parameters) -> Self {
        let literal = |path: &str| {
            parameters
                .find(path)
                .and_then(|found| found.as_literal().cloned())
        };
        let mode = literal("workflowInputs.mappingMode");
        let defined = mode.as_ref().and_then(Value::as_str) == Some("defineBelow");
        let has_values = parameters
            .find("workflowInputs.value")
            .is_some_and(|value| !matches!(&value, Template::Literal(Value::Null)));
        if parameters.version < 1.2 || !defined || !has_values {
            return Self::AsTheyAre;
        }
        let schema = literal("workflowInputs.schema").unwrap_or_default();
        let declared = schema.as_array().unwrap_or_default().iter();
        let flag = |name: &str| {
            literal(&format!("workflowInputs.{name}")).and_then(|flag| flag.as_bool()) == Some(true)
        };
        Self::Mapped {
            fields: parameters.parameter("workflowInputs.value", Value::empty_object()),
            types: declared
                .filter_map(|field| {
                    let kind = field.get("type").and_then(Value::as_str)?;
                    let id = field.get("id").and_then(Value::as_str)?;
                    Some((id.to_owned(), ValueType::named(kind)))
                })
                .collect(),
            converts: flag("attemptToConvertTypes"),
            to_text: flag("convertFieldsToString"),
        }
    }

    /// The items of a call.
    pub(super) fn of(&self, run: &NodeRun) -> Result<Items, ErrorInfo> {
        let Self::Mapped { fields, .. } = self else {
            return Ok(run.input(0));
        };
        let input = run.input(0);
        let mut items = Vec::with_capacity(input.len());
        for (index, item) in input.iter().enumerate() {
            let value = run.value(fields, index)?.unwrap_or_default();
            items.push(Item {
                json: self.typed(run, index, value)?,
                ..item.clone()
            });
        }
        Ok(Items::from(items).paired_by_index(0))
    }

    fn typed(&self, run: &NodeRun, index: usize, value: Value) -> Result<Value, ErrorInfo> {
        let Self::Mapped {
            types,
            converts,
            to_text,
            fields,
        } = self
        else {
            return Ok(value);
        };
        let mut json = value.as_object().cloned().unwrap_or_default();
        for (name, kind) in types {
            let Some(value) = json.get_mut(name.as_str()) else {
                continue;
            };
            if value.is_null() {
                continue;
            }
            if *to_text && !matches!(value, Value::String(_)) {
                *value = Value::from(value.to_string());
            } else if !kind.holds(value) {
                let zone = &run.host.execution.time_zone;
                match kind.coerce(value, zone).filter(|_| *converts) {
                    Some(converted) => *value = converted,
                    None => {
                        return Err(run.error(
                            format!("`{name}` must be a {}, not {value}", kind.label()),
                            Some(index),
                            Some(&fields.name),
                        ));
                    }
                }
            }
        }
        Ok(Value::from(json))
    }
}
