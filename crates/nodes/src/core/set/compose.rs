//! The frame of Set from version 3: which input fields stay, what happens to binary data, and the new fields on top.

use std::sync::Arc;

use itemflow_model::{Binaries, ErrorInfo, Item, Items, ItemsBuilder, Link, Value};

use super::include::Include;
use crate::node::{Node, NodeProblem, Outcome, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

/// Most copies of an item in a run by hand.
const MAX_DUPLICATES: f64 = 1000.0;

/// The new fields of an item.
pub(super) trait Fields: Send + Sync {
    /// Writes the fields of input item `index` into `item`; `dots` says whether names are paths.
    ///
    /// # Errors
    /// An expression that fails or a value of the wrong type.
    fn write(
        &self,
        item: &mut Item,
        dots: bool,
        run: &NodeRun,
        index: usize,
    ) -> Result<(), ErrorInfo>;
}

/// Set from version 3, ready to run.
pub(super) struct Compose {
    fields: Box<dyn Fields>,
    include: Include,
    dot_notation: Parameter,
    binary: BinaryRule,
    duplicate: Parameter,
    duplicate_count: Parameter,
}

/// When the binary data of the input item stays.
enum BinaryRule {
    /// Before 3.4: when asked for.
    Include(Parameter),
    /// From 3.4: with other fields, unless it is to be stripped.
    Strip(Parameter),
}

impl Compose {
    /// Reads everything but the fields.
    ///
    /// # Errors
    /// An unknown choice of `include`.
    pub(super) fn compile(
        parameters: &Parameters,
        fields: Box<dyn Fields>,
    ) -> Result<Self, Vec<NodeProblem>> {
        let binary = if parameters.version < 3.4 {
            BinaryRule::Include(parameters.parameter("options.includeBinary", false))
        } else {
            BinaryRule::Strip(parameters.parameter("options.stripBinary", false))
        };
        Ok(Self {
            fields,
            include: Include::compile(parameters).map_err(|problem| vec![problem])?,
            dot_notation: parameters.parameter("options.dotNotation", true),
            binary,
            duplicate: parameters.parameter("duplicateItem", false),
            duplicate_count: parameters.parameter("duplicateCount", 0),
        })
    }

    fn item(&self, input: &Item, run: &NodeRun, index: usize) -> Result<Item, ErrorInfo> {
        let dots = run.flag(&self.dot_notation, index)?;
        let mut item = Item::new(self.include.fields(&input.json, dots, run, index)?);
        item.binary = self.binary(input, run, index)?;
        self.fields.write(&mut item, dots, run, index)?;
        Ok(item)
    }

    fn binary(
        &self,
        input: &Item,
        run: &NodeRun,
        index: usize,
    ) -> Result<Option<Arc<Binaries>>, ErrorInfo> {
        if input.binary.is_none() {
            return Ok(None);
        }
        let keeps = match &self.binary {
            BinaryRule::Include(include) => run.flag(include, index)?,
            BinaryRule::Strip(strip) => {
                self.include.includes_others(run, index)? && !run.flag(strip, index)?
            }
        };
        Ok(input.binary.clone().filter(|_| keeps))
    }

    /// How often each item is repeated; more than once only in a run by hand.
    fn repeats(&self, run: &NodeRun) -> Result<usize, ErrorInfo> {
        if !run.host.execution.manual || !run.flag(&self.duplicate, 0)? {
            return Ok(1);
        }
        let count = run.number(&self.duplicate_count, 0)?;
        if count > MAX_DUPLICATES {
            return Err(run.error(
                format!("an item can be duplicated at most {MAX_DUPLICATES} times"),
                None,
                Some("duplicateCount"),
            ));
        }
        Ok(1 + count.max(0.0) as usize)
    }

    fn compose(&self, run: &NodeRun) -> Result<Items, ErrorInfo> {
        let input = run.input(0);
        let mut items = Vec::with_capacity(input.len());
        for (index, item) in input.iter().enumerate() {
            match self.item(item, run, index) {
                Ok(item) => items.push(item),
                Err(error) if run.node.continue_on_fail => items.push(Item::from_error(error)),
                Err(error) => return Err(error),
            }
        }
        let repeats = self.repeats(run)?;
        if repeats == 1 {
            return Ok(Items::from(items).paired_by_index(0));
        }
        let mut builder = ItemsBuilder::with_capacity(items.len() * repeats);
        for (index, item) in items.into_iter().enumerate() {
            for _ in 0..repeats {
                builder.push(item.clone(), Link::to(index));
            }
        }
        Ok(builder.build())
    }
}

impl Node for Compose {
    fn execute(&self, run: &NodeRun) -> Step {
        Step::Done(self.compose(run).map(Outcome::of))
    }

    fn works_by_item(&self) -> bool {
        self.duplicate.template.as_literal() == Some(&Value::Bool(false))
    }
}
