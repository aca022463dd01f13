//! Whatever an expression says and whatever it is given, it ends: without a panic, and within its limits.

use std::cell::Cell;

use itemflow_expression::{
    EvaluateError, Expression, HostObject, Limits, Resolved, Scope, Template, Variable,
};
use itemflow_model::Value;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use crate::generate;
use crate::scope::TestScope;

const LIMITS: Limits = Limits {
    fuel: 20_000,
    memory_bytes: 1 << 20,
    depth: 50,
};

/// Time that an evaluation within [`LIMITS`] may take of a processor, in a build without optimisation.
const MOST_NANOSECONDS: u64 = 3_000_000_000;

/// A scope that counts what it is asked.
struct Counting {
    inner: TestScope,
    asked: Cell<u64>,
}

impl Counting {
    fn count(&self) -> &TestScope {
        self.asked.set(self.asked.get() + 1);
        &self.inner
    }
}

impl Scope for Counting {
    fn json(&self) -> Option<&Value> {
        self.count().json()
    }

    fn variable(&self, variable: &Variable) -> Result<Resolved, EvaluateError> {
        self.count().variable(variable)
    }

    fn node(&self, name: &str) -> Result<Resolved, EvaluateError> {
        self.count().node(name)
    }

    fn member(&self, object: &HostObject, name: &str) -> Result<Resolved, EvaluateError> {
        self.count().member(object, name)
    }

    fn call(
        &self,
        object: &HostObject,
        method: &str,
        arguments: &[Option<Value>],
    ) -> Result<Resolved, EvaluateError> {
        self.count().call(object, method, arguments)
    }

    fn now(&self) -> Timestamp {
        self.count().now()
    }

    fn time_zone(&self) -> TimeZone {
        self.inner.time_zone()
    }

    fn random(&self) -> f64 {
        self.count().random()
    }
}

/// What this thread has used of a processor; `None` where the system does not say.
fn processor_time() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok()
}

/// Evaluates a text and looks whether the limits held.
#[track_caller]
fn evaluate(text: &str, json: Value) {
    let Ok(expression) = Expression::parse(text) else {
        return;
    };
    let scope = Counting {
        inner: TestScope::new(json),
        asked: Cell::new(0),
    };
    let before = processor_time();
    let result = expression.evaluate(&scope, &LIMITS);
    if let (Some(before), Some(after)) = (before, processor_time()) {
        assert!(
            after - before < MOST_NANOSECONDS,
            "{text} took {} ms",
            (after - before) / 1_000_000
        );
    }
    assert!(
        scope.asked.get() <= LIMITS.fuel + 10,
        "{text} asked {} times",
        scope.asked.get()
    );
    if let Ok(Some(value)) = result {
        let bytes = own_bytes(&value, &scope.inner.json);
        assert!(bytes <= LIMITS.memory_bytes, "{text} made {bytes} bytes");
    }
}

/// Bytes of text in a value, without what it shares with the data.
fn own_bytes(value: &Value, data: &Value) -> usize {
    match value {
        _ if value == data => 0,
        Value::String(text) => text.len(),
        Value::Array(list) => list.iter().map(|element| own_bytes(element, data)).sum(),
        Value::Object(map) => map.values().map(|member| own_bytes(member, data)).sum(),
        _ => 0,
    }
}

