//! What an expression costs: a path, a template, a method call, a function over a list, and parsing.

use divan::Bencher;
use itemflow_expression::{
    EvaluateError, Expression, HostObject, Limits, Resolved, Scope, Variable,
};
use itemflow_model::{Item, Items, Value};
use jiff::Timestamp;
use jiff::tz::TimeZone;

fn main() {
    divan::main();
}

struct BenchScope {
    json: Value,
    items: Items,
}

impl BenchScope {
    fn new() -> Self {
        let json = Value::from([
            ("name", Value::from("Ann Example")),
            ("a", Value::from([("b", Value::from("deep"))])),
            ("price", Value::from(12)),
            (
                "list",
                Value::from((0..100).map(Value::from).collect::<Vec<_>>()),
            ),
            (
                "long",
                Value::from((0..1000).map(Value::from).collect::<Vec<_>>()),
            ),
        ]);
        Self {
            items: (0..10_000).map(|_| Item::new(json.clone())).collect(),
            json,
        }
    }
}

impl Scope for BenchScope {
    fn json(&self) -> Option<&Value> {
        Some(&self.json)
    }

    fn variable(&self, _: &Variable) -> Result<Resolved, EvaluateError> {
        Ok(Resolved::Object(HostObject {
            kind: "input",
            index: 0,
        }))
    }

    fn node(&self, _: &str) -> Result<Resolved, EvaluateError> {
        Ok(Resolved::Undefined)
    }

    fn member(&self, _: &HostObject, _: &str) -> Result<Resolved, EvaluateError> {
        Ok(Resolved::Undefined)
    }

    fn call(
        &self,
        _: &HostObject,
        _: &str,
        _: &[Option<Value>],
    ) -> Result<Resolved, EvaluateError> {
        Ok(Resolved::Items(self.items.clone()))
    }

    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn time_zone(&self) -> TimeZone {
        TimeZone::UTC
    }

    fn random(&self) -> f64 {
        0.5
    }
}

const EXPRESSIONS: &[(&str, &str)] = &[
    ("path", "={{ $json.a.b }}"),
    ("template", "=Hello {{ $json.a.b }} and {{ $json.name }}!"),
    ("method", "={{ $json.name.toUpperCase() }}"),
    ("sum", "={{ $json.price * 2 + 1 }}"),
    (
        "condition",
        "={{ $json.price > 10 && $json.name !== '' ? 'yes' : 'no' }}",
    ),
    ("map of 100", "={{ $json.list.map(x => x * 2) }}"),
    ("map of 1000", "={{ $json.long.map(x => x * 2) }}"),
    (
        "reduce of 1000",
        "={{ $json.long.reduce((a, x) => a + x, 0) }}",
    ),
    (
        "regex",
        "={{ $json.name.replace(/(\\w+) (\\w+)/, '$2 $1') }}",
    ),
    ("query", "={{ $jmespath($json, 'list[?@ > `50`] | [0]') }}"),
    ("items, first name", "={{ $input.all()[5000].json.name }}"),
    (
        "items, map of 10000",
        "={{ $input.all().map(i => i.json.price).sum() }}",
    ),
    ("date format", "={{ $now.toFormat('yyyy-MM-dd HH:mm') }}"),
    (
        "date",
        "={{ $now.plus({ days: 1 }).toFormat('yyyy-MM-dd') }}",
    ),
];

#[divan::bench(args = EXPRESSIONS.iter().map(|(name, _)| *name))]
fn evaluate(bencher: Bencher, name: &str) {
    let source = source(name);
    let scope = BenchScope::new();
    let limits = Limits::default();
    let expression = Expression::parse(source).expect("the expression is valid");
    bencher.bench_local(|| expression.evaluate(divan::black_box(&scope), &limits));
}

#[divan::bench(args = ["path", "template", "condition", "map of 100"])]
fn parse(bencher: Bencher, name: &str) {
    let source = source(name);
    bencher.bench_local(|| Expression::parse(divan::black_box(source)));
}

fn source(name: &str) -> &'static str {
    EXPRESSIONS
        .iter()
        .find(|(known, _)| *known == name)
        .map_or("", |(_, source)| source)
}
