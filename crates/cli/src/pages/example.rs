//! Examples on a node's page: parameters, the items that come in and what becomes of them; and a workflow to copy.

use itemflow_model::definition::{NodeDefinition, NodeExample, Property, PropertyType};
use itemflow_model::{Map, Value};

use super::Block;
use super::content::short_name;
use itemflow_model::yaml;

/// Items of an example beyond these are counted, not shown.
const MAX_ITEMS: usize = 20;

/// One example.
pub(super) fn blocks(definition: &NodeDefinition, example: &NodeExample) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(3, capitalised(&example.name))];
    if example
        .parameters
        .as_object()
        .is_some_and(|map| !map.is_empty())
    {
        blocks.push(Block::Code {
            language: "yaml",
            text: yaml::block(&example.parameters, 0),
        });
    }
    for (side, lists, labels) in [
        ("Input", &example.inputs, &definition.inputs),
        ("Output", &example.outputs, &definition.outputs),
    ] {
        for (index, list) in lists.iter().enumerate() {
            let label = labels.get(index).filter(|_| lists.len() > 1);
            let title = match label {
                Some(label) => format!("{side} `{label}`"),
                None if lists.len() > 1 => format!("{side} {index}"),
                None => side.to_owned(),
            };
            if list.is_empty() {
                blocks.push(Block::Paragraph(format!("{title}: no items.").into()));
                continue;
            }
            blocks.push(Block::Paragraph(format!("{title}:").into()));
            blocks.push(Block::Code {
                language: "json",
                text: items(list),
            });
        }
    }
    blocks
}

/// A whole workflow with the node, with the parameters of its first example.
pub(super) fn workflow(definition: &NodeDefinition) -> String {
    let name = &definition.display_name;
    let node_type = short_name(&definition.name);
    let is_trigger = definition.inputs.is_empty() && !definition.outputs.is_empty();
    let mut text = String::from("nodes:\n");
    if !is_trigger {
        text.push_str("  - { name: Start, type: manualTrigger }\n");
    }
    text.push_str(&format!(
        "  - name: {}\n    type: {}\n",
        yaml::scalar(name),
        yaml::scalar(node_type)
    ));
    let parameters = match definition.examples.first() {
        Some(first) => first.parameters.clone(),
        None => required(definition),
    };
    if parameters.as_object().is_some_and(|map| !map.is_empty()) {
        text.push_str(&yaml::member("parameters", &parameters, 4));
    }
    // A node that knows one kind of credential and shows no example cannot do without it.
    if let ([kind], []) = (&*definition.credentials, &*definition.examples) {
        let named: Map = [(kind.as_str().into(), Value::from("NAME"))]
            .into_iter()
            .collect();
        text.push_str(&yaml::member("credentials", &named.into(), 4));
    }
    if definition.inputs.is_empty() {
        return text;
    }
    text.push_str("connections:\n");
    for input in 0..definition.inputs.len() {
        let arrow = match input {
            0 => format!("Start -> {name}"),
            _ => format!("Start -> [{input}] {name}"),
        };
        text.push_str(&format!("  - {}\n", arrow_scalar(&arrow)));
    }
    text
}

/// The parameters that a node cannot do without, each with a value to put another in place of.
fn required(definition: &NodeDefinition) -> Value {
    let all = definition.properties.iter();
    let needed = all.filter(|(_, property)| property.required && counts(definition, property));
    stand_ins(needed.map(|(name, property)| (name.as_str(), property))).into()
}

/// A value for each of these properties, to put another in place of.
pub(super) fn stand_ins<'a>(properties: impl Iterator<Item = (&'a str, &'a Property)>) -> Map {
    let stand_in = |property: &Property| match (
        &property.placeholder,
        property.options.first(),
        property.kind,
    ) {
        (Some(text), _, _) => Value::from(text.as_str()),
        (None, Some(choice), _) => choice.value().clone(),
        (None, None, PropertyType::Number) => Value::from(1),
        (None, None, PropertyType::Boolean) => Value::from(true),
        (None, None, PropertyType::Json) => Value::empty_object(),
        _ => Value::from("…"),
    };
    properties
        .map(|(name, property)| (name.into(), stand_in(property)))
        .collect()
}

/// Whether a property counts where the others have their defaults.
fn counts(definition: &NodeDefinition, property: &Property) -> bool {
    let Some(rules) = &property.display_options else {
        return true;
    };
    rules.show.iter().all(|(path, values)| {
        let other = definition.properties.get(path.trim_start_matches('/'));
        other
            .and_then(|other| other.default.as_ref())
            .is_none_or(|default| values.contains(default))
    })
}

/// An arrow is plain text for YAML unless its names hold something that is not.
pub(super) fn arrow_scalar(arrow: &str) -> String {
    let is_plain = arrow.chars().all(|c| {
        c.is_ascii_alphanumeric()
            || matches!(c, ' ' | '-' | '>' | '[' | ']' | '/' | '.' | '(' | ')')
    });
    if is_plain {
        arrow.to_owned()
    } else {
        yaml::flow(&Value::from(arrow))
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

/// One item to a line.
fn items(list: &[Value]) -> String {
    let mut text: String = list
        .iter()
        .take(MAX_ITEMS)
        .map(|item| format!("{item}\n"))
        .collect();
    if list.len() > MAX_ITEMS {
        text.push_str(&format!("… and {} more\n", list.len() - MAX_ITEMS));
    }
    text
}
