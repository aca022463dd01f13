//! Loop Over Items (Split in Batches): hands out its items batch by batch, each time the loop comes back to it (n8n: E12).
//!
//! The node keeps nothing. Where the loop stands is in the context of its last run, and the items it loops over are
//! those that its first run got, which the history still has.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use itemflow_model::{ErrorInfo, Items, ItemsBuilder, Link, Value};
use serde_json::json;

use crate::node::{Node, NodeProblem, NodeType, Outcome, Step};
use crate::parameters::{Parameter, Parameters};
use crate::run::NodeRun;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    NodeDefinition::new(
        "n8n-nodes-base.splitInBatches",
        "Loop Over Items (Split in Batches)",
        "Hands out its items in batches: each time the loop comes back, the next one, and at the end all that came back.",
    )
    .versions(&[1.0, 2.0, 3.0])
    .outputs(&["done", "loop"])
    .property(
        "batchSize",
        Property::of(
            PropertyType::Number,
            "How many items make a batch. Versions 1 and 2 take 10 where nothing is stored.",
        )
        .default_value(1),
    )
    .property(
        "options",
        Property::of(PropertyType::Collection, "Further settings.").field(
            "reset",
            Property::of(
                PropertyType::Boolean,
                "Whether the loop begins anew with the items that come in, read each time the node runs.",
            ),
        ),
    )
    .example(
        "the first batch goes into the loop",
        json!({ "batchSize": 2 }),
        json!([[{ "n": 1 }, { "n": 2 }, { "n": 3 }]]),
        json!([[], [{ "n": 1 }, { "n": 2 }]]),
    )
});

pub(crate) struct SplitInBatches;

impl NodeType for SplitInBatches {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let batch_size = if parameters.version < 3.0 { 10 } else { 1 };
        Ok(Box::new(Loop {
            version: parameters.version as u8,
            batch_size: parameters.parameter("batchSize", batch_size),
            reset: parameters.parameter("options.reset", false),
        }))
    }

    fn strict_versions(&self) -> bool {
        true
    }
}

struct Loop {
    version: u8,
    batch_size: Parameter,
    reset: Parameter,
}

/// Where a loop stands after a run.
#[derive(Clone, Copy)]
struct Place {
    /// The run whose input it loops over.
    first_run: u32,
    /// How many of its items have been handed out.
    handed_out: usize,
    /// How many batches have been, the first not counted.
    batches: i64,
    /// Whether the last output was the done one.
    done: bool,
}

impl Node for Loop {
    fn execute(&self, run: &NodeRun) -> Step {
        self.next_batch(run).into()
    }

    fn outputs(&self) -> usize {
        if self.version == 1 { 1 } else { 2 }
    }
}

impl Loop {
    fn next_batch(&self, run: &NodeRun) -> Result<Outcome, ErrorInfo> {
        let size = run.number(&self.batch_size, 0)?;
        if size < 1.0 {
            return Err(run.error("`batchSize` must be at least 1", None, Some("batchSize")));
        }
        let size = size as usize;
        let place = match self.place(run) {
            Some(place) if !run.flag(&self.reset, 0)? => place,
            _ => Place {
                first_run: run.run_index,
                handed_out: 0,
                batches: -1,
                done: false,
            },
        };
        let all = input_of(run, place.first_run);
        let end = place.handed_out.saturating_add(size).min(all.len());
        let batch: ItemsBuilder = {
            let mut batch = ItemsBuilder::with_capacity(end - place.handed_out);
            for at in place.handed_out..end {
                if let Some(item) = all.get(at) {
                    batch.push(item.clone(), link(run, place.first_run, at));
                }
            }
            batch
        };
        let done = batch.is_empty();
        let place = Place {
            handed_out: end,
            batches: place.batches + i64::from(!done),
            done,
            ..place
        };
        let outputs = match (self.version, done) {
            (1, true) => vec![None],
            (1, false) => vec![Some(batch.build())],
            (2, true) => vec![
                Some(Items::default()),
                Some(came_back(run, place.first_run)),
            ],
            (2, false) => vec![Some(batch.build()), Some(Items::default())],
            (_, true) => vec![
                Some(came_back(run, place.first_run)),
                Some(Items::default()),
            ],
            (_, false) => vec![Some(Items::default()), Some(batch.build())],
        };
        Ok(Outcome {
            outputs,
            context: Some(place.context(all.len(), size)),
            ..Outcome::default()
        })
    }

    /// Where the loop stands after the node's last run; `None` before the first one.
    fn place(&self, run: &NodeRun) -> Option<Place> {
        if run.run_index == 0 {
            return None;
        }
        let context = run.history.own_context(run.run_index - 1)?;
        let number = |key: &str| context.get(key).and_then(Value::as_i64);
        Some(Place {
            first_run: u32::try_from(number("firstRunIndex")?).ok()?,
            handed_out: usize::try_from(number("handedOut")?).ok()?,
            batches: number("currentRunIndex")?,
            done: context.get("done").and_then(Value::as_bool)?,
        })
    }
}

impl Place {
    /// The context that expressions see, with n8n's names, and what the next run needs.
    fn context(self, items: usize, batch_size: usize) -> Value {
        Value::from(json!({
            "currentRunIndex": self.batches,
            "maxRunIndex": items.div_ceil(batch_size),
            "noItemsLeft": self.handed_out >= items,
            "done": self.done,
            "firstRunIndex": self.first_run,
            "handedOut": self.handed_out,
        }))
    }
}

/// Everything that has come back into the loop since its first run.
fn came_back(run: &NodeRun, first_run: u32) -> Items {
    let mut all = ItemsBuilder::default();
    for earlier in first_run + 1..=run.run_index {
        for (at, item) in input_of(run, earlier).iter().enumerate() {
            all.push(item.clone(), link(run, earlier, at));
        }
    }
    all.build()
}

fn input_of(run: &NodeRun, index: u32) -> Items {
    if index == run.run_index {
        run.input(0)
    } else {
        run.history.own_input(index)
    }
}

fn link(run: &NodeRun, index: u32, item: usize) -> Link {
    if index == run.run_index {
        Link::to(item)
    } else {
        Link::earlier(index, item)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::core::tests::{list, run};

    fn first_batch(version: f64, parameters: serde_json::Value) -> Vec<Vec<serde_json::Value>> {
        let items: Vec<_> = (0..12).map(|n| json!({ "n": n })).collect();
        let outputs = run(
            "splitInBatches",
            Some(version),
            &parameters.into(),
            &[list(json!(items))],
        )
        .unwrap();
        let plain = |items: Vec<_>| items.iter().map(serde_json::Value::from).collect();
        outputs.into_iter().map(plain).collect()
    }

    #[test]
    fn the_output_of_the_loop_and_its_size_depend_on_the_version() {
        assert_eq!(first_batch(1.0, json!({}))[0].len(), 10);
        let outputs = first_batch(2.0, json!({}));
        assert_eq!((outputs[0].len(), outputs[1].len()), (10, 0));
        let outputs = first_batch(3.0, json!({}));
        assert_eq!((outputs[0].len(), outputs[1].len()), (0, 1));
        assert_eq!(first_batch(3.0, json!({ "batchSize": 50 }))[1].len(), 12);
    }

    #[test]
    fn a_batch_has_at_least_one_item() {
        let parameters = json!({ "batchSize": 0 }).into();
        let error = run("splitInBatches", None, &parameters, &[list(json!([{}]))]).unwrap_err();
        assert_eq!(error, "`batchSize` must be at least 1");
    }
}
