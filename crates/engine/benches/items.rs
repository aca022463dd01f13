//! What 10,000 items cost on their way through Edit Fields, If and Merge.

use std::sync::Arc;

use divan::Bencher;
use divan::counter::ItemsCount;
use itemflow_engine::{Config, Execution, Plan, Start};
use itemflow_model::{ExecutionStatus, Item, Items, SourceText, Value, Workflow};
use itemflow_nodes::{Catalog, ExecutionFacts, Host};
use jiff::tz::TimeZone;

const ITEMS: usize = 10_000;

const WORKFLOW: &str = r#"
name: items
nodes:
  - { name: Start, type: manualTrigger }
  - name: Set
    type: set
    parameters:
      includeOtherFields: true
      assignments:
        assignments:
          - { name: total, type: number, value: "={{ $json.price * $json.count }}" }
          - { name: label, type: string, value: "=Order {{ $json.id }} of {{ $json.name }}" }
  - name: If
    type: if
    parameters:
      conditions:
        combinator: and
        options: { caseSensitive: true, typeValidation: strict, version: 2 }
        conditions:
          - { leftValue: "={{ $json.total }}", rightValue: 50, operator: { type: number, operation: gt } }
  - { name: Merge, type: merge }
connections:
  - Start -> Set -> If
  - If [true] -> Merge
  - If [false] -> [1] Merge
"#;

fn main() {
    divan::main();
}

fn items() -> Items {
    (0..ITEMS)
        .map(|i| {
            Item::new(Value::from([
                ("id", Value::from(i)),
                ("name", Value::from("a customer")),
                ("price", Value::from(i as f64 * 0.01)),
                ("count", Value::from(i % 3)),
            ]))
        })
        .collect()
}

#[divan::bench]
fn set_if_merge(bencher: Bencher) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be made");
    let source = SourceText::new("items.yaml", WORKFLOW);
    let (mut workflow, _) = Workflow::read(&source).expect("the workflow is sound");
    let start = Start {
        items: items(),
        ..Start::default()
    };
    let checked = itemflow_engine::check(&mut workflow, &source, &Catalog::default(), &start);
    let plan: Arc<Plan> = Arc::new(checked.plan.expect("the workflow is sound"));
    let host = Arc::new(host());
    bencher.counter(ItemsCount::new(ITEMS)).bench_local(|| {
        runtime.block_on(async {
            let mut execution =
                Execution::new(plan.clone(), host.clone(), Config::default(), &start)
                    .expect("there is a node to start at");
            while execution.next().await.is_some() {}
            assert_eq!(execution.state().status(), Some(ExecutionStatus::Success));
            let merged = execution.state().results(&plan, "Merge");
            assert_eq!(merged[0].output(0).map(Items::len), Some(ITEMS));
        });
    });
}

fn host() -> Host {
    Host::new(ExecutionFacts {
        id: "1".into(),
        manual: true,
        workflow: Value::empty_object(),
        time_zone: TimeZone::UTC,
        method: None,
    })
}
