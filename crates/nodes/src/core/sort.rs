//! Sort: puts items in order of their fields, or in no order at all.

use std::cmp::Ordering;
use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType, TypeOptions};
use itemflow_model::{ErrorInfo, Items, Number, Value};
use itemflow_script::Style;
use serde_json::json;

use super::field::{Field, FieldName};
use super::script::{Beside, Code, Ran};
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameter, Parameters, pointer};
use crate::run::NodeRun;

/// The comparator of a file without one.
const DEFAULT_CODE: &str = "if (a.json.myField < b.json.myField) return -1;\n\
                            if (a.json.myField > b.json.myField) return 1;\n\
                            return 0;";

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    let sort_field = Property {
        type_options: Some(TypeOptions {
            multiple_values: true,
            ..TypeOptions::default()
        }),
        ..Property::of(PropertyType::Collection, "A field to sort by.")
    }
    .field(
        "fieldName",
        Property::of(PropertyType::String, "Name or dotted path of the field.").required(),
    )
    .field(
        "order",
        Property::choice("Smallest or largest first.", &["ascending", "descending"])
            .default_value("ascending"),
    );
    NodeDefinition::new(
        "n8n-nodes-base.sort",
        "Sort",
        "Changes the order of the items.",
    )
    .property(
        "type",
        Property::choice(
            "How to sort: by fields, in random order, or by code.",
            &["simple", "random", "code"],
        )
        .default_value("simple"),
    )
    .property(
        "sortFieldsUi",
        Property::of(
            PropertyType::FixedCollection,
            "The fields to sort by; a later one decides where the earlier ones are equal.",
        )
        .field("sortField", sort_field),
    )
    .property(
        "code",
        Property::of(
            PropertyType::String,
            "JavaScript that compares the items `a` and `b`: it returns a negative number when `a` goes first, a positive \
             one when `b` does, and 0 when the order does not matter.",
        )
        .default_value(DEFAULT_CODE),
    )
    .property(
        "options",
        Property::of(PropertyType::Collection, "Further settings.").field(
            "disableDotNotation",
            Property::of(
                PropertyType::Boolean,
                "Take a dot in a field name as part of the name.",
            )
            .default_value(false),
        ),
    )
    .example(
        "by two fields",
        json!({ "sortFieldsUi": { "sortField": [
            { "fieldName": "team", "order": "descending" },
            { "fieldName": "person.age" },
        ] } }),
        json!([[
            { "team": "a", "person": { "age": 40 } },
            { "team": "B", "person": { "age": 50 } },
            { "team": "b", "person": { "age": 30 } },
        ]]),
        json!([[
            { "team": "b", "person": { "age": 30 } },
            { "team": "B", "person": { "age": 50 } },
            { "team": "a", "person": { "age": 40 } },
        ]]),
    )
    .example(
        "by the length of a text",
        json!({ "type": "code", "code": "return a.json.text.length - b.json.text.length;" }),
        json!([[{ "text": "long" }, { "text": "x" }, { "text": "yz" }]]),
        json!([[{ "text": "x" }, { "text": "yz" }, { "text": "long" }]]),
    )
});

pub(crate) struct Sort;

impl NodeType for Sort {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        match &*parameters.choice("type", "simple").map_err(|p| vec![p])? {
            "simple" => by_fields(parameters).map(|node| Box::new(node) as Box<dyn Node>),
            "random" => Ok(Box::new(Shuffle)),
            "code" => Code::compile(parameters, "code", DEFAULT_CODE)
                .map(|script| Box::new(ByCode { script }) as Box<dyn Node>),
            other => Err(vec![NodeProblem::error(
                "unknown-option",
                pointer("type"),
                format!("`type` must be `simple`, `random` or `code`, not `{other}`"),
            )]),
        }
    }
}

fn by_fields(parameters: &Parameters) -> Result<ByFields, Vec<NodeProblem>> {
    let fields: Vec<SortField> = parameters
        .list("sortFieldsUi.sortField")
        .iter()
        .map(|entry| SortField {
            name: FieldName::new(Parameter::inner(
                "sortFieldsUi.sortField.fieldName",
                entry.get("fieldName"),
                "",
            )),
            order: Parameter::inner(
                "sortFieldsUi.sortField.order",
                entry.get("order"),
                "ascending",
            ),
        })
        .collect();
    if fields.is_empty() || fields.iter().any(|field| field.name.is_empty()) {
        return Err(vec![
            NodeProblem::error(
                "missing-parameter",
                pointer("sortFieldsUi.sortField"),
                "there is no field to sort by",
            )
            .help("give each entry of `sortFieldsUi.sortField` a `fieldName`"),
        ]);
    }
    Ok(ByFields {
        fields,
        disable_dots: parameters.parameter("options.disableDotNotation", false),
    })
}

