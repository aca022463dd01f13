//! What single nodes cost for 10,000 items: Edit Fields, Sort, Summarize, Merge and Code.

use std::sync::Arc;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use itemflow_declarative::NoObserver;
use itemflow_model::{Item, Items, Node as WorkflowNode, Value};
use itemflow_nodes::{Catalog, ExecutionFacts, Host, NoHistory, NodeRun, Outcome, Step};
use itemflow_script::{Config, Program, Scripts};
use jiff::tz::TimeZone;
use serde_json::json;

const ITEMS: usize = 10_000;

fn main() {
    divan::main();
}

#[divan::bench]
fn set_ten_expressions(bencher: Bencher) {
    let values = [
        "={{ $json.price * $json.count }}",
        "={{ $json.name.toUpperCase() }}",
        "=Order {{ $json.id }} of {{ $json.name }}",
        "={{ $json.address.city }}",
        "={{ $json.count > 1 ? 'many' : 'one' }}",
        "={{ $json.tags.map(tag => tag.length).reduce((a, b) => a + b, 0) }}",
        "={{ $json.missing ?? 'none' }}",
        "={{ Math.round($json.price * 100) / 100 }}",
        "={{ $itemIndex + 1 }}",
        "={{ $json.tags.join(', ') }}",
    ];
    let assignments: Vec<serde_json::Value> = values
        .iter()
        .enumerate()
        .map(|(i, value)| json!({ "name": format!("field{i}"), "value": value, "type": "string" }))
        .collect();
    let parameters = json!({
        "includeOtherFields": true,
        "assignments": { "assignments": assignments },
    });
    run(bencher, "set", parameters, &[orders()], ITEMS);
}

#[divan::bench]
fn sort_two_fields(bencher: Bencher) {
    let parameters = json!({ "sortFieldsUi": { "sortField": [
        { "fieldName": "address.city", "order": "descending" },
        { "fieldName": "price" },
    ] } });
    run(bencher, "sort", parameters, &[orders()], ITEMS);
}

#[divan::bench]
fn summarize_by_city(bencher: Bencher) {
    let parameters = json!({
        "fieldsToSummarize": { "values": [
            { "aggregation": "sum", "field": "price" },
            { "aggregation": "countUnique", "field": "name" },
            { "aggregation": "max", "field": "count" },
        ] },
        "fieldsToSplitBy": "address.city",
    });
    run(bencher, "summarize", parameters, &[orders()], 100);
}

#[divan::bench]
fn merge_by_fields(bencher: Bencher) {
    let parameters = json!({
        "mode": "combine",
        "fieldsToMatchString": "id",
        "joinMode": "keepEverything",
    });
    let customers: Items = (0..ITEMS)
        .rev()
        .map(|i| {
            Item::new(Value::from([
                ("id", Value::from(i)),
                ("vip", (i % 7 == 0).into()),
            ]))
        })
        .collect();
    run(bencher, "merge", parameters, &[orders(), customers], ITEMS);
}

/// The script runs in a thread; a process would add a millisecond.
#[divan::bench]
fn code_all_items(bencher: Bencher) {
    let parameters = json!({
        "jsCode": "return items.map(item => ({ json: { ...item.json, total: item.json.price * item.json.count } }))",
    });
    run(bencher, "code", parameters, &[orders()], ITEMS);
}

#[divan::bench]
fn code_each_item(bencher: Bencher) {
    let parameters = json!({
        "mode": "runOnceForEachItem",
        "jsCode": "return { json: { ...$json, total: $json.price * $json.count } }",
    });
    run(bencher, "code", parameters, &[orders()], ITEMS);
}

fn orders() -> Items {
    (0..ITEMS)
        .map(|i| {
            let mixed = i * 7919 % ITEMS;
            Item::new(json!({
                "id": i,
                "name": format!("customer {mixed}"),
                "price": mixed as f64 * 0.01,
                "count": mixed % 3,
                "tags": ["new", "paid"],
                "address": { "city": format!("city {}", mixed % 100) },
            }))
        })
        .collect()
}

/// Runs a node on these inputs again and again; it must give `expected` items.
fn run(
    bencher: Bencher,
    node_type: &str,
    parameters: serde_json::Value,
    inputs: &[Items],
    expected: usize,
) {
    let node = WorkflowNode {
        name: "Bench".into(),
        node_type: node_type.into(),
        parameters: Value::from(parameters)
            .as_object()
            .cloned()
            .unwrap_or_default(),
        ..WorkflowNode::default()
    };
    let compiled = Catalog::default()
        .compile(&node)
        .expect("the parameters are sound");
    let run = NodeRun {
        node: compiled.facts.clone(),
        inputs: inputs
            .iter()
            .enumerate()
            .map(|(i, items)| Some(items.paired_by_index(i)))
            .collect(),
        run_index: 0,
        history: Arc::new(NoHistory),
        host: Arc::new(Host {
            scripts: Some(Arc::new(Scripts::new(Config::new(Program::Thread)))),
            ..Host::new(ExecutionFacts {
                id: "1".into(),
                manual: true,
                workflow: Value::empty_object(),
                time_zone: TimeZone::UTC,
                method: None,
            })
        }),
        observer: Arc::new(NoObserver),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be made");
    bencher.counter(ItemsCount::new(ITEMS)).bench_local(|| {
        let answer = match compiled.node.execute(black_box(&run)) {
            Step::Done(answer) => answer,
            Step::Pending(work) => runtime.block_on(work),
            Step::Ask(_) => unreachable!("these nodes ask for nothing"),
        };
        let Outcome { outputs, .. } = answer.expect("the node does its work");
        assert_eq!(outputs[0].as_ref().map(Items::len), Some(expected));
        outputs
    });
}
