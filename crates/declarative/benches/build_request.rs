//! How long it takes to check parameters and to build a request of them.

use divan::{Bencher, black_box};
use itemflow_declarative::{Action, BuildContext, EmptyScope, ParameterRules, build_request};
use itemflow_model::definition::{ActionFile, ResourceFile, ServiceFile};
use itemflow_model::{Map, Value};

const SERVICE: &str = r#"{"name":"test","request":{"baseUrl":"https://api.example.com","headers":{"Accept":"application/json"}}}"#;
const ACTION: &str = r#"{"operation":"New Conversation","description":"d",
    "request":"POST /api/v1/accounts/{account_id}/conversations","properties":{
    "account_id":{"type":"number","required":true,"schema":{"type":"integer","minimum":1}},
    "source_id":{"type":"string","required":true},"inbox_id":{"type":"string","required":true},
    "status":{"type":"options","options":["open","resolved","pending"]},
    "custom_attributes":{"type":"json","schema":{"type":"object"}},"labels":{"type":"json","in":"query"}}}"#;
const PARAMETERS: &str = r#"{"account_id":1,"source_id":"abc","inbox_id":"3","status":"open",
    "custom_attributes":{"order":"A-1001"},"labels":["billing","vip"]}"#;

fn main() {
    divan::main();
}

fn action() -> Action {
    let service: ServiceFile = serde_json::from_str(SERVICE).expect("a service");
    let file: ActionFile = serde_json::from_str(ACTION).expect("an action");
    Action::compile(&service, &ResourceFile::default(), &file, &[]).expect("an action")
}

fn parameters() -> Map {
    let value: Value = serde_json::from_str(PARAMETERS).expect("parameters");
    value.as_object().cloned().unwrap_or_default()
}

#[divan::bench]
fn build(bencher: Bencher<'_, '_>) {
    let (action, parameters) = (action(), parameters());
    let context = BuildContext::new(&EmptyScope);
    bencher.bench_local(|| build_request(&action, black_box(&parameters), &context));
}

#[divan::bench]
fn validate(bencher: Bencher<'_, '_>) {
    let (action, parameters) = (action(), parameters());
    bencher.bench(|| action.validate(black_box(&parameters), ParameterRules::Own));
}

#[divan::bench]
fn compile(bencher: Bencher<'_, '_>) {
    let service: ServiceFile = serde_json::from_str(SERVICE).expect("a service");
    let file: ActionFile = serde_json::from_str(ACTION).expect("an action");
    bencher.bench(|| Action::compile(black_box(&service), &ResourceFile::default(), &file, &[]));
}