struct Shuffle;

impl Node for Shuffle {
    fn execute(&self, run: &NodeRun) -> Step {
        let items = run.input(0);
        let mut order: Vec<usize> = (0..items.len()).collect();
        for last in (1..order.len()).rev() {
            let other = (run.host.random.next() * (last + 1) as f64) as usize;
            order.swap(last, other.min(last));
        }
        Step::Done(Ok(Outcome::of(in_order(&items, &order))))
    }
}

struct ByCode {
    script: Code,
}

impl Node for ByCode {
    fn execute(&self, run: &NodeRun) -> Step {
        let (script, run) = (self.script.clone(), run.clone());
        Step::Pending(Box::pin(async move {
            let mut beside = Beside::default();
            let items = run.items();
            let order = match script.run(&run, Style::Compare, true, &mut beside).await {
                Ok(mut ran) => order_of(&script, &run, &mut ran, items.len()),
                Err(error) => Err(error),
            };
            Ok(beside.outcome(order.map(|order| in_order(&items, &order))))
        }))
    }
}

/// The order that a comparator gave.
fn order_of(
    script: &Code,
    run: &NodeRun,
    ran: &mut Ran,
    count: usize,
) -> Result<Vec<usize>, ErrorInfo> {
    let list = ran.only().map_err(|failure| {
        let place = failure
            .line
            .map_or_else(String::new, |line| format!(" [line {line}]"));
        script.error(run, &failure, None, &place)
    })?;
    let list = list.unwrap_or_default();
    let order: Vec<usize> = list
        .as_array()
        .unwrap_or_default()
        .iter()
        .filter_map(|index| Some(index.as_u64()? as usize))
        .collect();
    let mut seen = vec![false; count];
    for index in &order {
        if let Some(seen) = seen.get_mut(*index) {
            *seen = true;
        }
    }
    if order.len() == count && seen.iter().all(|seen| *seen) {
        return Ok(order);
    }
    Err(run.error(
        "the comparator left no order of the items",
        None,
        Some(script.parameter),
    ))
}

struct ByFields {
    fields: Vec<SortField>,
    disable_dots: Parameter,
}

struct SortField {
    name: FieldName,
    order: Parameter,
}

impl Node for ByFields {
    fn execute(&self, run: &NodeRun) -> Step {
        self.sorted(run).map(Outcome::of).into()
    }
}

impl ByFields {
    fn sorted(&self, run: &NodeRun) -> Result<Items, ErrorInfo> {
        let items = run.input(0);
        let dotted = !run.flag(&self.disable_dots, 0)?;
        let mut columns = Vec::with_capacity(self.fields.len());
        for field in &self.fields {
            let name = field.name.at(run, 0)?;
            let descending = &*run.text(&field.order, 0)? == "descending";
            columns.push((column(run, &items, &name, dotted)?, descending));
        }
        let mut order: Vec<usize> = (0..items.len()).collect();
        order.sort_by(|&a, &b| {
            let differing = columns.iter().map(|(keys, descending)| {
                let order = keys[a].cmp(&keys[b]);
                if *descending { order.reverse() } else { order }
            });
            differing
                .into_iter()
                .find(|order| order.is_ne())
                .unwrap_or(Ordering::Equal)
        });
        Ok(in_order(&items, &order))
    }
}

/// The sort key of every item.
fn column(
    run: &NodeRun,
    items: &Items,
    field: &Field,
    dotted: bool,
) -> Result<Vec<Key>, ErrorInfo> {
    let values: Vec<Option<&Value>> = items
        .iter()
        .map(|item| field.value(&item.json, dotted))
        .collect();
    if !values.is_empty() && values.iter().all(Option::is_none) {
        let hint = if !dotted && field.name().contains('.') {
            "; dots are part of the name while `disableDotNotation` is set"
        } else {
            ""
        };
        return Err(run.error(
            format!("no item has the field `{}`{hint}", field.name()),
            None,
            Some("sortFieldsUi.sortField.fieldName"),
        ));
    }
    let all_text = values
        .iter()
        .flatten()
        .all(|value| matches!(value, Value::String(_)));
    Ok(values
        .into_iter()
        .map(|value| Key::of(value, all_text))
        .collect())
}

/// What items are ordered by: numbers, then texts regardless of case, then what has no order. A total order, although
/// JavaScript's comparison of mixed values is none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    /// The double in an order-preserving form, and the integer exactly where it is one.
    Number(i64, i128),
    Text(String),
    Unordered,
}

