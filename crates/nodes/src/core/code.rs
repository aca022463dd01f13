//! Code: JavaScript of the workflow's own, over all items or over each.

use std::sync::LazyLock;

use itemflow_model::definition::{NodeDefinition, Property, PropertyType};
use itemflow_model::{ErrorInfo, Items};
use itemflow_script::Style;
use serde_json::json;

use super::script::items;
use super::script::{Beside, Code as Script};
use crate::gathered::Gathered;
use crate::node::{Node, NodeProblem, NodeType, NodeWithWarnings, Step};
use crate::parameters::{Parameters, pointer};
use crate::run::NodeRun;

static DEFINITION: LazyLock<NodeDefinition> = LazyLock::new(|| {
    NodeDefinition {
        versions: vec![1.0, 2.0],
        ..NodeDefinition::new(
            "n8n-nodes-base.code",
            "Code",
            "Runs JavaScript over the items, in a process of its own with limits of time and memory.",
        )
    }
    .property(
        "language",
        Property::choice(
            "The language of the script. Python is not supported.",
            &["javaScript", "python", "pythonNative"],
        )
        .default_value("javaScript"),
    )
    .property(
        "mode",
        Property::choice(
            "Whether the script runs once, with all items in `items` and `$input`, or for each item, with the item in \
             `item` and `$json`.",
            &["runOnceForAllItems", "runOnceForEachItem"],
        )
        .default_value("runOnceForAllItems"),
    )
    .property(
        "jsCode",
        Property::of(
            PropertyType::String,
            "The body of an async function. It returns items, `[{ json: { … } }]`, or plain objects; for each item, one \
             of them, or nothing to leave the item out.",
        )
        .default_value(""),
    )
    .property(
        "pythonCode",
        Property::of(PropertyType::String, "A script in Python, which is not supported."),
    )
    .example(
        "a sum over all items",
        json!({ "jsCode": "let sum = 0;\nfor (const item of $input.all()) sum += item.json.n;\nreturn { sum };" }),
        json!([[{ "n": 1 }, { "n": 2 }]]),
        json!([[{ "sum": 3 }]]),
    )
    .example(
        "items with one more field",
        json!({ "jsCode": "return items.map((item, i) => ({ json: { ...item.json, place: i + 1 } }));" }),
        json!([[{ "n": 5 }, { "n": 6 }]]),
        json!([[{ "n": 5, "place": 1 }, { "n": 6, "place": 2 }]]),
    )
    .example(
        "each item by itself; nothing leaves it out",
        json!({
            "mode": "runOnceForEachItem",
            "jsCode": "if ($json.n < 2) return;\nreturn { double: $json.n * 2 };",
        }),
        json!([[{ "n": 1 }, { "n": 2 }]]),
        json!([[{ "double": 4 }]]),
    )
    .example(
        "dates as in expressions",
        json!({ "jsCode": "return { day: DateTime.fromISO($json.at).plus({ days: 1 }).toFormat('dd.MM.yyyy') };" }),
        json!([[{ "at": "2024-02-28" }]]),
        json!([[{ "day": "29.02.2024" }]]),
    )
    .example(
        "a file of the script's own",
        json!({ "jsCode": "const data = Buffer.from('a;b').toString('base64');\n\
             return [{ json: {}, binary: { table: { data, mimeType: 'text/csv', fileName: 'a.csv' } } }];" }),
        json!([[{}]]),
        json!([[{ "$binary": { "table": { "mimeType": "text/csv", "fileName": "a.csv", "text": "a;b" } } }]]),
    )
});

pub(crate) struct Code;

impl NodeType for Code {
    fn definition(&self) -> &NodeDefinition {
        &DEFINITION
    }

    fn compile(&self, parameters: &Parameters) -> Result<Box<dyn Node>, Vec<NodeProblem>> {
        Ok(self.compile_with_warnings(parameters)?.0)
    }

