//! Debug Helper: fails on purpose, does nothing, or makes up data, to try out what stands around it.

mod definition;
mod random_data;

use itemflow_model::definition::NodeDefinition;
use itemflow_model::{ErrorInfo, Item, Items, ItemsBuilder, Link, Value};

use crate::gathered::each_item;
use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

use definition::DEFINITION;
use random_data::{Chance, Kind, NanoId};

const CATEGORIES: &[&str] = &[
    "doNothing",
    "throwError",
    "oom",
    "garbageCollect",
    "randomData",
];
/// Items that one run makes up at most.
const MAX_ITEMS: usize = 1_000_000;
const DEFAULT_ALPHABET: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const MAX_NANOID_LENGTH: f64 = 1000.0;

pub(crate) struct DebugHelper;

impl NodeType for DebugHelper {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let category = parameters
            .one_of("category", "throwError", CATEGORIES)
            .map_err(|problem| vec![problem])?;
        Ok(match &*category {
            "doNothing" => Box::new(Nothing { hint: None }),
            "oom" | "garbageCollect" => Box::new(Nothing {
                hint: Some("memory is neither filled nor cleared here: nothing was done"),
            }),
            "throwError" => Box::new(Fail {
                kind: parameters.parameter("throwErrorType", "NodeApiError"),
                message: parameters.parameter("throwErrorMessage", "Node has thrown an error"),
            }),
            _ => Box::new(MakeUp {
                kind: parameters.parameter("randomDataType", "user"),
                alphabet: parameters.parameter("nanoidAlphabet", DEFAULT_ALPHABET),
                length: parameters.parameter("nanoidLength", "16"),
                seed: parameters.parameter("randomDataSeed", ""),
                count: parameters.parameter("randomDataCount", 10),
                single_array: parameters.parameter("randomDataSingleArray", false),
            }),
        })
    }
}

struct Nothing {
    hint: Option<&'static str>,
}

impl Node for Nothing {
    fn execute(&self, _: &NodeRun) -> Step {
        let outcome = Outcome::of(Items::default());
        Step::Done(Ok(match self.hint {
            Some(hint) => outcome.hint(hint),
            None => outcome,
        }))
    }
}

struct Fail {
    kind: Parameter,
    message: Parameter,
}

impl Node for Fail {
    fn execute(&self, run: &NodeRun) -> Step {
        let mut output = ItemsBuilder::default();
        for i in 0..run.input(0).len() {
            let error = self.error(run, i).unwrap_or_else(|error| error);
            if !run.node.continue_on_fail {
                return Step::Done(Err(error));
            }
            output.push(Item::from_error(error), Link::to(i));
        }
        Step::Done(Ok(Outcome::of(output.build())))
    }
}

impl Fail {
    fn error(&self, run: &NodeRun, i: usize) -> Result<ErrorInfo, ErrorInfo> {
        let kind = run.text(&self.kind, i)?;
        Ok(ErrorInfo {
            name: kind.to_string(),
            ..run.error(&*run.text(&self.message, i)?, Some(i), None)
        })
    }
}

struct MakeUp {
    kind: Parameter,
    alphabet: Parameter,
    length: Parameter,
    seed: Parameter,
    count: Parameter,
    single_array: Parameter,
}

impl Node for MakeUp {
    fn execute(&self, run: &NodeRun) -> Step {
        let mut made = 0;
        each_item(run, |i, _| {
            let values = self.made_up(run, i, &mut made)?;
            Ok(values.into_iter().map(Item::new))
        })
    }
}

impl MakeUp {
    /// What comes of one input item; `made` counts all values of the run.
    fn made_up(&self, run: &NodeRun, i: usize, made: &mut usize) -> Result<Vec<Value>, ErrorInfo> {
        let kind = self.kind(run, i)?;
        let count = run.number(&self.count, i)?.max(0.0) as usize;
        *made = made.saturating_add(count);
        if *made > MAX_ITEMS {
            let message =
                format!("a run makes up at most {MAX_ITEMS} values: lower `randomDataCount`");
            return Err(run.error(message, Some(i), Some(&self.count.name)));
        }
        let seed = run.text(&self.seed, i)?;
        let mut chance = if seed.is_empty() {
            Chance::of_host(&*run.host.random)
        } else {
            Chance::seeded(&seed)
        };
        let values: Vec<Value> = (0..count).map(|_| kind.make(&mut chance)).collect();
        Ok(if run.flag(&self.single_array, i)? {
            vec![Value::from([("generatedItems", Value::from(values))])]
        } else {
            values
        })
    }

    fn kind(&self, run: &NodeRun, i: usize) -> Result<Kind, ErrorInfo> {
        let name = run.text(&self.kind, i)?;
        if &*name != "nanoid" {
            return Kind::named(&name).ok_or_else(|| {
                let message = format!("there is no random data of type `{name}`");
                run.error(message, Some(i), Some(&self.kind.name))
            });
        }
        let alphabet: Vec<char> = run.text(&self.alphabet, i)?.chars().collect();
        let length = run.number(&self.length, i)?;
        if alphabet.is_empty() {
            let message = "`nanoidAlphabet` has no characters";
            return Err(run.error(message, Some(i), Some(&self.alphabet.name)));
        }
        if !(0.0..=MAX_NANOID_LENGTH).contains(&length) {
            let message = format!("`nanoidLength` must be from 0 to {MAX_NANOID_LENGTH}");
            return Err(run.error(message, Some(i), Some(&self.length.name)));
        }
        Ok(Kind::NanoId(NanoId {
            alphabet,
            length: length as usize,
        }))
    }
}

#[cfg(test)]
mod tests;
