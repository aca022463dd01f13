//! Node types whose behaviour a test gives as a closure.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use itemflow_model::definition::NodeDefinition;
use itemflow_model::{
    Effect, EffectAnswer, ErrorInfo, Item, ItemRef, Items, Link, RunWorkflows, Value, Wait,
    WorkflowCall, WorkflowSource,
};
use itemflow_nodes::{
    Node, NodeProblem, NodeRun, NodeType, Outcome, Parameters, RequiredInputs, Step,
};
use serde_json::json;

/// What a scripted node does with the answer to what it has asked for.
type Resume = dyn Fn(&NodeRun, &EffectAnswer) -> Step + Send + Sync;

/// What a scripted node does, and what it says of itself.
#[derive(Clone)]
pub(crate) struct Script {
    run: Arc<dyn Fn(&NodeRun) -> Step + Send + Sync>,
    outputs: usize,
    required: RequiredInputs,
    runs: Arc<AtomicUsize>,
    resume: Option<Arc<Resume>>,
}

impl Script {
    pub(crate) fn new(run: impl Fn(&NodeRun) -> Step + Send + Sync + 'static) -> Self {
        Self {
            run: Arc::new(run),
            outputs: 1,
            required: RequiredInputs::Any,
            runs: Arc::default(),
            resume: None,
        }
    }

    /// What it does with the answer to what it has asked for.
    pub(crate) fn then(
        mut self,
        resume: impl Fn(&NodeRun, &EffectAnswer) -> Step + Send + Sync + 'static,
    ) -> Self {
        self.resume = Some(Arc::new(resume));
        self
    }

    pub(crate) fn with_outputs(mut self, outputs: usize) -> Self {
        self.outputs = outputs;
        self
    }

    pub(crate) fn requires(mut self, inputs: &[usize]) -> Self {
        self.required = RequiredInputs::Listed(inputs.to_vec());
        self
    }

    /// Counts the calls of the node.
    pub(crate) fn counted(&self) -> Arc<AtomicUsize> {
        self.runs.clone()
    }

    /// The node type that behaves so.
    pub(crate) fn node_type(&self, name: &str, is_trigger: bool) -> Arc<dyn NodeType> {
        let definition = NodeDefinition::new(name, name, "Does what a test says.");
        Arc::new(ScriptType {
            definition: if is_trigger {
                definition.inputs(&[])
            } else {
                definition
            },
            script: self.clone(),
        })
    }
}

struct ScriptType {
    definition: NodeDefinition,
    script: Script,
}

impl NodeType for ScriptType {
    fn definition(&self) -> &NodeDefinition {
        &self.definition
    }

    fn compile(&self, _: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        Ok(Box::new(self.script.clone()))
    }
}

impl Node for Script {
    fn execute(&self, run: &NodeRun) -> Step {
        self.runs.fetch_add(1, Ordering::SeqCst);
        (self.run)(run)
    }

    fn resume(&self, run: &NodeRun, answer: &EffectAnswer) -> Step {
        match &self.resume {
            Some(resume) => resume(run, answer),
            None => failed("nothing was asked for"),
        }
    }

    fn outputs(&self) -> usize {
        self.outputs
    }

    fn required_inputs(&self) -> RequiredInputs {
        self.required.clone()
    }
}

/// Items with the json of each element of a list; nothing is said of where they come from.
pub(crate) fn items(list: serde_json::Value) -> Items {
    let list: Vec<serde_json::Value> = serde_json::from_value(list).unwrap();
    list.into_iter().map(Item::new).collect()
}

/// `count` items `{ "i": 0 }`, `{ "i": 1 }`, …
pub(crate) fn numbered(count: usize) -> Items {
    (0..count).map(|i| Item::new(json!({ "i": i }))).collect()
}

pub(crate) fn done(items: Items) -> Step {
    Step::Done(Ok(Outcome::of(items)))
}

pub(crate) fn failed(message: &str) -> Step {
    Step::Done(Err(ErrorInfo::operation(message)))
}

/// Passes on the items that expressions would see.
pub(crate) fn pass() -> Script {
    Script::new(|run| done(run.items()))
}

/// Waits until a moment, then passes its items on.
pub(crate) fn waits() -> Script {
    Script::new(|_| Step::Ask(Effect::Wait(Wait::default()))).then(|run, _| done(run.items()))
}

