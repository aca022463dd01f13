//! `Field`: a field of an item as list nodes name it: `name`, `a.b[0]`, and comma lists of such names.

use std::sync::Arc;

use itemflow_expression::Template;
use itemflow_model::definition::Property;
use itemflow_model::{ErrorInfo, Path, Value};

use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

/// A field by name. A member of exactly this name comes before the path that the name spells.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    name: Arc<str>,
    path: Path,
}

impl Field {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            path: Path::parse(name),
        }
    }

    /// The name as it was written.
    pub(crate) fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// The parts of the path.
    pub(crate) fn segments(&self) -> &[Arc<str>] {
        self.path.segments()
    }

    /// The last part of the path; with `dotted` off the whole name.
    pub(crate) fn last(&self, dotted: bool) -> &Arc<str> {
        if dotted { self.path.last() } else { &self.name }
    }

    /// The value in an item's json; `dotted` says whether dots lead into objects.
    pub(crate) fn value<'a>(&self, json: &'a Value, dotted: bool) -> Option<&'a Value> {
        json.get(&self.name)
            .or_else(|| dotted.then(|| self.path.get(json)).flatten())
    }

    /// Puts a value there.
    pub(crate) fn set(&self, json: &mut Value, value: Value, dotted: bool) {
        if dotted && json.get(&self.name).is_none() {
            self.path.set(json, value);
        } else {
            json.make_object().insert(self.name.clone(), value);
        }
    }

    /// Removes the value there.
    pub(crate) fn remove(&self, json: &mut Value, dotted: bool) {
        if json.get(&self.name).is_some() {
            json.make_object().shift_remove(&self.name);
        } else if dotted {
            self.path.remove(json);
        }
    }
}

/// The option `disableDotNotation` of the nodes that name fields.
pub(crate) fn disable_dot_notation() -> Property {
    Property::flag("Take a dot in a field name as part of the name.")
}

/// A parameter that holds the name of one field.
pub(crate) struct FieldName {
    parameter: Parameter,
    fixed: Option<Field>,
}

impl FieldName {
    pub(crate) fn new(parameter: Parameter) -> Self {
        let fixed = match &parameter.template {
            Template::Literal(Value::String(name)) => Some(Field::new(name)),
            Template::Literal(Value::Null) => Some(Field::new("")),
            _ => None,
        };
        Self { parameter, fixed }
    }

    /// Whether it is known to be empty before any run.
    pub(crate) fn is_empty(&self) -> bool {
        self.fixed
            .as_ref()
            .is_some_and(|field| field.name.is_empty())
    }

    /// The field at an item.
    pub(crate) fn at(&self, run: &NodeRun, item: usize) -> Result<Field, ErrorInfo> {
        match &self.fixed {
            Some(field) => Ok(field.clone()),
            None => Ok(Field::new(&run.text(&self.parameter, item)?)),
        }
    }
}

/// A parameter that holds names of fields: text with commas, a list of texts, or in old files
/// `{ fields: [{ fieldName }] }`.
pub(crate) struct FieldList {
    parameter: Parameter,
    fixed: Option<Arc<[Field]>>,
    /// A comma is part of a name.
    single: bool,
}

impl FieldList {
    pub(crate) fn new(parameters: &Parameters, path: &str) -> Self {
        Self::of(parameters, path, false)
    }

    /// A text that is one name, commas and all.
    pub(crate) fn single(parameters: &Parameters, path: &str) -> Self {
        Self::of(parameters, path, true)
    }

    fn of(parameters: &Parameters, path: &str, single: bool) -> Self {
        let parameter = parameters.parameter(path, "");
        let literal = parameter.template.as_literal();
        let fixed = literal.and_then(|value| fields(value, single));
        Self {
            parameter,
            fixed,
            single,
        }
    }

    /// Whether it is known to be empty before any run.
    pub(crate) fn is_empty(&self) -> bool {
        self.fixed.as_ref().is_some_and(|fields| fields.is_empty())
    }

    /// The fields at an item.
    pub(crate) fn at(&self, run: &NodeRun, item: usize) -> Result<Arc<[Field]>, ErrorInfo> {
        if let Some(fixed) = &self.fixed {
            return Ok(fixed.clone());
        }
        let value = run.value(&self.parameter, item)?.unwrap_or_default();
        fields(&value, self.single).ok_or_else(|| {
            let name = &self.parameter.name;
            run.error(
                format!(
                    "`{name}` must be names of fields, separated by commas, not {}",
                    value.kind()
                ),
                Some(item),
                Some(name),
            )
        })
    }
}

/// The fields that a value names; `None` when it is no list of names. `$json.` before a name is dropped.
fn fields(value: &Value, single: bool) -> Option<Arc<[Field]>> {
    let field = |name: &str| {
        let name = name.trim();
        Field::new(name.strip_prefix("$json.").unwrap_or(name))
    };
    match value {
        Value::Null => Some(Arc::from([])),
        Value::String(text) if single && !text.is_empty() => Some(Arc::from([Field::new(text)])),
        Value::String(text) => Some(
            text.split(',')
                .filter(|name| !name.trim().is_empty())
                .map(field)
                .collect(),
        ),
        Value::Array(list) => list
            .iter()
            .map(|name| name.as_str().map(field))
            .collect::<Option<Vec<_>>>()
            .map(Into::into),
        Value::Object(old) => {
            let entries = match old.get("fields") {
                None => &[],
                Some(entries) => entries.as_array()?,
            };
            entries
                .iter()
                .map(|entry| entry.get("fieldName")?.as_str())
                .filter(|name| *name != Some(""))
                .map(|name| name.map(field))
                .collect::<Option<Vec<_>>>()
                .map(Into::into)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_member_of_the_very_name_comes_before_the_path() {
        let json: Value = json!({ "a.b": 1, "a": { "b": 2, "c": 3 } }).into();
        assert_eq!(Field::new("a.b").value(&json, true), Some(&Value::from(1)));
        assert_eq!(Field::new("a.c").value(&json, true), Some(&Value::from(3)));
        assert_eq!(Field::new("a.c").value(&json, false), None);
    }

    #[test]
    fn lists_are_read_from_text_and_from_arrays() {
        let names = |value: serde_json::Value| {
            let fields = fields(&value.into(), false).unwrap();
            fields
                .iter()
                .map(|f| f.name().to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(names("a, $json.b,".into()), ["a", "b"]);
        assert_eq!(names(json!(["a", "b"])), ["a", "b"]);
        assert_eq!(
            names(json!({ "fields": [{ "fieldName": "a,b" }, { "fieldName": "" }] })),
            ["a,b"]
        );
        assert_eq!(names(json!({})), [""; 0]);
        assert!(fields(&json!({ "fields": [5] }).into(), false).is_none());
        assert!(fields(&Value::from(5), false).is_none());
        let single = fields(&Value::from("a, b"), true).unwrap();
        assert_eq!(&**single[0].name(), "a, b");
    }
}