impl Key {
    /// Beside numbers, texts count as numbers where they are some.
    fn of(value: Option<&Value>, all_text: bool) -> Self {
        match value {
            Some(Value::Number(number)) => Self::number(*number),
            Some(Value::Bool(flag)) => Self::number(Number::from(i64::from(*flag))),
            Some(Value::Null) => Self::number(Number::from(0_i64)),
            Some(Value::String(text)) => match text.trim().parse::<f64>() {
                Ok(number) if !all_text => Self::number(Number::from(number)),
                _ => Self::Text(text.to_lowercase()),
            },
            Some(Value::Array(_) | Value::Object(_)) | None => Self::Unordered,
        }
    }

    fn number(number: Number) -> Self {
        let double = number.as_f64() + 0.0;
        if double.is_nan() {
            return Self::Unordered;
        }
        let bits = double.to_bits() as i64;
        let ordered = bits ^ ((((bits >> 63) as u64) >> 1) as i64);
        let exact = match (number.as_i64(), number.as_u64()) {
            (Some(integer), _) => i128::from(integer),
            (None, Some(integer)) => i128::from(integer),
            (None, None) => double as i128,
        };
        Self::Number(ordered, exact)
    }
}

fn in_order(items: &Items, order: &[usize]) -> Items {
    order
        .iter()
        .filter_map(|&i| Some((items.get(i)?.clone(), items.link(i))))
        .collect()
}

#[cfg(test)]
mod tests {
    use itemflow_model::Link;
    use serde_json::{Value as Json, json};

    use crate::core::tests::{list, outcome, run};

    fn sorted(values: &[Json], order: &str) -> Result<Vec<Json>, String> {
        let items: Vec<Json> = values.iter().map(|value| json!({ "v": value })).collect();
        let parameters =
            json!({ "sortFieldsUi": { "sortField": [{ "fieldName": "v", "order": order }] } });
        let outputs = run("sort", None, &parameters.into(), &[list(json!(items))])?;
        Ok(outputs[0]
            .iter()
            .map(|item| serde_json::to_value(item.get("v").unwrap()).unwrap())
            .collect())
    }

    #[test]
    fn numbers_by_size_and_texts_regardless_of_case() {
        let numbers = [json!(10), json!(-1.5), json!(9), json!(0), json!(-3)];
        assert_eq!(
            sorted(&numbers, "ascending").unwrap(),
            [json!(-3), json!(-1.5), json!(0), json!(9), json!(10)]
        );
        let texts = [json!("b"), json!("A"), json!("10"), json!("9")];
        assert_eq!(
            sorted(&texts, "descending").unwrap(),
            [json!("b"), json!("A"), json!("9"), json!("10")]
        );
    }

    #[test]
    fn integers_beyond_doubles_keep_their_order() {
        let large = 9_007_199_254_740_993_i64;
        assert_eq!(
            sorted(&[json!(large), json!(large - 1)], "ascending").unwrap(),
            [json!(large - 1), json!(large)]
        );
    }

    #[test]
    fn mixed_values_have_one_order() {
        let mixed = [json!("x"), json!("10"), json!(9), json!({}), json!(null)];
        assert_eq!(
            sorted(&mixed, "ascending").unwrap(),
            [json!(null), json!(9), json!("10"), json!("x"), json!({})]
        );
    }

    #[test]
    fn a_field_that_no_item_has_is_an_error() {
        let parameters = json!({ "sortFieldsUi": { "sortField": [{ "fieldName": "x" }] } });
        assert_eq!(
            run(
                "sort",
                None,
                &parameters.into(),
                &[list(json!([{ "v": 1 }]))]
            ),
            Err("no item has the field `x`".into())
        );
    }

    #[test]
    fn random_order_keeps_every_item_and_its_link() {
        let parameters = json!({ "type": "random" }).into();
        let inputs = [list(
            json!([{ "v": 0 }, { "v": 1 }, { "v": 2 }, { "v": 3 }]),
        )];
        let outcome = outcome("sort", None, &parameters, &inputs).unwrap();
        let items = outcome.outputs[0].clone().unwrap();
        let mut seen: Vec<i64> = Vec::new();
        for (i, item) in items.iter().enumerate() {
            let n = item.json.get("v").unwrap().as_i64().unwrap();
            assert_eq!(items.link(i), Link::to(n as usize));
            seen.push(n);
        }
        assert_ne!(seen, [0, 1, 2, 3]);
        seen.sort_unstable();
        assert_eq!(seen, [0, 1, 2, 3]);
    }

    #[test]
    fn what_cannot_run_is_said_before() {
        let compile = |parameters: Json| run("sort", None, &parameters.into(), &[]).unwrap_err();
        let broken = compile(json!({ "type": "code", "code": "return (" }));
        assert!(broken.starts_with("this script cannot be read"), "{broken}");
        assert_eq!(compile(json!({})), "there is no field to sort by");
    }
}
