//! FunctionItem: the older form of Code that runs for each item.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use itemflow_model::{ErrorInfo, Item, Items, Value};
use itemflow_script::Style;
use serde_json::json;

use super::script::{Beside, Code, Ran, items};
use crate::gathered::Gathered;
use crate::node::{Node, NodeProblem, NodeType, Step};
use crate::parameters::Parameters;
use crate::run::NodeRun;

/// What runs where a file has no script.
const DEFAULT_CODE: &str = "item.myNewField = 1;\nreturn item;";

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    NodeDefinition::new(
        "n8n-nodes-base.functionItem",
        "Function Item",
        "Runs JavaScript for each item. An older node: Code has taken its place.",
    )
    .property(
        "functionCode",
        Property::of(
            PropertyType::String,
            "The body of an async function. `item` is a copy of the item's json; it returns the json of the new item.",
        )
        .default_value(DEFAULT_CODE),
    )
    .example(
        "the script of a file without one",
        json!({}),
        json!([[{ "n": 1 }, { "n": 2 }]]),
        json!([[{ "n": 1, "myNewField": 1 }, { "n": 2, "myNewField": 1 }]]),
    )
    .example(
        "another json",
        json!({ "functionCode": "return { text: `number ${item.n}` };" }),
        json!([[{ "n": 1 }]]),
        json!([[{ "text": "number 1" }]]),
    )
});

pub(crate) struct FunctionItem;

impl NodeType for FunctionItem {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let script = Code::compile(parameters, "functionCode", DEFAULT_CODE)?;
        Ok(Box::new(EachItem { script }))
    }
}

struct EachItem {
    script: Code,
}

impl Node for EachItem {
    fn execute(&self, run: &NodeRun) -> Step {
        let (script, run) = (self.script.clone(), run.clone());
        Step::Pending(Box::pin(async move {
            let mut beside = Beside::default();
            let made = each(&script, &run, &mut beside).await;
            Ok(beside.outcome(made))
        }))
    }
}

async fn each(script: &Code, run: &NodeRun, beside: &mut Beside) -> Result<Items, ErrorInfo> {
    let stop_at_failure = !run.node.continue_on_fail;
    let mut ran = script
        .run(run, Style::FunctionItem, stop_at_failure, beside)
        .await?;
    let mut gathered = Gathered::new(run);
    for done in std::mem::take(&mut ran.outcomes) {
        let item = match done.result {
            Ok(result) => {
                let place = format!(" [Item Index: {}]", done.item);
                new_item(&ran, result.unwrap_or_default())
                    .await
                    .map_err(|message| {
                        run.error(
                            format!("{message}{place}"),
                            Some(done.item),
                            Some(script.parameter),
                        )
                    })
            }
            Err(failure) => {
                let line = failure
                    .line
                    .map_or_else(String::new, |line| format!("Line {line} | "));
                let place = format!(" [{line}Item Index: {}]", done.item);
                Err(script.error(run, &failure, Some(done.item), &place))
            }
        };
        gathered.push(done.item, item.map(Some))?;
    }
    Ok(gathered.items())
}

/// The item of `{ json, binary }`. What a script returns is not looked at further, as long as it is something.
async fn new_item(ran: &Ran, result: Value) -> Result<Item, String> {
    let json = result.get("json").cloned().unwrap_or_default();
    if json.is_null() {
        return Err("the script returns nothing: let it end with `return item`".into());
    }
    let files = items::one(ran.answers(), Value::empty_object(), result.get("binary")).await?;
    Ok(Item {
        json,
        binary: files.binary,
        error: None,
    })
}
