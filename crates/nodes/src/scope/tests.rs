//! What the variables of an expression mean, asked of a past that is made up.

use itemflow_expression::{Expression, Limits};
use itemflow_model::Source;

use super::*;
use crate::host::{ExecutionFacts, Host};
use crate::run::History;

/// Node `A` has run and gave two items; the current node is `B`.
struct Past;

fn items() -> Items {
    [1, 2]
        .into_iter()
        .map(|n| Item::new(Value::from([("n", n)])))
        .collect()
}

impl History for Past {
    fn node(&self, name: &str) -> Option<u32> {
        ["A", "B"]
            .iter()
            .position(|node| *node == name)
            .map(|at| at as u32)
    }
    fn node_name(&self, node: u32) -> &str {
        ["A", "B"].get(node as usize).copied().unwrap_or_default()
    }
    fn runs(&self, node: u32) -> u32 {
        u32::from(node == 0)
    }
    fn items(&self, _: u32, _: Option<u32>, _: Option<u32>) -> Result<Items, EvaluateError> {
        Ok(items())
    }
    fn paired_item(&self, _: u32, item: usize) -> Result<Item, EvaluateError> {
        Ok(Item::new(Value::from([("from", item)])))
    }
    fn parameters(&self, _: u32) -> Option<Arc<NodeFacts>> {
        None
    }
    fn own_input(&self, _: u32) -> Items {
        items()
    }
    fn own_context(&self, _: u32) -> Option<Value> {
        None
    }
    fn context(&self, node: u32) -> Option<Value> {
        (node == 0).then(|| Value::from([("noItemsLeft", true)]))
    }
    fn custom_data(&self) -> Map {
        [("key".into(), Value::from("v"))].into_iter().collect()
    }
    fn source(&self, _: usize) -> Option<Source> {
        Some(Source {
            node: "A".into(),
            output: 0,
            run_index: 0,
        })
    }
}

fn evaluate(code: &str) -> Result<Option<Value>, String> {
    let facts = NodeFacts {
        name: "B".into(),
        id: Some("b".into()),
        type_name: "x".into(),
        version: 1.2,
        continue_on_fail: false,
        retry: None,
        parameters: Template::Literal(Value::empty_object()),
    };
    let run = NodeRun {
        node: Arc::new(facts),
        inputs: vec![Some(items())],
        run_index: 1,
        history: Arc::new(Past),
        host: Arc::new(Host::new(ExecutionFacts {
            id: "1".into(),
            manual: true,
            workflow: Value::empty_object(),
            time_zone: TimeZone::UTC,
            method: None,
        })),
        observer: Arc::new(itemflow_declarative::NoObserver),
    };
    let expression = Expression::parse(&format!("={{{{ {code} }}}}")).unwrap();
    expression
        .evaluate(&run.scope(1), &Limits::default())
        .map_err(|error| error.to_string())
}

#[test]
fn variables_mean_what_they_mean_in_n8n() {
    for (code, expected) in [
        ("$json.n", r#"2"#),
        ("$().first().json.n", "1"),
        ("$('A').context.noItemsLeft", "true"),
        ("$node['A'].context", r#"{"noItemsLeft":true}"#),
        ("$input.context", "{}"),
        ("$node.A.json.n", "2"),
        ("$item(0).$json.n", "1"),
        ("$item(0).$node['A'].json.n", "1"),
        ("$item(0).$itemIndex", "0"),
        ("$item(0, 0).$json.n", "1"),
        ("$items().length", "2"),
        ("$items('A', 0, -1)[1].json.n", "2"),
        ("$('A').itemMatching(0).json.from", "0"),
        ("$('A').pairedItem().json.from", "1"),
        ("$getPairedItem('A', null, { item: 0 }).json.from", "0"),
        ("$execution", r#"{"id":"1","mode":"test"}"#),
        ("$execution.customData.get('key')", r#""v""#),
        ("$execution.customData.getAll()", r#"{"key":"v"}"#),
        ("$evaluateExpression('{{ $json.n \\}}')", "2"),
        ("$evaluateExpression('{{ $json.n \\}}', 0)", "1"),
        (
            "[$position, $thisItemIndex, $thisRunIndex, $thisItem.json.n]",
            "[1,1,1,2]",
        ),
        ("$prevNode.name + $prevNode.outputIndex", r#""A0""#),
        ("$('B').isExecuted", "false"),
        ("$nodeVersion", "1.2"),
    ] {
        let expected: Value = serde_json::from_str(expected).unwrap();
        assert_eq!(evaluate(code), Ok(Some(expected)), "{code}");
    }
    for code in [
        "$('A').itemMatching()",
        "$('Nope').first()",
        "$execution.customData.set('a', 1)",
        "$input.first(0)",
        "$item()",
    ] {
        assert!(evaluate(code).is_err(), "{code}");
    }
}