/// Data of any shape.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "[0-9TZ:.+ -]{0,25}".prop_map(Value::from),
        Just(Value::from("\u{fffd}\u{10ffff}\u{0}\u{feff}")),
        Just(Value::from("+275760-09-13T00:00:00.001Z")),
    ];
    leaf.prop_recursive(6, 40, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::vec(
                (
                    proptest::sample::select(vec![
                        "a", "list", "date", "0", "length", "json", "toString"
                    ]),
                    inner
                ),
                0..4
            )
            .prop_map(|members| members
                .into_iter()
                .map(|(key, value)| (std::sync::Arc::from(key), value))
                .collect::<itemflow_model::Map>()
                .into()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_code_stays_within_its_limits(text in generate::text()) {
        evaluate(&text, generate::json());
    }

    #[test]
    fn code_on_any_data_stays_within_its_limits(
        code in proptest::sample::select(ON_DATA), name in generate::word(), data in any_value(), other in any_value(),
    ) {
        let code = code.replace("NAME", &name);
        evaluate(&format!("={{{{ {code} }}}}"), Value::from([("a", data), ("b", other)]));
    }

    #[test]
    fn any_text_is_split_and_read(text in "[={}\\\\ a1.\"'`(\\[\\]é😀-]{0,40}") {
        for text in [text.clone(), format!("={text}"), format!("={{{{{text}}}}}")] {
            evaluate(&text, generate::json());
            // As a parameter: only what starts with `=` is an expression; all else is left as it is.
            match Template::parse(&Value::from(text.as_str())) {
                Ok(template) => prop_assert!(text.starts_with('=') == template.as_literal().is_none()),
                Err(errors) => {
                    for at in errors {
                        prop_assert!(at.error.start <= at.error.end && at.error.end <= text.len(), "{at:?}");
                        prop_assert!(text.is_char_boundary(at.error.start) && text.is_char_boundary(at.error.end), "{at:?}");
                    }
                }
            }
        }
    }
}

/// Code that does something with two values of any kind.
const ON_DATA: &[&str] = &[
    "$json.a.NAME($json.b)",
    "$json.a.NAME()",
    "$json.a.NAME($json.b, 2, 'day')",
    "$json.a.NAME(x => x, $json.b)",
    "$json.a.NAME((x, y) => x > y)",
    "[$json.a, $json.b].NAME($json.a)",
    "new Date($json.a).NAME($json.b)",
    "$json.a.toDateTime().NAME($json.b)",
    "DateTime.fromISO($json.a).plus($json.b).NAME($json.b)",
    "DateTime.fromMillis($json.a).NAME($json.b)",
    "DateTime.NAME($json.a, $json.b)",
    "Duration.fromObject($json.a).NAME($json.b)",
    "Duration.fromMillis($json.a).NAME($json.b)",
    "Object.NAME($json.a, $json.b)",
    "Math.NAME($json.a, $json.b)",
    "Array.NAME($json.a)",
    "Number.NAME($json.a, $json.b)",
    "JSON.NAME($json.a, $json.b, 2)",
    "new Map($json.a).NAME($json.b)",
    "new RegExp($json.a, 'g').NAME($json.b)",
    "String($json.a).NAME($json.b, $json.b)",
    "Number($json.a).NAME($json.b)",
    "`${$json.a}` + $json.b * $json.a + ($json.a < $json.b) + ($json.a == $json.b)",
    "$jmespath($json.a, $json.b)",
    "$jmespath($json, 'NAME(a, b) | [0].a')",
    "new Intl.NumberFormat($json.a, $json.b).NAME($json.a)",
    "new Intl.NumberFormat('en', { NAME: $json.a, style: 'unit', unit: 'day' }).format($json.b)",
    "new Intl.DateTimeFormat('en', { NAME: $json.a }).formatToParts($json.b)",
    "$json.a.toLocaleString($json.b, { NAME: $json.b })",
    "$json.a.localeCompare($json.b, 'NAME', { numeric: true })",
    "BigInt($json.a).NAME($json.b) + BigInt.asUintN($json.b, 5n)",
    "(2n ** 100n) * BigInt($json.a) / BigInt($json.b) << 3n",
    "DateTime.fromISO($json.a).setLocale($json.b).toFormat('DDDD ttt EEEE LLLL')",
    "DateTime.fromFormat($json.a, $json.b).NAME()",
    "DateTime.fromMillis($json.a).set({ NAME: $json.b }).toRelative()",
    "DateTime.fromMillis($json.a).startOf($json.b).diff(DateTime.fromMillis($json.b), 'NAME').toHuman()",
    "Interval.fromISO($json.a).NAME($json.b)",
    "Interval.fromDateTimes($json.a, $json.b).splitBy({ seconds: 1 }).NAME()",
    "Duration.fromISO($json.a).NAME($json.b, { NAME: 1 })",
    "$json.a[Symbol.iterator]().NAME()",
    "((x) => { for (const y of x) return y.NAME })($json.a.NAME())",
    "$json.a[$json.b]?.NAME",
    "({ ...$json.a, ...$json.b, [$json.b]: 1 })",
    "(([x, ...y]) => y.NAME(x))([...$json.a])",
];
