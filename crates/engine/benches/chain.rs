//! What the engine itself costs: a chain of nodes that pass one item on.

use std::sync::Arc;

use divan::Bencher;
use divan::counter::ItemsCount;
use itemflow_engine::{Config, Execution, Plan, Start};
use itemflow_model::{Connection, ExecutionOrder, Node, Value, Workflow};
use itemflow_nodes::{Catalog, ExecutionFacts, Host};
use jiff::tz::TimeZone;

#[global_allocator]
static ALLOCATIONS: divan::AllocProfiler = divan::AllocProfiler::system();

const NODES: usize = 20;

fn main() {
    divan::main();
}

#[divan::bench(args = [ExecutionOrder::V0, ExecutionOrder::V1, ExecutionOrder::Parallel])]
fn twenty_nodes(bencher: Bencher<'_, '_>, order: ExecutionOrder) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime");
    let (plan, host) = (plan(order), host());
    bencher.counter(ItemsCount::new(NODES)).bench_local(|| {
        runtime.block_on(async {
            let start = Start::default();
            let mut execution =
                Execution::new(plan.clone(), host.clone(), Config::default(), &start)
                    .expect("a trigger");
            let mut events = 0;
            while let Some(event) = execution.next().await {
                divan::black_box_drop(event);
                events += 1;
            }
            assert_eq!(events, NODES + 2);
        });
    });
}

fn plan(order: ExecutionOrder) -> Arc<Plan> {
    let mut workflow = Workflow::default();
    workflow.settings.execution_order = Some(order);
    for at in 0..NODES {
        let node_type = if at == 0 { "manualTrigger" } else { "noOp" };
        workflow.nodes.push(Node {
            name: format!("Node {at}").into(),
            node_type: node_type.into(),
            ..Node::default()
        });
    }
    for pair in workflow.nodes.windows(2) {
        let connection = Connection {
            node: pair[1].name.clone(),
            kind: "main".into(),
            index: 0,
        };
        workflow
            .connections
            .entry(pair[0].name.clone())
            .or_default()
            .insert("main".into(), vec![vec![connection]]);
    }
    match Plan::compile(&workflow, &Catalog::default()) {
        Ok((plan, _)) => Arc::new(plan),
        Err(problems) => panic!("{problems:?}"),
    }
}

fn host() -> Arc<Host> {
    Arc::new(Host::new(ExecutionFacts {
        id: "1".into(),
        manual: true,
        workflow: Value::empty_object(),
        time_zone: TimeZone::UTC,
        method: None,
    }))
}
