//! Function: the older form of Code that runs once for all items.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use itemflow_model::{ErrorInfo, Items, Value};
use itemflow_script::Style;
use serde_json::json;

use super::script::items;
use super::script::{Beside, Code};
use crate::node::{Node, NodeProblem, NodeType, Step};
use crate::parameters::Parameters;
use crate::run::NodeRun;

/// What runs where a file has no script.
const DEFAULT_CODE: &str =
    "for (const item of items) {\n  item.json.myNewField = 1;\n}\nreturn items;";

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    NodeDefinition {
        versions: vec![1.0, 2.0],
        ..NodeDefinition::new(
            "n8n-nodes-base.function",
            "Function",
            "Runs JavaScript once for all items. An older node: Code has taken its place.",
        )
    }
    .property(
        "functionCode",
        Property::of(
            PropertyType::String,
            "The body of an async function. `items` are copies of the input items; it returns an array of items.",
        )
        .default_value(DEFAULT_CODE),
    )
    .example(
        "the script of a file without one",
        json!({}),
        json!([[{ "n": 1 }]]),
        json!([[{ "n": 1, "myNewField": 1 }]]),
    )
    .example(
        "other items than before",
        json!({ "functionCode": "return [{ json: { count: items.length } }];" }),
        json!([[{ "n": 1 }, { "n": 2 }]]),
        json!([[{ "count": 2 }]]),
    )
});

pub(crate) struct Function;

impl NodeType for Function {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        let script = Code::compile(parameters, "functionCode", DEFAULT_CODE)?;
        Ok(Box::new(Once { script }))
    }
}

struct Once {
    script: Code,
}

impl Node for Once {
    fn execute(&self, run: &NodeRun) -> Step {
        let (script, run) = (self.script.clone(), run.clone());
        Step::Pending(Box::pin(async move {
            let mut beside = Beside::default();
            let made = once(&script, &run, &mut beside).await;
            Ok(beside.outcome_of_all(&run, made))
        }))
    }
}

async fn once(script: &Code, run: &NodeRun, beside: &mut Beside) -> Result<Items, ErrorInfo> {
    let mut ran = script.run(run, Style::Function, true, beside).await?;
    let result = match ran.only() {
        Ok(None | Some(Value::Null)) => {
            return Err(run.error(
                "the script returns nothing: let it end with `return items`",
                None,
                Some(script.parameter),
            ));
        }
        Ok(Some(result)) => result,
        Err(failure) => return Err(script.failed(run, &failure, "Line")),
    };
    items::of_all(ran.answers(), result, false)
        .await
        .map_err(|wrong| script.rejected(run, &wrong))
}
