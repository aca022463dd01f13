//! Set 3.0 to 3.2: `fields`, each with its value under a key that names its type, such as `stringValue`.

use itemflow_expression::Template;
use itemflow_model::{ErrorInfo, Item, Value};

use super::compose::Fields;
use super::entry::{Name, convert};
use super::raw::RawJson;
use crate::core::value_type::ValueType;
use crate::node::NodeProblem;
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

/// The fields of a node.
pub(super) struct TypedFields {
    list: Vec<Field>,
    ignore_errors: Parameter,
    version: f64,
}

struct Field {
    name: Name,
    value: Source,
    value_type: ValueType,
}

enum Source {
    Value(Parameter),
    /// An object written as text with expressions inside.
    Text(RawJson),
}

impl TypedFields {
    /// Reads the fields.
    ///
    /// # Errors
    /// An object whose text has an expression that cannot be read.
    pub(super) fn compile(parameters: &Parameters) -> Result<Self, Vec<NodeProblem>> {
        let mut list = Vec::new();
        let mut problems = Vec::new();
        let raw_entries = parameters
            .stored
            .get("fields")
            .and_then(|fields| fields.get("values"));
        for (i, stored) in parameters.list("fields.values").iter().enumerate() {
            let path = format!("fields.values.{i}");
            let template = stored.get("type");
            let key = template
                .as_ref()
                .and_then(|template| template.as_literal()?.as_str())
                .unwrap_or("stringValue");
            let value_type = ValueType::named(key.trim_end_matches("Value"));
            let parameter =
                Parameter::inner(format!("{path}.{key}"), stored.get(key), default_of(key));
            let raw_text = raw_entries
                .and_then(|entries| entries.index(i).or(Some(entries)))
                .and_then(|entry| entry.get(key))
                .and_then(Value::as_str);
            let value = match (&parameter.template, raw_text) {
                (Template::Expression(_), Some(text)) if value_type == ValueType::Object => {
                    match RawJson::compile(text, &parameter.name) {
                        Ok(raw) => Source::Text(raw),
                        Err(problem) => {
                            problems.push(problem);
                            continue;
                        }
                    }
                }
                _ => Source::Value(parameter),
            };
            list.push(Field {
                name: Name::compile(stored, &path, ""),
                value,
                value_type,
            });
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            list,
            ignore_errors: parameters.parameter("options.ignoreConversionErrors", false),
            version: parameters.version,
        })
    }
}

/// What a stored file leaves out.
fn default_of(key: &str) -> Value {
    match key {
        "booleanValue" => Value::from("true"),
        "objectValue" => Value::empty_object(),
        _ => Value::from(""),
    }
}

impl Fields for TypedFields {
    fn write(
        &self,
        item: &mut Item,
        dots: bool,
        run: &NodeRun,
        index: usize,
    ) -> Result<(), ErrorInfo> {
        let zone = &run.host.execution.time_zone;
        for field in &self.list {
            let value = match &field.value {
                Source::Text(raw) => raw.object(run, index)?,
                Source::Value(parameter) => {
                    let value = run.value(parameter, index)?;
                    match convert(value.clone(), field.value_type, self.version, zone) {
                        Ok(value) => value,
                        Err(_) if run.flag(&self.ignore_errors, index)? => {
                            value.unwrap_or_default()
                        }
                        Err(message) => {
                            return Err(run.error(message, Some(index), Some(&parameter.name)));
                        }
                    }
                }
            };
            field.name.set(&mut item.json, value, dots, run, index)?;
        }
        Ok(())
    }
}
