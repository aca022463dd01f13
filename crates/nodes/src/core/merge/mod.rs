//! Merge: makes one list of the items of several inputs.

mod by_fields;
mod by_position;
mod clash;
mod definition;
mod version_1;

use itemflow_expression::Template;
use itemflow_model::definition::NodeDefinition;
use itemflow_model::{ErrorInfo, Item, Items, ItemsBuilder, Link, Value};

use crate::node::{Node, NodeProblem, NodeType, Outcome, RequiredInputs, Step};
use crate::parameters::{Parameter, Parameters, pointer};
use crate::run::NodeRun;

use by_fields::ByFields;
use by_position::{ByPosition, combine_all};
use clash::ClashParameters;
use definition::DEFINITION;
use version_1::Mode;

pub(crate) struct Merge;

impl NodeType for Merge {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let mode = parameters.choice("mode", "append").map_err(|p| vec![p])?;
        let plan = if parameters.version < 2.0 {
            Mode::new(&mode, parameters)?.map_or(Plan::Unknown(mode), Plan::Version1)
        } else {
            plan(&mode, parameters)?
        };
        let inputs = match plan {
            Plan::ByFields(_) | Plan::All(_) | Plan::Version1(_) | Plan::Unknown(_) => 2,
            _ if parameters.version < 3.0 => 2,
            _ => number_inputs(parameters)?,
        };
        Ok(Box::new(Combine { plan, inputs }))
    }

    fn strict_versions(&self) -> bool {
        true
    }
}

fn plan(mode: &str, parameters: &Parameters) -> Result<Plan, Vec<NodeProblem>> {
    match mode {
        "append" => Ok(Plan::Append),
        "combine" => combine(parameters),
        "chooseBranch" => Ok(Plan::Choose {
            output: parameters.parameter("output", "input1"),
            input: parameters.parameter("useDataOfInput", 1),
        }),
        "combineBySql" => Err(vec![
            NodeProblem::error(
                "unsupported",
                pointer("mode"),
                "combining by SQL is not supported yet",
            )
            .help("use the mode `combine`"),
        ]),
        other => Ok(Plan::Unknown(other.to_owned())),
    }
}

fn combine(parameters: &Parameters) -> Result<Plan, Vec<NodeProblem>> {
    let (name, default) = if parameters.version < 3.0 {
        ("combinationMode", "mergeByFields")
    } else {
        ("combineBy", "combineByFields")
    };
    let how = parameters.choice(name, default).map_err(|p| vec![p])?;
    Ok(match &*how {
        "mergeByFields" | "combineByFields" => Plan::ByFields(Box::new(ByFields::new(parameters)?)),
        "mergeByPosition" | "combineByPosition" => Plan::ByPosition(ByPosition::new(parameters)),
        "multiplex" | "combineAll" => Plan::All(ClashParameters::new(parameters, "preferLast")),
        other => Plan::Unknown(other.to_owned()),
    })
}

/// How many inputs the node has: 2 to 10.
fn number_inputs(parameters: &Parameters) -> Result<usize, Vec<NodeProblem>> {
    let number = match parameters.find("numberInputs") {
        None | Some(Template::Literal(Value::Null)) => Some(2.0),
        Some(Template::Literal(Value::Number(number))) => Some(number.as_f64()),
        Some(Template::Literal(Value::String(text))) => text.trim().parse().ok(),
        Some(_) => None,
    };
    match number.filter(|number: &f64| (2.0..=10.0).contains(number)) {
        Some(number) => Ok(number as usize),
        None => Err(vec![NodeProblem::error(
            "invalid-parameter",
            pointer("numberInputs"),
            "`numberInputs` must be a fixed number from 2 to 10",
        )]),
    }
}

/// A node ready to merge.
struct Combine {
    plan: Plan,
    inputs: usize,
}

enum Plan {
    /// All items, input by input.
    Append,
    ByFields(Box<ByFields>),
    ByPosition(ByPosition),
    /// Every item with every other.
    All(ClashParameters),
    /// The items of one input, or one empty item.
    Choose {
        output: Parameter,
        input: Parameter,
    },
    Version1(Mode),
    /// A mode that this version does not have; nothing comes out, as in n8n.
    Unknown(String),
}

impl Node for Combine {
    fn execute(&self, run: &NodeRun) -> Step {
        self.merged(run).into()
    }

    fn required_inputs(&self) -> RequiredInputs {
        match self.plan {
            Plan::Choose { .. } => RequiredInputs::Listed((0..self.inputs).collect()),
            _ => RequiredInputs::Any,
        }
    }
}

impl Combine {
    fn merged(&self, run: &NodeRun) -> Result<Outcome, ErrorInfo> {
        let inputs: Vec<Items> = (0..self.inputs).map(|input| run.input(input)).collect();
        let items = match &self.plan {
            Plan::Append => concatenated(&inputs),
            Plan::ByFields(by_fields) => by_fields.run(run)?,
            Plan::ByPosition(by_position) => by_position.run(run, &inputs)?,
            Plan::All(clash) => combine_all(run, clash, &inputs)?,
            Plan::Choose { output, input } => chosen(run, &inputs, output, input)?,
            Plan::Version1(mode) => mode.run(run)?,
            Plan::Unknown(mode) => {
                return Ok(Outcome::of(Items::default()).hint(format!(
                    "version {} has no mode `{mode}`, so nothing comes out",
                    run.node.version
                )));
            }
        };
        Ok(Outcome::of(items))
    }
}

fn chosen(
    run: &NodeRun,
    inputs: &[Items],
    output: &Parameter,
    input: &Parameter,
) -> Result<Items, ErrorInfo> {
    let number = match &*run.text(output, 0)? {
        "empty" => return Ok(one_empty_item(inputs)),
        _ if run.node.version >= 3.0 => run.number(input, 0)? as usize,
        "input2" => 2,
        _ => 1,
    };
    let at = number.checked_sub(1);
    at.and_then(|at| inputs.get(at)).cloned().ok_or_else(|| {
        run.error(
            format!(
                "there is no input {number}: `useDataOfInput` must be from 1 to {}",
                inputs.len()
            ),
            None,
            Some("useDataOfInput"),
        )
    })
}

/// An empty item that comes from all items of these inputs.
fn one_empty_item(inputs: &[Items]) -> Items {
    let mut refs = Vec::new();
    for (_, link) in inputs.iter().flat_map(linked) {
        refs.extend_from_slice(link.refs());
    }
    let item = Item::new(Value::empty_object());
    [(item, Link::Many(refs.into()))].into_iter().collect()
}

/// The items with their links.
fn linked(items: &Items) -> impl Iterator<Item = (&Item, Link)> {
    items
        .iter()
        .enumerate()
        .map(|(i, item)| (item, items.link(i)))
}

/// The items of all inputs, one input after the other.
fn concatenated(inputs: &[Items]) -> Items {
    let mut with_items = inputs.iter().filter(|items| !items.is_empty());
    if let (Some(only), None) = (with_items.next(), with_items.next()) {
        return only.clone();
    }
    let mut output = ItemsBuilder::with_capacity(inputs.iter().map(Items::len).sum());
    for items in inputs {
        for (item, link) in linked(items) {
            output.push(item.clone(), link);
        }
    }
    output.build()
}

#[cfg(test)]
mod tests;