/// Runs another workflow, and when that has given one item, once more with two.
pub(crate) fn calls_twice() -> Script {
    let call = |items: Items| {
        Step::Ask(Effect::RunWorkflows(RunWorkflows {
            calls: vec![WorkflowCall {
                workflow: WorkflowSource::Id("other".into()),
                items,
            }],
            wait: true,
            stop_at_failure: true,
        }))
    };
    Script::new(move |run| call(run.items().take(1))).then(move |_, answer| {
        let EffectAnswer::Workflows(results) = answer else {
            return failed("a workflow was called");
        };
        let given = results[0].clone().unwrap()[0].clone().unwrap();
        if given.len() == 1 {
            let twice = [given.get(0), given.get(0)];
            call(twice.into_iter().flatten().cloned().collect())
        } else {
            done(given.paired_to_first())
        }
    })
}

/// Yields these items in every run.
pub(crate) fn emit(list: serde_json::Value) -> Script {
    let items = items(list);
    Script::new(move |_| done(items.clone()))
}

/// Yields these lists of items, one for each output; null is an output without data.
pub(crate) fn emit_outputs(lists: serde_json::Value) -> Script {
    let lists: Vec<serde_json::Value> = serde_json::from_value(lists).unwrap();
    let outputs: Vec<Option<Items>> = lists
        .into_iter()
        .map(|list| (!list.is_null()).then(|| items(list)))
        .collect();
    let count = outputs.len();
    Script::new(move |_| {
        Step::Done(Ok(Outcome {
            outputs: outputs.clone(),
            ..Outcome::default()
        }))
    })
    .with_outputs(count)
}

/// Yields nothing at all, as n8n's nodes do by returning null.
pub(crate) fn nothing() -> Script {
    Script::new(|_| Step::Done(Ok(Outcome::default())))
}

/// Always fails as a whole.
pub(crate) fn fail(message: &'static str) -> Script {
    Script::new(move |_| failed(message))
}

/// Yields the items of all inputs, one input after the other, linked.
pub(crate) fn append() -> Script {
    Script::new(|run| {
        let all = run.inputs.iter().enumerate().flat_map(|(input, items)| {
            let items = items.clone().unwrap_or_default();
            (0..items.len())
                .map(move |i| (items.get(i).unwrap().clone(), Link::input(input, i)))
                .collect::<Vec<_>>()
        });
        done(all.collect())
    })
}

/// Yields one item for each pair of items of its two inputs, linked to both.
pub(crate) fn zip() -> Script {
    Script::new(|run| {
        let (left, right) = (run.input(0), run.input(1));
        let pairs = (0..left.len().min(right.len())).map(|i| {
            let json = [
                ("left", left.get(i).unwrap().json.clone()),
                ("right", right.get(i).unwrap().json.clone()),
            ];
            let link = Link::Many([reference(0, i), reference(1, i)].into());
            (Item::new(Value::from(json)), link)
        });
        done(pairs.collect())
    })
}

/// Splits items: those with an even `i` leave through output 0, the others through output 1. Items are linked.
pub(crate) fn split() -> Script {
    Script::new(|run| {
        let input = run.items();
        let part = |rest: i64| -> Items {
            (0..input.len())
                .map(|at| (input.get(at).unwrap().clone(), Link::to(at)))
                .filter(|(item, _)| {
                    item.json.get("i").and_then(Value::as_i64).unwrap_or(0) % 2 == rest
                })
                .collect()
        };
        Step::Done(Ok(Outcome::of_outputs([part(0), part(1)])))
    })
    .with_outputs(2)
}

/// Leaves through output 1 for its first `rounds` runs, then through output 0.
pub(crate) fn rounds(rounds: u32) -> Script {
    Script::new(move |run| {
        let (stay, leave) = if run.run_index < rounds {
            (run.items(), Items::default())
        } else {
            (Items::default(), run.items())
        };
        Step::Done(Ok(Outcome::of_outputs([leave, stay])))
    })
    .with_outputs(2)
}

/// Does later what `script` does at once, after `wait_ms` of tokio's time.
pub(crate) fn later(script: &Script, wait_ms: u64) -> Script {
    let inner = script.run.clone();
    let mut outer = script.clone();
    outer.run = Arc::new(move |run| {
        let (run, inner) = (run.clone(), inner.clone());
        Step::Pending(Box::pin(async move {
            tokio::time::sleep(std::time::Duration::from_millis(wait_ms)).await;
            match inner(&run) {
                Step::Done(answer) => answer,
                Step::Pending(work) => work.await,
                Step::Ask(_) => unreachable!("a script that asks is not done later"),
            }
        }))
    });
    outer
}

fn reference(input: u16, item: usize) -> ItemRef {
    ItemRef {
        item: item as u32,
        input,
        run: None,
    }
}
