//! Set 1 and 2: `values` in groups by type, hardly any conversion.

use itemflow_model::{ErrorInfo, Item, Items, Value};

use super::entry::{Name, number_where_possible};
use crate::core::javascript;
use crate::node::{Node, Outcome, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

/// Set 1 and 2, ready to run.
pub(super) struct Values {
    list: Vec<Entry>,
    keep_only_set: Parameter,
    dot_notation: Parameter,
}

struct Entry {
    name: Name,
    value: Parameter,
    conversion: Conversion,
}

#[derive(Clone, Copy)]
enum Conversion {
    Truth,
    /// Version 2: text that is a number becomes one.
    Number,
    None,
}

impl Values {
    pub(super) fn compile(parameters: &Parameters) -> Self {
        let number = if parameters.version < 2.0 {
            Conversion::None
        } else {
            Conversion::Number
        };
        let groups = [
            ("boolean", Value::Bool(false), Conversion::Truth),
            ("number", Value::from(0), number),
            ("string", Value::from(""), Conversion::None),
        ];
        let mut list = Vec::new();
        for (group, default, conversion) in groups {
            let group = format!("values.{group}");
            for (i, stored) in parameters.list(&group).iter().enumerate() {
                let path = format!("{group}.{i}");
                list.push(Entry {
                    name: Name::compile(stored, &path, "propertyName"),
                    value: Parameter::inner(
                        format!("{path}.value"),
                        stored.get("value"),
                        default.clone(),
                    ),
                    conversion,
                });
            }
        }
        Self {
            list,
            keep_only_set: parameters.parameter("keepOnlySet", false),
            dot_notation: parameters.parameter("options.dotNotation", true),
        }
    }

    fn item(&self, input: &Item, run: &NodeRun, index: usize) -> Result<Item, ErrorInfo> {
        let mut item = if run.flag(&self.keep_only_set, index)? {
            Item::new(Value::empty_object())
        } else {
            Item {
                error: None,
                ..input.clone()
            }
        };
        let dots = run.flag(&self.dot_notation, index)?;
        for entry in &self.list {
            let value = run.value(&entry.value, index)?;
            let value = match entry.conversion {
                Conversion::Truth => Value::Bool(javascript::truthy(value.as_ref())),
                Conversion::Number => number_where_possible(value.unwrap_or_default()),
                Conversion::None => value.unwrap_or_default(),
            };
            entry.name.set(&mut item.json, value, dots, run, index)?;
        }
        Ok(item)
    }
}

impl Node for Values {
    fn execute(&self, run: &NodeRun) -> Step {
        let mut input = run.input(0);
        if input.is_empty() {
            input = Items::from(vec![Item::new(Value::empty_object())]);
        }
        let items: Result<Vec<Item>, ErrorInfo> = input
            .iter()
            .enumerate()
            .map(|(index, item)| self.item(item, run, index))
            .collect();
        Step::Done(items.map(|items| Outcome::of(Items::from(items).paired_by_index(0))))
    }

    fn works_by_item(&self) -> bool {
        true
    }
}