    fn compile_with_warnings(
        &self,
        parameters: &Parameters,
    ) -> Result<NodeWithWarnings, Vec<NodeProblem>> {
        // Version 1 knows no other language.
        let language = match parameters.version {
            version if version < 2.0 => "javaScript".to_owned(),
            _ => parameters
                .choice("language", "javaScript")
                .map_err(|p| vec![p])?,
        };
        if language != "javaScript" {
            return Err(vec![
                NodeProblem::error(
                    "unsupported",
                    pointer("language"),
                    format!("scripts in `{language}` are not supported"),
                )
                .help("write the script in JavaScript and set `language` to `javaScript`"),
            ]);
        }
        let each = match &*parameters
            .choice("mode", "runOnceForAllItems")
            .map_err(|p| vec![p])?
        {
            "runOnceForAllItems" => false,
            "runOnceForEachItem" => true,
            other => {
                return Err(vec![NodeProblem::error(
                    "unknown-option",
                    pointer("mode"),
                    format!(
                        "`mode` must be `runOnceForAllItems` or `runOnceForEachItem`, not `{other}`"
                    ),
                )]);
            }
        };
        let script = Script::compile(parameters, "jsCode", "")?;
        let mut warnings = Vec::new();
        if script.is_empty() {
            let code = parameters.stored.contains_key("functionCode");
            warnings.push(
                NodeProblem::warning(
                    "missing-parameter",
                    pointer("jsCode"),
                    "the script is empty",
                )
                .help(if code {
                    "`functionCode` belongs to the older Function node: rename it to `jsCode`"
                } else {
                    "return items from `jsCode`"
                }),
            );
        }
        let node: Box<dyn Node> = if each {
            Box::new(Each { script })
        } else {
            Box::new(All { script })
        };
        Ok((node, warnings))
    }
}

struct All {
    script: Script,
}

impl Node for All {
    fn execute(&self, run: &NodeRun) -> Step {
        let (script, run) = (self.script.clone(), run.clone());
        Step::Pending(Box::pin(async move {
            let mut beside = Beside::default();
            let made = once(&script, &run, &mut beside).await;
            Ok(beside.outcome_of_all(&run, made))
        }))
    }
}

async fn once(script: &Script, run: &NodeRun, beside: &mut Beside) -> Result<Items, ErrorInfo> {
    let mut ran = script.run(run, Style::All, true, beside).await?;
    let result = match ran.only() {
        Ok(Some(result)) if result.is_null() => return Ok(Items::default()),
        Ok(Some(result)) => result,
        Ok(None) => {
            return Err(run.error(
                "the script returns nothing: let it end with `return` and an array of items",
                None,
                Some(script.parameter),
            ));
        }
        Err(failure) => return Err(script.failed(run, &failure, "line")),
    };
    items::of_all(ran.answers(), result, true)
        .await
        .map_err(|wrong| script.rejected(run, &wrong))
}

struct Each {
    script: Script,
}

impl Node for Each {
    fn execute(&self, run: &NodeRun) -> Step {
        let (script, run) = (self.script.clone(), run.clone());
        Step::Pending(Box::pin(async move {
            let mut beside = Beside::default();
            let made = each(&script, &run, &mut beside).await;
            Ok(beside.outcome(made))
        }))
    }
}

async fn each(script: &Script, run: &NodeRun, beside: &mut Beside) -> Result<Items, ErrorInfo> {
    let stop_at_failure = !run.node.continue_on_fail;
    let mut ran = script
        .run(run, Style::Each, stop_at_failure, beside)
        .await?;
    let mut gathered = Gathered::new(run);
    for done in std::mem::take(&mut ran.outcomes) {
        let item = match done.result {
            Ok(result) => items::of_each(ran.answers(), result, done.item)
                .await
                .map_err(|wrong| script.rejected(run, &wrong)),
            Err(failure) => {
                let line = failure
                    .line
                    .map_or_else(String::new, |line| format!("line {line}, "));
                let place = format!(" [{line}for item {}]", done.item);
                Err(script.error(run, &failure, Some(done.item), &place))
            }
        };
        gathered.push(done.item, item)?;
    }
    Ok(gathered.items())
}
